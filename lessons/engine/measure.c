#include "lessons/engine/measure.h"

#include "base/memory.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* A request: which cell, and the name within it. */
typedef struct wanted {
    computed *c;
    size_t cell, threads;
    const char *name;
    rs_error *err;
} wanted;

static const computed_cell *cell_of(const wanted *w) { return &w->c->cell[w->cell]; }

static const rs_layer *top_of(const wanted *w)
{
    return &cell_of(w)->trace->layer[cell_of(w)->model.net.layers - 1];
}

static rs_status need(const wanted *w, compute_part part)
{
    return compute_part_of(w->c, w->cell, part, w->threads, w->err);
}

static rs_status copy(const wanted *w, const double *from, size_t rows, size_t cols, measure *m)
{
    m->rows = rows;
    m->cols = cols;
    m->value = rs_alloc(rows * cols, sizeof *m->value, "a measure", w->err);
    if (!m->value)
        return RS_INTERNAL;
    memcpy(m->value, from, rows * cols * sizeof *m->value);
    return RS_OK;
}

/* --- where each name comes from; RS_INCONCLUSIVE: not one of mine --------------------------- */

static rs_status from_pass(const wanted *w, measure *m)
{
    const computed_cell *cell = cell_of(w);
    const rs_trace *t = cell->trace;
    const size_t T = t->T, B = t->B, I = t->net->inputs, O = rs_net_width(t->net);
    const size_t GH = t->net->cell->gates_n * t->net->hidden;
    const struct {
        const char *name;
        const double *from;
        size_t rows, cols;
    } known[] = {{"loss", &t->loss, 1, 1},       {"loss_at", t->loss_at, T, 1},
                 {"x", t->x, T, B * I},          {"dx", t->dx, T, B * I},
                 {"y", t->y, T, B * O},          {"dy", t->dy, T, B * O},
                 {"a", top_of(w)->a, T, B * GH}, {"da", top_of(w)->da, T, B * GH},
                 {"norm", cell->norm[0], T, 1},  {"norm_c", cell->norm[1], T, 1},
                 {"norm_x", cell->norm_x, T, 1}, {"half_life", &cell->decay.half_life, 1, 1}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strcmp(w->name, known[k].name) == 0 && known[k].from)
            return copy(w, known[k].from, known[k].rows, known[k].cols, m);
    return RS_INCONCLUSIVE;
}

/* h, dh, h0, dh0 of any channel */
static rs_status from_channels(const wanted *w, measure *m)
{
    const rs_trace *t = cell_of(w)->trace;
    const rs_cell *cell = t->net->cell;
    const size_t BH = t->B * t->net->hidden;
    for (int derivative = 0; derivative < 2; derivative++)
        for (size_t k = 0; k < cell->channels_n; k++) {
            const char *name = cell->channels[k].name;
            const double *from = derivative ? top_of(w)->d[k] : top_of(w)->value[k];
            const size_t length = strlen(name);
            if (!from || (derivative && w->name[0] != 'd') ||
                strncmp(w->name + derivative, name, length) != 0)
                continue;
            const char *rest = w->name + derivative + length;
            if (*rest == '\0')
                return copy(w, from, t->T, BH, m);
            if (strcmp(rest, "0") == 0 && cell->channels[k].role == RS_STATE)
                return copy(w, from - BH, BH, 1, m);
        }
    return RS_INCONCLUSIVE;
}

static rs_status from_weights(const wanted *w, measure *m)
{
    static const struct {
        const char *name;
        rs_block_kind kind;
    } known[] = {
        {"U", RS_WEIGHT_IH}, {"W", RS_WEIGHT_HH}, {"b", RS_BIAS_IH}, {"V", RS_READOUT_WEIGHT}};
    const computed_cell *cell = cell_of(w);
    const bool derivative = w->name[0] == 'd';
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const rs_block *block =
            rs_net_block(&cell->model.net, known[k].kind, cell->model.net.layers - 1);
        if (strcmp(w->name + derivative, known[k].name) == 0 && block)
            return copy(w, (derivative ? cell->gradient : cell->model.parameters) + block->offset,
                        block->rows, block->cols, m);
    }
    return RS_INCONCLUSIVE;
}

/* gradient [n], parameters, dead, stuck (units of the top layer whose |h| stays, or which stay,
 * within .01) */
static rs_status from_counts(const wanted *w, measure *m)
{
    const computed_cell *cell = cell_of(w);
    const double n = (double)cell->model.net.parameters_n;
    const rs_unit_counts units = rs_flow_units(cell->trace, cell->model.net.layers - 1, .01, NULL);
    const double dead = (double)units.dead, stuck = (double)units.stuck;
    const struct {
        const char *name;
        const double *from;
        size_t rows;
    } known[] = {{"gradient", cell->gradient, cell->model.net.parameters_n},
                 {"parameters", &n, 1},
                 {"dead", &dead, 1},
                 {"stuck", &stuck, 1}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strcmp(w->name, known[k].name) == 0)
            return copy(w, known[k].from, known[k].rows, 1, m);
    return RS_INCONCLUSIVE;
}

/* Natural logarithms kept in time order become plain numbers counted back from the end. */
static rs_status from_logs(const wanted *w, const double *log_value, size_t n, measure *m)
{
    rs_status status = copy(w, log_value, n, 1, m);
    for (size_t k = 0; status == RS_OK && k < n; k++)
        m->value[k] = exp(log_value[n - 1 - k]);
    return status;
}

