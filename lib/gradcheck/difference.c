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

enum { LEVELS = 26, COLUMNS = 6, NEAR = 8, ASK = 4 };

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

double rs_size_of(const rs_evaluator *e, size_t i)
{
    double sum = 0;
    for (size_t k = 0; k < e->n; k++)
        sum += fabs(e->x[k]);
    const double mean = sum / (double)e->n;
    return fmax(fabs(e->x[i]), mean > 0 ? mean : 1);
}

void rs_random_direction(const rs_evaluator *e, size_t first, size_t n, uint64_t seed, double *v)
{
    rs_random random = rs_random_seed(seed, 60 + first);
    double sum = 0;
    for (size_t k = 0; k < e->n; k++)
        sum += fabs(e->x[k]);
    const double mean = sum > 0 ? sum / (double)e->n : 1;
    for (size_t k = 0; k < e->n; k++)
        v[k] = 0;
    for (size_t k = first; k < first + n; k++) {
        const double sign = rs_random_bits(&random) >> 63 ? 1 : -1;
        v[k] = sign * (0.5 + rs_random_uniform(&random) / 2) * fmax(fabs(e->x[k]), mean) /
               sqrt((double)n);
    }
}

/* The standard deviation of the rounding of f, from differences of order 3 to 5 of values at even
 * distances on one side of x, so close that f itself moves along a line. */
static double noise_on_side(rs_evaluator *e, const double *v, double spacing)
{
    double value[NEAR], most = 0, factor = 1;
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
        if (order >= 3)
            most = fmax(most, sqrt(factor * sum / (double)(NEAR - order)));
    }
    return isfinite(most) ? most : 0;
}

/* The lower of the two sides: a jump near x is on one of them. */
static double rounding_noise(rs_evaluator *e)
{
    const double spacing = 64 * e->unit * sqrt((double)e->n);
    double *v = malloc(e->n * sizeof *v);
    if (!v)
        return 0;
    rs_random_direction(e, 0, e->n, 5, v);
    const double noise = fmin(noise_on_side(e, v, spacing), noise_on_side(e, v, -spacing));
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

/* The best entry of the table over the rungs [first, n); its bar. */
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
            if (2 * error + noise[j] < *bar && k >= 2) {
                *bar = 2 * error + noise[j];
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

static void judge(const rs_evaluator *e, rs_measured *m, double rest)
{
    const double slope = fmax(fabs(m->claimed), fabs(m->numeric));
    if (!(fabs(rest) <= m->bar))
        m->verdict = isfinite(m->bar) ? RS_WRONG : RS_UNDECIDED;
    else if (m->bar > 0.01 * slope && m->bar > 1e-5 * fabs(e->value))
        m->verdict = RS_UNDECIDED;
    else
        m->verdict = RS_AGREES;
    if (m->verdict == RS_UNDECIDED)
        m->trouble = isfinite(m->bar) ? RS_NOISE : RS_NOT_FINITE;
}

rs_measured rs_measure(rs_evaluator *e, const double *v)
{
    rs_measured m = {.verdict = RS_UNDECIDED, .trouble = RS_NOT_FINITE, .bar = INFINITY};
    rung rungs[LEVELS];
    size_t n = 0;
    for (size_t k = 0; k < e->n; k++)
        m.claimed += v[k] * e->gradient[k];
    m.numeric = m.left = m.right = NAN;
    if (!isfinite(e->value))
        return m;
    if (!isfinite(m.claimed)) {
        m.trouble = RS_NO_TROUBLE;
        m.verdict = RS_WRONG;
        return m;
    }
    for (double h = e->step; n < LEVELS && h > 16 * e->unit; h /= 2) {
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
    return m;
}

const char *rs_trouble_text(rs_trouble trouble)
{
    static const char *const texts[] = {
        "", "the function's noise leaves the derivative too uncertain",
        "a kink: the slopes from the left and from the right differ, and what is claimed lies "
        "between",
        "the function jumps here", "the function is not finite around this point"};
    return texts[trouble];
}
