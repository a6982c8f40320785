/* lib/train: gradients by shards, rows, precision, and that it learns. */
#include "tests/unit/test.h"

#include "tests/unit/train_help.h"
#include "train/clip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Shards of any batch, also with a small last one, labels of −1 and a loss at the end, give the
 * loss and the gradient of the whole; with any number of lanes and threads, the same bits. */
static void shards_are_the_whole(void **state)
{
    (void)state;
    static const char *const tasks[] = {"anbn", "adding", "copy", "delayed-xor"};
    static const size_t sizes[] = {1, 7, 8, 16, 21, 32};
    for (size_t n = 0; n < TESTS_N(tasks) * TESTS_N(sizes); n++) {
        setup s = setup_make(&rs_cell_gru, tasks[n % 4], 9, sizes[n / 4], 5);
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
    setup s = setup_make(&rs_cell_lstm, "sine", 5, 19, 4);
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
        setup one = setup_make(&rs_cell_lstm, "adding", 10, 30, 6);
        one.options.single = single;
        rs_trainer *trainer = trainer_of(&one);
        assert_int_equal(rs_train(trainer, NULL), RS_OK);
        const double held_out = rs_trainer_held_out(trainer);
        rs_trainer_free(trainer);
        for (size_t threads = 2; threads <= 3; threads++) {
            setup more = setup_make(&rs_cell_lstm, "adding", 10, 30, 6);
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
    setup a = setup_make(&rs_cell_gru, "sine", 10, 12, 6),
          b = setup_make(&rs_cell_gru, "sine", 10, 12, 6);
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
        setup s = setup_make(&rs_cell_rnn, "adding", 12, 4, 5);
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
        setup s = setup_make(&rs_cell_rnn, "adding", 12, 4, 5);
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

static void options_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    const rs_train_options bad[] = {{.rate = -1}, {.clip_norm = -1}, {.clip_value = NAN}};
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_error err = {0};
        setup s = setup_make(&rs_cell_rnn, "sine", 4, 2, 2);
        assert_null(rs_trainer_new(&s.model, &s.source, &bad[k], &err));
        assert_int_equal(err.status, RS_USAGE);
        rs_model_free(&s.model);
    }
    rs_error err = {0};
    setup s = setup_make(&rs_cell_rnn, "sine", 4, 2, 2);
    assert_int_equal(rs_source_task(&s.source, rs_task_named("copy"), 4, 2, 1, NULL), RS_OK);
    assert_null(rs_trainer_new(&s.model, &s.source, &s.options, &err));
    assert_int_equal(err.status, RS_USAGE);
    assert_non_null(strstr(err.text, "10 inputs, the network 1"));
    rs_model_free(&s.model);
}

/* It learns: on held-out sequences the LSTM ends well below what one can score without looking at
 * the input; on noise, where there is nothing to learn, nobody does. */
static void an_lstm_learns(void **state)
{
    (void)state;
    setup s = setup_make(&rs_cell_lstm, "adding", 8, 32, 16),
          n = setup_make(&rs_cell_lstm, "noise", 8, 32, 4);
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

/* Back to a moment and on again: the same bits. Another rate and clipping hold from then on. */
static void a_snapshot_is_all_of_the_state(void **state)
{
    (void)state;
    setup s = setup_make(&rs_cell_gru, "adding", 6, 4, 5);
    rs_trainer *trainer = trainer_of(&s);
    rs_train_row first, again;
    for (int k = 0; k < 3; k++)
        assert_int_equal(rs_trainer_step(trainer, &first, NULL), RS_OK);
    rs_snapshot *moment = rs_trainer_snapshot(trainer, NULL);
    assert_non_null(moment);
    assert_int_equal(rs_snapshot_updates(moment), 3);
    assert_memory_equal(rs_snapshot_parameters(moment), s.model.parameters,
                        s.model.net.parameters_n * sizeof(double));
    for (int k = 0; k < 4; k++)
        assert_int_equal(rs_trainer_step(trainer, &first, NULL), RS_OK);
    rs_snapshot *later = rs_trainer_snapshot(trainer, NULL);
    rs_trainer_go_to(trainer, moment);
    assert_int_equal(rs_trainer_updates(trainer), 3);
    for (int k = 0; k < 4; k++)
        assert_int_equal(rs_trainer_step(trainer, &again, NULL), RS_OK);
    assert_true(again.update == 7 && again.loss == first.loss && again.norm == first.norm);
    assert_memory_equal(rs_snapshot_parameters(later), s.model.parameters,
                        s.model.net.parameters_n * sizeof(double));
    rs_trainer_go_to(trainer, moment);
    assert_int_equal(rs_trainer_tune(trainer, 1e-9, 1e-3, NULL), RS_OK);
    assert_int_equal(rs_trainer_tune(trainer, -1, 0, NULL), RS_USAGE);
    assert_int_equal(rs_trainer_tune(trainer, NAN, 0, NULL), RS_USAGE);
    assert_int_equal(rs_trainer_tune(trainer, 1, -1, NULL), RS_USAGE);
    assert_int_equal(rs_trainer_step(trainer, &again, NULL), RS_OK);
    assert_true(again.norm > 1e-3 && again.norm_clipped < 1.0001e-3);
    for (size_t k = 0; k < s.model.net.parameters_n; k++)
        assert_true(fabs(s.model.parameters[k] - rs_snapshot_parameters(moment)[k]) < 1e-8);
    rs_snapshot_free(moment);
    rs_snapshot_free(later);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
}

const struct CMUnitTest train_tests[] = {
    cmocka_unit_test(a_snapshot_is_all_of_the_state),
    cmocka_unit_test(shards_are_the_whole),
    cmocka_unit_test(shards_have_their_initial_states),
    cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
    cmocka_unit_test(single_precision_is_near_double),
    cmocka_unit_test(rows_say_what_happened),
    cmocka_unit_test(truncation_reaches_the_gradient),
    cmocka_unit_test(options_that_make_no_sense_are_refused),
    cmocka_unit_test(an_lstm_learns)};
const size_t train_tests_n = TESTS_N(train_tests);
