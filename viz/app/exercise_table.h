/* What the learner's function returned, beside what is exact. */
#ifndef EXERCISE_TABLE_H
#define EXERCISE_TABLE_H

#include "lessons/engine/exercise_details.h"
#include "viz/canvas/canvas.h"

/* Height it wants to have. */
double exercise_table_height(const exercise_details *d);
/* Draws as many lines as there is room for; returns the height used. */
double exercise_table_draw(canvas *c, rect r, const exercise_details *d);

#endif
