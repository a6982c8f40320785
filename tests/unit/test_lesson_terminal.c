/* viz/lesson_terminal, formula_text; lessons/engine/library; rnnscope learn in a terminal. */
#include "tests/unit/cli_help.h"

#include "lessons/engine/library.h"
#include "viz/formula_text.h"
#include "viz/lesson_terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char page[] =
    "# Title\n\n## First\n\n```scene\ncell = linear\nW = [[0.5, 0], [0, 0.5]]\nsteps = "
    "4\n```\n\nThere are [9](# \"steps\") steps of $h_{t-1}$ and "
    "**more**.\n\n```predict\nask = What is $W_{00}$?\nanswer = W[0][0]\nwithin = 10 "
    "%\n```\n\n<details><summary>s</summary>\n\nHidden text.\n\n</details>\n\n## "
    "Second\n\n```task\ngoal = make it large\npass = W[0][1] > 1\nsolution: W[0][1] = 2\nhint = "
    "it is [0.9](# \"W[0][1]\") now\nwhy = the reason is [0.9](# \"W[0][1]\")\n```\n\n| a | b "
    "|\n|---|---|\n| a longer word, [4](# \"steps\") | $\\rho$ |\n";

static const char planted[] =
    "# Title\n\n## Find\n\n```scene\ncell = lstm\nhidden = 3\nsteps = 6\nbug = carry-lost\nshow = "
    "check\n```\n\n```predict\nask = Where?\nanswer = 1\nwithin = exact\n```\n\n```task\ngoal = "
    "hide it\npass = verified == 1\nsolution: steps = 1\nhint = one\nwhy = so\n```\n";

/* What the terminal shows of this lesson to someone who types this; the caller frees it. */
static char *played_page(void **state, const char *lesson_text, const char *typed, bool whole,
                         lang_kind lang)
{
    char path[PATH], *text = NULL, *keys = strdup(typed);
    size_t n = 0;
    lesson read;
    player p;
    rs_error err = {0};
    FILE *from = fmemopen(keys, strlen(keys), "r"), *to = open_memstream(&text, &n);
    write_bytes(in_folder(state, "lesson.md", path), lesson_text, strlen(lesson_text));
    assert_int_equal(lesson_read(path, &read, NULL, &err), RS_OK);
    assert_int_equal(player_open(&p, &read, NULL, &err), RS_OK);
    const lesson_paper paper = {.to = to, .whole = whole, .lang = lang};
    if (whole)
        lesson_print_whole(&p, &paper);
    else
        (void)lesson_play(&p, &paper, &(lesson_desk){.from = from}, true);
    (void)fclose(from);
    (void)fclose(to);
    player_close(&p);
    lesson_free(&read);
    free(keys);
    return text;
}

static char *played(void **state, const char *typed, bool whole, lang_kind lang)
{
    return played_page(state, page, typed, whole, lang);
}

static void assert_shows(void **state, const char *typed, const char *part, bool shown)
{
    char *text = played(state, typed, false, LANG_EN);
    if ((strstr(text, part) != NULL) != shown)
        fail_msg("\"%s\" %s \"%s\"", text, shown ? "lacks" : "has", part);
    free(text);
}

/* In what a directive tells, too, numbers are those that come out now; `why` tells of the scene
 * that solved the task. */
static void terminal_tells_live_numbers(void **state)
{
    char *whole = played(state, "", true, LANG_EN);
    assert_non_null(strstr(whole, "Why: the reason is 2.0"));
    free(whole);
    assert_shows(state, "\n\nhint\n", "Hint: it is 0.0 now", true);
    assert_shows(state, "\n\nW[0][1] = 0.5\nhint\n", "Hint: it is 0.5 now", true);
    assert_shows(state, "\n\nW[0][1] = 3\n", "Why: the reason is 3.0", true);
}

