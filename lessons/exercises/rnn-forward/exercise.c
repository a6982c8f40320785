#include "exercise.h"

/* h_t = tanh(U x_t + W h_{t−1} + b) */
void rnn_forward_step(const rnn_forward *s)
{
    for (size_t u = 0; u < s->H; u++) {
        double a = s->b[u];
        /* Add row u of U times x, and row u of W times h_before. */
        s->h[u] = a; /* And squash it. */
    }
}
