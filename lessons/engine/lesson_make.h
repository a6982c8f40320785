/* What reading a lesson builds with: memory that grows, blocks, steps and runs. Within the engine;
 * lesson_read.c walks the Markdown, lesson_spans.c
 * reads what is within a line, lesson_directive.c the fenced blocks. */
#ifndef LESSON_MAKE_H
#define LESSON_MAKE_H

#include "lessons/engine/lesson.h"

#include <md4c.h>

/* A lesson being made. `status` stays RS_OK until memory runs out; then everything below does
 * nothing more. */
typedef struct maker {
    lesson *lesson;
    lesson_mistakes *mistakes;
    size_t line; /* of the file, now */
    rs_status status;
    lesson_block *block; /* being filled, or NULL */
} maker;

char *maker_copy(maker *m, const char *text, size_t n);
/* *to may be NULL */
void maker_append(maker *m, char **to, const char *text, size_t n);
/* Room for one more element of an array whose length is a power of two when it is full. */
void *maker_grown(maker *m, void *array, size_t n, size_t size);

/* The block that is then being filled; NULL without memory. */
lesson_block *maker_add_block(maker *m, block_kind kind);
void maker_add_step(maker *m, const char *title);
/* Adds to the block's text in this style. expression: of a checked number, or NULL. */
void maker_add_run(maker *m, unsigned style, const char *expression, const char *text, size_t n);

/* The style of the text that is being read. */
typedef struct spans {
    unsigned style;
    char *expression; /* of the link around it; owned */
} spans;
void spans_enter(maker *m, spans *s, MD_SPANTYPE type, const void *detail);
void spans_leave(spans *s, MD_SPANTYPE type);

/* Reads the value of a field that is told into its runs. */
void maker_told(maker *m, lesson_field *field);

/* Reads what stands in the fenced block of this name, which begins at m->line; false where the name
 * is no directive's. content may be NULL, and is written into. */
bool maker_directive(maker *m, const char *name, char *content);

#endif
