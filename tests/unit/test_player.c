/* lessons/engine/player and progress: playing a lesson, and what is kept of it. */
#include "tests/unit/files_help.h"

#include "lessons/engine/player.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char page[] =
    "# Title\n\n## First\n\n```scene\ncell = linear\nW = [[0.5, 0], [0, 0.5]]\nsteps = "
    "4\n```\n\nOne [4](# \"steps\") two.\n\n```predict\nask = W?\nanswer = W[0][0]\nwithin = 10 "
    "%\n```\n\n<details><summary>s</summary>\n\nHidden.\n\n</details>\n\nShown.\n\n## "
    "Second\n\n```slider\nW[0][1] from 0 to 10\n```\n\n```task\ngoal = g\npass = W[0][1] > 1 and "
    "answer < 3\nsolution: W[0][1] = 2, answer = 1\nhint = a\nhint = b\nwhy = because\n```\n\n## "
    "Third\n\n```scene\ncell = rnn\nsteps = 7\n```\n\nNow [7](# \"steps\").\n";

typedef struct playing {
    char path[PATH];
    lesson lesson;
    learner_progress progress;
    player player;
} playing;

static playing *begin(void **state, learner_progress progress)
{
    playing *g = calloc(1, sizeof *g);
    rs_error err = {0};
    assert_non_null(g);
    g->progress = progress;
    write_bytes(in_folder(state, "my-lesson.md", g->path), page, sizeof page - 1);
    assert_int_equal(lesson_read(g->path, &g->lesson, NULL, &err), RS_OK);
    assert_int_equal(player_open(&g->player, &g->lesson, &g->progress, &err), RS_OK);
    return g;
}

/* Returns the progress, for the caller to free. */
static learner_progress end(playing *g)
{
    const learner_progress progress = g->progress;
    player_close(&g->player);
    lesson_free(&g->lesson);
    assert_int_equal(remove(g->path), 0);
    free(g);
    return progress;
}

static size_t block_of(const playing *g, block_kind kind, size_t nth)
{
    for (size_t k = 0; k < g->lesson.blocks_n; k++)
        if (g->lesson.blocks[k].kind == kind && nth-- == 0)
            return k;
    fail();
    return 0;
}

static double value_of(playing *g, size_t block, const char *expression)
{
    double value = NAN;
    assert_int_equal(player_value(&g->player, block, expression, &value, NULL), RS_OK);
    return value;
}

static void player_moves_a_scene_and_gives_it_back(void **state)
{
    playing *g = begin(state, (learner_progress){0});
    player *p = &g->player;
    const size_t scene_at = block_of(g, BLOCK_SCENE, 0), text = block_of(g, BLOCK_PARAGRAPH, 0);
    double low = 0, high = 0;
    rs_error err = {0};
    assert_int_equal(p->stage, scene_at);
    assert_true(value_of(g, text, "steps") == 4 && !p->changed);
    assert_int_equal(player_set(p, "steps", 6, &err), RS_OK);
    assert_true(value_of(g, text, "steps") == 6 && p->changed);
    assert_true(value_of(g, block_of(g, BLOCK_PARAGRAPH, 3), "steps") == 7);
    assert_int_equal(player_set(p, "steps", 1e9, &err), RS_DATA);
    assert_int_equal(player_set(p, "W[5][5]", 1, &err), RS_DATA);
    assert_int_equal(player_set(p, "gain", NAN, &err), RS_DATA);
    assert_int_equal(player_set_all(p, "W[0][1] = 3, steps = 0", &err), RS_DATA);
    assert_int_equal(player_set_all(p, "W[0][1] = 3 steps = 5", &err), RS_DATA);
    assert_true(p->scene.matrix[SCENE_W].value[1] == 0); /* all of it or nothing */
    assert_int_equal(player_set(p, "steps", 4, &err), RS_OK);
    assert_false(p->changed);
    assert_int_equal(player_set_all(p, "W[0][1] = 3, steps = 5", &err), RS_OK);
    assert_true(value_of(g, text, "W[0][1] + steps") == 8);
    player_undo(p);
    assert_true(value_of(g, text, "W[0][1] + steps") == 4);
    assert_true(player_range(p, "steps", &low, &high) && low == 1 && high == 100000);
    assert_false(player_range(p, "W[0][1]", &low, &high));
    assert_true(player_next(p));
    assert_true(player_range(p, "W[0][1]", &low, &high) && high == 10);
    learner_progress progress = end(g);
    progress_free(&progress);
}

