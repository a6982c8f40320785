/* What forward.c and backward.c share: where the values of a step, a block, a product's source lie.
 * Included once `real` is chosen. */
#ifndef RS_STEPS_H
#define RS_STEPS_H

#include "network/trace.h"

/* The block of the parameters (or of their gradient), NULL where the net has none or they are NULL.
 */
static inline real *block_of_gradient(const rs_net *net, real *gradient, rs_block_kind kind,
                                      size_t l)
{
    const rs_block *block = rs_net_block(net, kind, l);
    return block && gradient ? gradient + block->offset : NULL;
}

static inline const real *block_of(const rs_net *net, const real *parameters, rs_block_kind kind,
                                   size_t l)
{
    const rs_block *block = rs_net_block(net, kind, l);
    return block ? parameters + block->offset : NULL;
}

/* [B][H] of what a product multiplies at step t, out of the values or the derivatives of a layer's
 * channels: a state's of step t−1, another channel's of step t. */
static inline real *source_at(const rs_trace *trace, real *const channel[],
                              const rs_product *product, size_t t)
{
    const size_t BH = trace->B * trace->net->hidden;
    const bool is_state = trace->net->cell->channels[product->source].role == RS_STATE;
    return channel[product->source] + t * BH - (is_state ? BH : 0);
}

/* Points a step, as the cell sees it, to the values of sequence b at step t; not to the
 * derivatives. */
static inline void set_values(rs_step *step, const rs_trace *trace, size_t l, size_t t, size_t b)
{
    const rs_cell *cell = trace->net->cell;
    const rs_layer *layer = &trace->layer[l];
    const size_t H = trace->net->hidden, row = t * trace->B + b;
    step->H = H;
    step->a = layer->a + row * cell->gates_n * H;
    for (size_t k = 0; k < cell->channels_n; k++) {
        step->now[k] = layer->value[k] + row * H;
        if (cell->channels[k].role == RS_STATE)
            step->before[k] = step->now[k] - trace->B * H;
    }
}

static inline rs_step step_values(const rs_trace *trace, size_t l, size_t t, size_t b)
{
    rs_step step;
    set_values(&step, trace, l, t, b);
    return step;
}

#endif
