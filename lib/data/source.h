/* Where training gets its batches from: a task, a text, a series, or one batch for ever.
 *
 * Each batch is B sequences of T steps. Of a text or a series, windows begin anywhere in the part
 * that is not held out, uniformly at random; the last `held_out` share is never trained on. A task
 * is drawn anew each time, and its held-out sequences from a random stream of their own.
 *
 * The source itself never changes: all that does is the caller's rs_random, so that a checkpoint
 * needs to keep no more. */
#ifndef RS_SOURCE_H
#define RS_SOURCE_H

#include "data/data.h"
#include "data/series.h"
#include "data/tasks.h"
#include "data/text.h"

typedef struct rs_source rs_source;
struct rs_source {
    size_t T, B, I, O;
    rs_loss_kind loss;
    bool last;
    const void *from;     /* the rs_task, rs_text, rs_series or rs_data; not owned */
    size_t training;      /* first row or character that is held out */
    size_t held_out_B;    /* sequences in the held-out batch; 0: there is none */
    uint64_t seed;        /* of the held-out sequences of a task */
    uint64_t fingerprint; /* of sizes and content, so that a checkpoint knows its data again */
    void (*fill)(const rs_source *source, rs_random *random, rs_data *batch);
    void (*fill_held_out)(const rs_source *source, rs_data *batch);
};

/* Each fills in a source; what it is made from must outlive it. held_out: share of text or series
 * kept back, in [0, 1). Errors: RS_USAGE if T and B are 0, or the training or held-out part has
 * fewer than T + 1 characters or rows. */
rs_status rs_source_task(rs_source *source, const rs_task *task, size_t T, size_t B, uint64_t seed,
                         rs_error *err);
rs_status rs_source_text(rs_source *source, const rs_text *text, size_t T, size_t B,
                         double held_out, rs_error *err);
rs_status rs_source_series(rs_source *source, const rs_series *series, size_t T, size_t B,
                           double held_out, rs_error *err);
/* The same batch at every step; no held-out part. */
rs_status rs_source_data(rs_source *source, const rs_data *data, rs_error *err);

/* Memory for one batch (held_out: for the held-out one), to be filled by the two below, again and
 * again; rs_data_free. */
rs_status rs_source_batch(const rs_source *source, bool held_out, rs_data *batch, rs_error *err);

/* Fills the next training batch. */
void rs_source_next(const rs_source *source, rs_random *random, rs_data *batch);

/* Fills the held-out batch: always the same sequences. Only if held_out_B > 0. */
void rs_source_held_out(const rs_source *source, rs_data *batch);

#endif
