/* lib/flow: rows, Jacobians, their products, singular values, Lyapunov exponents; against the
 * complex step, LAPACK on explicit products, and closed forms. */
#include "tests/unit/fixture.h"
#include "tests/unit/own_cell.h"

#include "base/matrix.h"
#include "flow/flow.h"
#include "network/init.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const shape SHAPE = {.T = 5, .B = 2, .I = 2, .H = 3, .L = 2, .O = 2, .kind = RS_MSE};

static void for_all_cells(void (*check)(fixture *f), shape s)
{
    for (size_t k = 0;; k++) {
        const rs_cell *cell = rs_cells[k] ? rs_cells[k] : &own_cell;
        fixture f = fixture_make(cell, s, 7 + k);
        check(&f);
        fixture_free(&f);
        if (!rs_cells[k])
            break;
    }
}

/* A step on one unit of one state after step `t` (t = SIZE_MAX: on the initial state). */
typedef struct nudge {
    size_t layer, t, b, unit;
    size_t channel;
} nudge;

static void apply_nudge(void *context, rs_trace_z *trace, size_t layer, size_t t, size_t stage,
                        rs_moment moment)
{
    const nudge *n = context;
    if (layer == n->layer && t == n->t && stage + 1 == trace->net->cell->stages_n &&
        moment == RS_AFTER_EQUATIONS) {
        double _Complex *v = trace->layer[layer].value[n->channel] +
                             (t * trace->B + n->b) * trace->net->hidden + n->unit;
        *v = with_step(*v);
    }
}

/* ∂s_last/∂s_{first−1} of one layer and sequence by the complex step, [SH][SH]. */
static void exact_product(const fixture *f, size_t layer, size_t first, size_t last, size_t b,
                          double *product)
{
    const rs_cell *cell = f->model.net.cell;
    const size_t H = f->shape.H, B = f->shape.B, S = rs_states(cell), SH = S * H;
    double _Complex *parameters = fixture_parameters_z(f);
    for (size_t column = 0; column < SH; column++) {
        rs_trace_z *trace = fixture_trace_z(f, RS_KEEP_ALL);
        nudge n = {layer, first - 1, b, column % H, rs_state_channel(cell, column / H)};
        rs_touch_z touch = {apply_nudge, &n};
        if (first == 0) {
            double _Complex *v = trace->layer[layer].value[n.channel] - B * H + b * H + n.unit;
            *v = with_step(*v);
        }
        rs_forward_z(trace, parameters, &touch);
        for (size_t row = 0; row < SH; row++) {
            const double _Complex *s = trace->layer[layer].value[rs_state_channel(cell, row / H)];
            product[row * SH + column] = __imag__ s[(last * B + b) * H + row % H] / STEP;
        }
        rs_trace_free_z(trace);
    }
    free(parameters);
}

static void check_step(fixture *f)
{
    const size_t SH = rs_states(f->model.net.cell) * f->shape.H;
    double *want = calloc(SH, SH * sizeof *want), *got = calloc(SH, SH * sizeof *got);
    rs_trace *trace = fixture_run(f, RS_KEEP_LEAN, 0);
    for (size_t layer = 0; layer < f->shape.L; layer++)
        for (size_t t = 0; t < 3; t++) {
            exact_product(f, layer, t, t, t % 2, want);
            assert_int_equal(
                rs_flow_jacobian(trace, f->model.parameters, layer, t, t % 2, got, NULL), RS_OK);
            assert_arrays_close("step Jacobian", got, want, SH * SH, 1e-13);
        }
    rs_trace_free(trace);
    free(want);
    free(got);
}

static void flow_step_jacobian_is_the_complex_steps(void **state)
{
    (void)state;
    for_all_cells(check_step, SHAPE);
}

