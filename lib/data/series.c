/* Reading: the first line gives names and the number of columns; the columns asked for are found;
 * each further line is read through, and the numbers of those columns are kept. */
#include "data/series.h"

#include "base/memory.h"
#include "data/csv.h"
#include "data/whole_file.h"
#include "files/dtype.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct table {
    rs_csv_text csv;
    size_t columns_n; /* fields in a line */
    char **names;     /* [columns_n] */
    bool header;
    size_t chosen_n;
    size_t *chosen;  /* [chosen_n] columns wanted, from 0: inputs, then outputs */
    bool *wanted;    /* [columns_n] whether a column is among them */
    double *numbers; /* [rows][chosen_n] */
    size_t rows;
} table;

/* How many fields the line has that comes next. */
static rs_status count_fields(rs_csv_text csv, size_t *n, rs_error *err)
{
    rs_csv_field field = {0};
    for (*n = 0; !field.last; (*n)++) {
        rs_status status = rs_csv_next(&csv, &field, err);
        if (status != RS_OK)
            return status;
    }
    return RS_OK;
}

/* The fields of one line as names [*n], which the caller frees. */
static rs_status read_line(rs_csv_text *csv, char ***names, size_t *n, rs_error *err)
{
    rs_status status = count_fields(*csv, n, err);
    if (status != RS_OK)
        return status;
    *names = rs_alloc(*n, sizeof **names, "the names of the columns", err);
    rs_csv_field field = {0};
    for (size_t k = 0; *names && k < *n; k++) {
        (void)rs_csv_next(csv, &field, NULL); /* count_fields has seen that it can be read */
        (*names)[k] = field.text;
    }
    return *names ? RS_OK : RS_INTERNAL;
}

/* A header has no number in it. If there is none, the first line is data and stays to be read. */
static rs_status read_header(table *t, rs_error *err)
{
    const rs_csv_text start = t->csv;
    rs_status status = read_line(&t->csv, &t->names, &t->columns_n, err);
    t->header = status == RS_OK;
    for (size_t k = 0; k < t->columns_n && t->header; k++) {
        double number = 0;
        rs_csv_field field = {.text = t->names[k], .length = strlen(t->names[k])};
        t->header = rs_csv_number(&t->csv, &field, &number, NULL) != RS_OK;
    }
    if (status == RS_OK && !t->header)
        t->csv = start;
    return status;
}

static rs_status find_column(const table *t, const char *name, size_t *column, rs_error *err)
{
    char shown[RS_SHOWN_TEXT], *end = NULL;
    size_t matches = 0;
    for (size_t k = 0; t->header && k < t->columns_n; k++)
        if (strcmp(t->names[k], name) == 0) {
            *column = k;
            matches++;
        }
    if (matches == 1)
        return RS_OK;
    if (matches > 1)
        return rs_fail(err, RS_USAGE, "%s: there are %zu columns %s, expected a number from 1",
                       t->csv.name, matches, rs_shown(name, shown));
    const unsigned long number = strtoul(name, &end, 10);
    if (end == name || *end || strspn(name, "0123456789") != strlen(name) || number < 1 ||
        number > t->columns_n)
        return rs_fail(err, RS_USAGE, "%s: there is no column \"%s\", expected %s1 to %zu",
                       t->csv.name, rs_shown(name, shown), t->header ? "a name in line 1 or " : "",
                       t->columns_n);
    *column = number - 1;
    return RS_OK;
}

/* Appends the columns in a list to t->chosen, which has room; NULL: all. */
static rs_status choose(table *t, const char *list, rs_error *err)
{
    char **names = NULL;
    size_t n = 0;
    if (!list) {
        for (size_t k = 0; k < t->columns_n; k++)
            t->chosen[t->chosen_n++] = k;
        return RS_OK;
    }
    char *room = rs_alloc(strlen(list) + 1, 1, "the names of the columns", err);
    rs_csv_text csv = rs_csv_begin(list, strlen(list), "the list of columns", room);
    rs_status status = room ? read_line(&csv, &names, &n, err) : RS_INTERNAL;
    for (size_t k = 0; k < n && status == RS_OK; k++)
        status = find_column(t, names[k], &t->chosen[t->chosen_n++], err);
    free(names);
    free(room);
    return status;
}

static size_t names_in(const char *list)
{
    size_t n = 1;
    for (; list && *list; list++)
        n += *list == ',';
    return n;
}

