/* lib/train: optimisers and clipping beside torch's numbers, gradients by shards, training that can
 * be stopped, resumed and diverges in the open. */
#include "tests/unit/test.h"

#include "files/model_file.h"
#include "network/init.h"
#include "tests/golden/optimizers.h"
#include "tests/unit/files_help.h"
#include "train/clip.h"
#include "train/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void optimisers_do_what_torch_does(void **state)
{
    (void)state;
    for (size_t k = 0; k < TESTS_N(golden_optimizers); k++) {
        static const double factor[] = {1, -0.3, 0.01, 5}, sign[] = {1, -1, 1, -1};
        double theta[GOLDEN_N], gradient[GOLDEN_N];
        rs_optimizer optimizer;
        const rs_optimizer_rule *rule = rs_optimizer_named(golden_optimizers[k].name);
        memcpy(theta, golden_start, sizeof theta);
        assert_int_equal(rs_optimizer_make(&optimizer, rule, 0.1, GOLDEN_N, NULL), RS_OK);
        for (int t = 1; t <= GOLDEN_UPDATES; t++) {
            for (size_t j = 0; j < GOLDEN_N; j++)
                gradient[j] = factor[j] * theta[j] + 0.1 * t * sign[j];
            rs_optimizer_update(&optimizer, theta, gradient);
        }
        assert_int_equal(optimizer.updates, GOLDEN_UPDATES);
        for (size_t j = 0; j < GOLDEN_N; j++)
            if (fabs(theta[j] - golden_optimizers[k].end[j]) > 1e-14)
                fail_msg("%s: entry %zu is %.17g, torch has %.17g", rule->name, j, theta[j],
                         golden_optimizers[k].end[j]);
        rs_optimizer_free(&optimizer);
    }
}

static void rates_are_checked_and_have_defaults(void **state)
{
    (void)state;
    rs_optimizer optimizer;
    rs_error err = {0};
    const double bad[] = {-1, NAN, INFINITY};
    for (const rs_optimizer_rule *rule = rs_optimizer_rules; rule->name; rule++) {
        assert_ptr_equal(rs_optimizer_named(rule->name), rule);
        assert_int_equal(rs_optimizer_make(&optimizer, rule, 0, 3, &err), RS_OK);
        assert_true(optimizer.rate == rule->rate && rule->rate > 0);
        rs_optimizer_free(&optimizer);
        for (size_t k = 0; k < TESTS_N(bad); k++)
            assert_int_equal(rs_optimizer_make(&optimizer, rule, bad[k], 3, &err), RS_USAGE);
    }
    assert_null(rs_optimizer_named("adamw"));
}

static void clipping_does_what_torch_does(void **state)
{
    (void)state;
    double g[GOLDEN_N];
    memcpy(g, golden_gradient, sizeof g);
    assert_true(rs_clip_norm(g, GOLDEN_N, 2.5) == golden_norm);
    for (size_t k = 0; k < GOLDEN_N; k++)
        assert_true(fabs(g[k] - golden_by_norm[k]) < 1e-15);
    memcpy(g, golden_gradient, sizeof g);
    assert_int_equal(rs_clip_value(g, GOLDEN_N, 3.5), 2);
    assert_memory_equal(g, golden_by_value, sizeof g);
    memcpy(g, golden_gradient, sizeof g);
    (void)rs_clip_norm(g, GOLDEN_N, 14);
    assert_memory_equal(g, golden_gradient, sizeof g);
}

static void norms_of_extreme_numbers(void **state)
{
    (void)state;
    double huge[] = {3e200, 4e200}, tiny[] = {3e-200, -4e-200}, zero[] = {0, 0};
    double broken[] = {NAN, 1}, infinite[] = {1, -INFINITY};
    assert_true(fabs(rs_norm(huge, 2) / 5e200 - 1) < 1e-15);
    assert_true(fabs(rs_norm(tiny, 2) / 5e-200 - 1) < 1e-15);
    assert_true(rs_norm(zero, 2) == 0);
    assert_true(isnan(rs_clip_norm(broken, 2, 1)) && isnan(broken[0]) && broken[1] == 1);
    assert_true(isinf(rs_clip_norm(infinite, 2, 1)) && infinite[0] == 1);
    assert_int_equal(rs_clip_value(broken, 2, 0.5), 1);
    assert_true(isnan(broken[0]) && broken[1] == 0.5);
}

