/* The tables that describe a cell hold together, and each stage does what its tables say. */
#include "tests/unit/fixture.h"
#include "tests/unit/own_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void cells_are_found_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"rnn", "rnn-relu", "lstm", "gru", "gru-reset-before"};
    for (size_t k = 0; k < TESTS_N(names); k++) {
        assert_ptr_equal(rs_cell_named(names[k]), rs_cells[k]);
        assert_string_equal(rs_cells[k]->name, names[k]);
    }
    assert_null(rs_cells[TESTS_N(names)]);
    assert_null(rs_cell_named("lst"));
    assert_null(rs_cell_named(""));
}

static void channels_are_found_by_name(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++)
        for (size_t k = 0; k < (*cell)->channels_n; k++)
            assert_int_equal(rs_channel_named(*cell, (*cell)->channels[k].name), k);
    assert_int_equal(rs_channel_named(&rs_cell_lstm, "f"), 3);
    assert_int_equal(rs_channel_named(&rs_cell_rnn, "c"), -1);
}

/* Calls check for the library's cells and for one of a user's. */
static void for_all(void (*check)(const rs_cell *cell))
{
    for (const rs_cell *const *cell = rs_cells; *cell; cell++)
        check(*cell);
    check(&own_cell);
}

static void check_tables(const rs_cell *cell)
{
    unsigned made = 0;
    assert_in_range(cell->gates_n, 1, RS_MAX_GATES);
    assert_in_range(cell->channels_n, 1, RS_MAX_CHANNELS);
    assert_in_range(cell->stages_n, 1, RS_MAX_STAGES);
    assert_true(cell->title && cell->reference);
    assert_string_equal(cell->channels[RS_H].name, "h");
    assert_int_equal(cell->channels[RS_H].role, RS_STATE);
    for (size_t k = 0; k < cell->gates_n; k++)
        assert_in_range(cell->gates[k], 0, cell->channels_n - 1);
    for (size_t k = 0; k < cell->channels_n; k++) {
        const rs_channel *channel = &cell->channels[k];
        assert_true(channel->name && channel->symbol && channel->meaning);
        assert_true(channel->low < channel->high);
    }
    for (size_t k = 0; k < cell->stages_n; k++) {
        const rs_stage *stage = &cell->stages[k];
        const unsigned makes =
            stage->writes | (stage->product.gates > 0 && stage->product.into != RS_INTO_A
                                 ? 1U << stage->product.into
                                 : 0);
        assert_true((made & makes) == 0); /* each channel is made once */
        made |= makes;
        assert_true(stage->forward && stage->forward_f && stage->forward_z);
        assert_true(stage->backward && stage->backward_f);
    }
    assert_int_equal(made, (1U << cell->channels_n) - 1); /* and none is left out */
}

static void tables_hold_together(void **state)
{
    (void)state;
    for_all(check_tables);
}

/* Every row of W_hh is used by just one product. */
static void check_products(const rs_cell *cell)
{
    unsigned used = 0;
    for (size_t k = 0; k < cell->stages_n; k++) {
        const rs_product *product = &cell->stages[k].product;
        for (size_t gate = product->gate; gate < product->gate + product->gates; gate++) {
            assert_true(gate < cell->gates_n && (used >> gate & 1) == 0);
            used |= 1U << gate;
        }
        if (product->gates > 0) {
            assert_in_range(product->source, 0, cell->channels_n - 1);
            const rs_role role = cell->channels[product->source].role;
            assert_true(role == RS_STATE || role == RS_INNER);
        }
    }
    assert_int_equal(used, (1U << cell->gates_n) - 1);
}

static void products_cover_the_recurrent_weights(void **state)
{
    (void)state;
    for_all(check_products);
}

static void check_ranges(const rs_cell *cell)
{
    const shape s = {.T = 30, .B = 2, .I = 2, .H = 5, .L = 2, .O = 0, .weights = 3};
    fixture f = fixture_make(cell, s, 31);
    const size_t states = s.L * states_of(cell) * s.B * s.H;
    for (size_t j = 0; j < states; j++)
        f.initial[j] = tanh(f.initial[j]);
    rs_trace *trace = fixture_trace(&f, RS_KEEP_LEAN);
    rs_forward(trace, f.model.parameters, NULL);
    for (size_t l = 0; l < s.L; l++)
        for (size_t k = 0; k < cell->channels_n; k++)
            for (size_t j = 0; j < s.T * s.B * s.H; j++) {
                const double value = trace->layer[l].value[k][j];
                assert_true(value >= cell->channels[k].low && value <= cell->channels[k].high);
            }
    rs_trace_free(trace);
    fixture_free(&f);
}

static void channels_stay_in_their_ranges(void **state)
{
    (void)state;
    for_all(check_ranges);
}

