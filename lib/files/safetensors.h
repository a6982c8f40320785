/* safetensors files: 8 bytes of header length (little-endian), a JSON header that says for each
 * tensor its dtype, shape and place, then the raw numbers, row-major and little-endian
 * (https://huggingface.co/docs/safetensors, "Format").
 *
 * A file is trusted in nothing: every size is checked against the file before memory is taken, and
 * tensors must cover the data exactly, without overlap or gap, as the format's own reader asks. */
#ifndef RS_SAFETENSORS_H
#define RS_SAFETENSORS_H

#include "files/reader.h"

enum { RS_MAX_DIMS = 8 };

/* A tensor of an open file. */
typedef struct rs_tensor {
    char *name;
    rs_dtype dtype;
    char dtype_name[16]; /* as in the file */
    size_t dims_n, dims[RS_MAX_DIMS];
    size_t entries;      /* the product of dims; 1 without any */
    uint64_t begin, end; /* its bytes, counted from the beginning of the data */
} rs_tensor;

/* A line of __metadata__. */
typedef struct rs_pair {
    char *key, *value;
} rs_pair;

typedef struct rs_safetensors {
    rs_reader reader;
    uint64_t data; /* the byte at which the data begins */
    size_t tensors_n, metadata_n;
    rs_tensor *tensors; /* [tensors_n] in the order of the header */
    rs_pair *metadata;  /* [metadata_n] sorted by key */
} rs_safetensors;

/* Opens a file and reads its header. RS_OPEN, or RS_DATA for a header that is too short, too long
 * (over 100 MB, the limit of the format's own reader), not JSON, or wrong about a tensor: a missing
 * or unknown field, a name used twice, a shape that does not make up its bytes, bytes outside the
 * file (a truncated file), overlaps and gaps. */
rs_status rs_safetensors_open(rs_safetensors *file, const char *path, rs_error *err);

/* The same over a stream that can seek; see rs_reader_over. */
rs_status rs_safetensors_over(rs_safetensors *file, FILE *stream, const char *name, rs_error *err);

void rs_safetensors_close(rs_safetensors *file);

/* The tensor of this name, or NULL. */
const rs_tensor *rs_safetensors_find(const rs_safetensors *file, const char *name);

/* The value of this key of __metadata__, or NULL. */
const char *rs_safetensors_metadata(const rs_safetensors *file, const char *key);

/* numbers[tensor->entries] as double. RS_DATA if the dtype is none of F64, F32, F16, BF16, I64,
 * I32. NaN and Inf are read as they are. */
rs_status rs_safetensors_read(rs_safetensors *file, const rs_tensor *tensor, double *numbers,
                              rs_error *err);

/* A tensor to write; nothing is owned. */
typedef struct rs_named_array {
    const char *name; /* UTF-8, once a file */
    rs_dtype dtype;   /* F64, F32, I64 or I32 */
    size_t dims_n, dims[RS_MAX_DIMS];
    const double *data; /* [product of dims] */
} rs_named_array;

/* Writes a file, arrays in the given order, the data aligned to 8 bytes. metadata may be NULL.
 * RS_WRITE; RS_USAGE if a name stands twice or is none. */
rs_status rs_safetensors_write(const char *path, const rs_named_array *arrays, size_t arrays_n,
                               const rs_pair *metadata, size_t metadata_n, rs_error *err);

#endif
