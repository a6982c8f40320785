/* Which step is blamed by which step's loss: the credit matrix, and beside it its mean by lag. */
#include "viz/plots/curves.h"
#include "viz/plots/heatmap.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/credit.h"

#include <math.h>
#include <stdlib.h>

enum { DECADES = 24 }; /* what a colour scale can still tell apart */

typedef struct credit {
    const rs_cell *cell;
    bool as_if; /* only the last step is asked for */
    size_t T;
    double *value; /* [T][T] */
    double *scratch;
    axis scale;
    curves by_lag;
} credit;

static void free_credit(void *data)
{
    credit *d = data;
    if (d) {
        free(d->value);
        free(d->by_lag.numbers);
    }
    free(d);
}

/* by lag: mean and largest over the steps whose loss is not zero at lag 0 */
static void find_lags(credit *d)
{
    double *mean = d->by_lag.numbers, *most = mean + d->T;
    for (size_t lag = 0; lag < d->T; lag++) {
        size_t n = 0;
        for (size_t t = lag; t < d->T; t++) {
            const double v = d->value[t * d->T + t - lag];
            if (d->value[t * d->T + t] == 0) /* no loss there */
                continue;
            mean[lag] += v;
            most[lag] = fmax(most[lag], v);
            n++;
        }
        mean[lag] = n > 0 ? mean[lag] / (double)n : NAN;
    }
    curves *to = &d->by_lag;
    snprintf(to->title, sizeof to->title, "By lag");
    snprintf(to->note, sizeof to->note, "mean and largest over $t$");
    snprintf(to->x_name, sizeof to->x_name, "lag t − k");
    to->x_kind = AXIS_COUNT;
    to->y_kind = AXIS_LOG;
    curves_add(to, "mean", mean, d->T, INK_BLUE, DASH_NONE);
    curves_add(to, "largest", most, d->T, INK_ORANGE, DASH_LONG);
}

static rs_status make(const view_input *input, void **data, rs_error *err)
{
    rs_status status = view_wants_loss("credit", input, err);
    if (status)
        return status;
    const struct run *run = input->run;
    credit *d = rs_alloc(1, sizeof *d, "the credit matrix", err);
    size_t TT = 0;
    if (!d)
        return RS_INTERNAL;
    d->cell = run->model.net.cell;
    d->as_if = input->as_if;
    d->T = input->trace->T;
    if (!rs_multiply(d->T, d->T, &TT))
        TT = SIZE_MAX / sizeof(double);
    d->value = rs_alloc(TT, sizeof *d->value, "the credit matrix", err);
    d->by_lag.numbers = rs_alloc(2 * d->T, sizeof(double), "the credit matrix", err);
    status = d->value && d->by_lag.numbers
                 ? rs_flow_credit(input->trace, run->model.parameters, &run->data.loss,
                                  view_index(input->layer, run->model.net.layers),
                                  input->options->threads, input->stop, d->value, err)
                 : RS_INTERNAL;
    if (status) {
        free_credit(d);
        return status;
    }
    d->scale = heatmap_log_scale(d->value, TT, DECADES);
    find_lags(d);
    *data = d;
    return RS_OK;
}

/* --- drawing ------------------------------------------------------------------------------- */

/* Around the square: the numbers of t, the colour bar with its numbers; below it those of k. */
enum { LEFT = 48, RIGHT = 80, TOP = 8, BELOW = AXES_BOTTOM + 4 };

/* The steps in sight, the same ones for the loss and for the state. */
typedef struct window {
    size_t from, n;
    axis axis;
} window;

static window window_of(const credit *d, const plot_layout *layout)
{
    const double last = (double)d->T - 1;
    const axis sight = axis_in_sight((axis){AXIS_STEPS, 0, last}, layout);
    const size_t from = (size_t)ceil(sight.low - 1e-9), to = (size_t)floor(sight.high + 1e-9);
    const size_t n = to >= from ? to - from + 1 : 1;
    return (window){from, n, {AXIS_STEPS, (double)from - .5, (double)(from + n) - .5}};
}

