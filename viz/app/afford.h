/* What may be computed while somebody looks on: more memory than the machine can spare would end
 * the program without a word, since the system promises more than it has. */
#ifndef AFFORD_H
#define AFFORD_H

#include "lessons/engine/compute.h"

/* A fifth of the machine's memory: what is on the screen, what is being made and what is pinned lie
 * beside each other. SIZE_MAX where it is not known. */
size_t afford_bytes(void);

/* Whether the passes of all cells fit into so many bytes; RS_USAGE says what they take. */
rs_status afford_passes(const computed *c, size_t bytes, rs_error *err);

/* Whether the check of a cell's gradient does. */
rs_status afford_check(const computed_cell *cell, size_t bytes, rs_error *err);

#endif
