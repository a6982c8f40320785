/* lib/files: safetensors, what is read, what is refused, what is written. */
#include "tests/unit/files_help.h"

#include "files/safetensors.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A tensor of a header. */
#define TENSOR(name, dtype, shape, begin, end)                                                     \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" #begin "," #end \
    "]}"

static const struct {
    const char *header;
    size_t bytes;     /* of data */
    const char *says; /* the error */
} broken[] = {
    {"[]", 0, "begins with '[' at byte 8: expected '{'"},
    {"{]", 0, "not JSON at byte "},
    {"{} x", 0, "not JSON at byte 11"},
    {"{\"a\":", 0, "not JSON"},
    {"{\"a\xff\":1}", 0, "byte 11 of the header is not UTF-8"},
    {"{\"a\\u0000b\":1}", 0, "NUL character in the header at byte 11"},
    {"{\"a\":1}", 0, "tensor a: expected {\"dtype\", \"shape\", \"data_offsets\"}"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, "tensor a: expected {\"dtype\""},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"shape\":[]}}", 4,
     "tensor a: expected {\"dtype\""},
    {"{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "tensor a: its dtype"},
    {"{" TENSOR("a", "a dtype of many letters", "[1]", 0, 4) "}", 4, "tensor a: its dtype"},
    {"{" TENSOR("a", "F32", "1", 0, 4) "}", 4, "tensor a: no shape"},
    {"{" TENSOR("a", "F32", "[-1]", 0, 4) "}", 4, "tensor a: a size in its shape"},
    {"{" TENSOR("a", "F32", "[1.5]", 0, 4) "}", 4, "tensor a: a size in its shape"},
    {"{" TENSOR("a", "F32", "[\"1\"]", 0, 4) "}", 4, "tensor a: a size in its shape"},
    {"{" TENSOR("a", "F32", "[1e300]", 0, 4) "}", 4, "tensor a: a size in its shape"},
    {"{" TENSOR("a", "F32", "[1,1,1,1,1,1,1,1,1]", 0, 4) "}", 4, "tensor a: more than 8 dim"},
    {"{" TENSOR("a", "F32", "[4294967296,4294967296]", 0, 4) "}", 4, "tensor a: its shape has"},
    {"{" TENSOR("a", "F64", "[4503599627370496,1024]", 0, 4) "}", 4, "tensor a: F64"},
    {"{" TENSOR("a", "F32", "[2]", 0, 4) "}", 4, "F32 [2] needs 8 bytes, data_offsets give 4"},
    {"{" TENSOR("a", "F32", "[1]", 4, 0) "}", 4, "tensor a: bad data_offsets"},
    {"{" TENSOR("a", "F32", "[1]", -4, 0) "}", 4, "tensor a: bad data_offsets"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "bad data_offsets"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":{\"b\":0,\"c\":4}}}", 4,
     "bad data_offsets"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "bad data_offsets"},
    {"{" TENSOR("a", "F32", "[1]", 0, 4) "}", 3,
     "tensor a: its data ends at byte 66, the file at byte 65: truncated"},
    {"{" TENSOR("a", "F8_E4M3", "[9]", 0, 9007199254740992) "}", 4, "truncated or wrong"},
    {"{" TENSOR("a", "F32", "[1]", 0, 4) "," TENSOR("b", "F32", "[1]", 2, 6) "}", 6,
     "tensors a and b overlap from byte"},
    {"{" TENSOR("a", "F32", "[2]", 0, 8) "," TENSOR("b", "F32", "[1]", 2, 6) "}", 8, "overlap"},
    {"{" TENSOR("a", "F32", "[1]", 0, 4) "," TENSOR("b", "F32", "[1]", 0, 4) "}", 4, "overlap"},
    {"{" TENSOR("a", "F32", "[1]", 0, 4) "," TENSOR("b", "F32", "[1]", 6, 10) "}", 10,
     "before tensor b, belong to no tensor"},
    {"{" TENSOR("a", "F32", "[1]", 0, 4) "}", 5, "the file has 67 bytes: expected 66"},
    {"{" TENSOR("a", "F32", "[1]", 0, 4) "," TENSOR("a", "F32", "[1]", 4, 8) "}", 8,
     "tensor a: its name stands twice"},
    {"{\"__metadata__\":[]}", 0, "__metadata__: expected one object"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__: expected one object"},
    {"{\"__metadata__\":{\"a\":1}}", 0, "__metadata__: a value is no string"},
    {"{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0, "__metadata__: a key stands twice"},
    {"{" TENSOR("a\\nb", "F32", "[2]", 0, 4) "}", 4, "tensor a?b: F32 [2] needs"},
};

static void broken_headers_are_refused(void **state)
{
    char path[PATH];
    rs_safetensors file;
    for (size_t k = 0; k < TESTS_N(broken); k++) {
        rs_error err = {0};
        write_tensors(in_folder(state, "broken", path), broken[k].header, broken[k].bytes);
        rs_status status = rs_safetensors_open(&file, path, &err);
        assert_refused(status, RS_DATA, &err, path, broken[k].says);
        assert_null(file.tensors);
    }
}

static void bad_lengths_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *says;
    } files[] = {{"", 0, "0 bytes are too few"},
                 {"\2\0\0\0\0\0\0", 7, "7 bytes are too few"},
                 {"\2\0\0\0\0\0\0\0", 8, "header length 2 at byte 0: expected 2 to 0"},
                 {"\3\0\0\0\0\0\0\0{}", 10, "header length 3 at byte 0: expected 2 to 2"},
                 {"\0\0\0\0\0\0\0\0{}", 10, "header length 0 at byte 0"},
                 {"\xff\xff\xff\xff\xff\xff\xff\xff{}", 10, "header length 18446744073709551615"}};
    char path[PATH];
    rs_safetensors file;
    for (size_t k = 0; k < TESTS_N(files); k++) {
        rs_error err = {0};
        write_bytes(in_folder(state, "broken", path), files[k].bytes, files[k].n);
        rs_status status = rs_safetensors_open(&file, path, &err);
        assert_refused(status, RS_DATA, &err, path, files[k].says);
    }
}

