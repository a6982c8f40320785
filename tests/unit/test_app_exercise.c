/* The learner's own code in the viewer: begun, saved, judged, by keyboard and without a window;
 * whatever the code does, the viewer goes on. */
#include "tests/unit/cli_help.h"
#include "tests/unit/screen_help.h"

#include "viz/app/column.h"
#include "viz/app/exercise_source.h"
#include "viz/app/exercise_view.h"
#include "viz/lesson_exercise.h"
#include "viz/app/exercise_watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fixture {
    void *folder; /* HOME */
    char *home;   /* the real one */
    app app;
    column column;
    exercise_desk desk;
    exercise_watch *watch;
    long saves;
    char lesson[PATH], progress[PATH];
} fixture;

static void open_lesson(fixture *f)
{
    rs_error err = {0};
    column_close(&f->column);
    if (column_open(&f->column, f->lesson, f->progress, &err) != RS_OK)
        fail_msg("%s", err.text);
    f->column.desk = &f->desk;
    f->app.column = &f->column;
    app_follow_lesson(&f->app);
}

/* Once the loop of the viewer has nothing more to do. */
static void settle(fixture *f)
{
    do {
        exercise_watch_follow(f->watch, &f->app);
        (void)usleep(2000);
    } while (exercise_watch_busy(f->watch));
    exercise_watch_follow(f->watch, &f->app);
}

static void draw(fixture *f)
{
    rs_error err = {0};
    canvas *c = canvas_image(f->app.width, f->app.height, 1, f->app.theme, &err);
    assert_non_null(c);
    canvas_set_lang(c, f->app.lang);
    app_draw(&f->app, c);
    canvas_free(c);
}

/* A lesson of one step with this exercise, played in a HOME of its own. */
static fixture *start(const char *name)
{
    fixture *f = calloc(1, sizeof *f);
    char text[256];
    assert_non_null(f);
    assert_int_equal(make_folder(&f->folder), 0);
    f->home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    (void)setenv("HOME", f->folder, 1);
    (void)setenv("RNNSCOPE_LESSONS", "lessons", 1);
    (void)snprintf(text, sizeof text, "# T\n\n## S\n\n```exercise\n%s\n```\n", name);
    write_bytes(in_folder(&f->folder, "l.md", f->lesson), text, strlen(text));
    (void)in_folder(&f->folder, "progress", f->progress);
    app_start(&f->app, NULL, NULL, LANG_EN, THEME_LIGHT, 1280, 800);
    f->watch = exercise_watch_start(program_path(), NULL, NULL, NULL);
    assert_non_null(f->watch);
    open_lesson(f);
    settle(f);
    draw(f);
    return f;
}

static void stop(fixture *f)
{
    char command[PATH];
    exercise_watch_stop(f->watch);
    app_stop(&f->app);
    column_close(&f->column);
    exercise_desk_free(&f->desk);
    (void)unsetenv("RNNSCOPE_LESSONS");
    if (f->home)
        (void)setenv("HOME", f->home, 1);
    (void)snprintf(command, sizeof command, "rm -r %s/*", (char *)f->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): the command is the test's own */
    assert_int_equal(remove_folder(&f->folder), 0);
    free(f->home);
    free(f);
}

static void press(fixture *f, const char *name)
{
    event e = {.kind = EVENT_KEY};
    assert_true(event_key_named(name, &e.key, &e.with));
    app_update(&f->app, &e);
    settle(f);
    draw(f);
}

/* To the item by Tab, then Enter. */
static void press_item(fixture *f, item_kind kind)
{
    for (size_t k = 0; k < MAX_CONTROLS; k++) {
        const control *c = f->app.focus < f->app.controls_n ? &f->app.controls[f->app.focus] : NULL;
        if (c && c->kind == CONTROL_ITEM && f->column.items[c->which].kind == kind) {
            press(f, "Enter");
            return;
        }
        press(f, "Tab");
    }
    fail_msg("there is no item %d", (int)kind);
}

static void save(fixture *f, const char *text)
{
    const struct timespec at[2] = {{1000000000 + ++f->saves, 0}, {1000000000 + f->saves, 0}};
    write_bytes(f->desk.path, text, strlen(text));
    assert_int_equal(utimensat(AT_FDCWD, f->desk.path, at, 0), 0);
}

static void save_version(fixture *f, const char *version)
{
    char path[PATH];
    size_t n = 0;
    (void)snprintf(path, sizeof path, "lessons/exercises/%s/%s.c", f->desk.e->name, version);
    char *text = read_bytes(path, &n);
    save(f, text);
    free(text);
}

