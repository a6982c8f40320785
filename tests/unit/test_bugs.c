/* lessons/engine/bugs: each planted mistake is one, is found where it is, and leaves the forward
 * pass as it was. */
#include "tests/unit/test.h"

#include "lessons/engine/bugs.h"
#include "lessons/engine/compute.h"
#include "lessons/engine/expression.h"

#include <stdio.h>
#include <string.h>

static computed *scene_with(const char *cell, const char *planted)
{
    char lines[4][64] = {{0}};
    scene s = scene_standard();
    rs_error err = {0};
    (void)snprintf(lines[0], sizeof lines[0], "cells = %s", cell);
    (void)snprintf(lines[1], sizeof lines[1], "bug = %s", planted ? planted : "");
    (void)snprintf(lines[2], sizeof lines[2], "steps = 12");
    (void)snprintf(lines[3], sizeof lines[3], "hidden = 4");
    for (size_t k = planted ? 1 : 2; k < 4; k++)
        assert_int_equal(scene_set(&s, lines[k], &err), RS_OK);
    assert_int_equal(scene_set(&s, lines[0], &err), RS_OK);
    computed *c = compute_new(&s, NULL, &err);
    assert_non_null(c);
    return c;
}

static double value_of(computed *c, const char *expression)
{
    double value = -1;
    rs_error err = {0};
    if (expression_value(expression, c, NULL, 0, &value, &err) != RS_OK)
        fail_msg("%s", err.text);
    return value;
}

static void bugs_are_found_in_their_place(void **state)
{
    (void)state;
    for (const bug *b = bugs; b->name; b++) {
        const rs_check_report *report = NULL;
        rs_error err = {0};
        computed *c = scene_with(b->cell, b->name), *right = scene_with(b->cell, NULL);
        if (value_of(c, "verified") != 0 || !(value_of(c, "wrong_blocks") > 0))
            fail_msg("%s: not caught", b->name);
        assert_int_equal(compute_check(c, 0, &report, &err), RS_OK);
        if (report->findings_n == 0 || report->findings[0].mistake == RS_UNKNOWN)
            fail_msg("%s: not located", b->name);
        if (!strstr(report->findings[0].text, b->cell))
            fail_msg("%s: %s", b->name, report->findings[0].text);
        const rs_check_report *again = NULL; /* made once */
        assert_int_equal(compute_check(c, 0, &again, &err), RS_OK);
        assert_ptr_equal(again, report);
        assert_true(value_of(c, "fault_t") < 12 && value_of(c, "fault_steps") > 0);
        assert_true(value_of(right, "verified") == 1 && value_of(right, "findings") == 0);
        assert_true(value_of(c, "loss") == value_of(right, "loss"));
        compute_release(c);
        compute_release(right);
    }
}

static void bugs_need_their_cell(void **state)
{
    (void)state;
    scene s = scene_standard();
    rs_error err = {0};
    assert_int_equal(scene_set(&s, "bug = no-such", &err), RS_DATA);
    assert_int_equal(scene_set(&s, "cell = gru", NULL), RS_OK);
    assert_int_equal(scene_set(&s, "bug = carry-lost", NULL), RS_OK);
    assert_null(compute_new(&s, NULL, &err));
    assert_non_null(strstr(err.text, "lstm"));
}

const struct CMUnitTest bugs_tests[] = {cmocka_unit_test(bugs_are_found_in_their_place),
                                        cmocka_unit_test(bugs_need_their_cell)};
const size_t bugs_tests_n = TESTS_N(bugs_tests);
