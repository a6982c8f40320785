/* One batch of sequences with what is asked of them.
 *
 *     rs_data data;
 *     status = rs_task_make(rs_task_named("adding"), 50, 8, &random, &data, &err);
 *     rs_trace *trace = rs_trace_new(&net, data.T, data.B, RS_KEEP_ALL, &err);
 *     status = rs_data_start(&data, trace, &err);            x and the initial states
 *     rs_forward(trace, parameters, NULL);
 *     rs_loss_forward(trace, &data.loss);
 *     rs_data_free(&data); */
#ifndef RS_DATA_H
#define RS_DATA_H

#include "base/error.h"
#include "network/loss.h"
#include "network/trace.h"

#include <stddef.h>

typedef struct rs_data {
    size_t T, B, I;
    size_t O;       /* width that y must have; 0 without a loss: any */
    double *x;      /* [T][B][I] */
    rs_loss loss;   /* its target and label point to the two below */
    double *target; /* mse, bce: [n][B][O], n = T, or 1 if loss.last; else NULL */
    int *label;     /* xent: [n][B], 0 … O−1 or −1; else NULL */
    /* initial values of the states, zero where NULL: of h, and of the cell's second state */
    double *h0, *c0;       /* [layers][B][hidden] */
    size_t layers, hidden; /* of h0 and c0 */
} rs_data;

/* A zeroed batch of these sizes (labels −1) with x and what the loss needs; h0 and c0 stay NULL.
 * The data owns its arrays: rs_data_free. Errors: RS_USAGE for a size of 0 (O may be 0 only without
 * a loss), RS_INTERNAL without memory. */
rs_status rs_data_make(rs_data *data, size_t T, size_t B, size_t I, size_t O, rs_loss_kind loss,
                       bool last, rs_error *err);
void rs_data_free(rs_data *data);

/* Copies x and the initial states (zeros where there are none) into a trace of the same T and B.
 * Errors: RS_USAGE where the widths of net and data differ, or where c0 is given to a cell with one
 * state. */
rs_status rs_data_start(const rs_data *data, rs_trace *trace, rs_error *err);
rs_status rs_data_start_f(const rs_data *data, rs_trace_f *trace, rs_error *err);

/* Whether a net fits the data: inputs, width of y, layers and hidden of h0 and c0. RS_USAGE if not.
 */
rs_status rs_data_fits(const rs_data *data, const rs_net *net, rs_error *err);

#endif
