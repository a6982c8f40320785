#include "gradcheck/diagnose.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One diagnosis at work: the terms and their values. */
typedef struct sums {
    const rs_fault *fault;
    rs_term terms[RS_MAX_TERMS];
    size_t n;
    double *values;    /* [n][samples] each term as it is */
    double *candidate; /* [samples] */
    rs_check_finding *finding;
    char *sentence; /* [RS_SENTENCE] */
} sums;

static const double *value(const sums *s, size_t k) { return s->values + k * s->fault->n; }

static const char *weights_text(const rs_term *term)
{
    return term->block == RS_WEIGHT_HH ? "W_hh" : term->block == RS_WEIGHT_IH ? "W_ih" : "V";
}

/* "dc → dc[t−1]" */
static const char *path_text(const sums *s, size_t k, char text[100])
{
    char from[48], node[48];
    const rs_net *net = s->fault->d->net;
    const rs_term *term = &s->terms[k];
    rs_place_text(net, term->from, 0, from);
    rs_place_text(net, s->fault->place, -term->shift, node);
    (void)snprintf(text, 100, "%s → %s", term->kind == RS_BY_LOSS ? "loss" : from, node);
    return text;
}

/* Notes the path a finding is about, and its step: the one whose equations go wrong. */
static void set_path(const sums *s, size_t k)
{
    char text[100];
    (void)snprintf(s->finding->path, sizeof s->finding->path, "%s", path_text(s, k, text));
    s->finding->t = (size_t)(s->fault->last + s->terms[k].shift);
}

/* Whether claimed = Σ weight_k · term_k, with `change` added to the weight 1 of terms in the set.
 */
static bool changed(const sums *s, const bool in_set[], double change)
{
    for (size_t j = 0; j < s->fault->n; j++) {
        double sum = s->fault->sample[j].expected;
        for (size_t k = 0; k < s->n; k++)
            sum += in_set[k] ? change * value(s, k)[j] : 0;
        s->candidate[j] = sum;
    }
    return rs_explains(s->fault, s->candidate);
}

/* ---- whole terms ----------------------------------------------------------------------------- */

/* Whether a step as a whole was left out: none of its pre-activations has a derivative. */
static bool step_skipped(const sums *s, size_t t)
{
    const rs_fault *f = s->fault;
    const size_t n = f->d->B * f->d->net->cell->gates_n * f->d->net->hidden;
    if (f->place.kind == RS_AT_Y) /* in no layer */
        return false;
    for (size_t k = 0; k < n; k++)
        if (f->d->layer[f->place.l].da[t * n + k] != 0)
            return false;
    return f->d->T > 1;
}

static bool left_zero(const sums *s)
{
    const rs_fault *f = s->fault;
    char node[48];
    for (size_t j = 0; j < f->n; j++)
        if (f->sample[j].claimed != 0)
            return false;
    rs_place_text(f->d->net, f->place, 0, node);
    s->finding->mistake = RS_ZERO;
    if (f->last == -1 && step_skipped(s, 0)) {
        s->finding->mistake = RS_SKIPPED;
        (void)snprintf(s->sentence, RS_SENTENCE,
                       "step 0 is skipped: neither %s0 nor the gates of the step get a derivative",
                       node);
    } else if (f->last == -1) {
        (void)snprintf(s->sentence, RS_SENTENCE, "%s0 is left zero", node);
    } else if (f->elsewhere && f->times_n < f->d->T) {
        s->finding->mistake = RS_SKIPPED;
        (void)snprintf(s->sentence, RS_SENTENCE, "%s is left zero: the step is skipped", node);
    } else {
        (void)snprintf(s->sentence, RS_SENTENCE, "%s is left zero", node);
    }
    return true;
}

/* At some steps nothing, or at the initial state: that is no path's fault. */
static bool steps_zero(const sums *s)
{
    const rs_fault *f = s->fault;
    return ((f->elsewhere && f->times_n < f->d->T) || f->last == -1) && left_zero(s);
}

static bool one_term(const sums *s, double change, rs_mistake mistake, const char *says)
{
    char text[100];
    for (size_t k = 0; k < s->n; k++) {
        bool in_set[RS_MAX_TERMS] = {false};
        in_set[k] = true;
        if (!changed(s, in_set, change))
            continue;
        s->finding->mistake = mistake;
        set_path(s, k);
        (void)snprintf(s->sentence, RS_SENTENCE, "path %s %s%s", path_text(s, k, text), says,
                       mistake == RS_MISSING && k == 0 && s->n > 1
                           ? ": never added, or overwritten by what is added later"
                           : "");
        return true;
    }
    return false;
}

