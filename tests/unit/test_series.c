/* lib/data: CSV in every lawful form, every unlawful one refused by line and column. */
#include "tests/unit/test.h"

#include "data/series.h"
#include "data/source.h"
#include "tests/unit/files_help.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static rs_status parse(rs_series *series, const char *bytes, const char *columns,
                       const char *predict, rs_error *err)
{
    const rs_csv csv = {.columns = columns, .predict = predict};
    return rs_series_parse(series, bytes, strlen(bytes), "s.csv", &csv, err);
}

/* The value of the file at row r of column k of the inputs, undone from its standard form. */
static double value(const rs_series *s, size_t r, size_t k)
{
    return s->input[r * s->inputs + k] * s->deviation[k] + s->mean[k];
}

static void assert_values(const char *bytes, const char *columns, const double *want, size_t rows,
                          size_t cols)
{
    rs_series series;
    rs_error err = {0};
    if (parse(&series, bytes, columns, NULL, &err) != RS_OK)
        fail_msg("%s", err.text);
    assert_int_equal(series.rows, rows);
    assert_int_equal(series.inputs, cols);
    for (size_t k = 0; k < rows * cols; k++)
        assert_true(fabs(value(&series, k / cols, k % cols) - want[k]) < 1e-12);
    rs_series_free(&series);
}

static void all_lawful_forms_are_read(void **state)
{
    (void)state;
    const double want[] = {1, 2.5, -3, 4e2, 5, 6};
    static const char *const same[] = {
        "1,2.5\n-3,4e2\n5,6\n",
        "1,2.5\n-3,4e2\n5,6",
        "1,2.5\r\n-3,4e2\r\n5,6\r\n\r\n\n",
        ("\xef\xbb\xbf"
         "a,b\n1,2.5\n-3,4e2\n5,6"),
        "\"a, quoted \"\"name\"\"\",\"on two\nlines\"\n\"1\",2.5\n-3,\"4e2\"\n 5 ,\t6\n",
        "a\",b\n1,2.5\n-3,4e2\n5,6", /* a quote within a field is none */
        "a,\n1,+2.5\n-3.0,400.\n5e0,.6e1\n",
    };
    for (size_t k = 0; k < TESTS_N(same); k++)
        assert_values(same[k], NULL, want, 3, 2);
}

static void columns_are_chosen_by_name_or_number(void **state)
{
    (void)state;
    static const char text[] = "date,\"a,b\",c\n2000-01,1,10\n2000-02,2,30\n2000-03,3,20\n";
    const double c_ab[] = {10, 1, 30, 2, 20, 3}, ab[] = {1, 2, 3};
    assert_values(text, "c,\"a,b\"", c_ab, 3, 2);
    assert_values(text, "3,2", c_ab, 3, 2);
    assert_values(text, "2", ab, 3, 1);
    rs_series series;
    assert_int_equal(parse(&series, text, "\"a,b\"", "c,3", NULL), RS_OK);
    assert_int_equal(series.outputs, 2);
    assert_string_equal(series.names[0], "a,b");
    assert_string_equal(series.names[1], "c");
    assert_true(series.output[0] < 0 && series.output[2] > 0 && series.output[3] > 0);
    rs_series_free(&series);
    assert_int_equal(parse(&series, "1,2\n3,4", NULL, NULL, NULL), RS_OK);
    assert_string_equal(series.names[1], "2");
    assert_int_equal(series.outputs, 2);
    rs_series_free(&series);
}

static void columns_are_standardised(void **state)
{
    (void)state;
    rs_series series;
    assert_int_equal(parse(&series, "a,b\n1,7\n2,7\n3,7\n6,7\n", "a,b", NULL, NULL), RS_OK);
    double sum = 0, squares = 0;
    for (size_t r = 0; r < 4; r++) {
        sum += series.input[2 * r];
        squares += series.input[2 * r] * series.input[2 * r];
        assert_true(series.input[2 * r + 1] == 0); /* a constant column */
    }
    assert_true(fabs(sum) < 1e-14 && fabs(squares / 4 - 1) < 1e-14);
    assert_true(series.mean[0] == 3 && series.deviation[1] == 1);
    assert_memory_equal(series.input, series.output, 8 * sizeof(double));
    rs_series_free(&series);
}

