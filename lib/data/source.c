#include "data/source.h"

#include "base/memory.h"
#include "data/whole_file.h"

#include <stdlib.h>
#include <string.h>

/* The stream of random numbers from which a task's held-out sequences come. */
enum { HELD_OUT_STREAM = 9001, MOST_HELD_OUT = 64 };

/* FNV-1a (Fowler, Noll & Vo), going on from hash. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *byte = bytes;
    for (size_t k = 0; k < n; k++)
        hash = (hash ^ byte[k]) * 0x100000001b3U;
    return hash;
}

static uint64_t hash_sizes(const rs_source *source)
{
    const uint64_t sizes[] = {source->T,    source->B,    source->I,        source->O,
                              source->loss, source->last, source->training, source->held_out_B};
    return hash_bytes(0xcbf29ce484222325U, sizes, sizeof sizes);
}

static rs_status check_batch(size_t T, size_t B, rs_error *err)
{
    if (T == 0 || B == 0)
        return rs_fail(err, RS_USAGE, "%zu steps of %zu sequences: expected at least 1", T, B);
    return RS_OK;
}

static void fill_task(const rs_source *source, rs_random *random, rs_data *batch)
{
    rs_task_refill(source->from, random, batch);
}

static void hold_out_task(const rs_source *source, rs_data *batch)
{
    rs_random random = rs_random_seed(source->seed, HELD_OUT_STREAM);
    rs_task_refill(source->from, &random, batch);
}

rs_status rs_source_task(rs_source *source, const rs_task *task, size_t T, size_t B, uint64_t seed,
                         rs_error *err)
{
    rs_status status = check_batch(T, B, err);
    if (status == RS_OK && T < task->least_T)
        status = rs_fail(err, RS_USAGE, "%zu steps: the task %s needs at least %zu", T, task->name,
                         task->least_T);
    *source = (rs_source){.T = T, .B = B, .I = task->inputs, .O = task->outputs};
    source->loss = task->loss;
    source->last = task->last;
    source->from = task;
    source->seed = seed;
    source->held_out_B = MOST_HELD_OUT;
    source->fill = fill_task;
    source->fill_held_out = hold_out_task;
    source->fingerprint = hash_bytes(hash_sizes(source), task->name, strlen(task->name));
    return status;
}

/* Cuts n places, characters or rows, into a training and a held-out part: a window takes T of a
 * part and the one behind it. */
static rs_status split(rs_source *source, size_t n, double held_out, const char *what,
                       rs_error *err)
{
    if (!(held_out >= 0 && held_out < 1))
        return rs_fail(err, RS_USAGE, "held-out share %g: expected 0 or more and less than 1",
                       held_out);
    const size_t kept_back = (size_t)(held_out * (double)n);
    source->training = n - kept_back;
    source->held_out_B = kept_back > source->T ? kept_back - source->T : 0;
    if (source->held_out_B > MOST_HELD_OUT)
        source->held_out_B = MOST_HELD_OUT;
    if (source->training <= source->T || (held_out > 0 && source->held_out_B == 0))
        return rs_fail(err, RS_USAGE,
                       "%zu steps: of %zu %s %zu are for training and %zu held out, expected more "
                       "than the steps in each",
                       source->T, n, what, source->training, kept_back);
    return RS_OK;
}

static void fill_text(const rs_source *source, rs_random *random, rs_data *batch)
{
    for (size_t b = 0; b < batch->B; b++)
        rs_text_window(source->from, rs_random_below(random, source->training - source->T), b,
                       batch);
}

static void hold_out_text(const rs_source *source, rs_data *batch)
{
    const rs_text *text = source->from;
    const size_t places = text->n - source->training - source->T;
    for (size_t b = 0; b < batch->B; b++)
        rs_text_window(text, source->training + rs_spaced(b, batch->B, places), b, batch);
}

rs_status rs_source_text(rs_source *source, const rs_text *text, size_t T, size_t B,
                         double held_out, rs_error *err)
{
    const size_t V = text->vocabulary_n;
    *source = (rs_source){.T = T, .B = B, .I = V, .O = V, .loss = RS_XENT, .from = text};
    source->fill = fill_text;
    source->fill_held_out = hold_out_text;
    rs_status status = check_batch(T, B, err);
    if (status == RS_OK)
        status = split(source, text->n, held_out, "characters", err);
    source->fingerprint = hash_bytes(hash_sizes(source), text->symbol, text->n * sizeof(int));
    source->fingerprint = hash_bytes(source->fingerprint, text->vocabulary, V * sizeof(uint32_t));
    return status;
}

