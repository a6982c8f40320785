/* rnnscope check: is the backward pass right, and if not, where and what is the mistake. */
#include "viz/progress.h"
#include "viz/run.h"

#include "gradcheck/check.h"
#include "gradcheck/harden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/commands/commands.h"

typedef struct check_options {
    const char *method;
    size_t worst;
    bool harden, no_locate;
} check_options;

/* Where the gradient is taken: the run's own point, or a harder one. */
typedef struct point {
    struct run run;
    rs_hard_point hard;
    bool is_hard;
    double *target; /* made up where the data has none */
    rs_trace *trace;
    const double *parameters;
    rs_loss loss;
} point;

static const char *method_name(size_t k)
{
    return k <= RS_TAYLOR ? rs_method_name((rs_method)k) : NULL;
}

static rs_method method_named(const char *name)
{
    rs_method method = RS_COMPLEX;
    while (name && strcmp(rs_method_name(method), name) != 0)
        method++;
    return method;
}

/* Data without a target still has a gradient to check: of the squared distance to random numbers.
 */
static rs_status make_up_target(point *at, uint64_t seed, rs_error *err)
{
    const size_t n = at->run.data.T * at->run.data.B * rs_net_width(&at->run.model.net);
    rs_random random = rs_random_seed(seed, 50);
    at->target = rs_alloc(n, sizeof *at->target, "the targets", err);
    if (!at->target)
        return RS_INTERNAL;
    for (size_t k = 0; k < n; k++)
        at->target[k] = rs_random_normal(&random);
    at->loss = (rs_loss){.kind = RS_MSE, .target = at->target};
    return RS_OK;
}

static rs_status harden(point *at, uint64_t seed, rs_error *err)
{
    rs_status status = rs_hard_point_make(&at->hard, &at->run.model.net, at->run.data.T,
                                          at->run.data.B, &at->run.data.loss, seed, err);
    at->is_hard = true;
    at->trace = at->hard.trace;
    at->parameters = at->hard.model.parameters;
    at->loss = at->hard.loss;
    return status;
}

static rs_status open_point(const check_options *mine, const run_options *o, point *at,
                            rs_error *err)
{
    rs_status status = RS_OK;
    if (mine->harden)
        return harden(at, o->seed, err);
    at->trace = run_trace(&at->run, RS_KEEP_ALL, err);
    at->parameters = at->run.model.parameters;
    at->loss = at->run.data.loss;
    if (!at->trace)
        return err->status ? err->status : RS_INTERNAL;
    if (at->loss.kind == RS_NO_LOSS)
        status = make_up_target(at, o->seed, err);
    return status;
}

static void close_point(point *at)
{
    if (at->is_hard)
        rs_hard_point_free(&at->hard);
    else
        rs_trace_free(at->trace);
    free(at->target);
    run_close(&at->run);
}

/* Before it begins: what it will take. */
static void say_cost(const run_options *o, const point *at, rs_method method)
{
    const rs_trace *trace = at->trace;
    const size_t threads = o->threads ? o->threads : rs_processors();
    const double bytes = (double)rs_check_bytes(trace->net, trace->T, trace->B, method, threads);
    char text[RUN_TEXT], memory[16];
    if (o->quiet)
        return;
    (void)fprintf(
        stderr, "check: %s; about %zu forward passes, %s of memory\n", run_describe(&at->run, text),
        rs_check_cost(trace->net, trace->T, trace->B, method), rs_bytes_text(bytes, memory));
    if (at->is_hard)
        (void)fprintf(stderr,
                      "check: moved to a harder point: %zu steps, batch %zu, %zu units, random "
                      "weights and states\n",
                      trace->T, trace->B, trace->net->hidden);
    else if (at->target)
        (void)fprintf(stderr, "check: there is no target; the loss is the mean squared distance "
                              "to random numbers\n");
}

static void on_progress(void *context, double share) { progress_show(context, share, "entries"); }

/* Parameters under the names they have in the model's file. */
static void use_file_names(const struct run *run, rs_check_report *report)
{
    const rs_model_file *names = run_names(run);
    for (size_t k = 0; names && k < run->model.net.blocks_n && k < report->blocks_n; k++)
        if (names->names && names->names[k])
            (void)snprintf(report->blocks[k].name, sizeof report->blocks[k].name, "%s",
                           names->names[k]);
}

static rs_status print_report(const rs_check_report *report, bool json, rs_error *err)
{
    char *text = json ? rs_check_report_json(report, err) : rs_check_report_text(report, err);
    if (!text)
        return RS_INTERNAL;
    printf("%s%s", text, json ? "\n" : "");
    free(text);
    return RS_OK;
}

/* *verdict is set if the status is RS_OK. */
static rs_status check(const check_options *mine, const run_options *o, rs_verdict *verdict,
                       rs_error *err)
{
    point at = {0};
    rs_check_report report = {0};
    progress bar = progress_begin(o->quiet);
    rs_status status = run_open(o, &at.run, err);
    if (status)
        return status;
    const rs_check_options options = {.method = method_named(mine->method),
                                      .single = at.run.f32,
                                      .no_locate = mine->no_locate,
                                      .worst = mine->worst,
                                      .threads = o->threads,
                                      .seed = o->seed,
                                      .progress = on_progress,
                                      .progress_context = &bar};
    status = open_point(mine, o, &at, err);
    if (!status) {
        say_cost(o, &at, options.method);
        status = rs_check(at.trace, at.parameters, &at.loss, &options, &report, err);
    }
    progress_end(&bar);
    use_file_names(&at.run, &report);
    if (!status)
        status = print_report(&report, o->json, err);
    *verdict = report.verdict;
    rs_check_report_free(&report);
    close_point(&at);
    return status;
}

int command_check(int argc, char **argv)
{
    static const option rows[] = {
        {.name = "--method",
         .value = "NAME",
         .kind = OPTION_CHOICE,
         .choice = method_name,
         .offset = offsetof(check_options, method),
         .help = "complex step along one direction a block or on all entries, differences, Taylor",
         .otherwise = "complex"},
        {.name = "--worst",
         .value = "K",
         .kind = OPTION_SIZE,
         .low = 1,
         .high = 100000,
         .offset = offsetof(check_options, worst),
         .help = "list the K worst entries of a block (3)"},
        {.name = "--harden",
         .kind = OPTION_FLAG,
         .offset = offsetof(check_options, harden),
         .help = "move to a point where no classic bug can hide"},
        {.name = "--no-locate",
         .kind = OPTION_FLAG,
         .offset = offsetof(check_options, no_locate),
         .help = "only say whether, not where and what"},
    };
    static const usage use = {
        .command = "check",
        .summary = "checks the gradient against exact derivatives; says where it is wrong, and why",
        .pattern = "[MODEL] [DATA] [--method NAME] [--worst K] [--harden] [--no-locate]",
        .example = "  rnnscope check --cell lstm --hidden 32 --steps 50\n"
                   "  rnnscope check --model state_dict.safetensors --method entries --json\n"};
    run_options options = run_defaults();
    check_options mine = {.worst = 3};
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine},
                                   run_model_group(&options),
                                   run_data_group(&options),
                                   run_common_group(&options)};
    rs_error err = {0};
    rs_verdict verdict = RS_AGREES;
    int code = 0;
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    return check(&mine, &options, &verdict, &err) ? options_complain(&err) : (int)verdict;
}
