/* Reading a lesson: md4c (CommonMark) calls back, and what it says becomes steps and blocks. */
#include "lessons/engine/lesson.h"

#include <errno.h>
#include <md4c.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct maker {
    lesson *lesson;
    lesson_mistakes *mistakes;
    const char *source; /* the whole text, so that a pointer into it tells its line */
    size_t source_n;
    size_t line;
    rs_status status;
    lesson_block *block; /* being filled, or NULL */
    char *directive;     /* name of the fenced block, or NULL */
    char *heading;       /* text of a heading being read, or NULL */
    unsigned heading_level;
    unsigned style;     /* of runs, now */
    char *expression;   /* of the link being read */
    char *collected;    /* text of code, formula or html */
    size_t list_number; /* next number; 0: bullets */
    bool in_quote, in_head;
} maker;

/* --- memory -------------------------------------------------------------------------------- */

static char *copy_of(maker *m, const char *text, size_t n)
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

static void append(maker *m, char **to, const char *text, size_t n)
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

/* Room for one more element of an array whose length is a power of two when it is full. */
static void *grown(maker *m, void *array, size_t n, size_t size)
{
    if (n & (n - 1)) /* n is no power of two: there is room */
        return array;
    void *longer = realloc(array, (n ? 2 * n : 1) * size);
    if (!longer)
        m->status = RS_INTERNAL;
    return longer;
}

/* --- blocks -------------------------------------------------------------------------------- */

static void see_line(maker *m, const char *text)
{
    if (text < m->source || text >= m->source + m->source_n)
        return; /* md4c's own, such as a line break */
    size_t line = 1;
    for (const char *c = m->source; c < text; c++)
        line += *c == '\n';
    m->line = line;
}

static lesson_block *add_block(maker *m, block_kind kind)
{
    lesson *l = m->lesson;
    lesson_block *blocks = grown(m, l->blocks, l->blocks_n, sizeof *blocks);
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

static void add_step(maker *m, const char *title)
{
    lesson *l = m->lesson;
    lesson_step *steps = grown(m, l->steps, l->steps_n, sizeof *steps);
    if (!steps)
        return;
    l->steps = steps;
    steps[l->steps_n++] = (lesson_step){
        .title = copy_of(m, title, strlen(title)), .line = m->line, .first = l->blocks_n};
}

static void add_run(maker *m, const char *text, size_t n)
{
    lesson_block *b = m->block;
    if (!b)
        return;
    lesson_run *last = b->runs_n ? &b->runs[b->runs_n - 1] : NULL;
    if (last && last->style == m->style && !(m->style & (RUN_CHECKED | RUN_FORMULA))) {
        append(m, &last->text, text, n);
        return;
    }
    lesson_run *runs = grown(m, b->runs, b->runs_n, sizeof *runs);
    if (!runs)
        return;
    b->runs = runs;
    runs[b->runs_n++] = (lesson_run){
        .text = copy_of(m, text, n),
        .expression =
            m->style & RUN_CHECKED ? copy_of(m, m->expression, strlen(m->expression)) : NULL,
        .style = m->style,
        .line = m->line};
}

/* --- directives ---------------------------------------------------------------------------- */

static void add_field(maker *m, const char *name, size_t name_n, const char *value, size_t line)
{
    lesson_block *b = m->block;
    lesson_field *fields = grown(m, b->fields, b->fields_n, sizeof *fields);
    if (!fields)
        return;
    b->fields = fields;
    size_t n = strlen(value);
    while (n > 0 && strchr(" \t\r", value[n - 1]))
        n--;
    fields[b->fields_n++] = (lesson_field){
        .name = copy_of(m, name, name_n), .value = copy_of(m, value, n), .line = line};
}

/* "name = value", "solution: …", "wrong: …", or of a slider the whole line. */
static void read_field(maker *m, const char *line, size_t number)
{
    static const char *const lists[] = {"solution", "wrong"};
    const char *text = line + strspn(line, " \t");
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        const size_t n = strlen(lists[k]);
        if (strncmp(text, lists[k], n) == 0 && text[n + strspn(text + n, " ")] == ':') {
            const char *value = strchr(text, ':') + 1;
            add_field(m, lists[k], n, value + strspn(value, " \t"), number);
            return;
        }
    }
    const char *equals = strchr(text, '=');
    size_t n = equals ? (size_t)(equals - text) : 0;
    if (m->block->kind == BLOCK_SLIDER) {
        lesson_slider slider;
        if (!lesson_slider_read(text, &slider))
            lesson_mistake(m->mistakes, m->lesson->path, number,
                           "`%s`: expected `NAME from LOW to HIGH, mark A`", text);
        else
            add_field(m, "slider", 6, text, number);
        return;
    }
    if (!equals) {
        lesson_mistake(m->mistakes, m->lesson->path, number, "`%s`: expected `name = value`", text);
        return;
    }
    while (n > 0 && strchr(" \t", text[n - 1]))
        n--;
    add_field(m, text, n, equals + 1 + strspn(equals + 1, " \t"), number);
}

