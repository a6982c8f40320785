/* A lesson on paper and in a terminal: its blocks as lines of text, with the numbers that come out
 * now in the place of those written. */
#ifndef LESSON_TEXT_H
#define LESSON_TEXT_H

#include "lessons/engine/player.h"
#include "viz/lang.h"
#include "viz/lesson_lines.h"

#include <stdio.h>

typedef struct lesson_paper {
    FILE *to;
    lang_kind lang;
    bool bold;  /* the terminal understands bold and dim */
    bool whole; /* no one to ask: answers, hints and solutions are printed too */
} lesson_paper;

/* What can be typed at the prompt. */
#define LESSON_HELP                                                                                \
    "next, back, quit     go on, go back, leave (Enter: next)\n"                                   \
    "hint, check, reset   the next hint; try the task; the scene as it was\n"                      \
    "NAME = NUMBER        change the scene: W[0][1] = 0.2, gain = 1.5, answer = 3\n"               \
    "? EXPRESSION         what it is now: ? max(jacobian); of an array, ? h, all its numbers\n"    \
    "picture              the views as they are now, as files\n"                                   \
    "exercise             your own code: lays out the file; check and hint are then for it\n"      \
    "again                the step once more\n"                                                    \
    "list, lesson N       all lessons, with what is done; go to one\n"

/* Text for the learner in the paper's language. */
const char *lesson_say(lang_kind lang, const char *english);

/* The step's heading. */
void lesson_print_heading(const lesson_paper *paper, const player *p);

/* A block of the present step, unless it is hidden. */
void lesson_print_block(const lesson_paper *paper, player *p, size_t block);

/* The task, with how it stands. */
void lesson_print_task(const lesson_paper *paper, player *p, size_t block);

/* A hint, a solution, a reason: `what` it is (English), and its field of this block; NULL: nothing.
 */
void lesson_print_field(const lesson_paper *paper, player *p, size_t block, const char *what,
                        const lesson_field *field);

/* A prediction beside what came. */
void lesson_print_compared(const lesson_paper *paper, player *p, size_t block);

/* The checked numbers of the step under its stage, a line each, and the settings that were
 * changed. */
void lesson_print_numbers(const lesson_paper *paper, player *p);

/* Words that stand by themselves, without numbers: a hint of an exercise. */
void lesson_print_runs(FILE *to, const char *before, const lesson_block *b, size_t indent);

#endif
