/* Parts of app_draw that have files of their own. */
#ifndef DRAW_H
#define DRAW_H

#include "viz/app/app.h"

/* One control; where the keyboard is. */
void draw_control(const app *a, canvas *c, const control *k);
void draw_focus(const app *a, canvas *c);

/* Below the controls: the values at the cursor, the half-life of each cell's gradient. */
void draw_readout(const app *a, canvas *c);

/* Over everything: what is on the screen and what the keys do. */
void draw_help(const app *a, canvas *c);

/* Below the stage: what trains, how far, the moments to go back to. */
void draw_scrub(const app *a, canvas *c, const control *k);
void draw_button(const app *a, canvas *c, const control *k);

/* Beside the pointer: what is drawn there, in numbers. */
void draw_tooltip(const app *a, canvas *c);

/* One line: what the control is for (English); "" where its name says it. */
const char *control_help(const app *a, const control *k);

/* One or two sentences: what the view shows (English). */
const char *view_help(const view *v);

#endif
