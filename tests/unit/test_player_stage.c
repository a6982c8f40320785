/* lessons/engine: which scene of a step the learner sees. */
#include "tests/unit/test.h"

#include "viz/app/column.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char page[] = "# A lesson\n\n## Asked of the second scene\n\n"
                           "```scene\ncell = rnn\nsteps = 3\n```\n\n"
                           "```scene\ncell = rnn\nsteps = 4\n```\n\n"
                           "```predict\nask = how many?\nanswer = steps\nwithin = exact\n```\n\n"
                           "## Moved in the third\n\n"
                           "```scene\ncell = rnn\nsteps = 5\n```\n\n"
                           "```predict\nask = how many?\nanswer = steps\nwithin = exact\n```\n\n"
                           "```scene\ncell = rnn\nsteps = 6\n```\n\n"
                           "```slider\nsteps from 1 to 9\n```\n\n"
                           "## The first of two\n\n"
                           "```scene\ncell = rnn\nsteps = 7\n```\n\n"
                           "```scene\ncell = rnn\nsteps = 8\n```\n\n"
                           "## None of its own\n\nText.\n";

/* A lesson of this text, and a player that has opened it. */
static void open_page(const char *text, lesson *l, player *p)
{
    char path[] = "/tmp/rs-stage-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(file), 0);
    assert_int_equal(lesson_read(path, l, NULL, NULL), RS_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(player_open(p, l, NULL, NULL), RS_OK);
}

static void stage_is_what_a_step_is_about(void **state)
{
    (void)state;
    static const double steps[] = {4, 5, 7, 8};
    lesson l;
    player p;
    open_page(page, &l, &p);
    for (size_t k = 0; k < TESTS_N(steps); k++) {
        player_go(&p, k);
        assert_true(p.scene.number[SCENE_STEPS] == steps[k]);
    }
    player_close(&p);
    lesson_free(&l);
}

/* What is asked about is what is seen: first the prediction's scene; that of the task once the
 * learner turns to it, and at once where the prediction was made before. */
static void stage_follows_what_is_asked(void **state)
{
    (void)state;
    lesson l;
    player p;
    open_page(page, &l, &p);
    player_go(&p, 1);
    const size_t first = p.stage, slider = l.steps[1].first + l.steps[1].n - 1;
    assert_int_equal(l.blocks[slider].kind, BLOCK_SLIDER);
    assert_int_equal(player_predict(&p, first + 1, 5, NULL), RS_OK);
    assert_int_equal(p.stage, first);
    assert_true(player_stage_of(&p, slider) && !player_stage_of(&p, slider));
    assert_true(p.scene.number[SCENE_STEPS] == 6 && !p.changed);
    player_go(&p, 0);
    player_go(&p, 1);
    assert_true(p.scene.number[SCENE_STEPS] == 6);
    player_close(&p);
    lesson_free(&l);
}

/* The item of this kind as the column has drawn it last. */
static size_t drawn_item(column *c, item_kind kind)
{
    canvas *on = canvas_image(328, 800, 1, THEME_LIGHT, NULL);
    size_t k = 0;
    assert_non_null(on);
    column_draw(c, on, (rect){0, 0, 328, 800}, MAX_ITEMS, "");
    while (k < c->items_n && c->items[k].kind != kind)
        k++;
    canvas_free(on);
    return k;
}

static void column_shows_the_scene_that_is_turned_to(void **state)
{
    (void)state;
    char path[] = "/tmp/rs-stage-XXXXXX";
    const int file = mkstemp(path);
    column c;
    assert_int_equal(write(file, page, sizeof page - 1), (ssize_t)sizeof page - 1);
    assert_int_equal(close(file), 0);
    assert_int_equal(column_open(&c, path, NULL, NULL), RS_OK);
    assert_int_equal(unlink(path), 0);
    assert_true(column_turn(&c, 1) && c.player.scene.number[SCENE_STEPS] == 5);
    assert_false(column_look(&c, drawn_item(&c, ITEM_NEXT)));
    assert_true(column_look(&c, drawn_item(&c, ITEM_SLIDER)));
    assert_true(c.player.scene.number[SCENE_STEPS] == 6);
    assert_true(column_act(&c, drawn_item(&c, ITEM_STAGE), NAN)); /* the other one */
    assert_true(c.player.scene.number[SCENE_STEPS] == 5);
    assert_true(column_step(&c, drawn_item(&c, ITEM_SLIDER), 1));
    assert_true(c.player.scene.number[SCENE_STEPS] == 7);
    assert_true(column_turn(&c, 1) && column_turn(&c, 1)); /* one scene, nothing to choose */
    const size_t none = drawn_item(&c, ITEM_STAGE);
    assert_int_equal(none, c.items_n);
    column_close(&c);
}

const struct CMUnitTest player_stage_tests[] = {
    cmocka_unit_test(stage_is_what_a_step_is_about), cmocka_unit_test(stage_follows_what_is_asked),
    cmocka_unit_test(column_shows_the_scene_that_is_turned_to)};
const size_t player_stage_tests_n = TESTS_N(player_stage_tests);