static void held_out_rows_do_not_count(void **state)
{
    (void)state;
    const char text[] = "1\n3\n1\n3\n100\n";
    const rs_csv csv = {.held_out = 0.2}, bad = {.held_out = 1};
    rs_series series;
    assert_int_equal(rs_series_parse(&series, text, strlen(text), "s.csv", &csv, NULL), RS_OK);
    assert_true(series.mean[0] == 2 && series.deviation[0] == 1 && series.input[4] == 98);
    rs_series_free(&series);
    assert_int_equal(rs_series_parse(&series, text, strlen(text), "s.csv", &bad, NULL), RS_USAGE);
}

static void bad_data_is_refused_by_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *columns, *text;
    } bad[] = {
        {"a,b\n1,2\n3,\n", NULL, "line 3, column 2: the value is missing"},
        {"a,b\n1,2\n3,  \n", NULL, "line 3, column 2: the value is missing"},
        {"1\n\n2\n", NULL, "line 2, column 1: the value is missing"},
        {"a,b\n1,2\nx,4\n", NULL, "line 3, column 1: \"x\" is not a number"},
        {"1,2\n3,NaN\n", NULL, "line 2, column 2: \"NaN\" is not a number"},
        {"1,2\n3,inf\n", NULL, "line 2, column 2: \"inf\" is not a number"},
        {"1,2\n3,0x10\n", NULL, "line 2, column 2: \"0x10\" is not a number"},
        {"1,2\n3,4 5\n", NULL, "line 2, column 2: \"4 5\" is not a number"},
        {"1,2\n3,4;5\n", NULL, "is not a number"},
        {"1,2\n3,1e999\n", NULL, "line 2, column 2: 1e999 is beyond"},
        {"1,2\n3\n", NULL, "line 2: 1 fields, expected 2"},
        {"1,2\n3,4,5\n", NULL, "line 2: more than 2 fields, expected 2"},
        {"a,b\n1,2\n\"3,4\n5,6\n", NULL, "line 3, column 1: the quote is never closed"},
        {"a,b\n\"1\"x,2\n", NULL, "line 2, column 1: text after a closing quote"},
        {"\"a\nb\"\n1\nx\n", NULL, "line 4, column 1: \"x\""},
        {"2000-01-01,1\n2000-01-02,2\n", NULL, "line 1, column 1: \"2000-01-01\""},
        {"", NULL, "nothing in it"},
        {"\r\n\n", NULL, "nothing in it"},
        {"a,b\n", NULL, "0 rows"},
        {"a,b\n1,2\n", NULL, "1 rows of numbers, expected at least 2"},
        {"1e308\n-1e308\n1e308\n", NULL, "too large to be standardised"},
    };
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_series series;
        rs_error err = {0};
        const rs_status status = parse(&series, bad[k].bytes, bad[k].columns, NULL, &err);
        if (status != RS_DATA || !strstr(err.text, bad[k].text) ||
            strncmp(err.text, "s.csv: ", 7) != 0)
            fail_msg("\"%s\" gave \"%s\"", bad[k].bytes, err.text);
        assert_null(series.input);
    }
}

static void wrong_columns_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *columns, *text;
    } bad[] = {
        {"c", "there is no column \"c\", expected a name in line 1 or 1 to 3"},
        {"0", "no column \"0\""},
        {"4", "no column \"4\""},
        {"1,", "no column \"\""},
        {"-1", "no column \"-1\""},
        {"99999999999999999999999", "no column"},
        {"x", "there are 2 columns x"},
    };
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_series series;
        rs_error err = {0};
        assert_int_equal(parse(&series, "a,x,x\n1,2,3\n4,5,6\n", bad[k].columns, NULL, &err),
                         RS_USAGE);
        if (!strstr(err.text, bad[k].text))
            fail_msg("\"%s\" gave \"%s\"", bad[k].columns, err.text);
        assert_int_equal(parse(&series, "a,x,x\n1,2,3\n4,5,6\n", "a", bad[k].columns, &err),
                         RS_USAGE);
    }
}

/* Columns that were not asked for may hold anything. */
static void other_columns_are_left_alone(void **state)
{
    (void)state;
    const double want[] = {1, 2};
    assert_values("t,v\n\"a\nb\",1\n,2\n", "v", want, 2, 1);
}

