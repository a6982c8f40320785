/* A lesson's slider: where a value is on its track (0 … 1), and back, rounded to what can be seen.
 */
#ifndef COLUMN_SLIDER_H
#define COLUMN_SLIDER_H

#include "lessons/engine/lesson.h"

double column_slider_place(const lesson_slider *s, double value);
double column_slider_value(const lesson_slider *s, double place);

#endif
