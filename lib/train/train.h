/* Training: batches from a source, gradients, clipping, an optimiser, a log, checkpoints.
 *
 *     rs_source source;
 *     status = rs_source_task(&source, rs_task_named("adding"), 50, 32, seed, &err);
 *     rs_train_options options = {.rule = rs_optimizer_named("adam"), .updates = 1000,
 *                                 .clip_norm = 1, .path = "model.safetensors"};
 *     rs_trainer *trainer = rs_trainer_new(&model, &source, &options, &err);
 *     status = rs_train(trainer, &err);                  every update, log and checkpoint
 *     rs_trainer_free(trainer);
 *
 * An update is: next batch; forward and backward, the batch cut into shards of RS_SHARD
 * (train/shards.h) sequences that run in parallel and whose gradients are added in the order of the
 * shards, so that the bits are the same with any number of threads; clip by value, then by norm;
 * optimiser.
 *
 * Memory: a lean trace for one batch (rs_trace_bytes) and one no larger for the held-out sequences,
 * one gradient a shard, and the parameters and the optimiser's vectors twice: a copy is kept from
 * before the last update, for when it was a bad one. */
#ifndef RS_TRAIN_H
#define RS_TRAIN_H

#include "data/source.h"
#include "network/net.h"
#include "train/optimizer.h"
#include "train/shards.h"

#include <signal.h>
#include <stdint.h>

typedef struct rs_trainer rs_trainer;
typedef struct rs_snapshot rs_snapshot;
struct rs_model_file; /* files/model_file.h */

/* What happened in one update. */
typedef struct rs_train_row {
    uint64_t update;     /* its number, from 1 */
    double loss;         /* of its batch, before the update */
    double norm;         /* ‖gradient‖₂ before clipping */
    double norm_clipped; /* and after */
    bool has_held_out;
    double held_out; /* loss on the held-out batch after the update */
} rs_train_row;

/* What a progress bar shows. */
typedef struct rs_progress {
    const rs_train_row *row;
    uint64_t updates;          /* the last one to come */
    double updates_per_second; /* of this run */
    double seconds_left;
} rs_progress;

typedef struct rs_train_options {
    const rs_optimizer_rule *rule; /* NULL: adam */
    double rate;                   /* 0: the rule's */
    double clip_value, clip_norm;  /* 0: no clipping */
    size_t truncate;               /* length of gradient chunks, see rs_backward; 0: whole */
    uint64_t updates;              /* number of the last update */
    uint64_t seed;                 /* of the batches */
    size_t threads;                /* 0: one a processor; changes no bit */
    /* Single precision: the passes run in float; parameters, gradients' sums over shards, clipping
     * and optimiser stay double (master weights: Micikevicius et al. 2018, without loss scaling).
     */
    bool single;
    size_t held_out_every;   /* updates between held-out losses; 0: a hundredth of `updates`, at
                                least 1. The last update always has one. */
    const char *path;        /* checkpoints go here, and the model in the end: one file, see
                                rs_trainer_save; NULL: none */
    size_t checkpoint_every; /* updates between checkpoints; 0: only at the end or when stopped */
    const char *log;         /* CSV file, a row an update; NULL: none */
    const struct rs_model_file *names; /* names of the tensors in the file; NULL: our own */
    const volatile sig_atomic_t *stop; /* where not NULL: non-zero asks to stop after the update */
    void (*progress)(void *context, const rs_progress *progress); /* after each update, or NULL */
    void *context;
} rs_train_options;

/* Where a number that is NaN or infinite first appeared. */
typedef struct rs_divergence {
    uint64_t update; /* 0: it has not happened */
    rs_place place; /* pass "forward" or "backward", else "gradient" or "update": then the tensor is
                       a block of parameters and unit the entry in it */
} rs_divergence;

/* A trainer that changes model->parameters. Model, source, and what options points to must outlive
 * it. NULL with err if the source does not fit the net, an option makes no sense (RS_USAGE), or
 * there is no memory. */
rs_trainer *rs_trainer_new(rs_model *model, const rs_source *source,
                           const rs_train_options *options, rs_error *err);
void rs_trainer_free(rs_trainer *trainer);

/* One update; row may be NULL (has_held_out stays false). RS_FAILED: it diverged; err says at which
 * update, step and tensor, and model, optimiser and random state are again as they were before the
 * last update whose loss and gradient were finite. */
rs_status rs_trainer_step(rs_trainer *trainer, rs_train_row *row, rs_error *err);

/* Updates until options.updates, with log, checkpoints and progress as asked; a trainer that was
 * resumed goes on in the log behind the row of its last update. RS_INTERRUPTED: stopped by
 * options.stop, everything saved. RS_FAILED: diverged; what rs_trainer_step went back to is saved,
 * so that one can resume with a smaller rate. RS_WRITE: the log or a checkpoint cannot be written.
 */
rs_status rs_train(rs_trainer *trainer, rs_error *err);

/* Updates made so far; the loss on the held-out batch now (NaN if the source has none); what
 * diverged. */
uint64_t rs_trainer_updates(const rs_trainer *trainer);
double rs_trainer_held_out(rs_trainer *trainer);
const rs_divergence *rs_trainer_divergence(const rs_trainer *trainer);

/* From the next update on; rate 0: the rule's, clip_norm 0: no clipping. RS_USAGE for what makes no
 * sense, and nothing has changed. */
rs_status rs_trainer_tune(rs_trainer *trainer, double rate, double clip_norm, rs_error *err);

/* A copy of all that training changes: parameters, the optimiser's vectors, the number of updates,
 * the random state of the batches. NULL with err without memory. */
rs_snapshot *rs_trainer_snapshot(const rs_trainer *trainer, rs_error *err);
/* The same into one that is there already, of this trainer or one made in the same way. */
void rs_trainer_snapshot_into(const rs_trainer *trainer, rs_snapshot *snapshot);
void rs_snapshot_free(rs_snapshot *snapshot);                      /* may be NULL */
const double *rs_snapshot_parameters(const rs_snapshot *snapshot); /* [n], the snapshot's */
uint64_t rs_snapshot_updates(const rs_snapshot *snapshot);

/* Goes back to (or on to) a snapshot of this trainer, or of one made in the same way; what follows
 * has the bits that followed then. */
void rs_trainer_go_to(rs_trainer *trainer, const rs_snapshot *snapshot);

/* Writes, atomically, a model file in F64 that also holds what is needed to go on bit for bit: the
 * optimiser's vectors as tensors `train.m`, `train.v`, and in __metadata__ the update count, the
 * optimiser's name and constants, the random state, and the fingerprint of the data. Any reader of
 * models can read it. Errors: RS_WRITE. */
rs_status rs_trainer_save(const rs_trainer *trainer, const char *path, rs_error *err);

/* Goes on from such a file: sets parameters, optimiser and random state to what they were. The
 * trainer must have been made with the same net, optimiser and data. A rate in the options holds;
 * where they give none, and for the optimiser's other constants, the file's do. Errors: RS_OPEN,
 * RS_DATA (not a checkpoint, damaged, or of another net, optimiser or data), by name. */
rs_status rs_trainer_load(rs_trainer *trainer, const char *path, rs_error *err);

#endif
