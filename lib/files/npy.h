/* Arrays as .npy files, versions 1.0 to 3.0 of the format
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): <f8, <f4, <i8 or <i4,
 * C or Fortran order. */
#ifndef RS_NPY_H
#define RS_NPY_H

#include "files/safetensors.h"

typedef struct rs_npy {
    rs_dtype dtype; /* in the file: RS_F64, RS_F32, RS_I64 or RS_I32 */
    size_t dims_n, dims[RS_MAX_DIMS];
    size_t entries; /* the product of dims; 1 without any */
    double *data;   /* [entries] in C order, whatever the file's order is; owned */
} rs_npy;

/* Reads an array; the caller frees it. NaN and Inf are read as they are. RS_OPEN; RS_DATA for
 * another file type, version, dtype or a shape that does not make up the file's bytes, or an
 * integer beyond ±2^53, which double cannot hold. */
rs_status rs_npy_read(rs_npy *array, const char *path, rs_error *err);

/* The same over a stream that can seek; see rs_reader_over. */
rs_status rs_npy_read_over(rs_npy *array, FILE *stream, const char *name, rs_error *err);

void rs_npy_free(rs_npy *array);

typedef enum rs_order { RS_C_ORDER, RS_FORTRAN_ORDER } rs_order;

/* Writes array->data [product of dims], in C order in memory, as version 1.0 in the given order.
 * RS_WRITE; RS_USAGE for a dtype that .npy has no name for here, or integers out of its range. */
rs_status rs_npy_write(const char *path, const rs_npy *array, rs_order order, rs_error *err);

#endif
