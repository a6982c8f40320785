#include "viz/lesson_lines.h"

#include <stdbool.h>
#include <string.h>

/* The bytes of the first sign of a text, and the columns it takes. */
static size_t sign_bytes(const char *text, size_t *columns)
{
    const unsigned char c = (unsigned char)*text;
    size_t n = *text != '\0';
    *columns = 0;
    if (c == '\033') /* bold and its end: "\033[1m" */
        return strcspn(text, "m") + 1;
    while (((unsigned char)text[n] & 0xC0U) == 0x80U)
        n++;
    /* Chinese, its punctuation and full-width forms: U+2E80 … U+A4CF, U+F900 … U+FAFF, U+FF00 … */
    const bool wide = n == 3 && ((c == 0xE2 && (unsigned char)text[1] >= 0xBA) ||
                                 (c >= 0xE3 && c <= 0xE9) || c == 0xEF);
    *columns = n >= 4 || wide ? 2 : n > 0;
    return n;
}

size_t lesson_columns(const char *text)
{
    size_t sum = 0, columns = 0;
    for (size_t n = sign_bytes(text, &columns); n > 0; n = sign_bytes(text, &columns)) {
        sum += columns;
        text += n;
    }
    return sum;
}

/* Whether the sign is one of these, each of three bytes. */
static bool is_one_of(const char *signs, const char *sign, size_t n)
{
    for (const char *at = signs; n == 3 && *at; at += 3)
        if (memcmp(at, sign, 3) == 0)
            return true;
    return false;
}

/* Signs that no line begins with, and that none ends with. */
static const char closing[] = "，。、；：！？）］》”’」』】…", opening[] = "（［《“‘「『【";

/* A word, or a sign of Chinese with what closes it: what a line cannot be broken within. */
static size_t word_bytes(const char *text, size_t *columns)
{
    size_t n = 0, width = 0;
    bool whole = false, opened = false; /* only what closes may follow; anything does */
    *columns = 0;
    while (text[n] && text[n] != ' ' && text[n] != '\n') {
        const size_t bytes = sign_bytes(text + n, &width);
        const bool closes = is_one_of(closing, text + n, bytes);
        const bool opens = is_one_of(opening, text + n, bytes);
        if (!closes && !opened && (whole || ((width == 2 || opens) && n > 0)))
            break;
        opened = opens;
        whole = !opens && (whole || closes || width == 2);
        n += bytes;
        *columns += width;
    }
    return n;
}

void lesson_print_from(FILE *to, const char *text, size_t indent, size_t at)
{
    size_t columns = 0;
    bool blank = false;
    for (; *text == ' '; text++, at++) /* the blanks that a text begins with are meant */
        (void)fputc(' ', to);
    while (*text) {
        if (*text == ' ' || *text == '\n') {
            blank = true;
            if (*text++ == '\n') {
                at = indent;
                blank = false;
                (void)fprintf(to, "\n%*s", (int)indent, "");
            }
            continue;
        }
        const size_t n = word_bytes(text, &columns);
        if (at > indent && at + blank + columns > LESSON_COLUMNS) {
            (void)fprintf(to, "\n%*s", (int)indent, "");
            at = indent;
            blank = false;
        }
        (void)fprintf(to, "%s%.*s", blank ? " " : "", (int)n, text);
        at += blank + columns;
        blank = false;
        text += n;
    }
    (void)fputc('\n', to);
}

void lesson_print_wrapped(FILE *to, const char *text, size_t indent)
{
    lesson_print_from(to, text, indent, 0);
}
