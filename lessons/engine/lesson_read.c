/* Reading a lesson: md4c (CommonMark) calls back, and what it says becomes steps and blocks. */
#include "lessons/engine/lesson_make.h"

#include <errno.h>
#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The walk through the Markdown. */
typedef struct walk {
    maker make;
    const char *source; /* the whole text, so that a pointer into it tells its line */
    size_t source_n;
    char *fence;   /* name of the fenced block, or NULL */
    char *heading; /* text of a heading being read, or NULL */
    unsigned heading_level;
    spans spans;
    char *collected;    /* text of code, formula or html */
    size_t list_number; /* next number; 0: bullets */
    size_t details;     /* the line of <details> that is not closed yet; 0: none */
    bool in_quote, in_head;
} walk;

static void see_line(walk *w, const char *text)
{
    if (text < w->source || text >= w->source + w->source_n)
        return; /* md4c's own, such as a line break */
    size_t line = 1;
    for (const char *c = w->source; c < text; c++)
        line += *c == '\n';
    w->make.line = line;
}

static void finish_code(walk *w)
{
    if (w->fence && maker_directive(&w->make, w->fence, w->collected))
        return;
    const bool formula = w->fence && strcmp(w->fence, "math") == 0;
    lesson_block *b = maker_add_block(&w->make, formula ? BLOCK_FORMULA : BLOCK_CODE);
    if (b) {
        b->text = w->collected;
        w->collected = NULL;
    }
}

/* At the end of the lesson, a step or another <details>. */
static void expect_closed(walk *w)
{
    if (w->details > 0)
        lesson_mistake(w->make.mistakes, w->make.lesson->path, w->details,
                       "<details>: expected </details> within the step");
    w->details = 0;
}

/* <details><summary>…</summary>, </details> */
static void finish_html(walk *w)
{
    const char *text = w->collected ? w->collected : "";
    const char *summary = strstr(text, "<summary>"), *end = strstr(text, "</summary>");
    if (summary && end && end[10 + strspn(end + 10, " \t\r\n")] != '\0') {
        lesson_mistake(
            w->make.mistakes, w->make.lesson->path, w->make.line,
            "</summary>: expected an empty line after it, or Markdown does not read what "
            "is hidden");
    } else if (strstr(text, "</details>")) {
        if (w->details == 0)
            lesson_mistake(w->make.mistakes, w->make.lesson->path, w->make.line,
                           "</details>: no <details> is open");
        w->details = 0;
        maker_add_block(&w->make, BLOCK_END);
    } else if (strncmp(text, "<details>", 9) == 0 && summary && end && end > summary) {
        expect_closed(w);
        w->details = w->make.line;
        lesson_block *b = maker_add_block(&w->make, BLOCK_DETAILS);
        if (b)
            b->text = maker_copy(&w->make, summary + 9, (size_t)(end - summary) - 9);
    } else if (strncmp(text, "<!--", 4) != 0) {
        lesson_mistake(w->make.mistakes, w->make.lesson->path, w->make.line,
                       "HTML other than <details><summary>…</summary> and </details> is not shown");
    }
}

/* --- md4c's callbacks ---------------------------------------------------------------------- */

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    walk *w = context;
    free(w->collected);
    w->collected = NULL;
    switch (type) {
    case MD_BLOCK_H:
        w->heading_level = ((MD_BLOCK_H_DETAIL *)detail)->level;
        w->heading = maker_copy(&w->make, "", 0);
        break;
    case MD_BLOCK_CODE: {
        const MD_ATTRIBUTE *lang = &((MD_BLOCK_CODE_DETAIL *)detail)->lang;
        w->fence = lang->size ? maker_copy(&w->make, lang->text, lang->size) : NULL;
        if (lang->size)
            see_line(w, lang->text);
        break;
    }
    case MD_BLOCK_P:
        if (!w->make.block || w->make.block->kind != BLOCK_ITEM || w->make.block->runs_n > 0)
            maker_add_block(&w->make, w->in_quote ? BLOCK_QUOTE : BLOCK_PARAGRAPH);
        break;
    case MD_BLOCK_QUOTE:
        w->in_quote = true;
        break;
    case MD_BLOCK_UL:
        w->list_number = 0;
        break;
    case MD_BLOCK_OL:
        w->list_number = ((MD_BLOCK_OL_DETAIL *)detail)->start;
        break;
    case MD_BLOCK_LI:
        if (maker_add_block(&w->make, BLOCK_ITEM))
            w->make.block->number = w->list_number ? w->list_number++ : 0;
        break;
    case MD_BLOCK_THEAD:
        w->in_head = true;
        break;
    case MD_BLOCK_TR:
        if (maker_add_block(&w->make, BLOCK_ROW))
            w->make.block->number = w->in_head;
        break;
    default:
        break;
    }
    return w->make.status == RS_OK ? 0 : -1;
}