/* The terms that a backward pass comes to before term k, all lost: term k overwrote them. With
 * `same` terms of the same stage as k (gates of one product) count as one. */
static bool overwritten(const sums *s)
{
    char text[100];
    for (size_t k = 1; k < s->n; k++) {
        bool in_set[RS_MAX_TERMS] = {false};
        for (size_t j = 0; j < k; j++)
            in_set[j] = true;
        if (!changed(s, in_set, -1))
            continue;
        s->finding->mistake = RS_OVERWRITTEN;
        set_path(s, k);
        (void)snprintf(s->sentence, RS_SENTENCE,
                       "path %s overwrites the derivative, = where += belongs: what was there from "
                       "%s is lost",
                       path_text(s, k, text),
                       s->terms[0].shift > s->terms[k].shift ? "the next step" : "above");
        return true;
    }
    return false;
}

/* The same where it can be told from a path that was never added: what comes from the next step is
 * lost, or loses what was there, at every step that has both, and not at the last step or before
 * the first, where one of the two is alone. */
static bool overwritten_where_both_are(const sums *s)
{
    const rs_fault *f = s->fault;
    bool both = false;
    for (size_t k = 1; k < s->n; k++)
        both = both || s->terms[k].shift != s->terms[k - 1].shift;
    return both && f->d->T > 2 && f->first == 0 && f->last == (long)f->d->T - 2 &&
           f->times_n == f->d->T - 1 && overwritten(s);
}

/* Whether two terms come from the same step and the same sort of place: one line of code. */
static bool alike(const rs_term *a, const rs_term *b)
{
    return a->kind == b->kind && a->shift == b->shift &&
           (a->kind != RS_BY_WEIGHTS || a->block == b->block);
}

/* All terms of one sort: the whole product, all that comes from the next step. */
static bool group_of_terms(const sums *s)
{
    static const struct {
        double change;
        rs_mistake mistake;
        const char *says;
    } kinds[] = {{-1, RS_MISSING, "is missing"},
                 {1, RS_TWICE, "is counted twice"},
                 {-2, RS_SIGN, "has the wrong sign"}};
    for (size_t how = 0; how < 3; how++)
        for (size_t k = 0; k < s->n; k++) {
            bool in_set[RS_MAX_TERMS] = {false};
            char node[48], from[48];
            for (size_t j = 0; j < s->n; j++)
                in_set[j] = alike(&s->terms[j], &s->terms[k]);
            if (!changed(s, in_set, kinds[how].change))
                continue;
            s->finding->mistake = kinds[how].mistake;
            set_path(s, k);
            rs_place_text(s->fault->d->net, s->fault->place, -s->terms[k].shift, node);
            rs_place_text(s->fault->d->net, s->terms[k].from, 0, from);
            from[s->terms[k].from.kind == RS_AT_A ? 2 : strlen(from)] = '\0';
            (void)snprintf(s->finding->path, sizeof s->finding->path, "%s → %s", from, node);
            (void)snprintf(s->sentence, RS_SENTENCE, "path %s → %s %s%s", from, node,
                           s->terms[k].kind != RS_BY_WEIGHTS   ? ""
                           : s->terms[k].block == RS_WEIGHT_HH ? "through W_hh "
                           : s->terms[k].block == RS_WEIGHT_IH ? "through W_ih "
                                                               : "through the readout ",
                           kinds[how].says);
            return true;
        }
    return false;
}

/* Everything that comes from the next step. */
static bool nothing_from_next(const sums *s)
{
    bool in_set[RS_MAX_TERMS] = {false};
    char node[48];
    size_t n = 0;
    for (size_t k = 0; k < s->n; k++) {
        in_set[k] = s->terms[k].shift > 0;
        n += in_set[k];
    }
    if (n == 0 || !changed(s, in_set, -1))
        return false;
    rs_place_text(s->fault->d->net, s->fault->place, -1, node);
    s->finding->mistake = RS_MISSING;
    s->finding->t = (size_t)(s->fault->last + 1);
    (void)snprintf(s->finding->path, sizeof s->finding->path, "step t → %s", node);
    (void)snprintf(s->sentence, RS_SENTENCE,
                   "nothing of step t's gradient arrives in %s: the carry is lost", node);
    return true;
}

