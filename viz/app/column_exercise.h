/* The block of an exercise in the lesson's column. */
#ifndef COLUMN_EXERCISE_H
#define COLUMN_EXERCISE_H

#include "viz/app/column_pen.h"

void column_draw_exercise(pen *p, size_t block);

#endif
