/* lib/files: models, which tensors they are, what is refused; whole against torch. */
#include "tests/unit/files_help.h"
#include "tests/unit/fixture.h"
#include "tests/unit/own_cell.h"

#include "files/model_file.h"
#include "files/npy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A zeroed model's tensors as named arrays: names and shapes only. */
typedef struct entry {
    const char *name;
    size_t dims_n, dims[2];
    rs_dtype dtype;
} entry;

static const double zeros[64];

static void write_entries(const char *path, const entry *entries, size_t n, const char *cell)
{
    rs_named_array arrays[16];
    const rs_pair metadata = {(char[]){"cell"}, (char *)(uintptr_t)cell};
    for (size_t k = 0; k < n; k++)
        arrays[k] = (rs_named_array){entries[k].name,
                                     entries[k].dtype,
                                     entries[k].dims_n,
                                     {entries[k].dims[0], entries[k].dims[1]},
                                     zeros};
    assert_int_equal(rs_safetensors_write(path, arrays, n, &metadata, cell ? 1 : 0, NULL), RS_OK);
}

#define IH(prefix, rows)                                                                           \
    {                                                                                              \
        prefix "weight_ih_l0", 2, {rows, 2}, RS_F64                                                \
    }
#define HH(prefix, rows)                                                                           \
    {                                                                                              \
        prefix "weight_hh_l0", 2, {rows, 2}, RS_F64                                                \
    }

static const struct {
    entry entries[6];
    const char *cell, *says;
} refused[] = {
    {{{"fc.weight", 2, {2, 2}, 0}}, NULL, "no recurrent module among its 1 tensors"},
    {{IH("", 2)}, NULL, "tensor weight_hh_l0 is missing"},
    {{HH("", 2)}, NULL, "tensor weight_ih_l0 is missing"},
    {{IH("", 2), HH("", 2), {"weight_hh_l2", 2, {2, 2}, 0}}, NULL, "weight_ih_l1 is missing"},
    {{IH("", 2), HH("", 2), {"weight_hh_l77", 2, {2, 2}, 0}}, NULL, "layer 77, but only 3 tensors"},
    {{IH("", 2), HH("", 2), {"weight_ih", 2, {2, 2}, 0}}, NULL, "stands twice, with and without"},
    {{IH("", 2), {"weight_hh_l0", 1, {2}, 0}}, NULL, "weight_hh_l0: not two-dimensional"},
    {{IH("a.", 2), HH("a.", 2), IH("b.", 2)},
     NULL,
     "tensors a.weight_ih_l0 and b.weight_ih_l0 are of two recurrent modules"},
    {{IH("", 2), HH("", 2), {"weight_ih_l0_reverse", 2, {2, 2}, 0}},
     NULL,
     "weight_ih_l0_reverse: a bidirectional network"},
    {{IH("", 8), HH("", 8), {"weight_hr_l0", 2, {2, 2}, 0}},
     NULL,
     "weight_hr_l0: an LSTM with projections"},
    {{IH("", 10), HH("", 10)}, NULL, "weight_hh_l0: 10 rows for 2 units"},
    {{IH("", 5), HH("", 5)}, NULL, "weight_hh_l0: 5 rows for 2 units"},
    {{IH("", 8), {"weight_hh_l0", 2, {8, 0}, 0}}, NULL, "weight_hh_l0: 8 rows for 0 units"},
    {{{"weight_ih_l0", 2, {8, 0}, 0}, HH("", 8)}, NULL, "0 inputs: expected 1 to"},
    {{IH("", 8), HH("", 8)},
     "gru",
     "tensor weight_ih_l0: shape [8, 2]: expected [6, 2] (cell gru)"},
    {{IH("", 6), HH("", 6)},
     "mgu",
     "__metadata__.cell is mgu: expected one of rnn, rnn-relu, lstm"},
    {{IH("", 2), HH("", 4)}, "rnn", "tensor weight_hh_l0: shape [4, 2]: expected [2, 2]"},
    {{IH("", 2), HH("", 2), {"bias_ih_l0", 1, {3}, 0}},
     NULL,
     "bias_ih_l0: shape [3]: expected [2]"},
    {{IH("", 2), HH("", 2), {"bias_hh_l0", 2, {2, 1}, 0}},
     NULL,
     "bias_hh_l0: shape [2, 1]: expected [2]"},
    {{IH("", 2), HH("", 2), {"weight_ih_l1", 2, {2, 3}, 0}, {"weight_hh_l1", 2, {2, 2}, 0}},
     NULL,
     "weight_ih_l1: shape [2, 3]: expected [2, 2]"},
    {{IH("", 2), HH("", 2), {"bias_ih_l0", 1, {2}, RS_I64}},
     NULL,
     "bias_ih_l0: dtype I64: expected F64, F32, F16 or BF16"},
    {{IH("", 2), HH("", 2), {"fc.weight", 2, {5, 3}, 0}},
     NULL,
     "fc.weight: shape [5, 3]: expected [outputs, 2]"},
    {{IH("", 2), HH("", 2), {"weight", 1, {2}, 0}}, NULL, "weight: shape [2]: expected [outputs"},
    {{IH("", 2), HH("", 2), {"fc.weight", 2, {0, 2}, 0}}, NULL, "fc.weight: no rows"},
    {{IH("", 2), HH("", 2), {"fc.weight", 2, {5, 2}, 0}, {"fc.bias", 1, {4}, 0}},
     NULL,
     "fc.bias: shape [4]: expected [5]"},
    {{IH("", 2), HH("", 2), {"fc.weight", 2, {5, 2}, 0}, {"m.out.weight", 2, {1, 2}, 0}},
     NULL,
     "tensors fc.weight and m.out.weight both fit as readout"},
};

