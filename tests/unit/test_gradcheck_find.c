/* The gradient checker finds mistakes: where, and what. */
#include "tests/unit/test.h"

#include "gradcheck/check.h"
#include "tests/unit/broken.h"
#include "tests/unit/own_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const shape three_layers = {.T = 6, .B = 2, .I = 3, .H = 4, .L = 3, .O = 2, .kind = RS_MSE};

static rs_check_report check(const fixture *f, rs_check_options options)
{
    rs_check_report report;
    rs_error err = {0};
    rs_trace *trace = fixture_trace(f, RS_KEEP_ALL);
    options.threads = 1;
    if (rs_check(trace, f->model.parameters, &f->loss, &options, &report, &err) != RS_OK)
        fail_msg("%s", err.text);
    rs_trace_free(trace);
    return report;
}

/* Checks a mistake in one layer of three (SIZE_MAX: in all). */
static rs_check_report check_mistake(const mistake *m, size_t layer, bool complex)
{
    const rs_cell cell = broken_cell(m);
    fixture f = fixture_make(&cell, three_layers, 7);
    broken_layer = layer;
    rs_check_report report =
        check(&f, (rs_check_options){.backward = broken_backward,
                                     .method = complex ? RS_COMPLEX : RS_ENTRIES});
    broken_layer = SIZE_MAX;
    fixture_free(&f);
    report.cell = m->cell->name;
    return report;
}

static void assert_names(const mistake *m, const rs_check_report *report, size_t layer)
{
    if (report->verdict != RS_WRONG || report->findings_n == 0)
        fail_msg("%s: %s, %zu findings", m->what, rs_verdict_name(report->verdict),
                 report->findings_n);
    const rs_check_finding *first = &report->findings[0];
    if (first->layer != layer || strcmp(first->node, m->node) != 0 || first->mistake != m->kind ||
        !strstr(first->text, m->says))
        fail_msg("%s: expected %s at %s in layer %zu, '%s'; found %s at %s in layer %zu: %s",
                 m->what, rs_mistake_name(m->kind), m->node, layer, m->says,
                 rs_mistake_name(first->mistake), first->node, first->layer, first->text);
}

static void each_mistake_is_placed_and_named_in_layer_2_of_3(void **state)
{
    (void)state;
    for (size_t k = 0; k < mistakes_n; k++) {
        rs_check_report report = check_mistake(&mistakes[k], 1, true);
        assert_names(&mistakes[k], &report, 1);
        for (size_t j = 0; j < report.findings_n; j++)
            assert_int_equal(report.findings[j].layer, 1);
        rs_check_report_free(&report);
    }
}

static void the_same_mistakes_in_the_first_layer(void **state)
{
    (void)state;
    for (size_t k = 0; k < mistakes_n; k++) {
        rs_check_report report = check_mistake(&mistakes[k], 0, false);
        assert_names(&mistakes[k], &report, 0);
        rs_check_report_free(&report);
    }
}

/* The step named is the last whose equations go wrong, and the path is there too. */
static void a_finding_has_its_step_path_and_numbers(void **state)
{
    (void)state;
    rs_check_report report = check_mistake(&mistakes[0], 1, true);
    const rs_check_finding *first = &report.findings[0];
    assert_true(first->has_t);
    assert_int_equal(first->t, three_layers.T - 1);
    assert_int_equal(first->steps_n, three_layers.T);
    assert_string_equal(first->path, "dc → dc[t−1]");
    assert_true(first->claimed != first->expected);
    assert_non_null(strstr(first->text, " layer 1, t=5: "));
    rs_check_report_free(&report);
}

/* ---- mistakes outside the cell -----------------------------------------------------------------
 */

typedef void change(rs_trace *trace, const double *parameters, double *gradient);
static change *changing;

static void changed_backward(rs_trace *trace, const double *parameters, double *gradient,
                             size_t truncate)
{
    rs_backward(trace, parameters, gradient, truncate);
    changing(trace, parameters, gradient);
}

static void expect(const rs_cell *cell, shape s, change *how, const char *node, rs_mistake kind,
                   const char *says)
{
    fixture f = fixture_make(cell, s, 5);
    changing = how;
    rs_check_report report = check(&f, (rs_check_options){.backward = changed_backward});
    assert_int_equal(report.verdict, RS_WRONG);
    assert_true(report.findings_n > 0);
    const rs_check_finding *first = &report.findings[0];
    if (strcmp(first->node, node) != 0 || first->mistake != kind || !strstr(first->text, says))
        fail_msg("expected %s at %s, '%s'; found %s at %s: %s", rs_mistake_name(kind), node, says,
                 rs_mistake_name(first->mistake), first->node, first->text);
    rs_check_report_free(&report);
    fixture_free(&f);
}

