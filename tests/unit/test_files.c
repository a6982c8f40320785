/* lib/files: atomic writes, number types, reading by offset. */
#include "tests/unit/files_help.h"

#include "files/atomic.h"
#include "files/reader.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_text(const char *path, const char *text)
{
    rs_file file;
    rs_error err = {0};
    assert_int_equal(rs_file_begin(&file, path, &err), RS_OK);
    (void)fputs(text, file.stream);
    assert_int_equal(rs_file_commit(&file, &err), RS_OK);
}

static void assert_text(const char *path, const char *text)
{
    size_t n = 0;
    char *bytes = read_bytes(path, &n);
    assert_string_equal(bytes, text);
    free(bytes);
}

static void commit_replaces_the_old_file(void **state)
{
    char path[PATH];
    rs_file file;
    write_text(in_folder(state, "a", path), "old");
    assert_int_equal(rs_file_begin(&file, path, NULL), RS_OK);
    (void)fputs("new", file.stream);
    (void)fflush(file.stream);
    assert_text(path, "old");
    assert_int_equal(rs_file_commit(&file, NULL), RS_OK);
    assert_text(path, "new");
    assert_int_equal(folder_entries(state), 1);
}

static void abort_leaves_the_old_file(void **state)
{
    char path[PATH];
    rs_file file;
    write_text(in_folder(state, "a", path), "old");
    assert_int_equal(rs_file_begin(&file, path, NULL), RS_OK);
    (void)fputs("new", file.stream);
    rs_file_abort(&file);
    assert_text(path, "old");
    assert_int_equal(folder_entries(state), 1);
}

/* The stream is made to fail by taking its descriptor away. */
static void failed_write_leaves_the_old_file(void **state)
{
    char path[PATH];
    rs_file file;
    rs_error err = {0};
    write_text(in_folder(state, "a", path), "old");
    assert_int_equal(rs_file_begin(&file, path, NULL), RS_OK);
    (void)fputs("new", file.stream);
    FILE *full = fopen("/dev/full", "wb");
    assert_non_null(full);
    assert_true(dup2(fileno(full), fileno(file.stream)) >= 0);
    (void)fclose(full);
    rs_status status = rs_file_commit(&file, &err);
    assert_refused(status, RS_WRITE, &err, path, "cannot be written: No space left on device");
    assert_text(path, "old");
    assert_int_equal(folder_entries(state), 1);
}

static void begin_refuses_what_cannot_be_written(void **state)
{
    char path[PATH];
    rs_file file;
    rs_error err = {0};
    rs_status status = rs_file_begin(&file, in_folder(state, "no/such", path), &err);
    assert_refused(status, RS_WRITE, &err, path, "cannot be written: No such file or directory");
    status = rs_file_begin(&file, *state, &err);
    assert_refused(status, RS_WRITE, &err, *state, "cannot be written: Is a directory");
    assert_int_equal(folder_entries(state), 0);
}

static void permissions_and_links_stay(void **state)
{
    char path[PATH], link_path[PATH];
    struct stat status;
    write_text(in_folder(state, "a", path), "old");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink("a", in_folder(state, "link", link_path)), 0);
    write_text(link_path, "new");
    assert_text(path, "new");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(lstat(link_path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

/* A pipe stands for all that is no ordinary file. It lies in the test's own folder: were a device
 * of the system used and the guard broken, the device would be lost. */
static void a_pipe_is_written_to_directly(void **state)
{
    char path[PATH], text[8] = "";
    struct stat status;
    assert_int_equal(mkfifo(in_folder(state, "pipe", path), 0600), 0);
    int reading = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reading >= 0);
    write_text(path, "text");
    assert_int_equal(read(reading, text, sizeof text - 1), 4);
    (void)close(reading);
    assert_string_equal(text, "text");
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_int_equal(folder_entries(state), 1);
}

/* binary16 from its definition: (−1)^s · 2^(e−15) · 1.fraction, subnormals without the 1 */
static double half(unsigned bits)
{
    const double sign = bits & 0x8000U ? -1 : 1, fraction = bits & 0x3ffU;
    const int exponent = (int)(bits >> 10 & 0x1fU);
    if (exponent == 31)
        return fraction > 0 ? NAN : sign * INFINITY;
    return exponent == 0 ? sign * ldexp(fraction, -24)
                         : sign * ldexp(1024 + fraction, exponent - 25);
}

static void every_half_is_decoded(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 0x10000; bits++) {
        const uint8_t bytes[] = {(uint8_t)bits, (uint8_t)(bits >> 8)};
        double number = 0;
        rs_decode(RS_F16, bytes, 1, &number);
        if (isnan(half(bits)))
            assert_true(isnan(number));
        else
            assert_memory_equal(&number, &(double){half(bits)}, sizeof number);
    }
}

