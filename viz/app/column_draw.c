/* What the lesson's column looks like: where one is, the step's blocks or all lessons, the foot. */
#include "viz/app/column_blocks.h"
#include "viz/app/column_index.h"
#include "viz/sentence.h"

#include <math.h>

enum { PAD = 24 };

static void draw_dots(pen *p)
{
    const size_t n = p->c->lesson.steps_n, now = p->c->player.step;
    for (size_t k = 0; k < n; k++)
        canvas_marker(p->on, (point){p->x + 4 + 16 * (double)k, p->y + 6},
                      k <= now ? MARKER_DOT : MARKER_RING, k == now ? 5 : 3.5,
                      k <= now ? INK_ACCENT : INK_SOFT, 1);
    p->y += 24;
}

static void draw_foot(pen *p, rect r)
{
    const double y = r.y + r.h - COLUMN_FOOT + 12;
    canvas_fill(p->on, (rect){r.x, y - 12, r.w - 1, COLUMN_FOOT}, INK_PAPER, 1);
    canvas_hair(p->on, (point){r.x, y - 12}, (point){r.x + r.w, y - 12}, (stroke){.ink = INK_HAIR});
    const size_t lessons = p->c->course ? p->c->course->n : 0;
    const bool last = p->c->player.step + 1 == p->c->lesson.steps_n;
    const char *label = !last                                ? "Next →"
                        : column_next_lesson(p->c) < lessons ? "Next lesson →"
                                                             : "Done";
    if (p->c->index) {
        pen_button(p, r.x + PAD, y, ITEM_INDEX, 1, "← back to the lesson", true);
        return;
    }
    const double w = pen_button(p, r.x + PAD, y, ITEM_NEXT, 0, label, true);
    if (p->c->player.step > 0)
        pen_button(p, r.x + PAD + w + 24, y, ITEM_BACK, 0, "← back", false);
    if (column_ends_below(p->c, r.h))
        canvas_text(p->on, r.x + r.w - PAD, y + 14,
                    (text_style){.size = TYPE_BODY,
                                 .ink = INK_SOFT,
                                 .across = ACROSS_RIGHT,
                                 .down = DOWN_MIDDLE,
                                 .plain = true},
                    canvas_say(p->on, "↓ more"));
}

/* A heading of something that is not revealed yet. */
static bool hides(const column *c, size_t block, size_t end)
{
    return c->lesson.blocks[block].kind == BLOCK_DETAILS && block + 1 < end &&
           player_hidden(&c->player, block + 1);
}

/* What has just come reaches from its question to the end of what that opened. */
static void note_news(column *c, size_t block, double top, double bottom)
{
    const block_kind kind = c->lesson.blocks[block].kind;
    if (block == c->news) {
        c->news_top = top;
        c->news_bottom = bottom;
        c->in_news = kind == BLOCK_PREDICT;
    } else if (c->in_news) {
        c->in_news = kind != BLOCK_END && kind != BLOCK_PREDICT && kind != BLOCK_TASK;
        c->news_bottom = kind == BLOCK_PREDICT || kind == BLOCK_TASK ? c->news_bottom : bottom;
    }
}

static void draw_step(pen *p, rect r)
{
    column *c = p->c;
    const lesson_step *step = &c->lesson.steps[c->player.step];
    pen_write(p, step->title, (text_style){.size = TYPE_TITLE, .bold = true}, 12);
    const char *const wrong[] = {c->mistake, c->problem};
    char text[SENTENCE_TEXT];
    for (size_t k = 0; k < 2; k++)
        if (*wrong[k])
            pen_write(p, sentence_text(canvas_lang(p->on), wrong[k], text),
                      (text_style){.size = TYPE_BODY, .ink = INK_BAD, .plain = true}, 8);
    for (size_t k = step->first; k < step->first + step->n; k++) {
        const double top = p->y + c->scroll - r.y;
        if (!player_hidden(&c->player, k) && !hides(c, k, step->first + step->n))
            column_block(p, k);
        note_news(c, k, top, p->y + c->scroll - r.y);
    }
    c->content = p->y + c->scroll - r.y;
}

void column_draw(column *c, canvas *on, rect r, size_t focus, const char *typing)
{
    pen p = {.c = c,
             .on = on,
             .x = r.x + PAD,
             .y = r.y + 20,
             .width = r.w - 2 * PAD,
             .top = r.y,
             .bottom = r.y + r.h,
             .focus = focus,
             .typing = typing};
    c->items_n = 0;
    canvas_clip(on, r);
    p.y -= c->scroll;
    column_index_link(&p);
    draw_dots(&p);
    if (c->index && c->course) { /* in place of the step */
        column_index_draw(&p);
        c->content = p.y + c->scroll - r.y;
    } else {
        draw_step(&p, r);
    }
    draw_foot(&p, r);
    canvas_unclip(on);
    canvas_hair(on, (point){r.x + r.w, r.y}, (point){r.x + r.w, r.y + r.h},
                (stroke){.ink = INK_HAIR});
}

bool column_picture(column *c, const canvas *screen, rect r, size_t focus, const char *typing)
{
    const double scale = canvas_scale(screen);
    const int w = (int)ceil(r.w * scale), h = (int)ceil(r.h * scale);
    if (c->picture && !c->dirty && cairo_image_surface_get_width(c->picture) == w &&
        cairo_image_surface_get_height(c->picture) == h)
        return true;
    if (c->picture)
        cairo_surface_destroy(c->picture);
    c->picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    canvas *on = canvas_on(c->picture, r.w, r.h, scale, canvas_theme(screen), NULL);
    if (!on)
        return false;
    canvas_set_lang(on, canvas_lang(screen));
    canvas_clear(on);
    const rect page = {0, 0, r.w, r.h};
    column_draw(c, on, page, focus, typing);
    if (column_bring_into_sight(c, page, focus)) {
        canvas_clear(on);
        column_draw(c, on, page, focus, typing);
    }
    (void)canvas_finish(on, NULL);
    canvas_free(on);
    for (size_t k = 0; k < c->items_n; k++) { /* from the picture's corner to the canvas's */
        column_item *item = &c->items[k];
        item->area.x += r.x;
        item->area.y += r.y;
        item->track.x += r.x;
        item->track.y += r.y;
    }
    c->dirty = false;
    return true;
}
