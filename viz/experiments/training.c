#include "viz/experiments/training.h"

#include "base/memory.h"
#include "train/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Sequences that a net is judged by, drawn from a stream of their own. */
enum { TEST_SEQUENCES = 500, TEST_STREAM = 9100, WEIGHTS_STREAM = 9101 };
static const double close_enough = .2;

size_t training_parameters(const rs_cell *cell, size_t inputs, size_t hidden, size_t outputs)
{
    return cell->gates_n * hidden * (inputs + hidden + 2) + outputs * (hidden + 1);
}

double training_operations(const training *t)
{
    const rs_source *s = t->source;
    return experiment_training((double)training_parameters(t->cell, s->I, t->hidden, s->O),
                               (double)s->T, (double)s->B, (double)t->updates);
}

/* --- the net ------------------------------------------------------------------------------- */

static void draw_weights(rs_model *model, double std, uint64_t seed)
{
    rs_random random = rs_random_seed(seed, WEIGHTS_STREAM);
    for (size_t k = 0; k < model->net.blocks_n; k++) {
        const rs_block *block = &model->net.blocks[k];
        if (block->kind != RS_WEIGHT_IH && block->kind != RS_READOUT_WEIGHT)
            continue;
        for (size_t j = 0; j < block->rows * block->cols; j++)
            model->parameters[block->offset + j] = std * rs_random_normal(&random);
    }
}

