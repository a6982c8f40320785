/* The gradient check for anyone's function. */
#include "tests/unit/test.h"

#include "gradcheck/function.h"
#include "tests/unit/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 200 };

/* Σ w_k exp(sin(x_k)) + x_k x_{k+1}, smooth and not polynomial */
static double smooth(const double *x, size_t n, void *context)
{
    double sum = 0;
    (void)context;
    for (size_t k = 0; k < n; k++)
        sum += (1 + (double)(k % 7)) * exp(sin(x[k])) + x[k] * x[(k + 1) % n];
    return sum;
}

static void smooth_gradient(const double *x, size_t n, double *g)
{
    for (size_t k = 0; k < n; k++)
        g[k] = (1 + (double)(k % 7)) * exp(sin(x[k])) * cos(x[k]) + x[(k + 1) % n] +
               x[(k + n - 1) % n];
}

static rs_function_report check(rs_function *f, const double *x, const double *g, size_t n,
                                rs_function_options options)
{
    rs_function_report report;
    assert_int_equal(rs_check_function(f, NULL, x, g, n, &options, &report, NULL), RS_OK);
    return report;
}

static void a_right_gradient_agrees_with_slope_2(void **state)
{
    (void)state;
    for (size_t n = 1; n <= MANY; n = 3 * n + 1) {
        double *x = normal_numbers(n, 1, n), *g = calloc(n, sizeof *g);
        smooth_gradient(x, n, g);
        const rs_function_report report = check(smooth, x, g, n, (rs_function_options){0});
        assert_int_equal(report.verdict, RS_AGREES);
        assert_int_equal(report.worst_n, 0);
        assert_true(fabs(report.taylor.slope - 2) < 0.05);
        assert_true(report.along.bar < 1e-8 * (1 + fabs(report.value)));
        assert_non_null(strstr(report.text, "The gradient agrees"));
        free(x);
        free(g);
    }
}

static void wrong_entries_are_found_among_many(void **state)
{
    (void)state;
    double *x = normal_numbers(MANY, 1, 9), g[MANY];
    smooth_gradient(x, MANY, g);
    g[17] += 0.01;
    g[150] *= 1.5;
    const rs_function_report report = check(smooth, x, g, MANY, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_WRONG);
    assert_int_equal(report.worst_n, 2);
    assert_true(report.worst[0].index + report.worst[1].index == 167);
    for (size_t k = 0; k < 2; k++) {
        const rs_measured *m = &report.worst[k].measured;
        double right[MANY];
        smooth_gradient(x, MANY, right);
        assert_true(fabs(m->numeric - right[report.worst[k].index]) <= m->bar);
        assert_true(m->bar < 1e-7);
    }
    assert_true(report.taylor.slope < 1.2);
    /* by halving, not one by one: fewer evaluations than two an entry would take */
    assert_true(report.evaluations < 60 * MANY / 2);
    free(x);
}

static void all_entries_can_be_measured(void **state)
{
    (void)state;
    double *x = normal_numbers(60, 1, 9), g[60];
    smooth_gradient(x, 60, g);
    g[33] *= 1 + 1e-6; /* too little for a direction through all of them to be sure to see */
    rs_function_report report =
        check(smooth, x, g, 60, (rs_function_options){.entries = true, .worst = 3});
    assert_int_equal(report.verdict, RS_WRONG);
    assert_int_equal(report.worst_n, 1);
    assert_int_equal(report.worst[0].index, 33);
    free(x);
}

/* Writes over the point it is given, and fails. */
static double vandal(const double *x, size_t n, void *context)
{
    double *writable = (double *)(uintptr_t)x;
    (void)context;
    for (size_t k = 0; k < n; k++)
        writable[k] = -1;
    return NAN;
}

static void x_stays_as_it_is_whatever_f_does(void **state)
{
    (void)state;
    double x[] = {0.1, -0.0, 1e-310, 3}, kept[4], g[4] = {1, 1, 1, 1};
    memcpy(kept, x, sizeof x);
    const rs_function_report report = check(vandal, x, g, 4, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_UNDECIDED);
    assert_int_equal(report.trouble, RS_NOT_FINITE);
    assert_memory_equal(x, kept, sizeof x);
}

static double with_kink(const double *x, size_t n, void *context)
{
    (void)n;
    (void)context;
    return fabs(x[0] - 1) + x[1] * x[1];
}

static void a_kink_is_told_from_an_error(void **state)
{
    (void)state;
    const double x[] = {1, 2}, within[] = {0.5, 4}, outside[] = {3, 4}, wrong[] = {0.5, 5};
    rs_function_report report = check(with_kink, x, within, 2, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_UNDECIDED);
    assert_int_equal(report.trouble, RS_KINK);
    assert_int_equal(report.worst[0].index, 0);
    assert_true(fabs(report.worst[0].measured.left + 1) < 1e-6);
    assert_true(fabs(report.worst[0].measured.right - 1) < 1e-6);
    report = check(with_kink, x, outside, 2, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_WRONG);
    report = check(with_kink, x, wrong, 2, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_WRONG);
    assert_int_equal(report.worst[0].index, 1);
    const double aside[] = {1.001, 2}, right[] = {1, 4};
    report = check(with_kink, aside, right, 2, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_AGREES);
}

static double with_jump(const double *x, size_t n, void *context)
{
    (void)n;
    (void)context;
    return (x[0] >= 1 ? 5 : 0) + x[0];
}

