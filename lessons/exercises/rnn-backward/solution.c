#include "exercise.h"

/* One step backwards through h_t = tanh(a), a = U x_t + W h_{t−1} + b. */
void rnn_backward_step(const rnn_step *s)
{
    for (size_t u = 0; u < s->H; u++) {
        s->da[u] = s->dh[u] * (1 - s->h[u] * s->h[u]); /* tanh′ = 1 − tanh² */
        for (size_t k = 0; k < s->H; k++) {
            s->dh_before[k] += s->W[u * s->H + k] * s->da[u];
            s->dW[u * s->H + k] += s->da[u] * s->h_before[k];
        }
        for (size_t k = 0; k < s->I; k++) {
            s->dx[k] += s->U[u * s->I + k] * s->da[u];
            s->dU[u * s->I + k] += s->da[u] * s->x[k];
        }
        s->db[u] += s->da[u];
    }
}
