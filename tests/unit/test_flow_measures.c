/* lib/flow: norms and their fit, gates, units, the one-unit net, the diagnosis. */
#include "tests/unit/fixture.h"

#include "flow/flow.h"
#include "network/init.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void norm_neither_overflows_nor_underflows(void **state)
{
    (void)state;
    const double large[2] = {3e200, -4e200}, small[2] = {3e-320, 4e-320}, odd[2] = {NAN, 1};
    assert_true(fabs(rs_norm(large, 2) / 5e200 - 1) < 1e-15);
    assert_true(fabs(rs_norm(small, 2) / 5e-320 - 1) < 1e-3); /* subnormal: few digits */
    assert_true(isnan(rs_norm(odd, 2)));
    assert_true(rs_norm((double[2]){1, -INFINITY}, 2) == INFINITY);
    assert_true(rs_norm((double[2]){0, 0}, 2) == 0);
}

static void norms_are_those_of_the_trace(void **state)
{
    (void)state;
    const shape s = {.T = 3, .B = 2, .I = 2, .H = 3, .L = 2, .O = 2, .kind = RS_MSE};
    fixture f = fixture_make(&rs_cell_lstm, s, 2);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    double norm[3], input[3];
    for (size_t channel = 0; channel < 6; channel++) {
        assert_int_equal(rs_flow_norms(trace, 1, channel, norm, NULL), RS_OK);
        assert_int_equal(rs_flow_input_norms(trace, input, NULL), RS_OK);
        for (size_t t = 0; t < 3; t++) {
            double squares = 0, input_squares = 0;
            for (size_t j = 0; j < 6; j++)
                squares += pow(trace->layer[1].d[channel][t * 6 + j], 2);
            for (size_t j = 0; j < 4; j++)
                input_squares += pow(trace->dx[t * 4 + j], 2);
            assert_true(norm[t] > 0 && fabs(norm[t] / sqrt(squares) - 1) < 1e-14);
            assert_true(fabs(input[t] / sqrt(input_squares) - 1) < 1e-14);
        }
    }
    assert_int_equal(rs_flow_norms(trace, 0, 6, norm, NULL), RS_USAGE); /* a cache */
    rs_trace_free(trace);
    trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    assert_int_equal(rs_flow_input_norms(trace, norm, NULL), RS_USAGE);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void decay_of_a_geometric_series(void **state)
{
    (void)state;
    double norm[64];
    for (size_t t = 0; t < 64; t++) /* halves every 4 steps on its way back from step 63 */
        norm[t] = 7 * pow(2, -(63.0 - (double)t) / 4);
    rs_decay decay = rs_flow_decay(norm, 64);
    assert_true(fabs(decay.half_life - 4) < 1e-12);
    assert_true(fabs(decay.rate + log(2) / 4) < 1e-14);
    assert_true(decay.residual < 1e-7 && decay.used == 64);
    assert_true(rs_decay_tells(&decay, 64) && !rs_decay_tells(&decay, 8)); /* 8 steps: only by 4 */
    norm[0] = 0;
    norm[1] = 1e-310;
    norm[2] = INFINITY;
    norm[3] = NAN;
    decay = rs_flow_decay(norm, 64); /* the rest is the same line */
    assert_true(fabs(decay.half_life - 4) < 1e-12 && decay.used == 60);
    assert_true(decay.zeros == 1 && decay.subnormals == 1 && decay.infinite == 1 &&
                decay.nans == 1);
    for (size_t t = 0; t < 64; t++)
        norm[t] = t % 2 == 0 ? exp(1) : exp(-1);
    assert_true(fabs(rs_flow_decay(norm, 64).residual - 1) < 0.01);
    decay = rs_flow_decay(norm, 64);
    assert_false(rs_decay_tells(&decay, 64)); /* up and down: no line */
    decay = rs_flow_decay(norm, 1);
    assert_true(isnan(decay.half_life) && !rs_decay_tells(&decay, 1));
}

static void gates_are_counted(void **state)
{
    (void)state;
    const shape s = {.T = 4, .B = 5, .I = 2, .H = 3, .L = 2, .O = 2, .kind = RS_MSE, .weights = 2};
    fixture f = fixture_make(&rs_cell_gru, s, 5);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    const size_t Z = (size_t)rs_channel_named(&rs_cell_gru, "z");
    const size_t N = (size_t)rs_channel_named(&rs_cell_gru, "n");
    rs_gate_unit z[3], n[3];
    assert_int_equal(rs_flow_gate(trace, 1, Z, z, NULL), RS_OK);
    assert_int_equal(rs_flow_gate(trace, 1, N, n, NULL), RS_OK);
    for (size_t u = 0; u < 3; u++) {
        double mean = 0, slope = 0, low = 0, high = 0, tanh_slope = 0, n_high = 0;
        for (size_t r = 0; r < 20; r++) {
            const double v = trace->layer[1].value[Z][r * 3 + u];
            const double c = trace->layer[1].value[N][r * 3 + u];
            mean += v / 20;
            slope += v * (1 - v) / 20;
            low += v < .1 ? .05 : 0;
            high += v > .9 ? .05 : 0;
            tanh_slope += (1 - c * c) / 20;
            n_high += c > .8 ? .05 : 0; /* nine tenths of the way from −1 to 1 */
        }
        assert_true(fabs(z[u].mean - mean) < 1e-14 && fabs(z[u].slope - slope) < 1e-14);
        assert_true(fabs(z[u].low - low) < 1e-12 && fabs(z[u].high - high) < 1e-12);
        assert_true(fabs(n[u].slope - tanh_slope) < 1e-14 && fabs(n[u].high - n_high) < 1e-12);
        assert_true(z[u].least <= mean && z[u].most >= mean && z[u].least < z[u].most);
    }
    const rs_gate_unit all = rs_flow_gate_mean(z, 3);
    assert_true(fabs(all.mean - (z[0].mean + z[1].mean + z[2].mean) / 3) < 1e-15);
    assert_true(fabs(all.slope - (z[0].slope + z[1].slope + z[2].slope) / 3) < 1e-15);
    assert_true(z[0].low + z[1].low + z[2].low + z[0].high + z[1].high + z[2].high > 0);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void a_channel_without_bounds_or_slope_has_nan_there(void **state)
{
    (void)state;
    const shape s = {.T = 3, .B = 1, .I = 2, .H = 2, .L = 1, .O = 1, .kind = RS_MSE};
    fixture f = fixture_make(&rs_cell_lstm, s, 5);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    rs_gate_unit c[2];
    assert_int_equal(rs_flow_gate(trace, 0, (size_t)rs_channel_named(&rs_cell_lstm, "c"), c, NULL),
                     RS_OK);
    assert_true(isnan(c[0].slope) && isnan(c[0].low) && isnan(c[0].high) && isfinite(c[0].mean));
    assert_int_equal(rs_flow_gate(trace, 0, 99, c, NULL), RS_USAGE);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void dead_and_stuck_units_are_told_apart(void **state)
{
    (void)state;
    const shape s = {.T = 3, .B = 2, .I = 1, .H = 3, .L = 1, .O = 1, .kind = RS_MSE};
    fixture f = fixture_make(&rs_cell_rnn_relu, s, 5);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    rs_unit_kind kind[3];
    for (size_t r = 0; r < 6; r++) {
        double *h = trace->layer[0].value[RS_H] + r * 3;
        h[0] = 0;
        h[1] = .7;
        h[2] = r == 4 ? .1 : 0;
    }
    const rs_unit_counts counts = rs_flow_units(trace, 0, 1e-3, kind);
    assert_true(counts.dead == 1 && counts.stuck == 1);
    assert_true(kind[0] == RS_DEAD && kind[1] == RS_STUCK && kind[2] == RS_ALIVE);
    rs_trace_free(trace);
    fixture_free(&f);
}

/* E of the wall in complex arithmetic of first order: x + i·dx. */
static double wall_slope(double w, double b, double dw, double db)
{
    double x = .5, dx = 0;
    for (int t = 0; t < 50; t++) {
        const double s = 1 / (1 + exp(-x)), ds = s * (1 - s) * dx;
        dx = dw * s + w * ds + db;
        x = w * s + b;
    }
    const double s = 1 / (1 + exp(-x));
    return 2 * (s - .7) * s * (1 - s) * dx;
}

static void wall_has_the_gradient_of_its_error(void **state)
{
    (void)state;
    const rs_wall at = rs_wall_at(4.8, -2.5, .5, 50, .7);
    assert_true(fabs(at.dw / wall_slope(4.8, -2.5, 1, 0) - 1) < 1e-10);
    assert_true(fabs(at.db / wall_slope(4.8, -2.5, 0, 1) - 1) < 1e-10);
    const double h = 1e-5; /* and the error itself: a central difference */
    const double up = rs_wall_at(4.8 + h, -2.5, .5, 50, .7).error;
    const double down = rs_wall_at(4.8 - h, -2.5, .5, 50, .7).error;
    assert_true(fabs((up - down) / (2 * h) / at.dw - 1) < 1e-6);
}

static void fixed_points_and_bifurcations_of_one_unit(void **state)
{
    (void)state;
    double low = 0, high = 0, x[3];
    assert_true(rs_bifurcations(5, &low, &high) == 1); /* Doya 1993; Pascanu fig. 3 */
    assert_true(fabs(low + 2.6556) < 5e-5 && fabs(high + 2.3444) < 5e-5);
    assert_true(rs_bifurcations(4, &low, &high) == 0);
    for (int k = -20; k <= 20; k++) {
        const double b = -2.5 + k * .02;
        const size_t n = rs_fixed_points(5, b, x);
        assert_int_equal(n, b > low && b < high ? 3 : 1);
        for (size_t j = 0; j < n; j++) {
            assert_true(fabs(5 / (1 + exp(-x[j])) + b - x[j]) < 1e-14);
            assert_true(rs_attracts(5, x[j]) == (j != 1));
        }
    }
    assert_int_equal(rs_fixed_points(-6, 1, x), 1);
    assert_true(fabs(-6 / (1 + exp(-x[0])) + 1 - x[0]) < 1e-14);
}

static void forget_bias_half_life_is_the_closed_form(void **state)
{
    (void)state;
    assert_true(fabs(rs_forget_half_life(0) - 1) < 1e-15);
    for (double b = -3; b < 12; b += 1.5)
        assert_true(fabs(pow(1 / (1 + exp(-b)), rs_forget_half_life(b)) - .5) < 1e-10);
    assert_true(fabs(rs_bias_that_bridges(100) - log(99)) < 1e-15);
}

/* An LSTM that hears nothing of h: gates at their biases, so that everything is known. */
static rs_model quiet_lstm(double forget_bias)
{
    const rs_net config = {
        .cell = &rs_cell_lstm, .inputs = 1, .hidden = 4, .layers = 1, .bias_ih = true};
    rs_model model;
    assert_int_equal(rs_model_make(&model, &config, NULL), RS_OK);
    for (size_t u = 0; u < 4; u++)
        model.parameters[rs_net_block(&model.net, RS_BIAS_IH, 0)->offset + 4 + u] = forget_bias;
    return model;
}

static const rs_finding *finding(const rs_diagnosis *d, rs_finding_code code, int channel)
{
    for (size_t k = 0; k < d->n; k++)
        if (d->finding[k].code == code && (channel < 0 || d->finding[k].channel == channel))
            return &d->finding[k];
    return NULL;
}

static void diagnosis_of_a_known_net(void **state)
{
    (void)state;
    const int F = rs_channel_named(&rs_cell_lstm, "f");
    rs_model model = quiet_lstm(1);
    rs_trace *trace = rs_trace_new(&model.net, 101, 1, RS_KEEP_LEAN, NULL);
    rs_diagnosis d;
    assert_non_null(trace);
    rs_forward(trace, model.parameters, NULL);
    assert_int_equal(rs_flow_diagnose(trace, model.parameters, false, &d, NULL), RS_OK);
    const rs_finding *halves = finding(&d, RS_FOUND_HALVES, -1);
    assert_non_null(halves); /* but for the first step: there h's part of the start is lost */
    assert_true(fabs(halves->value[0] / rs_forget_half_life(1) - 1) < .02);
    assert_non_null(strstr(halves->text, "the gradient halves every 2.2"));
    const rs_finding *gate = finding(&d, RS_FOUND_GATE, F);
    assert_non_null(gate);
    assert_true(fabs(gate->value[0] - 1 / (1 + exp(-1))) < 1e-12);
    const rs_finding *bridge = finding(&d, RS_FOUND_BRIDGE, F);
    assert_non_null(bridge); /* σ(b)^101 = 1/e */
    assert_true(fabs(bridge->value[2] + log(expm1(1.0 / 101))) < 1e-9);
    assert_true(fabs(bridge->value[1] - 1) < 1e-15);
    assert_true(fabs(bridge->value[0] - 1 / log1p(exp(-1))) < 1e-12);
    const rs_finding *cell = finding(&d, RS_FOUND_STATE, 1);
    assert_non_null(cell); /* h = o tanh(c), o = ½, c = 0 */
    assert_true(cell->value[0] == 0 && cell->value[1] == .5);
    const rs_finding *dead = finding(&d, RS_FOUND_DEAD, -1);
    assert_non_null(dead); /* no input, no candidate: h is 0 */
    assert_true(dead->value[0] == 4);
    rs_trace_free(trace);
    rs_model_free(&model);
}

static void diagnosis_sees_open_gates_and_bad_numbers(void **state)
{
    (void)state;
    const int F = rs_channel_named(&rs_cell_lstm, "f");
    rs_model model = quiet_lstm(9);
    rs_trace *trace = rs_trace_new(&model.net, 50, 2, RS_KEEP_LEAN, NULL);
    rs_diagnosis d;
    assert_non_null(trace);
    rs_forward(trace, model.parameters, NULL);
    assert_int_equal(rs_flow_diagnose(trace, model.parameters, false, &d, NULL), RS_OK);
    assert_non_null(finding(&d, RS_FOUND_BRIDGES, F));
    assert_non_null(finding(&d, RS_FOUND_STEADY, -1));
    assert_true(finding(&d, RS_FOUND_SATURATED, F)->value[1] == 1);
    trace->layer[0].value[1][7 * 8 + 3] = NAN;
    assert_int_equal(rs_flow_diagnose(trace, model.parameters, false, &d, NULL), RS_OK);
    assert_true(d.n == 1 && d.finding[0].code == RS_FOUND_NOT_FINITE);
    assert_true(d.finding[0].value[0] == 7 && d.finding[0].channel == 1);
    rs_trace_free(trace);
    rs_model_free(&model);
}

static void diagnosis_tells_radius_from_norm(void **state)
{
    (void)state;
    const shape s = {.T = 5, .B = 1, .I = 1, .H = 2, .L = 1, .O = 1, .kind = RS_MSE};
    fixture f = fixture_make(&rs_cell_rnn, s, 1);
    const double W[4] = {.5, 3, 0, .5};
    rs_diagnosis d;
    memcpy(f.model.parameters + rs_net_block(&f.model.net, RS_WEIGHT_HH, 0)->offset, W, sizeof W);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    assert_int_equal(rs_flow_diagnose(trace, f.model.parameters, true, &d, NULL), RS_OK);
    const rs_finding *radius = finding(&d, RS_FOUND_RADIUS, -1);
    assert_true(fabs(radius->value[0] - .5) <
                1e-7); /* σ₁ of [[a, b], [0, a]]: b/2 + √(b²/4 + a²) */
    assert_true(fabs(radius->value[1] - (1.5 + sqrt(2.25 + .25))) < 1e-12);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void diagnosis_of_every_cell_says_what_the_loss_sends(void **state)
{
    (void)state;
    const shape s = {.T = 30, .B = 2, .I = 2, .H = 4, .L = 2, .O = 2, .kind = RS_MSE, .last = true};
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, s, 9);
        rs_diagnosis d;
        rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
        assert_int_equal(rs_flow_diagnose(trace, f.model.parameters, true, &d, NULL), RS_OK);
        assert_true(d.n >= 4);
        for (size_t k = 0; k < d.n; k++)
            assert_true(strncmp(d.finding[k].text, "layer ", 6) == 0 &&
                        strlen(d.finding[k].text) < sizeof d.finding[k].text - 1);
        assert_true((finding(&d, RS_FOUND_RADIUS, -1) != NULL) == ((*cell)->gates_n == 1));
        const rs_finding *route = finding(&d, RS_FOUND_ROUTE, -1);
        assert_true((route != NULL) == ((*cell)->gates_n > 1));
        assert_true(!route || (route->value[0] > 0 && route->value[0] + route->value[1] <= 1));
        assert_null(finding(&d, RS_FOUND_NO_GRADIENT, -1));
        memset(trace->layer[1].d[RS_H], 0, s.T * 8 * sizeof(double));
        assert_int_equal(rs_flow_diagnose(trace, f.model.parameters, true, &d, NULL), RS_OK);
        assert_int_equal(finding(&d, RS_FOUND_NO_GRADIENT, -1)->layer, 1);
        trace->layer[1].d[RS_H][9 * 8] = 1;
        assert_int_equal(rs_flow_diagnose(trace, f.model.parameters, true, &d, NULL), RS_OK);
        assert_true(finding(&d, RS_FOUND_UNDERFLOW, -1)->value[0] == 8);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

/* Against the product of Jacobians, applied to nothing but what carry starts from: in one unit of
 * one state there is but one direction. */
static void carry_is_the_product_of_slopes(void **state)
{
    (void)state;
    const shape s = {.T = 400, .B = 1, .I = 1, .H = 1, .L = 1, .O = 1, .kind = RS_MSE};
    fixture f = fixture_make(&rs_cell_rnn, s, 4);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    const double w = rs_recurrent_block(&f.model.net, f.model.parameters, 0, 0)[0];
    double got[400], want = 0;
    assert_int_equal(rs_flow_carry(trace, f.model.parameters, 0, got, NULL), RS_OK);
    for (size_t t = 400; t-- > 0;) {
        assert_true(fabs(got[t] - want) <= 1e-10 * (1 + fabs(want)));
        want += log(fabs(w) * (1 - pow(trace->layer[0].value[RS_H][t], 2)));
    }
    assert_true(got[0] < -100);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void principal_axes_of_a_known_ellipse(void **state)
{
    (void)state;
    double rows[40][3], mean[3], axis[6], share[2];
    for (size_t k = 0; k < 40; k++) { /* 3 along (3, 4, 0)/5, 1 along z, about (1, 2, 3) */
        const double a = 3 * cos((double)k * .15707963267948966),
                     b = sin((double)k * .15707963267948966);
        rows[k][0] = 1 + .6 * a;
        rows[k][1] = 2 + .8 * a;
        rows[k][2] = 3 + b;
    }
    assert_int_equal(rs_principal_axes(rows[0], 40, 3, 2, mean, axis, share, NULL), RS_OK);
    const double want_mean[3] = {1, 2, 3}, want_axis[6] = {.6, .8, 0, 0, 0, 1};
    for (size_t k = 0; k < 6; k++) {
        assert_true(fabs(axis[k] - want_axis[k]) < 1e-12);
        assert_true(k > 2 || fabs(mean[k] - want_mean[k]) < 1e-12);
    }
    assert_true(fabs(share[0] - .9) < 1e-12 && fabs(share[1] - .1) < 1e-12);
    for (size_t k = 0; k < 40; k++)
        memcpy(rows[k], want_mean, sizeof want_mean); /* no spread at all */
    assert_int_equal(rs_principal_axes(rows[0], 40, 3, 2, mean, axis, share, NULL), RS_OK);
    assert_true(share[0] == 0 && share[1] == 0);
    rows[7][1] = NAN;
    assert_int_equal(rs_principal_axes(rows[0], 40, 3, 2, mean, axis, share, NULL), RS_DATA);
    assert_int_equal(rs_principal_axes(rows[0], 40, 3, 4, mean, axis, share, NULL), RS_USAGE);
}

const struct CMUnitTest flow_measures_tests[] = {
    cmocka_unit_test(principal_axes_of_a_known_ellipse),
    cmocka_unit_test(norm_neither_overflows_nor_underflows),
    cmocka_unit_test(norms_are_those_of_the_trace),
    cmocka_unit_test(decay_of_a_geometric_series),
    cmocka_unit_test(gates_are_counted),
    cmocka_unit_test(a_channel_without_bounds_or_slope_has_nan_there),
    cmocka_unit_test(dead_and_stuck_units_are_told_apart),
    cmocka_unit_test(wall_has_the_gradient_of_its_error),
    cmocka_unit_test(fixed_points_and_bifurcations_of_one_unit),
    cmocka_unit_test(forget_bias_half_life_is_the_closed_form),
    cmocka_unit_test(diagnosis_of_a_known_net),
    cmocka_unit_test(diagnosis_sees_open_gates_and_bad_numbers),
    cmocka_unit_test(diagnosis_tells_radius_from_norm),
    cmocka_unit_test(diagnosis_of_every_cell_says_what_the_loss_sends),
    cmocka_unit_test(carry_is_the_product_of_slopes)};
const size_t flow_measures_tests_n = TESTS_N(flow_measures_tests);
