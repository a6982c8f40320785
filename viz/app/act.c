/* What controls and buttons do. */
#include "viz/app/act.h"

#include "viz/app/column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

control *act_control_at(app *a, double x, double y)
{
    for (size_t k = 0; k < a->controls_n; k++)
        if (rect_holds(a->controls[k].area, (point){x, y}))
            return &a->controls[k];
    return NULL;
}

static void show_cell(app *a, size_t which)
{
    const char *name = rs_cells[which]->name;
    size_t n = scene_cells_n(&a->scene), k = 0;
    while (k < n && strcmp(a->scene.cells[k], name) != 0)
        k++;
    if (k < n && n > 1) { /* away with it */
        memmove(a->scene.cells[k], a->scene.cells[k + 1], (n - k - 1) * SCENE_NAME);
        memset(a->scene.cells[n - 1], 0, SCENE_NAME);
        a->pinned.cell = 0;
    } else if (k == n && n < SCENE_CELLS) {
        memcpy(a->scene.cells[n], name, strlen(name));
        a->pinned.cell = n;
    } else {
        app_say(a, false, n == 1 ? "one cell stays" : "four cells fit beside each other");
        return;
    }
    app_changed(a, true);
}

void act_set_number(app *a, const control *c, double value, bool ended)
{
    double *number = app_number(a, c);
    const double fitted = scene_fit((scene_number)c->which, value);
    const bool same = fitted == *number || (isnan(fitted) && isnan(*number));
    *number = fitted;
    if (c->which == SCENE_LEARNING_RATE || c->which == SCENE_CLIP) {
        if (ended) /* training takes it from here on; nothing else is another for it */
            app_keep(a);
        return;
    }
    if (!same || ended)
        app_changed(a, ended);
}

/* Along the moments that were kept; the present comes after the last. */
void act_move_moment(app *a, int by)
{
    const size_t n = a->training.moments_n;
    const size_t now = a->training.moment < n ? a->training.moment : n;
    app_show_moment(a, by < 0 && now < (size_t)-by ? 0 : now + (size_t)by);
}

void act_run_training(app *a, int sign)
{
    (void)sign;
    a->training.running = !a->training.running;
    app_lay_out(a);
}

void act_step_training(app *a, int sign)
{
    (void)sign;
    a->training.running = false;
    a->training.steps++;
    app_lay_out(a);
}

/* A key's step on the slider: a hundredth of its track, whole numbers at least 1. */
void act_step_control(app *a, int by)
{
    if (a->focus >= a->controls_n)
        return;
    const control *c = &a->controls[a->focus];
    if (c->kind == CONTROL_CHOICE) {
        choice_step(a, c->which, by > 0 ? 1 : -1);
        app_changed(a, true);
        return;
    }
    if (c->kind == CONTROL_ITEM && column_step(a->column, c->which, by))
        app_follow_lesson(a);
    if (c->kind == CONTROL_SCRUB)
        act_move_moment(a, by);
    if (c->kind != CONTROL_SLIDER)
        return;
    const scene_number which = (scene_number)c->which;
    double now = *app_number(a, c);
    if (isnan(now))
        now = scene_numbers[which].marks_n ? scene_numbers[which].marks[0] : 1;
    double next = slider_value(which, slider_place(which, now) + 0.01 * by);
    if (scene_numbers[which].whole && next == now)
        next = now + (by > 0 ? 1 : -1);
    act_set_number(a, c, next, true);
}

static void press_button(app *a, size_t which)
{
    if (which == BUTTON_RUN)
        act_run_training(a, 0);
    else if (which == BUTTON_STEP)
        act_step_training(a, 0);
    for (size_t k = 0; k < app_pages_n && which == BUTTON_CHECK; k++)
        if (strcmp(app_pages[k].panel[0].view, "check") == 0)
            app_show_page(a, k, false, 0);
}

void act_press(app *a, const control *c)
{
    if (c->kind == CONTROL_PAGE)
        app_show_page(a, c->which, false, 0);
    else if (c->kind == CONTROL_CELL)
        show_cell(a, c->which);
    else if (c->kind == CONTROL_CHOICE) {
        choice_step(a, c->which, 1);
        app_changed(a, true);
    } else if (c->kind == CONTROL_BUTTON) {
        press_button(a, c->which);
    } else if (c->kind == CONTROL_ITEM && column_act(a->column, c->which, NAN)) {
        app_follow_lesson(a);
    }
}

void act_redraw_panels(app *a)
{
    for (size_t k = 0; k < a->panels_n; k++)
        a->panels[k].dirty = true;
}
