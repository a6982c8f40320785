#include "base/matrix.h"

#include <cblas.h>
#include <pthread.h>

/* OpenBLAS has this function, other BLAS do not. */
#if defined(__GNUC__)
extern void openblas_set_num_threads(int) __attribute__((weak));
static void set_one_thread(void)
{
    if (openblas_set_num_threads)
        openblas_set_num_threads(1);
}
#else
static void set_one_thread(void) {}
#endif

void rs_blas_one_thread(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, set_one_thread);
}

static enum CBLAS_TRANSPOSE cblas(rs_transpose op)
{
    return op == RS_PLAIN ? CblasNoTrans : CblasTrans;
}

/* Where C is one row, BLAS has a faster routine, the matrix-vector product c = op(B)ᵀ a: a is the
 * one row of A, of stride 1, or of stride lda when A is stored transposed. */

void rs_matmul(size_t rows, size_t cols, size_t inner, rs_transpose op_a, const double *a,
               size_t lda, rs_transpose op_b, const double *b, size_t ldb, int beta, double *c,
               size_t ldc)
{
    rs_blas_one_thread();
    if (rows == 0 || cols == 0)
        return;
    if (rows == 1)
        cblas_dgemv(CblasRowMajor, op_b == RS_PLAIN ? CblasTrans : CblasNoTrans,
                    (int)(op_b == RS_PLAIN ? inner : cols), (int)(op_b == RS_PLAIN ? cols : inner),
                    1, b, (int)ldb, a, op_a == RS_PLAIN ? 1 : (int)lda, beta, c, 1);
    else
        cblas_dgemm(CblasRowMajor, cblas(op_a), cblas(op_b), (int)rows, (int)cols, (int)inner, 1, a,
                    (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

void rs_matmul_f(size_t rows, size_t cols, size_t inner, rs_transpose op_a, const float *a,
                 size_t lda, rs_transpose op_b, const float *b, size_t ldb, int beta, float *c,
                 size_t ldc)
{
    rs_blas_one_thread();
    if (rows == 0 || cols == 0)
        return;
    if (rows == 1)
        cblas_sgemv(CblasRowMajor, op_b == RS_PLAIN ? CblasTrans : CblasNoTrans,
                    (int)(op_b == RS_PLAIN ? inner : cols), (int)(op_b == RS_PLAIN ? cols : inner),
                    1, b, (int)ldb, a, op_a == RS_PLAIN ? 1 : (int)lda, (float)beta, c, 1);
    else
        cblas_sgemm(CblasRowMajor, cblas(op_a), cblas(op_b), (int)rows, (int)cols, (int)inner, 1, a,
                    (int)lda, b, (int)ldb, (float)beta, c, (int)ldc);
}

void rs_matmul_z(size_t rows, size_t cols, size_t inner, rs_transpose op_a,
                 const double _Complex *a, size_t lda, rs_transpose op_b, const double _Complex *b,
                 size_t ldb, int beta, double _Complex *c, size_t ldc)
{
    rs_blas_one_thread();
    if (rows == 0 || cols == 0)
        return;
    const double _Complex one = 1, scale = beta;
    cblas_zgemm(CblasRowMajor, cblas(op_a), cblas(op_b), (int)rows, (int)cols, (int)inner, &one, a,
                (int)lda, b, (int)ldb, &scale, c, (int)ldc);
}
