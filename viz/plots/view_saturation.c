/* How much of the time each unit's gates are shut or open (Karpathy, Johnson & Li 2015, fig. 2). */
#include "viz/plots/numbers.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/gates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct saturation {
    const rs_cell *cell;
    size_t H, n;
    int channel[RS_MAX_CHANNELS];
    rs_gate_unit *unit; /* [n][H] */
    rs_gate_unit mean[RS_MAX_CHANNELS];
} saturation;

static void free_saturation(void *data)
{
    saturation *s = data;
    if (s)
        free(s->unit);
    free(s);
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    saturation *s = rs_alloc(1, sizeof *s, "the saturation", err);
    rs_status status = s ? RS_OK : RS_INTERNAL;
    if (status)
        return status;
    s->cell = net->cell;
    s->H = net->hidden;
    s->unit = rs_alloc(net->hidden, RS_MAX_CHANNELS * sizeof *s->unit, "the saturation", err);
    status = s->unit ? RS_OK : RS_INTERNAL;
    for (size_t gate = 0; gate < net->cell->gates_n && !status; gate++) {
        const size_t k = (size_t)net->cell->gates[gate];
        const rs_channel *channel = &net->cell->channels[k];
        if (!isfinite(channel->low) || !isfinite(channel->high))
            continue;
        rs_gate_unit *unit = s->unit + s->n * s->H;
        status = rs_flow_gate(in->trace, view_index(in->layer, net->layers), k, unit, err);
        if (!status) {
            s->mean[s->n] = rs_flow_gate_mean(unit, s->H);
            s->channel[s->n++] = (int)k;
        }
    }
    if (status)
        free_saturation(s);
    else
        *data = s;
    return status;
}

static void draw_units(canvas *c, const plot_area *a, const saturation *s, size_t k,
                       marker_kind marker, double alpha)
{
    for (size_t u = 0; u < s->H; u++)
        canvas_marker(c, area_point(a, s->unit[k * s->H + u].high, s->unit[k * s->H + u].low),
                      marker, s->H > 200 ? 2 : 3.5, ink_of(k), alpha);
}

/* A dot a unit in the triangle that two shares of the same time can lie in. */
static void draw_gate(canvas *c, rect r, const saturation *s, const saturation *pinned, size_t k,
                      plot_layout *layout)
{
    const rs_channel *channel = &s->cell->channels[s->channel[k]];
    char title[96], mean[NUMBER_TEXT], slope[NUMBER_TEXT], meaning[64];
    (void)snprintf(meaning, sizeof meaning, "%.*s", (int)strcspn(channel->meaning, ":"),
                   channel->meaning);
    (void)snprintf(title, sizeof title, "$%s$  %s", channel->symbol, canvas_say(c, meaning));
    r = heading_draw(c, r, title, pinned ? canvas_say(c, "○ pinned") : NULL);
    const double side = fmin(r.w - 40 - 24, r.h - 60);
    if (side < 40)
        return;
    const plot_area a = {.area = {r.x + 36, r.y + 20, side, side},
                         .x = {AXIS_LINEAR, 0, 1},
                         .y = {AXIS_LINEAR, 0, 1},
                         .id = s->channel[k]};
    axes_draw(c, &a, (axes_style){.no_grid = true, .y_name = canvas_say(c, "↑ time < 0.1")});
    const point corner = area_point(&a, 0, 0), right = area_point(&a, 1, 0),
                top = area_point(&a, 0, 1);
    canvas_line(c, corner, right, (stroke){.ink = INK_AXIS});
    canvas_line(c, corner, top, (stroke){.ink = INK_AXIS});
    canvas_line(c, top, right, (stroke){.ink = INK_HAIR});
    if (pinned)
        draw_units(c, &a, pinned, k, MARKER_RING, .7);
    draw_units(c, &a, s, k, MARKER_DOT, .55);
    const text_style soft = {.size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT};
    text_style below = soft;
    below.max = side + 36;
    canvas_text(c, a.area.x + side, a.area.y + side + 34, below, canvas_say(c, "time > 0.9 →"));
    layout_add(layout, a);
    /* in the empty half of the square, or below where that is too small */
    const double x = side < 96 ? r.x + r.w : a.area.x + side;
    const double y = side < 96 ? a.area.y + side + 52 : a.area.y + 12;
    text_style numbers = soft;
    numbers.max = side < 96 ? r.w : 0;
    if (side < 96 && y + 18 > r.y + r.h)
        return;
    canvas_textf(c, x, y, numbers, canvas_say(c, "mean %s"), number_text(mean, s->mean[k].mean, 2));
    canvas_textf(c, x, y + 16, numbers, canvas_say(c, "slope %s"),
                 isnan(s->mean[k].slope) ? "–" : number_text(slope, s->mean[k].slope, 2));
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const saturation *s = data, *pinned = layout ? layout->ghost_data : NULL;
    if (pinned && pinned->cell != s->cell)
        pinned = NULL;
    size_t columns = 1;
    double best = 0;
    for (size_t n = 1; n <= s->n; n++) { /* as large as they can be */
        const double side = fmin(r.w / (double)n - 64, r.h / ceil((double)s->n / (double)n) - 104);
        if (side > best) {
            best = side;
            columns = n;
        }
    }
    const size_t rows = (s->n + columns - 1) / columns;
    if (s->n == 0)
        canvas_text(c, r.x, r.y + 20, (text_style){.ink = INK_SOFT},
                    canvas_say(c, "This cell has no gate with a range."));
    for (size_t k = 0; k < s->n; k++)
        draw_gate(c,
                  part_of_row(part_of_column(r, k / columns, rows, 20), k % columns, columns, 24),
                  s, pinned, k, layout);
}

static void csv(FILE *out, const void *data)
{
    const saturation *s = data;
    fprintf(out, "channel,unit,mean,least,most,share_low,share_high,slope\n");
    for (size_t k = 0; k < s->n; k++)
        for (size_t u = 0; u < s->H; u++) {
            const rs_gate_unit *g = &s->unit[k * s->H + u];
            fprintf(out, "%s,%zu,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n",
                    s->cell->channels[s->channel[k]].name, u, g->mean, g->least, g->most, g->low,
                    g->high, g->slope);
        }
}

const view view_saturation = {.name = "saturation",
                              .title = "Gates: how often shut, how often open",
                              .make = make,
                              .compares = true,
                              .draw = draw,
                              .csv = csv,
                              .free = free_saturation};
