/* What keys do. */
#include "viz/app/act.h"

#include "viz/app/column.h"
#include "viz/app/live_view.h"
#include "viz/plots/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Down to the layer below, or up. */
static void move_layer(app *a, int by)
{
    const computed_cell *cell = app_cell(a);
    const size_t layers = cell ? cell->model.net.layers : 1, below = a->pinned.below;
    if (by < 0 ? below + 1 < layers : below > 0)
        a->pinned.below = by < 0 ? below + 1 : below - 1;
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
        if (column_turn(a->column, by))
            app_follow_lesson(a);
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
    if (a->base.model)
        app_leave_model(&a->scene);
    if (a->base.data)
        a->scene.number[SCENE_STEPS] = (double)steps;
    a->pinned = (selection){.step = SIZE_MAX, .cell = a->base.model ? 0 : 1};
    app_changed(a, true);
}

static void toggle_linear(app *a, int sign)
{
    (void)sign;
    a->linear = !a->linear;
    act_redraw_panels(a);
}

static void toggle_theme(app *a, int sign)
{
    (void)sign;
    a->theme = a->theme == THEME_LIGHT ? THEME_DARK : THEME_LIGHT;
    act_redraw_panels(a);
}

static void toggle_language(app *a, int sign)
{
    (void)sign;
    a->lang = a->lang == LANG_EN ? LANG_ZH : LANG_EN;
    app_lay_out(a); /* names have another width */
    act_redraw_panels(a);
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
    if (a->training_ghost)
        live_view.free(a->training_ghost);
    a->training_ghost = NULL;
    for (size_t k = 0; k < a->panels_n; k++) {
        if (a->panels[k].ghost)
            a->panels[k].view->free(a->panels[k].ghost);
        a->panels[k].ghost = NULL;
        a->panels[k].ghost_is_new = false;
    }
    act_redraw_panels(a);
}

