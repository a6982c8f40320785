/* Eigen- and singular values of square matrices, by LAPACK. */
#ifndef RS_SPECTRUM_H
#define RS_SPECTRUM_H

#include "network/net.h"

/* re [n], im [n]: the eigenvalues of matrix [n][n] (not changed), largest modulus first.
 * RS_INTERNAL if LAPACK does not converge or there is no memory; RS_DATA if the matrix is not
 * finite. */
rs_status rs_eigenvalues(const double *matrix, size_t n, double *re, double *im, rs_error *err);

/* value [n]: the singular values, falling. */
rs_status rs_singular_values(const double *matrix, size_t n, double *value, rs_error *err);

/* The largest singular value, the 2-norm. (The spectral radius: rs_spectral_radius of
 * network/init.h.) */
rs_status rs_spectral_norm(const double *matrix, size_t n, double *norm, rs_error *err);

/* The [H][H] rows of W_hh of one gate of a layer, within parameters; not a copy. */
const double *rs_recurrent_block(const rs_net *net, const double *parameters, size_t layer,
                                 size_t gate);

#endif
