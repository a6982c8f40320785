/* Initial parameters.
 *
 *     rs_init init = {.name = "orthogonal", .has_forget_bias = true, .forget_bias = 1};
 *     status = rs_model_init(&model, &init, seed, &err);
 *
 * First every block is drawn by the scheme `name`, then gain and radius scale the recurrent
 * weights, then the biases of gates are set. H units, a block of shape [rows][cols] per gate:
 *
 *     torch       every block, the readout's too, U(±1/√H)                 torch's default for RNNs
 *     glorot      weights U(±√(6/(rows + cols))) a gate, biases 0             Glorot & Bengio 2010
 *     orthogonal  weights of each gate with orthonormal rows or columns, biases 0
 *                                                     Saxe, McClelland & Ganguli 2014, uniform over
 *                                                     the orthogonal matrices: Mezzadri 2007
 *     identity    W_hh of each gate the identity, biases 0, other weights glorot
 *                                                                    Le, Jaitly & Hinton 2015
 *
 * Each block is drawn from its own random stream: the same seed gives a block the same numbers
 * whatever other blocks there are. */
#ifndef RS_INIT_H
#define RS_INIT_H

#include "base/error.h"
#include "network/net.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rs_init {
    const char *name; /* one of rs_init_names; NULL: "torch" */
    /* W_hh of every gate and layer times gain: what makes a gradient vanish or explode */
    bool has_gain;
    double gain;
    /* each H×H gate matrix of W_hh scaled to this spectral radius, after gain (Jaeger 2001) */
    bool has_radius;
    double radius;
    /* The bias of the gates that keep the old state (cell->keep_gates: lstm f, gru z). What the
     * cell sees is the sum b_ih + b_hh: this sets b_ih to forget_bias and b_hh to 0, or the one of
     * the two that exists (Gers et al. 2000; Jozefowicz et al. 2015 advise 1). */
    bool has_forget_bias;
    double forget_bias;
    /* Chrono (Tallec & Ollivier 2018, section 2): T_max ≥ 3 is the longest lag expected, keeping
     * gates get b = ln u, u ~ U[1, T_max − 1] for each unit, and writing gates (lstm i) −b; the
     * sums again, in b_ih. 0: no. */
    double chrono;
} rs_init;

/* The names of the schemes, ended by NULL. */
extern const char *const rs_init_names[];

/* Sets every parameter of the model. init NULL: torch's default. The same seed gives the same bits.
 * Errors (RS_USAGE): an unknown name; a gain, radius or bias that is not finite; a radius for
 * recurrent weights whose own is 0; a forget bias or chrono for a cell that has no such gate, or a
 * net without biases; both of them at once. RS_INTERNAL: no memory. */
rs_status rs_model_init(rs_model *model, const rs_init *init, uint64_t seed, rs_error *err);

/* The spectral radius max |λ| of a square matrix entries [n][n], row-major, into *radius (LAPACK
 * dgeev). Errors: RS_INTERNAL where there is no memory or the iteration does not converge. */
rs_status rs_spectral_radius(const double *entries, size_t n, double *radius, rs_error *err);

#endif
