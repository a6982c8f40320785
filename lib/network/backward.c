/* Backpropagation through time (Werbos 1990; Rumelhart, Hinton & Williams 1986).
 *
 * From the top layer down. The total derivative dh_t of a layer's output has two parts: what comes
 * from above at the same step, filled in for all steps before the loop, and what comes from step
 * t+1, which the loop adds. The loop only finds the derivatives da_t of the pre-activations; the
 * gradient of a weight matrix, Σ_t da_t x_tᵀ, is one product over all steps after it. */
#include "network/trace.h"

#include "base/packed.h"

#include <string.h>

#ifndef real
#include "base/as_double.h"
#endif

#include "network/steps.h"

/* Points a step to its derivatives. `cut`: the gradient does not pass to step t−1. */
static void set_derivatives(rs_step *step, const rs_trace *trace, size_t l, size_t t, size_t b,
                            bool cut)
{
    const rs_cell *cell = trace->net->cell;
    const rs_layer *layer = &trace->layer[l];
    const size_t H = trace->net->hidden, B = trace->B, row = t * B + b;
    step->da = layer->da + row * cell->gates_n * H;
    for (size_t k = 0; k < cell->channels_n; k++) {
        real *scratch = trace->scratch + (k * B + b) * H;
        step->d[k] = layer->d[k] ? layer->d[k] + row * H : scratch;
        if (cell->channels[k].role == RS_STATE)
            step->d_before[k] = cut ? scratch : step->d[k] - B * H;
    }
}

/* Where the adjoint of a product's sum lies: in da (rows GH apart), or in a channel's derivative.
 */
static const real *sum_adjoint(const rs_trace *trace, size_t l, size_t t, const rs_product *product,
                               size_t *apart)
{
    const size_t H = trace->net->hidden, GH = trace->net->cell->gates_n * H, B = trace->B;
    const rs_layer *layer = &trace->layer[l];
    *apart = product->into == RS_INTO_A ? GH : H;
    return product->into == RS_INTO_A ? layer->da + t * B * GH + product->gate * H
                                      : layer->d[product->into] + t * B * H;
}

/* Lays W_hh out for the products of all steps. */
static void pack_recurrent_backward(const rs_trace *trace, size_t l, const real *parameters)
{
    const rs_cell *cell = trace->net->cell;
    const size_t H = trace->net->hidden;
    const real *W_hh = block_of(trace->net, parameters, RS_WEIGHT_HH, l);
    for (size_t k = 0; k < cell->stages_n; k++) {
        const rs_product *product = &cell->stages[k].product;
        if (trace->packed[k])
            rs_pack(product->gates * H, H, RS_PLAIN, W_hh + product->gate * H * H, H,
                    trace->packed[k]);
    }
}

/* sum = W_hh[rows] source (+ b_hh)        dsource += W_hh[rows]ᵀ dsum */
static void recurrent_product_backward(const rs_trace *trace, size_t l, size_t t, size_t stage,
                                       const real *parameters, bool cut)
{
    const rs_product *product = &trace->net->cell->stages[stage].product;
    const rs_net *net = trace->net;
    const size_t H = net->hidden;
    size_t apart = 0;
    const real *dsum = sum_adjoint(trace, l, t, product, &apart);
    if (cut && net->cell->channels[product->source].role == RS_STATE)
        return;
    real *dsource = source_at(trace, trace->layer[l].d, product, t); /* [B][H] */
    if (trace->packed[stage])
        rs_matmul_packed(trace->B, H, product->gates * H, dsum, apart, trace->packed[stage],
                         dsource, H);
    else
        rs_matmul(trace->B, H, product->gates * H, RS_PLAIN, dsum, apart, RS_PLAIN,
                  block_of(net, parameters, RS_WEIGHT_HH, l) + product->gate * H * H, H, 1, dsource,
                  H);
}

static void step_backward(const rs_trace *trace, size_t l, size_t t, const real *parameters,
                          bool cut)
{
    const rs_cell *cell = trace->net->cell;
    for (size_t b = 0; b < trace->B; b++) {
        set_values(&trace->steps[b], trace, l, t, b);
        set_derivatives(&trace->steps[b], trace, l, t, b, cut);
    }
    for (size_t k = cell->stages_n; k-- > 0;) {
        const rs_stage *stage = &cell->stages[k];
        for (size_t b = 0; b < trace->B && stage->TYPED(backward); b++)
            stage->TYPED(backward)(&trace->steps[b]);
        if (stage->product.gates > 0)
            recurrent_product_backward(trace, l, t, k, parameters, cut);
    }
}

/* Sets to zero what the loop adds to: the derivatives of states and of inner channels. Those of h
 * at t ≥ 0 come from above and are there already. */
static void zero_sums(const rs_trace *trace, size_t l)
{
    const rs_cell *cell = trace->net->cell;
    const size_t BH = trace->B * trace->net->hidden, TBH = trace->T * BH;
    for (size_t k = 0; k < cell->channels_n; k++) {
        real *d = trace->layer[l].d[k];
        if (cell->channels[k].role == RS_STATE)
            memset(d - BH, 0, (k == RS_H ? BH : BH + TBH) * sizeof *d);
        else if (cell->channels[k].role == RS_INNER)
            memset(d, 0, TBH * sizeof *d);
    }
}