static bool two_terms(const sums *s)
{
    char first[100], second[100];
    for (size_t a = 0; a < s->n; a++)
        for (size_t b = a + 1; b < s->n; b++) {
            bool in_set[RS_MAX_TERMS] = {false};
            in_set[a] = in_set[b] = true;
            if (!changed(s, in_set, -1))
                continue;
            s->finding->mistake = RS_MISSING;
            set_path(s, a);
            (void)snprintf(s->sentence, RS_SENTENCE, "paths %s and %s are missing",
                           path_text(s, a, first), path_text(s, b, second));
            return true;
        }
    return false;
}

/* ---- the whole sum --------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of what a term must have been over what it is; k = s->n: of the whole sum. */
static double median_ratio(const sums *s, size_t k)
{
    size_t n = 0;
    for (size_t j = 0; j < s->fault->n; j++) {
        const rs_sample *at = &s->fault->sample[j];
        const double right = k < s->n ? value(s, k)[j] : at->expected;
        if (fabs(right) > 64 * at->tolerance)
            s->candidate[n++] = 1 + (at->claimed - at->expected) / right;
    }
    qsort(s->candidate, n, sizeof *s->candidate, by_size);
    return n > 0 ? s->candidate[n / 2] : NAN;
}

static bool scaled(const sums *s)
{
    const rs_fault *f = s->fault;
    const double ratio = median_ratio(s, s->n);
    char node[48];
    if (isnan(ratio) || f->n < 2)
        return false;
    for (size_t j = 0; j < f->n; j++)
        s->candidate[j] = ratio * f->sample[j].expected;
    if (!rs_explains(f, s->candidate))
        return false;
    rs_place_text(f->d->net, f->place, 0, node);
    s->finding->mistake = fabs(ratio + 1) < 1e-3 ? RS_SIGN : RS_SCALED;
    if (s->finding->mistake == RS_SIGN)
        (void)snprintf(s->sentence, RS_SENTENCE, "%s has the wrong sign", node);
    else
        (void)snprintf(s->sentence, RS_SENTENCE, "%s is %.9g times what it should be", node, ratio);
    return true;
}

/* One term of several, by a constant. */
static bool scaled_term(const sums *s)
{
    char text[100];
    for (size_t k = 0; k < s->n && s->n > 1 && s->fault->n > 1; k++) {
        bool in_set[RS_MAX_TERMS] = {false};
        const double ratio = median_ratio(s, k);
        in_set[k] = true;
        if (isnan(ratio) || !changed(s, in_set, ratio - 1))
            continue;
        s->finding->mistake = RS_SCALED;
        set_path(s, k);
        (void)snprintf(s->sentence, RS_SENTENCE, "path %s is %.9g times what it should be",
                       path_text(s, k, text), ratio);
        return true;
    }
    return false;
}

/* Another node of the same sort has what belongs here. */
static bool exchanged(const sums *s)
{
    const rs_fault *f = s->fault;
    const rs_net *net = f->d->net;
    const size_t most = f->place.kind == RS_AT_A ? net->cell->gates_n : net->cell->channels_n;
    rs_fault theirs = *f;
    theirs.d = f->expected;
    if (f->place.kind != RS_AT_A && f->place.kind != RS_AT_CHANNEL)
        return false;
    for (size_t k = 0; k < most; k++) {
        rs_place other = f->place;
        char node[48], name[48];
        bool both = true;
        other.k = k;
        if (k == f->place.k || (other.kind == RS_AT_CHANNEL && !f->d->layer[f->place.l].d[k]))
            continue;
        for (size_t j = 0; j < f->n; j++) {
            const rs_sample *at = &f->sample[j];
            s->candidate[j] = rs_derivative_at(&theirs, other, at->t, at->b, at->u);
            const double there = rs_derivative_at(f, other, at->t, at->b, at->u);
            both = both && fabs(there - at->expected) <=
                               8 * at->tolerance + rs_same(f->checking) * fabs(at->expected);
        }
        if (!rs_explains(f, s->candidate))
            continue;
        rs_place_text(net, f->place, 0, node);
        rs_place_text(net, other, 0, name);
        s->finding->mistake = RS_EXCHANGED;
        (void)snprintf(s->sentence, RS_SENTENCE,
                       both ? "%s and %s are exchanged" : "%s holds what belongs in %s", node,
                       name);
        return true;
    }
    return false;
}

