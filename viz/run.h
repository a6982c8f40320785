/* What a command runs on: a model (read from a file, or made) and one batch of data, fitted
 * together, as the MODEL and DATA options ask. */
#ifndef RUN_H
#define RUN_H

#include "rnnscope.h"

#include "data/data.h"
#include "files/model_file.h"
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

typedef struct run {
    rs_model model;
    rs_model_file file; /* the names and dtype of the file; only if from_file */
    bool from_file;
    bool f32;     /* --dtype f32 */
    rs_data data; /* one batch [T][B][I]; its loss has kind RS_NO_LOSS where there is no target */
} run;

/* Opens the model and the data of the options. Without MODEL options: an LSTM with 16 units;
 * without DATA options: a task. On failure nothing is left open, and err has the line that names
 * the file or option at fault. */
rs_status run_open(const run_options *options, run *run, rs_error *err);
void run_close(run *run);

/* A new trace of the run's model and data: x, h0 and c0 are filled in, nothing is computed. */
rs_trace *run_trace(const run *run, rs_keep keep, rs_error *err);

#endif
