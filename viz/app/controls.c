/* Sliders and choices: their numbers, and where everything is. */
#include "viz/app/app.h"

#include "viz/app/column.h"
#include "viz/app/live_view.h"

#include "data/tasks.h"
#include "network/init.h"
#include "viz/lang.h"

#include <math.h>
#include <string.h>

enum { HEADER = 48, TABS = 32, MARGIN = 24, GAP = 8 };

/* A small window has a narrower side and closer rows. Beside a lesson the side has only what stands
 * at the cursor: it gives way where the window is small or there is no network to read. */
static double side_width(const app *a)
{
    const bool small = a->width < 1200;
    if (a->column && !a->free_play && (small || !app_shows_network(a)))
        return 0;
    return small ? 256 : 272;
}
static double row_height(const app *a) { return a->height < 720 ? 28 : 32; }
static double line_height(const app *a) { return a->height < 720 ? 22 : 24; }

double *app_number(app *a, const control *c) { return &a->scene.number[c->which]; }

double slider_place(scene_number which, double value)
{
    const scene_number_info *info = &scene_numbers[which];
    if (info->scale == SCENE_LOG)
        return log(value / info->low) / log(info->high / info->low);
    return (value - info->low) / (info->high - info->low);
}

double slider_value(scene_number which, double place)
{
    const scene_number_info *info = &scene_numbers[which];
    place = place < 0 ? 0 : place > 1 ? 1 : place;
    if (info->scale == SCENE_LOG)
        return scene_fit(which, info->low * pow(info->high / info->low, place));
    return scene_fit(which, info->low + place * (info->high - info->low));
}

const char *choice_name(size_t which, size_t k)
{
    static const char *const losses[] = {"last", "all", "task", NULL};
    if (which == CHOICE_TASK)
        return rs_tasks[k].name;
    return which == CHOICE_INIT ? rs_init_names[k] : losses[k];
}

static char *choice_text(app *a, size_t which)
{
    char *const text[CHOICES] = {a->scene.task, a->scene.init, a->scene.loss_at};
    return text[which];
}

const char *choice_now(const app *a, size_t which)
{
    const char *const text[CHOICES] = {a->scene.task, a->scene.init, a->scene.loss_at};
    return text[which];
}

void choice_step(app *a, size_t which, int by)
{
    size_t n = 0, now = 0;
    for (; choice_name(which, n); n++)
        if (strcmp(choice_name(which, n), choice_now(a, which)) == 0)
            now = n;
    if (n == 0)
        return;
    const char *name = choice_name(which, (now + n + (size_t)(by + (int)n)) % n);
    memset(choice_text(a, which), 0, SCENE_NAME);
    memcpy(choice_text(a, which), name, strlen(name));
}

/* --- where things are ---------------------------------------------------------------------- */

static control *add(app *a, control_kind kind, size_t which, rect area, const char *label)
{
    control *c = &a->controls[a->controls_n];
    if (a->controls_n == MAX_CONTROLS)
        return c - 1; /* there are never so many; the last is then drawn twice */
    a->controls_n++;
    *c = (control){.kind = kind, .which = which, .area = area, .label = label};
    return c;
}

/* About how wide a name is, in the language of the screen: without a canvas there is no measuring.
 */
static double room_of(const app *a, const char *english)
{
    const double latin = 6.6, chinese = 12.5;
    double room = 0;
    for (const char *p = lang_text(a->lang, english); *p; p++)
        if (((unsigned char)*p & 0xC0) != 0x80) /* not the middle of a sign */
            room += (unsigned char)*p < 0x80 ? latin : chinese;
    return room;
}

static void add_cells(app *a)
{
    double x = a->title[0] ? .3 * a->width : .15 * a->width + 16;
    for (size_t k = 0; rs_cells[k] && !a->base.model; k++) {
        const double width = 24 + 1.09 * room_of(a, rs_cells[k]->title); /* most are capitals */
        add(a, CONTROL_CELL, k, (rect){x, 12, width, 24}, rs_cells[k]->title);
        x += width + GAP;
    }
}

/* Tabs as wide as their names, closer where the window is narrow. */
static void add_pages(app *a)
{
    const double room = a->width - side_width(a) - MARGIN - GAP;
    double x = MARGIN, names = 0;
    for (size_t k = 0; k < app_pages_n; k++)
        names += room_of(a, app_pages[k].title);
    double gap = (room - names) / (double)app_pages_n;
    gap = gap > 24 ? 24 : gap;
    for (size_t k = 0; k < app_pages_n; k++) {
        const double width = room_of(a, app_pages[k].title) + gap;
        add(a, CONTROL_PAGE, k, (rect){x, HEADER, width, TABS}, app_pages[k].title);
        x += width;
    }
}

/* The badge takes the room that the cells leave, and leads to the page about it. */
static void add_badge(app *a)
{
    const double right = a->width - 96;
    const control *last = a->controls_n ? &a->controls[a->controls_n - 1] : NULL;
    double left = last ? last->area.x + last->area.w + 16 : .6 * a->width;
    left = left < right - 400 ? right - 400 : left;
    add(a, CONTROL_BUTTON, BUTTON_CHECK, (rect){left, 12, right - left, 24}, "the gradient check");
}

