/* A point where no classic bug can hide. On one step, with one unit, from a zero state, or with
 * gates at their limits, a wrong backward pass can give right numbers. */
#ifndef RS_HARDEN_H
#define RS_HARDEN_H

#include "network/trace.h"

#include <stdint.h>

typedef struct rs_hard_point {
    rs_model model;
    rs_trace *trace; /* x and the initial states are set */
    rs_loss loss;    /* points to the two below */
    double *target;
    int *label;
} rs_hard_point;

/* The same cell, layers, blocks and kind of loss as `net` and `loss`, on at least 5 steps of 2
 * sequences of 3 units; every weight and bias, the inputs and the initial states random, the
 * weights U(±1/√H), the states of size ½. The point refers to itself: leave it where it was made,
 * and free it, whatever the status. Errors: RS_INTERNAL (no memory), RS_USAGE (sizes). */
rs_status rs_hard_point_make(rs_hard_point *point, const rs_net *net, size_t T, size_t B,
                             const rs_loss *loss, uint64_t seed, rs_error *err);

/* The same, of exactly these sizes. */
rs_status rs_hard_point_make_sized(rs_hard_point *point, const rs_net *net, size_t T, size_t B,
                                   const rs_loss *loss, uint64_t seed, rs_error *err);
void rs_hard_point_free(rs_hard_point *point);

#endif
