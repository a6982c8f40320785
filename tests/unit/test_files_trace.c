/* lib/files: traces as safetensors, CSV and JSON, number by number. */
#include "tests/unit/files_help.h"
#include "tests/unit/fixture.h"
#include "tests/unit/own_cell.h"

#include "files/trace_file.h"

#include <cjson/cJSON.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const shape small = {.T = 3, .B = 2, .I = 2, .H = 4, .L = 2, .O = 5, .kind = RS_MSE};

/* One tensor that must be there: CSV's channel and layer, and the shape. */
typedef struct wanted {
    const char *name, *channel;
    int layer; /* −1: none */
    size_t dims_n, dims[RS_MAX_DIMS];
    const double *data;
} wanted;

enum { WANTED = 64 };

static size_t want(wanted *list, size_t n, const char *name, int layer, size_t dims_n,
                   const size_t *dims, const double *data)
{
    static char channels[WANTED][32];
    list[n] = (wanted){
        .name = name, .channel = channels[n], .layer = layer, .dims_n = dims_n, .data = data};
    (void)snprintf(channels[n], sizeof channels[n], "%s", name);
    if (layer >= 0)
        *strrchr(channels[n], '.') = '\0';
    for (size_t k = 0; k < dims_n; k++)
        list[n].dims[k] = dims[k];
    return n + 1;
}

/* What CONTRACT lists for an LSTM of two layers with a readout, in that order. */
static size_t want_lstm(wanted *list, const rs_trace *trace, const double *gradient)
{
    static const char *const gates[] = {"h.l0", "c.l0", "i.l0", "f.l0", "g.l0", "o.l0",
                                        "h.l1", "c.l1", "i.l1", "f.l1", "g.l1", "o.l1"};
    static const char *const states[] = {"dh.l0", "dc.l0", "dh.l1", "dc.l1"};
    static const char *const names[] = {"grad.rnn.weight_ih_l0", "grad.rnn.weight_hh_l0",
                                        "grad.rnn.bias_ih_l0",   "grad.rnn.bias_hh_l0",
                                        "grad.rnn.weight_ih_l1", "grad.rnn.weight_hh_l1",
                                        "grad.rnn.bias_ih_l1",   "grad.rnn.bias_hh_l1",
                                        "grad.readout.weight",   "grad.readout.bias"};
    const size_t TBI[] = {small.T, small.B, small.I}, TBO[] = {small.T, small.B, small.O};
    const size_t TBH[] = {small.T, small.B, small.H};
    size_t n = gradient ? want(list, 0, "loss", -1, 0, NULL, &trace->loss) : 0;
    n = want(list, n, "x", -1, 3, TBI, trace->x);
    n = want(list, n, "y", -1, 3, TBO, trace->y);
    for (int k = 0; k < 12; k++) {
        const rs_layer *layer = &trace->layer[k / 6];
        const int channel = rs_channel_named(trace->net->cell, (char[]){gates[k][0], '\0'});
        n = want(list, n, gates[k], k / 6, 3, TBH, layer->value[channel]);
    }
    for (int k = 0; k < 4 && gradient; k++)
        n = want(list, n, states[k], k / 2, 3, TBH, trace->layer[k / 2].d[k % 2]);
    if (gradient)
        n = want(list, n, "dx", -1, 3, TBI, trace->dx);
    for (size_t k = 0; k < TESTS_N(names) && gradient; k++) {
        const rs_block *block = &trace->net->blocks[k];
        const size_t dims[] = {block->rows, block->cols};
        const size_t dims_n = strstr(names[k], "bias") ? 1 : 2;
        n = want(list, n, names[k], -1, dims_n, dims, gradient + block->offset);
    }
    return n;
}

static size_t entries_of(const wanted *w)
{
    size_t entries = 1;
    for (size_t k = 0; k < w->dims_n; k++)
        entries *= w->dims[k];
    return entries;
}

