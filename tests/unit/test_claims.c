/* What is usually said about gradients in recurrent networks, and what is true: a test a claim. Of
 * random nets the figures are bands, with our own generator; others are exact. */
#include "tests/unit/fixture.h"

#include "flow/flow.h"
#include "network/init.h"
#include "train/clip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A net with a trace: one layer, one sequence, no readout. The trace points to the net, which
 * therefore has a place of its own. */
typedef struct scene {
    rs_model *model;
    rs_trace *trace;
} scene;

static scene scene_make(const rs_cell *cell, size_t inputs, size_t H, size_t T)
{
    const rs_net config = {
        .cell = cell, .inputs = inputs, .hidden = H, .layers = 1, .bias_ih = true, .bias_hh = true};
    scene s = {.model = malloc(sizeof *s.model)};
    assert_non_null(s.model);
    assert_int_equal(rs_model_make(s.model, &config, NULL), RS_OK);
    s.trace = rs_trace_new(&s.model->net, T, 1, RS_KEEP_LEAN, NULL);
    assert_non_null(s.trace);
    return s;
}

static void scene_free(scene *s)
{
    rs_trace_free(s->trace);
    rs_model_free(s->model);
    free(s->model);
}

static double *block(const scene *s, rs_block_kind kind)
{
    return s->model->parameters + rs_net_block(&s->model->net, kind, 0)->offset;
}

static void fill_normal(double *numbers, size_t n, double std, uint64_t seed)
{
    double *drawn = normal_numbers(n, std, seed);
    memcpy(numbers, drawn, n * sizeof *drawn);
    free(drawn);
}

/* ln of the 2-norm of the block of ∂s_T/∂s_0; log_norm of any length in [T+1], entry of `before`.
 */
static double log_product(const scene *s, const rs_flow_block *part, size_t before)
{
    double *log_norm = calloc(s->trace->T + 1, sizeof *log_norm);
    assert_int_equal(
        rs_flow_jacobian_norms(s->trace, s->model->parameters, 0, 0, part, log_norm, NULL), RS_OK);
    const double result = log_norm[before];
    free(log_norm);
    return result;
}

static bool between(double value, double low, double high) { return value >= low && value <= high; }

/* C1 "With the largest eigenvalue of W below 1, the gradient vanishes." As t → ∞ in a linear net; a
 * non-normal W grows first. */
static void claim_01_eigenvalues_below_one_may_grow_first(void **state)
{
    (void)state;
    enum { T = 60 };
    const double W[4] = {.9, 5, 0, .9};
    double log_norm[T + 1], radius = 0;
    size_t best = 0, below = 0;
    scene s = scene_make(&rs_cell_rnn_relu, 1, 2, T);
    memcpy(block(&s, RS_WEIGHT_HH), W, sizeof W);
    for (size_t k = 0; k < T * 2; k++)
        s.trace->layer[0].value[RS_H][k] = 1; /* every unit on: the net is linear */
    assert_int_equal(rs_spectral_radius(W, 2, &radius, NULL), RS_OK);
    assert_true(fabs(radius - .9) < 1e-7);
    assert_int_equal(
        rs_flow_jacobian_norms(s.trace, s.model->parameters, 0, 0, NULL, log_norm, NULL), RS_OK);
    for (size_t t = 1; t <= T; t++) {
        best = log_norm[T - t] > log_norm[T - best] ? t : best;
        below = below == 0 && log_norm[T - t] < 0 ? t : below;
    }
    assert_int_equal(best, 9);
    assert_true(between(exp(log_norm[T - 9]), 19.375, 19.385));
    assert_int_equal(below, 55);
    scene_free(&s);
}

/* C1, further: even with ρ(W) = 0 it can explode, when the slopes differ between units. */
static void claim_01_no_eigenvalue_at_all_and_it_explodes(void **state)
{
    (void)state;
    const double W[4] = {2, -2, 2, -2};
    double radius = 1;
    scene s = scene_make(&rs_cell_rnn, 1, 2, 30);
    memcpy(block(&s, RS_WEIGHT_HH), W, sizeof W);
    for (size_t t = 0; t < 30; t++)
        s.trace->layer[0].value[RS_H][2 * t + 1] = sqrt(.9); /* unit 2 held at tanh′ = .1 */
    assert_int_equal(rs_spectral_radius(W, 2, &radius, NULL), RS_OK);
    assert_true(radius < 1e-7);
    assert_true(between(exp(log_product(&s, NULL, 0)), 7.1e7, 7.3e7));
    scene_free(&s);
}

