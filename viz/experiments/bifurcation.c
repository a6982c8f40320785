/* One attractor, two, one: x_t = w σ(x_{t−1}) + b as b moves (Doya 1993; Pascanu, Mikolov & Bengio
 * 2013, section 2.2 and fig. 3).
 *
 * The attractors are found by running the unit from many states for a long time, which knows
 * nothing of fixed points; what is published is where w σ′(x) = 1. */
#include "viz/experiments/experiment.h"
#include "viz/plots/panels.h"

#include "base/memory.h"
#include "flow/one_unit.h"

#include <math.h>
#include <stdlib.h>

enum { STARTS = 9, LONG = 20000, DRAWN = 601, STEPS = 50 };

static const double w = 5, b_low = -4, b_high = -1, x_low = -6, x_high = 6.5, x0 = .5;

static size_t points(bool full) { return full ? 3001 : 301; }

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "w = %g, %zu values of b in [%g, %g], each run from %d states in [%g, %g] until "
                   "it rests, for at most %d steps; then where there are two is sought by halving",
                   w, points(full), b_low, b_high, STARTS, x_low, x_high, LONG);
    return text;
}

/* Most runs rest after some tens of steps; an exponential is as long as some 20 operations. */
static double operations(bool full)
{
    return 20. * STARTS * ((double)points(full) * 100 + 3. * 50 * LONG);
}

static double step(double weight, double b, double x) { return weight / (1 + exp(-x)) + b; }

/* Where the unit rests after long: x at the end. */
static double rest(double weight, double b, double x)
{
    for (size_t t = 0; t < LONG; t++) {
        const double next = step(weight, b, x);
        if (fabs(next - x) < 1e-14)
            return next;
        x = next;
    }
    return x;
}

/* The lowest and the highest place of rest; how many apart there are, of all starts. */
static size_t attractors(double weight, double b, double *low, double *high)
{
    double found[STARTS] = {0};
    size_t n = 0;
    for (size_t k = 0; k < STARTS; k++) {
        const double x = rest(weight, b, x_low + (x_high - x_low) * (double)k / (STARTS - 1));
        size_t same = 0;
        while (same < n && fabs(found[same] - x) > 1e-2)
            same++;
        if (same == n)
            found[n++] = x;
    }
    *low = *high = found[0];
    for (size_t k = 1; k < n; k++) {
        *low = fmin(*low, found[k]);
        *high = fmax(*high, found[k]);
    }
    return n;
}

/* b between `one`, with one attractor, and `two`, with two, where that changes. */
static double change(double one, double two)
{
    double low, high;
    for (size_t k = 0; k < 40; k++) {
        const double middle = (one + two) / 2;
        if (attractors(w, middle, &low, &high) == 2)
            two = middle;
        else
            one = middle;
    }
    return (one + two) / 2;
}

/* The largest number of attractors that this weight has at any b. */
static size_t most_attractors(double weight, size_t n)
{
    size_t most = 0;
    for (size_t k = 0; k < n; k++) {
        double low, high;
        const double b = b_low + (b_high - b_low) * (double)k / (double)(n - 1);
        const size_t here = attractors(weight, b, &low, &high);
        most = here > most ? here : most;
    }
    return most;
}

/* |∂x_50/∂x_0| */
static double sensitivity(double b)
{
    double x = x0, product = 1;
    for (size_t t = 0; t < STEPS; t++) {
        const double s = 1 / (1 + exp(-x));
        product *= w * s * (1 - s);
        x = step(w, b, x);
    }
    return product;
}

/* --- figure -------------------------------------------------------------------------------- */

/* Fixed points in three branches, by their equation. */
static void add_branches(curves *to, const double *b, double *branch)
{
    static const struct {
        const char *name;
        ink_kind ink;
        dash_kind dash;
    } look[3] = {{"attracts", INK_BLUE, DASH_NONE},
                 {"repels", INK_GREY, DASH_LONG},
                 {"attracts", INK_VERMILION, DASH_NONE}};
    for (size_t k = 0; k < DRAWN; k++) {
        double x[3];
        const size_t n = rs_fixed_points(w, b[k], x);
        const bool upper = n == 1 && x[0] > w / 2 + b[k]; /* σ > ½ */
        branch[k] = n == 3 || !upper ? x[0] : NAN;
        branch[DRAWN + k] = n == 3 ? x[1] : NAN;
        branch[2 * DRAWN + k] = n == 3 ? x[2] : upper ? x[0] : NAN;
    }
    for (size_t k = 0; k < 3; k++) { /* the part of a branch that is there */
        const double *x = branch + k * DRAWN;
        size_t first = 0, n = 0;
        while (first < DRAWN && isnan(x[first]))
            first++;
        while (first + n < DRAWN && !isnan(x[first + n]))
            n++;
        curve *c = curves_add(to, look[k].name, x + first, n, look[k].ink, look[k].dash);
        if (c)
            c->x = b + first;
    }
}

