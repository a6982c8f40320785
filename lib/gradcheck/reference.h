/* The reference: the whole forward pass and the loss over complex numbers, with an imaginary part
 * of 1e-100 along a direction (Squire & Trapp 1998). Its imaginary part over 1e-100 is the
 * derivative along that direction, exact to rounding, with no step size to choose: at a step so
 * small the next term of the series is beyond any digit, and nothing is subtracted.
 *
 * The real parts are held to the values of a given trace, step by step, so that the derivative is
 * taken along the trajectory the pass under test has seen (linear.h says why). */
#ifndef RS_REFERENCE_H
#define RS_REFERENCE_H

#include "network/trace.h"

typedef struct rs_reference rs_reference;

/* Room for such passes around a trace (RS_KEEP_ALL, after rs_forward), NULL with err without
 * memory. The caller frees it; the pointers must outlive it. */
rs_reference *rs_reference_new(const rs_trace *values, const double *parameters,
                               const rs_loss *loss, rs_error *err);
void rs_reference_free(rs_reference *reference);

/* A direction; NULL parts are zero. */
typedef struct rs_direction {
    const double *parameters; /* [parameters_n] */
    const double *x;          /* [T][B][I] */
    const double *state;      /* [L][states][B][H] initial states, in the order of the channels */
    /* d and da of a trace: a direction on every channel as it is made, and on pre-activations. */
    const rs_trace *channels;
} rs_direction;

/* Σ direction · dL/d(each). Entries of a direction should be at most 1 in magnitude. */
double rs_reference_along(rs_reference *reference, const rs_direction *direction);

/* dL/dθ_k, one entry by itself. */
double rs_reference_parameter(rs_reference *reference, size_t k);

/* The total derivative of one value: of channel k of layer l at step t, sequence b, unit u, or of
 * the pre-activation of gate k. One forward pass each. */
double rs_reference_channel(rs_reference *reference, size_t l, size_t k, size_t t, size_t b,
                            size_t u);
double rs_reference_preactivation(rs_reference *reference, size_t l, size_t gate, size_t t,
                                  size_t b, size_t u);

#endif