/* C1, what is sufficient for tanh: the largest *singular* value below 1 (Pascanu et al. 2013). */
static void claim_01_singular_values_below_one_are_sufficient(void **state)
{
    (void)state;
    enum { T = 40, UNITS = 8 };
    double norm = 0;
    scene s = scene_make(&rs_cell_rnn, 2, UNITS, T);
    double *W = block(&s, RS_WEIGHT_HH);
    fill_normal(s.model->parameters, s.model->net.parameters_n, 1, 1);
    fill_normal(s.trace->x, T * 2, 1, 2);
    assert_int_equal(rs_spectral_norm(W, UNITS, &norm, NULL), RS_OK);
    for (size_t k = 0; k < UNITS * UNITS; k++)
        W[k] *= .95 / norm;
    rs_forward(s.trace, s.model->parameters, NULL);
    for (size_t t = 0; t < T; t++)
        assert_true(log_product(&s, NULL, t) <= (double)(T - t) * log(.95));
    scene_free(&s);
}

/* C2 "Above 1 it explodes." Necessary, not sufficient: the state saturates. h = tanh(w h). */
static void claim_02_above_one_it_may_vanish_faster(void **state)
{
    (void)state;
    const struct {
        double w, low, high;
    } known[] = {{.5, 8.15e-16, 8.25e-16},
                 {1, 3.35e-2, 3.45e-2},
                 {2, 1.45e-38, 1.55e-38},
                 {3, 5.15e-75, 5.25e-75}};
    for (size_t k = 0; k < TESTS_N(known); k++) {
        scene s = scene_make(&rs_cell_rnn, 1, 1, 50);
        block(&s, RS_WEIGHT_HH)[0] = known[k].w;
        s.trace->layer[0].value[RS_H][-1] = .5; /* h_0 */
        rs_forward(s.trace, s.model->parameters, NULL);
        assert_true(between(exp(log_product(&s, NULL, 0)), known[k].low, known[k].high));
        scene_free(&s);
    }
}

/* The largest Lyapunov exponent of a random tanh net, each unit driven by noise of its own. */
static double random_net_exponent(double gain, double input, uint64_t seed)
{
    enum { UNITS = 128, T = 500 };
    double exponent = 0;
    scene s = scene_make(&rs_cell_rnn, UNITS, UNITS, T);
    for (size_t u = 0; u < UNITS; u++)
        block(&s, RS_WEIGHT_IH)[u * UNITS + u] = 1;
    fill_normal(block(&s, RS_WEIGHT_HH), UNITS * UNITS, gain / sqrt(UNITS), seed);
    fill_normal(s.trace->x, T * UNITS, input, seed + 1);
    fill_normal(s.trace->layer[0].value[RS_H] - UNITS, UNITS, .5, seed + 2);
    rs_forward(s.trace, s.model->parameters, NULL);
    assert_int_equal(rs_flow_lyapunov(s.trace, s.model->parameters, 0, 0, 100, 1, &exponent, NULL),
                     RS_OK);
    scene_free(&s);
    return exponent;
}

/* C3 "W decides." W and the input: noise saturates units, and the same W that was chaotic (gradient
 * explodes) makes it vanish. */
static void claim_03_the_input_decides_too(void **state)
{
    (void)state;
    const double alone = (random_net_exponent(1.5, 0, 1) + random_net_exponent(1.5, 0, 11)) / 2;
    const double driven = (random_net_exponent(1.5, 1, 1) + random_net_exponent(1.5, 1, 11)) / 2;
    assert_true(between(alone, .01, .12));
    assert_true(between(driven, -.22, -.09));
    assert_true(random_net_exponent(.8, 0, 1) < -.1);
}

