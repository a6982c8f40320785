/* Exercises: the learner writes a function, and it is judged.
 *
 * The code is compiled with the system's compiler (with the undefined-behaviour sanitizer where it
 * has one) and runs in a child process: this same program, started again with `exercise --child`,
 * which has a limit of time and memory. Its arrays lie between pages that may not be touched, so
 * that one entry too far is a message that names the array. */
#ifndef EXERCISES_H
#define EXERCISES_H

#include "lessons/engine/exercise_details.h"

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum exercise_verdict {
    EXERCISE_RIGHT,
    EXERCISE_WRONG,
    EXERCISE_EMPTY,        /* nothing is written yet */
    EXERCISE_NOT_COMPILED, /* or there is no such function in it */
    EXERCISE_CRASHED,
    EXERCISE_ENDLESS,
    EXERCISE_NOT_FINITE, /* a number it gives is NaN or infinite */
    EXERCISE_OUTSIDE     /* it leaves an array, or writes to one that is only to be read */
} exercise_verdict;

typedef struct exercise {
    const char *name;     /* of its folder below lessons/exercises: "lstm-backward" */
    const char *function; /* what the learner writes */
    const char *title;    /* one line */
    /* Judges the function; writes what is right and what is wrong. */
    exercise_verdict (*judge)(const struct exercise *e, void *function, FILE *to,
                              exercise_details *details);
} exercise;

/* Ended by one without a name. */
extern const exercise exercises[];
const exercise *exercise_named(const char *name); /* or NULL */

/* What came of it; text is owned. */
typedef struct exercise_result {
    int code; /* 0 right; 1 not: see verdict and text */
    exercise_verdict verdict;
    char *text;  /* for the learner, lines */
    size_t line; /* of the learner's file where the compiler or the sanitizer found it; 0: none */
    exercise_details details;
} exercise_result;

typedef struct exercise_job {
    const exercise *e;
    const char *lessons;            /* the folder that holds exercises/exercise.h */
    const char *source;             /* the learner's file */
    const char *program;            /* rnnscope's own file; NULL: the one that runs */
    bool (*give_up)(void *context); /* asked again and again, if it is not NULL */
    void *context;
} exercise_job;

/* Compiles and judges a file. RS_OPEN: it is not there; RS_INTERNAL: no child could be made;
 * RS_INTERRUPTED: give_up said so. The result is to be freed when the status is RS_OK. */
rs_status exercise_run(const exercise_job *job, exercise_result *result, rs_error *err);
void exercise_result_free(exercise_result *result);

/* Where the learner's files are: ~/rnnscope-exercises, into folder. RS_USAGE without a HOME. */
rs_status exercise_folder(char *folder, size_t room, rs_error *err);
/* The learner's file of an exercise, into path. RS_USAGE: it is too long. */
rs_status exercise_path(const exercise *e, const char *folder, char *path, size_t room,
                        rs_error *err);

/* Copies exercise.c to folder/NAME/exercise.c, making the folders; what is there already is left
 * as it is (*copied false). The path goes into path. */
rs_status exercise_copy(const exercise *e, const char *lessons, const char *folder, char *path,
                        size_t room, int *copied, rs_error *err);

/* The child: loads a compiled exercise and judges it, on stdout; the numbers go to the file
 * `details`. Returns the exit code, EXERCISE_CHILD_RIGHT + the verdict: no code that the learner's
 * function could end the program with by chance. */
enum { EXERCISE_CHILD_RIGHT = 40 };
int exercise_child(const char *name, const char *object, const char *details);

/* Each in the file of its kind. */
exercise_verdict judge_backward(const exercise *e, void *function, FILE *to, exercise_details *d);
exercise_verdict judge_forward(const exercise *e, void *function, FILE *to, exercise_details *d);
exercise_verdict judge_derivative(const exercise *e, void *function, FILE *to, exercise_details *d);
exercise_verdict judge_clipping(const exercise *e, void *function, FILE *to, exercise_details *d);

#endif