static void assert_safetensors(const char *path, const wanted *list, size_t n)
{
    rs_safetensors file;
    rs_error err = {0};
    double numbers[128];
    assert_int_equal(rs_safetensors_open(&file, path, &err), RS_OK);
    assert_int_equal(file.tensors_n, n);
    for (size_t k = 0; k < n; k++) {
        const rs_tensor *tensor = &file.tensors[k];
        assert_string_equal(tensor->name, list[k].name);
        assert_int_equal(tensor->dtype, RS_F64);
        assert_int_equal(tensor->dims_n, list[k].dims_n);
        assert_memory_equal(tensor->dims, list[k].dims, list[k].dims_n * sizeof *tensor->dims);
        assert_int_equal(rs_safetensors_read(&file, tensor, numbers, &err), RS_OK);
        assert_memory_equal(numbers, list[k].data, tensor->entries * sizeof *numbers);
    }
    assert_string_equal(rs_safetensors_metadata(&file, "cell"), "lstm");
    rs_safetensors_close(&file);
}

/* Follows the nested lists; returns what comes after the numbers below. */
static const double *assert_nested(const cJSON *item, const wanted *w, size_t dim,
                                   const double *data)
{
    if (dim == w->dims_n) {
        assert_true(cJSON_IsNumber(item));
        assert_memory_equal(&item->valuedouble, data, sizeof *data);
        return data + 1;
    }
    assert_true(cJSON_IsArray(item));
    assert_int_equal(cJSON_GetArraySize(item), w->dims[dim]);
    for (const cJSON *one = item->child; one; one = one->next)
        data = assert_nested(one, w, dim + 1, data);
    return data;
}

static void assert_json(const char *path, const wanted *list, size_t n)
{
    size_t bytes_n = 0, k = 0;
    char *bytes = read_bytes(path, &bytes_n);
    cJSON *json = cJSON_Parse(bytes);
    assert_non_null(json);
    assert_string_equal(json->child->string, "__metadata__");
    assert_string_equal(json->child->child->valuestring, "lstm");
    for (const cJSON *item = json->child->next; item; item = item->next, k++) {
        assert_true(k < n);
        assert_string_equal(item->string, list[k].name);
        const double *end = assert_nested(item, &list[k], 0, list[k].data);
        assert_ptr_equal(end, list[k].data + entries_of(&list[k]));
    }
    assert_int_equal(k, n);
    cJSON_Delete(json);
    free(bytes);
}

/* The fields before the value: t, b, layer, channel, unit; a time series has [T][B][n]. */
static void expected_fields(char text[128], const wanted *w, size_t k)
{
    char layer[16] = "";
    const size_t units = w->dims_n == 3 ? w->dims[2] : 1, B = w->dims_n == 3 ? w->dims[1] : 1;
    if (w->layer >= 0)
        (void)snprintf(layer, sizeof layer, "%d", w->layer);
    if (w->dims_n == 3)
        (void)snprintf(text, 128, "%zu,%zu,%s,%s,%zu,", k / units / B, k / units % B, layer,
                       w->channel, k % units);
    else if (w->dims_n == 0)
        (void)snprintf(text, 128, ",,,%s,,", w->channel);
    else
        (void)snprintf(text, 128, ",,,%s,%zu,", w->channel, k);
}

static void assert_csv(const char *path, const wanted *list, size_t n)
{
    char line[256], fields[128];
    FILE *file = fopen(path, "rb");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "t,b,layer,channel,unit,value\n");
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < entries_of(&list[k]); j++) {
            assert_non_null(fgets(line, sizeof line, file));
            expected_fields(fields, &list[k], j);
            assert_memory_equal(line, fields, strlen(fields));
            const double number = strtod(line + strlen(fields), NULL);
            assert_memory_equal(&number, &list[k].data[j], sizeof number);
        }
    assert_null(fgets(line, sizeof line, file));
    (void)fclose(file);
}

static void write_and_compare(void **state, const rs_trace *trace, const double *gradient)
{
    wanted list[WANTED];
    char path[PATH];
    rs_error err = {0};
    const size_t n = want_lstm(list, trace, gradient);
    (void)in_folder(state, "t.safetensors", path);
    assert_int_equal(rs_trace_write(path, trace, gradient, NULL, NULL, 0, &err), RS_OK);
    assert_safetensors(path, list, n);
    (void)in_folder(state, "t.json", path);
    assert_int_equal(rs_trace_write(path, trace, gradient, NULL, NULL, 0, &err), RS_OK);
    assert_json(path, list, n);
    (void)in_folder(state, "t.csv", path);
    assert_int_equal(rs_trace_write(path, trace, gradient, NULL, NULL, 0, &err), RS_OK);
    assert_csv(path, list, n);
}

