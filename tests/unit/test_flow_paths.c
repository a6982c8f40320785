/* lib/flow: the routes of a step, against the cells' equations written out, and against their sum.
 */
#include "tests/unit/fixture.h"
#include "tests/unit/own_cell.h"

#include "flow/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { T = 4, B = 2, UNITS = 3, MOST = 6 }; /* MOST: S·H */

static const shape SHAPE = {
    .T = T, .B = B, .I = 2, .H = UNITS, .L = 2, .O = 2, .kind = RS_MSE, .last_state = true};

static void check_sum(fixture *f)
{
    const rs_cell *cell = f->model.net.cell;
    const size_t SH = rs_states(cell) * UNITS, routes = rs_routes(cell);
    double *part = calloc(routes + 2, SH * SH * sizeof *part);
    double *sum = part + routes * SH * SH, *whole = sum + SH * SH;
    rs_trace *trace = fixture_run(f, RS_KEEP_LEAN, 0);
    assert_int_equal(rs_flow_split(trace, f->model.parameters, 1, 2, 1, part, NULL), RS_OK);
    assert_int_equal(rs_flow_jacobian(trace, f->model.parameters, 1, 2, 1, whole, NULL), RS_OK);
    for (size_t k = 0; k < routes * SH * SH; k++)
        sum[k % (SH * SH)] += part[k];
    assert_arrays_close("sum of routes", sum, whole, SH * SH, 1e-14);
    rs_trace_free(trace);
    free(part);
}

/* What is carried from step t to t − 1, by the trace: dL/ds_{t−1} without what the loss of step t−1
 * and the layer above send to h_{t−1} directly. Top layer. */
static void check_route_norms(fixture *f)
{
    const rs_cell *cell = f->model.net.cell;
    const size_t routes = rs_routes(cell), H = UNITS;
    double norm[T * 9], share[T * 9], direct[B * UNITS];
    rs_trace *trace = fixture_run(f, RS_KEEP_ALL, 0);
    assert_int_equal(rs_flow_route_norms(trace, f->model.parameters, 1, norm, share, NULL), RS_OK);
    for (size_t t = 0; t < T; t++) {
        double sum = 0;
        for (size_t r = 0; r < routes; r++)
            sum += share[t * routes + r];
        assert_true(fabs(sum - 1) < 1e-12);
    }
    /* one gate and no direct route: the recurrent one carries all, as the trace says */
    const double *V =
        f->model.parameters + rs_net_block(&f->model.net, RS_READOUT_WEIGHT, 2)->offset;
    if (routes == 2)
        for (size_t t = 1; t < T; t++) {
            for (size_t b = 0; b < B; b++)
                for (size_t u = 0; u < H; u++) {
                    const double *dy = trace->dy + ((t - 1) * B + b) * 2;
                    direct[b * H + u] = trace->layer[1].d[RS_H][((t - 1) * B + b) * H + u] -
                                        (V[u] * dy[0] + V[H + u] * dy[1]);
                }
            assert_true(norm[t * 2] == 0);
            assert_true(fabs(norm[t * 2 + 1] - rs_norm(direct, B * H)) < 1e-14);
        }
    rs_trace_free(trace);
}

static void for_all_cells(void (*check)(fixture *f))
{
    for (size_t k = 0;; k++) {
        fixture f = fixture_make(rs_cells[k] ? rs_cells[k] : &own_cell, SHAPE, 60 + k);
        check(&f);
        fixture_free(&f);
        if (!rs_cells[k])
            break;
    }
}

static void routes_add_up_to_the_jacobian(void **state)
{
    (void)state;
    for_all_cells(check_sum);
}

static void shares_of_routes_add_up_to_one(void **state)
{
    (void)state;
    for_all_cells(check_route_norms);
}

/* A channel's value at step 2 of sequence 1 of layer 1, unit u; of step 1 with `before`. */
static double at(const rs_trace *trace, const char *name, size_t u, bool before)
{
    const int k = rs_channel_named(trace->net->cell, name);
    assert_true(k >= 0);
    const size_t t = before ? 1 : 2;
    return trace->layer[1].value[k][(t * B + 1) * UNITS + u];
}

/* W_hh of a gate of layer 1, entry [u][v]. */
static double weight(const fixture *f, size_t gate, size_t u, size_t v)
{
    return rs_recurrent_block(&f->model.net, f->model.parameters, 1, gate)[u * UNITS + v];
}

/* The routes of an LSTM step by its equations: ds = [dh; dc], c_t = f c + i g, h_t = o tanh c_t. */
static void lstm_routes(const fixture *f, const rs_trace *trace, double part[5][MOST][MOST])
{
    memset(part, 0, 5 * sizeof *part);
    for (size_t u = 0; u < UNITS; u++) {
        const double i = at(trace, "i", u, false), fg = at(trace, "f", u, false);
        const double g = at(trace, "g", u, false), o = at(trace, "o", u, false);
        const double c = at(trace, "c", u, false), c_old = at(trace, "c", u, true);
        const double h_of_c = o / (cosh(c) * cosh(c));
        const double dc[3] = {g * i * (1 - i), c_old * fg * (1 - fg), i * (1 - g * g)};
        part[0][u][UNITS + u] = h_of_c * fg;
        part[0][UNITS + u][UNITS + u] = fg;
        for (size_t v = 0; v < UNITS; v++) {
            for (size_t gate = 0; gate < 3; gate++) {
                part[1 + gate][UNITS + u][v] = dc[gate] * weight(f, gate, u, v);
                part[1 + gate][u][v] = h_of_c * part[1 + gate][UNITS + u][v];
            }
            part[4][u][v] = tanh(c) * o * (1 - o) * weight(f, 3, u, v);
        }
    }
}

