/* The table of experiments, and running one. */
#include "viz/experiments/experiment.h"

#include "viz/experiments/lab.h"
#include "viz/experiments/report.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "network/init.h"
#include "network/trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const experiment *const experiments[] = {&experiment_wall,
                                         &experiment_bifurcation,
                                         &experiment_forget_bias,
                                         &experiment_lyapunov,
                                         &experiment_orthogonal,
                                         &experiment_adding,
                                         &experiment_copy_chrono,
                                         &experiment_temporal_order,
                                         &experiment_irnn,
                                         &experiment_saturation,
                                         &experiment_counting,
                                         &experiment_fair,
                                         NULL};

const experiment *experiment_named(const char *name)
{
    for (size_t k = 0; experiments[k]; k++)
        if (strcmp(experiments[k]->name, name) == 0)
            return experiments[k];
    return NULL;
}

double experiment_training(double parameters, double T, double B, double updates)
{
    return 6 * parameters * T * B * updates;
}

/* Passes of a small LSTM, of the size that experiments train, for some 30 ms. */
double experiment_rate(void)
{
    enum { H = 48, T = 50, B = 16 };
    const rs_net config = {.cell = &rs_cell_lstm,
                           .inputs = 2,
                           .hidden = H,
                           .layers = 1,
                           .bias_ih = true,
                           .bias_hh = true};
    rs_model model = {0};
    double rate = 1e9; /* without memory for so little, nothing matters */
    if (rs_model_make(&model, &config, NULL))
        return rate;
    rs_trace *trace = rs_trace_new(&model.net, T, B, RS_KEEP_LEAN, NULL);
    double *gradient = rs_alloc(model.net.parameters_n, sizeof *gradient, "the gradient", NULL);
    if (trace && gradient && !rs_model_init(&model, NULL, 1, NULL)) {
        double passes = 0, seconds = 0;
        const double start = progress_clock();
        for (; seconds < .03; passes++) {
            rs_forward(trace, model.parameters, NULL);
            rs_backward(trace, model.parameters, gradient, 0);
            seconds = progress_clock() - start;
        }
        rate = experiment_training((double)model.net.parameters_n, T, B, passes) / seconds;
    }
    free(gradient);
    rs_trace_free(trace);
    rs_model_free(&model);
    return rate;
}

/* What a unit's numbers depend on: the experiment, its setting (by a hash, FNV-1a), --full, --seed
 * and the program's version. */
static void settings_key(const experiment *e, const experiment_options *o, char key[160])
{
    char setting[EXPERIMENT_TEXT];
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *c = e->setting(o->full, setting); *c; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
    (void)snprintf(key, 160, "%s %s%s seed=%" PRIu64 " setting=%016" PRIx64, e->name, RS_VERSION,
                   o->full ? " full" : "", o->seed, hash);
}

static rs_status work_in(lab *l, const experiment *e, const experiment_options *o,
                         experiment_result *result, rs_error *err)
{
    void *data = NULL;
    rs_status status = e->run(l, &data, err);
    progress_end(&l->state->bar);
    result->seconds = progress_clock() - l->state->started;
    for (size_t k = 0; k < result->n; k++) {
        result->agree += result->found[k].verdict == VERDICT_AGREES;
        result->compared += result->found[k].verdict != VERDICT_NONE;
    }
    if (!status && l->stop && *l->stop)
        status = rs_fail(err, RS_INTERRUPTED, "interrupted");
    if (!status)
        status = report_write(e, o, data, err);
    if (!status)
        status = partial_done(&l->state->done, err);
    if (data)
        e->free(data);
    return status;
}

rs_status experiment_run(const experiment *e, const experiment_options *options,
                         experiment_result *result, rs_error *err)
{
    struct lab_state state = {.result = result, .started = progress_clock()};
    lab here = {.full = options->full,
                .seed = options->seed,
                .threads = options->threads,
                .stop = options->stop,
                .state = &state};
    char path[REPORT_PATH], key[160];
    *result = (experiment_result){0};
    settings_key(e, options, key);
    rs_status status = report_path(options->folder, e->name, "partial", path, err);
    if (!status)
        status = partial_open(&state.done, path, key, err);
    if (status)
        return status;
    if (pthread_mutex_init(&state.lock, NULL) != 0) {
        partial_close(&state.done);
        return rs_fail(err, RS_INTERNAL, "%s: no lock to be had", e->name);
    }
    state.bar = progress_begin(options->quiet);
    status = work_in(&here, e, options, result, err);
    (void)pthread_mutex_destroy(&state.lock);
    partial_close(&state.done);
    return status;
}
