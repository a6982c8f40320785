/* What a program can prove of a lesson: `make lessons-check`, and what a teacher sees on saving.
 *
 * Each scene computes, and a bug planted in one is caught and located; each checked number is what
 * comes out, to the digits written; predictions, sliders and tolerances are understood; of each
 * task the solutions pass, and the scene as it is and each listed wrong answer fail; views,
 * functions of the source and exercises that are named exist. Two languages of a lesson carry the
 * same directives and the same checked expressions. */
#ifndef CHECK_H
#define CHECK_H

#include "lessons/engine/exercises.h"
#include "lessons/engine/lesson.h"

typedef struct lesson_check_options {
    const char *root;    /* the folder that `source` files are under; NULL: not looked for */
    const char *lessons; /* the folder that has exercises/NAME; NULL: not looked for */
    bool (*view_known)(const char *name); /* NULL: not asked */
} lesson_check_options;

/* Checks a lesson that was read. Mistakes are added to the list, each with file and line. */
void lesson_check(const lesson *l, const lesson_check_options *options, lesson_mistakes *mistakes);

/* Checks that the second is the first in another language. Mistakes are the second's. */
void lesson_check_languages(const lesson *first, const lesson *second, lesson_mistakes *mistakes);

/* lesson.md and lesson.zh.md of a folder, each by itself and beside the other; both must be
 * there. */
void lesson_check_folder(const char *folder, const lesson_check_options *options,
                         lesson_mistakes *mistakes);

/* Runs the solution of an exercise, what is handed out, and each broken-*.c beside them. program:
 * as exercise_run has it. */
void exercise_check(const exercise *e, const char *lessons, const char *program,
                    lesson_mistakes *mistakes);

#endif