static bool on_stage(const fixture *f)
{
    return f->app.panels_n == 1 && f->app.panels[0].view == &exercise_view &&
           f->app.panels[0].data != NULL;
}

#define NEEDS_PROGRAM                                                                              \
    if (!program_path())                                                                           \
    skip()

static void exercise_is_begun_saved_and_solved(void **state)
{
    (void)state;
    NEEDS_PROGRAM;
    fixture *f = start("lstm-backward");
    assert_true(f->desk.e && !f->desk.begun && !on_stage(f));
    assert_int_equal(access(f->desk.path, F_OK), -1); /* not before it is asked for */
    press_item(f, ITEM_BEGIN);
    assert_int_equal(access(f->desk.path, F_OK), 0);
    assert_int_equal(f->desk.result.verdict, EXERCISE_EMPTY);
    assert_true(on_stage(f) && f->app.side.w == 0);
    save_version(f, "broken-state-too-late");
    settle(f);
    assert_int_equal(f->desk.checks, 2);
    assert_int_equal(f->desk.result.verdict, EXERCISE_WRONG);
    press_item(f, ITEM_BEGIN); /* once more: the file stays as it is */
    assert_int_equal(f->desk.checks, 3);
    assert_int_equal(f->desk.result.verdict, EXERCISE_WRONG);
    assert_int_equal(f->column.player.blocks[column_exercise(&f->column)].task, TASK_TRIED);
    save_version(f, "solution");
    settle(f);
    assert_int_equal(f->desk.result.verdict, EXERCISE_RIGHT);
    open_lesson(f); /* read again: it stays solved, and the result is still there */
    settle(f);
    assert_int_equal(f->column.player.blocks[column_exercise(&f->column)].task, TASK_SOLVED);
    assert_true(on_stage(f));
    press_item(f, ITEM_RESULT);
    assert_true(!on_stage(f) && f->app.side.w > 0);
    stop(f);
}

/* Somebody's file of another day is found, not touched, and not run before it is asked for. */
static void exercise_of_another_day_is_taken_up(void **state)
{
    (void)state;
    NEEDS_PROGRAM;
    fixture *f = start("gradient-clipping");
    size_t n = 0;
    press_item(f, ITEM_BEGIN);
    save_version(f, "solution");
    exercise_watch_stop(f->watch);
    f->watch = exercise_watch_start(program_path(), NULL, NULL, NULL);
    exercise_desk_free(&f->desk);
    settle(f);
    assert_true(f->desk.begun && f->desk.checks == 0 && !on_stage(f));
    press_item(f, ITEM_BEGIN);
    assert_int_equal(f->desk.result.verdict, EXERCISE_RIGHT);
    char *mine = read_bytes(f->desk.path, &n);
    assert_non_null(strstr(mine, "hypot"));
    free(mine);
    stop(f);
}

static void exercise_hints_come_one_by_one(void **state)
{
    (void)state;
    NEEDS_PROGRAM;
    fixture *f = start("gru-backward");
    for (size_t k = 1; k <= EXERCISE_HINTS; k++) {
        press(f, "H");
        assert_true(f->desk.shown == k && !f->desk.solution && !on_stage(f));
    }
    press(f, "H");
    assert_true(f->desk.solution && on_stage(f));
    press(f, "H");
    assert_true(!f->desk.solution && !on_stage(f)); /* nothing is begun: back to the lesson */
    press_item(f, ITEM_BEGIN);
    press(f, "G"); /* the other language */
    assert_true(on_stage(f) && f->desk.lang == LANG_ZH && f->desk.checks == 1);
    assert_non_null(strstr(f->desk.hints.text.path, "hints.zh.md"));
    stop(f);
}

#define STEP(body)                                                                                 \
    "#include \"exercise.h\"\nvoid rnn_backward_step(const rnn_step *s)\n{\n" body "\n}\n"
#define ENDLESS STEP("for (volatile size_t k = s->H; k > 0;) {}")

