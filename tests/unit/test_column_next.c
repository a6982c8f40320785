/* viz/app/column: sliders of whole numbers by key, and the way from a lesson to the next. */
#include "tests/unit/files_help.h"

#include "lessons/engine/library.h"
#include "viz/app/column.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char page[] = "# Title\n\n## Only\n\n```scene\ncell = linear\nW = [[0.5]]\nsteps = 4\n"
                           "```\n\n```slider\nsteps from 1 to 20\nW[0][0] from 0 to 4\n```\n";

static column *begin(void **state)
{
    column *c = calloc(1, sizeof *c);
    char path[PATH];
    rs_error err = {0};
    write_bytes(in_folder(state, "my-lesson.md", path), page, strlen(page));
    assert_non_null(c);
    assert_int_equal(column_open(c, path, NULL, &err), RS_OK);
    canvas *on = canvas_image(1280, 800, 1, THEME_LIGHT, NULL);
    assert_non_null(on);
    column_draw(c, on, (rect){0, 0, COLUMN_WIDTH, 800}, MAX_ITEMS, "");
    canvas_free(on);
    return c;
}

static void end(column *c)
{
    column_close(c);
    free(c);
}

/* A lesson that is saved with mistakes is shown with them; one that is none any more does not take
 * the place of the one that is open. */
static void what_is_no_lesson_does_not_open(void **state)
{
    static const struct {
        const char *text, *why; /* NULL: it opens */
    } cases[] = {{page, NULL},
                 {"# Title\n\n## Only\n\n```scene\ncell = nothing\n```\n", NULL},
                 {"nonsense", "line 1"},
                 {"# Title\n\nno step\n", "step"},
                 {"", "line 1"}};
    for (size_t k = 0; k < TESTS_N(cases); k++) {
        char path[PATH];
        rs_error err = {0};
        write_bytes(in_folder(state, "case.md", path), cases[k].text, strlen(cases[k].text));
        assert_int_equal(column_opens(path, &err), cases[k].why == NULL);
        assert_true(!cases[k].why || strstr(err.text, cases[k].why));
    }
    rs_error err = {0};
    assert_false(column_opens("/nowhere/lesson.md", &err));
    assert_int_equal(err.status, RS_OPEN);
}

/* A hundredth of the track is .19 steps: the key moves by one, and the ends hold. */
static void a_key_moves_a_whole_number_by_one(void **state)
{
    column *c = begin(state);
    const double *steps = &c->player.scene.number[SCENE_STEPS];
    assert_true(column_step(c, 0, 1) && *steps == 5);
    assert_true(column_step(c, 0, -1) && *steps == 4);
    assert_true(column_step(c, 0, -10) && *steps == 2);
    (void)column_step(c, 0, -10);
    (void)column_step(c, 0, -10);
    assert_true(*steps == 1);
    assert_string_equal(c->problem, "");
    assert_true(column_step(c, 1, 1)); /* the other one is not whole */
    assert_true(fabs(*scene_number_named(&c->player.scene, "W[0][0]") - .54) < 1e-12);
    end(c);
}

static void after_the_last_step_comes_a_lesson(void **state)
{
    column *c = begin(state);
    assert_false(column_turn(c, -1));
    assert_false(c->wants_next);
    assert_false(column_turn(c, 1));
    assert_true(c->wants_next);
    end(c);
}

static void draw(column *c)
{
    canvas *on = canvas_image(1280, 800, 1, THEME_LIGHT, NULL);
    assert_non_null(on);
    column_draw(c, on, (rect){0, 0, COLUMN_WIDTH, 800}, MAX_ITEMS, "");
    canvas_free(on);
}

static size_t item(const column *c, item_kind kind, size_t nth)
{
    for (size_t k = 0; k < c->items_n; k++)
        if (c->items[k].kind == kind && nth-- == 0)
            return k;
    fail_msg("there is no such item");
    return 0;
}

/* Three lessons, of which this one is the second: what is done, where one goes next, and that each
 * can be gone to. */
static void the_index_has_every_lesson(void **state)
{
    static course all = {.n = 3,
                         .lesson = {{.id = "one", .title = "One", .steps = 1},
                                    {.id = "my-lesson", .title = "Mine", .steps = 1},
                                    {.id = "three", .title = "Three", .steps = 2}}};
    column *c = begin(state);
    draw(c);
    for (size_t k = 0; k < c->items_n; k++)
        assert_true(c->items[k].kind != ITEM_INDEX); /* by itself it has none */
    c->course = &all;
    assert_int_equal(column_next_lesson(c), 2);
    draw(c);
    assert_false(column_act(c, item(c, ITEM_INDEX, 0), NAN));
    assert_true(c->index && all.lesson[1].done == 0);
    draw(c);
    assert_int_equal(c->items[item(c, ITEM_LESSON, 2)].block, 2);
    assert_false(column_act(c, item(c, ITEM_LESSON, 2), NAN));
    assert_true(!c->index && c->wants_lesson == 2);
    column_show_index(c, true);
    draw(c);
    assert_false(column_act(c, item(c, ITEM_LESSON, 1), NAN)); /* the one that is open */
    assert_true(!c->index && c->wants_lesson == SIZE_MAX);
    assert_false(column_turn(c, 1));
    column_show_index(c, true);
    assert_true(course_finished(&all, 1));
    all.lesson[2].done = 2;
    assert_int_equal(column_next_lesson(c), 0); /* from the first again */
    all.lesson[0].done = 1;
    assert_int_equal(column_next_lesson(c), 3);
    end(c);
}

const struct CMUnitTest column_next_tests[] = {
    IN_FOLDER(a_key_moves_a_whole_number_by_one), IN_FOLDER(what_is_no_lesson_does_not_open),
    IN_FOLDER(after_the_last_step_comes_a_lesson), IN_FOLDER(the_index_has_every_lesson)};
const size_t column_next_tests_n = TESTS_N(column_next_tests);
