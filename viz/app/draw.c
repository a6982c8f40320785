/* What the state looks like. Panels are kept as pictures and drawn anew only when out of date;
 * cursors, read-outs and controls are drawn over them in every frame. */
#include "viz/app/app.h"

#include "viz/app/column.h"

#include "viz/app/draw.h"
#include "viz/app/live_view.h"
#include "viz/plots/numbers.h"
#include "viz/sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- panels -------------------------------------------------------------------------------- */

/* What is pinned, of the panel's view. */
static const void *ghost_of(const app *a, const app_panel *panel)
{
    return panel->view == &live_view ? a->training_ghost : panel->ghost;
}

/* Whether the next picture follows at once. */
static bool in_motion(const app *a, const app_panel *panel)
{
    return a->moving || (a->training.running && panel->view == &live_view);
}

/* The panel's picture, drawn if it is out of date; false if there is no memory for it. */
static bool picture_of(app *a, app_panel *panel, const canvas *screen)
{
    const bool moving = in_motion(a, panel);
    const double scale = canvas_scale(screen);
    const int w = (int)ceil(panel->place.w * scale), h = (int)ceil(panel->place.h * scale);
    if (w < 1 || h < 1)
        return false;
    if (panel->picture && !panel->dirty)
        return true;
    if (panel->picture && (cairo_image_surface_get_width(panel->picture) != w ||
                           cairo_image_surface_get_height(panel->picture) != h)) {
        cairo_surface_destroy(panel->picture);
        panel->picture = NULL;
    }
    if (!panel->picture)
        panel->picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    canvas *c = canvas_on(panel->picture, panel->place.w, panel->place.h, scale, a->theme, NULL);
    if (!c)
        return false;
    canvas_set_lang(c, a->lang);
    canvas_set_fast(c, moving);
    canvas_clear(c);
    panel->layout = (plot_layout){
        .from = a->from, .to = a->to, .linear = a->linear, .ghost_data = ghost_of(a, panel)};
    panel->view->draw(c, (rect){0, 0, panel->place.w, panel->place.h}, panel->data, &panel->layout);
    (void)canvas_finish(c, NULL);
    canvas_free(c);
    for (size_t k = 0; k < panel->layout.n; k++) { /* from the picture's corner to the canvas's */
        panel->layout.area[k].area.x += panel->place.x;
        panel->layout.area[k].area.y += panel->place.y;
    }
    panel->dirty = moving; /* what was drawn fast is drawn well once it rests */
    return true;
}

/* A picture of the canvas's own scale at a point of the design, pixel on pixel. */
static void paint(canvas *c, cairo_surface_t *picture, point at)
{
    cairo_t *cr = canvas_cairo(c);
    const double scale = canvas_scale(c);
    cairo_save(cr);
    cairo_set_source_surface(cr, picture, round(at.x * scale) / scale, round(at.y * scale) / scale);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
    cairo_restore(cr);
}

static void draw_panel(app *a, app_panel *panel, canvas *c)
{
    const rect r = panel->place;
    if (!panel->data) {
        char problem[SENTENCE_TEXT];
        const text_style t = {
            .size = TYPE_BODY, .ink = INK_SOFT, .width = r.w - 32, .down = DOWN_TOP};
        canvas_text(
            c, r.x, r.y,
            (text_style){.size = TYPE_HEAD, .bold = true, .down = DOWN_TOP, .max = r.w - 16},
            canvas_say(c, panel->view->title));
        canvas_text(
            c, r.x, r.y + 24, t,
            panel->problem[0] ? sentence_text(a->lang, panel->problem, problem)
            : panel->view->make
                ? canvas_say(c, "computing …")
                : canvas_say(c, "Space trains all cells on equal batches, N by one update."));
        return;
    }
    if (cairo_surface_get_type(canvas_surface(c)) != CAIRO_SURFACE_TYPE_IMAGE) {
        panel->layout = (plot_layout){/* into a file: the shapes themselves */
                                      .from = a->from,
                                      .to = a->to,
                                      .linear = a->linear,
                                      .ghost_data = ghost_of(a, panel)};
        panel->view->draw(c, r, panel->data, &panel->layout);
        panel->dirty = true;
        return;
    }
    if (!picture_of(a, panel, c))
        return;
    paint(c, panel->picture, (point){r.x, r.y});
}

/* The time cursor in every area whose x are steps. */
static void draw_cursors(const app *a, const app_panel *panel, canvas *c)
{
    const selection at = app_selection(a);
    for (size_t k = 0; k < panel->layout.n && panel->data; k++) {
        const plot_area *area = &panel->layout.area[k];
        if (area->x.kind != AXIS_STEPS)
            continue;
        const double x = area_point(area, (double)at.step, axis_value(area->y, 0)).x;
        if (x >= area->area.x && x <= area->area.x + area->area.w)
            canvas_line(c, (point){x, area->area.y}, (point){x, area->area.y + area->area.h},
                        (stroke){.ink = INK_TEXT, .alpha = .55, .dash = DASH_DOT});
    }
}

/* --- the header ---------------------------------------------------------------------------- */

/* An open prediction hides what would answer it, and with it all that reads from it. */
static bool is_veiled(const app *a) { return a->column && column_asks(a->column); }

