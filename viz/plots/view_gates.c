/* Every gate and state of one sequence, units × time, a band for each channel. */
#include "viz/plots/heatmap.h"
#include "viz/plots/view.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct gates {
    const rs_cell *cell;
    size_t T, H, n;
    int channel[RS_MAX_CHANNELS]; /* of band k */
    double *value;                /* [n][T][H] */
    size_t *order;                /* [H] units by the mean of the keeping gate, or of h */
    int sorted_by;                /* channel */
} gates;

static void free_gates(void *data)
{
    gates *g = data;
    if (g) {
        free(g->value);
        free(g->order);
    }
    free(g);
}

/* Gates first, then states. */
static void choose_channels(gates *g)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < g->cell->channels_n; k++)
            if (g->cell->channels[k].role == (pass == 0 ? RS_GATE : RS_STATE))
                g->channel[g->n++] = (int)k;
}

static int band_to_sort_by(const gates *g)
{
    for (size_t gate = 0; gate < g->cell->gates_n; gate++)
        if (g->cell->keep_gates & 1U << gate)
            for (size_t k = 0; k < g->n; k++)
                if (g->channel[k] == g->cell->gates[gate])
                    return (int)k;
    return 0;
}

/* By insertion, largest mean on top. */
static rs_status sort_units(gates *g, rs_error *err)
{
    const size_t band = (size_t)band_to_sort_by(g);
    const double *value = g->value + band * g->T * g->H;
    double *sum = rs_alloc(g->H, sizeof *sum, "the gates", err);
    if (!sum)
        return RS_INTERNAL;
    for (size_t t = 0; t < g->T; t++)
        for (size_t u = 0; u < g->H; u++)
            sum[u] += value[t * g->H + u];
    for (size_t u = 0; u < g->H; u++) {
        size_t at = u;
        for (; at > 0 && sum[u] > sum[g->order[at - 1]]; at--)
            g->order[at] = g->order[at - 1];
        g->order[at] = u;
    }
    g->sorted_by = g->channel[band];
    free(sum);
    return RS_OK;
}

static void copy_band(gates *g, size_t band, const view_input *input)
{
    const rs_layer *layer =
        &input->trace->layer[view_index(input->layer, input->run->model.net.layers)];
    const size_t B = input->trace->B, b = view_index(input->sequence, B);
    for (size_t t = 0; t < g->T; t++)
        memcpy(g->value + (band * g->T + t) * g->H,
               layer->value[g->channel[band]] + (t * B + b) * g->H, g->H * sizeof *g->value);
}

static rs_status make(const view_input *input, void **data, rs_error *err)
{
    gates *g = rs_alloc(1, sizeof *g, "the gates", err);
    size_t TH = 0;
    if (!g)
        return RS_INTERNAL;
    g->cell = input->run->model.net.cell;
    g->T = input->trace->T;
    g->H = input->run->model.net.hidden;
    choose_channels(g);
    if (!rs_multiply(g->T, g->H, &TH))
        TH = SIZE_MAX / sizeof(double);
    g->value = rs_alloc(TH, g->n * sizeof *g->value, "the gates", err);
    g->order = rs_alloc(g->H, sizeof *g->order, "the gates", err);
    if (!g->value || !g->order) {
        free_gates(g);
        return RS_INTERNAL;
    }
    for (size_t k = 0; k < g->n; k++)
        copy_band(g, k, input);
    const rs_status status = sort_units(g, err);
    if (status == RS_OK)
        *data = g;
    else
        free_gates(g);
    return status;
}

/* Shares run through cividis, what has a sign about zero through blue and orange. */
static void choose_scale(const gates *g, size_t band, heatmap *h)
{
    const rs_channel *channel = &g->cell->channels[g->channel[band]];
    double most = 0;
    h->map = channel->low < 0 ? MAP_SIGNED : MAP_CIVIDIS;
    h->scale = (axis){AXIS_LINEAR, channel->low, channel->high};
    if (isfinite(channel->low) && isfinite(channel->high))
        return;
    for (size_t k = 0; k < g->T * g->H; k++) {
        const double v = fabs(g->value[band * g->T * g->H + k]);
        most = isfinite(v) ? fmax(most, v) : most;
    }
    h->scale = axis_about_zero(most);
    h->scale.low = channel->low < 0 ? h->scale.low : 0;
}

static heatmap band_of(const gates *g, size_t band)
{
    heatmap h = {.value = g->value + band * g->T * g->H,
                 .rows = g->H,
                 .cols = g->T,
                 .row_step = 1,
                 .col_step = g->H,
                 .order = g->order};
    choose_scale(g, band, &h);
    return h;
}

/* "forget gate" of "forget gate: the share of …" */
static void short_meaning(const char *meaning, char text[64])
{
    const size_t n = strcspn(meaning, ":");
    snprintf(text, 64, "%.*s", (int)(n < 63 ? n : 63), meaning);
}

