#include "viz/app/learning.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The batches of a scene: those of its task, the input scaled, perhaps the last step's loss alone.
 */
typedef struct batches {
    rs_source source; /* first: a trainer's source is this */
    rs_source whole;
    rs_data *buffer; /* a batch of `whole` */
    double scale;
} batches;

typedef struct one {
    rs_model model;
    rs_trainer *trainer;
    rs_train_row row;    /* of the last update */
    rs_snapshot *before; /* of that update, for when another cell diverges in it */
    rs_snapshot *moment[LEARNING_MOMENTS];
} one;

struct learning {
    computed *from;
    batches batches;
    rs_data buffer;
    size_t cells_n;
    one cell[SCENE_CELLS];
    learning_rows rows;
    uint64_t updates;              /* recorded */
    size_t moments_n, most, every; /* moments are of updates 0, every, 2 every … */
};

/* --- what is handed out -------------------------------------------------------------------- */

trained *trained_new(uint64_t updates, size_t cells_n)
{
    trained *t = calloc(1, sizeof *t);
    if (t) {
        atomic_init(&t->holders, 1);
        t->updates = updates;
        t->cells_n = cells_n;
    }
    return t;
}

trained *trained_hold(trained *t)
{
    if (t)
        (void)atomic_fetch_add(&t->holders, 1);
    return t;
}

void trained_release(trained *t)
{
    if (!t || atomic_fetch_sub(&t->holders, 1) > 1)
        return;
    for (size_t k = 0; k < t->cells_n; k++)
        free(t->parameters[k]);
    free(t);
}

trained *learning_at(const learning *l, size_t moment)
{
    const bool now = moment >= l->moments_n;
    trained *t = trained_new(
        now ? learning_updates(l) : rs_snapshot_updates(l->cell[0].moment[moment]), l->cells_n);
    if (!t)
        return NULL;
    for (size_t k = 0; k < l->cells_n; k++) {
        const one *cell = &l->cell[k];
        const double *from =
            now ? cell->model.parameters : rs_snapshot_parameters(cell->moment[moment]);
        const size_t bytes = cell->model.net.parameters_n * sizeof *from;
        t->parameters[k] = malloc(bytes);
        if (!t->parameters[k]) {
            trained_release(t);
            return NULL;
        }
        memcpy(t->parameters[k], from, bytes);
    }
    return t;
}

/* --- rows ---------------------------------------------------------------------------------- */

/* Adds to row k, which then stands for one more update: the mean loss, the larger norm. */
static void merge(learning_rows *rows, size_t k, double value[SCENE_CELLS][LEARNINGS])
{
    for (size_t cell = 0; cell < rows->cells_n; cell++) {
        double *loss = &rows->value[cell][LEARNING_LOSS][k];
        *loss += (value[cell][LEARNING_LOSS] - *loss) / (double)(rows->in_last + 1);
        for (size_t w = LEARNING_NORM; w < LEARNINGS; w++)
            rows->value[cell][w][k] = fmax(rows->value[cell][w][k], value[cell][w]);
    }
    rows->in_last++;
}

/* Two rows become one. */
static void halve(learning_rows *rows)
{
    for (size_t cell = 0; cell < rows->cells_n; cell++)
        for (size_t w = 0; w < LEARNINGS; w++) {
            double *v = rows->value[cell][w];
            for (size_t k = 0; 2 * k + 1 < rows->n; k++)
                v[k] = w == LEARNING_LOSS ? (v[2 * k] + v[2 * k + 1]) / 2
                                          : fmax(v[2 * k], v[2 * k + 1]);
        }
    rows->n /= 2;
    rows->stride *= 2;
    rows->in_last = rows->stride;
}

void learning_rows_add(learning_rows *rows, double value[SCENE_CELLS][LEARNINGS])
{
    if (rows->stride == 0)
        rows->stride = rows->in_last = 1;
    if (rows->n == LEARNING_ROWS && rows->in_last == rows->stride)
        halve(rows);
    if (rows->n > 0 && rows->in_last < rows->stride) {
        merge(rows, rows->n - 1, value);
        return;
    }
    for (size_t cell = 0; cell < rows->cells_n; cell++)
        for (size_t w = 0; w < LEARNINGS; w++)
            rows->value[cell][w][rows->n] = value[cell][w];
    rows->n++;
    rows->in_last = 1;
}

