/* The languages of the program. The key of a text is its English form; lang.c has the Chinese of
 * each in one table, so that a text is written where it is used and read in one place. */
#ifndef LANG_H
#define LANG_H

#include <stddef.h>

typedef enum lang_kind { LANG_EN, LANG_ZH } lang_kind;
#define LANG_KINDS 2

/* The text in this language; the English itself where the table has no other. */
const char *lang_text(lang_kind to, const char *english);

/* Whether the table has the text (in English that is every text). */
int lang_has(lang_kind to, const char *english);

/* "en" or "zh" (also zh_CN, zh-Hans and so on) into *to; 0 if it is neither. */
int lang_named(const char *name, lang_kind *to);

/* The table, for tests: row k, or 0 past the end. */
int lang_row(size_t k, const char **english, const char **chinese);

#endif
