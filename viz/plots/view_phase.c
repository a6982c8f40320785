/* Two units against each other: where the state goes, and where it would settle without input. One
 * unit alone: its state against the one before, with the curve of one step and the diagonal;
 * between them the state climbs to where they meet (a cobweb diagram). */
#include "viz/plots/view.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { MOST_SEQUENCES = 24, SETTLING = 400, GRID = 17, CURVE = 129 };

typedef struct phase {
    const rs_cell *cell;
    size_t T, B, one, two;
    bool alone;                /* one unit: h_t against h_{t−1} */
    point *path;               /* [B][T+1] from the initial state */
    point end[MOST_SEQUENCES]; /* after SETTLING more steps with the mean input */
    bool settled[MOST_SEQUENCES];
    point field[GRID * GRID][2]; /* from, to; only where h of two units is all of the state */
    bool has_field;
    point curve[CURVE]; /* h after one step by h before it, with the mean input */
    bool has_curve;     /* one unit whose h is all of its state */
} phase;

static void free_phase(void *data)
{
    phase *p = data;
    if (p)
        free(p->path);
    free(p);
}

static size_t states_of(const rs_cell *cell)
{
    size_t n = 0;
    for (size_t k = 0; k < cell->channels_n; k++)
        n += cell->channels[k].role == RS_STATE;
    return n;
}

/* The input of every step and sequence: the mean of the data's. */
static void fill_mean(rs_trace *to, const rs_trace *from)
{
    const size_t I = to->net->inputs, rows = from->T * from->B;
    for (size_t i = 0; i < I; i++) {
        double mean = 0;
        for (size_t row = 0; row < rows; row++)
            mean += from->x[row * I + i] / (double)rows;
        for (size_t row = 0; row < to->T * to->B; row++)
            to->x[row * I + i] = mean;
    }
}

/* Goes on from the last states with the mean input. */
static rs_status settle(phase *p, const view_input *in, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    const size_t H = net->hidden, B = in->trace->B;
    rs_trace *more = rs_trace_new(net, SETTLING, B, RS_KEEP_LEAN, err);
    if (!more)
        return RS_INTERNAL;
    fill_mean(more, in->trace);
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            if (net->cell->channels[k].role == RS_STATE)
                memcpy(more->layer[l].value[k] - B * H,
                       in->trace->layer[l].value[k] + (in->trace->T - 1) * B * H,
                       B * H * sizeof(double));
    rs_forward(more, in->run->model.parameters, NULL);
    const double *h = more->layer[view_index(in->layer, net->layers)].value[RS_H];
    for (size_t b = 0; b < p->B; b++) {
        const double *last = h + ((SETTLING - 1) * B + b) * H, *before = last - B * H;
        p->end[b] = (point){p->alone ? before[p->one] : last[p->one], last[p->two]};
        p->settled[b] = hypot(last[p->one] - before[p->one], last[p->two] - before[p->two]) < 1e-6;
    }
    rs_trace_free(more);
    return RS_OK;
}

/* One step from each point of a grid. */
static rs_status find_field(phase *p, const view_input *in, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    rs_trace *one = rs_trace_new(net, 1, GRID * GRID, RS_KEEP_LEAN, err);
    if (!one)
        return RS_INTERNAL;
    fill_mean(one, in->trace);
    double *start = one->layer[0].value[RS_H] - GRID * GRID * 2, *end = one->layer[0].value[RS_H];
    for (size_t k = 0; k < GRID * GRID; k++) {
        const size_t row = k / GRID, col = k % GRID;
        start[2 * k] = -1 + 2 * (double)col / (GRID - 1);
        start[2 * k + 1] = -1 + 2 * (double)row / (GRID - 1);
    }
    rs_forward(one, in->run->model.parameters, NULL);
    for (size_t k = 0; k < GRID * GRID; k++) {
        p->field[k][0] = (point){start[2 * k], start[2 * k + 1]};
        p->field[k][1] = (point){end[2 * k], end[2 * k + 1]};
    }
    p->has_field = true;
    rs_trace_free(one);
    return RS_OK;
}

