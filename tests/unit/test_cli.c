/* The program as a user meets it: exit codes, one-line errors, JSON, the files it writes. */
#include "tests/unit/cli_help.h"

#include "base/error.h"
#include "files/npy.h"
#include "files/safetensors.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_array(void **state, const char *name, rs_dtype dtype, size_t a, size_t b,
                        size_t c)
{
    char path[PATH];
    double data[240];
    rs_npy array = {.dtype = dtype, .dims_n = c ? 3 : 2, .dims = {a, b, c}, .data = data};
    array.entries = a * b * (c ? c : 1);
    assert_in_range(array.entries, 1, 240);
    for (size_t k = 0; k < array.entries; k++)
        data[k] = dtype == RS_I64 ? (double)(k % 3) : sin((double)k);
    assert_int_equal(rs_npy_write(in_folder(state, name, path), &array, RS_C_ORDER, NULL), RS_OK);
}

static void help_and_version_are_text_on_stdout(void **state)
{
    static const char *const commands[] = {"learn", "trace", "train", "bench"};
    const said *answer = run_cli(state, "--version");
    assert_done(answer);
    assert_memory_equal(answer->out, "rnnscope ", 9);
    for (size_t k = 0; k < TESTS_N(commands); k++) {
        char arguments[40];
        answer = run_cli(state, "--help");
        assert_non_null(strstr(answer->out, commands[k]));
        (void)snprintf(arguments, sizeof arguments, "%s --help", commands[k]);
        answer = run_cli(state, arguments);
        assert_done(answer);
        assert_memory_equal(answer->out, "rnnscope ", 9);
        assert_non_null(strstr(answer->out, "--threads N"));
        assert_string_equal(answer->err, "");
    }
}

static void wrong_usage_is_64_and_one_line(void **state)
{
    assert_complains(run_cli(state, "trian"), 64, "did you mean train?");
    assert_complains(run_cli(state, "trace"), 64, "expected -o FILE");
    assert_complains(run_cli(state, "trace -o a.csv --cell lsmt"), 64, "did you mean lstm?");
    assert_complains(run_cli(state, "trace -o a.csv --hiden 3"), 64, "did you mean --hidden?");
    assert_complains(run_cli(state, "trace -o a.csv --steps 0"), 64, "--steps 0");
    assert_complains(run_cli(state, "trace -o a.csv \"$(printf -- '--x\\ny')\""), 64, "--x?y");
    assert_complains(run_cli(state, "trace -o a.csv --task adding --csv b"), 64, "expected one of");
    assert_complains(run_cli(state, "trace -o a.csv --predict b"), 64, "--csv FILE beside it");
    assert_complains(run_cli(state, "trace -o a.csv --target b"), 64, "--input FILE.npy beside");
    assert_complains(run_cli(state, "trace -o a.csv --task adding --loss xent"), 64, "target for");
    assert_complains(run_cli(state, "trace -o a.csv --task adding --loss-at all"), 64, "last step");
    assert_complains(run_cli(state, "trace -o a.txt"), 64, ".safetensors, .csv or .json");
    assert_complains(run_cli(state, "train"), 64, "expected -o FILE");
    assert_int_equal(folder_entries(state), 0);
}

static void files_that_are_not_there_are_66_and_bad_ones_65(void **state)
{
    char path[PATH];
    write_bytes(in_folder(state, "bad", path), "a,b\n1,2\n3,\n", 11);
    assert_complains(run_cli(state, "trace -o a.csv --model none"), 66, "none: ");
    assert_complains(run_cli(state, "trace -o a.csv --text none"), 66, "none: ");
    assert_complains(run_cli(state, "trace -o a.csv --csv none"), 66, "none: ");
    assert_complains(run_cli(state, "trace -o a.csv --input none"), 66, "none: ");
    assert_complains(run_cli(state, "trace -o a.csv --h0 none"), 66, "none: ");
    assert_complains(run_cli(state, "train -o a.s --resume none"), 66, "none: ");
    assert_complains(run_cli(state, "trace -o a.csv --csv bad"), 65, "bad: ");
    assert_complains(run_cli(state, "trace -o a.csv --model bad"), 65, "bad: ");
    assert_complains(run_cli(state, "trace -o a.csv --input bad"), 65, "bad: ");
    assert_int_equal(folder_entries(state), 1);
}

