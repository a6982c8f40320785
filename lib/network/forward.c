/* The forward pass through time.
 *
 * For each layer: W_ih x_t + b_ih of all steps is one matrix product, since nothing in it depends
 * on the step before; then the steps in order, each the stages of the cell. The readout is one
 * product again. */
#include "network/trace.h"

#include "base/packed.h"

#include <string.h>

#ifndef real
#include "base/as_double.h"
#endif

#include "network/steps.h"

/* Whether the product of some stage adds b_hh of this gate's rows to a (or, if not, to a channel).
 */
static bool product_into_a(const rs_cell *cell, size_t gate)
{
    for (size_t k = 0; k < cell->stages_n; k++) {
        const rs_product *product = &cell->stages[k].product;
        if (product->into == RS_INTO_A && gate >= product->gate &&
            gate < product->gate + product->gates)
            return true;
    }
    return false;
}

/* Writes the same row into each of n rows. */
static void repeat_row(real *rows, size_t n, size_t width)
{
    for (size_t k = 1; k < n; k++)
        memcpy(rows + k * width, rows, width * sizeof *rows);
}

/* a = W_ih x_t + b_ih for all t, plus the rows of b_hh that belong into a */
static void input_side(const rs_trace *trace, size_t l, const real *parameters)
{
    const rs_net *net = trace->net;
    const size_t H = net->hidden, GH = net->cell->gates_n * H, rows = trace->T * trace->B;
    const size_t inputs = rs_net_layer_inputs(net, l);
    const real *x = l == 0 ? trace->x : trace->layer[l - 1].value[RS_H]; /* [T·B][inputs] */
    const real *b_ih = block_of(net, parameters, RS_BIAS_IH, l);
    const real *b_hh = block_of(net, parameters, RS_BIAS_HH, l);
    real *a = trace->layer[l].a;
    for (size_t k = 0; k < GH; k++)
        a[k] = (b_ih ? b_ih[k] : 0) + (b_hh && product_into_a(net->cell, k / H) ? b_hh[k] : 0);
    repeat_row(a, rows, GH);
    rs_matmul(rows, GH, inputs, RS_PLAIN, x, inputs, RS_TRANSPOSED,
              block_of(net, parameters, RS_WEIGHT_IH, l), inputs, 1, a, GH);
}

/* Lays W_hhᵀ out for the products of all steps. */
static void pack_recurrent(const rs_trace *trace, size_t l, const real *parameters)
{
    const rs_cell *cell = trace->net->cell;
    const size_t H = trace->net->hidden;
    const real *W_hh = block_of(trace->net, parameters, RS_WEIGHT_HH, l);
    for (size_t k = 0; k < cell->stages_n; k++) {
        const rs_product *product = &cell->stages[k].product;
        if (trace->packed[k])
            rs_pack(H, product->gates * H, RS_TRANSPOSED, W_hh + product->gate * H * H, H,
                    trace->packed[k]);
    }
}

/* a or a channel += W_hh[rows of the product] source (+ b_hh, if that is not in a already) */
static void recurrent_product(const rs_trace *trace, size_t l, size_t t, size_t stage,
                              const real *parameters)
{
    const rs_product *product = &trace->net->cell->stages[stage].product;
    const rs_net *net = trace->net;
    const size_t H = net->hidden, GH = net->cell->gates_n * H, B = trace->B;
    const rs_layer *layer = &trace->layer[l];
    const size_t first = product->gate * H, width = product->gates * H;
    real *sum = layer->a + t * B * GH + first; /* [B] rows of width, GH apart */
    size_t apart = GH;
    if (product->into != RS_INTO_A) {
        const real *b_hh = block_of(net, parameters, RS_BIAS_HH, l);
        sum = layer->value[product->into] + t * B * H; /* [B][H] */
        apart = H;
        for (size_t k = 0; k < H; k++)
            sum[k] = b_hh ? b_hh[first + k] : 0;
        repeat_row(sum, B, H);
    }
    const real *source = source_at(trace, layer->value, product, t); /* [B][H] */
    if (trace->packed[stage])
        rs_matmul_packed(B, width, H, source, H, trace->packed[stage], sum, apart);
    else
        rs_matmul(B, width, H, RS_PLAIN, source, H, RS_TRANSPOSED,
                  block_of(net, parameters, RS_WEIGHT_HH, l) + first * H, H, 1, sum, apart);
}

static void step_forward(rs_trace *trace, size_t l, size_t t, const real *parameters,
                         const rs_touch *touch)
{
    const rs_cell *cell = trace->net->cell;
    for (size_t b = 0; b < trace->B; b++)
        set_values(&trace->steps[b], trace, l, t, b);
    for (size_t k = 0; k < cell->stages_n; k++) {
        const rs_stage *stage = &cell->stages[k];
        if (stage->product.gates > 0) {
            recurrent_product(trace, l, t, k, parameters);
            if (touch)
                touch->call(touch->context, trace, l, t, k, RS_AFTER_PRODUCT);
        }
        rs_stage_function *equations = stage->TYPED(forward);
        if (!equations)
            continue;
        for (size_t b = 0; b < trace->B; b++)
            equations(&trace->steps[b]);
        if (touch)
            touch->call(touch->context, trace, l, t, k, RS_AFTER_EQUATIONS);
    }
}

/* y = V h + b_V for all t */
static void readout(const rs_trace *trace, const real *parameters)
{
    const rs_net *net = trace->net;
    const size_t H = net->hidden, O = net->outputs, rows = trace->T * trace->B;
    const real *b_V = block_of(net, parameters, RS_READOUT_BIAS, net->layers);
    if (O == 0) /* then y is h itself */
        return;
    for (size_t k = 0; k < O; k++)
        trace->y[k] = b_V ? b_V[k] : 0;
    repeat_row(trace->y, rows, O);
    rs_matmul(rows, O, H, RS_PLAIN, trace->layer[net->layers - 1].value[RS_H], H, RS_TRANSPOSED,
              block_of(net, parameters, RS_READOUT_WEIGHT, net->layers), H, 1, trace->y, O);
}

void rs_forward(rs_trace *trace, const real *parameters, const rs_touch *touch)
{
    for (size_t l = 0; l < trace->net->layers; l++) {
        input_side(trace, l, parameters);
        pack_recurrent(trace, l, parameters);
        for (size_t t = 0; t < trace->T; t++)
            step_forward(trace, l, t, parameters, touch);
    }
    readout(trace, parameters);
}
