/* What the controls look like: badge, tabs, sliders, choices, and where the focus is. */
#include "viz/app/column.h"
#include "viz/app/draw.h"
#include "viz/plots/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const badge *worst_badge(const app *a)
{
    const badge *worst = &a->badge[0];
    const size_t n = a->shown ? a->shown->cells_n : 1;
    static const int rank[] = {[BADGE_NONE] = 1,
                               [BADGE_CHECKING] = 2,
                               [BADGE_AGREES] = 0,
                               [BADGE_UNSURE] = 3,
                               [BADGE_WRONG] = 4};
    for (size_t k = 1; k < n; k++)
        if (rank[a->badge[k].kind] > rank[worst->kind] ||
            (a->badge[k].kind == worst->kind && a->badge[k].error > worst->error))
            worst = &a->badge[k];
    return worst;
}

static void draw_badge(const app *a, canvas *c, const control *where)
{
    const badge *b = worst_badge(a);
    char text[400], number[NUMBER_TEXT];
    const ink_kind ink = b->kind == BADGE_AGREES  ? INK_GOOD
                         : b->kind == BADGE_WRONG ? INK_BAD
                                                  : INK_SOFT;
    switch (b->kind) {
    case BADGE_AGREES:
        (void)snprintf(text, sizeof text, "✓ %s · %s", canvas_say(c, "gradient verified"),
                       number_text(number, b->error, 1));
        break;
    case BADGE_WRONG:
        (void)snprintf(text, sizeof text, "✗ %.390s", b->text[a->lang]);
        break;
    case BADGE_UNSURE:
        (void)snprintf(text, sizeof text, "? %.390s", b->text[a->lang]);
        break;
    case BADGE_CHECKING:
        (void)snprintf(text, sizeof text, "%s", canvas_say(c, "checking the gradient …"));
        break;
    default:
        (void)snprintf(text, sizeof text, "%s", canvas_say(c, "gradient not checked"));
        break;
    }
    const double right = where->area.x + where->area.w, most = where->area.w - 32;
    const text_style t = {
        .size = TYPE_SMALL, .ink = ink, .down = DOWN_MIDDLE, .max = most, .plain = true};
    double w = canvas_text_width(c, t, text) + 32;
    w = w > most + 32 ? most + 32 : w;
    canvas_fill_round(c, (rect){right - w, 12, w, 24}, 12,
                      b->kind == BADGE_AGREES  ? INK_GOOD_GROUND
                      : b->kind == BADGE_WRONG ? INK_BAD_GROUND
                                               : INK_PANEL,
                      1);
    canvas_text(c, right - w + 16, 24, t, text);
}

static bool cell_is_shown(const app *a, size_t which)
{
    for (size_t k = 0; k < scene_cells_n(&a->scene); k++)
        if (strcmp(a->scene.cells[k], rs_cells[which]->name) == 0)
            return true;
    return false;
}

static void draw_cell(const app *a, canvas *c, const control *k)
{
    const bool on = cell_is_shown(a, k->which);
    const ink_kind ink = look_of_cell(rs_cells[k->which]).ink;
    canvas_marker(c, (point){k->area.x + 8, k->area.y + 12}, on ? MARKER_DOT : MARKER_RING, 4, ink,
                  1);
    canvas_text(
        c, k->area.x + 18, k->area.y + 12,
        (text_style){.size = TYPE_BODY, .ink = on ? INK_TEXT : INK_SOFT, .down = DOWN_MIDDLE},
        canvas_say(c, k->label));
}

static void draw_page_tab(const app *a, canvas *c, const control *k)
{
    const bool on = k->which == a->page;
    canvas_text(c, k->area.x, k->area.y + k->area.h / 2,
                (text_style){.size = TYPE_BODY,
                             .bold = on,
                             .ink = on ? INK_TEXT : INK_SOFT,
                             .down = DOWN_MIDDLE,
                             .max = k->area.w - 8},
                canvas_say(c, k->label));
    if (on)
        canvas_fill(c, (rect){k->area.x, k->area.y + k->area.h - 2, 24, 2}, INK_ACCENT, 1);
}

