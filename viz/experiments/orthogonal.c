/* An orthogonal W keeps the gradient's norm in a linear net, exactly (Saxe, McClelland & Ganguli
 * 2014). tanh takes some at each step: with |tanh′| ≤ 1 and |W| = 1 the product of Jacobians cannot
 * grow (Pascanu, Mikolov & Bengio 2013, section 2.1), and the more a unit is driven the more it
 * loses.
 *
 * How much, a mean field tells (Saxe et al., section 4; Pennington, Schoenholz & Ganguli 2017): the
 * pre-activations of a wide net are N(0, q), so over a step the mean square of the singular values
 * shrinks by χ = E[tanh′(z)²], and q_{t+1} = E[tanh(z)²] + (std of the input)². */
#include "viz/experiments/experiment.h"
#include "viz/experiments/rig.h"
#include "viz/plots/numbers.h"
#include "viz/plots/panels.h"

#include "base/memory.h"
#include "flow/jacobian.h"
#include "network/init.h"

#include <math.h>
#include <stdlib.h>

enum { INPUT_KINDS = 4, MAX_STEPS = 200, MAX_SEEDS = 10 };

static const double input_std[INPUT_KINDS] = {0, .1, .3, 1}, start_std = .1;

typedef struct size_of {
    size_t H, T, seeds;
} size_of;

static size_of sizes(bool full)
{
    return full ? (size_of){128, MAX_STEPS, MAX_SEEDS} : (size_of){64, 100, 3};
}

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const size_of s = sizes(full);
    (void)snprintf(
        text, EXPERIMENT_TEXT,
        "%zu units, W a random orthogonal matrix, %zu steps; each unit with noise of its "
        "own, of std 0, 0.1, 0.3 and 1; h₀ of std %g; %zu nets",
        s.H, s.T, start_std, s.seeds);
    return text;
}

/* The norms are H rows a step; the singular values are as many, and a QR a step. */
static double operations(bool full)
{
    const size_of s = sizes(full);
    const double H = (double)s.H;
    return (double)((INPUT_KINDS + 1) * s.seeds * s.T) * 30 * H * H * H;
}

/* --- one net ------------------------------------------------------------------------------- */

typedef struct job {
    size_of size;
    uint64_t seed;
} job;

/* Kind INPUT_KINDS is the linear net. */
static size_t kind_of(const job *j, size_t k) { return k / j->size.seeds; }
static size_t net_of(const job *j, size_t k) { return k % j->size.seeds; }

static void name_unit(const void *context, size_t k, char name[UNIT_NAME])
{
    const job *j = context;
    if (kind_of(j, k) == INPUT_KINDS)
        (void)snprintf(name, UNIT_NAME, "linear net=%zu", net_of(j, k));
    else
        (void)snprintf(name, UNIT_NAME, "input=%g net=%zu", input_std[kind_of(j, k)], net_of(j, k));
}

static void drive(rig *r, const job *j, size_t k)
{
    const size_t H = j->size.H, n = j->size.T * H;
    rs_random noise = rs_random_seed(j->seed + net_of(j, k), 2);
    rig_own_inputs(r);
    if (kind_of(j, k) == INPUT_KINDS) { /* every unit on at every step: relu is linear */
        double *h = rig_start(r);
        for (size_t at = 0; at < n + H; at++)
            h[at] = 1;
        return;
    }
    rig_normal(rig_start(r), H, start_std, &noise);
    rig_normal(r->trace->x, n, input_std[kind_of(j, k)], &noise);
    rs_forward(r->trace, r->model.parameters, NULL);
}

/* ½ ln of the mean of e^{2 log_value} */
static double log_rms(const double *log_value, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += exp(2 * (log_value[k] - log_value[0]));
    return log_value[0] + log(sum / (double)n) / 2;
}

/* result [T+2]: ln |∂h_T/∂h_k|₂ for k = 0 … T, then the ln of the root mean square of all singular
 * values of ∂h_T/∂h_0 */
static rs_status measure(void *context, size_t k, lab_unit *unit, double *result, rs_error *err)
{
    const job *j = context;
    const rs_init init = {.name = "orthogonal"};
    const bool linear = kind_of(j, k) == INPUT_KINDS;
    const size_t H = j->size.H, T = j->size.T;
    double *values = rs_alloc(H, sizeof *values, "the singular values", err);
    rig r;
    if (!values)
        return RS_INTERNAL;
    rs_status status = rig_make(&r, linear ? &rs_cell_rnn_relu : &rs_cell_rnn, H, H, T, err);
    if (!status) {
        status = rs_model_init(&r.model, &init, j->seed + net_of(j, k), err);
        if (!status) {
            drive(&r, j, k);
            status = rs_flow_jacobian_norms(r.trace, r.model.parameters, 0, 0, NULL, result, err);
        }
        if (!status && !lab_tick(unit, .5))
            status = RS_INTERRUPTED;
        if (!status)
            status =
                rs_flow_singular_values(r.trace, r.model.parameters, 0, 0, T - 1, 0, values, err);
        result[T + 1] = status ? NAN : log_rms(values, H);
        rig_free(&r);
    }
    free(values);
    return status;
}

/* --- the mean field ------------------------------------------------------------------------ */

/* E[tanh(z)²] and E[(1 − tanh(z)²)²] for z ~ N(0, q), by the trapezoidal rule, which for such a
 * function is exact to many digits. */
