/* Matrices as colours: linear, signed about zero, or logarithmic with its odd values marked. */
#ifndef HEATMAP_H
#define HEATMAP_H

#include "viz/plots/axes.h"

typedef struct heatmap {
    const double *value; /* (row, col) at row·row_step + col·col_step */
    size_t rows, cols, row_step, col_step;
    const size_t *order;  /* [rows]: row r shows row order[r]; NULL: as they come */
    bool lower, upper;    /* only col ≤ row is there; only col > row */
    bool zero_is_nothing; /* on a log scale: the paper shows, as where nothing is */
    axis scale;
    colormap map;
} heatmap;

/* The scale of these values: AXIS_LINEAR from low to high; AXIS_LOG over the finite values > 0, at
 * most `decades` below the largest. */
axis heatmap_log_scale(const double *value, size_t n, double decades);

void heatmap_draw(canvas *c, rect r, const heatmap *h);

/* What is in it that the scale does not reach (values below its end, zero, NaN, ∞): the colours
 * with names from (x, y) downwards, right of a colour bar. Returns the height used. */
double heatmap_draw_odd(canvas *c, double x, double y, const heatmap *h);

#endif
