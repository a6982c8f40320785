#include "viz/plots/curves_labels.h"

#include "viz/plots/labels.h"
#include "viz/plots/numbers.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMNS = 400 };

size_t curves_levels(const canvas *c, const curves *data, const plot_area *a,
                     curves_level levels[MAX_LEVELS])
{
    static const struct {
        double log10;
        const char *name;
    } ends[] = {{-37.93, "smallest float32"}, {-307.65, "smallest double"}};
    size_t n = 0, seen = 0;
    for (size_t k = 0; k < 2 && (data->y_kind == AXIS_LOG || data->y_kind == AXIS_POWERS); k++) {
        const double place = (ends[k].log10 - a->y.low) / (a->y.high - a->y.low);
        levels[n++] =
            (curves_level){a->area.y + (1 - place) * a->area.h, canvas_say(c, ends[k].name)};
    }
    for (size_t k = 0; k < data->guides_n && n < MAX_LEVELS; k++)
        if (!data->guide[k].upright)
            levels[n++] = (curves_level){area_point(a, axis_value(a->x, 0), data->guide[k].value).y,
                                         canvas_say(c, data->guide[k].name)};
    for (size_t k = 0; k < n; k++)
        if (levels[k].y >= a->area.y && levels[k].y <= a->area.y + a->area.h)
            levels[seen++] = levels[k];
    return seen;
}

/* The extent of a curve in each of COLUMNS columns, on the canvas. */
static void extents(const plot_area *a, const curve *k, double *low, double *high)
{
    for (size_t col = 0; col < COLUMNS; col++) {
        low[col] = INFINITY;
        high[col] = -INFINITY;
    }
    double before = NAN;
    size_t before_col = 0;
    for (size_t at = 0; at < k->n; at++) {
        const double place = axis_place(a->x, curve_x(k, at)) * (COLUMNS - 1);
        const point p = area_point(a, curve_x(k, at), k->y[at]);
        if (!(place >= 0 && place < COLUMNS) || !isfinite(p.y)) {
            before = NAN;
            continue;
        }
        const size_t col = (size_t)place;
        const size_t from = isnan(before) ? col : before_col;
        for (size_t m = from; m <= col; m++) { /* the line from the point before */
            const double w = col > from ? (double)(m - from) / (double)(col - from) : 1;
            const double y = isnan(before) ? p.y : before + w * (p.y - before);
            low[m] = fmin(low[m], y - 1);
            high[m] = fmax(high[m], y + 1);
        }
        before = p.y;
        before_col = col;
    }
    for (size_t col = 0; col < COLUMNS; col++)
        if (low[col] > high[col])
            low[col] = high[col] = NAN;
}

/* The name, and what it does to the gradient. */
static const char *full_name(const canvas *c, const curve *k, char text[128])
{
    char steps[NUMBER_TEXT];
    const char *name = canvas_say(c, k->name), *format = NULL;
    if (isfinite(k->half_life) && fabs(k->half_life) < 1e4 && k->half_life != 0)
        format = k->half_life > 0 ? canvas_say(c, "%s, halves every %s steps")
                                  : canvas_say(c, "%s, doubles every %s steps");
    if (!format)
        return name;
    number_text(steps, fabs(k->half_life), 2);
    /* the table of languages holds formats with these same two */
    snprintf(text, 128, format, name, steps);
    return text;
}

void curves_labels(canvas *c, const plot_area *a, double right, const curves *data,
                   const curves_level *levels, size_t levels_n, const rect *taken, size_t taken_n)
{
    const size_t all = data->n + levels_n;
    double *numbers = malloc((all * 2 + 1) * COLUMNS * sizeof *numbers);
    label_curve labels[MAX_CURVES + MAX_LEVELS];
    char names[MAX_CURVES][128];
    for (size_t k = 0; k < all && numbers; k++) {
        double *low = numbers + 2 * k * COLUMNS, *high = low + COLUMNS;
        labels[k] = (label_curve){.ink = INK_SOFT, .small = true, .low = low, .high = high};
        if (k >= data->n) {
            const curves_level *l = &levels[k - data->n];
            for (size_t col = 0; col < COLUMNS; col++) {
                low[col] = l->y - 1;
                high[col] = l->y + 1;
            }
            labels[k].name = *l->name ? l->name : NULL;
            continue;
        }
        const curve *one = &data->curve[k];
        extents(a, one, low, high);
        labels[k].small = false;
        labels[k].ink = one->ink;
        if (one->name[0]) {
            labels[k].name = full_name(c, one, names[k]);
            labels[k].short_name = canvas_say(c, one->name);
        }
    }
    if (numbers)
        labels_draw(c, a->area, right, labels, all, COLUMNS, taken, taken_n);
    free(numbers);
}
