/* viz/app/column_place: a lesson played by keyboard alone; what is asked and what has just come is
 * in sight. */
#include "tests/unit/files_help.h"

#include "viz/app/app.h"
#include "viz/app/column.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] = "# Title\n\n## First\n\n```scene\ncell = linear\nW = [[0.5]]\nsteps = "
                           "4\n```\n\n",
                  ask[] = "```predict\nask = W?\nanswer = W[0][0]\nwithin = 10 "
                          "%\n```\n\n<details><summary>s</summary>\n\nHidden.\n\n",
                  next[] = "## Second\n\n```scene\ncell = linear\nW = [[0.5]]\nsteps = 4\nat = "
                           "1\n```\n\n```slider\nW[0][0] from 0 to 10\n```\n\n```task\ngoal = "
                           "g\npass = W[0][0] > 1\nsolution: W[0][0] = 2\nhint = a\nwhy = "
                           "because\n```\n";

typedef struct window {
    app app;
    column column;
    canvas *canvas;
    char path[PATH];
} window;

static void draw(window *w)
{
    do
        app_draw(&w->app, w->canvas);
    while (w->app.wants_frame);
}

static void press(window *w, const char *name)
{
    event e = {.kind = EVENT_KEY};
    assert_true(event_key_named(name, &e.key, &e.with));
    app_update(&w->app, &e);
    draw(w);
}

/* A lesson that is longer than the column, before its question and after it. */
static window *begin(void **state)
{
    window *w = calloc(1, sizeof *w);
    char *page = calloc(1, 1 << 14);
    rs_error err = {0};
    assert_true(w && page);
    strcat(page, head);
    for (size_t k = 0; k < 40; k++)
        strcat(page, "A line.\n\n");
    strcat(page, ask);
    for (size_t k = 0; k < 12; k++)
        strcat(page, "A line of what happens.\n\n");
    strcat(page, "</details>\n\n");
    strcat(page, next);
    write_bytes(in_folder(state, "my-lesson.md", w->path), page, strlen(page));
    assert_int_equal(column_open(&w->column, w->path, NULL, &err), RS_OK);
    app_start(&w->app, NULL, NULL, LANG_EN, THEME_LIGHT, 1280, 800);
    w->app.column = &w->column;
    app_follow_lesson(&w->app);
    w->canvas = canvas_image(1280, 800, 1, THEME_LIGHT, &err);
    assert_non_null(w->canvas);
    draw(w);
    free(page);
    return w;
}

static void end(window *w)
{
    canvas_free(w->canvas);
    column_close(&w->column);
    w->app.column = NULL;
    app_stop(&w->app);
    assert_int_equal(remove(w->path), 0);
    free(w);
}

static item_kind focused(const window *w)
{
    assert_true(w->app.focus < w->app.controls_n);
    assert_int_equal(w->app.controls[w->app.focus].kind, CONTROL_ITEM);
    return w->column.items[w->app.controls[w->app.focus].which].kind;
}

static bool in_sight(const window *w, size_t item)
{
    const rect r = w->column.items[item].area;
    return r.y >= 48 && r.y + r.h <= 800 - COLUMN_FOOT;
}

static void what_is_typed_goes_to_the_question(void **state)
{
    window *w = begin(state);
    assert_true(w->app.focus >= w->app.controls_n);
    assert_false(in_sight(w, 0));
    press(w, "Period");
    press(w, "4");
    assert_string_equal(w->app.typing, ".4");
    assert_int_equal(focused(w), ITEM_FIELD);
    assert_true(in_sight(w, 0));
    press(w, "Enter");
    assert_int_equal(focused(w), ITEM_NEXT);
    press(w, "Enter");
    assert_int_equal(w->column.player.step, 1);
    assert_true(w->app.focus >= w->app.controls_n);
    press(w, "2");
    assert_int_equal(focused(w), ITEM_SLIDER);
    press(w, "Enter");
    assert_int_equal(w->app.scene.matrix[SCENE_W].value[0], 2);
    while (focused(w) != ITEM_BACK)
        press(w, "Tab");
    press(w, "7");
    assert_int_equal(focused(w), ITEM_SLIDER);
    end(w);
}

static void what_comes_is_scrolled_into_sight(void **state)
{
    window *w = begin(state);
    assert_true(column_ends_below(&w->column, 752));
    press(w, "Tab");
    assert_true(in_sight(w, 0));
    const double asked = w->column.scroll;
    press(w, "1");
    press(w, "Enter");
    assert_true(w->column.scroll > asked);
    assert_true(w->column.news_top >= w->column.scroll);
    assert_true(w->column.news_bottom <= w->column.scroll + 752 - COLUMN_FOOT);
    end(w);
}

static void arrows_move_the_text_where_there_is_nothing_to_change(void **state)
{
    window *w = begin(state);
    press(w, "Down");
    assert_int_equal(w->column.scroll, 60);
    press(w, "Up");
    press(w, "Up");
    assert_int_equal(w->column.scroll, 0);
    for (size_t k = 0; k < 40; k++)
        press(w, "Down");
    assert_false(column_ends_below(&w->column, 752));
    assert_true(w->app.pinned.step >= 4);
    press(w, "PageDown");
    assert_int_equal(w->app.pinned.step, 1);
    assert_int_equal(w->column.scroll, 0);
    press(w, "Tab");
    assert_int_equal(focused(w), ITEM_SLIDER);
    const double before = w->app.scene.matrix[SCENE_W].value[0];
    press(w, "Up");
    assert_true(w->app.scene.matrix[SCENE_W].value[0] > before);
    assert_int_equal(w->column.scroll, 0);
    end(w);
}

const struct CMUnitTest column_place_tests[] = {
    IN_FOLDER(what_is_typed_goes_to_the_question), IN_FOLDER(what_comes_is_scrolled_into_sight),
    IN_FOLDER(arrows_move_the_text_where_there_is_nothing_to_change)};
const size_t column_place_tests_n = TESTS_N(column_place_tests);
