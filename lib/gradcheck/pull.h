/* The steps of a pass backwards through the linearised network. Inside adjoint.c, which runs them
 * in order; the adjoint's header says what they do. */
#ifndef RS_PULL_H
#define RS_PULL_H

#include "gradcheck/adjoint.h"

/* Rounding errors of one term of a sum, in units of itself. */
enum { RS_TERM = 4 };

/* One pass backwards: derivatives are read from `from` and added up in `to`, which may be the same.
 * from_spread NULL: what is read counts as exact. */
typedef struct rs_pull {
    const rs_adjoint *adjoint;
    const rs_trace *from, *from_spread;
    rs_derivatives *to;
} rs_pull;

/* Rows of a matrix of derivatives: row b at `at` + b·apart. */
typedef struct rs_adjoint_rows {
    double *at;
    size_t apart;
} rs_adjoint_rows;

/* Where the derivative of a product's sum lies. */
rs_adjoint_rows rs_sum_rows(const rs_trace *trace, size_t l, size_t t, const rs_product *product);

/* Steps from t to the end, and layers: how often errors may add up that point the same way. */
double rs_together(const rs_trace *trace, size_t t);

/* `work` has room for what adjoint.c says. */
void rs_pull_loss(const rs_pull *p);
void rs_pull_readout(const rs_pull *p, double *work);
void rs_pull_step(const rs_pull *p, size_t l, size_t t, double *work);
void rs_pull_input(const rs_pull *p, size_t l, double *work);
void rs_pull_layer_weights(const rs_pull *p, size_t l, double *work);
void rs_pull_readout_weights(const rs_pull *p, double *work);

#endif
