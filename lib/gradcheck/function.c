#include "gradcheck/function.h"

#include "base/memory.h"
#include "gradcheck/difference.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Directions tried through all entries; up to so many entries each is measured by itself. */
enum { DIRECTIONS = 3, FEW = 32 };

typedef struct check {
    rs_evaluator e;
    rs_function_options options;
    rs_function_report *report;
    double *v;   /* [n] */
    size_t most; /* entries to list */
    size_t measured_n, wrong_n;
} check;

/* How far off, in bars; what is not decided counts less than what is wrong. */
static double badness(const rs_measured *m)
{
    const double error = fabs(m->claimed - m->numeric);
    if (m->verdict == RS_AGREES)
        return 0;
    if (m->verdict == RS_UNDECIDED)
        return 1e-3;
    return isfinite(error) && m->bar > 0 ? error / m->bar : INFINITY;
}

static void note(check *c, size_t index, rs_measured m)
{
    rs_function_report *r = c->report;
    c->measured_n++;
    c->wrong_n += m.verdict == RS_WRONG;
    if (m.verdict == RS_AGREES)
        return;
    size_t k = r->worst_n < c->most ? r->worst_n++ : c->most;
    for (; k > 0 && badness(&m) > badness(&r->worst[k - 1].measured); k--)
        if (k < c->most)
            r->worst[k] = r->worst[k - 1];
    if (k < c->most)
        r->worst[k] = (rs_function_entry){index, m};
}

/* dL/dx_i: the step is as large as x_i is, the result per unit of x_i. */
static rs_measured measure_entry(check *c, size_t i)
{
    const double size = rs_size_of(&c->e, i);
    memset(c->v, 0, c->e.n * sizeof *c->v);
    c->v[i] = size;
    rs_measured m = rs_measure(&c->e, c->v);
    m.claimed = c->e.gradient[i];
    m.numeric /= size;
    m.bar /= size;
    m.left /= size;
    m.right /= size;
    return m;
}

static rs_measured measure_range(check *c, size_t first, size_t n)
{
    rs_random_direction(&c->e, first, n, c->options.seed + first + n, c->v);
    return rs_measure(&c->e, c->v);
}

/* Halves a range of entries whose direction disagrees until single ones are left: the half that is
 * further off first, so that the worst are found after about 2·log₂ n measurements each. */
static void search_range(check *c, size_t first, size_t n)
{
    if (c->report->worst_n >= c->most)
        return;
    if (n == 1) {
        note(c, first, measure_entry(c, first));
        return;
    }
    const size_t half = n / 2;
    const rs_measured low = measure_range(c, first, half);
    const rs_measured high = measure_range(c, first + half, n - half);
    const bool low_first = badness(&low) >= badness(&high);
    for (int k = 0; k < 2; k++) {
        const bool take_low = low_first == (k == 0);
        const rs_measured *m = take_low ? &low : &high;
        if (m->verdict != RS_AGREES)
            search_range(c, take_low ? first : first + half, take_low ? half : n - half);
    }
}

/* Along directions through all entries; the worst is kept. */
static void measure_directions(check *c)
{
    for (uint64_t k = 0; k < DIRECTIONS; k++) {
        rs_random_direction(&c->e, 0, c->e.n, c->options.seed + 1000 + k, c->v);
        const rs_measured m = rs_measure(&c->e, c->v);
        if (k == 0 || badness(&m) > badness(&c->report->along))
            c->report->along = m;
    }
    rs_random_direction(&c->e, 0, c->e.n, c->options.seed + 1000, c->v);
    c->report->taylor = rs_taylor_along(&c->e, c->v);
}

static void measure_entries(check *c)
{
    const bool all = c->options.entries || c->e.n <= FEW;
    for (size_t i = 0; all && i < c->e.n; i++)
        note(c, i, measure_entry(c, i));
    if (!all && c->report->along.verdict != RS_AGREES)
        search_range(c, 0, c->e.n);
}

/* Wrong if a direction or an entry is; inconclusive if one is and none is wrong. */
static void conclude(check *c)
{
    rs_function_report *r = c->report;
    r->verdict = r->along.verdict;
    r->trouble = r->along.trouble;
    for (size_t k = 0; k < r->worst_n; k++) {
        const rs_measured *m = &r->worst[k].measured;
        if (m->verdict == RS_WRONG || r->verdict == RS_AGREES)
            r->verdict = m->verdict;
        if (r->trouble == RS_NO_TROUBLE && m->verdict == RS_UNDECIDED)
            r->trouble = m->trouble;
    }
    if (!c->e.repeats && r->verdict == RS_UNDECIDED)
        r->trouble = RS_NOISE;
}

/* ---- the report ------------------------------------------------------------------------------ */

static void put(rs_function_report *r, const char *format, ...) RS_PRINTF(2, 3);
static void put(rs_function_report *r, const char *format, ...)
{
    const size_t used = strlen(r->text);
    va_list values;
    va_start(values, format);
    (void)vsnprintf(r->text + used, sizeof r->text - used, format, values);
    va_end(values);
}

