/* lib/base: errors, memory, random numbers, products, threads. The scalar functions are in
 * test_scalar.c. */
#include "tests/unit/test.h"

#include "base/memory.h"
#include "base/packed.h"
#include "base/parallel.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void errors_are_one_line_and_return_their_status(void **state)
{
    (void)state;
    rs_error err = {0};
    assert_int_equal(rs_fail(&err, RS_DATA, "%s: byte %d", "a file", 7), RS_DATA);
    assert_int_equal(err.status, RS_DATA);
    assert_string_equal(err.text, "a file: byte 7");
    assert_int_equal(rs_fail(NULL, RS_OPEN, "nobody listens"), RS_OPEN);
    char large[2000];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = 0;
    assert_int_equal(rs_fail(&err, RS_WRITE, "%s", large), RS_WRITE);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void products_and_sums_of_sizes_are_checked(void **state)
{
    (void)state;
    size_t n = 1;
    assert_true(rs_multiply(3, 5, &n));
    assert_int_equal(n, 15);
    assert_true(rs_multiply(SIZE_MAX, 0, &n));
    assert_int_equal(n, 0);
    assert_false(rs_multiply(SIZE_MAX / 2 + 1, 2, &n));
    assert_int_equal(n, 0);
    assert_true(rs_add(SIZE_MAX - 1, 1, &n));
    assert_int_equal(n, SIZE_MAX);
    assert_false(rs_add(SIZE_MAX, 1, &n));
    assert_int_equal(n, SIZE_MAX);
}

static void memory_refuses_what_does_not_fit(void **state)
{
    (void)state;
    rs_error err = {0};
    assert_null(rs_alloc(SIZE_MAX / 4, 8, "the test", &err));
    assert_int_equal(err.status, RS_INTERNAL);
    assert_non_null(strstr(err.text, "out of memory: the test would take"));
    assert_null(rs_alloc((size_t)1 << 50, 1, "the test", &err)); /* 1 PiB: fits in a size_t */
    assert_non_null(strstr(err.text, "1.0 PiB"));
}

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    double *numbers = rs_alloc(100, sizeof *numbers, "the test", NULL);
    assert_non_null(numbers);
    assert_int_equal((uintptr_t)numbers % 64, 0);
    for (size_t k = 0; k < 100; k++)
        assert_true(numbers[k] == 0);
    free(numbers);
    numbers = rs_alloc(0, sizeof *numbers, "the test", NULL);
    assert_non_null(numbers);
    free(numbers);
}

static void bytes_are_told_in_units(void **state)
{
    (void)state;
    char text[16];
    assert_string_equal(rs_bytes_text(0, text), "0 B");
    assert_string_equal(rs_bytes_text(1023, text), "1023 B");
    assert_string_equal(rs_bytes_text(1536, text), "1.5 KiB");
    assert_string_equal(rs_bytes_text(3.0 * (1 << 30), text), "3.0 GiB");
    assert_non_null(strstr(rs_bytes_text(1e40, text), "EiB"));
}

/* xoshiro256** from the state 1 2 3 4: the first outputs of the authors' program */
static void random_bits_are_those_of_xoshiro(void **state)
{
    (void)state;
    rs_random random = {{1, 2, 3, 4}};
    static const uint64_t want[] = {11520U, 0U, 1509978240U, 1215971899390074240U,
                                    1216172134540287360U};
    for (size_t k = 0; k < TESTS_N(want); k++)
        assert_true(rs_random_bits(&random) == want[k]);
}

static void seeds_and_streams_differ_and_repeat(void **state)
{
    (void)state;
    rs_random a = rs_random_seed(1, 0), b = rs_random_seed(1, 1), c = rs_random_seed(2, 0);
    rs_random again = rs_random_seed(1, 0), zero = rs_random_seed(0, 0);
    const uint64_t first = rs_random_bits(&a);
    assert_true(first == rs_random_bits(&again));
    assert_true(first != rs_random_bits(&b) && first != rs_random_bits(&c));
    assert_true(rs_random_bits(&zero) != 0);
}

static void uniform_numbers_fill_the_unit_interval(void **state)
{
    (void)state;
    rs_random random = rs_random_seed(3, 0);
    double sum = 0, squares = 0, least = 1, most = 0;
    enum { N = 100000 };
    for (int k = 0; k < N; k++) {
        const double u = rs_random_uniform(&random);
        sum += u;
        squares += u * u;
        least = fmin(least, u);
        most = fmax(most, u);
    }
    assert_true(least >= 0 && least < 1e-3 && most < 1 && most > 0.999);
    assert_true(fabs(sum / N - 0.5) < 0.005); /* 5 standard deviations */
    assert_true(fabs(squares / N - 1.0 / 3) < 0.005);
}

