/* The mistake in the gradient of a parameter block.
 *
 * dW = Σ_t da_t source_tᵀ, a sum over steps and sequences. Its rows are held against changed sums:
 * steps left out, another step's source, another derivative, the transpose … So that this costs
 * little, both sides are multiplied by one random vector w first: (dW w)_r = Σ_t da_t,r
 * (source_t·w).
 */
#include "gradcheck/block_sum.h"

#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Without a value. */
static bool say(const rs_block_sum *s, rs_mistake mistake, rs_phrase_kind what)
{
    s->finding->mistake = mistake;
    rs_say(s->what, what, "%s", "");
    return true;
}

static bool block_zero(const rs_block_sum *s, const double *claimed)
{
    for (size_t r = s->first; r < s->last; r++)
        for (size_t k = 0; s->wrong[r] && k < s->cols; k++)
            if (claimed[r * s->cols + k] != 0)
                return false;
    return say(s, RS_ZERO, RS_SAYS_IT_ZERO);
}

static bool block_scaled(const rs_block_sum *s)
{
    size_t at = s->first;
    for (size_t r = s->first; r < s->last; r++)
        if (s->wrong[r] && fabs(s->expected[r]) > fabs(s->expected[at]))
            at = r;
    const double ratio = s->claimed[at] / s->expected[at];
    const double T = (double)s->d->T, B = (double)s->d->B;
    for (size_t r = s->first; r < s->last; r++)
        s->candidate[r] = ratio * s->expected[r];
    size_t rows = 0;
    for (size_t r = s->first; r < s->last; r++)
        rows += s->wrong[r];
    if (rows < 2 || !isfinite(ratio) || !rs_block_gives_claimed(s))
        return false;
    if (fabs(ratio + 1) < 1e-6)
        return say(s, RS_SIGN, RS_SAYS_IT_SIGN);
    rs_phrase_kind what = RS_SAYS_IT_TIMES;
    if (fabs(ratio * T * B - 1) < 1e-6 && T * B > 1)
        what = RS_SAYS_IT_MEAN;
    else if (fabs(ratio * T - 1) < 1e-6 && T > 1)
        what = RS_SAYS_IT_MEAN_OF_STEPS;
    else if (fabs(ratio * B - 1) < 1e-6 && B > 1)
        what = RS_SAYS_IT_MEAN_OF_SEQUENCES;
    else if (fabs(ratio - 2) < 1e-6)
        what = RS_SAYS_IT_TWICE;
    s->finding->mistake = fabs(ratio - 2) < 1e-6 ? RS_TWICE : RS_SCALED;
    rs_say(s->what, what, "%.6g", ratio);
    return true;
}

static bool block_skips(const rs_block_sum *s)
{
    const long T = (long)s->d->T, B = (long)s->d->B;
    for (int only = 0; only < 2; only++)
        for (long k = 0; k < T + B; k++) {
            rs_block_variant v = rs_block_plain;
            v.only = only;
            v.step = k < T ? k : -1;
            v.sequence = k < T ? -1 : k - T;
            if ((k < T ? T : B) < 2 || !rs_block_explains(s, &v))
                continue;
            if (k < T)
                s->finding->has_t = true;
            s->finding->t = k < T ? (size_t)k : 0;
            s->finding->mistake = only && k < T ? RS_OVERWRITTEN : RS_SKIPPED;
            rs_say(s->what,
                   only    ? k < T ? RS_SAYS_IT_ONLY_STEP : RS_SAYS_IT_ONLY_SEQUENCE
                   : k < T ? RS_SAYS_IT_WITHOUT_STEP
                           : RS_SAYS_IT_WITHOUT_SEQUENCE,
                   "%ld", k < T ? k : k - T);
            return true;
        }
    return false;
}

/* "x[t−1]", or "h_l0" where there are outputs of several layers: what a row multiplies by in a
 * variant of the sum. */
static void name_source(const rs_block_sum *s, const rs_block_variant *v, char text[48])
{
    static const char *const steps[] = {"[t−2]", "[t−1]", "", "[t+1]"};
    const rs_net *net = s->d->net;
    const rs_product *product =
        rs_block_is_recurrent(s) ? rs_block_product(net->cell, s->first / net->hidden) : NULL;
    const char *name = rs_block_is_readout(s) || s->block->layer > 0 ? "h" : "x";
    size_t layer = rs_block_is_readout(s) ? net->layers - 1 : s->block->layer - (v->channel < 0);
    long shift = v->shift;
    char of[24] = "";
    if (v->channel >= 0)
        name = net->cell->channels[v->channel].name;
    if (v->channel < 0 && product) {
        name = net->cell->channels[product->source].name;
        shift -= net->cell->channels[product->source].role == RS_STATE;
    }
    if (v->layer >= 0) {
        name = net->cell->channels[RS_H].name;
        layer = (size_t)v->layer;
    }
    if (!product && net->layers > 1 && strcmp(name, "x") != 0)
        (void)snprintf(of, sizeof of, "_l%zu", layer);
    (void)snprintf(text, 48, "%.20s%s%s", name, of, steps[shift + 2]);
}