static void player_keeps_a_prediction_before_the_reveal(void **state)
{
    playing *g = begin(state, (learner_progress){0});
    player *p = &g->player;
    const size_t predict = block_of(g, BLOCK_PREDICT, 0);
    const size_t hidden = block_of(g, BLOCK_PARAGRAPH, 1), after = block_of(g, BLOCK_PARAGRAPH, 2);
    double answer = 0;
    bool near = true;
    assert_true(player_hidden(p, hidden));
    assert_false(player_hidden(p, after) || player_hidden(p, predict));
    assert_int_equal(player_predict(p, predict, NAN, NULL), RS_DATA);
    assert_int_equal(player_predict(p, predict, 0.7, NULL), RS_OK);
    assert_false(player_hidden(p, hidden));
    assert_int_equal(player_predict(p, predict, 0.5, NULL), RS_OK); /* too late */
    assert_int_equal(player_set(p, "W[0][0]", 0.7, NULL), RS_OK);   /* nor does the answer follow */
    assert_int_equal(player_compare(p, predict, &answer, &near, NULL), RS_OK);
    assert_true(answer == 0.5 && !near && p->blocks[predict].prediction == 0.7);
    playing *again = begin(state, end(g));
    assert_true(again->player.blocks[predict].predicted);
    assert_true(again->player.blocks[predict].prediction == 0.7);
    progress_reset(&again->progress, "my-lesson");
    playing *new = begin(state, end(again));
    player_reveal(&new->player, predict);
    assert_false(player_hidden(&new->player, hidden) || new->player.blocks[predict].predicted);
    learner_progress progress = end(new);
    progress_free(&progress);
}

static void player_tries_tasks_and_gives_hints(void **state)
{
    playing *g = begin(state, (learner_progress){0});
    player *p = &g->player;
    const size_t task = block_of(g, BLOCK_TASK, 0);
    task_state how = TASK_OPEN;
    bool is_solution = false;
    assert_true(player_next(p));
    assert_int_equal(p->task, task);
    assert_int_equal(p->stage, block_of(g, BLOCK_SCENE, 0));
    assert_int_equal(player_task_check(p, task, &how, NULL), RS_OK);
    assert_int_equal(how, TASK_TRIED);
    assert_string_equal(player_hint(p, task, &is_solution)->value, "a");
    assert_string_equal(player_hint(p, task, &is_solution)->value, "b");
    assert_false(is_solution);
    assert_string_equal(player_hint(p, task, &is_solution)->value, "W[0][1] = 2, answer = 1");
    assert_true(is_solution);
    assert_null(player_hint(p, task, NULL));
    assert_int_equal(player_set(p, "W[0][1]", 5, NULL), RS_OK);
    assert_int_equal(player_task_check(p, task, &how, NULL), RS_OK);
    assert_int_equal(how, TASK_TRIED); /* no answer yet */
    assert_int_equal(player_set(p, "answer", -2, NULL), RS_OK);
    assert_int_equal(player_task_check(p, task, &how, NULL), RS_OK);
    assert_int_equal(how, TASK_SOLVED);
    player_undo(p);
    assert_int_equal(player_task_check(p, task, &how, NULL), RS_OK);
    assert_int_equal(how, TASK_TRIED);
    assert_int_equal(p->blocks[task].task, TASK_SOLVED);
    playing *again = begin(state, end(g));
    assert_int_equal(again->player.step, 1);
    assert_int_equal(again->player.blocks[task].task, TASK_SOLVED);
    learner_progress progress = end(again);
    progress_free(&progress);
}

