#include "gradcheck/block_sum.h"

#include <math.h>

const rs_block_variant rs_block_plain = {.channel = -1, .layer = -1, .step = -1, .sequence = -1};

const rs_product *rs_block_product(const rs_cell *cell, size_t gate)
{
    for (size_t s = 0; s < cell->stages_n; s++) {
        const rs_product *product = &cell->stages[s].product;
        if (gate >= product->gate && gate < product->gate + product->gates)
            return product;
    }
    return NULL;
}

bool rs_block_is_recurrent(const rs_block_sum *s)
{
    return s->block->kind == RS_WEIGHT_HH || s->block->kind == RS_BIAS_HH;
}

bool rs_block_is_readout(const rs_block_sum *s) { return s->block->kind >= RS_READOUT_WEIGHT; }

rs_place rs_block_place(const rs_block_sum *s, size_t row)
{
    const rs_net *net = s->d->net;
    const size_t gate = row / net->hidden;
    const rs_product *product = rs_block_is_recurrent(s) ? rs_block_product(net->cell, gate) : NULL;
    if (rs_block_is_readout(s))
        return (rs_place){RS_AT_Y, 0, 0};
    if (product && product->into != RS_INTO_A)
        return (rs_place){RS_AT_CHANNEL, s->block->layer, (size_t)product->into};
    return (rs_place){RS_AT_A, s->block->layer, gate};
}

/* source_t · w for the rows of a gate, `shift` steps later than right; 1·w_0 for a bias. NaN where
 * there is no such step. channel ≥ 0: that one's values of step t + shift instead; layer ≥ 0: its
 * output. */
static double source_at_step(const rs_block_sum *s, const rs_block_variant *variant, size_t row,
                             long t, size_t b)
{
    const long channel = variant->layer >= 0 ? RS_H : variant->channel;
    const rs_trace *v = s->checking->linear.values;
    const rs_net *net = v->net;
    const size_t H = net->hidden, l = s->block->layer;
    const rs_product *product =
        rs_block_is_recurrent(s) ? rs_block_product(net->cell, row / H) : NULL;
    const double *at = NULL;
    bool has_initial = false;
    size_t width = s->cols;
    t += variant->shift;
    if (s->block->kind == RS_BIAS_IH || s->block->kind == RS_BIAS_HH ||
        s->block->kind == RS_READOUT_BIAS)
        return s->w[0];
    if (channel >= 0 || product) {
        const size_t k = channel >= 0 ? (size_t)channel : (size_t)product->source;
        has_initial = net->cell->channels[k].role == RS_STATE;
        at = v->layer[variant->layer >= 0      ? (size_t)variant->layer
                      : rs_block_is_readout(s) ? net->layers - 1
                                               : l]
                 .value[k];
        t -= channel < 0 && has_initial;
        width = H;
    } else if (rs_block_is_readout(s)) {
        at = v->layer[net->layers - 1].value[RS_H];
        has_initial = true;
    } else {
        at = l == 0 ? v->x : v->layer[l - 1].value[RS_H];
        has_initial = l > 0;
    }
    if (t < (has_initial && !variant->no_initial ? -1 : 0) || t >= (long)v->T || width != s->cols)
        return NAN;
    at += (t * (long)v->B + (long)b) * (long)width;
    double sum = 0;
    for (size_t k = 0; k < width; k++)
        sum += at[k] * s->w[k];
    return sum;
}

static bool counts(const rs_block_variant *v, long t, size_t b)
{
    if (v->step < 0 && v->sequence < 0)
        return true;
    const bool named = (v->step < 0 || t == v->step) && (v->sequence < 0 || (long)b == v->sequence);
    return v->only ? named : !named;
}

/* One row of the changed sum. Steps that a shift has no value for count nothing. */
static double row_sum(const rs_block_sum *s, const rs_block_variant *v, size_t row)
{
    const rs_fault reader = {.d = s->d};
    const rs_net *net = s->d->net;
    rs_place place = rs_block_place(s, row);
    const size_t unit = rs_block_is_readout(s) ? row : row % net->hidden;
    double sum = 0;
    if (v->other)
        place = v->from;
    if (v->of_gates)
        place =
            (rs_place){RS_AT_CHANNEL, s->block->layer, (size_t)net->cell->gates[row / net->hidden]};
    for (long t = 0; t < (long)s->d->T; t++)
        for (size_t b = 0; b < s->d->B; b++) {
            const double source = source_at_step(s, v, row, t, b);
            const double d = rs_derivative_at(&reader, place, t + v->from_shift, b, unit);
            if (counts(v, t, b) && !isnan(source) && !isnan(d))
                sum += d * source;
        }
    return sum;
}

bool rs_block_gives_claimed(const rs_block_sum *s)
{
    const double same = rs_same(s->checking);
    bool faulty = false;
    for (size_t r = s->first; r < s->last; r++) {
        if (!s->wrong[r])
            continue;
        const double room = 8 * s->room[r] + same * (fabs(s->candidate[r]) + fabs(s->expected[r]));
        if (!(fabs(s->claimed[r] - s->candidate[r]) <= room))
            return false;
        faulty = faulty || fabs(s->claimed[r] - s->expected[r]) > 4 * room;
    }
    return faulty;
}

bool rs_block_explains(const rs_block_sum *s, const rs_block_variant *v)
{
    for (size_t r = s->first; r < s->last; r++) {
        s->candidate[r] = s->wrong[r] ? row_sum(s, v, r) : 0;
        /* one row that does not fit is enough: most changes are wrong at the first */
        const double room =
            8 * s->room[r] + rs_same(s->checking) * (fabs(s->candidate[r]) + fabs(s->expected[r]));
        if (s->wrong[r] && !(fabs(s->claimed[r] - s->candidate[r]) <= room))
            return false;
    }
    return rs_block_gives_claimed(s);
}
