#include "flow/sweep.h"

#include "base/matrix.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows in a group, and the exponent beyond which a row is scaled back: far from where a product of
 * two numbers could leave the range of a double, and rare. */
enum { GROUP = 128, FAR = 400 };

size_t rs_sweep_steps(size_t T, size_t B)
{
    const size_t steps = B >= GROUP ? 1 : GROUP / B;
    return steps < T ? steps : T;
}

size_t rs_sweep_groups(size_t T, size_t B)
{
    const size_t steps = rs_sweep_steps(T, B);
    return (T + steps - 1) / steps;
}

rs_status rs_loss_gradient_new(rs_loss_gradient *gradient, const rs_trace *trace,
                               const rs_loss *loss, rs_error *err)
{
    const size_t T = trace->T, n = T * trace->B * rs_net_width(trace->net);
    *gradient = (rs_loss_gradient){0};
    if (!loss || (loss->kind == RS_NO_LOSS && !loss->last_state))
        return rs_fail(err, RS_USAGE, "no loss: expected one, for it is what the gradient is of");
    rs_trace shadow = *trace; /* the same values, with a dy of its own */
    shadow.dy = rs_alloc(n, sizeof *shadow.dy, "the loss's derivatives", err);
    shadow.loss_at = rs_alloc(T, sizeof *shadow.loss_at, "the loss's derivatives", err);
    if (shadow.dy && shadow.loss_at)
        rs_loss_forward(&shadow, loss);
    free(shadow.loss_at);
    gradient->dy = shadow.dy;
    gradient->last_state = loss->last_state;
    return shadow.dy && shadow.loss_at ? RS_OK : RS_INTERNAL;
}

static const double *block(const rs_sweep *sweep, rs_block_kind kind, size_t layer)
{
    return sweep->parameters + rs_net_block(sweep->trace->net, kind, layer)->offset;
}

/* y = V h + b_V        dh = Vᵀ dy, rows from the last step to the first */
static void start_at_loss(rs_sweep *sweep, const rs_loss_gradient *loss)
{
    const rs_net *net = sweep->trace->net;
    const size_t H = net->hidden, O = rs_net_width(net), B = sweep->trace->B;
    double *dh = sweep->rows[net->layers - 1 - sweep->layer].d[RS_H]; /* [steps·B][H] */
    for (size_t s = 0; s < sweep->steps; s++) {
        const double *dy = loss->dy + (sweep->first - s) * B * O; /* [B][O] */
        if (net->outputs > 0)
            rs_matmul(B, H, O, RS_PLAIN, dy, O, RS_PLAIN,
                      block(sweep, RS_READOUT_WEIGHT, net->layers), H, 0, dh + s * B * H, H);
        else
            memcpy(dh + s * B * H, dy, B * H * sizeof *dy);
    }
}

/* The term on the last states goes with the loss of the last step, rows 0 … B−1 of the first
 * group. */
static void start_at_last_state(rs_sweep *sweep, const double *last_state)
{
    const rs_cell *cell = sweep->trace->net->cell;
    const size_t BH = sweep->trace->B * sweep->trace->net->hidden, S = rs_states(cell);
    for (size_t l = sweep->layer; l < sweep->trace->net->layers; l++)
        for (size_t s = 0; s < S; s++) {
            const double *weight = last_state + (l * S + s) * BH; /* [B][H] */
            double *d = sweep->rows[l - sweep->layer].d[rs_state_channel(cell, s)];
            for (size_t j = 0; j < BH; j++)
                d[j] += weight[j];
        }
}

