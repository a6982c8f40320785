/* A file whose size is known, read by offset: what the readers of safetensors and .npy stand on. */
#ifndef RS_READER_H
#define RS_READER_H

#include "base/error.h"
#include "files/dtype.h"

#include <stdint.h>
#include <stdio.h>

typedef struct rs_reader {
    FILE *stream;  /* owned */
    char *path;    /* for messages; owned */
    uint64_t size; /* bytes */
} rs_reader;

/* Opens a file. RS_OPEN if it cannot be opened, or is a folder or a pipe. */
rs_status rs_reader_open(rs_reader *reader, const char *path, rs_error *err);

/* The same over a stream that can seek, which the reader then owns (also on failure); `name` stands
 * for the path in messages. */
rs_status rs_reader_over(rs_reader *reader, FILE *stream, const char *name, rs_error *err);

void rs_reader_close(rs_reader *reader);

/* Reads bytes [offset, offset + n). RS_DATA if the file ends before, RS_OPEN if the system cannot
 * read it. */
rs_status rs_reader_at(rs_reader *reader, uint64_t offset, void *bytes, size_t n, rs_error *err);

/* Reads n numbers that begin at offset, in small pieces: nothing is held twice. */
rs_status rs_reader_numbers(rs_reader *reader, uint64_t offset, rs_dtype dtype, size_t n,
                            double *numbers, rs_error *err);

#endif
