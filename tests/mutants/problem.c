#include "tests/mutants/problem.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/scalar.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One setting, "name=value"; false if there is no such name or value. */
static bool read_setting(mt_settings *s, const char *name, const char *value)
{
    const struct {
        const char *name;
        size_t *place;
    } sizes[] = {{"steps", &s->steps},   {"batch", &s->batch},   {"inputs", &s->inputs},
                 {"hidden", &s->hidden}, {"layers", &s->layers}, {"outputs", &s->outputs}};
    const struct {
        const char *name, *value;
        bool *place;
        bool to;
    } words[] = {{"at", "last", &s->last, true},
                 {"at", "all", &s->last, false},
                 {"reduction", "sum", &s->sum, true},
                 {"reduction", "mean", &s->sum, false},
                 {"h0", "1", &s->h0, true},
                 {"h0", "0", &s->h0, false},
                 {"last-state", "1", &s->last_state, true},
                 {"last-state", "0", &s->last_state, false},
                 {"dtype", "f32", &s->single, true},
                 {"dtype", "f64", &s->single, false},
                 {"method", "entries", &s->entries, true},
                 {"method", "complex", &s->entries, false}};
    static const char *const losses[] = {"none", "mse", "bce", "xent"};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        if (strcmp(name, sizes[k].name) == 0)
            return sscanf(value, "%zu", sizes[k].place) == 1;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (strcmp(name, words[k].name) == 0 && strcmp(value, words[k].value) == 0) {
            *words[k].place = words[k].to;
            return true;
        }
    for (int k = 0; strcmp(name, "loss") == 0 && k < 4; k++)
        if (strcmp(value, losses[k]) == 0) {
            s->loss = (rs_loss_kind)k;
            return true;
        }
    if (strcmp(name, "gain") == 0)
        return sscanf(value, "%lf", &s->gain) == 1;
    return strcmp(name, "target") == 0 && sscanf(value, "%lf", &s->target) == 1;
}

rs_status settings_read(mt_settings *settings, const char *text, rs_error *err)
{
    char name[32], value[32];
    int used = 0;
    *settings = (mt_settings){.steps = 6,
                              .batch = 2,
                              .inputs = 3,
                              .hidden = 4,
                              .layers = 1,
                              .outputs = 2,
                              .gain = 1,
                              .target = 1,
                              .loss = RS_MSE,
                              .h0 = true};
    for (; sscanf(text, " %31[^= ]=%31[^ ]%n", name, value, &used) == 2; text += used)
        if (!read_setting(settings, name, value))
            return rs_fail(err, RS_USAGE, "%s=%s is no setting", name, value);
    return RS_OK;
}

static void draw(rs_random *random, double *numbers, size_t n, double size)
{
    for (size_t k = 0; k < n; k++)
        numbers[k] = size * rs_random_normal(random);
}

static void draw_parameters(const rs_model *model, double gain, rs_random *random)
{
    for (size_t k = 0; k < model->net.blocks_n; k++) {
        const rs_block *block = &model->net.blocks[k];
        double size = 0.4;
        if (block->kind == RS_WEIGHT_HH)
            size = gain / sqrt((double)block->cols);
        else if (block->cols > 1)
            size = 1 / sqrt((double)block->cols);
        draw(random, model->parameters + block->offset, block->rows * block->cols, size);
    }
}

/* The states before step 0, which lie before the channels. */
static void draw_initial_states(const rs_trace *trace, rs_random *random)
{
    const rs_cell *cell = trace->net->cell;
    const size_t BH = trace->B * trace->net->hidden;
    for (size_t l = 0; l < trace->net->layers; l++)
        for (size_t k = 0; k < cell->channels_n; k++)
            if (cell->channels[k].role == RS_STATE)
                draw(random, trace->layer[l].value[k] - BH, BH, 0.6);
}

static rs_status draw_loss(mt_problem *problem, const mt_settings *s, rs_random *random,
                           rs_error *err)
{
    const size_t n = (s->last ? 1 : s->steps) * s->batch, O = rs_net_width(&problem->model.net);
    const size_t states = s->layers * RS_MAX_CHANNELS * s->batch * s->hidden;
    problem->target = rs_alloc(n * O, sizeof *problem->target, "the targets", err);
    problem->label = rs_alloc(n, sizeof *problem->label, "the labels", err);
    problem->last_state = rs_alloc(states, sizeof *problem->last_state, "the last states", err);
    if (!problem->target || !problem->label || !problem->last_state)
        return RS_INTERNAL;
    for (size_t k = 0; k < n * O; k++)
        problem->target[k] = s->loss == RS_BCE ? (double)rs_random_below(random, 2)
                                               : s->target * rs_random_normal(random);
    for (size_t k = 0; k < n; k++)
        problem->label[k] = (int)rs_random_below(random, O);
    draw(random, problem->last_state, states, 0.5);
    problem->loss = (rs_loss){.kind = s->loss,
                              .last = s->last,
                              .sum = s->sum,
                              .target = problem->target,
                              .label = problem->label,
                              .last_state = s->last_state ? problem->last_state : NULL};
    return RS_OK;
}

