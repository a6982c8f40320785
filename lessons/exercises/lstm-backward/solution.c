#include "exercise.h"

/* a = U x_t + W h_{t−1} + b, backwards, for all four gates */
static void product_backward(const lstm_step *s)
{
    for (size_t row = 0; row < 4 * s->H; row++) {
        for (size_t k = 0; k < s->H; k++) {
            s->dh_before[k] += s->W[row * s->H + k] * s->da[row];
            s->dW[row * s->H + k] += s->da[row] * s->h_before[k];
        }
        for (size_t k = 0; k < s->I; k++) {
            s->dx[k] += s->U[row * s->I + k] * s->da[row];
            s->dU[row * s->I + k] += s->da[row] * s->x[k];
        }
        s->db[row] += s->da[row];
    }
}

/* One step backwards through the LSTM's equations, from the last to the first. */
void lstm_backward_step(const lstm_step *s)
{
    double *da_i = s->da, *da_f = da_i + s->H, *da_g = da_f + s->H, *da_o = da_g + s->H;
    for (size_t u = 0; u < s->H; u++) {
        const double i = s->i[u], f = s->f[u], g = s->g[u], o = s->o[u];
        const double tanh_c = tanh(s->c[u]);

        /* h_t = o tanh(c_t) */
        s->d_o[u] = s->dh[u] * tanh_c;
        s->dc[u] += s->dh[u] * o * (1 - tanh_c * tanh_c);

        /* c_t = f c_{t−1} + i g */
        s->df[u] = s->dc[u] * s->c_before[u];
        s->dc_before[u] += s->dc[u] * f;
        s->di[u] = s->dc[u] * g;
        s->dg[u] = s->dc[u] * i;

        /* σ′ = σ(1 − σ), tanh′ = 1 − tanh² */
        da_i[u] = s->di[u] * i * (1 - i);
        da_f[u] = s->df[u] * f * (1 - f);
        da_g[u] = s->dg[u] * (1 - g * g);
        da_o[u] = s->d_o[u] * o * (1 - o);
    }
    product_backward(s);
}