/* A file of 200 MB, all hole, that says its header is longer than any may be. */
static void too_long_a_header_is_refused(void **state)
{
    char path[PATH];
    rs_safetensors file;
    rs_error err = {0};
    write_bytes(in_folder(state, "a", path), "\x01\xe1\xf5\x05\0\0\0\0{}", 10);
    assert_int_equal(truncate(path, 200000000), 0);
    assert_refused(rs_safetensors_open(&file, path, &err), RS_DATA, &err, path,
                   "header length 100000001 at byte 0: expected 2 to 100000000");
}

/* Each file that is cut short anywhere is refused. */
static void truncated_files_are_refused(void **state)
{
    char path[PATH];
    rs_safetensors file;
    rs_error err = {0};
    size_t n = 0;
    write_tensors(in_folder(state, "a", path),
                  "{" TENSOR("a", "F32", "[1]", 0, 4) "," TENSOR("b", "F64", "[]", 4, 12) "}", 12);
    assert_int_equal(rs_safetensors_open(&file, path, NULL), RS_OK);
    rs_safetensors_close(&file);
    char *bytes = read_bytes(path, &n);
    for (size_t k = 0; k < n; k++) {
        write_bytes(path, bytes, k);
        rs_status status = rs_safetensors_open(&file, path, &err);
        assert_refused(status, RS_DATA, &err, path, "");
    }
    free(bytes);
}

static void a_missing_file_cannot_be_opened(void **state)
{
    char path[PATH];
    rs_safetensors file;
    rs_error err = {0};
    rs_status status = rs_safetensors_open(&file, in_folder(state, "none", path), &err);
    assert_refused(status, RS_OPEN, &err, path, "cannot be opened");
}

