#include "gradcheck/linear.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/scalar.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const double STEP = 0x1p-332; /* about 1e-100; a power of two, so that it rounds nothing */
static const double SHIFT = 0x1p-20; /* of a source, to see how its slopes bend */

/* A trace's values may differ from what its step's equations give by this many units: the vector
 * and the scalar tanh differ in the last places, and single precision rounds what it stores. */
enum { MOST_OFF = 4096 };

/* Operations of an equation that may each lose the smallest number. */
enum { LOST = 4 };

size_t rs_cell_states(const rs_cell *cell)
{
    size_t n = 0;
    for (size_t k = 0; k < cell->channels_n; k++)
        n += cell->channels[k].role == RS_STATE;
    return n;
}

size_t rs_linear_slopes(const rs_net *net, size_t paths_n, size_t T, size_t B)
{
    size_t n = 0;
    const bool fits = rs_multiply(net->layers, T, &n) && rs_multiply(n, B, &n) &&
                      rs_multiply(n, paths_n, &n) && rs_multiply(n, net->hidden, &n);
    return fits ? n : 0;
}

void rs_linear_load(const rs_linear *linear, const rs_complex_step *room, size_t l, size_t t,
                    size_t b)
{
    const rs_trace *v = linear->values;
    const rs_cell *cell = v->net->cell;
    const size_t H = v->net->hidden, row = t * v->B + b;
    for (size_t k = 0; k < cell->gates_n * H; k++)
        room->step.a[k] = v->layer[l].a[row * cell->gates_n * H + k];
    for (size_t k = 0; k < cell->channels_n; k++) {
        const double *now = v->layer[l].value[k] + row * H;
        for (size_t u = 0; u < H; u++) {
            room->step.now[k][u] = now[u];
            if (cell->channels[k].role == RS_STATE)
                room->step.before[k][u] = *(now - v->B * H + u);
        }
    }
}

/* Gives the sources of one colour the imaginary part, and moves their real parts by `shift` of
 * themselves. */
static void step_sources(const rs_paths *paths, const rs_complex_step *room, size_t stage,
                         size_t color, double shift)
{
    for (size_t k = 0; k < paths->n; k++) {
        const rs_path *path = &paths->path[k];
        double _Complex *place = rs_complex_place(room, path->source, path->from);
        for (size_t u = 0; path->stage == stage && path->color == color && u < room->step.H; u++) {
            /* a source with several paths is met several times: already stepped, it stays */
            if (__imag__ place[u] != 0)
                continue;
            __real__ place[u] += shift * (1 + fabs(__real__ place[u]));
            __imag__ place[u] = STEP;
        }
    }
}

/* How far what the stage made is from the trace, as a share of 1 + itself. */
static double distance(const rs_linear *linear, const rs_complex_step *room, size_t l, size_t row,
                       const rs_stage *stage)
{
    const rs_trace *v = linear->values;
    const size_t H = room->step.H;
    double most = 0;
    for (size_t k = 0; k < v->net->cell->channels_n; k++) {
        const double *value = v->layer[l].value[k] + row * H;
        for (size_t u = 0; stage->writes >> k & 1U && u < H; u++) {
            const double share =
                fabs(__real__ room->step.now[k][u] - value[u]) / (1 + fabs(value[u]));
            if (isfinite(value[u]) && !(share <= most))
                most = share;
        }
    }
    return most;
}

/* The rounding of a slope in units: of its own terms; of the value made, from which a backward pass
 * may compute it, dslope = (slope′ / slope) dvalue; and of the complex step, whose imaginary parts
 * end at the smallest number: a slope below that over STEP (a gate 500 from its middle) is read as
 * 0. */
static double slope_rounding(double slope, double shifted, double shift, double value, double unit)
{
    const double bend = slope != 0 ? fabs((shifted - slope) / shift / slope) : 1;
    return 4 * fabs(slope) + fmin(fabs(value), 1) + 4 * (isfinite(bend) ? bend : 1) * fabs(value) +
           LOST * (DBL_TRUE_MIN / STEP) / unit;
}