/* Cut off at ± a limit, by element. */
static bool clipped(const sums *s)
{
    const rs_fault *f = s->fault;
    double limit = 0;
    size_t at_limit = 0;
    char node[48];
    for (size_t j = 0; j < f->n; j++)
        limit = fmax(limit, fabs(f->sample[j].claimed));
    for (size_t j = 0; j < f->n; j++) {
        const double e = f->sample[j].expected;
        s->candidate[j] = e > limit ? limit : e < -limit ? -limit : e;
        at_limit += fabs(e) > limit;
    }
    if (at_limit < 2 || !rs_explains(f, s->candidate))
        return false;
    rs_place_text(f->d->net, f->place, 0, node);
    s->finding->mistake = RS_CLIPPED;
    (void)snprintf(s->sentence, RS_SENTENCE, "%s is clipped at ±%.4g inside the loop", node, limit);
    return true;
}

/* Scaled at each step to the same norm. */
static bool renormed(const sums *s)
{
    const rs_fault *f = s->fault;
    double norm = NAN;
    char node[48];
    if (f->times_n < 2)
        return false;
    for (size_t j = 0; j < f->n;) {
        double claimed = 0, expected = 0;
        size_t end = j;
        for (; end < f->n && f->sample[end].t == f->sample[j].t; end++) {
            claimed += f->sample[end].claimed * f->sample[end].claimed;
            expected += f->sample[end].expected * f->sample[end].expected;
        }
        if (isnan(norm))
            norm = sqrt(claimed);
        if (fabs(sqrt(claimed) - norm) > 1e3 * rs_same(f->checking) * norm)
            return false;
        for (; j < end; j++)
            s->candidate[j] = f->sample[j].expected * sqrt(claimed / expected);
    }
    if (!rs_explains(f, s->candidate))
        return false;
    rs_place_text(f->d->net, f->place, 0, node);
    s->finding->mistake = RS_CLIPPED;
    (void)snprintf(s->sentence, RS_SENTENCE, "%s is scaled to norm %.4g inside the loop", node,
                   norm);
    return true;
}

/* ---- inside a term --------------------------------------------------------------------------- */

/* candidate = expected − term + the changed term; for the terms in the set. */
static bool varied(const sums *s, const bool in_set[], const rs_variant variants[])
{
    for (size_t j = 0; j < s->fault->n; j++) {
        s->candidate[j] = s->fault->sample[j].expected;
        for (size_t k = 0; k < s->n; k++)
            if (in_set[k])
                s->candidate[j] +=
                    rs_term_value(s->fault, &s->terms[k], &variants[k], &s->fault->sample[j]) -
                    value(s, k)[j];
    }
    return rs_explains(s->fault, s->candidate);
}

static bool transposed(const sums *s)
{
    for (size_t k = 0; k < s->n; k++) {
        const rs_term *term = &s->terms[k];
        if (term->kind != RS_BY_WEIGHTS || term->rows != term->cols)
            continue;
        for (int whole = 1; whole >= 0; whole--) {
            bool in_set[RS_MAX_TERMS] = {false};
            rs_variant variants[RS_MAX_TERMS];
            char text[100];
            for (size_t j = 0; j < s->n; j++) {
                in_set[j] = whole ? alike(&s->terms[j], term) : j == k;
                variants[j] = rs_as_it_is(&s->terms[j]);
                variants[j].transposed = true;
            }
            if (!varied(s, in_set, variants))
                continue;
            s->finding->mistake = RS_TRANSPOSED;
            set_path(s, k);
            (void)snprintf(s->sentence, RS_SENTENCE,
                           "path %s multiplies by %s where its transpose belongs",
                           path_text(s, k, text), weights_text(term));
            return true;
        }
    }
    return false;
}

static bool say_derivative(const sums *s, size_t k, rs_place other, long shift)
{
    char text[100], name[48], right[48];
    const rs_net *net = s->fault->d->net;
    s->finding->mistake = RS_DERIVATIVE;
    set_path(s, k);
    (void)snprintf(s->sentence, RS_SENTENCE, "path %s takes %s where %s belongs",
                   path_text(s, k, text), rs_place_text(net, other, shift, name),
                   rs_place_text(net, s->terms[k].from, 0, right));
    return true;
}

