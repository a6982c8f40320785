#include "train/shards.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one shard's passes, in the one number type that is in use. */
typedef struct lane {
    rs_data slice; /* the shard's sequences */
    rs_trace *trace;
    double *gradient; /* [n] */
    rs_trace_f *trace_f;
    float *gradient_f; /* [n] */
    double loss;
} lane;

struct rs_shards {
    const rs_net *net;
    size_t B, width; /* sequences in the batch, and in a shard that is full */
    size_t shards_n, lanes_n;
    lane *lanes; /* [lanes_n + 1] the last one for a shard that is not full */
    bool single;
    const double *parameters; /* of this run */
    float *parameters_f;      /* [n] the same, rounded */
    /* of this run, for the threads */
    const rs_data *batch;
    size_t first, truncate; /* the first shard of this round */
    bool backward;
};

static const double *parameters_of(const rs_shards *shards) { return shards->parameters; }
static const float *parameters_of_f(const rs_shards *shards) { return shards->parameters_f; }

#include "base/as_float.h"
#include "train/shard_typed.h"
#include "base/as_double.h"
#include "train/shard_typed.h"
#include "base/no_type.h"

/* Copies sequences [first, first + n) out of B in each of `rows` rows; a sequence has `width`
 * things of `size` bytes. */
static void gather(void *to, const void *from, size_t rows, size_t B, size_t first, size_t n,
                   size_t bytes)
{
    for (size_t r = 0; to && r < rows; r++)
        memcpy((char *)to + r * n * bytes, (const char *)from + (r * B + first) * bytes, n * bytes);
}

static void take_slice(const rs_data *batch, size_t first, rs_data *slice)
{
    const size_t rows = batch->loss.last ? 1 : batch->T, B = batch->B, n = slice->B;
    gather(slice->x, batch->x, batch->T, B, first, n, batch->I * sizeof(double));
    gather(slice->target, batch->target, rows, B, first, n, batch->O * sizeof(double));
    gather(slice->label, batch->label, rows, B, first, n, sizeof(int));
    gather(slice->h0, batch->h0, batch->layers, B, first, n, batch->hidden * sizeof(double));
    gather(slice->c0, batch->c0, batch->layers, B, first, n, batch->hidden * sizeof(double));
}

/* Room for the initial states that the batch has. */
static rs_status make_states(const rs_data *batch, rs_data *slice, rs_error *err)
{
    const size_t n = batch->layers * slice->B * batch->hidden;
    slice->layers = batch->layers;
    slice->hidden = batch->hidden;
    if (batch->h0)
        slice->h0 = rs_alloc(n, sizeof(double), "the initial states", err);
    if (batch->c0)
        slice->c0 = rs_alloc(n, sizeof(double), "the initial states", err);
    return (batch->h0 && !slice->h0) || (batch->c0 && !slice->c0) ? RS_INTERNAL : RS_OK;
}

/* Room for a shard of B sequences; nothing for B = 0. The loss of a shard is a sum: the mean is
 * over the batch. */
static rs_status make_lane(rs_shards *shards, lane *l, const rs_data *batch, size_t B,
                           rs_error *err)
{
    const size_t n = shards->net->parameters_n;
    if (B == 0)
        return RS_OK;
    rs_status status = rs_data_make(&l->slice, batch->T, B, batch->I, batch->O, batch->loss.kind,
                                    batch->loss.last, err);
    l->slice.loss.sum = true;
    if (status == RS_OK)
        status = make_states(batch, &l->slice, err);
    if (status != RS_OK)
        return status;
    if (shards->single) {
        l->trace_f = rs_trace_new_f(shards->net, batch->T, B, RS_KEEP_LEAN, err);
        l->gradient_f = rs_alloc(n, sizeof *l->gradient_f, "the gradients", err);
        return l->trace_f && l->gradient_f ? RS_OK : RS_INTERNAL;
    }
    l->trace = rs_trace_new(shards->net, batch->T, B, RS_KEEP_LEAN, err);
    l->gradient = rs_alloc(n, sizeof *l->gradient, "the gradients", err);
    return l->trace && l->gradient ? RS_OK : RS_INTERNAL;
}

static rs_status make_lanes(rs_shards *shards, const rs_data *batch, rs_error *err)
{
    const size_t full = batch->B / shards->width;
    rs_status status = rs_data_fits(batch, shards->net, err);
    if (shards->lanes_n == 0 || shards->lanes_n > full)
        shards->lanes_n = full;
    shards->lanes = rs_alloc(shards->lanes_n + 1, sizeof *shards->lanes, "the shards", err);
    if (!shards->lanes)
        return RS_INTERNAL;
    for (size_t k = 0; k < shards->lanes_n && status == RS_OK; k++)
        status = make_lane(shards, &shards->lanes[k], batch, shards->width, err);
    if (status == RS_OK)
        status = make_lane(shards, &shards->lanes[shards->lanes_n], batch,
                           batch->B - full * shards->width, err);
    if (status == RS_OK && shards->single) {
        shards->parameters_f =
            rs_alloc(shards->net->parameters_n, sizeof(float), "the parameters", err);
        status = shards->parameters_f ? RS_OK : RS_INTERNAL;
    }
    return status;
}

