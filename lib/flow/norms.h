/* The size of the gradient over time, and how fast it changes.
 *
 *     |dL/dv_t|   2-norm over units and sequences of a channel's (or the input's) total derivative
 *
 * A straight line is fitted to ln |dL/dv_t| by least squares; its slope λ a step back in time gives
 * the half-life ln ½ / λ (Jozefowicz, Zaremba & Sutskever 2015 on why it matters). */
#ifndef RS_NORMS_H
#define RS_NORMS_H

#include "base/norm.h"
#include "network/trace.h"

/* norm [T]: of trace->layer[layer].d[channel], after rs_backward. RS_USAGE if this trace has no
 * such derivative (a cache, or a gate of a lean trace). No overflow or underflow on the way: what
 * is 0 or Inf here is so in the trace, or too small or large for a double. */
rs_status rs_flow_norms(const rs_trace *trace, size_t layer, size_t channel, double *norm,
                        rs_error *err);

/* norm [T]: of dL/dx_t. RS_USAGE if the trace keeps no dx. */
rs_status rs_flow_input_norms(const rs_trace *trace, double *norm, rs_error *err);

/* What became of a series of norms in time order. Where the values are not ordinary numbers they
 * are counted, and left out of the fit. */
typedef struct rs_decay {
    double rate;      /* ln of the factor a step *back*: negative, it vanishes on its way back */
    double half_life; /* ln ½ / rate steps; negative: it doubles every −half_life; Inf: neither */
    double residual;  /* standard deviation of ln norm about the line */
    size_t used;      /* values in the fit; fewer than 2: rate and half_life are NaN */
    size_t zeros, subnormals, infinite, nans;
} rs_decay;
rs_decay rs_flow_decay(const double *norm, size_t n);

/* Whether the line tells how the T norms change: over all of them fourfold, and by more than they
 * scatter about it. Where every step has a loss, say, they hardly fade, and a half-life read off
 * them would mean nothing. */
bool rs_decay_tells(const rs_decay *decay, size_t T);

#endif
