/* The library's source, as the program was built from it: lessons show functions of it beside their
 * text. The program needs no files for this when it runs. */
#ifndef SOURCE_CODE_H
#define SOURCE_CODE_H

#include <stdbool.h>
#include <stddef.h>

/* Lines of a file; none of it is owned. */
typedef struct source_lines {
    const char *const *line;
    size_t first, n; /* the number of line[0] in its file, from 1; how many */
} source_lines;

/* All lines of "lib/cells/lstm.c"; n 0 where the program knows no such file. */
source_lines source_file(const char *file);

/* The definition of a function of that file, with the comment above it; n 0 where there is none. */
source_lines source_function(const char *file, const char *function);

/* The same of "FILE:FUNCTION". */
source_lines source_named(const char *name);

/* A line that no equation is in: it fetches arrays of the step, or speaks to the compiler. */
bool source_fetches(const char *line);

/* Breaks a line of code at a blank into parts of at most so many columns: the next part, from *at
 * on, into text[room]; false when nothing is left. *at begins as 0. Indents are halved, later parts
 * are indented by four more. */
bool source_part(const char *line, size_t columns, size_t *at, char *text, size_t room);

#endif
