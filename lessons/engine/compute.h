/* A scene computed: for each of its cells the model, the data, the trace, and the measures of
 * lib/flow.
 *
 * The measures come in parts, since some are dear; each is computed once, when it is first wanted.
 * In the viewer a worker thread makes the parts one after the other while the window shows those it
 * has: a part is written before its bit in `parts` is set and never again after, so a reader that
 * has been told of the bit may read it without a lock. */
#ifndef COMPUTE_H
#define COMPUTE_H

#include "flow/flow.h"
#include "lessons/engine/scene.h"
#include "rnnscope.h"

#include "data/data.h"
#include "gradcheck/check.h"

#include <stdatomic.h>

typedef enum compute_part {
    PART_PASS,     /* trace, gradient, norms */
    PART_SPECTRUM, /* eigenvalues and singular values of W_hh */
    PART_GATES,    /* saturation, slopes */
    PART_ROUTES,   /* who carries the gradient */
    PART_CARRY,    /* a gradient of the last step on its way back */
    PART_JACOBIAN, /* |∂s_T/∂s_k|₂ */
    PART_LAGS,     /* dW_hh by lag */
    PART_CREDIT,   /* |∂L_t/∂h_k| */
    PART_MEMORY,   /* |∂m_T/∂m_k|₂ of the memory m, the last state: LSTM's c, others' h */
    PART_DIRECT,   /* the same by the direct route alone: no weight on the way */
    PARTS
} compute_part;

typedef struct computed_cell {
    rs_cell broken; /* the scene's bug in a copy of the cell; the model's cell is then this */
    rs_check_report *check; /* NULL until compute_check */
    rs_model model;
    rs_data data;
    rs_loss every; /* the loss of data at every step, even where the scene asks for the last alone:
                      what credit and lags are about */
    double *every_target; /* of `every`, where the task itself asks at the last step alone; */
    int *every_label;     /* else NULL */
    rs_trace *trace;
    double *last_state; /* of the loss, or NULL */
    double *gradient;   /* [parameters_n] */
    size_t states_n;
    double *norm[RS_MAX_CHANNELS]; /* [T] |dL/d state_t| of the top layer, by state */
    double *norm_x;                /* [T] |dL/dx_t| */
    rs_decay decay;                /* of |dL/dh_t| */
    double *carry;                 /* [T] ln of a last step's gradient on its way back, top layer */
    double *jacobian;              /* [T+1] ln |∂s_T/∂s_k|₂, entry k: before step k */
    double *memory, *direct;       /* [T+1] ln, as jacobian */
    double *re, *im, *singular;    /* [gates][H] of W_hh, gate by gate */
    double *route, *route_share;   /* [T][routes] */
    rs_gate_unit *unit[RS_MAX_CHANNELS]; /* [H] of the top layer's gates */
    double *lags;                        /* [T] */
    double *credit;                      /* [T][T] */
} computed_cell;

/* Whether there is something to be differentiated: without, every derivative is an idle 0. */
bool compute_has_loss(const computed_cell *cell);

typedef struct computed {
    scene of;
    size_t cells_n;
    computed_cell cell[SCENE_CELLS];
    struct compute_spares *spares; /* of the base, or NULL */
    unsigned parts[SCENE_CELLS];   /* bit p: part p of this cell is there; written by the maker, see
                                      above */
    atomic_int holders;
} computed;

/* Traces of scenes that nobody looks at any more, for the next scene to be computed in: at ten
 * thousand steps fresh memory takes longer than the pass. */
typedef struct compute_spares compute_spares;
compute_spares *compute_spares_new(rs_error *err);
void compute_spares_free(compute_spares *spares); /* after all that was computed with it; or NULL */

/* A model and data of the user's in place of those the scene would make; both may be NULL, neither
 * is owned. The scene's gain, forget bias, input scale and number of steps then apply to them. */
typedef struct compute_base {
    const rs_model *model;
    const rs_data *data;
    /* of each cell in place of the scene's, as training left them; NULL: the scene's */
    const double *parameters[SCENE_CELLS];
    compute_spares *spares; /* may be NULL */
} compute_base;

/* Makes models and data, nothing else; held once. NULL with err if something does not fit. */
computed *compute_new(const scene *s, const compute_base *base, rs_error *err);
computed *compute_hold(computed *c);
void compute_release(computed *c); /* c may be NULL */

/* Computes a part of one cell and what it needs; nothing if it is there. PART_CREDIT and
 * PART_JACOBIAN beyond COMPUTE_DEAR multiplications are refused (RS_USAGE, with their cost). */
#define COMPUTE_DEAR 2e11
rs_status compute_part_of(computed *c, size_t cell, compute_part part, size_t threads,
                          rs_error *err);

/* PART_PASS of every cell, the cells side by side on at most `threads` threads (0: one a
 * processor). */
rs_status compute_passes(computed *c, size_t threads, rs_error *err);

/* The checker's report on the backward pass of a cell, made once; it stays with c. */
rs_status compute_check(computed *c, size_t cell, const rs_check_report **report, rs_error *err);

/* What the part costs, in multiplications; 0 where that is not worth asking. */
double compute_cost(const computed *c, size_t cell, compute_part part);

#endif