static void numbers_are_little_endian(void **state)
{
    static const uint8_t bf16[] = {0x80, 0x3f, 0x49, 0xc0, 0x80, 0xff};
    static const uint8_t f32[] = {0, 0, 0xc0, 0xbf}, f64[] = {0, 0, 0, 0, 0, 0, 0xf8, 0x3f};
    static const uint8_t i64[] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t i32[] = {0, 1, 0, 0x80};
    double numbers[3];
    (void)state;
    rs_decode(RS_BF16, bf16, 3, numbers);
    assert_true(numbers[0] == 1 && numbers[1] == -3.140625 && numbers[2] == -INFINITY);
    rs_decode(RS_F32, f32, 1, numbers);
    rs_decode(RS_F64, f64, 1, numbers + 1);
    assert_true(numbers[0] == -1.5 && numbers[1] == 1.5);
    rs_decode(RS_I64, i64, 1, numbers);
    rs_decode(RS_I32, i32, 1, numbers + 1);
    assert_true(numbers[0] == -2 && numbers[1] == -2147483648.0 + 256);
}

static void encode_is_the_way_back(void **state)
{
    static const double numbers[] = {0, -1, 3, 0x1p-1074, 1e300, -INFINITY, 0.1};
    uint8_t bytes[sizeof numbers];
    double back[TESTS_N(numbers)];
    (void)state;
    rs_encode(RS_F64, numbers, TESTS_N(numbers), bytes);
    rs_decode(RS_F64, bytes, TESTS_N(numbers), back);
    assert_memory_equal(back, numbers, sizeof numbers);
    rs_encode(RS_F32, numbers, TESTS_N(numbers), bytes);
    rs_decode(RS_F32, bytes, TESTS_N(numbers), back);
    assert_true(back[1] == -1 && back[3] == 0 && back[4] == INFINITY && back[6] == (double)0.1F);
    rs_encode(RS_I32, numbers, 3, bytes);
    rs_decode(RS_I32, bytes, 3, back);
    assert_memory_equal(back, numbers, 3 * sizeof *back);
    rs_encode(RS_I64, numbers, 3, bytes);
    rs_decode(RS_I64, bytes, 3, back);
    assert_memory_equal(back, numbers, 3 * sizeof *back);
}

static void dtypes_have_names(void **state)
{
    (void)state;
    for (rs_dtype dtype = RS_F64; dtype < RS_OTHER_DTYPE; dtype++) {
        assert_int_equal(rs_dtype_named(rs_dtype_name(dtype)), dtype);
        if (rs_dtype_npy(dtype))
            assert_int_equal(rs_dtype_npy_named(rs_dtype_npy(dtype)), dtype);
    }
    assert_int_equal(rs_dtype_named("F8_E4M3"), RS_OTHER_DTYPE);
    assert_int_equal(rs_dtype_npy_named(">f8"), RS_OTHER_DTYPE);
    assert_int_equal(rs_dtype_npy_named("<f4"), RS_F32);
    assert_int_equal(rs_dtype_bytes(RS_BF16), 2);
}

static void names_are_made_fit_to_show(void **state)
{
    char text[RS_SHOWN_TEXT], shape[RS_SHAPE_TEXT];
    char name[300];
    size_t at = 0;
    (void)state;
    assert_string_equal(rs_shown("rnn.weight\n\x7f", text), "rnn.weight??");
    memset(name, 'x', 90);
    for (size_t k = 90; k + 2 < sizeof name; k += 2)
        memcpy(name + k, "\xc3\xa9", 3);
    (void)rs_shown(name, text);
    assert_true(rs_utf8_valid((const uint8_t *)text, strlen(text), &at));
    assert_non_null(strstr(text, "x\xc3\xa9..."));
    assert_string_equal(rs_shape_text((const size_t[]){4, 3}, 2, shape), "[4, 3]");
    assert_string_equal(rs_shape_text(NULL, 0, shape), "[]");
}

static void utf8_is_told_from_other_bytes(void **state)
{
    static const struct {
        const char *text;
        size_t at; /* of the first bad byte */
    } bad[] = {{"a\xff", 1},        {"\xc0\x80", 0},         {"ab\xe2\x82", 2},
               {"\xed\xa0\x80", 0}, {"\xf5\x80\x80\x80", 0}, {"\xf0\x80\x80\x80", 0},
               {"\x80", 0},         {"\xe0\x80\x80", 0},     {"\xf4\x90\x80\x80", 0},
               {"\xc3z", 0}};
    const char *good = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf";
    size_t at = 0;
    (void)state;
    assert_true(rs_utf8_valid((const uint8_t *)good, strlen(good), &at));
    assert_false(rs_utf8_valid((const uint8_t *)"a\0b", 3, &at));
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        const char *text = bad[k].text;
        assert_false(rs_utf8_valid((const uint8_t *)text, strlen(text), &at));
        assert_int_equal(at, bad[k].at);
    }
}