/* The states that the curve is drawn over: all that the unit can have, or those near its path. */
static void find_reach(const phase *p, double *low, double *high)
{
    const rs_channel *h = &p->cell->channels[RS_H];
    *low = h->low;
    *high = h->high;
    if (isfinite(h->low) && isfinite(h->high))
        return;
    *low = *high = p->path[0].y;
    for (size_t k = 0; k < p->B * (p->T + 1); k++) {
        *low = fmin(*low, p->path[k].y);
        *high = fmax(*high, p->path[k].y);
    }
    const double more = .1 * (*high - *low) + 1e-3;
    *low -= more;
    *high += more;
}

/* One step of the unit from evenly spaced states. */
static rs_status find_curve(phase *p, const view_input *in, rs_error *err)
{
    rs_trace *one = rs_trace_new(&in->run->model.net, 1, CURVE, RS_KEEP_LEAN, err);
    double low = 0, high = 0;
    if (!one)
        return RS_INTERNAL;
    find_reach(p, &low, &high);
    fill_mean(one, in->trace);
    double *end = one->layer[0].value[RS_H], *start = end - CURVE;
    for (size_t k = 0; k < CURVE; k++)
        start[k] = low + (high - low) * (double)k / (CURVE - 1);
    rs_forward(one, in->run->model.parameters, NULL);
    for (size_t k = 0; k < CURVE; k++)
        p->curve[k] = (point){start[k], end[k]};
    p->has_curve = true;
    rs_trace_free(one);
    return RS_OK;
}

static void copy_paths(phase *p, const view_input *in)
{
    const size_t H = in->run->model.net.hidden, B = in->trace->B;
    const double *h =
        in->trace->layer[view_index(in->layer, in->run->model.net.layers)].value[RS_H] - B * H;
    for (size_t b = 0; b < p->B; b++)
        for (size_t t = 0; t <= p->T; t++) {
            const double *now = h + (t * B + b) * H;
            const double *before = t > 0 ? now - B * H : now;
            p->path[b * (p->T + 1) + t] =
                (point){p->alone ? before[p->one] : now[p->one], now[p->two]};
        }
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    phase *p = rs_alloc(1, sizeof *p, "the trajectories", err);
    if (!p)
        return RS_INTERNAL;
    p->cell = net->cell;
    p->T = in->trace->T;
    p->B = in->trace->B < MOST_SEQUENCES ? in->trace->B : MOST_SEQUENCES;
    p->alone = net->hidden == 1;
    p->one = view_index(in->unit, net->hidden);
    p->two = (p->one + 1) % net->hidden;
    p->path = rs_alloc(p->B * (p->T + 1), sizeof *p->path, "the trajectories", err);
    rs_status status = p->path ? RS_OK : RS_INTERNAL;
    if (!status) {
        copy_paths(p, in);
        status = settle(p, in, err);
    }
    if (!status && net->hidden == 2 && net->layers == 1 && states_of(net->cell) == 1 && p->one == 0)
        status = find_field(p, in, err);
    if (!status && p->alone && net->layers == 1 && states_of(net->cell) == 1)
        status = find_curve(p, in, err);
    if (status)
        free_phase(p);
    else
        *data = p;
    return status;
}

static void find_ends(const phase *p, axis *x, axis *y)
{
    *x = axis_start(AXIS_LINEAR);
    *y = axis_start(AXIS_LINEAR);
    for (size_t k = 0; k < p->B * (p->T + 1); k++) {
        axis_grow(x, p->path[k].x);
        axis_grow(y, p->path[k].y);
    }
    for (size_t b = 0; b < p->B; b++) {
        axis_grow(x, p->end[b].x);
        axis_grow(y, p->end[b].y);
    }
    for (size_t k = 0; k < CURVE && p->has_curve; k++) {
        axis_grow(x, p->curve[k].x);
        axis_grow(y, p->curve[k].y);
    }
    *x = axis_finish(*x);
    *y = axis_finish(*y);
    if (p->has_field)
        *x = *y = (axis){AXIS_LINEAR, -1.05, 1.05};
}

static void draw_field(canvas *c, const plot_area *a, const phase *p)
{
    for (size_t k = 0; k < GRID * GRID && p->has_field; k++) {
        const point from = area_point(a, p->field[k][0].x, p->field[k][0].y);
        const point to = area_point(a, p->field[k][1].x, p->field[k][1].y);
        const double length = hypot(to.x - from.x, to.y - from.y);
        const double part = fmin(1, .8 * a->area.w / GRID / fmax(length, 1e-9));
        canvas_arrow(c, from,
                     (point){from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)},
                     (stroke){.ink = INK_AXIS, .alpha = .6});
    }
}

