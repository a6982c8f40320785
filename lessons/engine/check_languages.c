/* Whether two languages of a lesson say the same of what a program can read. */
#include "lessons/engine/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *directive_name(block_kind kind)
{
    switch (kind) {
    case BLOCK_SCENE:
        return "scene";
    case BLOCK_PREDICT:
        return "predict";
    case BLOCK_SLIDER:
        return "slider";
    case BLOCK_TASK:
        return "task";
    case BLOCK_SOURCE:
        return "source";
    case BLOCK_EXERCISE:
        return "exercise";
    case BLOCK_DETAILS:
        return "details";
    case BLOCK_FORMULA:
        return "math";
    default:
        return NULL;
    }
}

/* The next directive of the step at or after block `k`; the step's end if there is none. */
static size_t next_directive(const lesson *l, const lesson_step *step, size_t k)
{
    while (k < step->first + step->n && !directive_name(l->blocks[k].kind))
        k++;
    return k;
}

static void compare_fields(const lesson *first, const lesson_block *a, const lesson *second,
                           const lesson_block *b, lesson_mistakes *mistakes)
{
    for (size_t k = 0; k < a->fields_n || k < b->fields_n; k++) {
        const lesson_field *mine = k < b->fields_n ? &b->fields[k] : NULL;
        const lesson_field *theirs = k < a->fields_n ? &a->fields[k] : NULL;
        if (mine && theirs && strcmp(mine->name, theirs->name) == 0 &&
            (lesson_is_told(mine->name) || strcmp(mine->value, theirs->value) == 0))
            continue;
        lesson_mistake(mistakes, second->path, mine ? mine->line : b->line,
                       "%s is `%s %s`: line %zu of %s has `%s %s`", directive_name(b->kind),
                       mine ? mine->name : "nothing", mine ? mine->value : "",
                       theirs ? theirs->line : a->line, first->path,
                       theirs ? theirs->name : "nothing", theirs ? theirs->value : "");
        return;
    }
    const bool named = b->kind == BLOCK_SOURCE || b->kind == BLOCK_EXERCISE;
    if (named && (!a->text || !b->text || strcmp(a->text, b->text) != 0))
        lesson_mistake(mistakes, second->path, b->line, "%s `%s`: line %zu of %s has `%s`",
                       directive_name(b->kind), b->text ? b->text : "", a->line, first->path,
                       a->text ? a->text : "");
}

static void compare_directives(const lesson *first, const lesson_step *a, const lesson *second,
                               const lesson_step *b, lesson_mistakes *mistakes)
{
    size_t j = next_directive(first, a, a->first), k = next_directive(second, b, b->first);
    while (j < a->first + a->n || k < b->first + b->n) {
        const lesson_block *theirs = j < a->first + a->n ? &first->blocks[j] : NULL;
        const lesson_block *mine = k < b->first + b->n ? &second->blocks[k] : NULL;
        if (!mine || !theirs || mine->kind != theirs->kind) {
            lesson_mistake(mistakes, second->path, mine ? mine->line : b->line,
                           "%s where line %zu of %s has %s",
                           mine ? directive_name(mine->kind) : "a directive is missing",
                           theirs ? theirs->line : a->line, first->path,
                           theirs ? directive_name(theirs->kind) : "none");
            return;
        }
        compare_fields(first, theirs, second, mine, mistakes);
        j = next_directive(first, a, j + 1);
        k = next_directive(second, b, k + 1);
    }
}

/* A walk over the checked numbers of a step: in the text, and in what directives tell. */
typedef struct number_walk {
    const lesson *l;
    const lesson_step *step;
    size_t block, field, run; /* field 0: the text; k: field k − 1 */
} number_walk;

static const lesson_run *next_number(number_walk *w)
{
    while (w->block < w->step->first + w->step->n) {
        const lesson_block *b = &w->l->blocks[w->block];
        const lesson_run *runs = w->field ? b->fields[w->field - 1].runs : b->runs;
        const size_t n = w->field ? b->fields[w->field - 1].runs_n : b->runs_n;
        while (w->run < n)
            if (runs[w->run++].expression)
                return &runs[w->run - 1];
        w->run = 0;
        if (w->field++ == b->fields_n) {
            w->field = 0;
            w->block++;
        }
    }
    return NULL;
}

static number_walk numbers_of(const lesson *l, const lesson_step *step)
{
    return (number_walk){.l = l, .step = step, .block = step->first};
}

/* How often a step has a checked number of this expression. */
static size_t times(const lesson *l, const lesson_step *step, const char *expression)
{
    size_t n = 0;
    number_walk walk = numbers_of(l, step);
    for (const lesson_run *run; (run = next_number(&walk));)
        n += strcmp(run->expression, expression) == 0;
    return n;
}

/* The order of numbers within a step is the language's own. */
static void compare_numbers(const lesson *first, const lesson_step *a, const lesson *second,
                            const lesson_step *b, bool swapped, lesson_mistakes *mistakes)
{
    number_walk walk = numbers_of(first, a);
    for (const lesson_run *run; (run = next_number(&walk));) {
        if (times(first, a, run->expression) <= times(second, b, run->expression))
            continue;
        if (swapped)
            lesson_mistake(mistakes, first->path, run->line,
                           "the number `%s` is not in the same step of %s", run->expression,
                           second->path);
        else
            lesson_mistake(mistakes, second->path, b->line,
                           "the number `%s` of line %zu of %s is missing in this step",
                           run->expression, run->line, first->path);
        return;
    }
}

void lesson_check_languages(const lesson *first, const lesson *second, lesson_mistakes *mistakes)
{
    if (first->steps_n != second->steps_n)
        lesson_mistake(mistakes, second->path, 1, "%zu steps: %s has %zu", second->steps_n,
                       first->path, first->steps_n);
    for (size_t k = 0; k < first->steps_n && k < second->steps_n; k++) {
        const lesson_step *a = &first->steps[k], *b = &second->steps[k];
        compare_directives(first, a, second, b, mistakes);
        compare_numbers(first, a, second, b, false, mistakes);
        compare_numbers(second, b, first, a, true, mistakes);
    }
}

void lesson_check_folder(const char *folder, const lesson_check_options *options,
                         lesson_mistakes *mistakes)
{
    static const char *const names[2] = {"lesson.md", "lesson.zh.md"};
    lesson l[2];
    bool there[2];
    for (size_t k = 0; k < 2; k++) {
        char path[1024];
        rs_error err = {0};
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[k]);
        const rs_status status = lesson_read(path, &l[k], mistakes, &err);
        there[k] = status == RS_OK || status == RS_DATA;
        if (there[k])
            lesson_check(&l[k], options, mistakes);
        else
            lesson_mistake(mistakes, path, 1, "cannot be read");
    }
    if (there[0] && there[1])
        lesson_check_languages(&l[0], &l[1], mistakes);
    for (size_t k = 0; k < 2; k++)
        if (there[k])
            lesson_free(&l[k]);
}
