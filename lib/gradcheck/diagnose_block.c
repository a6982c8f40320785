/* The mistake in the gradient of a parameter block.
 *
 * dW = Σ_t da_t source_tᵀ, a sum over steps and sequences. Its rows are held against changed sums:
 * steps left out, another step's source, another derivative, the transpose … So that this costs
 * little, both sides are multiplied by one random vector w first: (dW w)_r = Σ_t da_t,r
 * (source_t·w).
 */
#include "gradcheck/diagnose.h"

#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct block_sum {
    const rs_checking *checking;
    const rs_trace *d;
    const rs_block *block;
    size_t rows, cols;
    double *w;                         /* [cols] */
    double *claimed, *expected, *room; /* [rows], times w */
    double *candidate;                 /* [rows] */
    bool *wrong;                       /* [rows] */
    size_t first, last;                /* wrong rows, first ≤ r < last */
    rs_check_finding *finding;
    char *sentence;
} block_sum;

/* The product of a gate's recurrent rows. */
static const rs_product *product_of(const rs_cell *cell, size_t gate)
{
    for (size_t s = 0; s < cell->stages_n; s++) {
        const rs_product *product = &cell->stages[s].product;
        if (gate >= product->gate && gate < product->gate + product->gates)
            return product;
    }
    return NULL;
}

static bool is_recurrent(const block_sum *s)
{
    return s->block->kind == RS_WEIGHT_HH || s->block->kind == RS_BIAS_HH;
}

static bool is_readout(const block_sum *s) { return s->block->kind >= RS_READOUT_WEIGHT; }

/* The derivative that a row of the block belongs to. */
static rs_place place_of(const block_sum *s, size_t row)
{
    const rs_net *net = s->d->net;
    const size_t gate = row / net->hidden;
    const rs_product *product = is_recurrent(s) ? product_of(net->cell, gate) : NULL;
    if (is_readout(s))
        return (rs_place){RS_AT_Y, 0, 0};
    if (product && product->into != RS_INTO_A)
        return (rs_place){RS_AT_CHANNEL, s->block->layer, (size_t)product->into};
    return (rs_place){RS_AT_A, s->block->layer, gate};
}

/* How a block's sum is changed. */
typedef struct block_variant {
    bool other; /* takes the derivative `from` (unit by unit) */
    rs_place from;
    bool of_gates; /* takes the derivative of the gate, not of its pre-activation */
    long from_shift, shift;
    long channel;        /* source; −1: the right one */
    long layer;          /* whose output is the source; −1: the right one */
    bool no_initial;     /* the values before step 0 count nothing */
    bool only;           /* only … or without the step or sequence below */
    long step, sequence; /* −1: none */
} block_variant;

static const block_variant plain = {.channel = -1, .layer = -1, .step = -1, .sequence = -1};

/* source_t · w for the rows of a gate, `shift` steps later than right; 1·w_0 for a bias. NaN where
 * there is no such step. channel ≥ 0: that one's values of step t + shift instead; layer ≥ 0: its
 * output. */
