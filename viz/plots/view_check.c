/* The gradient check of what is on screen: the error of each block of parameters beside what
 * rounding explains, the V curve of step sizes, and the Taylor test; where it is wrong, also at
 * which steps and in which channels. */
#include "viz/finding_text.h"
#include "viz/plots/check_map.h"
#include "viz/plots/curves.h"
#include "viz/plots/numbers.h"
#include "viz/plots/view.h"
#include "viz/sentence.h"

#include "base/memory.h"
#include "base/random.h"
#include "gradcheck/check.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 65, CURVES = 5 };

typedef struct check {
    rs_check_report report;
    check_map map; /* value: NULL where nothing is wrong */
    curves steps, taylor;
    double *numbers; /* h, forward, central, complex; remainder, slope 2: [POINTS] each */
} check;

static void free_check(void *data)
{
    check *k = data;
    if (k) {
        rs_check_report_free(&k->report);
        check_map_free(&k->map);
        free(k->numbers);
    }
    free(k);
}

/* What is needed to see the loss at other parameters. */
typedef struct probe {
    const view_input *in;
    rs_trace *trace;
    rs_trace_z *complex_trace;
    double *direction, *at; /* [n] */
    double _Complex *complex_at;
    size_t n;
} probe;

static void free_probe(probe *p)
{
    rs_trace_free(p->trace);
    rs_trace_free_z(p->complex_trace);
    free(p->direction);
    free(p->at);
    free(p->complex_at);
}

/* A trace to run again: input and initial states as the pass on the screen has them, which need not
 * be those of the data (a scene gives h0 and c0 by hand). */
static rs_trace *trace_as(const view_input *in, rs_keep keep, rs_error *err)
{
    const rs_trace *from = in->trace;
    const rs_net *net = from->net;
    const size_t BH = from->B * net->hidden;
    rs_trace *to = rs_trace_new(net, from->T, from->B, keep, err);
    if (!to)
        return NULL;
    memcpy(to->x, from->x, from->T * from->B * net->inputs * sizeof *to->x);
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            if (net->cell->channels[k].role == RS_STATE)
                memcpy(to->layer[l].value[k] - BH, from->layer[l].value[k] - BH,
                       BH * sizeof *to->layer[l].value[k]);
    return to;
}

/* The same for complex numbers. */
static void start_complex(rs_trace_z *to, const rs_trace *from)
{
    const rs_net *net = from->net;
    const size_t BH = from->B * net->hidden;
    for (size_t k = 0; k < from->T * from->B * net->inputs; k++)
        to->x[k] = from->x[k];
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            for (size_t j = 0; j < BH && net->cell->channels[k].role == RS_STATE; j++)
                *(to->layer[l].value[k] - BH + j) = *(from->layer[l].value[k] - BH + j);
}

static rs_status make_probe(probe *p, const view_input *in, rs_error *err)
{
    const rs_trace *trace = in->trace;
    rs_random random = rs_random_seed(in->options->seed, 77);
    double norm = 0;
    p->in = in;
    p->n = in->run->model.net.parameters_n;
    p->trace = trace_as(in, RS_KEEP_LEAN, err);
    p->complex_trace =
        p->trace ? rs_trace_new_z(trace->net, trace->T, trace->B, RS_KEEP_LEAN, err) : NULL;
    p->direction = rs_alloc(p->n, sizeof(double), "a direction", err);
    p->at = rs_alloc(p->n, sizeof(double), "parameters", err);
    p->complex_at = rs_alloc(p->n, sizeof(double _Complex), "parameters", err);
    if (!p->complex_trace || !p->direction || !p->at || !p->complex_at)
        return RS_INTERNAL;
    start_complex(p->complex_trace, trace);
    for (size_t k = 0; k < p->n; k++) {
        p->direction[k] = rs_random_normal(&random);
        norm += p->direction[k] * p->direction[k];
    }
    for (size_t k = 0; k < p->n; k++)
        p->direction[k] /= sqrt(norm);
    return RS_OK;
}

