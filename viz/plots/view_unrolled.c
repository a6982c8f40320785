/* The network over time as it is computed: each state from the one before and the input. The chain
 * (view_chain.c) is the way back. Of one unit the numbers and the weights stand there, of more
 * their norms and the weights' names. */
#include "viz/plots/numbers.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/norms.h"

#include <math.h>
#include <stdlib.h>

enum { NODE = 84, MOST_SHOWN = 24, LEFT = 44, RADIUS = 16, MOST_ROW = 130, LABEL = 64 };

typedef enum weight_name { IN, AGAIN, OUT, WEIGHTS } weight_name;

typedef struct unrolled {
    const rs_cell *cell;
    size_t T, n;            /* all steps, those kept */
    bool has_y, has_weight; /* there is a readout; one gate, one unit, one input: numbers */
    double x[MOST_SHOWN], h[MOST_SHOWN], y[MOST_SHOWN];
    double weight[WEIGHTS];
} unrolled;

static double weight_of(const view_input *in, rs_block_kind kind)
{
    const rs_block *block = rs_net_block(&in->run->model.net, kind, 0);
    return block ? in->run->model.parameters[block->offset] : NAN;
}

/* A number of its own, or the norm of several. */
static double size_of(const double *values, size_t n)
{
    return n == 1 ? values[0] : rs_norm(values, n);
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    const rs_trace *trace = in->trace;
    const size_t O = rs_net_width(net), b = view_index(in->sequence, trace->B);
    const rs_layer *top = &trace->layer[net->layers - 1];
    unrolled *d = rs_alloc(1, sizeof *d, "the network over time", err);
    if (!d)
        return RS_INTERNAL;
    d->cell = net->cell;
    d->T = trace->T;
    d->n = trace->T < MOST_SHOWN ? trace->T : MOST_SHOWN;
    d->has_y = net->outputs > 0;
    d->has_weight =
        net->cell->gates_n == 1 && net->hidden == 1 && net->inputs == 1 && net->layers == 1;
    d->weight[IN] = weight_of(in, RS_WEIGHT_IH);
    d->weight[AGAIN] = weight_of(in, RS_WEIGHT_HH);
    d->weight[OUT] = weight_of(in, RS_READOUT_WEIGHT);
    for (size_t t = 0; t < d->n; t++) {
        const size_t row = t * trace->B + b;
        d->x[t] = size_of(trace->x + row * net->inputs, net->inputs);
        d->h[t] = size_of(top->value[RS_H] + row * net->hidden, net->hidden);
        d->y[t] = size_of(trace->y + row * O, O);
    }
    *data = d;
    return RS_OK;
}

/* 0.5 rather than 0.500: these are for the pencil. */
static const char *plain(char text[NUMBER_TEXT], double value, int digits)
{
    (void)snprintf(text, NUMBER_TEXT, "%.*g", digits, value);
    return text;
}

static void draw_number(canvas *c, double x, double y, double value, int digits)
{
    char text[NUMBER_TEXT];
    canvas_text(c, x, y,
                (text_style){.size = TYPE_BODY,
                             .face = FACE_NUMBER,
                             .across = ACROSS_MIDDLE,
                             .down = DOWN_MIDDLE,
                             .plain = true},
                plain(text, value, digits));
}

/* What is multiplied with along an arrow. */
static void draw_weight(canvas *c, const unrolled *d, point at, weight_name which,
                        text_across across)
{
    static const char *const names[] = {"U", "W", "V"};
    char number[NUMBER_TEXT], text[NUMBER_TEXT + 8];
    text_style style = {.size = TYPE_SMALL, .ink = INK_SOFT, .across = across, .down = DOWN_MIDDLE};
    if (d->has_weight)
        (void)snprintf(text, sizeof text, "× %s", plain(number, d->weight[which], 4));
    else
        style.face = FACE_FORMULA, (void)snprintf(text, sizeof text, "%s", names[which]);
    canvas_text(c, at.x, at.y, style, text);
}

