/* The blocks of a step in the lesson's column. */
#ifndef COLUMN_BLOCKS_H
#define COLUMN_BLOCKS_H

#include "viz/app/column_pen.h"

/* Draws a block of the lesson at the pen, which moves below it. */
void column_block(pen *p, size_t block);

#endif
