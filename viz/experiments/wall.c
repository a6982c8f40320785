/* The error of one unit over 50 steps is flat, and then a wall: x_t = w σ(x_{t−1}) + b, x_0 = .5,
 * E = (σ(x_50) − .7)² (Pascanu, Mikolov & Bengio 2013, section 2.2 and fig. 6).
 *
 * Where it stands can be told beforehand: on the boundary between the basins of the two attractors.
 * That is the repelling fixed point, and the boundary passes through x_0 where x_0 is that point
 * itself: b = x_0 − w σ(x_0), repelling for w σ′(x_0) > 1. A straight line in the plane. */
#include "viz/experiments/experiment.h"
#include "viz/plots/view.h"

#include "flow/one_unit.h"

#include <math.h>

enum { STEPS = 50, UPDATES = 1000 };

static const double x0 = .5, target = .7, w_low = 3, w_high = 7, b_low = -4, b_high = -1;
static const double rate = .1, clip = .5, start_w = 6, start_b = -2.8;

/* Points along w and along b. */
static size_t points(bool full) { return full ? 2400 : 800; }

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "w in [%g, %g), b in [%g, %g), %zu × %zu points; gradient descent of rate %g "
                   "from w = %g, b = %g, clipped at %g and not, %d updates",
                   w_low, w_high, b_low, b_high, points(full), points(full), rate, start_w, start_b,
                   clip, UPDATES);
    return text;
}

/* A step has two exponentials on one thread: as long as some 300 operations of a product. */
static double operations(bool full)
{
    const double n = (double)points(full);
    return 300. * STEPS * (n * n + 2 * UPDATES);
}

/* --- the plane ----------------------------------------------------------------------------- */

typedef struct plane {
    size_t n, flat;    /* points along an axis; those with |∂E/∂w| < 1 */
    double most, w, b; /* the largest |∂E/∂w|, and where it is */
    double farthest;   /* in b, of the ridge from the line, where the line is the boundary */
} plane;

static double line(double w) { return x0 - w / (1 + exp(-x0)); }

/* Whether the line at w is the boundary between two basins: x_0 repels, by some. */
static bool is_boundary(double w)
{
    const double s = 1 / (1 + exp(-x0));
    return w * s * (1 - s) > 1.05;
}

static void scan_column(plane *p, double w)
{
    double most = 0, at = 0;
    for (size_t k = 0; k < p->n; k++) {
        const double b = b_low + (b_high - b_low) * ((double)k + .5) / (double)p->n;
        const double slope = fabs(rs_wall_at(w, b, x0, STEPS, target).dw);
        p->flat += slope < 1;
        if (slope > most) {
            most = slope;
            at = b;
        }
    }
    if (most > p->most) {
        p->most = most;
        p->w = w;
        p->b = at;
    }
    if (is_boundary(w)) {
        p->farthest = fmax(p->farthest, fabs(at - line(w)));
    }
}

/* --- gradient descent ---------------------------------------------------------------------- */

typedef struct descent {
    size_t within; /* updates that end in the plane */
    double error;  /* in the end */
} descent;

static descent descend(double threshold)
{
    double w = start_w, b = start_b;
    descent d = {0, 0};
    for (size_t k = 0; k < UPDATES; k++) {
        const rs_wall e = rs_wall_at(w, b, x0, STEPS, target);
        const double norm = hypot(e.dw, e.db);
        const double scale = rate * (norm > threshold ? threshold / norm : 1);
        w -= scale * e.dw;
        b -= scale * e.db;
        d.within += w >= w_low && w < w_high && b >= b_low && b < b_high;
    }
    d.error = rs_wall_at(w, b, x0, STEPS, target).error;
    return d;
}

/* --- findings ------------------------------------------------------------------------------ */