/* One step: x below, h, and y above. */
static void draw_step(canvas *c, const unrolled *d, size_t t, double x, double y, double row)
{
    const int digits = d->n > 8 ? 2 : 4;
    draw_number(c, x, y + row + 22, d->x[t], digits);
    view_symbol(c, x, y + row, "x");
    canvas_arrow(c, (point){x, y + row - 12}, (point){x, y + RADIUS + 6},
                 (stroke){.ink = INK_GREEN, .width = 2});
    canvas_circle(c, (point){x, y}, RADIUS, (stroke){.ink = INK_BLUE, .width = 1.5});
    view_symbol(c, x, y, "h");
    draw_number(c, x, y - RADIUS - 12, d->h[t], digits);
    if (!d->has_y)
        return;
    canvas_arrow(c, (point){x, y - RADIUS - 24}, (point){x, y - row + 14},
                 (stroke){.ink = INK_VERMILION, .width = 2});
    view_symbol(c, x, y - row, "y");
    draw_number(c, x, y - row - 20, d->y[t], digits);
}

static void draw_steps(canvas *c, rect r, const unrolled *d, plot_layout *layout)
{
    const size_t room = r.w > 2 * NODE ? (size_t)(r.w / NODE) : 2, n = d->n < room ? d->n : room;
    const double row = fmin(MOST_ROW, (r.h - 88) / (1 + d->has_y));
    const double used = row * (1 + d->has_y) + 88, top = r.y + .3 * (r.h - used);
    const double y = top + 44 + (d->has_y ? row : 0), left = r.x + LEFT;
    const double pitch = n > 1 ? (r.w - 2 * LEFT - (n < d->T) * 32) / (double)(n - 1) : NODE;
    for (size_t t = 0; t < n; t++) {
        const double x = left + pitch * (double)t, from = x - pitch + RADIUS + 4;
        char step[32];
        if (t > 0)
            canvas_arrow(c, (point){from, y}, (point){x - RADIUS - 4, y},
                         (stroke){.ink = INK_BLUE, .width = 2});
        if (t > 0 && pitch > LABEL)
            draw_weight(c, d, (point){x - pitch / 2, y - 12}, AGAIN, ACROSS_MIDDLE);
        draw_step(c, d, t, x, y, row);
        if (pitch > LABEL)
            draw_weight(c, d, (point){x + 8, y + row * .55}, IN, ACROSS_LEFT);
        if (pitch > LABEL && d->has_y)
            draw_weight(c, d, (point){x + 8, y - row * .6}, OUT, ACROSS_LEFT);
        (void)snprintf(step, sizeof step, "%zu", t);
        canvas_text(c, x, y + row + 44, (text_style){.size = TYPE_SMALL, .across = ACROSS_MIDDLE},
                    step);
    }
    if (n < d->T)
        canvas_text(c, left + pitch * (double)(n - 1) + RADIUS + 8, y,
                    (text_style){.size = TYPE_HEAD, .down = DOWN_MIDDLE}, "…");
    canvas_text(c, r.x, y + row + 44, (text_style){.size = TYPE_SMALL, .ink = INK_SOFT},
                canvas_say(c, "step"));
    layout_add(layout, (plot_area){.area = {left - pitch / 2, top, pitch * (double)n, used},
                                   .x = {AXIS_STEPS, -.5, (double)n - .5},
                                   .y = {AXIS_LINEAR, 0, 1}});
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const unrolled *d = data;
    char title[96];
    (void)snprintf(title, sizeof title, canvas_say(c, "%s, unrolled"),
                   canvas_say(c, d->cell->title));
    r = heading_draw(c, r, title,
                     canvas_say(c, d->has_weight ? "the states, step by step"
                                                 : "norms of input, state and output"));
    if (r.w > 2 * NODE && r.h > 140)
        draw_steps(c, r, d, layout);
}

static void csv(FILE *out, const void *data)
{
    const unrolled *d = data;
    fprintf(out, "t,x,h,y\n");
    for (size_t t = 0; t < d->n; t++)
        fprintf(out, "%zu,%.17g,%.17g,%.17g\n", t, d->x[t], d->h[t], d->y[t]);
}

const view view_unrolled = {.name = "unrolled",
                            .title = "The network, unrolled",
                            .make = make,
                            .draw = draw,
                            .csv = csv,
                            .free = free};