/* The steps in sight of a band: [from, from + n). */
static void steps_in_sight(const gates *g, const plot_layout *layout, size_t *from, size_t *n)
{
    const axis x = axis_in_sight((axis){AXIS_STEPS, -.5, (double)g->T - .5}, layout);
    const size_t first = (size_t)ceil(x.low - .5 + 1e-9), last = (size_t)floor(x.high + .5 - 1e-9);
    *from = first < g->T ? first : g->T - 1;
    *n = (last < g->T ? last : g->T - 1) - *from + 1;
}

/* The scale of one channel; where two are compared, the one that reaches further. */
static axis scale_of(const gates *g, const gates *pinned, size_t band)
{
    const axis mine = band_of(g, band).scale, other = band_of(pinned ? pinned : g, band).scale;
    return other.high > mine.high ? other : mine;
}

/* The colours of one channel, units in this order; x_name: below them, or NULL. */
static void draw_colours(canvas *c, rect r, const gates *g, const size_t *order, size_t band,
                         axis scale, const char *x_name, plot_layout *layout)
{
    heatmap h = band_of(g, band);
    size_t from;
    steps_in_sight(g, layout, &from, &h.cols);
    h.scale = scale;
    h.order = order;
    h.value += from * h.col_step;
    heatmap_draw(c, r, &h);
    const plot_area area = {.area = r,
                            .x = {AXIS_STEPS, (double)from - .5, (double)(from + h.cols) - .5},
                            .y = {AXIS_LINEAR, 0, (double)g->H},
                            .id = g->channel[band],
                            .rows = g->H,
                            .cols = g->T,
                            .value = g->value + band * g->T * g->H,
                            .row_step = h.row_step,
                            .col_step = h.col_step,
                            .order = h.order};
    if (band + 1 == g->n)
        axes_draw(c, &area, (axes_style){.no_y = true, .x_name = x_name});
    layout_add(layout, area);
}

/* A channel: its letter, its colours (beside them those that are pinned), the scale, its name. */
static void draw_band(canvas *c, rect r, const gates *g, const gates *pinned, size_t band,
                      bool named, plot_layout *layout)
{
    const rs_channel *channel = &g->cell->channels[g->channel[band]];
    const colormap map = band_of(g, band).map;
    const axis scale = scale_of(g, pinned, band);
    const char *x_name = canvas_say(c, "step t");
    char meaning[64];
    canvas_text(
        c, r.x - 12, r.y + r.h / 2,
        (text_style){
            .size = TYPE_TITLE, .face = FACE_FORMULA, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
        channel->symbol);
    if (pinned)
        draw_colours(c, part_of_row(r, 1, 2, 24), pinned,
                     pinned->H == g->H ? g->order : pinned->order, band, scale, x_name, layout);
    draw_colours(c, pinned ? part_of_row(r, 0, 2, 24) : r, g, g->order, band, scale,
                 pinned ? NULL : x_name, layout);
    short_meaning(channel->meaning, meaning);
    if (named)
        canvas_text(c, r.x + r.w + 64, r.y + r.h / 2,
                    (text_style){.ink = INK_SOFT, .down = DOWN_MIDDLE, .max = 128},
                    canvas_say(c, meaning));
    colorbar_draw(c, (rect){r.x + r.w + 12, r.y, 8, r.h}, map, scale);
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const gates *g = data, *pinned = layout ? layout->ghost_data : NULL;
    if (pinned && pinned->cell != g->cell)
        pinned = NULL;
    char note[160];
    snprintf(note, sizeof note, canvas_say(c, "units × time, units by the mean of $%s$"),
             g->cell->channels[g->sorted_by].symbol);
    char title[96];
    snprintf(title, sizeof title, canvas_say(c, "%s gates and states"),
             canvas_say(c, g->cell->title));
    r = heading_draw(c, r, title, pinned ? canvas_say(c, "left: now, right: pinned") : note);
    const bool named = r.w > (pinned ? 720 : 440); /* else no room for the channels' names */
    const rect bands = rect_inset(r, 40, 4, named ? 200 : 64, AXES_BOTTOM);
    for (size_t k = 0; k < g->n; k++)
        draw_band(c, part_of_column(bands, k, g->n, 12), g, pinned, k, named, layout);
}

static void csv(FILE *out, const void *data)
{
    const gates *g = data;
    fprintf(out, "channel,t,unit,value\n");
    for (size_t k = 0; k < g->n; k++)
        for (size_t t = 0; t < g->T; t++)
            for (size_t u = 0; u < g->H; u++)
                fprintf(out, "%s,%zu,%zu,%.17g\n", g->cell->channels[g->channel[k]].name, t, u,
                        g->value[(k * g->T + t) * g->H + u]);
}

const view view_gates = {.name = "gates",
                         .title = "Gates and states over time",
                         .make = make,
                         .compares = true,
                         .draw = draw,
                         .csv = csv,
                         .free = free_gates};
