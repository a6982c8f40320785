/* Eigenvalues of the recurrent matrix and of the steps' Jacobians, with the unit circle; singular
 * values and Lyapunov exponents. */
#include "viz/plots/curves.h"
#include "viz/plots/view.h"

#include "base/memory.h"
#include "flow/jacobian.h"
#include "flow/rows.h"
#include "flow/spectrum.h"

#include "viz/plots/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 5, MOST_SIZE = 512 }; /* Jacobians shown; beyond this size they take too long */

typedef struct cloud {
    size_t n;
    double *re, *im;
    char name[40];
    ink_kind ink;
} cloud;

typedef struct spectrum {
    const rs_cell *cell;
    cloud gate[RS_MAX_GATES], step[STEPS];
    size_t gates_n, steps_n;
    bool small;          /* the gates alone */
    double radius, norm; /* of W_hh: the largest over gates */
    curves singular, lyapunov;
    double *numbers;
} spectrum;

static void free_spectrum(void *data)
{
    spectrum *s = data;
    if (s)
        free(s->numbers);
    free(s);
}

/* The next n numbers of the one array. */
static double *take(double **at, size_t n)
{
    double *taken = *at;
    *at += n;
    return taken;
}

static rs_status add_gate(spectrum *s, const view_input *in, size_t layer, size_t gate, double **at,
                          rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    const size_t H = net->hidden;
    const rs_channel *channel = &s->cell->channels[s->cell->gates[gate]];
    const double *block = rs_recurrent_block(net, in->run->model.parameters, layer, gate);
    cloud *c = &s->gate[s->gates_n++];
    *c = (cloud){H, take(at, H), take(at, H), "", ink_of(gate)};
    double *singular = take(at, H);
    snprintf(c->name, sizeof c->name, s->cell->gates_n > 1 ? "W_{h%s}" : "W_{hh}", channel->symbol);
    rs_status status = rs_eigenvalues(block, H, c->re, c->im, err);
    if (!status)
        status = rs_singular_values(block, H, singular, err);
    if (status)
        return status;
    s->radius = fmax(s->radius, hypot(c->re[0], c->im[0]));
    s->norm = fmax(s->norm, singular[0]);
    char name[48];
    snprintf(name, sizeof name, "$%s$", c->name);
    curves_add(&s->singular, name, singular, H, c->ink, DASH_NONE);
    return RS_OK;
}

static rs_status add_steps(spectrum *s, const view_input *in, size_t layer, double **at,
                           rs_error *err)
{
    const size_t T = in->trace->T, S = rs_states(s->cell) * in->run->model.net.hidden;
    const size_t b = view_index(in->sequence, in->trace->B);
    double *jacobian = rs_alloc(S * S, sizeof *jacobian, "a Jacobian", err);
    rs_status status = jacobian ? RS_OK : RS_INTERNAL;
    for (size_t k = 0; k < STEPS && k < T && !status; k++) {
        const size_t t = T > STEPS ? k * (T - 1) / (STEPS - 1) : k;
        cloud *c = &s->step[s->steps_n++];
        *c = (cloud){S, take(at, S), take(at, S), "", INK_BLUE};
        snprintf(c->name, sizeof c->name, "%zu", t);
        status = rs_flow_jacobian(in->trace, in->run->model.parameters, layer, t, b, jacobian, err);
        if (!status)
            status = rs_eigenvalues(jacobian, S, c->re, c->im, err);
    }
    free(jacobian);
    return status;
}

static rs_status add_exponents(spectrum *s, const view_input *in, size_t layer, double **at,
                               rs_error *err)
{
    const size_t T = in->trace->T, S = rs_states(s->cell) * in->run->model.net.hidden;
    double *exponent = take(at, S);
    const rs_status status =
        rs_flow_lyapunov(in->trace, in->run->model.parameters, layer,
                         view_index(in->sequence, in->trace->B), T / 5, S, exponent, err);
    curves *to = &s->lyapunov;
    snprintf(to->title, sizeof to->title, "Lyapunov exponents");
    snprintf(to->note, sizeof to->note, "growth a step, $\\ln$");
    snprintf(to->x_name, sizeof to->x_name, "number");
    to->x_kind = AXIS_COUNT;
    to->guide[to->guides_n++] = (guide){.value = 0, .name = "kept"};
    curve *added = status ? NULL : curves_add(to, "", exponent, S, INK_BLUE, DASH_NONE);
    if (added)
        added->points = true;
    return status;
}

