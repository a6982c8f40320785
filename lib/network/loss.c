/* The losses, their derivatives beside them; see loss.h for the formulas. */
#include "network/loss.h"

#include "base/scalar.h"
#include "network/trace.h"

#include <string.h>

#ifndef real
#include "base/as_double.h"
#endif

/* What a loss does with one sequence's y at one step, [O]: returns its value, scaled; adds nothing
 * for complex numbers, else sets dy [O]. */
static real mse(const real *y, real *dy, size_t O, const double *target, real scale)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < O; k++) {
        real error = y[k] - (real)target[k];
        sum += scale * error * error;
        dy[k] = scale * 2 * error;
    }
    return sum;
}

static real bce(const real *y, real *dy, size_t O, const double *target, real scale)
{
    real sum = 0;
    for (size_t k = 0; k < O; k++) {
        sum += scale * (rs_softplus(y[k]) - (real)target[k] * y[k]);
        dy[k] = scale * (rs_sigmoid(y[k]) - (real)target[k]);
    }
    return sum;
}

static real xent(const real *y, real *dy, size_t O, size_t label, real scale)
{
    real largest = y[0], sum = 0;
    for (size_t k = 1; k < O; k++)
        if (rs_real_part(y[k]) > rs_real_part(largest))
            largest = y[k];
    for (size_t k = 0; k < O; k++) {
        dy[k] = rs_exp(y[k] - largest);
        sum += dy[k];
    }
    for (size_t k = 0; k < O; k++) /* softmax − onehot */
        dy[k] = scale * (dy[k] / sum - (k == label ? 1 : 0));
    return scale * (rs_log(sum) + largest - y[label]);
}

/* One over the number of terms in the mean, or 1. */
static real loss_scale(const rs_loss *loss, size_t n, size_t B, size_t O)
{
    size_t terms = loss->kind == RS_XENT ? 0 : n * B * O;
    if (loss->sum)
        return 1;
    for (size_t k = 0; loss->kind == RS_XENT && k < n * B; k++)
        terms += loss->label[k] >= 0;
    return terms > 0 ? 1 / (real)terms : 0;
}

/* Σ weight·s_T over the last states of all layers */
static real last_state_term(const rs_trace *trace, const double *weight)
{
    const rs_cell *cell = trace->net->cell;
    const size_t BH = trace->B * trace->net->hidden;
    real sum = 0;
    for (size_t l = 0; l < trace->net->layers; l++)
        for (size_t k = 0; k < cell->channels_n; k++) {
            if (cell->channels[k].role != RS_STATE)
                continue;
            const real *s = trace->layer[l].value[k] + (trace->T - 1) * BH;
            for (size_t j = 0; j < BH; j++)
                sum += (real)*weight++ * s[j];
        }
    return sum;
}

void rs_loss_forward(rs_trace *trace, const rs_loss *loss)
{
    const size_t T = trace->T, B = trace->B, O = rs_net_width(trace->net);
    const size_t first = loss->last ? T - 1 : 0;
    const real scale = loss_scale(loss, T - first, B, O);
    memset(trace->dy, 0, T * B * O * sizeof *trace->dy);
    memset(trace->loss_at, 0, T * sizeof *trace->loss_at);
    trace->loss = 0;
    trace->last_state = loss->last_state;
    for (size_t t = first; t < T && loss->kind != RS_NO_LOSS; t++) {
        for (size_t b = 0; b < B; b++) {
            const real *y = trace->y + (t * B + b) * O;
            real *dy = trace->dy + (t * B + b) * O;
            const size_t term = (t - first) * B + b;
            if (loss->kind == RS_MSE)
                trace->loss_at[t] += mse(y, dy, O, loss->target + term * O, scale);
            else if (loss->kind == RS_BCE)
                trace->loss_at[t] += bce(y, dy, O, loss->target + term * O, scale);
            else if (loss->label[term] >= 0)
                trace->loss_at[t] += xent(y, dy, O, (size_t)loss->label[term], scale);
        }
        trace->loss += trace->loss_at[t];
    }
    if (loss->last_state)
        trace->loss += last_state_term(trace, loss->last_state);
}
