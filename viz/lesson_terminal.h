/* A lesson played in a terminal: text, questions and answers, a line at a time. */
#ifndef LESSON_TERMINAL_H
#define LESSON_TERMINAL_H

#include "viz/lesson_text.h"

/* Plays the lesson from where the player is, reading lines from `from`, until the end or `quit`. */
void lesson_play(player *p, const lesson_paper *paper, FILE *from);

/* Prints all of it with its numbers, as it is read by someone who cannot answer. */
void lesson_print_whole(player *p, const lesson_paper *paper);

#endif
