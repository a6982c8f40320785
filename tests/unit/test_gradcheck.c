/* The gradient checker's parts against their slow twins, and its verdicts on correct gradients. */
#include "tests/unit/test.h"

#include "gradcheck/adjoint.h"
#include "gradcheck/check.h"
#include "gradcheck/entries.h"
#include "gradcheck/harden.h"
#include "gradcheck/paths.h"
#include "gradcheck/reference.h"
#include "tests/unit/fixture.h"
#include "tests/unit/own_cell.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const shape deep = {
    .T = 4, .B = 2, .I = 2, .H = 3, .L = 2, .O = 2, .kind = RS_XENT, .last_state = true};

/* A fixture linearised around its own pass. */
typedef struct linearised {
    fixture f;
    rs_trace *trace;
    rs_linear linear;
    rs_adjoint adjoint;
} linearised;

static void linearise(linearised *at, const rs_cell *cell, shape s, uint64_t seed)
{
    rs_error err = {0};
    at->f = fixture_make(cell, s, seed);
    at->trace = fixture_run(&at->f, RS_KEEP_ALL, 0);
    if (rs_linear_make(&at->linear, at->trace, at->f.model.parameters, &at->f.loss, false, 1, NULL,
                       &err) != RS_OK ||
        rs_adjoint_make(&at->adjoint, &at->linear, &err) != RS_OK)
        fail_msg("%s", err.text);
}

static void linearised_free(linearised *at)
{
    rs_adjoint_free(&at->adjoint);
    rs_linear_free(&at->linear);
    rs_trace_free(at->trace);
    fixture_free(&at->f);
}

/* All cells of the library, and one from outside it. */
static const rs_cell *cell_number(size_t k)
{
    size_t n = 0;
    while (rs_cells[n])
        n++;
    return k < n ? rs_cells[k] : k == n ? &own_cell : NULL;
}

static void lstm_has_its_ten_paths(void **state)
{
    (void)state;
    rs_paths paths;
    char text[200] = "", source[32];
    size_t used = 0;
    assert_int_equal(rs_paths_find(&rs_cell_lstm, &paths, NULL), RS_OK);
    for (size_t k = 0; k < paths.n && used < sizeof text; k++)
        used += (size_t)snprintf(
            text + used, sizeof text - used, "%s>%s ",
            rs_path_source_text(paths.cell, paths.path[k].source, paths.path[k].from, source),
            paths.cell->channels[paths.path[k].to].name);
    assert_string_equal(text, "a_i>i a_f>f a_g>g a_o>o i>c f>c g>c c[t−1]>c c>h o>h ");
}

static void mix_units(const rs_step_z *s)
{
    for (size_t u = 0; u < s->H; u++)
        s->now[RS_H][u] = s->a[(u + 1) % s->H];
}

static void a_cell_that_mixes_units_is_refused(void **state)
{
    (void)state;
    rs_cell cell = rs_cell_rnn;
    rs_paths paths;
    rs_error err = {0};
    cell.stages[0].forward_z = mix_units;
    assert_int_equal(rs_paths_find(&cell, &paths, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "mix units"));
}

static void the_adjoint_is_exact_for_every_parameter(void **state)
{
    (void)state;
    for (size_t c = 0; cell_number(c); c++) {
        linearised at;
        linearise(&at, cell_number(c), deep, 3 + c);
        const size_t n = at.f.model.net.parameters_n;
        rs_reference *reference =
            rs_reference_new(at.trace, at.f.model.parameters, &at.f.loss, NULL);
        double *exact = calloc(n, sizeof *exact);
        for (size_t k = 0; k < n; k++)
            exact[k] = rs_reference_parameter(reference, k);
        assert_arrays_close("gradient", at.adjoint.exact.gradient, exact, n, 1e-14);
        for (size_t k = 0; k < n; k++)
            assert_true(fabs(at.adjoint.exact.gradient[k] - exact[k]) <=
                        RS_SPREADS * at.adjoint.exact.gradient_spread[k]);
        free(exact);
        rs_reference_free(reference);
        linearised_free(&at);
    }
}

