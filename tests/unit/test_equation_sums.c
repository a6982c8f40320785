/* viz/plots/equation_sums: what is shown of the sums over units is what the passes computed. */
#include "tests/unit/fixture.h"
#include "tests/unit/test.h"

#include "viz/plots/equations.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* "−0.123 + 0.5 · (−2) + 0": the value of what is shown */
static double worth(const char *text)
{
    char plain[200] = "";
    double sum = 0, product = 1, number = 0;
    for (const char *c = text; *c; c++)
        if (strncmp(c, "−", 3) == 0) {
            strcat(plain, "-");
            c += 2;
        } else if (strncmp(c, "·", 2) == 0) {
            strcat(plain, "*");
            c++;
        } else if (*c != '(' && *c != ')') {
            (void)snprintf(plain + strlen(plain), sizeof plain - strlen(plain), "%c", *c);
        }
    int used = 0;
    for (const char *c = plain; sscanf(c, " %lf%n", &number, &used) == 1;) {
        char sign = '+';
        product *= number;
        c += used;
        const int more = sscanf(c, " %c%n", &sign, &used);
        if (sign == '+' || more != 1) {
            sum += product;
            product = 1;
        }
        if (more != 1)
            break;
        c += used;
    }
    return sum;
}

static void assert_sums(shape form)
{
    fixture f = fixture_make(&rs_cell_rnn, form, 5);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    for (size_t k = 0; k < form.L * form.T * form.B * form.H * 2; k++) {
        const size_t rest = k / 2 / form.L;
        const moment m = {trace, k / 2 % form.L, rest % form.T, rest / form.T % form.B,
                          rest / form.T / form.B};
        char text[160];
        const char *formula = NULL;
        double result = 0;
        assert_true(
            equation_sum(&m, f.model.parameters, k % 2, &formula, &result, text, sizeof text));
        if (!(fabs(worth(text) - result) < .02))
            fail_msg("%s at step %zu: %s is not %g", formula, m.t, text, result);
    }
    rs_trace_free(trace);
    fixture_free(&f);
}

static void sums_hold(void **state)
{
    (void)state;
    assert_sums((shape){.T = 4, .B = 1, .I = 1, .H = 1, .L = 1, .O = 1, .kind = RS_MSE});
    assert_sums((shape){.T = 4, .B = 2, .I = 3, .H = 3, .L = 2, .O = 2, .kind = RS_MSE});
}

static void a_cell_of_several_gates_has_none(void **state)
{
    (void)state;
    fixture f = fixture_make(
        &rs_cell_lstm, (shape){.T = 2, .B = 1, .I = 1, .H = 2, .L = 1, .O = 1, .kind = RS_MSE}, 5);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    const moment m = {trace, 0, 1, 0, 0};
    char text[160];
    const char *formula = NULL;
    double result = 0;
    assert_false(equation_sum(&m, f.model.parameters, false, &formula, &result, text, sizeof text));
    rs_trace_free(trace);
    fixture_free(&f);
}

const struct CMUnitTest equation_sums_tests[] = {
    cmocka_unit_test(sums_hold), cmocka_unit_test(a_cell_of_several_gates_has_none)};
const size_t equation_sums_tests_n = TESTS_N(equation_sums_tests);
