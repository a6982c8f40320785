/* Where the state goes, and where it would settle without news: two units against each other, and
 * of more than two the plane of their first two principal components. One unit: its state against
 * the one before, with the curve of one step and the diagonal; between them the state climbs to
 * where they meet (a cobweb diagram). */
#include "viz/plots/phase.h"

#include <math.h>
#include <sys/types.h>

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    phase *p = NULL;
    const rs_status status = phase_make(in, &p, err);
    *data = p;
    return status;
}

static void free_phase(void *data) { phase_free(data); }

static void find_ends(const phase *p, const plane *q, axis *x, axis *y)
{
    *x = axis_start(AXIS_LINEAR);
    *y = axis_start(AXIS_LINEAR);
    for (size_t k = 0; k < p->B * (p->T + 1); k++) {
        axis_grow(x, q->path[k].x);
        axis_grow(y, q->path[k].y);
    }
    for (size_t b = 0; b < p->B; b++) {
        axis_grow(x, q->end[b].x);
        axis_grow(y, q->end[b].y);
    }
    if (p->H == 1 && p->field) {
        axis_grow(x, p->field[0].x);
        axis_grow(x, p->field[2 * p->field_n - 2].x);
        for (size_t k = 0; k < p->field_n; k++)
            axis_grow(y, p->field[2 * k + 1].x);
    }
    *x = axis_finish(*x);
    *y = axis_finish(*y);
    if (p->H == 1 || !p->field)
        return;
    *x = (axis){AXIS_LINEAR, fmin(x->low, -1.05), fmax(x->high, 1.05)};
    *y = (axis){AXIS_LINEAR, fmin(y->low, -1.05), fmax(y->high, 1.05)};
}

/* Of one unit: the map of a step, and the diagonal where the state stays as it is. */
static void draw_map(canvas *c, const plot_area *a, const phase *p)
{
    const double low = p->field[0].x, high = p->field[2 * p->field_n - 2].x;
    canvas_line(c, area_point(a, low, low), area_point(a, high, high),
                (stroke){.ink = INK_AXIS, .dash = DASH_SHORT});
    canvas_curve_begin(c, (stroke){.ink = INK_SOFT, .width = 2});
    for (size_t k = 0; k < p->field_n; k++) {
        const point at = area_point(a, p->field[2 * k].x, p->field[2 * k + 1].x);
        canvas_curve_to(c, at.x, at.y);
    }
    canvas_curve_end(c);
}

static void draw_field(canvas *c, const plot_area *a, const phase *p)
{
    for (size_t k = 0; k < p->field_n; k++) {
        const point from = area_point(a, p->field[2 * k].x, p->field[2 * k].y);
        const point to = area_point(a, p->field[2 * k + 1].x, p->field[2 * k + 1].y);
        const double length = hypot(to.x - from.x, to.y - from.y);
        const double part = fmin(1, .8 * a->area.w / PHASE_GRID / fmax(length, 1e-9));
        canvas_arrow(c, from,
                     (point){from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)},
                     (stroke){.ink = INK_AXIS, .alpha = .6});
    }
}

/* The paths that are pinned, in the plane of those that are not. */
static void draw_pinned(canvas *c, const plot_area *a, const phase *now, const plane *q,
                        const phase *pinned)
{
    const size_t T = pinned->T, H = now->H;
    for (size_t b = 0; b < pinned->B; b++) {
        const double *state = pinned->state + b * (T + 1) * H;
        canvas_curve_begin(c, (stroke){.ink = ink_of(b), .width = 3, .alpha = .3});
        for (size_t t = H == 1; t <= T; t++) {
            const point at = phase_place(now, q, state + (t > 0 ? t - 1 : 0) * H, state + t * H);
            const point on = area_point(a, at.x, at.y);
            canvas_curve_to(c, on.x, on.y);
        }
        canvas_curve_end(c);
    }
}

/* From the diagonal to the curve and back, step by step. */
static void draw_cobweb(canvas *c, const plot_area *a, const phase *p, const point *path,
                        ink_kind ink)
{
    canvas_curve_begin(c, (stroke){.ink = ink, .width = 1.25});
    for (size_t t = 1; t <= p->T; t++) {
        const point on_line = area_point(a, path[t].x, path[t].x),
                    on_curve = area_point(a, path[t].x, path[t].y);
        canvas_curve_to(c, on_line.x, on_line.y);
        canvas_curve_to(c, on_curve.x, on_curve.y);
    }
    canvas_curve_end(c);
}

static void draw_paths(canvas *c, const plot_area *a, const phase *p, const plane *q)
{
    for (size_t b = 0; b < p->B; b++) {
        const point *path = q->path + b * (p->T + 1);
        const bool cobweb = p->H == 1 && p->field;
        if (cobweb)
            draw_cobweb(c, a, p, path, ink_of(b));
        canvas_curve_begin(c, (stroke){.ink = ink_of(b), .width = 1.25, .alpha = .5});
        for (size_t t = p->H == 1; !cobweb && t <= p->T; t++) {
            const point at = area_point(a, path[t].x, path[t].y);
            canvas_curve_to(c, at.x, at.y);
        }
        canvas_curve_end(c);
        canvas_marker(c, area_point(a, path[p->T].x, path[p->T].y), MARKER_DOT, 3, ink_of(b), 1);
    }
    for (size_t b = 0; b < p->B; b++)
        canvas_marker(c, area_point(a, q->end[b].x, q->end[b].y),
                      p->settled[b] ? MARKER_RING : MARKER_CROSS, 5, INK_TEXT, 1);
}

