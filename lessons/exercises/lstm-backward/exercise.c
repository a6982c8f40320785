#include "exercise.h"

/* One step backwards through the LSTM's equations, from the last to the first. */
void lstm_backward_step(const lstm_step *s)
{
    double *da_i = s->da, *da_f = da_i + s->H, *da_g = da_f + s->H, *da_o = da_g + s->H;
    for (size_t u = 0; u < s->H; u++) {
        /* h_t = o tanh(c_t) */
        s->d_o[u] = 0;

        /* c_t = f c_{t−1} + i g */
        s->df[u] = s->di[u] = s->dg[u] = 0;

        /* i, f, o = σ(a); g = tanh(a) */
        da_i[u] = da_f[u] = da_g[u] = da_o[u] = 0;
    }
    /* a = U x_t + W h_{t−1} + b, for all 4·H rows */
}
