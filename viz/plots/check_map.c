#include "viz/plots/check_map.h"

#include "viz/plots/heatmap.h"

#include "base/memory.h"
#include "gradcheck/adjoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DECADES = 16, HEADING = 32, ROW = 16 };

void check_map_free(check_map *map)
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

/* All rows; returns whether anything is wrong. */
static bool fill(check_map *map, const rs_trace *claimed, const rs_derivatives *exact)
{
    const rs_net *net = claimed->net;
    const rs_cell *cell = net->cell;
    const rs_layer *c = &claimed->layer[map->layer], *e = &exact->d->layer[map->layer],
                   *s = &exact->spread->layer[map->layer];
    const size_t H = net->hidden, G = cell->gates_n;
    bool wrong = false;
    map->rows = 0;
    for (size_t k = 0; k < cell->channels_n; k++) {
        if (cell->channels[k].role == RS_CACHE)
            continue;
        const row_numbers from = {c->d[k], e->d[k], s->d[k], H, H};
        (void)snprintf(map->name[map->rows], sizeof *map->name, "d%.24s", cell->channels[k].name);
        wrong |= fill_row(map->value + map->rows++ * map->T, from, map->T, claimed->B);
    }
    for (size_t g = 0; g < G; g++) {
        const row_numbers from = {c->da + g * H, e->da + g * H, s->da + g * H, H, G * H};
        (void)snprintf(map->name[map->rows], sizeof *map->name, "da_%.24s",
                       cell->channels[cell->gates[g]].name);
        wrong |= fill_row(map->value + map->rows++ * map->T, from, map->T, claimed->B);
    }
    return wrong;
}

/* A path to the step before goes wrong in the equations of t, and is seen in the derivative of t
 * − 1.
 */
static void mark(check_map *map, const rs_check_finding *finding)
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

rs_status check_map_make(check_map *map, const rs_trace *claimed, const double *parameters,
                         const rs_loss *loss, const rs_check_report *report, size_t threads,
                         rs_error *err)
{
    const rs_net *net = claimed->net;
    const size_t layer = report->findings_n > 0 ? report->findings[0].layer : net->layers - 1;
    rs_linear linear = {0};
    rs_adjoint adjoint = {0};
    *map = (check_map){.layer = layer < net->layers ? layer : net->layers - 1, .T = claimed->T};
    if (report->verdict != RS_WRONG)
        return RS_OK;
    map->value = rs_alloc(CHECK_MAP_ROWS * map->T, sizeof(double), "the map of errors", err);
    rs_status status = map->value ? RS_OK : RS_INTERNAL;
    if (!status)
        status = rs_linear_make(&linear, claimed, parameters, loss, report->single, threads, err);
    if (!status)
        status = rs_adjoint_make(&adjoint, &linear, err);
    const bool wrong = !status && fill(map, claimed, &adjoint.exact);
    if (wrong) {
        map->scale = heatmap_log_scale(map->value, map->rows * map->T, DECADES);
        if (report->findings_n > 0)
            mark(map, &report->findings[0]);
    } else
        check_map_free(map);
    rs_adjoint_free(&adjoint);
    rs_linear_free(&linear);
    return status;
}

double check_map_height(const check_map *map)
{
    return HEADING + AXES_BOTTOM + ROW * (double)map->rows;
}

/* Names left of the rows, as many as there is room for. */
static void draw_names(canvas *c, rect area, const check_map *map)
{
    const double pitch = area.h / (double)map->rows;
    const size_t every = (size_t)ceil(14 / pitch);
    for (size_t k = 0; k < map->rows; k += every)
        canvas_text(c, area.x - 8, area.y + pitch * ((double)k + .5),
                    (text_style){.size = TYPE_SMALL,
                                 .face = FACE_NUMBER,
                                 .across = ACROSS_RIGHT,
                                 .down = DOWN_MIDDLE,
                                 .plain = true,
                                 .max = 48},
                    map->name[k]);
}

/* The finding: a frame about its cell, or about its step where no row is at fault. */
static void draw_mark(canvas *c, rect area, const check_map *map)
{
    const double w = area.w / (double)map->T, h = area.h / (double)map->rows;
    const bool cell = map->row < map->rows;
    const double wide = fmax(w, 6), x = area.x + ((double)map->step + .5) * w - wide / 2;
    const rect at = {x - 1, area.y + (cell ? (double)map->row * h : 0) - 1, wide + 2,
                     (cell ? h : area.h) + 2};
    canvas_frame(c, at, 2, (stroke){.ink = INK_BAD, .width = 2, .alpha = 1});
}

void check_map_draw(canvas *c, rect r, const check_map *map, plot_layout *layout)
{
    r = heading_draw(c, r, canvas_say(c, "Where the derivatives are wrong"),
                     canvas_say(c, "largest error of each step, relative; frame: the finding"));
    const heatmap h = {.value = map->value,
                       .rows = map->rows,
                       .cols = map->T,
                       .row_step = map->T,
                       .col_step = 1,
                       .zero_is_nothing = true,
                       .scale = map->scale,
                       .map = MAP_CIVIDIS};
    const double bar = r.h - AXES_BOTTOM - 8;
    const double right = 16 + fmax(colorbar_width(c, map->scale, bar), 32);
    const rect area = rect_inset(r, 56, 4, right, AXES_BOTTOM);
    if (!(area.w > 40 && area.h > 40))
        return;
    const plot_area a = {.area = area,
                         .x = {AXIS_STEPS, -.5, (double)map->T - .5},
                         .y = {AXIS_COUNT, -.5, (double)map->rows - .5},
                         .rows = map->rows,
                         .cols = map->T,
                         .value = map->value,
                         .row_step = map->T,
                         .col_step = 1};
    axes_draw(c, &a, (axes_style){.no_y = true, .x_name = canvas_say(c, "step t")});
    heatmap_draw(c, area, &h);
    canvas_frame(c, area, 0, (stroke){.ink = INK_HAIR, .width = 1, .alpha = 1});
    draw_names(c, area, map);
    if (map->marked)
        draw_mark(c, area, map);
    const double x = area.x + area.w + 16;
    colorbar_draw(c, (rect){x, area.y + 4, 8, fmax(area.h - 40, area.h / 2)}, h.map, h.scale);
    heatmap_draw_odd(c, x - 1, area.y + fmax(area.h - 40, area.h / 2) + 16, &h);
    layout_add(layout, a);
}

void check_map_csv(FILE *out, const check_map *map)
{
    fprintf(out, "\n# largest error of the derivatives of layer %zu, relative\n", map->layer);
    fprintf(out, "derivative,t,error,finding\n");
    for (size_t k = 0; k < map->rows; k++)
        for (size_t t = 0; t < map->T; t++)
            fprintf(out, "%s,%zu,%.17g,%d\n", map->name[k], t, map->value[k * map->T + t],
                    map->marked && map->step == t && (map->row == k || map->row == map->rows));
}
