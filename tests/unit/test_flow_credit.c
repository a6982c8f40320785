/* lib/flow: the credit matrix and the lag spectrum, against the complex step and against the
 * network's own backward pass of one step's loss at a time. */
#include "tests/unit/fixture.h"
#include "tests/unit/own_cell.h"

#include "flow/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const shape SHAPES[] = {
    {.T = 5, .B = 2, .I = 2, .H = 3, .L = 2, .O = 2, .kind = RS_MSE, .last_state = true},
    {.T = 6, .B = 1, .I = 2, .H = 3, .L = 1, .O = 0, .kind = RS_MSE, .sum = true},
    {.T = 4, .B = 3, .I = 1, .H = 2, .L = 1, .O = 3, .kind = RS_XENT},
    {.T = 5, .B = 2, .I = 1, .H = 5, .L = 3, .O = 1, .kind = RS_BCE, .last = true}};

static void for_all(void (*check)(fixture *f))
{
    for (size_t k = 0;; k++) {
        const rs_cell *cell = rs_cells[k] ? rs_cells[k] : &own_cell;
        for (size_t s = 0; s < TESTS_N(SHAPES); s++) {
            fixture f = fixture_make(cell, SHAPES[s], 40 + k);
            check(&f);
            fixture_free(&f);
        }
        if (!rs_cells[k])
            break;
    }
}

typedef struct nudge {
    size_t layer, t, b, unit;
} nudge;

static void nudge_h(void *context, rs_trace_z *trace, size_t layer, size_t t, size_t stage,
                    rs_moment moment)
{
    const nudge *n = context;
    if (layer == n->layer && t == n->t && stage + 1 == trace->net->cell->stages_n &&
        moment == RS_AFTER_EQUATIONS) {
        double _Complex *h =
            trace->layer[layer].value[RS_H] + (t * trace->B + n->b) * trace->net->hidden + n->unit;
        *h = with_step(*h);
    }
}

/* credit [T][T] of a layer, one nudge of one unit at one step after the other. */
static void exact_credit(const fixture *f, size_t layer, double *credit)
{
    const size_t T = f->shape.T;
    double _Complex *parameters = fixture_parameters_z(f);
    memset(credit, 0, T * T * sizeof *credit);
    for (size_t j = 0; j < T * f->shape.B * f->shape.H; j++) {
        nudge n = {layer, j / f->shape.H / f->shape.B, j / f->shape.H % f->shape.B, j % f->shape.H};
        rs_trace_z *trace = fixture_trace_z(f, RS_KEEP_ALL);
        const double whole = complex_slope(f, trace, parameters, &(rs_touch_z){nudge_h, &n});
        double steps = 0;
        for (size_t t = 0; t < T; t++) {
            double slope = __imag__ trace->loss_at[t] / STEP;
            steps += slope;
            if (t + 1 == T) /* the term on the last state counts with the last step */
                slope += whole - steps;
            credit[t * T + n.t] = hypot(credit[t * T + n.t], slope);
        }
        rs_trace_free_z(trace);
    }
    free(parameters);
}

static void check_credit(fixture *f)
{
    const size_t T = f->shape.T;
    double got[64], want[64], again[64];
    for (size_t layer = 0; layer < f->shape.L; layer++) {
        rs_trace *trace = fixture_trace(f, RS_KEEP_ALL);
        rs_forward(trace, f->model.parameters, NULL);
        assert_int_equal(
            rs_flow_credit(trace, f->model.parameters, &f->loss, layer, 1, NULL, got, NULL), RS_OK);
        exact_credit(f, layer, want);
        assert_arrays_close("credit", got, want, T * T, 1e-12);
        /* whatever the trace has been through, and with two threads, the same bits */
        rs_loss_forward(trace, &f->loss);
        rs_backward(trace, f->model.parameters, NULL, 0);
        assert_int_equal(
            rs_flow_credit(trace, f->model.parameters, &f->loss, layer, 2, NULL, again, NULL),
            RS_OK);
        assert_memory_equal(got, again, T * T * sizeof *got);
        rs_trace_free(trace);
    }
}

static void credit_is_the_complex_steps(void **state)
{
    (void)state;
    for_all(check_credit);
}

/* Adds da_k source_kᵀ of a trace whose backward pass was of the loss of step t alone to the share
 * of lag t − k, share [T][G·H·H]. */
