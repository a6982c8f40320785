#include "viz/app/exercise_desk.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SOURCE = 1 << 20 };

static void drop_result(exercise_desk *d)
{
    exercise_result_free(&d->result);
    free(d->source);
    d->source = NULL;
}

static void drop_hints(exercise_desk *d)
{
    if (d->has_hints)
        exercise_hints_free(&d->hints);
    d->has_hints = false;
}

void exercise_desk_free(exercise_desk *d)
{
    drop_result(d);
    drop_hints(d);
    *d = (exercise_desk){.now = d->now + 1};
}

static void read_hints(exercise_desk *d)
{
    drop_hints(d);
    if (d->e && d->lessons[0])
        d->has_hints = exercise_hints_read(d->e, d->lessons, d->lang == LANG_ZH ? "zh" : "en",
                                           &d->hints, NULL) == RS_OK;
}

/* Where everything of the exercise is. */
static void find_files(exercise_desk *d)
{
    char folder[LIBRARY_PATH];
    library lessons;
    rs_error err = {0};
    rs_status status = library_find(&lessons, &err);
    if (status == RS_OK) {
        (void)snprintf(d->lessons, sizeof d->lessons, "%s", lessons.folder);
        status = exercise_folder(folder, sizeof folder, &err);
    }
    if (status == RS_OK)
        status = exercise_path(d->e, folder, d->path, sizeof d->path, &err);
    if (status != RS_OK)
        (void)snprintf(d->problem, sizeof d->problem, "%s", err.text);
    d->begun = status == RS_OK && access(d->path, R_OK) == 0;
}

void exercise_desk_enter(exercise_desk *d, const char *name, lang_kind lang)
{
    const exercise *e = name ? exercise_named(name) : NULL;
    const bool other = e != d->e;
    if (!other && lang == d->lang)
        return;
    if (other) {
        exercise_desk_free(d);
        d->e = e;
        if (e)
            find_files(d);
    }
    d->lang = lang;
    d->now++;
    read_hints(d);
}

void exercise_desk_begin(exercise_desk *d)
{
    char folder[LIBRARY_PATH], path[LIBRARY_PATH];
    int copied = 0;
    rs_error err = {0};
    if (!d->e || !d->path[0])
        return;
    d->problem[0] = '\0';
    if (exercise_folder(folder, sizeof folder, &err) != RS_OK ||
        exercise_copy(d->e, d->lessons, folder, path, sizeof path, &copied, &err) != RS_OK) {
        (void)snprintf(d->problem, sizeof d->problem, "%s", err.text);
    } else {
        d->begun = d->on_stage = d->wants_check = true;
        d->solution = false;
    }
    d->now++;
}

void exercise_desk_hint(exercise_desk *d, bool solved)
{
    const bool all = d->shown > EXERCISE_HINTS;
    if (!all)
        d->shown = solved || !d->has_hints ? EXERCISE_HINTS + 1 : d->shown + 1;
    if (d->shown > EXERCISE_HINTS)
        d->solution = !(all && d->solution);
    d->on_stage = d->on_stage || d->solution;
    d->now++;
}

void exercise_desk_show(exercise_desk *d, bool on_stage)
{
    d->on_stage = on_stage;
    d->solution = d->solution && on_stage;
    d->now++;
}

char *exercise_desk_solution(const exercise_desk *d)
{
    char path[LIBRARY_PATH];
    if (!d->e)
        return NULL;
    (void)snprintf(path, sizeof path, "%.900s/exercises/%s/solution.c", d->lessons, d->e->name);
    return exercise_desk_read(path);
}

void exercise_desk_take(exercise_desk *d, exercise_result *result, char *source)
{
    drop_result(d);
    d->result = *result;
    *result = (exercise_result){0};
    d->source = source;
    d->problem[0] = '\0';
    d->checks++;
    d->on_stage = true;
    d->solution = false;
    d->now++;
}

char *exercise_desk_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(MOST_SOURCE) : NULL;
    if (text)
        text[fread(text, 1, MOST_SOURCE - 1, file)] = '\0';
    if (file)
        (void)fclose(file);
    return text;
}