void learning_rows_cut(learning_rows *rows, uint64_t updates)
{
    const size_t stride = rows->stride ? rows->stride : 1;
    const uint64_t keep = (updates + stride - 1) / stride;
    if (keep < rows->n)
        rows->n = (size_t)keep;
    rows->in_last = updates % stride && rows->n == keep ? (size_t)(updates % stride) : stride;
}

/* --- batches ------------------------------------------------------------------------------- */

static void fill(const rs_source *source, rs_random *random, rs_data *batch)
{
    const batches *b = (const batches *)source;
    rs_data *whole = b->buffer;
    rs_source_next(&b->whole, random, whole);
    for (size_t k = 0; k < batch->T * batch->B * batch->I; k++)
        batch->x[k] = whole->x[k] * b->scale;
    const size_t n = batch->loss.last ? 1 : batch->T, skip = (whole->loss.last ? 1 : batch->T) - n;
    if (batch->target)
        memcpy(batch->target, whole->target + skip * batch->B * batch->O,
               n * batch->B * batch->O * sizeof *batch->target);
    if (batch->label)
        memcpy(batch->label, whole->label + skip * batch->B, n * batch->B * sizeof *batch->label);
}

static rs_status make_batches(learning *l, bool fixed, rs_error *err)
{
    const scene *s = &l->from->of;
    const rs_data *data = &l->from->cell[0].data;
    batches *b = &l->batches;
    if (data->loss.kind == RS_NO_LOSS)
        return rs_fail(err, RS_USAGE, "there is no target to train on");
    if (fixed || scene_gives_weights(s))
        return rs_source_data(&b->source, data, err);
    rs_status status = rs_source_task(&b->whole, rs_task_named(s->task), data->T, data->B,
                                      (uint64_t)s->number[SCENE_SEED], err);
    if (status == RS_OK)
        status = rs_source_batch(&b->whole, false, &l->buffer, err);
    b->source = b->whole;
    b->source.last = data->loss.last;
    b->source.held_out_B = 0;
    b->source.fill = fill;
    b->buffer = &l->buffer;
    b->scale = s->number[SCENE_INPUT_STD];
    return status;
}

/* --- making one ---------------------------------------------------------------------------- */

static rs_status make_one(learning *l, size_t k, const rs_train_options *options, rs_error *err)
{
    const rs_model *from = &l->from->cell[k].model;
    one *cell = &l->cell[k];
    rs_status status = rs_model_make(&cell->model, &from->net, err);
    if (status != RS_OK)
        return status;
    memcpy(cell->model.parameters, from->parameters, from->net.parameters_n * sizeof(double));
    cell->trainer = rs_trainer_new(&cell->model, &l->batches.source, options, err);
    cell->before = cell->trainer ? rs_trainer_snapshot(cell->trainer, err) : NULL;
    return cell->before ? RS_OK : RS_INTERNAL;
}

static size_t moments_that_fit(const learning *l)
{
    size_t bytes = 1;
    for (size_t k = 0; k < l->cells_n; k++)
        bytes += 3 * l->cell[k].model.net.parameters_n * sizeof(double);
    const size_t most = LEARNING_BYTES / bytes;
    return most < 4 ? 4 : most > LEARNING_MOMENTS ? LEARNING_MOMENTS : most & ~(size_t)1;
}

static void drop_moments(learning *l, size_t from)
{
    for (size_t k = 0; k < l->cells_n; k++)
        for (size_t m = from; m < l->moments_n; m++) {
            rs_snapshot_free(l->cell[k].moment[m]);
            l->cell[k].moment[m] = NULL;
        }
    l->moments_n = from < l->moments_n ? from : l->moments_n;
}

/* Every second moment stays. */
static void thin_moments(learning *l)
{
    for (size_t k = 0; k < l->cells_n; k++)
        for (size_t m = 0; m < l->moments_n; m++) {
            rs_snapshot *moment = l->cell[k].moment[m];
            l->cell[k].moment[m] = NULL;
            if (m % 2 == 0)
                l->cell[k].moment[m / 2] = moment;
            else
                rs_snapshot_free(moment);
        }
    l->moments_n = (l->moments_n + 1) / 2;
    l->every *= 2;
}

