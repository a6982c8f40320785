/* lib/network/init: each scheme has the distribution it claims, gates' biases are the sums they
 * should be, and what makes no sense is refused. */
#include "tests/unit/test.h"

#include "network/init.h"
#include "network/trace.h"
#include "tests/unit/own_cell.h"

#include <math.h>
#include <string.h>

static rs_model make(const rs_cell *cell, size_t inputs, size_t hidden, size_t layers)
{
    const rs_net net = {.cell = cell,
                        .inputs = inputs,
                        .hidden = hidden,
                        .layers = layers,
                        .outputs = 3,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    rs_model model;
    assert_int_equal(rs_model_make(&model, &net, NULL), RS_OK);
    return model;
}

static const double *block(const rs_model *model, rs_block_kind kind, size_t layer)
{
    return model->parameters + rs_net_block(&model->net, kind, layer)->offset;
}

/* n numbers that are uniform in ±most: none beyond, mean 0 and variance most²/3 within 5 standard
 * errors. */
static void assert_uniform(const double *numbers, size_t n, double most)
{
    double sum = 0, squares = 0, largest = 0;
    for (size_t k = 0; k < n; k++) {
        sum += numbers[k];
        squares += numbers[k] * numbers[k];
        largest = fmax(largest, fabs(numbers[k]));
    }
    const double N = (double)n;
    assert_true(largest <= most && largest > most * (1 - 20 / N));
    assert_true(fabs(sum / N) < 5 * most / sqrt(3 * N));
    assert_true(fabs(squares / N - most * most / 3) < 5 * most * most * sqrt(4.0 / 45 / N));
}

static void torch_is_uniform(void **state)
{
    (void)state;
    rs_model model = make(&rs_cell_lstm, 7, 25, 2);
    assert_int_equal(rs_model_init(&model, NULL, 1, NULL), RS_OK);
    for (size_t k = 0; k < model.net.blocks_n; k++) {
        const rs_block *b = &model.net.blocks[k];
        for (size_t j = 0; j < b->rows * b->cols; j++)
            assert_true(model.parameters[b->offset + j] != 0);
    }
    assert_uniform(model.parameters, model.net.parameters_n, 1 / sqrt(25));
    rs_model_free(&model);
}

static void glorot_is_uniform_a_gate(void **state)
{
    (void)state;
    rs_model model = make(&rs_cell_gru, 10, 40, 1);
    const rs_init init = {.name = "glorot"};
    assert_int_equal(rs_model_init(&model, &init, 1, NULL), RS_OK);
    assert_uniform(block(&model, RS_WEIGHT_IH, 0), 3 * 40 * 10, sqrt(6.0 / 50));
    assert_uniform(block(&model, RS_WEIGHT_HH, 0), 3 * 40 * 40, sqrt(6.0 / 80));
    for (size_t k = 0; k < 3 * 40; k++)
        assert_true(block(&model, RS_BIAS_IH, 0)[k] == 0 && block(&model, RS_BIAS_HH, 0)[k] == 0);
    rs_model_free(&model);
}

/* a matrix [rows][cols] has orthonormal columns, or rows if there are fewer */
static void assert_orthonormal(const double *m, size_t rows, size_t cols)
{
    const bool tall = rows >= cols;
    const size_t n = tall ? cols : rows, length = tall ? rows : cols;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double dot = 0;
            for (size_t k = 0; k < length; k++)
                dot += tall ? m[k * cols + i] * m[k * cols + j] : m[i * cols + k] * m[j * cols + k];
            assert_true(fabs(dot - (i == j)) < 1e-13);
        }
}

