#include "lessons/engine/exercise_hints.h"

#include "lessons/engine/library.h"

#include <string.h>
#include <unistd.h>

void exercise_hints_free(exercise_hints *h)
{
    lesson_free(&h->text);
    *h = (exercise_hints){0};
}

static void find_parts(exercise_hints *h)
{
    const lesson_step *step = h->text.steps;
    if (h->text.steps_n != 2)
        return;
    for (size_t k = 0; k < step[0].n && h->hints_n < EXERCISE_HINTS; k++)
        if (h->text.blocks[step[0].first + k].kind == BLOCK_ITEM)
            h->hint[h->hints_n++] = &h->text.blocks[step[0].first + k];
    h->why = &h->text.blocks[step[1].first];
    while (h->why_n < step[1].n && h->why[h->why_n].kind == BLOCK_PARAGRAPH)
        h->why_n++;
}

rs_status exercise_hints_read(const exercise *e, const char *lessons, const char *language,
                              exercise_hints *to, rs_error *err)
{
    char path[LIBRARY_PATH];
    *to = (exercise_hints){0};
    (void)snprintf(path, sizeof path, "%.900s/exercises/%s/hints.%.2s.md", lessons, e->name,
                   language);
    if (access(path, R_OK) != 0)
        (void)snprintf(path, sizeof path, "%.900s/exercises/%s/hints.md", lessons, e->name);
    rs_status status = lesson_read(path, &to->text, NULL, err);
    if (status == RS_OK) {
        find_parts(to);
        if (to->hints_n != EXERCISE_HINTS || to->why_n == 0)
            status = rs_fail(
                err, RS_DATA,
                "%s: expected two headings: a list of three hints, and why it is right", path);
    }
    if (status != RS_OK)
        exercise_hints_free(to);
    return status;
}
