/* The learner's own text on the stage: some lines of it with their numbers, one of them marked. */
#ifndef EXERCISE_SOURCE_H
#define EXERCISE_SOURCE_H

#include "viz/canvas/canvas.h"

/* The first line, from 1, that gives a value to the array `name` (`name[…] =`, `+=`, `-=`); of
 * "da_g" else to "da". 0: there is none. */
size_t source_line_of(const char *source, const char *name);

/* Draws lines into r, as many as fit, `marked` (0: none) among them; at most `most`. Returns the
 * height used. */
double source_draw(canvas *c, rect r, const char *source, size_t marked, size_t most);

#endif
