/* Backpropagation through time against the complex step: every derivative it gives, of every cell,
 * over several steps, sequences and layers, from initial states that are not zero. */
#include "tests/unit/exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double CLOSE = 1e-12;

static const shape DEEP = {.T = 18, .B = 2, .I = 3, .H = 3, .L = 2, .O = 2, .kind = RS_MSE};

static const shape SHAPES[] = {
    {.T = 4, .B = 2, .I = 3, .H = 3, .L = 2, .O = 2, .kind = RS_MSE, .last_state = true},
    {.T = 17, .B = 5, .I = 1, .H = 2, .L = 2, .O = 1, .kind = RS_MSE, .last_state = true},
    {.T = 1, .B = 1, .I = 1, .H = 1, .L = 1, .O = 1, .kind = RS_BCE},
    {.T = 6, .B = 1, .I = 2, .H = 5, .L = 1, .O = 3, .kind = RS_XENT, .sum = true},
    {.T = 3, .B = 3, .I = 2, .H = 2, .L = 3, .O = 0, .kind = RS_MSE, .last = true},
    {.T = 5,
     .B = 2,
     .I = 1,
     .H = 3,
     .L = 1,
     .O = 4,
     .kind = RS_BCE,
     .last = true,
     .sum = true,
     .no_bias_ih = true},
    {.T = 4,
     .B = 2,
     .I = 2,
     .H = 3,
     .L = 2,
     .O = 3,
     .kind = RS_XENT,
     .last = true,
     .no_bias_hh = true,
     .no_readout_bias = true},
    {.T = 3,
     .B = 2,
     .I = 2,
     .H = 3,
     .L = 1,
     .O = 2,
     .kind = RS_NO_LOSS,
     .last_state = true,
     .no_bias_ih = true,
     .no_bias_hh = true},
    {.T = 5, .B = 2, .I = 3, .H = 4, .L = 2, .O = 2, .kind = RS_MSE, .weights = 6},
    {.T = 5, .B = 2, .I = 3, .H = 4, .L = 2, .O = 2, .kind = RS_MSE, .weights = 1e-6}};

/* Calls check for every cell and shape. */
static void for_all(void (*check)(fixture *f))
{
    for (const rs_cell *const *cell = rs_cells; *cell; cell++)
        for (size_t k = 0; k < TESTS_N(SHAPES); k++) {
            fixture f = fixture_make(*cell, SHAPES[k], 100 + k);
            check(&f);
            fixture_free(&f);
        }
}

static void gradients_of_parameters_are_those_of_the_complex_step(void **state)
{
    (void)state;
    for_all(assert_parameters_exact);
}

static void gradients_of_inputs_and_initial_states_are_those_of_the_complex_step(void **state)
{
    (void)state;
    for_all(assert_inputs_exact);
}

static void total_derivatives_of_channels_are_those_of_the_complex_step(void **state)
{
    (void)state;
    for_all(assert_channels_exact);
}

static void the_lean_trace_gives_the_same_bits(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, DEEP, 7), g = fixture_make(*cell, DEEP, 7);
        rs_trace *all = fixture_run(&f, RS_KEEP_ALL, 0), *lean = fixture_run(&g, RS_KEEP_LEAN, 0);
        const size_t bytes = f.model.net.parameters_n * sizeof(double), BH = DEEP.B * DEEP.H;
        assert_memory_equal(f.gradient, g.gradient, bytes);
        for (size_t l = 0; l < DEEP.L; l++)
            for (size_t k = 0; k < (*cell)->channels_n; k++)
                if ((*cell)->channels[k].role == RS_STATE)
                    assert_memory_equal(all->layer[l].d[k] - BH, lean->layer[l].d[k] - BH,
                                        (DEEP.T + 1) * BH * sizeof(double));
        assert_null(lean->dx);
        rs_trace_free(lean);
        lean = fixture_run(&g, RS_KEEP_DX, 0);
        assert_memory_equal(f.gradient, g.gradient, bytes);
        assert_memory_equal(all->dx, lean->dx, DEEP.T * DEEP.B * DEEP.I * sizeof(double));
        rs_trace_free(all);
        rs_trace_free(lean);
        fixture_free(&f);
        fixture_free(&g);
    }
}

