#include "exercise.h"

/* The products of all three gates, backwards: a = U x_t + b on the side of the input, and
 * W h_{t−1} + b' on the recurrent side, where the candidate's rows get dm. */
static void product_backward(const gru_step *s)
{
    for (size_t row = 0; row < 3 * s->H; row++) {
        const double recurrent = row < 2 * s->H ? s->da[row] : s->dm[row - 2 * s->H];
        for (size_t k = 0; k < s->H; k++) {
            s->dh_before[k] += s->W[row * s->H + k] * recurrent;
            s->dW[row * s->H + k] += recurrent * s->h_before[k];
        }
        for (size_t k = 0; k < s->I; k++) {
            s->dx[k] += s->U[row * s->I + k] * s->da[row];
            s->dU[row * s->I + k] += s->da[row] * s->x[k];
        }
        s->db[row] += s->da[row];
        s->db_recurrent[row] += recurrent;
    }
}

/* One step backwards through the GRU's equations, from the last to the first. */
void gru_backward_step(const gru_step *s)
{
    double *da_r = s->da, *da_z = da_r + s->H, *da_n = da_z + s->H;
    for (size_t u = 0; u < s->H; u++) {
        const double r = s->r[u], z = s->z[u], n = s->n[u];

        /* h_t = (1 − z) n + z h_{t−1} */
        s->dn[u] = s->dh[u] * (1 - z);
        s->dz[u] = s->dh[u] * (s->h_before[u] - n);
        s->dh_before[u] += s->dh[u] * z;

        /* n = tanh(a_n + r m) */
        da_n[u] = s->dn[u] * (1 - n * n);
        s->dr[u] = 0;
        s->dm[u] = da_n[u] * r;

        /* r, z = σ(…) */
        da_r[u] = s->dr[u] * r * (1 - r);
        da_z[u] = s->dz[u] * z * (1 - z);
    }
    product_backward(s);
}