rs_shards *rs_shards_new(const rs_net *net, const rs_data *batch, size_t lanes, bool single,
                         rs_error *err)
{
    rs_shards *shards = rs_alloc(1, sizeof *shards, "the shards", err);
    if (!shards)
        return NULL;
    shards->net = net;
    shards->B = batch->B;
    shards->width = batch->B < RS_SHARD ? batch->B : RS_SHARD;
    shards->shards_n = (batch->B + shards->width - 1) / shards->width;
    shards->lanes_n = lanes;
    shards->single = single;
    if (make_lanes(shards, batch, err) != RS_OK) {
        rs_shards_free(shards);
        return NULL;
    }
    return shards;
}

void rs_shards_free(rs_shards *shards)
{
    for (size_t k = 0; shards && shards->lanes && k <= shards->lanes_n; k++) {
        lane *l = &shards->lanes[k];
        rs_data_free(&l->slice);
        rs_trace_free(l->trace);
        rs_trace_free_f(l->trace_f);
        free(l->gradient);
        free(l->gradient_f);
    }
    if (shards) {
        free(shards->lanes);
        free(shards->parameters_f);
    }
    free(shards);
}

static bool is_full(const rs_shards *shards, size_t shard)
{
    return (shard + 1) * shards->width <= shards->B;
}

static lane *lane_of(const rs_shards *shards, size_t shard)
{
    return &shards->lanes[is_full(shards, shard) ? shard - shards->first : shards->lanes_n];
}

/* The k-th shard of this round. */
static void run_shard(void *context, size_t k)
{
    rs_shards *shards = context;
    const size_t shard = shards->first + k;
    lane *l = lane_of(shards, shard);
    take_slice(shards->batch, shard * shards->width, &l->slice);
    l->loss = shards->single ? run_lane_f(shards, l, &l->slice, shards->backward, shards->truncate)
                             : run_lane(shards, l, &l->slice, shards->backward, shards->truncate);
}

/* One over the number of terms in the batch's mean, or 1. */
static double batch_scale(const rs_data *batch)
{
    const size_t n = (batch->loss.last ? 1 : batch->T) * batch->B;
    size_t terms = batch->label ? 0 : n * batch->O;
    for (size_t k = 0; batch->label && k < n; k++)
        terms += batch->label[k] >= 0;
    return batch->loss.sum ? 1 : terms > 0 ? 1 / (double)terms : 0;
}

/* How many shards a round takes: as many full ones as there are lanes, with the one that is not
 * full at the end. */
static size_t round_size(const rs_shards *shards)
{
    const size_t left = shards->shards_n - shards->first;
    if (left <= shards->lanes_n + 1 && !is_full(shards, shards->shards_n - 1))
        return left;
    return left < shards->lanes_n ? left : shards->lanes_n;
}

double rs_shards_run(rs_shards *shards, const rs_data *batch, const double *parameters,
                     double *gradient, size_t truncate, size_t threads)
{
    const size_t n = shards->net->parameters_n;
    const double scale = batch_scale(batch);
    double loss = 0;
    shards->batch = batch;
    shards->parameters = parameters;
    shards->truncate = truncate;
    shards->backward = gradient != NULL;
    for (size_t k = 0; k < n && shards->single; k++)
        shards->parameters_f[k] = (float)parameters[k];
    if (gradient)
        memset(gradient, 0, n * sizeof *gradient);
    size_t round = 0;
    for (shards->first = 0; shards->first < shards->shards_n; shards->first += round) {
        round = round_size(shards);
        rs_parallel(round, threads, run_shard, shards);
        for (size_t k = 0; k < round; k++) {
            const lane *l = lane_of(shards, shards->first + k);
            loss += l->loss;
            if (gradient && shards->single)
                add_gradient_f(l, n, gradient);
            else if (gradient)
                add_gradient(l, n, gradient);
        }
    }
    shards->first = 0;
    for (size_t k = 0; k < n && gradient; k++)
        gradient[k] *= scale;
    return loss * scale;
}

/* Looks at step t of every shard; the place's sequence is counted in the batch. */
static bool broken_at(const rs_shards *shards, size_t t, bool forward, rs_place *place)
{
    for (size_t shard = 0; shard < shards->shards_n; shard++) {
        const lane *l = lane_of(shards, shard);
        const bool broken =
            shards->single ? (forward ? broken_forward_f : broken_backward_f)(l->trace_f, t, place)
                           : (forward ? broken_forward : broken_backward)(l->trace, t, place);
        if (broken) {
            place->b += shard * shards->width;
            return true;
        }
    }
    return false;
}

rs_place rs_shards_locate(const rs_shards *shards)
{
    const size_t T = shards->batch->T;
    rs_place place = {0};
    for (size_t t = 0; t < T; t++)
        if (broken_at(shards, t, true, &place))
            return place;
    for (size_t t = T; t-- > 0;)
        if (broken_at(shards, t, false, &place))
            return place;
    return (rs_place){0};
}
