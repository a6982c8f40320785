/* How long an LSTM remembers: a cell state that is multiplied by f = σ(b) at each step has halved
 * after ln ½ / ln σ(b) steps (Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever
 * 2015 advise b = 1 or 2 for that reason).
 *
 * Measured on random LSTMs on noise: along the cell path alone, −ln 2 over the mean of ln f; and of
 * the whole derivative with every path, −ln 2 over the largest Lyapunov exponent of (h, c). */
#include "viz/experiments/experiment.h"
#include "viz/experiments/rig.h"
#include "viz/plots/panels.h"
#include "viz/plots/numbers.h"

#include "base/memory.h"
#include "flow/jacobian.h"
#include "flow/one_unit.h"
#include "network/init.h"

#include <math.h>
#include <stdlib.h>

enum { INPUTS = 8, BIASES = 11, LINE = 101, MAX_SEEDS = 10 };

/* 0, .5, … 5 */
static double bias_at(size_t k) { return .5 * (double)k; }

typedef struct size_of {
    size_t H, T, skip, seeds;
} size_of;

static size_of sizes(bool full)
{
    return full ? (size_of){128, 2000, 200, MAX_SEEDS} : (size_of){32, 400, 100, 5};
}

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const size_of s = sizes(full);
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "LSTM, %zu units, weights U(±1/√%zu), forget bias %g to %g; %d inputs N(0, 1), "
                   "%zu steps; %zu seeds",
                   s.H, s.H, bias_at(0), bias_at(BIASES - 1), INPUTS, s.T, s.seeds);
    return text;
}

/* Forward, and one row back through 4 gates with its rotation. */
static double operations(bool full)
{
    const size_of s = sizes(full);
    const double weights = 4. * (double)s.H * (double)(s.H + INPUTS);
    return (double)(BIASES * s.seeds * s.T) * (6 * weights + 2000 * (double)s.H);
}

/* --- one net ------------------------------------------------------------------------------- */

typedef struct job {
    size_of size;
    uint64_t seed;
} job;

static void name_unit(const void *context, size_t k, char name[UNIT_NAME])
{
    const job *j = context;
    (void)snprintf(name, UNIT_NAME, "b=%g net=%zu", bias_at(k / j->size.seeds), k % j->size.seeds);
}

/* The mean of ln f over units and steps. */
static double mean_log_gate(const rs_trace *trace, double skip)
{
    const double *f = trace->layer[0].value[rs_channel_named(trace->net->cell, "f")];
    const size_t H = trace->net->hidden, first = (size_t)skip * H, n = trace->T * H;
    double sum = 0;
    for (size_t k = first; k < n; k++)
        sum += log(f[k]);
    return sum / (double)(n - first);
}

/* result: the mean of ln f, and the largest exponent of (h, c) */
static rs_status measure(void *context, size_t k, lab_unit *unit, double *result, rs_error *err)
{
    const job *j = context;
    const rs_init init = {.has_forget_bias = true, .forget_bias = bias_at(k / j->size.seeds)};
    const uint64_t seed = j->seed + k % j->size.seeds;
    rs_random random = rs_random_seed(seed, 1);
    rig r;
    (void)unit;
    rs_status status = rig_make(&r, &rs_cell_lstm, INPUTS, j->size.H, j->size.T, err);
    if (status)
        return status;
    status = rs_model_init(&r.model, &init, seed, err);
    if (!status) {
        rig_normal(r.trace->x, j->size.T * INPUTS, 1, &random);
        rs_forward(r.trace, r.model.parameters, NULL);
        result[0] = mean_log_gate(r.trace, (double)j->size.skip);
        status =
            rs_flow_lyapunov(r.trace, r.model.parameters, 0, 0, j->size.skip, 1, &result[1], err);
    }
    rig_free(&r);
    return status;
}

/* The same LSTM with all weights 0: every unit keeps to its bias. */
static rs_status bare_half_life(double bias, double *half_life, rs_error *err)
{
    enum { T = 200 };
    const rs_flow_block cell = {1, 1, 0}; /* ∂c/∂c, all paths */
    double log_norm[T + 1];
    rig r;
    rs_status status = rig_make(&r, &rs_cell_lstm, 1, 1, T, err);
    if (status)
        return status;
    rig_block(&r, RS_BIAS_IH)[1] = bias;
    rs_forward(r.trace, r.model.parameters, NULL);
    status = rs_flow_jacobian_norms(r.trace, r.model.parameters, 0, 0, &cell, log_norm, err);
    *half_life = -log(2) * T / log_norm[0];
    rig_free(&r);
    return status;
}

/* --- findings ------------------------------------------------------------------------------ */

