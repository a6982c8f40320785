/* lib/train: training that is stopped and resumed goes on bit for bit; its log and checkpoints. */
#include "tests/unit/test.h"

#include "files/model_file.h"
#include "tests/unit/files_help.h"
#include "tests/unit/train_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Trains to `updates`, from the checkpoint if there is one; returns the model. */
static rs_model train_in(void **state, const char *rule, uint64_t updates, bool resume,
                         const char *name)
{
    char path[PATH], log[PATH], log_name[64];
    setup s = setup_make(&rs_cell_lstm, "copy", 12, 10, 5);
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

/* A crash after a checkpoint leaves in the log later rows, or a row that broke off after its first
 * digit: they are gone when training goes on. */
static void the_log_goes_on_behind_the_checkpoint(void **state)
{
    static const char *const tails[] = {
        "9,1,2,3,4\n10,1,2,3,4\n11,1,2,3,4\n12,1,2,3,4\n13,1,2,3,4\n", "1"};
    char path[PATH];
    rs_model whole = train_in(state, "adam", 12, false, "whole");
    for (size_t k = 0; k < 2; k++) {
        rs_model part = train_in(state, "adam", 8, false, "part");
        rs_model_free(&part);
        FILE *log = fopen(in_folder(state, "part.csv", path), "a");
        for (size_t repeat = 0; repeat < (k == 0 ? 40U : 1U); repeat++)
            assert_true(fputs(tails[k], log) >= 0);
        assert_int_equal(fclose(log), 0);
        part = train_in(state, "adam", 12, true, "part");
        assert_same_file(state, "whole.csv", "part.csv");
        rs_model_free(&part);
    }
    rs_model_free(&whole);
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
    setup s = setup_make(&rs_cell_gru, "copy", 12, 10, 5),
          t = setup_make(&rs_cell_gru, "copy", 12, 10, 5);
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
    setup s = setup_make(&rs_cell_gru, "copy", 12, 10, 5),
          t = setup_make(&rs_cell_gru, "copy", 12, 10, 5);
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
        setup s = setup_make(bad[k].cell, bad[k].task, bad[k].T, 10, bad[k].H);
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
        setup s = setup_make(&rs_cell_lstm, "copy", 12, 10, 5);
        rs_trainer *trainer = trainer_of(&s);
        replace(in_folder(state, "m", path), damage[k].old, damage[k].new);
        assert_int_equal(rs_trainer_load(trainer, path, &err), RS_DATA);
        if (!strstr(err.text, damage[k].text))
            fail_msg("expected \"%s\" in \"%s\"", damage[k].text, err.text);
        rs_trainer_free(trainer);
        rs_model_free(&s.model);
        rs_model_free(&model);
    }
    setup s = setup_make(&rs_cell_lstm, "copy", 12, 10, 5);
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_trainer_load(trainer, in_folder(state, "none", path), NULL), RS_OPEN);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
}

static void writes_that_fail_are_told(void **state)
{
    char path[PATH];
    rs_error err = {0};
    setup s = setup_make(&rs_cell_rnn, "sine", 4, 2, 2);
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
    setup s = setup_make(&rs_cell_rnn, "sine", 4, 2, 2);
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

/* A rate given when resuming holds; without one the checkpoint's does. */
static void the_rate_can_be_changed_when_resuming(void **state)
{
    char path[PATH];
    double end[3];
    const double rates[] = {0, 0.02, 0.005};
    setup first = setup_make(&rs_cell_rnn, "sine", 4, 2, 2);
    first.options.updates = 2;
    first.options.rate = 0.02;
    first.options.path = in_folder(state, "m", path);
    rs_trainer *trainer = trainer_of(&first);
    assert_int_equal(rs_train(trainer, NULL), RS_OK);
    rs_trainer_free(trainer);
    for (size_t k = 0; k < 3; k++) {
        setup s = setup_make(&rs_cell_rnn, "sine", 4, 2, 2);
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

const struct CMUnitTest resume_tests[] = {IN_FOLDER(resuming_continues_bit_for_bit),
                                          IN_FOLDER(the_log_goes_on_behind_the_checkpoint),
                                          IN_FOLDER(the_log_has_a_row_an_update),
                                          IN_FOLDER(a_checkpoint_is_a_model_file),
                                          IN_FOLDER(stopping_saves_and_says_so),
                                          IN_FOLDER(what_was_saved_at_a_stop_is_resumed),
                                          IN_FOLDER(a_checkpoint_of_something_else_is_refused),
                                          IN_FOLDER(a_damaged_checkpoint_is_refused),
                                          IN_FOLDER(writes_that_fail_are_told),
                                          IN_FOLDER(another_file_is_not_taken_for_the_log),
                                          IN_FOLDER(the_rate_can_be_changed_when_resuming)};
const size_t resume_tests_n = TESTS_N(resume_tests);