/* Pre-activations where activations are hardest, more than a vector of them, and a tail. */
static const double HARD[] = {0,   -0.0, 1e-320, -1e-320, 1e-30, -1e-30, 1e-8,     -1e-8,
                              0.5, -0.5, 3,      -3,      19,    -19,    40,       -40,
                              709, -709, 746,    -746,    1e300, -1e300, INFINITY, -INFINITY,
                              NAN, 1,    -1,     2,       -2};
enum { HARD_N = sizeof HARD / sizeof *HARD };

/* The first stage of a cell of HARD_N units on these pre-activations, in each of its gates; all
 * else is 0. */
static double *first_stage(const rs_cell *cell, double *channels)
{
    static double a[RS_MAX_GATES * HARD_N], zero[HARD_N];
    rs_step step = {.H = HARD_N, .a = a};
    for (size_t g = 0; g < cell->gates_n; g++)
        memcpy(a + g * HARD_N, HARD, sizeof HARD);
    for (size_t k = 0; k < cell->channels_n; k++) {
        step.now[k] = channels + k * HARD_N;
        step.before[k] = zero;
    }
    cell->stages[0].forward(&step);
    return channels;
}

static void assert_near(double got, double want, double ulps)
{
    if (isnan(want) ? !isnan(got)
                    : !(got == want || fabs(got - want) <= ulps * 2.3e-16 * fabs(want)))
        fail_msg("got %.17g, expected %.17g", got, want);
}

/* The loops are vector code that calls other versions of exp and tanh than the scalar one. */
static void gates_keep_nan_infinity_and_subnormals(void **state)
{
    (void)state;
    double channels[RS_MAX_CHANNELS * HARD_N];
    const double *i = first_stage(&rs_cell_lstm, channels) + 2 * HARD_N, *g = i + 2 * HARD_N;
    for (size_t u = 0; u < HARD_N; u++) {
        assert_near(i[u], 1 / (1 + exp(-HARD[u])), 8);
        assert_near(g[u], tanh(HARD[u]), 8);
    }
}

static void gates_in_single_precision_keep_nan_infinity_and_subnormals(void **state)
{
    (void)state;
    float a[4 * HARD_N], values[7 * HARD_N];
    rs_step_f step = {.H = HARD_N, .a = a};
    for (size_t j = 0; j < 4 * HARD_N; j++)
        a[j] = (float)HARD[j % HARD_N];
    for (size_t k = 0; k < 7; k++)
        step.now[k] = values + k * HARD_N;
    rs_cell_lstm.stages[0].forward_f(&step);
    for (size_t u = 0; u < HARD_N; u++) {
        const double x = (double)a[u], sigma = 1 / (1 + exp(-x));
        /* below 2⁻¹²⁶ a float has fewer digits, and e^88.7 is the largest: σ(−100) is then 0 */
        const double spare = sigma < 0x1p-126 ? 0x1p-126 : 8 * 0x1p-24 * sigma;
        if (isnan(x))
            assert_true(isnan(values[2 * HARD_N + u]) && isnan(values[4 * HARD_N + u]));
        else {
            assert_true(fabs((double)values[2 * HARD_N + u] - sigma) <= spare);
            assert_true(fabs((double)values[4 * HARD_N + u] - tanh(x)) <=
                        8 * 0x1p-24 * fabs(tanh(x)));
        }
    }
}

static void relu_is_exact_and_keeps_what_it_should(void **state)
{
    (void)state;
    double channels[RS_MAX_CHANNELS * HARD_N];
    first_stage(&rs_cell_rnn_relu, channels);
    for (size_t u = 0; u < HARD_N; u++)
        if (!isnan(HARD[u]))
            assert_true(channels[u] == (HARD[u] > 0 ? HARD[u] : 0));
}

/* A derivative in the subnormal range passes through a backward loop as it is, not as zero. */
static void subnormal_derivatives_are_not_flushed(void **state)
{
    (void)state;
    enum { N = 19 };
    double h[N], dh[N], da[N];
    rs_step step = {.H = N, .da = da};
    for (size_t u = 0; u < N; u++) {
        h[u] = 0.5;
        dh[u] = 0x1p-1060;
    }
    step.now[RS_H] = h;
    step.d[RS_H] = dh;
    rs_cell_rnn.stages[0].backward(&step);
    for (size_t u = 0; u < N; u++)
        assert_true(da[u] == 0.75 * 0x1p-1060);
}

const struct CMUnitTest cells_tests[] = {
    cmocka_unit_test(cells_are_found_by_name),
    cmocka_unit_test(channels_are_found_by_name),
    cmocka_unit_test(tables_hold_together),
    cmocka_unit_test(products_cover_the_recurrent_weights),
    cmocka_unit_test(channels_stay_in_their_ranges),
    cmocka_unit_test(gates_keep_nan_infinity_and_subnormals),
    cmocka_unit_test(gates_in_single_precision_keep_nan_infinity_and_subnormals),
    cmocka_unit_test(relu_is_exact_and_keeps_what_it_should),
    cmocka_unit_test(subnormal_derivatives_are_not_flushed)};
const size_t cells_tests_n = TESTS_N(cells_tests);
