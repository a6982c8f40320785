/* What is proven of an exercise: its solution passes; as it is handed out it fails, and so does
 * each broken version that lies beside it. */
#include "lessons/engine/check.h"

#include "lessons/engine/exercise_hints.h"
#include "lessons/engine/exercises.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_broken(const struct dirent *entry)
{
    const size_t n = strlen(entry->d_name);
    return strncmp(entry->d_name, "broken-", 7) == 0 && n > 9 &&
           strcmp(entry->d_name + n - 2, ".c") == 0;
}

/* A warning of the compiler is a mistake too: what is handed out compiles without one. */
static void expect(const exercise *e, const char *lessons, const char *path, const char *program,
                   int code, lesson_mistakes *mistakes)
{
    exercise_result result;
    rs_error err = {0};
    const exercise_job job = {.e = e, .lessons = lessons, .source = path, .program = program};
    if (exercise_run(&job, &result, &err) != RS_OK) {
        lesson_mistake(mistakes, path, 1, "%s", err.text);
        return;
    }
    const bool judged = strncmp(result.text, e->function, strlen(e->function)) == 0 ||
                        strstr(result.text, " layer 0");
    if (result.code != code || !judged)
        lesson_mistake(mistakes, path, 1, "%s: %.300s",
                       !judged     ? "it was not judged"
                       : code == 0 ? "the solution does not pass"
                                   : "it passes, and should not",
                       result.text);
    exercise_result_free(&result);
}

static void expect_hints(const exercise *e, const char *lessons, const char *folder,
                         lesson_mistakes *mistakes)
{
    static const char *const languages[] = {"en", "zh"};
    for (size_t k = 0; k < 2; k++) {
        exercise_hints hints;
        rs_error err = {0};
        if (exercise_hints_read(e, lessons, languages[k], &hints, &err) == RS_OK)
            exercise_hints_free(&hints);
        else
            lesson_mistake(mistakes, folder, 1, "%s", err.text);
    }
}

void exercise_check(const exercise *e, const char *lessons, const char *program,
                    lesson_mistakes *mistakes)
{
    char folder[1024], path[1400];
    struct dirent **entries = NULL;
    (void)snprintf(folder, sizeof folder, "%.900s/exercises/%s", lessons, e->name);
    (void)snprintf(path, sizeof path, "%s/solution.c", folder);
    expect(e, lessons, path, program, 0, mistakes);
    (void)snprintf(path, sizeof path, "%s/exercise.c", folder);
    expect(e, lessons, path, program, 1, mistakes);
    expect_hints(e, lessons, folder, mistakes);
    const int n = scandir(folder, &entries, is_broken, alphasort);
    if (n <= 0)
        lesson_mistake(mistakes, folder, 1, "no broken-*.c that the check is to catch");
    for (int k = 0; k < n; k++) {
        (void)snprintf(path, sizeof path, "%s/%.255s", folder, entries[k]->d_name);
        expect(e, lessons, path, program, 1, mistakes);
        free(entries[k]);
    }
    free(entries);
}