/* What the tests below train: a small net on a task. */
typedef struct setup {
    rs_model model;
    rs_source source;
    rs_train_options options;
} setup;

static setup make(const rs_cell *cell, const char *task, size_t T, size_t B, size_t H)
{
    setup s = {.options = {.updates = 20, .seed = 5, .threads = 1}};
    assert_int_equal(rs_source_task(&s.source, rs_task_named(task), T, B, 5, NULL), RS_OK);
    const rs_net net = {.cell = cell,
                        .inputs = s.source.I,
                        .hidden = H,
                        .layers = 2,
                        .outputs = s.source.O,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    assert_int_equal(rs_model_make(&s.model, &net, NULL), RS_OK);
    assert_int_equal(rs_model_init(&s.model, NULL, 5, NULL), RS_OK);
    return s;
}

static rs_trainer *trainer_of(setup *s)
{
    rs_error err = {0};
    rs_trainer *trainer = rs_trainer_new(&s->model, &s->source, &s->options, &err);
    if (!trainer)
        fail_msg("%s", err.text);
    return trainer;
}

static void assert_same_bits(const rs_model *a, const rs_model *b)
{
    assert_memory_equal(a->parameters, b->parameters, a->net.parameters_n * sizeof(double));
}

/* Shards of any batch, also with a small last one, labels of −1 and a loss at the end, give the
 * loss and the gradient of the whole; with any number of lanes and threads, the same bits. */
static void shards_are_the_whole(void **state)
{
    (void)state;
    static const char *const tasks[] = {"anbn", "adding", "copy", "delayed-xor"};
    static const size_t sizes[] = {1, 7, 8, 16, 21, 32};
    for (size_t n = 0; n < TESTS_N(tasks) * TESTS_N(sizes); n++) {
        setup s = make(&rs_cell_gru, tasks[n % 4], 9, sizes[n / 4], 5);
        const size_t bytes = s.model.net.parameters_n * sizeof(double);
        rs_data batch;
        rs_random random = rs_random_seed(1, 0);
        double *whole = calloc(1, bytes), *shards = malloc(bytes), *again = malloc(bytes);
        assert_int_equal(rs_source_batch(&s.source, false, &batch, NULL), RS_OK);
        rs_source_next(&s.source, &random, &batch);
        rs_trace *trace = rs_trace_new(&s.model.net, batch.T, batch.B, RS_KEEP_LEAN, NULL);
        assert_int_equal(rs_data_start(&batch, trace, NULL), RS_OK);
        rs_forward(trace, s.model.parameters, NULL);
        rs_loss_forward(trace, &batch.loss);
        rs_backward(trace, s.model.parameters, whole, 4);
        rs_shards *all = rs_shards_new(&s.model.net, &batch, 0, false, NULL);
        rs_shards *two = rs_shards_new(&s.model.net, &batch, 2, false, NULL);
        const double loss = rs_shards_run(all, &batch, s.model.parameters, shards, 4, 1);
        assert_true(fabs(loss / trace->loss - 1) < 1e-13);
        for (size_t k = 0; k < s.model.net.parameters_n; k++)
            assert_true(fabs(shards[k] - whole[k]) < 1e-14 + 1e-12 * fabs(whole[k]));
        assert_true(rs_norm(shards, s.model.net.parameters_n) > 1e-6);
        for (size_t threads = 1; threads <= 3; threads++) {
            assert_true(loss == rs_shards_run(two, &batch, s.model.parameters, again, 4, threads));
            assert_memory_equal(shards, again, bytes);
            assert_true(loss == rs_shards_run(all, &batch, s.model.parameters, again, 4, threads));
            assert_memory_equal(shards, again, bytes);
        }
        assert_true(loss == rs_shards_run(two, &batch, s.model.parameters, NULL, 0, 1));
        rs_shards_free(all);
        rs_shards_free(two);
        rs_trace_free(trace);
        rs_data_free(&batch);
        rs_model_free(&s.model);
        free(whole);
        free(shards);
        free(again);
    }
}

/* Initial states are cut into shards like everything else. */
static void shards_have_their_initial_states(void **state)
{
    (void)state;
    setup s = make(&rs_cell_lstm, "sine", 5, 19, 4);
    rs_data batch;
    rs_random random = rs_random_seed(1, 0);
    assert_int_equal(rs_source_batch(&s.source, false, &batch, NULL), RS_OK);
    rs_source_next(&s.source, &random, &batch);
    batch.layers = 2;
    batch.hidden = 4;
    batch.h0 = calloc(2 * 19 * 4, sizeof(double));
    batch.c0 = calloc(2 * 19 * 4, sizeof(double));
    for (size_t k = 0; k < 2 * 19 * 4; k++) {
        batch.h0[k] = rs_random_normal(&random);
        batch.c0[k] = rs_random_normal(&random);
    }
    rs_trace *trace = rs_trace_new(&s.model.net, batch.T, batch.B, RS_KEEP_LEAN, NULL);
    assert_int_equal(rs_data_start(&batch, trace, NULL), RS_OK);
    rs_forward(trace, s.model.parameters, NULL);
    rs_loss_forward(trace, &batch.loss);
    rs_shards *shards = rs_shards_new(&s.model.net, &batch, 0, false, NULL);
    const double loss = rs_shards_run(shards, &batch, s.model.parameters, NULL, 0, 1);
    assert_true(fabs(loss / trace->loss - 1) < 1e-13);
    rs_shards_free(shards);
    rs_trace_free(trace);
    rs_data_free(&batch);
    rs_model_free(&s.model);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    for (size_t single = 0; single < 2; single++) {
        setup one = make(&rs_cell_lstm, "adding", 10, 30, 6);
        one.options.single = single;
        rs_trainer *trainer = trainer_of(&one);
        assert_int_equal(rs_train(trainer, NULL), RS_OK);
        const double held_out = rs_trainer_held_out(trainer);
        rs_trainer_free(trainer);
        for (size_t threads = 2; threads <= 3; threads++) {
            setup more = make(&rs_cell_lstm, "adding", 10, 30, 6);
            more.options.threads = threads;
            more.options.single = single;
            trainer = trainer_of(&more);
            assert_int_equal(rs_train(trainer, NULL), RS_OK);
            assert_same_bits(&one.model, &more.model);
            assert_true(held_out == rs_trainer_held_out(trainer));
            rs_trainer_free(trainer);
            rs_model_free(&more.model);
        }
        rs_model_free(&one.model);
    }
}

static void single_precision_is_near_double(void **state)
{
    (void)state;
    setup a = make(&rs_cell_gru, "sine", 10, 12, 6), b = make(&rs_cell_gru, "sine", 10, 12, 6);
    b.options.single = true;
    rs_trainer *x = trainer_of(&a), *y = trainer_of(&b);
    rs_train_row p, q;
    for (size_t k = 0; k < 5; k++) {
        assert_int_equal(rs_trainer_step(x, &p, NULL), RS_OK);
        assert_int_equal(rs_trainer_step(y, &q, NULL), RS_OK);
        assert_true(p.loss != q.loss); /* it is another precision */
        assert_true(fabs(p.loss / q.loss - 1) < 1e-5 && fabs(p.norm / q.norm - 1) < 1e-4);
    }
    rs_trainer_free(x);
    rs_trainer_free(y);
    rs_model_free(&a.model);
    rs_model_free(&b.model);
}

/* Norms before and after clipping, as the row and the formulas say; truncation changes gradients.
 */
static void rows_say_what_happened(void **state)
{
    (void)state;
    double norm[3], clipped[3];
    for (size_t k = 0; k < 3; k++) {
        setup s = make(&rs_cell_rnn, "adding", 12, 4, 5);
        s.options.clip_norm = k == 1 ? 1e-3 : 0;
        s.options.clip_value = k == 2 ? 1e-4 : 0;
        rs_trainer *trainer = trainer_of(&s);
        rs_train_row row = {0};
        assert_int_equal(rs_trainer_step(trainer, &row, NULL), RS_OK);
        assert_true(row.update == 1 && rs_trainer_updates(trainer) == 1 && row.loss > 0);
        norm[k] = row.norm;
        clipped[k] = row.norm_clipped;
        rs_trainer_free(trainer);
        rs_model_free(&s.model);
    }
    assert_true(norm[0] > 0.01 && norm[1] == norm[0] && norm[2] == norm[0]);
    assert_true(clipped[0] == norm[0]);
    assert_true(fabs(clipped[1] - 1e-3 * norm[1] / (norm[1] + 1e-6)) < 1e-15);
    assert_true(clipped[2] < norm[2] && clipped[2] > 1e-4);
}

static void truncation_reaches_the_gradient(void **state)
{
    (void)state;
    double norm[2];
    for (size_t k = 0; k < 2; k++) {
        setup s = make(&rs_cell_rnn, "adding", 12, 4, 5);
        s.options.truncate = k == 1 ? 3 : 0;
        rs_trainer *trainer = trainer_of(&s);
        rs_train_row row = {0};
        assert_int_equal(rs_trainer_step(trainer, &row, NULL), RS_OK);
        norm[k] = row.norm;
        rs_trainer_free(trainer);
        rs_model_free(&s.model);
    }
    assert_true(norm[0] != norm[1]);
}

/* Trains to `updates`, from the checkpoint if there is one; returns the model. */
static rs_model train_in(void **state, const char *rule, uint64_t updates, bool resume,
                         const char *name)
{
    char path[PATH], log[PATH], log_name[64];
    setup s = make(&rs_cell_lstm, "copy", 12, 10, 5);
    (void)snprintf(log_name, sizeof log_name, "%s.csv", name);
    s.options.rule = rs_optimizer_named(rule);
    s.options.updates = updates;
    s.options.held_out_every = 4;
    s.options.clip_norm = 0.3;
    s.options.path = in_folder(state, name, path);
    s.options.log = in_folder(state, log_name, log);
    rs_trainer *trainer = trainer_of(&s);
    rs_error err = {0};
    if (resume && rs_trainer_load(trainer, path, &err) != RS_OK)
        fail_msg("%s", err.text);
    assert_int_equal(rs_train(trainer, &err), RS_OK);
    assert_int_equal(rs_trainer_updates(trainer), updates);
    rs_trainer_free(trainer);
    return s.model;
}

static void assert_same_file(void **state, const char *a, const char *b)
{
    char path[PATH];
    size_t n = 0, m = 0;
    char *x = read_bytes(in_folder(state, a, path), &n);
    char *y = read_bytes(in_folder(state, b, path), &m);
    assert_true(n == m && n > 100);
    assert_memory_equal(x, y, n);
    free(x);
    free(y);
}

/* 12 updates, or 8 and then 4 more: the same parameters, log and checkpoint, bit for bit. */
static void resuming_continues_bit_for_bit(void **state)
{
    for (const rs_optimizer_rule *rule = rs_optimizer_rules; rule->name; rule++) {
        rs_model whole = train_in(state, rule->name, 12, false, "whole");
        rs_model part = train_in(state, rule->name, 8, false, "part");
        assert_memory_not_equal(whole.parameters, part.parameters, 100);
        rs_model_free(&part);
        part = train_in(state, rule->name, 12, true, "part");
        assert_same_bits(&whole, &part);
        assert_same_file(state, "whole", "part");
        assert_same_file(state, "whole.csv", "part.csv");
        rs_model_free(&whole);
        rs_model_free(&part);
    }
    assert_int_equal(folder_entries(state), 4); /* no temporary file is left */
}

/* A crash after a checkpoint leaves later rows in the log, the last one broken off: gone. */
static void the_log_goes_on_behind_the_checkpoint(void **state)
{
    char path[PATH];
    size_t n = 0;
    rs_model whole = train_in(state, "adam", 12, false, "whole");
    rs_model part = train_in(state, "adam", 8, false, "part");
    rs_model_free(&part);
    char *rows = read_bytes(in_folder(state, "whole.csv", path), &n);
    write_bytes(in_folder(state, "part.csv", path), rows, n - 7);
    free(rows);
    part = train_in(state, "adam", 12, true, "part");
    assert_same_file(state, "whole.csv", "part.csv");
    rs_model_free(&whole);
    rs_model_free(&part);
}

static void the_log_has_a_row_an_update(void **state)
{
    char path[PATH];
    size_t n = 0, lines = 0, held_out = 0;
    rs_model model = train_in(state, "sgd", 10, false, "m");
    char *text = read_bytes(in_folder(state, "m.csv", path), &n), *next = text;
    assert_int_equal(
        strncmp(text, "update,loss,gradient_norm,gradient_norm_clipped,held_out_loss\n", 62), 0);
    while ((next = strchr(next, '\n')) && *++next) {
        unsigned long long update = 0;
        double loss = 0, norm = 0, clipped = 0;
        assert_int_equal(sscanf(next, "%llu,%lf,%lf,%lf,", &update, &loss, &norm, &clipped), 4);
        const bool has_held_out = next[strcspn(next, "\n") - 1] != ',';
        lines++;
        held_out += has_held_out;
        assert_true(update == lines && loss > 0 && norm > 0);
        assert_true(clipped <= 0.3 && clipped <= norm);
        assert_int_equal(has_held_out, update % 4 == 0 || update == 10);
    }
    assert_true(lines == 10 && held_out == 3);
    free(text);
    rs_model_free(&model);
}

/* A checkpoint is a model file, and keeps the names of the file that the model came from. */
static void a_checkpoint_is_a_model_file(void **state)
{
    char path[PATH];
    rs_model model = train_in(state, "adam", 3, false, "m"), read;
    rs_model_file file;
    rs_error err = {0};
    assert_int_equal(rs_model_read(in_folder(state, "m", path), NULL, &read, &file, &err), RS_OK);
    assert_same_bits(&model, &read);
    assert_int_equal(file.others_n, 2);
    rs_model_file_free(&file);
    rs_model_free(&read);
    rs_model_free(&model);
}

typedef struct watch {
    volatile sig_atomic_t stop;
    size_t calls;
    rs_progress last;
    rs_train_row row;
} watch;

static void stop_after_five(void *context, const rs_progress *progress)
{
    watch *w = context;
    w->calls++;
    w->last = *progress;
    w->row = *progress->row;
    w->stop = progress->row->update == 5;
}

static void stopping_saves_and_says_so(void **state)
{
    char path[PATH];
    watch w = {0};
    rs_error err = {0};
    setup s = make(&rs_cell_gru, "copy", 12, 10, 5), t = make(&rs_cell_gru, "copy", 12, 10, 5);
    s.options.path = in_folder(state, "m", path);
    s.options.stop = &w.stop;
    s.options.progress = stop_after_five;
    s.options.context = &w;
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_train(trainer, &err), RS_INTERRUPTED);
    assert_non_null(strstr(err.text, "stopped after update 5"));
    assert_true(w.calls == 5 && w.row.update == 5 && w.last.updates == 20);
    assert_true(w.last.updates_per_second > 0 && w.last.seconds_left > 0);
    w.stop = 0;
    assert_int_equal(rs_train(trainer, &err), RS_OK); /* and can simply go on */
    rs_trainer_free(trainer);
    trainer = trainer_of(&t);
    assert_int_equal(rs_train(trainer, &err), RS_OK);
    assert_same_bits(&s.model, &t.model);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
    rs_model_free(&t.model);
}

