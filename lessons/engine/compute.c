#include "lessons/engine/compute.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "lessons/engine/bugs.h"
#include "lessons/engine/compute_make.h"
#include "lessons/engine/opened.h"
#include "lessons/engine/spares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A bug needs the cell it is a bug of. */
static rs_status bug_fits(const scene *s, rs_error *err)
{
    const bug *planted = s->bug[0] ? bug_named(s->bug) : NULL;
    for (size_t k = 0; planted && k < SCENE_CELLS; k++)
        if (strcmp(planted->cell, s->cells[k]) == 0)
            return RS_OK;
    return planted ? rs_fail(err, RS_DATA, "bug `%s` is one of the cell %s, which the scene lacks",
                             s->bug, planted->cell)
                   : RS_OK;
}

static rs_status make_cells(const scene *s, const compute_base *base, computed *c, rs_error *err)
{
    rs_status status = RS_OK;
    c->cells_n = base->model ? 1 : scene_cells_n(s);
    for (size_t k = 0; k < c->cells_n && status == RS_OK; k++)
        status = compute_make_cell(s, k, base, &c->cell[k], err);
    return status;
}

computed *compute_new(const scene *s, const compute_base *base, rs_error *err)
{
    opened files;
    computed *c = bug_fits(s, err) == RS_OK ? rs_alloc(1, sizeof *c, "the scene", err) : NULL;
    if (!c || opened_read(s, base, &files, err) != RS_OK) {
        free(c);
        return NULL;
    }
    c->of = *s;
    c->spares = base ? base->spares : NULL;
    atomic_init(&c->holders, 1);
    if (make_cells(s, &files.base, c, err) != RS_OK) {
        compute_release(c);
        c = NULL;
    }
    opened_close(&files);
    return c;
}

computed *compute_hold(computed *c)
{
    (void)atomic_fetch_add(&c->holders, 1);
    return c;
}

bool compute_has_loss(const computed_cell *cell)
{
    return cell->data.loss.kind != RS_NO_LOSS || cell->data.loss.last_state;
}

static void free_cell(compute_spares *spares, computed_cell *cell)
{
    double *const arrays[] = {cell->gradient, cell->norm_x, cell->carry,       cell->jacobian,
                              cell->re,       cell->im,     cell->singular,    cell->route,
                              cell->lags,     cell->credit, cell->route_share, cell->last_state,
                              cell->memory,   cell->direct, cell->every_target};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        free(arrays[k]);
    free(cell->every_label);
    for (size_t k = 0; k < RS_MAX_CHANNELS; k++) {
        free(cell->norm[k]);
        free(cell->unit[k]);
    }
    if (cell->check)
        rs_check_report_free(cell->check);
    free(cell->check);
    spares_give(spares, cell->trace);
    rs_data_free(&cell->data);
    rs_model_free(&cell->model);
}

void compute_release(computed *c)
{
    if (!c || atomic_fetch_sub(&c->holders, 1) > 1)
        return;
    for (size_t k = 0; k < SCENE_CELLS; k++)
        free_cell(c->spares, &c->cell[k]);
    free(c);
}

/* --- the parts --- */

static rs_status take(double **to, size_t n, rs_error *err)
{
    free(*to); /* left by an attempt that failed */
    *to = rs_alloc(n, sizeof **to, "a measure of the scene", err);
    return *to ? RS_OK : RS_INTERNAL;
}

static size_t top_layer(const computed_cell *cell) { return cell->model.net.layers - 1; }