/* d of the last states += what a term of the loss on them sends (rs_loss.last_state) */
static void add_last_state(const rs_trace *trace, size_t l)
{
    const rs_cell *cell = trace->net->cell;
    const size_t BH = trace->B * trace->net->hidden;
    size_t states = 0, nth = 0;
    if (!trace->last_state)
        return;
    for (size_t k = 0; k < cell->channels_n; k++)
        states += cell->channels[k].role == RS_STATE;
    for (size_t k = 0; k < cell->channels_n; k++) {
        if (cell->channels[k].role != RS_STATE)
            continue;
        const double *weight = trace->last_state + (l * states + nth++) * BH; /* [B][H] */
        real *d = trace->layer[l].d[k] + (trace->T - 1) * BH;
        for (size_t j = 0; j < BH; j++)
            d[j] += (real)weight[j];
    }
}

/* sums[cols] += the rows of a matrix [rows][cols], `apart` numbers apart */
static void add_rows(real *sums, const real *matrix, size_t rows, size_t cols, size_t apart)
{
    for (size_t r = 0; r < rows && sums; r++)
        for (size_t k = 0; k < cols; k++)
            sums[k] += matrix[r * apart + k];
}

/* dW_ih += Σ_t da_t x_tᵀ      dW_hh[rows] += Σ_t dsum_t source_tᵀ      db += Σ_t of the same
 * adjoints */
static void weight_gradients(const rs_trace *trace, size_t l, real *gradient)
{
    const rs_net *net = trace->net;
    const rs_layer *layer = &trace->layer[l];
    const size_t H = net->hidden, GH = net->cell->gates_n * H, TB = trace->T * trace->B;
    const size_t inputs = rs_net_layer_inputs(net, l);
    const real *x = l == 0 ? trace->x : trace->layer[l - 1].value[RS_H]; /* [T·B][inputs] */
    real *db_hh = block_of_gradient(net, gradient, RS_BIAS_HH, l);
    rs_matmul(GH, inputs, TB, RS_TRANSPOSED, layer->da, GH, RS_PLAIN, x, inputs, 1,
              block_of_gradient(net, gradient, RS_WEIGHT_IH, l), inputs);
    add_rows(block_of_gradient(net, gradient, RS_BIAS_IH, l), layer->da, TB, GH, GH);
    for (size_t k = 0; k < net->cell->stages_n; k++) {
        const rs_product *product = &net->cell->stages[k].product;
        if (product->gates == 0)
            continue;
        const size_t first = product->gate * H, width = product->gates * H;
        size_t apart = 0;
        const real *dsum = sum_adjoint(trace, l, 0, product, &apart); /* [T·B][width] */
        rs_matmul(width, H, TB, RS_TRANSPOSED, dsum, apart, RS_PLAIN,
                  source_at(trace, layer->value, product, 0), H, 1,
                  block_of_gradient(net, gradient, RS_WEIGHT_HH, l) + first * H, H);
        add_rows(db_hh ? db_hh + first : NULL, dsum, TB, width, apart);
    }
}

/* a = W_ih x + …        dx = W_ihᵀ da, for all t: into dx of the trace or into dh of the layer
 * below */
static void input_gradient(const rs_trace *trace, size_t l, const real *parameters)
{
    const size_t GH = trace->net->cell->gates_n * trace->net->hidden, TB = trace->T * trace->B;
    const size_t inputs = rs_net_layer_inputs(trace->net, l);
    real *dx = l == 0 ? trace->dx : trace->layer[l - 1].d[RS_H]; /* [T·B][inputs] */
    if (dx)
        rs_matmul(TB, inputs, GH, RS_PLAIN, trace->layer[l].da, GH, RS_PLAIN,
                  block_of(trace->net, parameters, RS_WEIGHT_IH, l), inputs, 0, dx, inputs);
}

/* y = V h + b_V        dh = Vᵀ dy, dV += Σ_t dy_t h_tᵀ, db_V += Σ_t dy_t */
static void readout_backward(const rs_trace *trace, const real *parameters, real *gradient)
{
    const rs_net *net = trace->net;
    const rs_layer *top = &trace->layer[net->layers - 1];
    const size_t H = net->hidden, O = net->outputs, TB = trace->T * trace->B;
    if (O == 0) /* then dy is dh itself */
        return;
    rs_matmul(TB, H, O, RS_PLAIN, trace->dy, O, RS_PLAIN,
              block_of(net, parameters, RS_READOUT_WEIGHT, net->layers), H, 0, top->d[RS_H], H);
    if (!gradient)
        return;
    rs_matmul(O, H, TB, RS_TRANSPOSED, trace->dy, O, RS_PLAIN, top->value[RS_H], H, 1,
              block_of_gradient(net, gradient, RS_READOUT_WEIGHT, net->layers), H);
    add_rows(block_of_gradient(net, gradient, RS_READOUT_BIAS, net->layers), trace->dy, TB, O, O);
}

void rs_backward(rs_trace *trace, const real *parameters, real *gradient, size_t truncate)
{
    readout_backward(trace, parameters, gradient);
    for (size_t l = trace->net->layers; l-- > 0;) {
        zero_sums(trace, l);
        add_last_state(trace, l);
        pack_recurrent_backward(trace, l, parameters);
        for (size_t t = trace->T; t-- > 0;)
            step_backward(trace, l, t, parameters, truncate > 0 && t > 0 && t % truncate == 0);
        if (gradient)
            weight_gradients(trace, l, gradient);
        input_gradient(trace, l, parameters);
    }
}