/* The present becomes a moment, if it is due; without memory there is one fewer. */
static void keep_moment(learning *l)
{
    if (l->moments_n == l->most && learning_updates(l) % l->every == 0)
        thin_moments(l);
    if (learning_updates(l) % l->every != 0)
        return;
    bool good = true;
    for (size_t k = 0; k < l->cells_n; k++) {
        l->cell[k].moment[l->moments_n] = rs_trainer_snapshot(l->cell[k].trainer, NULL);
        good = good && l->cell[k].moment[l->moments_n];
    }
    l->moments_n++;
    if (!good)
        drop_moments(l, l->moments_n - 1);
}

learning *learning_new(computed *from, bool fixed, double rate, double clip, rs_error *err)
{
    learning *l = rs_alloc(1, sizeof *l, "the training", err);
    if (!l)
        return NULL;
    l->from = compute_hold(from);
    l->cells_n = l->rows.cells_n = from->cells_n;
    l->every = 1;
    const rs_train_options options = {.rate = rate,
                                      .clip_norm = clip,
                                      .seed = (uint64_t)from->of.number[SCENE_SEED],
                                      .threads = 1};
    rs_status status = make_batches(l, fixed, err);
    for (size_t k = 0; k < l->cells_n && status == RS_OK; k++)
        status = make_one(l, k, &options, err);
    if (status != RS_OK) {
        learning_free(l);
        return NULL;
    }
    l->most = moments_that_fit(l);
    keep_moment(l);
    return l;
}

void learning_free(learning *l)
{
    if (!l)
        return;
    drop_moments(l, 0);
    for (size_t k = 0; k < l->cells_n; k++) {
        rs_trainer_free(l->cell[k].trainer);
        rs_snapshot_free(l->cell[k].before);
        rs_model_free(&l->cell[k].model);
    }
    rs_data_free(&l->buffer);
    compute_release(l->from);
    free(l);
}

/* --- updates ------------------------------------------------------------------------------- */

rs_status learning_update(learning *l, rs_error *err)
{
    for (size_t k = 0; k < l->cells_n; k++)
        rs_trainer_snapshot_into(l->cell[k].trainer, l->cell[k].before);
    for (size_t k = 0; k < l->cells_n; k++) {
        rs_error why = {0};
        const rs_status status = rs_trainer_step(l->cell[k].trainer, &l->cell[k].row, &why);
        if (status == RS_OK)
            continue;
        for (size_t m = 0; m <= k; m++)
            rs_trainer_go_to(l->cell[m].trainer, l->cell[m].before);
        return rs_fail(err, status, "%s: %.400s", l->cell[k].model.net.cell->title, why.text);
    }
    return RS_OK;
}

void learning_record(learning *l)
{
    double value[SCENE_CELLS][LEARNINGS] = {{0}};
    for (size_t k = 0; k < l->cells_n; k++) {
        const rs_train_row *row = &l->cell[k].row;
        value[k][LEARNING_LOSS] = row->loss;
        value[k][LEARNING_NORM] = row->norm;
        value[k][LEARNING_CLIPPED] = row->norm_clipped;
    }
    learning_rows_add(&l->rows, value);
    l->updates = rs_trainer_updates(l->cell[0].trainer);
    keep_moment(l);
}

rs_status learning_tune(learning *l, double rate, double clip, rs_error *err)
{
    rs_status status = RS_OK;
    for (size_t k = 0; k < l->cells_n && status == RS_OK; k++)
        status = rs_trainer_tune(l->cell[k].trainer, rate, clip, err);
    return status;
}

const computed *learning_from(const learning *l) { return l->from; }

const learning_rows *learning_log(const learning *l) { return &l->rows; }

uint64_t learning_updates(const learning *l) { return l->updates; }

size_t learning_moments(const learning *l, uint64_t updates[LEARNING_MOMENTS])
{
    for (size_t m = 0; m < l->moments_n; m++)
        updates[m] = rs_snapshot_updates(l->cell[0].moment[m]);
    return l->moments_n;
}

void learning_go_to(learning *l, size_t moment)
{
    if (moment >= l->moments_n)
        return;
    for (size_t k = 0; k < l->cells_n; k++)
        rs_trainer_go_to(l->cell[k].trainer, l->cell[k].moment[moment]);
    drop_moments(l, moment + 1);
    l->updates = rs_trainer_updates(l->cell[0].trainer);
    learning_rows_cut(&l->rows, learning_updates(l));
}
