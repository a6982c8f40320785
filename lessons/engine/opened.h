/* The model and the data that a scene names as files: `model = FILE.safetensors`, `data = FILE.csv`
 * (a row a time step, the next row is to be predicted; columns are standardised, data/series.h). */
#ifndef OPENED_H
#define OPENED_H

#include "lessons/engine/compute.h"

typedef struct opened {
    rs_model model;
    rs_data data;
    compute_base base; /* what of these the scene names, the rest as the caller's */
} opened;

/* Reads what the scene names and `given` (may be NULL) does not have. The scene's first cell is the
 * model's, where it has as many gates. On failure there is nothing to close. */
rs_status opened_read(const scene *s, const compute_base *given, opened *to, rs_error *err);
void opened_close(opened *o);

#endif
