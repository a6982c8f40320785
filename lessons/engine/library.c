#include "lessons/engine/library.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "07-the-wall": two digits and a dash. */
static int is_lesson(const struct dirent *entry)
{
    return strspn(entry->d_name, "0123456789") == 2 && entry->d_name[2] == '-';
}

static bool look_in(library *to, const char *folder)
{
    struct dirent **entries = NULL;
    const int n = folder ? scandir(folder, &entries, is_lesson, alphasort) : -1;
    to->n = 0;
    for (int k = 0; k < n; k++) {
        if (to->n < LIBRARY_MOST)
            (void)snprintf(to->id[to->n++], sizeof to->id[0], "%.63s", entries[k]->d_name);
        free(entries[k]);
    }
    free(entries);
    (void)snprintf(to->folder, sizeof to->folder, "%s", to->n ? folder : "");
    return to->n > 0;
}

bool library_program(char path[LIBRARY_PATH])
{
    const ssize_t n = readlink("/proc/self/exe", path, LIBRARY_PATH - 1);
    path[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* build/rnnscope, build/sanitize/rnnscope, /usr/local/bin/rnnscope */
static bool look_beside(library *to)
{
    static const char *const places[] = {"../lessons", "../../lessons",
                                         "../share/rnnscope/lessons"};
    char program[LIBRARY_PATH], folder[LIBRARY_PATH + 32];
    char *slash = library_program(program) ? strrchr(program, '/') : NULL;
    if (!slash)
        return false;
    *slash = '\0';
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        (void)snprintf(folder, sizeof folder, "%s/%s", program, places[k]);
        char *plain = realpath(folder, NULL); /* as it is read out to people */
        const bool found = plain && strlen(plain) < LIBRARY_PATH && look_in(to, plain);
        free(plain);
        if (found)
            return true;
    }
    return false;
}

rs_status library_find(library *to, rs_error *err)
{
    const char *own = getenv("RNNSCOPE_LESSONS");
    memset(to, 0, sizeof *to);
    if (own)
        return look_in(to, own) ? RS_OK : rs_fail(err, RS_OPEN, "%.300s: no lessons here", own);
    if (look_beside(to) || look_in(to, "lessons"))
        return RS_OK;
    return rs_fail(err, RS_OPEN,
                   "lessons: none beside the program nor in ./lessons; RNNSCOPE_LESSONS can name "
                   "their folder");
}

size_t library_named(const library *l, const char *name)
{
    char *end = NULL;
    const unsigned long number = strtoul(name, &end, 10);
    for (size_t k = 0; k < l->n; k++) {
        const bool by_number = end != name && *end == '\0' && number == strtoul(l->id[k], NULL, 10);
        if (by_number || strcmp(name, l->id[k]) == 0 || strcmp(name, l->id[k] + 3) == 0)
            return k;
    }
    return l->n;
}

/* The file of the lesson in this folder. */
static const char *file_in(const library *l, const char *id, const char *language,
                           char path[LIBRARY_PATH])
{
    (void)snprintf(path, LIBRARY_PATH, "%.900s/%s/lesson.%s.md", l->folder, id, language);
    if (strcmp(language, "en") == 0 || access(path, R_OK) != 0)
        (void)snprintf(path, LIBRARY_PATH, "%.900s/%s/lesson.md", l->folder, id);
    return path;
}

const char *library_file(const library *l, size_t lesson, const char *language,
                         char path[LIBRARY_PATH])
{
    return file_in(l, l->id[lesson], language, path);
}

const char *library_guide(const library *l, const char *language, char path[LIBRARY_PATH])
{
    return file_in(l, "guide", language, path);
}