static void the_adjoint_is_exact_for_every_channel_at_every_step(void **state)
{
    (void)state;
    for (size_t c = 0; cell_number(c); c++) {
        linearised at;
        linearise(&at, cell_number(c), deep, 5 + c);
        const rs_net *net = &at.f.model.net;
        const size_t n = deep.T * deep.B * deep.H;
        double *exact = calloc(n, sizeof *exact);
        rs_reference *r = rs_reference_new(at.trace, at.f.model.parameters, &at.f.loss, NULL);
        for (size_t l = 0; l < deep.L; l++)
            for (size_t k = 0; k < net->cell->channels_n + net->cell->gates_n; k++) {
                const bool of_a = k >= net->cell->channels_n;
                const size_t g = k - net->cell->channels_n, G = net->cell->gates_n, H = deep.H;
                if (!of_a && !at.adjoint.exact.d->layer[l].d[k])
                    continue;
                double *ours = calloc(n, sizeof *ours);
                for (size_t j = 0; j < n; j++) {
                    const size_t t = j / H / deep.B, b = j / H % deep.B, u = j % H;
                    exact[j] = of_a ? rs_reference_preactivation(r, l, g, t, b, u)
                                    : rs_reference_channel(r, l, k, t, b, u);
                    ours[j] = of_a ? at.adjoint.exact.d->layer[l].da[(j / H * G + g) * H + u]
                                   : at.adjoint.exact.d->layer[l].d[k][j];
                }
                assert_arrays_close_or_zero(net->cell->name, ours, exact, n, 1e-13);
                free(ours);
            }
        rs_reference_free(r);
        free(exact);
        linearised_free(&at);
    }
}

/* Along a random direction through everything at once. */
static void the_reference_takes_any_direction(void **state)
{
    (void)state;
    linearised at;
    linearise(&at, &rs_cell_gru, deep, 2);
    const rs_net *net = &at.f.model.net;
    const size_t n = net->parameters_n, x_n = deep.T * deep.B * deep.I, BH = deep.B * deep.H;
    double *v = normal_numbers(n, 1, 1), *vx = normal_numbers(x_n, 1, 2);
    double *vs = normal_numbers(deep.L * BH, 1, 3), sum = 0;
    rs_reference *r = rs_reference_new(at.trace, at.f.model.parameters, &at.f.loss, NULL);
    const double along = rs_reference_along(r, &(rs_direction){v, vx, vs, NULL});
    for (size_t k = 0; k < n; k++)
        sum += v[k] * at.f.gradient[k];
    for (size_t k = 0; k < x_n; k++)
        sum += vx[k] * at.trace->dx[k];
    for (size_t l = 0; l < deep.L; l++)
        for (size_t k = 0; k < BH; k++)
            sum += vs[l * BH + k] * *(at.trace->layer[l].d[RS_H] - BH + k);
    assert_true(fabs(along - sum) < 1e-12 * (1 + fabs(sum)));
    rs_reference_free(r);
    free(v);
    free(vx);
    free(vs);
    linearised_free(&at);
}

