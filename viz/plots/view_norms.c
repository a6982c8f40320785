/* The gradient's size over time, of several cells on equal data and seed. */
#include "viz/plots/panels.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/norms.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_CELLS = 4 };

typedef struct making {
    panels *p;
    curves *h, *state, *x;
} making;

/* The half-life, or 0 where a straight line is no good account of the norms. */
static double told_half_life(const double *norm, size_t T)
{
    const rs_decay decay = rs_flow_decay(norm, T);
    return rs_decay_tells(&decay, T) ? decay.half_life : 0;
}

static rs_status add_norms(curves *to, const view_input *one, int channel, rs_error *err)
{
    const rs_net *net = &one->run->model.net;
    const size_t T = one->trace->T;
    double *norm = to->numbers + to->n * T;
    const rs_status status = channel < 0
                                 ? rs_flow_input_norms(one->trace, norm, err)
                                 : rs_flow_norms(one->trace, view_index(one->layer, net->layers),
                                                 (size_t)channel, norm, err);
    const cell_look look = look_of_cell(net->cell);
    curve *added = status || to->n >= MOST_CELLS
                       ? NULL
                       : curves_add(to, net->cell->title, norm, T, look.ink, look.dash);
    if (added)
        added->half_life = told_half_life(norm, T);
    return status;
}

static rs_status add_cell(void *context, const view_input *one, rs_error *err)
{
    making *m = context;
    const rs_cell *cell = one->run->model.net.cell;
    rs_status status = add_norms(m->h, one, RS_H, err);
    if (!status)
        status = add_norms(m->x, one, -1, err);
    for (size_t k = 1; k < cell->channels_n && !status; k++)
        if (cell->channels[k].role == RS_STATE)
            status = add_norms(m->state, one, (int)k, err);
    return status;
}

static curves *new_panel(panels *p, rect place, size_t T, const char *title, const char *note,
                         rs_error *err)
{
    curves *made = panels_add(p, place, MOST_CELLS * T, err);
    if (!made)
        return NULL;
    snprintf(made->title, sizeof made->title, "%s", title);
    snprintf(made->note, sizeof made->note, "%s", note);
    snprintf(made->x_name, sizeof made->x_name, "step t");
    made->x_kind = AXIS_STEPS;
    made->y_kind = AXIS_LOG;
    return made;
}

static rs_status make(const view_input *input, void **data, rs_error *err)
{
    rs_status status = view_wants_loss("norms", input, err);
    if (status)
        return status;
    const size_t T = input->trace->T;
    panels *p = rs_alloc(1, sizeof *p, "the norms", err);
    if (!p)
        return RS_INTERNAL;
    making m = {.p = p};
    m.h = new_panel(p, (rect){0, 0, 1, .6}, T, "Gradient reaching each step",
                    "$|\\partial L/\\partial h_t|$, same data, same seed", err);
    m.state = m.h ? new_panel(p, (rect){0, .6, .5, .4}, T, "Through the cell state",
                              "$|\\partial L/\\partial c_t|$", err)
                  : NULL;
    m.x = m.state ? new_panel(p, (rect){.5, .6, .5, .4}, T, "At the input",
                              "$|\\partial L/\\partial x_t|$", err)
                  : NULL;
    status = m.x ? view_cells(input, add_cell, &m, err) : RS_INTERNAL;
    if (status) {
        panels_free(p);
        return status;
    }
    if (m.state->n == 0) { /* no cell with a second state: its place goes to x */
        p->panel[1] = m.x;
        p->place[1] = (rect){0, .6, 1, .4};
        p->n = 2;
        free(m.state->numbers);
        free(m.state);
    }
    *data = p;
    return RS_OK;
}

const view view_norms = {.name = "norms",
                         .title = "Gradient norms over time",
                         .needs_loss = true,
                         .make = make,
                         .compares = true,
                         .draw = panels_draw,
                         .csv = panels_csv,
                         .free = panels_free};
