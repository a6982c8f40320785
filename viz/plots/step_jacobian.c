#include "viz/plots/step_jacobian.h"

#include "viz/plots/heatmap.h"
#include "viz/plots/numbers.h"

#include "base/memory.h"
#include "flow/paths.h"
#include "flow/spectrum.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SIZE = 512 }; /* of a state, for its singular values */

/* --- making -------------------------------------------------------------------------------- */

static size_t size_of(const step_jacobian *j) { return j->states * j->H; }

/* value[0] = the sum of the routes */
static void add_up(step_jacobian *j)
{
    const size_t SS = size_of(j) * size_of(j);
    for (size_t k = 0; k < SS; k++) {
        double sum = 0;
        for (size_t p = 1; p < j->parts; p++)
            sum += j->value[p * SS + k];
        j->value[k] = sum;
        if (isfinite(sum))
            j->most = fmax(j->most, fabs(sum));
    }
}

static void measure_blocks(step_jacobian *j)
{
    const size_t S = size_of(j);
    for (size_t row = 0; row < S; row++)
        for (size_t col = 0; col < S; col++) {
            double *block = &j->block[row / j->H][col / j->H];
            *block = hypot(*block, j->value[row * S + col]);
        }
}

static rs_status measure(step_jacobian *j, rs_error *err)
{
    const size_t S = size_of(j);
    double *singular = rs_alloc(S, sizeof *singular, "the Jacobian", err);
    if (!singular)
        return RS_INTERNAL;
    for (size_t p = 0; p < j->parts; p++) {
        const double *value = j->value + p * S * S;
        rs_error not_finite = {0};
        j->norm[p] = rs_norm(value, S * S);
        j->gain[p] =
            rs_singular_values(value, S, singular, &not_finite) == RS_OK ? singular[0] : NAN;
    }
    free(singular);
    measure_blocks(j);
    return RS_OK;
}

rs_status step_jacobian_make(step_jacobian *to, const view_input *in, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    const rs_cell *cell = net->cell;
    *to = (step_jacobian){.cell = cell, .H = net->hidden, .parts = 1 + rs_routes(cell)};
    to->layers = net->layers;
    to->layer = view_index(in->layer, net->layers);
    to->t = view_index(in->step, in->trace->T);
    for (size_t k = 0; k < cell->channels_n && to->states < JACOBIAN_STATES; k++)
        if (cell->channels[k].role == RS_STATE)
            to->channel[to->states++] = (int)k;
    const size_t S = size_of(to);
    if (S > MOST_SIZE || to->states != rs_states(cell))
        return RS_OK;
    (void)snprintf(to->name[0], sizeof to->name[0], "all routes");
    for (size_t r = 0; r + 1 < to->parts; r++)
        (void)rs_route_name(cell, r, to->name[1 + r], sizeof to->name[0]);
    to->value = rs_alloc(to->parts * S, S * sizeof *to->value, "the Jacobian", err);
    rs_status status =
        to->value ? rs_flow_split(in->trace, in->run->model.parameters, to->layer, to->t,
                                  view_index(in->sequence, in->trace->B), to->value + S * S, err)
                  : RS_INTERNAL;
    if (status == RS_OK) {
        add_up(to);
        status = measure(to, err);
    }
    if (status != RS_OK)
        step_jacobian_free(to);
    return status;
}

void step_jacobian_free(step_jacobian *j)
{
    free(j->value);
    j->value = NULL;
}

/* --- drawing ------------------------------------------------------------------------------- */

static const char *symbol_of(const step_jacobian *j, size_t state)
{
    return j->cell->channels[j->channel[state]].symbol;
}

/* The entry under the pointer. */
static void name_entry(const void *of, size_t row, size_t col, char *text, size_t room)
{
    const step_jacobian *j = of;
    (void)snprintf(text, room, "$\\partial %s_{%zu} / \\partial %s_{%zu}$",
                   symbol_of(j, row / j->H), row % j->H, symbol_of(j, col / j->H), col % j->H);
}

/* Symbols of the states at the top and the left, lines between their blocks. */
static void draw_blocks(canvas *c, rect area, const step_jacobian *j, bool named)
{
    const double each = area.w / (double)j->states;
    const text_style style = {.across = ACROSS_MIDDLE, .down = DOWN_MIDDLE};
    canvas_frame(c, area, 0, (stroke){.ink = INK_AXIS, .alpha = .6});
    for (size_t k = 0; k < j->states; k++) {
        const double at = each * (double)k;
        if (k > 0) {
            canvas_hair(c, (point){area.x + at, area.y}, (point){area.x + at, area.y + area.h},
                        (stroke){.ink = INK_AXIS});
            canvas_hair(c, (point){area.x, area.y + at}, (point){area.x + area.w, area.y + at},
                        (stroke){.ink = INK_AXIS});
        }
        if (!named)
            continue;
        canvas_textf(c, area.x - 14, area.y + at + each / 2, style, "$%s_t$", symbol_of(j, k));
        canvas_textf(c, area.x + at + each / 2, area.y - 10, style, "$%s_{t-1}$", symbol_of(j, k));
    }
}

