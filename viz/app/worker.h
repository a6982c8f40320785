/* Two threads for heavy work, so that the window never waits: the newest request wins, older ones
 * are dropped, and the one being worked on is told to give up. What is wanted at once is done on
 * the first thread, what takes long afterwards on the second: a new request never waits for it. */
#ifndef WORKER_H
#define WORKER_H

#include "base/error.h"

#include <stdbool.h>

typedef struct worker worker;

/* How the owner's work looks. Each request goes first through `work`, then, on the other thread,
 * through `follow`. Both call `publish` with each finished part, and give up soon after
 * worker_stale or worker_overtaken become true. Requests and results are the owner's; the functions
 * that free them may run on any thread. */
typedef struct worker_job {
    void (*work)(worker *w, void *request, void *context);
    void (*follow)(worker *w, void *request, void *context); /* may be NULL */
    void (*free_request)(void *request);
    void (*free_result)(void *result);
    void (*wake)(void *context); /* called after a result is published; may be NULL */
    void *context;
} worker_job;

/* Starts the threads; NULL with err if that cannot be done. */
worker *worker_start(worker_job job, rs_error *err);
/* Tells the work to give up, waits for it, frees all that was not fetched. w may be NULL. */
void worker_stop(worker *w);

/* Hands over a request; takes the place of one that has not begun. */
void worker_ask(worker *w, void *request);

/* Inside work: whether a newer request waits, or the worker stops. */
bool worker_stale(worker *w);
/* Inside follow, from any thread: whether a newer request is there, or the worker stops. */
bool worker_overtaken(worker *w);
/* Inside either, from any thread: hands over a result; results queue up in order. */
void worker_publish(worker *w, void *result);

/* The oldest result not yet fetched, or NULL. The caller then owns it. */
void *worker_fetch(worker *w);
/* Whether a request waits or is being worked on, or a result waits. */
bool worker_busy(worker *w);
/* Waits up to so many milliseconds for a result or for the end of the work; false at the time
 * limit. */
bool worker_wait(worker *w, double milliseconds);

#endif
