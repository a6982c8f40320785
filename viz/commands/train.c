/* rnnscope train: trains, and writes the model. The work is the library's (train/train.h); here are
 * the options, the progress bar, Ctrl-C and the closing words. */
#include "viz/progress.h"
#include "viz/run.h"

#include "train/shards.h"
#include "train/train.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "viz/commands/commands.h"

typedef struct train_options {
    const char *path, *optimizer, *log, *resume;
    size_t updates, truncate;
    double rate, clip_norm, clip_value;
} train_options;

/* What the bar shows, and what is said in the end. */
typedef struct watch {
    progress bar;
    rs_train_row row;
} watch;

static volatile sig_atomic_t stop;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

/* The first Ctrl-C ends training after the update at hand; a second one ends the program. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static void show(void *context, const rs_progress *state)
{
    watch *shown = context;
    char text[120], left[32];
    const double share = (double)state->row->update / (double)state->updates;
    shown->row = *state->row;
    if (!shown->bar.shown)
        return;
    (void)snprintf(text, sizeof text, "loss %.4g  |gradient| %.2e  %.0f steps/s  %s left",
                   state->row->loss, state->row->norm, state->updates_per_second,
                   progress_time(state->seconds_left, left));
    progress_show(&shown->bar, share, text);
}

static rs_train_options trainer_options(const train_options *mine, const run_options *o,
                                        const struct run *run, watch *shown)
{
    return (rs_train_options){.rule = mine->optimizer ? rs_optimizer_named(mine->optimizer) : NULL,
                              .rate = isnan(mine->rate) ? 0 : mine->rate,
                              .clip_norm = isnan(mine->clip_norm) ? 0 : mine->clip_norm,
                              .clip_value = isnan(mine->clip_value) ? 0 : mine->clip_value,
                              .truncate = mine->truncate,
                              .updates = mine->updates,
                              .seed = o->seed,
                              .threads = o->threads,
                              .single = run->f32,
                              .path = mine->path,
                              .checkpoint_every =
                                  mine->updates / 10 > 100 ? mine->updates / 10 : 100,
                              .log = mine->log,
                              .names = run_names(run),
                              .stop = &stop,
                              .progress = show,
                              .context = shown};
}

static void say_cost(const train_options *mine, const run_options *o, const struct run *run)
{
    char text[RUN_TEXT], bytes[16];
    const size_t trace =
        rs_trace_bytes(&run->model.net, run->data.T, run->data.B, RS_KEEP_LEAN, sizeof(double));
    const double shards = ceil((double)run->data.B / RS_SHARD);
    const double vectors = (6 + shards) * 8 * (double)run->model.net.parameters_n;
    if (!o->quiet)
        (void)fprintf(stderr, "train: %s; %zu updates, about %s of memory\n",
                      run_describe(run, text), mine->updates,
                      rs_bytes_text(2 * (double)trace + vectors, bytes));
}

static void say_json(const train_options *mine, rs_trainer *trainer, const watch *shown)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "file", mine->path);
    cJSON_AddNumberToObject(object, "updates", (double)rs_trainer_updates(trainer));
    cJSON_AddNumberToObject(object, "loss", shown->row.update ? shown->row.loss : NAN);
    cJSON_AddNumberToObject(object, "held_out", rs_trainer_held_out(trainer));
    char *text = cJSON_PrintUnformatted(object);
    printf("%s\n", text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(object);
}

static void say_done(const train_options *mine, const run_options *o, const struct run *run,
                     rs_trainer *trainer, const watch *shown)
{
    if (o->json) {
        say_json(mine, trainer, shown);
        return;
    }
    const double held_out = rs_trainer_held_out(trainer);
    printf("%llu updates", (unsigned long long)rs_trainer_updates(trainer));
    if (shown->row.update)
        printf(", loss %.6g", shown->row.loss);
    if (!isnan(held_out))
        printf(", held out %.6g", held_out);
    if (run->task)
        printf(" (without looking at the input: %.6g)", run->task->ignorant(run->data.T));
    printf(", written to %s\n", mine->path);
}

/* A stop is no mistake, but has a code of its own: what to type to go on. */
static rs_status say_interrupted(const train_options *mine, const rs_trainer *trainer,
                                 rs_error *err)
{
    return rs_fail(err, RS_INTERRUPTED,
                   "%.200s: interrupted after update %llu of %zu, which is saved; the same command "
                   "with --resume %.200s goes on",
                   mine->path, (unsigned long long)rs_trainer_updates(trainer), mine->updates,
                   mine->path);
}