static void terminal_plays_a_lesson(void **state)
{
    assert_shows(state, "", "There are 4 steps of hₜ₋₁ and more.", true);
    assert_shows(state, "", "Predict (± 10 %): What is W₀₀?", true);
    assert_shows(state, "", "Hidden text", false);
    assert_shows(state, "0.7\n", "Hidden text", true);
    assert_shows(state, "0.7\n", "you predicted 0.7; it is 0.5: not near", true);
    assert_shows(state, "0.52\n", "it is 0.5: near enough", true);
    assert_shows(state, "much\n0.52\n", "expected a number", true);
    assert_shows(state, "\n", "answer: 0.5", true);
    assert_shows(state, "\n", "2/2  Second", false);
    assert_shows(state, "\n\n", "2/2  Second", true);
    assert_shows(state, "\nsteps = 6\n", "steps = 6", true);
    assert_shows(state, "\nsteps = 1e9\n", "steps = 1000000000: expected", true);
    assert_shows(state, "\n? steps * 2\n", "steps * 2 = 8", true);
    assert_shows(state, "\nhint\n", "there is no task here", true);
    assert_shows(state, "\nback\n", "this is the first step", true);
    assert_shows(state, "\n\nback\n\n", "1/2  First", true);
    assert_shows(state, "\n\nhint\n", "Hint: it is 0.0 now", true);
    assert_shows(state, "\n\nhint\nhint\n", "Solution: W[0][1] = 2", true);
    assert_shows(state, "\n\ncheck\n", "Task: does not pass yet", true);
    assert_shows(state, "\n\nW[0][1] = 1\n", "the reason", false);
    assert_shows(state, "\n\nW[0][1] = 2\n", "Why: the reason", true);
    assert_shows(state, "\nquit\n\n\n", "2/2", false);
    assert_shows(state, "\nwhat\n", "NAME = NUMBER   ", true);
}

/* What leads away is taken at the question of a prediction too; what stays asks again. */
static void terminal_leaves_a_prediction(void **state)
{
    assert_shows(state, "back\n", "this is the first step", true);
    assert_shows(state, "nonsense\n", "back, list and quit lead away", true);
    assert_shows(state, "nonsense\n0.5\n", "near enough", true);
    assert_shows(state, "list\n", "Hidden text", false);
    assert_shows(state, "lesson 2\n0.5\n", "near enough", false);
}

/* What the window has above its plots stands in the terminal too, and not before the prediction. */
static void terminal_tells_what_the_checker_finds(void **state)
{
    char *text = played_page(state, planted, "0\nsteps = 1\n", false, LANG_EN);
    const char *asked = strstr(text, "Where?"), *found = strstr(text, "Checker: ✗");
    assert_true(asked && found && asked < found);
    assert_non_null(strstr(found, "= where += belongs"));
    assert_non_null(strstr(found, "Checker: ✓ gradient agrees"));
    free(text);
    text = played_page(state, planted, "0\n", false, LANG_ZH);
    assert_non_null(strstr(text, "检查器：✗ 梯度有误\nlstm 第 0 层"));
    free(text);
}

static void terminal_tells_arrays(void **state)
{
    assert_shows(state, "\n? W\n", "    W[2][2]\n      0:         0.5           0\n", true);
    assert_shows(state, "\n? jacobian\n", "jacobian[5]\n      0: 1 ", true);
    assert_shows(state, "\n? nonsense\n", "`nonsense` is nothing", true);
}

/* A column is as wide as its widest cell; a line does not begin with what closes one. */
static void terminal_sets_tables_and_lines(void **state)
{
    char *text = played(state, "", true, LANG_EN), *wrapped = NULL;
    size_t n = 0;
    assert_non_null(strstr(text, "  a                 b\n  a longer word, 4  ρ\n"));
    free(text);
    FILE *to = open_memstream(&wrapped, &n);
    char long_text[400] = "";
    for (size_t k = 0; k < 42; k++)
        strcat(long_text, "四");
    strcat(long_text, "，四");
    lesson_print_wrapped(to, long_text, 0);
    (void)fclose(to);
    assert_non_null(strstr(wrapped, "\n四，四\n"));
    free(wrapped);
    to = open_memstream(&wrapped, &n);
    long_text[41 * 3] = '\0';
    strcat(long_text, "（四）");
    lesson_print_wrapped(to, long_text, 0);
    (void)fclose(to);
    assert_non_null(strstr(wrapped, "四\n（四）\n"));
    free(wrapped);
}

