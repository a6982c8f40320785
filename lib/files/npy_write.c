#include "files/npy.h"

#include "files/atomic.h"

#include <stdio.h>

/* Integers must be whole and in range: C leaves open what else they would become. */
static rs_status check(const char *path, const rs_npy *array, size_t entries, rs_error *err)
{
    if (array->dtype > RS_I32 || !rs_dtype_npy(array->dtype) || array->dims_n > RS_MAX_DIMS)
        return rs_fail(err, RS_USAGE,
                       "%s: cannot be written as .npy: expected F64, F32, I64 or I32 and at most 8 "
                       "dimensions",
                       path);
    if (array->dtype == RS_F64 || array->dtype == RS_F32)
        return RS_OK;
    const double limit = array->dtype == RS_I32 ? 0x1p31 : 0x1p53;
    for (size_t k = 0; k < entries; k++) {
        const double number = array->data[k];
        if (!(number >= -limit && number < limit) || number != (double)(int64_t)number)
            return rs_fail(err, RS_USAGE, "%s: entry %zu is %g: expected a whole number in range",
                           path, k, number);
    }
    return RS_OK;
}

/* The dictionary, padded with blanks so that the data begins at a multiple of 64 bytes. */
static void write_header(FILE *stream, const rs_npy *array, rs_order order)
{
    enum { START = 10 };
    char text[512];
    int n = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': %s, 'shape': (",
                     rs_dtype_npy(array->dtype), order == RS_FORTRAN_ORDER ? "True" : "False");
    for (size_t k = 0; k < array->dims_n; k++)
        n += snprintf(text + n, sizeof text - (size_t)n, k ? ", %zu" : "%zu", array->dims[k]);
    n += snprintf(text + n, sizeof text - (size_t)n, array->dims_n == 1 ? ",), }" : "), }");
    const int length = (START + n + 1 + 63) / 64 * 64 - START;
    (void)fwrite("\x93NUMPY\x01\x00", 1, 8, stream);
    (void)fputc(length & 0xff, stream);
    (void)fputc(length >> 8, stream);
    (void)fprintf(stream, "%-*s\n", length - 1, text);
}

/* Where entry k of the Fortran order, in which the first index runs fastest, stands in C order. */
static size_t c_place(const rs_npy *array, size_t entries, size_t k)
{
    size_t place = 0, apart = entries;
    for (size_t j = 0; j < array->dims_n; j++) {
        apart /= array->dims[j];
        place += k % array->dims[j] * apart;
        k /= array->dims[j];
    }
    return place;
}

static void write_numbers(FILE *stream, const rs_npy *array, size_t entries, rs_order order)
{
    enum { PIECE = 4096 };
    double numbers[PIECE];
    uint8_t bytes[PIECE * sizeof(double)];
    for (size_t done = 0; done < entries; done += PIECE) {
        const size_t now = entries - done < PIECE ? entries - done : PIECE;
        for (size_t k = 0; k < now; k++)
            numbers[k] = array->data[order == RS_FORTRAN_ORDER ? c_place(array, entries, done + k)
                                                               : done + k];
        rs_encode(array->dtype, numbers, now, bytes);
        (void)fwrite(bytes, rs_dtype_bytes(array->dtype), now, stream);
    }
}

rs_status rs_npy_write(const char *path, const rs_npy *array, rs_order order, rs_error *err)
{
    rs_file file;
    size_t entries = 1;
    for (size_t k = 0; k < array->dims_n && k < RS_MAX_DIMS; k++)
        entries *= array->dims[k];
    rs_status status = check(path, array, entries, err);
    if (status == RS_OK)
        status = rs_file_begin(&file, path, err);
    if (status != RS_OK)
        return status;
    write_header(file.stream, array, order);
    write_numbers(file.stream, array, entries, order);
    return rs_file_commit(&file, err);
}
