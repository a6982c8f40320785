/* The equations of the library's cells, as they are shown: formulas, and beside them templates that
 * are filled with the numbers of one unit and step. They stand beside the tables in lib/cells,
 * which hold what a computation needs and no typesetting; tests/unit/test_plots.c evaluates every
 * one of these templates on a trace, so that what is shown is what is computed, and looks up every
 * one's line in the cell's source.
 *
 * In a template {f} is channel f at step t, {c-} at t − 1, {c+} at t + 1 (0 after the last step),
 * {d:c} its total derivative, {a:f} the pre-activation of the gate that makes f and {da:f} its
 * derivative. */
#ifndef EQUATIONS_H
#define EQUATIONS_H

#include "network/trace.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct equation {
    const char *formula; /* TeX, "c_t = f ⊙ c_{t-1} + i ⊙ g" */
    const char *result;  /* "{c}" */
    const char *value;   /* "{f} * {c-} + {i} * {g}": numbers + - * ( ) and sigma, tanh, max0 */
    const char *code;    /* "c[u] =": how the line of the cell's source begins that computes it */
} equation;

typedef struct stage_equations {
    const char *function; /* "state": in the cell's file, with its twin state_backward */
    equation forward[4], backward[5]; /* ended by one without a formula */
} stage_equations;

typedef struct cell_equations {
    const char *cell;         /* its name */
    const char *file;         /* "lib/cells/lstm.c" */
    stage_equations stage[4]; /* ended by one without a function */
} cell_equations;

/* NULL for a cell that has none written down. */
const cell_equations *equations_of(const rs_cell *cell);

/* The line of a function of the library's cells that begins with `code`, without what is before it
 * and behind its semicolon: "lib/cells/lstm.c", "state", "c[u] =". The sources are those the
 * program was built from. Returns how many lines of the function begin so; the text is the first
 * one's. */
size_t cell_source(const char *file, const char *function, const char *code, char *text,
                   size_t room);

/* The same for an equation of a stage; backward: in the function's twin. */
size_t equation_source(const char *file, const char *function, bool backward, const equation *e,
                       char *text, size_t room);

/* One unit at one step. */
typedef struct moment {
    const rs_trace *trace;
    size_t layer, t, b, unit;
} moment;

/* The number that {name} stands for; NaN for a name the cell does not have. */
double moment_value(const moment *m, const char *name, size_t n);

/* A template with every name replaced by its number, of about three digits. */
void moment_fill(const moment *m, const char *template, char *text, size_t room);

/* A template evaluated; NaN if it makes no sense. */
double moment_evaluate(const moment *m, const char *template);

/* The sum over units that makes a_t, or backward dh_t, of a cell with one gate, at the moment: its
 * formula, its value and its numbers, "0.5 · 0.762 + 1 · 0 + 0". False for cells with more gates.
 * The trace has derivatives if backward. (equation_sums.c) */
bool equation_sum(const moment *m, const double *parameters, bool backward, const char **formula,
                  double *result, char *text, size_t room);

#endif