/* The batch of probes against one forward pass an entry. */
static void all_entries_at_once_are_the_same_as_one_by_one(void **state)
{
    (void)state;
    for (size_t c = 0; cell_number(c); c++) {
        linearised at;
        linearise(&at, cell_number(c), deep, 8 + c);
        const rs_net *net = &at.f.model.net;
        const size_t n = net->parameters_n, x_n = deep.T * deep.B * deep.I;
        const size_t states = states_of(net->cell), BH = deep.B * deep.H;
        double *g = calloc(n, sizeof *g), *one = calloc(n, sizeof *one);
        double *dx = calloc(x_n, sizeof *dx), *ds = calloc(deep.L * states * BH, sizeof *ds);
        rs_reference *r = rs_reference_new(at.trace, at.f.model.parameters, &at.f.loss, NULL);
        for (size_t k = 0; k < n; k++)
            one[k] = rs_reference_parameter(r, k);
        assert_int_equal(rs_entries(&at.linear, NULL, g, dx, ds, NULL), RS_OK);
        assert_arrays_close("entries", g, one, n, 1e-14);
        assert_arrays_close_or_zero("dx", dx, at.trace->dx, x_n, 1e-13);
        for (size_t l = 0, s = 0; l < deep.L; l++)
            for (size_t k = 0; k < net->cell->channels_n; k++)
                if (net->cell->channels[k].role == RS_STATE)
                    assert_arrays_close_or_zero("initial", ds + s++ * BH,
                                                at.trace->layer[l].d[k] - BH, BH, 1e-13);
        rs_reference_free(r);
        free(g);
        free(one);
        free(dx);
        free(ds);
        linearised_free(&at);
    }
}

static double progress_seen;
static void see_progress(void *context, double share)
{
    (void)context;
    progress_seen = share;
}

static void entries_in_pieces_and_threads_are_the_same(void **state)
{
    (void)state;
    linearised at;
    linearise(&at, &rs_cell_lstm, deep, 4);
    const size_t n = at.f.model.net.parameters_n;
    double *whole = calloc(n, sizeof *whole), *pieces = calloc(n, sizeof *pieces);
    const rs_entries_options two = {.threads = 2, .progress = see_progress};
    const rs_entries_options small = {.threads = 1, .memory = 1};
    assert_int_equal(rs_entries(&at.linear, NULL, whole, NULL, NULL, NULL), RS_OK);
    assert_int_equal(rs_entries(&at.linear, &two, pieces, NULL, NULL, NULL), RS_OK);
    assert_memory_equal(whole, pieces, n * sizeof *whole);
    assert_true(progress_seen == 1);
    assert_int_equal(rs_entries(&at.linear, &small, pieces, NULL, NULL, NULL), RS_OK);
    assert_arrays_close("pieces", pieces, whole, n, 1e-14);
    free(whole);
    free(pieces);
    linearised_free(&at);
}

/* ---- correct gradients -------------------------------------------------------------------------
 */

static void judge_correct(const rs_cell *cell, size_t T, size_t H, double gain, bool single,
                          uint64_t seed)
{
    static const rs_loss_kind kinds[] = {RS_MSE, RS_BCE, RS_XENT};
    const rs_loss loss = {.kind = kinds[seed % 3], .last = seed % 2};
    const rs_net net = {.cell = cell,
                        .inputs = 2,
                        .hidden = H,
                        .layers = 1 + seed % 2,
                        .outputs = seed % 4 ? 2 : 0,
                        .bias_ih = true,
                        .bias_hh = seed % 5 > 0};
    rs_hard_point point;
    rs_check_report report;
    assert_int_equal(rs_hard_point_make_sized(&point, &net, T, 1 + seed % 2, &loss, seed, NULL),
                     RS_OK);
    for (size_t k = 0; k < point.model.net.parameters_n; k++)
        point.model.parameters[k] *= gain;
    const rs_check_options options = {.single = single, .threads = 1, .seed = seed};
    assert_int_equal(
        rs_check(point.trace, point.model.parameters, &point.loss, &options, &report, NULL), RS_OK);
    if (report.verdict == RS_WRONG || (!single && report.verdict != RS_AGREES))
        fail_msg("%s T=%zu H=%zu gain=%g %s seed %d: %s", cell->name, T, H, gain,
                 single ? "float" : "double", (int)seed, rs_verdict_name(report.verdict));
    rs_check_report_free(&report);
    rs_hard_point_free(&point);
}

/* A sample; tests/grid/false_alarms.c takes the whole grid. */
static void correct_gradients_are_never_accused(void **state)
{
    (void)state;
    static const double gains[] = {0.01, 1, 6};
    static const size_t hidden[] = {1, 2, 16};
    uint64_t seed = 0;
    for (size_t c = 0; cell_number(c); c++)
        for (size_t g = 0; g < 3; g++)
            for (size_t h = 0; h < 3; h++)
                for (int how = 0; how < 4; how++)
                    judge_correct(cell_number(c), how & 1 ? 60 : 1, hidden[h], gains[g], how & 2,
                                  1 + seed++ % 20);
}

