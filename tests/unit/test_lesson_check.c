/* lessons/engine/check: each kind of mistake in a lesson is found, and a lesson without one
 * passes. */
#include "tests/unit/files_help.h"

#include "lessons/engine/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool view_known(const char *name) { return strcmp(name, "norms") == 0; }

static const lesson_check_options options = {
    .root = ".", .lessons = "lessons", .view_known = view_known};

static const char right[] =
    "# Title\n\n## Step\n\n```scene\ncell = linear\nW = [[0.9, 5], [0, 0.9]]\nsteps = 20\nshow = "
    "norms\n```\n\nRadius [0.90](# \"radius(W)\").\n\n```predict\nask = How large?\nanswer = "
    "max(jacobian)\nwithin = half a decade\n```\n\n<details><summary>What "
    "happens</summary>\n\nIt grows.\n\n</details>\n\n```slider\nW[0][1] from 0 to 10, mark "
    "0\n```\n\n```task\ngoal = smaller\npass = W[0][1] < 0.3 and W[0][1] > 0\nsolution: W[0][1] = "
    "0.2\nwrong: W[0][1] = 0.3\nhint = move it\nwhy = because\n```\n\n```source\n"
    "lib/cells/lstm.c:state_backward\n```\n\n```exercise\nrnn-backward\n```\n\n## Find "
    "it\n\n```scene\ncell = lstm\nhidden = 3\nsteps = 8\nbug = carry-lost\n```\n\n```task\ngoal "
    "= which\npass = answer == 2\nsolution: answer = 2\nwrong: hidden = 4\nwrong: answer = 3\nhint "
    "= look\nwhy = "
    "so\n```\n";

static void read_text(void **state, const char *name, const char *text, lesson *l,
                      lesson_mistakes *mistakes)
{
    char path[PATH];
    rs_error err = {0};
    write_bytes(in_folder(state, name, path), text, strlen(text));
    const rs_status status = lesson_read(path, l, mistakes, &err);
    if (status != RS_OK)
        fail_msg("%s", err.text);
}

/* The right lesson with one part of it replaced. */
static void changed(const char *part, const char *by, char text[4096])
{
    const char *at = strstr(right, part);
    assert_non_null(at);
    (void)snprintf(text, 4096, "%.*s%s%s", (int)(at - right), right, by, at + strlen(part));
}

