/* Axes: from numbers to places on the canvas and back, ticks, grids and colour bars.
 *
 * A log axis keeps its ends as powers of ten, so that it reaches further than a double does. What
 * has no place on it (zero, NaN, ±∞) is drawn beside it: see curves.h. */
#ifndef AXES_H
#define AXES_H

#include "viz/canvas/canvas.h"

typedef enum axis_kind {
    AXIS_LINEAR,
    AXIS_STEPS, /* linear over the steps of time 0 … n−1; the last is always named */
    AXIS_COUNT, /* the same over other whole numbers: updates, lags, units */
    AXIS_LOG,   /* numbers > 0; low and high are their log10 */
    AXIS_POWERS /* the numbers are log10 already; for what is beyond a double */
} axis_kind;

typedef struct axis {
    axis_kind kind;
    double low, high;
} axis;

/* The number's place, 0 at the low end, 1 at the high; not finite if it has none. */
double axis_place(axis a, double value);
/* The number at a place. */
double axis_value(axis a, double place);

typedef struct tick {
    double value; /* as axis_place takes it */
    char text[48];
} tick;

enum { MAX_TICKS = 24 };

/* Ticks at 1, 2 or 5 times a power of ten, at most `most` of them (2 … MAX_TICKS − 1), into
 * ticks; returns their number. On AXIS_STEPS the last step has a tick of its own. */
size_t axis_ticks(axis a, size_t most, tick ticks[MAX_TICKS]);

/* An axis that holds all values given to it one by one: start, grow, then finish, which widens the
 * range to have some (and, for a log axis, whole powers if that costs little). */
axis axis_start(axis_kind kind);
void axis_grow(axis *a, double value); /* what has no place on it is passed over */
axis axis_finish(axis a);

/* −m to m, m the least number of one digit that is ≥ most; −1 to 1 where that is no number > 0. */
axis axis_about_zero(double most);

/* A rectangle that numbers are drawn in. `id` says what is in it: a channel, a row, as its plot
 * tells. */
typedef struct plot_area {
    rect area;
    axis x, y;
    int id;
    /* of a heat map: cols and rows of cells, else 0. Cell (row, col) holds x in [col, col+1), rows
     * from the top. */
    size_t rows, cols;
    /* What is drawn there, for reading it at the pointer; both belong to the view's data and last
     * as long as it. */
    const struct curves *curves; /* NULL: none */
    const double *value; /* of a heat map: (row, col) at row·row_step + col·col_step; NULL: none */
    size_t row_step, col_step;
    const size_t *order; /* [rows]: row r shows row order[r]; NULL: as they come */
    /* The name of an entry, for one that is no unit at a step, into text[room]; may be NULL. */
    void (*name_entry)(const void *of, size_t row, size_t col, char *text, size_t room);
    const void *of;
    const double
        *mirrored; /* of a lower triangle: what is pinned, (row, col) shown at (col, row) */
    double back;   /* of steps: how far before a step a point is still of it; 0: half way */
} plot_area;

point area_point(const plot_area *a, double x, double y);
/* The numbers under a point (of a heat map: col and row, not rounded). */
point area_numbers(const plot_area *a, point at);

/* What a plot is told of how it is to be seen, and what it leaves for hovering and cursors. */
enum { MAX_AREAS = 16 };
typedef struct plot_layout {
    double from, to;            /* the steps of time in sight; from ≥ to: all */
    bool linear;                /* what has a log axis has a linear one instead */
    const void *ghost_data;     /* of the same view, pinned before; NULL: none */
    const struct curves *ghost; /* of the next plot of curves: drawn faint behind; NULL: none */
    plot_area area[MAX_AREAS];
    size_t n;
} plot_layout;

/* The part of an axis of time that is to be seen; other axes are as they were. */
axis axis_in_sight(axis a, const plot_layout *layout);

void layout_add(plot_layout *layout, plot_area area); /* layout may be NULL */
/* What the next plot of curves has faint behind it; layout may be NULL. */
void layout_ghost(plot_layout *layout, const struct curves *ghost);
/* The area under the point, or NULL. */
const plot_area *layout_at(const plot_layout *layout, point at);

/* Grid lines and numbers: of y to the left, of x below; x_name right of the last number of x (in
 * the room that it has), y_name nowhere: it stands in the heading. `x` and `y` say which. */
typedef struct axes_style {
    const char *x_name; /* translated; may be NULL */
    bool no_x, no_y;    /* no numbers and no lines for it */
    bool no_grid;       /* numbers only */
    const char *y_name; /* translated; above the numbers of y; may be NULL */
} axes_style;
void axes_draw(canvas *c, const plot_area *a, axes_style style);

/* Room that the numbers of the y axis take, at this height. */
double axes_left(canvas *c, axis y, double height);
enum { AXES_BOTTOM = 24 }; /* room for the numbers of x */

/* Heading of a plot within r: a bold title and, beside it in the room left, a note in grey (may be
 * NULL; may hold formulas). Returns what is left of r. */
rect heading_draw(canvas *c, rect r, const char *title, const char *note);

/* A colour bar in r (upright), the map from the low to the high end of a, numbers to its right. */
void colorbar_draw(canvas *c, rect r, colormap map, axis a);
/* Room it takes with its numbers. */
double colorbar_width(canvas *c, axis a, double height);

#endif