/* Saturated units: the gradient of one sequence has vanished to 1e-217 beside another's that has
 * not, and the bars of both must be their own. */
static void vanished_gradients_are_never_accused(void **state)
{
    (void)state;
    const rs_loss loss = {.kind = RS_XENT, .last = true};
    const rs_net net = {.cell = &rs_cell_rnn,
                        .inputs = 3,
                        .hidden = 1,
                        .layers = 3,
                        .outputs = 2,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        rs_hard_point point;
        rs_check_report report;
        assert_int_equal(rs_hard_point_make_sized(&point, &net, 60, 2, &loss, seed, NULL), RS_OK);
        for (size_t k = 0; k < point.model.net.parameters_n; k++)
            point.model.parameters[k] *= 6;
        assert_int_equal(
            rs_check(point.trace, point.model.parameters, &point.loss, NULL, &report, NULL), RS_OK);
        assert_int_equal(report.verdict, RS_AGREES);
        rs_check_report_free(&report);
        rs_hard_point_free(&point);
    }
}

static rs_check_report check(const fixture *f, rs_check_options options)
{
    rs_check_report report;
    rs_trace *trace = fixture_trace(f, RS_KEEP_ALL);
    options.threads = 1;
    assert_int_equal(rs_check(trace, f->model.parameters, &f->loss, &options, &report, NULL),
                     RS_OK);
    rs_trace_free(trace);
    return report;
}

static void every_method_agrees_on_a_correct_gradient(void **state)
{
    (void)state;
    for (size_t c = 0; cell_number(c); c++) {
        fixture f = fixture_make(cell_number(c), deep, 6);
        for (rs_method method = RS_COMPLEX; method <= RS_TAYLOR; method++) {
            rs_check_report report = check(&f, (rs_check_options){.method = method});
            if (report.verdict != RS_AGREES)
                fail_msg("%s, %s: %s", report.cell, rs_method_name(method),
                         rs_verdict_name(report.verdict));
            assert_int_equal(report.findings_n, 0);
            assert_true(report.forwards > report.blocks_n);
            rs_check_report_free(&report);
        }
        fixture_free(&f);
    }
}

static void scaled_backward(rs_trace *trace, const double *parameters, double *gradient,
                            size_t truncate)
{
    rs_backward(trace, parameters, gradient, truncate);
    const rs_block *block = rs_net_block(trace->net, RS_WEIGHT_HH, 0);
    for (size_t k = 0; k < block->rows * block->cols; k++)
        gradient[block->offset + k] *= 1.001;
}

/* 0.1 % off is more than torch's gradcheck asks for. */
static void every_method_finds_a_block_a_thousandth_off(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_gru, deep, 6);
    for (rs_method method = RS_COMPLEX; method <= RS_TAYLOR; method++) {
        rs_check_report report =
            check(&f, (rs_check_options){.method = method, .backward = scaled_backward});
        assert_int_equal(report.verdict, RS_WRONG);
        assert_string_equal(report.findings[0].node, "weight_hh");
        for (size_t k = 0; k < report.blocks_n; k++)
            assert_int_equal(report.blocks[k].verdict,
                             strcmp(report.blocks[k].name, "weight_hh_l0") == 0 ? RS_WRONG
                                                                                : RS_AGREES);
        rs_check_report_free(&report);
    }
    fixture_free(&f);
}

static void a_pass_beyond_the_range_of_numbers_is_inconclusive(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_rnn_relu, deep, 6);
    const rs_block *weight = rs_net_block(&f.model.net, RS_WEIGHT_HH, 0);
    for (size_t k = 0; k < weight->rows * weight->cols; k++)
        f.model.parameters[weight->offset + k] = 1e200;
    rs_check_report report = check(&f, (rs_check_options){0});
    assert_int_equal(report.verdict, RS_UNDECIDED);
    assert_non_null(report.why);
    rs_check_report_free(&report);
    fixture_free(&f);
}

