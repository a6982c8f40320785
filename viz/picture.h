/* Pictures in the terminal, out of plain letters. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stddef.h>
#include <stdio.h>

/* Draws positive values [n] on a log axis, high × n signs, into out: a line each for high decades
 * of `decades` from `top` downwards, and an axis below. A value beyond the lower end is a 'v' on
 * it, one above the upper end a '^'; zero is '0', NaN and infinity '!'. */
void picture_log(FILE *out, const double *values, size_t n, double top, double decades,
                 size_t high);

#endif
