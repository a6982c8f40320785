/* rnnscope trace: one forward and backward pass, into a file. */
#include "viz/progress.h"
#include "viz/run.h"

#include "files/trace_file.h"
#include "flow/credit.h"
#include "flow/jacobian.h"
#include "flow/norms.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/commands/commands.h"

typedef struct trace_options {
    const char *path;
    bool jacobian, credit;
} trace_options;

/* All that goes into the file. */
typedef struct record {
    rs_trace *trace;
    double *gradient; /* [net.parameters_n], NULL where there is no target */
    rs_extra *extra;  /* [extra_n], room for two a layer */
    double **numbers; /* [extra_n] what they hold; owned */
    char (*names)[32];
    size_t extra_n;
} record;

/* In single precision, then widened: what the file shows is what float did. */
static rs_status pass_single(const struct run *run, record *out, rs_error *err)
{
    const rs_net *net = &run->model.net;
    const size_t n = net->parameters_n;
    rs_trace_f *trace = rs_trace_new_f(net, run->data.T, run->data.B, RS_KEEP_ALL, err);
    float *parameters = rs_alloc(n, sizeof *parameters, "the parameters", err);
    float *gradient = rs_alloc(n, sizeof *gradient, "the gradient", err);
    rs_status status =
        trace && parameters && gradient ? rs_data_start_f(&run->data, trace, err) : RS_INTERNAL;
    if (!status) {
        for (size_t k = 0; k < n; k++)
            parameters[k] = (float)run->model.parameters[k];
        rs_forward_f(trace, parameters, NULL);
        rs_loss_forward_f(trace, &run->data.loss);
        if (out->gradient)
            rs_backward_f(trace, parameters, gradient, 0);
        for (size_t k = 0; k < n && out->gradient; k++)
            out->gradient[k] = (double)gradient[k];
        rs_trace_widen(out->trace, trace);
    }
    free(gradient);
    free(parameters);
    rs_trace_free_f(trace);
    return status;
}

static rs_status pass(const struct run *run, record *out, rs_error *err)
{
    if (run->f32)
        return pass_single(run, out, err);
    rs_forward(out->trace, run->model.parameters, NULL);
    rs_loss_forward(out->trace, &run->data.loss);
    if (out->gradient)
        rs_backward(out->trace, run->model.parameters, out->gradient, 0);
    return RS_OK;
}

/* Room for one more tensor [T] or [T][T] of this layer; its numbers, or NULL. */
static double *add_extra(record *out, const char *name, size_t layer, size_t dims_n, rs_error *err)
{
    const size_t T = out->trace->T, columns = dims_n == 2 ? T : 1;
    size_t n = 0;
    double *numbers =
        rs_alloc(rs_multiply(T, columns, &n) ? n : SIZE_MAX, sizeof *numbers, name, err);
    if (!numbers)
        return NULL;
    char *full = out->names[out->extra_n];
    out->numbers[out->extra_n] = numbers;
    (void)snprintf(full, sizeof out->names[0], "%s.l%zu", name, layer);
    out->extra[out->extra_n++] = (rs_extra){
        .name = full, .dtype = RS_F64, .dims_n = dims_n, .dims = {T, T}, .data = numbers};
    return numbers;
}

static rs_status add_layer(const trace_options *mine, const run_options *o, const struct run *run,
                           size_t layer, record *out, rs_error *err)
{
    const double *parameters = run->model.parameters;
    rs_status status = RS_OK;
    if (mine->jacobian) {
        double *norm = add_extra(out, "jacobian", layer, 1, err);
        status = norm ? rs_flow_trace_jacobian(out->trace, parameters, layer, o->threads, norm, err)
                      : RS_INTERNAL;
    }
    if (mine->credit && !status) {
        double *credit = add_extra(out, "credit", layer, 2, err);
        status = credit ? rs_flow_credit(out->trace, parameters, &run->data.loss, layer, o->threads,
                                         NULL, credit, err)
                        : RS_INTERNAL;
    }
    return status;
}

static rs_status make_record(const trace_options *mine, const run_options *o, const struct run *run,
                             record *out, rs_error *err)
{
    const rs_net *net = &run->model.net;
    const bool backward = run->data.loss.kind != RS_NO_LOSS;
    out->trace = run_trace(run, RS_KEEP_ALL, err);
    out->extra = rs_alloc(2 * net->layers, sizeof *out->extra, "the trace", err);
    out->numbers = rs_alloc(2 * net->layers, sizeof *out->numbers, "the trace", err);
    out->names = rs_alloc(2 * net->layers, sizeof *out->names, "the trace", err);
    if (backward)
        out->gradient = rs_alloc(net->parameters_n, sizeof(double), "the gradient", err);
    if (!out->trace || !out->extra || !out->numbers || !out->names || (backward && !out->gradient))
        return err->status;
    rs_status status = pass(run, out, err);
    progress bar = progress_begin(o->quiet);
    for (size_t l = 0; l < net->layers && !status && (mine->jacobian || mine->credit); l++) {
        progress_show(&bar, (double)l / (double)net->layers, "Jacobians and credit");
        status = add_layer(mine, o, run, l, out, err);
    }
    progress_end(&bar);
    return status;
}

