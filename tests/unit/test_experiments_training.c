/* The experiments that train, very small: that each goes through to its findings and files, and
 * that something true comes out. And what they have in common: runs, grids, scores. */
#include "tests/unit/files_help.h"

#include "viz/experiments/trained.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static experiment_result result;

/* --- one of the seven at a size of the test's ---------------------------------------------- */

static rs_status (*run_sized)(lab *l, const grid_size *size, void **data, rs_error *err);
static grid_size size;

static rs_status run_it(lab *l, void **data, rs_error *err)
{
    return run_sized(l, &size, data, err);
}

/* Runs it in the test's folder; the findings are in `result`. */
static void run_small(void **state, const experiment *e,
                      rs_status (*run)(lab *, const grid_size *, void **, rs_error *),
                      grid_size small)
{
    const experiment_options o = {.quiet = true, .seed = 1, .threads = 2, .folder = *state};
    experiment tiny = *e;
    char name[64], path[PATH];
    rs_error err = {0};
    run_sized = run;
    size = small;
    tiny.run = run_it;
    if (experiment_run(&tiny, &o, &result, &err) != RS_OK)
        fail_msg("%s: %s", e->name, err.text);
    (void)snprintf(name, sizeof name, "%s.csv", e->name);
    assert_int_equal(access(in_folder(state, name, path), F_OK), 0);
    assert_true(result.compared > 0);
}

/* The first finding whose description has these words. */
static const finding *found(const char *words)
{
    for (size_t k = 0; k < result.n; k++)
        if (strstr(result.found[k].what, words))
            return &result.found[k];
    fail_msg("no finding says: %s", words);
    return NULL;
}

static void training_adding_gru_learns(void **state)
{
    run_small(
        state, &experiment_adding, adding_run,
        (grid_size){
            .hidden = 12, .B = 16, .seeds = 1, .length = {8, 10}, .lengths = 2, .updates = 500});
    assert_int_equal(found("GRU, T = 10")->verdict, VERDICT_AGREES);
    assert_true(found("GRU, T = 10")->value < .1);
    assert_true(found("tanh RNN, T = 10")->value < .5);
}

static void training_copy_falls_to_the_ignorant(void **state)
{
    run_small(state, &experiment_copy_chrono, copy_chrono_run,
              (grid_size){
                  .hidden = 16, .B = 8, .seeds = 1, .length = {10}, .lengths = 1, .updates = 400});
    const double ignorant = 3 * log(8) / 16; /* 3 symbols, 10 + 2·3 steps */
    assert_true(found("chrono")->value < 1.2 * ignorant);
    assert_true(found("chrono")->value > 0);
    assert_true(found("forget bias 1")->low == .9 * ignorant);
}

static void training_order_is_learnt_with_clipping(void **state)
{
    run_small(
        state, &experiment_temporal_order, temporal_order_run,
        (grid_size){
            .hidden = 20, .B = 20, .seeds = 1, .length = {10}, .lengths = 1, .updates = 3000});
    assert_true(found("T = 10")->value == 1);
    assert_true(found("clipped: longest")->value == 10);
}

static void training_irnn_adds(void **state)
{
    run_small(
        state, &experiment_irnn, irnn_run,
        (grid_size){
            .hidden = 16, .B = 16, .seeds = 1, .length = {10}, .lengths = 1, .updates = 1500});
    assert_true(found("IRNN")->value < .15); /* 1/6 if it sees nothing */
    assert_true(found("IRNN")->value < found("tanh RNN")->low);
}

static void training_fair_is_three_quarters(void **state)
{
    run_small(
        state, &experiment_fair, fair_run,
        (grid_size){.hidden = 8, .B = 8, .seeds = 2, .length = {8}, .lengths = 1, .updates = 300});
    assert_true(found("parameters")->value == .75);
    assert_true(found("LSTM, T = 8")->value < .5);
    assert_true(found("GRU, T = 8: seconds")->value > 0);
}

static void training_text_is_read(void **state)
{
    run_small(state, &experiment_saturation, saturation_run,
              (grid_size){
                  .hidden = 12, .B = 8, .seeds = 1, .length = {16}, .lengths = 1, .updates = 150});
    assert_true(found("loss on unread")->value < 3.6); /* 4.5 says every letter is as likely */
    const double share = found("share of time")->value;
    assert_true(share >= 0 && share <= 1);
}