static double *block_at(const rs_trace *trace, double *gradient, rs_block_kind kind, size_t layer,
                        const rs_block **block)
{
    *block = rs_net_block(trace->net, kind, layer);
    return gradient + (*block)->offset;
}

static void average(rs_trace *trace, const double *parameters, double *gradient)
{
    const rs_block *block;
    double *g = block_at(trace, gradient, RS_WEIGHT_HH, 1, &block);
    (void)parameters;
    for (size_t k = 0; k < block->rows * block->cols; k++)
        g[k] /= (double)trace->T;
}

/* dW_hh += Σ da_t source_tᵀ of the steps [first, end) of layer 1, sequences all. */
static void sum_again(rs_trace *trace, double *gradient, size_t first, size_t end, long source)
{
    const rs_block *block;
    double *g = block_at(trace, gradient, RS_WEIGHT_HH, 1, &block);
    const size_t B = trace->B, H = trace->net->hidden;
    memset(g, 0, block->rows * block->cols * sizeof *g);
    for (size_t row = first * B; row < end * B; row++)
        for (size_t r = 0; r < block->rows; r++)
            for (size_t k = 0; k < H; k++)
                g[r * H + k] +=
                    trace->layer[1].da[row * block->rows + r] *
                    trace->layer[1].value[RS_H][((long)row + source * (long)B) * (long)H + (long)k];
}

static void skip_step_0(rs_trace *trace, const double *parameters, double *gradient)
{
    (void)parameters;
    sum_again(trace, gradient, 1, trace->T, -1);
}

static void keep_step_0(rs_trace *trace, const double *parameters, double *gradient)
{
    (void)parameters;
    sum_again(trace, gradient, 0, 1, -1);
}

static void h_of_this_step(rs_trace *trace, const double *parameters, double *gradient)
{
    (void)parameters;
    sum_again(trace, gradient, 0, trace->T, 0);
}

static void other_bias(rs_trace *trace, const double *parameters, double *gradient)
{
    const rs_block *block;
    double *g = block_at(trace, gradient, RS_BIAS_IH, 1, &block);
    (void)parameters;
    memcpy(g, g + trace->net->hidden, trace->net->hidden * sizeof *g);
}

static void transpose(rs_trace *trace, const double *parameters, double *gradient)
{
    const rs_block *block;
    double *g = block_at(trace, gradient, RS_WEIGHT_HH, 1, &block);
    const size_t H = trace->net->hidden;
    (void)parameters;
    for (size_t gate = 0; gate < block->rows / H; gate++)
        for (size_t r = 0; r < H; r++)
            for (size_t k = 0; k < r; k++) {
                double *one = &g[(gate * H + r) * H + k], *two = &g[(gate * H + k) * H + r];
                const double kept = *one;
                *one = *two;
                *two = kept;
            }
}

static void zero_dh0(rs_trace *trace, const double *parameters, double *gradient)
{
    (void)parameters;
    (void)gradient;
    memset(trace->layer[1].d[RS_H] - trace->B * trace->net->hidden, 0,
           trace->B * trace->net->hidden * sizeof(double));
}

static void clip_dy(rs_trace *trace, const double *parameters, double *gradient)
{
    const double most = 0.02;
    (void)parameters;
    (void)gradient;
    for (size_t k = 0; k < trace->T * trace->B * trace->net->outputs; k++)
        trace->dy[k] = fmax(-most, fmin(most, trace->dy[k]));
}

static void no_gate_o_in_dx(rs_trace *trace, const double *parameters, double *gradient)
{
    const rs_net *net = trace->net;
    const double *W = parameters + rs_net_block(net, RS_WEIGHT_IH, 0)->offset;
    const size_t H = net->hidden, I = net->inputs, GH = net->cell->gates_n * H;
    (void)gradient;
    for (size_t row = 0; row < trace->T * trace->B; row++)
        for (size_t r = 3 * H; r < 4 * H; r++)
            for (size_t k = 0; k < I; k++)
                trace->dx[row * I + k] -= W[r * I + k] * trace->layer[0].da[row * GH + r];
}

static void mistakes_of_the_network_are_placed_and_named(void **state)
{
    (void)state;
    shape s = three_layers;
    s.L = 2;
    expect(&rs_cell_gru, s, average, "weight_hh", RS_SCALED, "averaged over steps, not summed");
    expect(&rs_cell_lstm, s, skip_step_0, "weight_hh", RS_SKIPPED, "step 0 is left out");
    expect(&rs_cell_lstm, s, keep_step_0, "weight_hh", RS_OVERWRITTEN, "only step 0 is in it");
    expect(&rs_cell_lstm, s, h_of_this_step, "weight_hh", RS_VALUE, "by h where h[t−1] belongs");
    expect(&rs_cell_lstm, s, other_bias, "bias_ih", RS_EXCHANGED, "da_f where da_i belongs");
    expect(&rs_cell_gru, s, transpose, "weight_hh", RS_TRANSPOSED, "transposed");
    expect(&rs_cell_lstm, s, zero_dh0, "h0", RS_ZERO, "dh0 is left zero");
    expect(&rs_cell_rnn, s, clip_dy, "y", RS_CLIPPED, "clipped at ±0.02");
    expect(&rs_cell_lstm, s, no_gate_o_in_dx, "x", RS_MISSING, "da_o → dx is missing");
}

