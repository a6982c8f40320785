/* rnnscope exercise: the learner's own code, judged. */
#include "lessons/engine/exercises.h"

#include "lessons/engine/exercise_hints.h"
#include "lessons/engine/library.h"
#include "viz/lesson_text.h"
#include "viz/run.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "viz/commands/commands.h"

typedef struct exercise_options {
    const char *name, *folder;
    bool watch;
    size_t hint; /* EXERCISE_HINTS + 1: the worked solution; 0: none */
} exercise_options;

static int list_exercises(void)
{
    for (const exercise *e = exercises; e->name; e++)
        printf("  %-18s %s\n", e->name, e->title);
    printf("\nrnnscope exercise NAME copies the exercise to your folder, and judges what you wrote "
           "there.\n");
    return RS_OK;
}

static const char *exercise_name(size_t k) { return exercises[k].name; }

static rs_status find_exercise(const char *name, const exercise **e, rs_error *err)
{
    *e = exercise_named(name);
    const char *near = *e ? NULL : options_nearest(name, exercise_name);
    return *e ? RS_OK
              : rs_fail(err, RS_USAGE,
                        "exercise: %.60s: there is none of this name%s%s%s; without a name they "
                        "are listed",
                        name, near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

/* ~/rnnscope-exercises, or what --folder says. */
static rs_status own_folder(const exercise_options *o, char folder[LIBRARY_PATH], rs_error *err)
{
    if (!o->folder)
        return exercise_folder(folder, LIBRARY_PATH - 64, err);
    return snprintf(folder, LIBRARY_PATH, "%s", o->folder) < LIBRARY_PATH - 64
               ? RS_OK
               : rs_fail(err, RS_USAGE, "exercise: the folder's name is too long");
}

static rs_status judge(const exercise *e, const library *l, const char *path, int *code,
                       rs_error *err)
{
    exercise_result result;
    const exercise_job job = {.e = e, .lessons = l->folder, .source = path};
    const rs_status status = exercise_run(&job, &result, err);
    if (status != RS_OK)
        return status;
    printf("%s", result.text);
    (void)fflush(stdout);
    *code = result.code;
    exercise_result_free(&result);
    return RS_OK;
}

/* The time a file was saved; zero while it is not there, as editors leave it for a moment. */
static struct timespec saved_at(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? file.st_mtim : (struct timespec){0};
}

/* Judges at each save, until it is right. */
static rs_status watch(const exercise *e, const library *l, const char *path, int *code,
                       rs_error *err)
{
    static const struct timespec pause = {0, 200000000};
    struct timespec judged = {0};
    for (;;) {
        const struct timespec now = saved_at(path);
        if (now.tv_sec == 0 || (now.tv_sec == judged.tv_sec && now.tv_nsec == judged.tv_nsec)) {
            (void)nanosleep(&pause, NULL);
            continue;
        }
        judged = now;
        const rs_status status = judge(e, l, path, code, err);
        if (status != RS_OK || *code == 0)
            return status;
        printf("\nWaiting for %s to be saved; Ctrl+C ends.\n\n", path);
        (void)fflush(stdout);
    }
}

static rs_status print_hint(const exercise *e, const library *l, size_t hint, rs_error *err)
{
    exercise_hints hints;
    if (hint > EXERCISE_HINTS) {
        printf("The worked solution is %s/exercises/%s/solution.c\n", l->folder, e->name);
        return RS_OK;
    }
    const rs_status status = exercise_hints_read(e, l->folder, "en", &hints, err);
    if (status != RS_OK)
        return status;
    lesson_print_runs(stdout, "", hints.hint[hint - 1], 0);
    exercise_hints_free(&hints);
    return RS_OK;
}

static rs_status work_on(const exercise_options *o, int *code, rs_error *err)
{
    const exercise *e = NULL;
    library lessons;
    char folder[LIBRARY_PATH], path[LIBRARY_PATH];
    int copied = 0;
    rs_status status = find_exercise(o->name, &e, err);
    if (status == RS_OK)
        status = library_find(&lessons, err);
    if (status == RS_OK && o->hint > 0)
        return print_hint(e, &lessons, o->hint, err);
    if (status == RS_OK)
        status = own_folder(o, folder, err);
    if (status == RS_OK)
        status = exercise_copy(e, lessons.folder, folder, path, sizeof path, &copied, err);
    if (status != RS_OK)
        return status;
    if (copied)
        printf("Your file is %s\nWhat to do: %s/exercises/%s/README.md\nWhat you are given: "
               "%s/exercises/exercise.h\n\n",
               path, lessons.folder, e->name, lessons.folder);
    return o->watch ? watch(e, &lessons, path, code, err) : judge(e, &lessons, path, code, err);
}

int command_exercise(int argc, char **argv)
{
    static const option rows[] = {{.name = "--watch",
                                   .kind = OPTION_FLAG,
                                   .offset = offsetof(exercise_options, watch),
                                   .help = "judge again at each save, until it is right"},
                                  {.name = "--hint",
                                   .value = "N",
                                   .kind = OPTION_SIZE,
                                   .low = 1,
                                   .high = EXERCISE_HINTS + 1,
                                   .offset = offsetof(exercise_options, hint),
                                   .help = "say a hint, 1 to 3; 4: where the worked solution is"},
                                  {.name = "--folder",
                                   .value = "FOLDER",
                                   .kind = OPTION_TEXT,
                                   .offset = offsetof(exercise_options, folder),
                                   .help = "of your files",
                                   .otherwise = "~/rnnscope-exercises"}};
    exercise_options mine = {0};
    const usage use = {.command = "exercise",
                       .summary = "your own code: compiles it, and says which derivative is right",
                       .words = "[NAME]",
                       .pattern = "[--watch]",
                       .example = "  rnnscope exercise\n  rnnscope exercise rnn-backward --watch\n",
                       .word = &mine.name,
                       .known = exercise_name};
    run_options common = run_defaults();
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine},
                                   run_common_group(&common)};
    rs_error err = {0};
    int code = 0;
    if (argc == 5 && strcmp(argv[1], "--child") == 0)
        return exercise_child(argv[2], argv[3], argv[4]);
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    if (!mine.name)
        return list_exercises();
    return work_on(&mine, &code, &err) ? options_complain(&err) : code;
}
