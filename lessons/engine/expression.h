/* Expressions in lessons: arithmetic (muParser's) over what a scene computed.
 *
 *     max(jacobian)                       radius(W)                     h[4][0] * (1 - h[4][0]^2)
 *     max(jacobian) < 1.05 and W[0][1] >= 0.2                           lstm.norm[0] / rnn.norm[0]
 *
 * Functions of an array: max min sum mean first last argmax argmin length; norm2 (Frobenius),
 * radius and sigma (largest eigenvalue's modulus and singular value of a square matrix), decades
 * (log10 of its first over its last); with a number, last_above(norm, 1) (the last index whose
 * entry is above it, −1: none) and sum_from(lags, 20) (of that entry and all after it). Functions
 * of a parameter, an entry of U, W, b or V: moved(W[0][1], h), the loss with it moved by h;
 * moved_float, the same in float; complex_step(W[0][1], h) = Im L(W + ih) / h; bptt_float(W[0][1]),
 * its derivative by the backward pass in float. Settings (gain, steps, W[0][1] …) are numbers by
 * name. A `given` is a further name, such as the learner's answer. Numbers: functions.h, pi; and
 * or not. */
#ifndef EXPRESSION_H
#define EXPRESSION_H

#include "lessons/engine/compute.h"

typedef struct expression_given {
    const char *name;
    double value;
} expression_given;

/* The value of text in the scene, into *value (true is 1). RS_DATA with what cannot be understood.
 */
rs_status expression_value(const char *text, computed *c, const expression_given *given,
                           size_t given_n, double *value, rs_error *err);

/* The names of the functions of arrays and parameters, the kth; NULL after the last. */
const char *expression_function(size_t k);

#endif