/* Below the stage: run, one update, the moments to go back to. */
static void add_training(app *a)
{
    const double y = a->stage.y + a->stage.h - 32, x = a->stage.x;
    add(a, CONTROL_BUTTON, BUTTON_RUN, (rect){x, y, 96, 32}, "train");
    add(a, CONTROL_BUTTON, BUTTON_STEP, (rect){x + 104, y, 88, 32}, "one update");
    control *c = add(a, CONTROL_SCRUB, 0, (rect){x + 208, y, a->stage.w - 208 - 168, 32}, "moment");
    c->track = (rect){c->area.x + 8, y + 10, c->area.w - 16, 12};
    a->stage.h -= 40;
}

static bool page_is_training(const app *a)
{
    return a->panels_n > 0 && a->panels[0].view == &live_view;
}

/* Whether a cell of the scene has a gate that keeps its state. */
static bool keeps(const scene *s)
{
    for (size_t k = 0; k < scene_cells_n(s); k++) {
        const rs_cell *cell = scene_cell(s->cells[k]);
        if (cell && cell->keep_gates)
            return true;
    }
    return false;
}

/* A setting that the user's model or data, or the weights that a lesson gives, have decided
 * already. */
static bool is_decided(const app *a, size_t which)
{
    const bool given = scene_gives_weights(&a->scene);
    const bool model = a->base.model != NULL || given, data = a->base.data != NULL;
    return which == SCENE_HIDDEN || which == SCENE_LAYERS ? model
           : which == SCENE_BATCH                         ? data
           : which == SCENE_INPUT_STD   ? given && a->scene.matrix[SCENE_U].rows == 0
           : which == SCENE_FORGET_BIAS ? a->column && !keeps(&a->scene)
                                        : which == SCENE_SEED && model && (data || given);
}

/* The same of a choice: where the loss is can always be chosen, but for the user's model. */
static bool choice_is_decided(const app *a, size_t which)
{
    return a->base.model || (scene_gives_weights(&a->scene) && which < CHOICES - 1);
}

static void add_sliders(app *a)
{
    static const size_t training[] = {SCENE_LEARNING_RATE, SCENE_CLIP};
    static const size_t shown[] = {SCENE_GAIN,   SCENE_FORGET_BIAS, SCENE_STEPS,     SCENE_HIDDEN,
                                   SCENE_LAYERS, SCENE_BATCH,       SCENE_INPUT_STD, SCENE_SEED};
    static const char *const choices[CHOICES] = {"task", "initialisation", "loss at"};
    const double x = a->side.x + MARGIN, width = a->side.w - 2 * MARGIN;
    double y = a->side.y + 40;
    const size_t extra = page_is_training(a) ? sizeof training / sizeof *training : 0;
    for (size_t k = 0; k < extra + sizeof shown / sizeof *shown; k++) {
        const size_t which = k < extra ? training[k] : shown[k - extra];
        if (is_decided(a, which))
            continue;
        control *c = add(a, CONTROL_SLIDER, which, (rect){x, y, width, row_height(a)},
                         scene_numbers[which].label);
        c->track = (rect){x + 6, y + 16, width - 12, 12};
        y += row_height(a);
    }
    y += GAP;
    for (size_t k = 0; k < CHOICES; k++) {
        if (choice_is_decided(a, k))
            continue;
        add(a, CONTROL_CHOICE, k, (rect){x, y, width, line_height(a)}, choices[k]);
        y += line_height(a);
    }
    a->side_free = y;
}

static void add_items(app *a)
{
    for (size_t k = 0; k < a->column->items_n; k++) {
        const column_item *item = &a->column->items[k];
        control *c = add(a, CONTROL_ITEM, k, item->area, "");
        c->track = item->track;
    }
}

/* On whole pixels: a picture between them would be blurred, and slow to paint. */
static rect whole(rect r)
{
    const double x = round(r.x), y = round(r.y);
    return (rect){x, y, round(r.x + r.w) - x, round(r.y + r.h) - y};
}

bool panel_is_small(const app_panel *panel)
{
    return panel->view->small && panel->view->small(panel->place.w, panel->place.h);
}

static void place_panels(app *a)
{
    const double gap = 24;
    for (size_t k = 0; k < a->panels_n; k++) {
        const rect part = a->panels[k].part;
        const rect place = whole((rect){
            a->stage.x + part.x * a->stage.w, a->stage.y + part.y * a->stage.h, part.w * a->stage.w,
            part.h * a->stage.h - (part.y + part.h < .999 ? gap / 2 : 0)});
        app_panel *panel = &a->panels[k];
        if (memcmp(&place, &panel->place, sizeof place) != 0)
            panel->dirty = true;
        panel->place = place;
        if (panel->small && !panel_is_small(panel)) { /* now there is room for what was left out */
            panel->small = panel->ghost_is_new = false;
            a->wants_views = true;
        }
    }
}

void app_lay_out(app *a)
{
    const double left = a->column ? COLUMN_WIDTH : 0, side = side_width(a);
    const double top = HEADER + (a->column ? 0 : TABS);
    a->side = (rect){a->width - side, HEADER, side, a->height - HEADER};
    a->stage =
        (rect){left + MARGIN, top + 16, a->width - left - side - 2 * MARGIN, a->height - top - 32};
    a->controls_n = 0;
    a->side_free = a->side.y;
    if (a->column)
        add_items(a);
    else
        add_cells(a);
    add_badge(a);
    if (!a->column)
        add_pages(a);
    if (!a->column || a->free_play)
        add_sliders(a);
    if (page_is_training(a) || a->training.begun || a->training.shown)
        add_training(a);
    place_panels(a);
}
