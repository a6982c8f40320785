/* lessons/engine/lesson: Markdown into steps and blocks, and the small languages inside. */
#include "tests/unit/test.h"

#include "lessons/engine/lesson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads a lesson of this text; returns the status, fails the test on RS_OPEN and the like. */
static rs_status read_text(const char *text, lesson *l, lesson_mistakes *mistakes)
{
    char path[] = "/tmp/rnnscope-XXXXXX";
    const int file = mkstemp(path);
    rs_error err = {0};
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(file), 0);
    const rs_status status = lesson_read(path, l, mistakes, &err);
    assert_int_equal(unlink(path), 0);
    return status;
}

static const char whole[] =
    "# Title\n\n## First *step*\n\n```scene\ncell = linear\nW = [[0.9, 5], [0, 0.9]]\nshow = "
    "norms\n```\n"
    "Radius [0.90](# \"radius(W)\") and **bold** $\\rho$.\n\n1. one\n2. two\n\n| a | b "
    "|\n|---|---|\n| 1 | 2 |\n\n"
    "```predict\nask = How large?\nanswer = max(jacobian)\nwithin = half a decade\n```\n\n"
    "<details><summary>What happens</summary>\n\nIt grows.\n\n</details>\n\n"
    "## Second\n\n```slider\nW[0][1] from 0 to 10, mark 0, 5\n```\n```task\ngoal = g\npass = "
    "1\nsolution: gain = 2\nwrong: gain = 3\nwrong: gain = 4\nhint = h\n```\n"
    "```source\nlib/cells/lstm.c:state\n```\n```math\nx^2\n```\n```c\nint x;\n```\n";

static void lesson_becomes_blocks(void **state)
{
    (void)state;
    static const block_kind kinds[] = {
        BLOCK_SCENE,  BLOCK_PARAGRAPH, BLOCK_ITEM,    BLOCK_ITEM,      BLOCK_ROW,
        BLOCK_ROW,    BLOCK_PREDICT,   BLOCK_DETAILS, BLOCK_PARAGRAPH, BLOCK_END,
        BLOCK_SLIDER, BLOCK_TASK,      BLOCK_SOURCE,  BLOCK_FORMULA,   BLOCK_CODE};
    lesson l;
    lesson_mistakes mistakes = {0};
    assert_int_equal(read_text(whole, &l, &mistakes), RS_OK);
    assert_string_equal(l.title, "Title");
    assert_int_equal(l.steps_n, 2);
    assert_string_equal(l.steps[0].title, "First step");
    assert_int_equal(l.steps[0].n, 10);
    assert_int_equal(l.blocks_n, TESTS_N(kinds));
    for (size_t k = 0; k < TESTS_N(kinds); k++)
        assert_int_equal(l.blocks[k].kind, kinds[k]);
    assert_int_equal(l.blocks[0].line, 5);
    assert_true(l.blocks[0].scene.matrix[SCENE_W].value[1] == 5);
    assert_string_equal(lesson_value(&l.blocks[0], "show"), "norms");
    const lesson_block *text = &l.blocks[1];
    assert_int_equal(text->runs_n, 7);
    assert_string_equal(text->runs[1].expression, "radius(W)");
    assert_string_equal(text->runs[1].text, "0.90");
    assert_int_equal(text->runs[3].style, RUN_STRONG);
    assert_int_equal(text->runs[5].style, RUN_FORMULA);
    assert_int_equal(l.blocks[3].number, 2);
    assert_string_equal(l.blocks[7].text, "What happens");
    assert_string_equal(lesson_field_nth(&l.blocks[11], "wrong", 1)->value, "gain = 4");
    assert_string_equal(l.blocks[12].text, "lib/cells/lstm.c:state");
    assert_string_equal(l.blocks[13].text, "x^2\n");
    assert_ptr_equal(lesson_scene_at(&l, 11), &l.blocks[0]);
    lesson_free(&l);
}