static void free_record(record *out)
{
    for (size_t k = 0; k < out->extra_n; k++)
        free(out->numbers[k]);
    free(out->extra);
    free(out->numbers);
    free(out->names);
    free(out->gradient);
    rs_trace_free(out->trace);
}

/* Before anything large is taken: what it will need. */
static void say_cost(const trace_options *mine, const run_options *o, const struct run *run)
{
    const rs_net *net = &run->model.net;
    char text[RUN_TEXT], bytes[16];
    double flops = 0, memory = (double)rs_trace_bytes(net, run->data.T, run->data.B, RS_KEEP_ALL,
                                                      sizeof(double));
    for (size_t l = 0; l < net->layers && mine->credit; l++) {
        const rs_flow_cost cost = rs_flow_credit_cost(net, run->data.T, run->data.B, l, o->threads);
        flops += cost.flops;
        memory += cost.bytes;
    }
    if (o->quiet)
        return;
    (void)fprintf(stderr, "trace: %s; %s of memory", run_describe(run, text),
                  rs_bytes_text(memory, bytes));
    if (mine->credit)
        (void)fprintf(stderr, ", credit takes %.3g GFLOP", 1e-9 * flops);
    (void)fprintf(stderr, "\n");
}

static void say_done(const trace_options *mine, const run_options *o, const struct run *run,
                     const record *out)
{
    const double norm = out->gradient ? rs_norm(out->gradient, run->model.net.parameters_n) : NAN;
    if (o->json) {
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "file", mine->path);
        cJSON_AddStringToObject(object, "cell", run->model.net.cell->name);
        cJSON_AddNumberToObject(object, "steps", (double)run->data.T);
        cJSON_AddNumberToObject(object, "batch", (double)run->data.B);
        cJSON_AddNumberToObject(object, "parameters", (double)run->model.net.parameters_n);
        cJSON_AddNumberToObject(object, "loss", out->gradient ? out->trace->loss : NAN);
        cJSON_AddNumberToObject(object, "gradient_norm", norm);
        char *text = cJSON_PrintUnformatted(object);
        printf("%s\n", text ? text : "{}");
        cJSON_free(text);
        cJSON_Delete(object);
    } else if (out->gradient)
        printf("loss %.6g, gradient norm %.6g, written to %s\n", out->trace->loss, norm,
               mine->path);
    else
        printf("forward only, for there is no target; written to %s\n", mine->path);
}

/* Asked before the work, though the writer asks too. */
static bool known_ending(const char *path)
{
    static const char *const endings[] = {".safetensors", ".csv", ".json"};
    const size_t length = strlen(path);
    for (size_t k = 0; k < COUNT(endings); k++) {
        const size_t n = strlen(endings[k]);
        if (length > n && strcmp(path + length - n, endings[k]) == 0)
            return true;
    }
    return false;
}

static rs_status trace(const trace_options *mine, const run_options *o, rs_error *err)
{
    struct run run;
    record out = {0};
    if (!mine->path || !known_ending(mine->path))
        return rs_fail(
            err, RS_USAGE,
            "trace: %.200s: expected -o FILE, ending in .safetensors, .csv or .json; see "
            "rnnscope trace --help",
            mine->path ? mine->path : "nowhere to write");
    rs_status status = run_can_write(mine->path, err);
    if (!status)
        status = run_open(o, &run, err);
    if (status)
        return status;
    if (mine->credit && run.data.loss.kind == RS_NO_LOSS)
        status = rs_fail(err, RS_USAGE,
                         "trace: --credit: expected a target, for it shares out the "
                         "loss");
    if (!status) {
        say_cost(mine, o, &run);
        status = make_record(mine, o, &run, &out, err);
    }
    if (!status)
        status = rs_trace_write(mine->path, out.trace, out.gradient, run_names(&run), out.extra,
                                out.extra_n, err);
    if (!status)
        say_done(mine, o, &run, &out);
    free_record(&out);
    run_close(&run);
    return status;
}

int command_trace(int argc, char **argv)
{
    static const option rows[] = {
        {.name = "-o",
         .value = "FILE",
         .kind = OPTION_TEXT,
         .offset = offsetof(trace_options, path),
         .help = "ending in .safetensors, .csv or .json"},
        {.name = "--jacobian",
         .kind = OPTION_FLAG,
         .offset = offsetof(trace_options, jacobian),
         .help = "also the norm of ds_T/ds_t for every step, s = [h; c]"},
        {.name = "--credit",
         .kind = OPTION_FLAG,
         .offset = offsetof(trace_options, credit),
         .help = "also |dL_t/dh_k| for every pair of steps"},
    };
    static const usage use = {
        .command = "trace",
        .summary = "one forward and backward pass; writes every gate, state and gradient",
        .pattern = "[MODEL] [DATA] -o FILE [--jacobian] [--credit]",
        .example =
            "  rnnscope trace --cell gru --task adding --steps 50 -o trace.safetensors\n"
            "  rnnscope trace --model state_dict.safetensors --input x.npy --target y.npy -o "
            "trace.csv\n"};
    run_options options = run_defaults();
    trace_options mine = {0};
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine},
                                   run_model_group(&options),
                                   run_data_group(&options),
                                   run_common_group(&options)};
    rs_error err = {0};
    int code = 0;
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    return trace(&mine, &options, &err) ? options_complain(&err) : RS_OK;
}
