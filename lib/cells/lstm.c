/* The long short-term memory cell (Hochreiter & Schmidhuber 1997, with the forget gate of Gers,
 * Schmidhuber & Cummins 2000), gates in torch's order i f g o, without peepholes:
 *
 *     a   = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh          [4·H]
 *     i   = σ(a_i)     f = σ(a_f)     g = tanh(a_g)     o = σ(a_o)
 *     c_t = f ⊙ c_{t−1} + i ⊙ g
 *     h_t = o ⊙ tanh(c_t)
 *
 * Two paths lead from step to step: the cell path, where the gradient is multiplied by f alone, and
 * the path through h_{t−1} and the gates, where it meets W_hh. In the backward functions dh and dc
 * are total derivatives of the loss: what comes from step t+1 is in them before the step begins. */
#ifdef real

/* i = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o) */
static void gates(const rs_step *s)
{
    const real *a_i = s->a, *a_f = a_i + s->H, *a_g = a_f + s->H, *a_o = a_g + s->H; /* [H] each */
    real *i = s->now[I], *f = s->now[F], *g = s->now[G], *o = s->now[O];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        i[u] = rs_sigmoid(a_i[u]);
        f[u] = rs_sigmoid(a_f[u]);
        g[u] = rs_tanh(a_g[u]);
        o[u] = rs_sigmoid(a_o[u]);
    }
}

/* c_t = f ⊙ c_{t−1} + i ⊙ g */
static void state(const rs_step *s)
{
    const real *i = s->now[I], *f = s->now[F], *g = s->now[G], *c_before = s->before[C];
    real *c = s->now[C];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++)
        c[u] = f[u] * c_before[u] + i[u] * g[u];
}

/* h_t = o ⊙ tanh(c_t) */
static void output(const rs_step *s)
{
    const real *o = s->now[O], *c = s->now[C];
    real *h = s->now[H], *tanh_c = s->now[TANH_C];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        tanh_c[u] = rs_tanh(c[u]);
        h[u] = o[u] * tanh_c[u];
    }
}

#ifndef RS_COMPLEX

static void output_backward(const rs_step *s)
{
    const real *o = s->now[O], *tanh_c = s->now[TANH_C], *dh = s->d[H];
    real *d_o = s->d[O], *dc = s->d[C];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        /* h_t = o ⊙ tanh(c_t)        tanh′ = 1 − tanh² */
        d_o[u] = dh[u] * tanh_c[u];
        dc[u] += dh[u] * o[u] * (1 - tanh_c[u] * tanh_c[u]);
    }
}

static void state_backward(const rs_step *s)
{
    const real *i = s->now[I], *f = s->now[F], *g = s->now[G], *c_before = s->before[C];
    const real *dc = s->d[C];
    real *di = s->d[I], *df = s->d[F], *dg = s->d[G], *dc_before = s->d_before[C];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        /* c_t = f ⊙ c_{t−1} + i ⊙ g */
        df[u] = dc[u] * c_before[u];
        dc_before[u] += dc[u] * f[u];
        di[u] = dc[u] * g[u];
        dg[u] = dc[u] * i[u];
    }
}

static void gates_backward(const rs_step *s)
{
    const real *i = s->now[I], *f = s->now[F], *g = s->now[G], *o = s->now[O];
    const real *di = s->d[I], *df = s->d[F], *dg = s->d[G], *d_o = s->d[O];
    real *da_i = s->da, *da_f = da_i + s->H, *da_g = da_f + s->H, *da_o = da_g + s->H;
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        /* σ′ = σ(1 − σ)              tanh′ = 1 − tanh² */
        da_i[u] = di[u] * i[u] * (1 - i[u]);
        da_f[u] = df[u] * f[u] * (1 - f[u]);
        da_g[u] = dg[u] * (1 - g[u] * g[u]);
        da_o[u] = d_o[u] * o[u] * (1 - o[u]);
    }
}

#endif
#else

#include "cells/cell.h"

#include <math.h>

enum { H, C, I, F, G, O, TANH_C };

#define RS_CELL_FILE "cells/lstm.c"
#include "cells/equations.h"

const rs_cell rs_cell_lstm = {
    .name = "lstm",
    .title = "LSTM",
    .reference = "Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000",
    .gates_n = 4,
    .channels_n = 7,
    .stages_n = 3,
    .gates = {I, F, G, O},
    .keep_gates = 1U << 1,
    .write_gates = 1U << 0,
    .channels = {{"h", "h", RS_STATE, -1, 1, "hidden state: what the rest of the network sees"},
                 {"c", "c", RS_STATE, -INFINITY, INFINITY, "cell state: the memory"},
                 {"i", "i", RS_GATE, 0, 1, "input gate: how much of the candidate is written"},
                 {"f", "f", RS_GATE, 0, 1, "forget gate: how much of the old cell state is kept"},
                 {"g", "g", RS_GATE, -1, 1, "candidate: what could be written"},
                 {"o", "o", RS_GATE, 0, 1, "output gate: how much of the cell state is shown"},
                 {"tanh_c", "tanh(c)", RS_CACHE, -1, 1, "squashed cell state"}},
    .stages = {{"gates",
                {0, 4, H, RS_INTO_A},
                1U << I | 1U << F | 1U << G | 1U << O,
                RS_EQUATIONS(gates)},
               {"state", {0}, 1U << C, RS_EQUATIONS(state)},
               {"output", {0}, 1U << H | 1U << TANH_C, RS_EQUATIONS(output)}},
};

#endif
