#include "gradcheck/sums.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "dc → dc[t−1]" */
const char *rs_sums_path_text(const rs_sums *s, size_t k, char text[100])
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
void rs_sums_set_path(const rs_sums *s, size_t k)
{
    char text[100];
    (void)snprintf(s->finding->path, sizeof s->finding->path, "%s", rs_sums_path_text(s, k, text));
    s->finding->t = (size_t)(s->fault->last + s->terms[k].shift);
}

/* Whether claimed = Σ weight_k · term_k, with `change` added to the weight 1 of terms in the set.
 */
bool rs_sums_changed(const rs_sums *s, const bool in_set[], double change)
{
    for (size_t j = 0; j < s->fault->n; j++) {
        double sum = s->fault->sample[j].expected;
        for (size_t k = 0; k < s->n; k++)
            sum += in_set[k] ? change * rs_sums_value(s, k)[j] : 0;
        s->candidate[j] = sum;
    }
    return rs_explains(s->fault, s->candidate);
}

/* Whether a step as a whole was left out: none of its pre-activations has a derivative. */
bool rs_sums_step_skipped(const rs_sums *s, size_t t)
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

/* Whether two terms come from the same step and the same sort of place: one line of code. */
bool rs_sums_alike(const rs_term *a, const rs_term *b)
{
    return a->kind == b->kind && a->shift == b->shift &&
           (a->kind != RS_BY_WEIGHTS || a->block == b->block);
}

/* candidate = expected − term + the changed term; for the terms in the set. */
bool rs_sums_varied(const rs_sums *s, const bool in_set[], const rs_variant variants[])
{
    for (size_t j = 0; j < s->fault->n; j++) {
        s->candidate[j] = s->fault->sample[j].expected;
        for (size_t k = 0; k < s->n; k++)
            if (in_set[k])
                s->candidate[j] +=
                    rs_term_value(s->fault, &s->terms[k], &variants[k], &s->fault->sample[j]) -
                    rs_sums_value(s, k)[j];
    }
    return rs_explains(s->fault, s->candidate);
}

/* What is missing only every so many steps is cut on purpose; what a whole step does not send was
 * never made. */
static void consider_steps(const rs_sums *s)
{
    const rs_fault *f = s->fault;
    const size_t t = s->finding->t;
    const bool at_some = f->times_n < f->possible_n && s->finding->mistake == RS_MISSING;
    char node[48];
    if (at_some && f->times_n <= 2 && rs_sums_step_skipped(s, t)) {
        s->finding->mistake = RS_SKIPPED;
        rs_say(s->what, RS_SAYS_STEP_SKIPPED, "%zu", t);
        return;
    }
    if (!at_some || t != (size_t)(f->last + 1))
        return;
    rs_place_text(f->d->net, f->place, -1, node);
    if (f->times_n > 1 && f->period > 1 && (f->first + 1) % f->period == 0)
        rs_say(s->what, RS_SAYS_CUT_EVERY, "%zu\n%zu\n%s\n%ld", t - 1, t, node, f->period);
    else if (f->times_n == 1 && 2 * t >= f->d->T && t > 1)
        rs_say(s->what, RS_SAYS_CUT_EVERY_OR_ONCE, "%zu\n%zu\n%s\n%zu", t - 1, t, node, t);
    else if (f->times_n == 1 && t > 0)
        rs_say(s->what, RS_SAYS_CUT, "%zu\n%zu\n%s", t - 1, t, node);
    else
        return;
    s->finding->mistake = RS_TRUNCATED;
}

static bool diagnose(const rs_sums *s)
{
    return rs_sums_steps_zero(s) || rs_sums_overwritten_where_both_are(s) ||
           rs_sums_one_term(s, -1, RS_MISSING, RS_SAYS_PATH_MISSING) ||
           rs_sums_one_term(s, -2, RS_SIGN, RS_SAYS_PATH_SIGN) ||
           rs_sums_one_term(s, 1, RS_TWICE, RS_SAYS_PATH_TWICE) || rs_sums_group_of_terms(s) ||
           rs_sums_scaled(s) || rs_sums_overwritten(s) || rs_sums_nothing_from_next(s) ||
           rs_sums_left_zero(s) || rs_sums_scaled_term(s) ||
           rs_diagnose_loss(s->fault, s->candidate, s->finding) || rs_sums_transposed(s) ||
           rs_sums_factor_in_a_term(s) || rs_sums_exchanged(s) ||
           rs_sums_other_derivative_everywhere(s) || rs_sums_other_step_everywhere(s) ||
           rs_sums_other_derivative(s) || rs_sums_other_weights(s) ||
           rs_sums_weights_from_elsewhere(s) || rs_sums_two_terms(s) || rs_sums_clipped(s) ||
           rs_sums_renormed(s);
}

/* Fills in the terms and their values; false without memory. */
static bool prepare(rs_sums *s)
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

static bool diagnose_part(const rs_fault *fault, rs_check_finding *finding)
{
    rs_sums s = {.fault = fault, .finding = finding, .what = &finding->says[RS_FINDING_WHAT]};
    const bool known = prepare(&s) && diagnose(&s);
    if (known)
        consider_steps(&s);
    free(s.values);
    return known;
}

static bool not_a_number(const rs_fault *fault, rs_phrase *what)
{
    char node[48];
    for (size_t j = 0; j < fault->n; j++) {
        const rs_sample *at = &fault->sample[j];
        if (isfinite(at->claimed))
            continue;
        rs_say(what, isnan(at->claimed) ? RS_SAYS_NAN : RS_SAYS_INFINITE, "%s",
               rs_place_text(fault->d->net, fault->place, 0, node));
        return true;
    }
    return false;
}

void rs_diagnose(const rs_fault *fault, rs_check_finding *finding)
{
    rs_sample *room = calloc(fault->n, sizeof *room);
    rs_phrase *what = &finding->says[RS_FINDING_WHAT], which;
    char node[48];
    bool known = false;
    finding->mistake = RS_UNKNOWN;
    if (not_a_number(fault, what)) {
        free(room);
        return;
    }
    for (rs_part part = RS_WHOLE; room && part < RS_PARTS && !known; part++) {
        rs_fault some;
        if (!rs_fault_part(fault, part, room, &some, &which))
            continue;
        known = diagnose_part(&some, finding);
        if (known && (part != RS_LATEST_STEP || finding->mistake != RS_SKIPPED))
            finding->says[RS_FINDING_WHICH] = which;
    }
    free(room);
    if (known)
        return;
    finding->mistake = RS_UNKNOWN;
    rs_say(what, RS_SAYS_UNKNOWN, "%s", rs_place_text(fault->d->net, fault->place, 0, node));
}

void rs_finding_write(rs_check_finding *finding)
{
    rs_phrases_write(finding->says, RS_FINDING_PHRASES, finding->text, sizeof finding->text);
}