/* C4 "The gradient vanishes." Its far terms do, the sum over lags stays. */
static void claim_04_the_far_terms_vanish_the_sum_stays(void **state)
{
    (void)state;
    enum { T = 100, UNITS = 32 };
    double lags[T], far = 0;
    scene s = scene_make(&rs_cell_rnn, UNITS, UNITS, T);
    double *target = normal_numbers(T * UNITS, 1, 5);
    const rs_loss loss = {.kind = RS_MSE, .sum = true, .target = target};
    double *gradient = calloc(s.model->net.parameters_n, sizeof *gradient);
    for (size_t u = 0; u < UNITS; u++)
        block(&s, RS_WEIGHT_IH)[u * UNITS + u] = 1;
    fill_normal(block(&s, RS_WEIGHT_HH), UNITS * UNITS, .9 / sqrt(UNITS), 6);
    fill_normal(s.trace->x, T * UNITS, 1, 7);
    rs_forward(s.trace, s.model->parameters, NULL);
    assert_int_equal(rs_flow_lags(s.trace, s.model->parameters, &loss, 0, 2, NULL, lags, NULL),
                     RS_OK);
    rs_loss_forward(s.trace, &loss);
    rs_backward(s.trace, s.model->parameters, gradient, 0);
    const double whole =
        rs_norm(gradient + rs_net_block(&s.model->net, RS_WEIGHT_HH, 0)->offset, UNITS * UNITS);
    for (size_t lag = 20; lag < T; lag++)
        far += lags[lag];
    assert_true(whole > 1 && far > 0);
    assert_true(far < 1e-3 * whole);
    assert_true(lags[0] > .3 * whole);
    free(gradient);
    free(target);
    scene_free(&s);
}

static const rs_flow_block CELL_PATH = {1, 1, 1}, CELL_TOTAL = {1, 1, 0};

/* An LSTM of torch's initialisation on noise, T = 100, H = 32. */
static scene random_lstm(double forget_bias, double gain, uint64_t seed)
{
    enum { T = 100, UNITS = 32, INPUTS = 8 };
    const rs_init init = {
        .has_gain = true, .gain = gain, .has_forget_bias = true, .forget_bias = forget_bias};
    scene s = scene_make(&rs_cell_lstm, INPUTS, UNITS, T);
    assert_int_equal(rs_model_init(s.model, &init, seed, NULL), RS_OK);
    fill_normal(s.trace->x, T * INPUTS, 1, seed + 1);
    rs_forward(s.trace, s.model->parameters, NULL);
    return s;
}

/* C5 "∂c_k/∂c_{k−1} = f_k." That is the direct part; h and the gates add to it, and over many steps
 * they are most of it. */
static void claim_05_the_cell_path_is_not_the_whole_derivative(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        scene s = random_lstm(0, 1, seed);
        const double direct = log_product(&s, &CELL_PATH, 0) / log(10);
        const double total = log_product(&s, &CELL_TOTAL, 0) / log(10);
        assert_true(between(direct, -31, -26));
        assert_true(between(total, -21, -17));
        scene_free(&s);
    }
}

/* C6 "The forget gate prevents vanishing." If f ≈ 1; at bias 0 it is the vanishing factor. */
static void claim_06_the_forget_gate_is_the_factor(void **state)
{
    (void)state;
    const struct {
        double bias, low, high, half_life;
    } known[] = {{0, 7.85e-31, 7.95e-31, 1},
                 {1, 2.45e-14, 2.55e-14, 2.2},
                 {3, 7.75e-3, 7.85e-3, 14.3},
                 {5, .505, .515, 103}};
    for (size_t k = 0; k < TESTS_N(known); k++) {
        scene s = scene_make(&rs_cell_lstm, 1, 1, 100); /* all else is 0: it hears nothing of h */
        block(&s, RS_BIAS_IH)[1] = known[k].bias;
        rs_forward(s.trace, s.model->parameters, NULL);
        assert_true(between(exp(log_product(&s, &CELL_TOTAL, 0)), known[k].low, known[k].high));
        assert_true(fabs(rs_forget_half_life(known[k].bias) / known[k].half_life - 1) < .01);
        scene_free(&s);
    }
}

/* C7 "Factors in [0, 1], or around 1, so an LSTM cures both." The cell path cannot explode, the
 * other paths can. */
static void claim_07_an_lstm_can_explode_but_not_along_the_cell_path(void **state)
{
    (void)state;
    size_t exploded = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        scene s = random_lstm(1, 5, seed);
        const double direct = log_product(&s, &CELL_PATH, 0) / log(10);
        const double total = log_product(&s, &CELL_TOTAL, 0) / log(10);
        exploded += total > 2 ? 1 : 0;
        assert_true(between(direct, -12, -1));
        assert_true(total > direct + 1);
        scene_free(&s);
    }
    assert_true(exploded >= 3);
}

