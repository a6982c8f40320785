/* The DATA options: from a task, a text, a CSV file, arrays or noise to one batch. */
#include "viz/run.h"

#include "files/npy.h"

#include <stdio.h>
#include <string.h>

enum { DATA_STREAM = 0x64617461 }; /* of rs_random: apart from those of the parameters */

static size_t or_default(size_t given, size_t otherwise) { return given ? given : otherwise; }

/* Options that only make sense beside another one. */
static rs_status refuse_lonely(const run_options *o, rs_error *err)
{
    const int sources = !!o->task + !!o->text + !!o->csv + !!o->input;
    if (sources > 1)
        return rs_fail(err, RS_USAGE, "expected one of --task, --text, --csv and --input, got %d",
                       sources);
    if ((o->columns || o->predict) && !o->csv)
        return rs_fail(err, RS_USAGE, "%s: expected --csv FILE beside it",
                       o->columns ? "--columns" : "--predict");
    if (o->target && !o->input)
        return rs_fail(err, RS_USAGE, "--target: expected --input FILE.npy beside it");
    return RS_OK;
}

static const char *loss_name(rs_loss_kind kind)
{
    static const char *const names[] = {"none", "mse", "bce", "xent"};
    return names[kind];
}

static rs_loss_kind loss_named(const char *name)
{
    return strcmp(name, "mse") == 0 ? RS_MSE : strcmp(name, "bce") == 0 ? RS_BCE : RS_XENT;
}

/* Data that has its own loss takes no other; every step's can be narrowed to the last's. */
static rs_status set_loss(const run_options *o, rs_data *data, rs_error *err)
{
    rs_loss *loss = &data->loss;
    if (o->loss && loss_named(o->loss) != loss->kind)
        return rs_fail(err, RS_USAGE, "--loss %s: this data has a target for %s", o->loss,
                       loss_name(loss->kind));
    loss->sum = o->reduction && strcmp(o->reduction, "sum") == 0;
    const bool last = o->loss_at && strcmp(o->loss_at, "last") == 0;
    if (o->loss_at && !last && loss->last && data->T > 1)
        return rs_fail(err, RS_USAGE,
                       "--loss-at all: this data has a target for the last step "
                       "only");
    if (last && !loss->last && loss->kind != RS_NO_LOSS) {
        const size_t before = (data->T - 1) * data->B;
        loss->last = true;
        loss->target = loss->target ? loss->target + before * data->O : NULL;
        loss->label = loss->label ? loss->label + before : NULL;
    }
    return RS_OK;
}

/* x and targets without any sense: what a gradient check wants, and a model without data. */
static rs_status make_noise(const run_options *o, size_t inputs, size_t outputs, rs_data *data,
                            rs_error *err)
{
    const rs_loss_kind kind = o->loss ? loss_named(o->loss) : RS_MSE;
    const size_t I = or_default(inputs, 4), O = or_default(outputs, kind == RS_XENT ? 4 : 2);
    const size_t T = or_default(o->steps, 20), B = or_default(o->batch, 2);
    rs_random random = rs_random_seed(o->seed, DATA_STREAM);
    rs_status status = rs_data_make(data, T, B, I, O, kind, false, err);
    if (status)
        return status;
    for (size_t k = 0; k < T * B * I; k++)
        data->x[k] = rs_random_normal(&random);
    for (size_t k = 0; k < T * B * O && data->target; k++)
        data->target[k] =
            kind == RS_BCE ? (double)rs_random_below(&random, 2) : rs_random_normal(&random);
    for (size_t k = 0; k < T * B && data->label; k++)
        data->label[k] = (int)rs_random_below(&random, O);
    return RS_OK;
}

static rs_status open_task(const run_options *o, struct run *run, rs_error *err)
{
    rs_random random = rs_random_seed(o->seed, DATA_STREAM);
    run->task = rs_task_named(o->task);
    const size_t least = run->task->least_T > 20 ? run->task->least_T : 20;
    return rs_task_make(run->task, or_default(o->steps, least), or_default(o->batch, 2), &random,
                        &run->data, err);
}

/* Steps of a text or series where none are asked for: all, but no more than `most`. */
static size_t steps_of(const run_options *o, size_t rows, size_t most)
{
    const size_t whole = rows > 1 ? rows - 1 : 1, B = or_default(o->batch, 1);
    const size_t each = whole / B > 0 ? whole / B : 1;
    return or_default(o->steps, each < most ? each : most);
}

static rs_status open_text(const run_options *o, struct run *run, rs_error *err)
{
    rs_status status = rs_text_read(&run->text, o->text, err);
    return status ? status
                  : rs_text_make(&run->text, steps_of(o, run->text.n, 200), or_default(o->batch, 1),
                                 &run->data, err);
}