static void add_outer(const rs_trace *trace, size_t layer, size_t t, double *share)
{
    const rs_cell *cell = trace->net->cell;
    const size_t H = trace->net->hidden, GH = cell->gates_n * H, B = trace->B;
    for (size_t s = 0; s < cell->stages_n; s++) {
        const rs_product *p = &cell->stages[s].product;
        for (size_t k = 0; k <= t; k++)
            for (size_t b = 0; b < B; b++)
                for (size_t row = 0; row < p->gates * H; row++)
                    for (size_t u = 0; u < H; u++) {
                        const size_t at = k * B + b;
                        const double dsum =
                            p->into == RS_INTO_A
                                ? trace->layer[layer].da[at * GH + p->gate * H + row]
                                : trace->layer[layer].d[p->into][at * H + row];
                        const bool old = cell->channels[p->source].role == RS_STATE;
                        const double *source = trace->layer[layer].value[p->source] + at * H;
                        share[(t - k) * GH * H + (p->gate * H + row) * H + u] +=
                            dsum * *(source + u - (old ? B * H : 0));
                    }
    }
}

/* The lags by the network's own backward pass, one step's loss at a time; their sum is the whole
 * gradient of W_hh, or the test is wrong. */
static void slow_lags(const fixture *f, size_t layer, double *lags)
{
    const rs_net *net = &f->model.net;
    const size_t T = f->shape.T, n = net->cell->gates_n * net->hidden * net->hidden;
    const size_t width = f->shape.B * rs_net_width(net);
    double *share = calloc(T + 1, n * sizeof *share), *sum = share + T * n;
    for (size_t t = 0; t < T; t++) {
        rs_trace *trace = fixture_trace(f, RS_KEEP_ALL);
        rs_forward(trace, f->model.parameters, NULL);
        rs_loss_forward(trace, &f->loss);
        for (size_t j = 0; j < T * width; j++)
            trace->dy[j] = j / width == t ? trace->dy[j] : 0;
        if (t + 1 < T)
            trace->last_state = NULL;
        rs_backward(trace, f->model.parameters, NULL, 0);
        add_outer(trace, layer, t, share);
        rs_trace_free(trace);
    }
    for (size_t lag = 0; lag < T; lag++) {
        lags[lag] = rs_norm(share + lag * n, n);
        for (size_t k = 0; k < n; k++)
            sum[k] += share[lag * n + k];
    }
    assert_arrays_close("sum of lags", sum,
                        f->gradient + rs_net_block(net, RS_WEIGHT_HH, layer)->offset, n, 1e-12);
    free(share);
}

static void check_lags(fixture *f)
{
    double got[16], want[16], again[16];
    rs_trace *trace = fixture_run(f, RS_KEEP_LEAN, 0);
    for (size_t layer = 0; layer < f->shape.L; layer++) {
        slow_lags(f, layer, want);
        assert_int_equal(
            rs_flow_lags(trace, f->model.parameters, &f->loss, layer, 1, NULL, got, NULL), RS_OK);
        assert_arrays_close("lags", got, want, f->shape.T, 1e-12);
        assert_int_equal(
            rs_flow_lags(trace, f->model.parameters, &f->loss, layer, 2, NULL, again, NULL), RS_OK);
        assert_memory_equal(got, again, f->shape.T * sizeof *got);
    }
    rs_trace_free(trace);
}

static void lags_are_the_slow_ways(void **state)
{
    (void)state;
    for_all(check_lags);
}

/* Several groups of steps, and lags beyond which nothing is left: a ReLU net with W = 2⁻⁸ and one
 * unit, where ∂L_t/∂h_k = dy_t 2^{−8(t−k)} exactly, down to the smallest double and then 0. */
