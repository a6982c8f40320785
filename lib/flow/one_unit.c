/* The one-unit network x_t = w σ(x_{t−1}) + b. */
#include "flow/one_unit.h"

#include "base/scalar.h"

#include <math.h>

/* σ′ = σ(1 − σ), from exponentials so that it stays accurate where σ rounds to 1 */
static double sigmoid_slope(double x)
{
    const double e = exp(-fabs(x));
    return e / ((1 + e) * (1 + e));
}

rs_wall rs_wall_at(double w, double b, double x0, size_t T, double target)
{
    double x = x0, dx_dw = 0, dx_db = 0;
    for (size_t t = 0; t < T; t++) {
        const double s = rs_sigmoid(x), slope = w * sigmoid_slope(x);
        x = w * s + b;
        dx_dw = s + slope * dx_dw;
        dx_db = 1 + slope * dx_db;
    }
    /* E = (σ(x_T) − target)² */
    const double error = rs_sigmoid(x) - target, dE_dx = 2 * error * sigmoid_slope(x);
    return (rs_wall){error * error, dE_dx * dx_dw, dE_dx * dx_db};
}

int rs_attracts(double w, double x) { return fabs(w * sigmoid_slope(x)) < 1; }

/* f(x) = w σ(x) + b − x */
static double excess(double w, double b, double x) { return w * rs_sigmoid(x) + b - x; }

/* The one zero of the excess in [low, high], where its sign changes, to the last bit. */
static double bisect(double w, double b, double low, double high)
{
    const int rising = excess(w, b, high) > 0;
    for (;;) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            return middle;
        if ((excess(w, b, middle) > 0) == rising)
            high = middle;
        else
            low = middle;
    }
}

int rs_bifurcations(double w, double *low, double *high)
{
    if (!(w > 4))
        return 0;
    /* w σ(1 − σ) = 1; x = ln σ/(1 − σ) and b = x − w σ; the branch above gives the lower b */
    const double root = sqrt(1 - 4 / w), above = (1 + root) / 2, below = (1 - root) / 2;
    *low = log(above / below) - w * above;
    *high = log(below / above) - w * below;
    return 1;
}

size_t rs_fixed_points(double w, double b, double x[3])
{
    /* σ lies in (0, 1), so every fixed point lies between b and b + w */
    const double most = fmax(b, b + w);
    double edge[4] = {fmin(b, b + w)};
    size_t edges = 1, found = 0;
    if (w > 4) { /* between its turning points, w σ′ = 1, the excess is monotone */
        const double root = sqrt(1 - 4 / w), turn = log((1 + root) / (1 - root));
        for (int side = -1; side <= 1; side += 2)
            if (side * turn > edge[0] && side * turn < most)
                edge[edges++] = side * turn;
    }
    edge[edges++] = most;
    for (size_t k = 0; k + 1 < edges; k++) {
        if ((excess(w, b, edge[k]) > 0) != (excess(w, b, edge[k + 1]) > 0))
            x[found++] = bisect(w, b, edge[k], edge[k + 1]);
    }
    return found;
}

double rs_forget_half_life(double b)
{
    /* ln σ(b) = −softplus(−b) */
    return log(2) / rs_softplus(-b);
}

double rs_bias_that_bridges(double steps) { return log(steps - 1); }
