/* From each step's derivatives to the gradient of the parameters. */
#include "gradcheck/pull.h"

#include "base/matrix.h"

#include <math.h>

static const rs_block *block(const rs_pull *p, rs_block_kind kind, size_t l)
{
    return rs_net_block(p->adjoint->linear->values->net, kind, l);
}

/* [T·B][H] the values a product multiplies. */
static const double *product_source(const rs_trace *v, size_t l, const rs_product *product)
{
    const bool is_state = v->net->cell->channels[product->source].role == RS_STATE;
    return v->layer[l].value[product->source] - (is_state ? v->B * v->net->hidden : 0);
}

double rs_together(const rs_trace *trace, size_t t)
{
    return (double)(trace->T - t + trace->net->layers);
}

/* dW += Σ_t dsum_t source_tᵀ, and with source NULL db += Σ_t dsum_t; dsum [T·B] rows of n.
 * spread.at NULL: the sum counts as exact. work: room for T·B rows of n, and twice of cols. */
static void pull_weights(const rs_pull *p, size_t offset, size_t n, size_t cols,
                         rs_adjoint_rows sum, rs_adjoint_rows spread, const double *source,
                         double *work)
{
    const rs_trace *v = p->adjoint->linear->values;
    const double unit = p->adjoint->linear->unit;
    const size_t TB = v->T * v->B;
    double *absolute = work + TB * n, *ones = absolute + TB * cols;
    for (size_t k = 0; k < TB * cols; k++) {
        absolute[k] = source ? fabs(source[k]) : 1;
        ones[k] = source ? source[k] : 1;
    }
    rs_matmul(n, cols, TB, RS_TRANSPOSED, sum.at, sum.apart, RS_PLAIN, ones, cols, 1,
              p->to->gradient + offset, cols);
    const double terms = RS_TERM + sqrt((double)TB);
    for (size_t r = 0; r < TB; r++)
        for (size_t k = 0; k < n; k++)
            work[r * n + k] =
                unit * terms * fabs(sum.at[r * sum.apart + k]) + p->adjoint->linear->smallest +
                (spread.at ? rs_together(v, r / v->B) * spread.at[r * spread.apart + k] : 0);
    rs_matmul(n, cols, TB, RS_TRANSPOSED, work, n, RS_PLAIN, absolute, cols, 1,
              p->to->gradient_spread + offset, cols);
    for (size_t k = 0; k < n * cols; k++)
        p->to->gradient_spread[offset + k] += (double)TB * p->adjoint->linear->smallest;
}

/* A weight block and its bias, over all steps. */
static void pull_blocks(const rs_pull *p, rs_block_kind weight, rs_block_kind bias, size_t l,
                        size_t first, size_t n, rs_adjoint_rows sum, rs_adjoint_rows spread,
                        const double *source, double *work)
{
    const rs_block *W = block(p, weight, l), *b = block(p, bias, l);
    if (W)
        pull_weights(p, W->offset + first * W->cols, n, W->cols, sum, spread, source, work);
    if (b)
        pull_weights(p, b->offset + first, n, 1, sum, spread, NULL, work);
}

void rs_pull_layer_weights(const rs_pull *p, size_t l, double *work)
{
    const rs_trace *v = p->adjoint->linear->values;
    const rs_cell *cell = v->net->cell;
    const size_t H = v->net->hidden, GH = cell->gates_n * H;
    const rs_adjoint_rows none = {NULL, 0};
    rs_adjoint_rows spread = {NULL, GH};
    if (p->from_spread)
        spread.at = p->from_spread->layer[l].da;
    pull_blocks(p, RS_WEIGHT_IH, RS_BIAS_IH, l, 0, GH, (rs_adjoint_rows){p->from->layer[l].da, GH},
                spread, l == 0 ? v->x : v->layer[l - 1].value[RS_H], work);
    for (size_t s = 0; s < cell->stages_n; s++) {
        const rs_product *product = &cell->stages[s].product;
        if (product->gates > 0)
            pull_blocks(p, RS_WEIGHT_HH, RS_BIAS_HH, l, product->gate * H, product->gates * H,
                        rs_sum_rows(p->from, l, 0, product),
                        p->from_spread ? rs_sum_rows(p->from_spread, l, 0, product) : none,
                        product_source(v, l, product), work);
    }
}

void rs_pull_readout_weights(const rs_pull *p, double *work)
{
    const rs_trace *v = p->adjoint->linear->values;
    const size_t O = v->net->outputs;
    rs_adjoint_rows spread = {NULL, O};
    if (p->from_spread)
        spread.at = p->from_spread->dy;
    if (O > 0)
        pull_blocks(p, RS_READOUT_WEIGHT, RS_READOUT_BIAS, v->net->layers, 0, O,
                    (rs_adjoint_rows){p->from->dy, O}, spread,
                    v->layer[v->net->layers - 1].value[RS_H], work);
}