static void add_guide(curves *to, double value, const char *name)
{
    guide *g = &to->guide[to->guides_n++];
    *g = (guide){.upright = true, .value = value};
    (void)snprintf(g->name, sizeof g->name, "%s", name);
}

static void add_dots(curves *to, const double *b, const double *x, size_t n)
{
    curve *c = curves_add(to, "", x, n, INK_TEXT, DASH_NONE);
    if (!c)
        return;
    c->x = b;
    c->points = true;
    c->alpha = .5;
}

/* What is drawn, and what was swept: b, lowest, highest and |∂x_50/∂x_0|, [n] each. */
typedef struct picture {
    panels *panels;
    double *swept;
    size_t n;
} picture;

enum { DOTS = 101 };

/* numbers of the first: b, lowest, highest [DOTS], b and three branches [DRAWN] */
static panels *make_panels(rs_error *err)
{
    panels *p = rs_alloc(1, sizeof *p, "the bifurcation", err);
    curves *rests = p ? panels_add(p, (rect){0, 0, 1, .58}, 3 * DOTS + 4 * DRAWN, err) : NULL;
    curves *slope = rests ? panels_add(p, (rect){0, .58, 1, .42}, DRAWN, err) : NULL;
    if (!slope) {
        panels_free(p);
        return NULL;
    }
    (void)snprintf(rests->title, sizeof rests->title, "Where the unit rests");
    (void)snprintf(
        rests->note, sizeof rests->note,
        "$x_t = 5\\,\\sigma(x_{t-1}) + b$: dots from runs, lines from $x = 5\\,\\sigma(x) + b$");
    (void)snprintf(slope->title, sizeof slope->title, "Sensitivity to the start");
    (void)snprintf(slope->note, sizeof slope->note,
                   "$|\\partial x_{50}/\\partial x_0|$ at $x_0 = 0.5$, largest on the boundary "
                   "between basins");
    (void)snprintf(rests->x_name, sizeof rests->x_name, "$b$");
    (void)snprintf(slope->x_name, sizeof slope->x_name, "$b$");
    slope->y_kind = AXIS_LOG;
    return p;
}

static void fill_panels(const picture *pic, const double ends[2], double boundary)
{
    panels *p = pic->panels;
    double *b = p->panel[0]->numbers, *fine = b + (size_t)(3 * DOTS), *slope = p->panel[1]->numbers;
    char text[48];
    for (size_t k = 0; k < DRAWN; k++)
        fine[k] = b_low + (b_high - b_low) * (double)k / (DRAWN - 1);
    const double place = (boundary - b_low) / (b_high - b_low) * (DRAWN - 1);
    fine[(size_t)(place + .5)] = boundary; /* a peak too narrow to be met by chance */
    for (size_t k = 0; k < DRAWN; k++)
        slope[k] = sensitivity(fine[k]);
    add_branches(p->panel[0], fine, fine + DRAWN);
    for (size_t k = 0; k < DOTS; k++)
        for (size_t row = 0; row < 3; row++)
            b[row * DOTS + k] = pic->swept[row * pic->n + k * (pic->n - 1) / (DOTS - 1)];
    add_dots(p->panel[0], b, b + DOTS, DOTS);
    add_dots(p->panel[0], b, b + (size_t)(2 * DOTS), DOTS);
    for (size_t k = 0; k < 2; k++) {
        (void)snprintf(text, sizeof text, "$b = %.4f$", ends[k]);
        add_guide(p->panel[0], ends[k], text);
    }
    curve *c = curves_add(p->panel[1], "", slope, DRAWN, INK_BLUE, DASH_NONE);
    if (c)
        c->x = fine;
    add_guide(p->panel[1], ends[0], "");
    add_guide(p->panel[1], boundary, "boundary");
    add_guide(p->panel[1], ends[1], "");
}

