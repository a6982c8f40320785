/* Training in the viewer: rows and moments of bounded memory, going back, divergence, the thread.
 */
#include "tests/unit/test.h"

#include "viz/app/job.h"
#include "viz/app/files.h"
#include "viz/app/live.h"
#include "viz/plots/panels.h"
#include "viz/app/live_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void rows_are_bounded_and_lose_no_peak(void **state)
{
    (void)state;
    learning_rows *rows = calloc(1, sizeof *rows);
    assert_non_null(rows);
    rows->cells_n = 1;
    double value[SCENE_CELLS][LEARNINGS] = {{0}}, sum = 0;
    const size_t n = 3 * LEARNING_ROWS + 5;
    for (size_t k = 0; k < n; k++) {
        value[0][LEARNING_LOSS] = (double)(k % 7);
        value[0][LEARNING_NORM] = k == 1234 ? 1e6 : 1;
        value[0][LEARNING_CLIPPED] = 1;
        learning_rows_add(rows, value);
        sum += (double)(k % 7);
    }
    assert_int_equal(rows->stride, 4);
    assert_int_equal(rows->n, (n + 3) / 4);
    double found = 0, most = 0;
    for (size_t k = 0; k < rows->n; k++) {
        const double updates = (double)(k + 1 == rows->n ? rows->in_last : rows->stride);
        found += updates * rows->value[0][LEARNING_LOSS][k];
        most = fmax(most, rows->value[0][LEARNING_NORM][k]);
    }
    assert_true(fabs(found - sum) < 1e-6 * sum);
    assert_true(most == 1e6);
    learning_rows_cut(rows, 10);
    assert_int_equal(rows->n, 3);
    assert_int_equal(rows->in_last, 2);
    learning_rows_cut(rows, 0);
    assert_int_equal(rows->n, 0);
    free(rows);
}

static scene small_scene(void)
{
    scene s = app_first_scene();
    s.number[SCENE_STEPS] = 8;
    s.number[SCENE_HIDDEN] = 3;
    s.number[SCENE_BATCH] = 2;
    s.number[SCENE_INPUT_STD] = 0.5;
    return s;
}

static learning *small_learning(const scene *s)
{
    computed *c = compute_new(s, NULL, NULL);
    assert_non_null(c);
    learning *l = learning_new(c, false, 0.01, 1, NULL);
    compute_release(c); /* the learning holds it */
    assert_non_null(l);
    return l;
}

static void update(learning *l, size_t times)
{
    for (size_t k = 0; k < times; k++) {
        assert_int_equal(learning_update(l, NULL), RS_OK);
        learning_record(l);
    }
}

/* The curves are running means of powers of two rows, with what they are means of behind them. */
static void noisy_curves_are_means(void **state)
{
    (void)state;
    scene s = small_scene();
    rs_error err = {0};
    computed *c = compute_new(&s, NULL, &err);
    learning_rows *rows = calloc(1, sizeof *rows);
    assert_true(c && rows);
    rows->cells_n = c->cells_n;
    rows->n = 200;
    rows->stride = rows->in_last = 1;
    for (size_t k = 0; k < rows->n; k++)
        rows->value[0][LEARNING_LOSS][k] = k % 2 ? 3 : 1;
    rows->value[0][LEARNING_LOSS][90] = NAN;
    panels *p = live_view_of(rows, c, &s, NULL, 0);
    const curve *loss = &p->panel[0]->curve[0];
    assert_true(loss->each[0] == 1 && loss->each[1] == 3);
    assert_true(loss->y[0] == 1 && loss->y[1] == 2 && loss->y[80] == 2 && loss->y[81] == 2);
    assert_true(isnan(loss->y[90]) && isnan(loss->y[97]) && loss->y[98] == 2);
    panels_free(p);
    rows->n = 40; /* few: as they are */
    p = live_view_of(rows, c, &s, NULL, 0);
    assert_true(p->panel[0]->curve[0].each == NULL && p->panel[0]->curve[0].y[1] == 3);
    panels_free(p);
    free(rows);
    compute_release(c);
}

