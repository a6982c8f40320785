/* The window: the one file that knows SDL. It shows what is drawn on a Cairo surface, and turns
 * SDL's events into ours. */
#ifndef WINDOW_H
#define WINDOW_H

#include "base/error.h"
#include "viz/app/event.h"

#include <cairo.h>
#include <stdbool.h>

typedef struct window window;

/* Opens a window of this many design pixels; RS_USAGE where there is no display, with what to do.
 * Call from the main thread, once at a time. */
window *window_open(const char *title, double width, double height, rs_error *err);
void window_close(window *w); /* w may be NULL */

void window_title(window *w, const char *title);
void window_full_screen(window *w, bool on);

/* Puts text into the clipboard; false where there is none. */
bool window_copy(window *w, const char *text);

/* Cursor shapes. */
typedef enum cursor { CURSOR_ARROW, CURSOR_HAND, CURSOR_TEXT, CURSOR_SIZE } cursor;
void window_cursor(window *w, cursor shape);

/* The next event. Waits up to so many milliseconds (0: not at all; negative: for ever); EVENT_NONE
 * if none came. The first event tells the size. */
event window_event(window *w, int milliseconds);

/* May be called from any thread: the waiting window_event returns EVENT_READY. `w` is a window;
 * void, so that it can be a worker's wake. */
void window_wake(void *w);

/* The surface to draw on: as large as the window in device pixels, kept until the size changes; the
 * same pixels are there as last time. */
cairo_surface_t *window_surface(window *w);
double window_scale(const window *w); /* device pixels a design pixel */

/* Shows the surface. */
void window_show(window *w);

#endif
