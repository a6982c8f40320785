#include "flow/principal.h"

#include "base/matrix.h"
#include "base/memory.h"

#include <lapacke.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* mean [width], and the rows less it. */
static void center(const double *rows, size_t n, size_t width, double *mean, double *centered)
{
    memset(mean, 0, width * sizeof *mean);
    for (size_t row = 0; row < n; row++)
        for (size_t k = 0; k < width; k++)
            mean[k] += rows[row * width + k];
    for (size_t k = 0; k < width; k++)
        mean[k] /= (double)n;
    for (size_t row = 0; row < n; row++)
        for (size_t k = 0; k < width; k++)
            centered[row * width + k] = rows[row * width + k] - mean[k];
}

/* to [width] = ±from, the entry largest in size positive */
static void copy_signed(const double *from, size_t width, double *to)
{
    size_t most = 0;
    for (size_t k = 1; k < width; k++)
        if (fabs(from[k]) > fabs(from[most]))
            most = k;
    for (size_t k = 0; k < width; k++)
        to[k] = from[most] < 0 ? -from[k] : from[k];
}

/* square [width][width] = (rows − mean)ᵀ (rows − mean); its eigenvectors in place. */
static rs_status find_axes(const double *centered, size_t n, size_t width, double *square,
                           double *value, rs_error *err)
{
    const lapack_int w = (lapack_int)width;
    rs_blas_one_thread();
    rs_matmul(width, width, n, RS_TRANSPOSED, centered, width, RS_PLAIN, centered, width, 0, square,
              width);
    for (size_t k = 0; k < width * width; k++)
        if (!isfinite(square[k]))
            return rs_fail(err, RS_DATA,
                           "the states are not finite, or too large for their variance");
    /* column-major: eigenvector k, values rising, lies in row k as C counts */
    if (LAPACKE_dsyev(LAPACK_COL_MAJOR, 'V', 'U', w, square, w, value) != 0)
        return rs_fail(err, RS_INTERNAL,
                       "the principal components of %zu units do not converge (LAPACK dsyev)",
                       width);
    return RS_OK;
}

rs_status rs_principal_axes(const double *rows, size_t n, size_t width, size_t count, double *mean,
                            double *axis, double *share, rs_error *err)
{
    if (n == 0 || width == 0 || count > width || width > INT_MAX / 4)
        return rs_fail(err, RS_USAGE,
                       "%zu principal components of %zu states of %zu units: expected at least one "
                       "state, and at most a component a unit",
                       count, n, width);
    double *centered = rs_alloc(n + width + 1, width * sizeof *centered, "the components", err);
    if (!centered)
        return RS_INTERNAL;
    double *square = centered + n * width, *value = square + width * width, all = 0;
    center(rows, n, width, mean, centered);
    const rs_status status = find_axes(centered, n, width, square, value, err);
    for (size_t k = 0; k < width && !status; k++)
        all += fmax(value[k], 0);
    for (size_t k = 0; k < count && !status; k++) {
        const size_t from = width - 1 - k;
        copy_signed(square + from * width, width, axis + k * width);
        share[k] = all > 0 ? fmax(value[from], 0) / all : 0;
    }
    free(centered);
    return status;
}
