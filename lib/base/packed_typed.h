/* part of base/packed.h, once a number type */

/* packed = op(B) [inner][cols], op the transpose where asked, ldb the length of the stored rows.
 * packed has rs_packed_size(inner, cols) numbers, aligned to 64 bytes. */
void rs_pack(size_t inner, size_t cols, rs_transpose op, const real *b, size_t ldb, real *packed);

/* C[rows][cols] += A[rows][inner]·B, B as rs_pack left it; lda, ldc are the lengths of the rows. */
void rs_matmul_packed(size_t rows, size_t cols, size_t inner, const real *a, size_t lda,
                      const real *packed, real *c, size_t ldc);