static void truncated_backward(rs_trace *trace, const double *parameters, double *gradient,
                               size_t truncate)
{
    (void)truncate;
    rs_backward(trace, parameters, gradient, 4);
}

static void truncation_is_named_with_its_period(void **state)
{
    (void)state;
    shape s = three_layers;
    s.T = 13;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, s, 3);
        rs_check_report report = check(&f, (rs_check_options){.backward = truncated_backward});
        assert_int_equal(report.verdict, RS_WRONG);
        assert_int_equal(report.findings[0].mistake, RS_TRUNCATED);
        assert_int_equal(report.findings[0].t, 12);
        assert_non_null(strstr(report.findings[0].text, "every 4"));
        rs_check_report_free(&report);
        fixture_free(&f);
    }
}

/* ---- one entry ---------------------------------------------------------------------------------
 */

static size_t entry;
static double share;

static void nudge_entry(rs_trace *trace, const double *parameters, double *gradient)
{
    (void)trace;
    (void)parameters;
    gradient[entry] *= 1 + share;
}

/* Every entry in turn, the smallest ones too, off by 1e-6 of itself. */
static void one_entry_off_by_a_millionth_is_found(void **state)
{
    (void)state;
    changing = nudge_entry;
    share = 1e-6;
    const shape s = {.T = 5, .B = 2, .I = 2, .H = 3, .L = 2, .O = 2, .kind = RS_XENT};
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, s, 4);
        for (entry = 0; entry < f.model.net.parameters_n; entry += 3) {
            rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
            rs_trace_free(trace);
            if (f.gradient[entry] == 0) /* a unit of relu that is off */
                continue;
            rs_check_report report =
                check(&f, (rs_check_options){.backward = changed_backward, .no_locate = true});
            if (report.verdict != RS_WRONG)
                fail_msg("%s: entry %zu of size %g", (*cell)->name, entry, f.gradient[entry]);
            rs_check_report_free(&report);
        }
        fixture_free(&f);
    }
}

static void the_worst_entry_is_listed_first(void **state)
{
    (void)state;
    changing = nudge_entry;
    share = 0.5;
    fixture f = fixture_make(&rs_cell_lstm, three_layers, 4);
    const rs_block *block = rs_net_block(&f.model.net, RS_WEIGHT_HH, 2);
    entry = block->offset + 5 * block->cols + 2;
    rs_check_report report = check(&f, (rs_check_options){.backward = changed_backward});
    for (size_t k = 0; k < report.blocks_n; k++) {
        const rs_check_block *judged = &report.blocks[k];
        const bool here = strcmp(judged->name, block->name) == 0;
        assert_int_equal(judged->verdict, here ? RS_WRONG : RS_AGREES);
        assert_int_equal(judged->wrong_n, here ? 1 : 0);
        if (here) {
            assert_int_equal(judged->worst[0].row, 5);
            assert_int_equal(judged->worst[0].col, 2);
            assert_true(fabs(judged->worst[0].analytic - 1.5 * judged->worst[0].numeric) <
                        1e-12 * fabs(judged->worst[0].analytic));
        }
    }
    rs_check_report_free(&report);
    fixture_free(&f);
}

static void write_nan(rs_trace *trace, const double *parameters, double *gradient)
{
    (void)trace;
    (void)parameters;
    gradient[3] = NAN;
}

static void a_nan_is_wrong(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_gru, three_layers, 4);
    changing = write_nan;
    for (rs_method method = RS_COMPLEX; method <= RS_DIFFERENCE; method++) {
        rs_check_report report =
            check(&f, (rs_check_options){.backward = changed_backward, .method = method});
        assert_int_equal(report.verdict, RS_WRONG);
        rs_check_report_free(&report);
    }
    fixture_free(&f);
}

