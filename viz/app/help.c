/* F1: what the keys do and what the panels say, in place of the whole screen. */
#include "viz/app/draw.h"

#include <string.h>

enum { MARGIN = 32, TITLE = 40 };

/* Keys that do the same in two directions stand in one line. */
static bool same_as_before(size_t k)
{
    return k > 0 && strcmp(app_keys[k].does, app_keys[k - 1].does) == 0;
}

static void draw_keys(const app *a, canvas *c)
{
    size_t lines = 0;
    for (size_t k = 0; k < app_keys_n; k++)
        lines += !same_as_before(k);
    const double room = a->height - TITLE - 2 * MARGIN, each = room / (double)lines;
    const double step = each < 24 ? each : 24;
    double x = MARGIN, y = MARGIN + TITLE;
    for (size_t k = 0; k < app_keys_n; y += step) {
        double at = x;
        for (bool first = true; k < app_keys_n && (first || same_as_before(k));
             k++, first = false) {
            const rect box = canvas_text(
                c, at, y, (text_style){.size = TYPE_SMALL, .face = FACE_NUMBER, .plain = true},
                app_keys[k].key);
            at = box.x + box.w + 8;
        }
        canvas_text(c, x + 184, y, (text_style){.max = .5 * a->width - 184 - 2 * MARGIN},
                    canvas_say(c, app_keys[k - 1].does));
    }
}

/* A low window has everything closer together. */
static bool is_low(const app *a) { return a->height < 720; }

static double draw_view(const app *a, canvas *c, double x, double y, double width, const view *v)
{
    const text_style title = {.size = TYPE_HEAD, .bold = true, .width = width, .down = DOWN_TOP};
    const text_style says = {.ink = INK_SOFT, .width = width, .down = DOWN_TOP};
    rect box = canvas_text(c, x, y, title, canvas_say(c, v->title));
    box = canvas_text(c, x, box.y + box.h + 2, says, canvas_say(c, view_help(v)));
    return box.y + box.h + (is_low(a) ? 4 : 12);
}

/* The controls of the side, a line each: name, what it is for. */
static double draw_controls(const app *a, canvas *c, double x, double y, double width)
{
    const double name = 112, line = 16;
    const text_style small = {.size = TYPE_SMALL, .max = name - 8};
    for (size_t k = 0; k < a->controls_n; k++) {
        const control *one = &a->controls[k];
        if (one->kind != CONTROL_SLIDER && one->kind != CONTROL_CHOICE)
            continue;
        const text_style soft = {.size = TYPE_SMALL, .ink = INK_SOFT, .max = width - name};
        canvas_text(c, x, y + line / 2, small, canvas_say(c, one->label));
        canvas_text(c, x + name, y + line / 2, soft, canvas_say(c, control_help(a, one)));
        y += line;
    }
    return y + 8;
}

static const char *const sentences[] = {
    "Below the controls: what is at the cursor, value and derivative; and in how many steps the "
    "gradient of each cell halves on its way back.",
    "Move over a panel to read it, click to keep the cursor there, double click its heading to see "
    "it alone.",
    "Over time: the wheel zooms, dragging moves, a double click shows all steps again.",
    "Drag a slider, or focus it and type a number. A small line on a slider is a critical value.",
    "The badge says whether every derivative on the screen agrees with the complex step. Click it "
    "for the numbers."};

void draw_help(const app *a, canvas *c)
{
    const double x = a->width / 2 + MARGIN, width = a->width / 2 - 2 * MARGIN;
    double y = MARGIN + TITLE - 12;
    const text_style title = {.size = TYPE_TITLE, .bold = true};
    canvas_text(c, MARGIN, MARGIN + 8, title, canvas_say(c, "Keys"));
    canvas_text(c, x, MARGIN + 8, title, canvas_say(c, "On this page"));
    canvas_hair(c, (point){a->width / 2, MARGIN}, (point){a->width / 2, a->height - MARGIN},
                (stroke){.ink = INK_HAIR});
    draw_keys(a, c);
    for (size_t k = 0; k < a->panels_n; k++)
        y = draw_view(a, c, x, y, width, a->panels[k].view);
    y = draw_controls(a, c, x, y, width);
    for (size_t k = 0; k < sizeof sentences / sizeof *sentences; k++) {
        const text_style style = {
            .size = is_low(a) ? TYPE_SMALL : TYPE_BODY, .width = width, .down = DOWN_TOP};
        const rect box = canvas_text(c, x, y, style, canvas_say(c, sentences[k]));
        y = box.y + box.h + (is_low(a) ? 4 : 10);
    }
}