static void slider_text(const app *a, const control *k, char text[NUMBER_TEXT])
{
    const double value = a->scene.number[k->which];
    const bool focused = a->focus < a->controls_n && &a->controls[a->focus] == k;
    if (focused && a->typing[0])
        (void)snprintf(text, NUMBER_TEXT, "%.20s▏", a->typing);
    else if (isnan(value))
        (void)snprintf(text, NUMBER_TEXT, "–");
    else if (scene_numbers[k->which].whole)
        (void)snprintf(text, NUMBER_TEXT, "%.0f", value);
    else
        (void)number_text(text, value, 3);
}

static void draw_slider(const app *a, canvas *c, const control *k)
{
    const scene_number_info *info = &scene_numbers[k->which];
    const double value = a->scene.number[k->which], y = k->track.y + k->track.h / 2;
    char text[NUMBER_TEXT];
    slider_text(a, k, text);
    canvas_text(c, k->area.x, k->area.y + 8,
                (text_style){.size = TYPE_BODY, .ink = INK_SOFT, .down = DOWN_MIDDLE},
                canvas_say(c, info->label));
    canvas_text(c, k->area.x + k->area.w, k->area.y + 8,
                (text_style){.size = TYPE_BODY,
                             .face = FACE_NUMBER,
                             .across = ACROSS_RIGHT,
                             .down = DOWN_MIDDLE,
                             .plain = true},
                text);
    canvas_fill_round(c, (rect){k->track.x - 6, y - 1.5, k->track.w + 12, 3}, 1.5, INK_HAIR, 1);
    for (size_t m = 0; m < info->marks_n; m++) {
        const double x =
            k->track.x + k->track.w * slider_place((scene_number)k->which, info->marks[m]);
        canvas_line(c, (point){x, y - 5}, (point){x, y + 5}, (stroke){.ink = INK_AXIS});
    }
    if (isnan(value))
        return;
    const double x = k->track.x + k->track.w * slider_place((scene_number)k->which, value);
    canvas_fill_round(c, (rect){k->track.x - 6, y - 1.5, x - k->track.x + 6, 3}, 1.5, INK_ACCENT,
                      1);
    canvas_marker(c, (point){x, y}, MARKER_RING, 6, INK_ACCENT, 1);
}

static void draw_choice(const app *a, canvas *c, const control *k)
{
    const double y = k->area.y + k->area.h / 2;
    canvas_text(c, k->area.x, y,
                (text_style){.size = TYPE_BODY, .ink = INK_SOFT, .down = DOWN_MIDDLE},
                canvas_say(c, k->label));
    canvas_textf(c, k->area.x + k->area.w, y,
                 (text_style){.size = TYPE_BODY, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
                 "‹ %s ›", canvas_say(c, choice_now(a, k->which)));
}

void draw_control(const app *a, canvas *c, const control *k)
{
    switch (k->kind) {
    case CONTROL_CELL:
        draw_cell(a, c, k);
        break;
    case CONTROL_PAGE:
        draw_page_tab(a, c, k);
        break;
    case CONTROL_SLIDER:
        draw_slider(a, c, k);
        break;
    case CONTROL_CHOICE:
        draw_choice(a, c, k);
        break;
    case CONTROL_ITEM: /* the column draws its own */
        break;
    case CONTROL_SCRUB:
        draw_scrub(a, c, k);
        break;
    case CONTROL_BUTTON:
        if (k->which == BUTTON_CHECK && a->column &&
            (column_asks(a->column) || !app_shows_network(a)))
            break; /* it could answer the prediction; or it is of nothing on the screen */
        if (k->which == BUTTON_CHECK)
            draw_badge(a, c, k);
        else
            draw_button(a, c, k);
        break;
    }
}

void draw_focus(const app *a, canvas *c)
{
    if (!a->focus_visible || a->focus >= a->controls_n)
        return;
    if (a->controls[a->focus].kind == CONTROL_ITEM) /* the column draws its own */
        return;
    const rect r = a->controls[a->focus].area;
    canvas_frame(c, (rect){r.x - 4, r.y - 1, r.w + 8, r.h + 2}, 4,
                 (stroke){.ink = INK_ACCENT, .width = 2});
}
