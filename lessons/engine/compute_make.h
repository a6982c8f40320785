/* What compute.c needs of compute_make.c. */
#ifndef COMPUTE_MAKE_H
#define COMPUTE_MAKE_H

#include "lessons/engine/compute.h"

/* Model and data of the scene's nth cell. What was made stays in the cell when it fails. */
rs_status compute_make_cell(const scene *s, size_t nth, const compute_base *base,
                            computed_cell *cell, rs_error *err);

/* h0 and c0 given by hand, into a trace whose other initial states are there already. */
void compute_initial_states(const scene *s, rs_trace *trace);

#endif