rs_status rs_sweep_new(rs_sweep *sweep, const rs_trace *trace, const double *parameters,
                       const rs_loss_gradient *loss, size_t layer, size_t first, size_t steps,
                       rs_error *err)
{
    const size_t layers = trace->net->layers, B = trace->B;
    *sweep = (rs_sweep){
        .trace = trace, .parameters = parameters, .layer = layer, .first = first, .steps = steps};
    if (layer >= layers)
        return rs_fail(err, RS_USAGE, "layer %zu: expected one of 0 to %zu", layer, layers - 1);
    sweep->rows = rs_alloc(layers - layer, sizeof *sweep->rows, "the rows of derivatives", err);
    sweep->exponent = rs_alloc(steps * B, sizeof *sweep->exponent, "the rows of derivatives", err);
    rs_status status = sweep->rows && sweep->exponent ? RS_OK : RS_INTERNAL;
    for (size_t l = layer; l < layers && status == RS_OK; l++)
        status = rs_rows_new(&sweep->rows[l - layer], trace, parameters, l, steps * B, err);
    if (status != RS_OK)
        return status;
    for (size_t l = layer; l < layers; l++)
        for (size_t r = 0; r < steps * B; r++)
            sweep->rows[l - layer].at[r] = (first - r / B) * B + r % B;
    start_at_loss(sweep, loss);
    if (loss->last_state && first == trace->T - 1)
        start_at_last_state(sweep, loss->last_state);
    return RS_OK;
}

void rs_sweep_free(rs_sweep *sweep)
{
    if (sweep->rows)
        for (size_t l = sweep->layer; l < sweep->trace->net->layers; l++)
            rs_rows_free(&sweep->rows[l - sweep->layer]);
    free(sweep->rows);
    free(sweep->exponent);
    *sweep = (rs_sweep){0};
}

size_t rs_sweep_active(const rs_sweep *sweep)
{
    if (sweep->zero || sweep->lag > sweep->first)
        return 0;
    const size_t left = sweep->first - sweep->lag + 1; /* steps of the loss at or after the lag */
    return (left < sweep->steps ? left : sweep->steps) * sweep->trace->B;
}

void rs_sweep_down(rs_sweep *sweep)
{
    const rs_net *net = sweep->trace->net;
    const size_t H = net->hidden, GH = net->cell->gates_n * H, n = rs_sweep_active(sweep);
    for (size_t l = net->layers - 1; l > sweep->layer; l--) {
        rs_rows *above = &sweep->rows[l - sweep->layer], *below = above - 1;
        rs_rows_back(above, n);
        /* a = W_ih h + … of the layer above        dh += W_ihᵀ da */
        rs_matmul(n, H, GH, RS_PLAIN, above->da, GH, RS_PLAIN, block(sweep, RS_WEIGHT_IH, l), H, 1,
                  below->d[RS_H], H);
    }
}

/* The largest magnitude in row r over all layers and states. */
static double largest_of(const rs_sweep *sweep, size_t r)
{
    const rs_net *net = sweep->trace->net;
    double largest = 0;
    for (size_t l = 0; l < net->layers - sweep->layer; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++) {
            const double *d = sweep->rows[l].d[k] + r * net->hidden;
            for (size_t u = 0; u < net->hidden && net->cell->channels[k].role == RS_STATE; u++)
                largest = fabs(d[u]) > largest ? fabs(d[u]) : largest;
        }
    return largest;
}

/* Row r times 2^up, its exponent less by as much. */
static void scale_row(rs_sweep *sweep, size_t r, int up)
{
    const rs_net *net = sweep->trace->net;
    const double factor = ldexp(1, up);
    for (size_t l = 0; l < net->layers - sweep->layer; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++) {
            double *d = sweep->rows[l].d[k] + r * net->hidden;
            for (size_t u = 0; u < net->hidden && net->cell->channels[k].role == RS_STATE; u++)
                d[u] *= factor;
        }
    sweep->exponent[r] -= up;
}

void rs_sweep_next(rs_sweep *sweep)
{
    bool zero = true;
    sweep->lag++;
    for (size_t r = 0, n = rs_sweep_active(sweep); r < n; r++) {
        const double largest = largest_of(sweep, r);
        int exponent = 0;
        if (isfinite(largest))
            (void)frexp(largest, &exponent);
        if (abs(exponent) > FAR && exponent > -2 * FAR)
            scale_row(sweep, r, -exponent);
        else if (exponent <= -2 * FAR) /* in two, for 2^1074 is not a double */
            scale_row(sweep, r, 2 * FAR);
        zero = zero && largest == 0;
    }
    sweep->zero = zero;
}
