/* Reads the catalogue and applies its edits; see catalogue.h for the format. */
#include "tests/mutants/catalogue.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *mt_read_text(const char *path, rs_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        (void)rs_fail(err, RS_OPEN, "%s: cannot be opened", path);
        return NULL;
    }
    char *text = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        const long size = ftell(file);
        rewind(file);
        text = size < 0 ? NULL : rs_alloc((size_t)size + 1, 1, path, err);
        if (text && fread(text, 1, (size_t)size, file) != (size_t)size) {
            free(text);
            text = NULL;
        }
    }
    if (!text)
        (void)rs_fail(err, RS_OPEN, "%s: cannot be read", path);
    (void)fclose(file);
    return text;
}

int mt_has_word(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at++)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return 1;
    return 0;
}

/* Where the field of this name belongs in the mutant, NULL if there is no such field or no room. */
static const char **field(mt_mutant *mutant, const char *name)
{
    const struct {
        const char *name;
        const char **place;
    } single[] = {{"mutant", &mutant->id},  {"title", &mutant->title}, {"file", &mutant->file},
                  {"cell", &mutant->cells}, {"node", &mutant->nodes},  {"layer", &mutant->layers},
                  {"t", &mutant->steps},    {"kind", &mutant->kinds},  {"says", &mutant->says}};
    for (size_t k = 0; k < sizeof single / sizeof *single; k++)
        if (strcmp(name, single[k].name) == 0)
            return *single[k].place ? NULL : single[k].place;
    if (strcmp(name, "before") == 0 && mutant->befores_n < MOST_EDITS)
        return &mutant->before[mutant->befores_n++];
    if (strcmp(name, "after") == 0 && mutant->afters_n < mutant->befores_n)
        return &mutant->after[mutant->afters_n++];
    if (strcmp(name, "with") == 0 && mutant->with_n < MOST_SETTINGS)
        return &mutant->with[mutant->with_n++];
    return NULL;
}

static int is_whole(const mt_mutant *mutant)
{
    return mutant->id && mutant->title && mutant->file && mutant->cells && mutant->befores_n > 0 &&
           mutant->befores_n == mutant->afters_n;
}

/* "name:  value" into the mutant; the line is cut up in place */
static rs_status read_field(mt_mutant *mutant, char *line, const char *path, size_t number,
                            rs_error *err)
{
    char *value = strchr(line, ':');
    if (!value)
        return rs_fail(err, RS_DATA, "%s:%zu: expected \"name: value\"", path, number);
    *value++ = '\0';
    value += strspn(value, " ");
    const char **place = field(mutant, line);
    if (!place)
        return rs_fail(err, RS_DATA, "%s:%zu: \"%s\" is no field, or there is one too many", path,
                       number, line);
    *place = value;
    return RS_OK;
}

static rs_status add_mutant(mt_catalogue *catalogue, const mt_mutant *added, const char *path,
                            size_t number, rs_error *err)
{
    if (!is_whole(added))
        return rs_fail(err, RS_DATA,
                       "%s:%zu: the block before this line lacks one of mutant, title, file, "
                       "before, after, cell",
                       path, number);
    for (size_t k = 0; k < catalogue->n; k++)
        if (strcmp(catalogue->mutants[k].id, added->id) == 0)
            return rs_fail(err, RS_DATA, "%s:%zu: a second mutant %s", path, number, added->id);
    mt_mutant *more = realloc(catalogue->mutants, (catalogue->n + 1) * sizeof *more);
    if (!more)
        return rs_fail(err, RS_INTERNAL, "out of memory: the catalogue");
    catalogue->mutants = more;
    more[catalogue->n++] = *added;
    return RS_OK;
}

/* The blocks of a text, which the mutants then point into. */
static rs_status read_blocks(mt_catalogue *catalogue, char *text, const char *path, rs_error *err)
{
    rs_status status = RS_OK;
    mt_mutant now = {0};
    size_t number = 1;
    for (char *line = text, *next; line && status == RS_OK; line = next, number++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (*line == '#')
            continue;
        if (*line != '\0')
            status = read_field(&now, line, path, number, err);
        if (status == RS_OK && now.id && (*line == '\0' || !next)) {
            status = add_mutant(catalogue, &now, path, number, err);
            now = (mt_mutant){0};
        }
    }
    return status;
}

rs_status catalogue_read(mt_catalogue *catalogue, const char *path, rs_error *err)
{
    char *text = mt_read_text(path, err);
    if (!text)
        return RS_OPEN;
    char **more = realloc(catalogue->texts, (catalogue->texts_n + 1) * sizeof *more);
    if (!more) {
        free(text);
        return rs_fail(err, RS_INTERNAL, "out of memory: the catalogue");
    }
    catalogue->texts = more;
    more[catalogue->texts_n++] = text;
    return read_blocks(catalogue, text, path, err);
}

void catalogue_free(mt_catalogue *catalogue)
{
    for (size_t k = 0; k < catalogue->texts_n; k++)
        free(catalogue->texts[k]);
    free(catalogue->texts);
    free(catalogue->mutants);
    *catalogue = (mt_catalogue){0};
}

/* The length of the text at `text` that the pattern matches, 0 if it does not. */
static size_t match(const char *text, const char *pattern)
{
    const char *at = text;
    while (*pattern) {
        if (isspace((unsigned char)*pattern) && isspace((unsigned char)*at)) {
            pattern += strspn(pattern, " \t\n");
            at += strspn(at, " \t\n");
        } else if (*pattern++ != *at++) {
            return 0;
        }
    }
    return (size_t)(at - text);
}

static char *replaced(const char *source, size_t at, size_t length, const char *by, rs_error *err)
{
    const size_t size = strlen(source) - length + strlen(by) + 1;
    char *text = rs_alloc(size, 1, "the mutated source", err);
    if (text)
        (void)snprintf(text, size, "%.*s%s%s", (int)at, source, by, source + at + length);
    return text;
}

static char *edit(const mt_mutant *mutant, size_t k, const char *source, rs_error *err)
{
    size_t found = 0, at = 0, length = 0;
    for (size_t j = 0; source[j]; j++) {
        const size_t matched = match(source + j, mutant->before[k]);
        if (matched == 0)
            continue;
        found++;
        at = j;
        length = matched;
    }
    if (found == 1)
        return replaced(source, at, length, mutant->after[k], err);
    (void)rs_fail(err, RS_DATA,
                  "%s: the edit of mutant %s applies %zu times, expected once; it looks for: %s",
                  mutant->file, mutant->id, found, mutant->before[k]);
    return NULL;
}

char *mutant_apply(const mt_mutant *mutant, const char *source, rs_error *err)
{
    char *text = NULL;
    for (size_t k = 0; k < mutant->befores_n; k++) {
        char *edited = edit(mutant, k, text ? text : source, err);
        free(text);
        text = edited;
        if (!text)
            return NULL;
    }
    return text;
}