static void the_gradient_is_added_to(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_gru, DEEP, 3);
    const size_t n = f.model.net.parameters_n;
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    double *twice = malloc(n * sizeof *twice);
    for (size_t j = 0; j < n; j++)
        twice[j] = 2 * f.gradient[j];
    rs_forward(trace, f.model.parameters, NULL);
    rs_loss_forward(trace, &f.loss);
    rs_backward(trace, f.model.parameters, f.gradient, 0);
    assert_arrays_close("gradient", f.gradient, twice, n, CLOSE);
    free(twice);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void derivatives_do_not_need_a_gradient(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, DEEP, 3);
    rs_trace *with = fixture_run(&f, RS_KEEP_ALL, 0), *without = fixture_trace(&f, RS_KEEP_ALL);
    rs_forward(without, f.model.parameters, NULL);
    rs_loss_forward(without, &f.loss);
    rs_backward(without, f.model.parameters, NULL, 0);
    assert_arrays_close("dx", without->dx, with->dx, DEEP.T * DEEP.B * DEEP.I, 0);
    rs_trace_free(with);
    rs_trace_free(without);
    fixture_free(&f);
}

/* A second backward pass over the same trace starts anew: nothing is left over from the first. */
static void backward_may_be_repeated(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        shape s = DEEP;
        s.last_state = true;
        fixture f = fixture_make(*cell, s, 4);
        rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
        const size_t n = s.T * s.B * s.I;
        double *first = malloc(n * sizeof *first);
        memcpy(first, trace->dx, n * sizeof *first);
        rs_backward(trace, f.model.parameters, NULL, 0);
        assert_arrays_close("dx", trace->dx, first, n, 0);
        free(first);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

/* Runs steps [t, t+n) of the one-layer fixture alone, from the states that the whole run had before
 * step t, and adds to its gradient; the loss is a sum, so chunks add up. */
static void run_chunk(fixture *f, const rs_trace *whole, size_t t, size_t n, double *gradient)
{
    const shape *s = &f->shape;
    const rs_cell *cell = f->model.net.cell;
    const size_t BH = s->B * s->H;
    rs_trace *chunk = rs_trace_new(&f->model.net, n, s->B, RS_KEEP_LEAN, NULL);
    rs_loss loss = f->loss;
    assert_non_null(chunk);
    memcpy(chunk->x, f->x + t * s->B * s->I, n * s->B * s->I * sizeof *f->x);
    for (size_t k = 0; k < cell->channels_n; k++)
        if (cell->channels[k].role == RS_STATE)
            memcpy(chunk->layer[0].value[k] - BH, whole->layer[0].value[k] + t * BH - BH,
                   BH * sizeof(double));
    loss.target += t * s->B * s->O;
    rs_forward(chunk, f->model.parameters, NULL);
    rs_loss_forward(chunk, &loss);
    rs_backward(chunk, f->model.parameters, gradient, 0);
    rs_trace_free(chunk);
}

static void truncation_is_detached_chunks(void **state)
{
    (void)state;
    const shape s = {.T = 7, .B = 2, .I = 2, .H = 3, .L = 1, .O = 2, .kind = RS_MSE, .sum = true};
    const size_t K = 3;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, s, 11);
        const size_t n = f.model.net.parameters_n;
        double *chunks = calloc(n, sizeof *chunks);
        double *full = calloc(n, sizeof *full);
        rs_trace *whole = fixture_run(&f, RS_KEEP_LEAN, 0);
        memcpy(full, f.gradient, n * sizeof *full);
        rs_trace_free(whole);
        whole = fixture_run(&f, RS_KEEP_LEAN, K);
        for (size_t t = 0; t < s.T; t += K)
            run_chunk(&f, whole, t, s.T - t < K ? s.T - t : K, chunks);
        assert_arrays_close("gradient", f.gradient, chunks, n, CLOSE);
        assert_memory_not_equal(f.gradient, full, n * sizeof *full);
        rs_trace_free(whole);
        whole = fixture_run(&f, RS_KEEP_LEAN, s.T); /* one chunk: nothing is cut */
        assert_memory_equal(f.gradient, full, n * sizeof *full);
        rs_trace_free(whole);
        free(chunks);
        free(full);
        fixture_free(&f);
    }
}

