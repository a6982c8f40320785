/* The error surface of one unit over 50 steps: flat, and then a wall (Pascanu, Mikolov & Bengio
 * 2013, fig. 6), with gradient descent that is clipped and that is not. */
#include "viz/plots/heatmap.h"
#include "viz/plots/numbers.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/one_unit.h"

#include <math.h>
#include <stdlib.h>

enum { W_CELLS = 320, B_CELLS = 240, DESCENT = 1000, STEPS = 50 };

static const double x0 = .5, target = .7, w_low = 3, w_high = 7, b_low = -4, b_high = -1;
static const double rate = .1, usual_clip = .5;

typedef struct wall {
    double error[B_CELLS * W_CELLS], slope[B_CELLS * W_CELLS]; /* row 0: the largest b */
    double steepest[B_CELLS * W_CELLS]; /* known of the slope between here and the next cell */
    point path[2][DESCENT];             /* (w, b): clipped, unclipped */
    bool descends;                      /* there are paths */
    double largest, flat; /* of |dE/dw|, and the share of the plane where it is below 1 */
} wall;

static void descend(wall *d, bool clipped, double clip)
{
    point at = {6, -2.8};
    for (size_t k = 0; k < DESCENT; k++) {
        d->path[!clipped][k] = at;
        const rs_wall e = rs_wall_at(at.x, at.y, x0, STEPS, target);
        const double norm = hypot(e.dw, e.db);
        const double scale = rate * (clipped && norm > clip ? clip / norm : 1);
        at.x -= scale * e.dw;
        at.y -= scale * e.db;
    }
}

/* The wall is thinner than a cell: hardly a cell's middle lies on it. But where E differs by ΔE
 * from the next middle, the slope between the two is somewhere at least |ΔE/Δw| (mean value
 * theorem). */
static void find_steepest(wall *d)
{
    const double width = (w_high - w_low) / W_CELLS;
    for (size_t k = 0; k < B_CELLS * W_CELLS; k++) {
        const bool last = k % W_CELLS == W_CELLS - 1;
        const double rise = last ? 0 : fabs(d->error[k + 1] - d->error[k]);
        d->steepest[k] = fmax(d->slope[k], rise / width);
    }
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    wall *d = rs_alloc(1, sizeof *d, "the wall", err);
    size_t flat = 0;
    if (!d)
        return RS_INTERNAL;
    for (size_t row = 0; row < B_CELLS; row++)
        for (size_t col = 0; col < W_CELLS; col++) {
            const double w = w_low + (w_high - w_low) * ((double)col + .5) / W_CELLS;
            const double b = b_high + (b_low - b_high) * ((double)row + .5) / B_CELLS;
            const rs_wall e = rs_wall_at(w, b, x0, STEPS, target);
            d->error[row * W_CELLS + col] = e.error;
            d->slope[row * W_CELLS + col] = fabs(e.dw);
            d->largest = fmax(d->largest, fabs(e.dw));
            flat += fabs(e.dw) < 1;
        }
    d->flat = (double)flat / (B_CELLS * W_CELLS);
    find_steepest(d);
    d->descends = !isnan(in->clip);
    if (d->descends) {
        descend(d, true, in->clip > 0 ? in->clip : usual_clip);
        descend(d, false, INFINITY);
    }
    *data = d;
    return RS_OK;
}

static void draw_path(canvas *c, const plot_area *a, const point *path, ink_kind ink)
{
    const stroke strokes[] = {{.ink = INK_PAPER, .width = 4}, {.ink = ink, .width = 1.75}};
    canvas_clip(c, a->area);
    for (size_t s = 0; s < COUNT(strokes); s++) {
        canvas_curve_begin(c, strokes[s]);
        for (size_t k = 0; k < DESCENT; k++) {
            const point p = area_point(a, path[k].x, path[k].y);
            canvas_curve_to(c, p.x, p.y);
        }
        canvas_curve_end(c);
    }
    canvas_unclip(c);
}

