/* What is within a line of Markdown: emphasis, code, formulas, links. */
#include "lessons/engine/lesson_make.h"

#include <stdlib.h>
#include <string.h>

static unsigned style_of(MD_SPANTYPE type)
{
    switch (type) {
    case MD_SPAN_STRONG:
        return RUN_STRONG;
    case MD_SPAN_EM:
        return RUN_EMPHASIS;
    case MD_SPAN_CODE:
        return RUN_CODE;
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
        return RUN_FORMULA;
    default:
        return 0;
    }
}

void spans_enter(maker *m, spans *s, MD_SPANTYPE type, const void *detail)
{
    s->style |= style_of(type);
    if (type != MD_SPAN_A)
        return;
    const MD_SPAN_A_DETAIL *a = detail;
    const bool checked = a->href.size > 0 && a->href.text[0] == '#';
    s->style |= checked ? RUN_CHECKED : RUN_LINK;
    if (checked)
        s->expression = maker_copy(m, a->title.text ? a->title.text : "", a->title.size);
}

void spans_leave(spans *s, MD_SPANTYPE type)
{
    s->style &= ~style_of(type);
    if (type != MD_SPAN_A)
        return;
    s->style &= ~(unsigned)(RUN_CHECKED | RUN_LINK);
    free(s->expression);
    s->expression = NULL;
}

/* --- what a directive tells ---------------------------------------------------------------- */

bool lesson_is_told(const char *name)
{
    static const char *const names[] = {"ask", "goal", "hint", "why"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(name, names[k]) == 0)
            return true;
    return false;
}

/* A value being read: a paragraph of one line. */
typedef struct telling {
    maker *m;
    spans spans;
    size_t skip; /* bytes of `before` that are still to come */
} telling;

/* Stands before the value, so that one that begins with "2." or "-" is no list. */
static const char before[] = "x ";

static int any_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    (void)type;
    (void)detail;
    (void)context;
    return 0;
}

static int enter(MD_SPANTYPE type, void *detail, void *context)
{
    telling *t = context;
    spans_enter(t->m, &t->spans, type, detail);
    return t->m->status == RS_OK ? 0 : -1;
}

static int leave(MD_SPANTYPE type, void *detail, void *context)
{
    (void)detail;
    spans_leave(&((telling *)context)->spans, type);
    return 0;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *from, MD_SIZE n, void *context)
{
    telling *t = context;
    const size_t skipped = t->skip < n ? t->skip : n;
    (void)type;
    t->skip -= skipped;
    if (n > skipped)
        maker_add_run(t->m, t->spans.style, t->spans.expression, from + skipped, n - skipped);
    return t->m->status == RS_OK ? 0 : -1;
}

void maker_told(maker *m, lesson_field *field)
{
    lesson_block *filled = m->block, words = {.kind = BLOCK_PARAGRAPH};
    const size_t at = m->line;
    char *value = NULL;
    telling t = {.m = m, .skip = sizeof before - 1};
    const MD_PARSER parser = {.flags = MD_FLAG_LATEXMATHSPANS | MD_FLAG_NOHTML,
                              .enter_block = any_block,
                              .leave_block = any_block,
                              .enter_span = enter,
                              .leave_span = leave,
                              .text = text};
    maker_append(m, &value, before, sizeof before - 1);
    maker_append(m, &value, field->value, strlen(field->value));
    m->block = &words;
    m->line = field->line;
    if (value)
        (void)md_parse(value, (MD_SIZE)strlen(value), &parser, &t);
    m->block = filled;
    m->line = at;
    field->runs = words.runs;
    field->runs_n = words.runs_n;
    free(t.spans.expression);
    free(value);
}
