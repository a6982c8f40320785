#include "lessons/engine/check_numbers.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers that are checked -------------------------------------------------------------- */

/* As it would be written there, and, where that says less, to six digits. */
static void say_value(const lesson_run *run, double value, const char *path,
                      lesson_mistakes *mistakes)
{
    char text[48], exact[48];
    (void)lesson_number_like(run->text, value, text);
    (void)snprintf(exact, sizeof exact, "%.6g", value);
    const bool less = strcmp(text, exact) != 0;
    lesson_mistake(mistakes, path, run->line, "[%s]: %s is %s%s%s%s", run->text, run->expression,
                   text, less ? " (" : "", less ? exact : "", less ? ")" : "");
}

static void check_run(player *p, size_t block, const lesson_field *told, const lesson_run *run,
                      lesson_mistakes *mistakes)
{
    const char *path = p->lesson->path;
    double value = 0;
    rs_error err = {0};
    const rs_status status = player_told_value(p, block, told, run->expression, &value, &err);
    if (status != RS_OK)
        lesson_mistake(mistakes, path, run->line, "[%s]: %s", run->text, err.text);
    else if (strcmp(run->text, LESSON_NEARLY_ZERO) == 0 && value != 0 &&
             !player_rounds_to_zero(p, block, told, run->expression, value))
        lesson_mistake(mistakes, path, run->line, "[%s]: %s is %.3g, and not by rounding alone",
                       run->text, run->expression, value);
    else if (!lesson_number_is(run->text, value))
        say_value(run, value, path, mistakes);
}

/* "[9](#"…")", "[9](#)": a checked number without its title; "[9](# …" that is no link. */
static bool check_form(const lesson *l, const lesson_run *run, lesson_mistakes *mistakes)
{
    const bool words = !run->expression && !(run->style & (RUN_CODE | RUN_FORMULA));
    const bool bad = run->expression ? !*run->expression : words && strstr(run->text, "](#");
    if (bad)
        lesson_mistake(mistakes, l->path, run->line,
                       "[%.40s]: expected a checked number written [9](# \"expression\")",
                       run->expression ? run->text : "…");
    return !bad;
}

/* --- numbers that are typed ---------------------------------------------------------------- */

/* The number at text, if one begins there: its length; else 0. It is one's own, not part of a name:
 * before says what stands before it. */
static size_t number_length(const char *text, char before)
{
    if (!isdigit((unsigned char)*text) || isalnum((unsigned char)before) ||
        strchr("_[.", before ? before : ' '))
        return 0;
    size_t n = strspn(text, "0123456789");
    if (text[n] == '.' && isdigit((unsigned char)text[n + 1]))
        n += 1 + strspn(text + n + 1, "0123456789");
    if (text[n] == 'e' && (isdigit((unsigned char)text[n + 1]) ||
                           (text[n + 1] == '-' && isdigit((unsigned char)text[n + 2]))))
        n += 2 + strspn(text + n + 2, "0123456789");
    return n;
}

/* Whether this number stands in the text: by value, so that 0.50 is 0.5. */
static bool has_number(const char *text, double value)
{
    char before = ' ';
    while (text && *text) {
        const bool inside = isalnum((unsigned char)before) || before == '.' || before == '_';
        char *end = NULL;
        if (!inside && isdigit((unsigned char)*text)) {
            if (strtod(text, &end) == value)
                return true;
            text = end;
            before = end[-1];
            continue;
        }
        before = *text++;
    }
    return false;
}

static bool block_has(const lesson_block *b, double value)
{
    for (size_t k = 0; k < b->fields_n; k++)
        if (!lesson_is_told(b->fields[k].name) && has_number(b->fields[k].value, value))
            return true;
    return false;
}

static bool is_given(const lesson *l, size_t block, double value)
{
    const lesson_block *staged = lesson_scene_at(l, block);
    if ((staged && block_has(staged, value)) || block_has(&l->blocks[block], value))
        return true;
    for (size_t s = 0; s < l->steps_n; s++) {
        const lesson_step *step = &l->steps[s];
        for (size_t k = step->first; k < step->first + step->n; k++)
            if (block >= step->first && block < step->first + step->n &&
                l->blocks[k].kind == BLOCK_SLIDER && block_has(&l->blocks[k], value))
                return true;
    }
    return false;
}

/* What people count with (a line, a lesson, ten as a base), a year, a power of ten (1e-7: a
 * magnitude). */
static bool is_counting(const char *text, size_t n, double value)
{
    const bool whole = memchr(text, '.', n) == NULL && memchr(text, 'e', n) == NULL;
    const bool power = n > 2 && text[0] == '1' && text[1] == 'e';
    return power || (whole && (value <= 12 || (n == 4 && value >= 1900 && value < 2100)));
}

static void check_typed(const lesson *l, size_t block, const lesson_field *told,
                        const lesson_run *run, lesson_mistakes *mistakes)
{
    if (run->expression || run->style & (RUN_CODE | RUN_FORMULA))
        return;
    char before = ' ';
    for (const char *at = run->text; *at;) {
        const size_t n = number_length(at, before);
        const double value = n ? strtod(at, NULL) : 0;
        if (n && !is_counting(at, n, value) && !is_given(l, block, value))
            lesson_mistake(mistakes, l->path, told->line,
                           "%s: %.*s is typed: expected [%.*s](# \"expression\"), or a number that "
                           "the scene or this directive has",
                           told->name, (int)n, at, (int)n, at);
        at += n ? n : 1;
        before = at[-1];
    }
}

void check_numbers(player *p, size_t block, lesson_mistakes *mistakes)
{
    const lesson_block *b = &p->lesson->blocks[block];
    for (size_t k = 0; k < b->runs_n; k++) {
        if (check_form(p->lesson, &b->runs[k], mistakes) && b->runs[k].expression)
            check_run(p, block, NULL, &b->runs[k], mistakes);
    }
    for (size_t f = 0; f < b->fields_n; f++)
        for (size_t k = 0; k < b->fields[f].runs_n; k++) {
            const lesson_run *run = &b->fields[f].runs[k];
            check_typed(p->lesson, block, &b->fields[f], run, mistakes);
            if (check_form(p->lesson, run, mistakes) && run->expression)
                check_run(p, block, &b->fields[f], run, mistakes);
        }
}
