/* The loss of a scene with one parameter moved: what lessons measure derivatives with.
 *
 * The parameter is an entry of U, W, b or V of the top layer, as in measure.h. Each call runs a
 * forward pass of its own and leaves the scene as it is. */
#ifndef NUDGE_H
#define NUDGE_H

#include "lessons/engine/compute.h"

typedef enum nudge_kind {
    NUDGE_LOSS,       /* L(θ + h) */
    NUDGE_LOSS_FLOAT, /* the same, computed in float */
    NUDGE_COMPLEX,    /* Im L(θ + ih) / h (Squire & Trapp 1998) */
    NUDGE_BPTT_FLOAT  /* dL/dθ by the backward pass in float; h is not used */
} nudge_kind;

/* Into *value. RS_DATA if there is no such parameter. */
rs_status nudge(computed *c, size_t cell, nudge_kind kind, rs_block_kind block, size_t row,
                size_t col, double h, double *value, rs_error *err);

/* "U", "W", "b", "V": false if name[n] is none of them. */
bool nudge_block(const char *name, size_t n, rs_block_kind *block);

#endif