/* A gradient alone, without the derivatives of its steps: judged, and its blocks diagnosed. */
static void a_gradient_alone_is_judged_and_its_blocks_named(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, three_layers, 4);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    rs_check_report report = check(&f, (rs_check_options){.gradient = f.gradient});
    assert_int_equal(report.verdict, RS_AGREES);
    assert_int_equal(report.blocks_n, f.model.net.blocks_n);
    rs_check_report_free(&report);
    average(trace, f.model.parameters, f.gradient);
    report = check(&f, (rs_check_options){.gradient = f.gradient});
    assert_int_equal(report.verdict, RS_WRONG);
    assert_int_equal(report.findings_n, 1);
    assert_int_equal(report.findings[0].mistake, RS_SCALED);
    rs_check_report_free(&report);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void a_gradient_alone_tells_of_a_lost_path(void **state)
{
    (void)state;
    const mistake *lost = &mistakes[1]; /* the cell's carry */
    const rs_cell cell = broken_cell(lost);
    fixture f = fixture_make(&cell, three_layers, 4);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    rs_check_report report = check(&f, (rs_check_options){.gradient = f.gradient});
    assert_int_equal(report.verdict, RS_WRONG);
    assert_int_equal(report.findings_n, 1);
    assert_int_equal(report.findings[0].mistake, RS_MISSING);
    assert_string_equal(report.findings[0].path, "dc → dc[t−1]");
    rs_check_report_free(&report);
    rs_trace_free(trace);
    fixture_free(&f);
}

/* Locating costs the same number of passes however long the sequence and however many entries. */
static void locating_costs_no_more_for_more_steps(void **state)
{
    (void)state;
    size_t forwards[2];
    for (int k = 0; k < 2; k++) {
        shape s = three_layers;
        s.T = k ? 40 : 5;
        s.H = k ? 8 : 3;
        fixture f = fixture_make(&rs_cell_lstm, s, 4);
        changing = zero_dh0;
        rs_check_report report = check(&f, (rs_check_options){.backward = changed_backward});
        assert_int_equal(report.findings_n, 1);
        forwards[k] = report.forwards;
        rs_check_report_free(&report);
        fixture_free(&f);
    }
    assert_int_equal(forwards[0], forwards[1]);
}

/* The last layer's pre-activations of gate 0 with the wrong sign, which every cell can have, one
 * that is not the library's too. The rest of the pass goes on from the right ones. */
static void flip_first_gate(rs_trace *trace, const double *parameters, double *gradient)
{
    const size_t H = trace->net->hidden, G = trace->net->cell->gates_n;
    (void)parameters;
    (void)gradient;
    for (size_t row = 0; row < trace->T * trace->B; row++)
        for (size_t u = 0; u < H; u++)
            trace->layer[1].da[row * G * H + u] *= -1;
}

static void a_mistake_in_a_cell_from_outside_is_named(void **state)
{
    (void)state;
    fixture f = fixture_make(&own_cell, three_layers, 4);
    changing = flip_first_gate;
    rs_check_report report = check(&f, (rs_check_options){.backward = changed_backward});
    const rs_check_finding *first = NULL;
    for (size_t k = 0; k < report.findings_n && !first; k++)
        if (strcmp(report.findings[k].node, "a_f") == 0)
            first = &report.findings[k];
    assert_non_null(first);
    assert_int_equal(first->layer, 1);
    assert_int_equal(first->mistake, RS_SIGN);
    assert_string_equal(first->path, "df → da_f");
    rs_check_report_free(&report);
    fixture_free(&f);
}

/* ---- single precision --------------------------------------------------------------------------
 */

static void float_without_carry(rs_trace_f *trace, const float *parameters, float *gradient,
                                size_t truncate)
{
    (void)truncate;
    rs_backward_f(trace, parameters, gradient, 1);
}

static void a_mistake_in_single_precision_is_named(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, three_layers, 4);
    rs_check_report report =
        check(&f, (rs_check_options){.single = true, .backward_f = float_without_carry});
    assert_int_equal(report.verdict, RS_WRONG);
    assert_int_equal(report.findings[0].mistake, RS_MISSING);
    rs_check_report_free(&report);
    fixture_free(&f);
}

const struct CMUnitTest gradcheck_find_tests[] = {
    cmocka_unit_test(each_mistake_is_placed_and_named_in_layer_2_of_3),
    cmocka_unit_test(the_same_mistakes_in_the_first_layer),
    cmocka_unit_test(a_finding_has_its_step_path_and_numbers),
    cmocka_unit_test(mistakes_of_the_network_are_placed_and_named),
    cmocka_unit_test(truncation_is_named_with_its_period),
    cmocka_unit_test(one_entry_off_by_a_millionth_is_found),
    cmocka_unit_test(the_worst_entry_is_listed_first),
    cmocka_unit_test(a_nan_is_wrong),
    cmocka_unit_test(a_gradient_alone_is_judged_and_its_blocks_named),
    cmocka_unit_test(a_gradient_alone_tells_of_a_lost_path),
    cmocka_unit_test(locating_costs_no_more_for_more_steps),
    cmocka_unit_test(a_mistake_in_a_cell_from_outside_is_named),
    cmocka_unit_test(a_mistake_in_single_precision_is_named),
};
const size_t gradcheck_find_tests_n = TESTS_N(gradcheck_find_tests);