rs_status problem_make(mt_problem *problem, const char *cell, const mt_settings *s, uint64_t seed,
                       rs_error *err)
{
    *problem = (mt_problem){0};
    const rs_net config = {.cell = rs_cell_named(cell),
                           .inputs = s->inputs,
                           .hidden = s->hidden,
                           .layers = s->layers,
                           .outputs = s->outputs,
                           .bias_ih = true,
                           .bias_hh = true,
                           .readout_bias = true};
    rs_random random = rs_random_seed(seed, 0);
    rs_status status = rs_model_make(&problem->model, &config, err);
    if (status != RS_OK)
        return status;
    problem->trace = rs_trace_new(&problem->model.net, s->steps, s->batch, RS_KEEP_ALL, err);
    if (!problem->trace)
        return RS_INTERNAL;
    draw_parameters(&problem->model, s->gain, &random);
    draw(&random, problem->trace->x, s->steps * s->batch * s->inputs, 1);
    if (s->h0)
        draw_initial_states(problem->trace, &random);
    return draw_loss(problem, s, &random, err);
}

void problem_free(mt_problem *problem)
{
    rs_trace_free(problem->trace);
    rs_model_free(&problem->model);
    free(problem->target);
    free(problem->label);
    free(problem->last_state);
    *problem = (mt_problem){0};
}

/* The same pass over complex numbers. */
typedef struct mt_twin {
    rs_trace_z *trace;
    double _Complex *parameters;
    const rs_loss *loss;
} mt_twin;

/* dL/d(value), exactly */
static double derivative(const mt_twin *twin, double _Complex *value)
{
    const double step = 1e-100;
    const double _Complex kept = *value;
    *value = rs_complex(rs_real_part_z(kept), step);
    rs_forward_z(twin->trace, twin->parameters, NULL);
    rs_loss_forward_z(twin->trace, twin->loss);
    *value = kept;
    return rs_imaginary_part(twin->trace->loss) / step;
}

/* The largest error of `analytic` against the derivatives by `values`, over the largest of these.
 */
static double block_error(const mt_twin *twin, double _Complex *values, const double *analytic,
                          size_t n)
{
    double largest = 0, error = 0;
    for (size_t k = 0; k < n; k++) {
        const double exact = derivative(twin, &values[k]);
        const double off = fabs(analytic[k] - exact);
        largest = fmax(largest, fabs(exact));
        error = off <= error ? error : off;
    }
    if (isnan(error))
        return INFINITY;
    return error > 0 ? error / fmax(largest, 1e-300) : 0;
}

static double largest_error(const mt_problem *problem, const mt_twin *twin, const double *gradient)
{
    const rs_trace *trace = problem->trace;
    const rs_net *net = trace->net;
    const size_t BH = trace->B * net->hidden;
    double error = block_error(twin, twin->trace->x, trace->dx, trace->T * trace->B * net->inputs);
    for (size_t k = 0; k < net->blocks_n; k++) {
        const rs_block *block = &net->blocks[k];
        error = fmax(error, block_error(twin, twin->parameters + block->offset,
                                        gradient + block->offset, block->rows * block->cols));
    }
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            if (net->cell->channels[k].role == RS_STATE)
                error = fmax(error, block_error(twin, twin->trace->layer[l].value[k] - BH,
                                                trace->layer[l].d[k] - BH, BH));
    return error;
}

static void copy_inputs(rs_trace_z *to, const rs_trace *from)
{
    const rs_net *net = from->net;
    const size_t BH = from->B * net->hidden;
    for (size_t k = 0; k < from->T * from->B * net->inputs; k++)
        to->x[k] = from->x[k];
    for (size_t l = 0; l < net->layers; l++)
        for (size_t c = 0; c < net->cell->channels_n; c++) {
            if (net->cell->channels[c].role != RS_STATE)
                continue;
            double _Complex *initial = to->layer[l].value[c] - BH; /* [B][H] */
            for (size_t k = 0; k < BH; k++)
                initial[k] = (from->layer[l].value[c] - BH)[k];
        }
}

rs_status problem_error(const mt_problem *problem, double *error, rs_error *err)
{
    const rs_net *net = &problem->model.net;
    double *gradient = rs_alloc(net->parameters_n, sizeof *gradient, "the gradient", err);
    mt_twin twin = {.loss = &problem->loss};
    twin.parameters = rs_alloc(net->parameters_n, sizeof *twin.parameters, "the parameters", err);
    twin.trace = rs_trace_new_z(net, problem->trace->T, problem->trace->B, RS_KEEP_ALL, err);
    if (gradient && twin.parameters && twin.trace) {
        for (size_t k = 0; k < net->parameters_n; k++)
            twin.parameters[k] = problem->model.parameters[k];
        copy_inputs(twin.trace, problem->trace);
        rs_forward(problem->trace, problem->model.parameters, NULL);
        rs_loss_forward(problem->trace, &problem->loss);
        rs_backward(problem->trace, problem->model.parameters, gradient, 0);
        *error = largest_error(problem, &twin, gradient);
    }
    const bool done = gradient && twin.parameters && twin.trace;
    rs_trace_free_z(twin.trace);
    free(twin.parameters);
    free(gradient);
    return done ? RS_OK : RS_INTERNAL;
}
