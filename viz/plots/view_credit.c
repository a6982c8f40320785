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
    d->T = input->trace->T;
    if (!rs_multiply(d->T, d->T, &TT))
        TT = SIZE_MAX / sizeof(double);
    d->value = rs_alloc(TT, sizeof *d->value, "the credit matrix", err);
    d->by_lag.numbers = rs_alloc(2 * d->T, sizeof(double), "the credit matrix", err);
    status = d->value && d->by_lag.numbers
                 ? rs_flow_credit(input->trace, run->model.parameters, &run->data.loss,
                                  view_index(input->layer, run->model.net.layers),
                                  input->options->threads, d->value, err)
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

/* Steps of the loss downwards, as the matrix is written. */
static void draw_rows(canvas *c, rect area, size_t T)
{
    tick ticks[MAX_TICKS];
    const size_t n = axis_ticks((axis){AXIS_STEPS, 0, (double)T - 1}, area.h > 200 ? 6 : 3, ticks);
    for (size_t k = 0; k < n; k++)
        canvas_text(
            c, area.x - 8, area.y + (ticks[k].value + .5) / (double)T * area.h,
            (text_style){
                .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
            ticks[k].text);
}

static void draw_matrix(canvas *c, rect r, const credit *d, plot_layout *layout)
{
    const heatmap h = {.value = d->value,
                       .rows = d->T,
                       .cols = d->T,
                       .row_step = d->T,
                       .col_step = 1,
                       .lower = true,
                       .scale = d->scale,
                       .map = MAP_CIVIDIS};
    const double side = fmin(r.w - 48 - 80, r.h - AXES_BOTTOM - 12);
    if (side < 40)
        return;
    const rect area = {r.x + 48, r.y + 8, side, side};
    heatmap_draw(c, area, &h);
    draw_rows(c, area, d->T);
    const plot_area a = {.area = area,
                         .x = {AXIS_STEPS, -.5, (double)d->T - .5},
                         .y = {AXIS_STEPS, -.5, (double)d->T - .5},
                         .rows = d->T,
                         .cols = d->T,
                         .value = d->value,
                         .row_step = d->T,
                         .col_step = 1};
    axes_draw(c, &a, (axes_style){.no_y = true, .x_name = canvas_say(c, "step k")});
    const double bar = fmin(fmax(side - 64, side / 2), 240), x = area.x + side + 16;
    colorbar_draw(c, (rect){x, area.y, 8, bar}, h.map, h.scale);
    heatmap_draw_odd(c, x - 1, area.y + bar + 14, &h);
    if (side > 120)
        canvas_text(
            c, area.x + side - 8, area.y + 8,
            (text_style){
                .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_TOP},
            canvas_say(c, "row: loss at step t"));
    layout_add(layout, a);
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const credit *d = data;
    char title[96];
    const bool wide = r.w > 560;
    const double matrix = wide ? fmin(r.h + 90, r.w * .62) : r.w;
    snprintf(title, sizeof title, canvas_say(c, "%s credit"), d->cell->title);
    const rect left = {r.x, r.y, matrix, r.h};
    draw_matrix(c,
                heading_draw(c, left, title,
                             canvas_say(c, "$|\\partial L_t/\\partial h_k|$, every pair of steps")),
                d, layout);
    if (wide)
        plot_curves(c, (rect){r.x + matrix + 24, r.y, r.w - matrix - 24, r.h}, &d->by_lag, layout);
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
                          .draw = draw,
                          .csv = csv,
                          .free = free_credit};
