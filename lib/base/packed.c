/* A packed matrix B [inner][cols] is cut into panels of columns, a panel being up to four vectors
 * wide (a vector is what the processor multiplies at once). Within a panel the rows follow one
 * another, so that the product reads memory in one line:
 *
 *     panel 0: B[0][0 … w−1], B[1][0 … w−1], …      panel 1: B[0][w … 2w−1], …
 *
 * The last panel is one, two or four vectors wide and filled up with zeros. The product keeps a
 * tile of sums (a few rows by one panel) in registers and runs over `inner` once. */
#ifdef real
#ifndef RS_COMPLEX

typedef real TYPED(vector) __attribute__((vector_size(VECTOR_BYTES)));
/* the same in memory that is aligned to numbers only */
typedef real TYPED(loose)
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));
#define LANES (VECTOR_BYTES / sizeof(real))

/* Vectors in the panel that begins where `cols` columns are left. */
static size_t TYPED(panel_vectors)(size_t cols)
{
    const size_t vectors = (cols + LANES - 1) / LANES;
    return vectors > 2 ? 4 : vectors;
}

void rs_pack(size_t inner, size_t cols, rs_transpose op, const real *b, size_t ldb, real *packed)
{
    for (size_t first = 0, width; first < cols; first += width) {
        width = TYPED(panel_vectors)(cols - first) * LANES;
        const size_t filled = cols - first < width ? cols - first : width;
        for (size_t k = 0; k < inner; k++, packed += width) {
            for (size_t j = 0; j < filled; j++)
                packed[j] = op == RS_PLAIN ? b[k * ldb + first + j] : b[(first + j) * ldb + k];
            for (size_t j = filled; j < width; j++)
                packed[j] = 0;
        }
    }
}

/* One tile: C[rows][width] += A[rows][inner]·panel. rows and vectors are constants where this is
 * called, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void TYPED(tile)(size_t rows, size_t vectors,
                                                              size_t inner, const real *a,
                                                              size_t lda, const real *panel,
                                                              real *c, size_t ldc)
{
    TYPED(vector) sum[MOST_ROWS][MOST_VECTORS];
    const TYPED(vector) *b = (const TYPED(vector) *)panel;
    EACH_ROW EACH_VECTOR sum[r][v] = (TYPED(vector)){0};
    for (size_t k = 0; k < inner; k++, b += vectors) {
        TYPED(vector) b_k[MOST_VECTORS];
        EACH_VECTOR b_k[v] = b[v];
        if (rows > 1)
            EACH_VECTOR IN_REGISTER(b_k[v]);
        EACH_ROW EACH_VECTOR sum[r][v] += a[r * lda + k] * b_k[v];
    }
    EACH_ROW EACH_VECTOR((TYPED(loose) *)(c + r * ldc))[v] += sum[r][v];
}

/* The same where only the first columns of the panel are C's. */
static inline __attribute__((always_inline)) void
TYPED(part_tile)(size_t rows, size_t vectors, size_t inner, const real *a, size_t lda,
                 const real *panel, real *c, size_t ldc, size_t filled)
{
    const size_t width = vectors * LANES;
    real part[MOST_ROWS * MOST_VECTORS * LANES] = {0}; /* [rows][width] */
    TYPED(tile)(rows, vectors, inner, a, lda, panel, part, width);
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < filled; j++)
            c[r * ldc + j] += part[r * width + j];
}

static inline __attribute__((always_inline)) void TYPED(tiles)(size_t vectors, size_t rows,
                                                               size_t inner, const real *a,
                                                               size_t lda, const real *panel,
                                                               real *c, size_t ldc, size_t filled)
{
    const bool whole = filled == vectors * LANES;
    for (size_t r = 0, n; r < rows; r += n, a += n * lda, c += n * ldc) {
        n = rows - r < MOST_ROWS ? 1 : MOST_ROWS;
        if (whole && n == 1)
            TYPED(tile)(1, vectors, inner, a, lda, panel, c, ldc);
        else if (whole)
            TYPED(tile)(MOST_ROWS, vectors, inner, a, lda, panel, c, ldc);
        else if (n == 1)
            TYPED(part_tile)(1, vectors, inner, a, lda, panel, c, ldc, filled);
        else
            TYPED(part_tile)(MOST_ROWS, vectors, inner, a, lda, panel, c, ldc, filled);
    }
}

void rs_matmul_packed(size_t rows, size_t cols, size_t inner, const real *a, size_t lda,
                      const real *packed, real *c, size_t ldc)
{
    for (size_t first = 0, width; first < cols; first += width) {
        const size_t vectors = TYPED(panel_vectors)(cols - first);
        width = vectors * LANES;
        const size_t filled = cols - first < width ? cols - first : width;
        if (vectors == 4)
            TYPED(tiles)(4, rows, inner, a, lda, packed, c + first, ldc, filled);
        else if (vectors == 2)
            TYPED(tiles)(2, rows, inner, a, lda, packed, c + first, ldc, filled);
        else
            TYPED(tiles)(1, rows, inner, a, lda, packed, c + first, ldc, filled);
        packed += inner * width;
    }
}

#undef LANES
#else

/* Complex numbers are for checking, not for speed: the rows one after another, and CBLAS. */
void rs_pack(size_t inner, size_t cols, rs_transpose op, const real *b, size_t ldb, real *packed)
{
    for (size_t k = 0; k < inner; k++)
        for (size_t j = 0; j < cols; j++)
            packed[k * cols + j] = op == RS_PLAIN ? b[k * ldb + j] : b[j * ldb + k];
}

void rs_matmul_packed(size_t rows, size_t cols, size_t inner, const real *a, size_t lda,
                      const real *packed, real *c, size_t ldc)
{
    rs_matmul(rows, cols, inner, RS_PLAIN, a, lda, RS_PLAIN, packed, cols, 1, c, ldc);
}

#endif
#else

#include "base/packed.h"

#include "base/memory.h"

/* A tile and a row of the panel fit in the registers: 32 of 64 bytes, or 16 of fewer. */
#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64, MOST_ROWS = 4, MOST_VECTORS = 4 };
#elif defined(__AVX__)
enum { VECTOR_BYTES = 32, MOST_ROWS = 2, MOST_VECTORS = 4 };
#else
enum { VECTOR_BYTES = 16, MOST_ROWS = 2, MOST_VECTORS = 4 };
#endif

/* gcc would read a value that it can find in memory once for each row, and wait for memory */
#if defined(__x86_64__)
#define IN_REGISTER(x) __asm__("" : "+v"(x))
#else
#define IN_REGISTER(x) (void)(x)
#endif

#define EACH_ROW _Pragma("GCC unroll 4") for (size_t r = 0; r < rows; r++)
#define EACH_VECTOR _Pragma("GCC unroll 4") for (size_t v = 0; v < vectors; v++)

size_t rs_packed_size(size_t inner, size_t cols, bool *fits)
{
    const size_t widest = MOST_VECTORS * VECTOR_BYTES / sizeof(float);
    size_t size = 0, padded = 0;
    *fits = *fits && rs_add(cols, widest, &padded) && rs_multiply(inner, padded, &size);
    return size;
}

#include "base/as_float.h"
#include "base/packed.c"
#include "base/as_complex.h"
#include "base/packed.c"
#include "base/as_double.h"
#include "base/packed.c"
#include "base/no_type.h"

#endif
