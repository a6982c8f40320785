/* One unit alone, where everything can be drawn.
 *
 *     x_t = w σ(x_{t−1}) + b
 *
 * is the single-unit network of Doya 1993 and of Pascanu, Mikolov & Bengio 2013, section 2.2 and
 * fig. 3 and 6. */
#ifndef RS_ONE_UNIT_H
#define RS_ONE_UNIT_H

#include <stddef.h>

typedef struct rs_wall {
    double error, dw, db; /* E, dE/dw, dE/db */
} rs_wall;

/* E = (σ(x_T) − target)² after T steps from x0, with its gradient carried along (forward mode):
 * dx_t/dw = σ(x_{t−1}) + w σ′(x_{t−1}) dx_{t−1}/dw, likewise b. Fig. 6: x0 = .5, T = 50, target .7.
 */
rs_wall rs_wall_at(double w, double b, double x0, size_t T, double target);

/* The fixed points of x = w σ(x) + b, rising, into x [3]; returns how many, 1 or 3 (at a
 * bifurcation itself, where two of them meet, 1 or 3 by rounding). A fixed point attracts where
 * |w σ′(x)| < 1. */
size_t rs_fixed_points(double w, double b, double x[3]);
int rs_attracts(double w, double x);

/* For w > 4 there are two attractors exactly for b strictly between *low and *high, where w σ′(x) =
 * 1: x = ln σ/(1−σ), σ = (1 ∓ √(1 − 4/w))/2, b = x − w σ. Returns 0 (and leaves both) for w ≤ 4. */
int rs_bifurcations(double w, double *low, double *high);

/* Steps until a cell state that is multiplied by σ(b) each step has halved: ln ½ / ln σ(b)
 * (Gers, Schmidhuber & Cummins 2000; Jozefowicz et al. 2015). */
double rs_forget_half_life(double b);

/* The bias whose time constant 1/(1 − σ(b)) is `steps`: ln(steps − 1) (Tallec & Ollivier 2018). */
double rs_bias_that_bridges(double steps);

#endif
