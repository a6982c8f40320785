/* Parts of app_update that have files of their own: what keys, pointer and controls do. */
#ifndef ACT_H
#define ACT_H

#include "viz/app/app.h"

/* --- controls (act.c) --- */

/* The control under a point of the canvas, or NULL. */
control *act_control_at(app *a, double x, double y);
/* Presses one that is no slider. */
void act_press(app *a, const control *c);
/* The number of a slider becomes the nearest to value that fits; ended: the gesture is over, and
 * becomes a step of undo. */
void act_set_number(app *a, const control *c, double value, bool ended);
/* Changes the control in focus by so many steps of a key. */
void act_step_control(app *a, int by);
/* Along the moments of training that were kept; the present comes after the last. */
void act_move_moment(app *a, int by);
/* Training runs or pauses; it does one update. The sign means nothing. */
void act_run_training(app *a, int sign);
void act_step_training(app *a, int sign);
/* All panels are drawn anew. */
void act_redraw_panels(app *a);

/* --- keys (keys.c) --- */

void act_key(app *a, const event *e);

/* --- the pointer (pointer.c) --- */

void act_pointer_down(app *a, const event *e);
void act_pointer_up(app *a, double x);
void act_wheel(app *a, const event *e);
/* It moves over the canvas; with what is being dragged; with the time axis it grabbed. */
void act_hover(app *a, double x, double y);
void act_drag(app *a, double x);
void act_pan(app *a, double x, double y);

#endif
