/* Parts of a fault. A loop that stops a unit or a sequence early leaves the rest of a derivative
 * right, and no change of the whole sum explains that: so the wrong sequences, the wrong units and
 * the latest step are looked at alone too. */
#include "gradcheck/diagnose.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_wrong(const rs_sample *s)
{
    return !(fabs(s->claimed - s->expected) <= s->tolerance);
}

static size_t index_of(const rs_sample *s, rs_part part)
{
    return part == RS_WRONG_UNITS ? s->u : s->b;
}

/* "in sequence 1 alone", "in all units but 3", "in 2 of 5 units" */
static void say_which(const bool wrong[], size_t n, rs_part part, rs_phrase *which)
{
    const bool units = part == RS_WRONG_UNITS;
    size_t count = 0, one = 0, other = 0;
    for (size_t k = 0; k < n; k++) {
        count += wrong[k];
        if (wrong[k])
            one = k;
        else
            other = k;
    }
    if (count == 1)
        rs_say(which, units ? RS_SAYS_IN_UNIT : RS_SAYS_IN_SEQUENCE, "%zu", one);
    else if (count == n - 1)
        rs_say(which, units ? RS_SAYS_IN_UNITS_BUT : RS_SAYS_IN_SEQUENCES_BUT, "%zu", other);
    else
        rs_say(which, units ? RS_SAYS_IN_UNITS : RS_SAYS_IN_SEQUENCES, "%zu\n%zu", count, n);
}

/* The samples whose sequence or unit is wrong somewhere; false if that is all of them. */
static bool take_wrong(const rs_fault *fault, rs_part part, rs_sample *room, rs_fault *some,
                       rs_phrase *which)
{
    size_t n = 0, right = 0;
    for (size_t k = 0; k < fault->n; k++)
        n = index_of(&fault->sample[k], part) >= n ? index_of(&fault->sample[k], part) + 1 : n;
    bool *wrong = calloc(n + 1, sizeof *wrong);
    if (!wrong)
        return false;
    for (size_t k = 0; k < fault->n; k++)
        if (is_wrong(&fault->sample[k]))
            wrong[index_of(&fault->sample[k], part)] = true;
    for (size_t k = 0; k < n; k++)
        right += !wrong[k];
    some->n = 0;
    some->sample = room;
    for (size_t k = 0; k < fault->n; k++)
        if (wrong[index_of(&fault->sample[k], part)])
            room[some->n++] = fault->sample[k];
    if (right > 0 && right < n)
        say_which(wrong, n, part, which);
    free(wrong);
    return right > 0 && right < n;
}

bool rs_fault_part(const rs_fault *fault, rs_part part, rs_sample *room, rs_fault *some,
                   rs_phrase *which)
{
    *some = *fault;
    *which = (rs_phrase){0};
    if (part == RS_WHOLE)
        return true;
    if (part != RS_LATEST_STEP)
        return take_wrong(fault, part, room, some, which);
    some->n = 0;
    while (some->n < fault->n && fault->sample[some->n].t == fault->sample[0].t)
        some->n++;
    rs_say(which, RS_SAYS_OTHER_STEPS, "%s", "");
    return some->n < fault->n;
}
