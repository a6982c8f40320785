/* Backward passes with one mistake each, for the tests of the gradient checker. A mistake is a
 * stage of a cell whose backward function is wrong in one layer; a cell is a table, so it goes into
 * a copy of the table. */
#ifndef BROKEN_H
#define BROKEN_H

#include "gradcheck/check.h"
#include "tests/unit/fixture.h"

typedef struct mistake {
    const char *what;
    const rs_cell *cell;
    const char *stage;
    rs_stage_function *backward; /* calls broken_here(step) to know whether to be wrong */
    const char *node;            /* what the first finding must say */
    rs_mistake kind;
    const char *says; /* in the sentence */
} mistake;

extern const mistake mistakes[];
extern const size_t mistakes_n;

/* A copy of the cell with the mistake in it. */
rs_cell broken_cell(const mistake *m);

/* The layer in which the mistake is made (in the others the right function runs), SIZE_MAX: in all.
 */
extern size_t broken_layer;

/* rs_backward, telling the broken stages in which trace they run. */
void broken_backward(rs_trace *trace, const double *parameters, double *gradient, size_t truncate);

#endif
