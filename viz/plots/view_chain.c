/* The network over time: how much gradient comes back along each arrow; and below it, of the step
 * that is selected, what the arrow does to a gradient: its Jacobian. */
#include "viz/plots/numbers.h"
#include "viz/plots/step_jacobian.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/norms.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SHOWN = 48, MOST_LANES = 3 };
enum { NODE = 58, MOST_ROW = 150 }; /* pixels: a step, and a row of the network */

typedef struct chain {
    const rs_cell *cell;
    size_t T, lanes;
    int channel[MOST_LANES];
    double *norm[MOST_LANES]; /* [T] dL/d(state) of the lane */
    bool has_y;               /* there is a readout; else y is h */
    double *x, *y;            /* [T] |dL/dx_t|, |dL/dy_t| */
    double *numbers;          /* of all of these */
    double largest, smallest; /* of all that are neither 0, NaN nor infinite */
    step_jacobian jacobian;   /* of the step selected */
} chain;

static void free_chain(void *data)
{
    chain *d = data;
    if (d) {
        free(d->numbers);
        step_jacobian_free(&d->jacobian);
    }
    free(d);
}

/* The norm of each step's row of values. */
static void find_norms(chain *d, const double *values, size_t width, double *norm)
{
    for (size_t t = 0; t < d->T; t++) {
        norm[t] = rs_norm(values + t * width, width);
        if (!(norm[t] > 0) || !isfinite(norm[t]))
            continue;
        d->largest = fmax(d->largest, norm[t]);
        d->smallest = d->smallest > 0 ? fmin(d->smallest, norm[t]) : norm[t];
    }
}

static void fill(chain *d, const view_input *in)
{
    const rs_trace *trace = in->trace;
    const rs_net *net = &in->run->model.net;
    const rs_layer *layer = &trace->layer[view_index(in->layer, net->layers)];
    for (size_t lane = 0; lane < d->lanes; lane++) {
        d->norm[lane] = d->numbers + lane * d->T;
        find_norms(d, layer->d[d->channel[lane]], trace->B * net->hidden, d->norm[lane]);
    }
    d->x = d->numbers + d->lanes * d->T;
    d->y = d->x + d->T;
    find_norms(d, trace->dx, trace->B * net->inputs, d->x);
    find_norms(d, trace->dy, trace->B * rs_net_width(net), d->y);
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    rs_status status = view_wants_loss("chain", in, err);
    if (status)
        return status;
    chain *d = rs_alloc(1, sizeof *d, "the chain", err);
    if (!d)
        return RS_INTERNAL;
    d->cell = in->run->model.net.cell;
    d->has_y = in->run->model.net.outputs > 0;
    d->T = in->trace->T;
    for (size_t k = 0; k < d->cell->channels_n && d->lanes < MOST_LANES; k++)
        if (d->cell->channels[k].role == RS_STATE)
            d->channel[d->lanes++] = (int)k;
    d->numbers = rs_alloc(d->T, (d->lanes + 2) * sizeof *d->numbers, "the chain", err);
    status = d->numbers ? step_jacobian_make(&d->jacobian, in, err) : RS_INTERNAL;
    if (status) {
        free_chain(d);
        return status;
    }
    fill(d, in);
    *data = d;
    return RS_OK;
}

/* --- drawing ------------------------------------------------------------------------------- */

/* The steps that are shown, and where. */
typedef struct nodes {
    size_t n, step[MOST_SHOWN];
    double x[MOST_SHOWN], radius;
    plot_area area; /* what reacts to the pointer */
} nodes;

