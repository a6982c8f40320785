/* Checks the gradient of a function of your own:
 *
 *     cc check_function.c -lrnnscope -lcjson -llapacke -lopenblas -lm -lpthread && ./a.out */
#include <rnnscope.h>
#include <stdio.h>

static double f(const double *x, size_t n, void *context) /* Rosenbrock 1960 */
{
    (void)n, (void)context;
    return 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0]);
}

int main(void)
{
    const double x[] = {-1.2, 1}, gradient[] = {-215.6, -87}; /* it is {-215.6, -88} */
    rs_function_report report;
    if (rs_check_function(f, NULL, x, gradient, 2, NULL, &report, NULL) == RS_OK)
        puts(report.text);
    return (int)report.verdict; /* 0 agrees, 1 wrong, 2 inconclusive */
}