static void what_cannot_be_checked_is_refused(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_rnn, deep, 6);
    rs_check_report report;
    rs_error err = {0};
    rs_trace *lean = fixture_trace(&f, RS_KEEP_LEAN), *all = fixture_trace(&f, RS_KEEP_ALL);
    const rs_loss none = {.kind = RS_NO_LOSS};
    assert_int_equal(rs_check(lean, f.model.parameters, &f.loss, NULL, &report, &err), RS_USAGE);
    rs_check_report_free(&report);
    assert_int_equal(rs_check(all, f.model.parameters, &none, NULL, &report, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "no loss"));
    rs_check_report_free(&report);
    rs_trace_free(lean);
    rs_trace_free(all);
    fixture_free(&f);
}

/* ---- the point, and the report ------------------------------------------------------------------
 */

static bool warns_of(const rs_check_report *report, const char *words)
{
    for (size_t k = 0; k < report->warnings_n; k++)
        if (strstr(report->warnings[k], words))
            return true;
    return false;
}

static void a_point_that_hides_mistakes_is_called_so(void **state)
{
    (void)state;
    const shape poor = {.T = 1, .B = 1, .I = 2, .H = 1, .L = 1, .O = 1, .kind = RS_MSE};
    fixture f = fixture_make(&rs_cell_lstm, poor, 6);
    memset(f.initial, 0, 2 * sizeof *f.initial);
    for (size_t k = 0; k < f.model.net.parameters_n; k++)
        f.model.parameters[k] *= 1000;
    rs_check_report report = check(&f, (rs_check_options){0});
    assert_true(warns_of(&report, "T = 1"));
    assert_true(warns_of(&report, "initial state is zero"));
    assert_true(warns_of(&report, "one unit"));
    assert_true(warns_of(&report, "one sequence"));
    assert_true(warns_of(&report, "at its limit"));
    assert_true(warns_of(&report, "nothing flows through the path dc → df"));
    assert_true(warns_of(&report, "weight_hh_l0: its whole derivative is 0"));
    rs_check_report_free(&report);

    rs_hard_point point;
    assert_int_equal(rs_hard_point_make(&point, &f.model.net, 1, 1, &f.loss, 1, NULL), RS_OK);
    assert_int_equal(
        rs_check(point.trace, point.model.parameters, &point.loss, NULL, &report, NULL), RS_OK);
    assert_int_equal(report.warnings_n, 0);
    assert_true(point.trace->T >= 3 && point.model.net.hidden >= 2);
    rs_check_report_free(&report);
    rs_hard_point_free(&point);
    fixture_free(&f);
}

static rs_check_report wrong_report(fixture *f)
{
    *f = fixture_make(&rs_cell_gru, deep, 6);
    return check(f, (rs_check_options){.backward = scaled_backward, .worst = 2});
}

static void the_report_says_it_in_words(void **state)
{
    (void)state;
    fixture f;
    rs_check_report report = wrong_report(&f);
    char *text = rs_check_report_text(&report, NULL);
    assert_int_equal(strncmp(text, "The gradient is WRONG: 1 of 12 blocks, 11 agree.\n", 49), 0);
    const char *offender = strstr(text, "\n* weight_hh_l0");
    assert_non_null(offender);
    assert_true(offender < strstr(text, "weight_ih_l0"));
    assert_non_null(strstr(offender, "\n    * ["));
    assert_non_null(strstr(text, "1.001 times what it should be"));
    assert_non_null(strstr(text, "Next: "));
    free(text);
    rs_check_report_free(&report);
    fixture_free(&f);
}

static const char *string_of(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
}