/* Another derivative in a term: of another channel or gate, of another step. */
static bool other_derivative(const sums *s)
{
    const rs_cell *cell = s->fault->d->net->cell;
    for (size_t k = 0; k < s->n; k++)
        for (long shift = -1; shift <= 1; shift++)
            for (size_t j = 0; j < cell->channels_n + cell->gates_n; j++) {
                bool in_set[RS_MAX_TERMS] = {false};
                rs_variant variants[RS_MAX_TERMS];
                const bool of_a = j >= cell->channels_n;
                const rs_place other = {of_a ? RS_AT_A : RS_AT_CHANNEL, s->terms[k].from.l,
                                        of_a ? j - cell->channels_n : j};
                if (s->terms[k].kind == RS_BY_LOSS || s->terms[k].from.kind == RS_AT_Y ||
                    (!of_a && !s->fault->d->layer[other.l].d[j]))
                    continue;
                in_set[k] = true;
                variants[k] = rs_as_it_is(&s->terms[k]);
                variants[k].from = other;
                variants[k].from_shift = shift;
                if (varied(s, in_set, variants))
                    return say_derivative(s, k, other, shift);
            }
    return false;
}

/* All gates of a product take the derivative of another step. */
static bool other_step_everywhere(const sums *s)
{
    for (size_t k = 0; k < s->n; k++)
        for (long shift = -1; shift <= 1; shift += 2) {
            bool in_set[RS_MAX_TERMS] = {false};
            rs_variant variants[RS_MAX_TERMS];
            if (s->terms[k].kind != RS_BY_WEIGHTS)
                continue;
            for (size_t j = 0; j < s->n; j++) {
                in_set[j] = alike(&s->terms[j], &s->terms[k]);
                variants[j] = rs_as_it_is(&s->terms[j]);
                variants[j].from_shift = shift;
            }
            if (varied(s, in_set, variants))
                return say_derivative(s, k, s->terms[k].from, shift);
        }
    return false;
}

/* All gates of a product take the derivative of the gate in place of its pre-activation's (or the
 * one channel h). */
static bool other_derivative_everywhere(const sums *s)
{
    const rs_cell *cell = s->fault->d->net->cell;
    for (size_t k = 0; k < s->n; k++) {
        bool in_set[RS_MAX_TERMS] = {false};
        rs_variant variants[RS_MAX_TERMS];
        if (s->terms[k].kind != RS_BY_WEIGHTS || s->terms[k].from.kind != RS_AT_A)
            continue;
        for (size_t j = 0; j < s->n; j++) {
            in_set[j] = alike(&s->terms[j], &s->terms[k]) && s->terms[j].from.kind == RS_AT_A;
            variants[j] = rs_as_it_is(&s->terms[j]);
            if (in_set[j])
                variants[j].from = (rs_place){RS_AT_CHANNEL, s->terms[j].from.l,
                                              (size_t)cell->gates[s->terms[j].from.k]};
        }
        if (varied(s, in_set, variants))
            return say_derivative(s, k, variants[k].from, 0);
    }
    return false;
}

/* Two gates' rows of a weight matrix changed over. */
static bool other_weights(const sums *s)
{
    for (size_t a = 0; a < s->n; a++)
        for (size_t b = a + 1; b < s->n; b++) {
            bool in_set[RS_MAX_TERMS] = {false};
            rs_variant variants[RS_MAX_TERMS];
            char first[100], second[48];
            if (s->terms[a].kind != RS_BY_WEIGHTS || !alike(&s->terms[a], &s->terms[b]))
                continue;
            in_set[a] = in_set[b] = true;
            variants[a] = rs_as_it_is(&s->terms[a]);
            variants[b] = rs_as_it_is(&s->terms[b]);
            variants[a].offset = s->terms[b].offset;
            variants[b].offset = s->terms[a].offset;
            if (!varied(s, in_set, variants))
                continue;
            s->finding->mistake = RS_EXCHANGED;
            set_path(s, a);
            (void)snprintf(s->sentence, RS_SENTENCE,
                           "path %s has its weights exchanged with those of %s",
                           path_text(s, a, first),
                           rs_place_text(s->fault->d->net, s->terms[b].from, 0, second));
            return true;
        }
    return false;
}

