/* viz/app/column_table: how wide the columns of a lesson's table are. */
#include "tests/unit/test.h"

#include "viz/app/column_table.h"

#include <math.h>

static column_table table(canvas *c, const char *const *rows, size_t n, double width)
{
    column_table t = {0};
    for (size_t k = 0; k < n; k++)
        column_table_add(&t, c, rows[k]);
    column_table_fit(&t, width);
    double sum = 0;
    for (size_t k = 0; k < t.columns; k++) {
        assert_true(t.width[k] > 0);
        sum += t.width[k];
    }
    assert_true(fabs(sum - width) < 1e-6);
    return t;
}

static void columns_fit_their_text(void **state)
{
    (void)state;
    canvas *c = canvas_image(400, 200, 1, THEME_LIGHT, NULL);
    assert_non_null(c);
    const char *const numbers[] = {"$t$\tvalue\t", "0\t0.25\t", "1\t0.5\t"};
    column_table t = table(c, numbers, 3, 280);
    assert_int_equal(t.columns, 2);
    assert_true(t.width[0] == 140 && t.width[1] == 140); /* numbers that change move nothing */

    const char *const words[] = {
        "name\tmeaning\t", "reset gate\thow much of the past does the candidate see, and why\t"};
    t = table(c, words, 2, 280);
    assert_true(t.width[0] == t.longest[0] && t.width[0] < 140);

    const char *const both[] = {
        "one two three four five six seven eight nine ten\tone two three four five six seven eight "
        "nine ten one two three four five six seven eight nine ten\t"};
    t = table(c, both, 1, 280);
    assert_true(t.width[0] < t.width[1] && t.width[0] >= t.word[0]);

    const char *const narrow[] = {"immeasurable\tunpronounceable\t"};
    t = table(c, narrow, 1, 40); /* nothing fits: equal */
    assert_true(t.width[0] == 20);
    canvas_free(c);
}

static void columns_beyond_the_last_are_left_out(void **state)
{
    (void)state;
    canvas *c = canvas_image(400, 200, 1, THEME_LIGHT, NULL);
    const char *const rows[] = {"1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t", "no tab"};
    assert_int_equal(table(c, rows, 2, 280).columns, TABLE_COLUMNS);
    canvas_free(c);
}

const struct CMUnitTest column_table_tests[] = {
    cmocka_unit_test(columns_fit_their_text),
    cmocka_unit_test(columns_beyond_the_last_are_left_out)};
const size_t column_table_tests_n = TESTS_N(column_table_tests);
