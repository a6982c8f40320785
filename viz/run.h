/* What a command runs on: a model (read from a file, or made) and one batch of data, fitted
 * together, as the MODEL and DATA options ask. */
#ifndef RUN_H
#define RUN_H

#include "rnnscope.h"

#include "data/source.h"
#include "files/model_file.h"
#include "network/init.h"
#include "viz/options.h"

typedef struct run_options {
    /* MODEL. A text is NULL, a size 0 and a number NAN where the option was not given. */
    const char *model, *cell, *init, *dtype;
    size_t hidden, layers, inputs, outputs;
    double gain, radius, forget_bias;
    /* DATA */
    size_t steps, batch;
    const char *task, *text, *csv, *columns, *predict, *input, *target, *h0, *c0;
    const char *loss, *loss_at, *reduction;
    /* everywhere */
    size_t threads; /* 0: one a processor */
    uint64_t seed;
    bool quiet, json;
} run_options;

/* Nothing given: seed 1, the rest absent. */
run_options run_defaults(void);

/* The groups for options_read: three tables over one run_options. */
option_group run_model_group(run_options *options);
option_group run_data_group(run_options *options);
option_group run_common_group(run_options *options); /* --threads --seed --quiet --json */

struct run {
    rs_model model;
    rs_model_file file; /* the names and dtype of the file; only if from_file */
    bool from_file;
    bool f32; /* --dtype f32: passes run in single precision */
    /* what the data is made from: the one that was asked for, the others NULL or empty */
    const char *from; /* "adding", "text", "series", "arrays" or "noise" */
    const rs_task *task;
    rs_text text;
    rs_series series;
    rs_data data; /* one batch [T][B][I]; its loss has kind RS_NO_LOSS where there is no target */
};

/* Opens the model and the data of the options. Without MODEL options: an LSTM with 16 units;
 * without DATA options: noise of the widths the model has. On failure nothing is left open, and err
 * has the line that names the file or option at fault. */
rs_status run_open(const run_options *options, struct run *run, rs_error *err);
void run_close(struct run *run);

/* Opens the data alone, for a command that makes several models for it: everything of run but the
 * model. inputs and outputs: the widths wanted of made-up data, 0 where any will do. */
rs_status run_open_data(const run_options *options, size_t inputs, size_t outputs, struct run *run,
                        rs_error *err);

/* Makes the model of the options for the data that is open: run_open is both. */
rs_status run_open_model(const run_options *options, struct run *run, rs_error *err);

/* Batches for training, from what the run was opened with, which must outlive the source. */
rs_status run_source(const run_options *options, const struct run *run, rs_source *source,
                     rs_error *err);

/* A new trace of the run's model and data: x, h0 and c0 are filled in, nothing is computed. */
rs_trace *run_trace(const struct run *run, rs_keep keep, rs_error *err);

/* Whether a file could be written here, asked before long work rather than after it; RS_WRITE. */
rs_status run_can_write(const char *path, rs_error *err);

/* The names of the tensors in the model's file, or NULL if it was made. */
const rs_model_file *run_names(const struct run *run);

/* "LSTM, 16 units, 1 layer, 1234 parameters; adding, 50 steps, batch 8", into text; returns it. */
enum { RUN_TEXT = 240 };
const char *run_describe(const struct run *run, char text[RUN_TEXT]);

#endif