static void every_number_of_a_trace_is_written(void **state)
{
    fixture f = fixture_make(&rs_cell_lstm, small, 1);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    assert_true(trace->loss != 0);
    write_and_compare(state, trace, f.gradient);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void without_a_gradient_it_is_forward_only(void **state)
{
    fixture f = fixture_make(&rs_cell_lstm, small, 1);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    write_and_compare(state, trace, NULL);
    rs_trace_free(trace);
    fixture_free(&f);
}

/* The point of a decimal number is a point whatever the locale says (where a machine has one of
 * these locales), and the locale is afterwards what it was. */
static void locales_do_not_matter(void **state)
{
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "nl_NL.UTF-8"};
    fixture f = fixture_make(&rs_cell_lstm, small, 1);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    char path[PATH];
    for (size_t k = 0; k < TESTS_N(commas); k++)
        if (setlocale(LC_NUMERIC, commas[k]))
            break;
    (void)in_folder(state, "t.csv", path);
    locale_t before = uselocale((locale_t)0);
    rs_status status = rs_trace_write(path, trace, f.gradient, NULL, NULL, 0, NULL);
    assert_ptr_equal(uselocale((locale_t)0), before);
    (void)setlocale(LC_NUMERIC, "C");
    assert_int_equal(status, RS_OK);
    wanted list[WANTED];
    assert_csv(path, list, want_lstm(list, trace, f.gradient));
    rs_trace_free(trace);
    fixture_free(&f);
}

/* The line of the file that begins so, or NULL; the caller frees bytes. */
static const char *line_of(const char *bytes, const char *beginning)
{
    const char *at = strstr(bytes, beginning);
    while (at && at != bytes && at[-1] != '\n')
        at = strstr(at + 1, beginning);
    return at;
}

static void assert_line(const char *bytes, const char *line)
{
    const char *at = line_of(bytes, line);
    if (!at || at[strlen(line)] != '\n')
        fail_msg("no line \"%s\"", line);
}

static void numbers_that_are_none_are_written_as_such(void **state)
{
    fixture f = fixture_make(&rs_cell_rnn, (shape){.T = 2, .B = 1, .I = 2, .H = 1, .L = 1}, 1);
    rs_trace *trace = fixture_trace(&f, RS_KEEP_ALL);
    char path[PATH];
    size_t n = 0;
    trace->x[0] = NAN;
    trace->x[1] = -INFINITY;
    trace->x[2] = INFINITY;
    trace->x[3] = 0x1p-1074;
    rs_forward(trace, f.model.parameters, NULL);
    (void)in_folder(state, "t.csv", path);
    assert_int_equal(rs_trace_write(path, trace, NULL, NULL, NULL, 0, NULL), RS_OK);
    char *bytes = read_bytes(path, &n);
    assert_line(bytes, "0,0,,x,0,nan");
    assert_line(bytes, "0,0,,x,1,-inf");
    assert_line(bytes, "1,0,,x,0,inf");
    assert_line(bytes, "1,0,,x,1,4.94065645841247e-324");
    assert_line(bytes, "0,0,0,h,0,nan");
    free(bytes);
    (void)in_folder(state, "t.json", path);
    assert_int_equal(rs_trace_write(path, trace, NULL, NULL, NULL, 0, NULL), RS_OK);
    bytes = read_bytes(path, &n);
    assert_line(bytes, "\"x\":[[[\"NaN\",\"-Infinity\"]],[[\"Infinity\",4.94065645841247e-324]]],");
    free(bytes);
    rs_trace_free(trace);
    fixture_free(&f);
}

