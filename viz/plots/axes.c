#include "viz/plots/axes.h"

#include "viz/plots/numbers.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

double axis_place(axis a, double value)
{
    if (a.kind == AXIS_LOG)
        value = value > 0 ? log10(value) : NAN;
    return (value - a.low) / (a.high - a.low);
}

double axis_value(axis a, double place)
{
    const double value = a.low + place * (a.high - a.low);
    return a.kind == AXIS_LOG ? pow(10, value) : value;
}

/* The smallest of 1, 2, 5, 10, 20 … times a power of ten that is ≥ x. */
static double round_step(double x)
{
    const double power = pow(10, floor(log10(x)));
    const double factor = x / power;
    return power * (factor <= 1.0000001   ? 1
                    : factor <= 2.0000001 ? 2
                    : factor <= 5.0000001 ? 5
                                          : 10);
}

static void add_tick(tick ticks[MAX_TICKS], size_t *n, double value, const char *text)
{
    if (*n >= MAX_TICKS)
        return;
    ticks[*n].value = value;
    snprintf(ticks[*n].text, sizeof ticks[*n].text, "%s", text);
    ++*n;
}

/* 0.001 … 9999 as they are */
static const char *short_text(char text[NUMBER_TEXT], double log10_value)
{
    (void)snprintf(text, NUMBER_TEXT, "%.2g", pow(10, log10_value));
    return text;
}

/* The most decades (or less, at 1-2-5) that fit; `step` in powers of ten. */
static size_t log_ticks(axis a, size_t most, tick ticks[MAX_TICKS])
{
    size_t n = 0;
    char text[NUMBER_TEXT];
    const double span = a.high - a.low;
    const double step = fmax(1, round_step(span / (double)most));
    for (double k = ceil(a.low / step - 1e-9); k * step <= a.high + 1e-9; k++)
        add_tick(ticks, &n, a.kind == AXIS_LOG ? pow(10, k * step) : k * step,
                 power_text(text, k * step));
    if (n >= 3 || step > 1 || most < 4)
        return n;
    n = 0; /* too short a range for whole powers: 1, 2, 5 of each */
    for (double power = floor(a.low); power <= a.high; power++)
        for (int k = 0; k < 3; k++) {
            const double at = power + log10((double[]){1, 2, 5}[k]);
            if (at >= a.low - 1e-9 && at <= a.high + 1e-9)
                add_tick(ticks, &n, a.kind == AXIS_LOG ? pow(10, at) : at,
                         at > -3.01 && at < 4 ? short_text(text, at) : power_text(text, at));
        }
    return n;
}

static bool is_whole(axis a) { return a.kind == AXIS_STEPS || a.kind == AXIS_COUNT; }

size_t axis_ticks(axis a, size_t most, tick ticks[MAX_TICKS])
{
    size_t n = 0;
    char text[NUMBER_TEXT];
    most = most < 2 ? 2 : most >= MAX_TICKS ? MAX_TICKS - 1 : most;
    if (!(a.high > a.low))
        return 0;
    if (a.kind == AXIS_LOG || a.kind == AXIS_POWERS)
        return log_ticks(a, most, ticks);
    double step = round_step((a.high - a.low) / (double)most);
    if (is_whole(a))
        step = fmax(1, step);
    const double last = floor(a.high);
    for (double k = ceil(a.low / step - 1e-9); k * step <= a.high + step * 1e-9; k++)
        if (!is_whole(a) || (k * step >= 0 && last - k * step > step * .45))
            add_tick(ticks, &n, k * step, tick_text(text, k * step, step));
    if (is_whole(a))
        add_tick(ticks, &n, last, tick_text(text, last, 1));
    return n;
}

axis axis_start(axis_kind kind) { return (axis){kind, INFINITY, -INFINITY}; }

void axis_grow(axis *a, double value)
{
    if (a->kind == AXIS_LOG)
        value = value > 0 ? log10(value) : NAN;
    if (!isfinite(value))
        return;
    a->low = fmin(a->low, value);
    a->high = fmax(a->high, value);
}

