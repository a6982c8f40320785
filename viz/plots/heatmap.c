#include "viz/plots/heatmap.h"

#include "viz/plots/numbers.h"

#include <math.h>
#include <stdio.h>

static double value_at(const heatmap *h, size_t row, size_t col)
{
    const size_t r = h->order ? h->order[row] : row;
    return h->value[r * h->row_step + col * h->col_step];
}

static double position(const void *context, size_t row, size_t col)
{
    const heatmap *h = context;
    if ((h->lower && col > row) || (h->upper && col <= row))
        return HEAT_NONE;
    const double v = value_at(h, row, col);
    const bool logarithmic = h->scale.kind == AXIS_LOG;
    if (isnan(v))
        return HEAT_NAN;
    if (isinf(v))
        return h->scale.kind == AXIS_LINEAR && v < 0 ? 0 : HEAT_INF;
    if (v <= 0 && logarithmic)
        return v == 0 && h->zero_is_nothing ? HEAT_NONE : HEAT_ZERO;
    /* called for each of millions of values: no more calls from here than the logarithm */
    const double place =
        logarithmic ? axis_place(h->scale, v) : (v - h->scale.low) / (h->scale.high - h->scale.low);
    return !(place < 1) ? 1 : place > 0 ? place : 0;
}

void heatmap_draw(canvas *c, rect r, const heatmap *h)
{
    canvas_heat(c, r, h->rows, h->cols, h->map, position, h);
}

axis heatmap_log_scale(const double *value, size_t n, double decades)
{
    axis a = axis_start(AXIS_LOG);
    for (size_t k = 0; k < n; k++)
        axis_grow(&a, value[k]);
    if (a.low <= a.high)
        a.low = fmax(a.low, a.high - decades);
    return axis_finish(a);
}

static void draw_key(canvas *c, double x, double y, rgb color, const char *name)
{
    canvas_fill_color(c, (rect){x, y, 10, 10}, color);
    canvas_text(c, x + 16, y + 5,
                (text_style){.size = TYPE_SMALL, .ink = INK_SOFT, .down = DOWN_MIDDLE}, name);
}

double heatmap_draw_odd(canvas *c, double x, double y, const heatmap *h)
{
    static const struct {
        double kind;
        ink_kind ink;
        const char *name;
    } odd[] = {{HEAT_ZERO, INK_HAIR, "0"}, {HEAT_NAN, INK_PURPLE, "NaN"}, {HEAT_INF, INK_BAD, "∞"}};
    bool there[3] = {false, false, false}, below = false;
    double used = 0;
    char text[NUMBER_TEXT + 4];
    for (size_t row = 0; row < h->rows; row++)
        for (size_t col = 0; col < h->cols; col++) {
            const double v = position(h, row, col);
            for (size_t k = 0; k < 3; k++)
                there[k] |= v == odd[k].kind;
            below |= v == 0 && axis_place(h->scale, value_at(h, row, col)) < 0;
        }
    if (below) {
        char number[NUMBER_TEXT];
        (void)snprintf(text, sizeof text, "< %s", power_text(number, h->scale.low));
        draw_key(c, x, y, map_color(h->map, canvas_theme(c), 0), text);
        used += 16;
    }
    for (size_t k = 0; k < 3; k++) {
        if (!there[k])
            continue;
        draw_key(c, x, y + used, ink_color(canvas_theme(c), odd[k].ink), odd[k].name);
        used += 16;
    }
    return used;
}