static rs_status fill(spectrum *s, const view_input *in, rs_error *err)
{
    const size_t layer = view_index(in->layer, in->run->model.net.layers);
    double *at = s->numbers;
    rs_status status = RS_OK;
    snprintf(s->singular.title, sizeof s->singular.title, "Singular values");
    snprintf(s->singular.note, sizeof s->singular.note, "of $W_{hh}$, a block a gate");
    snprintf(s->singular.x_name, sizeof s->singular.x_name, "number");
    s->singular.x_kind = AXIS_COUNT;
    s->singular.guide[s->singular.guides_n++] = (guide){.value = 1, .name = ""};
    for (size_t g = 0; g < s->cell->gates_n && !status; g++)
        status = add_gate(s, in, layer, g, &at, err);
    s->small = in->small;
    if (!status && !in->small && rs_states(s->cell) * in->run->model.net.hidden <= MOST_SIZE) {
        status = add_steps(s, in, layer, &at, err);
        if (!status && in->trace->T >= 2)
            status = add_exponents(s, in, layer, &at, err);
    }
    return status;
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    spectrum *s = rs_alloc(1, sizeof *s, "the spectrum", err);
    if (!s)
        return RS_INTERNAL;
    s->cell = net->cell;
    s->numbers =
        rs_alloc(net->hidden * (3 * net->cell->gates_n + (2 * STEPS + 1) * rs_states(net->cell)),
                 sizeof(double), "the spectrum", err);
    const rs_status status = s->numbers ? fill(s, in, err) : RS_INTERNAL;
    if (status)
        free_spectrum(s);
    else
        *data = s;
    return status;
}

/* How far the axes must reach. */
static double reach_of(const cloud *clouds, size_t n)
{
    double most = 1.15;
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < clouds[k].n; j++)
            most = fmax(most, 1.08 * fmax(fabs(clouds[k].re[j]), fabs(clouds[k].im[j])));
    return most;
}

static void draw_clouds(canvas *c, const plot_area *a, const cloud *clouds, size_t n,
                        marker_kind marker, double alpha)
{
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < clouds[k].n; j++)
            canvas_marker(c, area_point(a, clouds[k].re[j], clouds[k].im[j]), marker,
                          clouds[k].n > 100 ? 2 : 3, clouds[k].ink, alpha);
}

/* A square part of the complex plane with the unit circle, what is pinned as rings behind; returns
 * the layout of it. */
static plot_area draw_plane(canvas *c, rect r, const cloud *clouds, size_t n, const cloud *pinned,
                            size_t pinned_n)
{
    const double most = fmax(reach_of(clouds, n), reach_of(pinned, pinned_n));
    const double side = fmin(r.w - 56, r.h - AXES_BOTTOM - 8);
    const axis ends = {AXIS_LINEAR, -most, most};
    const plot_area a = {.area = {r.x + 40, r.y + 8, side, side}, .x = ends, .y = ends};
    if (side < 40)
        return a;
    axes_draw(c, &a, (axes_style){.no_grid = true});
    const point zero = area_point(&a, 0, 0);
    canvas_hair(c, (point){a.area.x, zero.y}, (point){a.area.x + side, zero.y},
                (stroke){.ink = INK_HAIR});
    canvas_hair(c, (point){zero.x, a.area.y}, (point){zero.x, a.area.y + side},
                (stroke){.ink = INK_HAIR});
    canvas_clip(c, a.area);
    canvas_circle(c, zero, side / (2 * most), (stroke){.ink = INK_AXIS, .dash = DASH_SHORT});
    draw_clouds(c, &a, pinned, pinned_n, MARKER_RING, .7);
    draw_clouds(c, &a, clouds, n, MARKER_DOT, .8);
    canvas_unclip(c);
    return a;
}

/* The names of the clouds and a few numbers, two in a line below the plane. */
static void draw_names_below(canvas *c, const spectrum *s, rect area)
{
    char text[NUMBER_TEXT];
    double y = area.y + area.h + AXES_BOTTOM + 20;
    for (size_t k = 0; k < s->gates_n && s->gates_n > 1; k++) {
        const double x = area.x + (k % 2 ? area.w / 2 : 0);
        canvas_marker(c, (point){x + 3, y - 4}, MARKER_DOT, 3.5, s->gate[k].ink, 1);
        canvas_text(c, x + 14, y, (text_style){.face = FACE_FORMULA, .size = TYPE_HEAD},
                    s->gate[k].name);
        y += k % 2 || k + 1 == s->gates_n ? 20 : 0;
    }
    canvas_textf(c, area.x, y + 4, (text_style){.size = TYPE_BODY}, "$\\rho$ %s",
                 number_text(text, s->radius, 3));
    canvas_textf(c, area.x + area.w / 2, y + 4, (text_style){.size = TYPE_BODY}, "$\\sigma_1$ %s",
                 number_text(text, s->norm, 3));
}

