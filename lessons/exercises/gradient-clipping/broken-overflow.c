#include "exercise.h"

double clip_norm(double *gradient, size_t n, double limit)
{
    double norm = 0;
    for (size_t k = 0; k < n; k++)
        norm += gradient[k] * gradient[k];
    norm = sqrt(norm);
    for (size_t k = 0; k < n && norm > limit; k++)
        gradient[k] *= limit / norm;
    return norm;
}