/* Marks the last point that is on the map, and names the path so far below it. */
static void name_path(canvas *c, const plot_area *a, const point *path, ink_kind ink,
                      const char *name, double below)
{
    point last = area_point(a, path[0].x, path[0].y);
    for (size_t k = 0; k < DESCENT; k++) {
        const point p = area_point(a, path[k].x, path[k].y);
        if (!rect_holds(a->area, p))
            break; /* thrown out */
        last = p;
    }
    const double width = canvas_text_width(c, (text_style){.bold = true}, name);
    const double x = fmin(last.x + 10, a->area.x + a->area.w - width - 14);
    canvas_marker(c, last, MARKER_RING, 4, ink, 1);
    canvas_fill_round(c, (rect){x, last.y + below, width + 10, 20}, 4, INK_PAPER, .9);
    canvas_text(c, x + 5, last.y + below + 14, (text_style){.ink = ink, .bold = true}, name);
}

static void draw_descent(canvas *c, const plot_area *a, const wall *d)
{
    draw_path(c, a, d->path[1], INK_VERMILION);
    draw_path(c, a, d->path[0], INK_GREEN);
    name_path(c, a, d->path[1], INK_VERMILION, canvas_say(c, "not clipped"), 16);
    name_path(c, a, d->path[0], INK_GREEN, canvas_say(c, "clipped"), -28);
    canvas_marker(c, area_point(a, d->path[0][0].x, d->path[0][0].y), MARKER_DOT, 4, INK_TEXT, 1);
}

static void draw_map(canvas *c, rect r, const char *title, const char *note, const double *value,
                     axis scale, plot_layout *layout, plot_area *area)
{
    r = heading_draw(c, r, canvas_say(c, title), canvas_say(c, note));
    const heatmap h = {.value = value,
                       .rows = B_CELLS,
                       .cols = W_CELLS,
                       .row_step = W_CELLS,
                       .col_step = 1,
                       .scale = scale,
                       .map = MAP_CIVIDIS};
    *area = (plot_area){.area = rect_inset(r, 40, 8, 64, AXES_BOTTOM + 8),
                        .x = {AXIS_LINEAR, w_low, w_high},
                        .y = {AXIS_LINEAR, b_low, b_high}};
    heatmap_draw(c, area->area, &h);
    axes_draw(c, area, (axes_style){.no_grid = true, .x_name = "$w$", .y_name = "$b$"});
    colorbar_draw(c, (rect){area->area.x + area->area.w + 12, area->area.y, 8, area->area.h}, h.map,
                  scale);
    layout_add(layout, *area);
}

static const char descent_note[] = "$E = (\\sigma(x_{50}) - 0.7)^2$, with gradient descent";

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const wall *d = data;
    const bool wide = r.w > 1.5 * r.h;
    plot_area a;
    char text[128], share[NUMBER_TEXT], largest[NUMBER_TEXT];
    const rect maps = rect_inset(r, 0, 0, 0, 40);
    const rect left = wide ? part_of_row(maps, 0, 2, 24) : part_of_column(maps, 0, 2, 16);
    const rect right = wide ? part_of_row(maps, 1, 2, 24) : part_of_column(maps, 1, 2, 16);
    draw_map(c, left, "Error", d->descends ? descent_note : "$E = (\\sigma(x_{50}) - 0.7)^2$",
             d->error, (axis){AXIS_LINEAR, 0, .5}, layout, &a);
    if (d->descends)
        draw_descent(c, &a, d);
    draw_map(c, right, "Slope", "$|\\partial E/\\partial w|$", d->steepest,
             heatmap_log_scale(d->steepest, B_CELLS * W_CELLS, 12), layout, &a);
    (void)snprintf(text, sizeof text,
                   canvas_say(c, "%s %% of the plane has a slope below 1; the largest is %s."),
                   number_text(share, 100 * d->flat, 3), number_text(largest, d->largest, 2));
    canvas_text(c, r.x, r.y + r.h - 12, (text_style){.ink = INK_SOFT, .max = r.w}, text);
}

static void csv(FILE *out, const void *data)
{
    const wall *d = data;
    fprintf(out, "w,b,error,dE_dw\n");
    for (size_t row = 0; row < B_CELLS; row++)
        for (size_t col = 0; col < W_CELLS; col++)
            fprintf(out, "%.10g,%.10g,%.17g,%.17g\n",
                    w_low + (w_high - w_low) * ((double)col + .5) / W_CELLS,
                    b_high + (b_low - b_high) * ((double)row + .5) / B_CELLS,
                    d->error[row * W_CELLS + col], d->slope[row * W_CELLS + col]);
}

const view view_wall = {.name = "wall",
                        .title = "The wall: why a gradient explodes, and what clipping does",
                        .alone = true,
                        .make = make,
                        .draw = draw,
                        .csv = csv,
                        .free = free};
