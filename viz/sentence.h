/* Sentences that come finished, in English: what the library says of an error, what a judge said in
 * a process of its own. Here they are read by their pattern and said in the language of the window;
 * names, numbers and paths stay. What no pattern fits stays English. */
#ifndef SENTENCE_H
#define SENTENCE_H

#include "viz/lang.h"

#include <stdbool.h>

enum { SENTENCE_TEXT = 1024 };

/* One line, without its end; into text, or the English itself. */
const char *sentence_text(lang_kind lang, const char *english, char text[SENTENCE_TEXT]);

/* One pattern: {1} to {9} stand for what varies. */
typedef struct sentence_row {
    const char *english, *chinese;
} sentence_row;

/* Row k of the table, for sentence.c and tests; NULL past its end. */
const sentence_row *sentence_pattern(size_t k);

#endif