static int rising(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Of exponent `which` of each net: the median. */
static double median(const double *result, size_t seeds, size_t which)
{
    double value[MAX_SEEDS] = {0};
    for (size_t k = 0; k < seeds; k++)
        value[k] = result[2 * k + which];
    qsort(value, seeds, sizeof *value, rising);
    return seeds % 2 ? value[seeds / 2] : (value[seeds / 2 - 1] + value[seeds / 2]) / 2;
}

static rs_status tell(lab *l, const size_of *s, const double *result, double *bare, rs_error *err)
{
    for (size_t k = 0; k < BIASES; k++) {
        const double b = bias_at(k), known = rs_forget_half_life(b);
        const double path = -log(2) / median(result + 2 * k * s->seeds, s->seeds, 0);
        const double whole = median(result + 2 * k * s->seeds, s->seeds, 1);
        char published[NUMBER_TEXT];
        const rs_status status = bare_half_life(b, &bare[k], err);
        if (status)
            return status;
        if (k % 2)
            continue; /* whole biases are told, all are drawn */
        number_text(published, known, 4);
        lab_find(l, bare[k], known * (1 - 1e-9), known * (1 + 1e-9), published,
                 "b = %g: half-life of ∂c_T/∂c_k, no weights", b);
        lab_find(l, path, .8 * known, 1.25 * known, published,
                 "b = %g: along the cell path, random weights", b);
        finding *f = lab_show(l, -log(2) / whole, "b = %g: along all paths, random weights", b);
        if (whole >= 0)
            finding_measured(f, "grows, doubles every %.3g", log(2) / whole);
    }
    return RS_OK;
}

/* --- figure -------------------------------------------------------------------------------- */

/* numbers: b and formula [LINE]; then b, formula, no weights, cell path, all
 * paths [BIASES] */
static rs_status fill(panels *p, const size_of *s, const double *result, const double *bare,
                      rs_error *err)
{
    curves *c = panels_add(p, (rect){0, 0, 1, 1}, 2 * LINE + 5 * BIASES, err);
    if (!c)
        return RS_INTERNAL;
    double *fine = c->numbers, *formula = fine + LINE, *b = formula + LINE;
    double *known = b + BIASES, *none = known + BIASES, *path = none + BIASES,
           *whole = path + BIASES;
    for (size_t k = 0; k < LINE; k++) {
        fine[k] = bias_at(BIASES - 1) * (double)k / (LINE - 1);
        formula[k] = rs_forget_half_life(fine[k]);
    }
    for (size_t k = 0; k < BIASES; k++) {
        const double *nets = result + 2 * k * s->seeds;
        b[k] = bias_at(k);
        known[k] = rs_forget_half_life(b[k]);
        none[k] = bare[k];
        path[k] = -log(2) / median(nets, s->seeds, 0);
        const double exponent = median(nets, s->seeds, 1);
        whole[k] = exponent < 0 ? -log(2) / exponent : INFINITY;
    }
    (void)snprintf(c->title, sizeof c->title, "Half-life of the gradient, steps");
    (void)snprintf(c->note, sizeof c->note,
                   "dots: no weights; at +∞ the gradient grows on its way back");
    (void)snprintf(c->x_name, sizeof c->x_name, "$b_f$");
    c->y_kind = AXIS_LOG;
    curves_add(c, "$\\ln\\frac{1}{2} / \\ln \\sigma(b)$", formula, LINE, INK_GREY, DASH_NONE)->x =
        fine;
    curve *dots = curves_add(c, "", none, BIASES, INK_TEXT, DASH_NONE);
    dots->x = b;
    dots->points = true;
    curves_add(c, "cell path, random weights", path, BIASES, INK_BLUE, DASH_LONG)->x = b;
    curves_add(c, "all paths, random weights", whole, BIASES, INK_VERMILION, DASH_NONE)->x = b;
    return RS_OK;
}

static void csv(FILE *out, const void *data)
{
    static const char *const names[] = {"b", "formula", "no weights", "cell path", "all paths"};
    experiment_table(out, names, ((const panels *)data)->panel[0]->numbers + (size_t)(2 * LINE), 5,
                     BIASES);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    job j = {.size = sizes(l->full), .seed = l->seed};
    const lab_work work = {.units = BIASES * j.size.seeds,
                           .numbers = 2,
                           .name = name_unit,
                           .run = measure,
                           .context = &j};
    double result[BIASES * MAX_SEEDS * 2], bare[BIASES];
    rs_status status = lab_do(l, &work, result, err);
    if (!status)
        status = tell(l, &j.size, result, bare, err);
    if (status)
        return status;
    *data = rs_alloc(1, sizeof(panels), "the curves", err);
    return *data ? fill(*data, &j.size, result, bare, err) : RS_INTERNAL;
}

const experiment experiment_forget_bias = {
    .name = "forget-bias",
    .title = "The forget gate's bias sets how long the gradient lives",
    .paper = "Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = csv,
    .free = panels_free};