static double source_at_step(const block_sum *s, const block_variant *variant, size_t row, long t,
                             size_t b)
{
    const long channel = variant->layer >= 0 ? RS_H : variant->channel;
    const rs_trace *v = s->checking->linear.values;
    const rs_net *net = v->net;
    const size_t H = net->hidden, l = s->block->layer;
    const rs_product *product = is_recurrent(s) ? product_of(net->cell, row / H) : NULL;
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
        at = v->layer[variant->layer >= 0 ? (size_t)variant->layer
                      : is_readout(s)     ? net->layers - 1
                                          : l]
                 .value[k];
        t -= channel < 0 && has_initial;
        width = H;
    } else if (is_readout(s)) {
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

static bool counts(const block_variant *v, long t, size_t b)
{
    if (v->step < 0 && v->sequence < 0)
        return true;
    const bool named = (v->step < 0 || t == v->step) && (v->sequence < 0 || (long)b == v->sequence);
    return v->only ? named : !named;
}

/* One row of the changed sum. Steps that a shift has no value for count nothing. */
static double row_sum(const block_sum *s, const block_variant *v, size_t row)
{
    const rs_fault reader = {.d = s->d};
    const rs_net *net = s->d->net;
    rs_place place = place_of(s, row);
    const size_t unit = is_readout(s) ? row : row % net->hidden;
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

/* Whether the changed sum gives the claimed rows, all the wrong ones. */
static bool gives_claimed(const block_sum *s)
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

static bool explains(const block_sum *s, const block_variant *v)
{
    for (size_t r = s->first; r < s->last; r++) {
        s->candidate[r] = s->wrong[r] ? row_sum(s, v, r) : 0;
        /* one row that does not fit is enough: most changes are wrong at the first */
        const double room =
            8 * s->room[r] + rs_same(s->checking) * (fabs(s->candidate[r]) + fabs(s->expected[r]));
        if (s->wrong[r] && !(fabs(s->claimed[r] - s->candidate[r]) <= room))
            return false;
    }
    return gives_claimed(s);
}

/* ---- hypotheses ------------------------------------------------------------------------------ */

static bool say(const block_sum *s, rs_mistake mistake)
{
    s->finding->mistake = mistake;
    return true;
}

static bool block_zero(const block_sum *s, const double *claimed)
{
    for (size_t r = s->first; r < s->last; r++)
        for (size_t k = 0; s->wrong[r] && k < s->cols; k++)
            if (claimed[r * s->cols + k] != 0)
                return false;
    (void)snprintf(s->sentence, RS_SENTENCE, "it is left zero");
    return say(s, RS_ZERO);
}

static bool block_scaled(const block_sum *s)
{
    size_t at = s->first;
    char why[80] = "";
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
    if (rows < 2 || !isfinite(ratio) || !gives_claimed(s))
        return false;
    if (fabs(ratio + 1) < 1e-6) {
        (void)snprintf(s->sentence, RS_SENTENCE, "it has the wrong sign");
        return say(s, RS_SIGN);
    }
    if (fabs(ratio * T * B - 1) < 1e-6 && T * B > 1)
        (void)snprintf(why, sizeof why, ": averaged over steps and sequences, not summed");
    else if (fabs(ratio * T - 1) < 1e-6 && T > 1)
        (void)snprintf(why, sizeof why, ": averaged over steps, not summed");
    else if (fabs(ratio * B - 1) < 1e-6 && B > 1)
        (void)snprintf(why, sizeof why, ": averaged over sequences, not summed");
    else if (fabs(ratio - 2) < 1e-6)
        (void)snprintf(why, sizeof why, ": counted twice");
    (void)snprintf(s->sentence, RS_SENTENCE, "it is %.6g times what it should be%s", ratio, why);
    return say(s, fabs(ratio - 2) < 1e-6 ? RS_TWICE : RS_SCALED);
}

static bool block_skips(const block_sum *s)
{
    const long T = (long)s->d->T, B = (long)s->d->B;
    for (int only = 0; only < 2; only++)
        for (long k = 0; k < T + B; k++) {
            block_variant v = plain;
            v.only = only;
            v.step = k < T ? k : -1;
            v.sequence = k < T ? -1 : k - T;
            if ((k < T ? T : B) < 2 || !explains(s, &v))
                continue;
            if (k < T)
                s->finding->has_t = true;
            s->finding->t = k < T ? (size_t)k : 0;
            (void)snprintf(s->sentence, RS_SENTENCE,
                           only    ? k < T ? "only step %ld is in it: = where += belongs"
                                           : "only sequence %ld is in it"
                           : k < T ? "step %ld is left out of the sum"
                                   : "sequence %ld is left out of the sum",
                           k < T ? k : k - T);
            return say(s, only && k < T ? RS_OVERWRITTEN : RS_SKIPPED);
        }
    return false;
}

/* "x[t−1]", or "h_l0" where there are outputs of several layers: what a row multiplies by in a
 * variant of the sum. */
static void name_source(const block_sum *s, const block_variant *v, char text[48])
{
    static const char *const steps[] = {"[t−2]", "[t−1]", "", "[t+1]"};
    const rs_net *net = s->d->net;
    const rs_product *product =
        is_recurrent(s) ? product_of(net->cell, s->first / net->hidden) : NULL;
    const char *name = is_readout(s) || s->block->layer > 0 ? "h" : "x";
    size_t layer = is_readout(s) ? net->layers - 1 : s->block->layer - (v->channel < 0);
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

static void say_source(const block_sum *s, const block_variant *v)
{
    char wrong[48], right[48];
    name_source(s, v, wrong);
    name_source(s, &plain, right);
    (void)snprintf(s->sentence, RS_SENTENCE, "it multiplies by %s where %s belongs", wrong, right);
}

/* The output of another layer. */
static bool block_layer(const block_sum *s)
{
    for (size_t layer = 0; layer < s->d->net->layers && s->cols > 1; layer++) {
        block_variant v = plain;
        v.layer = (long)layer;
        if (!explains(s, &v))
            continue;
        say_source(s, &v);
        return say(s, RS_VALUE);
    }
    return false;
}

/* One step of one sequence alone: = where += belongs, in a loop over both. */
static bool block_only_one(const block_sum *s)
{
    for (long t = 0; t < (long)s->d->T; t++)
        for (long b = 0; b < (long)s->d->B && s->d->B > 1; b++) {
            block_variant v = plain;
            v.only = true;
            v.step = t;
            v.sequence = b;
            if (!explains(s, &v))
                continue;
            (void)snprintf(s->sentence, RS_SENTENCE,
                           "only step %ld of sequence %ld is in it: = where += belongs", t, b);
            return say(s, RS_OVERWRITTEN);
        }
    return false;
}

static bool block_source(const block_sum *s)
{
    const rs_cell *cell = s->d->net->cell;
    for (long channel = -1; channel < (long)cell->channels_n; channel++)
        for (long shift = -1; shift <= 1; shift++) {
            block_variant v = plain;
            v.channel = channel;
            v.shift = shift;
            if (s->cols == 1 && s->block->kind != RS_WEIGHT_IH && s->block->kind != RS_WEIGHT_HH &&
                s->block->kind != RS_READOUT_WEIGHT)
                return false;
            if (channel < 0 && shift == 0)
                continue;
            v.no_initial = !explains(s, &v);
            if (v.no_initial && !explains(s, &v))
                continue;
            say_source(s, &v);
            return say(s, RS_VALUE);
        }
    return false;
}

static bool block_derivative(const block_sum *s)
{
    const rs_net *net = s->d->net;
    const rs_cell *cell = net->cell;
    char name[48], right[48];
    if (is_readout(s))
        return false;
    block_variant gates = plain;
    gates.of_gates = true;
    const rs_place own = place_of(s, s->first);
    rs_place_text(net, own, 0, right);
    if (explains(s, &gates)) {
        (void)snprintf(s->sentence, RS_SENTENCE,
                       "it sums d%s, the derivative after the activation, where %s belongs",
                       cell->channels[cell->gates[s->first / net->hidden]].name, right);
        return say(s, RS_DERIVATIVE);
    }
    for (long shift = 0; shift <= 2; shift++)
        for (size_t k = 0; k < cell->channels_n + cell->gates_n; k++) {
            const bool of_a = k >= cell->channels_n;
            block_variant v = plain;
            v.other = true;
            v.from = (rs_place){of_a ? RS_AT_A : RS_AT_CHANNEL, s->block->layer,
                                of_a ? k - cell->channels_n : k};
            v.from_shift = shift == 2 ? -1 : shift;
            if ((!of_a && !s->d->layer[s->block->layer].d[k]) || !explains(s, &v))
                continue;
            (void)snprintf(s->sentence, RS_SENTENCE, "it sums %s where %s belongs",
                           rs_place_text(net, v.from, v.from_shift, name), right);
            return say(s, of_a && own.kind == RS_AT_A && shift == 0 ? RS_EXCHANGED : RS_DERIVATIVE);
        }
    return false;
}

/* The claimed block is its own transpose, gate by gate. */
static bool block_transposed(const block_sum *s, const double *claimed)
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
    if (fits)
        (void)snprintf(s->sentence, RS_SENTENCE, "it is transposed");
    return fits && say(s, RS_TRANSPOSED);
}

/* Cut off at ± a limit. */
static bool block_clipped(const block_sum *s, const double *claimed, const double *expected)
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
    (void)snprintf(s->sentence, RS_SENTENCE, "it is clipped at ±%.4g", limit);
    return say(s, RS_CLIPPED);
}

/* ---- the block ------------------------------------------------------------------------------- */

static void multiply_by_w(const block_sum *s, const double *claimed, const double *expected,
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

/* Which gate's rows, for people. */
static void say_rows(const block_sum *s, char text[80])
{
    const rs_net *net = s->d->net;
    const size_t H = net->hidden, gate = s->first / H;
    text[0] = '\0';
    if (is_readout(s) || net->cell->gates_n < 2)
        return;
    if (s->last <= (gate + 1) * H)
        (void)snprintf(text, 80, ", the rows of gate %.20s",
                       net->cell->channels[net->cell->gates[gate]].name);
}

static void diagnose_rows(block_sum *s, const double *claimed, const double *expected)
{
    char rows[80];
    const bool known = block_zero(s, claimed) || block_scaled(s) || block_skips(s) ||
                       block_only_one(s) || block_source(s) || block_layer(s) ||
                       block_derivative(s) || block_transposed(s, claimed) ||
                       block_clipped(s, claimed, expected);
    if (!known)
        (void)snprintf(s->sentence, RS_SENTENCE,
                       "it is not what the derivatives of its step give; none of the usual "
                       "mistakes explains it");
    char what[RS_SENTENCE];
    say_rows(s, rows);
    (void)snprintf(what, sizeof what, "%s", s->sentence);
    (void)snprintf(s->sentence, RS_SENTENCE, "gradient of %s%s: %.300s", s->block->name, rows,
                   what);
}

/* Narrows the wrong rows to those of the first gate that is wrong, unless all gates are. */
static void narrow(block_sum *s)
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
    for (size_t g = 0; !is_readout(s) && g < gates; g++) {
        bool any = false;
        for (size_t u = 0; u < H; u++)
            any = any || s->wrong[g * H + u];
        wrong += any;
    }
    if (!is_readout(s) && wrong < gates && s->last > (s->first / H + 1) * H)
        s->last = (s->first / H + 1) * H;
}

void rs_diagnose_block(const rs_checking *c, const rs_trace *d, const rs_derivatives *expected,
                       size_t block, rs_check_finding *finding, char sentence[RS_SENTENCE])
{
    const rs_block *b = &d->net->blocks[block];
    block_sum s = {.checking = c,
                   .d = d,
                   .block = b,
                   .rows = b->rows,
                   .cols = b->cols,
                   .finding = finding,
                   .sentence = sentence};
    rs_random random = rs_random_seed(1, 77);
    double *numbers = calloc(b->cols + 4 * b->rows, sizeof *numbers);
    s.wrong = calloc(b->rows, sizeof *s.wrong);
    finding->mistake = RS_UNKNOWN;
    (void)snprintf(sentence, RS_SENTENCE, "gradient of %s is wrong", b->name);
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
