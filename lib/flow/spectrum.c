/* Calls of LAPACK on copies: dgeev for eigenvalues, dgesdd for singular values. */
#include "flow/spectrum.h"

#include "base/matrix.h"

#include "base/memory.h"

#include <lapacke.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* *copy = the matrix, for LAPACK to overwrite; the caller frees it. */
static rs_status copy_of(const double *matrix, size_t n, double **copy, rs_error *err)
{
    rs_blas_one_thread();
    if (n == 0 || n > INT_MAX / 4)
        return rs_fail(err, RS_USAGE, "a matrix of %zu rows: expected 1 to %d", n, INT_MAX / 4);
    for (size_t k = 0; k < n * n; k++)
        if (!isfinite(matrix[k]))
            return rs_fail(err, RS_DATA, "entry [%zu][%zu] of the matrix is %g: expected a number",
                           k / n, k % n, matrix[k]);
    *copy = rs_alloc(n * n, sizeof **copy, "the eigenvalues", err);
    if (!*copy)
        return RS_INTERNAL;
    memcpy(*copy, matrix, n * n * sizeof **copy);
    return RS_OK;
}

typedef struct eigenvalue {
    double re, im;
} eigenvalue;

/* Largest modulus first; of a pair the one above the real axis. */
static int by_modulus(const void *left, const void *right)
{
    const eigenvalue *a = left, *b = right;
    const double moduli = hypot(b->re, b->im) - hypot(a->re, a->im);
    const double order = moduli != 0 ? moduli : b->re != a->re ? b->re - a->re : b->im - a->im;
    return (order > 0) - (order < 0);
}

static rs_status sort_eigenvalues(double *re, double *im, size_t n, rs_error *err)
{
    eigenvalue *sorted = rs_alloc(n, sizeof *sorted, "the eigenvalues", err);
    if (!sorted)
        return RS_INTERNAL;
    for (size_t k = 0; k < n; k++)
        sorted[k] = (eigenvalue){re[k], im[k]};
    qsort(sorted, n, sizeof *sorted, by_modulus);
    for (size_t k = 0; k < n; k++) {
        re[k] = sorted[k].re;
        im[k] = sorted[k].im;
    }
    free(sorted);
    return RS_OK;
}

rs_status rs_eigenvalues(const double *matrix, size_t n, double *re, double *im, rs_error *err)
{
    double *copy = NULL;
    const rs_status status = copy_of(matrix, n, &copy, err);
    if (status != RS_OK)
        return status;
    const lapack_int failed = LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)n, copy,
                                            (lapack_int)n, re, im, NULL, 1, NULL, 1);
    free(copy);
    if (failed != 0)
        return rs_fail(err, RS_INTERNAL,
                       "the eigenvalues of a %zu×%zu matrix do not converge (LAPACK dgeev %d)", n,
                       n, (int)failed);
    return sort_eigenvalues(re, im, n, err);
}

rs_status rs_singular_values(const double *matrix, size_t n, double *value, rs_error *err)
{
    double *copy = NULL;
    const rs_status status = copy_of(matrix, n, &copy, err);
    if (status != RS_OK)
        return status;
    const lapack_int failed =
        LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'N', (lapack_int)n, (lapack_int)n, copy, (lapack_int)n,
                       value, NULL, (lapack_int)n, NULL, (lapack_int)n);
    free(copy);
    if (failed != 0)
        return rs_fail(err, RS_INTERNAL,
                       "the singular values of a %zu×%zu matrix do not converge (LAPACK dgesdd %d)",
                       n, n, (int)failed);
    return RS_OK;
}

rs_status rs_spectral_norm(const double *matrix, size_t n, double *norm, rs_error *err)
{
    double *value = rs_alloc(n, sizeof *value, "the singular values", err);
    if (!value)
        return RS_INTERNAL;
    const rs_status status = rs_singular_values(matrix, n, value, err);
    if (status == RS_OK)
        *norm = value[0];
    free(value);
    return status;
}

const double *rs_recurrent_block(const rs_net *net, const double *parameters, size_t layer,
                                 size_t gate)
{
    const rs_block *block = rs_net_block(net, RS_WEIGHT_HH, layer);
    return parameters + block->offset + gate * net->hidden * net->hidden;
}