axis axis_finish(axis a)
{
    const bool log = a.kind == AXIS_LOG || a.kind == AXIS_POWERS;
    if (!(a.low <= a.high))
        return (axis){a.kind, log ? -1 : 0, log ? 0 : 1};
    if (is_whole(a))
        return (axis){a.kind, a.low, fmax(a.high, a.low + 1)};
    double span = a.high - a.low;
    if (log) {
        if (span < 1e-9)
            return (axis){a.kind, a.low - .5, a.high + .5};
        const double room = fmax(span * .04, .02);
        a.low -= room;
        a.high += room;
        if (ceil(a.high) - a.high < span * .08)
            a.high = ceil(a.high);
        if (a.low - floor(a.low) < span * .08)
            a.low = floor(a.low);
        return a;
    }
    if (span <= fabs(a.high) * 1e-12)
        span = a.high == 0 ? 1 : fabs(a.high) * .1;
    const bool from_zero = a.low >= 0 && a.low < span * .5; /* near enough to show zero */
    return (axis){a.kind, from_zero ? 0 : a.low - span * .05, a.high + span * .05};
}

axis axis_in_sight(axis a, const plot_layout *layout)
{
    if (!layout || a.kind != AXIS_STEPS || !(layout->from < layout->to))
        return a;
    const double low = fmax(a.low, layout->from), high = fmin(a.high, layout->to);
    return low < high ? (axis){a.kind, low, high} : a;
}

point area_point(const plot_area *a, double x, double y)
{
    return (point){a->area.x + axis_place(a->x, x) * a->area.w,
                   a->area.y + (1 - axis_place(a->y, y)) * a->area.h};
}

point area_numbers(const plot_area *a, point at)
{
    const double x = (at.x - a->area.x) / a->area.w, y = (at.y - a->area.y) / a->area.h;
    if (a->rows > 0 && a->y.kind == AXIS_STEPS) /* of steps by steps */
        return (point){axis_value(a->x, x) + .5, axis_value(a->y, y) + .5};
    if (a->rows > 0 && a->x.kind == AXIS_STEPS)
        return (point){axis_value(a->x, x) + .5, y * (double)a->rows};
    if (a->rows > 0)
        return (point){x * (double)a->cols, y * (double)a->rows};
    return (point){axis_value(a->x, x), axis_value(a->y, 1 - y)};
}

void layout_add(plot_layout *layout, plot_area area)
{
    if (layout && layout->n < MAX_AREAS)
        layout->area[layout->n++] = area;
}

void layout_ghost(plot_layout *layout, const struct curves *ghost)
{
    if (layout)
        layout->ghost = ghost;
}

const plot_area *layout_at(const plot_layout *layout, point at)
{
    for (size_t k = 0; k < layout->n; k++)
        if (rect_holds(layout->area[k].area, at))
            return &layout->area[k];
    return NULL;
}

static const text_style number_style = {.size = TYPE_SMALL, .ink = INK_SOFT};

static size_t ticks_that_fit(double length, double each)
{
    const double n = length / each;
    return n < 2 ? 2 : n > 20 ? 20 : (size_t)n;
}

double axes_left(canvas *c, axis y, double height)
{
    tick ticks[MAX_TICKS];
    double widest = 0;
    const size_t n = axis_ticks(y, ticks_that_fit(height, 28), ticks);
    for (size_t k = 0; k < n; k++)
        widest = fmax(widest, canvas_text_width(c, number_style, ticks[k].text));
    return ceil(widest) + 10;
}

static void draw_y(canvas *c, const plot_area *a, bool grid)
{
    tick ticks[MAX_TICKS];
    const size_t n = axis_ticks(a->y, ticks_that_fit(a->area.h, 28), ticks);
    text_style style = number_style;
    style.across = ACROSS_RIGHT;
    style.down = DOWN_MIDDLE;
    for (size_t k = 0; k < n; k++) {
        const double y = area_point(a, axis_value(a->x, 0), ticks[k].value).y;
        if (grid)
            canvas_hair(c, (point){a->area.x, y}, (point){a->area.x + a->area.w, y},
                        (stroke){.ink = INK_HAIR});
        canvas_text(c, a->area.x - 8, y, style, ticks[k].text);
    }
}

/* Numbers below; one that would touch the number before is left out, and the name of the axis
 * stands after the last number, or under it where there is no room. */
