#include "flow/graded.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < n; k++)
        sum += a[k] * b[k];
    return sum;
}

/* a −= factor·b */
static void subtract(double *a, double factor, const double *b, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        a[k] -= factor * b[k];
}

static void exchange(double *a, double *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const double kept = a[k];
        a[k] = b[k];
        b[k] = kept;
    }
}

/* Which of the columns j, j+1, … (in their order) is the largest with its weight. */
static size_t largest_column(const double *column, const double *weight, const size_t *order,
                             size_t j, size_t n)
{
    size_t best = j;
    double most = -INFINITY;
    for (size_t k = j; k < n; k++) {
        const double *c = column + order[k] * n;
        const double size = weight[order[k]] + log(dot(c, c, n)) / 2;
        if (size > most) {
            most = size;
            best = k;
        }
    }
    return best;
}

void rs_graded_qr(double *column, const double *weight, size_t n, size_t *order, double *q,
                  double *r)
{
    memset(r, 0, n * n * sizeof *r);
    memset(q, 0, n * n * sizeof *q);
    for (size_t j = 0; j < n; j++)
        order[j] = j;
    for (size_t j = 0; j < n; j++) {
        const size_t best = largest_column(column, weight, order, j, n), chosen = order[best];
        order[best] = order[j];
        order[j] = chosen;
        for (size_t i = 0; i < j; i++) /* the coefficients go with their columns */
            exchange(&r[i * n + best], &r[i * n + j], 1);
        double *c = column + chosen * n, *q_j = q + j * n;
        for (size_t i = 0; i < j; i++) { /* what rounding has left of the directions before */
            const double rest = dot(q + i * n, c, n);
            subtract(c, rest, q + i * n, n);
            r[i * n + j] += rest;
        }
        const double length = sqrt(dot(c, c, n));
        if (length == 0)
            continue;
        r[j * n + j] = length;
        for (size_t k = 0; k < n; k++)
            q_j[k] = c[k] / length;
        for (size_t k = j + 1; k < n; k++) {
            double *rest = column + order[k] * n;
            r[j * n + k] = dot(q_j, rest, n);
            subtract(rest, r[j * n + k], q_j, n);
        }
    }
}

/* Makes columns p and q orthogonal, p the one that weighs more; true if they were not. In units of
 * p's weight, ρ = e^{weight_q − weight_p}, the rotation's tangent is ρτ, and the new columns are
 * p − ρ²τ q and q + τ p: finite also where ρ is zero. */
static bool rotate(double *p, double *q, double *weight_p, double *weight_q, size_t n)
{
    double a = dot(p, p, n), b = dot(q, q, n);
    const double g = dot(p, q, n);
    if (!(fabs(g) > (double)n * DBL_EPSILON * sqrt(a) * sqrt(b)))
        return false;
    if (*weight_p + log(a) / 2 < *weight_q + log(b) / 2)
        return rotate(q, p, weight_q, weight_p, n);
    const double rho = exp(*weight_q - *weight_p);
    const double gap = a - rho * rho * b;
    const double tau = -2 * g / (gap + hypot(gap, 2 * rho * g)), t = rho * tau;
    const double cosine = 1 / sqrt(1 + t * t);
    for (size_t k = 0; k < n; k++) {
        const double p_k = p[k], q_k = q[k];
        p[k] = cosine * (p_k - rho * t * q_k);
        q[k] = cosine * (q_k + tau * p_k);
    }
    return true;
}

static int falling(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

void rs_graded_singular_values(double *column, double *weight, size_t n, double *log_value)
{
    enum { MOST_SWEEPS = 60 };
    bool turned = true;
    for (size_t j = 0; j < n; j++) { /* unit columns: the weights say it all */
        const double length = sqrt(dot(column + j * n, column + j * n, n));
        weight[j] += log(length);
        for (size_t k = 0; k < n && length > 0; k++)
            column[j * n + k] /= length;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && turned; sweep++) {
        turned = false;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                if (weight[p] > -INFINITY && weight[q] > -INFINITY)
                    turned |= rotate(column + p * n, column + q * n, &weight[p], &weight[q], n);
    }
    for (size_t j = 0; j < n; j++)
        log_value[j] = weight[j] + log(dot(column + j * n, column + j * n, n)) / 2;
    qsort(log_value, n, sizeof *log_value, falling);
}