static void draw_header(const app *a, canvas *c)
{
    const text_style title = {.size = TYPE_TITLE,
                              .bold = true,
                              .down = DOWN_MIDDLE,
                              .max = (a->title[0] ? .28 : .15) * a->width - 16,
                              .plain = true};
    canvas_text(c, 24, 24, title, a->title[0] ? a->title : canvas_say(c, "Gradient flow"));
    canvas_text(
        c, a->width - 24, 24,
        (text_style){
            .size = TYPE_BODY, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
        canvas_say(c, "F1 help"));
    canvas_hair(c, (point){0, 48}, (point){a->width, 48}, (stroke){.ink = INK_HAIR});
    if (!is_veiled(a) || a->free_play)
        canvas_hair(c, (point){a->side.x, 48}, (point){a->side.x, a->height},
                    (stroke){.ink = INK_HAIR});
}

/* --- all of it ----------------------------------------------------------------------------- */

/* All of it, on as many lines as it takes: what is wrong with a file stands behind its name. */
static void draw_message(const app *a, canvas *c)
{
    if (!a->message[0])
        return;
    const double most = fmax(a->stage.w - 48, 16);
    text_style t = {.size = TYPE_BODY,
                    .ink = a->message_is_error ? INK_BAD : INK_TEXT,
                    .down = DOWN_TOP,
                    .plain = true};
    char room[SENTENCE_TEXT];
    const char *text = sentence_text(a->lang, a->message, room);
    const bool breaks = canvas_text_width(c, t, text) > most;
    if (breaks)
        t.width = most;
    const rect needs = canvas_measure(c, 0, 0, t, text);
    const rect r = {a->stage.x + (a->stage.w - needs.w - 32) / 2,
                    a->stage.y + a->stage.h - needs.h - 24, needs.w + 32, needs.h + 16};
    canvas_fill_round(c, r, 8, a->message_is_error ? INK_BAD_GROUND : INK_PANEL, 1);
    canvas_frame(c, r, 8, (stroke){.ink = INK_HAIR});
    canvas_text(c, r.x + 16, r.y + 8, t, text);
}

/* Over what would answer an open prediction. */
static void draw_veil(const app *a, canvas *c)
{
    const double right = a->free_play ? a->stage.x + a->stage.w : a->width;
    canvas_fill(c, rect_inset(a->stage, -8, -8, -8, -8), INK_PAPER, 1);
    canvas_text(
        c, (a->stage.x + right) / 2, a->stage.y + a->stage.h / 2,
        (text_style){
            .size = TYPE_TITLE, .ink = INK_SOFT, .across = ACROSS_MIDDLE, .down = DOWN_MIDDLE},
        canvas_say(c, "First your prediction; then the stage opens."));
}

/* Another step begins without a focus. Where what had it is there no more (a prediction is made),
 * it goes to what there is to do next. */
static void keep_focus(app *a, size_t item, column_item before)
{
    column *c = a->column;
    const bool other_step = c->step != c->player.step;
    c->step = c->player.step;
    if (other_step) {
        a->focus = MAX_CONTROLS;
    } else if (item < MAX_ITEMS && (item >= c->items_n || c->items[item].kind != before.kind ||
                                    c->items[item].block != before.block)) {
        a->focus = column_item_like(c, before);
        if (a->focus == MAX_ITEMS)
            a->focus = column_next_wanted(c);
        c->dirty = a->wants_frame = true; /* it is to be seen there */
    }
}

/* The lesson beside the stage; what can be pressed in it becomes the app's controls. */
static void draw_lesson(app *a, canvas *c)
{
    const bool focused =
        a->focus_visible && a->focus < a->controls_n && a->controls[a->focus].kind == CONTROL_ITEM;
    const column_item before =
        focused ? a->column->items[a->controls[a->focus].which] : (column_item){.kind = ITEM_NEXT};
    const rect r = {0, 48, COLUMN_WIDTH, a->height - 48};
    const size_t item = focused ? a->controls[a->focus].which : MAX_ITEMS;
    if (cairo_surface_get_type(canvas_surface(c)) != CAIRO_SURFACE_TYPE_IMAGE)
        column_draw(a->column, c, r, item, a->typing); /* into a file: the shapes themselves */
    else if (column_picture(a->column, c, r, item, a->typing))
        paint(c, a->column->picture, (point){r.x, r.y});
    app_lay_out(a);
    keep_focus(a, item, before);
}

void app_draw(app *a, canvas *c)
{
    canvas_clear(c);
    a->wants_frame = false;
    if (a->help) {
        draw_help(a, c);
        draw_message(a, c);
        return;
    }
    draw_header(a, c);
    const bool veiled = is_veiled(a);
    for (size_t k = 0; k < a->panels_n; k++) {
        draw_panel(a, &a->panels[k], c);
        if (!veiled)
            draw_cursors(a, &a->panels[k], c);
    }
    if (veiled)
        draw_veil(a, c);
    if (a->column)
        draw_lesson(a, c);
    if (!a->column || a->free_play)
        canvas_text(c, a->side.x + 24, a->side.y + 20,
                    (text_style){.size = TYPE_HEAD, .bold = true, .down = DOWN_MIDDLE},
                    canvas_say(c, "Model"));
    if (a->ghost)
        canvas_text(
            c, a->side.x + a->side.w - 24, a->side.y + 20,
            (text_style){
                .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
            canvas_say(c, "faint or hollow: pinned"));
    for (size_t k = 0; k < a->controls_n; k++)
        draw_control(a, c, &a->controls[k]);
    if (!veiled)
        draw_readout(a, c);
    draw_focus(a, c);
    draw_tooltip(a, c);
    draw_message(a, c);
}
