/* lib/train: a number that is none is located, and what was good before it is kept. */
#include "tests/unit/test.h"

#include "network/init.h"
#include "tests/unit/files_help.h"
#include "tests/unit/train_help.h"

#include <math.h>
#include <string.h>

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
        setup s = setup_make(&rs_cell_lstm, "adding", 10, 20, 4);
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
    setup s = setup_make(&rs_cell_lstm, "adding", 10, 20, 4),
          t = setup_make(&rs_cell_lstm, "adding", 10, 20, 4);
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
    assert_int_equal(rs_trainer_step(twin, NULL, NULL), RS_OK);
    assert_same_bits(&s.model, &t.model);
    assert_int_equal(rs_trainer_step(trainer, NULL, NULL), RS_FAILED);
    assert_true(rs_trainer_divergence(trainer)->update == bad);
    rs_trainer_free(trainer);
    rs_trainer_free(twin);
    rs_model_free(&s.model);
    rs_model_free(&t.model);
}

/* A rate that throws the parameters out of a double's range. */
static void an_update_that_overflows_is_named(void **state)
{
    (void)state;
    rs_error err = {0};
    setup s = setup_make(&rs_cell_rnn, "adding", 10, 3, 4);
    setup before = setup_make(&rs_cell_rnn, "adding", 10, 3, 4);
    s.options.rule = rs_optimizer_named("sgd");
    s.options.rate = 1e308;
    for (size_t k = 0; k < s.model.net.parameters_n; k++) /* gradients above 1 */
        s.model.parameters[k] = before.model.parameters[k] *= 20;
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_train(trainer, &err), RS_FAILED);
    assert_non_null(strstr(err.text, "diverged at update 1: in the update entry"));
    assert_string_equal(rs_trainer_divergence(trainer)->place.pass, "update");
    assert_same_bits(&s.model, &before.model);
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
    rs_model_free(&before.model);
}

static void set_block(rs_model *model, rs_block_kind kind, size_t layer, double value)
{
    const rs_block *block = rs_net_block(&model->net, kind, layer);
    for (size_t k = 0; k < block->rows * block->cols; k++)
        model->parameters[block->offset + k] = value;
}

/* h begins at 1e-300 and is multiplied by 4e12 at each step: after 30 it is 1e65, and so is the
 * error. On the way back the same factor takes that beyond 1e308 after some 19 steps. */
static void a_backward_pass_that_overflows_is_named(void **state)
{
    (void)state;
    setup s = setup_make(&rs_cell_rnn_relu, "adding", 30, 11, 4);
    memset(s.model.parameters, 0, s.model.net.parameters_n * sizeof(double));
    set_block(&s.model, RS_BIAS_IH, 0, 1e-300);
    set_block(&s.model, RS_WEIGHT_HH, 0, 1e12);
    set_block(&s.model, RS_WEIGHT_IH, 1, 1);
    set_block(&s.model, RS_READOUT_WEIGHT, 0, 1);
    rs_trainer *trainer = trainer_of(&s);
    assert_int_equal(rs_train(trainer, NULL), RS_FAILED);
    const rs_place *place = &rs_trainer_divergence(trainer)->place;
    assert_string_equal(place->pass, "backward");
    assert_string_equal(place->tensor, "dh.l0");
    assert_true(place->t > 7 && place->t < 13 && isinf(place->value));
    rs_trainer_free(trainer);
    rs_model_free(&s.model);
}

const struct CMUnitTest divergence_tests[] = {
    IN_FOLDER(divergence_is_located), IN_FOLDER(divergence_keeps_the_last_good_model),
    cmocka_unit_test(an_update_that_overflows_is_named),
    cmocka_unit_test(a_backward_pass_that_overflows_is_named)};
const size_t divergence_tests_n = TESTS_N(divergence_tests);
