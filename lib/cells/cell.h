/* What a cell is: a table that describes itself, and its equations.
 *
 * A recurrent cell turns the input x_t and its state of step t−1 into its state of step t. Here it
 * is cut into *stages*, run in order. A stage has two parts, either of which may be missing:
 *
 *   product     rows of W_hh times a vector (h_{t−1}, or a channel an earlier stage made), plus the
 *               same rows of b_hh; the sum goes into the pre-activations a, or into a channel
 *   equations   by element: from a and from channels, new channels
 *
 * Before any stage of step t, a holds W_ih x_t + b_ih. The backward pass runs the stages in
 * reverse; each has a function for its equations, and the product's adjoint is the network's work.
 * Between stages the checker can look at, or perturb, every value; so a stage must not read a
 * channel that it makes itself, unless that is a cache (tests/unit/test_backward.c finds it out).
 *
 * A *channel* is a named value of each unit over time: states (h, c), gates (i, f, o …), and inner
 * ones. Everything downstream (trace, files, check, panels) walks these tables and nothing else, so
 * a new cell is one new file: see lstm.c for how to write one, and tests/unit/test_own_cell.c for
 * one that lives outside the library.
 *
 * Shapes: all arrays of one step and one sequence are [H], a is [G][H], one row of H per gate. */
#ifndef RS_CELL_H
#define RS_CELL_H

#include <stddef.h>

enum { RS_MAX_CHANNELS = 12, RS_MAX_STAGES = 6, RS_MAX_GATES = 8, RS_INTO_A = -1 };

/* Channel 0 of every cell is h, its output. */
enum { RS_H = 0 };

typedef enum rs_role {
    RS_STATE, /* carried to the next step; its value before step 0 is an input */
    RS_GATE,  /* made from a pre-activation: gate, candidate */
    RS_INNER, /* any other value that has a derivative, not written to files */
    RS_CACHE  /* kept only to save the backward pass work; has no derivative */
} rs_role;

typedef struct rs_channel {
    const char *name;   /* in files and options: "f" */
    const char *symbol; /* for people: "f", "W_hn h + b_hn" */
    rs_role role;
    double low, high;    /* the range of its values, ±INFINITY where it has no bound */
    const char *meaning; /* "forget gate: the share of the old cell state that is kept" */
} rs_channel;

/* rows [gate·H, (gate+gates)·H) of W_hh and b_hh times channel `source`: of step t−1 if that is a
 * state, else of step t. The sum goes to the same rows of a (RS_INTO_A) or, with gates = 1, to
 * channel `into`. gates = 0: the stage has no product. */
typedef struct rs_product {
    size_t gate, gates;
    int source, into;
} rs_product;

#include "base/as_float.h"
#include "cells/step_typed.h"
#include "base/as_complex.h"
#include "cells/step_typed.h"
#include "base/as_double.h"
#include "cells/step_typed.h"
#include "base/no_type.h"

typedef struct rs_stage {
    const char *name;
    rs_product product;
    unsigned writes; /* bit k: the equations make channel k */
    /* the equations and their adjoints, once a number type; all NULL if there are none */
    rs_stage_function *forward, *backward;
    rs_stage_function_f *forward_f, *backward_f;
    rs_stage_function_z *forward_z;
} rs_stage;

/* `RS_EQUATIONS(gates)` fills the function pointers with gates and gates_backward. */
#define RS_EQUATIONS(name)                                                                         \
    .forward = name, .forward_f = name##_f, .forward_z = name##_z, .backward = name##_backward,    \
    .backward_f = name##_backward_f

typedef struct rs_cell {
    const char *name;      /* in files and options: "lstm" */
    const char *title;     /* for people: "LSTM" */
    const char *reference; /* the paper */
    size_t gates_n, channels_n, stages_n;
    int gates[RS_MAX_GATES]; /* gate k's pre-activation makes channel gates[k], in torch's row order
                              */
    /* Bit k: opening gate k keeps more of the old state (lstm f, gru z), or writes more of the new
     * (lstm i). For initialisation: forget bias and chrono. 0 where the cell has no such gate. */
    unsigned keep_gates, write_gates;
    rs_channel channels[RS_MAX_CHANNELS];
    rs_stage stages[RS_MAX_STAGES];
} rs_cell;

extern const rs_cell rs_cell_rnn, rs_cell_rnn_relu, rs_cell_lstm, rs_cell_gru,
    rs_cell_gru_reset_before;

/* The library's cells, ended by NULL. */
extern const rs_cell *const rs_cells[];

/* The cell of the library with this name, or NULL. */
const rs_cell *rs_cell_named(const char *name);

/* The index of the cell's channel with this name, or −1. */
int rs_channel_named(const rs_cell *cell, const char *name);

#endif
