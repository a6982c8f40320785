#include "lessons/engine/rounding.h"

#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* A root of order two or three (an eigenvalue of a defective matrix) of a rounding error is below
 * this; what is above it is no rounding error alone. */
static const double most = 1e-5;

/* +1 or −1, without a pattern that a matrix might have too: a multiplicative hash. */
static double sign_of(size_t k, uint64_t pattern)
{
    const uint64_t mixed = ((uint64_t)k + 1 + pattern * 7919) * 0x9E3779B97F4A7C15ULL;
    return mixed >> 63 ? 1 : -1;
}

/* Parameters, each moved by one unit in its last place. */
static double *moved(const rs_model *model, uint64_t pattern)
{
    const size_t n = model->net.parameters_n;
    double *to = rs_alloc(n, sizeof *to, "parameters", NULL);
    for (size_t k = 0; to && k < n; k++)
        to[k] = model->parameters[k] * (1 + DBL_EPSILON * sign_of(k, pattern));
    return to;
}

static bool moves(const char *expression, computed *c, const expression_given *given,
                  size_t given_n, double value, uint64_t pattern)
{
    double *parameters[SCENE_CELLS] = {NULL};
    compute_base base = {0};
    double other = value;
    for (size_t k = 0; k < c->cells_n; k++)
        base.parameters[k] = parameters[k] = moved(&c->cell[k].model, pattern);
    computed *again = compute_new(&c->of, &base, NULL);
    const rs_status status =
        again ? expression_value(expression, again, given, given_n, &other, NULL) : RS_INTERNAL;
    compute_release(again);
    for (size_t k = 0; k < c->cells_n; k++)
        free(parameters[k]);
    return status == RS_OK && fabs(other - value) >= .5 * fabs(value);
}

bool rounding_only(const char *expression, computed *c, const expression_given *given,
                   size_t given_n, double value)
{
    if (value == 0 || !(fabs(value) < most))
        return false;
    return moves(expression, c, given, given_n, value, 0) ||
           moves(expression, c, given, given_n, value, 1);
}