static void check_norms(fixture *f)
{
    const size_t SH = rs_states(f->model.net.cell) * f->shape.H, T = f->shape.T;
    double *exact = calloc(SH, SH * sizeof *exact), norm = 0;
    double log_norm[2][16], largest[16];
    rs_trace *trace = fixture_run(f, RS_KEEP_ALL, 0);
    for (size_t b = 0; b < 2; b++) {
        assert_int_equal(
            rs_flow_jacobian_norms(trace, f->model.parameters, 1, b, NULL, log_norm[b], NULL),
            RS_OK);
        for (size_t t = 0; t < T; t++) {
            exact_product(f, 1, t, T - 1, b, exact);
            assert_int_equal(rs_spectral_norm(exact, SH, &norm, NULL), RS_OK);
            assert_true(norm > 0);
            assert_true(fabs(log_norm[b][t] - log(norm)) < 1e-12);
        }
        assert_true(fabs(log_norm[b][T]) < 1e-15);
    }
    assert_int_equal(rs_flow_trace_jacobian(trace, f->model.parameters, 1, 2, largest, NULL),
                     RS_OK);
    for (size_t t = 0; t < T; t++) {
        const double want = exp(fmax(log_norm[0][t + 1], log_norm[1][t + 1]));
        assert_true(fabs(largest[t] / want - 1) < 1e-14);
    }
    assert_true(largest[T - 1] == 1);
    rs_trace_free(trace);
    free(exact);
}

static void flow_jacobian_norms_are_those_of_the_complex_steps_products(void **state)
{
    (void)state;
    for_all_cells(check_norms, SHAPE);
}

static void check_singular(fixture *f)
{
    const size_t SH = rs_states(f->model.net.cell) * f->shape.H;
    double *exact = calloc(SH + 1, SH * sizeof *exact), *want = exact + SH * SH, got[16];
    rs_trace *trace = fixture_run(f, RS_KEEP_ALL, 0);
    exact_product(f, 0, 1, 3, 1, exact);
    assert_int_equal(rs_singular_values(exact, SH, want, NULL), RS_OK);
    assert_int_equal(rs_flow_singular_values(trace, f->model.parameters, 0, 1, 3, 1, got, NULL),
                     RS_OK);
    for (size_t k = 0; k < SH; k++)
        assert_true(fabs(exp(got[k]) - want[k]) <= 1e-13 * want[0]);
    rs_trace_free(trace);
    free(exact);
}

static void flow_singular_values_are_lapacks_of_the_explicit_product(void **state)
{
    (void)state;
    for_all_cells(check_singular, SHAPE);
}

/* A ReLU net whose units are all on, so that every Jacobian is W itself; H at most 4. The states
 * are put there by hand: a run would overflow. */
static rs_trace *linear_trace(rs_model *model, const double *W, size_t H, size_t T)
{
    const rs_net config = {.cell = &rs_cell_rnn_relu, .inputs = 1, .hidden = H, .layers = 1};
    assert_int_equal(rs_model_make(model, &config, NULL), RS_OK);
    memcpy(model->parameters + rs_net_block(&model->net, RS_WEIGHT_HH, 0)->offset, W,
           H * H * sizeof *W);
    rs_trace *trace = rs_trace_new(&model->net, T, 1, RS_KEEP_LEAN, NULL);
    assert_non_null(trace);
    for (size_t k = 0; k < T * H; k++)
        trace->layer[0].value[RS_H][k] = 1;
    return trace;
}

/* S = Q diag(value) Qᵀ with Q a product of reflections: symmetric, so that the singular values of
 * Sᵀ…S are powers of its eigenvalues. */
static void symmetric(const double value[3], double S[9])
{
    const double v[3] = {1 / 3.0, -2 / 3.0, 2 / 3.0};
    double Q[9];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            Q[i * 3 + j] = (i == j ? 1 : 0) - 2 * v[i] * v[j];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            S[i * 3 + j] = 0;
            for (size_t k = 0; k < 3; k++)
                S[i * 3 + j] += Q[i * 3 + k] * value[k] * Q[j * 3 + k];
        }
}

