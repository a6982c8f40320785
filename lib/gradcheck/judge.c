#include "gradcheck/judge.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "gradcheck/entries.h"
#include "gradcheck/reference.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { X_BLOCK = 1000 };

void rs_judged_free(rs_judged *judged)
{
    free(judged->claimed);
    free(judged->exact);
    free(judged->spread);
    free(judged->measured);
    free(judged->offset);
    *judged = (rs_judged){0};
}

static size_t entries_of(const rs_check_block *block) { return block->rows * block->cols; }

/* The channel whose initial values a block is: the block's place after the parameters and x. */
static size_t state_of(const rs_checking *c, size_t block)
{
    const rs_cell *cell = c->trace->net->cell;
    size_t nth = block - c->trace->net->blocks_n - 1, k = 0;
    while (cell->channels[k].role != RS_STATE || nth-- > 0)
        k++;
    return k;
}

static void name_blocks(const rs_checking *c)
{
    const rs_net *net = c->trace->net;
    rs_check_block *blocks = c->report->blocks;
    for (size_t k = 0; k < net->blocks_n; k++) {
        blocks[k].rows = net->blocks[k].rows;
        blocks[k].cols = net->blocks[k].cols;
        (void)snprintf(blocks[k].name, sizeof blocks[k].name, "%s", net->blocks[k].name);
    }
    for (size_t k = net->blocks_n; k < c->report->blocks_n; k++) {
        const bool is_x = k == net->blocks_n;
        blocks[k].rows = (is_x ? c->trace->T : net->layers) * c->trace->B;
        blocks[k].cols = is_x ? net->inputs : net->hidden;
        if (is_x)
            (void)snprintf(blocks[k].name, sizeof blocks[k].name, "x");
        else
            (void)snprintf(blocks[k].name, sizeof blocks[k].name, "%.30s0",
                           net->cell->channels[state_of(c, k)].name);
    }
}

/* [L][B][H] ← the initial step of a state in every layer of d */
static void gather_state(const rs_trace *d, size_t k, double *out)
{
    const size_t BH = d->B * d->net->hidden;
    for (size_t l = 0; l < d->net->layers; l++)
        memcpy(out + l * BH, d->layer[l].d[k] - BH, BH * sizeof *out);
}

static void gather(const rs_checking *c)
{
    const rs_judged *j = &c->judged;
    const rs_derivatives *exact = &c->adjoint.exact;
    const rs_net *net = c->trace->net;
    const size_t n = net->parameters_n, x_n = c->trace->T * c->trace->B * net->inputs;
    memcpy(j->claimed, c->gradient, n * sizeof(double));
    memcpy(j->exact, exact->gradient, n * sizeof(double));
    memcpy(j->spread, exact->gradient_spread, n * sizeof(double));
    if (c->report->blocks_n == net->blocks_n)
        return;
    memcpy(j->claimed + n, c->trace->dx, x_n * sizeof(double));
    memcpy(j->exact + n, exact->d->dx, x_n * sizeof(double));
    memcpy(j->spread + n, exact->spread->dx, x_n * sizeof(double));
    for (size_t k = net->blocks_n + 1; k < c->report->blocks_n; k++) {
        gather_state(c->trace, state_of(c, k), j->claimed + j->offset[k]);
        gather_state(exact->d, state_of(c, k), j->exact + j->offset[k]);
        gather_state(exact->spread, state_of(c, k), j->spread + j->offset[k]);
    }
}

rs_status rs_judged_make(rs_checking *c, rs_error *err)
{
    rs_judged *j = &c->judged;
    const rs_net *net = c->trace->net;
    const bool only_gradient = c->options->gradient != NULL;
    rs_check_report *report = c->report;
    report->blocks_n = net->blocks_n + (only_gradient ? 0 : 1 + rs_cell_states(net->cell));
    report->blocks = rs_alloc(report->blocks_n, sizeof *report->blocks, "the report", err);
    j->offset = rs_alloc(report->blocks_n, sizeof *j->offset, "the report", err);
    if (!report->blocks || !j->offset)
        return RS_INTERNAL;
    name_blocks(c);
    for (size_t k = 0; k < report->blocks_n; k++) {
        report->blocks[k].slope = NAN;
        j->offset[k] = j->n;
        j->n += entries_of(&report->blocks[k]);
    }
    report->entries = j->n;
    j->claimed = rs_alloc(j->n, sizeof(double), "the entries", err);
    j->exact = rs_alloc(j->n, sizeof(double), "the entries", err);
    j->spread = rs_alloc(j->n, sizeof(double), "the entries", err);
    if (!j->claimed || !j->exact || !j->spread)
        return RS_INTERNAL;
    gather(c);
    return RS_OK;
}