static void a_failed_write_is_74(void **state)
{
    assert_complains(run_cli(state, "trace -o nowhere/a.csv"), 74, "nowhere/a.csv");
    assert_complains(run_cli(state, "train -o nowhere/a.s"), 74, "nowhere/a.s");
}

static void arrays_are_fitted_to_the_model_or_refused(void **state)
{
    write_array(state, "x.npy", RS_F64, 6, 2, 3);
    write_array(state, "y.npy", RS_F64, 6, 2, 4);
    write_array(state, "labels.npy", RS_I64, 6, 2, 0);
    write_array(state, "last.npy", RS_I64, 1, 2, 0);
    write_array(state, "h0.npy", RS_F32, 2, 5, 0);
    assert_done(run_cli(state, "trace -o a.json --input x.npy --target y.npy --h0 h0.npy"));
    assert_done(run_cli(state, "trace -o a.json --input x.npy --target labels.npy"));
    assert_done(run_cli(state, "trace -o a.json --input x.npy --target last.npy"));
    const said *answer = run_cli(state, "trace -o a.json --input x.npy");
    assert_done(answer);
    assert_non_null(strstr(answer->out, "forward only"));
    assert_complains(run_cli(state, "trace -o b.csv --input x.npy --target x.npy --inputs 4"), 64,
                     "4");
    assert_complains(run_cli(state, "trace -o b.csv --input x.npy --target y.npy --outputs 9"), 64,
                     "9");
    assert_complains(run_cli(state, "trace -o b.csv --input x.npy --steps 5"), 64, "x.npy has 6");
    assert_complains(run_cli(state, "trace -o b.csv --input x.npy --h0 labels.npy"), 65,
                     "labels.npy: shape");
    assert_complains(run_cli(state, "trace -o b.csv --input x.npy --h0 h0.npy --hidden 4"), 64,
                     "5");
    assert_complains(run_cli(state, "trace -o b.csv --input y.npy --target h0.npy"), 65,
                     "expected [n, 2, O] with n = 6 or 1");
    assert_complains(run_cli(state, "trace -o b.csv --input x.npy --target y.npy --loss xent"), 65,
                     "[n, 2] of labels");
    assert_complains(run_cli(state, "trace -o b.csv --input x.npy --credit"), 64,
                     "expected a target");
    assert_complains(run_cli(state, "train -o b.csv --input x.npy"), 64, "--target beside it");
}

/* The number of this name in the JSON object that is all of stdout. */
static double json_number(const said *answer, const char *name)
{
    cJSON *object = cJSON_Parse(answer->out);
    assert_non_null(object);
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    assert_true(cJSON_IsNumber(item));
    const double value = item->valuedouble;
    cJSON_Delete(object);
    return value;
}

static void json_is_one_object_with_the_promised_names(void **state)
{
    const said *answer = run_cli(state, "bench --json --hidden 4 --inputs 3 --steps 5 --batch 2 "
                                        "--cell gru --dtype f32 --threads 2");
    assert_done(answer);
    assert_int_equal(json_number(answer, "steps"), 5);
    assert_int_equal(json_number(answer, "inputs"), 3);
    assert_int_equal(json_number(answer, "hidden"), 4);
    assert_int_equal(json_number(answer, "batch"), 2);
    assert_int_equal(json_number(answer, "threads"), 2);
    assert_true(json_number(answer, "ms_median") >= json_number(answer, "ms_min"));
    assert_true(json_number(answer, "ms_min") > 0 && json_number(answer, "gflops") > 0);
    assert_non_null(strstr(answer->out, "\"cell\":\"gru\""));
    assert_non_null(strstr(answer->out, "\"dtype\":\"f32\""));
    answer = run_cli(state, "trace --quiet --json -o t.safetensors");
    assert_string_equal(answer->err, "");
    assert_true(json_number(answer, "loss") > 0 && json_number(answer, "gradient_norm") > 0);
    answer = run_cli(state, "train --json -o m.safetensors --updates 2 --hidden 3 --steps 4");
    assert_int_equal(json_number(answer, "updates"), 2);
    assert_true(json_number(answer, "held_out") > 0);
}