static axis scale_of(const step_jacobian *now, const step_jacobian *pinned)
{
    return axis_about_zero(pinned ? fmax(now->most, pinned->most) : now->most);
}

static void draw_part(canvas *c, rect area, const step_jacobian *j, size_t part, axis scale,
                      bool named, plot_layout *layout)
{
    const size_t S = size_of(j);
    const heatmap h = {.value = j->value + part * S * S,
                       .rows = S,
                       .cols = S,
                       .row_step = S,
                       .col_step = 1,
                       .scale = scale,
                       .map = MAP_SIGNED};
    heatmap_draw(c, area, &h);
    draw_blocks(c, area, j, named);
    layout_add(layout, (plot_area){.area = area,
                                   .x = {AXIS_LINEAR, 0, (double)S},
                                   .y = {AXIS_LINEAR, 0, (double)S},
                                   .rows = S,
                                   .cols = S,
                                   .value = h.value,
                                   .row_step = S,
                                   .col_step = 1,
                                   .of = j,
                                   .name_entry = name_entry});
}

/* One line: what, and its number at the right. */
static double draw_number(canvas *c, double x, double y, double width, const char *what,
                          double value)
{
    char text[NUMBER_TEXT];
    canvas_text(c, x, y, (text_style){.ink = INK_SOFT, .down = DOWN_MIDDLE}, what);
    canvas_text(
        c, x + width, y,
        (text_style){
            .face = FACE_NUMBER, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE, .plain = true},
        number_text(text, value, 3));
    return y + 20;
}

/* Norm, largest singular value, and the norm of each block. */
static void draw_numbers(canvas *c, rect r, const step_jacobian *j)
{
    char what[96];
    double y = r.y + 8;
    y = draw_number(c, r.x, y, r.w, "$\\sigma_1$", j->gain[0]);
    y = draw_number(c, r.x, y, r.w, "$\\|J_t\\|_F$", j->norm[0]);
    for (size_t row = 0; row < j->states && j->states > 1; row++)
        for (size_t col = 0; col < j->states && y < r.y + r.h - 4; col++) {
            (void)snprintf(what, sizeof what, "$\\|\\partial %s_t / \\partial %s_{t-1}\\|_F$",
                           symbol_of(j, row), symbol_of(j, col));
            y = draw_number(c, r.x, y, r.w, what, j->block[row][col]);
        }
}

static const double gap = 24, names = 28, bar = 64, numbers = 152;

/* The whole with its colours and numbers; returns the width it takes. */
static double draw_whole(canvas *c, rect r, const step_jacobian *j, axis scale, plot_layout *layout)
{
    const double side = r.h - 24;
    const rect area = {r.x + names, r.y + 20, side, side};
    draw_part(c, area, j, 0, scale, true, layout);
    colorbar_draw(c, (rect){area.x + side + 12, area.y, 8, side}, MAP_SIGNED, scale);
    draw_numbers(c, (rect){area.x + side + 12 + bar, area.y, numbers, side}, j);
    return names + side + 12 + bar + numbers;
}

/* The columns in which n squares, each with its names above and below, are largest in r. */
static size_t best_columns(rect r, size_t n, double apart, double *side)
{
    size_t best = 1;
    *side = 0;
    for (size_t columns = 1; columns <= n; columns++) {
        const size_t lines = (n + columns - 1) / columns;
        const double rows = (double)lines, across = (double)columns;
        const double fits =
            fmin((r.w - apart * (across - 1)) / across, (r.h - 12 * (rows - 1)) / rows - 44);
        if (fits > *side) {
            *side = fits;
            best = columns;
        }
    }
    return best;
}

static void draw_route(canvas *c, rect r, const step_jacobian *j, size_t part, axis scale,
                       plot_layout *layout)
{
    char text[NUMBER_TEXT];
    const int channel = rs_route_channel(j->cell, part - 1);
    const text_style style = {
        .size = TYPE_SMALL, .ink = INK_SOFT, .down = DOWN_MIDDLE, .max = r.w + 8};
    if (r.w < 72 && channel >= 0) /* its gate's letter has room */
        canvas_textf(c, r.x, r.y + 10, style, "$%s$", j->cell->channels[channel].symbol);
    else
        canvas_text(c, r.x, r.y + 10, style, canvas_say(c, j->name[part]));
    draw_part(c, (rect){r.x, r.y + 20, r.w, r.w}, j, part, scale, false, layout);
    canvas_textf(c, r.x, r.y + r.w + 34, (text_style){.size = TYPE_SMALL, .down = DOWN_MIDDLE},
                 "$\\sigma_1$ %s", number_text(text, j->gain[part], 2));
}

