#include "viz/lesson_report.h"

#include "lessons/engine/library.h"
#include "viz/plots/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool view_known(const char *name) { return view_named(name) != NULL; }

static unsigned long line_of(const char *mistake)
{
    const char *line = strstr(mistake, ": line ");
    return line ? strtoul(line + strlen(": line "), NULL, 10) : 0;
}

/* Those from `first` on in the order of their lines, as reading and checking find them apart. */
static void sort(lesson_mistakes *mistakes, size_t first)
{
    for (size_t k = first + 1; k < mistakes->n; k++)
        for (size_t j = k; j > first; j--) {
            char *before = mistakes->text[j - 1], *now = mistakes->text[j];
            if (line_of(before) <= line_of(now))
                break;
            mistakes->text[j - 1] = now;
            mistakes->text[j] = before;
        }
}

/* Reads and checks one file. RS_DATA: there are mistakes, and l what could be read. */
static rs_status check_file(const char *path, const lesson_check_options *options, lesson *l,
                            lesson_mistakes *mistakes, rs_error *err)
{
    const size_t first = mistakes->n;
    const rs_status status = lesson_read(path, l, mistakes, err);
    if (status == RS_OK || status == RS_DATA)
        lesson_check(l, options, mistakes);
    sort(mistakes, first);
    return status == RS_DATA ? RS_OK : status;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* FILE.md and FILE.zh.md, of either; false where the other is not there. */
static bool both_languages(const char *path, char english[LIBRARY_PATH], char chinese[LIBRARY_PATH])
{
    const size_t n = strlen(path), end = ends_with(path, ".zh.md") ? 6 : 3;
    if (n + 4 >= LIBRARY_PATH || !ends_with(path, ".md"))
        return false;
    (void)snprintf(english, LIBRARY_PATH, "%.*s.md", (int)(n - end), path);
    (void)snprintf(chinese, LIBRARY_PATH, "%.*s.zh.md", (int)(n - end), path);
    return access(english, R_OK) == 0 && access(chinese, R_OK) == 0;
}

rs_status lesson_report(const char *path, lesson_mistakes *mistakes, rs_error *err)
{
    char english[LIBRARY_PATH], chinese[LIBRARY_PATH], root[LIBRARY_PATH + 8], header[LIBRARY_PATH];
    library lessons = {0};
    const bool installed = library_find(&lessons, NULL) == RS_OK;
    (void)snprintf(root, sizeof root, "%s/..", lessons.folder);
    (void)snprintf(header, sizeof header, "%.1000s/lib/rnnscope.h", root);
    const lesson_check_options options = {.root =
                                              installed && access(header, R_OK) == 0 ? root : NULL,
                                          .lessons = installed ? lessons.folder : NULL,
                                          .view_known = view_known};
    const bool both = both_languages(path, english, chinese);
    lesson first, second;
    rs_status status = check_file(both ? english : path, &options, &first, mistakes, err);
    if (status != RS_OK)
        return status;
    if (both) {
        status = check_file(chinese, &options, &second, mistakes, err);
        if (status == RS_OK) {
            lesson_check_languages(&first, &second, mistakes);
            lesson_free(&second);
        }
    }
    lesson_free(&first);
    return status;
}

const char *lesson_report_line(const lesson_mistakes *mistakes, char *to, size_t room)
{
    if (room > 0)
        *to = '\0';
    if (mistakes->n == 0)
        return to;
    const char *text = mistakes->text[0], *place = strstr(text, ": line "), *from = place;
    while (from && from > text && from[-1] != '/')
        from--;
    const int n = snprintf(to, room, "%s", from ? from : text);
    if (mistakes->n > 1 && n > 0 && (size_t)n < room)
        (void)snprintf(to + n, room - (size_t)n, " (+%zu)", mistakes->n - 1);
    return to;
}
