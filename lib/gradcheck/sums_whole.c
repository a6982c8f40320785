/* The sum as a whole: scaled, exchanged with another, clipped. */
#include "gradcheck/sums.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of what a term must have been over what it is; k = s->n: of the whole sum. */
static double median_ratio(const rs_sums *s, size_t k)
{
    size_t n = 0;
    for (size_t j = 0; j < s->fault->n; j++) {
        const rs_sample *at = &s->fault->sample[j];
        const double right = k < s->n ? rs_sums_value(s, k)[j] : at->expected;
        if (fabs(right) > 64 * at->tolerance)
            s->candidate[n++] = 1 + (at->claimed - at->expected) / right;
    }
    qsort(s->candidate, n, sizeof *s->candidate, by_size);
    return n > 0 ? s->candidate[n / 2] : NAN;
}

bool rs_sums_scaled(const rs_sums *s)
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
        rs_say(s->what, RS_SAYS_SIGN, "%s", node);
    else
        rs_say(s->what, RS_SAYS_TIMES, "%s\n%.9g", node, ratio);
    return true;
}

/* One term of several, by a constant. */
bool rs_sums_scaled_term(const rs_sums *s)
{
    char text[100];
    for (size_t k = 0; k < s->n && s->n > 1 && s->fault->n > 1; k++) {
        bool in_set[RS_MAX_TERMS] = {false};
        const double ratio = median_ratio(s, k);
        in_set[k] = true;
        if (isnan(ratio) || !rs_sums_changed(s, in_set, ratio - 1))
            continue;
        s->finding->mistake = RS_SCALED;
        rs_sums_set_path(s, k);
        rs_say(s->what, RS_SAYS_PATH_TIMES, "%s\n%.9g", rs_sums_path_text(s, k, text), ratio);
        return true;
    }
    return false;
}

/* Another node of the same sort has what belongs here. */
bool rs_sums_exchanged(const rs_sums *s)
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
        rs_say(s->what, both ? RS_SAYS_EXCHANGED : RS_SAYS_HOLDS, "%s\n%s", node, name);
        return true;
    }
    return false;
}

/* Cut off at ± a limit, by element. */
bool rs_sums_clipped(const rs_sums *s)
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
    rs_say(s->what, RS_SAYS_CLIPPED, "%s\n%.4g", node, limit);
    return true;
}

/* Scaled at each step to the same norm. */
bool rs_sums_renormed(const rs_sums *s)
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
    rs_say(s->what, RS_SAYS_RENORMED, "%s\n%.4g", node, norm);
    return true;
}
