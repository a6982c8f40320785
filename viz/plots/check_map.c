#include "viz/plots/check_map.h"

#include "viz/plots/heatmap.h"

#include <math.h>

enum { DECADES = 16, HEADING = 32, ROW = 16 };

void check_map_free(check_map *map) { rs_error_map_free(&map->errors); }

void check_map_scale(check_map *map)
{
    const rs_error_map *e = &map->errors;
    if (e->value)
        map->scale = heatmap_log_scale(e->value, e->rows * e->T, DECADES);
}

rs_status check_map_make(check_map *map, const rs_trace *claimed, const double *parameters,
                         const rs_loss *loss, const rs_check_report *report, size_t threads,
                         rs_error *err)
{
    *map = (check_map){.scale.kind = AXIS_LOG};
    const rs_status status =
        rs_error_map_make(&map->errors, claimed, parameters, loss, report, threads, err);
    check_map_scale(map);
    return status;
}

double check_map_height(const check_map *map)
{
    return HEADING + AXES_BOTTOM + ROW * (double)map->errors.rows;
}

/* Names left of the rows, as many as there is room for. */
static void draw_names(canvas *c, rect area, const check_map *map)
{
    const double pitch = area.h / (double)map->errors.rows;
    const size_t every = (size_t)ceil(14 / pitch);
    for (size_t k = 0; k < map->errors.rows; k += every)
        canvas_text(c, area.x - 8, area.y + pitch * ((double)k + .5),
                    (text_style){.size = TYPE_SMALL,
                                 .face = FACE_NUMBER,
                                 .across = ACROSS_RIGHT,
                                 .down = DOWN_MIDDLE,
                                 .plain = true,
                                 .max = 48},
                    map->errors.name[k]);
}

/* The finding: a frame about its cell, or about its step where no row is at fault. */
static void draw_mark(canvas *c, rect area, const check_map *map)
{
    const double w = area.w / (double)map->errors.T, h = area.h / (double)map->errors.rows;
    const bool cell = map->errors.row < map->errors.rows;
    const double wide = fmax(w, 6), x = area.x + ((double)map->errors.step + .5) * w - wide / 2;
    const rect at = {x - 1, area.y + (cell ? (double)map->errors.row * h : 0) - 1, wide + 2,
                     (cell ? h : area.h) + 2};
    canvas_frame(c, at, 2, (stroke){.ink = INK_BAD, .width = 2, .alpha = 1});
}

static bool has_error(const check_map *map)
{
    const rs_error_map *e = &map->errors;
    for (size_t k = 0; k < e->rows * e->T; k++)
        if (e->value[k] != 0)
            return true;
    return false;
}

/* A square for each derivative of each step. */
static void draw_ground(canvas *c, rect area, const check_map *map)
{
    const double w = area.w / (double)map->errors.T, h = area.h / (double)map->errors.rows;
    canvas_fill(c, area, INK_GOOD_GROUND, 1);
    for (size_t t = 1; t < map->errors.T; t++)
        canvas_hair(c, (point){area.x + w * (double)t, area.y},
                    (point){area.x + w * (double)t, area.y + area.h}, (stroke){.ink = INK_PAPER});
    for (size_t k = 1; k < map->errors.rows; k++)
        canvas_hair(c, (point){area.x, area.y + h * (double)k},
                    (point){area.x + area.w, area.y + h * (double)k}, (stroke){.ink = INK_PAPER});
}

void check_map_draw(canvas *c, rect r, const check_map *map, plot_layout *layout)
{
    const bool all_right = map->ground && !has_error(map);
    r = all_right ? heading_draw(c, r, canvas_say(c, "Every derivative is right, at every step"),
                                 map->note ? canvas_say(c, map->note) : NULL)
                  : heading_draw(c, r, canvas_say(c, "Where the derivatives are wrong"),
                                 canvas_say(c, "largest error of each step, relative; frame: the "
                                               "finding"));
    const heatmap h = {.value = map->errors.value,
                       .rows = map->errors.rows,
                       .cols = map->errors.T,
                       .row_step = map->errors.T,
                       .col_step = 1,
                       .zero_is_nothing = true,
                       .scale = map->scale,
                       .map = MAP_CIVIDIS};
    const double bar = r.h - AXES_BOTTOM - 8;
    const double right = 16 + fmax(colorbar_width(c, map->scale, bar), 32);
    const rect area = rect_inset(r, 56, 4, right, AXES_BOTTOM);
    if (!(area.w > 40 && area.h > 40))
        return;
    const plot_area a = {
        .area = area,
        .x = {map->ground ? AXIS_COUNT : AXIS_STEPS, -.5, (double)map->errors.T - .5},
        .y = {AXIS_COUNT, -.5, (double)map->errors.rows - .5},
        .rows = map->errors.rows,
        .cols = map->errors.T,
        .value = map->errors.value,
        .row_step = map->errors.T,
        .col_step = 1};
    axes_draw(c, &a, (axes_style){.no_y = true, .x_name = canvas_say(c, "step t")});
    if (map->ground)
        draw_ground(c, area, map);
    heatmap_draw(c, area, &h);
    canvas_frame(c, area, 0, (stroke){.ink = INK_HAIR, .width = 1, .alpha = 1});
    draw_names(c, area, map);
    if (map->errors.marked)
        draw_mark(c, area, map);
    layout_add(layout, a);
    if (all_right)
        return;
    const double x = area.x + area.w + 16;
    colorbar_draw(c, (rect){x, area.y + 4, 8, fmax(area.h - 40, area.h / 2)}, h.map, h.scale);
    heatmap_draw_odd(c, x - 1, area.y + fmax(area.h - 40, area.h / 2) + 16, &h);
}

void check_map_csv(FILE *out, const check_map *map)
{
    fprintf(out, "\n# largest error of the derivatives of layer %zu, relative\n",
            map->errors.layer);
    fprintf(out, "derivative,t,error,finding\n");
    for (size_t k = 0; k < map->errors.rows; k++)
        for (size_t t = 0; t < map->errors.T; t++)
            fprintf(out, "%s,%zu,%.17g,%d\n", map->errors.name[k], t,
                    map->errors.value[k * map->errors.T + t],
                    map->errors.marked && map->errors.step == t &&
                        (map->errors.row == k || map->errors.row == map->errors.rows));
}
