/* Who carries the gradient: the routes that lead from s_t back to s_{t−1}.
 *
 *     route 0      direct: the equations alone, no weight. LSTM: the cell path, f ⊙ dc. GRU: z ⊙ dh
 *     route 1 + g  through the pre-activation of gate g and its rows of W_hh
 *
 * Their parts of ∂s_t/∂s_{t−1} add up to the whole. A route through a product whose source is made
 * within the step (GRU with the reset before) belongs to that product's gate where it reaches
 * s_{t−1} without a further one. Source: the three terms that C5 of the usual account leaves out,
 * e.g. Greff et al. 2017, appendix; tested against the sum and a complex step a route. */
#ifndef RS_PATHS_H
#define RS_PATHS_H

#include "flow/rows.h"

/* The number of routes of a cell: 1 + its gates. */
size_t rs_routes(const rs_cell *cell);

/* For people: "direct", "forget gate" (the channel's meaning up to its colon). Into text [n]. */
const char *rs_route_name(const rs_cell *cell, size_t route, char *text, size_t n);

/* The channel that the route's gate makes, −1 for the direct one. */
int rs_route_channel(const rs_cell *cell, size_t route);

/* part [routes][S·H][S·H]: the routes' parts of J_t = ∂s_t/∂s_{t−1} of sequence b; their sum is
 * rs_flow_jacobian. */
rs_status rs_flow_split(const rs_trace *trace, const double *parameters, size_t layer, size_t t,
                        size_t b, double *part, rs_error *err);

/* The actual gradient, split: how much of what dL/ds_t sends to s_{t−1} takes each route.
 *     norm  [T][routes]  2-norm of the route's part over states, units and sequences
 *     share [T][routes]  its projection on the sum of all, ⟨part, sum⟩/|sum|²: a step's shares add
 *                        up to 1 and may be negative; all 0 where the sum is 0
 * Step t's entry is of the way from t to t−1. trace: after rs_backward. share may be NULL. */
rs_status rs_flow_route_norms(const rs_trace *trace, const double *parameters, size_t layer,
                              double *norm, double *share, rs_error *err);

/* Rows that keep the routes apart. */
typedef struct rs_split {
    rs_rows *tag;  /* [tags_n] rows by the product they have passed within the step, 0: none */
    size_t tags_n; /* 1 + products whose source is made within the step */
    double *part;  /* [routes + 1][n][S·H], the last: the sum of the open ones */
} rs_split;
rs_status rs_split_new(rs_split *split, const rs_trace *trace, const double *parameters,
                       size_t layer, size_t n, rs_error *err);
void rs_split_free(rs_split *split);

/* As rs_rows_back on split->tag[0], leaving in split->part each route's part of the rows; the new
 * rows are the sum of the routes whose bit is set in `open` (0: all). */
void rs_split_back(rs_split *split, size_t n, unsigned open);

#endif