static void flow_products_stay_exact_beyond_the_range_of_doubles(void **state)
{
    (void)state;
    const double value[3] = {2, 0.9, 0.01};
    const size_t T = 3000;
    double S[9], got[3], *norms = calloc(T + 1, sizeof *norms);
    rs_model model;
    symmetric(value, S);
    rs_trace *trace = linear_trace(&model, S, 3, T);
    assert_int_equal(rs_flow_singular_values(trace, model.parameters, 0, 0, T - 1, 0, got, NULL),
                     RS_OK);
    for (size_t k = 0; k < 3; k++) /* 2^3000 and 1e-6000 in one product */
        assert_true(fabs(got[k] / ((double)T * log(value[k])) - 1) < 1e-11);
    assert_int_equal(rs_flow_jacobian_norms(trace, model.parameters, 0, 0, NULL, norms, NULL),
                     RS_OK);
    for (size_t t = 0; t <= T; t += 500)
        assert_true(fabs(norms[t] - (double)(T - t) * log(2)) < 1e-9);
    rs_trace_free(trace);
    rs_model_free(&model);
    free(norms);
}

/* The columns that matter most come last: without pivoting the factors would overflow. */
static void flow_singular_values_do_not_mind_the_order_of_units(void **state)
{
    (void)state;
    const double W[9] = {.01, 0, 0, 0, .9, 0, 0, 0, 2}, falling[3] = {2, .9, .01};
    double got[3];
    rs_model model;
    rs_trace *trace = linear_trace(&model, W, 3, 3000);
    assert_int_equal(rs_flow_singular_values(trace, model.parameters, 0, 0, 2999, 0, got, NULL),
                     RS_OK);
    for (size_t k = 0; k < 3; k++)
        assert_true(fabs(got[k] / (3000 * log(falling[k])) - 1) < 1e-12);
    rs_trace_free(trace);
    rs_model_free(&model);
}

static void flow_lyapunov_exponents_of_a_linear_net_are_its_eigenvalues(void **state)
{
    (void)state;
    const double value[3] = {1.5, 0.9, 0.01};
    double S[9], got[3];
    rs_model model;
    symmetric(value, S);
    rs_trace *trace = linear_trace(&model, S, 3, 400);
    assert_int_equal(rs_flow_lyapunov(trace, model.parameters, 0, 0, 100, 3, got, NULL), RS_OK);
    for (size_t k = 0; k < 3; k++)
        assert_true(fabs(got[k] - log(value[k])) < 1e-12);
    rs_trace_free(trace);
    rs_model_free(&model);
}

static void check_lyapunov_sum(fixture *f)
{
    const size_t SH = rs_states(f->model.net.cell) * f->shape.H, T = f->shape.T;
    double exponent[16], value[16], sum = 0, volume = 0;
    rs_trace *trace = fixture_run(f, RS_KEEP_ALL, 0);
    assert_int_equal(rs_flow_lyapunov(trace, f->model.parameters, 0, 1, 0, SH, exponent, NULL),
                     RS_OK);
    for (size_t k = 0; k < SH; k++)
        sum += exponent[k];
    for (size_t k = 1; k < SH; k++)
        assert_true(exponent[k] <= exponent[k - 1]);
    assert_int_equal(
        rs_flow_singular_values(trace, f->model.parameters, 0, 0, T - 1, 1, value, NULL), RS_OK);
    for (size_t k = 0; k < SH; k++)
        volume += value[k] / (double)T;
    if (isfinite(volume)) /* a ReLU unit that is off leaves no volume */
        assert_true(fabs(sum - volume) < 1e-10 * fmax(1, fabs(volume)));
    else
        assert_ptr_equal(f->model.net.cell, &rs_cell_rnn_relu);
    rs_trace_free(trace);
}

static void flow_lyapunov_exponents_add_up_to_the_log_of_the_determinant(void **state)
{
    (void)state;
    for_all_cells(check_lyapunov_sum, SHAPE);
}

