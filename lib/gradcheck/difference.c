/* Central differences on a ladder of steps, extrapolated to step 0 (Ridders 1982; Press et al.,
 * Numerical Recipes, section 5.7).
 *
 * What is extrapolated is not the derivative but what the claimed gradient leaves over,
 *
 *     r(h) = (f(x + hv) − f(x − hv) − Σ gradient·(x₊ − x₋)) / 2h,
 *
 * with the points x₊ and x₋ as they were really rounded: so the rounding of the step costs nothing,
 * not even in single precision. r(h) = r + O(h²) + O(h⁴) + …, and each column of the table removes
 * one power. The bar of an entry of the table is how far it is from its three neighbours, which it
 * would equal if the series had been summed, plus what the noise of f makes of it: noise/h through
 * the same table, all signs against us. Of all entries the one with the smallest bar counts. The
 * bar is safe because the neighbours err by more than the entry does: each removes one power less,
 * or has a larger step. */
#include "gradcheck/difference.h"

#include "base/memory.h"
#include "base/random.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 26, COLUMNS = 6, NEAR = 8, ASK = 4, FINER = 18 };

void rs_evaluator_free(rs_evaluator *e)
{
    free(e->at);
    free(e->at_single);
    e->at = NULL;
    e->at_single = NULL;
}

