/* The methods that know the network only by its loss: differences with a bar, and the Taylor
 * remainder, along one direction a block. */
#include "gradcheck/difference.h"
#include "gradcheck/judge.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The loss as a function of one block. */
typedef struct loss_of_block {
    const rs_checking *checking;
    size_t block;
    rs_trace *trace;
    rs_trace_f *trace_f;
    double *parameters;
    float *parameters_f;
} loss_of_block;

static void loss_free(loss_of_block *at)
{
    rs_trace_free(at->trace);
    rs_trace_free_f(at->trace_f);
    free(at->parameters);
    free(at->parameters_f);
}

/* Copies x and initial states of the point. */
static void start(const rs_checking *c, rs_trace *trace)
{
    const rs_trace *v = c->trace;
    const size_t BH = v->B * v->net->hidden;
    memcpy(trace->x, v->x, v->T * v->B * v->net->inputs * sizeof *v->x);
    for (size_t l = 0; l < v->net->layers; l++)
        for (size_t k = 0; k < v->net->cell->channels_n; k++)
            if (v->net->cell->channels[k].role == RS_STATE)
                memcpy(trace->layer[l].value[k] - BH, v->layer[l].value[k] - BH, BH * sizeof *v->x);
}

static rs_status loss_make(loss_of_block *at, const rs_checking *c, rs_error *err)
{
    const rs_trace *v = c->trace;
    const size_t n = v->net->parameters_n;
    *at = (loss_of_block){.checking = c};
    at->trace = rs_trace_new(v->net, v->T, v->B, RS_KEEP_LEAN, err);
    at->parameters = rs_alloc(n, sizeof *at->parameters, "the parameters", err);
    at->parameters_f = rs_alloc(n, sizeof *at->parameters_f, "the parameters", err);
    at->trace_f = c->options->single ? rs_trace_new_f(v->net, v->T, v->B, RS_KEEP_LEAN, err) : NULL;
    if (!at->trace || !at->parameters || !at->parameters_f || (c->options->single && !at->trace_f))
        return RS_INTERNAL;
    return RS_OK;
}

/* The channel of a state's block. */
static size_t state_channel(const rs_checking *c, size_t block)
{
    const rs_cell *cell = c->trace->net->cell;
    size_t nth = block - c->trace->net->blocks_n - 1, k = 0;
    while (cell->channels[k].role != RS_STATE || nth-- > 0)
        k++;
    return k;
}

/* The point with the block's values, in at->trace and at->parameters. */
static void place_values(loss_of_block *at, const double *x, size_t n)
{
    const rs_checking *c = at->checking;
    const rs_net *net = c->trace->net;
    const size_t BH = c->trace->B * net->hidden;
    memcpy(at->parameters, c->parameters, net->parameters_n * sizeof *x);
    start(c, at->trace);
    if (at->block < net->blocks_n)
        memcpy(at->parameters + net->blocks[at->block].offset, x, n * sizeof *x);
    else if (at->block == net->blocks_n)
        memcpy(at->trace->x, x, n * sizeof *x);
    else
        for (size_t l = 0; l < net->layers; l++)
            memcpy(at->trace->layer[l].value[state_channel(c, at->block)] - BH, x + l * BH,
                   BH * sizeof *x);
}

static double loss_at(const double *x, size_t n, void *context)
{
    loss_of_block *at = context;
    place_values(at, x, n);
    rs_forward(at->trace, at->parameters, NULL);
    rs_loss_forward(at->trace, at->checking->loss);
    return at->trace->loss;
}

/* The loss of the single-precision pass, its values taken over from the double point. */
static float loss_at_f(const float *x, size_t n, void *context)
{
    loss_of_block *at = context;
    const rs_net *net = at->trace->net;
    double *wide = malloc(n * sizeof *wide);
    if (!wide)
        return NAN;
    for (size_t k = 0; k < n; k++)
        wide[k] = x[k];
    place_values(at, wide, n);
    free(wide);
    const size_t BH = at->trace->B * net->hidden;
    for (size_t k = 0; k < net->parameters_n; k++)
        at->parameters_f[k] = (float)at->parameters[k];
    for (size_t k = 0; k < at->trace->T * at->trace->B * net->inputs; k++)
        at->trace_f->x[k] = (float)at->trace->x[k];
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            for (size_t j = 0; net->cell->channels[k].role == RS_STATE && j < BH; j++)
                *(at->trace_f->layer[l].value[k] - BH + j) =
                    (float)*(at->trace->layer[l].value[k] - BH + j);
    rs_forward_f(at->trace_f, at->parameters_f, NULL);
    rs_loss_forward_f(at->trace_f, at->checking->loss);
    return at->trace_f->loss;
}

