#include "lessons/engine/progress.h"

#include "files/atomic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char heading[] = "rnnscope progress 1";
static const char *const kinds[] = {"at", "done", "predicted", "solved", "written"};
enum { KINDS = sizeof kinds / sizeof *kinds };

rs_status progress_path(char *path, size_t room, rs_error *err)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    const bool of_data = data && data[0] == '/';
    const int n = of_data ? snprintf(path, room, "%s/rnnscope/progress", data)
                  : home  ? snprintf(path, room, "%s/.local/share/rnnscope/progress", home)
                          : -1;
    if (n < 0)
        return rs_fail(err, RS_OPEN, "progress: neither XDG_DATA_HOME nor HOME is set");
    return (size_t)n < room ? RS_OK : rs_fail(err, RS_OPEN, "progress: the path is too long");
}

static rs_status read_line(learner_progress *p, const char *line, rs_error *err)
{
    char lesson[64], kind[16];
    size_t nth = 0;
    double value = 0;
    const int n = sscanf(line, "%63s %15s %9zu %lf", lesson, kind, &nth, &value);
    for (size_t k = 0; k < KINDS && n >= 3; k++)
        if (strcmp(kind, kinds[k]) == 0 && (k == PROGRESS_PREDICTED ? n == 4 : n == 3))
            return progress_set(p, lesson, (progress_kind)k, nth, value, err);
    return RS_DATA;
}

rs_status progress_read(const char *path, learner_progress *to, rs_error *err)
{
    char line[256];
    rs_status status = RS_OK;
    *to = (learner_progress){0};
    FILE *file = fopen(path, "r");
    if (!file)
        return errno == ENOENT || errno == ENOTDIR
                   ? RS_OK
                   : rs_fail(err, RS_OPEN, "%s: cannot be opened", path);
    for (size_t number = 1; status == RS_OK && fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (number == 1 ? strcmp(line, heading) != 0 : read_line(to, line, err) == RS_DATA)
            status = rs_fail(err, RS_DATA, "%s: line %zu: `%.60s`: expected `%s`", path, number,
                             line, number == 1 ? heading : "LESSON done N");
    }
    (void)fclose(file);
    if (status != RS_OK)
        progress_free(to);
    return status;
}

/* mkdir -p of what is above the file; whether it worked shows when the file is written. */
static void make_folders(const char *path)
{
    char part[4096];
    for (size_t n = 1; path[n] && n < sizeof part; n++)
        if (path[n] == '/') {
            (void)snprintf(part, sizeof part, "%.*s", (int)n, path);
            (void)mkdir(part, 0777);
        }
}

rs_status progress_write(const char *path, const learner_progress *p, rs_error *err)
{
    rs_file file;
    make_folders(path);
    rs_status status = rs_file_begin(&file, path, err);
    if (status != RS_OK)
        return status;
    (void)fprintf(file.stream, "%s\n", heading);
    for (size_t k = 0; k < p->n; k++) {
        const progress_fact *f = &p->facts[k];
        (void)fprintf(file.stream, "%s %s %zu", f->lesson, kinds[f->kind], f->nth);
        if (f->kind == PROGRESS_PREDICTED)
            (void)fprintf(file.stream, " %.17g", f->value);
        (void)fputc('\n', file.stream);
    }
    return rs_file_commit(&file, err);
}

void progress_free(learner_progress *p)
{
    free(p->facts);
    *p = (learner_progress){0};
}

/* Blanks, at which the file's lines are cut, count as underscores. */
static bool same_lesson(const char *a, const char *b)
{
    while (*a && (*a == *b || (strchr(" \t\n_", *a) && *b && strchr(" \t\n_", *b)))) {
        a++;
        b++;
    }
    return *a == *b;
}

const progress_fact *progress_find(const learner_progress *p, const char *lesson,
                                   progress_kind kind, size_t nth)
{
    for (size_t k = 0; k < p->n; k++)
        if (p->facts[k].kind == kind && (kind == PROGRESS_AT || p->facts[k].nth == nth) &&
            same_lesson(p->facts[k].lesson, lesson))
            return &p->facts[k];
    return NULL;
}

rs_status progress_set(learner_progress *p, const char *lesson, progress_kind kind, size_t nth,
                       double value, rs_error *err)
{
    progress_fact fact = {.kind = kind, .nth = nth, .value = value};
    (void)snprintf(fact.lesson, sizeof fact.lesson, "%.63s", lesson);
    for (char *c = fact.lesson; *c; c++)
        if (*c == ' ' || *c == '\t' || *c == '\n')
            *c = '_';
    const progress_fact *known = progress_find(p, fact.lesson, kind, nth);
    if (known) {
        p->facts[known - p->facts] = fact;
        return RS_OK;
    }
    progress_fact *longer = realloc(p->facts, (p->n + 1) * sizeof *longer);
    if (!longer)
        return rs_fail(err, RS_INTERNAL, "out of memory for the progress");
    p->facts = longer;
    longer[p->n++] = fact;
    return RS_OK;
}

bool progress_finished(const learner_progress *p, const char *lesson, size_t steps_n)
{
    for (size_t k = 0; k < steps_n; k++)
        if (!progress_find(p, lesson, PROGRESS_DONE, k))
            return false;
    return true;
}

void progress_reset(learner_progress *p, const char *lesson)
{
    size_t kept = 0;
    for (size_t k = 0; k < p->n; k++)
        if (lesson && !same_lesson(p->facts[k].lesson, lesson))
            p->facts[kept++] = p->facts[k];
    p->n = kept;
}