static void mean_field(double q, double *square, double *slope)
{
    enum { POINTS = 400 };
    double weights = 0;
    *square = *slope = 0;
    for (int k = -POINTS; k <= POINTS; k++) {
        const double u = 10. * k / POINTS, weight = exp(-u * u / 2), h = tanh(sqrt(q) * u);
        weights += weight;
        *square += weight * h * h;
        *slope += weight * (1 - h * h) * (1 - h * h);
    }
    *square /= weights;
    *slope /= weights;
}

/* ½ Σ ln χ_t over T steps */
static double predicted(double input, size_t T)
{
    double h_square = start_std * start_std, sum = 0;
    for (size_t t = 0; t < T; t++) {
        double slope;
        mean_field(h_square + input * input, &h_square, &slope);
        sum += log(slope) / 2;
    }
    return sum;
}

/* --- findings ------------------------------------------------------------------------------ */

/* Mean over nets of number `at` of the result. */
static double mean_of(const job *j, const double *result, size_t kind, size_t at)
{
    double sum = 0;
    for (size_t k = 0; k < j->size.seeds; k++)
        sum += result[(kind * j->size.seeds + k) * (j->size.T + 2) + at];
    return sum / (double)j->size.seeds;
}

static void tell(lab *l, const job *j, const double *result)
{
    const size_t T = j->size.T;
    const double linear = exp(mean_of(j, result, INPUT_KINDS, 0));
    lab_find(l, linear, 1 - 1e-9, 1 + 1e-9, "1 exactly", "linear net: |∂h_T/∂h₀|, T = %zu", T);
    double before = 0;
    for (size_t kind = 0; kind < INPUT_KINDS; kind++) {
        const double norm = mean_of(j, result, kind, 0);
        finding *f = lab_find(l, exp(norm), 0, exp(before), kind == 0 ? "below 1" : "less again",
                              "tanh, input of std %g: |∂h_T/∂h₀|", input_std[kind]);
        finding_note(f, "geometric mean of %zu nets", j->size.seeds);
        before = norm;
    }
    for (size_t kind = 0; kind < INPUT_KINDS; kind++) {
        const double theory = predicted(input_std[kind], T);
        const double rms = mean_of(j, result, kind, T + 1), off = .1 * fabs(theory) + log(1.1);
        char text[NUMBER_TEXT];
        lab_find(l, exp(rms), exp(theory - off), exp(theory + off),
                 number_text(text, exp(theory), 3), "tanh, input of std %g: mean singular value",
                 input_std[kind]);
    }
}

/* --- figure -------------------------------------------------------------------------------- */

/* numbers: steps back [T+1], then log10 of the norm, a row a kind */
static rs_status fill(panels *p, const job *j, const double *result, rs_error *err)
{
    static const ink_kind inks[] = {INK_GREEN, INK_SKY, INK_ORANGE, INK_VERMILION, INK_TEXT};
    const size_t T = j->size.T;
    curves *c = panels_add(p, (rect){0, 0, 1, 1}, (INPUT_KINDS + 2) * (T + 1), err);
    if (!c)
        return RS_INTERNAL;
    for (size_t k = 0; k <= T; k++)
        c->numbers[k] = (double)k;
    for (size_t kind = 0; kind <= INPUT_KINDS; kind++) {
        double *row = c->numbers + (kind + 1) * (T + 1);
        char name[48] = "linear net";
        for (size_t k = 0; k <= T; k++)
            row[k] = mean_of(j, result, kind, T - k) / log(10);
        if (kind < INPUT_KINDS)
            (void)snprintf(name, sizeof name, "tanh, input std %g", input_std[kind]);
        curves_add(c, name, row, T + 1, inks[kind], kind < INPUT_KINDS ? DASH_NONE : DASH_LONG)->x =
            c->numbers;
    }
    (void)snprintf(c->title, sizeof c->title, "Norm of the state's Jacobian");
    (void)snprintf(c->note, sizeof c->note,
                   "$|\\partial h_T/\\partial h_{T-k}|_2$, $W$ orthogonal");
    (void)snprintf(c->x_name, sizeof c->x_name, "$k$");
    c->y_kind = AXIS_POWERS;
    return RS_OK;
}

static void csv(FILE *out, const void *data)
{
    static const char *const names[INPUT_KINDS + 2] = {
        "k",           "log10 input 0", "log10 input 0.1", "log10 input 0.3", "log10 input 1",
        "log10 linear"};
    const curves *c = ((const panels *)data)->panel[0];
    experiment_table(out, names, c->numbers, INPUT_KINDS + 2, c->curve[0].n);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    job j = {.size = sizes(l->full), .seed = l->seed};
    const lab_work work = {.units = (INPUT_KINDS + 1) * j.size.seeds,
                           .numbers = j.size.T + 2,
                           .name = name_unit,
                           .run = measure,
                           .context = &j};
    double *result = rs_alloc(work.units * work.numbers, sizeof *result, "the norms", err);
    if (!result)
        return RS_INTERNAL;
    rs_status status = lab_do(l, &work, result, err);
    if (!status) {
        tell(l, &j, result);
        *data = rs_alloc(1, sizeof(panels), "the curves", err);
        status = *data ? fill(*data, &j, result, err) : RS_INTERNAL;
    }
    free(result);
    return status;
}

const experiment experiment_orthogonal = {
    .name = "orthogonal",
    .title = "Orthogonal weights keep the gradient of a linear net, not of tanh",
    .paper = "Saxe, McClelland & Ganguli 2014; Pennington, Schoenholz & Ganguli 2017",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = csv,
    .free = panels_free};
