/* rnnscope bench: times forward and whole backward passes, every weight gradient and dx included.
 *
 * Without a size it runs the table that the project measures itself by. One thread by default; with
 * more, the batch is cut into as many parts. GFLOP/s counts matrix products alone: 2·G·H·(I + H) a
 * step, sequence and layer forward, and twice that backward. */
#include "viz/run.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "viz/commands/commands.h"

enum { BENCH_MOST_PARTS = 64, BENCH_MOST_RUNS = 2000, BENCH_LEAST_RUNS = 5 };

/* A model and the sizes of its data. */
typedef struct bench {
    const rs_model *model;
    size_t T, B, parts;
    rs_loss loss[BENCH_MOST_PARTS];
} bench;

typedef struct bench_times {
    double median, least; /* milliseconds */
} bench_times;

/* Part k of the parts that the B sequences are cut into begins at this sequence. */
static size_t bench_first(const bench *job, size_t k) { return job->B * k / job->parts; }

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Repeats for about a third of a second, after one run that warms the caches up. */
static void time_passes(void (*pass)(void *context, size_t parts), void *context, size_t parts,
                        bench_times *times)
{
    const double most_seconds = 0.35;
    double seconds[BENCH_MOST_RUNS];
    size_t n = 0;
    pass(context, parts);
    const double start = now();
    while (n < BENCH_LEAST_RUNS || (n < BENCH_MOST_RUNS && now() - start < most_seconds)) {
        const double before = now();
        pass(context, parts);
        seconds[n++] = now() - before;
    }
    qsort(seconds, n, sizeof *seconds, ascending);
    times->median = 1e3 * seconds[n / 2];
    times->least = 1e3 * seconds[0];
}

#include "base/as_float.h"
#include "viz/commands/bench_pass.h"
#include "base/as_double.h"
#include "viz/commands/bench_pass.h"
#include "base/no_type.h"

static double products_flops(const rs_net *net, size_t T, size_t B)
{
    double a_step = 2.0 * (double)net->outputs * (double)net->hidden;
    for (size_t l = 0; l < net->layers; l++)
        a_step += 2.0 * (double)(net->cell->gates_n * net->hidden) *
                  (double)(rs_net_layer_inputs(net, l) + net->hidden);
    return 3 * a_step * (double)T * (double)B;
}

/* Squares of y itself are the loss: any loss would do. zeros [T][B][width of y] */
static rs_status bench_model(const rs_model *model, size_t T, size_t B, size_t threads, bool single,
                             bench_times *times, rs_error *err)
{
    size_t n = 0;
    const bool countable = rs_multiply(T, B, &n) && rs_multiply(n, rs_net_width(&model->net), &n);
    double *zeros = rs_alloc(countable ? n : SIZE_MAX, sizeof *zeros, "the target", err);
    if (!zeros)
        return RS_INTERNAL;
    bench job = {.model = model, .T = T, .B = B, .parts = threads < B ? threads : B};
    if (job.parts > BENCH_MOST_PARTS)
        job.parts = BENCH_MOST_PARTS;
    for (size_t k = 0; k < job.parts; k++)
        job.loss[k] = (rs_loss){.kind = RS_MSE, .target = zeros};
    rs_status status = single ? run_bench_f(&job, times, err) : run_bench(&job, times, err);
    free(zeros);
    return status;
}

static void print_row(const char *size, const rs_net *net, size_t T, size_t B, bool single,
                      const bench_times *times)
{
    printf("%-2s %-17s %s %6zu %5zu %5zu %4zu %10.3f %10.3f %8.2f\n", size, net->cell->name,
           single ? "f32" : "f64", T, net->inputs, net->hidden, B, times->median, times->least,
           1e-6 * products_flops(net, T, B) / times->median);
    (void)fflush(stdout);
}

static void print_json(const rs_net *net, size_t T, size_t B, size_t threads, bool single,
                       const bench_times *times)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "cell", net->cell->name);
    cJSON_AddStringToObject(object, "dtype", single ? "f32" : "f64");
    cJSON_AddNumberToObject(object, "steps", (double)T);
    cJSON_AddNumberToObject(object, "inputs", (double)net->inputs);
    cJSON_AddNumberToObject(object, "hidden", (double)net->hidden);
    cJSON_AddNumberToObject(object, "batch", (double)B);
    cJSON_AddNumberToObject(object, "threads", (double)(threads < B ? threads : B));
    cJSON_AddNumberToObject(object, "ms_median", times->median);
    cJSON_AddNumberToObject(object, "ms_min", times->least);
    cJSON_AddNumberToObject(object, "gflops", 1e-6 * products_flops(net, T, B) / times->median);
    char *text = cJSON_PrintUnformatted(object);
    printf("%s\n", text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(object);
}