/* ---- every entry ----------------------------------------------------------------------------- */

/* How wrong an entry is, in bars; NaN counts as more than anything. */
static double badness(double claimed, double right, double bar)
{
    const double error = fabs(claimed - right);
    if (error <= bar)
        return bar > 0 ? error / bar : 0;
    return isfinite(error) && bar > 0 ? error / bar : INFINITY;
}

static const char *const out_of_range =
    "the derivative, or its rounding, leaves the range of double precision";

/* Whether numbers this large cannot be judged: in single precision they overflow on the way. */
static const char *beyond(const rs_checking *c, double right, double claimed, double bar)
{
    if (!isfinite(right))
        return "the derivative itself is not finite here";
    if (!isfinite(bar))
        return out_of_range;
    if (c->options->single && !isfinite(claimed) && fabs(right) > FLT_MAX / 1e8F)
        return "the derivative leaves the range of single precision";
    return NULL;
}

/* Puts the entry where it belongs among the worst so far. */
static void note_worst(rs_check_block *block, size_t most, rs_check_entry entry)
{
    size_t k = block->worst_n < most ? block->worst_n++ : most;
    const double bad = badness(entry.analytic, entry.numeric, entry.bar);
    for (; k > 0; k--) {
        const rs_check_entry *above = &block->worst[k - 1];
        if (!(bad > badness(above->analytic, above->numeric, above->bar)))
            break;
        if (k < most)
            block->worst[k] = *above;
    }
    if (k < most)
        block->worst[k] = entry;
}

rs_status rs_judge_each(rs_checking *c, size_t k, const double *right, rs_error *err)
{
    rs_check_block *block = &c->report->blocks[k];
    const size_t first = c->judged.offset[k], n = entries_of(block);
    const size_t most = c->options->worst ? c->options->worst : 3;
    block->worst = rs_alloc(most < n ? most : n, sizeof *block->worst, "the worst entries", err);
    if (!block->worst)
        return RS_INTERNAL;
    for (size_t e = 0; e < n; e++) {
        const double claimed = c->judged.claimed[first + e];
        const rs_check_entry entry = {e / block->cols, e % block->cols, claimed, right[first + e],
                                      RS_SPREADS * c->judged.spread[first + e]};
        if (fabs(entry.numeric) > block->scale)
            block->scale = fabs(entry.numeric);
        const char *why = beyond(c, entry.numeric, claimed, entry.bar);
        block->why = why ? why : block->why;
        if (!why && !(fabs(claimed - entry.numeric) <= entry.bar))
            block->wrong_n++;
        if (!why)
            note_worst(block, most < n ? most : n, entry);
    }
    if (block->worst_n > 0) {
        block->max_error = fabs(block->worst[0].analytic - block->worst[0].numeric);
        block->bar = block->worst[0].bar;
    }
    return RS_OK;
}

/* ---- directions ------------------------------------------------------------------------------ */

void rs_judged_direction(const rs_checking *c, size_t k, double *v)
{
    const size_t first = c->judged.offset[k], n = entries_of(&c->report->blocks[k]);
    const double *exact = c->judged.exact + first, *spread = c->judged.spread + first;
    rs_random random = rs_random_seed(c->options->seed + 1, X_BLOCK + k);
    double scale = 0, most = 0;
    for (size_t e = 0; e < n; e++)
        if (fabs(exact[e]) > scale)
            scale = fabs(exact[e]);
    for (size_t e = 0; e < n; e++) {
        const double size = fmax(fmax(fabs(exact[e]), 1e3 * spread[e]) / scale, 1e-30);
        const double sign = rs_random_bits(&random) >> 63 ? 1 : -1;
        v[e] = sign * (0.5 + rs_random_uniform(&random) / 2) / (isfinite(size) ? size : 1);
        most = fabs(v[e]) > most ? fabs(v[e]) : most;
    }
    for (size_t e = 0; e < n; e++)
        v[e] /= most;
}

