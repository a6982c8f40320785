#include "viz/plots/phase.h"

#include "base/memory.h"
#include "flow/principal.h"
#include "flow/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SETTLING = 400 };
enum { MOST_UNITS = 256, MOST_ROWS = 4096, MOST_KEPT = 1 << 20 }; /* for principal components */

static void free_plane(plane *p)
{
    free(p->mean);
    free(p->path);
}

void phase_free(phase *p)
{
    if (p) {
        free_plane(&p->units);
        free_plane(&p->components);
        free(p->state);
        free(p->last);
        free(p->field);
    }
    free(p);
}

/* The input of every step and sequence: the mean of the data's. */
static void fill_mean(rs_trace *to, const rs_trace *from)
{
    const size_t I = to->net->inputs, rows = from->T * from->B;
    for (size_t i = 0; i < I; i++) {
        double mean = 0;
        for (size_t row = 0; row < rows; row++)
            mean += from->x[row * I + i] / (double)rows;
        for (size_t row = 0; row < to->T * to->B; row++)
            to->x[row * I + i] = mean;
    }
}

static void copy_last(phase *p, const rs_trace *more, size_t layer)
{
    const double *h = more->layer[layer].value[RS_H];
    for (size_t b = 0; b < p->B; b++)
        for (size_t k = 0; k < 2; k++)
            memcpy(p->last + (k * p->B + b) * p->H, h + ((SETTLING - 2 + k) * more->B + b) * p->H,
                   p->H * sizeof *h);
}

/* Goes on from the last states with the mean input. */
static rs_status settle(phase *p, const view_input *in, size_t layer, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    const size_t H = net->hidden, B = in->trace->B;
    rs_trace *more = rs_trace_new(net, SETTLING, B, RS_KEEP_LEAN, err);
    if (!more)
        return RS_INTERNAL;
    fill_mean(more, in->trace);
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            if (net->cell->channels[k].role == RS_STATE)
                memcpy(more->layer[l].value[k] - B * H,
                       in->trace->layer[l].value[k] + (in->trace->T - 1) * B * H,
                       B * H * sizeof(double));
    rs_forward(more, in->run->model.parameters, NULL);
    copy_last(p, more, layer);
    for (size_t b = 0; b < p->B; b++) {
        double most = 0;
        for (size_t u = 0; u < H; u++)
            most = fmax(most, fabs(p->last[(p->B + b) * H + u] - p->last[b * H + u]));
        p->settled[b] = most < 1e-6;
    }
    rs_trace_free(more);
    return RS_OK;
}

/* One step under the mean input from n initial states start [n][H] of h, the whole state; into
 * end [n][H]. */
static rs_status step_from(const view_input *in, const double *start, size_t n, double *end,
                           rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    rs_trace *one = rs_trace_new(net, 1, n, RS_KEEP_LEAN, err);
    if (!one)
        return RS_INTERNAL;
    fill_mean(one, in->trace);
    double *h = one->layer[0].value[RS_H];
    memcpy(h - n * net->hidden, start, n * net->hidden * sizeof *h);
    rs_forward(one, in->run->model.parameters, NULL);
    memcpy(end, h, n * net->hidden * sizeof *h);
    rs_trace_free(one);
    return RS_OK;
}

/* The states of one unit that the curve of a step is drawn over: all that it can have, or those
 * near its path. */
static void find_reach(const phase *p, double *low, double *high)
{
    const rs_channel *h = &p->cell->channels[RS_H];
    *low = h->low;
    *high = h->high;
    if (isfinite(h->low) && isfinite(h->high))
        return;
    *low = *high = p->units.path[0].y;
    for (size_t k = 0; k < p->B * (p->T + 1); k++) {
        *low = fmin(*low, p->units.path[k].y);
        *high = fmax(*high, p->units.path[k].y);
    }
    const double more = .1 * (*high - *low) + 1e-3;
    *low -= more;
    *high += more;
}

/* One step from each point of a grid, or along the axis where there is one unit. */
static rs_status find_field(phase *p, const view_input *in, rs_error *err)
{
    const size_t n = p->H == 1 ? PHASE_MAP : PHASE_GRID * PHASE_GRID, H = p->H;
    double *start = rs_alloc(2 * n, H * sizeof *start, "the field", err), *end;
    double low = 0, high = 0;
    if (H == 1)
        find_reach(p, &low, &high);
    p->field = rs_alloc(2 * n, sizeof *p->field, "the field", err);
    rs_status status = start && p->field ? RS_OK : RS_INTERNAL;
    for (size_t k = 0; k < n && !status && H == 1; k++)
        start[k] = low + (high - low) * (double)k / (PHASE_MAP - 1);
    for (size_t k = 0; k < n && !status && H == 2; k++) {
        const size_t row = k / PHASE_GRID, column = k % PHASE_GRID;
        start[2 * k] = -1 + 2 * (double)column / (PHASE_GRID - 1);
        start[2 * k + 1] = -1 + 2 * (double)row / (PHASE_GRID - 1);
    }
    end = start ? start + n * H : NULL;
    if (!status)
        status = step_from(in, start, n, end, err);
    for (size_t k = 0; k < n && !status; k++) {
        p->field[2 * k] = (point){start[k * H], start[k * H + H - 1]};
        p->field[2 * k + 1] = (point){end[k * H], end[k * H + H - 1]};
    }
    p->field_n = status ? 0 : n;
    free(start);
    return status;
}

