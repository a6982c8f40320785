#include "tests/unit/twin.h"

#include <math.h>
#include <string.h>

/* Everything one step makes, of every cell. in and rec are the two halves of the pre-activations,
 * W x + b_ih and U h + b_hh; gate is what the activations make of them. */
typedef struct step {
    double gate[4][TWIN_MOST], in[4][TWIN_MOST], rec[4][TWIN_MOST], reset[TWIN_MOST];
    double h[TWIN_MOST], c[TWIN_MOST];
} step;

static double sigma(double x) { return 1 / (1 + exp(-x)); }

static size_t gates_of(const char *cell)
{
    return strcmp(cell, "lstm") == 0 ? 4 : strncmp(cell, "gru", 3) == 0 ? 3 : 1;
}

static double row_times(const double *matrix, size_t row, size_t n, const double *vector)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += matrix[row * n + k] * vector[k];
    return sum;
}

static void sums(const twin *w, size_t t, const double *h, step *s)
{
    for (size_t g = 0; g < gates_of(w->cell); g++)
        for (size_t u = 0; u < w->H; u++) {
            const size_t row = g * w->H + u;
            s->in[g][u] = row_times(w->W, row, w->I, w->x + t * w->I) + w->b_ih[row];
            s->rec[g][u] = row_times(w->U, row, w->H, h) + w->b_hh[row];
        }
}

static void lstm(const twin *w, const double *c, step *s)
{
    for (size_t u = 0; u < w->H; u++) {
        for (size_t g = 0; g < 4; g++) {
            double a = s->in[g][u] + s->rec[g][u];
            s->gate[g][u] = g == 2 ? tanh(a) : sigma(a);
        }
        s->c[u] = s->gate[1][u] * c[u] + s->gate[0][u] * s->gate[2][u];
        s->h[u] = s->gate[3][u] * tanh(s->c[u]);
    }
}

static void gru(const twin *w, const double *h, step *s, int before)
{
    for (size_t g = 0; g < 2; g++)
        for (size_t u = 0; u < w->H; u++)
            s->gate[g][u] = sigma(s->in[g][u] + s->rec[g][u]);
    for (size_t u = 0; u < w->H; u++)
        s->reset[u] = s->gate[0][u] * h[u];
    for (size_t u = 0; u < w->H; u++) {
        const size_t row = 2 * w->H + u;
        double rec = before ? row_times(w->U, row, w->H, s->reset) + w->b_hh[row]
                            : s->gate[0][u] * s->rec[2][u];
        double n = s->gate[2][u] = tanh(s->in[2][u] + rec), z = s->gate[1][u];
        s->h[u] = (1 - z) * n + z * h[u];
    }
}

static void forward_step(const twin *w, size_t t, const double *h, const double *c, step *s)
{
    memset(s, 0, sizeof *s);
    sums(w, t, h, s);
    if (strcmp(w->cell, "lstm") == 0)
        lstm(w, c, s);
    else if (strncmp(w->cell, "gru", 3) == 0)
        gru(w, h, s, strcmp(w->cell, "gru") != 0);
    else
        for (size_t u = 0; u < w->H; u++) {
            double a = s->in[0][u] + s->rec[0][u];
            s->h[u] = strcmp(w->cell, "rnn") == 0 ? tanh(a) : fmax(0, a);
        }
}

static const double *before(const twin *w, size_t t, const double *state, const double *initial)
{
    return t > 0 ? state + (t - 1) * w->H : initial;
}

void twin_forward(twin *w)
{
    step s;
    for (size_t t = 0; t < w->T; t++) {
        forward_step(w, t, before(w, t, w->h, w->h0), before(w, t, w->c, w->c0), &s);
        memcpy(w->h + t * w->H, s.h, w->H * sizeof *s.h);
        if (w->c)
            memcpy(w->c + t * w->H, s.c, w->H * sizeof *s.c);
    }
}

/* What one step of the backward pass carries: dL/dh and dL/dc, of this step on entry, of the step
 * before on return; and the adjoints of in and rec. */
typedef struct adjoint {
    double h[TWIN_MOST], c[TWIN_MOST], in[4][TWIN_MOST], rec[4][TWIN_MOST];
    double h_before[TWIN_MOST], c_before[TWIN_MOST];
} adjoint;

static void lstm_backward(const twin *w, const step *s, const double *c, adjoint *d)
{
    for (size_t u = 0; u < w->H; u++) {
        double i = s->gate[0][u], f = s->gate[1][u], g = s->gate[2][u], o = s->gate[3][u];
        double squashed = tanh(s->c[u]), dc = d->c[u] + d->h[u] * o * (1 - squashed * squashed);
        d->in[0][u] = dc * g * i * (1 - i);
        d->in[1][u] = dc * c[u] * f * (1 - f);
        d->in[2][u] = dc * i * (1 - g * g);
        d->in[3][u] = d->h[u] * squashed * o * (1 - o);
        d->c_before[u] = dc * f;
    }
    memcpy(d->rec, d->in, sizeof d->in);
}

