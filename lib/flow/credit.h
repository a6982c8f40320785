/* Who is responsible: the credit matrix and the lag spectrum.
 *
 *     credit[t][k] = |∂L_t/∂h_k|           2-norm over units and sequences, 0 for k > t
 *     lags[ℓ]      = |Σ_k (∂L_{k+ℓ}/∂a_k) h_{k−1}ᵀ|    Frobenius, the share of lag ℓ in dL/dW_hh
 *
 * L_t is the loss of step t with its share of the mean, L = Σ_t L_t; a term on the last states
 * (rs_loss.last_state) counts with L_{T−1}. h_k and W_hh are those of one layer; the derivative is
 * total, through every step between and every layer above. All lags, exactly: a row stops early
 * only when it is exactly zero. Rows are rescaled by powers of two on the way, so that what
 * underflows is the result itself, never an intermediate.
 *
 * The sum of ∂L_t/∂h_k over t is the trace's dL/dh_k, and the sum of the lags' shares is dL/dW_hh:
 * Pascanu, Mikolov & Bengio 2013, eq. 5; RNNbow (Cashman et al. 2017) shows a few of these lags. */
#ifndef RS_CREDIT_H
#define RS_CREDIT_H

#include "base/parallel.h"
#include "network/trace.h"

/* What either will take: T backward passes without weight gradients, half of them long, all steps
 * of the loss together. flops: of the products; bytes: of memory beyond the result's. */
typedef struct rs_flow_cost {
    double flops, bytes;
} rs_flow_cost;
rs_flow_cost rs_flow_credit_cost(const rs_net *net, size_t T, size_t B, size_t layer,
                                 size_t threads);
rs_flow_cost rs_flow_lags_cost(const rs_net *net, size_t T, size_t B, size_t layer);

/* credit [T][T]. trace: after rs_forward with these parameters; it is not changed. threads 0: one a
 * processor; the bits do not depend on it. stop: asked once a lag, may be NULL. Fails with RS_USAGE
 * (no loss, no such layer), RS_INTERNAL (no memory), RS_INTERRUPTED. */
rs_status rs_flow_credit(const rs_trace *trace, const double *parameters, const rs_loss *loss,
                         size_t layer, size_t threads, const rs_stop *stop, double *credit,
                         rs_error *err);

/* lags [T]: entry ℓ is the norm of the share in dL/dW_hh of all pairs (loss at t, use of W_hh at
 * step t−ℓ). Otherwise as rs_flow_credit. */
rs_status rs_flow_lags(const rs_trace *trace, const double *parameters, const rs_loss *loss,
                       size_t layer, size_t threads, const rs_stop *stop, double *lags,
                       rs_error *err);

#endif