/* L(θ + h v) */
static double loss_at(probe *p, double h)
{
    for (size_t k = 0; k < p->n; k++)
        p->at[k] = p->in->run->model.parameters[k] + h * p->direction[k];
    rs_forward(p->trace, p->at, NULL);
    rs_loss_forward(p->trace, &p->in->run->data.loss);
    return p->trace->loss;
}

/* Im L(θ + i h v) / h */
static double complex_slope(probe *p, double h)
{
    for (size_t k = 0; k < p->n; k++) {
        p->complex_at[k] = p->in->run->model.parameters[k];
        __imag__ p->complex_at[k] = h * p->direction[k];
    }
    rs_forward_z(p->complex_trace, p->complex_at, NULL);
    rs_loss_forward_z(p->complex_trace, &p->in->run->data.loss);
    return __imag__ p->complex_trace->loss / h;
}

static void fill_steps(check *k, probe *p)
{
    double *h = k->numbers, *forward = h + POINTS, *central = forward + POINTS,
           *complex = central + POINTS, *remainder = complex + POINTS, *two = remainder + POINTS;
    double claimed = 0;
    const double zero = loss_at(p, 0), exact = complex_slope(p, 1e-100);
    for (size_t j = 0; j < p->n; j++)
        claimed += p->direction[j] * p->in->gradient[j];
    for (size_t j = 0; j < POINTS; j++) {
        h[j] = -16 + 16 * (double)j / (POINTS - 1);
        const double step = pow(10, h[j]), plus = loss_at(p, step), minus = loss_at(p, -step);
        forward[j] = fabs(((plus - zero) / step - exact) / exact);
        central[j] = fabs(((plus - minus) / (2 * step) - exact) / exact);
        complex[j] = fabs((complex_slope(p, step) - exact) / exact);
        /* an error of exactly zero is one below rounding */
        complex[j] = fmax(complex[j], DBL_EPSILON / 4);
        remainder[j] = fabs(plus - zero - step * claimed);
    }
    for (size_t j = 0; j < POINTS; j++)
        two[j] = remainder[POINTS - 9] * pow(10, 2 * (h[j] - h[POINTS - 9]));
}

static void name_curves(check *k)
{
    double *h = k->numbers;
    const struct {
        curves *in;
        const char *name;
        ink_kind ink;
        dash_kind dash;
    } rows[CURVES] = {{&k->steps, "forward difference", INK_VERMILION, DASH_NONE},
                      {&k->steps, "central difference", INK_BLUE, DASH_LONG},
                      {&k->steps, "complex step", INK_GREEN, DASH_NONE},
                      {&k->taylor, "remainder", INK_BLUE, DASH_NONE},
                      {&k->taylor, "slope 2", INK_GREY, DASH_SHORT}};
    for (size_t j = 0; j < CURVES; j++) {
        curve *added = curves_add(rows[j].in, rows[j].name, h + (j + 1) * POINTS, POINTS,
                                  rows[j].ink, rows[j].dash);
        added->x = h;
    }
    (void)snprintf(k->steps.title, sizeof k->steps.title, "Step size");
    (void)snprintf(k->steps.note, sizeof k->steps.note,
                   "error of a directional derivative by its step");
    (void)snprintf(k->taylor.title, sizeof k->taylor.title, "Taylor test");
    (void)snprintf(k->taylor.note, sizeof k->taylor.note,
                   "remainder; its slope is 2 where the gradient is right");
    k->steps.y_kind = k->taylor.y_kind = AXIS_LOG;
    k->steps.x_kind = k->taylor.x_kind = AXIS_POWERS;
    k->taylor.y = (axis){AXIS_LOG, -18, 2};
    k->steps.y = (axis){AXIS_LOG, -17, 2};
    for (size_t j = 0; j < 2; j++) {
        curves *to = j ? &k->taylor : &k->steps;
        to->x = (axis){AXIS_POWERS, -16, 0};
        (void)snprintf(to->x_name, sizeof to->x_name, "step size");
    }
}

