/* Whole terms of a sum: missing, counted twice, of the wrong sign, overwritten. */
#include "gradcheck/sums.h"

#include <stdio.h>
#include <string.h>

bool rs_sums_left_zero(const rs_sums *s)
{
    const rs_fault *f = s->fault;
    char node[48];
    for (size_t j = 0; j < f->n; j++)
        if (f->sample[j].claimed != 0)
            return false;
    rs_place_text(f->d->net, f->place, 0, node);
    s->finding->mistake = RS_ZERO;
    if (f->last == -1 && rs_sums_step_skipped(s, 0)) {
        s->finding->mistake = RS_SKIPPED;
        rs_say(s->what, RS_SAYS_FIRST_SKIPPED, "%s", node);
    } else if (f->last == -1) {
        rs_say(s->what, RS_SAYS_ZERO_FIRST, "%s", node);
    } else if (f->elsewhere && f->times_n < f->d->T) {
        s->finding->mistake = RS_SKIPPED;
        rs_say(s->what, RS_SAYS_ZERO_STEP, "%s", node);
    } else {
        rs_say(s->what, RS_SAYS_ZERO, "%s", node);
    }
    return true;
}

/* At some steps nothing, or at the initial state: that is no path's fault. */
bool rs_sums_steps_zero(const rs_sums *s)
{
    const rs_fault *f = s->fault;
    return ((f->elsewhere && f->times_n < f->d->T) || f->last == -1) && rs_sums_left_zero(s);
}

bool rs_sums_one_term(const rs_sums *s, double change, rs_mistake mistake, rs_phrase_kind says)
{
    char text[100];
    for (size_t k = 0; k < s->n; k++) {
        bool in_set[RS_MAX_TERMS] = {false};
        in_set[k] = true;
        if (!rs_sums_changed(s, in_set, change))
            continue;
        s->finding->mistake = mistake;
        rs_sums_set_path(s, k);
        if (mistake == RS_MISSING && k == 0 && s->n > 1)
            says = RS_SAYS_PATH_NEVER_ADDED;
        rs_say(s->what, says, "%s", rs_sums_path_text(s, k, text));
        return true;
    }
    return false;
}

/* The terms that a backward pass comes to before term k, all lost: term k overwrote them. With
 * `same` terms of the same stage as k (gates of one product) count as one. */
bool rs_sums_overwritten(const rs_sums *s)
{
    char text[100];
    for (size_t k = 1; k < s->n; k++) {
        bool in_set[RS_MAX_TERMS] = {false};
        for (size_t j = 0; j < k; j++)
            in_set[j] = true;
        if (!rs_sums_changed(s, in_set, -1))
            continue;
        s->finding->mistake = RS_OVERWRITTEN;
        rs_sums_set_path(s, k);
        rs_say(s->what,
               s->terms[0].shift > s->terms[k].shift ? RS_SAYS_OVERWRITES_NEXT
                                                     : RS_SAYS_OVERWRITES_ABOVE,
               "%s", rs_sums_path_text(s, k, text));
        return true;
    }
    return false;
}

/* The same where it can be told from a path that was never added: what comes from the next step is
 * lost, or loses what was there, at every step that has both, and not at the last step or before
 * the first, where one of the two is alone. */
bool rs_sums_overwritten_where_both_are(const rs_sums *s)
{
    const rs_fault *f = s->fault;
    bool both = false;
    for (size_t k = 1; k < s->n; k++)
        both = both || s->terms[k].shift != s->terms[k - 1].shift;
    return both && f->d->T > 2 && f->first == 0 && f->last == (long)f->d->T - 2 &&
           f->times_n == f->d->T - 1 && rs_sums_overwritten(s);
}

/* All terms of one sort: the whole product, all that comes from the next step. */
bool rs_sums_group_of_terms(const rs_sums *s)
{
    static const struct {
        double change;
        rs_mistake mistake;
        rs_phrase_kind plain, through, readout;
    } kinds[] = {
        {-1, RS_MISSING, RS_SAYS_PATH_MISSING, RS_SAYS_THROUGH_MISSING, RS_SAYS_READOUT_MISSING},
        {1, RS_TWICE, RS_SAYS_PATH_TWICE, RS_SAYS_THROUGH_TWICE, RS_SAYS_READOUT_TWICE},
        {-2, RS_SIGN, RS_SAYS_PATH_SIGN, RS_SAYS_THROUGH_SIGN, RS_SAYS_READOUT_SIGN}};
    for (size_t how = 0; how < 3; how++)
        for (size_t k = 0; k < s->n; k++) {
            bool in_set[RS_MAX_TERMS] = {false};
            char node[48], from[48];
            for (size_t j = 0; j < s->n; j++)
                in_set[j] = rs_sums_alike(&s->terms[j], &s->terms[k]);
            if (!rs_sums_changed(s, in_set, kinds[how].change))
                continue;
            s->finding->mistake = kinds[how].mistake;
            rs_sums_set_path(s, k);
            rs_place_text(s->fault->d->net, s->fault->place, -s->terms[k].shift, node);
            rs_place_text(s->fault->d->net, s->terms[k].from, 0, from);
            from[s->terms[k].from.kind == RS_AT_A ? 2 : strlen(from)] = '\0';
            (void)snprintf(s->finding->path, sizeof s->finding->path, "%s → %s", from, node);
            const bool recurrent = s->terms[k].block == RS_WEIGHT_HH;
            const bool readout = !recurrent && s->terms[k].block != RS_WEIGHT_IH;
            rs_say(s->what,
                   s->terms[k].kind != RS_BY_WEIGHTS ? kinds[how].plain
                   : readout                         ? kinds[how].readout
                                                     : kinds[how].through,
                   "%s → %s\n%s", from, node, recurrent ? "W_hh" : "W_ih");
            return true;
        }
    return false;
}

/* Everything that comes from the next step. */
bool rs_sums_nothing_from_next(const rs_sums *s)
{
    bool in_set[RS_MAX_TERMS] = {false};
    char node[48];
    size_t n = 0;
    for (size_t k = 0; k < s->n; k++) {
        in_set[k] = s->terms[k].shift > 0;
        n += in_set[k];
    }
    if (n == 0 || !rs_sums_changed(s, in_set, -1))
        return false;
    rs_place_text(s->fault->d->net, s->fault->place, -1, node);
    s->finding->mistake = RS_MISSING;
    s->finding->t = (size_t)(s->fault->last + 1);
    (void)snprintf(s->finding->path, sizeof s->finding->path, "step t → %s", node);
    rs_say(s->what, RS_SAYS_CARRY_LOST, "%s", node);
    return true;
}

bool rs_sums_two_terms(const rs_sums *s)
{
    char first[100], second[100];
    for (size_t a = 0; a < s->n; a++)
        for (size_t b = a + 1; b < s->n; b++) {
            bool in_set[RS_MAX_TERMS] = {false};
            in_set[a] = in_set[b] = true;
            if (!rs_sums_changed(s, in_set, -1))
                continue;
            s->finding->mistake = RS_MISSING;
            rs_sums_set_path(s, a);
            rs_say(s->what, RS_SAYS_PATHS_MISSING, "%s\n%s", rs_sums_path_text(s, a, first),
                   rs_sums_path_text(s, b, second));
            return true;
        }
    return false;
}
