#include "viz/plots/curves.h"

#include "viz/plots/curves_labels.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STRIP = 22 };

static const double width_of_lines = 1.75;

curve *curves_add(curves *data, const char *name, const double *y, size_t n, ink_kind ink,
                  dash_kind dash)
{
    if (data->n >= MAX_CURVES)
        return NULL;
    curve *added = &data->curve[data->n++];
    *added = (curve){.y = y, .n = n, .ink = ink, .dash = dash};
    snprintf(added->name, sizeof added->name, "%s", name);
    return added;
}

double curve_x(const curve *k, size_t at) { return k->x ? k->x[at] : (double)at; }

static bool is_log(const curves *data)
{
    return data->y_kind == AXIS_LOG || data->y_kind == AXIS_POWERS;
}

/* What cannot lie on the y axis. */
typedef enum odd_kind { ODD_NONE, ODD_ZERO, ODD_NAN, ODD_INF, ODD_SUBNORMAL } odd_kind;

static odd_kind odd_of(const curves *data, double y)
{
    if (isnan(y))
        return ODD_NAN;
    if (isinf(y))
        return y > 0 ? ODD_INF : ODD_ZERO; /* −∞ is log10 of zero */
    if (data->y_kind != AXIS_LOG)
        return ODD_NONE;
    return y <= 0 ? ODD_ZERO : y < DBL_MIN ? ODD_SUBNORMAL : ODD_NONE;
}

static void find_odd(const curves *data, bool *zero, bool *beyond)
{
    *zero = *beyond = false;
    for (size_t k = 0; k < data->n; k++)
        for (size_t at = 0; at < data->curve[k].n; at++) {
            const odd_kind odd = odd_of(data, data->curve[k].y[at]);
            *zero |= odd == ODD_ZERO;
            *beyond |= odd == ODD_NAN || odd == ODD_INF;
        }
}

/* A mean among the values that it is of: their peaks are in sight whole, of what lies below the
 * means a little. One lucky batch would else stretch a log axis over many decades. */
static void grow_value(const curves *data, const curve *k, size_t at, axis *y)
{
    axis_grow(y, k->y[at]);
    if (k->each && k->each[at] > k->y[at])
        axis_grow(y, k->each[at]);
    if (k->each && data->y_kind == AXIS_LOG)
        axis_grow(y, k->y[at] / 3);
}

/* The range of x, and of y where x is in sight. */
static void grow_axes(const curves *data, const plot_layout *layout, axis *x, axis *y)
{
    const bool part = layout && data->x_kind == AXIS_STEPS && layout->from < layout->to;
    for (size_t k = 0; k < data->n; k++)
        for (size_t at = 0; at < data->curve[k].n; at++) {
            const double here = curve_x(&data->curve[k], at);
            axis_grow(x, here);
            if (!part || (here >= layout->from && here <= layout->to))
                grow_value(data, &data->curve[k], at, y);
        }
}

static void find_axes(const curves *data, const plot_layout *layout, plot_area *a)
{
    axis x = axis_start(data->x_kind), y = axis_start(data->y_kind);
    grow_axes(data, layout, &x, &y);
    if (layout && layout->ghost)
        grow_axes(layout->ghost, layout, &x, &y);
    for (size_t k = 0; k < data->guides_n; k++)
        axis_grow(data->guide[k].upright ? &x : &y, data->guide[k].value);
    if (data->x_kind == AXIS_LINEAR && x.low < x.high)
        a->x = x; /* curves from edge to edge */
    else
        a->x = axis_finish(x);
    a->y = axis_finish(y);
    if (data->x.low < data->x.high)
        a->x = data->x;
    if (data->y.low < data->y.high)
        a->y = data->y;
    a->x.kind = data->x_kind;
    a->x = axis_in_sight(a->x, layout);
    a->y.kind = data->y_kind;
}

/* The area between a curve and the axis below. */
static void fill_below(canvas *c, const plot_area *a, const curve *k)
{
    const double bottom = a->area.y + a->area.h;
    point *corner = k->n > 1 ? malloc((k->n + 2) * sizeof *corner) : NULL;
    for (size_t at = 0; at < k->n && corner; at++)
        corner[at] = area_point(a, curve_x(k, at), k->y[at]);
    if (corner) {
        corner[k->n] = (point){corner[k->n - 1].x, bottom};
        corner[k->n + 1] = (point){corner[0].x, bottom};
        canvas_fill_polygon(c, corner, k->n + 2, k->ink, k->fill);
    }
    free(corner);
}