static rs_status from_parts(const wanted *w, measure *m)
{
    const computed_cell *cell = cell_of(w);
    const rs_net *net = &cell->model.net;
    const size_t T = cell->data.T, n = net->cell->gates_n * net->hidden,
                 routes = rs_routes(net->cell);
    const struct {
        const char *name;
        compute_part part;
        double *const *from;
        size_t rows, cols;
    } known[] = {{"lags", PART_LAGS, &cell->lags, T, 1},
                 {"credit", PART_CREDIT, &cell->credit, T, T},
                 {"singular", PART_SPECTRUM, &cell->singular, n, 1},
                 {"modulus", PART_SPECTRUM, &cell->re, n, 1},
                 {"routes", PART_ROUTES, &cell->route, T, routes},
                 {"shares", PART_ROUTES, &cell->route_share, T, routes},
                 {"jacobian", PART_JACOBIAN, &cell->jacobian, T + 1, 1},
                 {"carry", PART_CARRY, &cell->carry, T, 1},
                 {"memory", PART_MEMORY, &cell->memory, T + 1, 1},
                 {"direct", PART_DIRECT, &cell->direct, T + 1, 1}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        if (strcmp(w->name, known[k].name) != 0)
            continue;
        rs_status status = need(w, known[k].part);
        if (status != RS_OK)
            return status;
        if (known[k].part == PART_JACOBIAN || known[k].part == PART_CARRY ||
            known[k].part == PART_MEMORY || known[k].part == PART_DIRECT)
            return from_logs(w, *known[k].from, known[k].rows, m);
        status = copy(w, *known[k].from, known[k].rows, known[k].cols, m);
        for (size_t j = 0; status == RS_OK && known[k].from == &cell->re && j < n; j++)
            m->value[j] = hypot(cell->re[j], cell->im[j]);
        return status;
    }
    return RS_INCONCLUSIVE;
}

/* slope_f, shut_f, open_f [u] of any gate; slope_h of a cell without gates */
static rs_status from_gates(const wanted *w, measure *m)
{
    static const struct {
        const char *name;
        size_t offset;
    } known[] = {{"slope_", offsetof(rs_gate_unit, slope)},
                 {"shut_", offsetof(rs_gate_unit, low)},
                 {"open_", offsetof(rs_gate_unit, high)}};
    const rs_net *net = &cell_of(w)->model.net;
    for (size_t j = 0; j < sizeof known / sizeof *known; j++)
        for (size_t g = 0; g < net->cell->gates_n; g++) {
            const size_t k = (size_t)net->cell->gates[g], length = strlen(known[j].name);
            if (strncmp(w->name, known[j].name, length) != 0 ||
                strcmp(w->name + length, net->cell->channels[k].name) != 0)
                continue;
            rs_status status = need(w, PART_GATES);
            if (status != RS_OK)
                return status;
            *m = (measure){.rows = net->hidden, .cols = 1};
            m->value = rs_alloc(net->hidden, sizeof *m->value, "a measure", w->err);
            for (size_t u = 0; m->value && u < net->hidden; u++)
                memcpy(&m->value[u], (const char *)&cell_of(w)->unit[k][u] + known[j].offset,
                       sizeof *m->value);
            return m->value ? RS_OK : RS_INTERNAL;
        }
    return RS_INCONCLUSIVE;
}

/* What the checker says of the backward pass; NaN for the place of a fault that is not there. */
static rs_status from_check(const wanted *w, measure *m)
{
    static const char *const names[] = {"verified", "wrong_blocks", "findings", "fault_t",
                                        "fault_steps"};
    enum { NAMES = sizeof names / sizeof *names };
    const rs_check_report *report = NULL;
    size_t which = 0, wrong = 0;
    while (which < NAMES && strcmp(w->name, names[which]) != 0)
        which++;
    if (which == NAMES)
        return RS_INCONCLUSIVE;
    rs_status status = compute_check(w->c, w->cell, &report, w->err);
    if (status != RS_OK)
        return status;
    for (size_t k = 0; k < report->blocks_n; k++)
        wrong += report->blocks[k].verdict == RS_WRONG;
    const rs_check_finding *first = report->findings_n ? report->findings : NULL;
    const double values[NAMES] = {
        report->verdict == RS_AGREES, (double)wrong, (double)report->findings_n,
        first && first->has_t ? (double)first->t : NAN, first ? (double)first->steps_n : 0};
    return copy(w, &values[which], 1, 1, m);
}

int measure_cell(const computed *c, const char *name, size_t length)
{
    for (size_t k = 0; k < c->cells_n; k++) {
        const char *cell = c->cell[k].model.net.cell->name;
        if (strlen(cell) == length && strncmp(cell, name, length) == 0)
            return (int)k;
    }
    return -1;
}

rs_status measure_named(computed *c, const char *name, size_t length, size_t threads, measure *m,
                        rs_error *err)
{
    static rs_status (*const places[])(const wanted *, measure *) = {
        from_pass, from_channels, from_weights, from_parts, from_gates, from_check, from_counts};
    char text[64];
    const char *dot = memchr(name, '.', length);
    const int cell = dot ? measure_cell(c, name, (size_t)(dot - name)) : 0;
    const char *within = dot ? dot + 1 : name;
    (void)snprintf(text, sizeof text, "%.*s", (int)(length - (size_t)(within - name)), within);
    *m = (measure){0};
    if (cell < 0)
        return rs_fail(err, RS_DATA, "`%.*s`: no such cell in the scene", (int)length, name);
    wanted w = {.c = c, .cell = (size_t)cell, .threads = threads, .name = text, .err = err};
    rs_status status = need(&w, PART_PASS);
    for (size_t k = 0; k < sizeof places / sizeof *places && status == RS_OK; k++) {
        status = places[k](&w, m);
        if (status != RS_INCONCLUSIVE)
            return status;
        status = RS_OK;
    }
    if (status != RS_OK)
        return status;
    return rs_fail(err, RS_DATA, "`%.*s` is nothing that this scene has", (int)length, name);
}
