/* The names of a plot's curves and of the levels that are marked in it. */
#ifndef CURVES_LABELS_H
#define CURVES_LABELS_H

#include "viz/plots/curves.h"

/* A level that is marked: where single and double precision end, and the guides. */
typedef struct curves_level {
    double y;         /* on the canvas */
    const char *name; /* translated */
} curves_level;
enum { MAX_LEVELS = 10 };

/* The levels of y in sight; how many. */
size_t curves_levels(const canvas *c, const curves *data, const plot_area *a,
                     curves_level levels[MAX_LEVELS]);

/* Writes the names of curves and levels, clear of all of them and of what is taken, left of
 * `right`. */
void curves_labels(canvas *c, const plot_area *a, double right, const curves *data,
                   const curves_level *levels, size_t levels_n, const rect *taken, size_t taken_n);

#endif
