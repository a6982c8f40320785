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

static double draw_paragraph(canvas *c, double x, double y, double width, const char *title,
                             const char *text)
{
    rect box = {0, y, 0, 0};
    if (title)
        box = canvas_text(
            c, x, y,
            (text_style){.size = TYPE_HEAD, .bold = true, .width = width, .down = DOWN_TOP},
            canvas_say(c, title));
    box = canvas_text(
        c, x, box.y + box.h + 2,
        (text_style){.ink = title ? INK_SOFT : INK_TEXT, .width = width, .down = DOWN_TOP},
        canvas_say(c, text));
    return box.y + box.h + 12;
}

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
        y = draw_paragraph(c, x, y, width, a->panels[k].view->title, view_help(a->panels[k].view));
    y = draw_paragraph(c, x, y, width, NULL,
                       "Move over a panel to read it, click to keep the cursor there, double click "
                       "its heading to see it alone.");
    y = draw_paragraph(
        c, x, y, width, NULL,
        "Over time: the wheel zooms, dragging moves, a double click shows all steps again.");
    y = draw_paragraph(
        c, x, y, width, NULL,
        "Drag a slider, or focus it and type a number. A small line on a slider is a "
        "critical value.");
    (void)draw_paragraph(c, x, y, width, NULL,
                         "The badge says whether every derivative on the screen agrees with the "
                         "complex step. Click it for the numbers.");
}