static void fill_series(const rs_source *source, rs_random *random, rs_data *batch)
{
    for (size_t b = 0; b < batch->B; b++)
        rs_series_window(source->from, rs_random_below(random, source->training - source->T), b,
                         batch);
}

static void hold_out_series(const rs_source *source, rs_data *batch)
{
    const rs_series *series = source->from;
    const size_t places = series->rows - source->training - source->T;
    for (size_t b = 0; b < batch->B; b++)
        rs_series_window(series, source->training + rs_spaced(b, batch->B, places), b, batch);
}

rs_status rs_source_series(rs_source *source, const rs_series *series, size_t T, size_t B,
                           double held_out, rs_error *err)
{
    const size_t n = series->rows;
    *source = (rs_source){.T = T, .B = B, .I = series->inputs, .O = series->outputs};
    source->loss = RS_MSE;
    source->from = series;
    source->fill = fill_series;
    source->fill_held_out = hold_out_series;
    rs_status status = check_batch(T, B, err);
    if (status == RS_OK)
        status = split(source, n, held_out, "rows", err);
    const uint64_t hash =
        hash_bytes(hash_sizes(source), series->input, n * series->inputs * sizeof(double));
    source->fingerprint = hash_bytes(hash, series->output, n * series->outputs * sizeof(double));
    return status;
}

/* How many numbers the answers of data are. */
static size_t answers(const rs_data *data)
{
    return (data->loss.last ? 1 : data->T) * data->B * (data->label ? 1 : data->O);
}

static void fill_data(const rs_source *source, rs_random *random, rs_data *batch)
{
    const rs_data *data = source->from;
    (void)random;
    memcpy(batch->x, data->x, data->T * data->B * data->I * sizeof *batch->x);
    if (data->label)
        memcpy(batch->label, data->label, answers(data) * sizeof *batch->label);
    if (data->target)
        memcpy(batch->target, data->target, answers(data) * sizeof *batch->target);
}

rs_status rs_source_data(rs_source *source, const rs_data *data, rs_error *err)
{
    *source = (rs_source){.T = data->T, .B = data->B, .I = data->I, .O = data->O};
    source->loss = data->loss.kind;
    source->last = data->loss.last;
    source->from = data;
    source->fill = fill_data;
    if (data->loss.kind == RS_NO_LOSS)
        return rs_fail(err, RS_USAGE, "training needs a target");
    uint64_t hash =
        hash_bytes(hash_sizes(source), data->x, data->T * data->B * data->I * sizeof *data->x);
    if (data->label)
        hash = hash_bytes(hash, data->label, answers(data) * sizeof *data->label);
    if (data->target)
        hash = hash_bytes(hash, data->target, answers(data) * sizeof *data->target);
    source->fingerprint = hash;
    return RS_OK;
}

/* Copies the initial states of a fixed batch, which never change. */
static rs_status copy_states(const rs_data *data, rs_data *batch, rs_error *err)
{
    const size_t n = data->layers * data->B * data->hidden;
    const double *from[] = {data->h0, data->c0};
    double **to[] = {&batch->h0, &batch->c0};
    batch->layers = data->layers;
    batch->hidden = data->hidden;
    for (size_t k = 0; k < 2; k++) {
        if (!from[k])
            continue;
        *to[k] = rs_alloc(n, sizeof(double), "the initial states", err);
        if (!*to[k])
            return RS_INTERNAL;
        memcpy(*to[k], from[k], n * sizeof(double));
    }
    return RS_OK;
}

rs_status rs_source_batch(const rs_source *source, bool held_out, rs_data *batch, rs_error *err)
{
    rs_status status = rs_data_make(batch, source->T, held_out ? source->held_out_B : source->B,
                                    source->I, source->O, source->loss, source->last, err);
    if (status == RS_OK && source->fill == fill_data) {
        batch->loss.sum = ((const rs_data *)source->from)->loss.sum;
        status = copy_states(source->from, batch, err);
        if (status != RS_OK)
            rs_data_free(batch);
    }
    return status;
}

void rs_source_next(const rs_source *source, rs_random *random, rs_data *batch)
{
    source->fill(source, random, batch);
}

void rs_source_held_out(const rs_source *source, rs_data *batch)
{
    source->fill_held_out(source, batch);
}
