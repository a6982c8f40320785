/* Trajectories of a state: where it goes, and where it would settle without news. */
#ifndef PHASE_H
#define PHASE_H

#include "viz/plots/view.h"

enum { PHASE_SEQUENCES = 24, PHASE_GRID = 17, PHASE_MAP = 161 };

/* What is looked at: axes of a plane in the space of h, and what lies in it. */
typedef struct plane {
    double *mean, *axis; /* [H], [2][H] */
    double share[2];     /* of the variance */
    point *path;         /* [B][T+1] from the initial state */
    point end[PHASE_SEQUENCES];
} plane;

typedef struct phase {
    const rs_cell *cell;
    size_t T, B, H, one, two;
    bool settled[PHASE_SEQUENCES];
    double *state; /* [B][T+1][H]; NULL: too many to keep */
    double *last;  /* [2][B][H] where it settles, the step before and the last one */
    plane units, components;
    bool has_components;
    /* [n][2] from, to: of two units PHASE_GRID² steps, of one PHASE_MAP; NULL: none */
    point *field;
    size_t field_n;
} phase;

/* Of the input's layer; its unit and the next, and of more than two units the first two principal
 * components. The caller frees it. */
rs_status phase_make(const view_input *in, phase **to, rs_error *err);
void phase_free(phase *p); /* p may be NULL */

/* Where a state h [H] lies in a plane. before: of one unit, which is drawn against itself a step
 * earlier. */
point phase_place(const phase *p, const plane *q, const double *before, const double *h);

#endif
