/* Norms over time and the line through their logarithms. */
#include "flow/norms.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

static void norms(const double *v, size_t T, size_t width, double *norm)
{
    for (size_t t = 0; t < T; t++)
        norm[t] = rs_norm(v + t * width, width);
}

rs_status rs_flow_norms(const rs_trace *trace, size_t layer, size_t channel, double *norm,
                        rs_error *err)
{
    const rs_cell *cell = trace->net->cell;
    if (layer >= trace->net->layers || channel >= cell->channels_n ||
        !trace->layer[layer].d[channel])
        return rs_fail(err, RS_USAGE,
                       "layer %zu, channel %zu of the trace: there is no derivative; expected a "
                       "layer below %zu and a channel whose derivative is kept",
                       layer, channel, trace->net->layers);
    norms(trace->layer[layer].d[channel], trace->T, trace->B * trace->net->hidden, norm);
    return RS_OK;
}

rs_status rs_flow_input_norms(const rs_trace *trace, double *norm, rs_error *err)
{
    if (!trace->dx)
        return rs_fail(err, RS_USAGE, "the trace keeps no dL/dx: expected one that does");
    norms(trace->dx, trace->T, trace->B * trace->net->inputs, norm);
    return RS_OK;
}

/* Counts what is not an ordinary number; true if this value belongs into the fit. */
static bool ordinary(rs_decay *decay, double value)
{
    decay->nans += isnan(value) ? 1 : 0;
    decay->infinite += isinf(value) ? 1 : 0;
    decay->zeros += value == 0 ? 1 : 0;
    decay->subnormals += value > 0 && value < DBL_MIN ? 1 : 0;
    return isnormal(value);
}

rs_decay rs_flow_decay(const double *norm, size_t n)
{
    rs_decay decay = {.rate = NAN, .half_life = NAN, .residual = NAN};
    double mean_t = 0, mean_y = 0, tt = 0, ty = 0, yy = 0;
    for (size_t t = 0; t < n; t++) {
        if (!ordinary(&decay, norm[t]))
            continue;
        /* Welford's updates: no cancellation however long the series */
        const double y = log(norm[t]), count = (double)++decay.used;
        const double off_t = (double)t - mean_t, off_y = y - mean_y;
        mean_t += off_t / count;
        mean_y += off_y / count;
        tt += off_t * ((double)t - mean_t);
        ty += off_t * (y - mean_y);
        yy += off_y * (y - mean_y);
    }
    if (decay.used < 2)
        return decay;
    const double slope = ty / tt; /* a step forward in time */
    decay.rate = -slope;
    decay.half_life = slope == 0 ? INFINITY : -log(2) / decay.rate;
    decay.residual = sqrt(fmax(0, yy - slope * ty) / (double)decay.used);
    return decay;
}

bool rs_decay_tells(const rs_decay *decay, size_t T)
{
    const double change = fabs(decay->rate) * (double)T;
    return change > log(4) && change > 4 * decay->residual;
}