static rs_status open_csv(const run_options *o, struct run *run, rs_error *err)
{
    const rs_csv csv = {.columns = o->columns, .predict = o->predict};
    rs_status status = rs_series_read(&run->series, o->csv, &csv, err);
    return status ? status
                  : rs_series_make(&run->series, steps_of(o, run->series.rows, 1000),
                                   or_default(o->batch, 1), &run->data, err);
}

/* A size the file fixes, against the option that may say the same. */
static rs_status agree(const char *path, const char *name, size_t given, size_t there,
                       rs_error *err)
{
    if (given && given != there)
        return rs_fail(err, RS_USAGE, "%s %zu: %.200s has %zu", name, given, path, there);
    return RS_OK;
}

static rs_status check_input(const run_options *o, const rs_npy *x, rs_error *err)
{
    char shape[RS_SHAPE_TEXT];
    if (x->dims_n < 2 || x->dims_n > 3 || x->entries == 0)
        return rs_fail(err, RS_DATA, "%.200s: shape %s, expected [T, I] or [T, B, I]", o->input,
                       rs_shape_text(x->dims, x->dims_n, shape));
    rs_status status = agree(o->input, "--steps", o->steps, x->dims[0], err);
    return status ? status
                  : agree(o->input, "--batch", o->batch, x->dims_n == 3 ? x->dims[1] : 1, err);
}

/* What kind of loss a target is for: integers are labels. */
static rs_loss_kind target_kind(const run_options *o, const rs_npy *target)
{
    if (o->loss)
        return loss_named(o->loss);
    return target->dtype == RS_I64 || target->dtype == RS_I32 ? RS_XENT : RS_MSE;
}

/* target [n][B][O] (a missing B is 1), or labels [n][B] */
static rs_status check_target(const run_options *o, const rs_npy *target, rs_loss_kind kind,
                              size_t T, size_t B, rs_error *err)
{
    char shape[RS_SHAPE_TEXT];
    const size_t n = target->dims_n ? target->dims[0] : 0;
    const size_t widths = kind == RS_XENT ? 0 : 1;
    const bool with_B = target->dims_n == 2 + widths;
    const bool fits = (n == T || n == 1) && target->entries > 0 &&
                      (with_B ? target->dims[1] == B : B == 1 && target->dims_n == 1 + widths);
    if (!fits)
        return rs_fail(err, RS_DATA, "%.200s: shape %s, expected [n, %zu%s with n = %zu or 1",
                       o->target, rs_shape_text(target->dims, target->dims_n, shape), B,
                       kind == RS_XENT ? "] of labels" : ", O]", T);
    if (kind == RS_XENT && target->dtype != RS_I64 && target->dtype != RS_I32)
        return rs_fail(err, RS_DATA, "%.200s: dtype %s, expected integers for --loss xent",
                       o->target, rs_dtype_npy(target->dtype));
    return RS_OK;
}

static rs_status copy_labels(const run_options *o, const rs_npy *target, size_t outputs,
                             rs_data *data, rs_error *err)
{
    for (size_t k = 0; k < target->entries; k++) {
        const double label = target->data[k];
        if (label < -1 || (outputs && label >= (double)outputs) || label > 1e6)
            return rs_fail(err, RS_DATA, "%.200s: entry %zu is %.0f, expected -1 (nothing) to %zu",
                           o->target, k, label, outputs ? outputs - 1 : (size_t)1000000);
        data->label[k] = (int)label;
    }
    return RS_OK;
}

static size_t largest_label(const rs_npy *target)
{
    double most = 0;
    for (size_t k = 0; k < target->entries; k++)
        most = target->data[k] > most ? target->data[k] : most;
    return most < 1e6 ? (size_t)most : 1000000;
}

static rs_status make_arrays(const run_options *o, const rs_npy *x, const rs_npy *target,
                             size_t outputs, rs_data *data, rs_error *err)
{
    const size_t T = x->dims[0], B = x->dims_n == 3 ? x->dims[1] : 1, I = x->dims[x->dims_n - 1];
    const rs_loss_kind kind = target ? target_kind(o, target) : RS_NO_LOSS;
    rs_status status = target ? check_target(o, target, kind, T, B, err) : RS_OK;
    if (status)
        return status;
    size_t O = 0;
    if (target)
        O = kind == RS_XENT ? or_default(outputs, largest_label(target) + 1)
                            : target->dims[target->dims_n - 1];
    status = rs_data_make(data, T, B, I, O, kind, target && target->dims[0] == 1, err);
    if (status)
        return status;
    memcpy(data->x, x->data, x->entries * sizeof *data->x);
    if (target && kind == RS_XENT)
        return copy_labels(o, target, O, data, err);
    if (target)
        memcpy(data->target, target->data, target->entries * sizeof *data->target);
    return RS_OK;
}