static void the_json_has_the_fields_of_the_contract(void **state)
{
    (void)state;
    static const char *const fields[] = {"verdict", "method", "cell",    "parameters", "forwards",
                                         "seconds", "blocks", "located", "warnings"};
    fixture f;
    rs_check_report report = wrong_report(&f);
    char *text = rs_check_report_json(&report, NULL);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    for (size_t k = 0; k < TESTS_N(fields); k++)
        assert_true(cJSON_HasObjectItem(json, fields[k]));
    assert_string_equal(string_of(json, "verdict"), "wrong");
    const cJSON *block = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "blocks"), 1);
    assert_string_equal(string_of(block, "name"), "weight_hh_l0");
    assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(block, "entries")), 27);
    const cJSON *worst = cJSON_GetObjectItem(block, "worst");
    assert_int_equal(cJSON_GetArraySize(worst), 2);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(cJSON_GetArrayItem(worst, 0), "index")),
                     2);
    const cJSON *located = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "located"), 0);
    assert_string_equal(string_of(located, "node"), "weight_hh");
    assert_string_equal(string_of(located, "diagnosis"), "scaled");
    assert_non_null(string_of(located, "text"));
    assert_non_null(string_of(located, "path"));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(located, "t")));
    cJSON_Delete(json);
    free(text);
    rs_check_report_free(&report);
    fixture_free(&f);
}

static void located_is_null_where_nothing_is_wrong(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_rnn, deep, 6);
    rs_check_report report = check(&f, (rs_check_options){0});
    char *text = rs_check_report_json(&report, NULL);
    cJSON *json = cJSON_Parse(text);
    assert_string_equal(string_of(json, "verdict"), "agrees");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(json, "located")));
    cJSON_Delete(json);
    free(text);
    rs_check_report_free(&report);
    fixture_free(&f);
}

static void costs_are_said_beforehand(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, deep, 6);
    for (rs_method method = RS_COMPLEX; method <= RS_ENTRIES; method++) {
        rs_check_report report = check(&f, (rs_check_options){.method = method});
        assert_int_equal(report.forwards, rs_check_cost(&f.model.net, deep.T, deep.B, method));
        rs_check_report_free(&report);
    }
    assert_true(rs_check_bytes(&f.model.net, deep.T, deep.B, RS_COMPLEX, 1) >
                rs_trace_bytes(&f.model.net, deep.T, deep.B, RS_KEEP_ALL, sizeof(double)));
    assert_true(rs_check_bytes(&f.model.net, SIZE_MAX / 2, 2, RS_COMPLEX, 1) == SIZE_MAX);
    fixture_free(&f);
}

const struct CMUnitTest gradcheck_tests[] = {
    cmocka_unit_test(lstm_has_its_ten_paths),
    cmocka_unit_test(a_cell_that_mixes_units_is_refused),
    cmocka_unit_test(the_adjoint_is_exact_for_every_parameter),
    cmocka_unit_test(the_adjoint_is_exact_for_every_channel_at_every_step),
    cmocka_unit_test(the_reference_takes_any_direction),
    cmocka_unit_test(all_entries_at_once_are_the_same_as_one_by_one),
    cmocka_unit_test(entries_in_pieces_and_threads_are_the_same),
    cmocka_unit_test(correct_gradients_are_never_accused),
    cmocka_unit_test(vanished_gradients_are_never_accused),
    cmocka_unit_test(every_method_agrees_on_a_correct_gradient),
    cmocka_unit_test(every_method_finds_a_block_a_thousandth_off),
    cmocka_unit_test(a_pass_beyond_the_range_of_numbers_is_inconclusive),
    cmocka_unit_test(what_cannot_be_checked_is_refused),
    cmocka_unit_test(a_point_that_hides_mistakes_is_called_so),
    cmocka_unit_test(the_report_says_it_in_words),
    cmocka_unit_test(the_json_has_the_fields_of_the_contract),
    cmocka_unit_test(located_is_null_where_nothing_is_wrong),
    cmocka_unit_test(costs_are_said_beforehand),
};
const size_t gradcheck_tests_n = TESTS_N(gradcheck_tests);