static void what_was_saved_at_a_stop_is_resumed(void **state)
{
    char path[PATH];
    watch w = {0};
    setup s = make(&rs_cell_gru, "copy", 12, 10, 5), t = make(&rs_cell_gru, "copy", 12, 10, 5);
    s.options.path = in_folder(state, "m", path);
    s.options.stop = &w.stop;
    s.options.progress = stop_after_five;
    s.options.context = &w;
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_train(trainer, NULL), RS_INTERRUPTED);
    rs_trainer_free(trainer);
    trainer = trainer_of(&t);
    assert_int_equal(rs_trainer_load(trainer, path, NULL), RS_OK);
    assert_int_equal(rs_trainer_updates(trainer), 5);
    assert_same_bits(&s.model, &t.model);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
    rs_model_free(&t.model);
}

/* A number that is none, put into the input of one sequence at one step. */
static void bad_input(const rs_source *source, rs_random *random, rs_data *batch)
{
    rs_task_refill(source->from, random, batch);
    if (rs_random_below(random, 4) == 0)
        batch->x[(6 * batch->B + 11) * batch->I] = NAN;
}

static void divergence_is_located(void **state)
{
    char path[PATH];
    rs_error err = {0};
    for (size_t single = 0; single < 2; single++) {
        setup s = make(&rs_cell_lstm, "adding", 10, 20, 4);
        s.source.fill = bad_input;
        s.options.updates = 1000;
        s.options.single = single;
        s.options.path = in_folder(state, "m", path);
        rs_trainer *trainer = trainer_of(&s);
        assert_int_equal(rs_train(trainer, &err), RS_FAILED);
        const rs_divergence *d = rs_trainer_divergence(trainer);
        assert_string_equal(d->place.pass, "forward");
        assert_string_equal(d->place.tensor, "i.l0");
        assert_true(d->place.t == 6 && d->place.b == 11 && isnan(d->place.value));
        assert_non_null(strstr(err.text, "i.l0 became"));
        assert_non_null(strstr(err.text, "at step 6, sequence 11"));
        for (size_t k = 0; k < s.model.net.parameters_n; k++)
            assert_true(isfinite(s.model.parameters[k]));
        rs_trainer_free(trainer);
        rs_model_free(&s.model);
    }
}

