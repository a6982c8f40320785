#include "exercise.h"

double derivative(double (*f)(double x), double x)
{
    (void)f;
    (void)x;
    return 0;
}
