#include "data/text.h"

#include "base/memory.h"
#include "data/whole_file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_POINTS = 0x110000 };

/* Decodes the sequence at bytes[0 … n), n ≥ 1, into *code_point; returns its length, or 0 if it is
 * not UTF-8 (RFC 3629, section 4: which second bytes may follow which first ones). */
static size_t decode(const unsigned char *bytes, size_t n, uint32_t *code_point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length: no overlong forms */
    const unsigned first = bytes[0];
    const size_t length = first < 0x80         ? 1
                          : first >> 5 == 0x06 ? 2
                          : first >> 4 == 0x0e ? 3
                          : first >> 3 == 0x1e ? 4
                                               : 0;
    if (length == 0 || length > n)
        return 0;
    uint32_t value = length == 1 ? first : first & (0x7fU >> length);
    for (size_t k = 1; k < length; k++) {
        if (bytes[k] >> 6 != 2)
            return 0;
        value = value << 6 | (bytes[k] & 0x3fU);
    }
    if (value < least[length] || value >= CODE_POINTS || (value >= 0xd800 && value < 0xe000))
        return 0;
    *code_point = value;
    return length;
}

/* Decodes all into text->symbol as code points, and marks them in seen [CODE_POINTS]. */
static rs_status decode_all(rs_text *text, const char *bytes, size_t n, unsigned char *seen,
                            const char *name, rs_error *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t at = n >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    while (at < n) {
        uint32_t code_point = 0;
        const unsigned char *here = (const unsigned char *)bytes + at;
        const size_t length = decode(here, n - at, &code_point);
        if (length == 0)
            return rs_fail(err, RS_DATA, "%s: byte %zu (0x%02x) is not UTF-8, expected UTF-8 text",
                           name, at, *here);
        text->symbol[text->n++] = (int)code_point;
        seen[code_point] = 1;
        at += length;
    }
    if (text->n < 2)
        return rs_fail(err, RS_DATA, "%s: %zu characters, expected at least 2", name, text->n);
    return RS_OK;
}

/* Turns the code points in text->symbol into indices of the sorted vocabulary. */
static rs_status index_all(rs_text *text, const unsigned char *seen, rs_error *err)
{
    for (size_t code_point = 0; code_point < CODE_POINTS; code_point++)
        text->vocabulary_n += seen[code_point];
    text->vocabulary =
        rs_alloc(text->vocabulary_n, sizeof *text->vocabulary, "the vocabulary", err);
    if (!text->vocabulary)
        return RS_INTERNAL;
    size_t index = 0;
    for (uint32_t code_point = 0; code_point < CODE_POINTS; code_point++)
        if (seen[code_point])
            text->vocabulary[index++] = code_point;
    for (size_t k = 0; k < text->n; k++)
        text->symbol[k] = rs_text_symbol(text, (uint32_t)text->symbol[k]);
    return RS_OK;
}

rs_status rs_text_parse(rs_text *text, const char *bytes, size_t n, const char *name, rs_error *err)
{
    *text = (rs_text){0};
    unsigned char *seen = rs_alloc(CODE_POINTS, 1, "the vocabulary", err);
    text->symbol = rs_alloc(n, sizeof *text->symbol, "the text", err);
    rs_status status = seen && text->symbol ? RS_OK : RS_INTERNAL;
    if (status == RS_OK)
        status = decode_all(text, bytes, n, seen, name, err);
    if (status == RS_OK)
        status = index_all(text, seen, err);
    free(seen);
    if (status != RS_OK)
        rs_text_free(text);
    return status;
}

rs_status rs_text_read(rs_text *text, const char *path, rs_error *err)
{
    size_t n = 0;
    *text = (rs_text){0};
    char *bytes = rs_whole_file(path, &n, err);
    if (!bytes)
        return RS_OPEN;
    rs_status status = rs_text_parse(text, bytes, n, path, err);
    free(bytes);
    return status;
}

void rs_text_free(rs_text *text)
{
    free(text->symbol);
    free(text->vocabulary);
    *text = (rs_text){0};
}

size_t rs_text_utf8(uint32_t code_point, char utf8[5])
{
    const size_t length = code_point < 0x80      ? 1
                          : code_point < 0x800   ? 2
                          : code_point < 0x10000 ? 3
                                                 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t k = length; k-- > 1; code_point >>= 6)
        utf8[k] = (char)(0x80 | (code_point & 0x3f));
    utf8[0] = (char)(first[length] | code_point);
    utf8[length] = 0;
    return length;
}

int rs_text_symbol(const rs_text *text, uint32_t code_point)
{
    size_t low = 0, high = text->vocabulary_n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (text->vocabulary[middle] < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < text->vocabulary_n && text->vocabulary[low] == code_point ? (int)low : -1;
}

void rs_text_window(const rs_text *text, size_t first, size_t b, rs_data *data)
{
    for (size_t t = 0; t < data->T; t++) {
        double *x = data->x + (t * data->B + b) * data->I;
        memset(x, 0, data->I * sizeof *x);
        x[text->symbol[first + t]] = 1;
        data->label[t * data->B + b] = text->symbol[first + t + 1];
    }
}

rs_status rs_text_make(const rs_text *text, size_t T, size_t B, rs_data *data, rs_error *err)
{
    *data = (rs_data){0};
    if (T == 0 && B > 0)
        T = (text->n - 1) / B;
    if (T == 0 || T >= text->n)
        return rs_fail(err, RS_USAGE,
                       "%zu sequences of %zu steps: the text has %zu characters, expected at least "
                       "one more than steps",
                       B, T, text->n);
    const size_t V = text->vocabulary_n;
    rs_status status = rs_data_make(data, T, B, V, V, RS_XENT, false, err);
    for (size_t b = 0; b < B && status == RS_OK; b++)
        rs_text_window(text, rs_spaced(b, B, text->n - T), b, data);
    return status;
}
