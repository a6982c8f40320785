/* Training in the background: a learning on a thread of its own, which never waits for the window
 * and which the window never waits for. */
#ifndef LIVE_H
#define LIVE_H

#include "viz/app/app.h"

typedef struct live live;

/* Starts the thread, which has nothing to do yet. wake is called, at most 40 times a second, when
 * there is something new. NULL with err if that cannot be done. */
live *live_start(void (*wake)(void *context), void *context, rs_error *err);
void live_stop(live *l); /* l may be NULL */

/* Tells the thread what the app's training wishes (run, pause, a step, another rate, back to a
 * moment, an end), and takes what is new into the app. */
void live_follow(live *l, app *a);

/* Whether there is something to come: updates asked for one by one, or what the app has not taken.
 * Training that runs on and on is not. */
bool live_busy(live *l);

#endif
