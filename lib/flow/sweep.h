/* The losses of many steps on their way back together, one lag at a time: what credit.h and the lag
 * spectrum share.
 *
 *     while (rs_sweep_active(&sweep) > 0) {
 *         rs_sweep_down(&sweep);                      d of the layer is now ∂L_t/∂s_{t−lag}, whole
 *         rs_rows_back(sweep.rows, active);           da of the layer is ∂L_t/∂a_{t−lag}
 *         rs_sweep_next(&sweep);
 *     }
 *
 * Row (first − t)·B + b is the loss of step t, sequence b; at lag ℓ it stands at step t−ℓ, and the
 * rows whose t is smallest run out first. */
#ifndef RS_SWEEP_H
#define RS_SWEEP_H

#include "flow/rows.h"

/* dL/dy of every step, dy [T][B][O], and the loss's last_state, as the trace has them only between
 * rs_loss_forward and rs_backward where there is no readout. The caller frees dy. */
typedef struct rs_loss_gradient {
    double *dy;
    const double *last_state; /* [L][S][B][H] or NULL; not owned */
} rs_loss_gradient;
rs_status rs_loss_gradient_new(rs_loss_gradient *gradient, const rs_trace *trace,
                               const rs_loss *loss, rs_error *err);

typedef struct rs_sweep {
    const rs_trace *trace;
    const double *parameters;
    size_t layer;        /* the one looked at */
    size_t first, steps; /* loss steps first, first − 1, … first − steps + 1 */
    size_t lag;
    rs_rows *rows; /* [L − layer]: rows[0] of `layer`, the last of the top layer */
    int *exponent; /* [steps·B] a row is its numbers times 2^exponent, in every layer */
    size_t zero;   /* 1: every row has become exactly zero */
} rs_sweep;

rs_status rs_sweep_new(rs_sweep *sweep, const rs_trace *trace, const double *parameters,
                       const rs_loss_gradient *loss, size_t layer, size_t first, size_t steps,
                       rs_error *err);
void rs_sweep_free(rs_sweep *sweep);

/* How many rows are still under way: 0 when there is nothing left. */
size_t rs_sweep_active(const rs_sweep *sweep);

void rs_sweep_down(rs_sweep *sweep);
void rs_sweep_next(rs_sweep *sweep);

/* The steps of the loss that go together, and the number of such groups, so that a group's products
 * are matrix-matrix and its numbers stay in the cache. Depends on the sizes alone. */
size_t rs_sweep_steps(size_t T, size_t B);
size_t rs_sweep_groups(size_t T, size_t B);

#endif