static void orthogonal_is_orthonormal(void **state)
{
    (void)state;
    rs_model model = make(&rs_cell_lstm, 30, 12, 2);
    const rs_init init = {.name = "orthogonal"};
    assert_int_equal(rs_model_init(&model, &init, 5, NULL), RS_OK);
    for (size_t gate = 0; gate < 4; gate++) {
        assert_orthonormal(block(&model, RS_WEIGHT_IH, 0) + gate * 12 * 30, 12, 30);
        assert_orthonormal(block(&model, RS_WEIGHT_HH, 1) + gate * 12 * 12, 12, 12);
    }
    assert_orthonormal(block(&model, RS_READOUT_WEIGHT, 2), 3, 12);
    assert_true(block(&model, RS_BIAS_IH, 1)[3] == 0);
    rs_model_free(&model);
}

/* Over many draws every entry of a uniformly drawn orthogonal matrix has mean 0; without the signs
 * of R's diagonal the first column would lean to one side. */
static void orthogonal_leans_to_no_side(void **state)
{
    (void)state;
    enum { DRAWS = 400, H = 2 };
    double sum[H * H] = {0};
    rs_model model = make(&rs_cell_rnn, 2, H, 1);
    const rs_init init = {.name = "orthogonal"};
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        assert_int_equal(rs_model_init(&model, &init, seed, NULL), RS_OK);
        for (size_t k = 0; k < H * H; k++)
            sum[k] += block(&model, RS_WEIGHT_HH, 0)[k];
    }
    for (size_t k = 0; k < H * H; k++)
        assert_true(fabs(sum[k] / DRAWS) < 5 * sqrt(0.5 / DRAWS));
    rs_model_free(&model);
}

static void identity_is_the_identity(void **state)
{
    (void)state;
    rs_model model = make(&rs_cell_gru, 3, 4, 2);
    const rs_init init = {.name = "identity", .has_gain = true, .gain = 0.5};
    assert_int_equal(rs_model_init(&model, &init, 5, NULL), RS_OK);
    for (size_t l = 0; l < 2; l++)
        for (size_t k = 0; k < 3 * 4 * 4; k++)
            assert_true(block(&model, RS_WEIGHT_HH, l)[k] == (k / 4 % 4 == k % 4 ? 0.5 : 0));
    assert_uniform(block(&model, RS_WEIGHT_IH, 0), 3 * 4 * 3, sqrt(6.0 / 7));
    rs_model_free(&model);
}

static void gain_scales_recurrent_weights_only(void **state)
{
    (void)state;
    rs_model plain = make(&rs_cell_lstm, 3, 5, 2), scaled = make(&rs_cell_lstm, 3, 5, 2);
    const rs_init init = {.has_gain = true, .gain = 3};
    assert_int_equal(rs_model_init(&plain, NULL, 9, NULL), RS_OK);
    assert_int_equal(rs_model_init(&scaled, &init, 9, NULL), RS_OK);
    for (size_t k = 0; k < plain.net.blocks_n; k++) {
        const rs_block *b = &plain.net.blocks[k];
        const double factor = b->kind == RS_WEIGHT_HH ? 3 : 1;
        for (size_t j = b->offset; j < b->offset + b->rows * b->cols; j++)
            assert_true(scaled.parameters[j] == factor * plain.parameters[j]);
    }
    rs_model_free(&plain);
    rs_model_free(&scaled);
}

static void radius_of_known_matrices(void **state)
{
    (void)state;
    const double rotation[] = {0, -2, 2, 0}; /* ±2i */
    const double jordan[] = {0.9, 5, 0, 0.9}, zero[] = {0};
    double radius = 0;
    assert_int_equal(rs_spectral_radius(rotation, 2, &radius, NULL), RS_OK);
    assert_true(fabs(radius - 2) < 1e-14);
    assert_int_equal(rs_spectral_radius(jordan, 2, &radius, NULL), RS_OK);
    assert_true(fabs(radius - 0.9) < 1e-7);
    assert_int_equal(rs_spectral_radius(zero, 1, &radius, NULL), RS_OK);
    assert_true(radius == 0);
}

