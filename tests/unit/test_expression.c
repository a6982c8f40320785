/* lessons/engine: what expressions name, and what they say when they cannot be understood. */
#include "tests/unit/test.h"

#include "lessons/engine/expression.h"

#include <math.h>
#include <string.h>

static computed *scene_of(const char *const *lines, size_t n)
{
    scene s = scene_standard();
    for (size_t k = 0; k < n; k++)
        assert_int_equal(scene_set(&s, lines[k], NULL), RS_OK);
    computed *c = compute_new(&s, NULL, NULL);
    assert_non_null(c);
    return c;
}

static double value_of(computed *c, const char *text)
{
    const expression_given answer = {"answer", 12};
    rs_error err = {0};
    double value = NAN;
    if (expression_value(text, c, &answer, 1, &value, &err) != RS_OK)
        fail_msg("%s: %s", text, err.text);
    return value;
}

static void expression_of_a_matrix(void **state)
{
    (void)state;
    static const char *const lines[] = {"cell = linear", "W = [[0.9, 5], [0, 0.9]]", "steps = 60"};
    computed *c = scene_of(lines, TESTS_N(lines));
    assert_true(fabs(value_of(c, "max(jacobian)") - 19.38) < 0.005);
    assert_true(value_of(c, "argmax(jacobian)") == 9);
    assert_true(fabs(value_of(c, "radius(W)") - 0.9) < 1e-6);
    assert_true(fabs(value_of(c, "sigma(W)") - 5.157) < 1e-3);
    assert_true(value_of(c, "max(jacobian) < 1.05 and W[0][1] >= 0.2") == 0);
    assert_true(value_of(c, "not (max(jacobian) < 1.05) and W[0][1] == 5") == 1);
    assert_true(value_of(c, "jacobian[0]") == 1 && value_of(c, "length(jacobian)") == 61);
    assert_true(fabs(value_of(c, "jacobian[1 + 1] / sigma(W)") - 1.7592) < 1e-4);
    assert_true(value_of(c, "steps / 2 + answer*1e1") == 150);
    assert_true(fabs(value_of(c, "sigmoid(ln(99)) - 0.99")) < 1e-12);
    compute_release(c);
}

static void expression_of_cells_and_channels(void **state)
{
    (void)state;
    static const char *const lines[] = {"steps = 12", "hidden = 3",
                                        "cells = rnn, lstm, gru-reset-before"};
    computed *c = scene_of(lines, TESTS_N(lines));
    assert_true(value_of(c, "lstm.loss") > 0); /* the pass is made when first asked for */
    const rs_trace *lstm = c->cell[1].trace;
    assert_true(value_of(c, "lstm.f[4][2]") == lstm->layer[0].value[3][4 * 3 + 2]);
    assert_true(value_of(c, "lstm.dc[0][1]") == lstm->layer[0].d[1][1]);
    assert_true(value_of(c, "rnn.norm[11]") == c->cell[0].norm[0][11]);
    assert_true(value_of(c, "loss") == c->cell[0].trace->loss);
    assert_true(value_of(c, "gru-reset-before.norm[0] > 0") == 1);
    assert_true(fabs(value_of(c, "norm2(lstm.dh[7]) / lstm.norm[7]") - 1) < 1e-12);
    assert_true(value_of(c, "sum(lstm.shares[5])") > 0.999999);
    assert_true(value_of(c, "mean(lstm.dh0) - sum(lstm.dh0) / 3") < 1e-18);
    compute_release(c);
}

/* One unit: h_1 = tanh(.5 · .6 + .3), h_2 = tanh(.5 h_1), L = (h_1 − .2)² + (h_2 − .1)². */
static void expression_of_losses_by_hand(void **state)
{
    (void)state;
    static const char *const lines[] = {"cell = rnn", "W = .5",       "U = 1",
                                        "h0 = .6",    "x = [.3, 0]",  "target = [.2, .1]",
                                        "steps = 2",  "loss_at = all"};
    computed *c = scene_of(lines, TESTS_N(lines));
    const double h1 = tanh(.6), h2 = tanh(.5 * h1), d2 = 2 * (h2 - .1) * (1 - h2 * h2);
    const double dW = d2 * h1 + (2 * (h1 - .2) + .5 * d2) * (1 - h1 * h1) * .6;
    assert_true(fabs(value_of(c, "loss_at[0]") - (h1 - .2) * (h1 - .2)) < 1e-15);
    assert_true(fabs(value_of(c, "loss_at[1]") - (h2 - .1) * (h2 - .1)) < 1e-15);
    assert_true(fabs(value_of(c, "dW[0][0]") - dW) < 1e-15);
    assert_true(fabs(value_of(c, "complex_step(W[0][0], 1e-30)") - dW) < 1e-15);
    assert_true(fabs(value_of(c, "bptt_float(W[0][0])") - dW) < 1e-6);
    assert_true(value_of(c, "bptt_float(W[0][0])") != value_of(c, "dW[0][0]"));
    assert_true(fabs(value_of(c, "(moved(W[0][0], 1e-4) - moved(W[0][0], -(1e-4))) / 2e-4") - dW) <
                1e-8);
    assert_true(value_of(c, "moved(rnn.U[0][0], 0)") == value_of(c, "loss"));
    assert_true(fabs(value_of(c, "moved_float(W[0][0], 0) - loss")) < 1e-6);
    assert_true(fabs(value_of(c, "mean(slope_h)") - (2 - h1 * h1 - h2 * h2) / 2) < 1e-12);
    assert_true(value_of(c, "sum_from(loss_at, 1)") == value_of(c, "loss_at[1]"));
    assert_true(value_of(c, "last_above(h, .5 + 0)") == 0 && value_of(c, "last_above(h, 1)") == -1);
    compute_release(c);
}

