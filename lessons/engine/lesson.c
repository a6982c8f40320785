#include "lessons/engine/lesson.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_runs(lesson_run *runs, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        free(runs[k].text);
        free(runs[k].expression);
    }
    free(runs);
}

static void free_block(lesson_block *b)
{
    for (size_t k = 0; k < b->fields_n; k++) {
        free(b->fields[k].name);
        free(b->fields[k].value);
        free_runs(b->fields[k].runs, b->fields[k].runs_n);
    }
    free_runs(b->runs, b->runs_n);
    free(b->fields);
    free(b->text);
}

void lesson_free(lesson *l)
{
    for (size_t k = 0; k < l->blocks_n; k++)
        free_block(&l->blocks[k]);
    for (size_t k = 0; k < l->steps_n; k++)
        free(l->steps[k].title);
    free(l->blocks);
    free(l->steps);
    free(l->title);
    free(l->path);
    *l = (lesson){0};
}

void lesson_mistake(lesson_mistakes *mistakes, const char *path, size_t line, const char *format,
                    ...)
{
    char what[600], *whole = malloc(1200);
    char **longer = mistakes ? realloc(mistakes->text, (mistakes->n + 1) * sizeof *longer) : NULL;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (longer)
        mistakes->text = longer;
    if (!longer || !whole) {
        free(whole);
        return;
    }
    (void)snprintf(whole, 1200, "%.500s: line %zu: %s", path, line, what);
    mistakes->text[mistakes->n++] = whole;
}

void lesson_mistakes_free(lesson_mistakes *mistakes)
{
    for (size_t k = 0; k < mistakes->n; k++)
        free(mistakes->text[k]);
    free(mistakes->text);
    *mistakes = (lesson_mistakes){0};
}