/* The state goes back before the last good update: resumed from there, the same happens again. */
static void divergence_keeps_the_last_good_model(void **state)
{
    char path[PATH];
    setup s = make(&rs_cell_lstm, "adding", 10, 20, 4),
          t = make(&rs_cell_lstm, "adding", 10, 20, 4);
    s.source.fill = t.source.fill = bad_input;
    s.options.updates = t.options.updates = 1000;
    s.options.path = in_folder(state, "m", path);
    rs_trainer *trainer = trainer_of(&s), *twin = trainer_of(&t);
    assert_int_equal(rs_train(trainer, NULL), RS_FAILED);
    const uint64_t bad = rs_trainer_divergence(trainer)->update;
    assert_true(bad > 2 && rs_trainer_updates(trainer) == bad - 2);
    for (uint64_t k = 0; k < bad - 2; k++)
        assert_int_equal(rs_trainer_step(twin, NULL, NULL), RS_OK);
    assert_same_bits(&s.model, &t.model);
    rs_trainer_free(trainer);
    assert_int_equal(rs_model_init(&s.model, NULL, 99, NULL), RS_OK);
    trainer = trainer_of(&s);
    assert_int_equal(rs_trainer_load(trainer, path, NULL), RS_OK);
    assert_same_bits(&s.model, &t.model);
    assert_int_equal(rs_trainer_step(trainer, NULL, NULL), RS_OK);
    assert_int_equal(rs_trainer_step(trainer, NULL, NULL), RS_FAILED);
    assert_true(rs_trainer_divergence(trainer)->update == bad);
    rs_trainer_free(trainer);
    rs_trainer_free(twin);
    rs_model_free(&s.model);
    rs_model_free(&t.model);
}

