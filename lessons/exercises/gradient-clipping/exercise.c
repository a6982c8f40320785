#include "exercise.h"

double clip_norm(double *gradient, size_t n, double limit)
{
    (void)gradient;
    (void)n;
    (void)limit;
    return 0;
}
