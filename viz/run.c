/* The MODEL options, and model and data brought together. */
#include "viz/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static rs_status agree(const run_options *o, const char *name, size_t given, size_t there,
                       rs_error *err)
{
    if (given && given != there)
        return rs_fail(err, RS_USAGE, "%s %zu: the model in %.200s has %zu", name, given, o->model,
                       there);
    return RS_OK;
}

/* A model that is read has its sizes and parameters: options that say otherwise are refused. */
static rs_status refuse_contradictions(const run_options *o, const rs_net *net, rs_error *err)
{
    rs_status status = agree(o, "--hidden", o->hidden, net->hidden, err);
    if (!status)
        status = agree(o, "--layers", o->layers, net->layers, err);
    if (!status)
        status = agree(o, "--inputs", o->inputs, net->inputs, err);
    if (!status)
        status = agree(o, "--outputs", o->outputs, net->outputs, err);
    const char *makes = o->init                  ? "--init"
                        : !isnan(o->gain)        ? "--gain"
                        : !isnan(o->radius)      ? "--radius"
                        : !isnan(o->forget_bias) ? "--forget-bias"
                                                 : NULL;
    if (!status && makes)
        status =
            rs_fail(err, RS_USAGE,
                    "%s: is for a new model, expected it without --model, which reads one", makes);
    return status;
}

static rs_status read_model(const run_options *o, struct run *run, rs_error *err)
{
    const rs_cell *cell = o->cell ? rs_cell_named(o->cell) : NULL;
    rs_status status = rs_model_read(o->model, cell, &run->model, &run->file, err);
    if (status)
        return status;
    run->from_file = true;
    return refuse_contradictions(o, &run->model.net, err);
}

static rs_init initial(const run_options *o, size_t T)
{
    const bool chrono = o->init && strcmp(o->init, "chrono") == 0;
    return (rs_init){.name = chrono ? NULL : o->init,
                     .chrono = chrono ? fmax(3, (double)T) : 0,
                     .has_gain = !isnan(o->gain),
                     .gain = o->gain,
                     .has_radius = !isnan(o->radius),
                     .radius = o->radius,
                     .has_forget_bias = !isnan(o->forget_bias),
                     .forget_bias = o->forget_bias};
}

rs_status run_open_model(const run_options *o, struct run *run, rs_error *err)
{
    const rs_data *data = &run->data;
    const rs_net net = {.cell = rs_cell_named(o->cell ? o->cell : "lstm"),
                        .inputs = o->inputs ? o->inputs : data->I,
                        .hidden = o->hidden      ? o->hidden
                                  : data->hidden ? data->hidden
                                                 : 16,
                        .layers = o->layers      ? o->layers
                                  : data->layers ? data->layers
                                                 : 1,
                        .outputs = o->outputs ? o->outputs : data->O,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    const rs_init init = initial(o, data->T);
    rs_status status = rs_model_make(&run->model, &net, err);
    return status ? status : rs_model_init(&run->model, &init, o->seed, err);
}

/* A model in a file is read first, for data may have to fit it; a new one is made to fit the data.
 */
static rs_status open_both(const run_options *o, struct run *run, rs_error *err)
{
    rs_status status = o->model ? read_model(o, run, err) : RS_OK;
    if (status)
        return status;
    const size_t inputs = o->model ? run->model.net.inputs : o->inputs;
    const size_t outputs = o->model ? rs_net_width(&run->model.net) : o->outputs;
    status = run_open_data(o, inputs, outputs, run, err);
    if (!status && !o->model)
        status = run_open_model(o, run, err);
    if (!status)
        status = rs_data_fits(&run->data, &run->model.net, err);
    run->f32 = o->dtype && strcmp(o->dtype, "f32") == 0;
    return status;
}

rs_status run_open(const run_options *o, struct run *run, rs_error *err)
{
    memset(run, 0, sizeof *run);
    rs_status status = open_both(o, run, err);
    if (status)
        run_close(run);
    return status;
}

void run_close(struct run *run)
{
    rs_data_free(&run->data);
    rs_text_free(&run->text);
    rs_series_free(&run->series);
    rs_model_file_free(&run->file);
    rs_model_free(&run->model);
    memset(run, 0, sizeof *run);
}

rs_trace *run_trace(const struct run *run, rs_keep keep, rs_error *err)
{
    rs_trace *trace = rs_trace_new(&run->model.net, run->data.T, run->data.B, keep, err);
    if (trace && rs_data_start(&run->data, trace, err)) {
        rs_trace_free(trace);
        return NULL;
    }
    return trace;
}

const rs_model_file *run_names(const struct run *run) { return run->from_file ? &run->file : NULL; }

rs_status run_can_write(const char *path, rs_error *err)
{
    rs_file file;
    rs_status status = rs_file_begin(&file, path, err);
    if (!status)
        rs_file_abort(&file);
    return status;
}

const char *run_describe(const struct run *run, char text[RUN_TEXT])
{
    const rs_net *net = &run->model.net;
    (void)snprintf(text, RUN_TEXT,
                   "%s, %zu units, %zu layer%s, %zu parameters; %s, %zu steps, batch %zu",
                   net->cell->title, net->hidden, net->layers, net->layers == 1 ? "" : "s",
                   net->parameters_n, run->from, run->data.T, run->data.B);
    return text;
}
