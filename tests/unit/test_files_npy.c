/* lib/files: .npy, in both orders, and what is refused. tests/files has arrays that NumPy wrote. */
#include "tests/unit/files_help.h"

#include "files/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A .npy file: magic, version, header length of 2 or 4 bytes, header, n zero bytes. */
static void write_npy(const char *path, int version, const char *header, size_t n)
{
    const size_t length = strlen(header), length_bytes = version == 1 ? 2 : 4;
    char bytes[1024] = "\x93NUMPY";
    bytes[6] = (char)version;
    for (size_t k = 0; k < length_bytes; k++)
        bytes[8 + k] = (char)(length >> 8 * k & 0xff);
    memcpy(bytes + 8 + length_bytes, header, length);
    write_bytes(path, bytes, 8 + length_bytes + length + n);
}

static const struct {
    const char *header;
    size_t bytes;
    const char *says;
} broken[] = {
    {"", 0, "header at byte 10: expected '{'"},
    {"{'descr': '<f8'}", 0, "expected the keys 'descr', 'fortran_order' and 'shape'"},
    {"{'descr': '>f8', 'fortran_order': False, 'shape': ()}", 8,
     "header at byte 20: expected 'descr': '<f8', '<f4', '<i8' or '<i4'"},
    {"{'descr': '|b1', 'fortran_order': False, 'shape': ()}", 1, "expected 'descr': '<f8'"},
    {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': ()}", 8, "expected 'descr'"},
    {"{'descr': '<f8, 'fortran_order", 8, "expected 'descr'"},
    {"{'descr': '<f8", 8, "expected a short string"},
    {"{'descr': '<f8', 'fortran_order': 0, 'shape': ()}", 8, "expected 'fortran_order': True"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': 3}", 24, "expected 'shape': a tuple"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", 8, "expected 'shape': a tuple"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1 2)}", 16, "expected ',' or ')'"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,", 16, "expected 'shape': a tuple"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", 8,
     "expected at most 8 dimensions"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}", 8,
     "expected a size that can be counted"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': ()} x", 8, "expected nothing after '}'"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': () 'a'}", 8, "expected ',' or '}'"},
    {"{'descr' '<f8'}", 8, "expected ':'"},
    {"{'descr': '<f8', 'descr': '<f8'}", 8, "expected each key once"},
    {"{'what': '<f8'}", 8, "expected the keys"},
    {"{descr: '<f8'}", 8, "expected a string"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2)}", 40,
     "40 bytes of data from byte 67 on: shape [3, 2] of <f8 needs 48"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2)}", 56, "56 bytes of data"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 8, "needs"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,)}", 0, "needs"},
};

static void broken_arrays_are_refused(void **state)
{
    char path[PATH];
    rs_npy array;
    for (size_t k = 0; k < TESTS_N(broken); k++) {
        rs_error err = {0};
        write_npy(in_folder(state, "a", path), 1, broken[k].header, broken[k].bytes);
        assert_refused(rs_npy_read(&array, path, &err), RS_DATA, &err, path, broken[k].says);
        assert_null(array.data);
    }
}

static void bad_beginnings_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *says;
    } files[] = {{"", 0, "no .npy file"},
                 {"\x93NUMPY\1\0\0", 9, "no .npy file"},
                 {"\x93NUMPX\1\0\0\0", 10, "no .npy file"},
                 {"\x93NUMPY\4\0\0\0\0\0", 12, ".npy version 4.0 at byte 6"},
                 {"\x93NUMPY\0\0\0\0\0\0", 12, ".npy version 0.0 at byte 6"},
                 {"\x93NUMPY\1\1\0\0\0\0", 12, ".npy version 1.1 at byte 6"},
                 {"\x93NUMPY\1\0\3\0{}", 12, "header length 3 at byte 8"},
                 {"\x93NUMPY\2\0\0\0", 10, "header length 0 at byte 8"},
                 {"\x93NUMPY\2\0\xff\xff\xff\xff", 12, "header length 4294967295 at byte 8"}};
    char path[PATH];
    rs_npy array;
    for (size_t k = 0; k < TESTS_N(files); k++) {
        rs_error err = {0};
        write_bytes(in_folder(state, "a", path), files[k].bytes, files[k].n);
        assert_refused(rs_npy_read(&array, path, &err), RS_DATA, &err, path, files[k].says);
    }
    rs_error err = {0};
    rs_status status = rs_npy_read(&array, in_folder(state, "none", path), &err);
    assert_refused(status, RS_OPEN, &err, path, "cannot be opened");
}