/* Mean |c| and mean 1 − tanh²(c) of an LSTM that writes the same candidate at every step. */
static void open_cell(double b_i, double *size, double *slope)
{
    enum { T = 200 };
    scene s = scene_make(&rs_cell_lstm, 1, 1, T);
    double *bias = block(&s, RS_BIAS_IH);
    bias[0] = b_i;
    bias[1] = log(T - 1); /* a forget bias that bridges the sequence */
    bias[2] = 1;
    rs_forward(s.trace, s.model->parameters, NULL);
    *size = *slope = 0;
    for (size_t t = 0; t < T; t++) {
        const double c = s.trace->layer[0].value[1][t];
        *size += fabs(c) / T;
        *slope += (1 - tanh(c) * tanh(c)) / T;
    }
    scene_free(&s);
}

/* C8 "Open gates are good." With i ≈ .5 the cell grows, tanh(c) saturates, and h passes no
 * gradient; hence chrono's b_i = −b_f (Tallec & Ollivier 2018). */
static void claim_08_an_open_input_gate_saturates_the_cell(void **state)
{
    (void)state;
    double size = 0, slope = 0, chrono_size = 0, chrono_slope = 0;
    open_cell(0, &size, &slope);
    open_cell(-log(199), &chrono_size, &chrono_slope);
    assert_true(size > 20 && slope < .05);
    assert_true(chrono_size < 1 && chrono_slope > .7);
}

/* C9 "Gates are switches." σ′ is at most ¼ and nothing where a gate is shut: a shut gate cannot
 * learn to open. */
static void claim_09_a_shut_gate_has_no_slope(void **state)
{
    (void)state;
    double before = 1;
    for (double bias = 0; bias >= -10; bias -= 2) {
        rs_gate_unit unit;
        scene s = scene_make(&rs_cell_lstm, 1, 1, 5);
        block(&s, RS_BIAS_IH)[0] = bias;
        rs_forward(s.trace, s.model->parameters, NULL);
        assert_int_equal(
            rs_flow_gate(s.trace, 0, (size_t)rs_channel_named(&rs_cell_lstm, "i"), &unit, NULL),
            RS_OK);
        assert_true(unit.slope <= .25 && unit.slope < before);
        assert_true(bias < 0 || unit.slope == .25);
        assert_true(bias > -3 || unit.low == 1);
        before = unit.slope;
        scene_free(&s);
    }
    assert_true(before < 5e-5);
}

/* log10 of ‖∂h_T/∂h_0‖ of a tanh net with orthogonal W, H = 64, T = 100, on noise of this size. */
static double orthogonal_product(double input, uint64_t seed)
{
    enum { T = 100, UNITS = 64 };
    const rs_init init = {.name = "orthogonal"};
    scene s = scene_make(&rs_cell_rnn, UNITS, UNITS, T);
    assert_int_equal(rs_model_init(s.model, &init, seed, NULL), RS_OK);
    memset(block(&s, RS_WEIGHT_IH), 0, UNITS * UNITS * sizeof(double));
    for (size_t u = 0; u < UNITS; u++)
        block(&s, RS_WEIGHT_IH)[u * UNITS + u] = 1;
    fill_normal(s.trace->x, T * UNITS, input, seed + 1);
    fill_normal(s.trace->layer[0].value[RS_H] - UNITS, UNITS, .1, seed + 2);
    rs_forward(s.trace, s.model->parameters, NULL);
    const double result = log_product(&s, NULL, 0) / log(10);
    scene_free(&s);
    return result;
}

/* C10 "An orthogonal W keeps the norm." Of a linear net; tanh takes some at every step, the more
 * the larger the input. */
static void claim_10_orthogonal_weights_do_not_keep_the_norm_of_tanh(void **state)
{
    (void)state;
    assert_true(between(orthogonal_product(0, 1), -.6, 0));
    assert_true(between(orthogonal_product(.1, 1), -3.5, -1.5));
    assert_true(between(orthogonal_product(.3, 1), -9, -6));
    assert_true(between(orthogonal_product(1, 1), -23, -18));
}

/* C11 "The GRU has two gates, hence it is faster." It has exactly ¾ of the recurrent parameters at
 * equal H; time is for the stopwatch. Its two reset conventions are different functions of the same
 * weights. */
