/* Curves over steps or any other axis: the plot that most views are.
 *
 * On a log axis nothing is lost: dashed lines stand where float32 and double have their smallest
 * normal numbers; values below (subnormal) carry small triangles; exact zeros are drawn on a line
 * of their own below the axis, NaN and +∞ on one above it. */
#ifndef CURVES_H
#define CURVES_H

#include "viz/plots/axes.h"

#include <stdio.h>

enum { MAX_CURVES = 40 };

typedef struct curve {
    char name[48];      /* English; drawn translated. "" : no label */
    const double *x;    /* [n] rising; NULL: 0, 1, 2 … */
    const double *y;    /* [n] */
    const double *each; /* [n] what y is a running mean of: faint behind it; NULL: y is as it is */
    size_t n;
    ink_kind ink;
    dash_kind dash;
    double width, alpha; /* 0: 1.75, opaque */
    double fill;         /* > 0: the area below is filled so densely */
    bool points;         /* a dot at each value, no line */
    double half_life;    /* steps, written beside the name where it is finite and not 0 */
} curve;

/* A line across the plot, with a name at its right end. */
typedef struct guide {
    bool upright; /* at x = value; else at y = value */
    double value;
    char name[48];
} guide;

typedef struct curves {
    char title[96], note[160]; /* English, translated when drawn; the note may hold formulas */
    char x_name[48], y_name[48];
    axis_kind x_kind, y_kind;
    axis x, y; /* low < high: locked; else from the data */
    curve curve[MAX_CURVES];
    size_t n;
    guide guide[8];
    size_t guides_n;
    double *numbers; /* owned by who made it: what the curves point into; may be NULL */
} curves;

void plot_curves(canvas *c, rect r, const curves *data, plot_layout *layout);

/* The x of value `at`. */
double curve_x(const curve *k, size_t at);

/* x, then a column a curve, named (two where it is a mean: its values, then NAME_mean); rows by
 * index. */
void curves_csv(FILE *out, const curves *data);

/* Adds a curve; returns it to be dressed, or NULL if there are too many. */
curve *curves_add(curves *data, const char *name, const double *y, size_t n, ink_kind ink,
                  dash_kind dash);

#endif
