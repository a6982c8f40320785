#include "exercise.h"

/* One step backwards through the GRU's equations, from the last to the first. */
void gru_backward_step(const gru_step *s)
{
    double *da_r = s->da, *da_z = da_r + s->H, *da_n = da_z + s->H;
    for (size_t u = 0; u < s->H; u++) {
        /* h_t = (1 − z) n + z h_{t−1} */
        s->dn[u] = s->dz[u] = 0;

        /* n = tanh(a_n + r m) */
        da_n[u] = s->dr[u] = s->dm[u] = 0;

        /* r, z = σ(…) */
        da_r[u] = da_z[u] = 0;
    }
    /* the input side of all 3·H rows: da into dx, dU, db */
    /* the recurrent side: da_r, da_z, dm into dh_before, dW, db_recurrent */
}
