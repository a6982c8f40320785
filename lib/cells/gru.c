/* The gated recurrent unit as torch and cuDNN have it, the reset gate *after* the matrix product,
 * gates in torch's order r z n:
 *
 *     r   = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)
 *     z   = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)
 *     m   = W_hn h_{t−1} + b_hn
 *     n   = tanh(W_in x_t + b_in + r ⊙ m)
 *     h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}
 *
 * The cell of Cho et al. 2014 resets before the product and is another function of the same
 * weights: gru_reset_before.c. The candidate has two adjoints, da_n on the side of the input and dm
 * = da_n ⊙ r on the recurrent side. */
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

/* n = tanh(a_n + r ⊙ m) */
static void candidate(const rs_step *s)
{
    const real *a_n = s->a + 2 * s->H, *r = s->now[R], *m = s->now[M];
    real *n = s->now[N];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++)
        n[u] = rs_tanh(a_n[u] + r[u] * m[u]);
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
    const real *n = s->now[N], *r = s->now[R], *m = s->now[M], *dn = s->d[N];
    real *da_n = s->da + 2 * s->H, *dr = s->d[R], *dm = s->d[M];
#pragma omp simd
    for (size_t u = 0; u < s->H; u++) {
        /* n = tanh(a_n + r ⊙ m)      tanh′ = 1 − tanh² */
        da_n[u] = dn[u] * (1 - n[u] * n[u]);
        dr[u] = da_n[u] * m[u];
        dm[u] += da_n[u] * r[u];
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

#include <math.h>

enum { H, R, Z, N, M };

#define RS_CELL_FILE "cells/gru.c"
#include "cells/equations.h"

const rs_cell rs_cell_gru = {
    .name = "gru",
    .title = "GRU",
    .reference =
        "Cho et al. 2014; this form, with the reset after the product, is cuDNN's and torch's",
    .gates_n = 3,
    .channels_n = 5,
    .stages_n = 3,
    .gates = {R, Z, N},
    .keep_gates = 1U << 1,
    .channels = {{"h", "h", RS_STATE, -1, 1, "hidden state: memory and output in one"},
                 {"r", "r", RS_GATE, 0, 1, "reset gate: how much of the past the candidate sees"},
                 {"z", "z", RS_GATE, 0, 1, "update gate: how much of the old state is kept"},
                 {"n", "n", RS_GATE, -1, 1, "candidate: the state that could come next"},
                 {"m", "W_hn h + b_hn", RS_INNER, -INFINITY, INFINITY,
                  "the candidate's recurrent part, before the reset gate"}},
    .stages = {{"gates", {0, 2, H, RS_INTO_A}, 1U << R | 1U << Z, RS_EQUATIONS(gates)},
               {"candidate", {2, 1, H, M}, 1U << N, RS_EQUATIONS(candidate)},
               {"state", {0}, 1U << H, RS_EQUATIONS(state)}},
};

#endif