/* As many of the steps in sight as have room, evenly, back from the last. */
static void place_nodes(nodes *p, const chain *d, rect r, const plot_layout *layout)
{
    const axis sight = axis_in_sight((axis){AXIS_STEPS, 0, (double)d->T - 1}, layout);
    const size_t first = (size_t)ceil(sight.low - 1e-9), last = (size_t)floor(sight.high + 1e-9);
    const size_t between = last > first ? last - first : 0;
    const size_t room = r.w > 3 * NODE ? (size_t)(r.w / NODE) : 3;
    const size_t most = (room < MOST_SHOWN ? room : MOST_SHOWN) - 1;
    const size_t stride = between > most ? (between + most - 1) / most : 1;
    p->n = between / stride + 1;
    const size_t start = last - (p->n - 1) * stride, ends = p->n > 1 ? p->n - 1 : 1;
    const double left = r.x + 44, pitch = (r.w - 88) / (double)ends, side = fmin(44, pitch / 2);
    for (size_t k = 0; k < p->n; k++) {
        p->step[k] = start + k * stride;
        p->x[k] = left + pitch * (double)k;
    }
    p->radius = fmin(16, pitch * .26);
    const double beyond = side / pitch * (double)stride; /* in steps, at both ends */
    p->area = (plot_area){
        .area = {left - side, r.y, pitch * (double)ends + 2 * side, r.h},
        .x = {AXIS_STEPS, (double)start - beyond, (double)(start + ends * stride) + beyond},
        .y = {AXIS_LINEAR, 0, 1},
        .back = stride == 1 ? 1 - p->radius / pitch : 0};
}

/* 9 pixels for the largest, one for the smallest, evenly by decades between; at least six of them
 * are told apart. */
static double width_of(const chain *d, double norm)
{
    const double range = fmax(6, log10(d->largest) - log10(d->smallest));
    return fmax(1, 9 - 8 * (log10(d->largest) - log10(norm)) / range);
}

/* An arrow; nothing at all flows: dotted; not a number: in the colour of what is bad. */
static void draw_flow(canvas *c, const chain *d, point from, point to, double norm, ink_kind ink)
{
    if (norm == 0)
        canvas_line(c, from, to, (stroke){.ink = INK_AXIS, .dash = DASH_DOT});
    else if (!isfinite(norm))
        canvas_arrow(c, from, to, (stroke){.ink = INK_BAD, .width = 2, .dash = DASH_SHORT});
    else
        canvas_arrow(c, from, to, (stroke){.ink = ink, .width = width_of(d, norm)});
}

static void draw_number(canvas *c, double x, double y, double value)
{
    char text[NUMBER_TEXT];
    canvas_text(
        c, x, y,
        (text_style){
            .size = TYPE_SMALL, .face = FACE_NUMBER, .ink = INK_SOFT, .across = ACROSS_MIDDLE},
        number_text(text, value, 2));
}

static void draw_lane(canvas *c, const chain *d, const nodes *p, size_t lane, double y)
{
    const double away = p->radius + 3;
    for (size_t k = 0; k < p->n; k++) {
        const point at = {p->x[k], y};
        if (k > 0)
            draw_flow(c, d, (point){at.x - away, y}, (point){p->x[k - 1] + away, y},
                      d->norm[lane][p->step[k - 1]], ink_of(lane));
        canvas_circle(c, at, p->radius, (stroke){.ink = ink_of(lane), .width = 1.5});
        view_symbol(c, at.x, y, d->cell->channels[d->channel[lane]].symbol);
        draw_number(c, at.x, y - p->radius - 8, d->norm[lane][p->step[k]]);
    }
}

/* Rows from the top to the inputs' at the bottom. */
static double rows_of(const chain *d) { return (double)(d->lanes + d->has_y); }

