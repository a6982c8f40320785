#include "viz/plots/labels.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 48 };

typedef struct search {
    rect area;
    const label_curve *curves;
    size_t curves_n, columns;
    rect taken[MOST * 2];
    size_t taken_n;
} search;

static bool overlap(rect a, rect b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static size_t column_of(const search *s, double x)
{
    const double place = (x - s->area.x) / s->area.w * (double)(s->columns - 1);
    return place <= 0 ? 0 : place >= (double)(s->columns - 1) ? s->columns - 1 : (size_t)place;
}

/* Whether a box is inside the area, off every curve and every box so far. */
static bool is_free(const search *s, rect box)
{
    if (box.x < s->area.x + 2 || box.y < s->area.y || box.x + box.w > s->area.x + s->area.w ||
        box.y + box.h > s->area.y + s->area.h)
        return false;
    for (size_t k = 0; k < s->taken_n; k++)
        if (overlap(box, s->taken[k]))
            return false;
    const size_t first = column_of(s, box.x - 2), last = column_of(s, box.x + box.w + 2);
    for (size_t k = 0; k < s->curves_n; k++)
        for (size_t col = first; col <= last; col++)
            if (s->curves[k].low[col] < box.y + box.h && s->curves[k].high[col] > box.y)
                return false;
    return true;
}

/* The distance from a box to the nearest curve that is not its own: far is better. */
static double distance_to_others(const search *s, size_t own, rect box)
{
    double nearest = 60;
    const size_t first = column_of(s, box.x), last = column_of(s, box.x + box.w);
    for (size_t k = 0; k < s->curves_n; k++)
        for (size_t col = first; col <= last && k != own; col++) {
            const double above = box.y - s->curves[k].high[col],
                         below = s->curves[k].low[col] - (box.y + box.h);
            nearest = fmin(nearest, fmax(above, below));
        }
    return nearest;
}

/* The box that just clears the curve over its own width, above or below. */
static rect beside(const search *s, size_t own, double x, double width, double height, bool above)
{
    const size_t first = column_of(s, x), last = column_of(s, x + width);
    double low = INFINITY, high = -INFINITY;
    for (size_t col = first; col <= last; col++) {
        low = fmin(low, s->curves[own].low[col]);
        high = fmax(high, s->curves[own].high[col]);
    }
    return (rect){x, above ? low - 4 - height : high + 3, width, height};
}

static bool find_place(const search *s, size_t own, double width, double height, rect *best)
{
    const int candidates = 48;
    double best_score = -INFINITY;
    for (int k = 0; k < candidates; k++)
        for (int above = 0; above < 2; above++) {
            const double x =
                s->area.x + 6 + (s->area.w - width - 12) * (double)k / (candidates - 1);
            const rect box = beside(s, own, x, width, height, above == 1);
            if (!isfinite(box.y) || !is_free(s, box))
                continue;
            const double slope = fabs(s->curves[own].low[column_of(s, x)] -
                                      s->curves[own].low[column_of(s, x + width)]);
            const double score = distance_to_others(s, own, box) - slope * .5 + above * 4 -
                                 fabs(k - candidates * .7) * .25;
            if (score > best_score) {
                best_score = score;
                *best = box;
            }
        }
    return best_score > -INFINITY;
}

static const char *short_name(const label_curve *curve)
{
    return curve->short_name ? curve->short_name : curve->name;
}

static bool place_name(canvas *c, search *s, size_t own, const char *name, double height)
{
    const bool small = s->curves[own].small;
    const text_style style = {
        .ink = s->curves[own].ink, .bold = !small, .size = small ? TYPE_SMALL : TYPE_BODY};
    rect box;
    if (!find_place(s, own, canvas_text_width(c, style, name) + 8, height, &box))
        return false;
    canvas_text(c, box.x + 4, box.y + height * .8, style, name);
    s->taken[s->taken_n++] = box;
    return true;
}

/* The height at which a curve ends. */
static double end_of(const search *s, size_t k)
{
    double end = s->area.y;
    for (size_t col = 0; col < s->columns; col++)
        if (isfinite(s->curves[k].low[col]))
            end = (s->curves[k].low[col] + s->curves[k].high[col]) / 2;
    return end;
}

static void sort_by_end(const search *s, size_t *which, size_t n)
{
    for (size_t k = 1; k < n; k++)
        for (size_t m = k; m > 0 && end_of(s, which[m]) < end_of(s, which[m - 1]); m--) {
            const size_t swap = which[m];
            which[m] = which[m - 1];
            which[m - 1] = swap;
        }
}

/* The names without a place, at the right of the area in the order of their curves' ends, pushed
 * apart. */
static void in_margin(canvas *c, const search *s, double right, size_t *which, size_t n,
                      double height)
{
    const double x = s->area.x + s->area.w;
    double bottom = s->area.y - height;
    sort_by_end(s, which, n);
    for (size_t k = 0; k < n; k++) {
        const label_curve *curve = &s->curves[which[k]];
        const double end = end_of(s, which[k]);
        const double lowest = s->area.y + s->area.h - height * ((double)(n - k) - .5);
        const double y = fmax(fmin(end, lowest), bottom + height);
        bottom = y;
        canvas_line(c, (point){x + 2, end}, (point){x + 10, y},
                    (stroke){.ink = curve->ink, .alpha = .6});
        canvas_text(c, x + 13, y,
                    (text_style){.ink = curve->ink,
                                 .down = DOWN_MIDDLE,
                                 .bold = !curve->small,
                                 .size = curve->small ? TYPE_SMALL : TYPE_BODY,
                                 .max = fmax(right - x - 15, 16)},
                    short_name(curve));
    }
}

void labels_draw(canvas *c, rect area, double right, const label_curve *curves, size_t curves_n,
                 size_t columns, const rect *taken, size_t taken_n)
{
    search s = {.area = area, .curves = curves, .curves_n = curves_n, .columns = columns};
    size_t homeless[MOST], homeless_n = 0;
    const double height = TYPE_BODY * 1.25;
    for (size_t k = 0; k < taken_n && k < MOST; k++)
        s.taken[s.taken_n++] = taken[k];
    for (size_t k = 0; k < curves_n && k < MOST; k++) {
        if (!curves[k].name)
            continue;
        if (!place_name(c, &s, k, curves[k].name, height) &&
            !place_name(c, &s, k, short_name(&curves[k]), height))
            homeless[homeless_n++] = k;
    }
    in_margin(c, &s, right, homeless, homeless_n, height);
}
