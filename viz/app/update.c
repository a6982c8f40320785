/* What events do. */
#include "viz/app/app.h"

#include "viz/app/column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static control *control_at(app *a, double x, double y)
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

static void set_number(app *a, const control *c, double value, bool ended)
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
static void move_moment(app *a, int by)
{
    const size_t n = a->training.moments_n;
    const size_t now = a->training.moment < n ? a->training.moment : n;
    app_show_moment(a, by < 0 && now < (size_t)-by ? 0 : now + (size_t)by);
}

static void run_training(app *a, int sign)
{
    (void)sign;
    a->training.running = !a->training.running;
    app_lay_out(a);
}

static void step_training(app *a, int sign)
{
    (void)sign;
    a->training.running = false;
    a->training.steps++;
    app_lay_out(a);
}

/* A key's step on the slider: a hundredth of its track, whole numbers at least 1. */
static void step_control(app *a, int by)
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
        move_moment(a, by);
    if (c->kind != CONTROL_SLIDER)
        return;
    const scene_number which = (scene_number)c->which;
    double now = *app_number(a, c);
    if (isnan(now))
        now = scene_numbers[which].marks_n ? scene_numbers[which].marks[0] : 1;
    double next = slider_value(which, slider_place(which, now) + 0.01 * by);
    if (scene_numbers[which].whole && next == now)
        next = now + (by > 0 ? 1 : -1);
    set_number(a, c, next, true);
}

static void press_button(app *a, size_t which)
{
    if (which == BUTTON_RUN)
        run_training(a, 0);
    else if (which == BUTTON_STEP)
        step_training(a, 0);
    for (size_t k = 0; k < app_pages_n && which == BUTTON_CHECK; k++)
        if (strcmp(app_pages[k].panel[0].view, "check") == 0)
            app_show_page(a, k, false, 0);
}

static void activate(app *a, const control *c)
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

/* --- keys ---------------------------------------------------------------------------------- */

static void move_focus(app *a, int by)
{
    const size_t n = a->controls_n;
    if (a->focus >= n)
        a->focus = by > 0 ? 0 : n - 1;
    else
        a->focus = (a->focus + n + (size_t)(by + (int)n)) % n;
    a->focus_visible = true;
    a->typing[0] = '\0';
}

static void move_step(app *a, int by)
{
    const computed_cell *cell = app_cell(a);
    if (!cell)
        return;
    const size_t now = app_selection(a).step, T = cell->data.T;
    a->hovering = false;
    a->pinned.step = by < 0 ? now - (now < (size_t)-by ? now : (size_t)-by) : now + (size_t)by;
    if (a->pinned.step >= T)
        a->pinned.step = T - 1;
    app_looked_elsewhere(a);
}

static void move_unit(app *a, int by)
{
    const computed_cell *cell = app_cell(a);
    if (!cell)
        return;
    const size_t H = cell->model.net.hidden, now = app_selection(a).unit;
    a->hovering = false;
    a->pinned.unit = (now + H + (size_t)(by + (int)H)) % H;
    app_looked_elsewhere(a);
}

static void next_cell(app *a, int by)
{
    const size_t n = a->shown ? a->shown->cells_n : 1;
    a->pinned.cell = (a->pinned.cell + n + (size_t)(by + (int)n)) % n;
    app_looked_elsewhere(a);
}

static void turn_page(app *a, int by)
{
    if (a->column) { /* of the lesson */
        if (by > 0 ? player_next(&a->column->player) : player_back(&a->column->player)) {
            a->column->scroll = 0;
            app_follow_lesson(a);
        }
        return;
    }
    app_show_page(a, (a->page + app_pages_n + (size_t)(by + (int)app_pages_n)) % app_pages_n, false,
                  0);
}

static void undo(app *a, int by)
{
    const char *text = by < 0 ? history_back(&a->history) : history_on(&a->history);
    rs_error err = {0};
    if (!text)
        app_say(a, false, by < 0 ? "this is where it began" : "there is nothing to redo");
    else if (app_read_state(a, text, &err) != RS_OK)
        app_say(a, true, "%s", err.text);
}

static void reset(app *a, int sign)
{
    (void)sign;
    const size_t steps = (size_t)a->scene.number[SCENE_STEPS];
    a->scene = app_first_scene();
    if (a->base.data)
        a->scene.number[SCENE_STEPS] = (double)steps;
    a->pinned = (selection){.step = SIZE_MAX, .cell = a->base.model ? 0 : 1};
    app_changed(a, true);
}

static void redraw_panels(app *a)
{
    for (size_t k = 0; k < a->panels_n; k++)
        a->panels[k].dirty = true;
}