/* A rate that throws the parameters out of a double's range, and a backward pass that overflows
 * behind a forward pass that does not. */
static void overflow_is_named_where_it_happens(void **state)
{
    (void)state;
    rs_error err = {0};
    setup s = make(&rs_cell_rnn, "adding", 10, 3, 4);
    s.options.rule = rs_optimizer_named("sgd");
    s.options.rate = 1e308;
    rs_model before = make(&rs_cell_rnn, "adding", 10, 3, 4).model;
    for (size_t k = 0; k < s.model.net.parameters_n; k++)
        s.model.parameters[k] = before.parameters[k] *= 20; /* gradients above 1 */
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_train(trainer, &err), RS_FAILED);
    assert_true(rs_trainer_divergence(trainer)->update >= 1);
    assert_non_null(strstr(err.text, "diverged at update 1: in the update entry"));
    assert_same_bits(&s.model, &before);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
    rs_model_free(&before);

    s = make(&rs_cell_rnn_relu, "adding", 40, 3, 4);
    for (size_t k = 0; k < s.model.net.parameters_n; k++)
        s.model.parameters[k] = 1e-160;
    const rs_block *hh = rs_net_block(&s.model.net, RS_WEIGHT_HH, 0);
    for (size_t k = 0; k < 16; k++)
        s.model.parameters[hh->offset + k] = 1e12;
    trainer = trainer_of(&s);
    const rs_status status = rs_train(trainer, &err);
    assert_int_equal(status, RS_FAILED);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
}

