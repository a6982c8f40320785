/* The inside of a trainer, for train.c, checkpoint.c and log.c. */
#ifndef RS_TRAINER_H
#define RS_TRAINER_H

#include "base/random.h"
#include "train/train.h"

#include <stdio.h>

/* A copy of all that changes in training. */
struct rs_snapshot {
    double *parameters;             /* [n] */
    double *moment[RS_MAX_MOMENTS]; /* [n] each */
    uint64_t updates;
    rs_random random;
};

/* Memory for the vectors of a snapshot of this trainer; what is there after a failure is to be
 * cleared too. */
rs_status rs_snapshot_make(const rs_trainer *trainer, rs_snapshot *snapshot, rs_error *err);
void rs_snapshot_clear(rs_snapshot *snapshot);
/* Copies the trainer's present state; `random` is that of the batches. */
void rs_snapshot_take(const rs_trainer *trainer, rs_random random, rs_snapshot *snapshot);

struct rs_trainer {
    rs_model *model;         /* not owned */
    const rs_source *source; /* not owned */
    rs_train_options options;
    rs_optimizer optimizer;
    rs_random random; /* of the batches */
    rs_data batch, held_out;
    rs_shards *shards, *held_out_shards; /* the latter NULL without a held-out part */
    double *gradient;                    /* [n] */
    rs_snapshot good; /* before the last update whose loss and gradient were finite */
    bool has_good;
    rs_divergence divergence;
    FILE *log;
};

/* Opens options.log, if there is one, for rows behind that of the trainer's last update: a new file
 * if there is none, later rows of an old one cut off. RS_WRITE, or RS_DATA if there is something
 * else in the file. */
rs_status rs_log_open(rs_trainer *trainer, rs_error *err);
rs_status rs_log_row(rs_trainer *trainer, const rs_train_row *row, rs_error *err);
rs_status rs_log_close(rs_trainer *trainer, rs_error *err);

#endif
