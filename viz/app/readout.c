/* The numbers at the cursor: every channel of the chosen cell and its total derivative. */
#include "viz/app/draw.h"
#include "viz/plots/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 18 };

/* derivative NULL: there is none. */
static double draw_value(canvas *c, double x, double y, double width, const char *symbol,
                         double value, const double *derivative)
{
    char text[NUMBER_TEXT];
    const text_style number = {.size = TYPE_SMALL,
                               .face = FACE_NUMBER,
                               .across = ACROSS_RIGHT,
                               .down = DOWN_MIDDLE,
                               .plain = true};
    canvas_textf(c, x, y, (text_style){.size = TYPE_BODY, .down = DOWN_MIDDLE}, "$%s$", symbol);
    canvas_text(c, x + width * .46, y, number, number_text(text, value, 3));
    if (!derivative)
        return y + LINE;
    canvas_textf(c, x + width * .54, y,
                 (text_style){.size = TYPE_SMALL, .ink = INK_SOFT, .down = DOWN_MIDDLE}, "$∂L/∂%s$",
                 symbol);
    canvas_text(c, x + width, y, number, number_text(text, *derivative, 2));
    return y + LINE;
}

static double draw_at_cursor(const app *a, canvas *c, const computed_cell *cell, double y)
{
    const selection at = app_selection(a);
    const rs_cell *kind = cell->model.net.cell;
    const size_t layers = cell->model.net.layers;
    const rs_layer *layer = &cell->trace->layer[layers - 1 - at.below];
    const size_t entry = at.step * cell->data.B * cell->model.net.hidden + at.unit;
    const double x = a->side.x + 24, width = a->side.w - 48;
    char of_layers[48] = "";
    if (layers > 1)
        (void)snprintf(of_layers, sizeof of_layers, " · %s %zu/%zu", canvas_say(c, "layer"),
                       layers - at.below, layers);
    const rect where =
        canvas_textf(c, x + width, y,
                     (text_style){.size = TYPE_SMALL,
                                  .ink = INK_SOFT,
                                  .across = ACROSS_RIGHT,
                                  .down = DOWN_MIDDLE,
                                  .plain = true},
                     "t = %zu · %s %zu%s", at.step, canvas_say(c, "unit"), at.unit, of_layers);
    canvas_text(
        c, x, y,
        (text_style){
            .size = TYPE_HEAD, .bold = true, .down = DOWN_MIDDLE, .max = width - where.w - 8},
        canvas_say(c, kind->title));
    y += LINE + 4;
    for (size_t k = 0; k < kind->channels_n && y < a->height - 12; k++)
        if (kind->channels[k].role == RS_GATE || kind->channels[k].role == RS_STATE)
            y = draw_value(c, x, y, width, kind->channels[k].symbol, layer->value[k][entry],
                           compute_has_loss(cell) ? &layer->d[k][entry] : NULL);
    return y;
}

static bool tells(const computed_cell *cell) { return rs_decay_tells(&cell->decay, cell->data.T); }

static void draw_half_lives(const app *a, canvas *c, double y)
{
    const double x = a->side.x + 24, width = a->side.w - 48;
    if (y + LINE * (double)(a->shown->cells_n + 1) > a->height - 8)
        return;
    bool told = false;
    for (size_t k = 0; k < a->shown->cells_n; k++)
        told = told || tells(&a->shown->cell[k]);
    if (!told || strcmp(a->scene.loss_at, "all") == 0) /* a loss at each step hides the fading */
        return;
    canvas_text(c, x, y, (text_style){.size = TYPE_HEAD, .bold = true, .down = DOWN_MIDDLE},
                canvas_say(c, "Half-life of the gradient"));
    y += LINE + 4;
    for (size_t k = 0; k < a->shown->cells_n; k++, y += LINE) {
        const computed_cell *cell = &a->shown->cell[k];
        const double life = tells(cell) ? cell->decay.half_life : NAN;
        char text[NUMBER_TEXT];
        const ink_kind ink = look_of_cell(cell->model.net.cell).ink;
        const rect name = canvas_text(
            c, x, y, (text_style){.size = TYPE_BODY, .ink = ink, .bold = true, .down = DOWN_MIDDLE},
            canvas_say(c, cell->model.net.cell->title));
        if (isfinite(life) && life > 0 && name.w < 60) { /* a longer name takes the bar's room */
            const double share = life / ((double)cell->data.T);
            canvas_fill_round(c, (rect){x + 64, y - 4, 4 + 68 * (share < 1 ? share : 1), 8}, 2, ink,
                              1);
        }
        canvas_textf(c, x + width, y,
                     (text_style){.size = TYPE_SMALL,
                                  .face = FACE_NUMBER,
                                  .across = ACROSS_RIGHT,
                                  .down = DOWN_MIDDLE,
                                  .plain = true},
                     "%s%s %s", life < 0 ? canvas_say(c, "doubles: ") : "",
                     isnan(life) ? "–" : number_text(text, fabs(life), 3), canvas_say(c, "steps"));
    }
}

void draw_readout(const app *a, canvas *c)
{
    const computed_cell *cell = app_cell(a);
    if (!cell || a->controls_n == 0 || a->side.w <= 0 || !app_shows_network(a))
        return;
    double y = a->side_free + 16;
    canvas_hair(c, (point){a->side.x + 24, y}, (point){a->width - 24, y},
                (stroke){.ink = INK_HAIR});
    y = draw_at_cursor(a, c, cell, y + 20);
    draw_half_lives(a, c, y + 16);
}