static void radius_is_what_was_asked(void **state)
{
    (void)state;
    rs_model model = make(&rs_cell_lstm, 3, 20, 2);
    const rs_init init = {.has_radius = true, .radius = 1.25, .has_gain = true, .gain = 7};
    assert_int_equal(rs_model_init(&model, &init, 9, NULL), RS_OK);
    for (size_t k = 0; k < 2 * 4; k++) {
        double radius = 0;
        const double *gate = block(&model, RS_WEIGHT_HH, k / 4) + k % 4 * 20 * 20;
        assert_int_equal(rs_spectral_radius(gate, 20, &radius, NULL), RS_OK);
        assert_true(fabs(radius - 1.25) < 1e-12);
    }
    rs_model_free(&model);
}

/* The sum of the two biases is the forget bias; other gates keep what the scheme drew. */
static void forget_bias_is_a_sum(void **state)
{
    (void)state;
    rs_model plain = make(&rs_cell_lstm, 2, 3, 2), model = make(&rs_cell_lstm, 2, 3, 2);
    const rs_init init = {.has_forget_bias = true, .forget_bias = 1.5};
    assert_int_equal(rs_model_init(&plain, NULL, 3, NULL), RS_OK);
    assert_int_equal(rs_model_init(&model, &init, 3, NULL), RS_OK);
    for (size_t k = 0; k < 2 * 4 * 3; k++) {
        const size_t l = k / 12, row = k % 12;
        const double ih = block(&model, RS_BIAS_IH, l)[row], hh = block(&model, RS_BIAS_HH, l)[row];
        if (row / 3 == 1) { /* f */
            assert_true(ih == 1.5 && hh == 0);
        } else {
            assert_true(ih == block(&plain, RS_BIAS_IH, l)[row]);
            assert_true(hh == block(&plain, RS_BIAS_HH, l)[row]);
        }
    }
    rs_model_free(&plain);
    rs_model_free(&model);
}

static void forget_bias_takes_the_bias_there_is(void **state)
{
    (void)state;
    const rs_net net = {
        .cell = &rs_cell_gru, .inputs = 2, .hidden = 3, .layers = 1, .bias_hh = true};
    const rs_init init = {.has_forget_bias = true, .forget_bias = -2};
    rs_model model;
    assert_int_equal(rs_model_make(&model, &net, NULL), RS_OK);
    assert_int_equal(rs_model_init(&model, &init, 3, NULL), RS_OK);
    for (size_t k = 0; k < 3; k++)
        assert_true(block(&model, RS_BIAS_HH, 0)[3 + k] == -2); /* z */
    rs_model_free(&model);
}

/* b_f = ln u with u uniform in [1, T_max − 1]: u's mean is T_max/2; b_i = −b_f of the same unit. */
static void chrono_spreads_lags(void **state)
{
    (void)state;
    enum { H = 2000 };
    rs_model model = make(&rs_cell_lstm, 1, H, 1);
    const rs_init init = {.name = "glorot", .chrono = 100};
    double sum = 0;
    assert_int_equal(rs_model_init(&model, &init, 3, NULL), RS_OK);
    const double *b = block(&model, RS_BIAS_IH, 0);
    for (size_t u = 0; u < H; u++) {
        const double lag = exp(b[H + u]);
        assert_true(lag >= 1 - 1e-12 && lag <= 99 + 1e-9);
        assert_true(b[u] == -b[H + u]);
        assert_true(b[2 * H + u] == 0 && b[3 * H + u] == 0);
        sum += lag;
    }
    assert_true(fabs(sum / H - 50) < 5 * 98 / sqrt(12.0 * H));
    rs_model_free(&model);
}

/* The minimal gated unit's gate f writes, and is 1 minus what keeps: chrono closes it. */
static void chrono_for_a_cell_of_the_callers_own(void **state)
{
    (void)state;
    rs_cell cell = own_cell;
    cell.write_gates = 1U << 0;
    rs_model model = make(&cell, 1, 5, 1);
    const rs_init init = {.chrono = 30};
    assert_int_equal(rs_model_init(&model, &init, 3, NULL), RS_OK);
    for (size_t u = 0; u < 5; u++)
        assert_true(block(&model, RS_BIAS_IH, 0)[u] < 0);
    rs_model_free(&model);
}