static void lesson_check_finds_each_mistake(void **state)
{
    static const struct {
        const char *part, *by, *says;
    } wrong[] = {
        {"[0.90](#", "[0.91](#", "line 12: [0.91]: radius(W) is 0.90"},
        {"radius(W)", "radious(W)", "line 12: [0.90]"},
        {"radius(W)", "max(jacobian", "line 12: [0.90]"},
        {"steps = 20", "steps = 20\nU = [[1], [1], [1]]", "line 5: the scene cannot"},
        {"steps = 20", "steps = 20\nh0 = [1, 2, 3]", "h0 has 3 numbers: expected 2"},
        {"steps = 20", "steps = 20\nx = [[1], [2]]\nU = [[1, 0], [0, 1]]",
         "x is [2][1]: expected rows of 2"},
        {"steps = 20", "steps = 20\ntarget = [1, 2, 3]", "target has 3 numbers: expected"},
        {"steps = 20", "steps = 20\nloss_at = all\ntarget = [[1], [2]]",
         "target is [2][1]: expected rows of 2"},
        {"steps = 20", "steps = 20\nat = 20", "line 9: at = 20: the steps are 0 to 19"},
        {"steps = 20", "steps = 20\nc0 = 1", "line 9: `c0` changes nothing"},
        {"show = norms", "show = norms, nonsense", "line 9: show: there is no view `non"},
        {"steps = 20", "steps = 20\nhidden = 3", "line 9: `hidden` changes nothing where"},
        {"steps = 8\n", "steps = 8\nx = 1\n", "`x` changes nothing: it goes with"},
        {"W[0][1] from 0 to 10", "radius from 0.5 to 2", "line 27: `radius` changes nothing"},
        {"answer = max(jacobian)", "answer = max(jacobien)", "line 16: the prediction"},
        {"answer = max(jacobian)", "answer = ln(0 * radius(W))", "expected a finite"},
        {"answer = max(jacobian)", "answer = max(jacobian",
         "line 16: the prediction cannot be judged: a parenthesis is not closed"},
        {"pass = W[0][1] < 0.3", "pass = W[0[1] < 0.3", ": pass: "},
        {"within = half a decade", "within = roughly", "line 17: the prediction"},
        {"W[0][1] from 0 to 10", "W[2][1] from 0 to 10", "the slider cannot be moved"},
        {"from 0 to 10, mark 0", "from 0 to 10, mark 11", "mark 11 is not between"},
        {"solution: W[0][1] = 0.2", "solution: W[0][1] = 0.4", "does not pass"},
        {"solution: W[0][1] = 0.2", "solution: W[0][5] = 0.2", "is no setting"},
        {"wrong: W[0][1] = 0.3", "wrong: W[0][1] = 0.1", "passes: it should not"},
        {"W[0][1] < 0.3 and W[0][1] > 0", "W[0][1] > 0", "the scene as it is passes"},
        {"hint = move it\n", "", "the task has 0 hints"},
        {"hint = move it\n", "hint = a\nhint = b\nhint = c\nhint = d\n", "has 4 hints"},
        {"why = because\n", "", "`why` is missing"},
        {":state_backward", ":stat_backward", "has no function stat_backward"},
        {"lib/cells/lstm.c", "lib/cells/lstn.c", "there is no file lib/cells/lstn.c"},
        {"lstm.c:state_backward", "lstm.c", "expected FILE:FUNCTION"},
        {"rnn-backward\n", "rnn-backwards\n", "exercise: there is no rnn-backwards"},
        {"cell = lstm\n", "cell = gru\n", "bug `carry-lost` is one of the cell lstm"},
        {"steps = 8\n", "steps = 1\n", "the checker does not catch it"},
        {"solution: answer = 2", "solution: answer = 4", "does not pass"},
        /* typed in what a directive tells, or not what comes out */
        {"How large?", "From 19.4 on?", "line 15: ask: 19.4 is typed"},
        {"How large?", "[18](# \"max(jacobian)\")?", "line 15: [18]: max(jacobian) is"},
        {"goal = smaller", "goal = within 50 steps", "goal: 50 is typed"},
        {"hint = move it", "hint = it is [4](# \"W[0][1]\")", "[4]: W[0][1] is 5"},
        {"why = because", "why = now [5](# \"W[0][1]\")", "[5]: W[0][1] is 2.0e-1 (0.2)"},
        {"why = because", "why = [5](#\"W[0][1]\")", "[5]: expected a checked"},
        {"Radius [0.90](# ", "Radius [0.90](#", "line 12: [0.90]: expected"},
        {"\"radius(W)\")", "radius(W))", "line 12: […]: expected a checked"}};
    for (size_t k = 0; k < TESTS_N(wrong); k++) {
        char text[4096];
        lesson l;
        lesson_mistakes mistakes = {0};
        changed(wrong[k].part, wrong[k].by, text);
        read_text(state, "lesson.md", text, &l, &mistakes);
        lesson_check(&l, &options, &mistakes);
        if (mistakes.n == 0 || !strstr(mistakes.text[0], wrong[k].says))
            fail_msg("\"%s\" does not say \"%s\"", mistakes.n ? mistakes.text[0] : "nothing",
                     wrong[k].says);
        assert_non_null(strstr(mistakes.text[0], "lesson.md: line "));
        lesson_free(&l);
        lesson_mistakes_free(&mistakes);
    }
    char path[PATH];
    assert_int_equal(remove(in_folder(state, "lesson.md", path)), 0);
}

/* What is given, counted with or part of a formula or a name is typed; what is computed, a link. */
static void lesson_check_lets_numbers_be_told(void **state)
{
    static const struct {
        const char *part, *by;
    } fine[] = {{"How large?", "How large is h0 after 20 steps, $t = 99$, W[0][15] or `3.5`?"},
                {"How large?", "Lesson 5 of 2013: how large, as 1e-7?"},
                {"goal = smaller", "goal = smaller than 0.30, from 10 to 0.2"},
                {"hint = move it", "hint = it is [5.0](# \"W[0][1]\") now"},
                {"why = because", "why = it is [0.2](# \"W[0][1]\") now"},
                {"why = so", "why = [2](# \"answer\")"}};
    for (size_t k = 0; k < TESTS_N(fine); k++) {
        char text[4096], path[PATH];
        lesson l;
        lesson_mistakes mistakes = {0};
        changed(fine[k].part, fine[k].by, text);
        read_text(state, "lesson.md", text, &l, &mistakes);
        lesson_check(&l, &options, &mistakes);
        if (mistakes.n > 0)
            fail_msg("%s: %s", fine[k].by, mistakes.text[0]);
        lesson_free(&l);
        assert_int_equal(remove(in_folder(state, "lesson.md", path)), 0);
    }
}

/* "…: line N: …", N a line of the text or the one after it, all on one line. */
static void assert_is_a_line(const char *mistake, const char *text)
{
    size_t lines = 1;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    const char *place = strstr(mistake, ".md: line ");
    const unsigned long number = place ? strtoul(place + 10, NULL, 10) : 0;
    if (number < 1 || number > lines || strchr(mistake, '\n'))
        fail_msg("%s", mistake);
}