static rs_status choose_columns(table *t, rs_series *series, const rs_csv *options, rs_error *err)
{
    const char *columns = options->columns, *predict = options->predict;
    const size_t most = 2 * (t->columns_n + names_in(columns)) + names_in(predict);
    t->chosen = rs_alloc(most, sizeof *t->chosen, "the columns", err);
    rs_status status = t->chosen ? choose(t, columns, err) : RS_INTERNAL;
    series->inputs = t->chosen_n;
    if (status == RS_OK)
        status = choose(t, predict ? predict : columns, err);
    series->outputs = t->chosen_n - series->inputs;
    if (status != RS_OK)
        return status;
    t->wanted = rs_alloc(t->columns_n, sizeof *t->wanted, "the columns", err);
    for (size_t k = 0; k < t->chosen_n && t->wanted; k++)
        t->wanted[t->chosen[k]] = true;
    return t->wanted ? RS_OK : RS_INTERNAL;
}

/* Reads one line into numbers [chosen_n]; line [columns_n] is scratch. */
static rs_status read_row(table *t, double *numbers, double *line, rs_error *err)
{
    const size_t row_line = t->csv.line;
    rs_csv_field field = {0};
    size_t n = 0;
    for (; !field.last; n++) {
        if (n == t->columns_n)
            return rs_fail(err, RS_DATA,
                           "%s: line %zu: more than %zu fields, expected %zu as in "
                           "line 1",
                           t->csv.name, row_line, n, n);
        rs_status status = rs_csv_next(&t->csv, &field, err);
        if (status == RS_OK && t->wanted[n])
            status = rs_csv_number(&t->csv, &field, &line[n], err);
        if (status != RS_OK)
            return status;
    }
    if (n != t->columns_n)
        return rs_fail(err, RS_DATA, "%s: line %zu: %zu fields, expected %zu as in line 1",
                       t->csv.name, row_line, n, t->columns_n);
    for (size_t k = 0; k < t->chosen_n; k++)
        numbers[k] = line[t->chosen[k]];
    return RS_OK;
}

static rs_status read_rows(table *t, rs_error *err)
{
    /* a row takes at least one byte a column: what a small file asks for stays small */
    size_t most = (size_t)(t->csv.end - t->csv.at) / t->columns_n + 1, entries = 0, lines = 1;
    for (const char *c = t->csv.at; c < t->csv.end; c++)
        lines += *c == '\n';
    most = lines < most ? lines : most;
    double *line = rs_alloc(t->columns_n, sizeof *line, "a line", err);
    if (line && rs_multiply(most, t->chosen_n, &entries))
        t->numbers = rs_alloc(entries, sizeof *t->numbers, "the series", err);
    rs_status status = t->numbers ? RS_OK : RS_INTERNAL;
    for (; status == RS_OK && !rs_csv_ended(&t->csv); t->rows++)
        status = read_row(t, t->numbers + t->rows * t->chosen_n, line, err);
    free(line);
    if (status == RS_OK && t->rows < 2)
        return rs_fail(err, RS_DATA, "%s: %zu rows of numbers, expected at least 2", t->csv.name,
                       t->rows);
    return status;
}

/* Mean and deviation of column k over the first n rows. */
static rs_status measure(const table *t, size_t k, size_t n, double *mean, double *deviation,
                         rs_error *err)
{
    double sum = 0, squares = 0;
    for (size_t r = 0; r < n; r++)
        sum += t->numbers[r * t->chosen_n + k];
    *mean = sum / (double)n;
    for (size_t r = 0; r < n; r++) {
        const double distance = t->numbers[r * t->chosen_n + k] - *mean;
        squares += distance * distance;
    }
    *deviation = squares > 0 ? sqrt(squares / (double)n) : 1;
    if (!isfinite(*mean) || !isfinite(*deviation))
        return rs_fail(err, RS_DATA, "%s: column %zu: values too large to be standardised",
                       t->csv.name, t->chosen[k] + 1);
    return RS_OK;
}

static rs_status name_column(rs_series *series, size_t k, const table *t, rs_error *err)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%zu", t->chosen[k] + 1);
    const char *name = t->header ? t->names[t->chosen[k]] : number;
    series->names[k] = strdup(name);
    return series->names[k] ? RS_OK : rs_fail(err, RS_INTERNAL, "out of memory: %s", name);
}

