/* The exact total derivative of every value: the linearised forward pass run backwards.
 *
 * Each path and each product gives the derivative of what it reads its share: dsource += slope ·
 * dmade. In this generic form no cell is known and nothing is written by hand, so nothing of the
 * hand-written pass can be wrong here in the same way. What it gives is tested against a complex
 * step on every single value (reference.h, the slow twin), and in every check against complex steps
 * along random directions.
 *
 * The same sum, taken once more with the derivatives that the pass under test *claims*, says what
 * each derivative should be if all its consumers were right (rs_adjoint_expect): where the two
 * differ, that very line is wrong.
 *
 * Beside each derivative goes its *spread*, the size of the rounding error a correct pass in the
 * precision under test may have there. Each term of a sum may be off by some units of itself, and
 * a slope by what some units of the value made do to it (σ′ computed as σ(1 − σ)); what came from
 * later is carried on as independent errors are, by the root of the sum of squares; and since
 * errors of many steps may point the same way, the spread of step t is taken (T − t + L) times. */
#ifndef RS_ADJOINT_H
#define RS_ADJOINT_H

#include "gradcheck/linear.h"

/* A bar is this many spreads. Correct passes stay below a fifth of it (tests/grid). */
enum { RS_SPREADS = 8 };

/* A derivative of every value. In each trace d, da, dy, dx are used, its values not. */
typedef struct rs_derivatives {
    rs_trace *d, *spread;
    double *gradient, *gradient_spread; /* [parameters_n] */
} rs_derivatives;

/* One path changed: its share counts `times` times in every layer. */
typedef struct rs_change {
    bool active, of_product; /* a path of the equations, or the product of a stage */
    size_t which;            /* path, or stage */
    double times;            /* 0: missing, 2: twice, −1: the wrong sign */
} rs_change;

typedef struct rs_adjoint {
    const rs_linear *linear;    /* not owned */
    double *squared, *absolute; /* [parameters_n] W², |W| */
    rs_derivatives exact;
    rs_change change; /* for the next rs_adjoint_changed */
} rs_adjoint;

/* Finds all derivatives; linear must outlive it. RS_INTERNAL: no memory; RS_INTERRUPTED. */
rs_status rs_adjoint_make(rs_adjoint *adjoint, const rs_linear *linear, rs_error *err);
void rs_adjoint_free(rs_adjoint *adjoint);

/* What each derivative is if those of its consumers are what `claimed` says (d, da, dy, dx of the
 * trace); spreads are then of one sum's rounding. The caller frees it. */
rs_status rs_adjoint_expect(const rs_adjoint *adjoint, const rs_trace *claimed,
                            rs_derivatives *expected, rs_error *err);

/* All derivatives of a backward pass that makes adjoint->change and is right otherwise. */
rs_status rs_adjoint_changed(const rs_adjoint *adjoint, rs_derivatives *changed, rs_error *err);
void rs_derivatives_free(rs_derivatives *derivatives);

#endif