static bool say_source(const rs_block_sum *s, const rs_block_variant *v)
{
    char wrong[48], right[48];
    name_source(s, v, wrong);
    name_source(s, &rs_block_plain, right);
    s->finding->mistake = RS_VALUE;
    rs_say(s->what, RS_SAYS_IT_MULTIPLIES, "%s\n%s", wrong, right);
    return true;
}

/* The output of another layer. */
static bool block_layer(const rs_block_sum *s)
{
    for (size_t layer = 0; layer < s->d->net->layers && s->cols > 1; layer++) {
        rs_block_variant v = rs_block_plain;
        v.layer = (long)layer;
        if (!rs_block_explains(s, &v))
            continue;
        return say_source(s, &v);
    }
    return false;
}

/* One step of one sequence alone: = where += belongs, in a loop over both. */
static bool block_only_one(const rs_block_sum *s)
{
    for (long t = 0; t < (long)s->d->T; t++)
        for (long b = 0; b < (long)s->d->B && s->d->B > 1; b++) {
            rs_block_variant v = rs_block_plain;
            v.only = true;
            v.step = t;
            v.sequence = b;
            if (!rs_block_explains(s, &v))
                continue;
            s->finding->mistake = RS_OVERWRITTEN;
            rs_say(s->what, RS_SAYS_IT_ONLY_STEP_OF, "%ld\n%ld", t, b);
            return true;
        }
    return false;
}

static bool block_source(const rs_block_sum *s)
{
    const rs_cell *cell = s->d->net->cell;
    for (long channel = -1; channel < (long)cell->channels_n; channel++)
        for (long shift = -1; shift <= 1; shift++) {
            rs_block_variant v = rs_block_plain;
            v.channel = channel;
            v.shift = shift;
            if (s->cols == 1 && s->block->kind != RS_WEIGHT_IH && s->block->kind != RS_WEIGHT_HH &&
                s->block->kind != RS_READOUT_WEIGHT)
                return false;
            if (channel < 0 && shift == 0)
                continue;
            v.no_initial = !rs_block_explains(s, &v);
            if (v.no_initial && !rs_block_explains(s, &v))
                continue;
            return say_source(s, &v);
        }
    return false;
}

static bool block_derivative(const rs_block_sum *s)
{
    const rs_net *net = s->d->net;
    const rs_cell *cell = net->cell;
    char name[48], right[48];
    if (rs_block_is_readout(s))
        return false;
    rs_block_variant gates = rs_block_plain;
    gates.of_gates = true;
    const rs_place own = rs_block_place(s, s->first);
    rs_place_text(net, own, 0, right);
    if (rs_block_explains(s, &gates)) {
        s->finding->mistake = RS_DERIVATIVE;
        rs_say(s->what, RS_SAYS_IT_SUMS_GATE, "d%s\n%s",
               cell->channels[cell->gates[s->first / net->hidden]].name, right);
        return true;
    }
    for (long shift = 0; shift <= 2; shift++)
        for (size_t k = 0; k < cell->channels_n + cell->gates_n; k++) {
            const bool of_a = k >= cell->channels_n;
            rs_block_variant v = rs_block_plain;
            v.other = true;
            v.from = (rs_place){of_a ? RS_AT_A : RS_AT_CHANNEL, s->block->layer,
                                of_a ? k - cell->channels_n : k};
            v.from_shift = shift == 2 ? -1 : shift;
            if ((!of_a && !s->d->layer[s->block->layer].d[k]) || !rs_block_explains(s, &v))
                continue;
            s->finding->mistake =
                of_a && own.kind == RS_AT_A && shift == 0 ? RS_EXCHANGED : RS_DERIVATIVE;
            rs_say(s->what, RS_SAYS_IT_SUMS, "%s\n%s",
                   rs_place_text(net, v.from, v.from_shift, name), right);
            return true;
        }
    return false;
}

/* The claimed block is its own transpose, gate by gate. */
static bool block_transposed(const rs_block_sum *s, const double *claimed)
{
    const size_t H = s->d->net->hidden;
    if (s->cols != H || s->rows % H != 0 || H < 2)
        return false;
    double *whole = calloc(s->rows, sizeof *whole);
    bool fits = whole != NULL;
    for (size_t r = 0; fits && r < s->rows; r++)
        for (size_t k = 0; k < H; k++)
            whole[r] += claimed[(r / H * H + k) * s->cols + r % H] * s->w[k];
    for (size_t r = s->first / H * H; fits && r < (s->last + H - 1) / H * H && r < s->rows; r++)
        fits = fabs(whole[r] - s->expected[r]) <=
               8 * s->room[r] + rs_same(s->checking) * 64 * fabs(s->expected[r]);
    free(whole);
    return fits && say(s, RS_TRANSPOSED, RS_SAYS_IT_TRANSPOSED);
}