static void toggle_linear(app *a, int sign)
{
    (void)sign;
    a->linear = !a->linear;
    redraw_panels(a);
}

static void toggle_theme(app *a, int sign)
{
    (void)sign;
    a->theme = a->theme == THEME_LIGHT ? THEME_DARK : THEME_LIGHT;
    redraw_panels(a);
}

static void toggle_language(app *a, int sign)
{
    (void)sign;
    a->lang = a->lang == LANG_EN ? LANG_ZH : LANG_EN;
    redraw_panels(a);
}

static void toggle_help(app *a, int sign)
{
    (void)sign;
    a->help = !a->help;
}

static void toggle_full_screen(app *a, int sign)
{
    (void)sign;
    a->full_screen = !a->full_screen;
}

static void drop_ghosts(app *a)
{
    for (size_t k = 0; k < a->panels_n; k++) {
        if (a->panels[k].ghost)
            a->panels[k].view->free(a->panels[k].ghost);
        a->panels[k].ghost = NULL;
    }
    redraw_panels(a);
}

static void pin_ghost(app *a, int sign)
{
    (void)sign;
    computed *old = a->ghost;
    a->ghost = a->shown ? compute_hold(a->shown) : NULL;
    compute_release(old);
    drop_ghosts(a);
    a->wants_views = true; /* of the ghost too */
}

static void export_screen(app *a, int sign)
{
    (void)sign;
    a->wants_export = true;
}

static void back(app *a, int sign)
{
    (void)sign;
    if (a->help)
        a->help = false;
    else if (a->typing[0])
        a->typing[0] = '\0';
    else if (a->one_panel)
        app_show_page(a, a->page, false, 0);
    else if (a->ghost) {
        compute_release(a->ghost);
        a->ghost = NULL;
        drop_ghosts(a);
    } else if (a->focus < a->controls_n)
        a->focus = MAX_CONTROLS;
    else
        a->full_screen = false;
}

static void enter(app *a, int sign)
{
    (void)sign;
    const control *c = a->focus < a->controls_n ? &a->controls[a->focus] : NULL;
    char *end = NULL;
    if (c && (c->kind == CONTROL_SLIDER || c->kind == CONTROL_ITEM) && a->typing[0]) {
        const double value = strtod(a->typing, &end);
        if (*end == '\0' && isfinite(value) && c->kind == CONTROL_SLIDER)
            set_number(a, c, value, true);
        else if (*end == '\0' && isfinite(value)) {
            if (column_number(a->column, c->which, value))
                app_follow_lesson(a);
        } else
            app_say(a, true, "`%s` is no number", a->typing);
        a->typing[0] = '\0';
    } else if (c && c->kind != CONTROL_SLIDER) {
        activate(a, c);
    } else {
        a->pinned = app_selection(a);
        app_looked_elsewhere(a);
    }
}

static void home(app *a, int sign)
{
    (void)sign;
    if (a->focus < a->controls_n && a->controls[a->focus].kind == CONTROL_SCRUB)
        app_show_moment(a, 0);
    if (a->focus < a->controls_n && a->controls[a->focus].kind == CONTROL_SLIDER)
        set_number(a, &a->controls[a->focus], scene_numbers[a->controls[a->focus].which].standard,
                   true);
}

static void toggle_free_play(app *a, int sign)
{
    (void)sign;
    a->free_play = a->column && !a->free_play;
    app_lay_out(a);
}

static void show_hint(app *a, int sign)
{
    (void)sign;
    for (size_t k = 0; a->column && k < a->column->items_n; k++)
        if (a->column->items[k].kind == ITEM_HINT) {
            (void)column_act(a->column, k, NAN);
            return;
        }
}

static void quit(app *a, int sign)
{
    (void)sign;
    a->quit = true;
}

