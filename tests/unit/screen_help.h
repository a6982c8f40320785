/* What the tests of the screen share: drawn without a window, is it legible? */
#ifndef SCREEN_HELP_H
#define SCREEN_HELP_H

#include "tests/unit/test.h"

#include "viz/app/app.h"

/* Draws what the app shows at three sizes, in both themes and languages. What is wrong (a text over
 * another, one outside the canvas, a glyph that no font has, a text without its Chinese) is a line
 * each on stderr; returns how many. Left of `left` texts may lie over others: there they scroll. */
int screen_faults(app *a, double left, const char *where);

#endif
