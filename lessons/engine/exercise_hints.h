/* The hints of an exercise, and why its solution is right: hints.md beside it (hints.zh.md in
 * Chinese), two steps of a lesson: an ordered list of three, and some paragraphs. */
#ifndef EXERCISE_HINTS_H
#define EXERCISE_HINTS_H

#include "lessons/engine/exercises.h"
#include "lessons/engine/lesson.h"

enum { EXERCISE_HINTS = 3 };

typedef struct exercise_hints {
    lesson text;
    const lesson_block *hint[EXERCISE_HINTS];
    const lesson_block *why; /* why_n paragraphs */
    size_t hints_n, why_n;
} exercise_hints;

/* language: "en" or "zh"; the English ones where there are no others. RS_OPEN: there are none;
 * RS_DATA: they are not three, or nothing says why. Free it when the status is RS_OK. */
rs_status exercise_hints_read(const exercise *e, const char *lessons, const char *language,
                              exercise_hints *to, rs_error *err);
void exercise_hints_free(exercise_hints *h);

#endif
