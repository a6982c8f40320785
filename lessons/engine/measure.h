/* What a lesson's expressions can name: the arrays of a computed scene.
 *
 *     loss, loss_at[t]             x[t][k]  y[t][k]  dx[t][k]  dy[t][k]
 *     h c i f g o r z n …          [t][u] a channel of the top layer, all sequences side by side
 *     dh dc di df …                [t][u] its total derivative
 *     h0 c0 dh0 dc0                [u] initial states
 *     a  da                        [t][u] pre-activations, gate by gate, and their derivatives
 *     U W b V, dU dW db dV         [row][col] weights of the top layer and of the readout, and
 *                                  their gradients (b and db: the input side's biases)
 *     norm, norm_c, norm_x         [t] |dL/dh_t|, |dL/dc_t|, |dL/dx_t|
 *     carry                        [k] how much of a gradient of the last step is left k steps back
 *     jacobian                     [k] ‖∂s_T/∂s_{T−k}‖₂, entry 0 is 1
 *     lags                         [ℓ] ‖share of lag ℓ in dW‖
 *     credit                       [t][k] |∂L_t/∂h_k|
 *     modulus, singular            [u] of the eigenvalues and singular values of W, gate by gate
 *     routes, shares               [t][route] who carries the gradient: direct, then gate by gate
 *     slope_f shut_f open_f        [u] of any gate (of a cell without gates: slope_h …): mean σ′ or
 *                                  tanh′; share of time below .1 and above .9 of its range
 *
 *     memory direct   [k] ‖∂m_T/∂m_{T−k}‖₂ of the memory m (LSTM's c, other cells' h): by all
 *                     routes, and by the direct one alone, on which there is no weight
 *     gradient        [n] of all parameters; parameters: how many there are
 *     dead  stuck     units of the top layer whose |h| stays below .01, which never move by more
 *
 *     verified                        1 where the checker finds nothing wrong in the backward pass
 *     wrong_blocks  findings          how many gradients are wrong, how many mistakes it names
 *     fault_t  fault_steps            the first finding: the last step that goes wrong, at how many
 *
 * A name may begin with a cell's: lstm.norm; without one it is of the scene's first cell. */
#ifndef MEASURE_H
#define MEASURE_H

#include "lessons/engine/compute.h"

typedef struct measure {
    double *value;     /* [rows][cols]; owned, free() it */
    size_t rows, cols; /* a vector: cols 1; a number: both 1 */
} measure;

/* The array called by name[length], computing what it needs. RS_DATA if there is none. */
rs_status measure_named(computed *c, const char *name, size_t length, size_t threads, measure *m,
                        rs_error *err);

/* The scene's cell that name[length] ("lstm") means, or −1. */
int measure_cell(const computed *c, const char *name, size_t length);

#endif