static void print_heading(const run_options *o)
{
    const size_t threads = o->threads ? o->threads : 1;
    printf(
        "forward and whole backward, %zu thread%s\n%-2s %-17s %s %6s %5s %5s %4s %10s %10s %8s\n",
        threads, threads == 1 ? "" : "s", "", "cell", "   ", "T", "I", "H", "B", "ms median",
        "ms least", "GFLOP/s");
}

static void say(const run_options *o, const char *size, const rs_net *net, size_t T, size_t B,
                bool single, const bench_times *times)
{
    if (o->json)
        print_json(net, T, B, o->threads ? o->threads : 1, single, times);
    else
        print_row(size, net, T, B, single, times);
}

/* The sizes the project measures itself by. */
typedef struct bench_size {
    const char *name;
    size_t T, I, H, B;
} bench_size;
static const bench_size sizes[] = {{"A", 50, 16, 32, 1},
                                   {"B", 100, 32, 64, 1},
                                   {"C", 100, 64, 128, 1},
                                   {"D", 100, 64, 256, 32},
                                   {"E", 1000, 16, 64, 1}};

/* A new model without a readout: what other libraries time. */
static rs_status bench_size_of(const bench_size *size, const rs_cell *cell, size_t layers,
                               const run_options *o, bool single, rs_error *err)
{
    const size_t threads = o->threads ? o->threads : 1;
    const rs_net net = {.cell = cell,
                        .inputs = size->I,
                        .hidden = size->H,
                        .layers = layers,
                        .outputs = o->outputs,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    rs_model model = {0};
    bench_times times = {0};
    rs_status status = rs_model_make(&model, &net, err);
    if (!status)
        status = rs_model_init(&model, NULL, o->seed, err);
    if (!status)
        status = bench_model(&model, size->T, size->B, threads, single, &times, err);
    if (!status)
        say(o, size->name, &model.net, size->T, size->B, single, &times);
    rs_model_free(&model);
    return status;
}

/* Every size, cell and number type, or those of the cell and the number type that were given. */
static rs_status bench_table(const run_options *o, rs_error *err)
{
    static const rs_cell *const cells[] = {&rs_cell_lstm, &rs_cell_gru, &rs_cell_rnn};
    const rs_cell *given = o->cell ? rs_cell_named(o->cell) : NULL;
    const size_t cells_n = given ? 1 : COUNT(cells);
    rs_status status = RS_OK;
    print_heading(o);
    for (size_t c = 0; c < cells_n && !status; c++)
        for (int single = 0; single < 2 && !status; single++)
            for (size_t k = 0; k < COUNT(sizes) && !status; k++)
                if (!o->dtype || (strcmp(o->dtype, "f32") == 0) == single)
                    status = bench_size_of(&sizes[k], given ? given : cells[c], 1, o, single, err);
    return status;
}

/* The sizes that were given; for the others those of size B. */
static rs_status bench_given(const run_options *o, rs_error *err)
{
    const bench_size size = {"", o->steps ? o->steps : 100, o->inputs ? o->inputs : 32,
                             o->hidden ? o->hidden : 64, o->batch ? o->batch : 1};
    if (!o->json)
        print_heading(o);
    return bench_size_of(&size, rs_cell_named(o->cell ? o->cell : "lstm"),
                         o->layers ? o->layers : 1, o, o->dtype && strcmp(o->dtype, "f32") == 0,
                         err);
}

/* A model of the user's, or data that says the sizes. */
static rs_status bench_opened(const run_options *o, rs_error *err)
{
    const size_t threads = o->threads ? o->threads : 1;
    struct run run;
    bench_times times = {0};
    rs_status status = run_open(o, &run, err);
    if (status)
        return status;
    status = bench_model(&run.model, run.data.T, run.data.B, threads, run.f32, &times, err);
    if (!status && !o->json)
        print_heading(o);
    if (!status)
        say(o, "", &run.model.net, run.data.T, run.data.B, run.f32, &times);
    run_close(&run);
    return status;
}

static rs_status bench_any(const run_options *o, rs_error *err)
{
    if (o->model || o->task || o->text || o->csv || o->input)
        return bench_opened(o, err);
    const bool sized = o->hidden || o->layers || o->inputs || o->outputs || o->steps || o->batch;
    return sized || o->json ? bench_given(o, err) : bench_table(o, err);
}

int command_bench(int argc, char **argv)
{
    static const usage use = {.command = "bench",
                              .summary = "times forward and whole backward passes",
                              .pattern = "[MODEL] [DATA] [--threads N] [--json]",
                              .example =
                                  "  rnnscope bench\n  rnnscope bench --cell gru --hidden 512 "
                                  "--steps 200 --batch 16 --dtype f32 --json\n"};
    run_options options = run_defaults();
    const option_group groups[] = {run_model_group(&options), run_data_group(&options),
                                   run_common_group(&options)};
    rs_error err = {0};
    int code = 0;
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    return bench_any(&options, &err) ? options_complain(&err) : RS_OK;
}
