#include "viz/plots/figure.h"

#include <inttypes.h>

void figure_draw(canvas *c, const figure *f, plot_layout *layout)
{
    const double w = canvas_width(c), h = canvas_height(c), margin = w < 700 ? 16 : 32;
    const char *title = canvas_say(c, f->view->title);
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, f->seed);
    canvas_note(c, "Title", title);
    canvas_note(c, "Software", "rnnscope " RS_VERSION);
    canvas_note(c, "Settings", f->settings);
    canvas_note(c, "Seed", seed);
    canvas_clear(c);
    canvas_text(c, margin, margin + 14,
                (text_style){.size = TYPE_TITLE, .bold = true, .max = w - 2 * margin}, title);
    double top = margin + 36;
    if (f->subtitle)
        top += 4 + canvas_text(c, margin, margin + 36,
                               (text_style){.ink = INK_SOFT, .width = w - 2 * margin}, f->subtitle)
                       .h;
    canvas_hair(c, (point){margin, h - margin - 8}, (point){w - margin, h - margin - 8},
                (stroke){.ink = INK_HAIR});
    canvas_text(c, margin, h - margin + 8,
                (text_style){.size = TYPE_SMALL,
                             .face = FACE_NUMBER,
                             .ink = INK_SOFT,
                             .plain = true,
                             .max = w - 2 * margin},
                f->settings);
    f->view->draw(c, (rect){margin, top, w - 2 * margin, h - margin - 28 - top}, f->data, layout);
}