static void a_checkpoint_of_something_else_is_refused(void **state)
{
    char path[PATH];
    rs_model model = train_in(state, "adam", 3, false, "m");
    (void)in_folder(state, "m", path);
    const struct {
        const rs_cell *cell;
        const char *task, *rule;
        size_t T, H;
        const char *text;
    } bad[] = {
        {&rs_cell_lstm, "copy", "sgd", 12, 5, "train.optimizer is adam, expected sgd"},
        {&rs_cell_lstm, "copy", "adam", 13, 5, "trained on other data"},
        {&rs_cell_lstm, "copy", "adam", 12, 6, "is a lstm of 2 layers of 5 units"},
        {&rs_cell_gru, "copy", "adam", 12, 5, path},
    };
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_error err = {0};
        setup s = make(bad[k].cell, bad[k].task, bad[k].T, 10, bad[k].H);
        const double first = s.model.parameters[0];
        s.options.rule = rs_optimizer_named(bad[k].rule);
        rs_trainer *trainer = trainer_of(&s);
        assert_int_equal(rs_trainer_load(trainer, path, &err), RS_DATA);
        if (!strstr(err.text, bad[k].text))
            fail_msg("expected \"%s\" in \"%s\"", bad[k].text, err.text);
        assert_true(rs_trainer_updates(trainer) == 0 && s.model.parameters[0] == first);
        rs_trainer_free(trainer);
        rs_model_free(&s.model);
    }
    rs_model_free(&model);
}