/* The block's values at the point, [n]. */
static void read_values(const rs_checking *c, size_t block, double *x, size_t n)
{
    const rs_net *net = c->trace->net;
    const size_t BH = c->trace->B * net->hidden;
    if (block < net->blocks_n)
        memcpy(x, c->parameters + net->blocks[block].offset, n * sizeof *x);
    else if (block == net->blocks_n)
        memcpy(x, c->trace->x, n * sizeof *x);
    else
        for (size_t l = 0; l < net->layers; l++)
            memcpy(x + l * BH, c->trace->layer[l].value[state_channel(c, block)] - BH,
                   BH * sizeof *x);
}

/* Turns the signs of v so that nothing cancels in Σ v·gradient: in single precision a small slope
 * would drown in the rounding of the loss. */
static void along_gradient(const rs_evaluator *e, double *v)
{
    for (size_t k = 0; k < e->n; k++)
        v[k] = e->gradient[k] < 0 ? -fabs(v[k]) : fabs(v[k]);
}

/* What only one direction accuses may be a kink close by, or a stair of rounding in it: an error in
 * the gradient shows in any direction. v is made anew. */
static bool is_confirmed(const rs_checking *c, rs_evaluator *e, double *v)
{
    rs_random_direction(e, 0, e->n, c->options->seed + 7777, v);
    if (c->options->single)
        along_gradient(e, v);
    return rs_measure(e, v).verdict == RS_WRONG;
}

static void judge_difference(const rs_checking *c, rs_check_block *block, rs_evaluator *e,
                             double *v)
{
    const rs_measured m = rs_measure(e, v);
    block->along_claimed = m.claimed;
    block->along_measured = m.numeric;
    block->along_bar = block->bar = m.bar;
    block->max_error = fabs(m.claimed - m.numeric);
    block->scale = fmax(fabs(m.claimed), fabs(m.numeric));
    block->verdict = m.verdict;
    if (m.verdict == RS_UNDECIDED)
        block->why = rs_trouble_text(m.trouble);
    if (m.verdict == RS_WRONG && !is_confirmed(c, e, v)) {
        block->verdict = RS_UNDECIDED;
        block->why = "one direction disagrees and another does not: a kink close by, or rounding";
    }
}

static void judge_taylor(const rs_checking *c, rs_check_block *block, rs_evaluator *e, double *v)
{
    const rs_taylor t = rs_taylor_along(e, v);
    block->slope = t.slope;
    block->max_error = t.n > 0 && t.last > t.first ? t.remainder[t.last - 1] : 0;
    block->bar = t.noise;
    block->verdict = t.verdict;
    if (t.verdict == RS_UNDECIDED)
        block->why = "the remainder's slope is neither 2 nor 1";
    if (t.verdict == RS_WRONG && (rs_measure(e, v).verdict != RS_WRONG || !is_confirmed(c, e, v))) {
        block->verdict = RS_UNDECIDED;
        block->why =
            "the slope is 1, but differences do not say that the gradient is wrong: a kink";
    }
}

static rs_status judge_block(rs_checking *c, loss_of_block *at, size_t k, rs_error *err)
{
    rs_check_block *block = &c->report->blocks[k];
    const size_t n = block->rows * block->cols;
    double *x = rs_alloc(n, 2 * sizeof *x, "a block", err);
    rs_evaluator e = {.context = at,
                      .x = x,
                      .n = n,
                      .step = 0.1,
                      .gradient = c->judged.claimed + c->judged.offset[k]};
    e.f = c->options->single ? NULL : loss_at;
    e.f_single = c->options->single ? loss_at_f : NULL;
    at->block = k;
    if (!x)
        return RS_INTERNAL;
    read_values(c, k, x, n);
    rs_status status = rs_evaluator_make(&e, err);
    if (status == RS_OK) {
        rs_random_direction(&e, 0, n, c->options->seed + k, x + n);
        if (c->options->single)
            along_gradient(&e, x + n);
        if (c->options->method == RS_TAYLOR)
            judge_taylor(c, block, &e, x + n);
        else
            judge_difference(c, block, &e, x + n);
        c->report->forwards += e.evaluations;
        rs_evaluator_free(&e);
    }
    free(x);
    return status;
}

static rs_status judge_blocks(rs_checking *c, rs_error *err)
{
    loss_of_block at;
    rs_status status = loss_make(&at, c, err);
    for (size_t k = 0; k < c->report->blocks_n && status == RS_OK; k++) {
        status = judge_block(c, &at, k, err);
        if (c->options->progress)
            c->options->progress(c->options->progress_context,
                                 (double)(k + 1) / (double)c->report->blocks_n);
    }
    loss_free(&at);
    return status;
}

rs_status rs_judge_difference(rs_checking *c, rs_error *err) { return judge_blocks(c, err); }

rs_status rs_judge_taylor(rs_checking *c, rs_error *err) { return judge_blocks(c, err); }
