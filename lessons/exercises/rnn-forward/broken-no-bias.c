#include "exercise.h"

/* h_t = tanh(U x_t + W h_{t−1} + b) */
void rnn_forward_step(const rnn_forward *s)
{
    for (size_t u = 0; u < s->H; u++) {
        double a = 0;
        for (size_t k = 0; k < s->I; k++)
            a += s->U[u * s->I + k] * s->x[k];
        for (size_t k = 0; k < s->H; k++)
            a += s->W[u * s->H + k] * s->h_before[k];
        s->h[u] = tanh(a);
    }
}
