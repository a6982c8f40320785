/* Made tasks: sequences whose answer is known, after published experiments. tasks.c describes each.
 *
 * An *ignorant* predictor knows the task and the time step but sees no input: it gives the best
 * constant answer for each step. What a network scores below its loss, it has learnt from the
 * input. */
#ifndef RS_TASKS_H
#define RS_TASKS_H

#include "base/random.h"
#include "data/data.h"

typedef struct rs_task {
    const char *name;      /* in options: "adding" */
    const char *meaning;   /* one line for people */
    const char *reference; /* the paper */
    size_t inputs, outputs;
    rs_loss_kind loss;
    bool last;                    /* the loss is on the last step only */
    size_t least_T;               /* the shortest sequence in which the task makes sense */
    const char *ignorant_formula; /* "1/6" */
    double (*ignorant)(size_t T); /* loss of the ignorant predictor, as a mean, in nats for xent and
                                     bce */
    void (*sequence)(rs_data *data, size_t b,
                     rs_random *random); /* writes sequence b of zeroed data
                                          */
} rs_task;

/* The tasks, ended by one whose name is NULL. */
extern const rs_task rs_tasks[];

/* The task with this name, or NULL. */
const rs_task *rs_task_named(const char *name);

/* B new sequences of T steps, x [T][B][inputs], as the caller's own data (rs_data_free). Errors:
 * RS_USAGE if T < least_T. */
rs_status rs_task_make(const rs_task *task, size_t T, size_t B, rs_random *random, rs_data *data,
                       rs_error *err);

/* As rs_task_make, into data that rs_task_make made for the same task, T and B. */
void rs_task_refill(const rs_task *task, rs_random *random, rs_data *data);

#endif