static const double *state_at(const view_input *in, size_t layer, size_t t, size_t b)
{
    const size_t H = in->run->model.net.hidden, B = in->trace->B;
    return in->trace->layer[layer].value[RS_H] - B * H + (t * B + b) * H;
}

static double along(const plane *q, size_t which, const double *h, size_t H)
{
    double sum = 0;
    for (size_t u = 0; u < H; u++)
        if (q->axis[which * H + u] != 0)
            sum += q->axis[which * H + u] * (h[u] - q->mean[u]);
    return sum;
}

point phase_place(const phase *p, const plane *q, const double *before, const double *h)
{
    return (point){along(q, 0, p->H == 1 ? before : h, p->H), along(q, 1, h, p->H)};
}

static rs_status new_plane(plane *q, const phase *p, rs_error *err)
{
    q->mean = rs_alloc(3 * p->H, sizeof *q->mean, "the trajectories", err);
    q->axis = q->mean ? q->mean + p->H : NULL;
    q->path = rs_alloc(p->B, (p->T + 1) * sizeof *q->path, "the trajectories", err);
    return q->axis && q->path ? RS_OK : RS_INTERNAL;
}

static void fill_plane(plane *q, const phase *p, const view_input *in, size_t layer)
{
    for (size_t b = 0; b < p->B; b++) {
        for (size_t t = 0; t <= p->T; t++)
            q->path[b * (p->T + 1) + t] = phase_place(
                p, q, state_at(in, layer, t > 0 ? t - 1 : 0, b), state_at(in, layer, t, b));
        q->end[b] = phase_place(p, q, p->last + b * p->H, p->last + (p->B + b) * p->H);
    }
}

/* The states of all sequences, thinned where they are many, give the axes. */
static rs_status find_components(phase *p, const view_input *in, size_t layer, rs_error *err)
{
    const size_t all = (p->T + 1) * in->trace->B, stride = (all + MOST_ROWS - 1) / MOST_ROWS;
    const size_t n = (all + stride - 1) / stride;
    double *rows = rs_alloc(n, p->H * sizeof *rows, "the states", err);
    rs_status status = rows ? new_plane(&p->components, p, err) : RS_INTERNAL;
    for (size_t k = 0; k < n && !status; k++)
        memcpy(rows + k * p->H, state_at(in, layer, 0, 0) + k * stride * p->H, p->H * sizeof *rows);
    if (!status) { /* states that are not finite have none, and are drawn by units alone */
        rs_error why = {0};
        plane *q = &p->components;
        const rs_status found =
            rs_principal_axes(rows, n, p->H, 2, q->mean, q->axis, q->share, &why);
        p->has_components = found == RS_OK;
        if (p->has_components)
            fill_plane(q, p, in, layer);
    }
    free(rows);
    return status;
}

/* The states themselves, so that they can be put in another's plane. */
static rs_status keep_states(phase *p, const view_input *in, size_t layer, rs_error *err)
{
    if ((p->T + 1) * p->B > MOST_KEPT / p->H)
        return RS_OK;
    p->state = rs_alloc(p->B * (p->T + 1), p->H * sizeof *p->state, "the states", err);
    for (size_t b = 0; b < p->B && p->state; b++)
        for (size_t t = 0; t <= p->T; t++)
            memcpy(p->state + (b * (p->T + 1) + t) * p->H, state_at(in, layer, t, b),
                   p->H * sizeof *p->state);
    return p->state ? RS_OK : RS_INTERNAL;
}

static rs_status fill(phase *p, const view_input *in, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    const size_t layer = view_index(in->layer, net->layers);
    p->last = rs_alloc(2 * p->B, p->H * sizeof *p->last, "the trajectories", err);
    rs_status status = p->last ? new_plane(&p->units, p, err) : RS_INTERNAL;
    if (!status)
        status = settle(p, in, layer, err);
    if (!status) {
        p->units.axis[p->one] = p->units.axis[p->H + p->two] = 1;
        fill_plane(&p->units, p, in, layer);
        status = keep_states(p, in, layer, err);
    }
    if (!status && p->H <= 2 && net->layers == 1 && rs_states(net->cell) == 1)
        status = find_field(p, in, err);
    if (!status && p->H > 2 && p->H <= MOST_UNITS)
        status = find_components(p, in, layer, err);
    return status;
}

rs_status phase_make(const view_input *in, phase **to, rs_error *err)
{
    const rs_net *net = &in->run->model.net;
    phase *p = rs_alloc(1, sizeof *p, "the trajectories", err);
    if (!p)
        return RS_INTERNAL;
    p->cell = net->cell;
    p->T = in->trace->T;
    p->B = in->trace->B < PHASE_SEQUENCES ? in->trace->B : PHASE_SEQUENCES;
    p->H = net->hidden;
    p->one = p->H == 2 ? 0 : view_index(in->unit, p->H);
    p->two = (p->one + 1) % p->H;
    const rs_status status = fill(p, in, err);
    if (status)
        phase_free(p);
    else
        *to = p;
    return status;
}