/* The terms of one product, or term k of it alone, with weights `further` numbers on; false if
 * those are not all in the block. */
static bool weights_moved(const sums *s, size_t k, bool whole, const rs_block *block,
                          ptrdiff_t further)
{
    const size_t each = s->terms[k].rows * s->terms[k].cols;
    const ptrdiff_t first = (ptrdiff_t)block->offset,
                    end = first + (ptrdiff_t)(block->rows * block->cols - each);
    rs_variant variants[RS_MAX_TERMS];
    bool in_set[RS_MAX_TERMS] = {false};
    for (size_t j = 0; j < s->n; j++) {
        const ptrdiff_t offset = (ptrdiff_t)s->terms[j].offset + further;
        in_set[j] = whole ? alike(&s->terms[j], &s->terms[k]) : j == k;
        variants[j] = rs_as_it_is(&s->terms[j]);
        if (in_set[j] && (offset < first || offset > end))
            return false;
        if (in_set[j])
            variants[j].offset = (size_t)offset;
    }
    return varied(s, in_set, variants);
}

static bool say_weights(const sums *s, size_t k, const rs_block *block, size_t gate)
{
    const rs_net *net = s->fault->d->net;
    const rs_block *own = block;
    char text[100];
    for (size_t j = 0; j < net->blocks_n; j++)
        if (s->terms[k].offset >= net->blocks[j].offset)
            own = &net->blocks[j];
    const size_t right = (s->terms[k].offset - own->offset) / (s->terms[k].rows * s->terms[k].cols);
    s->finding->mistake = RS_VALUE;
    set_path(s, k);
    if (own != block)
        (void)snprintf(s->sentence, RS_SENTENCE, "path %s takes %s where %s belongs",
                       path_text(s, k, text), block->name, own->name);
    else
        (void)snprintf(s->sentence, RS_SENTENCE,
                       "path %s takes the rows of %s for gate %s where those for %s belong",
                       path_text(s, k, text), own->name,
                       net->cell->channels[net->cell->gates[gate]].name,
                       net->cell->channels[net->cell->gates[right]].name);
    return true;
}

/* Weights of another gate, another layer, or W_hh for W_ih. */
static bool weights_from_elsewhere(const sums *s)
{
    const rs_net *net = s->fault->d->net;
    for (size_t k = 0; k < s->n; k++)
        for (size_t b = 0; b < net->blocks_n; b++) {
            const rs_block *block = &net->blocks[b];
            const size_t each = s->terms[k].rows * s->terms[k].cols;
            if (s->terms[k].kind != RS_BY_WEIGHTS || s->terms[k].block == RS_READOUT_WEIGHT ||
                block->cols != s->terms[k].cols || block->kind > RS_WEIGHT_HH)
                continue;
            for (size_t gate = 0; gate < net->cell->gates_n; gate++) {
                const ptrdiff_t further =
                    (ptrdiff_t)(block->offset + gate * each) - (ptrdiff_t)s->terms[k].offset;
                if (further != 0 && (weights_moved(s, k, true, block, further) ||
                                     weights_moved(s, k, false, block, further)))
                    return say_weights(s, k, block, gate);
            }
        }
    return false;
}

static bool factor_in_a_term(const sums *s)
{
    for (size_t k = 0; k < s->n; k++) {
        if (s->terms[k].kind != RS_BY_PATH)
            continue;
        for (size_t j = 0; j < s->fault->n; j++)
            s->candidate[j] =
                s->fault->sample[j].claimed - s->fault->sample[j].expected + value(s, k)[j];
        if (rs_diagnose_factor(s->fault, &s->terms[k], s->candidate, s->finding, s->sentence)) {
            set_path(s, k);
            return true;
        }
    }
    return false;
}

/* ---- at which steps -------------------------------------------------------------------------- */

/* What is missing only every so many steps is cut on purpose; what a whole step does not send was
 * never made. */