static void tell(lab *l, const plane *p)
{
    const double all = (double)p->n * (double)p->n, cell = (b_high - b_low) / (double)p->n;
    const double known_w = 4.94, known_b = line(known_w);
    /* near the place: the largest slope on the ridge between its neighbours */
    double near = 0;
    for (int k = -1000; k <= 1000; k++)
        near = fmax(near, fabs(rs_wall_at(known_w, known_b + 1e-5 * k, x0, STEPS, target).dw));
    lab_find(l, (double)p->flat / all, .99, 1, "nearly flat: > 0.99",
             "share of the plane with |∂E/∂w| < 1");
    finding *f = lab_find(l, near, 1e3, INFINITY, "a wall: > 1000", "|∂E/∂w| at w = %g, b = %.3f",
                          known_w, known_b);
    finding_note(f, "the largest within 0.01 of b");
    f = lab_show(l, p->most, "largest |∂E/∂w| on the grid");
    finding_measured(f, "%.3g at w = %.3f, b = %.3f", p->most, p->w, p->b);
    f = lab_find(l, p->farthest, 0, .01, "on the boundary of basins",
                 "distance in b of the wall from b = x₀ − w σ(x₀)");
    finding_note(f,
                 "at every w with w σ′(x₀) > 1.05; a cell of the grid is %.2g. There x₀ itself "
                 "is the fixed point that repels, which parts the two basins",
                 cell);
    const descent free_run = descend(INFINITY), clipped = descend(clip);
    f = lab_find(l, (double)free_run.within, 0, UPDATES / 2., "thrown out of the plane",
                 "updates that end in the plane, not clipped");
    finding_measured(f, "%zu of %d", free_run.within, UPDATES);
    f = lab_find(l, (double)clipped.within, UPDATES, UPDATES, "stays", "the same, clipped");
    finding_measured(f, "%zu of %d", clipped.within, UPDATES);
    lab_find(l, clipped.error, 0, .1 * free_run.error, "gets down",
             "error in the end, clipped (not clipped: %.3g)", free_run.error);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    plane p = {.n = points(l->full)};
    const view_input nothing = {0};
    const rs_status status = view_wall.make(&nothing, data, err);
    if (status)
        return status;
    for (size_t k = 0; k < p.n; k++) {
        scan_column(&p, w_low + (w_high - w_low) * ((double)k + .5) / (double)p.n);
        if (!lab_progress(l, (double)(k + 1) / (double)p.n, "the plane"))
            return RS_INTERRUPTED;
    }
    tell(l, &p);
    return RS_OK;
}

/* --- figure -------------------------------------------------------------------------------- */

/* The view, and on its map of slopes the line where the wall should stand. */
static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    plot_layout own = {0};
    view_wall.draw(c, r, data, &own);
    for (size_t k = 0; k < own.n; k++)
        layout_add(layout, own.area[k]);
    const plot_area *a = &own.area[own.n - 1];
    const double s = 1 / (1 + exp(-x0)), from = 1 / (s * (1 - s));
    const stroke dashes = {.ink = INK_VERMILION, .width = 1.5, .dash = DASH_LONG};
    const char *name = "$b = x_0 - w\\,\\sigma(x_0)$";
    const point at = area_point(a, 5.4, line(5.4));
    canvas_clip(c, a->area);
    canvas_line(c, area_point(a, from, line(from)), area_point(a, w_high, line(w_high)), dashes);
    canvas_unclip(c);
    canvas_fill_round(
        c, (rect){at.x + 8, at.y - 26, canvas_text_width(c, (text_style){0}, name) + 10, 20}, 4,
        INK_PAPER, .9);
    canvas_text(c, at.x + 13, at.y - 12, (text_style){0}, name);
}

static void csv(FILE *out, const void *data) { view_wall.csv(out, data); }
static void free_data(void *data) { view_wall.free(data); }

const experiment experiment_wall = {
    .name = "wall",
    .title = "The error surface of one unit is nearly flat, and then a wall",
    .paper = "Pascanu, Mikolov & Bengio 2013, fig. 6",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = draw,
    .csv = csv,
    .free = free_data};
