#include "base/norm.h"

#include <math.h>
#include <stdbool.h>

double rs_norm(const double *v, size_t n)
{
    double largest = 0, sum = 0;
    bool nan = false;
#pragma omp simd reduction(max : largest) reduction(| : nan)
    for (size_t k = 0; k < n; k++) {
        const double size = fabs(v[k]);
        nan |= isnan(size);
        largest = size > largest ? size : largest;
    }
    if (nan)
        return NAN;
    if (largest == 0 || isinf(largest))
        return largest;
    for (size_t k = 0; k < n; k++)
        sum += (v[k] / largest) * (v[k] / largest);
    return largest * sqrt(sum);
}
