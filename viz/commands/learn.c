/* rnnscope learn: trains RNN, LSTM and GRU for a few seconds each on a text and shows how far back
 * from the loss the gradient reaches. */
#include "viz/picture.h"
#include "viz/progress.h"
#include "viz/run.h"

#include "flow/norms.h"
#include "train/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/commands/commands.h"

enum { UPDATES = 200, HIDDEN = 48, STEPS = 50, BATCH = 16, BACK = 60, WINDOWS = 16 };

static void show(void *context, const rs_progress *state)
{
    char text[60];
    (void)snprintf(text, sizeof text, "loss %.3f", state->row->loss);
    progress_show(context, (double)state->row->update / (double)state->updates, text);
}

static rs_status train_briefly(const run_options *o, struct run *run, double *held_out,
                               rs_error *err)
{
    progress bar = progress_begin(o->quiet);
    const rs_train_options options = {.rate = 0.01,
                                      .clip_norm = 1,
                                      .updates = UPDATES,
                                      .held_out_every = UPDATES,
                                      .seed = o->seed,
                                      .threads = o->threads,
                                      .progress = show,
                                      .context = &bar};
    rs_source source;
    rs_status status = run_source(o, run, &source, err);
    if (status)
        return status;
    rs_trainer *trainer = rs_trainer_new(&run->model, &source, &options, err);
    if (!trainer)
        return err->status;
    status = rs_train(trainer, err);
    progress_end(&bar);
    if (!status)
        *held_out = rs_trainer_held_out(trainer);
    rs_trainer_free(trainer);
    return status;
}

/* norm [BACK]: |dL/dh_k| with the loss on the last step alone, entry 0 at that step, then back. */
static rs_status norms_back(const struct run *run, double *norm, rs_decay *decay, rs_error *err)
{
    rs_data data = {0};
    double in_time[BACK];
    rs_status status = rs_text_make(&run->text, BACK, WINDOWS, &data, err);
    if (status)
        return status;
    data.loss.last = true;
    data.loss.label = data.label + (size_t)(BACK - 1) * WINDOWS;
    rs_trace *trace = rs_trace_new(&run->model.net, BACK, WINDOWS, RS_KEEP_LEAN, err);
    status = trace ? rs_data_start(&data, trace, err) : RS_INTERNAL;
    if (!status) {
        rs_forward(trace, run->model.parameters, NULL);
        rs_loss_forward(trace, &data.loss);
        rs_backward(trace, run->model.parameters, NULL, 0);
        status = rs_flow_norms(trace, 0, RS_H, in_time, err);
    }
    if (!status)
        *decay = rs_flow_decay(in_time, BACK);
    for (size_t k = 0; k < BACK && !status; k++)
        norm[k] = in_time[BACK - 1 - k];
    rs_trace_free(trace);
    rs_data_free(&data);
    return status;
}

static rs_status look_at(const run_options *common, const char *cell, rs_error *err)
{
    run_options o = *common;
    struct run run;
    double norm[BACK] = {0}, held_out = NAN;
    rs_decay decay = {0};
    o.cell = cell;
    rs_status status = run_open(&o, &run, err);
    if (status)
        return status;
    status = train_briefly(&o, &run, &held_out, err);
    if (!status)
        status = norms_back(&run, norm, &decay, err);
    if (!status) {
        printf("%s: %.2f nats a character after %d updates; |dL/dh| over the steps back from the "
               "loss, half-life %.1f steps\n",
               run.model.net.cell->title, held_out, UPDATES, decay.half_life);
        picture_log(stdout, norm, BACK, 1, 12, 12);
        printf("\n");
        (void)fflush(stdout);
    }
    run_close(&run);
    return status;
}

int command_learn(int argc, char **argv)
{
    static const char *const cells[] = {"rnn", "lstm", "gru"};
    static const usage use = {
        .command = "learn",
        .summary = "trains RNN, LSTM and GRU briefly and shows how far back their gradient reaches",
        .pattern = "[--text FILE]",
        .example = "  rnnscope learn\n  rnnscope learn --text book.txt\n"};
    static const option rows[] = {{.name = "--text",
                                   .value = "FILE",
                                   .kind = OPTION_TEXT,
                                   .offset = offsetof(run_options, text),
                                   .help = "the text to learn",
                                   .otherwise = "README.md"}};
    run_options options = run_defaults();
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &options},
                                   run_common_group(&options)};
    rs_error err = {0};
    rs_status status = RS_OK;
    int code = 0;
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    options.text = options.text ? options.text : "README.md";
    options.hidden = HIDDEN;
    options.steps = STEPS;
    options.batch = BATCH;
    if (!options.quiet)
        printf("Three networks of %d units learn %s, a few seconds each.\n\n", HIDDEN,
               options.text);
    for (size_t k = 0; k < COUNT(cells) && !status; k++)
        status = look_at(&options, cells[k], &err);
    return status ? options_complain(&err) : RS_OK;
}
