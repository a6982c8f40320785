/* lessons/engine/compute: scenes made into numbers. */
#include "tests/unit/test.h"

#include "lessons/engine/compute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static computed *of_lines(const char *const *lines, size_t n)
{
    scene s = scene_standard();
    rs_error err = {0};
    for (size_t k = 0; k < n; k++)
        if (scene_set(&s, lines[k], &err) != RS_OK)
            fail_msg("%s", err.text);
    computed *c = compute_new(&s, NULL, &err);
    if (!c)
        fail_msg("%s", err.text);
    return c;
}

/* One neuron by hand: h_t = tanh(w h_{t−1} + u x_t), L = (h_T − target)² */
static void compute_one_neuron_is_the_pencil_s(void **state)
{
    (void)state;
    static const char *const lines[] = {"cell = rnn",       "W = 0.8",   "U = 0.5",     "h0 = 0.1",
                                        "x = [1, -1, 0.5]", "steps = 3", "target = 0.3"};
    computed *c = of_lines(lines, TESTS_N(lines));
    assert_int_equal(compute_part_of(c, 0, PART_PASS, 1, NULL), RS_OK);
    const double h1 = tanh(0.8 * 0.1 + 0.5), h2 = tanh(0.8 * h1 - 0.5), h3 = tanh(0.8 * h2 + 0.25);
    const rs_trace *trace = c->cell[0].trace;
    assert_true(fabs(trace->layer[0].value[RS_H][2] - h3) < 1e-15);
    assert_true(fabs(trace->loss - (h3 - 0.3) * (h3 - 0.3)) < 1e-15);
    const double dh1 = 2 * (h3 - 0.3) * (1 - h3 * h3) * 0.8 * (1 - h2 * h2) * 0.8;
    assert_true(fabs(c->cell[0].norm[0][0] - fabs(dh1)) < 1e-15);
    compute_release(c);
}

/* Free play beside weights that a lesson gives: gain, input and forget bias change them. */
static void compute_changes_given_weights(void **state)
{
    (void)state;
    static const char *const lines[] = {"cell = lstm",
                                        "W = [[0.1], [0.2], [0.3], [0.4]]",
                                        "U = [[1], [0], [0], [0]]",
                                        "b = [0.5, 0.5, 0, 0]",
                                        "x = [1, -1]",
                                        "steps = 2",
                                        "gain = 2",
                                        "input_std = 3",
                                        "forget_bias = 4"};
    computed *c = of_lines(lines, TESTS_N(lines));
    const rs_model *m = &c->cell[0].model;
    const double *W = m->parameters + rs_net_block(&m->net, RS_WEIGHT_HH, 0)->offset;
    const double *b = m->parameters + rs_net_block(&m->net, RS_BIAS_IH, 0)->offset;
    assert_true(fabs(W[0] - 0.2) < 1e-15 && fabs(W[3] - 0.8) < 1e-15);
    assert_true(b[0] == 0.5 && b[1] == 4);
    assert_true(c->cell[0].data.x[0] == 3 && c->cell[0].data.x[1] == -3);
    compute_release(c);
}

/* SCIENCE.md, C1: the norm of powers of a non-normal matrix climbs before it falls. */
static void compute_linear_jacobian_is_the_matrix_power(void **state)
{
    (void)state;
    static const char *const lines[] = {"cell = linear", "W = [[0.9, 5], [0, 0.9]]", "steps = 60"};
    computed *c = of_lines(lines, TESTS_N(lines));
    assert_int_equal(compute_part_of(c, 0, PART_JACOBIAN, 1, NULL), RS_OK);
    assert_int_equal(compute_part_of(c, 0, PART_SPECTRUM, 1, NULL), RS_OK);
    assert_true(fabs(exp(c->cell[0].jacobian[60 - 9]) - 19.38) < 0.01);
    assert_true(fabs(hypot(c->cell[0].re[0], c->cell[0].im[0]) - 0.9) < 1e-6);
    assert_true(c->cell[0].norm[0][59] > 1.4 &&
                c->cell[0].norm[0][59] < 1.5); /* Σ h: a one for each unit */
    compute_release(c);
}