/* The slopes of one colour of a stage into `slope` of its paths, and on a second call, with the
 * sources shifted, their roundings. */
static void read_slopes(const rs_linear *linear, const rs_complex_step *room, size_t first_row,
                        size_t stage, size_t color, const double *value[], bool shifted)
{
    const rs_paths *paths = &linear->paths;
    const size_t H = room->step.H;
    for (size_t k = 0; k < paths->n; k++) {
        const rs_path *path = &paths->path[k];
        if (path->stage != stage || path->color != color)
            continue;
        double *slope = linear->slope + (first_row + k) * H;
        double *rounding = linear->rounding + (first_row + k) * H;
        const double _Complex *source = rs_complex_place(room, path->source, path->from);
        for (size_t u = 0; u < H; u++) {
            const double now = __imag__ room->step.now[path->to][u] / STEP;
            if (shifted)
                rounding[u] = slope_rounding(slope[u], now, SHIFT * (1 + fabs(__real__ source[u])),
                                             value[path->to][u], linear->unit);
            else
                slope[u] = now;
        }
    }
}

/* The slopes of one step of one sequence; returns how far its values are from what they should be.
 */
static double step_slopes(const rs_linear *linear, const rs_complex_step *room, size_t l, size_t t,
                          size_t b)
{
    const rs_trace *v = linear->values;
    const rs_paths *paths = &linear->paths;
    const size_t row = t * v->B + b, first_row = (l * v->T * v->B + row) * paths->n;
    const double *value[RS_MAX_CHANNELS];
    double most = 0;
    for (size_t k = 0; k < paths->cell->channels_n; k++)
        value[k] = v->layer[l].value[k] + row * v->net->hidden;
    for (size_t s = 0; s < paths->cell->stages_n; s++)
        for (size_t color = 0; color < paths->colors[s]; color++)
            for (int shifted = 0; shifted < 2; shifted++) {
                rs_linear_load(linear, room, l, t, b);
                step_sources(paths, room, s, color, shifted ? SHIFT : 0);
                paths->cell->stages[s].forward_z(&room->step);
                read_slopes(linear, room, first_row, s, color, value, shifted);
                const double off =
                    shifted ? 0 : distance(linear, room, l, row, &paths->cell->stages[s]);
                if (!(off <= most))
                    most = off;
            }
    return most / linear->unit;
}

typedef struct slopes_work {
    rs_linear *linear;
    double *off; /* [L·T] */
    atomic_bool failed, stopped;
} slopes_work;

static void slopes_of_step(void *context, size_t k)
{
    slopes_work *work = context;
    const rs_trace *v = work->linear->values;
    rs_complex_step room;
    if (rs_stopped(work->linear->stop)) {
        atomic_store(&work->stopped, true);
        return;
    }
    if (rs_complex_step_make(&room, v->net->cell, v->net->hidden, NULL) != RS_OK) {
        atomic_store(&work->failed, true);
        return;
    }
    for (size_t b = 0; b < v->B; b++) {
        const double off = step_slopes(work->linear, &room, k / v->T, k % v->T, b);
        if (!(off <= work->off[k]))
            work->off[k] = off;
    }
    rs_complex_step_free(&room);
}

static rs_status find_slopes(rs_linear *linear, size_t threads, rs_error *err)
{
    const rs_trace *v = linear->values;
    const size_t steps = v->net->layers * v->T;
    const size_t n = rs_linear_slopes(v->net, linear->paths.n, v->T, v->B);
    if (n == 0 && linear->paths.n > 0)
        return rs_fail(err, RS_USAGE, "the slopes of %zu steps do not fit in memory", v->T);
    slopes_work work = {.linear = linear};
    linear->slope = rs_alloc(n, sizeof *linear->slope, "the slopes of every step", err);
    linear->rounding = rs_alloc(n, sizeof *linear->rounding, "the slopes of every step", err);
    work.off = rs_alloc(steps, sizeof *work.off, "the steps", err);
    const bool made = linear->slope && linear->rounding && work.off;
    if (made)
        rs_parallel(steps, threads, slopes_of_step, &work);
    for (size_t k = 0; work.off && k < steps; k++)
        if (!(work.off[k] <= linear->off))
            linear->off = work.off[k];
    free(work.off);
    if (made && atomic_load(&work.stopped))
        return rs_fail(err, RS_INTERRUPTED, "stopped");
    if (made && atomic_load(&work.failed))
        return rs_fail(err, RS_INTERNAL, "no memory for the numbers of one step");
    return made ? RS_OK : RS_INTERNAL;
}