static void gru_backward(const twin *w, const step *s, const double *h, adjoint *d)
{
    for (size_t u = 0; u < w->H; u++) {
        double r = s->gate[0][u], z = s->gate[1][u], n = s->gate[2][u];
        d->in[2][u] = d->h[u] * (1 - z) * (1 - n * n);
        d->in[1][u] = d->h[u] * (h[u] - n) * z * (1 - z);
        d->in[0][u] = d->in[2][u] * s->rec[2][u] * r * (1 - r);
        d->h_before[u] = d->h[u] * z;
    }
    memcpy(d->rec, d->in, sizeof d->in);
    for (size_t u = 0; u < w->H; u++)
        d->rec[2][u] = d->in[2][u] * s->gate[0][u];
}

static void reset_before_backward(const twin *w, const step *s, const double *h, adjoint *d)
{
    for (size_t u = 0; u < w->H; u++) {
        double z = s->gate[1][u], n = s->gate[2][u];
        d->in[2][u] = d->h[u] * (1 - z) * (1 - n * n);
        d->in[1][u] = d->h[u] * (h[u] - n) * z * (1 - z);
        d->h_before[u] = d->h[u] * z;
    }
    for (size_t u = 0; u < w->H; u++) {
        double r = s->gate[0][u], dreset = 0;
        for (size_t k = 0; k < w->H; k++)
            dreset += w->U[(2 * w->H + k) * w->H + u] * d->in[2][k];
        d->h_before[u] += dreset * r;
        d->in[0][u] = dreset * h[u] * r * (1 - r);
    }
    memcpy(d->rec, d->in, sizeof d->in);
}

static void rnn_backward(const twin *w, const step *s, adjoint *d)
{
    for (size_t u = 0; u < w->H; u++)
        d->in[0][u] = d->rec[0][u] = strcmp(w->cell, "rnn") == 0
                                         ? d->h[u] * (1 - s->h[u] * s->h[u])
                                         : (s->in[0][u] + s->rec[0][u] > 0 ? d->h[u] : 0);
}

/* The matrices' part of a step: gradients, dx, and what goes to h_{t−1} through them. The candidate
 * of gru-reset-before has r ⊙ h_{t−1} where the others have h_{t−1}. */
static void products_backward(twin *w, size_t t, const step *s, const double *h, adjoint *d)
{
    for (size_t g = 0; g < gates_of(w->cell); g++)
        for (size_t u = 0; u < w->H; u++) {
            const size_t row = g * w->H + u;
            const int reset = g == 2 && strcmp(w->cell, "gru-reset-before") == 0;
            w->db_ih[row] += d->in[g][u];
            w->db_hh[row] += d->rec[g][u];
            for (size_t k = 0; k < w->I; k++) {
                w->dW[row * w->I + k] += d->in[g][u] * w->x[t * w->I + k];
                w->dx[t * w->I + k] += d->in[g][u] * w->W[row * w->I + k];
            }
            for (size_t k = 0; k < w->H; k++) {
                w->dU[row * w->H + k] += d->rec[g][u] * (reset ? s->reset[k] : h[k]);
                d->h_before[k] += reset ? 0 : d->rec[g][u] * w->U[row * w->H + k];
            }
        }
}

void twin_backward(twin *w)
{
    adjoint d = {0};
    step s;
    memset(w->dx, 0, w->T * w->I * sizeof *w->dx);
    for (size_t t = w->T; t-- > 0;) {
        const double *h = before(w, t, w->h, w->h0), *c = before(w, t, w->c, w->c0);
        forward_step(w, t, h, c, &s);
        for (size_t u = 0; u < w->H; u++) {
            d.h[u] = d.h_before[u] + w->dh[t * w->H + u];
            d.c[u] = d.c_before[u];
            d.h_before[u] = d.c_before[u] = 0;
        }
        if (strcmp(w->cell, "lstm") == 0)
            lstm_backward(w, &s, c, &d);
        else if (strcmp(w->cell, "gru") == 0)
            gru_backward(w, &s, h, &d);
        else if (strcmp(w->cell, "gru-reset-before") == 0)
            reset_before_backward(w, &s, h, &d);
        else
            rnn_backward(w, &s, &d);
        products_backward(w, t, &s, h, &d);
    }
    memcpy(w->dh0, d.h_before, w->H * sizeof *w->dh0);
    memcpy(w->dc0, d.c_before, w->H * sizeof *w->dc0);
}