static rs_status judge(check *k, const view_input *in, rs_error *err)
{
    rs_trace *trace = trace_as(in, RS_KEEP_ALL, err);
    const rs_check_options options = {.seed = in->options->seed, .threads = in->options->threads};
    const double *parameters = in->run->model.parameters;
    const rs_loss *loss = &in->run->data.loss;
    rs_status status =
        trace ? rs_check(trace, parameters, loss, &options, &k->report, err) : RS_INTERNAL;
    if (!status)
        status = check_map_make(&k->map, trace, parameters, loss, &k->report, options.threads, err);
    rs_trace_free(trace);
    return status;
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    rs_status status = view_wants_loss("check", in, err);
    if (status)
        return status;
    probe p = {0};
    check *k = rs_alloc(1, sizeof *k, "the check", err);
    if (!k)
        return RS_INTERNAL;
    k->numbers = rs_alloc((CURVES + 1) * POINTS, sizeof(double), "the check", err);
    status = k->numbers ? judge(k, in, err) : RS_INTERNAL;
    if (!status)
        status = make_probe(&p, in, err);
    if (!status) {
        fill_steps(k, &p);
        name_curves(k);
        *data = k;
    } else
        free_check(k);
    free_probe(&p);
    return status;
}

/* Error and bar of a block, in parts of its own size, or of 1 where that is zero; both at least
 * rounding's smallest, which the axis begins with. */
static void relative(const rs_check_block *b, double *error, double *bar)
{
    const double measured = fabs(b->along_measured), size = measured >= DBL_MIN ? measured : 1;
    const double least = DBL_EPSILON / 16;
    *error = fmax(fabs(b->along_claimed - b->along_measured) / size, least);
    *bar = fmax(b->along_bar / size, least);
}

static void draw_block(canvas *c, const plot_area *a, const rs_check_block *b, double y)
{
    double error, bar;
    char text[NUMBER_TEXT];
    relative(b, &error, &bar);
    const ink_kind ink = b->verdict == RS_WRONG    ? INK_BAD
                         : b->verdict == RS_AGREES ? INK_GOOD
                                                   : INK_GREY;
    const double end = fmin(area_point(a, bar, 1).x, a->area.x + a->area.w);
    canvas_fill_round(c, (rect){a->area.x, y - 4, end - a->area.x, 8}, 4, INK_HAIR, 1);
    canvas_marker(c, (point){fmin(area_point(a, error, 1).x, a->area.x + a->area.w), y},
                  b->verdict == RS_WRONG ? MARKER_CROSS : MARKER_DOT, 4, ink, 1);
    canvas_text(c, a->area.x - 16, y,
                (text_style){.size = TYPE_SMALL,
                             .face = FACE_NUMBER,
                             .across = ACROSS_RIGHT,
                             .down = DOWN_MIDDLE,
                             .plain = true,
                             .max = 120},
                b->name);
    canvas_text(
        c, a->area.x + a->area.w + 12, y,
        (text_style){.size = TYPE_SMALL, .face = FACE_NUMBER, .ink = ink, .down = DOWN_MIDDLE},
        number_text(text, error, 2));
}

static void draw_blocks(canvas *c, rect r, const check *k, plot_layout *layout)
{
    const size_t n = k->report.blocks_n;
    axis x = axis_start(AXIS_LOG);
    axis_grow(&x, 1e-17);
    axis_grow(&x, 1e-12);
    for (size_t j = 0; j < n; j++) {
        double error, bar;
        relative(&k->report.blocks[j], &error, &bar);
        axis_grow(&x, error);
        axis_grow(&x, bar);
    }
    r = heading_draw(c, r, canvas_say(c, "Error of each block"),
                     canvas_say(c, "dot: against the exact gradient; bar: what rounding explains"));
    const plot_area a = {.area = rect_inset(r, 140, 4, 72, AXES_BOTTOM),
                         .x = axis_finish(x),
                         .y = {AXIS_LINEAR, 0, 1}};
    if (!(a.area.w > 20 && a.area.h > 20) || n == 0)
        return;
    axes_draw(c, &a, (axes_style){.no_y = true});
    const double pitch = fmin(28, a.area.h / (double)n);
    const size_t shown = pitch < 12 ? (size_t)(a.area.h / 12) : n;
    for (size_t j = 0; j < shown; j++)
        draw_block(c, &a, &k->report.blocks[j], a.area.y + fmax(pitch, 12) * ((double)j + .5));
    layout_add(layout, a);
}

