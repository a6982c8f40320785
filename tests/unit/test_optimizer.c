/* lib/train: optimisers and clipping beside torch's numbers. */
#include "tests/unit/test.h"

#include "tests/golden/optimizers.h"
#include "train/clip.h"
#include "train/optimizer.h"

#include <math.h>
#include <string.h>

static void optimisers_do_what_torch_does(void **state)
{
    (void)state;
    for (size_t k = 0; k < TESTS_N(golden_optimizers); k++) {
        static const double factor[] = {1, -0.3, 0.01, 5}, sign[] = {1, -1, 1, -1};
        double theta[GOLDEN_N], gradient[GOLDEN_N];
        rs_optimizer optimizer;
        const rs_optimizer_rule *rule = rs_optimizer_named(golden_optimizers[k].name);
        memcpy(theta, golden_start, sizeof theta);
        assert_int_equal(rs_optimizer_make(&optimizer, rule, 0.1, GOLDEN_N, NULL), RS_OK);
        for (int t = 1; t <= GOLDEN_UPDATES; t++) {
            for (size_t j = 0; j < GOLDEN_N; j++)
                gradient[j] = factor[j] * theta[j] + 0.1 * t * sign[j];
            rs_optimizer_update(&optimizer, theta, gradient);
        }
        assert_int_equal(optimizer.updates, GOLDEN_UPDATES);
        for (size_t j = 0; j < GOLDEN_N; j++)
            if (fabs(theta[j] - golden_optimizers[k].end[j]) > 1e-14)
                fail_msg("%s: entry %zu is %.17g, torch has %.17g", rule->name, j, theta[j],
                         golden_optimizers[k].end[j]);
        rs_optimizer_free(&optimizer);
    }
}

static void rates_are_checked_and_have_defaults(void **state)
{
    (void)state;
    rs_optimizer optimizer;
    rs_error err = {0};
    const double bad[] = {-1, NAN, INFINITY};
    for (const rs_optimizer_rule *rule = rs_optimizer_rules; rule->name; rule++) {
        assert_ptr_equal(rs_optimizer_named(rule->name), rule);
        assert_int_equal(rs_optimizer_make(&optimizer, rule, 0, 3, &err), RS_OK);
        assert_true(optimizer.rate == rule->rate && rule->rate > 0);
        rs_optimizer_free(&optimizer);
        for (size_t k = 0; k < TESTS_N(bad); k++)
            assert_int_equal(rs_optimizer_make(&optimizer, rule, bad[k], 3, &err), RS_USAGE);
    }
    assert_null(rs_optimizer_named("adamw"));
}

static void clipping_does_what_torch_does(void **state)
{
    (void)state;
    double g[GOLDEN_N];
    memcpy(g, golden_gradient, sizeof g);
    assert_true(rs_clip_norm(g, GOLDEN_N, 2.5) == golden_norm);
    for (size_t k = 0; k < GOLDEN_N; k++)
        assert_true(fabs(g[k] - golden_by_norm[k]) < 1e-15);
    memcpy(g, golden_gradient, sizeof g);
    assert_int_equal(rs_clip_value(g, GOLDEN_N, 3.5), 2);
    assert_memory_equal(g, golden_by_value, sizeof g);
    memcpy(g, golden_gradient, sizeof g);
    (void)rs_clip_norm(g, GOLDEN_N, 14);
    assert_memory_equal(g, golden_gradient, sizeof g);
}

static void norms_of_extreme_numbers(void **state)
{
    (void)state;
    double huge[] = {3e200, 4e200}, tiny[] = {3e-200, -4e-200}, zero[] = {0, 0};
    double broken[] = {NAN, 1}, infinite[] = {1, -INFINITY};
    assert_true(fabs(rs_norm(huge, 2) / 5e200 - 1) < 1e-15);
    assert_true(fabs(rs_norm(tiny, 2) / 5e-200 - 1) < 1e-15);
    assert_true(rs_norm(zero, 2) == 0);
    assert_true(isnan(rs_clip_norm(broken, 2, 1)) && isnan(broken[0]) && broken[1] == 1);
    assert_true(isinf(rs_clip_norm(infinite, 2, 1)) && infinite[0] == 1);
    assert_int_equal(rs_clip_value(broken, 2, 0.5), 1);
    assert_true(isnan(broken[0]) && broken[1] == 0.5);
}

const struct CMUnitTest optimizer_tests[] = {cmocka_unit_test(optimisers_do_what_torch_does),
                                             cmocka_unit_test(rates_are_checked_and_have_defaults),
                                             cmocka_unit_test(clipping_does_what_torch_does),
                                             cmocka_unit_test(norms_of_extreme_numbers)};
const size_t optimizer_tests_n = TESTS_N(optimizer_tests);