/* The lesson damaged in every line: gone, twice, cut in its middle, with a sign of another kind. */
static void damage(const char *line, size_t n, size_t how, char to[8192])
{
    const size_t before = (size_t)(line - right), half = n / 2;
    const char *after = line + n + (line[n] == '\n');
    const char *const formats[] = {"%.*s%.0s%s", "%.*s%s%s", "%.*s%s\n%s", "%.*s%s=]$`(\n%s"};
    char part[1024];
    const size_t kept = how == 0 ? 0 : how == 1 ? n + (line[n] == '\n') : half;
    if (how == 1)
        after = line; /* once more */
    (void)snprintf(part, sizeof part, "%.*s", (int)kept, line);
    (void)snprintf(to, 8192, formats[how], (int)before, right, part, after);
}

static void lesson_check_survives_damage(void **state)
{
    static char text[8192];
    char path[PATH];
    size_t found = 0;
    (void)in_folder(state, "lesson.md", path);
    for (const char *line = right; *line;) {
        const size_t n = strcspn(line, "\n");
        for (size_t how = 0; how < 4; how++) {
            lesson l;
            lesson_mistakes mistakes = {0};
            damage(line, n, how, text);
            write_bytes(path, text, strlen(text));
            const rs_status status = lesson_read(path, &l, &mistakes, NULL);
            assert_true(status == RS_OK || status == RS_DATA);
            lesson_check(&l, &options, &mistakes);
            found += mistakes.n > 0;
            for (size_t k = 0; k < mistakes.n; k++)
                assert_is_a_line(mistakes.text[k], text);
            lesson_free(&l);
            lesson_mistakes_free(&mistakes);
        }
        line += n + (line[n] == '\n');
    }
    assert_true(found > 100);
    assert_int_equal(remove(path), 0);
}

static void lesson_check_compares_languages(void **state)
{
    static const struct {
        const char *part, *by, *says; /* NULL: nothing */
    } other[] = {{"# Title", "# 题目", NULL},
                 {"ask = How large?", "ask = 有多大？", NULL},
                 {"why = because", "why = 因为", NULL},
                 {"Radius [0.90](# \"radius(W)\").", "半径 [0.9](# \"radius(W)\")。", NULL},
                 {"Radius [0.90](# \"radius(W)\").", "半径 0.90。", "`radius(W)` of line 12"},
                 {"It grows.", "变大 [20](# \"steps\")。", "line 22: the number `steps`"},
                 {"ask = How large?", "ask = 有多大 [20](# \"steps\")？", "line 15: the number"},
                 {"steps = 20", "steps = 21", "`steps 21`"},
                 {"pass = answer == 2", "pass = answer == 02", "`pass answer == 02`"},
                 {"hint = look\n", "hint = look\nhint = again\n", "`hint again`"},
                 {"```slider\nW[0][1] from 0 to 10, mark 0\n```\n", "", "has slider"},
                 {"c:state_backward", "c:gates_backward", "source `lib/cells/lstm.c:gates_b"},
                 {"\n## Find it\n", "", "1 steps"}};
    for (size_t k = 0; k < TESTS_N(other); k++) {
        char text[4096], path[PATH];
        lesson l[2];
        lesson_mistakes mistakes = {0};
        changed(other[k].part, other[k].by, text);
        read_text(state, "lesson.md", right, &l[0], &mistakes);
        read_text(state, "lesson.zh.md", text, &l[1], &mistakes);
        lesson_check_languages(&l[0], &l[1], &mistakes);
        if (other[k].says ? mistakes.n == 0 || !strstr(mistakes.text[0], other[k].says)
                          : mistakes.n > 0)
            fail_msg("%s: %s", other[k].by, mistakes.n ? mistakes.text[0] : "nothing is said");
        lesson_free(&l[0]);
        lesson_free(&l[1]);
        lesson_mistakes_free(&mistakes);
        assert_int_equal(remove(in_folder(state, "lesson.md", path)), 0);
        assert_int_equal(remove(in_folder(state, "lesson.zh.md", path)), 0);
    }
}

static void lesson_check_wants_both_files(void **state)
{
    char path[PATH];
    lesson_mistakes mistakes = {0};
    write_bytes(in_folder(state, "lesson.md", path), right, sizeof right - 1);
    lesson_check_folder(*state, &options, &mistakes);
    assert_int_equal(mistakes.n, 1);
    assert_non_null(strstr(mistakes.text[0], "lesson.zh.md: line 1: cannot be read"));
    lesson_mistakes_free(&mistakes);
    write_bytes(in_folder(state, "lesson.zh.md", path), right, sizeof right - 1);
    lesson_check_folder(*state, &options, &mistakes);
    assert_int_equal(mistakes.n, 0);
}

const struct CMUnitTest lesson_check_tests[] = {
    IN_FOLDER(lesson_check_finds_each_mistake), IN_FOLDER(lesson_check_lets_numbers_be_told),
    IN_FOLDER(lesson_check_survives_damage), IN_FOLDER(lesson_check_compares_languages),
    IN_FOLDER(lesson_check_wants_both_files)};
const size_t lesson_check_tests_n = TESTS_N(lesson_check_tests);
