/* Reading .npy: 6 bytes of magic, 2 of version, a header length of 2 bytes (1.0) or 4 (2.0, 3.0),
 * a Python dictionary as text, {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, then
 * the numbers. */
#include "files/npy.h"

#include "base/memory.h"
#include "files/npy_header.h"

#include <stdlib.h>
#include <string.h>

enum { MAGIC_BYTES = 6, VERSION_BYTES = 2, LONGEST_HEADER = 1 << 16 };

/* Where the header lies: checks magic, version and length. */
static rs_status find_header(rs_reader *reader, size_t *begin, size_t *length, rs_error *err)
{
    uint8_t start[12] = {0};
    const size_t wanted = reader->size < sizeof start ? (size_t)reader->size : sizeof start;
    rs_status status = rs_reader_at(reader, 0, start, wanted, err);
    if (status != RS_OK)
        return status;
    if (wanted < 10 || memcmp(start, "\x93NUMPY", MAGIC_BYTES) != 0)
        return rs_fail(err, RS_DATA, "%s: no .npy file: expected it to begin with \\x93NUMPY",
                       reader->path);
    const unsigned major = start[6], minor = start[7];
    if (major < 1 || major > 3 || minor != 0)
        return rs_fail(err, RS_DATA, "%s: .npy version %u.%u at byte 6: expected 1.0, 2.0 or 3.0",
                       reader->path, major, minor);
    const size_t length_bytes = major == 1 ? 2 : 4;
    *begin = MAGIC_BYTES + VERSION_BYTES + length_bytes;
    *length = 0;
    for (size_t k = length_bytes; k-- > 0;)
        *length = *length << 8 | start[MAGIC_BYTES + VERSION_BYTES + k];
    if (*length > LONGEST_HEADER || reader->size < *begin || *length > reader->size - *begin)
        return rs_fail(err, RS_DATA,
                       "%s: header length %zu at byte 8: expected at most %d and within the file's "
                       "%llu bytes",
                       reader->path, *length, LONGEST_HEADER, (unsigned long long)reader->size);
    return RS_OK;
}

static rs_status read_header(rs_reader *reader, rs_npy *array, bool *fortran, uint64_t *data,
                             rs_error *err)
{
    size_t begin = 0, length = 0, at = 0;
    rs_npy_header header = {0};
    const char *problem = NULL;
    rs_status status = find_header(reader, &begin, &length, err);
    if (status != RS_OK)
        return status;
    char *text = rs_alloc(length + 1, 1, "the header of a .npy file", err);
    if (!text)
        return RS_INTERNAL;
    status = rs_reader_at(reader, begin, text, length, err);
    if (status == RS_OK && !rs_npy_header_parse(text, &header, &problem, &at))
        status =
            rs_fail(err, RS_DATA, "%s: header at byte %zu: %s", reader->path, begin + at, problem);
    free(text);
    array->dtype = header.dtype;
    array->dims_n = header.dims_n;
    memcpy(array->dims, header.dims, sizeof array->dims);
    *fortran = header.fortran;
    *data = begin + length;
    return status;
}

/* The shape must make up the rest of the file. */
static rs_status check_size(const rs_reader *reader, rs_npy *array, uint64_t data, rs_error *err)
{
    char shape[RS_SHAPE_TEXT];
    size_t bytes = 0;
    bool fits = true;
    array->entries = 1;
    for (size_t k = 0; k < array->dims_n; k++)
        fits = fits && rs_multiply(array->entries, array->dims[k], &array->entries);
    if (fits && rs_multiply(array->entries, rs_dtype_bytes(array->dtype), &bytes) &&
        bytes == reader->size - data)
        return RS_OK;
    double wanted = (double)rs_dtype_bytes(array->dtype);
    for (size_t k = 0; k < array->dims_n; k++)
        wanted *= (double)array->dims[k];
    return rs_fail(
        err, RS_DATA, "%s: %llu bytes of data from byte %llu on: shape %s of %s needs %.0f",
        reader->path, (unsigned long long)(reader->size - data), (unsigned long long)data,
        rs_shape_text(array->dims, array->dims_n, shape), rs_dtype_npy(array->dtype), wanted);
}

/* Where entry k of the C order stands in Fortran order, where the first index runs fastest. */
static size_t fortran_place(const rs_npy *array, size_t k)
{
    size_t place = 0, apart = array->entries;
    for (size_t j = array->dims_n; j-- > 0;) {
        apart /= array->dims[j];
        place += k % array->dims[j] * apart;
        k /= array->dims[j];
    }
    return place;
}

static rs_status to_c_order(rs_npy *array, rs_error *err)
{
    double *ordered = rs_alloc(array->entries, sizeof *ordered, "an array in Fortran order", err);
    if (!ordered)
        return RS_INTERNAL;
    for (size_t k = 0; k < array->entries; k++)
        ordered[k] = array->data[fortran_place(array, k)];
    free(array->data);
    array->data = ordered;
    return RS_OK;
}

static rs_status check_integers(const rs_reader *reader, const rs_npy *array, rs_error *err)
{
    for (size_t k = 0; k < array->entries && array->dtype == RS_I64; k++)
        if (!(array->data[k] < 0x1p53 && array->data[k] > -0x1p53))
            return rs_fail(err, RS_DATA,
                           "%s: entry %zu is %.0f: expected integers between -2^53 and 2^53",
                           reader->path, k, array->data[k]);
    return RS_OK;
}

/* After the reader is there. */
static rs_status read_array(rs_reader *reader, rs_npy *array, rs_error *err)
{
    bool fortran = false;
    uint64_t data = 0;
    rs_status status = read_header(reader, array, &fortran, &data, err);
    if (status == RS_OK)
        status = check_size(reader, array, data, err);
    if (status != RS_OK)
        return status;
    array->data = rs_alloc(array->entries, sizeof *array->data, reader->path, err);
    if (!array->data)
        return RS_INTERNAL;
    status = rs_reader_numbers(reader, data, array->dtype, array->entries, array->data, err);
    if (status == RS_OK && fortran && array->dims_n > 1)
        status = to_c_order(array, err);
    return status == RS_OK ? check_integers(reader, array, err) : status;
}

static rs_status read_and_close(rs_reader *reader, rs_npy *array, rs_error *err)
{
    rs_status status = read_array(reader, array, err);
    rs_reader_close(reader);
    if (status != RS_OK)
        rs_npy_free(array);
    return status;
}

rs_status rs_npy_read(rs_npy *array, const char *path, rs_error *err)
{
    rs_reader reader;
    *array = (rs_npy){0};
    rs_status status = rs_reader_open(&reader, path, err);
    return status == RS_OK ? read_and_close(&reader, array, err) : status;
}

rs_status rs_npy_read_over(rs_npy *array, FILE *stream, const char *name, rs_error *err)
{
    rs_reader reader;
    *array = (rs_npy){0};
    rs_status status = rs_reader_over(&reader, stream, name, err);
    return status == RS_OK ? read_and_close(&reader, array, err) : status;
}

void rs_npy_free(rs_npy *array)
{
    free(array->data);
    *array = (rs_npy){0};
}