static void normal_numbers_have_their_moments(void **state)
{
    (void)state;
    rs_random random = rs_random_seed(4, 0);
    double moment[5] = {0};
    enum { N = 100000 };
    for (int k = 0; k < N; k++) {
        const double x = rs_random_normal(&random);
        for (int power = 1; power <= 4; power++)
            moment[power] += pow(x, power) / N;
    }
    assert_true(fabs(moment[1]) < 0.016 && fabs(moment[2] - 1) < 0.023);
    assert_true(fabs(moment[3]) < 0.062 && fabs(moment[4] - 3) < 0.16);
}

static void numbers_below_n_are_even(void **state)
{
    (void)state;
    rs_random random = rs_random_seed(5, 0);
    int count[7] = {0};
    for (int k = 0; k < 70000; k++)
        count[rs_random_below(&random, 7)]++;
    for (int k = 0; k < 7; k++)
        assert_in_range(count[k], 9500, 10500);
    assert_int_equal(rs_random_below(&random, 1), 0);
    const size_t large = SIZE_MAX / 3 * 2; /* where rejection matters: a third of the draws */
    int low = 0;
    for (int k = 0; k < 10000; k++)
        low += rs_random_below(&random, large) < large / 2;
    assert_in_range(low, 4700, 5300);
}

/* The sizes of a product and where it starts; small ones go to the matrix-vector routine. */
typedef struct sizes {
    size_t rows, cols, inner;
} sizes;

static const sizes SIZES[] = {{1, 1, 1}, {1, 7, 5},   {7, 1, 5},    {1, 33, 64}, {1, 64, 33},
                              {3, 4, 5}, {16, 9, 17}, {2, 128, 32}, {5, 5, 1},   {1, 130, 131},
                              {1, 5, 1}, {1, 1, 9},   {40, 3, 1},   {1, 16, 8},  {1, 8, 16}};

static double element(size_t row, size_t col, size_t salt)
{
    return (double)((row * 37 + col * 101 + salt * 13) % 23) - 11; /* whole: sums are exact */
}

/* Rows are three numbers longer than they need to be, and these must stay as they are. */
enum { SPARE = 3, MOST = 140 * 140 };

/* Stores op(matrix) so that op gives element(row, col). */
static void store(double *to, size_t rows, size_t cols, rs_transpose op, size_t ld, size_t salt)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < cols; c++)
            to[op == RS_PLAIN ? r * ld + c : c * ld + r] = element(r, c, salt);
}

static void check_product(sizes n, int beta, const double *c, size_t ldc)
{
    for (size_t r = 0; r < n.rows; r++)
        for (size_t k = 0; k < ldc; k++) {
            double want = k < n.cols ? beta * element(r, k, 3) : -99;
            for (size_t j = 0; j < n.inner && k < n.cols; j++)
                want += element(r, j, 1) * element(j, k, 2);
            assert_true(c[r * ldc + k] == want);
        }
}

static void matmul_once(sizes n, rs_transpose op_a, rs_transpose op_b, int beta)
{
    static double a[MOST], b[MOST], c[MOST];
    static float a_f[MOST], b_f[MOST], c_f[MOST];
    static double _Complex a_z[MOST], b_z[MOST], c_z[MOST];
    const size_t lda = (op_a == RS_PLAIN ? n.inner : n.rows) + SPARE;
    const size_t ldb = (op_b == RS_PLAIN ? n.cols : n.inner) + SPARE, ldc = n.cols + SPARE;
    const size_t all = n.rows * ldc;
    store(a, n.rows, n.inner, op_a, lda, 1);
    store(b, n.inner, n.cols, op_b, ldb, 2);
    for (size_t k = 0; k < MOST; k++) {
        c[k] = k % ldc < n.cols ? (beta ? element(k / ldc, k % ldc, 3) : (double)NAN) : -99;
        a_f[k] = (float)a[k], b_f[k] = (float)b[k], c_f[k] = (float)c[k];
        a_z[k] = a[k], b_z[k] = b[k], c_z[k] = c[k];
    }
    rs_matmul(n.rows, n.cols, n.inner, op_a, a, lda, op_b, b, ldb, beta, c, ldc);
    check_product(n, beta, c, ldc);
    rs_matmul_f(n.rows, n.cols, n.inner, op_a, a_f, lda, op_b, b_f, ldb, beta, c_f, ldc);
    for (size_t k = 0; k < all; k++)
        c[k] = (double)c_f[k];
    check_product(n, beta, c, ldc);
    rs_matmul_z(n.rows, n.cols, n.inner, op_a, a_z, lda, op_b, b_z, ldb, beta, c_z, ldc);
    for (size_t k = 0; k < all; k++)
        c[k] = __real__ c_z[k];
    check_product(n, beta, c, ldc);
}

