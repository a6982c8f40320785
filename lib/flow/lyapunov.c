/* Lyapunov exponents, by QR of the rows at each step on their way back. */
#include "flow/jacobian.h"

#include "base/matrix.h"
#include "base/memory.h"
#include "base/random.h"
#include "flow/rows.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

/* Makes the rows of q [count][n] orthonormal; adds ln of what each was stretched by to growth
 * (where not NULL). Row-major rows are LAPACK's columns. */
static rs_status orthonormalise(double *q, size_t count, size_t n, double *tau, double *growth,
                                rs_error *err)
{
    const lapack_int m = (lapack_int)n, k = (lapack_int)count;
    rs_blas_one_thread();
    lapack_int failed = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, m, k, q, m, tau);
    for (size_t j = 0; j < count && growth && failed == 0; j++)
        growth[j] += log(fabs(q[j * n + j]));
    if (failed == 0)
        failed = LAPACKE_dorgqr(LAPACK_COL_MAJOR, m, k, k, q, m, tau);
    return failed == 0 ? RS_OK
                       : rs_fail(err, RS_DATA,
                                 "the Jacobians are not finite (LAPACK dgeqrf %d): no exponents",
                                 (int)failed);
}

static int falling(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

/* The rows from step T−1 back to step 0; the first `skip` steps do not count. */
static rs_status grow(rs_rows *rows, double *q, double *tau, size_t skip, double *exponent,
                      rs_error *err)
{
    const size_t n = rs_states(rows->trace->net->cell) * rows->trace->net->hidden;
    rs_status status = orthonormalise(q, rows->n, n, tau, NULL, err);
    for (size_t step = 0; step < rows->trace->T && status == RS_OK; step++) {
        rs_rows_set(rows, rows->n, q);
        rs_rows_back(rows, rows->n);
        rs_rows_get(rows, rows->n, q);
        status = orthonormalise(q, rows->n, n, tau, step < skip ? NULL : exponent, err);
    }
    return status;
}

rs_status rs_flow_lyapunov(const rs_trace *trace, const double *parameters, size_t layer, size_t b,
                           size_t skip, size_t count, double *exponent, rs_error *err)
{
    const size_t n = rs_states(trace->net->cell) * trace->net->hidden;
    rs_random random = rs_random_seed(1, 0);
    rs_rows rows = {0};
    if (b >= trace->B || skip >= trace->T || count == 0 || count > n)
        return rs_fail(err, RS_USAGE,
                       "%zu exponents of sequence %zu after %zu steps: expected 1 to %zu exponents,"
                       " a sequence below %zu, fewer than %zu steps left out",
                       count, b, skip, n, trace->B, trace->T);
    rs_status status = rs_rows_new(&rows, trace, parameters, layer, count, err);
    double *q = rs_alloc(count + 1, n * sizeof *q, "the Lyapunov exponents", err); /* and tau */
    if (!q)
        status = RS_INTERNAL;
    for (size_t k = 0; k < count * n && q; k++)
        q[k] = rs_random_normal(&random);
    for (size_t k = 0; k < count && status == RS_OK; k++) {
        rows.at[k] = (trace->T - 1) * trace->B + b;
        exponent[k] = 0;
    }
    if (status == RS_OK)
        status = grow(&rows, q, q + count * n, skip, exponent, err);
    for (size_t k = 0; k < count && status == RS_OK; k++)
        exponent[k] /= (double)(trace->T - skip);
    if (status == RS_OK)
        qsort(exponent, count, sizeof *exponent, falling);
    rs_rows_free(&rows);
    free(q);
    return status;
}