/* A unit on its own: the figure's wall, and its descent thrown out where nothing is clipped. */
static void expression_of_the_wall(void **state)
{
    (void)state;
    static const char *const lines[] = {"cell = rnn", "steps = 2"};
    computed *c = scene_of(lines, TESTS_N(lines));
    assert_true(fabs(value_of(c, "half_life(0)") - 1) < 1e-12);
    assert_true(fabs(value_of(c, "bridges(100) - ln(99)")) < 1e-12);
    assert_true(fabs(value_of(c, "bifurcation_low(5)") + 2.6556) < 1e-4);
    assert_true(fabs(value_of(c, "bifurcation_high(5)") + 2.3444) < 1e-4);
    assert_true(value_of(c, "abs(wall_dw(4.94, -2.575))") > 1e3);
    assert_true(value_of(c, "abs(wall_dw(4.94, -2.575) - (wall(4.94 + 1e-9, -2.575) - "
                            "wall(4.94 - 1e-9, -2.575)) / 2e-9) < 1") == 1);
    assert_true(value_of(c, "abs(wall_db(6, -2) - (wall(6, -2 + 1e-5) - wall(6, -2 - 1e-5)) / "
                            "2e-5) < 1e-8") == 1);
    assert_true(value_of(c, "wall_flat(1)") > .99 && value_of(c, "wall_flat(1)") < 1);
    assert_true(value_of(c, "descent(0.5, 1000)") < 1e-3);
    assert_true(value_of(c, "abs(descent_w(1e9, 1000) - 6)") > 4);
    assert_true(value_of(c, "abs(descent_w(0.5, 1000) - 6)") < 4);
    compute_release(c);
}

/* The direct route from c to c is the product of f; all routes together are not.
 */
static void expression_of_the_memory(void **state)
{
    (void)state;
    static const char *const lines[] = {"cell = lstm", "steps = 9", "hidden = 1", "task = adding"};
    computed *c = scene_of(lines, TESTS_N(lines));
    assert_true(fabs(value_of(c, "direct[2] / (f[8][0] * f[7][0]) - 1")) < 1e-12);
    assert_true(value_of(c, "memory[0]") == 1 && value_of(c, "abs(memory[5] - direct[5])") > 1e-6);
    assert_true(value_of(c, "parameters") == 4 * (2 + 1 + 2) + 2);
    assert_true(value_of(c, "length(gradient) == parameters") == 1);
    assert_true(value_of(c, "norm2(gradient) > norm2(dW)") == 1);
    assert_true(value_of(c, "dead + stuck") == 0);
    compute_release(c);
    static const char *const still[] = {"cell = rnn", "steps = 9", "W = [[0, 0], [0, 0]]",
                                        "b = [0, 1]", "U = [[0], [0]]"};
    c = scene_of(still, TESTS_N(still));
    assert_true(value_of(c, "dead") == 1 && value_of(c, "stuck") == 1);
    compute_release(c);
}

static void expression_says_what_it_cannot_understand(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {{"max(nothing)", "nothing"},
                 {"W[3][0]", "there are"},
                 {"W[0", "not closed"},
                 {"norm", "expected one"},
                 {"1 +", "1 +"},
                 {"lstm.norm[0]", "no such cell"},
                 {"max(norm", "a parenthesis is not closed"},
                 {"1 $ 2", "cannot be"},
                 {"norm[0.5]", "whole number"},
                 {"last_above(norm)", "a number"},
                 {"moved(h[0][0], 1)", "an entry of"},
                 {"moved(W[9][9], 1)", "no such parameter"},
                 {"max(norm, 1)", "one array"}};
    static const char *const lines[] = {"cell = rnn", "steps = 5", "hidden = 2"};
    computed *c = scene_of(lines, TESTS_N(lines));
    for (size_t k = 0; k < TESTS_N(wrong); k++) {
        rs_error err = {0};
        double value = 0;
        assert_int_equal(expression_value(wrong[k].text, c, NULL, 0, &value, &err), RS_DATA);
        if (!strstr(err.text, wrong[k].says))
            fail_msg("%s: %s", wrong[k].text, err.text);
    }
    compute_release(c);
}

const struct CMUnitTest expression_tests[] = {
    cmocka_unit_test(expression_of_a_matrix),
    cmocka_unit_test(expression_of_cells_and_channels),
    cmocka_unit_test(expression_of_losses_by_hand),
    cmocka_unit_test(expression_of_the_wall),
    cmocka_unit_test(expression_of_the_memory),
    cmocka_unit_test(expression_says_what_it_cannot_understand)};
const size_t expression_tests_n = TESTS_N(expression_tests);