/* How much of the lesson's own path goes before a file it names: files lie beside the lesson. */
static size_t folder_length(const char *path, const char *file)
{
    const char *slash = strrchr(path, '/');
    return slash && file[0] != '/' ? (size_t)(slash + 1 - path) : 0;
}

static void read_scene(maker *m)
{
    lesson_block *b = m->block;
    b->scene = scene_standard();
    for (size_t k = 0; k < b->fields_n; k++) {
        char line[4096];
        rs_error why = {0};
        if (strcmp(b->fields[k].name, "show") == 0)
            continue;
        const size_t folder =
            strcmp(b->fields[k].name, "model") == 0 || strcmp(b->fields[k].name, "data") == 0
                ? folder_length(m->lesson->path, b->fields[k].value)
                : 0;
        (void)snprintf(line, sizeof line, "%s = %.*s%s", b->fields[k].name, (int)folder,
                       m->lesson->path, b->fields[k].value);
        if (scene_set(&b->scene, line, &why) != RS_OK)
            lesson_mistake(m->mistakes, m->lesson->path, b->fields[k].line, "%s", why.text);
    }
}

static void want_field(maker *m, const char *name)
{
    if (!lesson_value(m->block, name))
        lesson_mistake(m->mistakes, m->lesson->path, m->block->line, "`%s` is missing", name);
}

static const struct {
    const char *name;
    block_kind kind;
} directives[] = {{"scene", BLOCK_SCENE}, {"predict", BLOCK_PREDICT}, {"slider", BLOCK_SLIDER},
                  {"task", BLOCK_TASK},   {"source", BLOCK_SOURCE},   {"exercise", BLOCK_EXERCISE}};

static void finish_directive(maker *m, block_kind kind)
{
    const size_t first = m->line + 1; /* after the fence */
    lesson_block *b = add_block(m, kind);
    if (!b || !m->collected)
        return;
    if (kind == BLOCK_SOURCE || kind == BLOCK_EXERCISE) {
        b->text = copy_of(m, m->collected, strcspn(m->collected, "\r\n"));
        return;
    }
    size_t number = first;
    for (char *line = m->collected; line && m->status == RS_OK; number++) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (line[strspn(line, " \t\r")] != '\0')
            read_field(m, line, number);
        line = next;
    }
    if (kind == BLOCK_SCENE)
        read_scene(m);
    static const char *const wanted[][4] = {[BLOCK_PREDICT] = {"ask", "answer", "within", NULL},
                                            [BLOCK_TASK] = {"goal", "pass", "solution", NULL}};
    for (size_t k = 0; (kind == BLOCK_PREDICT || kind == BLOCK_TASK) && wanted[kind][k]; k++)
        want_field(m, wanted[kind][k]);
}

