/* The learner's own code, begun, judged and helped with from a lesson in the terminal. */
#ifndef LESSON_EXERCISE_H
#define LESSON_EXERCISE_H

#include "lessons/engine/exercises.h"
#include "viz/lesson_text.h"

/* In a few English words. */
const char *exercise_verdict_text(exercise_verdict verdict);

/* The block of the present step's exercise; blocks_n: it has none. */
size_t lesson_exercise_of(const player *p);

/* Lays out the learner's file, never over their work, and says where it is. */
void lesson_exercise_begin(const lesson_paper *paper, const player *p, size_t block);

/* Compiles and judges the file, which is laid out first where it is not there, and prints what
 * the judge says; when it is right, why, and that is kept. program: as exercise_run has it. */
void lesson_exercise_check(const lesson_paper *paper, player *p, size_t block, const char *program);

/* The next of three hints, then where the worked solution is; *shown counts them. */
void lesson_exercise_hint(const lesson_paper *paper, const player *p, size_t block, size_t *shown);

#endif