static void claim_11_a_gru_has_three_quarters_of_the_parameters(void **state)
{
    (void)state;
    for (size_t H = 1; H < 100; H += 13) {
        scene lstm = scene_make(&rs_cell_lstm, 7, H, 1), gru = scene_make(&rs_cell_gru, 7, H, 1);
        assert_int_equal(4 * gru.model->net.parameters_n, 3 * lstm.model->net.parameters_n);
        scene_free(&lstm);
        scene_free(&gru);
    }
    scene after = scene_make(&rs_cell_gru, 2, 4, 6);
    scene before = scene_make(&rs_cell_gru_reset_before, 2, 4, 6);
    const size_t n = after.model->net.parameters_n;
    double apart = 0;
    assert_int_equal(n, before.model->net.parameters_n);
    fill_normal(after.model->parameters, n, 1, 3);
    fill_normal(before.model->parameters, n, 1, 3);
    fill_normal(after.trace->x, 12, 1, 4);
    fill_normal(before.trace->x, 12, 1, 4);
    rs_forward(after.trace, after.model->parameters, NULL);
    rs_forward(before.trace, before.model->parameters, NULL);
    for (size_t k = 0; k < 24; k++)
        apart = fmax(apart, fabs(after.trace->y[k] - before.trace->y[k]));
    assert_true(apart > .05);
    scene_free(&after);
    scene_free(&before);
}

/* C12 "The LSTM is stronger." In one thing it is: its cell can count without bound, while a GRU's
 * state, a mean of its past and a candidate in (−1, 1), never leaves (−1, 1) (Weiss et al. 2018).
 */
static void claim_12_an_lstm_counts_and_a_gru_cannot(void **state)
{
    (void)state;
    enum { T = 500 };
    scene lstm = scene_make(&rs_cell_lstm, 1, 1, T), gru = scene_make(&rs_cell_gru, 1, 1, T);
    for (size_t gate = 0; gate < 4; gate++)
        block(&lstm, RS_BIAS_IH)[gate] = 20; /* i = f = g = o = 1: c counts the steps */
    rs_forward(lstm.trace, lstm.model->parameters, NULL);
    for (size_t t = 0; t < T; t++)
        assert_true(fabs(lstm.trace->layer[0].value[1][t] - (double)(t + 1)) < 1e-3);
    for (uint64_t seed = 0; seed < 20; seed++) {
        fill_normal(gru.model->parameters, gru.model->net.parameters_n, 3, seed);
        fill_normal(gru.trace->x, T, 3, seed + 100);
        rs_forward(gru.trace, gru.model->parameters, NULL);
        for (size_t t = 0; t < T; t++)
            assert_true(fabs(gru.trace->layer[0].value[RS_H][t]) <= 1);
    }
    scene_free(&lstm);
    scene_free(&gru);
}

/* Descends the wall's error from (w, b); returns how far from the start it ever got. */
static double descend(double w, double b, double clip, int updates, double *gradient_most)
{
    const double w0 = w, b0 = b;
    double farthest = 0;
    *gradient_most = 0;
    for (int k = 0; k < updates; k++) {
        const rs_wall at = rs_wall_at(w, b, .5, 50, .7);
        double gradient[2] = {at.dw, at.db};
        if (clip > 0)
            (void)rs_clip_norm(gradient, 2, clip);
        *gradient_most = fmax(*gradient_most, hypot(at.dw, at.db));
        w -= .01 * gradient[0];
        b -= .01 * gradient[1];
        farthest = fmax(farthest, hypot(w - w0, b - b0));
    }
    return farthest;
}

/* C13 "Clipping handles explosion, not vanishing." True: at the wall one raw step throws the
 * parameters far away, a clipped one does not; and a gradient that is too small stays as it is. */
static void claim_13_clipping_handles_explosion_not_vanishing(void **state)
{
    (void)state;
    double steepest = 0;
    assert_true(fabs(rs_wall_at(4.94, -2.575, .5, 50, .7).dw) > 1e3);
    assert_true(descend(4.94, -2.575, 0, 1, &steepest) > 10);
    assert_true(descend(4.94, -2.575, 1, 50, &steepest) < .51);
    assert_true(steepest > 1e3);
    double tiny[2] = {3e-12, 4e-12};
    assert_true(fabs(rs_clip_norm(tiny, 2, 1) / 5e-12 - 1) < 1e-12);
    assert_true(tiny[0] == 3e-12 && tiny[1] == 4e-12);
}

