/* The minimal gated unit (Zhou, Wu, Zhang & Zhou 2016), written outside the library as a user would
 * write a cell of their own; rows in the order f n:
 *
 *     f   = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf)
 *     m   = f ⊙ h_{t−1}
 *     n   = tanh(W_in x_t + b_in + W_hn m + b_hn)
 *     h_t = (1 − f) ⊙ h_{t−1} + f ⊙ n */
#ifdef real

/* f = σ(a_f) */
static void gates(const rs_step *s)
{
    const real *a_f = s->a;
    real *f = s->now[F];
    for (size_t u = 0; u < s->H; u++)
        f[u] = rs_sigmoid(a_f[u]);
}

/* m = f ⊙ h_{t−1} */
static void reset(const rs_step *s)
{
    const real *f = s->now[F], *h_before = s->before[H];
    real *m = s->now[M];
    for (size_t u = 0; u < s->H; u++)
        m[u] = f[u] * h_before[u];
}

/* n = tanh(a_n) */
static void candidate(const rs_step *s)
{
    const real *a_n = s->a + s->H;
    real *n = s->now[N];
    for (size_t u = 0; u < s->H; u++)
        n[u] = rs_tanh(a_n[u]);
}

/* h_t = (1 − f) ⊙ h_{t−1} + f ⊙ n */
static void state(const rs_step *s)
{
    const real *f = s->now[F], *n = s->now[N], *h_before = s->before[H];
    real *h = s->now[H];
    for (size_t u = 0; u < s->H; u++)
        h[u] = (1 - f[u]) * h_before[u] + f[u] * n[u];
}

#ifndef RS_COMPLEX

static void state_backward(const rs_step *s)
{
    const real *f = s->now[F], *n = s->now[N], *h_before = s->before[H], *dh = s->d[H];
    real *df = s->d[F], *dn = s->d[N], *dh_before = s->d_before[H];
    for (size_t u = 0; u < s->H; u++) {
        /* h_t = (1 − f) ⊙ h_{t−1} + f ⊙ n */
        dh_before[u] += dh[u] * (1 - f[u]);
        df[u] = dh[u] * (n[u] - h_before[u]);
        dn[u] = dh[u] * f[u];
    }
}

static void candidate_backward(const rs_step *s)
{
    const real *n = s->now[N], *dn = s->d[N];
    real *da_n = s->da + s->H;
    for (size_t u = 0; u < s->H; u++)
        da_n[u] = dn[u] * (1 - n[u] * n[u]); /* tanh′ = 1 − tanh² */
}

static void reset_backward(const rs_step *s)
{
    const real *f = s->now[F], *h_before = s->before[H], *dm = s->d[M];
    real *df = s->d[F], *dh_before = s->d_before[H];
    for (size_t u = 0; u < s->H; u++) {
        /* m = f ⊙ h_{t−1}            f also made h_t: its derivative is there already */
        df[u] += dm[u] * h_before[u];
        dh_before[u] += dm[u] * f[u];
    }
}

static void gates_backward(const rs_step *s)
{
    const real *f = s->now[F], *df = s->d[F];
    real *da_f = s->da;
    for (size_t u = 0; u < s->H; u++)
        da_f[u] = df[u] * f[u] * (1 - f[u]); /* σ′ = σ(1 − σ) */
}

#endif
#else

#include "tests/unit/own_cell.h"

enum { H, F, N, M };

#define RS_CELL_FILE "tests/unit/own_cell.c"
#include "cells/equations.h"

const rs_cell own_cell = {
    .name = "mgu",
    .title = "MGU",
    .reference = "Zhou, Wu, Zhang & Zhou 2016",
    .gates_n = 2,
    .channels_n = 4,
    .stages_n = 4,
    .gates = {F, N},
    .channels = {{"h", "h", RS_STATE, -1, 1, "hidden state"},
                 {"f", "f", RS_GATE, 0, 1, "the one gate: how much is renewed"},
                 {"n", "n", RS_GATE, -1, 1, "candidate"},
                 {"m", "f ⊙ h", RS_INNER, -1, 1, "the past as the candidate sees it"}},
    .stages = {{"gates", {0, 1, H, RS_INTO_A}, 1U << F, RS_EQUATIONS(gates)},
               {"reset", {0}, 1U << M, RS_EQUATIONS(reset)},
               {"candidate", {1, 1, M, RS_INTO_A}, 1U << N, RS_EQUATIONS(candidate)},
               {"state", {0}, 1U << H, RS_EQUATIONS(state)}},
};

#endif
