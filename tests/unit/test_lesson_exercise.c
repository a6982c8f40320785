/* viz/lesson_exercise: an exercise begun, judged and helped with from a lesson in the terminal. */
#include "tests/unit/cli_help.h"

#include "viz/lesson_terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char page[] =
    "# Title\n\n## Write\n\n```scene\ncell = linear\nW = 0.5\nsteps = 4\nshow = norms\n```\n\n"
    "```task\ngoal = more\npass = W[0][0] > 1\nsolution: W[0][0] = 2\nhint = up\nwhy = "
    "because\n```\n\n```exercise\ngradient-clipping\n```\n\n## No code\n\nText.\n";

static const char own[] = "rnnscope-exercises/gradient-clipping/exercise.c";

/* What the terminal shows to someone who types this; the caller frees it. */
static char *played(void **state, const char *typed, lang_kind lang, bool *written)
{
    char path[PATH], *text = NULL, *keys = strdup(typed);
    size_t n = 0;
    lesson read;
    player p;
    rs_error err = {0};
    FILE *from = fmemopen(keys, strlen(keys), "r"), *to = open_memstream(&text, &n);
    write_bytes(in_folder(state, "lesson.md", path), page, sizeof page - 1);
    assert_int_equal(lesson_read(path, &read, NULL, &err), RS_OK);
    assert_int_equal(remove(path), 0);
    assert_int_equal(player_open(&p, &read, NULL, &err), RS_OK);
    const lesson_paper paper = {.to = to, .lang = lang};
    (void)lesson_play(&p, &paper, &(lesson_desk){.from = from, .program = program_path()}, true);
    *written = false;
    for (size_t k = 0; k < read.blocks_n; k++)
        *written =
            *written || (read.blocks[k].kind == BLOCK_EXERCISE && p.blocks[k].task == TASK_SOLVED);
    (void)fclose(from);
    (void)fclose(to);
    player_close(&p);
    lesson_free(&read);
    free(keys);
    return text;
}

static void assert_shows(void **state, const char *typed, lang_kind lang, const char *part)
{
    bool written = false;
    char *text = played(state, typed, lang, &written);
    if (!strstr(text, part))
        fail_msg("\"%s\" lacks \"%s\"", text, part);
    assert_false(written);
    free(text);
}

static void at_home(void **state)
{
    char lessons[PATH];
    assert_non_null(realpath("lessons", lessons));
    (void)setenv("RNNSCOPE_LESSONS", lessons, 1);
    (void)setenv("HOME", *state, 1);
}

static void leave_home(void **state, const char *home)
{
    char path[PATH];
    assert_int_equal(remove(in_folder(state, own, path)), 0);
    assert_int_equal(rmdir(in_folder(state, "rnnscope-exercises/gradient-clipping", path)), 0);
    assert_int_equal(rmdir(in_folder(state, "rnnscope-exercises", path)), 0);
    (void)setenv("HOME", home, 1);
    (void)unsetenv("RNNSCOPE_LESSONS");
}

/* The learner's words lead to the file, to the judge's words and to the hints; a setting leads back
 * to the task. */
static void terminal_has_the_exercise(void **state)
{
    char home[PATH];
    if (!program_path())
        skip();
    (void)snprintf(home, sizeof home, "%s", getenv("HOME") ? getenv("HOME") : "/");
    at_home(state);
    assert_shows(state, "exercise\n", LANG_EN, own);
    assert_shows(state, "exercise\ncheck\n", LANG_EN, "clip_norm, a long gradient: returns 0");
    assert_shows(state, "exercise\ncheck\n", LANG_ZH, "练习：");
    assert_shows(state, "check\n", LANG_EN, "Task: does not pass yet");
    assert_shows(state, "hint\n", LANG_EN, "Hint: up");
    assert_shows(state, "exercise\nhint\nhint\nhint\nhint\n", LANG_EN,
                 "gradient-clipping/solution.c");
    assert_shows(state, "exercise\nW[0][0] = 0.7\ncheck\n", LANG_EN,
                 "Task: does not pass yet\n> "
                 "Task: does not pass yet");
    assert_shows(state, "\nexercise\n", LANG_EN, "there is no exercise here");
    leave_home(state, home);
}

static void terminal_keeps_that_the_code_was_right(void **state)
{
    char home[PATH], path[PATH], *text = NULL;
    bool written = false;
    size_t n = 0;
    if (!program_path())
        skip();
    (void)snprintf(home, sizeof home, "%s", getenv("HOME") ? getenv("HOME") : "/");
    at_home(state);
    free(played(state, "exercise\n", LANG_EN, &written));
    char *solution = read_bytes("lessons/exercises/gradient-clipping/solution.c", &n);
    write_bytes(in_folder(state, own, path), solution, n);
    free(solution);
    text = played(state, "exercise\ncheck\nagain\n", LANG_EN, &written);
    assert_true(written);
    assert_non_null(strstr(text, "clip_norm: right"));
    assert_non_null(strstr(text, "  Why: "));
    assert_non_null(strstr(text, "Exercise (solved): rnnscope exercise gradient-clipping"));
    free(text);
    leave_home(state, home);
}

const struct CMUnitTest lesson_exercise_tests[] = {
    IN_FOLDER(terminal_has_the_exercise), IN_FOLDER(terminal_keeps_that_the_code_was_right)};
const size_t lesson_exercise_tests_n = TESTS_N(lesson_exercise_tests);
