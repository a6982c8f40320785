/* Beside the pointer: the numbers of what is drawn there. */
#include "viz/app/draw.h"

#include "viz/plots/curves.h"
#include "viz/plots/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LINES = 7, LINE_TEXT = 112 };

typedef struct tooltip {
    char line[MOST_LINES][LINE_TEXT];
    size_t n;
    const control *of; /* what it is about; NULL: a panel */
} tooltip;

/* The entry of a curve nearest to x. */
static size_t nearest(const curve *k, double x)
{
    size_t low = 0, high = k->n - 1;
    if (!k->x)
        return x <= 0 ? 0 : x >= (double)high ? high : (size_t)(x + .5);
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (k->x[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return x - k->x[low] <= k->x[high] - x ? low : high;
}

/* A value a curve, and where: "LSTM 0.0123". Of many curves only the one nearest to the pointer. */
static void read_curves(const canvas *c, const plot_area *area, point at, tooltip *to)
{
    const curves *data = area->curves;
    const double x = axis_value(area->x, (at.x - area->area.x) / area->area.w);
    size_t closest = SIZE_MAX;
    double gap = INFINITY, where = x;
    char text[NUMBER_TEXT];
    for (size_t k = 0; k < data->n; k++) {
        const curve *one = &data->curve[k];
        if (one->n == 0)
            continue;
        const size_t j = nearest(one, x);
        const point p = area_point(area, one->x ? one->x[j] : (double)j, one->y[j]);
        const double distance = fabs(p.y - at.y);
        if (closest == SIZE_MAX || distance < gap) {
            closest = k;
            gap = isfinite(distance) ? distance : INFINITY;
            where = one->x ? one->x[j] : (double)j;
        }
    }
    for (size_t k = 0; k < data->n && to->n + 1 < MOST_LINES; k++) {
        const curve *one = &data->curve[k];
        if (one->n == 0 || (data->n >= MOST_LINES - 1 && k != closest))
            continue;
        double y = one->y[nearest(one, x)];
        if (data->y_kind == AXIS_POWERS) {
            (void)snprintf(to->line[to->n++], LINE_TEXT, "%s 10^%s", canvas_say(c, one->name),
                           number_text(text, y, 4));
            continue;
        }
        (void)snprintf(to->line[to->n++], LINE_TEXT, "%s %s", canvas_say(c, one->name),
                       number_text(text, y, 3));
    }
    if (closest != SIZE_MAX)
        (void)snprintf(to->line[to->n++], LINE_TEXT, "%s %.5g", canvas_say(c, data->x_name), where);
}

/* Of the pinned matrix in the upper half: its loss is the later step's. */
static void read_mirrored(const canvas *c, const plot_area *area, size_t row, size_t col,
                          tooltip *to)
{
    char text[NUMBER_TEXT];
    const double value = area->mirrored[col * area->row_step + row * area->col_step];
    (void)snprintf(to->line[to->n++], LINE_TEXT, "%s %s", canvas_say(c, "pinned"),
                   number_text(text, value, 3));
    (void)snprintf(to->line[to->n++], LINE_TEXT, "%s %zu, %s %zu", canvas_say(c, "step"), row,
                   canvas_say(c, "loss of step"), col);
}

static void read_heat(const canvas *c, const plot_area *area, point at, tooltip *to)
{
    const point p = area_numbers(area, at);
    char text[NUMBER_TEXT];
    if (!(p.x >= 0 && p.y >= 0))
        return;
    const size_t col = (size_t)p.x, row = (size_t)p.y < area->rows ? (size_t)p.y : area->rows - 1;
    const size_t unit = area->order ? area->order[row] : row;
    const double value = area->value[unit * area->row_step + col * area->col_step];
    const bool matrix = area->y.kind == AXIS_STEPS;
    if (matrix && col > row) {
        if (area->mirrored)
            read_mirrored(c, area, row, col, to);
        return;
    }
    (void)snprintf(to->line[to->n++], LINE_TEXT, "%s", number_text(text, value, 3));
    if (area->name_entry) {
        area->name_entry(area->of, row, col, to->line[to->n++], LINE_TEXT);
        return;
    }
    (void)snprintf(to->line[to->n++], LINE_TEXT, "%s %zu, %s %zu", canvas_say(c, "step"), col,
                   canvas_say(c, matrix ? "loss of step" : "unit"), unit);
}

static void draw_box(const app *a, canvas *c, const tooltip *t)
{
    const text_style style = {.size = TYPE_SMALL, .down = DOWN_MIDDLE};
    const double each = 16, height = each * (double)t->n + 8;
    double width = 0;
    for (size_t k = 0; k < t->n; k++)
        width = fmax(width, canvas_text_width(c, style, t->line[k]));
    width += 16;
    double x = a->pointer_x + 14, y = a->pointer_y + 14;
    if (x + width > a->stage.x + a->stage.w)
        x = a->pointer_x - 14 - width;
    if (y + height > a->height)
        y = a->pointer_y - 14 - height;
    if (t->of && t->of->area.x >= a->side.x) { /* beside the column, clear of its other controls */
        x = t->of->area.x - 16 - width;
        y = t->of->area.y + t->of->area.h / 2 - height / 2;
    }
    const rect r = {x, y, width, height};
    canvas_fill_round(c, r, 4, INK_PANEL, 1);
    canvas_frame(c, r, 4, (stroke){.ink = INK_HAIR});
    for (size_t k = 0; k < t->n; k++)
        canvas_text(c, r.x + 8, r.y + 4 + each * ((double)k + .5), style, t->line[k]);
}

/* What the control under the pointer is for; nothing while it is dragged. */
static void read_control(const app *a, const canvas *c, point at, tooltip *to)
{
    for (size_t k = 0; k < a->controls_n && a->dragging >= a->controls_n; k++) {
        const char *help =
            rect_holds(a->controls[k].area, at) ? control_help(a, &a->controls[k]) : "";
        if (!help[0])
            continue;
        (void)snprintf(to->line[to->n++], LINE_TEXT, "%s", canvas_say(c, help));
        to->of = &a->controls[k];
        return;
    }
}

void draw_tooltip(const app *a, canvas *c)
{
    const point at = {a->pointer_x, a->pointer_y};
    tooltip t = {.n = 0};
    for (size_t k = 0; k < a->panels_n && a->pointer_in && !a->panning; k++) {
        const app_panel *panel = &a->panels[k];
        const plot_area *area = panel->data ? layout_at(&panel->layout, at) : NULL;
        if (area && area->curves)
            read_curves(c, area, at, &t);
        else if (area && area->value)
            read_heat(c, area, at, &t);
    }
    if (t.n == 0 && a->pointer_in)
        read_control(a, c, at, &t);
    if (t.n > 0)
        draw_box(a, c, &t);
}
