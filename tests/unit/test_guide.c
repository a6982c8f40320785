/* lessons/guide: what it says there is, there is, and what there is, it says; viz/lesson_report:
 * what a teacher is told of a file. */
#include "tests/unit/cli_help.h"

#include "data/tasks.h"
#include "lessons/engine/bugs.h"
#include "lessons/engine/expression.h"
#include "lessons/engine/functions.h"
#include "network/init.h"
#include "viz/lesson_report.h"
#include "viz/plots/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const files[] = {"lessons/guide/lesson.md", "lessons/guide/lesson.zh.md"};

/* `name`, or `name(` where it is an example of a call. */
static void assert_named(const char *guide, const char *name)
{
    char word[64], call[64];
    (void)snprintf(word, sizeof word, "`%s`", name);
    (void)snprintf(call, sizeof call, "`%s(", name);
    if (!strstr(guide, word) && !strstr(guide, call))
        fail_msg("the guide does not name `%s`", name);
}

static void assert_names_settings(const char *guide)
{
    static const char *const others[] = {
        "cell",  "cells", "show",   "task",   "init", "loss_at", "bug",
        "model", "data",  "U",      "W",      "b",    "V",       "h0",
        "c0",    "x",     "target", "linear", "all",  "last",    "half a decade",
        "exact"};
    for (size_t k = 0; k < TESTS_N(others); k++)
        assert_named(guide, others[k]);
    for (size_t k = 0; k < SCENE_NUMBERS; k++)
        assert_named(guide, scene_numbers[k].name);
    for (const rs_cell *const *cell = rs_cells; *cell; cell++)
        assert_named(guide, (*cell)->name);
    for (const rs_task *task = rs_tasks; task->name; task++)
        assert_named(guide, task->name);
    for (const char *const *init = rs_init_names; *init; init++)
        assert_named(guide, *init);
    for (const bug *b = bugs; b->name; b++)
        assert_named(guide, b->name);
    for (const view *const *v = views; *v; v++)
        assert_named(guide, (*v)->name);
}

static void guide_names_all_there_is(void **state)
{
    (void)state;
    for (size_t k = 0; k < TESTS_N(files); k++) {
        size_t n = 0;
        char *guide = read_bytes(files[k], &n);
        const char *name = NULL;
        assert_names_settings(guide);
        for (size_t j = 0; (name = function_name(j)) != NULL; j++)
            assert_named(guide, name);
        for (size_t j = 0; (name = expression_function(j)) != NULL; j++)
            assert_named(guide, name);
        free(guide);
    }
}

/* The array is one of this cell's. */
static bool is_array(const char *cell, const char *name)
{
    char text[64], line[64];
    double value = 0;
    rs_error err = {0};
    scene s = scene_standard();
    (void)snprintf(line, sizeof line, "cell = %s", cell);
    (void)snprintf(text, sizeof text, "length(%s)", name);
    assert_int_equal(scene_set(&s, line, &err), RS_OK);
    assert_int_equal(scene_set(&s, "hidden = 2", &err), RS_OK);
    assert_int_equal(scene_set(&s, "steps = 3", &err), RS_OK);
    computed *c = compute_new(&s, NULL, &err);
    assert_non_null(c);
    const bool is = expression_value(text, c, NULL, 0, &value, &err) == RS_OK;
    compute_release(c);
    return is;
}

/* Each `name` of the first cell of the row is one of an LSTM's or a GRU's. Returns how many. */
static size_t check_row(const char *row)
{
    size_t n = 0;
    const char *end = strstr(row + 1, " | ");
    for (const char *at = strchr(row, '`'); at && at < end; at = strchr(at + 1, '`')) {
        char name[64];
        const char *close = strchr(at + 1, '`');
        (void)snprintf(name, sizeof name, "%.*s", (int)(close - at - 1), at + 1);
        if (!is_array("lstm", name) && !is_array("gru", name))
            fail_msg("the guide names `%s`: there is no such array", name);
        at = close;
        n++;
    }
    return n;
}

static void guide_arrays_exist(void **state)
{
    (void)state;
    size_t n = 0, names = 0;
    char *guide = read_bytes(files[0], &n);
    const char *row = strstr(guide, "| array |");
    assert_non_null(row);
    row = strchr(strchr(row, '\n') + 1, '\n') + 1; /* after the line of dashes */
    for (; *row == '|'; row = strchr(row, '\n') + 1)
        names += check_row(row);
    assert_true(names > 40);
    free(guide);
}

/* --- the report ---------------------------------------------------------------------------- */

static const char page[] =
    "# Title\n\n## Step\n\n```scene\ncell = linear\nW = 0.5\nsteps = 4\nshow = "
    "norms\n```\n\nThere are [4](# \"steps\") steps.\n";

static void write_page(void **state, const char *name, const char *part, const char *by)
{
    char path[PATH], text[1024];
    const char *at = strstr(page, part);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - page), page, by, at + strlen(part));
    write_bytes(in_folder(state, name, path), text, strlen(text));
}

