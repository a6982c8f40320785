/* The program of `make lessons-check`: lessons-check PROGRAM ROOT LESSONS checks every lesson and
 * exercise under LESSONS. Mistakes go to stdout, a line each; it ends with 1 if there are
 * any. */
#include "lessons/engine/check.h"
#include "viz/plots/view.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool view_known(const char *name) { return view_named(name) != NULL; }

/* "07-the-wall": two digits and a dash. */
static int is_lesson(const struct dirent *entry)
{
    return strspn(entry->d_name, "0123456789") == 2 && entry->d_name[2] == '-';
}

static size_t check_lessons(const char *folder, const lesson_check_options *options,
                            lesson_mistakes *mistakes)
{
    struct dirent **entries = NULL;
    const int n = scandir(folder, &entries, is_lesson, alphasort);
    for (int k = 0; k < n; k++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%.250s", folder, entries[k]->d_name);
        lesson_check_folder(path, options, mistakes);
        free(entries[k]);
    }
    free(entries);
    return n > 0 ? (size_t)n : 0;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: lessons-check PROGRAM ROOT LESSONS\n");
        return 64;
    }
    const lesson_check_options options = {
        .root = argv[2], .lessons = argv[3], .view_known = view_known};
    lesson_mistakes mistakes = {0};
    const size_t lessons = check_lessons(argv[3], &options, &mistakes);
    for (size_t k = 0; k < mistakes.n; k++)
        printf("%s\n", mistakes.text[k]);
    printf("lessons-check: %zu lessons, %zu mistakes\n", lessons, mistakes.n);
    const int code = mistakes.n > 0;
    lesson_mistakes_free(&mistakes);
    return code;
}
