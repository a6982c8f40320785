/* What the parts of the lesson's column are drawn with: a pen that goes down the page, and what can
 * be pressed. */
#ifndef COLUMN_PEN_H
#define COLUMN_PEN_H

#include "viz/app/column.h"
#include "viz/app/column_table.h"

enum { PEN_TEXT = 2048 };

/* Where the pen is. */
typedef struct pen {
    column *c;
    canvas *on;
    double x, y, width; /* of the text */
    double top, bottom; /* what lies outside is not drawn */
    size_t focus;
    const char *typing;
    column_table table; /* the one being drawn */
} pen;

/* Text for pen_write, piece by piece; what does not fit is dropped. A run that is no checked number
 * gets the marks of its style. */
void pen_add(char to[PEN_TEXT], const char *text);
void pen_add_run(char to[PEN_TEXT], const lesson_run *run);

/* A paragraph at the pen, which moves below it and `after`. */
void pen_write(pen *p, const char *text, text_style style, double after);

/* The next thing that reacts to pointer and keys; whether it has the focus, and a frame if so. */
column_item *pen_item(pen *p, item_kind kind, size_t block, rect area);
bool pen_has_focus(const pen *p);
void pen_focus(const pen *p, rect r);

/* Words that can be pressed; the pen stays. Returns their width. */
double pen_button(pen *p, double x, double y, item_kind kind, size_t block, const char *label,
                  bool strong);

/* A field for a number, with what has been typed or given. */
void pen_field(pen *p, size_t block, const char *given);

#endif
