/* What a learner has done, kept as a small text file, a line a fact:
 *
 *     rnnscope progress 1
 *     06-eigenvalues at 2             the step where the learner is
 *     06-eigenvalues done 0           a step that was left by going on
 *     06-eigenvalues predicted 0 25   the lesson's first prediction, kept before the reveal
 *     06-eigenvalues solved 0         the lesson's first task
 *     09-lstm-backward written 0      the lesson's first exercise: the learner's code is right
 *
 * Steps, predictions, tasks and exercises count from 0 in the order of the page, so that both
 * languages of a lesson share them. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum progress_kind {
    PROGRESS_AT,
    PROGRESS_DONE,
    PROGRESS_PREDICTED,
    PROGRESS_SOLVED,
    PROGRESS_WRITTEN
} progress_kind;

typedef struct progress_fact {
    char lesson[64];
    progress_kind kind;
    size_t nth;
    double value; /* of a prediction */
} progress_fact;

typedef struct learner_progress {
    progress_fact *facts; /* owned */
    size_t n;
} learner_progress;

/* $XDG_DATA_HOME/rnnscope/progress, or ~/.local/share/rnnscope/progress, into path. RS_OPEN where
 * neither is known or the path does not fit. */
rs_status progress_path(char *path, size_t room, rs_error *err);

/* Reads the file; one that does not exist is empty. RS_DATA with the line for one that is none of
 * ours. */
rs_status progress_read(const char *path, learner_progress *to, rs_error *err);

/* Writes it, making the folders above it; the old file stays where that fails (RS_WRITE). */
rs_status progress_write(const char *path, const learner_progress *p, rs_error *err);
void progress_free(learner_progress *p);

/* Adds a fact, or puts it in the place of what was known. */
rs_status progress_set(learner_progress *p, const char *lesson, progress_kind kind, size_t nth,
                       double value, rs_error *err);

/* The fact, or NULL. `nth` is not asked of PROGRESS_AT. */
const progress_fact *progress_find(const learner_progress *p, const char *lesson,
                                   progress_kind kind, size_t nth);

/* Whether each of steps_n steps is done. */
bool progress_finished(const learner_progress *p, const char *lesson, size_t steps_n);

/* Forgets a lesson; NULL: all of them. */
void progress_reset(learner_progress *p, const char *lesson);

#endif
