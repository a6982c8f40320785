/* How far back a weight's gradient reaches: the norm of dW_hh's share by lag, for several cells. */
#include "viz/plots/panels.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/credit.h"

enum { MOST_CELLS = 4 };

/* The share of all the norms that lags up to this one have. */
static void add_share(curves *to, const double *lags, size_t T, const curve *like)
{
    double *share = to->numbers + to->n * T, total = 0, sum = 0;
    for (size_t k = 0; k < T; k++)
        total += lags[k];
    for (size_t k = 0; k < T; k++)
        share[k] = (sum += lags[k]) / total;
    curves_add(to, like->name, share, T, like->ink, like->dash);
}

static rs_status add_cell(void *context, const view_input *one, rs_error *err)
{
    panels *p = context;
    curves *to = p->panel[0];
    const rs_net *net = &one->run->model.net;
    const size_t T = one->trace->T;
    double *lags = to->numbers + to->n * T;
    const rs_status status = rs_flow_lags(one->trace, one->run->model.parameters,
                                          &one->run->data.loss, view_index(one->layer, net->layers),
                                          one->options->threads, one->stop, lags, err);
    const cell_look look = look_of_cell(net->cell);
    curve *added = status || to->n >= MOST_CELLS
                       ? NULL
                       : curves_add(to, net->cell->title, lags, T, look.ink, look.dash);
    if (added)
        add_share(p->panel[1], lags, T, added);
    return status;
}

static rs_status fill(panels *p, const view_input *in, rs_error *err)
{
    const size_t T = in->trace->T;
    curves *norm = panels_add(p, (rect){0, 0, 1, .6}, MOST_CELLS * T, err);
    curves *share = norm ? panels_add(p, (rect){0, .6, 1, .4}, MOST_CELLS * T, err) : NULL;
    if (!share)
        return RS_INTERNAL;
    (void)snprintf(norm->title, sizeof norm->title, "Weights' gradient by lag");
    (void)snprintf(norm->note, sizeof norm->note,
                   in->as_if ? "as if every step had a loss" : "norm, summed over $t$");
    (void)snprintf(share->title, sizeof share->title, "Up to this lag");
    (void)snprintf(share->note, sizeof share->note, "part of the sum of all lags' norms");
    norm->y_kind = AXIS_LOG;
    share->y_kind = AXIS_LINEAR;
    share->y = (axis){AXIS_LINEAR, 0, 1.05};
    for (size_t k = 0; k < 2; k++) {
        p->panel[k]->x_kind = AXIS_COUNT;
        (void)snprintf(p->panel[k]->x_name, sizeof norm->x_name, "lag");
    }
    return view_cells(in, add_cell, p, err);
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    rs_status status = view_wants_loss("lags", in, err);
    if (status)
        return status;
    panels *p = rs_alloc(1, sizeof *p, "the lags", err);
    if (!p)
        return RS_INTERNAL;
    status = fill(p, in, err);
    if (status)
        panels_free(p);
    else
        *data = p;
    return status;
}

/* of one cell */
static double flops(const view_input *in)
{
    const rs_net *net = &in->run->model.net;
    return rs_flow_lags_cost(net, in->trace->T, in->trace->B, view_index(in->layer, net->layers))
        .flops;
}

const view view_lags = {.flops = flops,
                        .name = "lags",
                        .title = "How far back the weights' gradient reaches",
                        .needs_loss = true,
                        .every_step = true,
                        .make = make,
                        .compares = true,
                        .draw = panels_draw,
                        .csv = panels_csv,
                        .free = panels_free};