static void finish_heading(walk *w)
{
    if (w->heading_level == 1 && !w->make.lesson->title) {
        w->make.lesson->title = w->heading;
    } else {
        expect_closed(w);
        maker_add_step(&w->make, w->heading ? w->heading : "");
        free(w->heading);
    }
    w->heading = NULL;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    walk *w = context;
    (void)detail;
    switch (type) {
    case MD_BLOCK_H:
        finish_heading(w);
        break;
    case MD_BLOCK_CODE:
        finish_code(w);
        free(w->fence);
        w->fence = NULL;
        break;
    case MD_BLOCK_HTML:
        finish_html(w);
        break;
    case MD_BLOCK_QUOTE:
        w->in_quote = false;
        break;
    case MD_BLOCK_THEAD:
        w->in_head = false;
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD: {
        const unsigned style = w->spans.style;
        w->spans.style = 0;
        maker_add_run(&w->make, w->spans.style, w->spans.expression, "\t", 1);
        w->spans.style = style;
        break;
    }
    case MD_BLOCK_P:
    case MD_BLOCK_TR:
        w->make.block = NULL;
        break;
    default:
        break;
    }
    free(w->collected);
    w->collected = NULL;
    return w->make.status == RS_OK ? 0 : -1;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *context)
{
    walk *w = context;
    spans_enter(&w->make, &w->spans, type, detail);
    return w->make.status == RS_OK ? 0 : -1;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context)
{
    walk *w = context;
    (void)detail;
    spans_leave(&w->spans, type);
    return 0;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *from, MD_SIZE n, void *context)
{
    walk *w = context;
    const char *what = from;
    size_t length = n;
    const bool inside = type == MD_TEXT_HTML && w->collected; /* HTML's line is its first */
    if (!inside &&
        (type != MD_TEXT_CODE || w->spans.style & RUN_CODE)) /* a directive's is its fence's */
        see_line(w, from);
    if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR) {
        what = type == MD_TEXT_BR ? "\n" : " ";
        length = 1;
    }
    if (w->heading)
        maker_append(&w->make, &w->heading, what, length);
    else if (type == MD_TEXT_HTML || (type == MD_TEXT_CODE && !(w->spans.style & RUN_CODE)))
        maker_append(&w->make, &w->collected, what, length);
    else
        maker_add_run(&w->make, w->spans.style, w->spans.expression, what, length);
    return w->make.status == RS_OK ? 0 : -1;
}

/* --- files --------------------------------------------------------------------------------- */

static char *read_file(const char *path, size_t *n, rs_error *err)
{
    enum { MOST = 1 << 22 };
    FILE *file = fopen(path, "rb");
    char *content = file ? malloc(MOST + 1) : NULL;
    if (!file)
        (void)rs_fail(err, RS_OPEN, "%s: cannot be opened: %s", path, strerror(errno));
    else if (!content)
        (void)rs_fail(err, RS_INTERNAL, "out of memory for %s", path);
    *n = content ? fread(content, 1, MOST, file) : 0;
    if (content)
        content[*n] = '\0';
    if (file)
        (void)fclose(file);
    return content;
}

/* lessons/06-eigenvalues/lesson.md → 06-eigenvalues; else the file's own name */
static void find_id(const char *path, char id[64])
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = strcspn(name, ".");
    if (slash && strncmp(name, "lesson.", 7) == 0) {
        const char *folder = slash;
        while (folder > path && folder[-1] != '/')
            folder--;
        name = folder;
        n = (size_t)(slash - folder);
    }
    (void)snprintf(id, 64, "%.*s", (int)(n < 63 ? n : 63), name);
}

/* The line of a fenced block that the file ends in; 0: there is none. */
static size_t unclosed_fence(const char *source)
{
    size_t number = 1, open = 0, marks = 0;
    for (const char *line = source; *line; number++) {
        const char *text = line + strspn(line, " ");
        const size_t n = strspn(text, "`"), rest = n + strspn(text + n, " \t\r");
        const bool bare = text[rest] == '\n' || text[rest] == '\0';
        if (open == 0 && n >= 3) {
            open = number;
            marks = n;
        } else if (open > 0 && n >= marks && bare) {
            open = 0;
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return open;
}

/* What only the end of the file tells; a block that went on over a heading has been told of. */
static void check_end(walk *w)
{
    const lesson_mistakes *all = w->make.mistakes;
    const size_t fence = unclosed_fence(w->source);
    char place[32];
    bool told = false;
    expect_closed(w);
    (void)snprintf(place, sizeof place, ": line %zu: the block", fence);
    for (size_t k = 0; k < all->n; k++)
        told = told || strstr(all->text[k], place);
    if (fence > 0 && !told)
        lesson_mistake(w->make.mistakes, w->make.lesson->path, fence,
                       "the block is not closed: expected ``` before the end");
}

rs_status lesson_read(const char *path, lesson *to, lesson_mistakes *mistakes, rs_error *err)
{
    size_t n = 0;
    const size_t before = mistakes ? mistakes->n : 0;
    *to = (lesson){0};
    char *source = read_file(path, &n, err);
    if (!source)
        return err ? err->status : RS_OPEN;
    lesson_mistakes own = {0};
    walk w = {.make = {.lesson = to, .mistakes = mistakes ? mistakes : &own, .line = 1},
              .source = source,
              .source_n = n};
    to->path = maker_copy(&w.make, path, strlen(path));
    find_id(path, to->id);
    const MD_PARSER parser = {.flags = MD_FLAG_TABLES | MD_FLAG_LATEXMATHSPANS,
                              .enter_block = enter_block,
                              .leave_block = leave_block,
                              .enter_span = enter_span,
                              .leave_span = leave_span,
                              .text = text};
    const int parsed = md_parse(source, (MD_SIZE)n, &parser, &w);
    check_end(&w);
    if (!to->title)
        lesson_mistake(w.make.mistakes, path, 1, "a lesson begins with `# Its title`");
    if (to->steps_n == 0)
        lesson_mistake(w.make.mistakes, path, 1,
                       "a lesson has steps, each begun by `## Its title`");
    const bool bad = w.make.mistakes->n > before;
    if (bad && err)
        (void)rs_fail(err, RS_DATA, "%s", w.make.mistakes->text[before]);
    free(w.heading);
    free(w.fence);
    free(w.spans.expression);
    free(w.collected);
    free(source);
    lesson_mistakes_free(&own);
    if (parsed != 0) {
        lesson_free(to);
        return rs_fail(err, RS_INTERNAL, "out of memory for %s", path);
    }
    return bad ? RS_DATA : RS_OK;
}
