/* Text as data: UTF-8 in, the next character to be predicted. A symbol is a Unicode code point; the
 * vocabulary is the sorted set of those that occur. */
#ifndef RS_TEXT_H
#define RS_TEXT_H

#include "data/data.h"

#include <stdint.h>

typedef struct rs_text {
    size_t n;
    int *symbol; /* [n] index into the vocabulary */
    size_t vocabulary_n;
    uint32_t *vocabulary; /* [vocabulary_n] code points, ascending */
} rs_text;

/* The text in bytes[n]; `name` is for messages ("file.txt"). A byte order mark at the start is left
 * out. The caller frees it with rs_text_free. Errors: RS_DATA for bytes that are not UTF-8 (RFC
 * 3629: no overlong forms, surrogates, or values beyond U+10FFFF), with the offset of the byte;
 * for fewer than two characters. */
rs_status rs_text_parse(rs_text *text, const char *bytes, size_t n, const char *name,
                        rs_error *err);

/* The same from a file. RS_OPEN if it cannot be read. */
rs_status rs_text_read(rs_text *text, const char *path, rs_error *err);
void rs_text_free(rs_text *text);

/* Writes one code point as UTF-8 with a closing zero; returns the number of bytes, 1 to 4. */
size_t rs_text_utf8(uint32_t code_point, char utf8[5]);

/* Index of a code point in the vocabulary, or −1. */
int rs_text_symbol(const rs_text *text, uint32_t code_point);

/* B windows of T characters, evenly spaced over the text, the first at its start: x one-hot
 * [T][B][vocabulary_n], label the character that follows, xent on every step. T = 0: B parts as
 * long as fit. Errors: RS_USAGE if the text is shorter than T + 1. */
rs_status rs_text_make(const rs_text *text, size_t T, size_t B, rs_data *data, rs_error *err);

/* Fills sequence b of such data with the window that starts at character `first`. */
void rs_text_window(const rs_text *text, size_t first, size_t b, rs_data *data);

#endif