static void terminal_prints_a_whole_lesson(void **state)
{
    static const char *const parts[] = {"1/2  First",  "answer: 0.5",           "Hidden text",
                                        "2/2  Second", "Solution: W[0][1] = 2", "the reason",
                                        "ρ",           "Hint: it is 0.0 now"};
    char *text = played(state, "", true, LANG_EN);
    for (size_t k = 0; k < TESTS_N(parts); k++)
        assert_non_null(strstr(text, parts[k]));
    free(text);
    text = played(state, "", true, LANG_ZH);
    assert_non_null(strstr(text, "任务：make it large"));
    free(text);
}

static void terminal_wraps_lines(void **state)
{
    (void)state;
    char *text = NULL, long_text[400] = "";
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    for (size_t k = 0; k < 30; k++)
        strcat(long_text, "word四 "); /* seven columns with its blank */
    lesson_print_wrapped(to, long_text, 2);
    (void)fclose(to);
    assert_memory_equal(text, "word四 word四", 15);
    char *second = strchr(text, '\n');
    assert_non_null(second);
    assert_int_equal(second - text, 12 * 7 + 11); /* 12 times 4 + 3 bytes, 11 blanks */
    assert_memory_equal(second, "\n  word", 7);
    free(text);
}

static void terminal_writes_formulas(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"h_t = \\tanh(a_{t-1})", "hₜ = tanh(aₜ₋₁)"},
        {"\\frac{\\partial L}{\\partial h_0}", "∂L/∂h₀"},
        {"\\frac{1}{2} W^\\top", "1/2 Wᵀ"},
        {"\\sigma'(x) \\odot f^{T-t}", "σ′(x) ⊙ fᵀ⁻ᵗ"},
        {"b_f", "b_f"},
        {"(z^{(k)})^2", "(z⁽ᵏ⁾)²"},
        {"\\left\\|W\\right\\|_2", "‖W‖₂"},
        {"\\prod_{k=1}^{4} x", "∏ₖ₌₁⁴ x"},
        {"\\mathrm{diag}(a) {x", "diag(a) x"},
        {"}\\", "}"},
        {"\\begin{pmatrix} 0.9 & 5 \\\\ 0 & 0.9 \\end{pmatrix}^t", "[[0.9, 5], [0, 0.9]]ᵗ"},
        {"\\begin{cases} x & y", "[[x, y]]"},
        {"\\sqrt{1 - z} + \\sqrt x", "√(1 − z) + √x"},
        {"\\hat{y}_t + \\overline{x}", "y\u0302ₜ + x\u0305"},
        {"\\underbrace{a b}_{2 \\text{ of}}", "a b (2 of)"},
        {"\\left. x \\right|_0", " x |₀"},
        {"\\mathbf{W} \\in \\mathbb{R}", "W ∈ R"}};
    for (size_t k = 0; k < TESTS_N(pairs); k++) {
        char text[128], small[8];
        assert_string_equal(formula_text(pairs[k][0], text, sizeof text), pairs[k][1]);
        assert_true(strlen(formula_text(pairs[k][0], small, sizeof small)) < sizeof small);
    }
}

