/* Inside of lib/files: the dictionary in the header of a .npy file. */
#ifndef RS_NPY_HEADER_H
#define RS_NPY_HEADER_H

#include "files/npy.h"

typedef struct rs_npy_header {
    rs_dtype dtype; /* one that .npy has a name for */
    bool fortran;
    size_t dims_n, dims[RS_MAX_DIMS];
} rs_npy_header;

/* Parses the text, ended by NUL. False if it is not the dictionary: *problem says what was
 * expected, *at where. */
bool rs_npy_header_parse(const char *text, rs_npy_header *header, const char **problem, size_t *at);

#endif
