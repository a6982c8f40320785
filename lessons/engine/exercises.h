/* Exercises: the learner writes a function, and it is judged.
 *
 * The code is compiled with the system's compiler (with the undefined-behaviour sanitizer where it
 * has one) and runs in a child process: this same program, started again with `exercise --child`,
 * which has a limit of time and memory. Its arrays lie between pages that may not be touched, so
 * that one entry too far is a message that names the array. */
#ifndef EXERCISES_H
#define EXERCISES_H

#include "base/error.h"

#include <stddef.h>
#include <stdio.h>

typedef struct exercise {
    const char *name;     /* of its folder below lessons/exercises: "lstm-backward" */
    const char *function; /* what the learner writes */
    const char *title;    /* one line */
    /* Judges the function; writes what is right and what is wrong. 0 right, 1 wrong. */
    int (*judge)(const struct exercise *e, void *function, FILE *to);
} exercise;

/* Ended by one without a name. */
extern const exercise exercises[];
const exercise *exercise_named(const char *name); /* or NULL */

/* What came of it; text is owned. */
typedef struct exercise_result {
    int code;   /* 0 right; 1 wrong, or it could not be compiled, crashed, did not end: see text */
    char *text; /* for the learner, lines */
} exercise_result;

/* Compiles and judges a file. `lessons` is the folder that holds exercises/exercise.h; program:
 * rnnscope's own file, NULL: the one that runs. RS_OPEN: the file is not there; RS_INTERNAL: no
 * child could be made. The result is to be freed when the status is RS_OK. */
rs_status exercise_run(const exercise *e, const char *lessons, const char *source,
                       const char *program, exercise_result *result, rs_error *err);
void exercise_result_free(exercise_result *result);

/* Copies exercise.c to folder/NAME/exercise.c, making the folders; what is there already is left
 * as it is (*copied false). The path goes into path. */
rs_status exercise_copy(const exercise *e, const char *lessons, const char *folder, char *path,
                        size_t room, int *copied, rs_error *err);

/* The child: loads a compiled exercise and judges it, on stdout. Returns the exit code: that of a
 * right one is no code that the learner's function could end the program with by chance. */
enum { EXERCISE_CHILD_RIGHT = 40 };
int exercise_child(const char *name, const char *object);

/* Each in the file of its kind. */
int judge_backward(const exercise *e, void *function, FILE *to);
int judge_forward(const exercise *e, void *function, FILE *to);
int judge_derivative(const exercise *e, void *function, FILE *to);
int judge_clipping(const exercise *e, void *function, FILE *to);

#endif