/* C13, the landscape: nearly flat, then a wall; more than 99 % of the plane has |dE/dw| below 1. */
static void claim_13_the_plane_is_flat_but_for_the_wall(void **state)
{
    (void)state;
    size_t below = 0, all = 0;
    double steepest = 0;
    for (double w = 3; w < 7; w += .02)
        for (double b = -4; b < -1; b += .02, all++) {
            const double slope = fabs(rs_wall_at(w, b, .5, 50, .7).dw);
            below += slope < 1 ? 1 : 0;
            steepest = fmax(steepest, slope);
        }
    assert_true((double)below > .99 * (double)all && below < all);
    assert_true(steepest > 10);
}

static void nudge_a(void *context, rs_trace_z *trace, size_t layer, size_t t, size_t stage,
                    rs_moment moment)
{
    (void)context;
    (void)stage;
    if (moment == RS_AFTER_PRODUCT && t == 1)
        trace->layer[layer].a[1] = with_step(trace->layer[layer].a[1]);
}

/* C14 "tanh′ = diag(1 − z²)." Of h = tanh(a) it is 1 − h²: with z the activation's *output*. Taken
 * of the pre-activation it is the classic bug. */
static void claim_14_the_slope_of_tanh_is_of_its_output(void **state)
{
    (void)state;
    const shape tiny = {.T = 2, .B = 1, .I = 1, .H = 1, .L = 1, .O = 1, .kind = RS_MSE};
    fixture f = fixture_make(&rs_cell_rnn, tiny, 8);
    double _Complex *parameters = fixture_parameters_z(&f);
    rs_trace_z *trace = fixture_trace_z(&f, RS_KEEP_ALL);
    (void)complex_slope(&f, trace, parameters, &(rs_touch_z){nudge_a, NULL});
    const double exact = __imag__ trace->layer[0].value[RS_H][1] / STEP;
    const double a = __real__ trace->layer[0].a[1], h = __real__ trace->layer[0].value[RS_H][1];
    assert_true(fabs(exact - (1 - h * h)) < 1e-14);
    assert_true(fabs(exact - (1 - a * a)) > .01);
    rs_trace *real_trace = fixture_run(&f, RS_KEEP_ALL, 0);
    const rs_layer *layer = &real_trace->layer[0];
    assert_true(fabs(layer->da[1] / (layer->d[RS_H][1] * exact) - 1) < 1e-13);
    rs_trace_free(real_trace);
    rs_trace_free_z(trace);
    free(parameters);
    fixture_free(&f);
}

const struct CMUnitTest claims_tests[] = {
    cmocka_unit_test(claim_01_eigenvalues_below_one_may_grow_first),
    cmocka_unit_test(claim_01_no_eigenvalue_at_all_and_it_explodes),
    cmocka_unit_test(claim_01_singular_values_below_one_are_sufficient),
    cmocka_unit_test(claim_02_above_one_it_may_vanish_faster),
    cmocka_unit_test(claim_03_the_input_decides_too),
    cmocka_unit_test(claim_04_the_far_terms_vanish_the_sum_stays),
    cmocka_unit_test(claim_05_the_cell_path_is_not_the_whole_derivative),
    cmocka_unit_test(claim_06_the_forget_gate_is_the_factor),
    cmocka_unit_test(claim_07_an_lstm_can_explode_but_not_along_the_cell_path),
    cmocka_unit_test(claim_08_an_open_input_gate_saturates_the_cell),
    cmocka_unit_test(claim_09_a_shut_gate_has_no_slope),
    cmocka_unit_test(claim_10_orthogonal_weights_do_not_keep_the_norm_of_tanh),
    cmocka_unit_test(claim_11_a_gru_has_three_quarters_of_the_parameters),
    cmocka_unit_test(claim_12_an_lstm_counts_and_a_gru_cannot),
    cmocka_unit_test(claim_13_clipping_handles_explosion_not_vanishing),
    cmocka_unit_test(claim_13_the_plane_is_flat_but_for_the_wall),
    cmocka_unit_test(claim_14_the_slope_of_tanh_is_of_its_output)};
const size_t claims_tests_n = TESTS_N(claims_tests);
