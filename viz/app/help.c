/* F1: what the keys do and what the panels say. */
#include "viz/app/draw.h"

static double draw_keys(canvas *c, double x, double y, double bottom)
{
    for (size_t k = 0; k < app_keys_n && y < bottom; k++, y += 18) {
        canvas_text(c, x, y, (text_style){.size = TYPE_SMALL, .face = FACE_NUMBER, .plain = true},
                    app_keys[k].key);
        canvas_text(c, x + 104, y, (text_style){.size = TYPE_BODY},
                    canvas_say(c, app_keys[k].does));
    }
    return y;
}

void draw_help(const app *a, canvas *c)
{
    const rect r = {48, 56, a->width - 96, a->height - 80};
    canvas_fill_round(c, r, 8, INK_PAPER, .98);
    canvas_frame(c, r, 8, (stroke){.ink = INK_HAIR});
    canvas_text(c, r.x + 32, r.y + 36, (text_style){.size = TYPE_TITLE, .bold = true},
                canvas_say(c, "Keys"));
    (void)draw_keys(c, r.x + 32, r.y + 64, r.y + r.h - 8);
    const double x = r.x + r.w / 2 + 16, width = r.w / 2 - 48;
    double y = r.y + 36;
    canvas_text(c, x, y, (text_style){.size = TYPE_TITLE, .bold = true},
                canvas_say(c, "On this page"));
    y += 16;
    for (size_t k = 0; k < a->panels_n; k++) {
        rect box = canvas_text(
            c, x, y,
            (text_style){.size = TYPE_HEAD, .bold = true, .width = width, .down = DOWN_TOP},
            canvas_say(c, a->panels[k].view->title));
        y = box.y + box.h + 2;
        box = canvas_text(
            c, x, y,
            (text_style){.size = TYPE_BODY, .ink = INK_SOFT, .width = width, .down = DOWN_TOP},
            canvas_say(c, view_help(a->panels[k].view)));
        y = box.y + box.h + 12;
    }
    y += 8;
    (void)canvas_text(
        c, x, y, (text_style){.size = TYPE_BODY, .width = width, .down = DOWN_TOP},
        canvas_say(c, "Move over a panel to read it, click to keep the cursor there, double click "
                      "to see one panel alone. Drag a slider, or focus it and type a number. A "
                      "small line on a slider is a critical value. The badge says whether every "
                      "derivative on the screen agrees with the complex step."));
}
