/* Model and data brought together, and what is shown in a terminal. */
#include "tests/unit/files_help.h"

#include "viz/picture.h"
#include "viz/progress.h"
#include "viz/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rs_error err;

static void a_run_without_options_is_an_lstm_on_noise(void **state)
{
    (void)state;
    const run_options o = run_defaults();
    struct run run;
    char text[RUN_TEXT];
    assert_int_equal(run_open(&o, &run, &err), RS_OK);
    assert_ptr_equal(run.model.net.cell, &rs_cell_lstm);
    assert_int_equal(run.model.net.hidden, 16);
    assert_int_equal(run.data.T, 20);
    assert_int_equal(run.data.B, 2);
    assert_int_equal(run.data.loss.kind, RS_MSE);
    assert_true(run.data.x[0] != 0 && run.model.parameters[0] != 0);
    assert_null(run_names(&run));
    assert_non_null(strstr(run_describe(&run, text), "LSTM, 16 units, 1 layer, "));
    assert_non_null(strstr(text, "; noise, 20 steps, batch 2"));
    run_close(&run);
}

static void noise_has_the_widths_and_the_loss_that_are_asked_for(void **state)
{
    (void)state;
    static const char *const losses[] = {"mse", "bce", "xent"};
    for (size_t k = 0; k < 3; k++) {
        run_options o = run_defaults();
        struct run run;
        o.loss = losses[k];
        o.inputs = 3;
        o.outputs = 5;
        o.steps = 7;
        o.reduction = "sum";
        assert_int_equal(run_open(&o, &run, &err), RS_OK);
        assert_int_equal(run.data.I, 3);
        assert_int_equal(run.data.O, 5);
        assert_int_equal(run.data.loss.kind, RS_MSE + k);
        assert_true(run.data.loss.sum && !run.data.loss.last);
        for (size_t j = 0; j < 70 && run.data.target && k == 1; j++)
            assert_true(run.data.target[j] == 0 || run.data.target[j] == 1);
        for (size_t j = 0; j < 14 && run.data.label; j++)
            assert_in_range(run.data.label[j], 0, 4);
        run_close(&run);
    }
}

static void the_last_step_alone_can_be_asked_for(void **state)
{
    (void)state;
    run_options o = run_defaults();
    struct run run;
    o.loss_at = "last";
    assert_int_equal(run_open(&o, &run, &err), RS_OK);
    assert_true(run.data.loss.last);
    assert_ptr_equal(run.data.loss.target, run.data.target + 19 * 2 * run.data.O);
    run_close(&run);
    o.loss = "xent";
    assert_int_equal(run_open(&o, &run, &err), RS_OK);
    assert_ptr_equal(run.data.loss.label, run.data.label + 19 * 2);
    run_close(&run);
}

static void a_new_model_fits_its_data(void **state)
{
    (void)state;
    run_options o = run_defaults();
    struct run run;
    o.task = "adding";
    o.cell = "gru";
    o.layers = 2;
    o.steps = 12;
    o.batch = 3;
    assert_int_equal(run_open(&o, &run, &err), RS_OK);
    assert_int_equal(run.model.net.inputs, 2);
    assert_int_equal(run.model.net.outputs, 1);
    assert_int_equal(run.model.net.layers, 2);
    rs_trace *trace = run_trace(&run, RS_KEEP_ALL, &err);
    assert_non_null(trace);
    assert_memory_equal(trace->x, run.data.x, 12 * 3 * 2 * sizeof(double));
    rs_trace_free(trace);
    run_close(&run);
    o.inputs = 3;
    assert_int_equal(run_open(&o, &run, &err), RS_USAGE);
}

static void radius_and_forget_bias_reach_the_parameters(void **state)
{
    (void)state;
    run_options o = run_defaults();
    struct run run;
    double radius = 0;
    o.cell = "rnn";
    o.radius = 1.25;
    assert_int_equal(run_open(&o, &run, &err), RS_OK);
    const rs_block *w_hh = rs_net_block(&run.model.net, RS_WEIGHT_HH, 0);
    assert_int_equal(rs_spectral_radius(run.model.parameters + w_hh->offset, 16, &radius, &err), 0);
    assert_true(fabs(radius - 1.25) < 1e-9);
    run_close(&run);
    o = run_defaults();
    o.forget_bias = 4;
    assert_int_equal(run_open(&o, &run, &err), RS_OK);
    const rs_block *b_ih = rs_net_block(&run.model.net, RS_BIAS_IH, 0);
    assert_true(run.model.parameters[b_ih->offset + 16] == 4);
    run_close(&run);
}

static void a_model_from_a_file_keeps_its_sizes_and_names(void **state)
{
    char path[PATH];
    run_options o = run_defaults();
    struct run run;
    o.hidden = 3;
    o.inputs = 2;
    assert_int_equal(run_open(&o, &run, &err), RS_OK);
    in_folder(state, "m.safetensors", path);
    assert_int_equal(rs_model_write(path, &run.model, NULL, &err), RS_OK);
    run_close(&run);
    o = run_defaults();
    o.model = path;
    assert_int_equal(run_open(&o, &run, &err), RS_OK);
    assert_int_equal(run.model.net.hidden, 3);
    assert_int_equal(run.data.I, 2);
    assert_non_null(run_names(&run));
    run_close(&run);
    o.layers = 2;
    assert_int_equal(run_open(&o, &run, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "--layers 2"));
}

/* What picture_log draws, as one text. */
static void draw(const double *values, size_t n, char text[400])
{
    memset(text, 0, 400);
    FILE *file = fmemopen(text, 399, "w");
    assert_non_null(file);
    picture_log(file, values, n, 1, 3, 3);
    (void)fclose(file);
}

static void pictures_show_what_a_log_axis_cannot(void **state)
{
    (void)state;
    const double values[] = {0.5, 0.05, 0.005, 1e-9, 0, 30, NAN, INFINITY};
    char text[400];
    draw(values, 8, text);
    assert_non_null(strstr(text, "  1e+00 |*    ^!!\n"));
    assert_non_null(strstr(text, "  1e-01 | *      \n"));
    assert_non_null(strstr(text, "  1e-02 |  *v0   \n"));
}

static void times_are_for_people(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(progress_time(7.2, text), "0:07");
    assert_string_equal(progress_time(754, text), "12:34");
    assert_string_equal(progress_time(7205, text), "2:00:05");
    assert_string_equal(progress_time(NAN, text), "?");
    assert_string_equal(progress_time(-1, text), "?");
}

static void progress_is_silent_when_asked(void **state)
{
    (void)state;
    progress bar = progress_begin(true);
    assert_false(bar.shown);
    progress_show(&bar, 1, "done");
    assert_true(bar.drawn == 0);
}

const struct CMUnitTest run_tests[] = {
    cmocka_unit_test(a_run_without_options_is_an_lstm_on_noise),
    cmocka_unit_test(noise_has_the_widths_and_the_loss_that_are_asked_for),
    cmocka_unit_test(the_last_step_alone_can_be_asked_for),
    cmocka_unit_test(a_new_model_fits_its_data),
    cmocka_unit_test(radius_and_forget_bias_reach_the_parameters),
    IN_FOLDER(a_model_from_a_file_keeps_its_sizes_and_names),
    cmocka_unit_test(pictures_show_what_a_log_axis_cannot),
    cmocka_unit_test(times_are_for_people),
    cmocka_unit_test(progress_is_silent_when_asked),
};
const size_t run_tests_n = TESTS_N(run_tests);