static void draw_curve(canvas *c, const plot_area *a, const phase *p)
{
    if (!p->has_curve)
        return;
    const double low = p->curve[0].x, high = p->curve[CURVE - 1].x;
    canvas_line(c, area_point(a, low, low), area_point(a, high, high),
                (stroke){.ink = INK_AXIS, .dash = DASH_SHORT});
    canvas_curve_begin(c, (stroke){.ink = INK_SOFT, .width = 2});
    for (size_t k = 0; k < CURVE; k++) {
        const point at = area_point(a, p->curve[k].x, p->curve[k].y);
        canvas_curve_to(c, at.x, at.y);
    }
    canvas_curve_end(c);
}

/* From the diagonal to the curve and back, step by step. */
static void draw_cobweb(canvas *c, const plot_area *a, const phase *p, size_t b)
{
    const point *path = p->path + b * (p->T + 1);
    canvas_curve_begin(c, (stroke){.ink = ink_of(b), .width = 1.25});
    for (size_t t = 1; t <= p->T; t++) {
        const point on_line = area_point(a, path[t].x, path[t].x),
                    on_curve = area_point(a, path[t].x, path[t].y);
        canvas_curve_to(c, on_line.x, on_line.y);
        canvas_curve_to(c, on_curve.x, on_curve.y);
    }
    canvas_curve_end(c);
}

static void draw_paths(canvas *c, const plot_area *a, const phase *p)
{
    for (size_t b = 0; b < p->B; b++) {
        const point *path = p->path + b * (p->T + 1);
        if (p->has_curve)
            draw_cobweb(c, a, p, b);
        canvas_curve_begin(c, (stroke){.ink = ink_of(b), .width = 1.25, .alpha = .5});
        for (size_t t = p->alone; !p->has_curve && t <= p->T; t++) {
            const point at = area_point(a, path[t].x, path[t].y);
            canvas_curve_to(c, at.x, at.y);
        }
        canvas_curve_end(c);
        canvas_marker(c, area_point(a, path[p->T].x, path[p->T].y), MARKER_DOT, 3, ink_of(b), 1);
    }
    for (size_t b = 0; b < p->B; b++)
        canvas_marker(c, area_point(a, p->end[b].x, p->end[b].y),
                      p->settled[b] ? MARKER_RING : MARKER_CROSS, 5, INK_TEXT, 1);
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const phase *p = data;
    char title[96], x_name[48], y_name[48];
    (void)snprintf(
        title, sizeof title,
        canvas_say(c, p->alone ? "%s state, step by step" : "%s state, unit against unit"),
        p->cell->title);
    r = heading_draw(
        c, r, title,
        canvas_say(c, p->has_curve
                          ? "grey: one step; dashed: no change; ● its end, ○ where it settles"
                          : "a line a sequence; ● its end, ○ where it settles under the mean "
                            "input, × where it does not"));
    plot_area a = {.area = rect_inset(r, 48, 20, 64, AXES_BOTTOM)};
    if (!(a.area.w > 40 && a.area.h > 40))
        return;
    find_ends(p, &a.x, &a.y);
    (void)snprintf(x_name, sizeof x_name, p->alone ? "$h_{t-1}$" : "$h_{%zu}$", p->one);
    (void)snprintf(y_name, sizeof y_name, p->alone ? "$h_t$" : "$h_{%zu}$", p->two);
    axes_draw(c, &a, (axes_style){.x_name = x_name, .y_name = y_name});
    canvas_clip(c, rect_inset(a.area, -6, -6, -6, -6));
    draw_field(c, &a, p);
    draw_curve(c, &a, p);
    draw_paths(c, &a, p);
    canvas_unclip(c);
    layout_add(layout, a);
}

static void csv(FILE *out, const void *data)
{
    const phase *p = data;
    fprintf(out, "sequence,t,x,y\n");
    for (size_t b = 0; b < p->B; b++)
        for (size_t t = 0; t <= p->T; t++)
            fprintf(out, "%zu,%zd,%.17g,%.17g\n", b, (ssize_t)t - 1, p->path[b * (p->T + 1) + t].x,
                    p->path[b * (p->T + 1) + t].y);
}

const view view_phase = {.name = "phase",
                         .title = "Trajectories and attractors",
                         .make = make,
                         .compares = true,
                         .draw = draw,
                         .csv = csv,
                         .free = free_phase};
