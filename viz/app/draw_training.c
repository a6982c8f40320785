/* The strip below the stage: training runs, pauses, goes back. */
#include "viz/app/draw.h"

#include "viz/plots/numbers.h"

#include <inttypes.h>
#include <stdio.h>

static void draw_sign(canvas *c, point at, bool running)
{
    const point triangle[] = {{at.x, at.y - 6}, {at.x, at.y + 6}, {at.x + 10, at.y}};
    if (!running) {
        canvas_fill_polygon(c, triangle, 3, INK_ACCENT, 1);
        return;
    }
    canvas_fill(c, (rect){at.x, at.y - 6, 3.5, 12}, INK_ACCENT, 1);
    canvas_fill(c, (rect){at.x + 6.5, at.y - 6, 3.5, 12}, INK_ACCENT, 1);
}

void draw_button(const app *a, canvas *c, const control *k)
{
    const double y = k->area.y + k->area.h / 2;
    const bool run = k->which == BUTTON_RUN;
    canvas_frame(c, rect_inset(k->area, .5, 2.5, .5, 2.5), 6, (stroke){.ink = INK_HAIR});
    if (run)
        draw_sign(c, (point){k->area.x + 12, y}, a->training.running);
    canvas_text(c, k->area.x + (run ? 32 : 10), y,
                (text_style){.down = DOWN_MIDDLE, .max = k->area.w - (run ? 40 : 16)},
                canvas_say(c, run && a->training.running ? "pause" : k->label));
}

/* The updates made, or those of the moment shown, and how fast. */
static void draw_progress(const app *a, canvas *c, double x, double y)
{
    const app_training *t = &a->training;
    const bool now = t->moment >= t->moments_n;
    char text[96];
    const uint64_t at = now ? t->updates : t->moment_update[t->moment];
    (void)snprintf(text, sizeof text, "%s %" PRIu64, canvas_say(c, "update"), at);
    const text_style style = {.size = TYPE_SMALL, .down = DOWN_MIDDLE, .plain = true};
    const rect box = canvas_text(c, x, y, style, text);
    if (!t->running || !(t->per_second > 0))
        return;
    (void)snprintf(text, sizeof text, "%.*f/s", t->per_second < 10 ? 1 : 0, t->per_second);
    canvas_text(
        c, box.x + box.w + 12, y,
        (text_style){.size = TYPE_SMALL, .ink = INK_SOFT, .down = DOWN_MIDDLE, .plain = true},
        text);
}

void draw_scrub(const app *a, canvas *c, const control *k)
{
    const app_training *t = &a->training;
    const double y = k->area.y + k->area.h / 2, n = (double)t->moments_n;
    const double at = t->moment < t->moments_n ? (double)t->moment / n : 1;
    canvas_fill_round(c, (rect){k->track.x - 6, y - 1.5, k->track.w + 12, 3}, 1.5, INK_HAIR, 1);
    for (size_t m = 0; m < t->moments_n; m++) {
        const double x = k->track.x + k->track.w * (double)m / n;
        canvas_line(c, (point){x, y - 4}, (point){x, y + 4},
                    (stroke){.ink = INK_AXIS, .alpha = .6});
    }
    if (t->moments_n > 0)
        canvas_marker(c, (point){k->track.x + k->track.w * at, y}, MARKER_RING, 6, INK_ACCENT, 1);
    draw_progress(a, c, k->area.x + k->area.w + 16, y);
}
