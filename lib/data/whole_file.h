/* What text and series share: reading a whole file, and where evenly spaced windows begin. */
#ifndef RS_WHOLE_FILE_H
#define RS_WHOLE_FILE_H

#include "base/error.h"

#include <stddef.h>

/* All bytes of a file or pipe, with a zero after them that *n does not count; the caller frees
 * them. NULL with err (RS_OPEN) if it cannot be read, or for want of memory. */
char *rs_whole_file(const char *path, size_t *n, rs_error *err);

/* The b-th of B places spread evenly over 0 … places−1, the first 0. */
size_t rs_spaced(size_t b, size_t B, size_t places);

#endif
