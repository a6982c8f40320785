/* Learning in a terminal: one lesson after the other, each read again when its file is saved. */
#ifndef LESSON_SESSION_H
#define LESSON_SESSION_H

#include "lessons/engine/course.h"
#include "viz/lesson_terminal.h"

typedef struct lesson_session {
    char path[LIBRARY_PATH];    /* the lesson that it begins with */
    bool own;                   /* a file of the user's: its mistakes are told, at each save too */
    learner_progress *progress; /* not owned */
    const char *progress_at;    /* where it is kept; NULL: nowhere */
} lesson_session;

/* Reads the lesson at path. With `own` its mistakes go to `complaints`, a line each; what could be
 * read is played. */
rs_status lesson_session_read(const char *path, bool own, FILE *complaints, lesson *to,
                              rs_error *err);

/* Plays until the learner leaves. */
rs_status lesson_session_play(lesson_session *s, const lesson_paper *paper, FILE *from,
                              FILE *complaints, rs_error *err);

/* The lessons, a line each: ✓ done, or how far; `now` (n: none) is marked. */
void lesson_print_course(const lesson_paper *paper, const course *c, size_t now);

#endif
