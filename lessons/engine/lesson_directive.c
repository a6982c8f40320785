/* The directives of a lesson: fenced blocks of `name = value` lines. */
#include "lessons/engine/lesson_make.h"

#include <stdio.h>
#include <string.h>

static void add_field(maker *m, const char *name, size_t name_n, const char *value, size_t line)
{
    lesson_block *b = m->block;
    lesson_field *fields = maker_grown(m, b->fields, b->fields_n, sizeof *fields);
    if (!fields)
        return;
    b->fields = fields;
    size_t n = strlen(value);
    while (n > 0 && strchr(" \t\r", value[n - 1]))
        n--;
    lesson_field *field = &fields[b->fields_n++];
    *field = (lesson_field){
        .name = maker_copy(m, name, name_n), .value = maker_copy(m, value, n), .line = line};
    if (field->name && field->value && lesson_is_told(field->name))
        maker_told(m, field);
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

/* What is about the stage and not of the scene: which views, and the step that they look at. */
static bool read_stage(maker *m, const lesson_field *f)
{
    const bool at = strcmp(f->name, "at") == 0;
    if (at && (f->value[0] == '\0' || strlen(f->value) > 6 ||
               f->value[strspn(f->value, "0123456789")] != '\0'))
        lesson_mistake(m->mistakes, m->lesson->path, f->line,
                       "at: `%s`, expected a step of time from 0", f->value);
    return at || strcmp(f->name, "show") == 0;
}

static void read_scene(maker *m)
{
    lesson_block *b = m->block;
    b->scene = scene_standard();
    for (size_t k = 0; k < b->fields_n; k++) {
        char line[4096];
        rs_error why = {0};
        if (read_stage(m, &b->fields[k]))
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

/* The keys of a block, those it cannot do without first; `text` lists them all. */
typedef struct block_keys {
    const char *name[7];
    size_t wanted;
    const char *text;
} block_keys;

static const block_keys keys[] = {
    [BLOCK_PREDICT] = {{"ask", "answer", "within"}, 3, "ask, answer or within"},
    [BLOCK_TASK] = {{"goal", "pass", "solution", "wrong", "hint", "why"},
                    3,
                    "goal, pass, solution, wrong, hint or why"}};

static bool is_key(const block_keys *of, const char *name)
{
    size_t k = 0;
    while (of->name[k] && strcmp(of->name[k], name) != 0)
        k++;
    return of->name[k] != NULL;
}

/* What a block has once at most. */
static bool is_single(const char *name)
{
    return strcmp(name, "solution") != 0 && strcmp(name, "wrong") != 0 && strcmp(name, "hint") != 0;
}

static void check_keys(const maker *m, const block_keys *of)
{
    const lesson_block *b = m->block;
    for (size_t k = 0; k < b->fields_n; k++)
        if (b->fields[k].name && !is_key(of, b->fields[k].name))
            lesson_mistake(m->mistakes, m->lesson->path, b->fields[k].line,
                           "`%s` is no key here: expected %s", b->fields[k].name, of->text);
    for (size_t k = 0; k < of->wanted; k++)
        if (!lesson_value(b, of->name[k]))
            lesson_mistake(m->mistakes, m->lesson->path, b->line, "`%s` is missing", of->name[k]);
    for (size_t k = 0; k < b->fields_n; k++)
        if (b->fields[k].name && is_single(b->fields[k].name) &&
            lesson_field_nth(b, b->fields[k].name, 0) != &b->fields[k])
            lesson_mistake(m->mistakes, m->lesson->path, b->fields[k].line,
                           "`%s` is there a second time: the first counts", b->fields[k].name);
}

/* A block that is not closed goes on over what follows, to a fence or a heading, which no directive
 * has: it is cut there, or at its first empty line. */
static void cut_unclosed(const maker *m, char *content)
{
    size_t number = m->line + 1;
    char *end = NULL; /* the first empty line */
    for (char *line = content; line && *line; number++) {
        const char *text = line + strspn(line, " ");
        if (!end && *text == '\n')
            end = line;
        const size_t heading = strspn(text, "#");
        if (strncmp(text, "```", 3) == 0 || (heading > 0 && text[heading] == ' ')) {
            lesson_mistake(m->mistakes, m->lesson->path, m->line,
                           "the block is not closed: expected ``` before line %zu", number);
            *(end ? end : line) = '\0';
            return;
        }
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
}

static const struct {
    const char *name;
    block_kind kind;
} directives[] = {{"scene", BLOCK_SCENE}, {"predict", BLOCK_PREDICT}, {"slider", BLOCK_SLIDER},
                  {"task", BLOCK_TASK},   {"source", BLOCK_SOURCE},   {"exercise", BLOCK_EXERCISE}};

static void finish_directive(maker *m, block_kind kind, char *content)
{
    const size_t first = m->line + 1; /* after the fence */
    lesson_block *b = maker_add_block(m, kind);
    if (!b)
        return;
    cut_unclosed(m, content);
    if (kind == BLOCK_SOURCE || kind == BLOCK_EXERCISE) {
        b->text = content ? maker_copy(m, content, strcspn(content, "\r\n")) : NULL;
        return;
    }
    size_t number = first;
    for (char *line = content; line && m->status == RS_OK; number++) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (line[strspn(line, " \t\r")] != '\0')
            read_field(m, line, number);
        line = next;
    }
    if (kind == BLOCK_SCENE)
        read_scene(m);
    if (kind == BLOCK_PREDICT || kind == BLOCK_TASK)
        check_keys(m, &keys[kind]);
}

bool maker_directive(maker *m, const char *name, char *content)
{
    for (size_t k = 0; k < sizeof directives / sizeof *directives; k++)
        if (strcmp(name, directives[k].name) == 0) {
            finish_directive(m, directives[k].kind, content);
            return true;
        }
    for (size_t k = 0; k < sizeof directives / sizeof *directives; k++)
        if (strncmp(name, directives[k].name, 3) == 0) /* a slip of the finger, no language */
            lesson_mistake(m->mistakes, m->lesson->path, m->line,
                           "`%s` is no directive and is shown as code: expected `%s`?", name,
                           directives[k].name);
    return false;
}
