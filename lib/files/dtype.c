#include "files/dtype.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *npy;
    size_t bytes;
} dtypes[] = {
    [RS_F64] = {"F64", "<f8", 8},      [RS_F32] = {"F32", "<f4", 4}, [RS_F16] = {"F16", NULL, 2},
    [RS_BF16] = {"BF16", NULL, 2},     [RS_I64] = {"I64", "<i8", 8}, [RS_I32] = {"I32", "<i4", 4},
    [RS_OTHER_DTYPE] = {NULL, NULL, 0}};

size_t rs_dtype_bytes(rs_dtype dtype) { return dtypes[dtype].bytes; }

const char *rs_dtype_name(rs_dtype dtype) { return dtypes[dtype].name; }

const char *rs_dtype_npy(rs_dtype dtype) { return dtypes[dtype].npy; }

rs_dtype rs_dtype_named(const char *name)
{
    rs_dtype dtype = RS_F64;
    while (dtype < RS_OTHER_DTYPE && strcmp(dtypes[dtype].name, name) != 0)
        dtype++;
    return dtype;
}

rs_dtype rs_dtype_npy_named(const char *name)
{
    rs_dtype dtype = RS_F64;
    while (dtype < RS_OTHER_DTYPE && !(dtypes[dtype].npy && strcmp(dtypes[dtype].npy, name) == 0))
        dtype++;
    return dtype;
}

/* Little-endian, whatever the machine is. */
static uint64_t bits_from(const uint8_t *bytes, size_t n)
{
    uint64_t bits = 0;
    for (size_t k = 0; k < n; k++)
        bits |= (uint64_t)bytes[k] << 8 * k;
    return bits;
}

static void bits_to(uint64_t bits, uint8_t *bytes, size_t n)
{
    for (size_t k = 0; k < n; k++)
        bytes[k] = (uint8_t)(bits >> 8 * k);
}

static double from_f64(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static double from_f32(uint32_t bits)
{
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* binary16: 1 sign, 5 exponent, 10 fraction. Its fraction is put into binary32's place; then one
 * product by 2^(127 − 15) moves the exponent's bias, subnormals included. */
static double from_f16(uint32_t bits)
{
    const uint32_t sign = (bits & 0x8000U) << 16, rest = (bits & 0x7fffU) << 13;
    if ((bits & 0x7c00U) == 0x7c00U) /* Inf, NaN */
        return from_f32(sign | 0x7f800000U | rest);
    return from_f32(sign | rest) * 0x1p112;
}

static double decode(rs_dtype dtype, const uint8_t *bytes)
{
    switch (dtype) {
    case RS_F64:
        return from_f64(bits_from(bytes, 8));
    case RS_F32:
        return from_f32((uint32_t)bits_from(bytes, 4));
    case RS_F16:
        return from_f16((uint32_t)bits_from(bytes, 2));
    case RS_BF16:
        return from_f32((uint32_t)bits_from(bytes, 2) << 16);
    case RS_I64:
        return (double)(int64_t)bits_from(bytes, 8);
    case RS_I32:
        return (double)(int32_t)bits_from(bytes, 4);
    default:
        return 0;
    }
}

void rs_decode(rs_dtype dtype, const uint8_t *bytes, size_t n, double *numbers)
{
    const size_t size = rs_dtype_bytes(dtype);
    for (size_t k = 0; k < n; k++)
        numbers[k] = decode(dtype, bytes + k * size);
}

static void encode(rs_dtype dtype, double number, uint8_t *bytes)
{
    uint64_t bits = 0;
    if (dtype == RS_F64) {
        memcpy(&bits, &number, sizeof number);
    } else if (dtype == RS_F32) {
        float single = (float)number;
        uint32_t bits32;
        memcpy(&bits32, &single, sizeof single);
        bits = bits32;
    } else {
        bits = (uint64_t)(int64_t)number;
    }
    bits_to(bits, bytes, rs_dtype_bytes(dtype));
}

void rs_encode(rs_dtype dtype, const double *numbers, size_t n, uint8_t *bytes)
{
    const size_t size = rs_dtype_bytes(dtype);
    for (size_t k = 0; k < n; k++)
        encode(dtype, numbers[k], bytes + k * size);
}

const char *rs_shape_text(const size_t *dims, size_t dims_n, char text[RS_SHAPE_TEXT])
{
    int used = snprintf(text, RS_SHAPE_TEXT, "[");
    for (size_t k = 0; k < dims_n && used < RS_SHAPE_TEXT - 32; k++)
        used += snprintf(text + used, (size_t)(RS_SHAPE_TEXT - used), k ? ", %zu" : "%zu", dims[k]);
    (void)snprintf(text + used, (size_t)(RS_SHAPE_TEXT - used), "]");
    return text;
}

const char *rs_shown(const char *name, char text[RS_SHOWN_TEXT])
{
    size_t n = 0;
    for (; name[n] && n < RS_SHOWN_TEXT - 4; n++)
        text[n] = (unsigned char)name[n] < ' ' || name[n] == 0x7f ? '?' : name[n];
    while (name[n] && n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80)
        n--; /* never cut within a character */
    memcpy(text + n, "...", 4);
    if (!name[n])
        text[n] = '\0';
    return text;
}

/* The length of a UTF-8 sequence that begins with this byte, 0 if none does; *least is the smallest
 * code point that needs the length. */
static size_t sequence_length(uint8_t first, uint32_t *least)
{
    *least = first < 0xe0 ? 0x80 : first < 0xf0 ? 0x800 : 0x10000;
    if (first >= 1 && first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

bool rs_utf8_valid(const uint8_t *bytes, size_t n, size_t *at)
{
    size_t length = 0;
    for (size_t k = 0; k < n; k += length) {
        uint32_t least = 0;
        length = sequence_length(bytes[k], &least);
        *at = k;
        if (length == 0 || length > n - k)
            return false;
        if (length == 1)
            continue;
        uint32_t point = bytes[k] & (0xffU >> (length + 1));
        for (size_t j = 1; j < length; j++) {
            if ((bytes[k + j] & 0xc0) != 0x80)
                return false;
            point = point << 6 | (bytes[k + j] & 0x3fU);
        }
        if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
            return false;
    }
    return true;
}