static void check_shape(const rs_safetensors *file, const char *name, size_t dims_n, size_t a,
                        size_t b, size_t c)
{
    const size_t expected[3] = {a, b, c};
    const rs_tensor *tensor = rs_safetensors_find(file, name);
    if (!tensor)
        print_error("there is no %s\n", name);
    assert_non_null(tensor);
    assert_int_equal(tensor->dims_n, dims_n);
    for (size_t k = 0; k < dims_n; k++)
        assert_int_equal(tensor->dims[k], expected[k]);
}

static void trace_writes_every_tensor_of_the_contract(void **state)
{
    static const char *const channels[] = {"h", "c", "i", "f", "g", "o", "dh", "dc"};
    char path[PATH], name[24];
    rs_safetensors file;
    assert_done(run_cli(state,
                        "trace -o t.safetensors --layers 2 --hidden 5 --inputs 3 --outputs 2 "
                        "--steps 6 --batch 4 --jacobian --credit"));
    assert_int_equal(rs_safetensors_open(&file, in_folder(state, "t.safetensors", path), NULL), 0);
    check_shape(&file, "loss", 0, 0, 0, 0);
    check_shape(&file, "x", 3, 6, 4, 3);
    check_shape(&file, "y", 3, 6, 4, 2);
    check_shape(&file, "dx", 3, 6, 4, 3);
    for (size_t k = 0; k < 2 * TESTS_N(channels); k++) {
        (void)snprintf(name, sizeof name, "%s.l%zu", channels[k / 2], k % 2);
        check_shape(&file, name, 3, 6, 4, 5);
    }
    check_shape(&file, "grad.rnn.weight_hh_l1", 2, 20, 5, 0);
    check_shape(&file, "grad.readout.bias", 1, 2, 0, 0);
    check_shape(&file, "jacobian.l1", 1, 6, 0, 0);
    check_shape(&file, "credit.l1", 2, 6, 6, 0);
    double jacobian[6], credit[36];
    assert_int_equal(
        rs_safetensors_read(&file, rs_safetensors_find(&file, "jacobian.l0"), jacobian, NULL), 0);
    assert_int_equal(
        rs_safetensors_read(&file, rs_safetensors_find(&file, "credit.l0"), credit, NULL), 0);
    assert_true(jacobian[5] == 1 && jacobian[0] > 0 && jacobian[0] < 1);
    assert_true(credit[0] > 0 && credit[5 * 6] > 0 && credit[1] == 0);
    rs_safetensors_close(&file);
}

static void single_precision_is_near_double_but_not_the_same(void **state)
{
    const double whole = json_number(run_cli(state, "trace --json -o a.json"), "gradient_norm");
    const double single =
        json_number(run_cli(state, "trace --json -o b.json --dtype f32"), "gradient_norm");
    assert_true(single != whole);
    assert_true(fabs(single - whole) < 1e-4 * whole);
}

const struct CMUnitTest cli_tests[] = {
    IN_FOLDER(help_and_version_are_text_on_stdout),
    IN_FOLDER(wrong_usage_is_64_and_one_line),
    IN_FOLDER(files_that_are_not_there_are_66_and_bad_ones_65),
    IN_FOLDER(a_failed_write_is_74),
    IN_FOLDER(arrays_are_fitted_to_the_model_or_refused),
    IN_FOLDER(json_is_one_object_with_the_promised_names),
    IN_FOLDER(trace_writes_every_tensor_of_the_contract),
    IN_FOLDER(single_precision_is_near_double_but_not_the_same),
};
const size_t cli_tests_n = TESTS_N(cli_tests);
