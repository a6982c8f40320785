#include "lessons/engine/course.h"

#include "lessons/engine/lesson.h"

#include <stdio.h>
#include <string.h>

static void read_one(course *c, size_t k, const char *language)
{
    course_lesson *to = &c->lesson[k];
    char path[LIBRARY_PATH];
    lesson read;
    memcpy(to->id, c->library.id[k], sizeof to->id);
    memcpy(to->title, to->id, sizeof to->id);
    const rs_status status =
        lesson_read(library_file(&c->library, k, language, path), &read, NULL, NULL);
    if (status != RS_OK && status != RS_DATA)
        return;
    if (read.title)
        (void)snprintf(to->title, sizeof to->title, "%.159s", read.title);
    to->steps = read.steps_n;
    lesson_free(&read);
}

void course_count(course *c, const learner_progress *progress)
{
    for (size_t k = 0; k < c->n; k++) {
        course_lesson *to = &c->lesson[k];
        to->done = 0;
        for (size_t step = 0; progress && step < to->steps; step++)
            to->done += progress_find(progress, to->id, PROGRESS_DONE, step) != NULL;
    }
}

rs_status course_read(course *c, const char *language, const learner_progress *progress,
                      rs_error *err)
{
    memset(c, 0, sizeof *c);
    const rs_status status = library_find(&c->library, err);
    if (status != RS_OK)
        return status;
    c->n = c->library.n;
    for (size_t k = 0; k < c->n; k++)
        read_one(c, k, language);
    course_count(c, progress);
    return RS_OK;
}

bool course_finished(const course *c, size_t k)
{
    return c->lesson[k].steps > 0 && c->lesson[k].done == c->lesson[k].steps;
}

size_t course_next(const course *c, size_t after)
{
    const size_t first = after < c->n ? after + 1 : 0;
    for (size_t k = 0; k < c->n; k++)
        if (!course_finished(c, (first + k) % c->n))
            return (first + k) % c->n;
    return c->n;
}

size_t course_of(const course *c, const char *id)
{
    size_t k = 0;
    while (k < c->n && strcmp(c->lesson[k].id, id) != 0)
        k++;
    return k;
}
