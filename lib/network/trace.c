/* Laying out a trace: all its numbers in one allocation, walked twice by the same function, once to
 * count and once to hand out. */
#include "network/trace.h"

#include "base/memory.h"
#include "base/packed.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef real
#include "base/as_double.h"
#define RS_TRACE_BYTES
#endif

/* Hands out the next `rows`·`cols` numbers; base NULL: only counts. Starts each array on a cache
 * line. */
typedef struct numbers {
    real *base;
    size_t used;
    bool fits;
} numbers;

static real *take(numbers *arena, size_t rows, size_t cols)
{
    size_t n = 0, end = 0;
    const size_t line = 64 / sizeof(float);
    if (!rs_multiply(rows, cols, &n) || !rs_add(arena->used, n + line, &end) || n > SIZE_MAX / 2) {
        arena->fits = false;
        return NULL;
    }
    real *start = arena->base ? arena->base + arena->used : NULL;
    arena->used = end / line * line;
    return start;
}

/* A channel of TB·H numbers; a state's has B·H before them. */
static real *take_channel(numbers *arena, const rs_net *net, size_t T, size_t B, rs_role role)
{
    const size_t before = role == RS_STATE ? B : 0;
    real *start = take(arena, T * B + before, net->hidden);
    return start ? start + before * net->hidden : NULL;
}

static void lay_out_layer(numbers *arena, rs_layer *layer, const rs_net *net, size_t T, size_t B,
                          rs_keep keep)
{
    const rs_cell *cell = net->cell;
    layer->a = take(arena, T * B, cell->gates_n * net->hidden);
    layer->da = keep == RS_KEEP_ALL ? take(arena, T * B, cell->gates_n * net->hidden) : layer->a;
    for (size_t k = 0; k < cell->channels_n; k++) {
        const rs_role role = cell->channels[k].role;
        const bool feeds_product = role == RS_INNER;
        layer->value[k] = take_channel(arena, net, T, B, role);
        if (role == RS_STATE || feeds_product || (keep == RS_KEEP_ALL && role != RS_CACHE))
            layer->d[k] = take_channel(arena, net, T, B, role);
        else
            layer->d[k] = NULL;
    }
}

/* A copy of W_hh pays from a few steps on. */
enum { PACKED_FROM = 16 };

static void lay_out_packed(numbers *arena, rs_trace *trace)
{
    const rs_cell *cell = trace->net->cell;
    const size_t H = trace->net->hidden;
    for (size_t k = 0; k < cell->stages_n && trace->T >= PACKED_FROM; k++) {
        const size_t width = cell->stages[k].product.gates * H;
        if (width == 0)
            continue;
        const size_t forward = rs_packed_size(H, width, &arena->fits);
        const size_t backward = rs_packed_size(width, H, &arena->fits);
        trace->packed[k] = take(arena, 1, forward > backward ? forward : backward);
    }
}

/* Walks over the whole trace; trace->layer must be there. */
static void lay_out(numbers *arena, rs_trace *trace)
{
    const rs_net *net = trace->net;
    const size_t T = trace->T, B = trace->B, H = net->hidden;
    trace->x = take(arena, T * B, net->inputs);
    trace->dx = trace->keep != RS_KEEP_LEAN ? take(arena, T * B, net->inputs) : NULL;
    for (size_t layer = 0; layer < net->layers; layer++)
        lay_out_layer(arena, &trace->layer[layer], net, T, B, trace->keep);
    const rs_layer *top = &trace->layer[net->layers - 1];
    trace->y = net->outputs > 0 ? take(arena, T * B, net->outputs) : top->value[RS_H];
    trace->dy = net->outputs > 0 ? take(arena, T * B, net->outputs) : top->d[RS_H];
    trace->loss_at = take(arena, T, 1);
    trace->scratch = take(arena, RS_MAX_CHANNELS * B, H);
    lay_out_packed(arena, trace);
}

