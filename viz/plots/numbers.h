/* Numbers as people write them. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stddef.h>

/* Room enough for every function here. */
enum { NUMBER_TEXT = 48 };

/* 0.912, −0.220, 1.4e−14, 0, NaN, +∞: about `digits` significant digits, into text; returns it. */
const char *number_text(char text[NUMBER_TEXT], double value, int digits);

/* 10⁻⁵, 1, 10; a power that is not whole: 3 × 10⁻⁵, 0.05 (rounded to two digits) */
const char *power_text(char text[NUMBER_TEXT], double log10_value);

/* With so many decimals as a step of this size needs: 0.25, 40, 1.5 */
const char *tick_text(char text[NUMBER_TEXT], double value, double step);

#endif
