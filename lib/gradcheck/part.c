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
static void say_which(const bool wrong[], size_t n, rs_part part, char words[64])
{
    const char *name = part == RS_WRONG_UNITS ? "unit" : "sequence";
    size_t count = 0, one = 0, other = 0;
    for (size_t k = 0; k < n; k++) {
        count += wrong[k];
        if (wrong[k])
            one = k;
        else
            other = k;
    }
    if (count == 1)
        (void)snprintf(words, 64, ", in %s %zu alone", name, one);
    else if (count == n - 1)
        (void)snprintf(words, 64, ", in all %ss but %zu", name, other);
    else
        (void)snprintf(words, 64, ", in %zu of %zu %ss", count, n, name);
}

/* The samples whose sequence or unit is wrong somewhere; false if that is all of them. */
static bool take_wrong(const rs_fault *fault, rs_part part, rs_sample *room, rs_fault *some,
                       char words[64])
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
        say_which(wrong, n, part, words);
    free(wrong);
    return right > 0 && right < n;
}

bool rs_fault_part(const rs_fault *fault, rs_part part, rs_sample *room, rs_fault *some,
                   char words[64])
{
    *some = *fault;
    words[0] = '\0';
    if (part == RS_WHOLE)
        return true;
    if (part != RS_LATEST_STEP)
        return take_wrong(fault, part, room, some, words);
    some->n = 0;
    while (some->n < fault->n && fault->sample[some->n].t == fault->sample[0].t)
        some->n++;
    (void)snprintf(words, 64, "; other steps are wrong in another way");
    return some->n < fault->n;
}