/* Cut off at ± a limit. */
static bool block_clipped(const rs_block_sum *s, const double *claimed, const double *expected)
{
    const size_t n = s->rows * s->cols;
    double limit = 0;
    size_t at_limit = 0;
    for (size_t k = 0; k < n; k++)
        limit = fmax(limit, fabs(claimed[k]));
    for (size_t k = 0; k < n; k++) {
        const double e = expected[k], cut = e > limit ? limit : e < -limit ? -limit : e;
        at_limit += fabs(e) > limit;
        if (!(fabs(cut - claimed[k]) <= 1e3 * rs_same(s->checking) * (limit + fabs(e))))
            return false;
    }
    if (at_limit < 2)
        return false;
    s->finding->mistake = RS_CLIPPED;
    rs_say(s->what, RS_SAYS_IT_CLIPPED, "%.4g", limit);
    return true;
}

/* ---- the block ------------------------------------------------------------------------------- */

static void multiply_by_w(const rs_block_sum *s, const double *claimed, const double *expected,
                          const double *spread)
{
    for (size_t r = 0; r < s->rows; r++)
        for (size_t k = 0; k < s->cols; k++) {
            const size_t at = r * s->cols + k;
            const double room = RS_SPREADS * spread[at];
            s->claimed[r] += claimed[at] * s->w[k];
            s->expected[r] += expected[at] * s->w[k];
            s->room[r] += room * fabs(s->w[k]);
            s->wrong[r] = s->wrong[r] || !(fabs(claimed[at] - expected[at]) <= room);
        }
}

/* The block; of a gate that is wrong alone its rows. */
static void say_rows(const rs_block_sum *s, rs_phrase *of)
{
    const rs_net *net = s->d->net;
    const size_t H = net->hidden, gate = s->first / H;
    if (rs_block_is_readout(s) || net->cell->gates_n < 2 || s->last > (gate + 1) * H)
        return;
    rs_say(of, RS_SAYS_OF_ROWS, "%s\n%.20s", s->block->name,
           net->cell->channels[net->cell->gates[gate]].name);
}

static void diagnose_rows(rs_block_sum *s, const double *claimed, const double *expected)
{
    const bool known = block_zero(s, claimed) || block_scaled(s) || block_skips(s) ||
                       block_only_one(s) || block_source(s) || block_layer(s) ||
                       block_derivative(s) || block_transposed(s, claimed) ||
                       block_clipped(s, claimed, expected);
    if (!known)
        (void)say(s, RS_UNKNOWN, RS_SAYS_IT_UNKNOWN);
    say_rows(s, &s->finding->says[RS_FINDING_OF]);
}

/* Narrows the wrong rows to those of the first gate that is wrong, unless all gates are. */
static void narrow(rs_block_sum *s)
{
    const rs_net *net = s->d->net;
    const size_t H = net->hidden > 0 ? net->hidden : 1, gates = net->cell->gates_n;
    size_t wrong = 0;
    s->first = s->rows;
    for (size_t r = 0; r < s->rows; r++)
        if (s->wrong[r]) {
            s->first = r < s->first ? r : s->first;
            s->last = r + 1;
        }
    for (size_t g = 0; !rs_block_is_readout(s) && g < gates; g++) {
        bool any = false;
        for (size_t u = 0; u < H; u++)
            any = any || s->wrong[g * H + u];
        wrong += any;
    }
    if (!rs_block_is_readout(s) && wrong < gates && s->last > (s->first / H + 1) * H)
        s->last = (s->first / H + 1) * H;
}

void rs_diagnose_block(const rs_checking *c, const rs_trace *d, const rs_derivatives *expected,
                       size_t block, rs_check_finding *finding)
{
    const rs_block *b = &d->net->blocks[block];
    rs_block_sum s = {.checking = c,
                      .d = d,
                      .block = b,
                      .rows = b->rows,
                      .cols = b->cols,
                      .finding = finding,
                      .what = &finding->says[RS_FINDING_WHAT]};
    rs_random random = rs_random_seed(1, 77);
    double *numbers = calloc(b->cols + 4 * b->rows, sizeof *numbers);
    s.wrong = calloc(b->rows, sizeof *s.wrong);
    finding->mistake = RS_UNKNOWN;
    rs_say(&finding->says[RS_FINDING_OF], RS_SAYS_OF_BLOCK, "%s", b->name);
    rs_say(s.what, RS_SAYS_IT_IS_WRONG, "%s", "");
    if (numbers && s.wrong) {
        s.w = numbers;
        s.claimed = numbers + b->cols;
        s.expected = s.claimed + b->rows;
        s.room = s.expected + b->rows;
        s.candidate = s.room + b->rows;
        for (size_t k = 0; k < b->cols; k++)
            s.w[k] = 0.5 + rs_random_uniform(&random);
        multiply_by_w(&s, c->gradient + b->offset, expected->gradient + b->offset,
                      expected->gradient_spread + b->offset);
        narrow(&s);
        diagnose_rows(&s, c->gradient + b->offset, expected->gradient + b->offset);
    }
    free(numbers);
    free(s.wrong);
}