static void reader_refuses_what_it_cannot_read(void **state)
{
    char path[PATH];
    rs_reader reader;
    rs_error err = {0};
    rs_status status = rs_reader_open(&reader, in_folder(state, "none", path), &err);
    assert_refused(status, RS_OPEN, &err, path, "cannot be opened: No such file");
    status = rs_reader_open(&reader, *state, &err);
    assert_refused(status, RS_OPEN, &err, *state, "a folder, expected an ordinary file");
    status = rs_reader_open(&reader, "/dev/null", &err);
    assert_refused(status, RS_OPEN, &err, "/dev/null", "a device or pipe");
}

static void reader_reads_by_offset(void **state)
{
    char path[PATH], bytes[3];
    rs_reader reader;
    rs_error err = {0};
    write_bytes(in_folder(state, "a", path), "abcdef", 6);
    assert_int_equal(rs_reader_open(&reader, path, &err), RS_OK);
    assert_int_equal(reader.size, 6);
    assert_int_equal(rs_reader_at(&reader, 3, bytes, 3, &err), RS_OK);
    assert_memory_equal(bytes, "def", 3);
    assert_refused(rs_reader_at(&reader, 4, bytes, 3, &err), RS_DATA, &err, path,
                   "ends at byte 6: expected 3 bytes from byte 4");
    rs_status status = rs_reader_at(&reader, UINT64_MAX, bytes, 3, &err);
    assert_refused(status, RS_DATA, &err, path, "ends at byte 6");
    rs_reader_close(&reader);
}

/* The file is longer than what a stream reads ahead. */
static void reader_sees_a_file_become_shorter(void **state)
{
    static const char zeros[1 << 17];
    char path[PATH], bytes[3];
    rs_reader reader;
    rs_error err = {0};
    write_bytes(in_folder(state, "a", path), zeros, sizeof zeros);
    assert_int_equal(rs_reader_open(&reader, path, &err), RS_OK);
    assert_int_equal(truncate(path, 2), 0);
    assert_refused(rs_reader_at(&reader, 70000, bytes, 3, &err), RS_OPEN, &err, path,
                   "cannot be read at byte 70000: the file became shorter");
    rs_reader_close(&reader);
}

/* More numbers than one piece of the reader's holds. */
static void reader_reads_many_numbers(void **state)
{
    enum { N = 20001 };
    char path[PATH];
    rs_reader reader;
    static double numbers[N], back[N];
    static uint8_t bytes[3 + N * sizeof(double)];
    for (size_t k = 0; k < N; k++)
        numbers[k] = (double)k / 7;
    rs_encode(RS_F64, numbers, N, bytes + 3);
    write_bytes(in_folder(state, "a", path), bytes, sizeof bytes);
    assert_int_equal(rs_reader_open(&reader, path, NULL), RS_OK);
    assert_int_equal(rs_reader_numbers(&reader, 3, RS_F64, N, back, NULL), RS_OK);
    assert_memory_equal(back, numbers, sizeof numbers);
    assert_int_equal(rs_reader_numbers(&reader, 4, RS_F64, N, back, NULL), RS_DATA);
    rs_reader_close(&reader);
}

const struct CMUnitTest files_tests[] = {
    IN_FOLDER(commit_replaces_the_old_file),       IN_FOLDER(abort_leaves_the_old_file),
    IN_FOLDER(failed_write_leaves_the_old_file),   IN_FOLDER(begin_refuses_what_cannot_be_written),
    IN_FOLDER(permissions_and_links_stay),         IN_FOLDER(a_pipe_is_written_to_directly),
    cmocka_unit_test(every_half_is_decoded),       cmocka_unit_test(numbers_are_little_endian),
    cmocka_unit_test(encode_is_the_way_back),      cmocka_unit_test(dtypes_have_names),
    cmocka_unit_test(names_are_made_fit_to_show),  cmocka_unit_test(utf8_is_told_from_other_bytes),
    IN_FOLDER(reader_refuses_what_it_cannot_read), IN_FOLDER(reader_reads_by_offset),
    IN_FOLDER(reader_sees_a_file_become_shorter),  IN_FOLDER(reader_reads_many_numbers),
};
const size_t files_tests_n = TESTS_N(files_tests);