static void too_long_a_header_of_npy_is_refused(void **state)
{
    char path[PATH];
    rs_npy array;
    rs_error err = {0};
    write_bytes(in_folder(state, "a", path), "\x93NUMPY\2\0\1\0\1\0{}", 14);
    assert_int_equal(truncate(path, 200000), 0);
    assert_refused(rs_npy_read(&array, path, &err), RS_DATA, &err, path,
                   "header length 65537 at byte 8: expected at most 65536");
}

static void every_version_and_spelling_is_read(void **state)
{
    static const struct {
        int version;
        const char *header;
        size_t bytes, dims_n, entries;
    } good[] = {
        {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }      \n", 48, 2, 6},
        {2, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", 12, 1, 3},
        {3, "{'descr': '<i8', 'fortran_order': True, 'shape': (), }\n", 8, 0, 1},
        {1, "{\"shape\":(2L,3L),\"descr\":\"<i4\",\"fortran_order\":True}", 24, 2, 6},
        {1, "{'descr': '<f8', 'fortran_order': True, 'shape': (4, 0), }", 0, 2, 0}};
    char path[PATH];
    rs_npy array;
    for (size_t k = 0; k < TESTS_N(good); k++) {
        rs_error err = {0};
        write_npy(in_folder(state, "a", path), good[k].version, good[k].header, good[k].bytes);
        assert_int_equal(rs_npy_read(&array, path, &err), RS_OK);
        assert_int_equal(array.dims_n, good[k].dims_n);
        assert_int_equal(array.entries, good[k].entries);
        rs_npy_free(&array);
    }
}

static void arrays_come_back_in_both_orders(void **state)
{
    static const rs_dtype dtypes[] = {RS_F64, RS_F32, RS_I64, RS_I32};
    static const struct {
        size_t dims_n, dims[RS_MAX_DIMS];
    } shapes[] = {{0, {0}}, {1, {5}}, {2, {3, 4}}, {3, {2, 3, 4}}, {4, {3, 1, 2, 5}}, {2, {0, 3}}};
    double numbers[32];
    char path[PATH];
    rs_npy back;
    for (size_t k = 0; k < TESTS_N(numbers); k++)
        numbers[k] = (double)k - 7;
    (void)in_folder(state, "a", path);
    for (size_t k = 0; k < 2 * TESTS_N(shapes) * TESTS_N(dtypes); k++) {
        const size_t s = k / 2 % TESTS_N(shapes);
        rs_error err = {0};
        rs_npy array = {
            .dtype = dtypes[k / 2 / TESTS_N(shapes)], .dims_n = shapes[s].dims_n, .data = numbers};
        memcpy(array.dims, shapes[s].dims, sizeof array.dims);
        assert_int_equal(rs_npy_write(path, &array, k % 2 ? RS_FORTRAN_ORDER : RS_C_ORDER, &err),
                         RS_OK);
        assert_int_equal(rs_npy_read(&back, path, &err), RS_OK);
        assert_int_equal(back.dtype, array.dtype);
        assert_int_equal(back.dims_n, array.dims_n);
        assert_memory_equal(back.dims, array.dims, sizeof back.dims);
        assert_memory_equal(back.data, numbers, back.entries * sizeof *numbers);
        rs_npy_free(&back);
    }
}

/* The bytes that numpy.save writes for array([[1, 2, 3], [4, 5, 6]], '<i4'), in both orders. */
static void the_bytes_are_numpys(void **state)
{
    static const char expected[] = "\x93NUMPY\1\0\x76\0{'descr': '<i4', 'fortran_order': False, "
                                   "'shape': (2, 3), }";
    static const char numbers[] = "\1\0\0\0\4\0\0\0\2\0\0\0\5\0\0\0\3\0\0\0\6\0\0";
    double data[] = {1, 2, 3, 4, 5, 6};
    const rs_npy array = {.dtype = RS_I32, .dims_n = 2, .dims = {2, 3}, .data = data};
    char path[PATH];
    size_t n = 0;
    assert_int_equal(rs_npy_write(in_folder(state, "a", path), &array, RS_C_ORDER, NULL), RS_OK);
    char *bytes = read_bytes(path, &n);
    assert_int_equal(n, 128 + 24);
    assert_memory_equal(bytes, expected, sizeof expected - 1);
    for (size_t k = sizeof expected - 1; k < 127; k++)
        assert_int_equal(bytes[k], ' ');
    assert_int_equal(bytes[127], '\n');
    free(bytes);
    assert_int_equal(rs_npy_write(path, &array, RS_FORTRAN_ORDER, NULL), RS_OK);
    bytes = read_bytes(path, &n);
    assert_non_null(strstr(bytes + 10, "'fortran_order': True"));
    assert_memory_equal(bytes + 128, numbers, sizeof numbers);
    free(bytes);
}

/* x.npy was written by NumPy as <f4 in Fortran order; the numbers are what NumPy prints of it. */
static void numpys_array_is_read(void **state)
{
    rs_npy x;
    (void)state;
    assert_int_equal(rs_npy_read(&x, "tests/files/x.npy", NULL), RS_OK);
    assert_int_equal(x.dtype, RS_F32);
    assert_int_equal(x.dims_n, 3);
    assert_memory_equal(x.dims, ((size_t[]){5, 4, 2}), 3 * sizeof *x.dims);
    assert_true(x.data[0] == (double)0.345584184F && x.data[8] == (double)0.364572406F &&
                x.data[39] == (double)0.109014086F);
    rs_npy_free(&x);
}

static void large_integers_are_refused(void **state)
{
    char path[PATH], *bytes;
    size_t n = 0;
    rs_npy array;
    rs_error err = {0};
    write_npy(in_folder(state, "a", path), 1, "{'descr':'<i8','fortran_order':False,'shape':(2,)}",
              16);
    bytes = read_bytes(path, &n);
    bytes[n - 2] = 0x20; /* 2^53 */
    write_bytes(path, bytes, n);
    assert_refused(rs_npy_read(&array, path, &err), RS_DATA, &err, path,
                   "entry 1 is 9007199254740992: expected integers between -2^53 and 2^53");
    free(bytes);
}

static void what_npy_cannot_hold_is_refused(void **state)
{
    double numbers[][1] = {{0.5}, {0x1p31}, {-0x1p31 - 1}, {1e300}, {0}};
    const rs_dtype dtypes[] = {RS_I64, RS_I32, RS_I32, RS_I64, RS_BF16};
    char path[PATH];
    (void)in_folder(state, "a", path);
    for (size_t k = 0; k < TESTS_N(dtypes); k++) {
        const rs_npy array = {.dtype = dtypes[k], .dims_n = 1, .dims = {1}, .data = numbers[k]};
        rs_error err = {0};
        assert_refused(rs_npy_write(path, &array, RS_C_ORDER, &err), RS_USAGE, &err, path,
                       "expected");
    }
    assert_int_equal(folder_entries(state), 0);
}

const struct CMUnitTest files_npy_tests[] = {
    IN_FOLDER(broken_arrays_are_refused),           IN_FOLDER(bad_beginnings_are_refused),
    IN_FOLDER(too_long_a_header_of_npy_is_refused), IN_FOLDER(every_version_and_spelling_is_read),
    IN_FOLDER(arrays_come_back_in_both_orders),     IN_FOLDER(the_bytes_are_numpys),
    cmocka_unit_test(numpys_array_is_read),         IN_FOLDER(large_integers_are_refused),
    IN_FOLDER(what_npy_cannot_hold_is_refused),
};
const size_t files_npy_tests_n = TESTS_N(files_npy_tests);