static rs_status make_pass(const computed *c, computed_cell *cell, rs_error *err)
{
    const rs_net *net = &cell->model.net;
    const size_t T = cell->data.T;
    spares_give(c->spares, cell->trace);
    cell->trace = spares_take(c->spares, net, T, cell->data.B, err);
    if (!cell->trace || take(&cell->gradient, net->parameters_n, err) != RS_OK ||
        take(&cell->norm_x, T, err) != RS_OK)
        return RS_INTERNAL;
    rs_status status = rs_data_start(&cell->data, cell->trace, err);
    if (status != RS_OK)
        return status;
    compute_initial_states(&c->of, cell->trace);
    rs_forward(cell->trace, cell->model.parameters, NULL);
    rs_loss_forward(cell->trace, &cell->data.loss);
    rs_backward(cell->trace, cell->model.parameters, cell->gradient, 0);
    cell->states_n = rs_states(net->cell);
    for (size_t k = 0; k < cell->states_n && status == RS_OK; k++) {
        status = take(&cell->norm[k], T, err);
        if (status == RS_OK)
            status = rs_flow_norms(cell->trace, top_layer(cell), rs_state_channel(net->cell, k),
                                   cell->norm[k], err);
    }
    if (status == RS_OK)
        status = rs_flow_input_norms(cell->trace, cell->norm_x, err);
    if (status == RS_OK)
        cell->decay = rs_flow_decay(cell->norm[0], T);
    return status;
}

static rs_status make_spectrum(computed_cell *cell, rs_error *err)
{
    const rs_net *net = &cell->model.net;
    const size_t H = net->hidden, G = net->cell->gates_n;
    rs_status status = take(&cell->re, G * H, err);
    if (status == RS_OK)
        status = take(&cell->im, G * H, err);
    if (status == RS_OK)
        status = take(&cell->singular, G * H, err);
    for (size_t g = 0; g < G && status == RS_OK; g++) {
        const double *W = rs_recurrent_block(net, cell->model.parameters, top_layer(cell), g);
        status = rs_eigenvalues(W, H, cell->re + g * H, cell->im + g * H, err);
        if (status == RS_OK)
            status = rs_singular_values(W, H, cell->singular + g * H, err);
    }
    return status;
}

static rs_status make_gates(computed_cell *cell, rs_error *err)
{
    const rs_net *net = &cell->model.net;
    rs_status status = RS_OK;
    for (size_t g = 0; g < net->cell->gates_n && status == RS_OK; g++) {
        const size_t k = (size_t)net->cell->gates[g];
        free(cell->unit[k]);
        cell->unit[k] = rs_alloc(net->hidden, sizeof *cell->unit[k], "a measure of the scene", err);
        status = cell->unit[k] ? rs_flow_gate(cell->trace, top_layer(cell), k, cell->unit[k], err)
                               : RS_INTERNAL;
    }
    return status;
}

static rs_status make_routes(computed_cell *cell, rs_error *err)
{
    const size_t n = cell->data.T * rs_routes(cell->model.net.cell);
    rs_status status = take(&cell->route, n, err);
    if (status == RS_OK)
        status = take(&cell->route_share, n, err);
    if (status == RS_OK)
        status = rs_flow_route_norms(cell->trace, cell->model.parameters, top_layer(cell),
                                     cell->route, cell->route_share, err);
    return status;
}

static rs_status make_carry(computed_cell *cell, rs_error *err)
{
    rs_status status = take(&cell->carry, cell->data.T, err);
    return status == RS_OK ? rs_flow_carry(cell->trace, cell->model.parameters, top_layer(cell),
                                           cell->carry, err)
                           : status;
}

static rs_status make_jacobian(computed_cell *cell, rs_error *err)
{
    rs_status status = take(&cell->jacobian, cell->data.T + 1, err);
    return status == RS_OK ? rs_flow_jacobian_norms(cell->trace, cell->model.parameters,
                                                    top_layer(cell), 0, NULL, cell->jacobian, err)
                           : status;
}

/* The jacobian's block from memory to memory, over all routes (0) or the direct one (1). */
static rs_status make_memory(computed_cell *cell, unsigned routes, double **to, rs_error *err)
{
    const int m = (int)rs_states(cell->model.net.cell) - 1;
    const rs_flow_block block = {m, m, routes};
    rs_status status = take(to, cell->data.T + 1, err);
    return status == RS_OK ? rs_flow_jacobian_norms(cell->trace, cell->model.parameters,
                                                    top_layer(cell), 0, &block, *to, err)
                           : status;
}