static rs_status train_run(const train_options *mine, const run_options *o, struct run *run,
                           rs_error *err)
{
    rs_source source;
    watch shown = {.bar = progress_begin(o->quiet)};
    rs_status status = run_source(o, run, &source, err);
    if (status)
        return status;
    const rs_train_options options = trainer_options(mine, o, run, &shown);
    say_cost(mine, o, run);
    rs_trainer *trainer = rs_trainer_new(&run->model, &source, &options, err);
    if (!trainer)
        return err->status;
    if (mine->resume)
        status = rs_trainer_load(trainer, mine->resume, err);
    if (!status) {
        catch_signals();
        status = rs_train(trainer, err);
    }
    progress_end(&shown.bar);
    if (status == RS_INTERRUPTED)
        (void)say_interrupted(mine, trainer, err);
    else if (!status)
        say_done(mine, o, run, trainer, &shown);
    rs_trainer_free(trainer);
    return status;
}

/* What was not said: a task worth learning, and a checkpoint goes on where it lies. */
static rs_status fill_in(train_options *mine, run_options *o, rs_error *err)
{
    const bool data = o->task || o->text || o->csv || o->input;
    if (mine->resume && !o->model)
        o->model = mine->resume;
    if (!mine->path)
        mine->path = mine->resume;
    if (!mine->path)
        return rs_fail(err, RS_USAGE,
                       "train: expected -o FILE.safetensors; see rnnscope train --help");
    if (!data)
        o->task = "adding";
    if (!o->input && !o->steps)
        o->steps = 50;
    if (!o->input && !o->batch)
        o->batch = 16;
    return RS_OK;
}

static rs_status train(train_options *mine, run_options *o, rs_error *err)
{
    struct run run;
    rs_status status = fill_in(mine, o, err);
    if (!status)
        status = run_can_write(mine->path, err);
    if (!status)
        status = run_open(o, &run, err);
    if (status)
        return status;
    status = train_run(mine, o, &run, err);
    run_close(&run);
    return status;
}

static const char *optimizer_name(size_t k) { return rs_optimizer_rules[k].name; }

#define FIELD(field) .offset = offsetof(train_options, field)
static const option rows[] = {
    {.name = "-o",
     .value = "FILE",
     .kind = OPTION_TEXT,
     FIELD(path),
     .help = "the model, and what --resume needs"},
    {.name = "--updates",
     .value = "N",
     .kind = OPTION_SIZE,
     FIELD(updates),
     .low = 1,
     .high = 1e12,
     .help = "number of the last update",
     .otherwise = "1000"},
    {.name = "--optimizer",
     .value = "NAME",
     .kind = OPTION_CHOICE,
     FIELD(optimizer),
     .choice = optimizer_name,
     .help = "the rule",
     .otherwise = "adam"},
    {.name = "--lr",
     .value = "RATE",
     .kind = OPTION_NUMBER,
     FIELD(rate),
     .low = 1e-12,
     .high = 1e6,
     .help = "learning rate",
     .otherwise = "the optimizer's"},
    {.name = "--clip-norm",
     .value = "C",
     .kind = OPTION_NUMBER,
     FIELD(clip_norm),
     .low = 1e-300,
     .high = 1e300,
     .help = "longest gradient"},
    {.name = "--clip-value",
     .value = "C",
     .kind = OPTION_NUMBER,
     FIELD(clip_value),
     .low = 1e-300,
     .high = 1e300,
     .help = "largest entry of the gradient"},
    {.name = "--truncate",
     .value = "K",
     .kind = OPTION_SIZE,
     FIELD(truncate),
     .low = 1,
     .high = 1e7,
     .help = "cuts the gradient every K steps"},
    {.name = "--log",
     .value = "FILE.csv",
     .kind = OPTION_TEXT,
     FIELD(log),
     .help = "a row an update: loss, gradient norm before and after clipping"},
    {.name = "--resume",
     .value = "FILE",
     .kind = OPTION_TEXT,
     FIELD(resume),
     .help = "goes on from a model that train wrote, with the same data"},
};

int command_train(int argc, char **argv)
{
    static const usage use = {
        .command = "train",
        .summary = "trains, and writes the model",
        .pattern = "[MODEL] [DATA] -o FILE",
        .example =
            "  rnnscope train --cell lstm --task adding --steps 50 --clip-norm 1 -o "
            "adding.safetensors\n"
            "  rnnscope train --resume adding.safetensors --task adding --steps 50 --clip-norm "
            "1 --updates 2000\n"};
    run_options options = run_defaults();
    train_options mine = {.updates = 1000, .rate = NAN, .clip_norm = NAN, .clip_value = NAN};
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine},
                                   run_model_group(&options),
                                   run_data_group(&options),
                                   run_common_group(&options)};
    rs_error err = {0};
    int code = 0;
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    return train(&mine, &options, &err) ? options_complain(&err) : RS_OK;
}
