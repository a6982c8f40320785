/* Where claimed derivatives are wrong: for one layer, step by channel, the largest error over units
 * and sequences in parts of the largest exact derivative of that channel at any step. */
#ifndef CHECK_MAP_H
#define CHECK_MAP_H

#include "viz/plots/axes.h"

#include "cells/cell.h"
#include "gradcheck/check.h"

#include <stdio.h>

/* A row for each channel with a derivative, then one for each gate's pre-activations. */
enum { CHECK_MAP_ROWS = RS_MAX_CHANNELS + RS_MAX_GATES };

typedef struct check_map {
    size_t layer, rows, T;
    char name[CHECK_MAP_ROWS][32]; /* "dc", "da_f" */
    double *value;                 /* [rows][T]; 0 where rounding explains it; NULL: no map */
    bool marked;      /* where the first finding is seen: step, and row if it has one */
    size_t step, row; /* row = rows: none of them */
    axis scale;
} check_map;

/* From what rs_check left: `claimed` is the trace it judged. map->value stays NULL where nothing is
 * wrong, or no derivative of the layer at fault is (but a gradient of parameters). RS_INTERNAL: no
 * memory. */
rs_status check_map_make(check_map *map, const rs_trace *claimed, const double *parameters,
                         const rs_loss *loss, const rs_check_report *report, size_t threads,
                         rs_error *err);
void check_map_free(check_map *map);

/* Height it wants to have. */
double check_map_height(const check_map *map);
void check_map_draw(canvas *c, rect r, const check_map *map, plot_layout *layout);
void check_map_csv(FILE *out, const check_map *map);

#endif
