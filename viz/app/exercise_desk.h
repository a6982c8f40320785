/* The learner's own code in the viewer, as state: which exercise the step has, where the learner's
 * file is, what came of the last check. No threads and no drawing: exercise_watch.h compiles and
 * judges, exercise_block.c and exercise_view.h show it. */
#ifndef EXERCISE_DESK_H
#define EXERCISE_DESK_H

#include "lessons/engine/exercise_hints.h"
#include "lessons/engine/exercises.h"
#include "lessons/engine/library.h"
#include "viz/lang.h"

typedef struct exercise_desk {
    const exercise *e; /* NULL: the step has none */
    lang_kind lang;
    char lessons[LIBRARY_PATH]; /* where exercise.h is */
    char path[LIBRARY_PATH];    /* of the learner's file */
    char problem[512];          /* why it cannot be begun or checked */
    bool begun;                 /* the file is there, and is watched */
    bool on_stage;              /* the result is shown in the place of the lesson's pictures */
    bool wants_check, checking;
    size_t checks;          /* that have come back */
    exercise_result result; /* of the last; text NULL: none yet */
    char *source;           /* the learner's file as it was judged */
    exercise_hints hints;
    bool has_hints;
    size_t shown;      /* hints; EXERCISE_HINTS + 1: the worked solution too */
    bool solution;     /* it is on the stage */
    unsigned long now; /* another number whenever something above has changed */
} exercise_desk;

/* Takes up an exercise by name (NULL or one there is none of: no exercise), in a language. What is
 * known of it already stays. A file that the learner has from another day is taken up too. */
void exercise_desk_enter(exercise_desk *d, const char *name, lang_kind lang);
void exercise_desk_free(exercise_desk *d);

/* Lays out the learner's file where there is none yet, and asks for a check. */
void exercise_desk_begin(exercise_desk *d);
/* The next hint, then (or at once, for who has solved it) the worked solution on the stage, which a
 * further call takes away. */
void exercise_desk_hint(exercise_desk *d, bool solved);
/* The result on the stage, or the lesson's pictures. */
void exercise_desk_show(exercise_desk *d, bool on_stage);

/* The text of the worked solution; the caller frees it. NULL: it cannot be read. */
char *exercise_desk_solution(const exercise_desk *d);

/* Takes what came of a check; it owns both from then on. */
void exercise_desk_take(exercise_desk *d, exercise_result *result, char *source);

/* The whole file as text; the caller frees it. NULL: it cannot be read. */
char *exercise_desk_read(const char *path);

#endif