static void products_are_those_of_three_loops(void **state)
{
    (void)state;
    for (size_t k = 0; k < TESTS_N(SIZES); k++)
        for (int way = 0; way < 8; way++)
            matmul_once(SIZES[k], way & 1 ? RS_TRANSPOSED : RS_PLAIN,
                        way & 2 ? RS_TRANSPOSED : RS_PLAIN, way >> 2);
}

/* The same as matmul_once, with B packed: C += A·op(B). */
static void packed_once(sizes n, rs_transpose op_b)
{
    static double a[MOST], b[MOST], c[MOST];
    static float a_f[MOST], b_f[MOST], c_f[MOST];
    static double _Complex a_z[MOST], b_z[MOST], c_z[MOST];
    const size_t lda = n.inner + SPARE, ldc = n.cols + SPARE;
    const size_t ldb = (op_b == RS_PLAIN ? n.cols : n.inner) + SPARE;
    bool fits = true;
    const size_t size = rs_packed_size(n.inner, n.cols, &fits);
    double *packed = rs_alloc(size, sizeof *packed, "the test", NULL);
    float *packed_f = rs_alloc(size, sizeof *packed_f, "the test", NULL);
    double _Complex *packed_z = rs_alloc(size, sizeof *packed_z, "the test", NULL);
    assert_true(fits && packed && packed_f && packed_z);
    store(a, n.rows, n.inner, RS_PLAIN, lda, 1);
    store(b, n.inner, n.cols, op_b, ldb, 2);
    for (size_t k = 0; k < MOST; k++) {
        c[k] = k % ldc < n.cols ? element(k / ldc, k % ldc, 3) : -99;
        a_f[k] = (float)a[k], b_f[k] = (float)b[k], c_f[k] = (float)c[k];
        a_z[k] = a[k], b_z[k] = b[k], c_z[k] = c[k];
    }
    rs_pack(n.inner, n.cols, op_b, b, ldb, packed);
    rs_matmul_packed(n.rows, n.cols, n.inner, a, lda, packed, c, ldc);
    check_product(n, 1, c, ldc);
    rs_pack_f(n.inner, n.cols, op_b, b_f, ldb, packed_f);
    rs_matmul_packed_f(n.rows, n.cols, n.inner, a_f, lda, packed_f, c_f, ldc);
    for (size_t k = 0; k < n.rows * ldc; k++)
        c[k] = (double)c_f[k];
    check_product(n, 1, c, ldc);
    rs_pack_z(n.inner, n.cols, op_b, b_z, ldb, packed_z);
    rs_matmul_packed_z(n.rows, n.cols, n.inner, a_z, lda, packed_z, c_z, ldc);
    for (size_t k = 0; k < n.rows * ldc; k++)
        c[k] = __real__ c_z[k];
    check_product(n, 1, c, ldc);
    free(packed);
    free(packed_f);
    free(packed_z);
}

static void packed_products_are_those_of_three_loops(void **state)
{
    (void)state;
    static const sizes more[] = {{4, 32, 16}, {9, 33, 7}, {8, 16, 65}, {5, 97, 130}, {6, 8, 140}};
    for (int way = 0; way < 2; way++) {
        for (size_t k = 0; k < TESTS_N(SIZES); k++)
            packed_once(SIZES[k], way ? RS_TRANSPOSED : RS_PLAIN);
        for (size_t k = 0; k < TESTS_N(more); k++)
            packed_once(more[k], way ? RS_TRANSPOSED : RS_PLAIN);
    }
}

