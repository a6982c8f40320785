/* Principal components: the directions in which a set of states is spread most. */
#ifndef RS_PRINCIPAL_H
#define RS_PRINCIPAL_H

#include "base/error.h"

#include <stddef.h>

/* rows [n][width]: one state a row.
 *     mean  [width]
 *     axis  [count][width]  orthonormal, the widest spread first; of each, the entry that is
 * largest in size is positive share [count]         of the whole variance; 0 where there is none
 * count ≤ width. The eigenvectors of the covariance matrix, by LAPACK's dsyev. RS_USAGE for n = 0
 * or a count beyond the width; RS_DATA if a number is not finite; RS_INTERNAL: no memory, or LAPACK
 * does not converge. */
rs_status rs_principal_axes(const double *rows, size_t n, size_t width, size_t count, double *mean,
                            double *axis, double *share, rs_error *err);

#endif