static void draw_x(canvas *c, const plot_area *a, bool grid, const char *name)
{
    tick ticks[MAX_TICKS];
    const size_t fit = ticks_that_fit(a->area.w, 64), few = a->area.w > 90 ? 4 : 2;
    const size_t n = axis_ticks(a->x, fit < few && !is_whole(a->x) ? few : fit, ticks);
    const double bottom = a->area.y + a->area.h, right = a->area.x + a->area.w;
    text_style style = number_style;
    style.across = ACROSS_MIDDLE;
    style.down = DOWN_TOP;
    const double name_width = name ? canvas_text_width(c, number_style, name) : 0;
    const double name_left = right - name_width;
    double last = -INFINITY;
    if (grid)
        canvas_hair(c, (point){a->area.x, bottom}, (point){right, bottom},
                    (stroke){.ink = INK_AXIS, .alpha = .7});
    for (size_t k = 0; k < n; k++) {
        const double x = area_point(a, ticks[k].value, axis_value(a->y, 0)).x;
        const double half = canvas_text_width(c, number_style, ticks[k].text) / 2;
        if (grid)
            canvas_hair(c, (point){x, bottom}, (point){x, bottom + 4}, (stroke){.ink = INK_AXIS});
        if (x - half < last + 8)
            continue;
        last = x + half;
        canvas_text(c, x, bottom + 6, style, ticks[k].text);
    }
    if (!name)
        return;
    style.across = ACROSS_LEFT;
    if (last + 10 + name_width <= canvas_width(c) - 4 && last + 10 >= name_left)
        canvas_text(c, last + 10, bottom + 6, style, name);
    else if (last + 10 < name_left)
        canvas_text(c, name_left, bottom + 6, style, name);
    else
        canvas_text(c, name_left, bottom + 20, style, name);
}

void axes_draw(canvas *c, const plot_area *a, axes_style style)
{
    if (!style.no_y)
        draw_y(c, a, !style.no_grid);
    if (!style.no_x)
        draw_x(c, a, !style.no_grid, style.x_name);
    if (style.y_name) {
        text_style name = number_style;
        name.max = a->area.w + 36;
        canvas_text(c, a->area.x, a->area.y - 6, name, style.y_name);
    }
}

rect heading_draw(canvas *c, rect r, const char *title, const char *note)
{
    const text_style bold = {.size = TYPE_HEAD, .bold = true, .max = r.w};
    char capital[160];
    (void)snprintf(capital, sizeof capital, "%s", title);
    if (capital[0] >= 'a' && capital[0] <= 'z')
        capital[0] = (char)(capital[0] - 'a' + 'A');
    const rect box = canvas_text(c, r.x, r.y + 14, bold, capital);
    const double left = box.x + box.w + 12, room = r.x + r.w - left;
    if (note && room > 40)
        canvas_text(c, left, r.y + 14,
                    (text_style){.size = TYPE_BODY, .ink = INK_SOFT, .max = room}, note);
    return rect_inset(r, 0, 28, 0, 0);
}

double colorbar_width(canvas *c, axis a, double height) { return 8 + axes_left(c, a, height); }

axis axis_about_zero(double most)
{
    if (!(most > 0) || !isfinite(most))
        return (axis){AXIS_LINEAR, -1, 1};
    const double power = pow(10, floor(log10(most)));
    const double round_up = ceil(most / power - 1e-9) * power;
    return (axis){AXIS_LINEAR, -round_up, round_up};
}

static double bar_value(const void *context, size_t row, size_t col)
{
    const size_t rows = *(const size_t *)context;
    (void)col;
    return rows > 1 ? 1 - (double)row / (double)(rows - 1) : 1;
}

/* The ends and the middle of a short linear bar; else ticks. */
static size_t bar_ticks(axis a, double height, tick ticks[MAX_TICKS])
{
    if (a.kind != AXIS_LINEAR)
        return axis_ticks(a, ticks_that_fit(height, 28), ticks);
    const size_t n = height < 40 ? 2 : 3;
    for (size_t k = 0; k < n; k++) {
        ticks[k].value = a.low + (a.high - a.low) * (double)k / (double)(n - 1);
        tick_text(ticks[k].text, ticks[k].value, (a.high - a.low) / 2);
    }
    return n;
}

void colorbar_draw(canvas *c, rect r, colormap map, axis a)
{
    const size_t rows = 256;
    tick ticks[MAX_TICKS];
    const plot_area area = {.area = r, .x = {AXIS_LINEAR, 0, 1}, .y = a};
    const size_t n = bar_ticks(a, r.h, ticks);
    text_style style = number_style;
    style.down = DOWN_MIDDLE;
    canvas_heat(c, r, rows, 1, map, bar_value, &rows);
    for (size_t k = 0; k < n; k++) { /* the numbers at the ends stay beside the bar */
        const double y = area_point(&area, 0, ticks[k].value).y;
        canvas_text(c, r.x + r.w + 6, fmax(r.y + 5, fmin(r.y + r.h - 5, y)), style, ticks[k].text);
    }
}