/* BLAS counts rows and columns with int. */
static bool sizes_fit(const rs_net *net, size_t T, size_t B)
{
    size_t rows = 0, columns = 0;
    return T > 0 && B > 0 && rs_multiply(T + 1, B, &rows) && rows <= INT_MAX &&
           rs_multiply(net->cell->gates_n, net->hidden, &columns) && columns <= INT_MAX;
}

#ifdef RS_TRACE_BYTES
size_t rs_trace_bytes(const rs_net *net, size_t T, size_t B, rs_keep keep, size_t number)
{
    size_t bytes = SIZE_MAX;
    numbers counter = {.fits = sizes_fit(net, T, B)};
    rs_trace trace = {.net = net, .T = T, .B = B, .keep = keep};
    trace.layer = counter.fits ? calloc(net->layers, sizeof *trace.layer) : NULL;
    if (trace.layer)
        lay_out(&counter, &trace);
    if (!trace.layer || !counter.fits || !rs_multiply(counter.used, number, &bytes))
        bytes = SIZE_MAX;
    free(trace.layer);
    return bytes;
}

void rs_trace_widen(rs_trace *to, const rs_trace_f *from)
{
    for (size_t k = 0; k < from->numbers_n; k++)
        to->numbers[k] = from->numbers[k];
    to->loss = from->loss;
}
#endif

rs_trace *rs_trace_new(const rs_net *net, size_t T, size_t B, rs_keep keep, rs_error *err)
{
    if (!sizes_fit(net, T, B)) {
        (void)rs_fail(err, RS_USAGE,
                      "%zu steps of %zu sequences: expected at least 1 and at most %d in all", T, B,
                      INT_MAX);
        return NULL;
    }
    rs_trace *trace = rs_alloc(1, sizeof *trace, "the trace", err);
    if (!trace)
        return NULL;
    trace->net = net;
    trace->T = T;
    trace->B = B;
    trace->keep = keep;
    trace->layer = rs_alloc(net->layers, sizeof *trace->layer, "the trace", err);
    numbers arena = {.fits = true};
    if (trace->layer)
        lay_out(&arena, trace);
    trace->numbers_n = trace->room = arena.fits ? arena.used : SIZE_MAX;
    trace->layers_room = net->layers;
    trace->steps_room = B;
    trace->steps = rs_alloc(B, sizeof *trace->steps, "the trace", err);
    if (trace->layer && trace->steps)
        trace->numbers = rs_alloc(trace->numbers_n, sizeof *trace->numbers, "the trace", err);
    if (!trace->numbers) {
        rs_trace_free(trace);
        return NULL;
    }
    arena = (numbers){.base = trace->numbers, .fits = true};
    lay_out(&arena, trace);
    return trace;
}

bool rs_trace_again(rs_trace *trace, const rs_net *net, size_t T, size_t B, rs_keep keep)
{
    const size_t bytes = rs_trace_bytes(net, T, B, keep, sizeof(real));
    if (bytes > trace->room * sizeof(real) || net->layers > trace->layers_room ||
        B > trace->steps_room)
        return false;
    *trace = (rs_trace){.net = net,
                        .T = T,
                        .B = B,
                        .keep = keep,
                        .layer = trace->layer,
                        .numbers = trace->numbers,
                        .numbers_n = bytes / sizeof(real),
                        .room = trace->room,
                        .steps = trace->steps,
                        .layers_room = trace->layers_room,
                        .steps_room = trace->steps_room};
    memset(trace->layer, 0, net->layers * sizeof *trace->layer);
    memset(trace->steps, 0, B * sizeof *trace->steps);
    numbers arena = {.base = trace->numbers, .fits = true};
    lay_out(&arena, trace);
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            if (net->cell->channels[k].role == RS_STATE)
                memset(trace->layer[l].value[k] - B * net->hidden, 0,
                       B * net->hidden * sizeof(real));
    return true;
}

void rs_trace_free(rs_trace *trace)
{
    if (!trace)
        return;
    free(trace->numbers);
    free(trace->layer);
    free(trace->steps);
    free(trace);
}
