/* The loss of a batch and its gradient, by shards: the batch is cut into shards of RS_SHARD
 * sequences, the last one smaller where they do not come out even. Shards run in parallel, and what
 * they give is added in their order: the bits depend on the batch alone, not on the number of
 * threads.
 *
 * Single precision: a shard's pass runs in float from parameters rounded to float; sums over shards
 * are double. */
#ifndef RS_SHARDS_H
#define RS_SHARDS_H

#include "data/data.h"

/* Sequences in a shard: fewer make BLAS slow, more leave threads idle. */
enum { RS_SHARD = 8 };

/* Where a number that is NaN or infinite first appeared in a pass. */
typedef struct rs_place {
    const char *pass; /* "forward" or "backward"; NULL: nowhere */
    char tensor[48];  /* "c.l0", "y", "loss", "dh.l1" */
    size_t t, b, unit;
    double value;
} rs_place;

typedef struct rs_shards rs_shards;

/* Memory for batches like this one. lanes: shards that can run at the same time, each with a trace;
 * 0: all. Locating needs all. RS_USAGE with NULL if the batch does not fit the net. */
rs_shards *rs_shards_new(const rs_net *net, const rs_data *batch, size_t lanes, bool single,
                         rs_error *err);
void rs_shards_free(rs_shards *shards);

/* The loss. gradient [net.parameters_n] is set to dL/dθ (not added to); NULL: forward only.
 * truncate as in rs_backward. */
double rs_shards_run(rs_shards *shards, const rs_data *batch, const double *parameters,
                     double *gradient, size_t truncate, size_t threads);

/* After a run whose loss or gradient is not finite: the first step, lowest layer and earliest stage
 * at which a value was not; or, if all are, the last step and highest layer of a derivative. */
rs_place rs_shards_locate(const rs_shards *shards);

#endif