/* 1 over the number of terms of the loss, or 1. */
static double loss_share(const rs_loss *loss, size_t steps, size_t B, size_t O)
{
    size_t terms = loss->kind == RS_XENT ? 0 : steps * B * O;
    for (size_t k = 0; loss->kind == RS_XENT && k < steps * B; k++)
        terms += loss->label[k] >= 0;
    return loss->sum || terms == 0 ? 1 : 1 / (double)terms;
}

/* What rounds in dy: mse takes y − target, the others σ or softmax, which round like 1. */
static void find_dy_rounding(rs_linear *linear)
{
    const rs_trace *v = linear->values;
    const rs_loss *loss = linear->loss;
    const size_t O = rs_net_width(v->net), first = loss->last ? v->T - 1 : 0;
    const double share = loss_share(loss, v->T - first, v->B, O);
    for (size_t k = first * v->B * O; k < v->T * v->B * O && loss->kind != RS_NO_LOSS; k++) {
        const double target = loss->kind == RS_XENT ? 0 : loss->target[k - first * v->B * O];
        linear->dy_rounding[k] =
            loss->kind == RS_MSE ? 2 * share * (fabs(v->y[k]) + fabs(target)) : share;
        if (loss->kind == RS_XENT && loss->label[k / O - first * v->B] < 0)
            linear->dy_rounding[k] = 0;
    }
}

/* A trace of y alone, over complex numbers, and the loss without its term on the last state. */
typedef struct y_alone {
    rs_trace_z trace;
    rs_loss loss;
} y_alone;

static void y_alone_free(y_alone *y)
{
    free(y->trace.y);
    free(y->trace.dy);
    free(y->trace.loss_at);
}

static rs_status y_alone_make(y_alone *y, const rs_linear *linear, rs_error *err)
{
    const rs_trace *v = linear->values;
    const size_t n = v->T * v->B * rs_net_width(v->net);
    *y = (y_alone){.trace = {.net = v->net, .T = v->T, .B = v->B, .keep = RS_KEEP_ALL},
                   .loss = *linear->loss};
    y->loss.last_state = NULL;
    y->trace.y = rs_alloc(n, sizeof *y->trace.y, "the outputs", err);
    y->trace.dy = rs_alloc(n, sizeof *y->trace.dy, "the outputs", err);
    y->trace.loss_at = rs_alloc(v->T, sizeof *y->trace.loss_at, "the outputs", err);
    if (!y->trace.y || !y->trace.dy || !y->trace.loss_at)
        return RS_INTERNAL;
    for (size_t k = 0; k < n; k++)
        y->trace.y[k] = v->y[k];
    return RS_OK;
}

/* dy of one step by stepping each output of each sequence by itself. */
static void dy_of_step(const rs_linear *linear, y_alone *y, size_t t)
{
    const size_t BO = linear->values->B * rs_net_width(linear->values->net);
    for (size_t k = t * BO; k < (t + 1) * BO; k++) {
        __imag__ y->trace.y[k] = STEP;
        rs_loss_forward_z(&y->trace, &y->loss);
        linear->dy[k] = __imag__ y->trace.loss_at[t] / STEP;
        __imag__ y->trace.y[k] = 0;
    }
}

/* dy as the library has it, unless a complex step along a direction says otherwise of a step: then
 * that step's by complex step on each output. */
