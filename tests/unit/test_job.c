/* What the window's worker does when: what is wanted at once, what may come later, what is given
 * up. */
#include "tests/unit/fixture.h"

#include "flow/credit.h"
#include "lessons/engine/compute.h"
#include "viz/app/job.h"

#include "gradcheck/check.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- the two threads ----------------------------------------------------------------------- */

typedef struct tale {
    atomic_int worked, following, overtaken, followed; /* requests that got so far */
} tale;

static void tell_work(worker *w, void *request, void *context)
{
    tale *t = context;
    int *number = malloc(sizeof *number);
    assert_non_null(number);
    *number = *(int *)request;
    atomic_fetch_add(&t->worked, 1);
    worker_publish(w, number);
}

/* The first request's follow lasts until there is a newer one. */
static void tell_follow(worker *w, void *request, void *context)
{
    tale *t = context;
    atomic_fetch_add(&t->following, 1);
    while (*(int *)request == 1 && !worker_overtaken(w))
        (void)usleep(1000);
    atomic_fetch_add(worker_overtaken(w) ? &t->overtaken : &t->followed, 1);
}

static int *number_of(int value)
{
    int *number = malloc(sizeof *number);
    assert_non_null(number);
    *number = value;
    return number;
}

static void wait_for(atomic_int *count, int n)
{
    for (int k = 0; k < 10000 && atomic_load(count) < n; k++)
        (void)usleep(1000);
    assert_true(atomic_load(count) >= n);
}

static void what_follows_keeps_nobody_waiting(void **state)
{
    (void)state;
    tale t = {0};
    worker *w = worker_start((worker_job){.work = tell_work,
                                          .follow = tell_follow,
                                          .free_request = free,
                                          .free_result = free,
                                          .context = &t},
                             NULL);
    assert_non_null(w);
    worker_ask(w, number_of(1));
    wait_for(&t.following, 1);
    assert_true(worker_busy(w));
    worker_ask(w, number_of(2)); /* is worked on while 1 still follows */
    wait_for(&t.worked, 2);
    wait_for(&t.followed, 1);
    assert_int_equal(atomic_load(&t.overtaken), 1);
    for (int expected = 1; expected <= 2; expected++) {
        int *number = worker_fetch(w);
        assert_non_null(number);
        assert_int_equal(*number, expected);
        free(number);
    }
    while (worker_busy(w))
        (void)worker_wait(w, 1000);
    worker_stop(w);
}

/* --- giving up ----------------------------------------------------------------------------- */

typedef struct patience {
    atomic_int asked;
    int most;
} patience;

static bool lost(void *context)
{
    patience *p = context;
    return atomic_fetch_add(&p->asked, 1) >= p->most;
}

static computed *small_scene(void)
{
    scene s = app_first_scene();
    s.number[SCENE_STEPS] = 20;
    s.number[SCENE_HIDDEN] = 3;
    computed *c = compute_new(&s, NULL, NULL);
    assert_non_null(c);
    assert_int_equal(compute_passes(c, 2, NULL), RS_OK);
    return c;
}

/* However late it is told to, it gives up, and leaves nothing behind. */
static void credit_lags_and_check_give_up(void **state)
{
    (void)state;
    computed *c = small_scene();
    const computed_cell *cell = &c->cell[1];
    double out[20 * 20];
    for (int most = 0; most < 20; most += most < 6 ? 1 : 8) {
        patience p[3] = {{.most = most}, {.most = most}, {.most = most}};
        const rs_stop stop[3] = {{lost, &p[0]}, {lost, &p[1]}, {lost, &p[2]}};
        const rs_check_options options = {.stop = &stop[2]};
        rs_check_report report = {0};
        assert_int_equal(rs_flow_credit(cell->trace, cell->model.parameters, &cell->every, 0, 2,
                                        &stop[0], out, NULL),
                         RS_INTERRUPTED);
        assert_int_equal(rs_flow_lags(cell->trace, cell->model.parameters, &cell->every, 0, 2,
                                      &stop[1], out, NULL),
                         RS_INTERRUPTED);
        assert_int_equal(rs_check(cell->trace, cell->model.parameters, &cell->data.loss, &options,
                                  &report, NULL),
                         RS_INTERRUPTED);
        rs_check_report_free(&report);
    }
    compute_release(c);
}

/* --- the passes ---------------------------------------------------------------------------- */

static void passes_side_by_side_are_the_same(void **state)
{
    (void)state;
    computed *one = small_scene(), *other = compute_new(&one->of, NULL, NULL);
    assert_non_null(other);
    for (size_t k = 0; k < other->cells_n; k++) {
        assert_int_equal(compute_part_of(other, k, PART_PASS, 1, NULL), RS_OK);
        assert_int_equal(one->parts[k], other->parts[k]);
        assert_memory_equal(one->cell[k].trace->numbers, other->cell[k].trace->numbers,
                            other->cell[k].trace->numbers_n * sizeof(double));
        assert_memory_equal(one->cell[k].gradient, other->cell[k].gradient,
                            other->cell[k].model.net.parameters_n * sizeof(double));
    }
    compute_release(one);
    compute_release(other);
}

