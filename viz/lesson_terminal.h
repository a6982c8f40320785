/* A lesson played in a terminal: text, questions and answers, a line at a time. */
#ifndef LESSON_TERMINAL_H
#define LESSON_TERMINAL_H

#include "viz/lesson_text.h"

/* Where lines are typed, and what else may happen meanwhile. */
typedef struct lesson_desk {
    FILE *from;
    bool (*saved)(
        void *context); /* whether the lesson's file is another now; NULL: it is not asked */
    void *context;
    const char *program; /* that judges exercises: rnnscope's own file; NULL: the one that runs */
    char line[512];      /* what was typed last */
} lesson_desk;

/* What playing ends with. */
typedef enum lesson_end {
    LESSON_LEFT,     /* quit, or no more input */
    LESSON_FINISHED, /* on from the last step */
    LESSON_SAVED,    /* its file is another */
    LESSON_LIST,     /* `list` was typed */
    LESSON_OTHER     /* `lesson NAME` was typed; desk->line is the NAME */
} lesson_end;

/* The next line typed, without blanks around it; false at the end of the input, or, with *saved
 * (which may be NULL) true, when the lesson's file has become another. */
bool lesson_ask(const lesson_paper *paper, lesson_desk *desk, const char *prompt, bool *saved);

/* Plays the lesson from where the player is. show: the step is printed first, else only the prompt.
 */
lesson_end lesson_play(player *p, const lesson_paper *paper, lesson_desk *desk, bool show);

/* Prints all of it with its numbers, as it is read by someone who cannot answer. */
void lesson_print_whole(player *p, const lesson_paper *paper);

#endif