static void windows_ask_for_the_next_row(void **state)
{
    (void)state;
    rs_series series;
    rs_data data;
    rs_error err = {0};
    assert_int_equal(parse(&series, "1,10\n2,20\n3,30\n4,40\n5,50\n", "1", "2,1", NULL), RS_OK);
    assert_int_equal(rs_series_make(&series, 2, 3, &data, NULL), RS_OK);
    assert_true(data.I == 1 && data.O == 2 && data.loss.kind == RS_MSE && !data.loss.last);
    for (size_t b = 0; b < 3; b++) /* windows begin at rows 0, 1, 2 */
        for (size_t t = 0; t < 2; t++) {
            assert_true(data.x[t * 3 + b] == series.input[b + t]);
            assert_true(data.target[(t * 3 + b) * 2] == series.output[(b + t + 1) * 2]);
            assert_true(data.target[(t * 3 + b) * 2 + 1] == series.output[(b + t + 1) * 2 + 1]);
        }
    rs_data_free(&data);
    assert_int_equal(rs_series_make(&series, 5, 1, &data, &err), RS_USAGE);
    assert_int_equal(rs_series_make(&series, 0, 2, &data, &err), RS_OK);
    assert_int_equal(data.T, 2);
    rs_data_free(&data);
    rs_series_free(&series);
}

static void training_never_sees_the_held_out_rows(void **state)
{
    (void)state;
    char text[4000] = "";
    for (size_t k = 0; k < 100; k++)
        (void)strcat(text, k < 70 ? "1,2\n3,4\n" : "100,200\n300,400\n");
    rs_series series;
    rs_source source;
    rs_data batch;
    rs_random random = rs_random_seed(1, 0);
    const rs_csv csv = {.held_out = 0.3};
    assert_int_equal(rs_series_parse(&series, text, strlen(text), "s.csv", &csv, NULL), RS_OK);
    assert_int_equal(rs_source_series(&source, &series, 8, 4, 0.3, NULL), RS_OK);
    assert_int_equal(rs_source_batch(&source, false, &batch, NULL), RS_OK);
    for (size_t k = 0; k < 100; k++) {
        rs_source_next(&source, &random, &batch);
        for (size_t j = 0; j < 8 * 4 * 2; j++)
            assert_true(fabs(batch.x[j]) <= 1 && fabs(batch.target[j]) <= 1);
    }
    rs_data_free(&batch);
    assert_int_equal(rs_source_batch(&source, true, &batch, NULL), RS_OK);
    rs_source_held_out(&source, &batch);
    for (size_t j = 0; j < 8 * batch.B * 2; j++)
        assert_true(batch.x[j] > 10 && batch.target[j] > 10);
    rs_data_free(&batch);
    rs_series_free(&series);
}

/* The series that is shipped, read as a user would. */
static void the_shipped_series_is_read(void **state)
{
    (void)state;
    const rs_csv csv = {.columns = "co2"};
    rs_series series;
    rs_error err = {0};
    rs_status status = rs_series_read(&series, "lib/data/series/co2-mauna-loa.csv", &csv, &err);
    if (status == RS_OPEN) /* the tests run somewhere else */
        skip();
    assert_int_equal(status, RS_OK);
    assert_int_equal(series.rows, 694);
    assert_true(fabs(value(&series, 0, 0) - 315.71) < 1e-9);
    assert_true(fabs(value(&series, 693, 0) - 402.06) < 1e-9);
    rs_series_free(&series);
}

static void a_missing_file_is_refused(void **state)
{
    char path[PATH];
    rs_series series;
    rs_error err = {0};
    assert_int_equal(rs_series_read(&series, in_folder(state, "none.csv", path), NULL, &err),
                     RS_OPEN);
    assert_non_null(strstr(err.text, path));
}

/* A locale with decimal commas changes nothing; skipped where none is installed. */
static void numbers_have_points_in_every_locale(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    const double want[] = {1.5, 2.5};
    bool set = false;
    for (size_t k = 0; k < TESTS_N(names) && !set; k++)
        set = setlocale(LC_NUMERIC, names[k]) != NULL;
    assert_values("1.5\n2.5\n", NULL, want, 2, 1);
    (void)setlocale(LC_NUMERIC, "C");
}

const struct CMUnitTest series_tests[] = {cmocka_unit_test(all_lawful_forms_are_read),
                                          cmocka_unit_test(columns_are_chosen_by_name_or_number),
                                          cmocka_unit_test(columns_are_standardised),
                                          cmocka_unit_test(held_out_rows_do_not_count),
                                          cmocka_unit_test(bad_data_is_refused_by_line_and_column),
                                          cmocka_unit_test(wrong_columns_are_refused),
                                          cmocka_unit_test(other_columns_are_left_alone),
                                          cmocka_unit_test(windows_ask_for_the_next_row),
                                          cmocka_unit_test(training_never_sees_the_held_out_rows),
                                          cmocka_unit_test(the_shipped_series_is_read),
                                          IN_FOLDER(a_missing_file_is_refused),
                                          cmocka_unit_test(numbers_have_points_in_every_locale)};
const size_t series_tests_n = TESTS_N(series_tests);