static void viewer_goes_on_whatever_the_code_does(void **state)
{
    (void)state;
    NEEDS_PROGRAM;
    static const struct {
        const char *text;
        exercise_verdict verdict;
    } known[] = {{STEP("s->da[0] = 1 +;"), EXERCISE_NOT_COMPILED},
                 {"", EXERCISE_NOT_COMPILED},
                 {STEP("*(volatile int *)0 = (int)s->H;"), EXERCISE_CRASHED},
                 {STEP("s->dW[s->H * s->H] = 1;"), EXERCISE_OUTSIDE},
                 {STEP("s->da[0] = NAN;"), EXERCISE_NOT_FINITE},
                 {ENDLESS, EXERCISE_ENDLESS}};
    fixture *f = start("rnn-backward");
    int found = 0;
    press_item(f, ITEM_BEGIN);
    for (size_t k = 0; k < TESTS_N(known); k++) {
        save(f, known[k].text);
        settle(f);
        assert_int_equal(f->desk.result.verdict, known[k].verdict);
        assert_true(on_stage(f));
        found += screen_faults(&f->app, COLUMN_WIDTH, exercise_verdict_text(known[k].verdict));
    }
    assert_int_equal(unlink(f->desk.path), 0); /* the file is gone: nothing happens until asked */
    settle(f);
    assert_int_equal(f->desk.result.verdict, EXERCISE_ENDLESS);
    press(f, "Enter"); /* and then it is laid out again */
    assert_int_equal(f->desk.result.verdict, EXERCISE_EMPTY);
    assert_int_equal(found, 0);
    stop(f);
}

/* The newest save is what counts; closing does not wait for code without end. */
static void a_newer_save_ends_the_check_before(void **state)
{
    (void)state;
    NEEDS_PROGRAM;
    fixture *f = start("rnn-backward");
    press_item(f, ITEM_BEGIN);
    save(f, ENDLESS);
    exercise_watch_follow(f->watch, &f->app);
    assert_true(f->desk.checking);
    save_version(f, "solution");
    settle(f);
    assert_int_equal(f->desk.checks, 2); /* what is laid out, and the solution */
    assert_int_equal(f->desk.result.verdict, EXERCISE_RIGHT);
    assert_false(f->desk.checking);
    save(f, ENDLESS);
    exercise_watch_follow(f->watch, &f->app);
    stop(f);
}

static void results_are_legible(void **state)
{
    (void)state;
    NEEDS_PROGRAM;
    static const struct {
        const char *name, *version;
    } shown[] = {{"lstm-backward", "broken-gate-left-out"}, {"lstm-backward", "solution"},
                 {"gru-backward", "broken-one-side"},       {"rnn-backward", "broken-wrong-state"},
                 {"gradient-clipping", "broken-by-value"},  {"rnn-forward", "broken-no-bias"},
                 {"finite-difference", "broken-not-scaled"}};
    int found = 0;
    for (size_t k = 0; k < TESTS_N(shown); k++) {
        fixture *f = start(shown[k].name);
        press_item(f, ITEM_BEGIN);
        save_version(f, shown[k].version);
        settle(f);
        found += screen_faults(&f->app, COLUMN_WIDTH, shown[k].version);
        press(f, "H");
        press(f, "H");
        press(f, "H");
        press(f, "H");
        found += screen_faults(&f->app, COLUMN_WIDTH, "hints");
        stop(f);
    }
    assert_int_equal(found, 0);
}

static void lines_that_set_an_array_are_found(void **state)
{
    (void)state;
    const char *text = "int k;\nif (s->df[u] == 0)\n  x = s->df[u];\n  my_df[u] = 1;\n"
                       "  s->df[m[k] + 1] += dc;\n  s->da[2 * H + u] = 3;\n dx[k] -= 1;";
    assert_int_equal(source_line_of(text, "df"), 5);
    assert_int_equal(source_line_of(text, "da_g"), 6);
    assert_int_equal(source_line_of(text, "dx"), 7);
    assert_int_equal(source_line_of(text, "dz"), 0);
    assert_int_equal(source_line_of(text, ""), 0);
    assert_int_equal(source_line_of("", "dz"), 0);
    assert_int_equal(source_line_of("dz[", "dz"), 0);
}

const struct CMUnitTest app_exercise_tests[] = {
    cmocka_unit_test(exercise_is_begun_saved_and_solved),
    cmocka_unit_test(exercise_of_another_day_is_taken_up),
    cmocka_unit_test(exercise_hints_come_one_by_one),
    cmocka_unit_test(viewer_goes_on_whatever_the_code_does),
    cmocka_unit_test(a_newer_save_ends_the_check_before),
    cmocka_unit_test(results_are_legible),
    cmocka_unit_test(lines_that_set_an_array_are_found)};
const size_t app_exercise_tests_n = TESTS_N(app_exercise_tests);