static void what_is_right_is_read(void **state)
{
    char path[PATH];
    rs_safetensors file;
    rs_error err = {0};
    double numbers[2] = {1, 1};
    write_tensors(
        in_folder(state, "a", path),
        "{" TENSOR("b", "F32", "[2,1]", 2, 10) ",\"__metadata__\":{\"cell\":\"gru\"}," TENSOR(
            "a", "F8_E4M3", "[2]", 0, 2) "," TENSOR("none", "F32", "[0,7]", 10, 10) "}   \n",
        10);
    assert_int_equal(rs_safetensors_open(&file, path, &err), RS_OK);
    assert_int_equal(file.tensors_n, 3);
    assert_string_equal(file.tensors[0].name, "b");
    const rs_tensor *b = rs_safetensors_find(&file, "b");
    assert_ptr_equal(b, &file.tensors[0]);
    assert_int_equal(b->dims_n, 2);
    assert_int_equal(b->dims[0], 2);
    assert_int_equal(b->entries, 2);
    assert_int_equal(rs_safetensors_read(&file, b, numbers, &err), RS_OK);
    assert_true(numbers[0] == 0 && numbers[1] == 0);
    assert_string_equal(rs_safetensors_metadata(&file, "cell"), "gru");
    assert_null(rs_safetensors_metadata(&file, "format"));
    assert_null(rs_safetensors_find(&file, "c"));
    rs_status status = rs_safetensors_read(&file, rs_safetensors_find(&file, "a"), numbers, &err);
    assert_refused(status, RS_DATA, &err, path, "tensor a: dtype F8_E4M3: expected F64");
    rs_safetensors_close(&file);
}

static const double values[] = {1.5, -2, 0x1p-1074, 1e300, 0, 0.1};

static void what_is_written_is_read(void **state)
{
    const rs_named_array arrays[] = {{"f64 \"\\\n\xc3\xa9", RS_F64, 2, {3, 2}, values},
                                     {"f32", RS_F32, 1, {2}, values},
                                     {"scalar", RS_I64, 0, {0}, values + 1},
                                     {"i32", RS_I32, 1, {1}, values + 1},
                                     {"none", RS_F64, 2, {4, 0}, values}};
    const rs_pair metadata[] = {{(char[]){"b"}, (char[]){"2"}}, {(char[]){"a"}, (char[]){"\"1\""}}};
    char path[PATH];
    rs_safetensors file;
    rs_error err = {0};
    double numbers[6] = {0};
    (void)in_folder(state, "a", path);
    assert_int_equal(rs_safetensors_write(path, arrays, 5, metadata, 2, &err), RS_OK);
    assert_int_equal(rs_safetensors_open(&file, path, &err), RS_OK);
    assert_int_equal(file.data % 8, 0);
    assert_int_equal(file.tensors_n, 5);
    assert_string_equal(rs_safetensors_metadata(&file, "a"), "\"1\"");
    for (size_t k = 0; k < 5; k++) {
        assert_string_equal(file.tensors[k].name, arrays[k].name);
        assert_int_equal(file.tensors[k].dtype, arrays[k].dtype);
        assert_int_equal(file.tensors[k].dims_n, arrays[k].dims_n);
        assert_int_equal(rs_safetensors_read(&file, &file.tensors[k], numbers, &err), RS_OK);
        assert_memory_equal(numbers, arrays[k].data, file.tensors[k].entries * sizeof *numbers);
    }
    rs_safetensors_close(&file);
}

/* More numbers than one piece of the writer's holds. */
static void many_numbers_come_back(void **state)
{
    enum { N = 10001 };
    static double numbers[N], back[N];
    const rs_named_array array = {"a", RS_F64, 1, {N}, numbers};
    char path[PATH];
    rs_safetensors file;
    for (size_t k = 0; k < N; k++)
        numbers[k] = (double)k / 7;
    (void)in_folder(state, "a", path);
    assert_int_equal(rs_safetensors_write(path, &array, 1, NULL, 0, NULL), RS_OK);
    assert_int_equal(rs_safetensors_open(&file, path, NULL), RS_OK);
    assert_int_equal(rs_safetensors_read(&file, &file.tensors[0], back, NULL), RS_OK);
    assert_memory_equal(back, numbers, sizeof numbers);
    rs_safetensors_close(&file);
}

