/* Whether a number is zero but for rounding.
 *
 * 3.2e-16 may be a gradient that has vanished, or what rounding has left of a sum that is zero. To
 * tell, every parameter is moved by one unit in its last place, up or down: the vanished gradient
 * stays what it is to fifteen digits; what is made of rounding errors alone becomes another number.
 * (The idea of stochastic arithmetic: Vignes 1993.) */
#ifndef ROUNDING_H
#define ROUNDING_H

#include "lessons/engine/expression.h"

/* value is what the expression came to in c. */
bool rounding_only(const char *expression, computed *c, const expression_given *given,
                   size_t given_n, double value);

#endif