static void finish_code(maker *m)
{
    for (size_t k = 0; m->directive && k < sizeof directives / sizeof *directives; k++)
        if (strcmp(m->directive, directives[k].name) == 0) {
            finish_directive(m, directives[k].kind);
            return;
        }
    const bool formula = m->directive && strcmp(m->directive, "math") == 0;
    lesson_block *b = add_block(m, formula ? BLOCK_FORMULA : BLOCK_CODE);
    if (b) {
        b->text = m->collected;
        m->collected = NULL;
    }
}

/* <details><summary>…</summary>, </details> */
static void finish_html(maker *m)
{
    const char *text = m->collected ? m->collected : "";
    const char *summary = strstr(text, "<summary>"), *end = strstr(text, "</summary>");
    if (strstr(text, "</details>")) {
        add_block(m, BLOCK_END);
    } else if (strncmp(text, "<details>", 9) == 0 && summary && end && end > summary) {
        lesson_block *b = add_block(m, BLOCK_DETAILS);
        if (b)
            b->text = copy_of(m, summary + 9, (size_t)(end - summary) - 9);
    } else if (strncmp(text, "<!--", 4) != 0) {
        lesson_mistake(m->mistakes, m->lesson->path, m->line,
                       "HTML other than <details><summary>…</summary> and </details> is not shown");
    }
}

/* --- md4c's callbacks ---------------------------------------------------------------------- */

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    maker *m = context;
    free(m->collected);
    m->collected = NULL;
    switch (type) {
    case MD_BLOCK_H:
        m->heading_level = ((MD_BLOCK_H_DETAIL *)detail)->level;
        m->heading = copy_of(m, "", 0);
        break;
    case MD_BLOCK_CODE: {
        const MD_ATTRIBUTE *lang = &((MD_BLOCK_CODE_DETAIL *)detail)->lang;
        m->directive = lang->size ? copy_of(m, lang->text, lang->size) : NULL;
        if (lang->size)
            see_line(m, lang->text);
        break;
    }
    case MD_BLOCK_P:
        if (!m->block || m->block->kind != BLOCK_ITEM || m->block->runs_n > 0)
            add_block(m, m->in_quote ? BLOCK_QUOTE : BLOCK_PARAGRAPH);
        break;
    case MD_BLOCK_QUOTE:
        m->in_quote = true;
        break;
    case MD_BLOCK_UL:
        m->list_number = 0;
        break;
    case MD_BLOCK_OL:
        m->list_number = ((MD_BLOCK_OL_DETAIL *)detail)->start;
        break;
    case MD_BLOCK_LI:
        if (add_block(m, BLOCK_ITEM))
            m->block->number = m->list_number ? m->list_number++ : 0;
        break;
    case MD_BLOCK_THEAD:
        m->in_head = true;
        break;
    case MD_BLOCK_TR:
        if (add_block(m, BLOCK_ROW))
            m->block->number = m->in_head;
        break;
    default:
        break;
    }
    return m->status == RS_OK ? 0 : -1;
}

static void finish_heading(maker *m)
{
    if (m->heading_level == 1 && !m->lesson->title) {
        m->lesson->title = m->heading;
    } else {
        add_step(m, m->heading ? m->heading : "");
        free(m->heading);
    }
    m->heading = NULL;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    maker *m = context;
    (void)detail;
    switch (type) {
    case MD_BLOCK_H:
        finish_heading(m);
        break;
    case MD_BLOCK_CODE:
        finish_code(m);
        free(m->directive);
        m->directive = NULL;
        break;
    case MD_BLOCK_HTML:
        finish_html(m);
        break;
    case MD_BLOCK_QUOTE:
        m->in_quote = false;
        break;
    case MD_BLOCK_THEAD:
        m->in_head = false;
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD: {
        const unsigned style = m->style;
        m->style = 0;
        add_run(m, "\t", 1);
        m->style = style;
        break;
    }
    case MD_BLOCK_P:
    case MD_BLOCK_TR:
        m->block = NULL;
        break;
    default:
        break;
    }
    free(m->collected);
    m->collected = NULL;
    return m->status == RS_OK ? 0 : -1;
}

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

