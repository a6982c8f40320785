/* The Euclidean norm. */
#ifndef RS_NORM_H
#define RS_NORM_H

#include <stddef.h>

/* sqrt(Σ v²) of v [n], scaled so that neither overflow nor underflow touches it; NaN if one is NaN,
 * else Inf if one is ±Inf; 0 for n = 0. */
double rs_norm(const double *v, size_t n);

#endif