static void verify_dy(const rs_linear *linear, y_alone *y)
{
    const rs_trace *v = linear->values;
    const size_t BO = v->B * rs_net_width(v->net), n = v->T * BO;
    for (size_t k = 0; k < n; k++) /* golden ratio: as far from any pattern as a direction can be */
        __imag__ y->trace.y[k] = STEP * (0.5 + fmod(0.6180339887498949 * (double)(k + 1), 1));
    rs_loss_forward_z(&y->trace, &y->loss);
    bool *wrong = calloc(v->T, sizeof *wrong);
    for (size_t t = 0; t < v->T; t++) {
        double along = 0, size = 0;
        for (size_t k = t * BO; k < (t + 1) * BO; k++) {
            const double part = linear->dy[k] * (__imag__ y->trace.y[k] / STEP);
            along += part;
            size += fabs(part) + 4 * linear->dy_rounding[k];
        }
        const double error = fabs(along - __imag__ y->trace.loss_at[t] / STEP);
        if (wrong)
            wrong[t] = !(error <= 64 * DBL_EPSILON * (double)BO * size);
    }
    for (size_t k = 0; k < n; k++)
        __imag__ y->trace.y[k] = 0;
    for (size_t t = 0; t < v->T; t++)
        if (!wrong || wrong[t])
            dy_of_step(linear, y, t);
    free(wrong);
}

/* The loss's own derivative by y, and its value. */
static rs_status find_dy(rs_linear *linear, rs_error *err)
{
    const rs_trace *v = linear->values;
    const size_t n = v->T * v->B * rs_net_width(v->net);
    y_alone y;
    linear->dy = rs_alloc(n, sizeof *linear->dy, "the outputs", err);
    linear->dy_rounding = rs_alloc(n, sizeof *linear->dy_rounding, "the outputs", err);
    if (!linear->dy || !linear->dy_rounding)
        return RS_INTERNAL;
    rs_status status = y_alone_make(&y, linear, err);
    if (status == RS_OK) {
        double *loss_at = rs_alloc(v->T, sizeof *loss_at, "the outputs", err);
        rs_trace real_trace = *v;
        real_trace.dy = linear->dy;
        real_trace.loss_at = loss_at;
        find_dy_rounding(linear);
        if (loss_at) {
            rs_loss_forward(&real_trace, linear->loss);
            linear->loss_value = real_trace.loss;
            verify_dy(linear, &y);
        }
        status = loss_at ? RS_OK : RS_INTERNAL;
        free(loss_at);
    }
    y_alone_free(&y);
    return status;
}

rs_status rs_linear_make(rs_linear *linear, const rs_trace *values, const double *parameters,
                         const rs_loss *loss, int single, size_t threads, const rs_stop *stop,
                         rs_error *err)
{
    *linear = (rs_linear){.values = values, .parameters = parameters, .loss = loss, .stop = stop};
    linear->unit = single ? FLT_EPSILON / 2 : DBL_EPSILON / 2;
    linear->smallest = single ? FLT_TRUE_MIN : DBL_TRUE_MIN;
    if (values->keep != RS_KEEP_ALL)
        return rs_fail(err, RS_USAGE, "a lean trace: expected one of RS_KEEP_ALL");
    rs_status status = rs_paths_find(values->net->cell, &linear->paths, err);
    if (status == RS_OK)
        status = find_slopes(linear, threads, err);
    if (status == RS_OK)
        status = find_dy(linear, err);
    if (status == RS_OK && !(linear->off <= MOST_OFF))
        status = rs_fail(err, RS_INTERNAL,
                         "the trace's values are off by %.3g of themselves from what the forward "
                         "equations of %s give: expected the values of a forward pass",
                         linear->off * linear->unit, values->net->cell->name);
    return status;
}

void rs_linear_free(rs_linear *linear)
{
    free(linear->slope);
    free(linear->rounding);
    free(linear->dy);
    free(linear->dy_rounding);
    linear->slope = linear->rounding = linear->dy = linear->dy_rounding = NULL;
}
