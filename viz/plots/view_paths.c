/* Who carries the gradient from step to step: the direct route and the one through each gate. */
#include "viz/plots/panels.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/jacobian.h"
#include "flow/paths.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SIZE = 256 }; /* of a state, for products of Jacobians */

static void name_panel(curves *to, const char *title, const char *note)
{
    (void)snprintf(to->title, sizeof to->title, "%s", title);
    (void)snprintf(to->note, sizeof to->note, "%s", note);
    (void)snprintf(to->x_name, sizeof to->x_name, "step t");
    to->x_kind = AXIS_STEPS;
}

/* norm and share [T][routes] as curves [routes][T] */
static rs_status add_routes(panels *p, const view_input *in, size_t layer, rs_error *err)
{
    const rs_cell *cell = in->run->model.net.cell;
    const size_t T = in->trace->T, routes = rs_routes(cell);
    double *norm = rs_alloc(2 * T, routes * sizeof *norm, "the routes", err);
    double *share = norm ? norm + T * routes : NULL;
    const rs_status status =
        norm ? rs_flow_route_norms(in->trace, in->run->model.parameters, layer, norm, share, err)
             : RS_INTERNAL;
    for (size_t r = 0; r < routes && !status; r++) {
        char name[48];
        double *y = p->panel[0]->numbers + r * T, *part = p->panel[1]->numbers + r * T;
        for (size_t t = 0; t < T; t++) {
            y[t] = norm[t * routes + r];
            part[t] = share[t * routes + r];
        }
        rs_route_name(cell, r, name, sizeof name);
        const dash_kind dash = r == 0 ? DASH_NONE : r % 2 ? DASH_LONG : DASH_LONG_DOT;
        curves_add(p->panel[0], name, y, T, ink_of(r), dash);
        curves_add(p->panel[1], name, part, T, ink_of(r), dash);
    }
    free(norm);
    return status;
}

static rs_status add_product(curves *to, const view_input *in, size_t layer, unsigned routes,
                             const char *name, ink_kind ink, rs_error *err)
{
    const size_t T = in->trace->T;
    double *y = to->numbers + to->n * (T + 1);
    const rs_flow_block block = {RS_ALL_STATES, RS_ALL_STATES, routes};
    const rs_status status =
        rs_flow_jacobian_norms(in->trace, in->run->model.parameters, layer,
                               view_index(in->sequence, in->trace->B), &block, y, err);
    for (size_t t = 0; t <= T && !status; t++)
        y[t] /= log(10);
    if (!status)
        curves_add(to, name, y, T + 1, ink, routes ? DASH_LONG : DASH_NONE);
    return status;
}

static rs_status fill(panels *p, const view_input *in, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    const size_t layer = view_index(in->layer, net->layers), T = in->trace->T;
    const bool products = rs_states(net->cell) * net->hidden <= MOST_SIZE;
    const size_t routes = rs_routes(net->cell);
    curves *norm = panels_add(p, (rect){0, 0, products ? .5 : 1, .55}, routes * T, err);
    curves *share = norm ? panels_add(p, (rect){0, .55, 1, .45}, routes * T, err) : NULL;
    curves *product =
        share && products ? panels_add(p, (rect){.5, 0, .5, .55}, 2 * (T + 1), err) : NULL;
    if (!share || (products && !product))
        return RS_INTERNAL;
    name_panel(norm, "From step t to t − 1", "norm of the part that takes each route");
    name_panel(share, "Share of each route", "the shares of a step add up to 1");
    norm->y_kind = AXIS_LOG;
    share->y_kind = AXIS_LINEAR;
    share->guide[share->guides_n++] = (guide){.value = 0};
    rs_status status = add_routes(p, in, layer, err);
    if (status || !products)
        return status;
    name_panel(product, "All the way back", "$\\|\\partial s_T/\\partial s_t\\|$, largest gain");
    product->y_kind = AXIS_POWERS;
    status = add_product(product, in, layer, 0, "all routes", INK_TEXT, err);
    return status ? status : add_product(product, in, layer, 1, "direct alone", INK_BLUE, err);
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    rs_status status = view_wants_loss("paths", in, err);
    if (status)
        return status;
    panels *p = rs_alloc(1, sizeof *p, "the paths", err);
    if (!p)
        return RS_INTERNAL;
    status = fill(p, in, err);
    if (status)
        panels_free(p);
    else
        *data = p;
    return status;
}

const view view_paths = {.name = "paths",
                         .title = "Who carries the gradient",
                         .needs_loss = true,
                         .make = make,
                         .compares = true,
                         .draw = panels_draw,
                         .csv = panels_csv,
                         .free = panels_free};
