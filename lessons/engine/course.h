/* The lessons in their order, with how far the learner is in each. Nothing in it locks: it is an
 * index, and it says which lesson comes next. */
#ifndef COURSE_H
#define COURSE_H

#include "lessons/engine/library.h"
#include "lessons/engine/progress.h"

typedef struct course_lesson {
    char id[64];     /* "06-eigenvalues" */
    char title[160]; /* in the language asked for */
    size_t steps, done;
} course_lesson;

typedef struct course {
    library library;
    course_lesson lesson[LIBRARY_MOST];
    size_t n;
} course;

/* Reads the titles of all lessons in this language ("en", "zh") and counts the steps that are done.
 * RS_OPEN where there are no lessons. */
rs_status course_read(course *c, const char *language, const learner_progress *progress,
                      rs_error *err);

/* Counts the steps that are done anew. */
void course_count(course *c, const learner_progress *progress);

bool course_finished(const course *c, size_t k);

/* The next lesson that is not finished: after this one, then from the first; n where all are.
 * after = n: the first of all. */
size_t course_next(const course *c, size_t after);

/* The lesson of this id; n if it is none of the course. */
size_t course_of(const course *c, const char *id);

#endif