static void free_picture(void *data)
{
    picture *pic = data;
    panels_free(pic->panels);
    free(pic->swept);
    free(pic);
}

static picture *make_picture(size_t n, rs_error *err)
{
    picture *pic = rs_alloc(1, sizeof *pic, "the bifurcation", err);
    if (!pic)
        return NULL;
    pic->n = n;
    pic->swept = rs_alloc(4 * n, sizeof *pic->swept, "the bifurcation", err);
    pic->panels = pic->swept ? make_panels(err) : NULL;
    if (pic->panels)
        return pic;
    free_picture(pic);
    return NULL;
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    panels_draw(c, r, ((const picture *)data)->panels, layout);
}

static void csv(FILE *out, const void *data)
{
    static const char *const names[] = {"b", "lowest attractor", "highest attractor",
                                        "|dx_50/dx_0|"};
    const picture *pic = data;
    experiment_table(out, names, pic->swept, 4, pic->n);
}

/* --- findings ------------------------------------------------------------------------------ */

/* The number of values of b whose count is not what the ends say; those within 1e-3 of an end
 * aside. */
static rs_status sweep(lab *l, size_t n, const double known[2], double *b, size_t *wrong)
{
    *wrong = 0;
    for (size_t k = 0; k < n; k++) {
        b[k] = b_low + (b_high - b_low) * (double)k / (double)(n - 1);
        const size_t found = attractors(w, b[k], &b[n + k], &b[2 * n + k]);
        const bool close = fabs(b[k] - known[0]) < 1e-3 || fabs(b[k] - known[1]) < 1e-3;
        b[3 * n + k] = sensitivity(b[k]);
        *wrong += !close && found != (b[k] > known[0] && b[k] < known[1] ? 2 : 1);
        if (!lab_progress(l, (double)k / (double)n, "attractors"))
            return RS_INTERRUPTED;
    }
    return RS_OK;
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    const size_t n = points(l->full);
    double known[2] = {0, 0};
    size_t wrong = 0;
    picture *pic = make_picture(n, err);
    *data = pic;
    if (!pic)
        return RS_INTERNAL;
    rs_bifurcations(w, &known[0], &known[1]);
    const rs_status status = sweep(l, n, known, pic->swept, &wrong);
    if (status)
        return status;
    const double middle = (known[0] + known[1]) / 2, boundary = x0 - w / (1 + exp(-x0));
    const double ends[2] = {change(b_low, middle), change(b_high, middle)};
    for (size_t k = 0; k < 2; k++) {
        char text[48];
        (void)snprintf(text, sizeof text, "%.4f", known[k]);
        finding *f = lab_find(l, ends[k], known[k] - 5e-5, known[k] + 5e-5, text,
                              k == 0 ? "two attractors from b =" : "to b =");
        finding_measured(f, "%.6f", ends[k]);
        if (k == 0)
            finding_note(f, "published: where w σ′(x) = 1 at a fixed point (Doya 1993)");
    }
    finding *f = lab_find(l, (double)wrong, 0, 0, "two between, else one",
                          "values of b where it is otherwise");
    finding_measured(f, "%zu of %zu", wrong, n);
    lab_find(l, (double)most_attractors(3.5, 101), 1, 1, "1, as w ≤ 4",
             "attractors at most with w = 3.5");
    lab_find(l, sensitivity(boundary), 100, INFINITY, "explodes",
             "|∂x₅₀/∂x₀| on the boundary of basins, b = %.3f", boundary);
    f = lab_find(l, fmax(sensitivity(known[0]), sensitivity(known[1])), 0, 1, "need not explode",
                 "|∂x₅₀/∂x₀| at the bifurcations themselves");
    finding_note(f, "Pascanu et al., section 2.2: crossing a bifurcation is neither necessary nor "
                    "enough, crossing the boundary between basins is");
    fill_panels(pic, ends, boundary);
    return RS_OK;
}

const experiment experiment_bifurcation = {
    .name = "bifurcation",
    .title = "Two attractors for some biases, one for all others",
    .paper = "Doya 1993; Pascanu, Mikolov & Bengio 2013, section 2.2 and fig. 3",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = draw,
    .csv = csv,
    .free = free_picture};
