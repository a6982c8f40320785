/* The number types of files, all little-endian, and their way to and from double. */
#ifndef RS_DTYPE_H
#define RS_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum rs_dtype {
    RS_F64,
    RS_F32,
    RS_F16,  /* IEEE 754 binary16; read only */
    RS_BF16, /* the upper half of a binary32; read only */
    RS_I64,
    RS_I32,
    RS_OTHER_DTYPE /* the library does not read its numbers */
} rs_dtype;

/* Bytes of one number; 0 for RS_OTHER_DTYPE. */
size_t rs_dtype_bytes(rs_dtype dtype);

/* The name in safetensors, "F64", and in .npy, "<f8" (NULL where it has none). */
const char *rs_dtype_name(rs_dtype dtype);
const char *rs_dtype_npy(rs_dtype dtype);

/* RS_OTHER_DTYPE if the name is none of the above. */
rs_dtype rs_dtype_named(const char *name);
rs_dtype rs_dtype_npy_named(const char *name);

/* numbers[n] from bytes[n · rs_dtype_bytes]. Exact, but for an RS_I64 beyond ±2^53, which is
 * rounded. Not for RS_OTHER_DTYPE. */
void rs_decode(rs_dtype dtype, const uint8_t *bytes, size_t n, double *numbers);

/* The other way, for F64, F32 (rounded to the nearest; beyond its range ±Inf), I64 and I32 (which
 * the numbers must be in range of; the fraction is dropped). */
void rs_encode(rs_dtype dtype, const double *numbers, size_t n, uint8_t *bytes);

/* The shape for people, "[4, 3]", cut to fit; returns text. */
enum { RS_SHAPE_TEXT = 128 };
const char *rs_shape_text(const size_t *dims, size_t dims_n, char text[RS_SHAPE_TEXT]);

/* A name out of a file, fit for a message: control bytes replaced, cut to length; returns text. */
enum { RS_SHOWN_TEXT = 96 };
const char *rs_shown(const char *name, char text[RS_SHOWN_TEXT]);

/* Whether bytes[n] are UTF-8 (RFC 3629) without NUL; if not, *at is the first bad byte. */
bool rs_utf8_valid(const uint8_t *bytes, size_t n, size_t *at);

#endif