/* The names of the clouds and a few numbers, down the right of the plane. */
static void draw_gates(canvas *c, rect r, const spectrum *s, const spectrum *pinned,
                       plot_layout *layout)
{
    char text[NUMBER_TEXT];
    r = heading_draw(c, r, canvas_say(c, "Eigenvalues of $W_{hh}$"),
                     pinned           ? canvas_say(c, "○ pinned")
                     : s->gates_n > 1 ? canvas_say(c, "a block a gate")
                                      : canvas_say(c, s->cell->title));
    /* the names stand where they leave the plane larger */
    const bool narrow =
        fmin(r.w - 56, r.h - AXES_BOTTOM - 8 - 88) > fmin(r.w - 56 - 72, r.h - AXES_BOTTOM - 8);
    const plot_area a =
        draw_plane(c, rect_inset(r, 0, 0, narrow ? 0 : 72, narrow ? 88 : 0), s->gate, s->gates_n,
                   pinned ? pinned->gate : NULL, pinned ? pinned->gates_n : 0);
    layout_add(layout, a);
    if (narrow) {
        draw_names_below(c, s, a.area);
        return;
    }
    const double x = a.area.x + a.area.w + 20;
    double y = a.area.y + 12;
    for (size_t k = 0; k < s->gates_n && s->gates_n > 1; k++, y += 20) {
        canvas_marker(c, (point){x + 3, y - 4}, MARKER_DOT, 3.5, s->gate[k].ink, 1);
        canvas_text(c, x + 14, y, (text_style){.face = FACE_FORMULA, .size = TYPE_HEAD},
                    s->gate[k].name);
    }
    canvas_textf(c, x, y + 8, (text_style){.size = TYPE_BODY}, "$\\rho$ %s",
                 number_text(text, s->radius, 3));
    canvas_textf(c, x, y + 28, (text_style){.size = TYPE_BODY}, "$\\sigma_1$ %s",
                 number_text(text, s->norm, 3));
}

static void draw_steps(canvas *c, rect r, const spectrum *s, const spectrum *pinned,
                       plot_layout *layout)
{
    char text[NUMBER_TEXT];
    double largest = 0;
    r = heading_draw(c, r, canvas_say(c, "Eigenvalues of step Jacobians"),
                     canvas_say(c, "$\\partial s_t/\\partial s_{t-1}$ at five steps"));
    if (s->steps_n == 0) {
        canvas_text(c, r.x, r.y + 24, (text_style){.ink = INK_SOFT, .width = r.w},
                    canvas_say(c, "Not computed: the state is too large."));
        return;
    }
    for (size_t k = 0; k < s->steps_n; k++)
        largest = fmax(largest, hypot(s->step[k].re[0], s->step[k].im[0]));
    const plot_area a = draw_plane(c, rect_inset(r, 0, 0, 72, 0), s->step, s->steps_n,
                                   pinned ? pinned->step : NULL, pinned ? pinned->steps_n : 0);
    layout_add(layout, a);
    canvas_textf(c, a.area.x + a.area.w + 20, a.area.y + 12, (text_style){.size = TYPE_BODY},
                 "$|\\lambda|_{max}$ %s", number_text(text, largest, 3));
}

/* No room for all four. */
static bool small(double w, double h) { return w < 720 || h < 400; }

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const spectrum *s = data, *pinned = layout ? layout->ghost_data : NULL;
    if (pinned && pinned->cell != s->cell)
        pinned = NULL;
    const rect top = {r.x, r.y, r.w, r.h * .58};
    const rect bottom = rect_inset(r, 0, r.h * .58 + 24, 0, 0);
    if (s->small || small(r.w, r.h)) {
        draw_gates(c, r, s, pinned, layout);
        return;
    }
    draw_gates(c, part_of_row(top, 0, 2, 32), s, pinned, layout);
    draw_steps(c, part_of_row(top, 1, 2, 32), s, pinned, layout);
    layout_ghost(layout, pinned ? &pinned->singular : NULL);
    plot_curves(c, part_of_row(bottom, 0, 2, 32), &s->singular, layout);
    layout_ghost(layout, pinned ? &pinned->lyapunov : NULL);
    if (s->lyapunov.n > 0)
        plot_curves(c, part_of_row(bottom, 1, 2, 32), &s->lyapunov, layout);
}

static void write_cloud(FILE *out, const char *what, const cloud *c)
{
    for (size_t k = 0; k < c->n; k++)
        fprintf(out, "%s %s,%zu,%.17g,%.17g\n", what, c->name, k, c->re[k], c->im[k]);
}

static void write_values(FILE *out, const char *what, const curves *from)
{
    for (size_t k = 0; k < from->n; k++)
        for (size_t j = 0; j < from->curve[k].n; j++)
            fprintf(out, "%s %s,%zu,%.17g,0\n", what, from->curve[k].name, j, from->curve[k].y[j]);
}

static void csv(FILE *out, const void *data)
{
    const spectrum *s = data;
    fprintf(out, "what,number,real,imaginary\n");
    for (size_t k = 0; k < s->gates_n; k++)
        write_cloud(out, "eigenvalue", &s->gate[k]);
    for (size_t k = 0; k < s->steps_n; k++)
        write_cloud(out, "eigenvalue of the Jacobian at step", &s->step[k]);
    write_values(out, "singular value", &s->singular);
    write_values(out, "Lyapunov exponent", &s->lyapunov);
}

const view view_spectrum = {.name = "spectrum",
                            .title = "Eigenvalues, singular values, Lyapunov exponents",
                            .make = make,
                            .compares = true,
                            .small = small,
                            .draw = draw,
                            .csv = csv,
                            .free = free_spectrum};