/* The routes of a GRU step, reset after the product. */
static void gru_routes(const fixture *f, const rs_trace *trace, double part[5][MOST][MOST])
{
    memset(part, 0, 5 * sizeof *part);
    for (size_t u = 0; u < UNITS; u++) {
        const double r = at(trace, "r", u, false), z = at(trace, "z", u, false);
        const double n = at(trace, "n", u, false), m = at(trace, "m", u, false);
        const double h_old = at(trace, "h", u, true), dn = (1 - z) * (1 - n * n);
        part[0][u][u] = z;
        for (size_t v = 0; v < UNITS; v++) {
            part[1][u][v] = dn * m * r * (1 - r) * weight(f, 0, u, v);
            part[2][u][v] = (h_old - n) * z * (1 - z) * weight(f, 1, u, v);
            part[3][u][v] = dn * r * weight(f, 2, u, v);
        }
    }
}

/* And with the reset before it: m = r ⊙ h, so two products lie on the reset gate's route. */
static void gru_before_routes(const fixture *f, const rs_trace *trace, double part[5][MOST][MOST])
{
    memset(part, 0, 5 * sizeof *part);
    for (size_t u = 0; u < UNITS; u++) {
        const double z = at(trace, "z", u, false), n = at(trace, "n", u, false);
        const double h_old = at(trace, "h", u, true), dn = (1 - z) * (1 - n * n);
        part[0][u][u] = z;
        for (size_t v = 0; v < UNITS; v++) {
            const double r_v = at(trace, "r", v, false), h_v = at(trace, "h", v, true);
            part[2][u][v] = (h_old - n) * z * (1 - z) * weight(f, 1, u, v);
            part[3][u][v] = dn * weight(f, 2, u, v) * r_v;
            for (size_t w = 0; w < UNITS; w++)
                part[1][u][w] +=
                    dn * weight(f, 2, u, v) * h_v * r_v * (1 - r_v) * weight(f, 0, v, w);
        }
    }
}

static void routes_are_the_equations(void **state)
{
    (void)state;
    const struct {
        const rs_cell *cell;
        void (*routes)(const fixture *, const rs_trace *, double[5][MOST][MOST]);
    } known[] = {{&rs_cell_lstm, lstm_routes},
                 {&rs_cell_gru, gru_routes},
                 {&rs_cell_gru_reset_before, gru_before_routes}};
    for (size_t k = 0; k < TESTS_N(known); k++) {
        fixture f = fixture_make(known[k].cell, SHAPE, 80 + k);
        const size_t SH = rs_states(known[k].cell) * UNITS, routes = rs_routes(known[k].cell);
        double want[5][MOST][MOST], tight[MOST * MOST], *got = calloc(5 * MOST, sizeof want);
        rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
        known[k].routes(&f, trace, want);
        assert_int_equal(rs_flow_split(trace, f.model.parameters, 1, 2, 1, got, NULL), RS_OK);
        for (size_t r = 0; r < routes; r++) {
            for (size_t j = 0; j < SH * SH; j++)
                tight[j] = want[r][j / SH][j % SH];
            assert_arrays_close("route", got + r * SH * SH, tight, SH * SH, 1e-13);
        }
        rs_trace_free(trace);
        fixture_free(&f);
        free(got);
    }
}

/* The cell path over the whole sequence: ∂c_T/∂c_k along f alone is the product of the f, a unit at
 * a time. And with every route open one by one by name, it is the whole again. */
static void products_of_open_routes(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, SHAPE, 3);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    const rs_flow_block direct = {1, 1, 1}, open = {RS_ALL_STATES, RS_ALL_STATES, 0x1f};
    const int F = rs_channel_named(&rs_cell_lstm, "f");
    double got[T + 1], whole[T + 1], product[UNITS] = {1, 1, 1};
    assert_int_equal(rs_flow_jacobian_norms(trace, f.model.parameters, 0, 1, &direct, got, NULL),
                     RS_OK);
    assert_true(got[T] == 0);
    for (size_t t = T; t-- > 0;) {
        double most = 0;
        for (size_t u = 0; u < UNITS; u++) {
            product[u] *= trace->layer[0].value[F][(t * B + 1) * UNITS + u];
            most = fmax(most, product[u]);
        }
        assert_true(fabs(got[t] - log(most)) < 1e-13);
    }
    assert_int_equal(rs_flow_jacobian_norms(trace, f.model.parameters, 0, 1, &open, got, NULL),
                     RS_OK);
    assert_int_equal(rs_flow_jacobian_norms(trace, f.model.parameters, 0, 1, NULL, whole, NULL),
                     RS_OK);
    for (size_t t = 0; t < T; t++)
        assert_true(fabs(got[t] - whole[t]) < 1e-13);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void routes_have_names(void **state)
{
    (void)state;
    char text[64];
    assert_string_equal(rs_route_name(&rs_cell_lstm, 0, text, sizeof text), "direct");
    assert_string_equal(rs_route_name(&rs_cell_lstm, 2, text, sizeof text), "forget gate");
    assert_string_equal(rs_route_name(&rs_cell_rnn, 1, text, sizeof text), "recurrent weights");
    assert_int_equal(rs_route_channel(&rs_cell_gru, 0), -1);
    assert_int_equal(rs_route_channel(&rs_cell_gru, 2), rs_channel_named(&rs_cell_gru, "z"));
}

const struct CMUnitTest flow_paths_tests[] = {
    cmocka_unit_test(routes_add_up_to_the_jacobian),
    cmocka_unit_test(shares_of_routes_add_up_to_one), cmocka_unit_test(routes_are_the_equations),
    cmocka_unit_test(products_of_open_routes), cmocka_unit_test(routes_have_names)};
const size_t flow_paths_tests_n = TESTS_N(flow_paths_tests);
