/* What events do: keys.c and pointer.c have the most of them. */
#include "viz/app/act.h"

#include "viz/app/column.h"

#include <string.h>

void app_update(app *a, const event *e)
{
    if (e->kind == EVENT_KEY || e->kind == EVENT_PRESS || e->kind == EVENT_DROP)
        a->message[0] = '\0';
    if (e->kind != EVENT_MOVE && e->kind != EVENT_NONE && e->kind != EVENT_TICK)
        a->wants_frame = true;
    if (a->column && e->kind != EVENT_READY &&
        (e->kind != EVENT_MOVE || a->dragging < a->controls_n))
        a->column->dirty = true;
    switch (e->kind) {
    case EVENT_KEY:
        act_key(a, e);
        break;
    case EVENT_PRESS:
        act_pointer_down(a, e);
        break;
    case EVENT_RELEASE:
        act_pointer_up(a, e->x);
        break;
    case EVENT_WHEEL:
        act_wheel(a, e);
        break;
    case EVENT_LEAVE:
        a->hovering = a->pointer_in = false;
        break;
    case EVENT_DROP:
        memcpy(a->dropped, e->text, sizeof a->dropped);
        a->wants_open = true;
        break;
    case EVENT_QUIT:
        a->quit = true;
        break;
    case EVENT_SIZE:
        a->width = e->x;
        a->height = e->y;
        act_redraw_panels(a);
        app_lay_out(a);
        break;
    case EVENT_MOVE:
        a->pointer_in = true;
        a->pointer_x = e->x;
        a->pointer_y = e->y;
        if (a->dragging < a->controls_n)
            act_drag(a, e->x);
        else if (a->panning)
            act_pan(a, e->x, e->y);
        else
            act_hover(a, e->x, e->y);
        break;
    default:
        break;
    }
}
