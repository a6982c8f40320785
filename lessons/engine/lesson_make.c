#include "lessons/engine/lesson_make.h"

#include <stdlib.h>
#include <string.h>

char *maker_copy(maker *m, const char *text, size_t n)
{
    char *copy = malloc(n + 1);
    if (!copy) {
        m->status = RS_INTERNAL;
        return NULL;
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

void maker_append(maker *m, char **to, const char *text, size_t n)
{
    const size_t had = *to ? strlen(*to) : 0;
    char *longer = realloc(*to, had + n + 1);
    if (!longer) {
        m->status = RS_INTERNAL;
        return;
    }
    memcpy(longer + had, text, n);
    longer[had + n] = '\0';
    *to = longer;
}

void *maker_grown(maker *m, void *array, size_t n, size_t size)
{
    if (n & (n - 1)) /* n is no power of two: there is room */
        return array;
    void *longer = realloc(array, (n ? 2 * n : 1) * size);
    if (!longer)
        m->status = RS_INTERNAL;
    return longer;
}

lesson_block *maker_add_block(maker *m, block_kind kind)
{
    lesson *l = m->lesson;
    lesson_block *blocks = maker_grown(m, l->blocks, l->blocks_n, sizeof *blocks);
    m->block = NULL;
    if (!blocks)
        return NULL;
    l->blocks = blocks;
    m->block = &blocks[l->blocks_n++];
    *m->block = (lesson_block){.kind = kind, .line = m->line};
    if (l->steps_n > 0)
        l->steps[l->steps_n - 1].n++;
    return m->block;
}

void maker_add_step(maker *m, const char *title)
{
    lesson *l = m->lesson;
    lesson_step *steps = maker_grown(m, l->steps, l->steps_n, sizeof *steps);
    if (!steps)
        return;
    l->steps = steps;
    steps[l->steps_n++] = (lesson_step){
        .title = maker_copy(m, title, strlen(title)), .line = m->line, .first = l->blocks_n};
}

void maker_add_run(maker *m, unsigned style, const char *expression, const char *text, size_t n)
{
    lesson_block *b = m->block;
    if (!b)
        return;
    lesson_run *last = b->runs_n ? &b->runs[b->runs_n - 1] : NULL;
    if (last && last->style == style && !(style & (RUN_CHECKED | RUN_FORMULA))) {
        maker_append(m, &last->text, text, n);
        return;
    }
    lesson_run *runs = maker_grown(m, b->runs, b->runs_n, sizeof *runs);
    if (!runs)
        return;
    b->runs = runs;
    runs[b->runs_n++] = (lesson_run){
        .text = maker_copy(m, text, n),
        .expression = expression ? maker_copy(m, expression, strlen(expression)) : NULL,
        .style = style,
        .line = m->line};
}