static void draw_curve(canvas *c, const plot_area *a, const curve *k)
{
    if (k->fill > 0)
        fill_below(c, a, k);
    if (k->points || k->n == 1) { /* a line needs two */
        for (size_t at = 0; at < k->n; at++) {
            const point p = area_point(a, curve_x(k, at), k->y[at]);
            if (isfinite(p.x) && isfinite(p.y))
                canvas_marker(c, p, MARKER_DOT, 2.5, k->ink, k->alpha);
        }
        return;
    }
    canvas_curve_begin(c, (stroke){.ink = k->ink,
                                   .width = k->width > 0 ? k->width : width_of_lines,
                                   .alpha = k->alpha,
                                   .dash = k->dash});
    for (size_t at = 0; at < k->n; at++) {
        const point p = area_point(a, curve_x(k, at), k->y[at]);
        canvas_curve_to(c, p.x, p.y);
    }
    canvas_curve_end(c);
}

/* What the curve is the running mean of. */
static void draw_each(canvas *c, const plot_area *a, const curve *k)
{
    curve each = *k;
    each.y = k->each;
    each.fill = 0;
    each.width = 1;
    each.alpha = .22;
    each.dash = DASH_NONE;
    if (k->each)
        draw_curve(c, a, &each);
}

/* Marks of one kind along the line y, at most one each 7 pixels. */
static void draw_marks(canvas *c, const curves *data, const plot_area *a, const curve *k,
                       odd_kind kind, marker_kind mark, double y)
{
    double last = -INFINITY;
    for (size_t at = 0; at < k->n; at++) {
        if (odd_of(data, k->y[at]) != kind)
            continue;
        const double x = area_point(a, curve_x(k, at), axis_value(a->y, 0)).x;
        if (x - last < 7 || x < a->area.x - 1 || x > a->area.x + a->area.w + 1)
            continue;
        last = x;
        const double height = kind == ODD_SUBNORMAL ? area_point(a, curve_x(k, at), k->y[at]).y : y;
        canvas_marker(c, (point){x, height}, mark, 3, k->ink, 1);
    }
}