/* What the check of mine.md prints, and its exit code. */
static void assert_report(void **state, int code, const char *part)
{
    const said *answer = run_cli(state, "learn mine.md --check");
    assert_int_equal(answer->code, code);
    assert_string_equal(answer->err, "");
    if (!strstr(answer->out, part))
        fail_msg("\"%s\" lacks \"%s\"", answer->out, part);
}

static void learn_checks_a_file(void **state)
{
    write_page(state, "mine.md", "Title", "Title");
    assert_report(state, 0, "mine.md: 0 mistakes\n");
    write_page(state, "mine.md", "[4]", "[5]");
    assert_report(state, 1, "mine.md: line 12: [5]: steps is 4\nmine.md: 1 mistake\n");
    write_page(state, "mine.md", "norms", "nomrs");
    assert_report(state, 1, "mine.md: line 9: show: there is no view `nomrs`");
    write_page(state, "mine.md", "W = 0.5", "W = half\nhiden = 3");
    assert_report(state, 1, "mine.md: 2 mistakes\n");
    write_page(state, "mine.md", "4\nshow = norms\n```\n\nThere are [4]",
               "4\nshow = nomrs\n```\n\n```predit\n```\n\nThere are [5]");
    assert_report(state, 1, "mine.md: line 9: show");
    assert_report(state, 1, "`predict`?\nmine.md: line 15: [5]"); /* in the order of the lines */
    write_page(state, "mine.md", "[4]", "[4]");
    write_page(state, "mine.zh.md", "[4](# \"steps\")", "4");
    assert_report(state, 1, "mine.zh.md: line 3: the number `steps` of line 12 of mine.md");
    write_page(state, "mine.zh.md", "There are", "共有");
    assert_report(state, 0, "mine.md: 0 mistakes\n");
    assert_complains(run_cli(state, "learn none.md --check"), RS_OPEN, "none.md");
    assert_complains(run_cli(state, "learn --check"), RS_USAGE, "expected a lesson");
    char path[PATH];
    assert_int_equal(remove(in_folder(state, "mine.md", path)), 0);
    assert_int_equal(remove(in_folder(state, "mine.zh.md", path)), 0);
}

/* What the viewer has drawn of the lesson as SVG differs, and stderr has the mistakes. */
static void viewer_tells_mistakes_of_a_file(void **state)
{
    static const char *const names[] = {"mine.md",           "replay",  "right.svg", "wrong.svg",
                                        "rnnscope/progress", "rnnscope"};
    static const char right[] = "shot right.svg\n", wrong[] = "shot wrong.svg\n";
    char path[PATH];
    size_t n[2] = {0};
    (void)setenv("XDG_DATA_HOME", *state, 1);
    write_page(state, "mine.md", "[4]", "[4]");
    write_bytes(in_folder(state, "replay", path), right, sizeof right - 1);
    const said *answer = run_cli(state, "learn mine.md --replay replay");
    assert_null(strstr(answer->err, "mine.md"));
    write_page(state, "mine.md", "[4]", "[5]");
    write_bytes(in_folder(state, "replay", path), wrong, sizeof wrong - 1);
    answer = run_cli(state, "learn mine.md --replay replay");
    assert_non_null(strstr(answer->err, "rnnscope: mine.md: line 12: [5]: steps is 4\n"));
    free(read_bytes(in_folder(state, "right.svg", path), &n[0]));
    free(read_bytes(in_folder(state, "wrong.svg", path), &n[1]));
    assert_true(n[1] > n[0]); /* a line more in the column */
    (void)unsetenv("XDG_DATA_HOME");
    for (size_t k = 0; k < TESTS_N(names); k++)
        assert_int_equal(remove(in_folder(state, names[k], path)), 0);
}

static void report_line_is_the_first(void **state)
{
    (void)state;
    char *texts[] = {"/a/b c/mine.md: line 3: `x/y` is no: setting", "two"};
    char line[64];
    lesson_mistakes mistakes = {.text = texts, .n = 2};
    assert_string_equal(lesson_report_line(&mistakes, line, sizeof line),
                        "mine.md: line 3: `x/y` is no: setting (+1)");
    mistakes.n = 1;
    assert_string_equal(lesson_report_line(&mistakes, line, sizeof line),
                        "mine.md: line 3: `x/y` is no: setting");
    mistakes.n = 0;
    assert_string_equal(lesson_report_line(&mistakes, line, sizeof line), "");
}

const struct CMUnitTest guide_tests[] = {
    cmocka_unit_test(guide_names_all_there_is), cmocka_unit_test(guide_arrays_exist),
    IN_FOLDER(learn_checks_a_file), IN_FOLDER(viewer_tells_mistakes_of_a_file),
    cmocka_unit_test(report_line_is_the_first)};
const size_t guide_tests_n = TESTS_N(guide_tests);