/* Two passes in another trace's memory give what they give in new memory, whatever was there. */
static void an_old_trace_is_as_good_as_new(void **state)
{
    (void)state;
    const shape large = {.T = 40, .B = 3, .I = 4, .H = 6, .L = 2, .O = 2, .kind = RS_MSE},
                small = {.T = 17, .B = 2, .I = 3, .H = 5, .L = 1, .O = 3, .kind = RS_MSE};
    size_t cells_n = 0;
    while (rs_cells[cells_n])
        cells_n++;
    for (size_t k = 0; k < cells_n; k++) {
        fixture before = fixture_make(rs_cells[(k + 1) % cells_n], large, 5);
        fixture f = fixture_make(rs_cells[k], small, 6);
        rs_trace *new = fixture_run(&f, RS_KEEP_ALL, 0),
                 *old = fixture_run(&before, RS_KEEP_LEAN, 0);
        for (size_t n = 0; n < old->room; n++)
            old->numbers[n] = NAN;
        fixture_free(&before);
        assert_true(rs_trace_again(old, &f.model.net, small.T, small.B, RS_KEEP_ALL));
        rs_trace *fresh = rs_trace_new(&f.model.net, small.T, small.B, RS_KEEP_ALL, NULL);
        assert_non_null(fresh);
        assert_int_equal(old->numbers_n, fresh->numbers_n);
        memcpy(old->x, new->x, small.T * small.B * small.I * sizeof(double));
        memcpy(fresh->x, new->x, small.T * small.B * small.I * sizeof(double));
        rs_trace *const both[] = {old, fresh};
        for (size_t n = 0; n < 2; n++) {
            rs_forward(both[n], f.model.parameters, NULL);
            rs_loss_forward(both[n], &f.loss);
            rs_backward(both[n], f.model.parameters, NULL, 0);
        }
        for (size_t n = 0; n < fresh->numbers_n; n++) /* what was read would have left a NaN */
            assert_true(old->numbers[n] == fresh->numbers[n] ||
                        (isnan(old->numbers[n]) && fresh->numbers[n] == 0));
        assert_false(rs_trace_again(old, &f.model.net, 100000, small.B, RS_KEEP_ALL));
        rs_trace_free(old);
        rs_trace_free(fresh);
        rs_trace_free(new);
        fixture_free(&f);
    }
}

/* The next scene is computed where the last one was, to the same bits. */
static void spare_traces_are_used_again(void **state)
{
    (void)state;
    compute_spares *spares = compute_spares_new(NULL);
    const compute_base base = {.spares = spares};
    scene s = app_first_scene();
    assert_non_null(spares);
    s.number[SCENE_STEPS] = 900;
    computed *c = compute_new(&s, &base, NULL);
    assert_true(c && compute_passes(c, 1, NULL) == RS_OK);
    const double *const numbers = c->cell[1].trace->numbers;
    compute_release(c);
    s.number[SCENE_GAIN] = 1.5;
    s.number[SCENE_STEPS] = 880;
    c = compute_new(&s, &base, NULL);
    computed *plain = compute_new(&s, NULL, NULL);
    assert_true(c && compute_part_of(c, 1, PART_PASS, 1, NULL) == RS_OK);
    assert_true(plain && compute_part_of(plain, 1, PART_PASS, 1, NULL) == RS_OK);
    assert_ptr_equal(c->cell[1].trace->numbers, numbers);
    assert_memory_equal(c->cell[1].gradient, plain->cell[1].gradient,
                        plain->cell[1].model.net.parameters_n * sizeof(double));
    assert_memory_equal(c->cell[1].norm[0], plain->cell[1].norm[0], 880 * sizeof(double));
    compute_release(c);
    compute_release(plain);
    compute_spares_free(spares);
}

/* --- the views ----------------------------------------------------------------------------- */

static void finish(app *a, worker *w)
{
    job_ask(w, a);
    while (worker_busy(w)) {
        (void)worker_wait(w, 1000);
        (void)job_take(w, a);
    }
}

/* What a small panel leaves out is made when it grows, once. */
static void a_small_panel_gets_the_rest_when_it_grows(void **state)
{
    (void)state;
    const scene first = app_first_scene();
    app a;
    app_start(&a, &first, NULL, LANG_EN, THEME_LIGHT, 1024, 640);
    worker *w = job_start(NULL, NULL, NULL);
    assert_non_null(w);
    finish(&a, w);
    app_panel *spectrum = &a.panels[a.panels_n - 1];
    assert_string_equal(spectrum->view->name, "spectrum");
    assert_true(spectrum->small && spectrum->data);
    void *const before = spectrum->data;
    const event large = {.kind = EVENT_SIZE, .x = 4096, .y = 2400};
    app_update(&a, &large);
    assert_true(a.wants_views && !a.wants_job && !spectrum->small);
    finish(&a, w);
    assert_true(spectrum->data && spectrum->data != before);
    app_lay_out(&a);
    assert_false(a.wants_views);
    worker_stop(w);
    app_stop(&a);
}

const struct CMUnitTest job_tests[] = {cmocka_unit_test(what_follows_keeps_nobody_waiting),
                                       cmocka_unit_test(credit_lags_and_check_give_up),
                                       cmocka_unit_test(passes_side_by_side_are_the_same),
                                       cmocka_unit_test(an_old_trace_is_as_good_as_new),
                                       cmocka_unit_test(spare_traces_are_used_again),
                                       cmocka_unit_test(a_small_panel_gets_the_rest_when_it_grows)};
const size_t job_tests_n = TESTS_N(job_tests);
