/* The cell's equations with the numbers of one unit at one step, forward and backward. */
#include "viz/plots/equations.h"
#include "viz/plots/numbers.h"
#include "viz/plots/view.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_LINES = 40, LINE_TEXT = 160 };

typedef struct line {
    bool heading, backward;
    char formula[LINE_TEXT]; /* of a heading: the function */
    char code[LINE_TEXT];    /* the line of the source that computes it */
    char result[48], numbers[LINE_TEXT];
} line;

typedef struct shown {
    const rs_cell *cell;
    const char *file;
    size_t layer, t, b, unit, n;
    bool has_backward;
    line line[MOST_LINES];
} shown;

static void add_equation(shown *s, const moment *m, const equation *e, const char *function,
                         bool backward)
{
    char number[NUMBER_TEXT];
    if (s->n >= MOST_LINES)
        return;
    line *l = &s->line[s->n++];
    l->backward = backward;
    (void)snprintf(l->formula, sizeof l->formula, "%s", e->formula);
    (void)snprintf(l->result, sizeof l->result, "%s",
                   number_text(number, moment_evaluate(m, e->result), 3));
    moment_fill(m, e->value, l->numbers, sizeof l->numbers);
    if (function)
        (void)equation_source(s->file, function, backward, e, l->code, sizeof l->code);
}

static void add_stage(shown *s, const moment *m, const stage_equations *stage)
{
    if (s->n < MOST_LINES) {
        line *l = &s->line[s->n++];
        l->heading = true;
        (void)snprintf(l->formula, sizeof l->formula, "%s: %s", s->file, stage->function);
    }
    for (size_t k = 0; k < 4 && stage->forward[k].formula; k++)
        add_equation(s, m, &stage->forward[k], stage->function, false);
    for (size_t k = 0; k < 5 && stage->backward[k].formula && s->has_backward; k++)
        add_equation(s, m, &stage->backward[k], stage->function, true);
}

/* The sums over all units, which are the network's. */
static void add_sum(shown *s, const moment *m, const double *parameters, bool backward)
{
    char number[NUMBER_TEXT];
    const char *formula = NULL;
    double result = 0;
    line *l = &s->line[s->n];
    if (s->n >= MOST_LINES ||
        !equation_sum(m, parameters, backward, &formula, &result, l->numbers, sizeof l->numbers))
        return;
    l->backward = backward;
    (void)snprintf(l->formula, sizeof l->formula, "%s", formula);
    (void)snprintf(l->result, sizeof l->result, "%s", number_text(number, result, 3));
    s->n++;
}

/* A cell whose equations are not written down: its channels and their derivatives. */
static void add_channels(shown *s, const moment *m)
{
    for (size_t k = 0; k < s->cell->channels_n; k++) {
        const rs_channel *channel = &s->cell->channels[k];
        char result[32], value[32];
        (void)snprintf(result, sizeof result, "{%.20s}", channel->name);
        (void)snprintf(value, sizeof value, "{%.20s}", channel->name);
        const equation e = {channel->symbol, result, value, NULL};
        add_equation(s, m, &e, NULL, false);
    }
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    const cell_equations *equations = equations_of(net->cell);
    shown *s = rs_alloc(1, sizeof *s, "the equations", err);
    if (!s)
        return RS_INTERNAL;
    s->cell = net->cell;
    s->has_backward = in->gradient != NULL;
    s->layer = view_index(in->layer, net->layers);
    s->t = view_index(in->step, in->trace->T);
    s->b = view_index(in->sequence, in->trace->B);
    s->unit = view_index(in->unit, net->hidden);
    const moment m = {in->trace, s->layer, s->t, s->b, s->unit};
    s->file = equations ? equations->file : "";
    add_sum(s, &m, in->run->model.parameters, false);
    for (size_t k = 0; equations && k < 4 && equations->stage[k].function; k++)
        add_stage(s, &m, &equations->stage[k]);
    if (!equations)
        add_channels(s, &m);
    if (s->has_backward)
        add_sum(s, &m, in->run->model.parameters, true);
    *data = s;
    return RS_OK;
}