static rs_status make_model(const training *t, rs_model *model, rs_error *err)
{
    const rs_net net = {.cell = t->cell,
                        .inputs = t->source->I,
                        .hidden = t->hidden,
                        .layers = 1,
                        .outputs = t->source->O,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    rs_status status = rs_model_make(model, &net, err);
    if (!status)
        status = rs_model_init(model, &t->init, t->seed, err);
    if (!status && t->weight_std > 0)
        draw_weights(model, t->weight_std, t->seed);
    return status;
}

/* --- how good it is ------------------------------------------------------------------------ */

/* Whether row [n] of y is another answer than the label. */
static bool wrong_label(const double *y, size_t n, int label)
{
    size_t best = 0;
    for (size_t k = 1; k < n; k++)
        if (y[k] > y[best])
            best = k;
    return (int)best != label;
}

/* The share of answers that are wrong, of those that are asked for. */
static double share_wrong(const rs_trace *trace, const rs_loss *loss)
{
    const size_t O = rs_net_width(trace->net), B = trace->B, first = loss->last ? trace->T - 1 : 0;
    double wrong = 0, asked = 0;
    for (size_t r = 0; r < (trace->T - first) * B; r++) {
        const double *y = trace->y + (first * B + r) * O;
        if (loss->label && loss->label[r] >= 0) {
            wrong += wrong_label(y, O, loss->label[r]);
            asked++;
        }
        for (size_t k = 0; loss->target && k < O; k++, asked++)
            wrong += !(fabs(y[k] - loss->target[r * O + k]) < close_enough);
    }
    return asked > 0 ? wrong / asked : NAN;
}

/* The test: a trace and data for as many sequences at a time as a batch has. */
typedef struct test {
    const training *run;
    rs_data batch;
    rs_trace *trace;
} test;

static training_score judge(test *j, const rs_model *model)
{
    const size_t B = j->run->source->B, rounds = (TEST_SEQUENCES + B - 1) / B;
    rs_random random = rs_random_seed(j->run->seed, TEST_STREAM);
    training_score score = {0, 0};
    for (size_t k = 0; k < rounds; k++) {
        rs_source_next(j->run->source, &random, &j->batch);
        (void)rs_data_start(&j->batch, j->trace, NULL); /* training has found that it fits */
        rs_forward(j->trace, model->parameters, NULL);
        rs_loss_forward(j->trace, &j->batch.loss);
        score.loss += j->trace->loss / (double)rounds;
        score.wrong += share_wrong(j->trace, &j->batch.loss) / (double)rounds;
    }
    return score;
}

static rs_status make_test(test *j, const training *t, const rs_model *model, rs_error *err)
{
    *j = (test){.run = t};
    rs_status status = rs_source_batch(t->source, false, &j->batch, err);
    if (status)
        return status;
    j->trace = rs_trace_new(&model->net, t->source->T, t->source->B, RS_KEEP_LEAN, err);
    return j->trace ? RS_OK : RS_INTERNAL;
}

static void free_test(test *j)
{
    rs_data_free(&j->batch);
    rs_trace_free(j->trace);
}

/* --- training ------------------------------------------------------------------------------ */

static double thread_seconds(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* One stretch of updates; its mean loss into *loss. RS_FAILED where it diverges. */
static rs_status stretch(rs_trainer *trainer, uint64_t updates, training_outcome *outcome,
                         double *loss, rs_error *err)
{
    double sum = 0;
    for (uint64_t k = 0; k < updates; k++) {
        rs_train_row row;
        rs_status status = rs_trainer_step(trainer, &row, err);
        if (status)
            return status;
        sum += row.loss;
        outcome->updates++;
    }
    *loss = sum / (double)updates;
    return RS_OK;
}

static rs_status all_stretches(const training *t, rs_trainer *trainer, test *j, rs_model *model,
                               lab_unit *unit, training_outcome *outcome, rs_error *err)
{
    rs_status status = RS_OK;
    double seconds = 0;
    for (size_t k = 0; k < TRAINING_POINTS && !status; k++) {
        const uint64_t from = t->updates * k / TRAINING_POINTS,
                       to = t->updates * (k + 1) / TRAINING_POINTS;
        const double start = thread_seconds();
        if (to > from)
            status = stretch(trainer, to - from, outcome, &outcome->loss[k], err);
        seconds += thread_seconds() - start;
        if (!lab_tick(unit, (double)(k + 1) / TRAINING_POINTS))
            return RS_INTERRUPTED;
        if (!status && t->solved > 0) {
            outcome->score = judge(j, model);
            if (outcome->score.wrong < t->solved)
                break;
        }
    }
    outcome->score = judge(j, model);
    outcome->seconds = outcome->updates > 0 ? 1e3 * seconds / outcome->updates : NAN;
    return status == RS_FAILED ? RS_OK : status; /* diverged: that is what came out */
}

rs_status training_run(const training *t, lab_unit *unit, training_outcome *outcome,
                       rs_model *model, rs_error *err)
{
    rs_model own = {0};
    test j = {0};
    rs_trainer *trainer = NULL;
    const rs_train_options options = {.rule = rs_optimizer_named(t->optimizer),
                                      .rate = t->rate,
                                      .clip_norm = t->clip,
                                      .updates = t->updates + 1, /* a held-out loss never comes */
                                      .held_out_every = t->updates + 1,
                                      .seed = t->seed,
                                      .threads = 1,
                                      .single = true};
    *outcome = (training_outcome){.updates = 0};
    for (size_t k = 0; k < TRAINING_POINTS; k++)
        outcome->loss[k] = NAN;
    rs_status status = make_model(t, &own, err);
    if (!status)
        status = make_test(&j, t, &own, err);
    if (!status) {
        trainer = rs_trainer_new(&own, t->source, &options, err);
        status = trainer ? all_stretches(t, trainer, &j, &own, unit, outcome, err)
                 : err   ? err->status
                         : RS_INTERNAL;
    }
    rs_trainer_free(trainer);
    free_test(&j);
    if (model && !status)
        *model = own;
    else
        rs_model_free(&own);
    return status;
}

/* --- for figures --------------------------------------------------------------------------- */

curves *training_panel(panels *p, rect place, size_t numbers, panel_names names, rs_error *err)
{
    curves *c = panels_add(p, place, numbers, err);
    if (!c)
        return NULL;
    (void)snprintf(c->title, sizeof c->title, "%s", names.title);
    (void)snprintf(c->note, sizeof c->note, "%s", names.note);
    (void)snprintf(c->x_name, sizeof c->x_name, "%s", names.x);
    (void)snprintf(c->y_name, sizeof c->y_name, "%s", names.y);
    return c;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return isnan(x) || isnan(y) ? isnan(x) - isnan(y) : (x > y) - (x < y);
}

double training_median(const double *number, size_t n)
{
    double sorted[64];
    n = n < 64 ? n : 64;
    memcpy(sorted, number, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, ascending);
    return n == 0 ? NAN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}