static void player_goes_back_and_forth(void **state)
{
    playing *g = begin(state, (learner_progress){0});
    player *p = &g->player;
    assert_false(player_back(p));
    assert_true(player_next(p) && player_next(p));
    assert_int_equal(p->stage, block_of(g, BLOCK_SCENE, 1));
    assert_false(progress_finished(&g->progress, "my-lesson", 3));
    assert_false(player_next(p));
    assert_int_equal(p->step, 2);
    assert_true(progress_finished(&g->progress, "my-lesson", 3));
    assert_true(player_back(p));
    assert_int_equal(p->step, 1);
    player_go(p, 99);
    assert_int_equal(p->step, 2);
    learner_progress progress = end(g);
    progress_free(&progress);
}

static void progress_survives_the_file(void **state)
{
    char path[PATH], folder[PATH];
    learner_progress p = {0}, q = {0};
    rs_error err = {0};
    assert_int_equal(progress_read(in_folder(state, "a/progress", path), &q, &err), RS_OK);
    assert_int_equal(q.n, 0);
    assert_int_equal(progress_set(&p, "06-x", PROGRESS_AT, 2, 0, &err), RS_OK);
    assert_int_equal(progress_set(&p, "06-x", PROGRESS_DONE, 0, 0, &err), RS_OK);
    assert_int_equal(progress_set(&p, "06-x", PROGRESS_PREDICTED, 1, 0.1, &err), RS_OK);
    assert_int_equal(progress_set(&p, "06-x", PROGRESS_PREDICTED, 1, 0.3, &err), RS_OK);
    assert_int_equal(progress_set(&p, "my own", PROGRESS_SOLVED, 3, 0, &err), RS_OK);
    assert_int_equal(progress_write(path, &p, &err), RS_OK);
    assert_int_equal(progress_read(path, &q, &err), RS_OK);
    assert_int_equal(q.n, 4);
    assert_true(progress_find(&q, "06-x", PROGRESS_PREDICTED, 1)->value == 0.3);
    assert_int_equal(progress_find(&q, "06-x", PROGRESS_AT, 77)->nth, 2);
    assert_non_null(progress_find(&q, "my own", PROGRESS_SOLVED, 3));
    assert_null(progress_find(&q, "06-x", PROGRESS_DONE, 1));
    progress_reset(&q, "06-x");
    assert_int_equal(q.n, 1);
    progress_reset(&q, NULL);
    assert_int_equal(q.n, 0);
    progress_free(&p);
    progress_free(&q);
    write_bytes(path, "rnnscope progress 1\n06-x done\n", 30);
    assert_int_equal(progress_read(path, &q, &err), RS_DATA);
    assert_non_null(strstr(err.text, "line 2"));
    write_bytes(path, "something else\n", 15);
    assert_int_equal(progress_read(path, &q, &err), RS_DATA);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(in_folder(state, "a", folder)), 0);
}

static void progress_has_its_place(void **state)
{
    (void)state;
    char path[64];
    char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    data = data ? strdup(data) : NULL;
    home = home ? strdup(home) : NULL;
    (void)setenv("HOME", "/h", 1);
    (void)setenv("XDG_DATA_HOME", "/x", 1);
    assert_int_equal(progress_path(path, sizeof path, NULL), RS_OK);
    assert_string_equal(path, "/x/rnnscope/progress");
    (void)setenv("XDG_DATA_HOME", "not/absolute", 1);
    assert_int_equal(progress_path(path, sizeof path, NULL), RS_OK);
    assert_string_equal(path, "/h/.local/share/rnnscope/progress");
    assert_int_equal(progress_path(path, 8, NULL), RS_OPEN);
    (void)unsetenv("HOME");
    (void)unsetenv("XDG_DATA_HOME");
    assert_int_equal(progress_path(path, sizeof path, NULL), RS_OPEN);
    if (data)
        (void)setenv("XDG_DATA_HOME", data, 1);
    if (home)
        (void)setenv("HOME", home, 1);
    free(data);
    free(home);
}

const struct CMUnitTest player_tests[] = {IN_FOLDER(player_moves_a_scene_and_gives_it_back),
                                          IN_FOLDER(player_keeps_a_prediction_before_the_reveal),
                                          IN_FOLDER(player_tries_tasks_and_gives_hints),
                                          IN_FOLDER(player_goes_back_and_forth),
                                          IN_FOLDER(progress_survives_the_file),
                                          cmocka_unit_test(progress_has_its_place)};
const size_t player_tests_n = TESTS_N(player_tests);
