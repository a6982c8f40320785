/* A cell of the user's own is one file (own_cell.c): it gets the forward pass, backpropagation
 * through time, the complex step and the trace from its tables alone. */
#include "tests/unit/exact.h"
#include "tests/unit/own_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const shape SHAPE = {
    .T = 5, .B = 2, .I = 3, .H = 4, .L = 2, .O = 2, .kind = RS_XENT, .last_state = true};

static void own_cell_is_not_in_the_library(void **state)
{
    (void)state;
    assert_null(rs_cell_named(own_cell.name));
    assert_int_equal(rs_channel_named(&own_cell, "m"), 3);
}

static void own_cell_has_exact_derivatives(void **state)
{
    (void)state;
    fixture f = fixture_make(&own_cell, SHAPE, 1);
    assert_parameters_exact(&f);
    assert_inputs_exact(&f);
    assert_channels_exact(&f);
    fixture_free(&f);
}

static double logistic(double x) { return 1 / (1 + exp(-x)); }

/* W[row] · x, with H or I columns */
static double dot(const double *w, const double *x, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += w[k] * x[k];
    return sum;
}

/* One step of the paper's equations for one sequence; the parameters lie in the order of the net's
 * blocks. */
static void paper_step(const fixture *f, const double *x, const double *before, double *h)
{
    const size_t H = f->shape.H, I = f->shape.I;
    const double *W = f->model.parameters, *U = W + 2 * H * I, *b = U + 2 * H * H, *v = b + 2 * H;
    double gate[8], m[8];
    for (size_t u = 0; u < H; u++) {
        gate[u] = logistic(dot(W + u * I, x, I) + b[u] + dot(U + u * H, before, H) + v[u]);
        m[u] = gate[u] * before[u];
    }
    for (size_t u = 0; u < H; u++) {
        const size_t row = H + u;
        double n = tanh(dot(W + row * I, x, I) + b[row] + dot(U + row * H, m, H) + v[row]);
        h[u] = (1 - gate[u]) * before[u] + gate[u] * n;
    }
}

static void own_cell_computes_its_equations(void **state)
{
    (void)state;
    const shape s = {.T = 3, .B = 2, .I = 3, .H = 4, .L = 1, .O = 0};
    fixture f = fixture_make(&own_cell, s, 2);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    double h[4];
    for (size_t t = 0; t < s.T; t++)
        for (size_t b = 0; b < s.B; b++) {
            const double *now = trace->layer[0].value[RS_H] + (t * s.B + b) * s.H;
            paper_step(&f, f.x + (t * s.B + b) * s.I, now - s.B * s.H, h);
            assert_arrays_close("h", now, h, s.H, 1e-14);
        }
    rs_trace_free(trace);
    fixture_free(&f);
}

const struct CMUnitTest own_cell_tests[] = {cmocka_unit_test(own_cell_is_not_in_the_library),
                                            cmocka_unit_test(own_cell_has_exact_derivatives),
                                            cmocka_unit_test(own_cell_computes_its_equations)};
const size_t own_cell_tests_n = TESTS_N(own_cell_tests);