/* The layout of the bytes, against what the format's description says. */
static void the_bytes_are_the_format(void **state)
{
    static const char expected[] = "\x78\0\0\0\0\0\0\0{\"__metadata__\":{\"cell\":\"rnn\"},\"w\":{"
                                   "\"dtype\":\"F32\",\"shape\":[1,"
                                   "2],\"data_offsets\":[0,8]},\"s\":{\"dtype\":\"F32\",\"shape\":["
                                   "],\"data_offsets\":[8,12]}}";
    const rs_named_array arrays[] = {{"w", RS_F32, 2, {1, 2}, values},
                                     {"s", RS_F32, 0, {0}, values + 1}};
    const rs_pair metadata[] = {{(char[]){"cell"}, (char[]){"rnn"}}};
    char path[PATH];
    size_t n = 0;
    (void)in_folder(state, "a", path);
    assert_int_equal(rs_safetensors_write(path, arrays, 2, metadata, 1, NULL), RS_OK);
    char *bytes = read_bytes(path, &n);
    assert_memory_equal(bytes + 8, expected + 8, sizeof expected - 9);
    const size_t length = (size_t)(unsigned char)bytes[0];
    assert_int_equal(length % 8, 0);
    assert_int_equal(n, 8 + length + 12);
    for (size_t k = sizeof expected - 1; k < 8 + length; k++)
        assert_int_equal(bytes[k], ' ');
    assert_memory_equal(bytes + 8 + length, "\0\0\xc0\x3f\0\0\0\xc0\0\0\0\xc0", 12);
    free(bytes);
}

static void what_cannot_be_written_is_refused(void **state)
{
    const rs_named_array bad[][2] = {
        {{"a", RS_F64, 1, {1}, values}, {"a", RS_F64, 1, {1}, values}},
        {{"a", RS_F64, 1, {1}, values}, {"__metadata__", RS_F64, 1, {1}, values}},
        {{"a", RS_F64, 1, {1}, values}, {"b\xff", RS_F64, 1, {1}, values}},
        {{"a", RS_F64, 1, {1}, values}, {"b", RS_F16, 1, {1}, values}},
        {{"a", RS_F64, 1, {1}, values}, {"b", RS_F64, 1, {SIZE_MAX}, values}}};
    char path[PATH];
    rs_error err = {0};
    (void)in_folder(state, "a", path);
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_status status = rs_safetensors_write(path, bad[k], 2, NULL, 0, &err);
        assert_int_equal(status, RS_USAGE);
        assert_non_null(strstr(err.text, "cannot be written: expected UTF-8 names"));
    }
    assert_int_equal(folder_entries(state), 0);
}

/* The system is told to refuse files of more than 64 bytes. */
static void a_failed_write_is_said(void **state)
{
    static const double many[1000];
    const rs_named_array array = {"a", RS_F64, 1, {1000}, many};
    char path[PATH];
    rs_error err = {0};
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 64;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    rs_status status = rs_safetensors_write(in_folder(state, "a", path), &array, 1, NULL, 0, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_refused(status, RS_WRITE, &err, path, "cannot be written: ");
    assert_int_equal(folder_entries(state), 0);
}

const struct CMUnitTest files_safetensors_tests[] = {
    IN_FOLDER(broken_headers_are_refused),      IN_FOLDER(bad_lengths_are_refused),
    IN_FOLDER(too_long_a_header_is_refused),    IN_FOLDER(truncated_files_are_refused),
    IN_FOLDER(a_missing_file_cannot_be_opened), IN_FOLDER(what_is_right_is_read),
    IN_FOLDER(what_is_written_is_read),         IN_FOLDER(many_numbers_come_back),
    IN_FOLDER(the_bytes_are_the_format),        IN_FOLDER(what_cannot_be_written_is_refused),
    IN_FOLDER(a_failed_write_is_said),
};
const size_t files_safetensors_tests_n = TESTS_N(files_safetensors_tests);