static void models_that_do_not_fit_are_refused(void **state)
{
    char path[PATH];
    for (size_t k = 0; k < TESTS_N(refused); k++) {
        rs_error err = {0};
        rs_model model;
        rs_model_file file;
        size_t n = 0;
        while (n < TESTS_N(refused[k].entries) && refused[k].entries[n].name)
            n++;
        write_entries(in_folder(state, "m", path), refused[k].entries, n, refused[k].cell);
        rs_status status = rs_model_read(path, NULL, &model, &file, &err);
        assert_refused(status, RS_DATA, &err, path, refused[k].says);
        assert_null(model.parameters);
        assert_null(model.net.blocks);
        assert_null(file.names);
    }
}

static void numbers_that_are_none_are_refused(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    char path[PATH];
    (void)in_folder(state, "m", path);
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        const double weights[] = {1, 2, 3, 4, 5, bad[k]};
        const rs_named_array arrays[] = {{"weight_ih_l0", RS_F32, 2, {2, 3}, weights},
                                         {"weight_hh_l0", RS_F32, 2, {2, 2}, weights}};
        rs_error err = {0};
        rs_model model;
        rs_model_file file;
        assert_int_equal(rs_safetensors_write(path, arrays, 2, NULL, 0, NULL), RS_OK);
        rs_status status = rs_model_read(path, NULL, &model, &file, &err);
        assert_refused(status, RS_DATA, &err, path, "tensor weight_ih_l0: entry [1, 2] is ");
    }
}