double rs_judged_along(const rs_checking *c, size_t k, const double *v)
{
    const rs_net *net = c->trace->net;
    const size_t BH = c->trace->B * net->hidden, states = rs_cell_states(net->cell);
    double *whole = NULL, along = NAN;
    rs_direction direction = {0};
    rs_reference *reference = rs_reference_new(c->trace, c->parameters, c->loss, NULL);
    if (k < net->blocks_n) {
        direction.parameters = whole = calloc(net->parameters_n, sizeof *whole);
        if (whole)
            memcpy(whole + net->blocks[k].offset, v, entries_of(&c->report->blocks[k]) * sizeof *v);
    } else if (k == net->blocks_n) {
        direction.x = v;
    } else {
        direction.state = whole = calloc(net->layers * states * BH, sizeof *whole);
        for (size_t l = 0; whole && l < net->layers; l++)
            memcpy(whole + (l * states + k - net->blocks_n - 1) * BH, v + l * BH, BH * sizeof *v);
    }
    if (reference && (whole || direction.x))
        along = rs_reference_along(reference, &direction);
    rs_reference_free(reference);
    free(whole);
    return along;
}

/* What the complex pass may lose to underflow: its numbers are 1e-100 times those of the direction,
 * so that it rounds to 4e-224, once at each value. */
static double underflow(const rs_checking *c)
{
    const rs_trace *d = c->adjoint.exact.d;
    const rs_net *net = d->net;
    const size_t n = d->T * d->B * net->hidden;
    double sum = 1;
    for (size_t l = 0; l < net->layers; l++) {
        for (size_t j = 0; j < n * net->cell->gates_n; j++)
            sum += fabs(d->layer[l].da[j]);
        for (size_t k = 0; k < net->cell->channels_n; k++)
            for (size_t j = 0; d->layer[l].d[k] && j < n; j++)
                sum += fabs(d->layer[l].d[k][j]);
    }
    return 1e-222 * (double)net->hidden * sum;
}

/* Σ v·(claimed, exact) and the bar of what is measured along v. */
static double dot(const double *v, const double *d, size_t n)
{
    double sum = 0;
    for (size_t e = 0; e < n; e++)
        sum += v[e] * d[e];
    return sum;
}

static double bar_along(const rs_checking *c, size_t k, const double *v)
{
    const size_t first = c->judged.offset[k], n = entries_of(&c->report->blocks[k]);
    double sum = 0, largest = 0;
    for (size_t e = 0; e < n; e++) {
        sum += fabs(v[e]) * c->judged.spread[first + e];
        largest += fabs(v[e] * c->judged.exact[first + e]);
    }
    return RS_SPREADS * (sum + (double)n * DBL_EPSILON * largest) + underflow(c);
}

typedef struct directions {
    rs_checking *checking;
    atomic_bool failed, stopped;
    double disagreement; /* of the reference with itself, in bars */
} directions;

static void measure_direction(void *context, size_t k)
{
    directions *work = context;
    rs_checking *c = work->checking;
    rs_check_block *block = &c->report->blocks[k];
    const size_t first = c->judged.offset[k], n = entries_of(block);
    if (rs_stopped(c->options->stop)) {
        atomic_store(&work->stopped, true);
        return;
    }
    double *v = malloc(n * sizeof *v);
    if (!v) {
        atomic_store(&work->failed, true);
        return;
    }
    rs_judged_direction(c, k, v);
    block->along_measured = rs_judged_along(c, k, v);
    block->along_claimed = dot(v, c->judged.claimed + first, n);
    block->along_bar = bar_along(c, k, v);
    free(v);
}