static void truncation_cuts_every_layer(void **state)
{
    (void)state;
    const shape s = {.T = 4, .B = 1, .I = 2, .H = 9, .L = 2, .O = 0, .kind = RS_MSE, .last = true};
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, s, 5);
        rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 2);
        for (size_t j = 0; j < 2 * s.I; j++)
            assert_true(trace->dx[j] == 0); /* the loss is at step 3: nothing reaches steps 0, 1 */
        for (size_t l = 0; l < s.L; l++)
            for (size_t j = 0; j < s.H; j++)
                assert_true((trace->layer[l].d[RS_H] - s.H)[j] == 0);
        double reached = 0;
        for (size_t j = 2 * s.I; j < 3 * s.I; j++)
            reached += fabs(trace->dx[j]);
        assert_true(reached > 0);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

/* A directional derivative, since a pass an entry would take too long. */
static void a_thousand_steps_agree_in_a_random_direction(void **state)
{
    (void)state;
    const shape s = {.T = 1000, .B = 2, .I = 2, .H = 3, .L = 2, .O = 2, .kind = RS_MSE};
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        shape t = s;
        t.weights = *cell == &rs_cell_rnn_relu ? 0.3 : 0.7; /* relu's states grow without bound */
        fixture f = fixture_make(*cell, t, 21);
        const size_t n = f.model.net.parameters_n;
        double *direction = normal_numbers(n, 1, 5), along = 0, magnitude = 0;
        rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
        rs_trace_z *trace_z = fixture_trace_z(&f, RS_KEEP_LEAN);
        double _Complex *parameters = fixture_parameters_z(&f);
        for (size_t j = 0; j < n; j++) {
            along += direction[j] * f.gradient[j];
            magnitude += fabs(direction[j] * f.gradient[j]);
            __imag__ parameters[j] = STEP * direction[j];
        }
        assert_true(magnitude > 1e-4);
        assert_true(fabs(complex_slope(&f, trace_z, parameters, NULL) - along) < 1e-11 * magnitude);
        free(direction);
        free(parameters);
        rs_trace_free(trace);
        rs_trace_free_z(trace_z);
        fixture_free(&f);
    }
}

static void single_precision_is_near_double(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, DEEP, 9);
        const size_t n = f.model.net.parameters_n;
        rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
        rs_trace_f *trace_f = fixture_trace_f(&f, RS_KEEP_ALL);
        float *parameters = fixture_parameters_f(&f), *gradient = calloc(n, sizeof *gradient);
        double *widened = malloc(n * sizeof *widened);
        rs_forward_f(trace_f, parameters, NULL);
        rs_loss_forward_f(trace_f, &f.loss);
        rs_backward_f(trace_f, parameters, gradient, 0);
        for (size_t j = 0; j < n; j++)
            widened[j] = (double)gradient[j];
        assert_arrays_close("gradient", widened, f.gradient, n, 1e-5);
        rs_trace *wide = rs_trace_new(&f.model.net, DEEP.T, DEEP.B, RS_KEEP_ALL, NULL);
        rs_trace_widen(wide, trace_f);
        assert_arrays_close("dx", wide->dx, trace->dx, DEEP.T * DEEP.B * DEEP.I, 1e-5);
        assert_true(fabs(wide->loss - trace->loss) < 1e-5 * trace->loss);
        assert_true(wide->loss != trace->loss);
        free(parameters);
        free(gradient);
        free(widened);
        rs_trace_free(wide);
        rs_trace_free(trace);
        rs_trace_free_f(trace_f);
        fixture_free(&f);
    }
}

const struct CMUnitTest backward_tests[] = {
    cmocka_unit_test(gradients_of_parameters_are_those_of_the_complex_step),
    cmocka_unit_test(gradients_of_inputs_and_initial_states_are_those_of_the_complex_step),
    cmocka_unit_test(total_derivatives_of_channels_are_those_of_the_complex_step),
    cmocka_unit_test(the_lean_trace_gives_the_same_bits),
    cmocka_unit_test(the_gradient_is_added_to),
    cmocka_unit_test(derivatives_do_not_need_a_gradient),
    cmocka_unit_test(backward_may_be_repeated),
    cmocka_unit_test(truncation_is_detached_chunks),
    cmocka_unit_test(truncation_cuts_every_layer),
    cmocka_unit_test(a_thousand_steps_agree_in_a_random_direction),
    cmocka_unit_test(single_precision_is_near_double)};
const size_t backward_tests_n = TESTS_N(backward_tests);
