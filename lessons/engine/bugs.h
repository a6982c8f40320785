/* Broken backward passes, for the lesson in which the checker finds them: copies of the library's
 * cells in which one backward function is a wrong one. A scene plants one with `bug = NAME`; its
 * forward pass stays right. */
#ifndef BUGS_H
#define BUGS_H

#include "cells/cell.h"

typedef struct bug {
    const char *name; /* in scenes: "carry-lost" */
    const char *cell; /* "lstm" */
    size_t stage;
    rs_stage_function *backward; /* what stands in the place of the stage's own */
    const char *wrong, *right;   /* the line as it is, and as it should be */
} bug;

/* Ended by one without a name. */
extern const bug bugs[];

/* The bug of this name, or NULL. */
const bug *bug_named(const char *name);

/* The cell with the bug in it; its name stays the cell's. */
rs_cell bug_cell(const bug *b);

#endif