/* Puts bytes in place of others of the same length in a file. */
static void replace(const char *path, const char *old, const char *new)
{
    size_t n = 0;
    char *bytes = read_bytes(path, &n), *at = NULL;
    for (size_t k = 0; k + strlen(old) <= n && !at; k++)
        if (memcmp(bytes + k, old, strlen(old)) == 0)
            at = bytes + k;
    assert_non_null(at);
    memcpy(at, new, strlen(old));
    write_bytes(path, bytes, n);
    free(bytes);
}

static void a_damaged_checkpoint_is_refused(void **state)
{
    static const struct {
        const char *old, *new, *text;
    } damage[] = {
        {"train.updates", "train.xpdates", "has no train.updates"},
        {"train.random", "train.xandom", "has no train.random"},
        {"train.beta2", "train.xeta2", "has no train.beta2"},
        {"train.updates\":\"3", "train.updates\":\"x", "train.updates is x, expected a count"},
        {"train.momentum\":\"0", "train.momentum\":\"x", "train.momentum is x"},
        {"\"train.m\"", "\"train.x\"", "tensor train.m is missing"},
    };
    char path[PATH];
    for (size_t k = 0; k < TESTS_N(damage); k++) {
        rs_error err = {0};
        rs_model model = train_in(state, "adam", 3, false, "m");
        setup s = make(&rs_cell_lstm, "copy", 12, 10, 5);
        rs_trainer *trainer = trainer_of(&s);
        replace(in_folder(state, "m", path), damage[k].old, damage[k].new);
        assert_int_equal(rs_trainer_load(trainer, path, &err), RS_DATA);
        if (!strstr(err.text, damage[k].text))
            fail_msg("expected \"%s\" in \"%s\"", damage[k].text, err.text);
        rs_trainer_free(trainer);
        rs_model_free(&s.model);
        rs_model_free(&model);
    }
    setup s = make(&rs_cell_lstm, "copy", 12, 10, 5);
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_trainer_load(trainer, in_folder(state, "none", path), NULL), RS_OPEN);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
}

static void writes_that_fail_are_told(void **state)
{
    char path[PATH];
    rs_error err = {0};
    setup s = make(&rs_cell_rnn, "sine", 4, 2, 2);
    s.options.updates = 2;
    s.options.path = in_folder(state, "no/such/folder", path);
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_train(trainer, &err), RS_WRITE);
    assert_non_null(strstr(err.text, path));
    rs_trainer_free(trainer);
    s.options.path = NULL;
    s.options.log = path;
    trainer = trainer_of(&s);
    assert_int_equal(rs_train(trainer, &err), RS_WRITE);
    assert_non_null(strstr(err.text, path));
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
}

/* Resuming does not write into a file that is no log. */
static void another_file_is_not_taken_for_the_log(void **state)
{
    char path[PATH];
    size_t n = 0;
    rs_error err = {0};
    setup s = make(&rs_cell_rnn, "sine", 4, 2, 2);
    s.options.updates = 2;
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_trainer_step(trainer, NULL, NULL), RS_OK);
    rs_trainer_free(trainer);
    s.options.log = in_folder(state, "notes.csv", path);
    write_bytes(path, "my notes\n", 9);
    trainer = trainer_of(&s);
    assert_int_equal(rs_trainer_step(trainer, NULL, NULL), RS_OK);
    assert_int_equal(rs_train(trainer, &err), RS_DATA);
    char *bytes = read_bytes(path, &n);
    assert_true(n == 9);
    free(bytes);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
}

static void options_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    const rs_train_options bad[] = {{.rate = -1}, {.clip_norm = -1}, {.clip_value = NAN}};
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_error err = {0};
        setup s = make(&rs_cell_rnn, "sine", 4, 2, 2);
        assert_null(rs_trainer_new(&s.model, &s.source, &bad[k], &err));
        assert_int_equal(err.status, RS_USAGE);
        rs_model_free(&s.model);
    }
    rs_error err = {0};
    setup s = make(&rs_cell_rnn, "sine", 4, 2, 2);
    assert_int_equal(rs_source_task(&s.source, rs_task_named("copy"), 4, 2, 1, NULL), RS_OK);
    assert_null(rs_trainer_new(&s.model, &s.source, &s.options, &err));
    assert_int_equal(err.status, RS_USAGE);
    assert_non_null(strstr(err.text, "10 inputs, the network 1"));
    rs_model_free(&s.model);
}