static void consider_steps(const sums *s)
{
    const rs_fault *f = s->fault;
    const size_t t = s->finding->t;
    const bool at_some = f->times_n < f->possible_n && s->finding->mistake == RS_MISSING;
    char node[48], how[48] = "";
    if (at_some && f->times_n <= 2 && step_skipped(s, t)) {
        s->finding->mistake = RS_SKIPPED;
        (void)snprintf(s->sentence, RS_SENTENCE,
                       "step %zu is skipped: its gates get no derivative, and send none on", t);
        return;
    }
    if (!at_some || t != (size_t)(f->last + 1))
        return;
    if (f->times_n > 1 && f->period > 1 && (f->first + 1) % f->period == 0)
        (void)snprintf(how, sizeof how, ", every %ld", f->period);
    else if (f->times_n == 1 && 2 * t >= f->d->T && t > 1)
        (void)snprintf(how, sizeof how, ", every %zu or only once", t);
    else if (f->times_n > 1 || t == 0)
        return;
    s->finding->mistake = RS_TRUNCATED;
    (void)snprintf(s->sentence, RS_SENTENCE,
                   "the gradient is cut between steps %zu and %zu%s: nothing passes into %s", t - 1,
                   t, how, rs_place_text(f->d->net, f->place, -1, node));
}

static bool diagnose(const sums *s)
{
    return steps_zero(s) || overwritten_where_both_are(s) ||
           one_term(s, -1, RS_MISSING, "is missing") ||
           one_term(s, -2, RS_SIGN, "has the wrong sign") ||
           one_term(s, 1, RS_TWICE, "is counted twice") || group_of_terms(s) || scaled(s) ||
           overwritten(s) || nothing_from_next(s) || left_zero(s) || scaled_term(s) ||
           rs_diagnose_loss(s->fault, s->candidate, s->finding, s->sentence) || transposed(s) ||
           factor_in_a_term(s) || exchanged(s) || other_derivative_everywhere(s) ||
           other_step_everywhere(s) || other_derivative(s) || other_weights(s) ||
           weights_from_elsewhere(s) || two_terms(s) || clipped(s) || renormed(s);
}

/* Fills in the terms and their values; false without memory. */
static bool prepare(sums *s)
{
    const size_t samples = s->fault->n;
    s->n = rs_terms(s->fault, s->terms);
    s->values = calloc((s->n + 1) * samples, sizeof *s->values);
    if (!s->values)
        return false;
    s->candidate = s->values + s->n * samples;
    for (size_t k = 0; k < s->n; k++) {
        const rs_variant plain = rs_as_it_is(&s->terms[k]);
        for (size_t j = 0; j < samples; j++)
            s->values[k * samples + j] =
                rs_term_value(s->fault, &s->terms[k], &plain, &s->fault->sample[j]);
    }
    return true;
}

static bool diagnose_part(const rs_fault *fault, rs_check_finding *finding, char *sentence)
{
    sums s = {.fault = fault, .finding = finding, .sentence = sentence};
    const bool known = prepare(&s) && diagnose(&s);
    if (known)
        consider_steps(&s);
    free(s.values);
    return known;
}

static bool not_a_number(const rs_fault *fault, char sentence[RS_SENTENCE])
{
    char node[48];
    for (size_t j = 0; j < fault->n; j++) {
        const rs_sample *at = &fault->sample[j];
        if (isfinite(at->claimed))
            continue;
        (void)snprintf(sentence, RS_SENTENCE, "%s is %s",
                       rs_place_text(fault->d->net, fault->place, 0, node),
                       isnan(at->claimed) ? "not a number (NaN)" : "infinite");
        return true;
    }
    return false;
}

void rs_diagnose(const rs_fault *fault, rs_check_finding *finding, char sentence[RS_SENTENCE])
{
    rs_sample *room = calloc(fault->n, sizeof *room);
    char node[48], words[64];
    bool known = false;
    finding->mistake = RS_UNKNOWN;
    if (not_a_number(fault, sentence)) {
        free(room);
        return;
    }
    for (rs_part part = RS_WHOLE; room && part < RS_PARTS && !known; part++) {
        rs_fault some;
        if (!rs_fault_part(fault, part, room, &some, words))
            continue;
        known = diagnose_part(&some, finding, sentence);
        if (known && (part != RS_LATEST_STEP || finding->mistake != RS_SKIPPED))
            (void)snprintf(sentence + strlen(sentence), RS_SENTENCE - strlen(sentence), "%s",
                           words);
    }
    free(room);
    if (known)
        return;
    finding->mistake = RS_UNKNOWN;
    (void)snprintf(sentence, RS_SENTENCE,
                   "%s is not what the derivatives it is made of give; none of the usual mistakes "
                   "explains it",
                   rs_place_text(fault->d->net, fault->place, 0, node));
}
