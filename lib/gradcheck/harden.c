#include "gradcheck/harden.h"

#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST_T = 5, LEAST_B = 2, LEAST_H = 3, STREAM = 40 };

static size_t at_least(size_t n, size_t least) { return n < least ? least : n; }

static void fill_parameters(rs_hard_point *point, uint64_t seed)
{
    const double limit = 1 / sqrt((double)point->model.net.hidden);
    rs_random random = rs_random_seed(seed, STREAM);
    for (size_t k = 0; k < point->model.net.parameters_n; k++)
        point->model.parameters[k] = limit * (2 * rs_random_uniform(&random) - 1);
}

static void fill_trace(rs_trace *trace, uint64_t seed)
{
    const rs_net *net = trace->net;
    const size_t BH = trace->B * net->hidden;
    rs_random random = rs_random_seed(seed, STREAM + 1);
    for (size_t k = 0; k < trace->T * trace->B * net->inputs; k++)
        trace->x[k] = rs_random_normal(&random);
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            for (size_t j = 0; net->cell->channels[k].role == RS_STATE && j < BH; j++)
                *(trace->layer[l].value[k] - BH + j) = 0.5 * rs_random_normal(&random);
}

/* Random targets for the kind of loss; every label asks for something. */
static rs_status fill_loss(rs_hard_point *point, const rs_loss *loss, uint64_t seed, rs_error *err)
{
    const size_t O = rs_net_width(&point->model.net), B = point->trace->B;
    const size_t rows = (loss->last ? 1 : point->trace->T) * B;
    rs_random random = rs_random_seed(seed, STREAM + 2);
    point->loss = (rs_loss){.kind = loss->kind, .last = loss->last, .sum = loss->sum};
    if (point->loss.kind == RS_NO_LOSS)
        point->loss.kind = RS_MSE;
    point->target = rs_alloc(rows * O, sizeof *point->target, "the targets", err);
    point->label = rs_alloc(rows, sizeof *point->label, "the labels", err);
    if (!point->target || !point->label)
        return RS_INTERNAL;
    for (size_t k = 0; k < rows * O; k++)
        point->target[k] =
            loss->kind == RS_BCE ? rs_random_uniform(&random) : rs_random_normal(&random);
    for (size_t k = 0; k < rows; k++)
        point->label[k] = (int)rs_random_below(&random, O);
    point->loss.target = point->target;
    point->loss.label = point->label;
    return RS_OK;
}

rs_status rs_hard_point_make_sized(rs_hard_point *point, const rs_net *net, size_t T, size_t B,
                                   const rs_loss *loss, uint64_t seed, rs_error *err)
{
    *point = (rs_hard_point){0};
    rs_status status = rs_model_make(&point->model, net, err);
    if (status != RS_OK)
        return status;
    point->trace = rs_trace_new(&point->model.net, T, B, RS_KEEP_ALL, err);
    if (!point->trace)
        return RS_INTERNAL;
    fill_parameters(point, seed);
    fill_trace(point->trace, seed);
    return fill_loss(point, loss, seed, err);
}

rs_status rs_hard_point_make(rs_hard_point *point, const rs_net *net, size_t T, size_t B,
                             const rs_loss *loss, uint64_t seed, rs_error *err)
{
    rs_net hard = *net;
    hard.hidden = at_least(net->hidden, LEAST_H);
    return rs_hard_point_make_sized(point, &hard, at_least(T, LEAST_T), at_least(B, LEAST_B), loss,
                                    seed, err);
}

void rs_hard_point_free(rs_hard_point *point)
{
    rs_trace_free(point->trace);
    rs_model_free(&point->model);
    free(point->target);
    free(point->label);
    *point = (rs_hard_point){0};
}