/* Fills the series, whose inputs and outputs are known, from the table. */
static rs_status standardise(rs_series *series, const table *t, double held_out, rs_error *err)
{
    const size_t n = t->rows - (size_t)(held_out * (double)t->rows), C = t->chosen_n;
    series->rows = t->rows;
    series->names = rs_alloc(C, sizeof *series->names, "the names of the columns", err);
    series->mean = rs_alloc(C, sizeof *series->mean, "the series", err);
    series->deviation = rs_alloc(C, sizeof *series->deviation, "the series", err);
    series->input = rs_alloc(t->rows * series->inputs, sizeof(double), "the series", err);
    series->output = rs_alloc(t->rows * series->outputs, sizeof(double), "the series", err);
    if (!series->names || !series->mean || !series->deviation || !series->input || !series->output)
        return RS_INTERNAL;
    for (size_t k = 0; k < C; k++) {
        const bool is_input = k < series->inputs;
        double *to = is_input ? series->input + k : series->output + k - series->inputs;
        const size_t apart = is_input ? series->inputs : series->outputs;
        rs_status status = name_column(series, k, t, err);
        if (status == RS_OK)
            status = measure(t, k, n, &series->mean[k], &series->deviation[k], err);
        if (status != RS_OK)
            return status;
        for (size_t r = 0; r < t->rows; r++)
            to[r * apart] = (t->numbers[r * C + k] - series->mean[k]) / series->deviation[k];
    }
    return RS_OK;
}

rs_status rs_series_parse(rs_series *series, const char *bytes, size_t n, const char *name,
                          const rs_csv *csv, rs_error *err)
{
    const rs_csv plain = {0}, *options = csv ? csv : &plain;
    table t = {0};
    *series = (rs_series){0};
    if (!(options->held_out >= 0 && options->held_out < 1))
        return rs_fail(err, RS_USAGE, "held-out share %g: expected 0 or more and less than 1",
                       options->held_out);
    char *room = rs_alloc(2, n + 1, "the fields", err); /* the first line may be read twice */
    t.csv = rs_csv_begin(bytes, n, name, room);
    rs_status status = room ? RS_OK : RS_INTERNAL;
    if (status == RS_OK && rs_csv_ended(&t.csv))
        status =
            rs_fail(err, RS_DATA, "%s: there is nothing in it, expected rows of numbers", name);
    if (status == RS_OK)
        status = read_header(&t, err);
    t.csv.room = room ? room + n + 1 : NULL; /* the names stay in the first half */
    if (status == RS_OK)
        status = choose_columns(&t, series, options, err);
    if (status == RS_OK)
        status = read_rows(&t, err);
    if (status == RS_OK)
        status = standardise(series, &t, options->held_out, err);
    free(room);
    free(t.names);
    free(t.chosen);
    free(t.wanted);
    free(t.numbers);
    if (status != RS_OK)
        rs_series_free(series);
    return status;
}

rs_status rs_series_read(rs_series *series, const char *path, const rs_csv *csv, rs_error *err)
{
    size_t n = 0;
    *series = (rs_series){0};
    char *bytes = rs_whole_file(path, &n, err);
    if (!bytes)
        return RS_OPEN;
    rs_status status = rs_series_parse(series, bytes, n, path, csv, err);
    free(bytes);
    return status;
}

void rs_series_free(rs_series *series)
{
    for (size_t k = 0; series->names && k < series->inputs + series->outputs; k++)
        free(series->names[k]);
    free(series->names);
    free(series->mean);
    free(series->deviation);
    free(series->input);
    free(series->output);
    *series = (rs_series){0};
}

void rs_series_window(const rs_series *series, size_t first, size_t b, rs_data *data)
{
    for (size_t t = 0; t < data->T; t++) {
        const size_t row = t * data->B + b;
        memcpy(data->x + row * data->I, series->input + (first + t) * series->inputs,
               series->inputs * sizeof(double));
        memcpy(data->target + row * data->O, series->output + (first + t + 1) * series->outputs,
               series->outputs * sizeof(double));
    }
}

rs_status rs_series_make(const rs_series *series, size_t T, size_t B, rs_data *data, rs_error *err)
{
    *data = (rs_data){0};
    if (T == 0 && B > 0)
        T = (series->rows - 1) / B;
    if (T == 0 || T >= series->rows)
        return rs_fail(err, RS_USAGE,
                       "%zu sequences of %zu steps: the series has %zu rows, expected at least one "
                       "more than steps",
                       B, T, series->rows);
    rs_status status =
        rs_data_make(data, T, B, series->inputs, series->outputs, RS_MSE, false, err);
    for (size_t b = 0; b < B && status == RS_OK; b++)
        rs_series_window(series, rs_spaced(b, B, series->rows - T), b, data);
    return status;
}