/* Each route small, its name above and its largest singular value below. */
static void draw_routes(canvas *c, rect r, const step_jacobian *j, axis scale, plot_layout *layout)
{
    const size_t n = j->parts - 1;
    const double apart = r.w < 360 ? 12 : gap;
    double side;
    const size_t columns = best_columns(r, n, apart, &side);
    for (size_t k = 0; k < n && side >= 36; k++) {
        const size_t row = k / columns, column = k % columns;
        const double x = r.x + (side + apart) * (double)column;
        const double y = r.y + (side + 44 + 12) * (double)row;
        draw_route(c, (rect){x, y, side, side}, j, 1 + k, scale, layout);
    }
}

static rect draw_heading(canvas *c, rect r, const step_jacobian *j)
{
    char title[96], note[160], layer[64] = "";
    (void)snprintf(title, sizeof title, canvas_say(c, "Jacobian of step %zu"), j->t);
    if (j->layers > 1)
        (void)snprintf(layer, sizeof layer, canvas_say(c, "layer %zu of %zu: "), j->layer + 1,
                       j->layers);
    if (j->states > 1)
        (void)snprintf(note, sizeof note,
                       "%s$J_t = \\partial s_t / \\partial s_{t-1}$, $s = [%s; %s]$", layer,
                       symbol_of(j, 0), symbol_of(j, 1));
    else
        (void)snprintf(note, sizeof note, "%s$J_t = \\partial %s_t / \\partial %s_{t-1}$", layer,
                       symbol_of(j, 0), symbol_of(j, 0));
    return heading_draw(c, r, title, note);
}

static bool comparable(const step_jacobian *now, const step_jacobian *pinned)
{
    return pinned && pinned->value && pinned->cell == now->cell;
}

void step_jacobian_draw(canvas *c, rect r, const step_jacobian *now, const step_jacobian *pinned,
                        plot_layout *layout)
{
    r = draw_heading(c, r, now);
    if (!now->value) {
        canvas_text(c, r.x, r.y + 24, (text_style){.ink = INK_SOFT, .width = r.w},
                    canvas_say(c, "Not computed: the state is too large."));
        return;
    }
    pinned = comparable(now, pinned) ? pinned : NULL;
    const axis scale = scale_of(now, pinned);
    const double used = draw_whole(c, r, now, scale, layout) + 2 * gap;
    const rect rest = {r.x + used, r.y, r.w - used, r.h};
    if (!pinned) {
        draw_routes(c, rest, now, scale, layout);
        return;
    }
    char gain[NUMBER_TEXT], norm[NUMBER_TEXT];
    canvas_textf(c, rest.x + names, r.y - 14, (text_style){.ink = INK_SOFT},
                 "%s: $\\sigma_1$ %s, $\\|J_t\\|_F$ %s", canvas_say(c, "pinned"),
                 number_text(gain, pinned->gain[0], 3), number_text(norm, pinned->norm[0], 3));
    if (rest.w > used - 2 * gap)
        (void)draw_whole(c, rest, pinned, scale, layout);
    else if (rest.w > r.h)
        draw_part(c, (rect){rest.x + names, r.y + 20, r.h - 24, r.h - 24}, pinned, 0, scale, true,
                  layout);
}

void step_jacobian_csv(FILE *out, const step_jacobian *j)
{
    const size_t S = size_of(j);
    if (!j->value)
        return;
    (void)fprintf(out, "\n# Jacobian of step %zu, layer %zu\nroute,of,unit,by,unit before,value\n",
                  j->t, j->layer);
    for (size_t p = 0; p < j->parts; p++)
        for (size_t row = 0; row < S; row++)
            for (size_t col = 0; col < S; col++)
                (void)fprintf(out, "%s,%s,%zu,%s,%zu,%.17g\n", j->name[p],
                              j->cell->channels[j->channel[row / j->H]].name, row % j->H,
                              j->cell->channels[j->channel[col / j->H]].name, col % j->H,
                              j->value[(p * S + row) * S + col]);
    (void)fprintf(out, "\nroute,norm,largest singular value\n");
    for (size_t p = 0; p < j->parts; p++)
        (void)fprintf(out, "%s,%.17g,%.17g\n", j->name[p], j->norm[p], j->gain[p]);
}
