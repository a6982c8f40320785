/* State Jacobians. s = [h; c; …] are the states of one layer, S·H numbers.
 *
 *     J_t = ∂s_t/∂s_{t−1}                       one step, [S·H][S·H]
 *     P_k = ∂s_T/∂s_k = J_T J_{T−1} … J_{k+1}   its 2-norm is the largest that the gradient of the
 *                                               last step can become at step k (Pascanu, Mikolov &
 *                                               Bengio 2013, eq. 5 to 7)
 *
 * The products are kept in scaled form, so nothing overflows at any T; what is returned are natural
 * logarithms, −INFINITY for an exact zero. Through one layer: the input of a layer above is not
 * part of s. */
#ifndef RS_JACOBIAN_H
#define RS_JACOBIAN_H

#include "network/trace.h"

/* J_t of sequence b into jacobian [S·H][S·H], row i the derivatives of s_t[i]. */
rs_status rs_flow_jacobian(const rs_trace *trace, const double *parameters, size_t layer, size_t t,
                           size_t b, double *jacobian, rs_error *err);

/* What a product is restricted to: a block of P_k, from one state to another, over some of the
 * routes a step offers (paths.h). {RS_ALL_STATES, RS_ALL_STATES, 0} is all of it. */
enum { RS_ALL_STATES = -1 };
typedef struct rs_flow_block {
    int of, with_respect_to; /* nth state, or RS_ALL_STATES: ∂of_T/∂with_respect_to_k */
    unsigned routes;         /* bit r: route r is open at every step; 0: all of them */
} rs_flow_block;

/* log_norm [T+1]: entry k is ln |P_k|₂ of sequence b with respect to the state *before* step k, so
 * entry T is 0 (with all states) and entry 0 is with respect to the initial state. block NULL: all.
 * Costs T·S·H rows of a backward step and as many eigenvalues of [S·H][S·H]. */
rs_status rs_flow_jacobian_norms(const rs_trace *trace, const double *parameters, size_t layer,
                                 size_t b, const rs_flow_block *block, double *log_norm,
                                 rs_error *err);

/* norm [T] as in a trace file: |∂s_T/∂s_k|₂ over all sequences (the largest of them, since the
 * sequences do not mix), entry T−1 is 1. threads over sequences. */
rs_status rs_flow_trace_jacobian(const rs_trace *trace, const double *parameters, size_t layer,
                                 size_t threads, double *norm, rs_error *err);

/* log_value [S·H], falling: ln of *all* singular values of ∂s_last/∂s_first−1, the product of the
 * steps first … last of sequence b; each to high relative accuracy however far they are apart: the
 * product is kept as U D V with D graded in logarithms (QR with sorted columns at each step; Bai,
 * Lee, Li & Xu 2011), then one-sided Jacobi rotations on the graded columns. */
rs_status rs_flow_singular_values(const rs_trace *trace, const double *parameters, size_t layer,
                                  size_t first, size_t last, size_t b, double *log_value,
                                  rs_error *err);

/* Lyapunov exponents: exponent [count], falling, count ≤ S·H: the mean growth a step, in ln, of the
 * axes of a small ball of gradients on its way back from step T−1 to `skip` steps after step 0, by
 * QR at each step (Benettin et al. 1980; Vogt et al. 2022, Engelken et al. 2023 for RNNs). The
 * axes start from a fixed rotation and have `skip` steps to turn into place, which do not count;
 * skip < T. Taken backward, with the adjoint; in the limit the exponents are the forward ones. */
rs_status rs_flow_lyapunov(const rs_trace *trace, const double *parameters, size_t layer, size_t b,
                           size_t skip, size_t count, double *exponent, rs_error *err);

#endif
