/* A parser for the one Python expression a .npy header may hold: a dictionary of the keys descr,
 * fortran_order and shape, in any order, each once. */
#include "files/npy_header.h"

#include "base/memory.h"

#include <string.h>

typedef struct cursor {
    const char *at;
    const char *problem; /* NULL: all is well so far */
} cursor;

static bool fail(cursor *c, const char *problem)
{
    c->problem = c->problem ? c->problem : problem;
    return false;
}

static void skip_blanks(cursor *c) { c->at += strspn(c->at, " \t\r\n"); }

/* Takes this character if it is the next one after blanks. */
static bool take(cursor *c, char wanted)
{
    skip_blanks(c);
    if (*c->at != wanted)
        return false;
    c->at++;
    return true;
}

static bool take_word(cursor *c, const char *word)
{
    skip_blanks(c);
    if (strncmp(c->at, word, strlen(word)) != 0)
        return false;
    c->at += strlen(word);
    return true;
}

/* 'text' or "text", without escapes, of less than 32 bytes. */
static bool read_string(cursor *c, char text[32])
{
    skip_blanks(c);
    const char quote = *c->at;
    if (quote != '\'' && quote != '"')
        return fail(c, "expected a string");
    const char *end = strchr(c->at + 1, quote);
    const size_t length = end ? (size_t)(end - c->at - 1) : 32;
    if (length >= 32)
        return fail(c, "expected a short string");
    memcpy(text, c->at + 1, length);
    text[length] = '\0';
    c->at = end + 1;
    return true;
}

static bool read_descr(cursor *c, rs_npy_header *header)
{
    const char *const expected = "expected 'descr': '<f8', '<f4', '<i8' or '<i4'";
    char text[32];
    skip_blanks(c);
    const char *start = c->at;
    if (*start != '\'' && *start != '"') /* a list: a structured array */
        return fail(c, expected);
    if (!read_string(c, text))
        return false;
    header->dtype = rs_dtype_npy_named(text);
    if (header->dtype != RS_OTHER_DTYPE)
        return true;
    c->at = start;
    return fail(c, expected);
}

static bool read_order(cursor *c, rs_npy_header *header)
{
    header->fortran = take_word(c, "True");
    if (header->fortran || take_word(c, "False"))
        return true;
    return fail(c, "expected 'fortran_order': True or False");
}

/* A whole number; Python 2 wrote 3L. */
static bool read_size(cursor *c, size_t *size)
{
    *size = 0;
    skip_blanks(c);
    if (*c->at < '0' || *c->at > '9')
        return fail(c, "expected 'shape': a tuple of whole numbers");
    for (; *c->at >= '0' && *c->at <= '9'; c->at++)
        if (!rs_multiply(*size, 10, size) || !rs_add(*size, (size_t)(*c->at - '0'), size))
            return fail(c, "expected a size that can be counted");
    c->at += *c->at == 'L';
    return true;
}

/* (), (3,), (3, 4) */
static bool read_shape(cursor *c, rs_npy_header *header)
{
    if (!take(c, '('))
        return fail(c, "expected 'shape': a tuple of whole numbers");
    while (!take(c, ')')) {
        if (header->dims_n == RS_MAX_DIMS)
            return fail(c, "expected at most 8 dimensions");
        if (!read_size(c, &header->dims[header->dims_n]))
            return false;
        header->dims_n++;
        if (!take(c, ',') && *c->at != ')')
            return fail(c, "expected ',' or ')' in 'shape'");
    }
    return true;
}

/* 'key': value; `seen` has a bit for each key that was there. */
static bool read_item(cursor *c, rs_npy_header *header, unsigned *seen)
{
    static const struct {
        const char *key;
        bool (*read)(cursor *, rs_npy_header *);
    } keys[] = {{"descr", read_descr}, {"fortran_order", read_order}, {"shape", read_shape}};
    char key[32];
    if (!read_string(c, key))
        return false;
    if (!take(c, ':'))
        return fail(c, "expected ':'");
    for (unsigned k = 0; k < 3; k++) {
        if (strcmp(keys[k].key, key) != 0)
            continue;
        if (*seen & 1U << k)
            return fail(c, "expected each key once");
        *seen |= 1U << k;
        return keys[k].read(c, header);
    }
    return fail(c, "expected the keys 'descr', 'fortran_order' and 'shape'");
}

static bool read_dictionary(cursor *c, rs_npy_header *header)
{
    unsigned seen = 0;
    if (!take(c, '{'))
        return fail(c, "expected '{'");
    while (!take(c, '}')) {
        if (!read_item(c, header, &seen))
            return false;
        if (!take(c, ',') && *c->at != '}')
            return fail(c, "expected ',' or '}'");
    }
    skip_blanks(c);
    if (seen != 7)
        return fail(c, "expected the keys 'descr', 'fortran_order' and 'shape'");
    return *c->at == '\0' || fail(c, "expected nothing after '}'");
}

bool rs_npy_header_parse(const char *text, rs_npy_header *header, const char **problem, size_t *at)
{
    cursor c = {.at = text};
    *header = (rs_npy_header){0};
    bool good = read_dictionary(&c, header);
    *problem = c.problem;
    *at = (size_t)(c.at - text);
    return good;
}
