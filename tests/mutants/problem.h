/* A small random network with data and a loss: where a planted bug must show. */
#ifndef MUTANTS_PROBLEM_H
#define MUTANTS_PROBLEM_H

#include "network/trace.h"

#include <stdint.h>

/* "steps=6 batch=2 inputs=3 hidden=4 layers=1 outputs=2 gain=1 target=1 loss=mse at=all
 * reduction=mean h0=1 last-state=0 dtype=f64 method=complex"; these are the values of what is not
 * named. */
typedef struct mt_settings {
    size_t steps, batch, inputs, hidden, layers, outputs;
    double gain;   /* of the recurrent weights, which are normal with 1/√H */
    double target; /* size of the targets of mse */
    rs_loss_kind loss;
    bool last, sum, h0, last_state, single, entries;
} mt_settings;

rs_status settings_read(mt_settings *settings, const char *text, rs_error *err);

typedef struct mt_problem {
    rs_model model;
    rs_loss loss;
    rs_trace *trace; /* x and the initial states are set; nothing has run */
    double *target, *last_state;
    int *label;
} mt_problem;

rs_status problem_make(mt_problem *problem, const char *cell, const mt_settings *settings,
                       uint64_t seed, rs_error *err);
void problem_free(mt_problem *problem);

/* The largest error of rs_backward against the complex step, among parameters, inputs and initial
 * states, as a share of the largest exact entry of its block; INFINITY for a NaN. Depends on
 * nothing of lib/gradcheck. */
rs_status problem_error(const mt_problem *problem, double *error, rs_error *err);

#endif