static void draw_plane(canvas *c, rect r, const phase *p, const plane *q, const phase *pinned,
                       plot_layout *layout)
{
    char x_name[48], y_name[48];
    plot_area a = {.area = rect_inset(r, 48, 20, 64, AXES_BOTTOM)};
    if (!(a.area.w > 40 && a.area.h > 40))
        return;
    find_ends(p, q, &a.x, &a.y);
    if (q == &p->components) {
        (void)snprintf(x_name, sizeof x_name, "PC 1 · %.0f %%", 100 * q->share[0]);
        (void)snprintf(y_name, sizeof y_name, "PC 2 · %.0f %%", 100 * q->share[1]);
    } else {
        (void)snprintf(x_name, sizeof x_name, p->H == 1 ? "$h_{t-1}$" : "$h_{%zu}$", p->one);
        (void)snprintf(y_name, sizeof y_name, p->H == 1 ? "$h_t$" : "$h_{%zu}$", p->two);
    }
    axes_draw(c, &a, (axes_style){.x_name = x_name, .y_name = y_name});
    canvas_clip(c, rect_inset(a.area, -6, -6, -6, -6));
    if (p->field && p->H == 1)
        draw_map(c, &a, p);
    else if (p->field)
        draw_field(c, &a, p);
    if (pinned)
        draw_pinned(c, &a, p, q, pinned);
    draw_paths(c, &a, p, q);
    canvas_unclip(c);
    layout_add(layout, a);
}

/* What the marks mean, below; returns what is left of r. */
static rect draw_key(canvas *c, rect r, const phase *p)
{
    const char *key =
        canvas_say(c, p->H == 1 && p->field
                          ? "grey: one step; dashed: no change; ● its end, ○ where it settles"
                          : "a line a sequence; ● its end, ○ where it settles under the mean "
                            "input, × where it does not");
    char text[320];
    (void)snprintf(text, sizeof text, "%s%s", key,
                   p->H == 2 && p->field ? canvas_say(c, "; arrows: a step under the mean input")
                                         : "");
    const text_style style = {.ink = INK_SOFT, .down = DOWN_TOP, .width = r.w};
    const rect box = canvas_measure(c, r.x, r.y, style, text);
    canvas_text(c, r.x, r.y + r.h - box.h, style, text);
    return rect_inset(r, 0, 0, 0, box.h + 12);
}

static void draw_units(canvas *c, rect r, const phase *p, const phase *pinned, plot_layout *layout)
{
    char title[96], note[96];
    (void)snprintf(
        title, sizeof title,
        canvas_say(c, p->H > 1 ? "%s state, unit against unit" : "%s state, step by step"),
        canvas_say(c, p->cell->title));
    (void)snprintf(note, sizeof note, canvas_say(c, "units %zu and %zu"), p->one, p->two);
    r = heading_draw(c, r, title, p->H > 1 ? note : NULL);
    draw_plane(c, r, p, &p->units, pinned, layout);
}

static void draw_components(canvas *c, rect r, const phase *p, const phase *pinned,
                            plot_layout *layout)
{
    char title[96], note[160];
    (void)snprintf(title, sizeof title, canvas_say(c, "%s state, principal components"),
                   canvas_say(c, p->cell->title));
    (void)snprintf(note, sizeof note, canvas_say(c, "%.0f %% of the variance"),
                   100 * (p->components.share[0] + p->components.share[1]));
    r = heading_draw(c, r, title, note);
    draw_plane(c, r, p, &p->components, pinned, layout);
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const phase *p = data, *pinned = layout ? layout->ghost_data : NULL;
    if (pinned && (pinned->H != p->H || pinned->cell != p->cell || !pinned->state))
        pinned = NULL;
    r = draw_key(c, r, p);
    if (!p->has_components) {
        draw_units(c, r, p, pinned, layout);
    } else if (r.w < 640) {
        draw_components(c, r, p, pinned, layout);
    } else {
        draw_components(c, part_of_row(r, 0, 2, 32), p, pinned, layout);
        draw_units(c, part_of_row(r, 1, 2, 32), p, pinned, layout);
    }
}

static void write_plane(FILE *out, const phase *p, const plane *q, const char *name)
{
    for (size_t b = 0; b < p->B; b++)
        for (size_t t = 0; t <= p->T; t++)
            (void)fprintf(out, "%s,%zu,%zd,%.17g,%.17g\n", name, b, (ssize_t)t - 1,
                          q->path[b * (p->T + 1) + t].x, q->path[b * (p->T + 1) + t].y);
}

static void csv(FILE *out, const void *data)
{
    const phase *p = data;
    char name[64];
    (void)fprintf(out, "plane,sequence,t,x,y\n");
    (void)snprintf(name, sizeof name, "units %zu %zu", p->one, p->two);
    write_plane(out, p, &p->units, name);
    if (p->has_components)
        write_plane(out, p, &p->components, "principal components 1 2");
}

const view view_phase = {.name = "phase",
                         .title = "Trajectories and attractors",
                         .make = make,
                         .compares = true,
                         .draw = draw,
                         .csv = csv,
                         .free = free_phase};
