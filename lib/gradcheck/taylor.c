/* The Taylor test: if ∇f is right, |f(x + hv) − f(x) − h·∇f·v| falls with h², if not with h. */
#include "gradcheck/difference.h"

#include <math.h>

/* A remainder counts where it stands so far above the noise, and the slope is that of the smallest
 * steps among them, where the series has settled. */
enum { ABOVE = 40, FIT = 7, LEAST = 3 };

/* The slope of log remainder over log h, least squares. */
static double slope_of(const rs_taylor *t)
{
    double x = 0, y = 0, xx = 0, xy = 0;
    const double n = (double)(t->last - t->first);
    for (size_t k = t->first; k < t->last; k++) {
        const double a = log(t->h[k]), b = log(t->remainder[k]);
        x += a;
        y += b;
        xx += a * a;
        xy += a * b;
    }
    return (n * xy - x * y) / (n * xx - x * x);
}

/* How far the points are from a line through their middle, the largest distance of logs. */
static double scatter_of(const rs_taylor *t)
{
    const size_t middle = (t->first + t->last) / 2;
    double most = 0;
    for (size_t k = t->first; k < t->last; k++) {
        const double along = t->slope * (log(t->h[k]) - log(t->h[middle]));
        most = fmax(most, fabs(log(t->remainder[k]) - log(t->remainder[middle]) - along));
    }
    return most;
}

static void find_range(rs_taylor *t, const double *floor)
{
    size_t last = 0;
    while (last < t->n && t->remainder[last] > ABOVE * floor[last] && isfinite(t->remainder[last]))
        last++;
    t->last = last;
    t->first = last > FIT ? last - FIT : 0;
    if (last < LEAST)
        t->first = t->last = 0;
}

static rs_verdict verdict_of(const rs_taylor *t)
{
    if (isnan(t->slope) || t->slope > 1.8)
        return RS_AGREES;
    /* a wrong gradient leaves a clean slope of 1; anything else is no power law */
    return t->slope < 1.5 && t->slope > 0.8 && t->last - t->first >= 5 && scatter_of(t) < 0.5
               ? RS_WRONG
               : RS_UNDECIDED;
}

rs_taylor rs_taylor_along(rs_evaluator *e, const double *v)
{
    rs_taylor t = {.noise = e->noise, .slope = NAN, .verdict = RS_UNDECIDED};
    double floor[RS_TAYLOR_STEPS];
    if (!isfinite(e->value))
        return t;
    for (double h = e->step; t.n < RS_TAYLOR_STEPS && h > 16 * e->unit; h /= 2) {
        double moved = 0;
        const double f = rs_evaluate(e, v, h, &moved);
        t.h[t.n] = h;
        t.remainder[t.n] = fabs(f - e->value - moved);
        floor[t.n] = e->noise + e->unit * (fabs(f) + fabs(moved));
        t.n = isfinite(t.remainder[t.n]) || !isfinite(moved) ? t.n + 1 : 0;
    }
    find_range(&t, floor);
    if (t.last > t.first)
        t.slope = slope_of(&t);
    t.verdict = verdict_of(&t);
    return t;
}