static void flow_eigenvalues_of_a_rotation_lie_on_the_circle(void **state)
{
    (void)state;
    const double W[9] = {cos(.3), -sin(.3), 0, sin(.3), cos(.3), 0, 0, 0, -2};
    double re[3], im[3], value[3], norm = 0;
    assert_int_equal(rs_eigenvalues(W, 3, re, im, NULL), RS_OK);
    assert_true(fabs(re[0] + 2) < 1e-14 && im[0] == 0);
    assert_true(fabs(re[1] - cos(.3)) < 1e-14 && fabs(im[1] - sin(.3)) < 1e-14);
    assert_true(fabs(re[2] - cos(.3)) < 1e-14 && fabs(im[2] + sin(.3)) < 1e-14);
    assert_int_equal(rs_singular_values(W, 3, value, NULL), RS_OK);
    assert_true(fabs(value[0] - 2) < 1e-14 && fabs(value[2] - 1) < 1e-14);
    assert_int_equal(rs_spectral_norm(W, 3, &norm, NULL), RS_OK);
    assert_true(norm == value[0]);
}

/* All singular values 1 up to rounding, which some of LAPACK's eigenvalue routines give up on. */
static void flow_norms_of_an_orthogonal_net_are_one(void **state)
{
    enum { H = 128, T = 2 };
    const rs_net config = {.cell = &rs_cell_rnn_relu, .inputs = 1, .hidden = H, .layers = 1};
    const rs_init init = {.name = "orthogonal"};
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        rs_model model;
        double log_norm[T + 1];
        assert_int_equal(rs_model_make(&model, &config, NULL), RS_OK);
        assert_int_equal(rs_model_init(&model, &init, seed, NULL), RS_OK);
        rs_trace *trace = rs_trace_new(&model.net, T, 1, RS_KEEP_LEAN, NULL);
        assert_non_null(trace);
        for (size_t k = 0; k < (size_t)(T * H); k++)
            trace->layer[0].value[RS_H][k] = 1; /* every unit on: the net is linear */
        assert_int_equal(
            rs_flow_jacobian_norms(trace, model.parameters, 0, 0, NULL, log_norm, NULL), RS_OK);
        for (size_t t = 0; t <= T; t++)
            assert_true(fabs(log_norm[t]) < 1e-12);
        rs_trace_free(trace);
        rs_model_free(&model);
    }
}

static void flow_refuses_what_makes_no_sense(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, SHAPE, 1);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    const rs_flow_block third = {2, 0, 0};
    const double bad[1] = {NAN};
    double out[64];
    rs_error err = {0};
    assert_int_equal(rs_flow_jacobian(trace, f.model.parameters, 9, 0, 0, out, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "layer 9"));
    assert_int_equal(rs_flow_jacobian(trace, f.model.parameters, 0, 5, 0, out, &err), RS_USAGE);
    assert_int_equal(rs_flow_jacobian_norms(trace, f.model.parameters, 0, 0, &third, out, &err),
                     RS_USAGE);
    assert_int_equal(rs_flow_lyapunov(trace, f.model.parameters, 0, 0, 5, 1, out, &err), RS_USAGE);
    assert_int_equal(rs_flow_singular_values(trace, f.model.parameters, 0, 3, 2, 0, out, &err),
                     RS_USAGE);
    assert_int_equal(rs_flow_norms(trace, 0, 2, out, &err), RS_USAGE);
    assert_int_equal(rs_singular_values(bad, 1, out, &err), RS_DATA);
    rs_trace_free(trace);
    fixture_free(&f);
}

const struct CMUnitTest flow_jacobian_tests[] = {
    cmocka_unit_test(flow_step_jacobian_is_the_complex_steps),
    cmocka_unit_test(flow_jacobian_norms_are_those_of_the_complex_steps_products),
    cmocka_unit_test(flow_singular_values_are_lapacks_of_the_explicit_product),
    cmocka_unit_test(flow_products_stay_exact_beyond_the_range_of_doubles),
    cmocka_unit_test(flow_singular_values_do_not_mind_the_order_of_units),
    cmocka_unit_test(flow_lyapunov_exponents_of_a_linear_net_are_its_eigenvalues),
    cmocka_unit_test(flow_lyapunov_exponents_add_up_to_the_log_of_the_determinant),
    cmocka_unit_test(flow_eigenvalues_of_a_rotation_lie_on_the_circle),
    cmocka_unit_test(flow_norms_of_an_orthogonal_net_are_one),
    cmocka_unit_test(flow_refuses_what_makes_no_sense)};
const size_t flow_jacobian_tests_n = TESTS_N(flow_jacobian_tests);