static void moments_are_few_and_go_back_exactly(void **state)
{
    (void)state;
    const scene s = small_scene();
    learning *l = small_learning(&s);
    uint64_t at[LEARNING_MOMENTS];
    assert_int_equal(learning_moments(l, at), 1);
    update(l, 300);
    const size_t n = learning_moments(l, at);
    assert_true(n > LEARNING_MOMENTS / 4 && n <= LEARNING_MOMENTS);
    for (size_t k = 0; k < n; k++)
        assert_int_equal(at[k], at[1] * k);
    assert_true(at[n - 1] <= 300 && at[n - 1] + at[1] > 300);
    assert_int_equal(learning_updates(l), 300);
    trained *first = learning_at(l, LEARNING_NOW);
    const double loss = learning_log(l)->value[2][LEARNING_LOSS][299];
    learning_go_to(l, 5);
    assert_int_equal(learning_updates(l), at[5]);
    assert_int_equal(learning_moments(l, at), 6);
    assert_int_equal(learning_log(l)->n, at[5]);
    update(l, 300 - at[5]);
    trained *again = learning_at(l, LEARNING_NOW);
    for (size_t k = 0; k < 3; k++)
        assert_true(again->parameters[k][1] == first->parameters[k][1]);
    assert_true(learning_log(l)->value[2][LEARNING_LOSS][299] == loss);
    trained_release(first);
    trained_release(again);
    learning_free(l);
}

/* A rate that makes weights overflow: the message names the cell, and all cells are as before. */
static void divergence_leaves_the_last_good_state(void **state)
{
    (void)state;
    const scene s = small_scene();
    learning *l = small_learning(&s);
    rs_error err = {0};
    update(l, 2);
    trained *before = learning_at(l, LEARNING_NOW);
    assert_int_equal(learning_tune(l, 1e308, 0, NULL), RS_OK);
    rs_status status = RS_OK;
    for (int k = 0; k < 5 && status == RS_OK; k++) {
        trained_release(before);
        before = learning_at(l, LEARNING_NOW);
        status = learning_update(l, &err);
    }
    assert_int_equal(status, RS_FAILED);
    assert_non_null(strstr(err.text, "diverged"));
    trained *after = learning_at(l, LEARNING_NOW);
    for (size_t k = 0; k < 3; k++)
        for (size_t j = 0; j < 10; j++)
            assert_true(after->parameters[k][j] == before->parameters[k][j]);
    trained_release(before);
    trained_release(after);
    learning_free(l);
}

static void the_last_steps_loss_alone_is_trained_on(void **state)
{
    (void)state;
    scene s = small_scene();
    (void)snprintf(s.task, sizeof s.task, "noise"); /* it has a loss at every step */
    learning *last = small_learning(&s);
    (void)snprintf(s.loss_at, sizeof s.loss_at, "task");
    learning *all = small_learning(&s);
    update(last, 1);
    update(all, 1);
    assert_true(learning_log(last)->value[0][LEARNING_LOSS][0] !=
                learning_log(all)->value[0][LEARNING_LOSS][0]);
    learning_free(last);
    learning_free(all);
}

/* --- the thread and the app ---------------------------------------------------------------- */

typedef struct fixture {
    app app;
    worker *worker;
    live *live;
} fixture;

static void follow(fixture *f)
{
    live_follow(f->live, &f->app);
    job_ask(f->worker, &f->app);
    (void)job_take(f->worker, &f->app);
}

