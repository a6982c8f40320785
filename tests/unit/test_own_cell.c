/* A cell of the user's own is one file (own_cell.c): it gets the forward pass, backpropagation
 * through time, the complex step, the trace, files and the checker from its tables alone. */
#include "tests/unit/exact.h"
#include "tests/unit/own_cell.h"

#include "files/trace_file.h"
#include "gradcheck/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Makes an empty folder. */
static void new_folder(char folder[64])
{
    (void)snprintf(folder, 64, "/tmp/rnnscope-own-cell-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static void own_cells_model_is_written_and_read(void **state)
{
    (void)state;
    char folder[64], path[96];
    fixture f = fixture_make(&own_cell, SHAPE, 3);
    rs_model model;
    rs_model_file file;
    rs_error err = {0};
    new_folder(folder);
    (void)snprintf(path, sizeof path, "%s/model.safetensors", folder);
    assert_int_equal(rs_model_write(path, &f.model, NULL, NULL), RS_OK);
    assert_int_equal(rs_model_read(path, NULL, &model, &file, &err), RS_DATA); /* it is not known */
    assert_non_null(strstr(err.text, own_cell.name));
    assert_int_equal(rs_model_read(path, &own_cell, &model, &file, &err), RS_OK);
    assert_int_equal(model.net.parameters_n, f.model.net.parameters_n);
    assert_memory_equal(model.parameters, f.model.parameters,
                        model.net.parameters_n * sizeof(double));
    rs_model_file_free(&file);
    rs_model_free(&model);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    fixture_free(&f);
}

/* Fails unless the file has a tensor of this name with these numbers. */
static void assert_tensor(rs_safetensors *file, const char *name, const double *want, size_t n)
{
    const rs_tensor *tensor = rs_safetensors_find(file, name);
    if (!tensor || tensor->entries != n)
        fail_msg("no %s of %zu numbers", name, n);
    double *got = malloc(n * sizeof *got);
    assert_non_null(got);
    assert_int_equal(rs_safetensors_read(file, tensor, got, NULL), RS_OK);
    assert_arrays_close(name, got, want, n, 0);
    free(got);
}

static void own_cells_trace_is_written(void **state)
{
    (void)state;
    char folder[64], path[96];
    const size_t n = SHAPE.T * SHAPE.B * SHAPE.H;
    fixture f = fixture_make(&own_cell, SHAPE, 4);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    rs_safetensors file;
    new_folder(folder);
    (void)snprintf(path, sizeof path, "%s/trace.safetensors", folder);
    assert_int_equal(rs_trace_write(path, trace, f.gradient, NULL, NULL, 0, NULL), RS_OK);
    assert_int_equal(rs_safetensors_open(&file, path, NULL), RS_OK);
    assert_string_equal(rs_safetensors_metadata(&file, "cell"), own_cell.name);
    assert_tensor(&file, "f.l1", trace->layer[1].value[1], n);
    assert_tensor(&file, "n.l0", trace->layer[0].value[2], n);
    assert_tensor(&file, "dh.l0", trace->layer[0].d[RS_H], n);
    assert_tensor(&file, "grad.rnn.weight_hh_l0",
                  f.gradient + rs_net_block(&f.model.net, RS_WEIGHT_HH, 0)->offset,
                  2 * SHAPE.H * SHAPE.H);
    rs_safetensors_close(&file);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    rs_trace_free(trace);
    fixture_free(&f);
}

/* The library's backward pass, and then one entry of the gradient goes wrong. */
static void wrong_backward(rs_trace *trace, const double *parameters, double *gradient,
                           size_t truncate)
{
    rs_backward(trace, parameters, gradient, truncate);
    gradient[rs_net_block(trace->net, RS_WEIGHT_HH, 1)->offset] *= 1.01;
}

static rs_verdict verdict_on(rs_backward_function *backward)
{
    fixture f = fixture_make(&own_cell, SHAPE, 5);
    rs_trace *trace = fixture_trace(&f, RS_KEEP_ALL);
    const rs_check_options options = {.method = RS_COMPLEX, .backward = backward, .threads = 1};
    rs_check_report report = {0};
    rs_error err = {0};
    if (rs_check(trace, f.model.parameters, &f.loss, &options, &report, &err) != RS_OK)
        fail_msg("%s", err.text);
    const rs_verdict verdict = report.verdict;
    rs_check_report_free(&report);
    rs_trace_free(trace);
    fixture_free(&f);
    return verdict;
}

static void own_cell_is_checked(void **state)
{
    (void)state;
    assert_int_equal(verdict_on(NULL), RS_AGREES);
    assert_int_equal(verdict_on(wrong_backward), RS_WRONG);
}

const struct CMUnitTest own_cell_tests[] = {cmocka_unit_test(own_cell_is_not_in_the_library),
                                            cmocka_unit_test(own_cell_has_exact_derivatives),
                                            cmocka_unit_test(own_cell_computes_its_equations),
                                            cmocka_unit_test(own_cells_model_is_written_and_read),
                                            cmocka_unit_test(own_cells_trace_is_written),
                                            cmocka_unit_test(own_cell_is_checked)};
const size_t own_cell_tests_n = TESTS_N(own_cell_tests);
