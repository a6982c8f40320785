/* Every page, drawn without a window: no text over another, none outside the canvas, no missing
 * glyph, every text in Chinese. */
#include "tests/unit/screen_help.h"

#include "viz/app/job.h"
#include "viz/app/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct shown {
    app app;
    worker *worker;
    live *live;
} shown;

/* Until everything that was asked for is there. */
static void wait_for(shown *s)
{
    do {
        live_follow(s->live, &s->app);
        job_ask(s->worker, &s->app);
        (void)worker_wait(s->worker, 10);
        (void)job_take(s->worker, &s->app);
    } while (worker_busy(s->worker) || live_busy(s->live) || s->app.wants_job);
}

static shown *new_shown(void)
{
    shown *s = calloc(1, sizeof *s);
    assert_non_null(s);
    scene first = app_first_scene();
    first.number[SCENE_STEPS] = 60;
    first.number[SCENE_HIDDEN] = 12;
    app_start(&s->app, &first, NULL, LANG_EN, THEME_LIGHT, 1280, 800);
    s->worker = job_start(NULL, NULL, NULL);
    s->live = live_start(NULL, NULL, NULL);
    assert_true(s->worker && s->live);
    wait_for(s);
    return s;
}

static void free_shown(shown *s)
{
    live_stop(s->live);
    worker_stop(s->worker);
    app_stop(&s->app);
    free(s);
}

static void every_page_is_legible(void **state)
{
    (void)state;
    shown *s = new_shown();
    int found = 0;
    for (size_t page = 0; page < app_pages_n; page++) {
        app_show_page(&s->app, page, false, 0);
        s->app.training.steps = strcmp(app_pages[page].title, "Training") == 0 ? 8 : 0;
        wait_for(s);
        for (size_t k = 0; k < s->app.panels_n; k++)
            assert_non_null(s->app.panels[k].data);
        found += screen_faults(&s->app, 0, app_pages[page].title);
    }
    assert_int_equal(found, 0);
    free_shown(s);
}

/* With something pinned that differs from what is there. */
static void every_page_is_legible_beside_what_is_pinned(void **state)
{
    (void)state;
    shown *s = new_shown();
    int found = 0;
    app_update(&s->app, &(event){.kind = EVENT_KEY, .key = 'p'});
    s->app.scene.number[SCENE_GAIN] = 1.7;
    app_changed(&s->app, true);
    for (size_t page = 0; page < app_pages_n; page++) {
        app_show_page(&s->app, page, false, 0);
        wait_for(s);
        for (size_t k = 0; k < s->app.panels_n; k++) {
            const app_panel *panel = &s->app.panels[k];
            assert_true(!panel->view->make || !panel->view->compares || panel->ghost);
        }
        found += screen_faults(&s->app, 0, app_pages[page].title);
    }
    assert_int_equal(found, 0);
    free_shown(s);
}

/* The cell with the longest name, in layers. */
static void a_long_name_is_legible(void **state)
{
    (void)state;
    shown *s = new_shown();
    int found = 0;
    assert_int_equal(scene_set(&s->app.scene, "cells = gru-reset-before", NULL), RS_OK);
    s->app.scene.number[SCENE_LAYERS] = 3;
    s->app.pinned.cell = 0;
    app_changed(&s->app, true);
    for (size_t page = 0; page < 2; page++) {
        app_show_page(&s->app, page, false, 0);
        wait_for(s);
        found += screen_faults(&s->app, 0, app_pages[page].title);
    }
    assert_int_equal(found, 0);
    free_shown(s);
}

static void help_and_messages_are_legible(void **state)
{
    (void)state;
    shown *s = new_shown();
    int found = 0;
    s->app.help = true;
    found += screen_faults(&s->app, 0, "help");
    s->app.help = false;
    app_update(&s->app, &(event){.kind = EVENT_KEY, .key = 'y', .with = WITH_CTRL});
    assert_true(s->app.message[0] != '\0');
    found += screen_faults(&s->app, 0, "message");
    assert_int_equal(found, 0);
    free_shown(s);
}

const struct CMUnitTest app_pages_tests[] = {
    cmocka_unit_test(every_page_is_legible),
    cmocka_unit_test(every_page_is_legible_beside_what_is_pinned),
    cmocka_unit_test(a_long_name_is_legible), cmocka_unit_test(help_and_messages_are_legible)};
const size_t app_pages_tests_n = TESTS_N(app_pages_tests);
