/* The paths of a cell: which value its equations read to make which, found by running them.
 *
 * An equation stage works by element, so its derivative is one slope a unit for each pair (value
 * read, value made). Such a pair is a *path*: f → c, c[t−1] → c, a_f → f. They are found by giving
 * one value after another a small imaginary part, at several random points, and looking where one
 * comes out; so they are known for any cell, one of the caller's own too. */
#ifndef RS_PATHS_H
#define RS_PATHS_H

#include "base/error.h"
#include "cells/cell.h"

#include <stddef.h>

enum { RS_MAX_PATHS = 64 };

/* What an equation can read. */
typedef enum rs_reads {
    RS_FROM_A,     /* the pre-activations of gate `from` */
    RS_FROM_NOW,   /* channel `from` of this step */
    RS_FROM_BEFORE /* state `from` of the step before */
} rs_reads;

typedef struct rs_path {
    size_t stage;
    rs_reads source;
    size_t from, to; /* `to` is a channel of this step */
    size_t color;    /* values of one colour can be stepped at once: no value made reads two */
} rs_path;

typedef struct rs_paths {
    const rs_cell *cell;
    size_t n;
    rs_path path[RS_MAX_PATHS];   /* by stage */
    size_t colors[RS_MAX_STAGES]; /* of each stage */
    size_t colors_n;              /* the sum of them */
} rs_paths;

/* RS_USAGE if a stage mixes units, has no complex equations, or there are too many paths. */
rs_status rs_paths_find(const rs_cell *cell, rs_paths *paths, rs_error *err);

/* The value a path reads, for people: "a_f", "f", "c[t−1]"; returns text. */
const char *rs_path_source_text(const rs_cell *cell, rs_reads source, size_t from, char text[32]);

/* Room to run the equations of one step over complex numbers. */
typedef struct rs_complex_step {
    rs_step_z step;
    double _Complex *numbers; /* owned */
} rs_complex_step;

rs_status rs_complex_step_make(rs_complex_step *room, const rs_cell *cell, size_t H, rs_error *err);
void rs_complex_step_free(rs_complex_step *room);

/* Where a path's source lies in the room, [H]. */
double _Complex *rs_complex_place(const rs_complex_step *room, rs_reads source, size_t from);

#endif
