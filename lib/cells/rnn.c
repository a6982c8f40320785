/* The simple recurrent cell (Elman 1990):
 *
 *     a   = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh          [H]
 *     h_t = tanh(a)
 *
 * One step back multiplies the gradient by W_hhᵀ diag(1 − h_t²): nothing else holds it up. */
#ifdef real

/* h_t = tanh(a) */
static void state(const rs_step *s)
{
    const real *a = s->a;
    real *h = s->now[H];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++)
        h[u] = rs_tanh(a[u]);
}

#ifndef RS_COMPLEX

static void state_backward(const rs_step *s)
{
    const real *h = s->now[H], *dh = s->d[H];
    real *da = s->da;
#pragma omp simd
    for (size_t u = 0; u < s->H; u++)
        da[u] = dh[u] * (1 - h[u] * h[u]); /* tanh′ = 1 − tanh² */
}

#endif
#else

#include "cells/cell.h"

enum { H };

#define RS_CELL_FILE "cells/rnn.c"
#include "cells/equations.h"

const rs_cell rs_cell_rnn = {
    .name = "rnn",
    .title = "RNN",
    .reference = "Elman 1990",
    .gates_n = 1,
    .channels_n = 1,
    .stages_n = 1,
    .gates = {H},
    .channels = {{"h", "h", RS_STATE, -1, 1, "hidden state: memory and output in one"}},
    .stages = {{"state", {0, 1, H, RS_INTO_A}, 1U << H, RS_EQUATIONS(state)}},
};

#endif
