/* Adjoint rows: the one tool that the measures of the gradient's flow are made of.
 *
 * A row is a derivative of *something* (one step's loss, one unit of a state, a unit vector) with
 * respect to the states s_t = [h; c; …] of one layer at one step of one sequence. Taking it a step
 * back multiplies it by that step's Jacobian from the right, row·∂s_t/∂s_{t−1}; this is done by the
 * cell's own backward functions and the rows of W_hh, so it is exact for every cell, and no
 * Jacobian is formed. Many rows go back together: their products are matrix-matrix. Each row has a
 * step and a sequence of its own.
 *
 * With the rows of the identity this gives the Jacobian itself (jacobian.h), with the derivative of
 * one step's loss a row of the credit matrix (credit.h).
 *
 * Only the channels' values of the trace are read, so a trace of either keep will do, before or
 * after its backward pass. */
#ifndef RS_ROWS_H
#define RS_ROWS_H

#include "network/trace.h"

typedef struct rs_rows {
    const rs_trace *trace;    /* not owned */
    const double *parameters; /* not owned */
    size_t layer, n;
    size_t *at; /* [n] t·B + b: whose values the row meets on its next step back */
    double *da; /* [n][G][H] of the last step taken */
    /* [n][H] states: the row itself; others: their derivatives in the last step taken */
    double *d[RS_MAX_CHANNELS];
    double *d_before[RS_MAX_CHANNELS]; /* [n][H] states: room for the row a step earlier */
    double *numbers;                   /* where all of them lie */
} rs_rows;

/* n zeroed rows. rs_rows_free gives them back, also after a failure (RS_INTERNAL: no memory). */
rs_status rs_rows_new(rs_rows *rows, const rs_trace *trace, const double *parameters, size_t layer,
                      size_t n, rs_error *err);
void rs_rows_free(rs_rows *rows);

/* Bytes of one row. */
size_t rs_rows_bytes(const rs_net *net);

/* Takes rows 0 … n−1 a step back: d of the states, on entry with respect to s_t, is afterwards with
 * respect to s_{t−1}; da and d of the other channels are those of step t. at goes down by B. */
void rs_rows_back(rs_rows *rows, size_t n);

/* The parts of such a step, for those who keep its routes apart (paths.h): sets to zero what it
 * adds to (the rows of step t−1, the derivatives of inner channels); runs one stage's equations. */
void rs_rows_zero_sums(const rs_rows *rows, size_t n);
void rs_rows_equations(const rs_rows *rows, const rs_stage *stage, size_t n);

/* The number of states of a cell, S. */
size_t rs_states(const rs_cell *cell);

/* The channel of the nth state. */
size_t rs_state_channel(const rs_cell *cell, size_t nth);

/* Sets row r to a unit vector per entry of s = [h; c; …], r = state·H + unit (n must be S·H), all
 * at step t of sequence b. */
void rs_rows_identity(rs_rows *rows, size_t t, size_t b);

/* Copies rows 0 … n−1 out into matrix [n][S·H], columns in the order of rs_rows_identity, or in. */
void rs_rows_get(const rs_rows *rows, size_t n, double *matrix);
void rs_rows_set(const rs_rows *rows, size_t n, const double *matrix);

#endif