static int enter_span(MD_SPANTYPE type, void *detail, void *context)
{
    maker *m = context;
    m->style |= style_of(type);
    if (type == MD_SPAN_A) {
        const MD_SPAN_A_DETAIL *a = detail;
        const bool checked = a->href.size == 1 && a->href.text[0] == '#';
        m->style |= checked ? RUN_CHECKED : RUN_LINK;
        if (checked)
            m->expression = copy_of(m, a->title.text ? a->title.text : "", a->title.size);
    }
    return m->status == RS_OK ? 0 : -1;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context)
{
    maker *m = context;
    (void)detail;
    m->style &= ~style_of(type);
    if (type == MD_SPAN_A) {
        m->style &= ~(unsigned)(RUN_CHECKED | RUN_LINK);
        free(m->expression);
        m->expression = NULL;
    }
    return 0;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *from, MD_SIZE n, void *context)
{
    maker *m = context;
    const char *what = from;
    size_t length = n;
    if (type != MD_TEXT_CODE || m->style & RUN_CODE) /* a directive's line is its fence's */
        see_line(m, from);
    if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR) {
        what = type == MD_TEXT_BR ? "\n" : " ";
        length = 1;
    }
    if (m->heading)
        append(m, &m->heading, what, length);
    else if (type == MD_TEXT_HTML || (type == MD_TEXT_CODE && !(m->style & RUN_CODE)))
        append(m, &m->collected, what, length);
    else
        add_run(m, what, length);
    return m->status == RS_OK ? 0 : -1;
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

rs_status lesson_read(const char *path, lesson *to, lesson_mistakes *mistakes, rs_error *err)
{
    size_t n = 0;
    const size_t before = mistakes ? mistakes->n : 0;
    *to = (lesson){0};
    char *source = read_file(path, &n, err);
    if (!source)
        return err ? err->status : RS_OPEN;
    lesson_mistakes own = {0};
    maker m = {.lesson = to,
               .mistakes = mistakes ? mistakes : &own,
               .source = source,
               .source_n = n,
               .line = 1};
    to->path = copy_of(&m, path, strlen(path));
    find_id(path, to->id);
    const MD_PARSER parser = {.flags = MD_FLAG_TABLES | MD_FLAG_LATEXMATHSPANS,
                              .enter_block = enter_block,
                              .leave_block = leave_block,
                              .enter_span = enter_span,
                              .leave_span = leave_span,
                              .text = text};
    const int parsed = md_parse(source, (MD_SIZE)n, &parser, &m);
    if (!to->title)
        lesson_mistake(m.mistakes, path, 1, "a lesson begins with `# Its title`");
    if (to->steps_n == 0)
        lesson_mistake(m.mistakes, path, 1, "a lesson has steps, each begun by `## Its title`");
    const bool bad = m.mistakes->n > before;
    if (bad && err)
        (void)rs_fail(err, RS_DATA, "%s", m.mistakes->text[before]);
    free(m.heading);
    free(m.directive);
    free(m.expression);
    free(m.collected);
    free(source);
    lesson_mistakes_free(&own);
    if (parsed != 0) {
        lesson_free(to);
        return rs_fail(err, RS_INTERNAL, "out of memory for %s", path);
    }
    return bad ? RS_DATA : RS_OK;
}

static void free_block(lesson_block *b)
{
    for (size_t k = 0; k < b->runs_n; k++) {
        free(b->runs[k].text);
        free(b->runs[k].expression);
    }
    for (size_t k = 0; k < b->fields_n; k++) {
        free(b->fields[k].name);
        free(b->fields[k].value);
    }
    free(b->runs);
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