static void pin_ghost(app *a, int sign)
{
    (void)sign;
    computed *old = a->ghost;
    a->ghost = a->shown ? compute_hold(a->shown) : NULL;
    compute_release(old);
    drop_ghosts(a);
    a->training.wants_pin = a->training.begun;
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

/* What was typed becomes the slider's number: the nearest that it can be, which is then said. */
static void set_typed(app *a, const control *c, double value)
{
    const scene_number_info *info = &scene_numbers[c->which];
    char low[NUMBER_TEXT], high[NUMBER_TEXT];
    act_set_number(a, c, value, true);
    if (value < info->low || value > info->high)
        app_say(a, true, "%s: %s %s … %s", a->typing, lang_text(a->lang, "expected"),
                number_text(low, info->low, 4), number_text(high, info->high, 6));
}

static void enter(app *a, int sign)
{
    (void)sign;
    const control *c = a->focus < a->controls_n ? &a->controls[a->focus] : NULL;
    char *end = NULL;
    if (c && (c->kind == CONTROL_SLIDER || c->kind == CONTROL_ITEM) && a->typing[0]) {
        const double value = strtod(a->typing, &end);
        if (*end == '\0' && isfinite(value) && c->kind == CONTROL_SLIDER)
            set_typed(a, c, value);
        else if (*end == '\0' && isfinite(value)) {
            if (column_number(a->column, c->which, value))
                app_follow_lesson(a);
        } else
            app_say(a, true, "%s: %s", a->typing, lang_text(a->lang, "this is no number"));
        a->typing[0] = '\0';
    } else if (c && c->kind != CONTROL_SLIDER) {
        act_press(a, c);
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
        act_set_number(a, &a->controls[a->focus],
                       scene_numbers[a->controls[a->focus].which].standard, true);
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
    const bool focused = a->focus < a->controls_n && a->controls[a->focus].kind == CONTROL_ITEM;
    const size_t item =
        a->column ? column_hint(a->column, focused ? a->controls[a->focus].which : MAX_ITEMS)
                  : MAX_ITEMS;
    if (item < MAX_ITEMS && column_act(a->column, item, NAN))
        app_follow_lesson(a);
}

/* Changes the control that has the focus; where there is nothing to change, reads on. */
static void up_down(app *a, int by)
{
    const control *c = a->focus < a->controls_n ? &a->controls[a->focus] : NULL;
    const bool changes = c && (c->kind == CONTROL_SLIDER || c->kind == CONTROL_CHOICE ||
                               c->kind == CONTROL_SCRUB || c->track.w > 0);
    if (changes || !a->column)
        act_step_control(a, by);
    else
        column_scroll(a->column, -60.0 * by, a->height - 48);
}

static void toggle_index(app *a, int sign)
{
    (void)sign;
    if (!a->column || !a->column->course)
        return;
    column_show_index(a->column, !a->column->index);
    a->column->dirty = a->wants_frame = true;
}

static void quit(app *a, int sign)
{
    (void)sign;
    a->quit = true;
}

const app_key app_keys[] = {
    {"Tab", "to the next control", move_focus, 1},
    {"Shift+Tab", "to the control before", move_focus, -1},
    {"Right", "change the control", act_step_control, 1},
    {"Left", "change the control", act_step_control, -1},
    {"Up", "change the control, else move the text", up_down, 1},
    {"Down", "change the control, else move the text", up_down, -1},
    {"Shift+Right", "change it ten times as much", act_step_control, 10},
    {"Shift+Left", "change it ten times as much", act_step_control, -10},
    {"Home", "the control's standard value", home, 0},
    {"Enter", "take what is typed, press, or pin the cursor", enter, 0},
    {"[", "a step back in time", move_step, -1},
    {"]", "a step on in time", move_step, 1},
    {"Shift+[", "ten steps back", move_step, -10},
    {"Shift+]", "ten steps on", move_step, 10},
    {"Comma", "the unit before", move_unit, -1},
    {"Period", "the next unit", move_unit, 1},
    {"Shift+Comma", "the layer below", move_layer, -1},
    {"Shift+Period", "the layer above", move_layer, 1},
    {"C", "the next cell", next_cell, 1},
    {"Space", "train, or pause", act_run_training, 0},
    {"N", "train by one update", act_step_training, 0},
    {"PageDown", "the next page, or step of the lesson", turn_page, 1},
    {"PageUp", "the page or step before", turn_page, -1},
    {"H", "a hint", show_hint, 0},
    {"U", "in a lesson: all sliders", toggle_free_play, 0},
    {"I", "in a lesson: all lessons", toggle_index, 0},
    {"Ctrl+Z", "undo", undo, -1},
    {"Ctrl+Y", "redo", undo, 1},
    {"R", "everything to its standard", reset, 0},
    {"P", "pin what is shown, to compare with", pin_ghost, 0},
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
    const bool nowhere =
        a->focus >= a->controls_n || (a->controls[a->focus].kind == CONTROL_ITEM &&
                                      !column_takes_number(a->column, a->controls[a->focus].which));
    if (nowhere && a->column && key > ' ' && key <= '~' &&
        strchr(column_asks(a->column) ? "0123456789-." : "0123456789-",
               key)) /* "." is a unit's key */
        a->focus = column_typed_into(a->column);
    const control *c = a->focus < a->controls_n ? &a->controls[a->focus] : NULL;
    const bool item = c && c->kind == CONTROL_ITEM && column_takes_number(a->column, c->which);
    if (!c || (!item && c->kind != CONTROL_SLIDER))
        return false;
    if (key == KEY_BACKSPACE && n > 0) {
        a->typing[n - 1] = '\0';
        return true;
    }
    if (key > '~' || !strchr(n > 0 ? "0123456789.-e" : "0123456789.-", key) ||
        n + 1 >= sizeof a->typing ||
        (n == 0 && key == '-' && !item && scene_numbers[c->which].low >= 0))
        return false;
    a->focus_visible = true;
    a->typing[n] = (char)key;
    a->typing[n + 1] = '\0';
    if (n == 0 && item && column_look(a->column, c->which))
        app_follow_lesson(a);
    return true;
}

void act_key(app *a, const event *e)
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
