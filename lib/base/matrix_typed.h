/* part of base/matrix.h, once a number type */
void rs_matmul(size_t rows, size_t cols, size_t inner, rs_transpose op_a, const real *a, size_t lda,
               rs_transpose op_b, const real *b, size_t ldb, int beta, real *c, size_t ldc);
