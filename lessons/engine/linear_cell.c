/* The linear recurrent cell, for which what is said of eigenvalues is exactly true:
 *
 *     h_t = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh          [H]
 *
 * A cell like those of lib/cells, in a file of its own outside the library. */
#ifdef real

/* h_t = a */
static void state(const rs_step *s)
{
    const real *a = s->a;
    real *h = s->now[H];
    for (size_t u = 0; u < s->H; u++)
        h[u] = a[u];
}

#ifndef RS_COMPLEX

static void state_backward(const rs_step *s)
{
    const real *dh = s->d[H];
    real *da = s->da;
    for (size_t u = 0; u < s->H; u++)
        da[u] = dh[u];
}

#endif
#else

#include "lessons/engine/scene.h"

#include <math.h>

enum { H };

#define RS_CELL_FILE "lessons/engine/linear_cell.c"
#include "cells/equations.h"

const rs_cell scene_cell_linear = {
    .name = "linear",
    .title = "linear RNN",
    .reference = "the recurrent cell without a squashing function",
    .gates_n = 1,
    .channels_n = 1,
    .stages_n = 1,
    .gates = {H},
    .channels = {{"h", "h", RS_STATE, -INFINITY, INFINITY, "hidden state"}},
    .stages = {{"state", {0, 1, H, RS_INTO_A}, 1U << H, RS_EQUATIONS(state)}},
};

#endif
