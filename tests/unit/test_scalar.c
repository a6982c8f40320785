/* The scalar functions of the equations against those of <complex.h>: values, and the slope that
 * the complex ones carry. <complex.h> is included here alone, for its macro I takes a name that
 * cells want. */
#include "tests/unit/test.h"

#include "base/scalar.h"

#include <complex.h>

static const double POINTS[] = {0,   1e-300, -1e-300, 1e-9, -1e-9, 0.3, -0.3, 1,  -1,
                                2.5, -2.5,   8,       -8,   17,    -17, 30,   -30};

static void assert_near(const char *what, double x, double got, double want)
{
    if (!(fabs(got - want) <= 4e-15 * fabs(want)))
        fail_msg("%s at %g: got %.17g, expected %.17g", what, x, got, want);
}

/* A step small enough to be exact to rounding in <complex.h> too, and large enough to stay out of
 * the subnormal numbers. */
static const double SMALL = 1e-100;

static void check(const char *what, double (*real_one)(double),
                  double _Complex (*ours)(double _Complex),
                  double _Complex (*theirs)(double _Complex))
{
    for (size_t k = 0; k < TESTS_N(POINTS); k++) {
        const double x = POINTS[k];
        const double _Complex z = rs_complex(x, SMALL);
        assert_near(what, x, creal(ours(z)), creal(theirs(z)));
        assert_near(what, x, cimag(ours(z)), cimag(theirs(z)));
        assert_near(what, x, real_one(x), creal(theirs(z)));
    }
}

static double _Complex logistic(double _Complex z)
{
    return creal(z) > 0 ? 1 / (1 + cexp(-z)) : cexp(z) / (1 + cexp(z));
}

static double _Complex softplus(double _Complex z)
{
    const double x = creal(z); /* clog would lose the small e^x of 1 + e^x; softplus′ = σ */
    return rs_complex(log1p(exp(-fabs(x))) + fmax(x, 0), cimag(z) * creal(logistic(z)));
}

static void functions_are_those_of_complex_h(void **state)
{
    (void)state;
    check("exp", rs_exp, rs_exp_z, cexp);
    check("tanh", rs_tanh, rs_tanh_z, ctanh);
    check("sigmoid", rs_sigmoid, rs_sigmoid_z, logistic);
    check("softplus", rs_softplus, rs_softplus_z, softplus);
    for (size_t k = 0; k < TESTS_N(POINTS); k++)
        if (POINTS[k] > 0) {
            const double _Complex z = rs_complex(POINTS[k], SMALL);
            assert_near("log", POINTS[k], creal(rs_log_z(z)), log(POINTS[k]));
            assert_near("log", POINTS[k], cimag(rs_log_z(z)) * POINTS[k], SMALL);
            assert_near("log", POINTS[k], rs_log(POINTS[k]), log(POINTS[k]));
        }
}

static void slopes_survive_where_values_saturate(void **state)
{
    (void)state;
    /* tanh(40) rounds to 1, yet its slope is 4e^−80; σ(−700) = e^−700 */
    assert_true(creal(rs_tanh_z(40)) == 1);
    assert_near("tanh", 40, cimag(rs_tanh_z(rs_complex(40, SMALL))), SMALL * 4 * exp(-80));
    assert_near("tanh", -40, cimag(rs_tanh_z(rs_complex(-40, SMALL))), SMALL * 4 * exp(-80));
    assert_near("sigmoid", 40, cimag(rs_sigmoid_z(rs_complex(40, SMALL))), SMALL * exp(-40));
    assert_near("sigmoid", -700, rs_sigmoid(-700), exp(-700));
    assert_near("softplus", -700, rs_softplus(-700), exp(-700));
    assert_true(rs_softplus(1e300) == 1e300);
}

static void relu_looks_at_the_real_part(void **state)
{
    (void)state;
    assert_true(rs_relu(2.5) == 2.5 && rs_relu(-2.5) == 0 && rs_relu(0) == 0);
    assert_true(rs_relu_f(2.5F) == 2.5F && rs_relu_f(-1) == 0);
    const double _Complex on = rs_relu_z(rs_complex(2, 3)), off = rs_relu_z(rs_complex(-2, 3));
    assert_true(creal(on) == 2 && cimag(on) == 3);
    assert_true(creal(off) == 0 && cimag(off) == 0);
    assert_true(cimag(rs_relu_z(rs_complex(0, 3))) == 0); /* at the kink, the slope 0 as in torch */
}

static void single_precision_is_near_double_precision(void **state)
{
    (void)state;
    for (size_t k = 0; k < TESTS_N(POINTS); k++) {
        const float x = (float)POINTS[k];
        const double y = (double)x;
        assert_true(fabs((double)rs_exp_f(x) / exp(y) - 1) < 3e-7);
        assert_true(fabs((double)rs_tanh_f(x) - tanh(y)) <= 3e-7 * fabs(tanh(y)));
        assert_true(fabs((double)rs_sigmoid_f(x) / rs_sigmoid(y) - 1) < 3e-7);
        assert_true(fabs((double)rs_softplus_f(x) / rs_softplus(y) - 1) < 3e-7);
        assert_true(y <= 0 || fabs((double)rs_log_f(x) - log(y)) <= 3e-7 * fmax(1, fabs(log(y))));
    }
}

static void parts_are_parts(void **state)
{
    (void)state;
    const double _Complex z = rs_complex(3, -4);
    assert_true(rs_real_part_z(z) == 3 && rs_imaginary_part(z) == -4);
    assert_true(rs_real_part(3) == 3 && rs_real_part_f(3) == 3);
}

const struct CMUnitTest scalar_tests[] = {
    cmocka_unit_test(functions_are_those_of_complex_h),
    cmocka_unit_test(slopes_survive_where_values_saturate),
    cmocka_unit_test(relu_looks_at_the_real_part),
    cmocka_unit_test(single_precision_is_near_double_precision), cmocka_unit_test(parts_are_parts)};
const size_t scalar_tests_n = TESTS_N(scalar_tests);
