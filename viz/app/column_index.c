#include "viz/app/column_index.h"

#include <stdio.h>

enum { ROW = 32, NUMBER = 26, FAR = 40 };

size_t column_next_lesson(const column *c)
{
    const size_t n = c->course ? c->course->n : 0;
    const size_t now = c->course ? course_of(c->course, c->lesson.id) : n;
    const size_t next = now < n ? course_next(c->course, now) : n;
    return next == now ? n : next;
}

void column_show_index(column *c, bool shown)
{
    if (c->index == shown)
        return;
    c->index = shown;
    c->scroll = 0;
    if (shown && c->course)
        course_count(c->course, &c->progress);
}

void column_index_link(pen *p)
{
    const course *all = p->c->course;
    const size_t now = all ? course_of(all, p->c->lesson.id) : 0;
    char text[64];
    if (!all || now >= all->n)
        return;
    (void)snprintf(text, sizeof text, canvas_say(p->on, "Lesson %zu of %zu"), now + 1, all->n);
    const text_style style = {
        .size = TYPE_BODY, .ink = INK_ACCENT, .down = DOWN_MIDDLE, .plain = true};
    const double w = canvas_text_width(p->on, style, text);
    const rect r = {p->x + p->width - w, p->y - 6, w, 24};
    pen_item(p, ITEM_INDEX, 0, r);
    canvas_text(p->on, r.x, r.y + 12, style, text);
    pen_focus(p, r);
}

/* ✓, or how many steps are done, at the right end of the row. */
static void draw_progress(const pen *p, double y, const course *all, size_t k)
{
    const bool done = course_finished(all, k);
    const text_style style = {.size = TYPE_BODY,
                              .ink = done ? INK_GOOD : INK_SOFT,
                              .bold = done,
                              .across = ACROSS_RIGHT,
                              .down = DOWN_MIDDLE,
                              .plain = true};
    if (done)
        canvas_text(p->on, p->x + p->width, y, style, "✓");
    else if (all->lesson[k].done > 0)
        canvas_textf(p->on, p->x + p->width, y, style, "%zu/%zu", all->lesson[k].done,
                     all->lesson[k].steps);
}

static void draw_row(pen *p, const course *all, size_t k, bool now)
{
    const rect r = {p->x - 8, p->y, p->width + 16, ROW - 4};
    const double y = p->y + (ROW - 4) / 2.;
    pen_item(p, ITEM_LESSON, k, r);
    if (now)
        canvas_fill_round(p->on, r, 4, INK_PANEL, 1);
    canvas_textf(p->on, p->x + 14, y,
                 (text_style){.size = TYPE_BODY,
                              .face = FACE_NUMBER,
                              .ink = INK_SOFT,
                              .across = ACROSS_RIGHT,
                              .down = DOWN_MIDDLE,
                              .plain = true},
                 "%zu", k + 1);
    canvas_text(p->on, p->x + NUMBER, y,
                (text_style){.size = TYPE_BODY,
                             .bold = now,
                             .max = p->width - NUMBER - FAR,
                             .down = DOWN_MIDDLE,
                             .plain = true},
                all->lesson[k].title);
    draw_progress(p, y, all, k);
    pen_focus(p, r);
    p->y += ROW;
}

void column_index_draw(pen *p)
{
    const course *all = p->c->course;
    const size_t now = course_of(all, p->c->lesson.id);
    pen_write(p, canvas_say(p->on, "Lessons"), (text_style){.size = TYPE_TITLE, .bold = true}, 12);
    for (size_t k = 0; k < all->n; k++)
        draw_row(p, all, k, k == now);
}