/* Reads a file of entries that is right. */
static rs_model read_entries(void **state, const entry *entries, size_t n, const char *cell,
                             rs_model_file *file)
{
    char path[PATH];
    rs_error err = {0};
    rs_model model;
    write_entries(in_folder(state, "m", path), entries, n, cell);
    rs_status status = rs_model_read(path, NULL, &model, file, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(status, RS_OK);
    return model;
}

static void the_cell_is_named_or_counted(void **state)
{
    static const struct {
        size_t rows;
        const char *cell, *expected;
    } cases[] = {{2, NULL, "rnn"},    {6, NULL, "gru"},
                 {8, NULL, "lstm"},   {2, "rnn-relu", "rnn-relu"},
                 {8, "lstm", "lstm"}, {6, "gru-reset-before", "gru-reset-before"}};
    for (size_t k = 0; k < TESTS_N(cases); k++) {
        const entry entries[] = {{"weight_ih_l0", 2, {cases[k].rows, 2}, RS_F32},
                                 {"weight_hh_l0", 2, {cases[k].rows, 2}, RS_F32}};
        rs_model_file file;
        rs_model model = read_entries(state, entries, 2, cases[k].cell, &file);
        assert_string_equal(model.net.cell->name, cases[k].expected);
        assert_false(model.net.bias_ih || model.net.bias_hh || model.net.readout_bias);
        assert_int_equal(model.net.outputs, 0);
        assert_int_equal(file.dtype, RS_F32);
        rs_model_free(&model);
        rs_model_file_free(&file);
    }
}

static void every_prefix_of_a_readout_is_known(void **state)
{
    static const char *const names[] = {"weight",        "readout.weight", "fc.weight",
                                        "m.out.weight",  "head.weight",    "a.b.linear.weight",
                                        "decoder.weight"};
    for (size_t k = 0; k < TESTS_N(names); k++) {
        const entry entries[] = {IH("m.rnn.", 2), {names[k], 2, {3, 2}, RS_F64}, HH("m.rnn.", 2)};
        rs_model_file file;
        rs_model model = read_entries(state, entries, 3, NULL, &file);
        assert_int_equal(model.net.outputs, 3);
        assert_int_equal(file.others_n, 0);
        assert_string_equal(file.names[2], names[k]);
        rs_model_free(&model);
        rs_model_file_free(&file);
    }
}

static void other_tensors_are_listed(void **state)
{
    static const entry entries[] = {IH("rnn.", 2),
                                    HH("rnn.", 2),
                                    {"about.weight", 2, {3, 2}, RS_F64},
                                    {"fc.weight", 2, {3, 4}, RS_F64},
                                    {"fc.bias", 1, {3}, RS_F64},
                                    {"out.weight", 2, {5, 2}, RS_F64},
                                    {"steps", 0, {0}, RS_I64},
                                    {"rnn.weight_ih_l00", 2, {2, 2}, RS_F64},
                                    {"rnn.weight_ih_l0_orig", 2, {2, 2}, RS_F64}};
    static const char *const others[] = {"about.weight",      "fc.weight",
                                         "fc.bias",           "steps",
                                         "rnn.weight_ih_l00", "rnn.weight_ih_l0_orig"};
    rs_model_file file;
    rs_model model = read_entries(state, entries, TESTS_N(entries), NULL, &file);
    assert_int_equal(model.net.outputs, 5);
    assert_int_equal(file.others_n, TESTS_N(others));
    for (size_t k = 0; k < TESTS_N(others); k++)
        assert_string_equal(file.others[k], others[k]);
    rs_model_free(&model);
    rs_model_file_free(&file);
}

static void a_single_cell_of_torch_is_read(void **state)
{
    static const entry entries[] = {{"cell.weight_ih", 2, {8, 3}, RS_F64},
                                    {"cell.weight_hh", 2, {8, 2}, RS_F64},
                                    {"cell.bias_hh", 1, {8}, RS_F64}};
    rs_model_file file;
    rs_model model = read_entries(state, entries, 3, NULL, &file);
    assert_string_equal(model.net.cell->name, "lstm");
    assert_true(model.net.bias_hh && !model.net.bias_ih);
    assert_string_equal(file.names[2], "cell.bias_hh");
    rs_model_free(&model);
    rs_model_file_free(&file);
}

/* A bias that one layer lacks is zero there, and gets a name like the others. */
static void a_bias_of_some_layers_is_zero_in_others(void **state)
{
    static const double ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    const rs_named_array arrays[] = {{"m.weight_ih_l0", RS_F64, 2, {2, 2}, ones},
                                     {"m.weight_hh_l0", RS_F64, 2, {2, 2}, ones},
                                     {"m.weight_ih_l1", RS_F64, 2, {2, 2}, ones},
                                     {"m.weight_hh_l1", RS_F64, 2, {2, 2}, ones},
                                     {"m.bias_ih_l1", RS_F64, 1, {2}, ones}};
    char path[PATH];
    rs_model model;
    rs_model_file file;
    (void)in_folder(state, "m", path);
    assert_int_equal(rs_safetensors_write(path, arrays, 5, NULL, 0, NULL), RS_OK);
    assert_int_equal(rs_model_read(path, NULL, &model, &file, NULL), RS_OK);
    const rs_block *bias = rs_net_block(&model.net, RS_BIAS_IH, 0);
    assert_non_null(bias);
    assert_true(model.parameters[bias->offset] == 0 && model.parameters[bias->offset + 1] == 0);
    bias = rs_net_block(&model.net, RS_BIAS_IH, 1);
    assert_true(model.parameters[bias->offset] == 1);
    assert_string_equal(file.names[2], "m.bias_ih_l0");
    rs_model_free(&model);
    rs_model_file_free(&file);
}

static void assert_same_model(const rs_model *one, const rs_model *other)
{
    assert_string_equal(one->net.cell->name, other->net.cell->name);
    assert_int_equal(one->net.blocks_n, other->net.blocks_n);
    assert_int_equal(one->net.parameters_n, other->net.parameters_n);
    for (size_t k = 0; k < one->net.blocks_n; k++)
        assert_string_equal(one->net.blocks[k].name, other->net.blocks[k].name);
    assert_memory_equal(one->parameters, other->parameters,
                        one->net.parameters_n * sizeof *one->parameters);
}

/* Under our own names, with each cell and with what may be missing. */
static void models_come_back(void **state)
{
    static const shape shapes[] = {{.T = 1, .B = 1, .I = 3, .H = 4, .L = 2, .O = 2},
                                   {.T = 1,
                                    .B = 1,
                                    .I = 1,
                                    .H = 1,
                                    .L = 1,
                                    .O = 1,
                                    .no_bias_ih = true,
                                    .no_readout_bias = true},
                                   {.T = 1, .B = 1, .I = 2, .H = 3, .L = 3, .no_bias_hh = true}};
    char path[PATH];
    (void)in_folder(state, "m", path);
    for (const rs_cell *const *cell = rs_cells; *cell; cell++)
        for (size_t k = 0; k < TESTS_N(shapes); k++) {
            rs_error err = {0};
            rs_model back;
            rs_model_file file;
            fixture f = fixture_make(*cell, shapes[k], 1 + k);
            assert_int_equal(rs_model_write(path, &f.model, NULL, &err), RS_OK);
            assert_int_equal(rs_model_read(path, NULL, &back, &file, &err), RS_OK);
            assert_same_model(&back, &f.model);
            assert_int_equal(file.dtype, RS_F64);
            assert_string_equal(file.names[0], "rnn.weight_ih_l0");
            if (shapes[k].O > 0)
                assert_string_equal(file.names[f.model.net.blocks_n - 1],
                                    shapes[k].no_readout_bias ? "readout.weight" : "readout.bias");
            rs_model_file_free(&file);
            rs_model_free(&back);
            fixture_free(&f);
        }
}

static void a_cell_from_outside_comes_back(void **state)
{
    const shape small = {.T = 1, .B = 1, .I = 3, .H = 4, .L = 2, .O = 2};
    char path[PATH];
    rs_error err = {0};
    rs_model back;
    rs_model_file file;
    fixture f = fixture_make(&own_cell, small, 3);
    assert_int_equal(rs_model_write(in_folder(state, "m", path), &f.model, NULL, &err), RS_OK);
    rs_status status = rs_model_read(path, NULL, &back, &file, &err);
    assert_refused(status, RS_DATA, &err, path, "__metadata__.cell is ");
    assert_int_equal(rs_model_read(path, &own_cell, &back, &file, &err), RS_OK);
    assert_same_model(&back, &f.model);
    rs_model_file_free(&file);
    rs_model_free(&back);
    fixture_free(&f);
}

/* Read and written again, a file keeps its names, its dtype and its metadata. */
static void what_was_read_is_written_alike(void **state)
{
    char path[PATH];
    rs_model model, back;
    rs_model_file file, again;
    rs_error err = {0};
    assert_int_equal(rs_model_read("tests/files/lstm.safetensors", NULL, &model, &file, &err),
                     RS_OK);
    assert_int_equal(rs_model_write(in_folder(state, "m", path), &model, &file, &err), RS_OK);
    assert_int_equal(rs_model_read(path, NULL, &back, &again, &err), RS_OK);
    assert_same_model(&back, &model);
    assert_int_equal(again.dtype, RS_F32);
    assert_int_equal(again.names_n, file.names_n);
    for (size_t k = 0; k < file.names_n; k++)
        assert_string_equal(again.names[k], file.names[k]);
    assert_int_equal(again.metadata_n, 2);
    assert_string_equal(again.metadata[0].key, "cell");
    assert_string_equal(again.metadata[0].value, "lstm");
    assert_string_equal(again.metadata[1].value, "pt");
    assert_int_equal(again.others_n, 0);
    /* and once more, now that the file names its cell */
    assert_int_equal(rs_model_write(path, &back, &again, &err), RS_OK);
    rs_model_free(&back);
    rs_model_file_free(&again);
    assert_int_equal(rs_model_read(path, NULL, &back, &again, &err), RS_OK);
    assert_int_equal(again.metadata_n, 2);
    rs_model_free(&back);
    rs_model_file_free(&again);
    rs_model_free(&model);
    rs_model_file_free(&file);
}

static void what_could_not_be_read_is_not_written(void **state)
{
    const shape small = {.T = 1, .B = 1, .I = 1, .H = 2, .L = 1, .O = 1};
    char path[PATH];
    rs_error err = {0};
    rs_model_file single = {.dtype = RS_F32};
    fixture f = fixture_make(&rs_cell_rnn, small, 1);
    f.model.parameters[3] = 1e300;
    assert_int_equal(rs_model_write(in_folder(state, "m", path), &f.model, NULL, &err), RS_OK);
    rs_status status = rs_model_write(path, &f.model, &single, &err);
    assert_refused(status, RS_DATA, &err, path,
                   "tensor rnn.weight_hh_l0: entry 1 is 1e+300: expected a number that fits F32");
    f.model.parameters[3] = NAN;
    status = rs_model_write(path, &f.model, NULL, &err);
    assert_refused(status, RS_DATA, &err, path, "tensor rnn.weight_hh_l0: entry 1 is");
    assert_int_equal(folder_entries(state), 1);
    fixture_free(&f);
}

/* Files of torch, see tests/files/make.py: what the model computes is what torch computed. */
static void torchs_models_compute_as_in_torch(void **state)
{
    static const struct {
        const char *name, *cell, *first;
        size_t blocks, others;
        rs_dtype dtype;
    } files[] = {{"lstm", "lstm", "rnn.weight_ih_l0", 10, 2, RS_F32},
                 {"gru", "gru", "rnn.weight_ih_l0", 6, 2, RS_F64},
                 {"rnn", "rnn", "rnn.weight_ih_l0", 8, 2, RS_F32},
                 {"rnn_relu", "rnn-relu", "rnn.weight_ih_l0", 10, 2, RS_F32}};
    rs_npy x, y;
    (void)state;
    assert_int_equal(rs_npy_read(&x, "tests/files/x.npy", NULL), RS_OK);
    for (size_t k = 0; k < TESTS_N(files); k++) {
        char path[PATH];
        rs_error err = {0};
        rs_model model;
        rs_model_file file;
        (void)snprintf(path, sizeof path, "tests/files/%s.safetensors", files[k].name);
        assert_int_equal(rs_model_read(path, NULL, &model, &file, &err), RS_OK);
        assert_string_equal(model.net.cell->name, files[k].cell);
        assert_int_equal(file.dtype, files[k].dtype);
        assert_int_equal(file.names_n, files[k].blocks);
        assert_int_equal(file.others_n, files[k].others);
        assert_string_equal(file.others[0], "embedding.weight");
        assert_string_equal(file.names[0], files[k].first);
        (void)snprintf(path, sizeof path, "tests/files/%s_y.npy", files[k].name);
        assert_int_equal(rs_npy_read(&y, path, &err), RS_OK);
        rs_trace *trace = rs_trace_new(&model.net, x.dims[0], x.dims[1], RS_KEEP_ALL, &err);
        memcpy(trace->x, x.data, x.entries * sizeof *x.data);
        rs_forward(trace, model.parameters, NULL);
        assert_arrays_close(files[k].name, trace->y, y.data, y.entries, 1e-12);
        rs_trace_free(trace);
        rs_npy_free(&y);
        rs_model_file_free(&file);
        rs_model_free(&model);
    }
    rs_npy_free(&x);
}

static void blocks_have_names_of_their_own(void **state)
{
    const shape small = {.T = 1, .B = 1, .I = 1, .H = 1, .L = 2, .O = 1};
    char *names[] = {(char[]){"a.weight_ih_l0"}, NULL};
    const rs_model_file file = {.names_n = 2, .names = names};
    char text[RS_BLOCK_NAME];
    fixture f = fixture_make(&rs_cell_gru, small, 1);
    (void)state;
    assert_string_equal(rs_model_name(&f.model.net, 0, &file, text), "a.weight_ih_l0");
    assert_string_equal(rs_model_name(&f.model.net, 1, &file, text), "rnn.weight_hh_l0");
    assert_string_equal(rs_model_name(&f.model.net, 7, &file, text), "rnn.bias_hh_l1");
    assert_string_equal(rs_model_name(&f.model.net, 8, NULL, text), "readout.weight");
    fixture_free(&f);
}

const struct CMUnitTest files_model_tests[] = {
    IN_FOLDER(models_that_do_not_fit_are_refused),
    IN_FOLDER(numbers_that_are_none_are_refused),
    IN_FOLDER(the_cell_is_named_or_counted),
    IN_FOLDER(every_prefix_of_a_readout_is_known),
    IN_FOLDER(other_tensors_are_listed),
    IN_FOLDER(a_single_cell_of_torch_is_read),
    IN_FOLDER(a_bias_of_some_layers_is_zero_in_others),
    IN_FOLDER(models_come_back),
    IN_FOLDER(a_cell_from_outside_comes_back),
    IN_FOLDER(what_was_read_is_written_alike),
    IN_FOLDER(what_could_not_be_read_is_not_written),
    cmocka_unit_test(torchs_models_compute_as_in_torch),
    cmocka_unit_test(blocks_have_names_of_their_own),
};
const size_t files_model_tests_n = TESTS_N(files_model_tests);
