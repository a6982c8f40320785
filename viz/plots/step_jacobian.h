/* One step's Jacobian J_t = ∂s_t/∂s_{t−1}, s = [h; c; …], as colours: the whole, and the part that
 * takes each route (flow/paths.h). */
#ifndef STEP_JACOBIAN_H
#define STEP_JACOBIAN_H

#include "viz/plots/view.h"

enum { JACOBIAN_PARTS = 2 + RS_MAX_GATES, JACOBIAN_STATES = 4 };

typedef struct step_jacobian {
    const rs_cell *cell;
    size_t H, states, parts; /* part 0 is the whole, part 1 + r route r */
    size_t t, layer, layers;
    int channel[JACOBIAN_STATES];
    char name[JACOBIAN_PARTS][48]; /* English */
    double norm[JACOBIAN_PARTS];   /* Frobenius */
    double gain[JACOBIAN_PARTS];   /* largest singular value; NaN where an entry is not finite */
    double block[JACOBIAN_STATES][JACOBIAN_STATES]; /* Frobenius, of the whole: ∂row/∂col */
    double most;                                    /* largest finite |entry| of the whole */
    double *value; /* [parts][S·H][S·H]; NULL: the state is too large for it */
} step_jacobian;

/* Of the input's layer, sequence and step. */
rs_status step_jacobian_make(step_jacobian *to, const view_input *in, rs_error *err);
void step_jacobian_free(step_jacobian *j);

/* pinned: to be compared with, in place of the routes; NULL: none. */
void step_jacobian_draw(canvas *c, rect r, const step_jacobian *now, const step_jacobian *pinned,
                        plot_layout *layout);
void step_jacobian_csv(FILE *out, const step_jacobian *j);

#endif