static void packed_sizes_that_cannot_be_counted_are_refused(void **state)
{
    (void)state;
    bool fits = true;
    assert_true(rs_packed_size(3, 5, &fits) >= 15 && fits);
    (void)rs_packed_size(SIZE_MAX / 2, 5, &fits);
    assert_false(fits);
    (void)rs_packed_size(1, 1, &fits);
    assert_false(fits); /* it stays so */
    fits = true;
    (void)rs_packed_size(1, SIZE_MAX, &fits);
    assert_false(fits);
}

static void products_without_rows_or_columns_do_nothing(void **state)
{
    (void)state;
    double a[4] = {1, 2, 3, 4}, c[4] = {5, 6, 7, 8};
    rs_matmul(0, 2, 2, RS_PLAIN, a, 2, RS_PLAIN, a, 2, 0, c, 2);
    rs_matmul(2, 0, 2, RS_PLAIN, a, 2, RS_PLAIN, a, 2, 0, c, 2);
    assert_true(c[0] == 5 && c[1] == 6 && c[2] == 7 && c[3] == 8);
}

/* An imaginary part of 1e-100 comes through a complex product with all its digits. */
static void products_keep_a_complex_step(void **state)
{
    (void)state;
    double _Complex a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8}, c[4];
    __imag__ a[1] = 1e-100;
    rs_matmul_z(2, 2, 2, RS_PLAIN, a, 2, RS_TRANSPOSED, b, 2, 0, c, 2);
    assert_true(__imag__ c[0] == 6 * 1e-100 && __imag__ c[1] == 8 * 1e-100);
    assert_true(__imag__ c[2] == 0 && __real__ c[3] == 3 * 7 + 4 * 8);
}

static void nan_and_infinity_come_through_products(void **state)
{
    (void)state;
    double a[8] = {0}, b[64], c[8];
    for (size_t k = 0; k < 64; k++)
        b[k] = 1;
    a[3] = NAN;
    rs_matmul(1, 8, 8, RS_PLAIN, a, 8, RS_TRANSPOSED, b, 8, 0, c, 8);
    assert_true(isnan(c[0]) && isnan(c[7]));
    a[3] = INFINITY;
    rs_matmul(1, 8, 8, RS_PLAIN, a, 8, RS_PLAIN, b, 8, 0, c, 8);
    assert_true(isinf(c[0]) && isinf(c[7]));
}

static void square(void *context, size_t k)
{
    size_t *numbers = context;
    numbers[k] += k * k + 1;
}

static void parallel_work_is_done_once_with_any_number_of_threads(void **state)
{
    (void)state;
    enum { N = 1000 };
    for (size_t threads = 0; threads <= 300; threads = threads * 4 + 1) {
        size_t numbers[N + 1] = {0};
        rs_parallel(N, threads, square, numbers);
        for (size_t k = 0; k < N; k++)
            assert_int_equal(numbers[k], k * k + 1);
        assert_int_equal(numbers[N], 0);
    }
    size_t untouched = 0;
    rs_parallel(0, 4, square, &untouched);
    assert_int_equal(untouched, 0);
}

static void there_is_a_processor(void **state)
{
    (void)state;
    assert_in_range(rs_processors(), 1, 100000);
}

const struct CMUnitTest base_tests[] = {
    cmocka_unit_test(errors_are_one_line_and_return_their_status),
    cmocka_unit_test(products_and_sums_of_sizes_are_checked),
    cmocka_unit_test(memory_refuses_what_does_not_fit),
    cmocka_unit_test(memory_is_zeroed_and_aligned),
    cmocka_unit_test(bytes_are_told_in_units),
    cmocka_unit_test(random_bits_are_those_of_xoshiro),
    cmocka_unit_test(seeds_and_streams_differ_and_repeat),
    cmocka_unit_test(uniform_numbers_fill_the_unit_interval),
    cmocka_unit_test(normal_numbers_have_their_moments),
    cmocka_unit_test(numbers_below_n_are_even),
    cmocka_unit_test(products_are_those_of_three_loops),
    cmocka_unit_test(packed_products_are_those_of_three_loops),
    cmocka_unit_test(packed_sizes_that_cannot_be_counted_are_refused),
    cmocka_unit_test(products_without_rows_or_columns_do_nothing),
    cmocka_unit_test(products_keep_a_complex_step),
    cmocka_unit_test(nan_and_infinity_come_through_products),
    cmocka_unit_test(parallel_work_is_done_once_with_any_number_of_threads),
    cmocka_unit_test(there_is_a_processor)};
const size_t base_tests_n = TESTS_N(base_tests);
