/* Checks the learner's file in the background: when that is asked for, and at each save. The window
 * never waits for it; a newer check ends the one that runs. */
#ifndef EXERCISE_WATCH_H
#define EXERCISE_WATCH_H

#include "viz/app/app.h"
#include "viz/app/exercise_desk.h"

typedef struct exercise_watch exercise_watch;

/* Starts the thread. on_result is called, from it, when a result is there; program: rnnscope's own
 * file, NULL: the one that runs. NULL with err if that cannot be done. */
exercise_watch *exercise_watch_start(const char *program, void (*on_result)(void *context),
                                     void *context, rs_error *err);
void exercise_watch_stop(exercise_watch *w); /* w may be NULL; a check in hand is given up */

/* Takes up the exercise of the step that the app's lesson is at; asks for a check where one is due;
 * takes what came of the last one into the desk, the progress and the stage. */
void exercise_watch_follow(exercise_watch *w, app *a);

/* Whether a check is being made, or its result has not been taken. */
bool exercise_watch_busy(exercise_watch *w);

#endif
