/* Lines of text in a terminal: words and Chinese, broken where they may be. */
#ifndef LESSON_LINES_H
#define LESSON_LINES_H

#include <stddef.h>
#include <stdio.h>

enum { LESSON_COLUMNS = 84 };

/* The columns that a text takes; a Chinese sign takes two. */
size_t lesson_columns(const char *text);

/* Lines of at most LESSON_COLUMNS, later ones indented by so many blanks. */
void lesson_print_wrapped(FILE *to, const char *text, size_t indent);

/* The same, where `at` columns of the first line are taken. */
void lesson_print_from(FILE *to, const char *text, size_t indent, size_t at);

#endif