const app_key app_keys[] = {
    {"Tab", "to the next control", move_focus, 1},
    {"Shift+Tab", "to the control before", move_focus, -1},
    {"Right", "change the control", step_control, 1},
    {"Left", "change the control", step_control, -1},
    {"Up", "change the control", step_control, 1},
    {"Down", "change the control", step_control, -1},
    {"Shift+Right", "change it ten times as much", step_control, 10},
    {"Shift+Left", "change it ten times as much", step_control, -10},
    {"Home", "the control's standard value", home, 0},
    {"Enter", "take the number typed, press the control, or pin the cursor", enter, 0},
    {"[", "a step back in time", move_step, -1},
    {"]", "a step on in time", move_step, 1},
    {"Shift+[", "ten steps back", move_step, -10},
    {"Shift+]", "ten steps on", move_step, 10},
    {"Comma", "the unit before", move_unit, -1},
    {"Period", "the next unit", move_unit, 1},
    {"C", "the next cell", next_cell, 1},
    {"Space", "train, or pause", run_training, 0},
    {"N", "train by one update", step_training, 0},
    {"PageDown", "the next page, or step of the lesson", turn_page, 1},
    {"PageUp", "the page or step before", turn_page, -1},
    {"H", "a hint", show_hint, 0},
    {"U", "in a lesson: all sliders", toggle_free_play, 0},
    {"Ctrl+Z", "undo", undo, -1},
    {"Ctrl+Y", "redo", undo, 1},
    {"R", "everything to its standard", reset, 0},
    {"P", "pin the present curves to compare with", pin_ghost, 0},
    {"L", "logarithmic or linear axes", toggle_linear, 0},
    {"T", "light or dark", toggle_theme, 0},
    {"G", "English or Chinese", toggle_language, 0},
    {"E", "export what is on the screen", export_screen, 0},
    {"F1", "help", toggle_help, 0},
    {"F11", "full screen", toggle_full_screen, 0},
    {"Esc", "back", back, 0},
    {"Ctrl+Q", "quit", quit, 0},
};
const size_t app_keys_n = sizeof app_keys / sizeof *app_keys;

/* Digits go to the focused slider or field. */
static bool type_digit(app *a, int key)
{
    const size_t n = strlen(a->typing);
    const control *c = a->focus < a->controls_n ? &a->controls[a->focus] : NULL;
    const bool item = c && c->kind == CONTROL_ITEM;
    if (!c || (!item && c->kind != CONTROL_SLIDER))
        return false;
    if (key == KEY_BACKSPACE && n > 0) {
        a->typing[n - 1] = '\0';
        return true;
    }
    if (key > '~' || !strchr(item && n > 0 ? "0123456789.-e" : "0123456789.-", key) ||
        n + 1 >= sizeof a->typing ||
        (n == 0 && key == '-' && !item && scene_numbers[c->which].low >= 0))
        return false;
    a->focus_visible = true;
    a->typing[n] = (char)key;
    a->typing[n + 1] = '\0';
    return true;
}

static void press_key(app *a, const event *e)
{
    if ((e->with & (WITH_CTRL | WITH_ALT)) == 0 && type_digit(a, e->key))
        return;
    for (size_t k = 0; k < app_keys_n; k++) {
        int key = 0;
        unsigned with = 0;
        if (event_key_named(app_keys[k].key, &key, &with) && key == e->key && with == e->with) {
            app_keys[k].act(a, app_keys[k].sign);
            return;
        }
    }
}

/* --- the pointer --------------------------------------------------------------------------- */

static void drag_slider(app *a, double x)
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
    set_number(a, c, slider_value((scene_number)c->which, place), false);
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
static void hover(app *a, double x, double y)
{
    const plot_area *area = a->shown ? time_area_at(a, x, y) : NULL;
    a->hovering = area != NULL;
    if (area) {
        const double step = area_numbers(area, (point){x, y}).x;
        a->hover = a->pinned;
        a->hover.step = step > 0 ? (size_t)(area->cols ? step : step + .5) : 0;
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
    redraw_panels(a);
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

static void pan(app *a, double x, double y)
{
    const plot_area *area = time_area_at(a, x, y);
    if (area && a->from < a->to && fabs(x - a->pressed_at) > 3) {
        const double at = axis_value(area->x, (x - area->area.x) / area->area.w);
        const double by = a->grabbed - at;
        look_at(a, a->from + by, a->to + by);
    }
}

static void press(app *a, const event *e)
{
    control *c = control_at(a, e->x, e->y);
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
        drag_slider(a, e->x);
    } else if (c->kind == CONTROL_ITEM && a->column->items[c->which].kind == ITEM_FIELD) {
        a->focus_visible = true; /* so that typing is seen */
    } else {
        activate(a, c);
    }
}

static void release(app *a, double x)
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

static void wheel(app *a, const event *e)
{
    control *c = control_at(a, e->x, e->y);
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
    step_control(a, e->n > 0 ? 1 : -1);
}

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
        press_key(a, e);
        break;
    case EVENT_PRESS:
        press(a, e);
        break;
    case EVENT_RELEASE:
        release(a, e->x);
        break;
    case EVENT_WHEEL:
        wheel(a, e);
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
        redraw_panels(a);
        app_lay_out(a);
        break;
    case EVENT_MOVE:
        a->pointer_in = true;
        a->pointer_x = e->x;
        a->pointer_y = e->y;
        if (a->dragging < a->controls_n)
            drag_slider(a, e->x);
        else if (a->panning)
            pan(a, e->x, e->y);
        else
            hover(a, e->x, e->y);
        break;
    default:
        break;
    }
}
