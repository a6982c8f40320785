#include "viz/source_code.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *const *lines; /* ended by NULL */
} files[] = {
#include "source_lines.h" /* made by the Makefile */
};

source_lines source_file(const char *file)
{
    source_lines all = {.first = 1};
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        if (strcmp(files[k].name, file) == 0)
            all.line = files[k].lines;
    while (all.line && all.line[all.n])
        all.n++;
    return all;
}

/* A line that begins in its first column and has the name before a parenthesis. */
static bool names(const char *line, const char *function)
{
    const size_t n = strlen(function);
    if (n == 0 || line[0] == '\0' || strchr(" \t*/#", line[0]))
        return false;
    for (const char *at = strstr(line, function); at; at = strstr(at + 1, function))
        if (at > line && strchr(" *", at[-1]) && at[n] == '(')
            return true;
    return false;
}

/* The line of the closing brace of what begins here; n where it is a declaration. */
static size_t end_of(const source_lines *all, size_t k)
{
    for (; k < all->n && all->line[k][0] != '}'; k++) {
        const size_t length = strlen(all->line[k]);
        if (length > 1 && strcmp(all->line[k] + length - 2, ");") == 0 && all->line[k][0] != ' ')
            return all->n;
    }
    return k;
}

/* The first line of the comment that ends on the line above k; k if there is none. */
static size_t comment_above(const source_lines *all, size_t k)
{
    const size_t length = k > 0 ? strlen(all->line[k - 1]) : 0;
    if (length < 2 || strcmp(all->line[k - 1] + length - 2, "*/") != 0)
        return k;
    size_t begin = k - 1;
    while (begin > 0 && strncmp(all->line[begin], "/*", 2) != 0)
        begin--;
    return strncmp(all->line[begin], "/* ---", 6) == 0 ? k : begin;
}

source_lines source_function(const char *file, const char *function)
{
    const source_lines all = source_file(file);
    for (size_t k = 0; k < all.n; k++) {
        const size_t end = names(all.line[k], function) ? end_of(&all, k) : all.n;
        if (end == all.n)
            continue;
        const size_t begin = comment_above(&all, k);
        return (source_lines){all.line + begin, begin + 1, end - begin + 1};
    }
    return (source_lines){0};
}

source_lines source_named(const char *name)
{
    char file[256];
    const char *colon = strchr(name, ':');
    if (!colon || colon == name || (size_t)(colon - name) >= sizeof file)
        return (source_lines){0};
    (void)snprintf(file, sizeof file, "%.*s", (int)(colon - name), name);
    return source_function(file, colon + 1);
}

bool source_fetches(const char *line)
{
    const char *code = line + strspn(line, " ");
    const bool array = strncmp(code, "real *", 6) == 0 || strncmp(code, "const real *", 12) == 0;
    return strncmp(code, "#pragma", 7) == 0 || (array && strstr(code, " = s->"));
}

static size_t sign_bytes(const char *text)
{
    size_t n = *text != '\0';
    while (((unsigned char)text[n] & 0xC0U) == 0x80U)
        n++;
    return n;
}

/* The bytes of the next part, which has so much room: up to a blank, if there is one. */
static size_t part_bytes(const char *text, size_t columns)
{
    size_t n = 0, end = 0;
    for (size_t used = 0; used < columns && text[n]; used++) {
        n += sign_bytes(text + n);
        if (text[n] == ' ' || text[n] == '\0')
            end = n;
    }
    return end ? end : n;
}

bool source_part(const char *line, size_t columns, size_t *at, char *text, size_t room)
{
    const size_t length = strlen(line), blanks = strspn(line, " ");
    const bool first = *at == 0;
    size_t indent = blanks / 2 + (first ? 0 : 4);
    if (!first && *at >= length)
        return false;
    indent = indent < columns / 2 ? indent : columns / 2;
    const size_t from = first ? blanks : *at, n = part_bytes(line + from, columns - indent);
    (void)snprintf(text, room, "%*s%.*s", (int)indent, "", (int)n, line + from);
    *at = from + n + strspn(line + from + n, " ");
    *at += *at == 0; /* an empty line is one part */
    return true;
}