/* Until nothing more comes. */
static void settle(fixture *f)
{
    do {
        (void)usleep(500);
        follow(f);
    } while (worker_busy(f->worker) || live_busy(f->live) || f->app.wants_job);
    follow(f);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    const scene s = small_scene();
    app_start(&f->app, &s, NULL, LANG_EN, THEME_LIGHT, 1280, 800);
    f->worker = job_start(NULL, NULL, NULL);
    f->live = live_start(NULL, NULL, NULL);
    assert_true(f->worker && f->live);
    settle(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    live_stop(f->live);
    worker_stop(f->worker);
    app_stop(&f->app);
    free(f);
    return 0;
}

static void press(app *a, const char *name)
{
    event e = {.kind = EVENT_KEY};
    assert_true(event_key_named(name, &e.key, &e.with));
    app_update(a, &e);
}

static void show_training(app *a)
{
    for (size_t k = 0; k < app_pages_n; k++)
        if (strcmp(app_pages[k].title, "Training") == 0)
            app_show_page(a, k, false, 0);
}

static void one_update_is_one(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    const double before = a->shown->cell[1].model.parameters[0];
    show_training(a);
    settle(f);
    assert_null(a->panels[0].data);
    press(a, "N");
    settle(f);
    assert_int_equal(a->training.updates, 1);
    assert_non_null(a->panels[0].data);
    assert_int_equal(a->training.shown->updates, 1);
    assert_true(a->shown->cell[1].model.parameters[0] == a->training.shown->parameters[1][0]);
    assert_true(a->shown->cell[1].model.parameters[0] != before);
    press(a, "N");
    press(a, "N");
    settle(f);
    assert_int_equal(a->training.updates, 3);
}

static void it_runs_and_pauses_and_goes_back(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    const double before = a->shown->cell[1].model.parameters[0];
    press(a, "Space");
    assert_true(a->training.running);
    for (int k = 0; k < 20000 && a->training.updates < 20; k++) {
        (void)usleep(500);
        follow(f);
    }
    press(a, "Space");
    settle(f);
    const uint64_t updates = a->training.updates;
    assert_true(updates >= 20);
    assert_int_equal(a->training.shown->updates, updates);
    app_show_moment(a, 0);
    settle(f);
    assert_int_equal(a->training.shown->updates, 0);
    assert_true(a->shown->cell[1].model.parameters[0] == before);
    app_show_moment(a, 4);
    settle(f);
    const uint64_t at = a->training.moment_update[4];
    assert_int_equal(a->training.shown->updates, at);
    press(a, "N"); /* on from there */
    settle(f);
    assert_int_equal(a->training.updates, at + 1);
    assert_int_equal(a->training.shown->updates, at + 1);
}

/* The histogram of W_hh on the page: whether now (curve 0) is as at the beginning (curve 1). */
static bool as_it_began(const app *a)
{
    const panels *p = a->panels[0].data;
    assert_non_null(p);
    assert_int_equal(p->n, 7); /* loss, two norms, four groups of weights */
    assert_string_equal(p->panel[4]->title, "Recurrent weights");
    const curve *now = &p->panel[4]->curve[0], *began = &p->panel[4]->curve[1];
    assert_string_equal(now->name, "now");
    assert_string_equal(began->name, "start");
    return memcmp(now->y, began->y, now->n * sizeof *now->y) == 0;
}

static void the_weights_are_those_of_the_moment(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    a->scene.number[SCENE_LEARNING_RATE] = 0.3;
    show_training(a);
    for (int k = 0; k < 5; k++)
        press(a, "N");
    settle(f);
    assert_false(as_it_began(a));
    app_show_moment(a, 0);
    settle(f);
    assert_true(as_it_began(a));
    app_show_moment(a, LEARNING_NOW);
    settle(f);
    assert_false(as_it_began(a));
    const panels *lstm = a->panels[0].data;
    const double most = lstm->panel[4]->curve[0].x[0];
    press(a, "C"); /* another cell's */
    settle(f);
    assert_true(((const panels *)a->panels[0].data)->panel[4]->curve[0].x[0] != most);
}

/* What was pinned of a training stays when the next one begins. */
static void a_training_is_pinned(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    show_training(a);
    press(a, "N");
    press(a, "N");
    settle(f);
    press(a, "P");
    settle(f);
    assert_non_null(a->training_ghost);
    a->scene.number[SCENE_GAIN] = 2;
    app_changed(a, true);
    press(a, "N");
    settle(f);
    const panels *pinned = a->training_ghost, *now = a->panels[0].data;
    assert_int_equal(pinned->panel[0]->curve[0].n, 2);
    assert_int_equal(now->panel[0]->curve[0].n, 1);
    press(a, "Esc");
    assert_null(a->training_ghost);
}

/* A state that is written while trained weights are shown brings them back, in another app. */
static void a_state_brings_its_weights_back(void **state)
{
    fixture *f = *state;
    app *a = &f->app, other;
    char folder[64] = "/tmp/rnnscope-XXXXXX", path[128], file[160];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/kept.state", folder);
    press(a, "N");
    press(a, "N");
    settle(f);
    a->theme = THEME_DARK;
    a->linear = true;
    a->from = 1;
    a->to = 3;
    assert_int_equal(files_write_state(a, path, NULL), RS_OK);
    app_start(&other, NULL, NULL, LANG_EN, THEME_LIGHT, 1280, 800);
    assert_int_equal(files_read_state(&other, path, NULL), RS_OK);
    assert_non_null(other.training.shown);
    assert_int_equal(other.training.shown->updates, 2);
    const trained *mine = a->training.shown, *its = other.training.shown;
    assert_int_equal(its->cells_n, mine->cells_n);
    for (size_t k = 0; k < mine->cells_n; k++)
        assert_memory_equal(its->parameters[k], mine->parameters[k],
                            a->shown->cell[k].model.net.parameters_n * sizeof(double));
    assert_true(other.theme == THEME_DARK && other.linear && other.from == 1 && other.to == 3);
    /* of another size: said, and nothing is taken */
    other.scene.number[SCENE_GAIN] = 5;
    FILE *to = fopen(path, "ab");
    assert_non_null(to);
    assert_true(fputs("hidden = 9\n", to) >= 0);
    assert_int_equal(fclose(to), 0);
    rs_error err = {0};
    assert_int_equal(files_read_state(&other, path, &err), RS_DATA);
    assert_non_null(strstr(err.text, "safetensors"));
    assert_non_null(strstr(err.text, "9"));
    assert_true(other.scene.number[SCENE_GAIN] == 5 && other.training.shown == its);
    for (size_t k = 0; k < mine->cells_n; k++) {
        (void)snprintf(file, sizeof file, "%s/kept-%s.safetensors", folder,
                       a->shown->cell[k].model.net.cell->name);
        assert_int_equal(remove(file), 0);
    }
    err = (rs_error){0};
    assert_int_equal(files_read_state(&other, path, &err), RS_DATA);
    assert_non_null(strstr(err.text, "kept-"));
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    app_stop(&other);
}

static void another_network_ends_it(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    press(a, "N");
    settle(f);
    a->scene.number[SCENE_LEARNING_RATE] = 0.1;
    app_changed(a, true);
    settle(f);
    assert_int_equal(a->training.updates, 1); /* another rate does not */
    a->scene.number[SCENE_GAIN] = 2;
    app_changed(a, true);
    settle(f);
    assert_int_equal(a->training.updates, 0);
    assert_null(a->training.shown);
    press(a, "N");
    settle(f);
    assert_int_equal(a->training.updates, 1);
}

static void a_problem_is_said(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    a->scene.matrix[SCENE_W] = (scene_matrix){.value = {1}, .rows = 1, .cols = 1};
    (void)snprintf(a->scene.cells[0], SCENE_NAME, "rnn");
    memset(a->scene.cells[1], 0, 2 * SCENE_NAME); /* a unit by hand, without a target */
    app_changed(a, true);
    settle(f);
    press(a, "N");
    settle(f);
    assert_true(a->message_is_error);
    assert_non_null(strstr(a->message, "target"));
    assert_false(a->training.begun);
}

#define WITH_APP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
const struct CMUnitTest live_tests[] = {cmocka_unit_test(rows_are_bounded_and_lose_no_peak),
                                        cmocka_unit_test(noisy_curves_are_means),
                                        cmocka_unit_test(moments_are_few_and_go_back_exactly),
                                        cmocka_unit_test(divergence_leaves_the_last_good_state),
                                        cmocka_unit_test(the_last_steps_loss_alone_is_trained_on),
                                        WITH_APP(one_update_is_one),
                                        WITH_APP(it_runs_and_pauses_and_goes_back),
                                        WITH_APP(the_weights_are_those_of_the_moment),
                                        WITH_APP(a_training_is_pinned),
                                        WITH_APP(a_state_brings_its_weights_back),
                                        WITH_APP(another_network_ends_it),
                                        WITH_APP(a_problem_is_said)};
const size_t live_tests_n = TESTS_N(live_tests);