static void strip_name(canvas *c, const plot_area *a, double y, const char *name)
{
    canvas_text(
        c, a->area.x - 8, y,
        (text_style){
            .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
        name);
}

static void draw_odd(canvas *c, const curves *data, const plot_area *a, bool zero, bool beyond)
{
    const double below = a->area.y + a->area.h + 14, above = a->area.y - 14;
    bool nan = false, inf = false;
    for (size_t k = 0; k < data->n; k++)
        for (size_t at = 0; at < data->curve[k].n; at++) {
            nan |= isnan(data->curve[k].y[at]);
            inf |= isinf(data->curve[k].y[at]) && data->curve[k].y[at] > 0;
        }
    for (size_t k = 0; k < data->n; k++) {
        const curve *one = &data->curve[k];
        draw_marks(c, data, a, one, ODD_ZERO, MARKER_RING, below);
        draw_marks(c, data, a, one, ODD_NAN, MARKER_CROSS, above);
        draw_marks(c, data, a, one, ODD_INF, MARKER_TRIANGLE, above);
        draw_marks(c, data, a, one, ODD_SUBNORMAL, MARKER_TRIANGLE, 0);
    }
    if (zero)
        strip_name(c, a, below, "0");
    if (beyond)
        strip_name(c, a, above, nan && inf ? "NaN, +∞" : nan ? "NaN" : "+∞");
}

/* taken: the line and its name. */
/* `before`: where the name of the guide before stands, or NULL; a name beside it goes a line down.
 */
static void draw_upright(canvas *c, const plot_area *a, const guide *g, const rect *before,
                         rect taken[2])
{
    const double x = area_point(a, g->value, axis_value(a->y, 0)).x;
    canvas_hair(c, (point){x, a->area.y}, (point){x, a->area.y + a->area.h},
                (stroke){.ink = INK_AXIS, .dash = DASH_SHORT});
    taken[0] = (rect){x - 1, a->area.y, 2, a->area.h};
    const bool crowded = before && before->x + before->w + 4 > x && before->x < x + 40;
    taken[1] =
        canvas_text(c, x + 4, a->area.y + (crowded ? 28 : 12),
                    (text_style){.size = TYPE_SMALL, .ink = INK_SOFT}, canvas_say(c, g->name));
}

/* Room at the right for the longest name, should it not fit inside, and for the name of x. */
static double right_margin(canvas *c, const curves *data)
{
    double widest = 24;
    for (size_t k = 0; k < data->n; k++)
        widest = fmax(widest, canvas_text_width(c, (text_style){.bold = true},
                                                canvas_say(c, data->curve[k].name)));
    const double name =
        canvas_text_width(c, (text_style){.size = TYPE_SMALL}, canvas_say(c, data->x_name));
    return fmin(fmax(widest + 16, name + 34), 120); /* 34: half a number and what is between */
}

/* The curves that were pinned, faint, and what they are. */
static void draw_ghost(canvas *c, const plot_area *a, const curves *ghost)
{
    for (size_t k = 0; k < ghost->n; k++) {
        curve faint = ghost->curve[k];
        faint.alpha = .35;
        faint.width = 3;
        faint.fill = 0;
        draw_curve(c, a, &faint);
    }
}

static void plot(canvas *c, rect r, const curves *data, const curves *owner, plot_layout *layout);

void plot_curves(canvas *c, rect r, const curves *data, plot_layout *layout)
{
    if (!layout || !layout->linear || data->y_kind != AXIS_LOG) {
        plot(c, r, data, data, layout);
        return;
    }
    curves linear = *data; /* the same numbers on another axis */
    linear.y_kind = AXIS_LINEAR;
    linear.y = (axis){0};
    plot(c, r, &linear, data, layout);
}

/* owner: what lasts as long as the view's data. */
static void plot(canvas *c, rect r, const curves *data, const curves *owner, plot_layout *layout)
{
    const curves *ghost = layout ? layout->ghost : NULL;
    plot_area a = {.id = 0};
    bool zero, beyond;
    rect taken[16];
    curves_level levels[MAX_LEVELS];
    size_t taken_n = 0;
    if (data->title[0])
        r = heading_draw(c, r, canvas_say(c, data->title), canvas_say(c, data->note));
    find_axes(data, layout, &a);
    find_odd(data, &zero, &beyond);
    zero &= is_log(data);
    const double top = (data->y_name[0] ? 18 : 6) + (beyond ? STRIP : 0),
                 bottom = AXES_BOTTOM + (zero ? STRIP : 0);
    double left = fmax(axes_left(c, a.y, r.h - top - bottom), beyond ? 56 : 24);
    a.area = rect_inset(r, left, top, right_margin(c, data), bottom);
    if (!(a.area.w > 20 && a.area.h > 20))
        return;
    axes_draw(
        c, &a,
        (axes_style){.no_x = true,
                     .y_name = beyond || !data->y_name[0] ? NULL : canvas_say(c, data->y_name)});
    plot_area shifted = a; /* the numbers of x go below the line of zeros */
    shifted.area.h += zero ? STRIP : 0;
    axes_draw(c, &shifted, (axes_style){.no_y = true, .x_name = canvas_say(c, data->x_name)});
    const size_t levels_n = curves_levels(c, data, &a, levels);
    for (size_t k = 0; k < levels_n; k++)
        canvas_hair(c, (point){a.area.x, levels[k].y}, (point){a.area.x + a.area.w, levels[k].y},
                    (stroke){.ink = INK_AXIS, .dash = DASH_SHORT});
    for (size_t k = 0; k < data->guides_n; k++)
        if (data->guide[k].upright) {
            draw_upright(c, &a, &data->guide[k], taken_n ? &taken[2 * taken_n - 1] : NULL,
                         taken + 2 * taken_n);
            taken_n++;
        }
    canvas_clip(c, rect_inset(a.area, -2, -2, -2, -2));
    if (ghost)
        draw_ghost(c, &a, ghost);
    for (size_t k = 0; k < data->n; k++)
        draw_each(c, &a, &data->curve[k]);
    for (size_t k = 0; k < data->n; k++)
        draw_curve(c, &a, &data->curve[k]);
    canvas_unclip(c);
    draw_odd(c, data, &a, zero, beyond);
    curves_labels(c, &a, r.x + r.w, data, levels, levels_n, taken, 2 * taken_n);
    a.curves = owner;
    layout_add(layout, a);
}

/* One curve's cells of a row, empty behind its end. */
static void write_values(FILE *out, const curve *k, size_t at)
{
    const double *const columns[] = {k->each, k->y};
    for (size_t m = k->each ? 0 : 1; m < 2; m++)
        if (at < k->n)
            fprintf(out, ",%.17g", columns[m][at]);
        else
            fprintf(out, ",");
}

void curves_csv(FILE *out, const curves *data)
{
    size_t rows = 0;
    fprintf(out, "%s", data->x_name[0] ? data->x_name : "x");
    for (size_t k = 0; k < data->n; k++) {
        if (data->curve[k].each)
            fprintf(out, ",%s,%s_mean", data->curve[k].name, data->curve[k].name);
        else
            fprintf(out, ",%s%s", data->curve[k].name, data->curve[k].name[0] ? "" : "curve");
        rows = data->curve[k].n > rows ? data->curve[k].n : rows;
    }
    fprintf(out, "\n");
    for (size_t at = 0; at < rows; at++) {
        const curve *longest = NULL;
        for (size_t k = 0; k < data->n && !longest; k++)
            longest = at < data->curve[k].n ? &data->curve[k] : NULL;
        fprintf(out, "%.17g", curve_x(longest, at));
        for (size_t k = 0; k < data->n; k++)
            write_values(out, &data->curve[k], at);
        fprintf(out, "\n");
    }
}
