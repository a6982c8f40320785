/* The functions of numbers that expressions know.
 *
 *     ln log10 log2 exp sqrt sin cos tanh abs sign rint (muParser's)
 *     sigmoid(x)                        1/(1 + e⁻ˣ)
 *     half_life(b)                      steps until a state kept by σ(b) has halved
 *     bridges(T)                        the bias that keeps it for T steps: ln(T − 1)
 *     wall(w, b)  wall_dw  wall_db      E and its slopes of the one-unit network over 50 steps
 *     wall_flat(s)                      share of fig. 6's plane with |dE/dw| < s
 *     descent(clip, n)                  E after n steps of gradient descent from (6, −2.8), rate .1
 *     descent_w(clip, n)                the w it has then; clip: the largest norm of a gradient
 *     bifurcation_low(w) …_high(w)      the b between which there are two attractors
 *
 * The network and the figure: Pascanu, Mikolov & Bengio 2013, fig. 6 (flow/one_unit.h). */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include <muParserDLL.h>
#include <stdbool.h>
#include <stddef.h>

/* The kth of them; NULL after the last. */
const char *function_name(size_t k);

/* Whether name[n] is one of them. */
bool function_known(const char *name, size_t n);

/* Makes those known that muParser does not bring along. */
void functions_define(muParserHandle_t parser);

#endif
