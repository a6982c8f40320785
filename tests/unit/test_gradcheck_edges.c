/* Correct gradients at the edges of what numbers can hold are never called wrong: units at their
 * limits, where a slope is all rounding or below what a complex step can show, products that
 * underflow on the way, values beyond all squares. tests/grid/vanished.c goes through thousands. */
#include "tests/unit/test.h"

#include "base/random.h"
#include "gradcheck/check.h"
#include "gradcheck/harden.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A random point, its weights scaled. */
typedef struct edge {
    size_t T, B, H, L;
    double ih, hh, bias; /* factors of W_ih, W_hh and both biases */
    uint64_t seed;
} edge;

static void scale(rs_model *model, const edge *e)
{
    const double by[] = {e->ih, e->hh, e->bias, e->bias};
    for (size_t k = 0; k < model->net.blocks_n; k++) {
        const rs_block *block = &model->net.blocks[k];
        for (size_t j = 0; block->kind <= RS_BIAS_HH && j < block->rows * block->cols; j++)
            model->parameters[block->offset + j] *= by[block->kind];
    }
}

/* The verdict on the library's own gradient; every wrong one with its words fails the test. */
static rs_verdict verdict_at(const rs_cell *cell, const edge *e, rs_method method)
{
    rs_hard_point point;
    rs_check_report report = {0};
    rs_error err = {0};
    const rs_net net = {.cell = cell,
                        .inputs = 2,
                        .hidden = e->H,
                        .layers = e->L,
                        .outputs = 2,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    const rs_loss loss = {.kind = RS_MSE, .last = true};
    const rs_check_options options = {.method = method, .threads = 1};
    assert_int_equal(rs_hard_point_make_sized(&point, &net, e->T, e->B, &loss, e->seed, &err),
                     RS_OK);
    scale(&point.model, e);
    if (rs_check(point.trace, point.model.parameters, &point.loss, &options, &report, &err) !=
        RS_OK)
        fail_msg("%s seed %d: %s", cell->name, (int)e->seed, err.text);
    const rs_verdict verdict = report.verdict;
    if (verdict == RS_WRONG || (verdict == RS_UNDECIDED && !report.why))
        fail_msg("%s seed %d, W_hh × %g: %s; %s", cell->name, (int)e->seed, e->hh,
                 rs_verdict_name(verdict),
                 report.findings_n > 0 ? report.findings[0].text : "no finding");
    rs_check_report_free(&report);
    rs_hard_point_free(&point);
    return verdict;
}

/* 1 − h² of such a unit is 1e-20 where the pass under test has 0 or 2e-16: the error of each step
 * is more than its derivative, and the product of errors more than any one of them. */
static void units_at_their_limits_agree(void **state)
{
    (void)state;
    static const edge edges[] = {{60, 2, 2, 2, 3, 60, 10, 6},
                                 {60, 2, 4, 2, 1, 30, 10, 12},
                                 {60, 2, 4, 2, 1, 60, 10, 2},
                                 {150, 2, 8, 2, 3, 60, 1, 10},
                                 {150, 2, 8, 2, 1, 60, 4, 10}};
    for (size_t k = 0; k < TESTS_N(edges); k++)
        assert_int_equal(verdict_at(&rs_cell_rnn, &edges[k], RS_ENTRIES), RS_AGREES);
}

/* A gate at σ(−500) has a slope of 1e-217: times a step of 1e-100 it rounds to 0. */
static void gates_too_far_to_be_stepped_agree(void **state)
{
    (void)state;
    static const rs_cell *const cells[] = {&rs_cell_lstm, &rs_cell_gru, &rs_cell_gru_reset_before};
    for (size_t c = 0; c < 3; c++)
        for (uint64_t seed = 1; seed <= 30; seed++)
            assert_int_equal(verdict_at(cells[c], &(edge){8, 2, 4, 2, 2, 800, 3, seed}, RS_COMPLEX),
                             RS_AGREES);
}

/* What vanishes between 1e-300 and 0, through each cell. */
static void what_underflows_agrees(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++)
        for (uint64_t seed = 1; seed <= 12; seed++)
            assert_int_equal(
                verdict_at(*cell,
                           &(edge){100, 2, 5, 1, 1, pow(10, -2.4 - .06 * (double)seed), 1, seed},
                           seed % 2 ? RS_COMPLEX : RS_ENTRIES),
                RS_AGREES);
}

/* Values of 1e200 and their gradients: agreement, or a reason. */
static void what_overflows_has_a_reason(void **state)
{
    (void)state;
    size_t agree = 0;
    for (uint64_t seed = 1; seed <= 20; seed++)
        agree +=
            verdict_at(&rs_cell_rnn_relu, &(edge){100, 1, 4, 2, 2, 10. * (double)seed, 1, seed},
                       seed % 2 ? RS_COMPLEX : RS_ENTRIES) == RS_AGREES;
    assert_true(agree > 10);
}

/* W = I + q qᵀ, and a readout at right angles to q: the gradient stays as long as it is, while what
 * rounding leaves along q doubles at each step and is the larger after sixty. */
static void rounding_that_outgrows_the_gradient_accuses_nobody(void **state)
{
    (void)state;
    enum { N = 16 };
    rs_hard_point point;
    rs_check_report report = {0};
    rs_error err = {0};
    const rs_net net = {
        .cell = &rs_cell_rnn_relu, .inputs = 1, .hidden = N, .layers = 1, .outputs = 1};
    const rs_loss loss = {.kind = RS_MSE, .last = true};
    const rs_check_options options = {.method = RS_ENTRIES, .threads = 1};
    assert_int_equal(rs_hard_point_make_sized(&point, &net, 90, 1, &loss, 1, &err), RS_OK);
    double *W = point.model.parameters + rs_net_block(&point.model.net, RS_WEIGHT_HH, 0)->offset;
    double *V =
        point.model.parameters + rs_net_block(&point.model.net, RS_READOUT_WEIGHT, 0)->offset;
    double q[N], squares = 0, along = 0;
    for (size_t k = 0; k < N; k++) {
        q[k] = 1 + .07 * (double)k;
        squares += q[k] * q[k];
        V[k] = k % 2 ? 1.1 : -.9;
        along += V[k] * q[k];
    }
    for (size_t r = 0; r < N; r++) {
        V[r] -= along / squares * q[r];
        for (size_t k = 0; k < N; k++)
            W[r * N + k] = (r == k) + q[r] * q[k] / squares;
    }
    for (size_t k = 0; k < N; k++) { /* away from every kink */
        point.model.parameters[k] = 0;
        *(point.trace->layer[0].value[RS_H] - N + k) = q[k];
    }
    assert_int_equal(
        rs_check(point.trace, point.model.parameters, &point.loss, &options, &report, &err), RS_OK);
    assert_int_equal(report.verdict, RS_UNDECIDED);
    assert_int_equal(report.findings_n, 0);
    assert_non_null(strstr(report.why, "rounding"));
    rs_check_report_free(&report);
    rs_hard_point_free(&point);
}

const struct CMUnitTest gradcheck_edges_tests[] = {
    cmocka_unit_test(units_at_their_limits_agree),
    cmocka_unit_test(gates_too_far_to_be_stepped_agree),
    cmocka_unit_test(what_underflows_agrees),
    cmocka_unit_test(what_overflows_has_a_reason),
    cmocka_unit_test(rounding_that_outgrows_the_gradient_accuses_nobody),
};
const size_t gradcheck_edges_tests_n = TESTS_N(gradcheck_edges_tests);