static void training_counters_grow(void **state)
{
    run_small(
        state, &experiment_counting, counting_run,
        (grid_size){
            .hidden = 6, .B = 16, .seeds = 1, .length = {5, 8}, .lengths = 2, .updates = 1000});
    assert_true(found("LSTM, best seed")->value >= 4);
    assert_true(found("LSTM: greatest")->value > 1);
    assert_true(found("GRU: greatest")->value <= 1);
}

/* --- grids --------------------------------------------------------------------------------- */

static const variant kinds[] = {
    {.name = "learns", .cell = &rs_cell_gru, .rate = .02, .clip = 1, .ink = INK_BLUE},
    {.name = "diverges", .cell = &rs_cell_rnn_relu, .rate = 1e30, .ink = INK_VERMILION},
    {.name = "rests",
     .cell = &rs_cell_lstm,
     .hidden = 3,
     .init = {.name = "orthogonal"},
     .chrono = 2,
     .weight_std = 1e-3,
     .rate = 1e-9,
     .ink = INK_GREY},
};
enum {
    LEARNS,
    DIVERGES,
    RESTS,
    KINDS,
    UPDATES = 600,
    T_SHORT = 4,
    T_LONG = 6,
    OUTCOMES = KINDS * 2 * 2
};

static grid small_grid(uint64_t seed)
{
    return (grid){.variant = kinds,
                  .variants = KINDS,
                  .size = {.hidden = 8,
                           .B = 10,
                           .seeds = 2,
                           .length = {T_SHORT, T_LONG},
                           .lengths = 2,
                           .updates = UPDATES},
                  .task = rs_task_named("adding"),
                  .delay = 1,
                  .optimizer = "adam",
                  .solved = .2,
                  .each_seed = true,
                  .seed = seed};
}

static grid ran;

static rs_status run_grid(lab *l, void **data, rs_error *err)
{
    ran = small_grid(l->seed);
    const rs_status status = grid_run(&ran, l, err);
    grid drawn = ran;
    if (status)
        return status;
    drawn.outcome = rs_alloc(OUTCOMES, sizeof *drawn.outcome, "a copy", err);
    assert_non_null(drawn.outcome);
    memcpy(drawn.outcome, ran.outcome, OUTCOMES * sizeof *drawn.outcome);
    return grid_page_losses(&drawn, data, err);
}

static void run_the_grid(void **state, size_t threads)
{
    const experiment_options o = {.quiet = true, .seed = 5, .threads = threads, .folder = *state};
    experiment e = experiment_adding;
    e.run = run_grid;
    e.csv = grid_page_csv;
    e.free = grid_page_free;
    rs_error err = {0};
    if (experiment_run(&e, &o, &result, &err) != RS_OK)
        fail_msg("%s", err.text);
}

static void training_grid_keeps_every_outcome(void **state)
{
    run_the_grid(state, 2);
    for (size_t l = 0; l < 2; l++)
        for (size_t s = 0; s < 2; s++) {
            const training_outcome *learns = grid_outcome(&ran, LEARNS, l, s);
            const training_outcome *diverges = grid_outcome(&ran, DIVERGES, l, s);
            const training_outcome *rests = grid_outcome(&ran, RESTS, l, s);
            assert_true(learns->score.wrong < .2 && learns->updates < UPDATES);
            assert_true(isnan(learns->loss[TRAINING_POINTS - 1]) && learns->loss[0] > 0);
            assert_true(diverges->updates < UPDATES && isnan(diverges->loss[1]));
            assert_true(rests->updates == UPDATES && rests->score.wrong > .5);
            assert_true(fabs(rests->loss[0] - rests->loss[TRAINING_POINTS - 1]) < .5);
            assert_true(learns->seconds > 0);
        }
    size_t n = 0;
    char path[PATH], *csv = read_bytes(in_folder(state, "adding.csv", path), &n);
    assert_ptr_equal(strstr(csv, "variant,T,seed,update,kind,value\n\"learns\",4,0,6,loss,"), csv);
    assert_non_null(strstr(csv, "\n\"rests\",6,1,600,test_wrong,"));
    free(csv);
    assert_int_equal(grid_successes(&ran, LEARNS, 1, .2), 2);
    assert_int_equal(grid_successes(&ran, RESTS, 1, .2), 0);
    const double one = grid_outcome(&ran, RESTS, 1, 0)->score.loss,
                 two = grid_outcome(&ran, RESTS, 1, 1)->score.loss;
    assert_true(one != two && grid_loss(&ran, RESTS, 1) == (one + two) / 2);
    grid_free(&ran);
}