/* Outputs above, inputs and the steps' numbers below. */
static void draw_ends(canvas *c, const chain *d, const nodes *p, double top, double bottom,
                      double row)
{
    char text[32];
    for (size_t k = 0; k < p->n; k++) {
        const double x = p->x[k];
        const size_t t = p->step[k];
        if (d->has_y) {
            draw_number(c, x, top - 14, d->y[t]);
            view_symbol(c, x, top, "y");
            draw_flow(c, d, (point){x, top + 12}, (point){x, top + row - p->radius - 24}, d->y[t],
                      INK_VERMILION);
        }
        draw_flow(c, d, (point){x, bottom - row + p->radius + 6}, (point){x, bottom - 12}, d->x[t],
                  INK_GREEN);
        view_symbol(c, x, bottom, "x");
        draw_number(c, x, bottom + 20, d->x[t]);
        (void)snprintf(text, sizeof text, "%zu", t);
        canvas_text(c, x, bottom + 38, (text_style){.size = TYPE_SMALL, .across = ACROSS_MIDDLE},
                    text);
    }
}

/* Behind the arrows from the step selected to the one before: what the Jacobian below is of. */
static void draw_selected(canvas *c, const chain *d, const nodes *p)
{
    const double t = (double)d->jacobian.t, left = p->area.area.x;
    const double from = area_point(&p->area, t - 1, 0).x, to = area_point(&p->area, t, 0).x;
    const double low = fmax(from, left), high = fmin(to, left + p->area.area.w);
    if (high > low)
        canvas_fill_round(c, (rect){low, p->area.area.y + 8, high - low, p->area.area.h - 8}, 4,
                          INK_ACCENT, .13);
}

static void draw_chain(canvas *c, rect r, const chain *d, bool selects, plot_layout *layout)
{
    nodes p;
    char title[96];
    (void)snprintf(title, sizeof title, canvas_say(c, "%s over time"),
                   canvas_say(c, d->cell->title));
    r = heading_draw(c, r, title,
                     canvas_say(c, "numbers: $|\\partial L/\\partial \\cdot|$; arrows as wide as "
                                   "its logarithm"));
    const double row = fmin(MOST_ROW, (r.h - 68) / rows_of(d));
    const double top = r.y + 28, bottom = top + row * rows_of(d);
    place_nodes(&p, d, (rect){r.x, r.y, r.w, bottom + 40 - r.y}, layout);
    if (selects)
        draw_selected(c, d, &p);
    for (size_t lane = 0; lane < d->lanes; lane++)
        draw_lane(c, d, &p, lane, top + row * (double)(lane + d->has_y));
    draw_ends(c, d, &p, top, bottom, row);
    canvas_text(c, r.x, bottom + 38, (text_style){.size = TYPE_SMALL, .ink = INK_SOFT},
                canvas_say(c, "step"));
    layout_add(layout, p.area);
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const chain *d = data, *ghost = layout ? layout->ghost_data : NULL;
    const double most = 28 + 68 + MOST_ROW * rows_of(d);
    const double below = fmax((r.h < 560 ? .4 : .44) * r.h, r.h - most - 24);
    if (r.h < 260 + 130 * rows_of(d) || r.w < 520) { /* no room for its Jacobian */
        draw_chain(c, r, d, false, layout);
        return;
    }
    draw_chain(c, rect_inset(r, 0, 0, 0, below + 24), d, true, layout);
    step_jacobian_draw(c, (rect){r.x, r.y + r.h - below, r.w, below}, &d->jacobian,
                       ghost ? &ghost->jacobian : NULL, layout);
}

static void csv(FILE *out, const void *data)
{
    const chain *d = data;
    fprintf(out, "t,what,norm\n");
    for (size_t t = 0; t < d->T; t++) {
        fprintf(out, "%zu,x,%.17g\n%zu,y,%.17g\n", t, d->x[t], t, d->y[t]);
        for (size_t lane = 0; lane < d->lanes; lane++)
            fprintf(out, "%zu,%s,%.17g\n", t, d->cell->channels[d->channel[lane]].name,
                    d->norm[lane][t]);
    }
    step_jacobian_csv(out, &d->jacobian);
}

const view view_chain = {.name = "chain",
                         .title = "The unrolled chain",
                         .needs_loss = true,
                         .make = make,
                         .compares = true,
                         .draw = draw,
                         .csv = csv,
                         .free = free_chain};
