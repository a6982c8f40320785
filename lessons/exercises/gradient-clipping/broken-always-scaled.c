#include "exercise.h"

double clip_norm(double *gradient, size_t n, double limit)
{
    double norm = 0;
    for (size_t k = 0; k < n; k++)
        norm = hypot(norm, gradient[k]); /* a sum of squares would overflow at 1e154 */
    for (size_t k = 0; k < n; k++)
        gradient[k] *= limit / norm;
    return norm;
}