static void training_grid_has_the_same_bits_on_any_threads(void **state)
{
    run_the_grid(state, 1);
    const grid first = ran;
    run_the_grid(state, 3);
    for (size_t v = 0; v < KINDS; v++)
        for (size_t s = 0; s < 2; s++) {
            const training_outcome *a = grid_outcome(&first, v, 1, s);
            const training_outcome *b = grid_outcome(&ran, v, 1, s);
            assert_memory_equal(&a->score, &b->score, sizeof a->score);
            assert_memory_equal(a->loss, b->loss, sizeof a->loss);
        }
    grid free_first = first;
    grid_free(&free_first);
    grid_free(&ran);
}

/* 6 operations a parameter, step, sequence and update. */
static void training_grid_counts_its_operations(void **state)
{
    (void)state;
    const grid g = small_grid(1);
    const double parameters = (double)(training_parameters(&rs_cell_gru, 2, 8, 1) +
                                       training_parameters(&rs_cell_rnn_relu, 2, 8, 1) +
                                       training_parameters(&rs_cell_lstm, 2, 3, 1));
    const double steps = T_SHORT + 1 + T_LONG + 1, seeds = 2;
    assert_true(grid_operations(&g) == 6 * parameters * steps * 10 * UPDATES * seeds);
    assert_true(grid_update_at(&g, 0) == UPDATES * .5 / TRAINING_POINTS);
}

static void training_grid_tells_its_lengths(void **state)
{
    (void)state;
    char text[EXPERIMENT_TEXT];
    grid_size s = {.length = {20}, .lengths = 1};
    assert_string_equal(grid_lengths(&s, text), "20");
    s = (grid_size){.length = {20, 40, 60}, .lengths = 3};
    assert_string_equal(grid_lengths(&s, text), "20, 40 and 60");
}

/* --- numbers ------------------------------------------------------------------------------- */

static void training_median_of_odd_even_and_nan(void **state)
{
    (void)state;
    const double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, bad[] = {NAN, 1, NAN, 2, 3};
    assert_true(training_median(odd, 3) == 2);
    assert_true(training_median(even, 4) == 2.5);
    assert_true(training_median(bad, 5) == 3);
    assert_true(isnan(training_median(bad, 1)));
    assert_true(isnan(training_median(bad, 0)));
}

static void training_parameters_are_the_nets(void **state)
{
    (void)state;
    for (size_t k = 0; rs_cells[k]; k++) {
        rs_net net = {.cell = rs_cells[k],
                      .inputs = 3,
                      .hidden = 5,
                      .layers = 1,
                      .outputs = 2,
                      .bias_ih = true,
                      .bias_hh = true,
                      .readout_bias = true};
        assert_int_equal(rs_net_make(&net, NULL), RS_OK);
        assert_int_equal(training_parameters(rs_cells[k], 3, 5, 2), net.parameters_n);
        rs_net_free(&net);
    }
}

const struct CMUnitTest experiments_training_tests[] = {
    IN_FOLDER(training_adding_gru_learns),
    IN_FOLDER(training_copy_falls_to_the_ignorant),
    IN_FOLDER(training_order_is_learnt_with_clipping),
    IN_FOLDER(training_irnn_adds),
    IN_FOLDER(training_fair_is_three_quarters),
    IN_FOLDER(training_text_is_read),
    IN_FOLDER(training_counters_grow),
    IN_FOLDER(training_grid_keeps_every_outcome),
    IN_FOLDER(training_grid_has_the_same_bits_on_any_threads),
    cmocka_unit_test(training_grid_counts_its_operations),
    cmocka_unit_test(training_grid_tells_its_lengths),
    cmocka_unit_test(training_median_of_odd_even_and_nan),
    cmocka_unit_test(training_parameters_are_the_nets),
};
const size_t experiments_training_tests_n = TESTS_N(experiments_training_tests);