/* Names of the model's file, fields that CSV must quote, tensors that the caller adds. */
static void names_and_extra_tensors(void **state)
{
    fixture f = fixture_make(
        &rs_cell_rnn,
        (shape){.T = 2, .B = 1, .I = 1, .H = 1, .L = 1, .no_bias_ih = true, .kind = RS_MSE}, 1);
    char *names[] = {(char[]){"a \"b\", c.weight_ih_l0"}, (char[]){"m.weight_hh_l0"}, NULL};
    const rs_model_file file = {.names_n = 3, .names = names};
    static const double jacobian[] = {0.25, 1}, credit[] = {1, 0, 3, 4};
    const rs_extra extra[] = {{"jacobian.l0", RS_F64, 1, {2}, jacobian},
                              {"credit.l0", RS_F64, 2, {2, 2}, credit}};
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    char path[PATH];
    size_t n = 0;
    for (size_t k = 0; k < f.model.net.parameters_n; k++)
        f.gradient[k] = (double)k;
    (void)in_folder(state, "t.csv", path);
    assert_int_equal(rs_trace_write(path, trace, f.gradient, &file, extra, 2, NULL), RS_OK);
    char *bytes = read_bytes(path, &n);
    assert_line(bytes, ",,,\"grad.a \"\"b\"\", c.weight_ih_l0\",0,0");
    assert_line(bytes, ",,,grad.m.weight_hh_l0,0,1");
    assert_line(bytes, ",,,grad.rnn.bias_hh_l0,0,2");
    assert_line(bytes, "0,,0,jacobian,,0.25");
    assert_line(bytes, "1,,0,jacobian,,1");
    assert_line(bytes, "1,,0,credit,0,3");
    free(bytes);
    (void)in_folder(state, "t.json", path);
    assert_int_equal(rs_trace_write(path, trace, f.gradient, &file, extra, 2, NULL), RS_OK);
    bytes = read_bytes(path, &n);
    assert_line(bytes, "\"grad.a \\\"b\\\", c.weight_ih_l0\":[[0]],");
    assert_line(bytes, "\"jacobian.l0\":[0.25,1],");
    assert_line(bytes, "\"credit.l0\":[[1,0],[3,4]]}");
    free(bytes);
    rs_trace_free(trace);
    fixture_free(&f);
}

/* States and gates of any cell, no inner channels; a lean trace has no dx. */
static void channels_come_from_the_cells_table(void **state)
{
    fixture f =
        fixture_make(&own_cell, (shape){.T = 1, .B = 1, .I = 1, .H = 1, .L = 1, .kind = RS_MSE}, 1);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    static const char *const expected[] = {"loss", "x", "y", "h.l0", "f.l0", "n.l0", "dh.l0"};
    char path[PATH];
    rs_safetensors file;
    (void)in_folder(state, "t.safetensors", path);
    assert_int_equal(rs_trace_write(path, trace, f.gradient, NULL, NULL, 0, NULL), RS_OK);
    assert_int_equal(rs_safetensors_open(&file, path, NULL), RS_OK);
    assert_int_equal(file.tensors_n, TESTS_N(expected) + f.model.net.blocks_n);
    for (size_t k = 0; k < TESTS_N(expected); k++)
        assert_string_equal(file.tensors[k].name, expected[k]);
    assert_string_equal(rs_safetensors_metadata(&file, "cell"), "mgu");
    rs_safetensors_close(&file);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void refuses_other_endings_and_failed_writes(void **state)
{
    fixture f = fixture_make(&rs_cell_rnn, (shape){.T = 1, .B = 1, .I = 1, .H = 1, .L = 1}, 1);
    rs_trace *trace = fixture_trace(&f, RS_KEEP_ALL);
    static const char *const bad[] = {"t", "t.txt", "a.csv/t", "t.csv.gz", "t.CSV"};
    static const char *const lost[] = {"none/t.csv", "none/t.json", "none/t.safetensors"};
    char path[PATH];
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_error err = {0};
        rs_status status =
            rs_trace_write(in_folder(state, bad[k], path), trace, NULL, NULL, NULL, 0, &err);
        assert_refused(status, RS_USAGE, &err, path, "ends in .safetensors, .csv or .json");
    }
    for (size_t k = 0; k < TESTS_N(lost); k++) {
        rs_error err = {0};
        rs_status status =
            rs_trace_write(in_folder(state, lost[k], path), trace, NULL, NULL, NULL, 0, &err);
        assert_refused(status, RS_WRITE, &err, path,
                       "cannot be written: No such file or directory");
    }
    assert_int_equal(folder_entries(state), 0);
    rs_trace_free(trace);
    fixture_free(&f);
}

const struct CMUnitTest files_trace_tests[] = {
    IN_FOLDER(every_number_of_a_trace_is_written),
    IN_FOLDER(without_a_gradient_it_is_forward_only),
    IN_FOLDER(locales_do_not_matter),
    IN_FOLDER(numbers_that_are_none_are_written_as_such),
    IN_FOLDER(names_and_extra_tensors),
    IN_FOLDER(channels_come_from_the_cells_table),
    IN_FOLDER(refuses_other_endings_and_failed_writes),
};
const size_t files_trace_tests_n = TESTS_N(files_trace_tests);