static void same_seed_same_bits(void **state)
{
    (void)state;
    rs_model a = make(&rs_cell_gru, 3, 6, 2), b = make(&rs_cell_gru, 3, 6, 2);
    const rs_init init = {.name = "orthogonal", .chrono = 10};
    assert_int_equal(rs_model_init(&a, &init, 4, NULL), RS_OK);
    assert_int_equal(rs_model_init(&b, &init, 4, NULL), RS_OK);
    assert_memory_equal(a.parameters, b.parameters, a.net.parameters_n * sizeof(double));
    assert_int_equal(rs_model_init(&b, &init, 5, NULL), RS_OK);
    assert_memory_not_equal(a.parameters, b.parameters, a.net.parameters_n * sizeof(double));
    rs_model_free(&a);
    rs_model_free(&b);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    const struct {
        const rs_cell *cell;
        rs_init init;
        const char *text;
    } bad[] = {
        {&rs_cell_lstm, {.name = "lucky"}, "initialisation lucky: expected torch"},
        {&rs_cell_lstm, {.has_gain = true, .gain = NAN}, "gain"},
        {&rs_cell_lstm, {.has_radius = true, .radius = -1}, "radius -1"},
        {&rs_cell_lstm, {.has_radius = true, .radius = INFINITY}, "radius inf"},
        {&rs_cell_lstm,
         {.has_gain = true, .gain = 0, .has_radius = true, .radius = 1},
         "spectral radius 0"},
        {&rs_cell_lstm, {.has_forget_bias = true, .forget_bias = INFINITY}, "forget bias inf"},
        {&rs_cell_rnn, {.has_forget_bias = true, .forget_bias = 1}, "rnn has no gate"},
        {&rs_cell_rnn, {.chrono = 10}, "rnn has no gate"},
        {&rs_cell_lstm, {.chrono = 2}, "at least 3 steps"},
        {&rs_cell_lstm, {.chrono = 9, .has_forget_bias = true}, "one of them"},
    };
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_error err = {0};
        rs_model model = make(bad[k].cell, 2, 3, 1);
        assert_int_equal(rs_model_init(&model, &bad[k].init, 1, &err), RS_USAGE);
        assert_non_null(strstr(err.text, bad[k].text));
        rs_model_free(&model);
    }
}

static void a_net_without_biases_has_no_forget_bias(void **state)
{
    (void)state;
    const rs_net net = {.cell = &rs_cell_lstm, .inputs = 2, .hidden = 3, .layers = 1};
    const rs_init init = {.has_forget_bias = true, .forget_bias = 1};
    rs_error err = {0};
    rs_model model;
    assert_int_equal(rs_model_make(&model, &net, NULL), RS_OK);
    assert_int_equal(rs_model_init(&model, &init, 3, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "no biases"));
    rs_model_free(&model);
}

const struct CMUnitTest init_tests[] = {cmocka_unit_test(torch_is_uniform),
                                        cmocka_unit_test(glorot_is_uniform_a_gate),
                                        cmocka_unit_test(orthogonal_is_orthonormal),
                                        cmocka_unit_test(orthogonal_leans_to_no_side),
                                        cmocka_unit_test(identity_is_the_identity),
                                        cmocka_unit_test(gain_scales_recurrent_weights_only),
                                        cmocka_unit_test(radius_of_known_matrices),
                                        cmocka_unit_test(radius_is_what_was_asked),
                                        cmocka_unit_test(forget_bias_is_a_sum),
                                        cmocka_unit_test(forget_bias_takes_the_bias_there_is),
                                        cmocka_unit_test(chrono_spreads_lags),
                                        cmocka_unit_test(chrono_for_a_cell_of_the_callers_own),
                                        cmocka_unit_test(same_seed_same_bits),
                                        cmocka_unit_test(nonsense_is_refused),
                                        cmocka_unit_test(a_net_without_biases_has_no_forget_bias)};
const size_t init_tests_n = TESTS_N(init_tests);