enum { HEAD = 32, LINE_HEIGHT = 30, NUMBERS_BELOW = 14, ROW_BELOW = 25, INDENT = 40 };

/* Where the columns begin: what a line says, the source that computes it, its numbers. */
typedef struct columns {
    bool wide;            /* the numbers beside the formula, not below it */
    double code, numbers; /* code 0: there is no room for the source */
} columns;

static void say_numbers(const line *l, char text[LINE_TEXT + 64])
{
    (void)snprintf(text, LINE_TEXT + 64, "%s = %s", l->result, l->numbers);
}

/* A line of which a part is too long for its column, even set small: its parts stand below each
 * other. */
static bool is_stacked(canvas *c, rect r, const columns *at, const line *l)
{
    const text_style formula = {.size = TYPE_BODY, .face = FACE_FORMULA},
                     mono = {.size = TYPE_SMALL, .face = FACE_NUMBER, .plain = true};
    const double second = at->code > 0 ? at->code : at->numbers;
    char numbers[LINE_TEXT + 64];
    if (!at->wide || l->heading)
        return false;
    say_numbers(l, numbers);
    return canvas_text_width(c, formula, l->formula) > second - r.x - 24 ||
           (at->code > 0 && canvas_text_width(c, mono, l->code) > at->numbers - at->code - 16) ||
           canvas_text_width(c, mono, numbers) > r.x + r.w - at->numbers;
}

/* How tall a line would like to be. */
static double line_height(canvas *c, rect r, const columns *at, const line *l)
{
    if (l->heading)
        return LINE_HEIGHT;
    if (is_stacked(c, r, at, l))
        return LINE_HEIGHT + (at->code > 0 && l->code[0] ? 2 : 1) * ROW_BELOW;
    return at->wide ? LINE_HEIGHT : LINE_HEIGHT + NUMBERS_BELOW;
}

static double wished_height(canvas *c, rect r, const columns *at, const shown *s)
{
    double total = 0;
    for (size_t k = 0; k < s->n; k++)
        total += line_height(c, r, at, &s->line[k]);
    return total;
}

/* The numbers begin behind the longest formula, as long as they keep half of the width. Below the
 * formulas they stand only in a high narrow panel. */
static columns columns_of(canvas *c, const shown *s, rect r)
{
    bool code = false;
    double longest = 0;
    for (size_t k = 0; k < s->n; k++) {
        const text_style style = {.size = TYPE_BODY, .face = FACE_FORMULA};
        code = code || s->line[k].code[0];
        if (!s->line[k].heading)
            longest = fmax(longest, canvas_text_width(c, style, s->line[k].formula));
    }
    if (code && r.w >= 900)
        return (columns){true, r.x + r.w * .25, r.x + r.w * .57};
    const columns narrow = {false, 0, r.x + 24};
    if (r.w <= 520 && wished_height(c, r, &narrow, s) <= r.h - HEAD)
        return narrow;
    return (columns){true, 0, r.x + fmin(r.w * .42, longest + 48)};
}

/* A long text is set smaller rather than into the next column. */
static text_style fitted(canvas *c, text_style style, double width, const char *text)
{
    while (style.size > 7 && canvas_text_width(c, style, text) > width)
        style.size--;
    return style;
}

/* Formula, source, numbers: each over the whole width. */
static void draw_stacked(canvas *c, rect r, const columns *at, const line *l, double y,
                         double height, int size)
{
    const bool code = at->code > 0 && l->code[0];
    const double each = height * ROW_BELOW / (LINE_HEIGHT + (code ? 2 : 1) * ROW_BELOW);
    const double room = r.w - INDENT;
    text_style mono = {
        .size = size < TYPE_BODY ? size : TYPE_BODY, .face = FACE_NUMBER, .plain = true};
    char numbers[LINE_TEXT + 64];
    say_numbers(l, numbers);
    canvas_text(c, r.x + 16, y,
                fitted(c, (text_style){.size = size, .face = FACE_FORMULA}, r.w - 16, l->formula),
                l->formula);
    mono.max = room;
    if (code)
        canvas_text(c, r.x + INDENT, y += each, fitted(c, mono, room, l->code), l->code);
    mono = fitted(c, mono, room, numbers);
    mono.ink = INK_SOFT;
    canvas_text(c, r.x + INDENT, y + each, mono, numbers);
}

