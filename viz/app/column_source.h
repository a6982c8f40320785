/* A function of the library's source in the lesson's column. */
#ifndef COLUMN_SOURCE_H
#define COLUMN_SOURCE_H

#include "viz/canvas/canvas.h"

/* Draws "FILE:FUNCTION" and its lines with their numbers at the top left of r, as wide as r; what
 * lies outside of r's height is left out. Returns how high it is. */
double column_source(canvas *on, rect r, double y, const char *name);

#endif
