/* Plain words: what becomes of the gradient in this net, on this input. A list of findings, each a
 * code, the numbers in it, and an English sentence; who wants another language has code and
 * numbers. Every number is computed from the trace and the parameters. */
#ifndef RS_DIAGNOSIS_H
#define RS_DIAGNOSIS_H

#include "network/trace.h"

#include <stdbool.h>

typedef enum rs_finding_code {
    RS_FOUND_NOT_FINITE,   /* value: step of the first NaN or Inf in a state; channel */
    RS_FOUND_DIES_AT_ONCE, /* value: step; carried back from the end, it is exactly zero there */
    RS_FOUND_HALVES,       /* value: half-life in steps, log10 of the factor over n steps, n */
    RS_FOUND_DOUBLES,      /* value: doubling time in steps, log10 of the factor, n */
    RS_FOUND_STEADY,       /* value: log10 of the factor, n */
    RS_FOUND_NO_GRADIENT,  /* the loss sends nothing: dL/dh is exactly 0 at every step */
    RS_FOUND_UNDERFLOW,    /* value: the latest step before the loss's last whose dL/dh is 0 or
                              subnormal */
    RS_FOUND_GATE,         /* value: mean, share below .1, share above .9, mean slope; channel */
    RS_FOUND_BRIDGE,       /* value: steps it bridges, mean bias now, bias needed, T; channel */
    RS_FOUND_BRIDGES,      /* value: steps it bridges, mean bias now, T; channel */
    RS_FOUND_SATURATED,    /* value: share of units shut, share of units open ≥ half the time;
                              channel */
    RS_FOUND_DEAD,         /* value: dead units, H */
    RS_FOUND_STUCK,        /* value: stuck units, H */
    RS_FOUND_RADIUS,       /* value: spectral radius, 2-norm of W_hh; a cell with one gate */
    RS_FOUND_ROUTE,        /* value: the direct route's part of the sizes, the largest other's;
                              channel: the gate of that one */
    RS_FOUND_STATE         /* value: mean magnitude of an unbounded state, mean |∂h/∂state|;
                              channel */
} rs_finding_code;

typedef struct rs_finding {
    rs_finding_code code;
    size_t layer;
    int channel; /* −1: of none */
    double value[4];
    char text[256]; /* one sentence, UTF-8, begins with the layer where there are several */
} rs_finding;

enum { RS_MAX_FINDINGS = 64 };
typedef struct rs_diagnosis {
    rs_finding finding[RS_MAX_FINDINGS];
    size_t n;
} rs_diagnosis;

/* trace: after rs_forward, and after rs_backward if `backward`, which adds what needs the loss.
 *
 * How fast the gradient changes is measured by rs_flow_carry, as the mean over all
 * steps but the first back. A gate
 * that keeps (cell->keep_gates) *bridges* N steps if 1/e of the state is left after N of them on
 * the direct way: N = −1/mean ln f; the bias needed for N = T is found by moving the gate's
 * pre-activations of this very run (at most 16 384 of them, evenly spread) together. Costs about
 * three backward passes without weight gradients a layer. */
rs_status rs_flow_diagnose(const rs_trace *trace, const double *parameters, bool backward,
                           rs_diagnosis *diagnosis, rs_error *err);

/* How a gradient of the last step fares on its way back: log_norm [T], entry t the natural log of
 * |∂(v·s_{T−1})/∂s_t| over all sequences for a fixed random unit vector v a sequence, rescaled on
 * the way so that it neither under- nor overflows; entry T−1 is about ln √B, and −INFINITY once it
 * is exactly zero. One row a sequence: T = 100 000 takes seconds. */
rs_status rs_flow_carry(const rs_trace *trace, const double *parameters, size_t layer,
                        double *log_norm, rs_error *err);

#endif
