/* The rectified recurrent cell, the one of the IRNN (Le, Jaitly & Hinton 2015, who start it from
 * W_hh = 1):
 *
 *     a   = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh          [H]
 *     h_t = max(0, a)
 *
 * A unit that is on passes the gradient whole, one that is off stops it. At a = 0 the slope is 0.
 */
#ifdef real

/* h_t = max(0, a) */
static void state(const rs_step *s)
{
    const real *a = s->a;
    real *h = s->now[H];
    for (size_t u = 0; u < s->H; u++)
        h[u] = rs_relu(a[u]);
}

#ifndef RS_COMPLEX

static void state_backward(const rs_step *s)
{
    const real *h = s->now[H], *dh = s->d[H];
    real *da = s->da;
    for (size_t u = 0; u < s->H; u++)
        da[u] = h[u] > 0 ? dh[u] : 0; /* h > 0 just where a > 0 */
}

#endif
#else

#include "cells/cell.h"

#include <math.h>

enum { H };

#define RS_CELL_FILE "cells/rnn_relu.c"
#include "cells/equations.h"

const rs_cell rs_cell_rnn_relu = {
    .name = "rnn-relu",
    .title = "ReLU RNN",
    .reference = "Le, Jaitly & Hinton 2015",
    .gates_n = 1,
    .channels_n = 1,
    .stages_n = 1,
    .gates = {H},
    .channels = {{"h", "h", RS_STATE, 0, INFINITY, "hidden state: memory and output in one"}},
    .stages = {{"state", {0, 1, H, RS_INTO_A}, 1U << H, RS_EQUATIONS(state)}},
};

#endif
