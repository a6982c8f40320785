#include "train/train.h"

#include "base/memory.h"
#include "train/clip.h"
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The stream of the seed from which training batches come. */
enum { BATCH_STREAM = 9000 };

static rs_status check_options(const rs_train_options *options, rs_error *err)
{
    if (!(options->clip_norm >= 0) || !(options->clip_value >= 0))
        return rs_fail(err, RS_USAGE, "clipping at %g: expected a number above 0",
                       options->clip_norm >= 0 ? options->clip_value : options->clip_norm);
    return RS_OK;
}

static rs_status make_held_out(rs_trainer *trainer, rs_error *err)
{
    const rs_source *source = trainer->source;
    if (source->held_out_B == 0)
        return RS_OK;
    rs_status status = rs_source_batch(source, true, &trainer->held_out, err);
    if (status != RS_OK)
        return status;
    rs_source_held_out(source, &trainer->held_out);
    const size_t lanes = (source->B + RS_SHARD - 1) / RS_SHARD;
    trainer->held_out_shards = rs_shards_new(&trainer->model->net, &trainer->held_out, lanes,
                                             trainer->options.single, err);
    return trainer->held_out_shards ? RS_OK : err ? err->status : RS_INTERNAL;
}

static rs_status make_trainer(rs_trainer *trainer, rs_error *err)
{
    const rs_train_options *options = &trainer->options;
    const rs_net *net = &trainer->model->net;
    const rs_optimizer_rule *rule = options->rule ? options->rule : rs_optimizer_named("adam");
    rs_status status = check_options(options, err);
    if (status == RS_OK)
        status =
            rs_optimizer_make(&trainer->optimizer, rule, options->rate, net->parameters_n, err);
    if (status == RS_OK)
        status = rs_snapshot_make(trainer, &trainer->good, err);
    if (status == RS_OK)
        status = rs_source_batch(trainer->source, false, &trainer->batch, err);
    if (status != RS_OK)
        return status;
    trainer->random = rs_random_seed(options->seed, BATCH_STREAM);
    trainer->gradient = rs_alloc(net->parameters_n, sizeof(double), "the gradient", err);
    trainer->shards =
        trainer->gradient ? rs_shards_new(net, &trainer->batch, 0, options->single, err) : NULL;
    return trainer->shards ? make_held_out(trainer, err) : RS_INTERNAL;
}

rs_trainer *rs_trainer_new(rs_model *model, const rs_source *source,
                           const rs_train_options *options, rs_error *err)
{
    rs_trainer *trainer = rs_alloc(1, sizeof *trainer, "the trainer", err);
    if (!trainer)
        return NULL;
    trainer->model = model;
    trainer->source = source;
    trainer->options = *options;
    if (make_trainer(trainer, err) != RS_OK) {
        rs_trainer_free(trainer);
        return NULL;
    }
    return trainer;
}

void rs_trainer_free(rs_trainer *trainer)
{
    if (!trainer)
        return;
    (void)rs_log_close(trainer, NULL);
    rs_optimizer_free(&trainer->optimizer);
    rs_data_free(&trainer->batch);
    rs_data_free(&trainer->held_out);
    rs_shards_free(trainer->shards);
    rs_shards_free(trainer->held_out_shards);
    free(trainer->gradient);
    rs_snapshot_clear(&trainer->good);
    free(trainer);
}

/* Keeps the state from before this update, whose batch was drawn from `random`. */
static void keep_good(rs_trainer *trainer, rs_random random)
{
    rs_snapshot_take(trainer, random, &trainer->good);
    trainer->has_good = true;
}

/* The first entry of a vector of all parameters that is no finite number, as a place in a block. */
static rs_place locate_entry(const rs_net *net, const double *vector, const char *pass)
{
    rs_place place = {.pass = pass, .tensor = "loss", .value = NAN};
    for (size_t k = 0; k < net->blocks_n; k++) {
        const rs_block *block = &net->blocks[k];
        for (size_t j = 0; j < block->rows * block->cols; j++) {
            if (isfinite(vector[block->offset + j]))
                continue;
            memcpy(place.tensor, block->name, sizeof block->name);
            place.unit = j;
            place.value = vector[block->offset + j];
            return place;
        }
    }
    return place;
}

static rs_status diverged(rs_trainer *trainer, uint64_t update, rs_place place, rs_error *err)
{
    const bool in_time = strcmp(place.pass, "forward") == 0 || strcmp(place.pass, "backward") == 0;
    trainer->divergence = (rs_divergence){update, place};
    rs_trainer_go_to(trainer, &trainer->good);
    if (in_time)
        return rs_fail(err, RS_FAILED,
                       "training diverged at update %llu: in the %s pass %s became %g first, at "
                       "step %zu, sequence %zu, unit %zu",
                       (unsigned long long)update, place.pass, place.tensor, place.value, place.t,
                       place.b, place.unit);
    return rs_fail(err, RS_FAILED,
                   "training diverged at update %llu: in the %s entry %zu of %s became %g",
                   (unsigned long long)update, place.pass, place.unit, place.tensor, place.value);
}

