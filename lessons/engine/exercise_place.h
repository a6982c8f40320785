/* The child's side of an exercise: where the learner's function is just now, for messages when it
 * does not come back. */
#ifndef EXERCISE_PLACE_H
#define EXERCISE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* From now on a signal says "in FUNCTION, at step t of sequence b". */
void place_enter(const char *function, const char *where);
void place_leave(void);

/* Catches the signals of crashes and of the time limit, and sets the limits. */
void place_watch(void);

/* Writes "at WHERE `name` is written to before its beginning" if a guarded array was. */
bool place_damaged(FILE *to);

/* A number that is none among n of them: its index, else n. */
size_t place_not_finite(const double *v, size_t n);

#endif