static rs_status make_lags(computed_cell *cell, size_t threads, rs_error *err)
{
    rs_status status = take(&cell->lags, cell->data.T, err);
    return status == RS_OK ? rs_flow_lags(cell->trace, cell->model.parameters, &cell->every,
                                          top_layer(cell), threads, NULL, cell->lags, err)
                           : status;
}

static rs_status make_credit(computed_cell *cell, size_t threads, rs_error *err)
{
    size_t n = 0;
    if (!rs_multiply(cell->data.T, cell->data.T, &n))
        return rs_fail(err, RS_USAGE, "the credit matrix of %zu steps is too large", cell->data.T);
    rs_status status = take(&cell->credit, n, err);
    return status == RS_OK ? rs_flow_credit(cell->trace, cell->model.parameters, &cell->every,
                                            top_layer(cell), threads, NULL, cell->credit, err)
                           : status;
}

double compute_cost(const computed *c, size_t k, compute_part part)
{
    const computed_cell *cell = &c->cell[k];
    const rs_net *net = &cell->model.net;
    const double T = (double)cell->data.T, SH = (double)(rs_states(net->cell) * net->hidden);
    if (part == PART_CREDIT)
        return rs_flow_credit_cost(net, cell->data.T, cell->data.B, top_layer(cell), 1).flops;
    if (part == PART_LAGS)
        return rs_flow_lags_cost(net, cell->data.T, cell->data.B, top_layer(cell)).flops;
    const bool product = part == PART_JACOBIAN || part == PART_MEMORY || part == PART_DIRECT;
    return product ? T * SH * SH * SH * 10 : 0;
}

rs_status compute_part_of(computed *c, size_t k, compute_part part, size_t threads, rs_error *err)
{
    computed_cell *cell = &c->cell[k];
    rs_status status = RS_OK;
    if (c->parts[k] >> part & 1U)
        return RS_OK;
    if (compute_cost(c, k, part) > COMPUTE_DEAR)
        return rs_fail(err, RS_USAGE, "too dear: %.1e multiplications, at most %.0e are done here",
                       compute_cost(c, k, part), COMPUTE_DEAR);
    if (part != PART_PASS && part != PART_SPECTRUM)
        status = compute_part_of(c, k, PART_PASS, threads, err);
    if (status != RS_OK)
        return status;
    switch (part) {
    case PART_PASS:
        status = make_pass(c, cell, err);
        break;
    case PART_SPECTRUM:
        status = make_spectrum(cell, err);
        break;
    case PART_GATES:
        status = make_gates(cell, err);
        break;
    case PART_ROUTES:
        status = make_routes(cell, err);
        break;
    case PART_CARRY:
        status = make_carry(cell, err);
        break;
    case PART_JACOBIAN:
        status = make_jacobian(cell, err);
        break;
    case PART_LAGS:
        status = make_lags(cell, threads, err);
        break;
    case PART_CREDIT:
        status = make_credit(cell, threads, err);
        break;
    case PART_MEMORY:
        status = make_memory(cell, 0, &cell->memory, err);
        break;
    case PART_DIRECT:
        status = make_memory(cell, 1, &cell->direct, err);
        break;
    case PARTS:
        break;
    }
    if (status == RS_OK)
        c->parts[k] |= 1U << part;
    return status;
}

typedef struct passes {
    computed *of;
    rs_status status[SCENE_CELLS];
    rs_error error[SCENE_CELLS];
} passes;

static void pass_of_cell(void *context, size_t k)
{
    passes *p = context;
    p->status[k] = compute_part_of(p->of, k, PART_PASS, 1, &p->error[k]);
}

rs_status compute_passes(computed *c, size_t threads, rs_error *err)
{
    passes p = {.of = c};
    rs_parallel(c->cells_n, threads, pass_of_cell, &p);
    for (size_t k = 0; k < c->cells_n; k++)
        if (p.status[k] != RS_OK)
            return rs_fail(err, p.status[k], "%s", p.error[k].text);
    return RS_OK;
}