rs_status rs_trainer_step(rs_trainer *trainer, rs_train_row *row, rs_error *err)
{
    const rs_net *net = &trainer->model->net;
    const rs_train_options *options = &trainer->options;
    double *parameters = trainer->model->parameters;
    rs_train_row here = {.update = trainer->optimizer.updates + 1};
    const rs_random before = trainer->random;
    if (!trainer->has_good) /* should it diverge at once */
        keep_good(trainer, before);
    rs_source_next(trainer->source, &trainer->random, &trainer->batch);
    here.loss = rs_shards_run(trainer->shards, &trainer->batch, parameters, trainer->gradient,
                              options->truncate, options->threads);
    here.norm = here.norm_clipped = rs_norm(trainer->gradient, net->parameters_n);
    if (!isfinite(here.loss) || !isfinite(here.norm)) {
        rs_place place = rs_shards_locate(trainer->shards);
        if (!place.pass)
            place = locate_entry(net, trainer->gradient, "gradient");
        return diverged(trainer, here.update, place, err);
    }
    keep_good(trainer, before);
    if (options->clip_value > 0)
        (void)rs_clip_value(trainer->gradient, net->parameters_n, options->clip_value);
    if (options->clip_norm > 0)
        (void)rs_clip_norm(trainer->gradient, net->parameters_n, options->clip_norm);
    if (options->clip_value > 0 || options->clip_norm > 0)
        here.norm_clipped = rs_norm(trainer->gradient, net->parameters_n);
    rs_optimizer_update(&trainer->optimizer, parameters, trainer->gradient);
    if (!isfinite(rs_norm(parameters, net->parameters_n)))
        return diverged(trainer, here.update, locate_entry(net, parameters, "update"), err);
    if (row)
        *row = here;
    return RS_OK;
}

rs_status rs_trainer_tune(rs_trainer *trainer, double rate, double clip_norm, rs_error *err)
{
    if (!(rate >= 0) || !isfinite(rate))
        return rs_fail(err, RS_USAGE, "rate %g: expected a number above 0", rate);
    if (!(clip_norm >= 0))
        return rs_fail(err, RS_USAGE, "clipping at %g: expected a number above 0", clip_norm);
    trainer->optimizer.rate = rate > 0 ? rate : trainer->optimizer.rule->rate;
    trainer->options.clip_norm = clip_norm;
    return RS_OK;
}

uint64_t rs_trainer_updates(const rs_trainer *trainer) { return trainer->optimizer.updates; }

double rs_trainer_held_out(rs_trainer *trainer)
{
    if (!trainer->held_out_shards)
        return NAN;
    return rs_shards_run(trainer->held_out_shards, &trainer->held_out, trainer->model->parameters,
                         NULL, 0, trainer->options.threads);
}

const rs_divergence *rs_trainer_divergence(const rs_trainer *trainer)
{
    return &trainer->divergence;
}

static bool held_out_due(const rs_trainer *trainer, uint64_t update)
{
    const rs_train_options *options = &trainer->options;
    const uint64_t hundredth = options->updates / 100 > 0 ? options->updates / 100 : 1;
    const uint64_t every = options->held_out_every > 0 ? options->held_out_every : hundredth;
    return trainer->held_out_shards && (update % every == 0 || update == options->updates);
}

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void report(const rs_trainer *trainer, const rs_train_row *row, uint64_t first, double start)
{
    const double seconds = now() - start, done = (double)(row->update - first);
    rs_progress progress = {.row = row, .updates = trainer->options.updates};
    if (!trainer->options.progress)
        return;
    progress.updates_per_second = seconds > 0 ? done / seconds : 0;
    progress.seconds_left = seconds / done * (double)(progress.updates - row->update);
    trainer->options.progress(trainer->options.context, &progress);
}

static rs_status save(const rs_trainer *trainer, rs_error *err)
{
    return trainer->options.path ? rs_trainer_save(trainer, trainer->options.path, err) : RS_OK;
}

/* One update with its row in the log and, where due, its checkpoint. */
static rs_status step(rs_trainer *trainer, rs_train_row *row, rs_error *err)
{
    const size_t every = trainer->options.checkpoint_every;
    rs_status status = rs_trainer_step(trainer, row, err);
    if (status != RS_OK)
        return status;
    row->has_held_out = held_out_due(trainer, row->update);
    if (row->has_held_out)
        row->held_out = rs_trainer_held_out(trainer);
    status = rs_log_row(trainer, row, err);
    if (status == RS_OK && every > 0 && row->update % every == 0)
        status = save(trainer, err);
    return status;
}

static rs_status run(rs_trainer *trainer, rs_error *err)
{
    const rs_train_options *options = &trainer->options;
    const uint64_t first = trainer->optimizer.updates;
    const double start = now();
    rs_status status = RS_OK;
    while (status == RS_OK && trainer->optimizer.updates < options->updates) {
        rs_train_row row = {0};
        if (options->stop && *options->stop)
            return rs_fail(err, RS_INTERRUPTED, "stopped after update %llu",
                           (unsigned long long)trainer->optimizer.updates);
        status = step(trainer, &row, err);
        if (status == RS_OK)
            report(trainer, &row, first, start);
    }
    return status;
}

rs_status rs_train(rs_trainer *trainer, rs_error *err)
{
    rs_error second;
    rs_status status = rs_log_open(trainer, err);
    if (status != RS_OK)
        return status;
    status = run(trainer, err);
    /* whatever stopped it, what there is is saved; an earlier error is the one to tell */
    const bool failed = status != RS_OK;
    const rs_status closed = rs_log_close(trainer, failed ? &second : err);
    const rs_status saved = save(trainer, failed || closed != RS_OK ? &second : err);
    if (failed)
        return status;
    return closed != RS_OK ? closed : saved;
}