/* Steps of the loss downwards, as the matrix is written. */
static void draw_rows(canvas *c, rect area, window w)
{
    tick ticks[MAX_TICKS];
    const axis steps = {AXIS_STEPS, (double)w.from, (double)(w.from + w.n - 1)};
    const size_t n = axis_ticks(steps, area.h > 400 ? 12 : area.h > 200 ? 6 : 3, ticks);
    for (size_t k = 0; k < n; k++)
        canvas_text(
            c, area.x - 8, area.y + axis_place(w.axis, ticks[k].value) * area.h,
            (text_style){
                .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
            ticks[k].text);
}

static heatmap map_of(const credit *d, window w)
{
    return (heatmap){.value = d->value + w.from * d->T + w.from,
                     .rows = w.n,
                     .cols = w.n,
                     .row_step = d->T,
                     .col_step = 1,
                     .lower = true,
                     .scale = d->scale,
                     .map = MAP_CIVIDIS};
}

/* The pinned matrix in the upper half, mirrored about the diagonal. */
static void draw_pinned(canvas *c, rect area, const credit *pinned, window w, axis scale)
{
    heatmap h = map_of(pinned, w);
    h.row_step = 1;
    h.col_step = pinned->T;
    h.lower = false;
    h.upper = true;
    h.scale = scale;
    heatmap_draw(c, area, &h);
}

/* The colours' ends, where there are two matrices to be coloured. */
static axis scale_of(const credit *d, const credit *pinned)
{
    axis a = d->scale;
    if (pinned) {
        a.low = fmin(a.low, pinned->scale.low);
        a.high = fmax(a.high, pinned->scale.high);
        a.low = fmax(a.low, a.high - DECADES);
    }
    return a;
}

static void draw_matrix(canvas *c, rect r, const credit *d, const credit *pinned,
                        plot_layout *layout)
{
    const window w = window_of(d, layout);
    heatmap h = map_of(d, w);
    h.scale = scale_of(d, pinned);
    const double side = fmin(r.w - LEFT - RIGHT, r.h - TOP - BELOW);
    if (side < 40)
        return;
    const rect area = {r.x + LEFT, r.y + TOP, side, side};
    heatmap_draw(c, area, &h);
    if (pinned)
        draw_pinned(c, area, pinned, w, h.scale);
    draw_rows(c, area, w);
    const plot_area a = {.area = area,
                         .x = w.axis,
                         .y = w.axis,
                         .rows = d->T,
                         .cols = d->T,
                         .value = d->value,
                         .row_step = d->T,
                         .col_step = 1,
                         .mirrored = pinned ? pinned->value : NULL};
    axes_draw(c, &a, (axes_style){.no_y = true, .x_name = canvas_say(c, "step k")});
    const double bar = fmin(fmax(side - 64, side / 2), 240), x = area.x + side + 16;
    colorbar_draw(c, (rect){x, area.y, 8, bar}, h.map, h.scale);
    heatmap_draw_odd(c, x - 1, area.y + bar + 14, &h);
    if (side > 120 && !pinned)
        canvas_text(
            c, area.x + side - 8, area.y + 8,
            (text_style){
                .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_TOP},
            canvas_say(c, "row: loss at step t"));
    layout_add(layout, a);
}

/* The square is as large as it can be; its mean by lag stands beside it or below it where that
 * leaves room. */
static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    enum { HEADING = 28, LEAST_BESIDE = 280, LEAST_BELOW = 170, GAP = 24 };
    const credit *d = data, *pinned = layout ? layout->ghost_data : NULL;
    if (pinned && pinned->T != d->T) /* nothing to compare step by step */
        pinned = NULL;
    char title[96];
    const double side = fmin(r.w - LEFT - RIGHT, r.h - HEADING - TOP - BELOW);
    const double w = side + LEFT + RIGHT, h = side + HEADING + TOP + BELOW;
    const bool beside = r.w - w - GAP >= LEAST_BESIDE, below = r.h - h - GAP >= LEAST_BELOW;
    snprintf(title, sizeof title, canvas_say(c, "%s credit"), canvas_say(c, d->cell->title));
    const rect left = {r.x, r.y, beside ? w : r.w, r.h};
    draw_matrix(
        c,
        heading_draw(
            c, left, title,
            canvas_say(c, pinned ? "below: now; above: pinned, mirrored"
                          : d->as_if
                              ? "$|\\partial L_t/\\partial h_k|$, as if every step had a loss"
                              : "$|\\partial L_t/\\partial h_k|$, every pair of steps")),
        d, pinned, layout);
    layout_ghost(layout, pinned ? &pinned->by_lag : NULL);
    if (beside)
        plot_curves(c, rect_inset(r, w + GAP, 0, 0, 0), &d->by_lag, layout);
    else if (below)
        plot_curves(c, rect_inset(r, 0, h + GAP, 0, 0), &d->by_lag, layout);
}

static void csv(FILE *out, const void *data)
{
    const credit *d = data;
    fprintf(out, "t,k,credit\n");
    for (size_t t = 0; t < d->T; t++)
        for (size_t k = 0; k <= t; k++)
            fprintf(out, "%zu,%zu,%.17g\n", t, k, d->value[t * d->T + k]);
}

static double flops(const view_input *in)
{
    const rs_net *net = &in->run->model.net;
    return rs_flow_credit_cost(net, in->trace->T, in->trace->B, view_index(in->layer, net->layers),
                               in->options->threads)
        .flops;
}

const view view_credit = {.flops = flops,
                          .name = "credit",
                          .title = "Credit: whose loss blames which step",
                          .needs_loss = true,
                          .every_step = true,
                          .make = make,
                          .compares = true,
                          .draw = draw,
                          .csv = csv,
                          .free = free_credit};
