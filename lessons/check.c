/* The program of `make lessons-check`: lessons-check PROGRAM ROOT LESSONS checks every lesson, the
 * guide for authors and every exercise under LESSONS. Mistakes go to stdout, a line each; it ends
 * with 1 if there are any. */
#include "lessons/engine/check.h"
#include "lessons/engine/library.h"
#include "viz/plots/view.h"

#include <stdio.h>
#include <stdlib.h>

static bool view_known(const char *name) { return view_named(name) != NULL; }

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: lessons-check PROGRAM ROOT LESSONS\n");
        return 64;
    }
    const lesson_check_options options = {
        .root = argv[2], .lessons = argv[3], .view_known = view_known};
    lesson_mistakes mistakes = {0};
    library lessons;
    rs_error err = {0};
    (void)setenv("RNNSCOPE_LESSONS", argv[3], 1);
    if (library_find(&lessons, &err) != RS_OK) {
        (void)fprintf(stderr, "lessons-check: %s\n", err.text);
        return (int)err.status;
    }
    for (size_t k = 0; k <= lessons.n; k++) {
        char folder[LIBRARY_PATH + 80];
        (void)snprintf(folder, sizeof folder, "%s/%s", lessons.folder,
                       k < lessons.n ? lessons.id[k] : "guide");
        lesson_check_folder(folder, &options, &mistakes);
    }
    size_t exercises_n = 0;
    for (; exercises[exercises_n].name; exercises_n++)
        exercise_check(&exercises[exercises_n], argv[3], argv[1], &mistakes);
    for (size_t k = 0; k < mistakes.n; k++)
        printf("%s\n", mistakes.text[k]);
    printf("lessons-check: %zu lessons and the guide, %zu exercises, %zu mistake%s\n", lessons.n,
           exercises_n, mistakes.n, mistakes.n == 1 ? "" : "s");
    const int code = mistakes.n > 0;
    lesson_mistakes_free(&mistakes);
    return code;
}
