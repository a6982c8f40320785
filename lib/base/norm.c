#include "base/norm.h"

#include <math.h>

double rs_norm(const double *v, size_t n)
{
    double largest = 0, sum = 0;
    for (size_t k = 0; k < n; k++) {
        if (isnan(v[k]))
            return v[k];
        largest = fmax(largest, fabs(v[k]));
    }
    if (largest == 0 || isinf(largest))
        return largest;
    for (size_t k = 0; k < n; k++)
        sum += (v[k] / largest) * (v[k] / largest);
    return largest * sqrt(sum);
}
