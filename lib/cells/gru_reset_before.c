/* The gated recurrent unit as Cho et al. 2014 wrote it, the reset gate *before* the matrix product
 * (Keras reset_after=False, ONNX linear_before_reset=0), gates in the order r z n:
 *
 *     r   = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)
 *     z   = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)
 *     m   = r ⊙ h_{t−1}
 *     n   = tanh(W_in x_t + b_in + W_hn m + b_hn)
 *     h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}
 *
 * Cho et al. write z where this has 1 − z; the roles here are torch's, as in gru.c. */
#ifdef real

/* r = σ(a_r)   z = σ(a_z) */
static void gates(const rs_step *s)
{
    const real *a_r = s->a, *a_z = a_r + s->H;
    real *r = s->now[R], *z = s->now[Z];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        r[u] = rs_sigmoid(a_r[u]);
        z[u] = rs_sigmoid(a_z[u]);
    }
}

/* m = r ⊙ h_{t−1} */
static void reset(const rs_step *s)
{
    const real *r = s->now[R], *h_before = s->before[H];
    real *m = s->now[M];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++)
        m[u] = r[u] * h_before[u];
}

/* n = tanh(a_n), where a_n has W_hn m + b_hn in it */
static void candidate(const rs_step *s)
{
    const real *a_n = s->a + 2 * s->H;
    real *n = s->now[N];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++)
        n[u] = rs_tanh(a_n[u]);
}

/* h_t = (1 − z) ⊙ n + z ⊙ h_{t−1} */
static void state(const rs_step *s)
{
    const real *n = s->now[N], *z = s->now[Z], *h_before = s->before[H];
    real *h = s->now[H];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++)
        h[u] = (1 - z[u]) * n[u] + z[u] * h_before[u];
}

#ifndef RS_COMPLEX

static void state_backward(const rs_step *s)
{
    const real *n = s->now[N], *z = s->now[Z], *h_before = s->before[H], *dh = s->d[H];
    real *dn = s->d[N], *dz = s->d[Z], *dh_before = s->d_before[H];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        /* h_t = (1 − z) ⊙ n + z ⊙ h_{t−1} */
        dn[u] = dh[u] * (1 - z[u]);
        dz[u] = dh[u] * (h_before[u] - n[u]);
        dh_before[u] += dh[u] * z[u];
    }
}

static void candidate_backward(const rs_step *s)
{
    const real *n = s->now[N], *dn = s->d[N];
    real *da_n = s->da + 2 * s->H;
#pragma omp simd
    for (size_t u = 0; u < s->H; u++)
        da_n[u] = dn[u] * (1 - n[u] * n[u]); /* tanh′ = 1 − tanh² */
}

static void reset_backward(const rs_step *s)
{
    const real *r = s->now[R], *h_before = s->before[H];
    const real *dm = s->d[M]; /* = W_hnᵀ da_n, from the product */
    real *dr = s->d[R], *dh_before = s->d_before[H];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        /* m = r ⊙ h_{t−1} */
        dr[u] = dm[u] * h_before[u];
        dh_before[u] += dm[u] * r[u];
    }
}

static void gates_backward(const rs_step *s)
{
    const real *r = s->now[R], *z = s->now[Z], *dr = s->d[R], *dz = s->d[Z];
    real *da_r = s->da, *da_z = da_r + s->H;
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        /* σ′ = σ(1 − σ) */
        da_r[u] = dr[u] * r[u] * (1 - r[u]);
        da_z[u] = dz[u] * z[u] * (1 - z[u]);
    }
}

#endif
#else

#include "cells/cell.h"

enum { H, R, Z, N, M };

#define RS_CELL_FILE "cells/gru_reset_before.c"
#include "cells/equations.h"

const rs_cell rs_cell_gru_reset_before = {
    .name = "gru-reset-before",
    .title = "GRU, reset before",
    .reference = "Cho et al. 2014",
    .gates_n = 3,
    .channels_n = 5,
    .stages_n = 4,
    .gates = {R, Z, N},
    .keep_gates = 1U << 1,
    .channels = {{"h", "h", RS_STATE, -1, 1, "hidden state: memory and output in one"},
                 {"r", "r", RS_GATE, 0, 1, "reset gate: how much of the past the candidate sees"},
                 {"z", "z", RS_GATE, 0, 1, "update gate: how much of the old state is kept"},
                 {"n", "n", RS_GATE, -1, 1, "candidate: the state that could come next"},
                 {"m", "r ⊙ h", RS_INNER, -1, 1, "the past as the candidate sees it"}},
    .stages = {{"gates", {0, 2, H, RS_INTO_A}, 1U << R | 1U << Z, RS_EQUATIONS(gates)},
               {"reset", {0}, 1U << M, RS_EQUATIONS(reset)},
               {"candidate", {2, 1, M, RS_INTO_A}, 1U << N, RS_EQUATIONS(candidate)},
               {"state", {0}, 1U << H, RS_EQUATIONS(state)}},
};

#endif