static void credit_is_exact_down_to_the_smallest_number(void **state)
{
    (void)state;
    enum { T = 300 };
    static double target[T], credit[T * T];
    const rs_net config = {.cell = &rs_cell_rnn_relu, .inputs = 1, .hidden = 1, .layers = 1};
    const rs_loss loss = {.kind = RS_MSE, .sum = true, .target = target};
    rs_model model;
    assert_int_equal(rs_model_make(&model, &config, NULL), RS_OK);
    model.parameters[rs_net_block(&model.net, RS_WEIGHT_HH, 0)->offset] = ldexp(1, -8);
    rs_trace *trace = rs_trace_new(&model.net, T, 1, RS_KEEP_LEAN, NULL);
    assert_non_null(trace);
    for (size_t t = 0; t < T; t++) {
        trace->layer[0].value[RS_H][t] = 1; /* put there by hand: the unit is on at each step */
        target[t] = 0.5;                    /* dy = 2·(1 − .5) = 1 */
    }
    assert_int_equal(rs_flow_credit(trace, model.parameters, &loss, 0, 0, NULL, credit, NULL),
                     RS_OK);
    for (size_t t = 0; t < T; t++)
        for (size_t k = 0; k < T; k++)
            assert_true(credit[t * T + k] == (k > t ? 0 : ldexp(1, -8 * (int)(t - k))));
    assert_true(credit[134 * T] > 0 && credit[135 * T] == 0); /* 2^−1072, 2^−1080 */
    double lags[T]; /* h_{k−1} is 1, and 0 before the first step: T − 1 − lag equal terms */
    assert_int_equal(rs_flow_lags(trace, model.parameters, &loss, 0, 0, NULL, lags, NULL), RS_OK);
    for (int lag = 0; lag < T; lag++)
        assert_true(lags[lag] == ldexp(T - 1 - lag, -8 * lag));
    /* and with losses of very different size: dy = 2^501 from step 150 on */
    for (size_t t = 150; t < T; t++)
        target[t] = -ldexp(1, 500);
    assert_int_equal(rs_flow_lags(trace, model.parameters, &loss, 0, 0, NULL, lags, NULL), RS_OK);
    for (int lag = 0; lag < 180; lag++) {
        double sum = 0; /* in units of 2^501 */
        for (int t = lag + 1; t < T; t++)
            sum += t < 150 ? ldexp(1, -501) : 1;
        assert_true(fabs(lags[lag] / ldexp(sum, 501 - 8 * lag) - 1) < 1e-12);
    }
    rs_trace_free(trace);
    rs_model_free(&model);
}

/* Several groups again: a loss that looks at the last state alone is the last row's, and that row
 * is then the trace's gradient. */
static void credit_of_the_last_state_is_in_the_last_row(void **state)
{
    (void)state;
    enum { T = 150 };
    static double credit[T * T], norm[T];
    const shape s = {.T = T, .B = 1, .I = 1, .H = 3, .L = 1, .last_state = true};
    fixture f = fixture_make(&rs_cell_gru, s, 3);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    assert_int_equal(rs_flow_credit(trace, f.model.parameters, &f.loss, 0, 2, NULL, credit, NULL),
                     RS_OK);
    assert_int_equal(rs_flow_norms(trace, 0, RS_H, norm, NULL), RS_OK);
    assert_arrays_close("last row", credit + (T - 1) * T, norm, T, 1e-13);
    for (size_t k = 0; k < (T - 1) * T; k++)
        assert_true(credit[k] == 0);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void credit_refuses_what_makes_no_sense(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_gru, SHAPES[0], 1);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    double out[64];
    rs_error err = {0};
    assert_int_equal(
        rs_flow_credit(trace, f.model.parameters, &(rs_loss){0}, 0, 1, NULL, out, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "no loss"));
    assert_int_equal(rs_flow_credit(trace, f.model.parameters, &f.loss, 2, 1, NULL, out, &err),
                     RS_USAGE);
    assert_non_null(strstr(err.text, "layer 2"));
    assert_int_equal(rs_flow_lags(trace, f.model.parameters, &f.loss, 2, 1, NULL, out, &err),
                     RS_USAGE);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void credit_says_what_it_costs(void **state)
{
    (void)state;
    const rs_net config = {.cell = &rs_cell_lstm, .inputs = 1, .hidden = 10, .layers = 2};
    rs_model model;
    assert_int_equal(rs_model_make(&model, &config, NULL), RS_OK);
    /* 10·11/2 pairs of steps, a product of [40][10] each, 3 of them from the top to layer 0 */
    const rs_flow_cost deep = rs_flow_credit_cost(&model.net, 10, 2, 0, 1);
    assert_true(deep.flops == 55.0 * 2 * (2 * 40 * 10) * 3);
    assert_true(rs_flow_credit_cost(&model.net, 10, 2, 1, 1).flops == deep.flops / 3);
    assert_true(deep.bytes >= 20.0 * 2 * (double)rs_rows_bytes(&model.net));
    assert_true(rs_flow_lags_cost(&model.net, 10, 2, 0).flops > deep.flops);
    rs_model_free(&model);
}

const struct CMUnitTest flow_credit_tests[] = {
    cmocka_unit_test(credit_is_the_complex_steps),
    cmocka_unit_test(lags_are_the_slow_ways),
    cmocka_unit_test(credit_is_exact_down_to_the_smallest_number),
    cmocka_unit_test(credit_of_the_last_state_is_in_the_last_row),
    cmocka_unit_test(credit_refuses_what_makes_no_sense),
    cmocka_unit_test(credit_says_what_it_costs)};
const size_t flow_credit_tests_n = TESTS_N(flow_credit_tests);
