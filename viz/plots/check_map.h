/* Where claimed derivatives are wrong: for one layer, step by channel, the largest error over units
 * and sequences in parts of the largest exact derivative of that channel at any step. */
#ifndef CHECK_MAP_H
#define CHECK_MAP_H

#include "viz/plots/axes.h"

#include "gradcheck/error_map.h"

#include <stdio.h>

typedef struct check_map {
    rs_error_map errors; /* value NULL: no map */
    axis scale;
    /* It stands alone: what is right has the colour of agreement for its ground, and its steps are
     * not those of the time cursor. */
    bool ground;
    const char *note; /* English, for when nothing is wrong in it; may be NULL */
} check_map;

/* From what rs_check left: `claimed` is the trace it judged. errors.value stays NULL where nothing
 * is wrong, or no derivative of the layer at fault is (but a gradient of parameters). RS_INTERNAL:
 * no memory. */
rs_status check_map_make(check_map *map, const rs_trace *claimed, const double *parameters,
                         const rs_loss *loss, const rs_check_report *report, size_t threads,
                         rs_error *err);
void check_map_free(check_map *map);

/* The colours' scale, from the errors there are. */
void check_map_scale(check_map *map);

/* Height it wants to have. */
double check_map_height(const check_map *map);
void check_map_draw(canvas *c, rect r, const check_map *map, plot_layout *layout);
void check_map_csv(FILE *out, const check_map *map);

#endif