/* The located mistake, or why there is no verdict, on as many lines as it takes; returns its
 * height.
 */
static double draw_reason(canvas *c, rect r, const rs_check_report *report)
{
    char text[SENTENCE_TEXT];
    const text_style style = {
        .size = TYPE_SMALL, .down = DOWN_TOP, .plain = true, .width = fmax(r.w, 16)};
    (void)snprintf(text, sizeof text, "%s", report->why ? canvas_say(c, report->why) : "");
    if (report->findings_n > 0)
        finding_text(canvas_lang(c), &report->findings[0], text, sizeof text);
    const double h = *text ? canvas_measure(c, r.x, r.y, style, text).h : 0;
    canvas_text(c, r.x, r.y + fmax((r.h - h) / 2, 0), style, text);
    return h;
}

/* The verdict, as a badge. */
static rect draw_verdict(canvas *c, rect r, const check *k)
{
    const bool agrees = k->report.verdict == RS_AGREES, wrong = k->report.verdict == RS_WRONG;
    const char *text = canvas_say(c, agrees  ? "✓ gradient agrees"
                                     : wrong ? "✗ gradient is wrong"
                                             : "? no verdict");
    const double width = canvas_text_width(c, (text_style){.bold = true}, text) + 24;
    const rect badge = {r.x, r.y, width, 26};
    const ink_kind ink = agrees ? INK_GOOD : wrong ? INK_BAD : INK_SOFT;
    canvas_fill_round(c, badge, 13,
                      agrees  ? INK_GOOD_GROUND
                      : wrong ? INK_BAD_GROUND
                              : INK_PANEL,
                      1);
    canvas_text(c, r.x + 12, r.y + 13, (text_style){.bold = true, .ink = ink, .down = DOWN_MIDDLE},
                text);
    const rect beside = {r.x + width + 16, r.y, r.w - width - 16, badge.h};
    return rect_inset(r, 0, fmax(badge.h, draw_reason(c, beside, &k->report)) + 14, 0, 0);
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const check *k = data;
    r = draw_verdict(c, r, k);
    const bool map = k->map.errors.value != NULL;
    const double wanted = 32 + AXES_BOTTOM + 28.0 * (double)k->report.blocks_n;
    const double top =
        fmin(r.h * (map ? .55 : .5), map ? fmax(wanted, check_map_height(&k->map)) : wanted);
    const rect upper = {r.x, r.y, r.w, top};
    draw_blocks(c, map ? part_of_row(upper, 0, 2, 24) : upper, k, layout);
    if (map)
        check_map_draw(c, part_of_row(upper, 1, 2, 24), &k->map, layout);
    const rect bottom = rect_inset(r, 0, top + 16, 0, 0);
    plot_curves(c, part_of_row(bottom, 0, 2, 24), &k->steps, layout);
    plot_curves(c, part_of_row(bottom, 1, 2, 24), &k->taylor, layout);
}

static void csv(FILE *out, const void *data)
{
    const check *k = data;
    fprintf(out, "block,claimed,measured,bar,verdict\n");
    for (size_t j = 0; j < k->report.blocks_n; j++) {
        const rs_check_block *b = &k->report.blocks[j];
        fprintf(out, "%s,%.17g,%.17g,%.17g,%s\n", b->name, b->along_claimed, b->along_measured,
                b->along_bar, rs_verdict_name(b->verdict));
    }
    if (k->map.errors.value)
        check_map_csv(out, &k->map);
    fprintf(out, "\n# log10 of the step, and the errors\n");
    curves_csv(out, &k->steps);
    fprintf(out, "\n# Taylor remainder\n");
    curves_csv(out, &k->taylor);
}

const view view_check = {.name = "check",
                         .title = "Gradient check",
                         .needs_loss = true,
                         .make = make,
                         .draw = draw,
                         .csv = csv,
                         .free = free_check};
