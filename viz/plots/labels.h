/* Names of curves, written beside the curves themselves. */
#ifndef LABELS_H
#define LABELS_H

#include "viz/canvas/canvas.h"

/* A curve as the label maker sees it: its height at each of `n` columns of the area, evenly spaced
 * from the left edge to the right; NaN where it is not. */
typedef struct label_curve {
    const char *name;       /* translated; NULL: an obstacle only */
    const char *short_name; /* for where there is less room; NULL: the name */
    ink_kind ink;
    bool small;               /* small and light: a line that only marks a level */
    const double *low, *high; /* [n] the extent within the column, y down the canvas */
} label_curve;

/* Writes each name where it touches no curve and no other name, close to its own curve; where there
 * is no such place, in the margin to the right, with a line to the curve's end. taken: rectangles
 * to keep clear of; right: where the margin ends. */
void labels_draw(canvas *c, rect area, double right, const label_curve *curves, size_t curves_n,
                 size_t columns, const rect *taken, size_t taken_n);

#endif