static void put_entry(rs_function_report *r, const rs_function_entry *entry)
{
    const rs_measured *m = &entry->measured;
    if (m->trouble == RS_KINK)
        put(r, "%s gradient[%zu] = % .9e, slopes % .6e from the left and % .6e from the right\n",
            m->verdict == RS_WRONG ? "*" : "?", entry->index, m->claimed, m->left, m->right);
    else if (m->verdict == RS_UNDECIDED)
        put(r, "? gradient[%zu] = % .9e: %s\n", entry->index, m->claimed,
            rs_trouble_text(m->trouble));
    else
        put(r, "* gradient[%zu] = % .9e ~ % .9e   [wrong by %.2e ± %.1e]\n", entry->index,
            m->claimed, m->numeric, fabs(m->claimed - m->numeric), m->bar);
}

static void put_taylor(rs_function_report *r)
{
    const rs_taylor *t = &r->taylor;
    if (isnan(t->slope) || t->last <= t->first)
        put(r, "  Taylor remainder: rounding alone\n");
    else
        put(r,
            "  Taylor remainder falls with slope %.3f over steps %.1e to %.1e: 2 is right, 1 is a "
            "wrong gradient or a kink\n",
            t->slope, t->h[t->last - 1], t->h[t->first]);
}

static void write_text(const check *c)
{
    rs_function_report *r = c->report;
    r->text[0] = '\0';
    if (r->verdict == RS_AGREES)
        put(r, "The gradient agrees");
    else if (r->verdict == RS_WRONG)
        put(r, "The gradient is WRONG");
    else
        put(r, "INCONCLUSIVE: %s", rs_trouble_text(r->trouble));
    put(r, " (%zu entries, %zu measured by themselves, %zu of them wrong)\n", c->e.n, c->measured_n,
        c->wrong_n);
    put(r, "  f(x) = %.9g, known to %.1e; %zu evaluations\n", r->value, r->noise, r->evaluations);
    if (!c->e.repeats)
        put(r, "  f answers differently when asked twice\n");
    for (size_t k = 0; k < r->worst_n && k < 12; k++)
        put_entry(r, &r->worst[k]);
    put(r, "  along a direction: claimed % .9e, measured % .9e ± %.1e\n", r->along.claimed,
        r->along.numeric, r->along.bar);
    put_taylor(r);
    if (r->verdict == RS_WRONG)
        put(r,
            "Next: correct the entries marked *; a failure is never a matter of the step size.\n");
    else if (r->verdict == RS_UNDECIDED)
        put(r, "Next: %s.\n",
            r->trouble == RS_KINK || r->trouble == RS_JUMP ? "move x a little and ask again"
            : r->trouble == RS_NOISE ? "fix the random seed, or compute f in higher precision"
                                     : "choose an x around which f is finite");
}

/* ---- the check ------------------------------------------------------------------------------- */

static rs_status run(check *c, rs_error *err)
{
    rs_status status = rs_evaluator_make(&c->e, err);
    if (status != RS_OK)
        return status;
    c->v = rs_alloc(c->e.n, sizeof *c->v, "a direction", err);
    if (c->v) {
        c->report->value = c->e.value;
        c->report->noise = c->e.noise;
        measure_directions(c);
        measure_entries(c);
        conclude(c);
        c->report->evaluations = c->e.evaluations;
        write_text(c);
    }
    status = c->v ? RS_OK : RS_INTERNAL;
    free(c->v);
    rs_evaluator_free(&c->e);
    return status;
}

static rs_status begin(check *c, size_t n, const void *x, const void *gradient,
                       const rs_function_options *options, rs_function_report *report,
                       rs_error *err)
{
    static const rs_function_options plain = {0};
    *report = (rs_function_report){.verdict = RS_UNDECIDED};
    if (n == 0 || !x || !gradient)
        return rs_fail(err, RS_USAGE,
                       "a gradient of %zu entries: expected at least 1, and x and a "
                       "gradient of so many",
                       n);
    *c = (check){.options = options ? *options : plain, .report = report};
    c->e.n = n;
    c->e.step = c->options.step > 0 ? c->options.step : 0.1;
    c->most = c->options.worst ? c->options.worst : 5;
    c->most = c->most < RS_MOST_WORST ? c->most : RS_MOST_WORST;
    return RS_OK;
}

rs_status rs_check_function(rs_function *f, void *context, const double *x, const double *gradient,
                            size_t n, const rs_function_options *options,
                            rs_function_report *report, rs_error *err)
{
    check c;
    rs_status status = begin(&c, n, x, gradient, options, report, err);
    if (status != RS_OK)
        return status;
    c.e.f = f;
    c.e.context = context;
    c.e.x = x;
    c.e.gradient = gradient;
    return run(&c, err);
}

rs_status rs_check_function_f(rs_function_f *f, void *context, const float *x,
                              const float *gradient, size_t n, const rs_function_options *options,
                              rs_function_report *report, rs_error *err)
{
    check c;
    rs_status status = begin(&c, n, x, gradient, options, report, err);
    if (status != RS_OK)
        return status;
    double *wide = rs_alloc(n, 2 * sizeof *wide, "x and its gradient", err);
    if (!wide)
        return RS_INTERNAL;
    for (size_t k = 0; k < n; k++) {
        wide[k] = x[k];
        wide[n + k] = gradient[k];
    }
    c.e.f_single = f;
    c.e.context = context;
    c.e.x = wide;
    c.e.gradient = wide + n;
    status = run(&c, err);
    free(wide);
    return status;
}
