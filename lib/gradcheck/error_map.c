#include "gradcheck/error_map.h"

#include "base/memory.h"
#include "gradcheck/adjoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rs_error_map_free(rs_error_map *map)
{
    free(map->value);
    map->value = NULL;
}

/* One row's numbers: `each` of a step and sequence lie together, `stride` from one to the next. */
typedef struct row_numbers {
    const double *claimed, *exact, *spread;
    size_t each, stride;
} row_numbers;

/* The errors of a row, [T]; returns whether there is one. An error is what more than rounding
 * explains; over a row of exact zeros it is infinite. */
static bool fill_row(double *to, row_numbers from, size_t T, size_t B)
{
    double most = 0;
    bool wrong = false;
    for (size_t k = 0; k < T * B; k++)
        for (size_t u = 0; u < from.each; u++)
            most = fmax(most, fabs(from.exact[k * from.stride + u]));
    for (size_t k = 0; k < T * B; k++)
        for (size_t u = 0; u < from.each; u++) {
            const size_t at = k * from.stride + u;
            const double error = fabs(from.claimed[at] - from.exact[at]);
            if (!isfinite(from.exact[at]) || error <= RS_SPREADS * from.spread[at])
                continue;
            to[k / B] = isfinite(error) ? fmax(to[k / B], error / most) : INFINITY;
            wrong = true;
        }
    return wrong;
}

static void name_rows(rs_error_map *map, const rs_cell *cell)
{
    for (size_t k = 0; k < cell->channels_n; k++)
        if (cell->channels[k].role != RS_CACHE)
            (void)snprintf(map->name[map->rows++], sizeof *map->name, "d%.24s",
                           cell->channels[k].name);
    for (size_t g = 0; g < cell->gates_n; g++)
        (void)snprintf(map->name[map->rows++], sizeof *map->name, "da_%.24s",
                       cell->channels[cell->gates[g]].name);
}

/* All rows, in the order of their names; returns whether anything is wrong. */
static bool fill(rs_error_map *map, const rs_trace *claimed, const rs_derivatives *exact)
{
    const rs_net *net = claimed->net;
    const rs_cell *cell = net->cell;
    const rs_layer *c = &claimed->layer[map->layer], *e = &exact->d->layer[map->layer],
                   *s = &exact->spread->layer[map->layer];
    const size_t H = net->hidden, G = cell->gates_n;
    double *row = map->value;
    bool wrong = false;
    for (size_t k = 0; k < cell->channels_n; k++) {
        const row_numbers from = {c->d[k], e->d[k], s->d[k], H, H};
        if (cell->channels[k].role == RS_CACHE)
            continue;
        wrong |= fill_row(row, from, map->T, claimed->B);
        row += map->T;
    }
    for (size_t g = 0; g < G; g++, row += map->T) {
        const row_numbers from = {c->da + g * H, e->da + g * H, s->da + g * H, H, G * H};
        wrong |= fill_row(row, from, map->T, claimed->B);
    }
    return wrong;
}

/* A path to the step before goes wrong in the equations of t, and is seen in the derivative of t
 * − 1.
 */
static void mark(rs_error_map *map, const rs_check_finding *finding)
{
    map->marked = finding->has_t && finding->layer == map->layer;
    map->step = finding->t;
    map->row = 0;
    while (map->row < map->rows && strcmp(map->name[map->row] + 1, finding->node) != 0)
        map->row++;
    if (map->row == map->rows || map->step == 0)
        return;
    const double *at = map->value + map->row * map->T + map->step;
    if (at[0] == 0 && at[-1] > 0)
        map->step--;
}

rs_status rs_error_map_make(rs_error_map *map, const rs_trace *claimed, const double *parameters,
                            const rs_loss *loss, const rs_check_report *report, size_t threads,
                            rs_error *err)
{
    const rs_net *net = claimed->net;
    const size_t layer = report->findings_n > 0 ? report->findings[0].layer : net->layers - 1;
    rs_linear linear = {0};
    rs_adjoint adjoint = {0};
    *map = (rs_error_map){.layer = layer < net->layers ? layer : net->layers - 1, .T = claimed->T};
    name_rows(map, net->cell);
    if (report->verdict != RS_WRONG)
        return RS_OK;
    map->value = rs_alloc(map->rows * map->T, sizeof(double), "the map of errors", err);
    rs_status status = map->value ? RS_OK : RS_INTERNAL;
    if (!status)
        status =
            rs_linear_make(&linear, claimed, parameters, loss, report->single, threads, NULL, err);
    if (!status)
        status = rs_adjoint_make(&adjoint, &linear, err);
    const bool wrong = !status && fill(map, claimed, &adjoint.exact);
    if (!wrong)
        rs_error_map_free(map);
    else if (report->findings_n > 0)
        mark(map, &report->findings[0]);
    rs_adjoint_free(&adjoint);
    rs_linear_free(&linear);
    return status;
}
