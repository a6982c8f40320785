/* What the worker does: computes a scene, makes the data of the views on the page, checks the
 * gradient. Curves come first, what is dear as it arrives. */
#ifndef JOB_H
#define JOB_H

#include "viz/app/app.h"
#include "viz/app/worker.h"

typedef enum result_kind {
    RESULT_PASS,
    RESULT_VIEW,
    RESULT_GHOST,
    RESULT_BADGE,
    RESULT_PROBLEM
} result_kind;

typedef struct result {
    result_kind kind;
    unsigned long generation;
    computed *of;      /* RESULT_PASS: held */
    size_t which;      /* RESULT_VIEW, RESULT_GHOST: the panel; RESULT_BADGE: the cell */
    selection at;      /* RESULT_GHOST */
    const view *view;  /* RESULT_VIEW, RESULT_GHOST */
    void *data;        /* RESULT_VIEW: NULL where there is a problem */
    badge badge;       /* RESULT_BADGE */
    char problem[512]; /* why there is no data, or no scene */
    double seconds;    /* since the request was made */
} result;

/* The worker for an app; wake as in worker_job. */
worker *job_start(void (*wake)(void *context), void *context, rs_error *err);

/* Asks for what the app shows now, if it wants that: all of a new scene, or only its views. */
void job_ask(worker *w, app *a);

/* Takes all results that are ready into the app; returns how many belonged to its present scene. */
size_t job_take(worker *w, app *a);

#endif
