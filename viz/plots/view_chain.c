/* The network over time: how much gradient comes back along each arrow. */
#include "viz/plots/numbers.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/norms.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_STEPS = 16, MOST_LANES = 3 };

typedef struct chain {
    const rs_cell *cell;
    size_t T, n, lanes;
    size_t step[MOST_STEPS];
    int channel[MOST_LANES];
    double norm[MOST_LANES][MOST_STEPS]; /* dL/d(state) of the lane at the shown steps */
    double x[MOST_STEPS], y[MOST_STEPS]; /* |dL/dx_t|, |dL/dy_t| */
    double largest, smallest;            /* of all that are neither 0, NaN nor infinite */
} chain;

static double norm_at(const double *values, size_t t, size_t width)
{
    return rs_norm(values + t * width, width);
}

static void grow(chain *d, double norm)
{
    if (!(norm > 0) || !isfinite(norm))
        return;
    d->largest = fmax(d->largest, norm);
    d->smallest = d->smallest > 0 ? fmin(d->smallest, norm) : norm;
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    rs_status status = view_wants_loss("chain", in, err);
    if (status)
        return status;
    const rs_net *net = &in->run->model.net;
    const rs_trace *trace = in->trace;
    const rs_layer *layer = &trace->layer[view_index(in->layer, net->layers)];
    chain *d = rs_alloc(1, sizeof *d, "the chain", err);
    if (!d)
        return RS_INTERNAL;
    d->cell = net->cell;
    d->T = trace->T;
    d->n = trace->T < MOST_STEPS ? trace->T : MOST_STEPS;
    for (size_t k = 0; k < net->cell->channels_n && d->lanes < MOST_LANES; k++)
        if (net->cell->channels[k].role == RS_STATE)
            d->channel[d->lanes++] = (int)k;
    for (size_t k = 0; k < d->n; k++) {
        const size_t t = d->n > 1 ? k * (d->T - 1) / (d->n - 1) : 0;
        d->step[k] = t;
        for (size_t lane = 0; lane < d->lanes; lane++) {
            d->norm[lane][k] = norm_at(layer->d[d->channel[lane]], t, trace->B * net->hidden);
            grow(d, d->norm[lane][k]);
        }
        d->x[k] = norm_at(trace->dx, t, trace->B * net->inputs);
        d->y[k] = norm_at(trace->dy, t, trace->B * rs_net_width(net));
        grow(d, d->x[k]);
        grow(d, d->y[k]);
    }
    *data = d;
    return RS_OK;
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

static void draw_lane(canvas *c, const chain *d, size_t lane, double y, double left, double pitch)
{
    const double radius = fmin(16, pitch * .26);
    char text[NUMBER_TEXT];
    for (size_t k = 0; k < d->n; k++) {
        const point at = {left + pitch * (double)k, y};
        if (k > 0)
            draw_flow(c, d, (point){at.x - radius - 3, y}, (point){at.x - pitch + radius + 3, y},
                      d->norm[lane][k - 1], ink_of(lane));
        canvas_circle(c, at, radius, (stroke){.ink = ink_of(lane), .width = 1.5});
        canvas_text(c, at.x, y,
                    (text_style){.face = FACE_FORMULA,
                                 .size = TYPE_HEAD,
                                 .across = ACROSS_MIDDLE,
                                 .down = DOWN_MIDDLE},
                    d->cell->channels[d->channel[lane]].symbol);
        if (pitch > 52)
            canvas_text(c, at.x, y - radius - 8,
                        (text_style){.size = TYPE_SMALL,
                                     .face = FACE_NUMBER,
                                     .ink = INK_SOFT,
                                     .across = ACROSS_MIDDLE},
                        number_text(text, d->norm[lane][k], 2));
    }
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const chain *d = data;
    char title[96], text[NUMBER_TEXT];
    (void)snprintf(title, sizeof title, canvas_say(c, "%s over time"), d->cell->title);
    r = heading_draw(c, r, title,
                     canvas_say(c, "numbers: $|\\partial L/\\partial \\cdot|$; arrows as wide as "
                                   "its logarithm"));
    const double pitch = d->n > 1 ? (r.w - 88) / (double)(d->n - 1) : 0, left = r.x + 44;
    const double rows = (double)(d->lanes + 2), row = fmin(150, (r.h - 24) / rows);
    const double top = r.y + (r.h - row * rows) * .3 + row * .5;
    const double bottom = top + row * (double)(d->lanes + 1);
    for (size_t lane = 0; lane < d->lanes; lane++)
        draw_lane(c, d, lane, top + row * (double)(lane + 1), left, pitch);
    for (size_t k = 0; k < d->n; k++) {
        const double x = left + pitch * (double)k;
        const text_style small = {
            .size = TYPE_SMALL, .face = FACE_NUMBER, .ink = INK_SOFT, .across = ACROSS_MIDDLE};
        draw_flow(c, d, (point){x, top + 14}, (point){x, top + row - 44}, d->y[k], INK_VERMILION);
        draw_flow(c, d, (point){x, bottom - row + 26}, (point){x, bottom - 18}, d->x[k], INK_GREEN);
        canvas_text(c, x, top,
                    (text_style){.face = FACE_FORMULA, .size = TYPE_HEAD, .across = ACROSS_MIDDLE},
                    "y");
        canvas_text(c, x, bottom,
                    (text_style){.face = FACE_FORMULA, .size = TYPE_HEAD, .across = ACROSS_MIDDLE},
                    "x");
        if (pitch > 52) {
            canvas_text(c, x, top - 20, small, number_text(text, d->y[k], 2));
            canvas_text(c, x, bottom + 20, small, number_text(text, d->x[k], 2));
        }
        (void)snprintf(text, sizeof text, "%zu", d->step[k]);
        if (pitch > 24 || k % 2 == 0)
            canvas_text(c, x, bottom + 44,
                        (text_style){.size = TYPE_SMALL, .across = ACROSS_MIDDLE}, text);
    }
    canvas_text(c, r.x, bottom + 44, (text_style){.size = TYPE_SMALL, .ink = INK_SOFT},
                canvas_say(c, "step"));
    layout_add(layout,
               (plot_area){.area = {left - pitch / 2, top, pitch * (double)d->n, bottom - top},
                           .x = {AXIS_LINEAR, -.5, (double)d->n - .5},
                           .y = {AXIS_LINEAR, 0, 1}});
}

static void csv(FILE *out, const void *data)
{
    const chain *d = data;
    fprintf(out, "t,what,norm\n");
    for (size_t k = 0; k < d->n; k++) {
        fprintf(out, "%zu,x,%.17g\n%zu,y,%.17g\n", d->step[k], d->x[k], d->step[k], d->y[k]);
        for (size_t lane = 0; lane < d->lanes; lane++)
            fprintf(out, "%zu,%s,%.17g\n", d->step[k], d->cell->channels[d->channel[lane]].name,
                    d->norm[lane][k]);
    }
}

const view view_chain = {.name = "chain",
                         .title = "The unrolled chain",
                         .needs_loss = true,
                         .make = make,
                         .draw = draw,
                         .csv = csv,
                         .free = free};
