/* Where claimed derivatives are wrong: for one layer, step by channel, the largest error over units
 * and sequences in parts of the largest exact derivative of that channel at any step.
 *
 *     rs_check(trace, parameters, &loss, &options, &report, &err);
 *     rs_error_map_make(&map, trace, parameters, &loss, &report, 0, &err);
 *     if (map.value) … map.value[row * map.T + t], row 0 is map.name[0] = "dh"
 *     rs_error_map_free(&map);
 *
 * A mistake is one cell of it, what it spoils lies left of it: earlier steps. */
#ifndef RS_ERROR_MAP_H
#define RS_ERROR_MAP_H

#include "cells/cell.h"
#include "gradcheck/check.h"

/* A row for each channel with a derivative, then one for each gate's pre-activations. */
enum { RS_ERROR_ROWS = RS_MAX_CHANNELS + RS_MAX_GATES };

typedef struct rs_error_map {
    size_t layer, rows, T;
    char name[RS_ERROR_ROWS][32]; /* "dc", "da_f" */
    double *value;                /* [rows][T]; 0 where rounding explains it; NULL: no map */
    bool marked;                  /* where the first finding is seen: step, and row if it has one */
    size_t step, row;             /* row = rows: none of them */
} rs_error_map;

/* From what rs_check left: `claimed` is the trace it judged. Rows have their names in any case;
 * map->value stays NULL where nothing is
 * wrong, or no derivative of the layer at fault is (but a gradient of parameters). RS_INTERNAL: no
 * memory. */
rs_status rs_error_map_make(rs_error_map *map, const rs_trace *claimed, const double *parameters,
                            const rs_loss *loss, const rs_check_report *report, size_t threads,
                            rs_error *err);
void rs_error_map_free(rs_error_map *map);

#endif
