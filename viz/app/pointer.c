/* What the pointer does. */
#include "viz/app/act.h"

#include "viz/app/column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void act_drag(app *a, double x)
{
    const control *c = &a->controls[a->dragging];
    double place = (x - c->track.x) / c->track.w;
    if (c->kind == CONTROL_SCRUB) {
        const double n = (double)a->training.moments_n;
        place = place < 0 ? 0 : place > 1 ? 1 : place;
        app_show_moment(a, (size_t)(place * n + .5));
        return;
    }
    a->moving = true;
    if (c->kind == CONTROL_ITEM) {
        if (column_act(a->column, c->which, x)) {
            a->scene = a->column->player.scene;
            app_changed(a, false);
        }
        return;
    }
    act_set_number(a, c, slider_value((scene_number)c->which, place), false);
}

/* The plot over time under the pointer, or NULL. */
static const plot_area *time_area_at(const app *a, double x, double y)
{
    for (size_t k = 0; k < a->panels_n; k++) {
        const plot_area *area =
            a->panels[k].data ? layout_at(&a->panels[k].layout, (point){x, y}) : NULL;
        if (area && area->x.kind == AXIS_STEPS)
            return area;
    }
    return NULL;
}

/* What of the panels is under the pointer: a step of time. */
void act_hover(app *a, double x, double y)
{
    const plot_area *area = a->shown ? time_area_at(a, x, y) : NULL;
    a->hovering = area != NULL;
    if (area) {
        const double step = area_numbers(area, (point){x, y}).x;
        a->hover = a->pinned;
        const double back = area->cols ? 0 : area->back > 0 ? area->back : .5;
        a->hover.step = step + back > 0 ? (size_t)(step + back) : 0;
    }
    a->wants_frame = true; /* the tooltip follows */
}

/* --- the steps in sight -------------------------------------------------------------------- */

static void look_at(app *a, double from, double to)
{
    const computed_cell *cell = app_cell(a);
    const double last = cell ? (double)cell->data.T - 1 : 0, width = to - from;
    if (width >= last || width <= 0) {
        a->from = a->to = 0;
    } else {
        a->from = from < 0 ? 0 : from + width > last ? last - width : from;
        a->to = a->from + width;
    }
    act_redraw_panels(a);
    a->wants_frame = true;
}

static void zoom(app *a, const plot_area *area, const event *e)
{
    const computed_cell *cell = app_cell(a);
    const double last = cell ? (double)cell->data.T - 1 : 0;
    const double from = a->from < a->to ? a->from : 0, to = a->from < a->to ? a->to : last;
    const double at = axis_value(area->x, (e->x - area->area.x) / area->area.w);
    double factor = pow(.8, e->n);
    if ((to - from) * factor < 4) /* a few steps at least */
        factor = 4 / (to - from);
    if (to > from)
        look_at(a, at - (at - from) * factor, at + (to - at) * factor);
}

void act_pan(app *a, double x, double y)
{
    const plot_area *area = time_area_at(a, x, y);
    if (area && a->from < a->to && fabs(x - a->pressed_at) > 3) {
        const double at = axis_value(area->x, (x - area->area.x) / area->area.w);
        const double by = a->grabbed - at;
        look_at(a, a->from + by, a->to + by);
    }
}

void act_pointer_down(app *a, const event *e)
{
    control *c = act_control_at(a, e->x, e->y);
    a->focus_visible = false;
    a->typing[0] = '\0';
    if (!c) {
        const plot_area *area = time_area_at(a, e->x, e->y);
        if (e->count == 2 && area) {
            look_at(a, 0, 0); /* all of it */
            return;
        }
        for (size_t k = 0; k < a->panels_n && e->count == 2; k++)
            if (rect_holds(a->panels[k].place, (point){e->x, e->y})) {
                app_show_page(a, a->page, !a->one_panel, k);
                return;
            }
        a->panning = area != NULL;
        a->pressed_at = e->x;
        if (area)
            a->grabbed = axis_value(area->x, (e->x - area->area.x) / area->area.w);
        return;
    }
    a->focus = (size_t)(c - a->controls);
    if (c->kind == CONTROL_SLIDER || c->kind == CONTROL_SCRUB ||
        (c->kind == CONTROL_ITEM && c->track.w > 0)) {
        a->dragging = a->focus;
        act_drag(a, e->x);
    } else if (c->kind == CONTROL_ITEM && a->column->items[c->which].kind == ITEM_FIELD) {
        a->focus_visible = true; /* so that typing is seen */
    } else {
        act_press(a, c);
    }
}

void act_pointer_up(app *a, double x)
{
    if (a->panning && fabs(x - a->pressed_at) <= 3 && a->hovering) {
        a->pinned = app_selection(a); /* a click, not a drag */
        app_looked_elsewhere(a);
    }
    a->panning = false;
    if (a->dragging < a->controls_n && a->controls[a->dragging].kind == CONTROL_SLIDER) {
        a->moving = false;
        app_changed(a, true);
    }
    a->dragging = MAX_CONTROLS;
}

void act_wheel(app *a, const event *e)
{
    control *c = act_control_at(a, e->x, e->y);
    if (a->column && e->x < COLUMN_WIDTH) {
        column_scroll(a->column, -40 * e->n, a->height - 48);
        return;
    }
    const plot_area *area = c ? NULL : time_area_at(a, e->x, e->y);
    if (area && e->n != 0)
        zoom(a, area, e);
    if (!c || c->kind != CONTROL_SLIDER || e->n == 0)
        return;
    a->focus = (size_t)(c - a->controls);
    act_step_control(a, e->n > 0 ? 1 : -1);
}
