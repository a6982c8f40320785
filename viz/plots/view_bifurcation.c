/* The attractors of x_t = w σ(x_{t−1}) + b as b moves (Doya 1993; Pascanu et al. 2013, fig. 3). */
#include "viz/plots/numbers.h"
#include "viz/plots/panels.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/one_unit.h"

#include <math.h>

enum { POINTS = 801 };
static const double w = 5, b_low = -4, b_high = -1;

/* The fixed points at each b: lowest, middle, highest; NaN where there is none. The lowest and the
 * highest attract, the middle one repels. */
static void find_points(double *b, double *low, double *middle, double *high, double *slope)
{
    double ends[2] = {NAN, NAN};
    rs_bifurcations(w, &ends[0], &ends[1]);
    for (size_t k = 0; k < POINTS; k++) {
        double x[3];
        b[k] = b_low + (b_high - b_low) * (double)k / (POINTS - 1);
        const size_t n = rs_fixed_points(w, b[k], x);
        const bool upper = n == 1 && x[0] > w / 2 + b[k]; /* σ > ½ */
        low[k] = n == 3 || !upper ? x[0] : NAN;
        middle[k] = n == 3 ? x[1] : NAN;
        high[k] = n == 3 ? x[2] : upper ? x[0] : NAN;
        /* of the attractor that x₀ = .5 falls into: above the middle point the highest */
        const double at = n == 3 ? (.5 > x[1] ? x[2] : x[0]) : x[0];
        const double s = 1 / (1 + exp(-at));
        slope[k] = w * s * (1 - s);
    }
}

/* The part of a branch that is there. */
static void add_branch(curves *to, const char *name, const double *b, const double *x, ink_kind ink,
                       dash_kind dash)
{
    size_t first = 0, n = 0;
    while (first < POINTS && isnan(x[first]))
        first++;
    while (first + n < POINTS && !isnan(x[first + n]))
        n++;
    curve *added = curves_add(to, name, x + first, n, ink, dash);
    if (added)
        added->x = b + first;
}

static void add_end(curves *to, double b)
{
    char text[NUMBER_TEXT];
    guide *g = &to->guide[to->guides_n++];
    *g = (guide){.upright = true, .value = b};
    (void)snprintf(g->name, sizeof g->name, "%s", tick_text(text, b, 1e-4));
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    panels *p = rs_alloc(1, sizeof *p, "the bifurcation", err);
    curves *points = p ? panels_add(p, (rect){0, 0, 1, .62}, 4 * POINTS, err) : NULL;
    curves *slope = points ? panels_add(p, (rect){0, .62, 1, .38}, POINTS, err) : NULL;
    double low = 0, high = 0;
    (void)in;
    if (!slope) {
        panels_free(p);
        return RS_INTERNAL;
    }
    double *b = points->numbers;
    find_points(b, b + POINTS, b + 2 * POINTS, b + 3 * POINTS, slope->numbers);
    (void)snprintf(points->title, sizeof points->title, "Fixed points");
    (void)snprintf(points->note, sizeof points->note, "$x = w \\sigma(x) + b$, $w = 5$");
    add_branch(points, "attracts", b, b + POINTS, INK_BLUE, DASH_NONE);
    add_branch(points, "repels", b, b + 2 * POINTS, INK_GREY, DASH_LONG);
    add_branch(points, "attracts", b, b + 3 * POINTS, INK_VERMILION, DASH_NONE);
    (void)snprintf(slope->title, sizeof slope->title, "Factor a step");
    (void)snprintf(slope->note, sizeof slope->note,
                   "$w \\sigma'(x)$ at the attractor that $x_0 = 0.5$ falls into");
    curves_add(slope, "", slope->numbers, POINTS, INK_BLUE, DASH_NONE)->x = b;
    slope->y = (axis){AXIS_LINEAR, 0, 1.1};
    slope->guide[slope->guides_n++] = (guide){.value = 1, .name = "the gradient is kept"};
    for (size_t k = 0; k < 2; k++)
        (void)snprintf(p->panel[k]->x_name, sizeof slope->x_name, "$b$");
    if (rs_bifurcations(w, &low, &high)) {
        add_end(points, low);
        add_end(points, high);
    }
    *data = p;
    return RS_OK;
}

const view view_bifurcation = {.name = "bifurcation",
                               .title = "Bifurcation: one attractor, two, one",
                               .alone = true,
                               .make = make,
                               .draw = panels_draw,
                               .csv = panels_csv,
                               .free = panels_free};
