#include "tests/unit/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t states_of(const rs_cell *cell)
{
    size_t states = 0;
    for (size_t k = 0; k < cell->channels_n; k++)
        states += cell->channels[k].role == RS_STATE;
    return states;
}

double *normal_numbers(size_t n, double scale, uint64_t seed)
{
    rs_random random = rs_random_seed(seed, n);
    double *numbers = malloc((n + 1) * sizeof *numbers);
    assert_non_null(numbers);
    for (size_t j = 0; j < n; j++)
        numbers[j] = scale * rs_random_normal(&random);
    return numbers;
}

/* Targets in [0, 1], which suit every loss; every fifth label asks for nothing. */
static void make_targets(fixture *f, size_t n, size_t O, uint64_t seed)
{
    rs_random random = rs_random_seed(seed, 77);
    f->target = malloc(n * O * sizeof *f->target);
    f->label = malloc(n * sizeof *f->label);
    assert_true(f->target && f->label);
    for (size_t j = 0; j < n * O; j++)
        f->target[j] = rs_random_uniform(&random);
    for (size_t j = 0; j < n; j++)
        f->label[j] = j % 5 == 1 ? -1 : (int)rs_random_below(&random, O);
}

fixture fixture_make(const rs_cell *cell, shape s, uint64_t seed)
{
    fixture f = {.shape = s};
    const rs_net net = {.cell = cell,
                        .inputs = s.I,
                        .hidden = s.H,
                        .layers = s.L,
                        .outputs = s.O,
                        .bias_ih = !s.no_bias_ih,
                        .bias_hh = !s.no_bias_hh,
                        .readout_bias = !s.no_readout_bias};
    const size_t states = s.L * states_of(cell) * s.B * s.H;
    assert_int_equal(rs_model_make(&f.model, &net, NULL), RS_OK);
    free(f.model.parameters);
    f.model.parameters =
        normal_numbers(f.model.net.parameters_n, s.weights > 0 ? s.weights : 0.7, seed);
    f.gradient = calloc(f.model.net.parameters_n, sizeof *f.gradient);
    assert_non_null(f.gradient);
    f.x = normal_numbers(s.T * s.B * s.I, 1, seed + 1);
    f.initial = normal_numbers(states, 0.6, seed + 2);
    f.weight = normal_numbers(states, 1, seed + 3);
    make_targets(&f, (s.last ? 1 : s.T) * s.B, rs_net_width(&f.model.net), seed);
    f.loss = (rs_loss){.kind = s.kind,
                       .last = s.last,
                       .sum = s.sum,
                       .target = f.target,
                       .label = f.label,
                       .last_state = s.last_state ? f.weight : NULL};
    return f;
}

void fixture_free(fixture *f)
{
    rs_model_free(&f->model);
    free(f->x);
    free(f->initial);
    free(f->target);
    free(f->label);
    free(f->weight);
    free(f->gradient);
}

#include "base/as_float.h"
#include "tests/unit/fixture_typed.h"
#include "base/as_complex.h"
#include "tests/unit/fixture_typed.h"
#include "base/as_double.h"
#include "tests/unit/fixture_typed.h"
#include "base/no_type.h"

rs_trace *fixture_run(fixture *f, rs_keep keep, size_t truncate)
{
    rs_trace *trace = fixture_trace(f, keep);
    memset(f->gradient, 0, f->model.net.parameters_n * sizeof *f->gradient);
    rs_forward(trace, f->model.parameters, NULL);
    rs_loss_forward(trace, &f->loss);
    rs_backward(trace, f->model.parameters, f->gradient, truncate);
    return trace;
}

double complex_slope(const fixture *f, rs_trace_z *trace, const double _Complex *parameters,
                     const rs_touch_z *touch)
{
    rs_forward_z(trace, parameters, touch);
    rs_loss_forward_z(trace, &f->loss);
    return __imag__ trace->loss / STEP;
}

void assert_arrays_close_or_zero(const char *what, const double *got, const double *want, size_t n,
                                 double tolerance)
{
    double largest = 0;
    for (size_t j = 0; j < n; j++)
        largest = fmax(largest, fabs(want[j]));
    for (size_t j = 0; j < n; j++)
        if (!(fabs(got[j] - want[j]) <= tolerance * largest))
            fail_msg("%s[%zu] of %zu: got %.17g, expected %.17g", what, j, n, got[j], want[j]);
}

void assert_arrays_close(const char *what, const double *got, const double *want, size_t n,
                         double tolerance)
{
    bool nonzero = false;
    for (size_t j = 0; j < n; j++)
        nonzero = nonzero || want[j] != 0;
    if (!nonzero)
        fail_msg("%s: all %zu expected numbers are 0", what, n);
    assert_arrays_close_or_zero(what, got, want, n, tolerance);
}
