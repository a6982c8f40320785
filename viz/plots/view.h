/* A view: numbers computed from a pass, and the plain function that draws them.
 *
 *     void *data;
 *     status = view->make(&input, &data, &err);       on any thread; nothing is drawn
 *     view->draw(canvas, rectangle, data, &layout);   as often as wanted, at any size
 *     view->csv(file, data);
 *     view->free(data);
 *
 * What make gives does not point into its input: trace and model may change or go. */
#ifndef VIEW_H
#define VIEW_H

#include "viz/plots/axes.h"
#include "viz/run.h"

#include "base/parallel.h"

#include <stdio.h>

typedef struct view_input {
    const run_options *options; /* to set up other cells on the same data and seed */
    const struct run *run;
    const rs_trace *trace;  /* RS_KEEP_ALL, forward pass done */
    const double *gradient; /* dL/dθ; NULL: no loss, no backward pass */
    bool as_if; /* the loss of every step stands for that of the last alone: the view says so */
    size_t layer, sequence, unit, step; /* the selection; beyond the end stands for the last */
    size_t updates;                     /* of the training view; 0: 200 */
    double clip; /* threshold of the wall's descent; 0: .5, NaN: no descent */
    /* The passes of all cells that are to be shown together, where the caller has them already (its
     * own among them); NULL: view_cells makes them. */
    const struct view_input *together;
    size_t together_n;
    bool small;          /* it will be drawn where view->small says so */
    const rs_stop *stop; /* of what takes long; may be NULL */
} view_input;

typedef struct view {
    const char *name;  /* "norms" */
    const char *title; /* English, for the heading of a figure and for help */
    bool needs_loss;   /* make fails (RS_USAGE) without input->gradient */
    bool every_step;   /* is about the losses of all steps: a loss of the last alone shows little */
    bool compares;     /* draw shows layout->ghost_data beside its data */
    bool alone;        /* needs no model and no data; the input may be all zero */
    rs_status (*make)(const view_input *input, void **data, rs_error *err);
    /* Whether draw leaves parts out for want of room, so that make need not make them; NULL: never
     */
    bool (*small)(double w, double h);
    double (*flops)(const view_input *input); /* what make will take, where it is much; or NULL */
    void (*draw)(canvas *c, rect r, const void *data, plot_layout *layout);
    void (*csv)(FILE *out, const void *data);
    void (*free)(void *data);
} view;

/* The views, ended by NULL. */
extern const view *const views[];
const view *view_named(const char *name); /* NULL if there is none */

/* Each in view_NAME.c. */
extern const view view_norms, view_gates, view_units, view_credit, view_lags, view_paths,
    view_spectrum, view_saturation, view_equations, view_phase, view_bifurcation, view_wall,
    view_training, view_chain, view_unrolled, view_check;

/* min(k, n − 1) */
size_t view_index(size_t k, size_t n);

/* RS_USAGE where the view needs a loss and there is none. */
rs_status view_wants_loss(const char *name, const view_input *input, rs_error *err);

/* How the curves of a cell look: Okabe & Ito's colours in the order of rs_cells, and dashes so that
 * they can be told apart in grey. */
typedef struct cell_look {
    ink_kind ink;
    dash_kind dash;
    marker_kind marker;
} cell_look;
cell_look look_of_cell(const rs_cell *cell);

/* A colour for the k-th of things that have none of their own. */
ink_kind ink_of(size_t k);

/* Calls pass once for each cell to be shown together: those of input->together; else the input's
 * own and, if it was not read from a file, "rnn", "lstm" and "gru" with the same options, data and
 * seed. Stops at an error. */
rs_status view_cells(const view_input *input,
                     rs_status (*pass)(void *context, const view_input *one, rs_error *err),
                     void *context, rs_error *err);

/* The letter of a node, its middle at x, y. */
void view_symbol(canvas *c, double x, double y, const char *symbol);

/* A rectangle cut in n parts side by side or above each other, `gap` between them; part k. */
rect part_of_row(rect r, size_t k, size_t n, double gap);
rect part_of_column(rect r, size_t k, size_t n, double gap);

#endif
