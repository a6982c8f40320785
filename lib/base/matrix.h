/* Matrix products on the system's CBLAS, one thread each: this library puts its threads over
 * independent work instead (base/parallel.h), for BLAS threads and ours fight over the processors.
 */
#ifndef RS_MATRIX_H
#define RS_MATRIX_H

#include <stddef.h>

/* C[rows][cols] = beta·C + op(A)·op(B), all row-major, op the transpose where asked; inner is the
 * summed index. lda, ldb, ldc are the lengths of the stored rows. Nothing happens if rows or cols
 * is 0; inner ≥ 1; beta is 0 or 1, and with 0 the old C is not read. */
typedef enum rs_transpose { RS_PLAIN, RS_TRANSPOSED } rs_transpose;

/* Makes BLAS and LAPACK run on one thread from now on, where they let themselves be told: what they
 * give then has the same bits on any number of processors. The products below do it themselves;
 * call it before using LAPACK. */
void rs_blas_one_thread(void);

#include "base/as_float.h"
#include "base/matrix_typed.h"
#include "base/as_complex.h"
#include "base/matrix_typed.h"
#include "base/as_double.h"
#include "base/matrix_typed.h"
#include "base/no_type.h"

#endif
