#include "lessons/engine/spares.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>

/* Bytes of a trace that is worth keeping: a small one is had as quickly from the system, a large
 * one may be wanted for something else. */
static const size_t least = (size_t)4 << 20, most = (size_t)256 << 20;

struct compute_spares {
    pthread_mutex_t lock;
    rs_trace *trace[SCENE_CELLS]; /* NULL: a free place */
};

compute_spares *compute_spares_new(rs_error *err)
{
    compute_spares *s = rs_alloc(1, sizeof *s, "the store of traces", err);
    if (s)
        (void)pthread_mutex_init(&s->lock, NULL);
    return s;
}

void compute_spares_free(compute_spares *spares)
{
    if (!spares)
        return;
    for (size_t k = 0; k < SCENE_CELLS; k++)
        rs_trace_free(spares->trace[k]);
    (void)pthread_mutex_destroy(&spares->lock);
    free(spares);
}

/* With the lock: the smallest that has room for so many numbers, taken out; NULL: none. */
static rs_trace *take_out(compute_spares *spares, size_t numbers)
{
    rs_trace **best = NULL;
    for (size_t k = 0; k < SCENE_CELLS; k++) {
        rs_trace **at = &spares->trace[k];
        if (*at && (*at)->room >= numbers && (!best || (*at)->room < (*best)->room))
            best = at;
    }
    rs_trace *taken = best ? *best : NULL;
    if (best)
        *best = NULL;
    return taken;
}

rs_trace *spares_take(compute_spares *spares, const rs_net *net, size_t T, size_t B, rs_error *err)
{
    const size_t bytes = rs_trace_bytes(net, T, B, RS_KEEP_ALL, sizeof(double));
    rs_trace *trace = NULL;
    if (spares && bytes >= least && bytes <= most) {
        (void)pthread_mutex_lock(&spares->lock);
        trace = take_out(spares, bytes / sizeof(double));
        (void)pthread_mutex_unlock(&spares->lock);
    }
    if (trace && rs_trace_again(trace, net, T, B, RS_KEEP_ALL))
        return trace;
    rs_trace_free(trace);
    return rs_trace_new(net, T, B, RS_KEEP_ALL, err);
}

/* Into a free place, or the smallest's; returns what is not kept. */
static rs_trace *put_in(compute_spares *spares, rs_trace *trace)
{
    rs_trace **place = &spares->trace[0];
    for (size_t k = 1; k < SCENE_CELLS && *place; k++)
        if (!spares->trace[k] || spares->trace[k]->room < (*place)->room)
            place = &spares->trace[k];
    rs_trace *before = *place;
    if (before && before->room > trace->room)
        return trace;
    *place = trace;
    return before;
}

void spares_give(compute_spares *spares, rs_trace *trace)
{
    const size_t bytes = trace ? trace->room * sizeof(double) : 0;
    if (spares && bytes >= least && bytes <= most) {
        (void)pthread_mutex_lock(&spares->lock);
        trace = put_in(spares, trace);
        (void)pthread_mutex_unlock(&spares->lock);
    }
    rs_trace_free(trace);
}
