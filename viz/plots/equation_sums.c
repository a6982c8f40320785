/* The two sums over all units of a cell with one gate, with their numbers:
 *
 *     a_t = W h_{t−1} + U x_t + b        dh_t = Vᵀ dy_t + Wᵀ da_{t+1}
 *
 * They are the network's, not the cell's, hence apart from the cells' own equations. */
#include "viz/plots/equations.h"

#include "viz/plots/numbers.h"

#include <stdio.h>
#include <string.h>

/* A parameter; 0 where the net has no such block. */
static double entry(const rs_net *net, const double *parameters, rs_block_kind kind, size_t layer,
                    size_t row, size_t col)
{
    const rs_block *block = rs_net_block(net, kind, layer);
    return block ? parameters[block->offset + row * block->cols + col] : 0;
}

static void add_number(char *text, size_t room, double value)
{
    char number[NUMBER_TEXT];
    const size_t n = strlen(text);
    (void)snprintf(text + n, room - n, value < 0 && n > 0 ? "(%s)" : "%s",
                   number_text(number, value, 3));
}

static void add_sign(char *text, size_t room, const char *sign)
{
    const size_t n = strlen(text);
    (void)snprintf(text + n, room - n, "%s", sign);
}

/* "0.5 · 0.762" where the sum has this one term, else the sum. */
static void add_part(char *text, size_t room, size_t terms, double weight, double value, double sum)
{
    if (text[0])
        add_sign(text, room, " + ");
    if (terms != 1) {
        add_number(text, room, sum);
        return;
    }
    add_number(text, room, weight);
    add_sign(text, room, " · ");
    add_number(text, room, value);
}

/* What the layer reads at the moment, [n]. */
static const double *input_at(const moment *m, size_t *n)
{
    const rs_net *net = m->trace->net;
    const size_t row = m->t * m->trace->B + m->b;
    *n = rs_net_layer_inputs(net, m->layer);
    return (m->layer == 0 ? m->trace->x : m->trace->layer[m->layer - 1].value[RS_H]) + row * *n;
}

static void forward_numbers(const moment *m, const double *parameters, char *text, size_t room)
{
    const rs_net *net = m->trace->net;
    const size_t H = net->hidden, l = m->layer;
    const double *h = m->trace->layer[l].value[RS_H] + (m->t * m->trace->B + m->b) * H;
    size_t I = 0;
    const double *x = input_at(m, &I);
    double from_state = 0, from_input = 0;
    h -= m->trace->B * H; /* of step t−1 */
    for (size_t k = 0; k < H; k++)
        from_state += entry(net, parameters, RS_WEIGHT_HH, l, m->unit, k) * h[k];
    for (size_t k = 0; k < I; k++)
        from_input += entry(net, parameters, RS_WEIGHT_IH, l, m->unit, k) * x[k];
    add_part(text, room, H, entry(net, parameters, RS_WEIGHT_HH, l, 0, 0), h[0], from_state);
    add_part(text, room, I, entry(net, parameters, RS_WEIGHT_IH, l, 0, 0), x[0], from_input);
    add_sign(text, room, " + ");
    add_number(text, room,
               entry(net, parameters, RS_BIAS_IH, l, m->unit, 0) +
                   entry(net, parameters, RS_BIAS_HH, l, m->unit, 0));
}

static void backward_numbers(const moment *m, const double *parameters, char *text, size_t room)
{
    const rs_net *net = m->trace->net;
    const rs_layer *layer = &m->trace->layer[m->layer];
    const size_t H = net->hidden, row = m->t * m->trace->B + m->b, after = row + m->trace->B;
    const bool last = m->t + 1 == m->trace->T;
    const bool readout = net->outputs == 1 && H == 1 && m->layer + 1 == net->layers;
    double from_next = 0;
    for (size_t k = 0; k < H && !last; k++)
        from_next +=
            entry(net, parameters, RS_WEIGHT_HH, m->layer, k, m->unit) * layer->da[after * H + k];
    add_part(text, room, readout, entry(net, parameters, RS_READOUT_WEIGHT, 0, 0, 0),
             readout ? m->trace->dy[row] : 0, layer->d[RS_H][row * H + m->unit] - from_next);
    add_part(text, room, H, entry(net, parameters, RS_WEIGHT_HH, m->layer, 0, 0),
             last ? 0 : layer->da[after * H], from_next);
}

bool equation_sum(const moment *m, const double *parameters, bool backward, const char **formula,
                  double *result, char *text, size_t room)
{
    const rs_net *net = m->trace->net;
    const rs_layer *layer = &m->trace->layer[m->layer];
    const size_t at = (m->t * m->trace->B + m->b) * net->hidden + m->unit;
    if (net->cell->gates_n != 1 || room == 0)
        return false;
    *text = '\0';
    if (backward)
        *formula = m->layer + 1 < net->layers ? "dh_t = dx_t^{(l+1)} + W^{\\top} da_{t+1}"
                   : net->outputs > 0         ? "dh_t = V^{\\top} dy_t + W^{\\top} da_{t+1}"
                                      : "dh_t = \\partial L/\\partial y_t + W^{\\top} da_{t+1}";
    else
        *formula =
            m->layer > 0 ? "a_t = W h_{t-1} + U h_t^{(l-1)} + b" : "a_t = W h_{t-1} + U x_t + b";
    *result = backward ? layer->d[RS_H][at] : layer->a[at];
    (backward ? backward_numbers : forward_numbers)(m, parameters, text, room);
    return true;
}
