/* All lessons in the column, with what is done in each. */
#ifndef COLUMN_INDEX_H
#define COLUMN_INDEX_H

#include "viz/app/column_pen.h"

/* "Lesson 3 of 12" at the right of the pen's line: to the index and back. The pen stays. */
void column_index_link(pen *p);

/* The lessons, a line each, which can be pressed. */
void column_index_draw(pen *p);

#endif
