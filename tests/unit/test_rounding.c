/* lessons/engine/rounding: a zero that rounding has touched, and a number that is small. */
#include "tests/unit/files_help.h"

#include "lessons/engine/check.h"
#include "lessons/engine/player.h"
#include "lessons/engine/rounding.h"

#include <math.h>
#include <string.h>

static const char page[] =
    "# T\n\n## A\n\n```scene\ncell = rnn\nW = [[2, -2], [2, -2]]\nb = [1.8973665961010275, "
    "3.715813055333094]\nh0 = [0, 0.9486832980505138]\nsteps = 30\n```\n\n"
    "Zero: [≈ 0](# \"radius(W)\").\n\n"
    "## B\n\n```scene\ncell = linear\nW = [[0.5]]\nsteps = 60\n```\n\nSmall: [≈ 0](# "
    "\"jacobian[50]\").\n";

static void open_page(void **state, lesson *l, player *p)
{
    char path[PATH];
    write_bytes(in_folder(state, "mine.md", path), page, sizeof page - 1);
    assert_int_equal(lesson_read(path, l, NULL, NULL), RS_OK);
    assert_int_equal(player_open(p, l, NULL, NULL), RS_OK);
}

/* What the viewer shows for [written](# "expression") in this block. */
static void assert_shown(player *p, size_t block, const char *written, const char *expression,
                         const char *shown)
{
    char to[48], text[48], code[64];
    rs_error err = {0};
    (void)snprintf(text, sizeof text, "%s", written);
    (void)snprintf(code, sizeof code, "%s", expression);
    const lesson_run run = {.text = text, .expression = code, .style = RUN_CHECKED};
    assert_int_equal(player_number(p, block, NULL, &run, to, &err), RS_OK);
    assert_string_equal(to, shown);
}

static void rounding_is_told_from_what_is_small(void **state)
{
    lesson l;
    player p;
    open_page(state, &l, &p);
    /* both eigenvalues are zero; LAPACK says 3e-16, and another W, as near, 1e-8 */
    assert_shown(&p, 1, "0.00", "radius(W)", "≈ 0");
    assert_shown(&p, 1, "≈ 0", "radius(W)", "≈ 0");
    assert_shown(&p, 1, "0.000", "norm2(dW) * 0", "0.000"); /* that is zero */
    assert_shown(&p, 1, "0.9", "radius(W) + 0.5", "0.5");
    p.stage = l.blocks_n; /* the second scene is then the page's */
    assert_shown(&p, 3, "0.39", "jacobian[50]", "8.9e-16"); /* 0.5^50 to the last digit */
    assert_shown(&p, 3, "≈ 0", "jacobian[50]", "8.9e-16");
    assert_shown(&p, 3, "0.4", "0.5^50 - jacobian[50] * 2", "-8.9e-16");
    assert_shown(&p, 3, "0.4", "jacobian[50] - jacobian[50] + 1", "1.0");
    player_close(&p);
    lesson_free(&l);
}

static void rounding_is_checked_as_written(void **state)
{
    lesson l;
    player p;
    lesson_mistakes mistakes = {0};
    const lesson_check_options options = {0};
    open_page(state, &l, &p);
    lesson_check(&l, &options, &mistakes);
    assert_int_equal(mistakes.n, 1);
    assert_non_null(strstr(mistakes.text[0], "line 23: [≈ 0]: jacobian[50] is 8.88e-16, and not"));
    lesson_mistakes_free(&mistakes);
    player_close(&p);
    lesson_free(&l);
}

const struct CMUnitTest rounding_tests[] = {IN_FOLDER(rounding_is_told_from_what_is_small),
                                            IN_FOLDER(rounding_is_checked_as_written)};
const size_t rounding_tests_n = TESTS_N(rounding_tests);
