/* One layer with a trace of one sequence: what experiments that need no training measure. */
#ifndef RIG_H
#define RIG_H

#include "base/random.h"
#include "network/trace.h"

typedef struct rig {
    rs_model model;
    rs_trace *trace; /* points to the model's net: a rig stays where it was made */
} rig;

/* Parameters, input and initial state are zero. On failure there is nothing to free. */
rs_status rig_make(rig *r, const rs_cell *cell, size_t inputs, size_t H, size_t T, rs_error *err);
void rig_free(rig *r);

/* The parameters of a block of the layer. */
double *rig_block(const rig *r, rs_block_kind kind);

/* W_ih = 1 where unit and input have the same number, else 0: each unit has an input of its own. */
void rig_own_inputs(rig *r);

/* n numbers N(0, std²). */
void rig_normal(double *number, size_t n, double std, rs_random *random);

/* h_0, [H]. */
double *rig_start(const rig *r);

#endif
