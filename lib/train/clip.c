#include "train/clip.h"

#include <math.h>

double rs_clip_norm(double *gradient, size_t n, double most)
{
    const double norm = rs_norm(gradient, n), factor = most / (norm + 1e-6);
    if (isfinite(norm) && factor < 1)
        for (size_t k = 0; k < n; k++)
            gradient[k] *= factor;
    return norm;
}

size_t rs_clip_value(double *gradient, size_t n, double most)
{
    size_t outside = 0;
    for (size_t k = 0; k < n; k++) {
        if (!(fabs(gradient[k]) > most))
            continue;
        gradient[k] = copysign(most, gradient[k]);
        outside++;
    }
    return outside;
}
