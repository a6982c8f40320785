/* Matrices whose columns differ in size by more than a double can hold: the tools under
 * rs_flow_singular_values. */
#ifndef RS_GRADED_H
#define RS_GRADED_H

#include <stddef.h>

/* A = Q R with column pivoting, where column j of A [n][n] (stored as row j of `column`) counts
 * e^{weight[j]} times: the next column is always the one whose remainder is the largest with its
 * weight. On return order [n] says which column came where, q [n][n] has the orthonormal vectors as
 * rows, and r [n][n] the coefficients: column[order[j]] = Σ_{i ≤ j} r[i][j] q_i. Where what remains
 * is exactly zero, r[j][j] and q_j are zero. (Gram & Schmidt, each column twice.) `column` is
 * destroyed. */
void rs_graded_qr(double *column, const double *weight, size_t n, size_t *order, double *q,
                  double *r);

/* log_value [n], falling: ln of the singular values of the matrix whose column j is row j of
 * `column` [n][n] times e^{weight[j]}. One-sided rotations (Hestenes 1958; Demmel & Veselić 1992 on
 * why each is found to high relative accuracy), in a form that never meets the weights' size. Both
 * are destroyed. */
void rs_graded_singular_values(double *column, double *weight, size_t n, double *log_value);

#endif