/* A rate given when resuming holds; without one the checkpoint's does. */
static void the_rate_can_be_changed_when_resuming(void **state)
{
    char path[PATH];
    double end[3];
    const double rates[] = {0, 0.02, 0.005};
    setup first = make(&rs_cell_rnn, "sine", 4, 2, 2);
    first.options.updates = 2;
    first.options.rate = 0.02;
    first.options.path = in_folder(state, "m", path);
    rs_trainer *trainer = trainer_of(&first);
    assert_int_equal(rs_train(trainer, NULL), RS_OK);
    rs_trainer_free(trainer);
    for (size_t k = 0; k < 3; k++) {
        setup s = make(&rs_cell_rnn, "sine", 4, 2, 2);
        s.options.rate = rates[k];
        trainer = trainer_of(&s);
        assert_int_equal(rs_trainer_load(trainer, path, NULL), RS_OK);
        assert_int_equal(rs_trainer_step(trainer, NULL, NULL), RS_OK);
        end[k] = s.model.parameters[0];
        rs_trainer_free(trainer);
        rs_model_free(&s.model);
    }
    assert_true(end[0] == end[1] && end[0] != end[2]);
    rs_model_free(&first.model);
}

/* It learns: on held-out sequences the LSTM ends well below what one can score without looking at
 * the input; on noise, where there is nothing to learn, nobody does. */
static void an_lstm_learns(void **state)
{
    (void)state;
    setup s = make(&rs_cell_lstm, "adding", 8, 32, 16), n = make(&rs_cell_lstm, "noise", 8, 32, 4);
    s.options.updates = 300;
    n.options.updates = 30;
    s.options.rate = n.options.rate = 0.01;
    s.options.clip_norm = n.options.clip_norm = 1;
    rs_trainer *trainer = trainer_of(&s), *control = trainer_of(&n);
    const double before = rs_trainer_held_out(trainer);
    assert_int_equal(rs_train(trainer, NULL), RS_OK);
    assert_int_equal(rs_train(control, NULL), RS_OK);
    assert_true(before > 1.0 / 6);
    assert_true(rs_trainer_held_out(trainer) < 0.25 / 6);
    assert_true(rs_trainer_held_out(control) > 0.8);
    rs_trainer_free(trainer);
    rs_trainer_free(control);
    rs_model_free(&s.model);
    rs_model_free(&n.model);
}

const struct CMUnitTest train_tests[] = {
    cmocka_unit_test(optimisers_do_what_torch_does),
    cmocka_unit_test(rates_are_checked_and_have_defaults),
    cmocka_unit_test(clipping_does_what_torch_does),
    cmocka_unit_test(norms_of_extreme_numbers),
    cmocka_unit_test(shards_are_the_whole),
    cmocka_unit_test(shards_have_their_initial_states),
    cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
    cmocka_unit_test(single_precision_is_near_double),
    cmocka_unit_test(rows_say_what_happened),
    cmocka_unit_test(truncation_reaches_the_gradient),
    IN_FOLDER(resuming_continues_bit_for_bit),
    IN_FOLDER(the_log_goes_on_behind_the_checkpoint),
    IN_FOLDER(the_log_has_a_row_an_update),
    IN_FOLDER(a_checkpoint_is_a_model_file),
    IN_FOLDER(stopping_saves_and_says_so),
    IN_FOLDER(what_was_saved_at_a_stop_is_resumed),
    IN_FOLDER(divergence_is_located),
    IN_FOLDER(divergence_keeps_the_last_good_model),
    cmocka_unit_test(overflow_is_named_where_it_happens),
    IN_FOLDER(a_checkpoint_of_something_else_is_refused),
    IN_FOLDER(a_damaged_checkpoint_is_refused),
    IN_FOLDER(writes_that_fail_are_told),
    IN_FOLDER(another_file_is_not_taken_for_the_log),
    cmocka_unit_test(options_that_make_no_sense_are_refused),
    IN_FOLDER(the_rate_can_be_changed_when_resuming),
    cmocka_unit_test(an_lstm_learns)};
const size_t train_tests_n = TESTS_N(train_tests);
