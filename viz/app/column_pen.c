/* What the parts of the lesson's column are drawn with. */
#include "viz/app/column_pen.h"

#include <stdio.h>
#include <string.h>

void pen_add(char to[PEN_TEXT], const char *text)
{
    const size_t n = strlen(to);
    (void)snprintf(to + n, PEN_TEXT - n, "%s", text);
}

static void add_plain(char *to, const char *text)
{
    char escaped[3] = {0};
    for (; *text; text++) {
        (void)snprintf(escaped, sizeof escaped, *text == '$' ? "\\$" : "%c", *text);
        pen_add(to, escaped);
    }
}

void pen_add_run(char to[PEN_TEXT], const lesson_run *run)
{
    if (run->style & RUN_FORMULA) {
        pen_add(to, "$");
        pen_add(to, run->text);
        pen_add(to, "$");
        return;
    }
    static const struct {
        unsigned style;
        const char *begin, *end;
    } marks[] = {{RUN_STRONG, MARK_BOLD, MARK_BOLD_END},
                 {RUN_CODE, MARK_CODE, MARK_CODE_END},
                 {RUN_EMPHASIS, MARK_EMPHASIS, MARK_EMPHASIS_END},
                 {0, "", ""}};
    size_t k = 0;
    while (marks[k].style && !(run->style & marks[k].style))
        k++;
    pen_add(to, marks[k].begin);
    add_plain(to, run->text);
    pen_add(to, marks[k].end);
}

static bool visible(const pen *p, double y, double h) { return y + h > p->top && y < p->bottom; }

void pen_write(pen *p, const char *text, text_style style, double after)
{
    style.width = style.width > 0 ? style.width : p->width;
    style.down = DOWN_TOP;
    const rect box = canvas_measure(p->on, p->x, p->y, style, text);
    if (visible(p, box.y, box.h))
        canvas_text(p->on, p->x, p->y, style, text);
    p->y = box.y + box.h + after;
}

column_item *pen_item(pen *p, item_kind kind, size_t block, rect area)
{
    column *c = p->c;
    column_item *item = &c->items[c->items_n < MAX_ITEMS ? c->items_n++ : MAX_ITEMS - 1];
    *item = (column_item){.kind = kind, .block = block, .area = area};
    return item;
}

bool pen_has_focus(const pen *p) { return p->focus == p->c->items_n - 1; }

void pen_focus(const pen *p, rect r)
{
    if (pen_has_focus(p))
        canvas_frame(p->on, rect_inset(r, -3, -3, -3, -3), 6,
                     (stroke){.ink = INK_ACCENT, .width = 2});
}

/* Words that can be pressed; the pen stays. Returns their width. */
double pen_button(pen *p, double x, double y, item_kind kind, size_t block, const char *label,
                  bool strong)
{
    const char *text = canvas_say(p->on, label);
    const text_style style = {.size = TYPE_BODY,
                              .bold = strong,
                              .ink = strong ? INK_PAPER : INK_ACCENT,
                              .down = DOWN_MIDDLE,
                              .plain = true};
    const double w = canvas_text_width(p->on, style, text) + (strong ? 32 : 0);
    const rect r = {x, y, w, 28};
    pen_item(p, kind, block, r);
    if (strong)
        canvas_fill_round(p->on, r, 4, INK_ACCENT, 1);
    canvas_text(p->on, x + (strong ? 16 : 0), y + 14, style, text);
    pen_focus(p, r);
    return w;
}

/* A field for a number, with what has been typed or given. */
void pen_field(pen *p, size_t block, const char *given)
{
    const rect r = {p->x, p->y, 120, 28};
    char text[64];
    pen_item(p, ITEM_FIELD, block, r);
    const bool typing = pen_has_focus(p) && p->typing[0];
    (void)snprintf(text, sizeof text, "%s%s", typing ? p->typing : given,
                   pen_has_focus(p) ? "▏" : "");
    canvas_fill_round(p->on, r, 4, INK_PANEL, 1);
    canvas_frame(p->on, r, 4, (stroke){.ink = INK_HAIR});
    canvas_text(
        p->on, r.x + 10, r.y + 14,
        (text_style){.size = TYPE_BODY, .face = FACE_NUMBER, .down = DOWN_MIDDLE, .plain = true},
        text);
    pen_focus(p, r);
    p->y += 28;
}
