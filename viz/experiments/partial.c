#include "viz/experiments/partial.h"

#include "base/memory.h"
#include "files/atomic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void partial_close(partial *p)
{
    for (size_t k = 0; k < p->n; k++)
        free(p->line[k]);
    free(p->line);
    free(p->path);
    free(p->settings);
    *p = (partial){0};
}

static bool keep_line(partial *p, char *line)
{
    char **more = realloc(p->line, (p->n + 1) * sizeof *more);
    if (!more)
        return false;
    p->line = more;
    p->line[p->n++] = line;
    return true;
}

static rs_status read_lines(partial *p, FILE *file, rs_error *err)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, file);
    for (; length > 0; length = getline(&line, &room, file)) {
        p->torn = line[length - 1] != '\n';
        if (p->torn)
            break;
        line[length - 1] = '\0';
        if (!keep_line(p, line)) {
            free(line);
            return rs_fail(err, RS_INTERNAL, "%.300s: no memory for its lines", p->path);
        }
        line = NULL;
        room = 0;
    }
    free(line);
    if (ferror(file))
        return rs_fail(err, RS_OPEN, "%.300s: cannot be read: %s", p->path, strerror(errno));
    return RS_OK;
}

rs_status partial_open(partial *p, const char *path, const char *settings, rs_error *err)
{
    *p = (partial){.path = strdup(path), .settings = strdup(settings)};
    if (!p->path || !p->settings) {
        partial_close(p);
        return rs_fail(err, RS_INTERNAL, "no memory for a path");
    }
    FILE *file = fopen(path, "r");
    if (!file && errno == ENOENT)
        return RS_OK;
    const rs_status status =
        file ? read_lines(p, file, err)
             : rs_fail(err, RS_OPEN, "%.300s: cannot be opened: %s", path, strerror(errno));
    if (file)
        (void)fclose(file);
    if (status)
        partial_close(p);
    return status;
}

/* What follows `word` and a tab at the start of the text, or NULL. */
static const char *after(const char *text, const char *word)
{
    const size_t n = strlen(word);
    return strncmp(text, word, n) == 0 && text[n] == '\t' ? text + n + 1 : NULL;
}

/* Exactly n numbers, and nothing behind them. */
static bool read_numbers(const char *text, double *number, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        char *end = NULL;
        number[k] = strtod(text, &end);
        if (end == text)
            return false;
        text = end;
    }
    return *text == '\0';
}

bool partial_find(const partial *p, const char *unit, double *number, size_t n)
{
    for (size_t k = p->n; k-- > 0;) {
        const char *rest = after(p->line[k], p->settings);
        rest = rest ? after(rest, unit) : NULL;
        if (rest && read_numbers(rest, number, n))
            return true;
    }
    return false;
}

rs_status partial_add(partial *p, const char *unit, const double *number, size_t n, rs_error *err)
{
    FILE *file = fopen(p->path, "a");
    if (!file)
        return rs_fail(err, RS_WRITE, "%.300s: cannot be written: %s", p->path, strerror(errno));
    if (p->torn)
        (void)fputc('\n', file);
    p->torn = false;
    (void)fprintf(file, "%s\t%s\t", p->settings, unit);
    for (size_t k = 0; k < n; k++)
        (void)fprintf(file, "%s%a", k > 0 ? " " : "", number[k]);
    (void)fputc('\n', file);
    const bool bad = ferror(file) != 0;
    if (fclose(file) != 0 || bad)
        return rs_fail(err, RS_WRITE, "%.300s: cannot be written: %s", p->path, strerror(errno));
    return RS_OK;
}

rs_status partial_done(const partial *p, rs_error *err)
{
    partial now; /* as it is by now, with what was added */
    rs_file file;
    size_t others = 0;
    rs_status status = partial_open(&now, p->path, p->settings, err);
    if (status)
        return status;
    for (size_t k = 0; k < now.n; k++)
        others += now.line[k][0] != '\0' && !after(now.line[k], p->settings);
    if (others == 0) {
        if (unlink(p->path) != 0 && errno != ENOENT)
            status =
                rs_fail(err, RS_WRITE, "%.300s: cannot be removed: %s", p->path, strerror(errno));
        partial_close(&now);
        return status;
    }
    status = rs_file_begin(&file, p->path, err);
    for (size_t k = 0; k < now.n && !status; k++)
        if (now.line[k][0] != '\0' && !after(now.line[k], p->settings))
            (void)fprintf(file.stream, "%s\n", now.line[k]);
    partial_close(&now);
    return status ? status : rs_file_commit(&file, err);
}
