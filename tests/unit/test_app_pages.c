/* Every page, drawn without a window: no text over another, none outside the canvas, no missing
 * glyph, every text in Chinese. */
#include "tests/unit/test.h"

#include "viz/app/job.h"
#include "viz/app/live.h"

#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    double width, height;
} sizes[] = {{1024, 640}, {1280, 800}, {2560, 1440}};

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

/* What is wrong with the texts on the canvas: a line each on stderr; how many. The text `over` has
 * a ground of its own and may lie over others. */
static int faults(canvas *c, const char *over, const char *where)
{
    const text_box *t = NULL;
    const size_t n = canvas_texts(c, &t);
    int found = 0;
    assert_true(n > 20); /* the page is not empty */
    for (size_t k = 0; k < n; k++) {
        const rect r = t[k].box;
        if (t[k].missing) {
            print_error("%s: `%s` lacks %d glyphs\n", where, t[k].text, t[k].missing);
            found++;
        }
        if (r.w > 0 && (r.x < -1 || r.y < -1 || r.x + r.w > canvas_width(c) + 1 ||
                        r.y + r.h > canvas_height(c) + 1)) {
            print_error("%s: `%s` outside: %.0f %.0f %.0f %.0f\n", where, t[k].text, r.x, r.y, r.w,
                        r.h);
            found++;
        }
        for (size_t m = 0; m < k; m++) {
            const rect o = t[m].box;
            const double across =
                (r.x + r.w < o.x + o.w ? r.x + r.w : o.x + o.w) - (r.x > o.x ? r.x : o.x);
            const double down =
                (r.y + r.h < o.y + o.h ? r.y + r.h : o.y + o.h) - (r.y > o.y ? r.y : o.y);
            if (across > 1 && down > 1 && strcmp(t[k].text, over) != 0) {
                print_error("%s: `%s` over `%s` at %.0f %.0f\n", where, t[k].text, t[m].text, r.x,
                            r.y);
                found++;
            }
        }
    }
    if (canvas_untranslated(c)) {
        print_error("%s: `%s` has no Chinese\n", where, canvas_untranslated(c));
        found++;
    }
    return found;
}

/* Draws what the app shows, onto a surface that keeps shapes. */
static int faults_drawn(app *a, const char *page)
{
    char where[160];
    const cairo_rectangle_t extent = {0, 0, a->width, a->height};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extent);
    canvas *c = canvas_on(surface, a->width, a->height, 1, a->theme, NULL);
    assert_non_null(c);
    canvas_set_lang(c, a->lang);
    canvas_record(c, true);
    app_draw(a, c);
    (void)snprintf(where, sizeof where, "%s %.0fx%.0f %s", page, a->width, a->height,
                   a->lang == LANG_EN ? "en" : "zh");
    const int found = faults(c, lang_text(a->lang, a->message), where);
    canvas_free(c);
    cairo_surface_destroy(surface);
    return found;
}

static int faults_at_all_sizes(app *a, const char *page)
{
    int found = 0;
    for (size_t size = 0; size < TESTS_N(sizes); size++)
        for (int theme = THEME_LIGHT; theme <= THEME_DARK; theme++)
            for (int lang = LANG_EN; lang <= LANG_ZH; lang++) {
                a->theme = (theme_kind)theme;
                a->lang = (lang_kind)lang;
                app_update(a, &(event){.kind = EVENT_SIZE,
                                       .x = sizes[size].width,
                                       .y = sizes[size].height,
                                       .n = 1});
                found += faults_drawn(a, page);
            }
    return found;
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
        found += faults_at_all_sizes(&s->app, app_pages[page].title);
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
        found += faults_at_all_sizes(&s->app, app_pages[page].title);
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
    found += faults_at_all_sizes(&s->app, "help");
    s->app.help = false;
    app_update(&s->app, &(event){.kind = EVENT_KEY, .key = 'y', .with = WITH_CTRL});
    assert_true(s->app.message[0] != '\0');
    found += faults_at_all_sizes(&s->app, "message");
    assert_int_equal(found, 0);
    free_shown(s);
}

const struct CMUnitTest app_pages_tests[] = {
    cmocka_unit_test(every_page_is_legible),
    cmocka_unit_test(every_page_is_legible_beside_what_is_pinned),
    cmocka_unit_test(help_and_messages_are_legible)};
const size_t app_pages_tests_n = TESTS_N(app_pages_tests);