static void lesson_mistakes_have_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {{"# A\n\n## B\n\n```scene\ncell = rnn\nat = -1\n```\n",
                  "line 7: at: `-1`, expected a step of time"},
                 {"no title\n\n## s\n", "line 1: a lesson begins"},
                 {"# t\n", "line 1: a lesson has steps"},
                 {"# t\n\n## s\n\n```scene\ngain = 1e9\n```\n", "line 6: gain"},
                 {"# t\n\n## s\n\n```scene\ngain\n```\n", "line 6: `gain`"},
                 {"# t\n\n## s\n\n```predict\nask = x\nanswer = 1\n```\n", "`within` is missing"},
                 {"# t\n\n## s\n\n```slider\nW from 3 to 1\n```\n", "line 6"},
                 {"# t\n\n## s\n\n```task\nhints = h\n```\n", "line 6: `hints` is no key"},
                 {"# t\n\n## s\n\n```predict\n```\n", "line 5: `ask` is missing"},
                 {"# t\n\n## s\n\n```predit\nask = a\n```\n", "line 5: `predit` is no directive"},
                 {"# t\n\n## s\n\n<details><summary>s</summary>\ntext\n\n</details>\n",
                  "line 5: </summary>: expected an empty line"},
                 {"# t\n\n## s\n\n```task\ngoal = x\ngoal = y\npass = 1\nsolution: gain = 1\n```\n",
                  "line 7: `goal` is there a second time"},
                 {"# t\n\n## s\n\n```scene\ngain = 1\n\ntext\n\n```slider\ngain from 0 to 1\n```\n",
                  "line 5: the block is not closed: expected ``` before line 10"},
                 {"# t\n\n## s\n\n```scene\ngain = 1\n\n## n\n", "line 5: the block is not closed"},
                 {"# t\n\n## s\n\n```text\ngain = 1\n", "line 5: the block is not closed"},
                 {"# t\n\n## s\n\n<details><summary>a</summary>\n\nb\n\n## n\n",
                  "line 5: <details>: expected </details>"},
                 {"# t\n\n## s\n\nb\n\n</details>\n", "line 7: </details>: no <details>"},
                 {"# t\n\n## s\n\n<b>x</b>\n\n<div>\nx\n</div>\n", "HTML"}};
    for (size_t k = 0; k < TESTS_N(wrong); k++) {
        lesson l;
        lesson_mistakes mistakes = {0};
        assert_int_equal(read_text(wrong[k].text, &l, &mistakes), RS_DATA);
        if (!strstr(mistakes.text[0], wrong[k].says))
            fail_msg("%s", mistakes.text[0]);
        lesson_free(&l);
        lesson_mistakes_free(&mistakes);
    }
    for (size_t k = 0; k < TESTS_N(wrong); k++) { /* one mistake, one line */
        lesson l;
        lesson_mistakes mistakes = {0};
        (void)read_text(wrong[k].text, &l, &mistakes);
        const char *says = wrong[k].says;
        const bool alone =
            strstr(says, "closed") || strstr(says, "second") || strstr(says, "details>");
        if (alone && mistakes.n != 1)
            fail_msg("%s and %s", mistakes.text[0], mistakes.text[1]);
        lesson_free(&l);
        lesson_mistakes_free(&mistakes);
    }
    lesson l;
    assert_int_equal(lesson_read("/nowhere/lesson.md", &l, NULL, NULL), RS_OPEN);
}

static void lesson_numbers_are_compared_as_written(void **state)
{
    (void)state;
    char text[48];
    assert_true(lesson_number_is("19.38", 19.3849) && !lesson_number_is("19.38", 19.386));
    assert_true(lesson_number_is("8.2e-16", 8.17e-16) && !lesson_number_is("8.2e-16", 8.26e-16));
    assert_true(lesson_number_is("55", 55.4) && !lesson_number_is("55", 56));
    assert_true(lesson_number_is("−0.5", -0.52) && lesson_number_is("20 %", 20.3));
    assert_false(lesson_number_is("about 3", 3) || lesson_number_is("3", NAN) ||
                 lesson_number_is("", 0));
    assert_string_equal(lesson_number_like("19.38", 2.5, text), "2.50");
    assert_string_equal(lesson_number_like("8.2e-16", 1.234e-5, text), "1.2e-5");
    assert_string_equal(lesson_number_like("8.2e-16", .374, text), "0.37");
    assert_string_equal(lesson_number_like("8.2e-16", 8.26e12, text), "8.3e12");
    assert_string_equal(lesson_number_like("0.5", 1e-9, text), "1.0e-9");
}

static void lesson_sliders_and_tolerances(void **state)
{
    (void)state;
    lesson_slider s;
    bool known = false;
    assert_true(lesson_slider_read("W[0][1] from 0 to 10, mark 0, 2.5", &s));
    assert_true(s.high == 10 && s.marks_n == 2 && s.marks[1] == 2.5 && !s.log);
    assert_true(lesson_slider_read("gain from 0.1 to 10 log", &s) && s.log);
    assert_false(lesson_slider_read("gain from 0 to 10 log", &s));
    assert_false(lesson_slider_read("gain from 0 to 10 wide", &s));
    assert_true(lesson_within("10 %", 1.05, 1, &known) && !lesson_within("10 %", 1.2, 1, &known));
    assert_true(lesson_within("half a decade", 3, 1, &known) &&
                !lesson_within("half a decade", 4, 1, &known));
    assert_true(lesson_within("2 decades", 1e-4, 1e-3, &known) &&
                !lesson_within("2 decades", -1, 1, &known));
    assert_true(lesson_within("0.5", 1.4, 1, &known) && lesson_within("exact", 9, 9, &known) &&
                known);
    double amount = 0;
    assert_true(strcmp(lesson_tolerance("2 decades", &amount), "within a factor of %g") == 0 &&
                amount == 100);
    (void)lesson_tolerance("1.5 decades", &amount);
    assert_true(amount == 30); /* as one says it */
    assert_true(strcmp(lesson_tolerance("10 %", &amount), "± %g %%") == 0 && amount == 10);
    assert_true(!lesson_tolerance("roughly", &amount) && !lesson_tolerance("2 apples", &amount));
    (void)lesson_within("roughly", 1, 1, &known);
    assert_false(known);
}

const struct CMUnitTest lesson_tests[] = {cmocka_unit_test(lesson_becomes_blocks),
                                          cmocka_unit_test(lesson_mistakes_have_lines),
                                          cmocka_unit_test(lesson_numbers_are_compared_as_written),
                                          cmocka_unit_test(lesson_sliders_and_tolerances)};
const size_t lesson_tests_n = TESTS_N(lesson_tests);