/* The verdict of a block from its entries and its direction. */
static void conclude(rs_check_block *block)
{
    const double error = fabs(block->along_claimed - block->along_measured);
    if (block->why)
        block->verdict = RS_UNDECIDED;
    else if (block->wrong_n > 0 || !(error <= block->along_bar))
        block->verdict = RS_WRONG;
    else
        block->verdict = RS_AGREES;
}

/* The exact derivatives, found backwards, must be what the complex pass measures forwards. */
static rs_status agree_with_itself(const rs_checking *c, size_t k, rs_error *err)
{
    rs_check_block *block = &c->report->blocks[k];
    const size_t first = c->judged.offset[k], n = entries_of(block);
    double *v = malloc(n * sizeof *v);
    if (!v)
        return rs_fail(err, RS_INTERNAL, "no memory for a direction");
    rs_judged_direction(c, k, v);
    const double exact = dot(v, c->judged.exact + first, n);
    free(v);
    if (!isfinite(block->along_measured) || !isfinite(exact) || !isfinite(block->along_bar)) {
        block->why = out_of_range;
        return RS_OK;
    }
    if (!(fabs(exact - block->along_measured) <= block->along_bar))
        return rs_fail(err, RS_INTERNAL,
                       "%s: the reference gives %.17g backwards and %.17g forwards, expected the "
                       "same within %.3g",
                       block->name, exact, block->along_measured, block->along_bar);
    return RS_OK;
}

rs_status rs_judge_complex(rs_checking *c, rs_error *err)
{
    directions work = {.checking = c};
    rs_status status = RS_OK;
    rs_parallel(c->report->blocks_n, c->options->threads, measure_direction, &work);
    c->report->forwards += c->report->blocks_n;
    if (atomic_load(&work.failed))
        return rs_fail(err, RS_INTERNAL, "no memory for a direction");
    if (atomic_load(&work.stopped))
        return rs_fail(err, RS_INTERRUPTED, "the check was stopped");
    for (size_t k = 0; k < c->report->blocks_n && status == RS_OK; k++) {
        status = rs_judge_each(c, k, c->judged.exact, err);
        if (status == RS_OK && !c->report->blocks[k].why)
            status = agree_with_itself(c, k, err);
        conclude(&c->report->blocks[k]);
    }
    return status;
}

/* [layers][states][B][H] → each state's block, [layers][B][H] */
static void spread_states(const rs_checking *c, const double *dstate, double *measured)
{
    const rs_net *net = c->trace->net;
    const size_t BH = c->trace->B * net->hidden, states = rs_cell_states(net->cell);
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < states; k++)
            memcpy(measured + c->judged.offset[net->blocks_n + 1 + k] + l * BH,
                   dstate + (l * states + k) * BH, BH * sizeof *measured);
}

rs_status rs_judge_entries(rs_checking *c, rs_error *err)
{
    const rs_net *net = c->trace->net;
    const bool inputs_too = c->report->blocks_n > net->blocks_n;
    const size_t states_n = net->layers * rs_cell_states(net->cell) * c->trace->B * net->hidden;
    const rs_entries_options options = {c->options->threads, c->options->memory,
                                        c->options->progress, c->options->progress_context};
    c->judged.measured = rs_alloc(c->judged.n, sizeof(double), "the entries", err);
    double *dstate = rs_alloc(states_n, sizeof *dstate, "the entries", err);
    rs_status status = c->judged.measured && dstate ? RS_OK : RS_INTERNAL;
    if (status == RS_OK)
        status = rs_entries(&c->linear, &options, c->judged.measured,
                            inputs_too ? c->judged.measured + net->parameters_n : NULL,
                            inputs_too ? dstate : NULL, err);
    if (status == RS_OK && inputs_too)
        spread_states(c, dstate, c->judged.measured);
    free(dstate);
    c->report->forwards += c->judged.n;
    for (size_t k = 0; k < c->report->blocks_n && status == RS_OK; k++) {
        status = rs_judge_each(c, k, c->judged.measured, err);
        c->report->blocks[k].along_bar = INFINITY;
        conclude(&c->report->blocks[k]);
    }
    return status;
}