static void draw_line(canvas *c, rect r, const columns *at, const line *l, double y, double height,
                      int size)
{
    const ink_kind ink = l->backward ? INK_VERMILION : INK_BLUE;
    if (l->heading) {
        canvas_text(c, r.x, y,
                    (text_style){.size = TYPE_SMALL,
                                 .ink = INK_SOFT,
                                 .face = FACE_NUMBER,
                                 .plain = true,
                                 .max = r.w},
                    l->formula);
        return;
    }
    canvas_fill(c, (rect){r.x + 4, y - 12, 2, height - 9}, ink, .8);
    if (is_stacked(c, r, at, l)) {
        draw_stacked(c, r, at, l, y, height, size);
        return;
    }
    text_style style = {.size = size, .face = FACE_FORMULA};
    if (at->wide)
        style = fitted(c, style, (at->code > 0 ? at->code : at->numbers) - r.x - 24, l->formula);
    canvas_text(c, r.x + 16, y, style, l->formula);
    text_style mono = {
        .size = size < TYPE_BODY ? size : TYPE_BODY, .face = FACE_NUMBER, .plain = true};
    if (at->code > 0 && l->code[0]) {
        const double room = at->numbers - at->code - 16;
        text_style code = fitted(c, mono, room, l->code);
        code.max = room;
        canvas_text(c, at->code, y, code, l->code);
    }
    char text[LINE_TEXT + 64];
    const double room = r.x + r.w - at->numbers;
    say_numbers(l, text);
    mono = fitted(c, mono, room, text);
    mono.ink = INK_SOFT;
    mono.max = room;
    canvas_text(c, at->numbers, at->wide ? y : y + 18, mono, text);
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const shown *s = data;
    char title[96], note[160];
    (void)snprintf(title, sizeof title, canvas_say(c, "%s, equation by equation"),
                   canvas_say(c, s->cell->title));
    (void)snprintf(note, sizeof note, canvas_say(c, "step %zu, unit %zu, layer %zu, sequence %zu"),
                   s->t, s->unit, s->layer, s->b);
    r = heading_draw(c, r, title, note);
    canvas_text(c, r.x, r.y + 8, (text_style){.size = TYPE_SMALL, .ink = INK_BLUE},
                canvas_say(c, "forward"));
    if (s->has_backward)
        canvas_text(c, r.x + 80, r.y + 8, (text_style){.size = TYPE_SMALL, .ink = INK_VERMILION},
                    canvas_say(c, "backward"));
    const columns at = columns_of(c, s, r);
    const double squeeze = fmin(1, (r.h - HEAD) / wished_height(c, r, &at, s));
    const int size = squeeze < .8 ? (int)fmin(TYPE_SMALL, .78 * LINE_HEIGHT * squeeze) : TYPE_TITLE;
    double y = r.y + HEAD + 8;
    for (size_t k = 0; k < s->n && y < r.y + r.h; k++) {
        const double height = line_height(c, r, &at, &s->line[k]) * squeeze;
        draw_line(c, r, &at, &s->line[k], y, height, size > 7 ? size : 7);
        y += height;
    }
    (void)layout;
}

static void csv(FILE *out, const void *data)
{
    const shown *s = data;
    fprintf(out, "direction,formula,value,numbers,source\n");
    for (size_t k = 0; k < s->n; k++)
        if (!s->line[k].heading)
            fprintf(out, "%s,\"%s\",%s,\"%s\",\"%s\"\n",
                    s->line[k].backward ? "backward" : "forward", s->line[k].formula,
                    s->line[k].result, s->line[k].numbers, s->line[k].code);
}

const view view_equations = {.name = "equations",
                             .title = "The equations, with their numbers",
                             .make = make,
                             .draw = draw,
                             .csv = csv,
                             .free = free};