static rs_status open_arrays(const run_options *o, size_t outputs, struct run *run, rs_error *err)
{
    rs_npy x = {0}, target = {0};
    rs_status status = rs_npy_read(&x, o->input, err);
    if (!status)
        status = check_input(o, &x, err);
    if (!status && o->target)
        status = rs_npy_read(&target, o->target, err);
    if (!status)
        status = make_arrays(o, &x, o->target ? &target : NULL, outputs, &run->data, err);
    rs_npy_free(&x);
    rs_npy_free(&target);
    return status;
}

/* An initial state [B][H], of one layer, or [L][B][H]. Its sizes have to be those of the other. */
static rs_status open_state(const char *path, rs_data *data, double **state, rs_error *err)
{
    char shape[RS_SHAPE_TEXT];
    rs_npy array = {0};
    rs_status status = rs_npy_read(&array, path, err);
    if (status)
        return status;
    const bool layered = array.dims_n == 3;
    const size_t L = layered ? array.dims[0] : 1,
                 H = array.dims_n ? array.dims[array.dims_n - 1] : 0;
    const bool shaped = array.dims_n == 2 || layered;
    const bool fits = shaped && array.entries > 0 && array.dims[layered] == data->B &&
                      (data->layers == 0 || (data->layers == L && data->hidden == H));
    if (!fits) {
        status =
            rs_fail(err, RS_DATA, "%.200s: shape %s, expected [B, H] or [L, B, H] with B = %zu",
                    path, rs_shape_text(array.dims, array.dims_n, shape), data->B);
        rs_npy_free(&array);
        return status;
    }
    data->layers = L;
    data->hidden = H;
    *state = array.data;
    return RS_OK;
}

static rs_status open_batch(const run_options *o, size_t inputs, size_t outputs, struct run *run,
                            rs_error *err)
{
    run->from = o->input ? "arrays" : o->text ? "text" : "series";
    if (o->input)
        return open_arrays(o, outputs, run, err);
    if (o->text)
        return open_text(o, run, err);
    if (o->csv)
        return open_csv(o, run, err);
    run->from = o->task ? o->task : "noise";
    const rs_task *task = o->task ? rs_task_named(o->task) : NULL;
    const bool noise = !task || strcmp(o->task, "noise") == 0;
    if (noise && (!task || o->loss || (inputs && inputs != task->inputs) ||
                  (outputs && outputs != task->outputs)))
        return make_noise(o, inputs, outputs, &run->data, err);
    return open_task(o, run, err);
}

rs_status run_open_data(const run_options *o, size_t inputs, size_t outputs, struct run *run,
                        rs_error *err)
{
    rs_status status = refuse_lonely(o, err);
    if (!status)
        status = open_batch(o, inputs, outputs, run, err);
    if (!status)
        status = set_loss(o, &run->data, err);
    if (!status && o->h0)
        status = open_state(o->h0, &run->data, &run->data.h0, err);
    if (!status && o->c0)
        status = open_state(o->c0, &run->data, &run->data.c0, err);
    return status;
}

rs_status run_source(const run_options *o, const struct run *run, rs_source *source, rs_error *err)
{
    const double held_out = 0.1;
    const size_t T = run->data.T, B = run->data.B;
    const bool drawn = run->task || run->text.n > 0 || run->series.rows > 0;
    if (drawn && run->data.loss.sum)
        return rs_fail(err, RS_USAGE, "--reduction sum: %s is trained on with the mean", run->from);
    if (drawn && run->data.loss.last && !(run->task && run->task->last))
        return rs_fail(err, RS_USAGE, "--loss-at last: %s is trained on at every step", run->from);
    if (drawn && (run->data.h0 || run->data.c0))
        return rs_fail(err, RS_USAGE, "--h0, --c0: %s is trained on from states of 0", run->from);
    if (run->data.loss.kind == RS_NO_LOSS)
        return rs_fail(err, RS_USAGE, "--input: expected --target beside it, to train on");
    if (run->task)
        return rs_source_task(source, run->task, T, B, o->seed, err);
    if (run->text.n > 0)
        return rs_source_text(source, &run->text, T, B, held_out, err);
    if (run->series.rows > 0)
        return rs_source_series(source, &run->series, T, B, held_out, err);
    return rs_source_data(source, &run->data, err);
}