double rs_evaluate(rs_evaluator *e, const double *v, double h, double *moved)
{
    long double sum = 0;
    e->evaluations++;
    for (size_t k = 0; k < e->n; k++) {
        const double to = e->x[k] + (v ? h * v[k] : 0);
        e->at[k] = e->f_single ? (double)(float)to : to;
        if (e->f_single)
            e->at_single[k] = (float)to;
        sum += (long double)e->gradient[k] * ((long double)e->at[k] - (long double)e->x[k]);
    }
    if (moved)
        *moved = (double)sum;
    return e->f_single ? (double)e->f_single(e->at_single, e->n, e->context)
                       : e->f(e->at, e->n, e->context);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of |x_i| > 0; e->at serves as room. */
static double typical_size(const rs_evaluator *e)
{
    size_t n = 0;
    for (size_t k = 0; k < e->n; k++)
        if (e->x[k] != 0)
            e->at[n++] = fabs(e->x[k]);
    qsort(e->at, n, sizeof *e->at, by_size);
    return n > 0 ? e->at[n / 2] : 1;
}

/* Each x_i has its own scale, but one that is small by chance takes steps as the others do: in
 * single precision, where small steps cost digits, all of their size. */
double rs_size_of(const rs_evaluator *e, size_t i)
{
    return fmax(fabs(e->x[i]), e->typical * (e->f_single ? 1 : 0.1));
}

void rs_random_direction(const rs_evaluator *e, size_t first, size_t n, uint64_t seed, double *v)
{
    rs_random random = rs_random_seed(seed, 60 + first);
    for (size_t k = 0; k < e->n; k++)
        v[k] = 0;
    for (size_t k = first; k < first + n; k++) {
        const double sign = rs_random_bits(&random) >> 63 ? 1 : -1;
        v[k] = sign * (0.5 + rs_random_uniform(&random) / 2) * rs_size_of(e, k) / sqrt((double)n);
    }
}

/* The standard deviation of the rounding of f, from differences of order 3 to 5 of values at even
 * distances on one side of x. If what they see is rounding, the three orders agree; *even says so.
 */
static double noise_on_side(rs_evaluator *e, const double *v, double spacing, bool *even)
{
    double value[NEAR], low = INFINITY, high = 0, factor = 1;
    for (size_t k = 0; k < NEAR; k++)
        value[k] = rs_evaluate(e, v, (double)(k + 1) * spacing, NULL);
    for (size_t order = 1; order <= 5; order++) {
        double sum = 0;
        for (size_t k = 0; k + order < NEAR; k++) {
            value[k] = value[k + 1] - value[k];
            sum += value[k] * value[k];
        }
        /* (k!)² / (2k)!, the variance of one value in that of a k-th difference */
        factor *= (double)order / (2 * (2 * (double)order - 1));
        if (order >= 3) {
            const double sigma = sqrt(factor * sum / (double)(NEAR - order));
            low = fmin(low, sigma);
            high = fmax(high, sigma);
        }
    }
    *even = low > 0 && high < 4 * low;
    return isfinite(high) ? high : 0;
}

/* At several distances, for where f hardly moves its rounding shows only at the larger ones. Up to
 * √unit a third difference of a smooth f is far below its rounding; beyond, what is seen counts
 * only if it looks like rounding. Of the two sides the lower counts: a jump near x is on one of
 * them. */
static double rounding_noise(rs_evaluator *e)
{
    const double small = sqrt(e->unit);
    const double spacings[] = {64 * e->unit, pow(e->unit, 2.0 / 3), small, 30 * small,
                               1000 * small};
    double *v = malloc(e->n * sizeof *v), noise = 0;
    for (size_t k = 0; v && k < sizeof spacings / sizeof *spacings; k++) {
        const double spacing = spacings[k] * (k == 0 ? sqrt((double)e->n) : 1);
        bool even, also;
        rs_random_direction(e, 0, e->n, 5 + k, v);
        const double here = noise_on_side(e, v, spacing, &even);
        const double there = noise_on_side(e, v, -spacing, &also);
        if (k < 3 || (even && also))
            noise = fmax(noise, fmin(here, there));
    }
    free(v);
    return noise;
}

rs_status rs_evaluator_make(rs_evaluator *e, rs_error *err)
{
    double low, high;
    e->unit = e->f_single ? FLT_EPSILON / 2 : DBL_EPSILON / 2;
    e->evaluations = 0;
    e->at = rs_alloc(e->n, sizeof *e->at, "a copy of the point", err);
    e->at_single =
        rs_alloc(e->f_single ? e->n : 1, sizeof *e->at_single, "a copy of the point", err);
    if (!e->at || !e->at_single) {
        rs_evaluator_free(e);
        return RS_INTERNAL;
    }
    e->typical = typical_size(e);
    low = high = e->value = rs_evaluate(e, NULL, 0, NULL);
    for (size_t k = 1; k < ASK; k++) {
        const double again = rs_evaluate(e, NULL, 0, NULL);
        low = again < low ? again : low;
        high = again > high ? again : high;
    }
    e->repeats = low == high || !isfinite(e->value);
    e->noise = 2 * e->unit * fabs(e->value) + high - low;
    if (e->repeats && isfinite(e->value))
        e->noise = fmax(e->noise, 4 * rounding_noise(e));
    /* in single precision values that saturate move in coarse stairs, which few points near x see
     */
    if (e->f_single)
        e->noise *= 4;
    return RS_OK;
}

/* One rung: r(h), its noise, and the bend (f(h) + f(−h) − 2f(0)) / h. */
typedef struct rung {
    double h, rest, noise, bend, jump;
} rung;

static rung measure_rung(rs_evaluator *e, const double *v, double h)
{
    double forth = 0, back = 0;
    const double f_forth = rs_evaluate(e, v, h, &forth), f_back = rs_evaluate(e, v, -h, &back);
    rung r = {.h = h};
    r.rest = ((f_forth - f_back) - (forth - back)) / (2 * h);
    r.noise =
        (e->noise + e->unit * (fabs(f_forth) + fabs(f_back)) + DBL_EPSILON * fabs(forth - back)) /
        h;
    r.bend = ((f_forth - e->value - forth) + (f_back - e->value - back)) / h;
    r.jump = fabs(f_forth - f_back);
    return r;
}

/* Whether all finer rungs than k agree with an extrapolated value, within their own noise: a kink
 * close to x makes coarse rungs agree with each other on a slope that is not the one at x. */
static bool finer_agree(const rung *rungs, size_t n, size_t k, double value, double bar)
{
    for (size_t j = k + 1; j < n; j++)
        if (!(fabs(rungs[j].rest - value) <= bar + 4 * rungs[j].noise))
            return false;
    return true;
}

/* The best entry of the table over the rungs; its bar. */
static double extrapolate(const rung *rungs, size_t n, double *bar, double *step)
{
    double before[COLUMNS] = {0}, now[COLUMNS] = {0}, noise_before[COLUMNS] = {0}, best = NAN;
    *bar = INFINITY;
    for (size_t k = 0; k < n; k++) {
        double noise[COLUMNS] = {rungs[k].noise}, power = 1;
        now[0] = rungs[k].rest;
        for (size_t j = 1; j < COLUMNS && j <= k; j++) {
            power *= 4;
            now[j] = (power * now[j - 1] - before[j - 1]) / (power - 1);
            noise[j] = (power * noise[j - 1] + noise_before[j - 1]) / (power - 1);
            double error = fmax(fabs(now[j] - now[j - 1]), fabs(now[j] - before[j - 1]));
            if (j < k)
                error = fmax(error, fabs(now[j] - before[j]));
            const double whole = 4 * error + 4 * noise[j];
            if (k >= 2 && whole < *bar && finer_agree(rungs, n, k, now[j], whole)) {
                *bar = whole;
                best = now[j];
                *step = rungs[k].h;
            }
        }
        memcpy(before, now, sizeof before);
        memcpy(noise_before, noise, sizeof noise);
    }
    return best;
}

/* Whether a quantity that should halve from rung to rung stays instead, over the last rungs where
 * it stands out from the noise. */
static bool stays(const rung *rungs, size_t n, const double *values, double least)
{
    enum { RUNS = 5 };
    size_t run = 0;
    for (size_t k = 1; k < n; k++) {
        const double floor = 50 * rungs[k].noise * (least > 0 ? rungs[k].h : 1);
        if (!(fabs(values[k]) > floor))
            break;
        run = fabs(values[k]) > 0.8 * fabs(values[k - 1]) &&
                      fabs(values[k]) < 1.25 * fabs(values[k - 1])
                  ? run + 1
                  : 0;
    }
    return run >= RUNS;
}

static rs_trouble find_trouble(const rung *rungs, size_t n)
{
    double bend[LEVELS], jump[LEVELS];
    for (size_t k = 0; k < n; k++) {
        bend[k] = rungs[k].bend;
        jump[k] = rungs[k].jump;
    }
    if (stays(rungs, n, jump, 1))
        return RS_JUMP;
    return stays(rungs, n, bend, 0) ? RS_KINK : RS_NO_TROUBLE;
}

/* The slopes on both sides of a kink: the mean is the central one, half the bend apart. */
static void find_sides(const rung *rungs, size_t n, rs_measured *m)
{
    size_t k = n - 1;
    while (k > 0 && fabs(rungs[k].bend) < 200 * rungs[k].noise)
        k--;
    const double half = rungs[k].bend / 2;
    m->numeric = m->claimed + rungs[k].rest;
    m->right = m->numeric + half;
    m->left = m->numeric - half;
    m->bar = fabs(rungs[k].bend - rungs[k > 0 ? k - 1 : 0].bend) + 2 * rungs[k].noise;
    m->step = rungs[k].h;
}

static void judge_kink(rs_measured *m)
{
    const double low = fmin(m->left, m->right) - m->bar, high = fmax(m->left, m->right) + m->bar;
    m->verdict = m->claimed >= low && m->claimed <= high ? RS_UNDECIDED : RS_WRONG;
}

/* Whether the values on the ladder cannot say anything about a slope: they scatter as much as they
 * vary, and by more than they round; or they are all the same, and what is claimed is less than
 * could be seen in them. */
static bool tells_nothing(const rs_evaluator *e, const rung *rungs, size_t n, double claimed)
{
    double range = 0;
    for (size_t k = 0; k < n; k++)
        range = fmax(range, rungs[k].jump);
    if (range == 0)
        return fabs(claimed) * rungs[0].h <= e->unit;
    return e->noise > 1e-3 * range && e->noise > 200 * e->unit * fabs(e->value);
}

static void judge(const rs_evaluator *e, rs_measured *m, double rest)
{
    const double slope = fmax(fabs(m->claimed), fabs(m->numeric));
    if (!(fabs(rest) <= m->bar))
        m->verdict = isfinite(m->bar) ? RS_WRONG : RS_UNDECIDED;
    else if (m->bar > (e->f_single ? 0.1 : 0.01) * slope &&
             m->bar > (e->f_single ? 1e-3 : 1e-5) * fabs(e->value))
        m->verdict = RS_UNDECIDED;
    else
        m->verdict = RS_AGREES;
    if (m->verdict == RS_UNDECIDED)
        m->trouble = RS_NOISE;
}

/* One ladder of steps from `top` down. */
static rs_measured measure_from(rs_evaluator *e, const double *v, double top, double claimed)
{
    rs_measured m = {.verdict = RS_UNDECIDED,
                     .trouble = RS_NOT_FINITE,
                     .claimed = claimed,
                     .numeric = NAN,
                     .left = NAN,
                     .right = NAN,
                     .bar = INFINITY};
    rung rungs[LEVELS];
    size_t n = 0;
    for (double h = top; n < LEVELS && h > 16 * e->unit; h /= 2) {
        rungs[n] = measure_rung(e, v, h);
        n = isfinite(rungs[n].rest) ? n + 1 : 0; /* outside the domain: the ladder begins below */
    }
    if (n < 3)
        return m;
    m.trouble = find_trouble(rungs, n);
    if (m.trouble == RS_KINK) {
        find_sides(rungs, n, &m);
        judge_kink(&m);
        return m;
    }
    const double rest = extrapolate(rungs, n, &m.bar, &m.step);
    m.numeric = m.left = m.right = m.claimed + rest;
    if (m.trouble == RS_JUMP)
        return m;
    judge(e, &m, rest);
    if (m.verdict == RS_WRONG && tells_nothing(e, rungs, n, m.claimed)) {
        m.verdict = RS_UNDECIDED;
        m.trouble = RS_NOISE;
    }
    return m;
}

rs_measured rs_measure(rs_evaluator *e, const double *v)
{
    double claimed = 0;
    for (size_t k = 0; k < e->n; k++)
        claimed += v[k] * e->gradient[k];
    if (!isfinite(claimed) && isfinite(e->value))
        return (rs_measured){.verdict = RS_WRONG, .claimed = claimed, .numeric = NAN, .bar = 0};
    if (!isfinite(e->value))
        return (rs_measured){.verdict = RS_UNDECIDED,
                             .trouble = RS_NOT_FINITE,
                             .claimed = claimed,
                             .numeric = NAN,
                             .bar = INFINITY};
    const rs_measured m = measure_from(e, v, e->step, claimed);
    if (m.verdict != RS_UNDECIDED || m.trouble != RS_NOISE || e->f_single)
        return m;
    /* what is steep or bent on the scale of x may be smooth on a finer one */
    const rs_measured finer = measure_from(e, v, ldexp(e->step, -FINER), claimed);
    return finer.verdict == RS_UNDECIDED ? m : finer;
}

const char *rs_trouble_text(rs_trouble trouble)
{
    switch (trouble) {
    case RS_NOISE:
        return "the function's noise leaves the derivative too uncertain";
    case RS_KINK:
        return "a kink: the slopes from the left and from the right differ, and what is claimed "
               "lies between";
    case RS_JUMP:
        return "the function jumps here";
    case RS_NOT_FINITE:
        return "the function is not finite around this point";
    default:
        return "";
    }
}