static void compute_all_parts_of_three_cells(void **state)
{
    (void)state;
    static const char *const lines[] = {"steps = 20", "hidden = 6", "layers = 2", "batch = 2",
                                        "forget_bias = 1"};
    computed *c = of_lines(lines, TESTS_N(lines));
    assert_int_equal(c->cells_n, 3);
    for (size_t k = 0; k < c->cells_n; k++) {
        rs_error err = {0};
        for (int part = 0; part < PARTS; part++)
            if (compute_part_of(c, k, (compute_part)part, 2, &err) != RS_OK)
                fail_msg("part %d: %s", part, err.text);
        assert_int_equal(c->parts[k], (1U << PARTS) - 1);
        assert_true(c->cell[k].norm[0][19] > 0 && c->cell[k].credit[19 * 20] > 0 &&
                    c->cell[k].lags[0] > 0);
    }
    const double *x = c->cell[0].trace->x, *other = c->cell[1].trace->x; /* equal data */
    assert_memory_equal(x, other, 20 * 2 * c->cell[0].model.net.inputs * sizeof *x);
    compute_release(c);
}

/* Credit and lags of a task that asks at the end alone are those of its answer at every step; all
 * else is about the end. */
static void compute_asks_every_step_for_credit(void **state)
{
    (void)state;
    static const char *const tasks[] = {"task = adding", "task = temporal-order"};
    for (size_t k = 0; k < 2; k++) {
        const char *const lines[] = {tasks[k], "cell = rnn", "steps = 5", "hidden = 3"};
        computed *c = of_lines(lines, TESTS_N(lines));
        computed_cell *cell = &c->cell[0];
        rs_error err = {0};
        assert_int_equal(compute_part_of(c, 0, PART_CREDIT, 1, &err), RS_OK);
        for (size_t t = 0; t < 5; t++)
            for (size_t at = 0; at <= t; at++)
                assert_true(cell->credit[t * 5 + at] > 0);
        assert_true(cell->data.loss.last && cell->trace->loss_at[0] == 0);
        assert_true(cell->norm[0][4] > 0);
        compute_release(c);
    }
}

static void compute_refuses_what_does_not_fit(void **state)
{
    (void)state;
    scene s = scene_standard();
    rs_error err = {0};
    assert_int_equal(scene_set(&s, "W = [[1, 2], [3, 4]]", NULL), RS_OK);
    assert_int_equal(scene_set(&s, "U = [[1], [2], [3]]", NULL), RS_OK);
    assert_null(compute_new(&s, NULL, &err));
    assert_non_null(strstr(err.text, "U is [3][1]: expected [2][1]"));
    s = scene_standard();
    assert_int_equal(scene_set(&s, "steps = 100000", NULL), RS_OK);
    computed *c = compute_new(&s, NULL, &err);
    assert_non_null(c);
    assert_int_equal(compute_part_of(c, 0, PART_CREDIT, 1, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "too dear"));
    assert_int_equal(c->parts[0], 0);
    compute_release(c);
}

static void compute_takes_a_model_and_data(void **state)
{
    (void)state;
    scene s = scene_standard();
    rs_error err = {0};
    assert_int_equal(scene_set(&s, "cells = lstm", NULL), RS_OK);
    computed *made = compute_new(&s, NULL, &err);
    assert_non_null(made);
    compute_base base = {.model = &made->cell[0].model, .data = &made->cell[0].data};
    s.number[SCENE_STEPS] = 10;
    s.number[SCENE_GAIN] = 2;
    computed *c = compute_new(&s, &base, &err);
    if (!c)
        fail_msg("%s", err.text);
    assert_int_equal(c->cell[0].data.T, 10);
    const rs_block *W = rs_net_block(&c->cell[0].model.net, RS_WEIGHT_HH, 0);
    assert_true(c->cell[0].model.parameters[W->offset] ==
                2 * made->cell[0].model.parameters[W->offset]);
    assert_true(c->cell[0].data.x[3] == made->cell[0].data.x[3]);
    assert_int_equal(compute_part_of(c, 0, PART_PASS, 1, &err), RS_OK);
    compute_release(compute_hold(c)); /* still held once */
    assert_true(c->cell[0].trace->loss > 0);
    compute_release(c);
    compute_release(made);
}

const struct CMUnitTest compute_tests[] = {
    cmocka_unit_test(compute_one_neuron_is_the_pencil_s),
    cmocka_unit_test(compute_changes_given_weights),
    cmocka_unit_test(compute_linear_jacobian_is_the_matrix_power),
    cmocka_unit_test(compute_all_parts_of_three_cells),
    cmocka_unit_test(compute_asks_every_step_for_credit),
    cmocka_unit_test(compute_refuses_what_does_not_fit),
    cmocka_unit_test(compute_takes_a_model_and_data)};
const size_t compute_tests_n = TESTS_N(compute_tests);