static void a_jump_is_inconclusive(void **state)
{
    (void)state;
    const double x[] = {1}, g[] = {1};
    const rs_function_report report = check(with_jump, x, g, 1, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_UNDECIDED);
    assert_int_equal(report.trouble, RS_JUMP);
}

static double noise_size;
static double noisy(const double *x, size_t n, void *context)
{
    static uint64_t calls;
    rs_random random = rs_random_seed(++calls, 1);
    return smooth(x, n, context) + noise_size * rs_random_normal(&random);
}

static void noise_is_told_from_an_error(void **state)
{
    (void)state;
    double *x = normal_numbers(10, 1, 3), g[10];
    smooth_gradient(x, 10, g);
    noise_size = 1e-9; /* little enough to see that the gradient is right */
    rs_function_report report = check(noisy, x, g, 10, (rs_function_options){0});
    assert_int_not_equal(report.verdict, RS_WRONG);
    assert_non_null(strstr(report.text, "answers differently"));
    noise_size = 10;
    report = check(noisy, x, g, 10, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_UNDECIDED);
    assert_int_equal(report.trouble, RS_NOISE);
    noise_size = 1e-9;
    g[4] += 1;
    report = check(noisy, x, g, 10, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_WRONG);
    free(x);
}

static float single(const float *x, size_t n, void *context)
{
    float sum = 0;
    (void)context;
    for (size_t k = 0; k < n; k++)
        sum += expf(sinf(x[k])) * (float)(1 + k % 3);
    return sum;
}

static void float_functions_are_judged_by_their_own_rounding(void **state)
{
    (void)state;
    enum { N = 20 };
    for (uint64_t seed = 1; seed <= 20; seed++) {
        double *wide = normal_numbers(N, 1, seed);
        float x[N], g[N];
        rs_function_report report;
        for (size_t k = 0; k < N; k++) {
            x[k] = (float)wide[k];
            g[k] = expf(sinf(x[k])) * cosf(x[k]) * (float)(1 + k % 3);
        }
        assert_int_equal(rs_check_function_f(single, NULL, x, g, N, NULL, &report, NULL), RS_OK);
        if (report.verdict == RS_WRONG)
            fail_msg("seed %d: %s", (int)seed, report.text);
        g[5] += 0.1F;
        assert_int_equal(rs_check_function_f(single, NULL, x, g, N, NULL, &report, NULL), RS_OK);
        assert_int_equal(report.verdict, RS_WRONG);
        assert_int_equal(report.worst[0].index, 5);
        free(wide);
    }
}

static double linear(const double *x, size_t n, void *context)
{
    (void)context;
    return n > 1 ? 3 * x[0] - 2 * x[1] : 0;
}

static void a_linear_function_leaves_no_remainder(void **state)
{
    (void)state;
    const double x[] = {0, 0}, right[] = {3, -2}, wrong[] = {3, 0};
    rs_function_report report = check(linear, x, right, 2, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_AGREES);
    assert_true(isnan(report.taylor.slope));
    report = check(linear, x, wrong, 2, (rs_function_options){0});
    assert_int_equal(report.verdict, RS_WRONG);
    assert_int_equal(report.worst[0].index, 1);
}

static void no_entries_are_refused(void **state)
{
    (void)state;
    rs_function_report report;
    rs_error err;
    assert_int_equal(rs_check_function(linear, NULL, NULL, NULL, 0, NULL, &report, &err), RS_USAGE);
}

/* Scales far apart: each step is measured by its own x. */
static double scales(const double *x, size_t n, void *context)
{
    (void)n;
    (void)context;
    return x[0] * x[0] * 1e-12 + sin(x[1]) + 1e8 * x[2] * x[2] * x[2];
}

static void entries_of_very_different_size_agree(void **state)
{
    (void)state;
    const double x[] = {1e6, 0.5, 1e-3};
    const double g[] = {2e-6, cos(0.5), 3e8 * 1e-6};
    const rs_function_report report = check(scales, x, g, 3, (rs_function_options){0});
    assert_int_not_equal(report.verdict, RS_WRONG);
    const double off[] = {2e-6, cos(0.5), 3e8 * 1.1e-6};
    assert_int_equal(check(scales, x, off, 3, (rs_function_options){0}).verdict, RS_WRONG);
}

/* The example of the README, as it stands; what it prints is not wanted here. */
int example_main(void);
#define main example_main
#define f example_f
#define puts(text) (void)(text)
#include "tests/examples/check_function.c"
#undef main
#undef f
#undef puts

static void the_example_finds_its_mistake(void **state)
{
    (void)state;
    assert_int_equal(example_main(), RS_WRONG);
}

const struct CMUnitTest gradcheck_function_tests[] = {
    cmocka_unit_test(a_right_gradient_agrees_with_slope_2),
    cmocka_unit_test(wrong_entries_are_found_among_many),
    cmocka_unit_test(all_entries_can_be_measured),
    cmocka_unit_test(x_stays_as_it_is_whatever_f_does),
    cmocka_unit_test(a_kink_is_told_from_an_error),
    cmocka_unit_test(a_jump_is_inconclusive),
    cmocka_unit_test(noise_is_told_from_an_error),
    cmocka_unit_test(float_functions_are_judged_by_their_own_rounding),
    cmocka_unit_test(a_linear_function_leaves_no_remainder),
    cmocka_unit_test(no_entries_are_refused),
    cmocka_unit_test(entries_of_very_different_size_agree),
    cmocka_unit_test(the_example_finds_its_mistake),
};
const size_t gradcheck_function_tests_n = TESTS_N(gradcheck_function_tests);