static void library_finds_lessons(void **state)
{
    char path[LIBRARY_PATH], folder[PATH];
    library l;
    rs_error err = {0};
    const char *before = getenv("RNNSCOPE_LESSONS");
    assert_null(before);
    (void)setenv("RNNSCOPE_LESSONS", *state, 1);
    assert_int_equal(library_find(&l, &err), RS_OPEN);
    assert_int_equal(mkdir(in_folder(state, "02-two", folder), 0777), 0);
    assert_int_equal(mkdir(in_folder(state, "11-eleven", folder), 0777), 0);
    assert_int_equal(mkdir(in_folder(state, "engine", folder), 0777), 0);
    assert_int_equal(library_find(&l, &err), RS_OK);
    assert_int_equal(l.n, 2);
    assert_string_equal(l.id[1], "11-eleven");
    assert_int_equal(library_named(&l, "11"), 1);
    assert_int_equal(library_named(&l, "2"), 0);
    assert_int_equal(library_named(&l, "two"), 0);
    assert_int_equal(library_named(&l, "11-eleven"), 1);
    assert_int_equal(library_named(&l, "1"), 2);
    assert_non_null(strstr(library_file(&l, 0, "zh", path), "02-two/lesson.md"));
    in_folder(state, "02-two/lesson.zh.md", folder);
    write_bytes(folder, "x", 1);
    assert_non_null(strstr(library_file(&l, 0, "zh", path), "02-two/lesson.zh.md"));
    assert_non_null(strstr(library_file(&l, 0, "en", path), "02-two/lesson.md"));
    (void)unsetenv("RNNSCOPE_LESSONS");
    assert_int_equal(remove(folder), 0);
    assert_int_equal(rmdir(in_folder(state, "02-two", folder)), 0);
    assert_int_equal(rmdir(in_folder(state, "11-eleven", folder)), 0);
    assert_int_equal(rmdir(in_folder(state, "engine", folder)), 0);
}

static void learn_prints_and_forgets(void **state)
{
    char path[PATH];
    (void)setenv("XDG_DATA_HOME", *state, 1);
    write_bytes(in_folder(state, "mine.md", path), page, sizeof page - 1);
    const said *answer = run_cli(state, "learn mine.md --text");
    assert_done(answer);
    assert_non_null(strstr(answer->out, "There are 4 steps"));
    assert_non_null(strstr(answer->err, "mine.md: line 11: [9]: steps is 4"));
    static const char broken[] = "# t\n\n## s\n\n```scene\ngain = -3\n```\n";
    write_bytes(path, broken, sizeof broken - 1);
    answer = run_cli(state, "learn mine.md --text");
    assert_done(answer);
    assert_non_null(strstr(answer->err, "mine.md: line 6: gain = -3"));
    assert_complains(run_cli(state, "learn nothing.md --text"), RS_OPEN, "nothing.md");
    answer = run_cli(state, "learn --reset mine.md");
    assert_done(answer);
    assert_int_equal(mkdir(in_folder(state, "01-one", path), 0777), 0);
    (void)setenv("RNNSCOPE_LESSONS", *state, 1);
    assert_complains(run_cli(state, "learn 7 --text"), RS_USAGE, "no such lesson");
    (void)unsetenv("RNNSCOPE_LESSONS");
    (void)unsetenv("XDG_DATA_HOME");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(remove(in_folder(state, "rnnscope/progress", path)), 0);
    assert_int_equal(rmdir(in_folder(state, "rnnscope", path)), 0);
}

const struct CMUnitTest lesson_terminal_tests[] = {IN_FOLDER(terminal_tells_live_numbers),
                                                   IN_FOLDER(terminal_plays_a_lesson),
                                                   IN_FOLDER(terminal_leaves_a_prediction),
                                                   IN_FOLDER(terminal_tells_arrays),
                                                   IN_FOLDER(terminal_tells_what_the_checker_finds),
                                                   IN_FOLDER(terminal_sets_tables_and_lines),
                                                   IN_FOLDER(terminal_prints_a_whole_lesson),
                                                   cmocka_unit_test(terminal_wraps_lines),
                                                   cmocka_unit_test(terminal_writes_formulas),
                                                   IN_FOLDER(library_finds_lessons),
                                                   IN_FOLDER(learn_prints_and_forgets)};
const size_t lesson_terminal_tests_n = TESTS_N(lesson_terminal_tests);
