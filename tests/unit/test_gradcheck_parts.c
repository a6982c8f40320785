/* What the checker says of mistakes in the loss, in one sequence, one unit, one step, and of
 * weights from elsewhere. */
#include "tests/unit/test.h"

#include "gradcheck/check.h"
#include "tests/unit/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A backward pass that goes wrong in dy, which comes first: the loss's part is changed, then the
 * right pass runs. */
typedef void change(rs_trace *trace);
static change *changing;
static const rs_loss *given;

static void backward_of_changed_dy(rs_trace *trace, const double *parameters, double *gradient,
                                   size_t truncate)
{
    changing(trace);
    rs_backward(trace, parameters, gradient, truncate);
}

typedef struct expected {
    const char *node;
    rs_mistake kind;
    const char *says;
} expected;

static void expect(shape s, rs_backward_function *backward, change *how, expected what)
{
    fixture f = fixture_make(&rs_cell_lstm, s, 5);
    rs_trace *trace = fixture_trace(&f, RS_KEEP_ALL);
    const rs_check_options options = {.backward = backward, .threads = 1};
    rs_check_report report;
    changing = how;
    given = &f.loss;
    assert_int_equal(rs_check(trace, f.model.parameters, &f.loss, &options, &report, NULL), RS_OK);
    assert_int_equal(report.verdict, RS_WRONG);
    assert_true(report.findings_n > 0);
    const rs_check_finding *first = &report.findings[0];
    if (strcmp(first->node, what.node) != 0 || first->mistake != what.kind ||
        !strstr(first->text, what.says))
        fail_msg("expected %s at %s, '%s'; found %s at %s: %s", rs_mistake_name(what.kind),
                 what.node, what.says, rs_mistake_name(first->mistake), first->node, first->text);
    rs_check_report_free(&report);
    rs_trace_free(trace);
    fixture_free(&f);
}

static double *dy_at(rs_trace *trace, size_t t, size_t b)
{
    return trace->dy + (t * trace->B + b) * rs_net_width(trace->net);
}

static void one_more_at_the_label(rs_trace *trace)
{
    const size_t n = trace->T * trace->B;
    size_t terms = 0;
    for (size_t k = 0; k < n; k++)
        terms += given->label[k] >= 0;
    for (size_t k = 0; k < n; k++)
        if (given->label[k] >= 0)
            dy_at(trace, k / trace->B, k % trace->B)[given->label[k]] += 1 / (double)terms;
}

static void no_target(rs_trace *trace)
{
    const size_t n = trace->T * trace->B * trace->net->outputs;
    for (size_t k = 0; k < n; k++)
        trace->dy[k] = 2 * trace->y[k] / (double)n;
}

static void slope_once_too_often(rs_trace *trace)
{
    const size_t n = trace->T * trace->B * trace->net->outputs;
    for (size_t k = 0; k < n; k++) {
        const double p = 1 / (1 + exp(-trace->y[k]));
        trace->dy[k] *= p * (1 - p);
    }
}

static void losses_that_go_wrong_are_named(void **state)
{
    (void)state;
    const shape s = {.T = 5, .B = 2, .I = 2, .H = 3, .L = 1, .O = 3};
    shape mse = s, bce = s, xent = s;
    mse.kind = RS_MSE;
    bce.kind = RS_BCE;
    xent.kind = RS_XENT;
    expect(mse, backward_of_changed_dy, no_target,
           (expected){"y", RS_MISSING, "the target is left out"});
    expect(bce, backward_of_changed_dy, slope_once_too_often,
           (expected){"y", RS_SLOPE, "σ′(y) is a factor too many"});
    expect(xent, backward_of_changed_dy, one_more_at_the_label,
           (expected){"y", RS_MISSING, "the 1 of the label"});
}

static void nothing_of_the_last_step(rs_trace *trace)
{
    memset(dy_at(trace, trace->T - 1, 0), 0, trace->B * trace->net->outputs * sizeof *trace->dy);
}

static void nothing_of_sequence_1(rs_trace *trace)
{
    for (size_t t = 0; t < trace->T; t++)
        memset(dy_at(trace, t, 1), 0, trace->net->outputs * sizeof *trace->dy);
}

static void last_output_doubled(rs_trace *trace)
{
    const size_t O = trace->net->outputs;
    for (size_t k = O - 1; k < trace->T * trace->B * O; k += O)
        trace->dy[k] *= 2;
}

static void not_a_number(rs_trace *trace) { dy_at(trace, 2, 0)[0] = NAN; }

static const shape mse = {.T = 5, .B = 3, .I = 2, .H = 3, .L = 2, .O = 3, .kind = RS_MSE};

static void parts_that_go_wrong_are_said(void **state)
{
    (void)state;
    expect(mse, backward_of_changed_dy, nothing_of_the_last_step,
           (expected){"y", RS_SKIPPED, "t=4: dy is left zero"});
    expect(mse, backward_of_changed_dy, nothing_of_sequence_1,
           (expected){"y", RS_MISSING, "in sequence 1 alone"});
    expect(mse, backward_of_changed_dy, last_output_doubled,
           (expected){"y", RS_TWICE, "in unit 2 alone"});
    expect(mse, backward_of_changed_dy, not_a_number,
           (expected){"y", RS_UNKNOWN, "t=2: dy is not a number"});
}

/* dx = W_hhᵀ da where W_ihᵀ da belongs; inputs = hidden makes that possible. */
static void dx_through_W_hh(rs_trace *trace, const double *parameters, double *gradient,
                            size_t truncate)
{
    const rs_net *net = trace->net;
    const size_t H = net->hidden, GH = net->cell->gates_n * H;
    const double *W = parameters + rs_net_block(net, RS_WEIGHT_HH, 0)->offset;
    rs_backward(trace, parameters, gradient, truncate);
    for (size_t k = 0; k < trace->T * trace->B * H; k++) {
        trace->dx[k] = 0;
        for (size_t r = 0; r < GH; r++)
            trace->dx[k] += W[r * H + k % H] * trace->layer[0].da[k / H * GH + r];
    }
}

/* dV with the output of layer 0 in the place of layer 1's. */
static void dV_with_layer_0(rs_trace *trace, const double *parameters, double *gradient,
                            size_t truncate)
{
    const rs_net *net = trace->net;
    const size_t H = net->hidden, O = net->outputs;
    double *dV = gradient + rs_net_block(net, RS_READOUT_WEIGHT, 0)->offset;
    rs_backward(trace, parameters, gradient, truncate);
    for (size_t k = 0; k < O * H; k++) {
        dV[k] = 0;
        for (size_t row = 0; row < trace->T * trace->B; row++)
            dV[k] += trace->dy[row * O + k / H] * trace->layer[0].value[RS_H][row * H + k % H];
    }
}

static void what_is_taken_from_elsewhere_is_named(void **state)
{
    (void)state;
    shape s = mse;
    s.I = s.H;
    expect(s, dx_through_W_hh, NULL,
           (expected){"x", RS_VALUE, "takes weight_hh_l0 where weight_ih_l0 belongs"});
    expect(s, dV_with_layer_0, NULL,
           (expected){"weight", RS_VALUE, "it multiplies by h_l0 where h_l1 belongs"});
}

const struct CMUnitTest gradcheck_parts_tests[] = {
    cmocka_unit_test(losses_that_go_wrong_are_named),
    cmocka_unit_test(parts_that_go_wrong_are_said),
    cmocka_unit_test(what_is_taken_from_elsewhere_is_named),
};
const size_t gradcheck_parts_tests_n = TESTS_N(gradcheck_parts_tests);
