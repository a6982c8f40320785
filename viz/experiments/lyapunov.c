/* Does the gradient of a random tanh net explode or vanish? The largest Lyapunov exponent λ, as
 * the gain g of W ~ N(0, g²/H) grows, alone and driven by noise.
 *
 * Alone, the net is silent below g = 1 and chaotic above (Sompolinsky, Crisanti & Sommers 1988);
 * noise saturates its units and with that suppresses chaos (Molgedey, Schuchhardt & Schuster 1992;
 * Engelken, Wolf & Abbott 2023; of trained nets Vogt, Puelma Touzel, Shlizerman & Lajoie 2022). In
 * the silent state tanh′ = 1, so λ = ln ρ(W), and ρ(W) → g with growing H (Girko's circular law).
 */
#include "viz/experiments/experiment.h"
#include "viz/experiments/rig.h"
#include "viz/plots/numbers.h"
#include "viz/plots/panels.h"

#include "base/memory.h"
#include "flow/jacobian.h"

#include <math.h>
#include <string.h>

enum { GAINS = 21, SILENT = 6, INPUT_KINDS = 2, MAX_SEEDS = 10 };

static const double input_std[INPUT_KINDS] = {0, 1};

/* .5, .6, … 2.5; the first SILENT up to 1 */
static double gain_at(size_t k) { return .5 + .1 * (double)k; }

typedef struct size_of {
    size_t H, T, skip, seeds;
} size_of;

static size_of sizes(bool full)
{
    return full ? (size_of){512, 3000, 500, MAX_SEEDS} : (size_of){128, 700, 200, 3};
}

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const size_of s = sizes(full);
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "tanh net, %zu units, W ~ N(0, g²/%zu), g = %g to %g; without input, and each "
                   "unit with noise N(0, 1) of its own; %zu steps of which %zu do not count; %zu "
                   "nets",
                   s.H, s.H, gain_at(0), gain_at(GAINS - 1), s.T, 2 * s.skip, s.seeds);
    return text;
}

/* Forward, with W_ih as wide as W_hh, and a row back with its rotation. */
static double operations(bool full)
{
    const size_of s = sizes(full);
    const double H = (double)s.H;
    return (double)(GAINS * INPUT_KINDS * s.seeds * s.T) * (8 * H * H + 1000 * H);
}

/* --- one net ------------------------------------------------------------------------------- */

typedef struct job {
    size_of size;
    uint64_t seed;
} job;

typedef struct place {
    size_t gain, input, net;
} place;

static place place_of(const job *j, size_t k)
{
    const size_t nets = j->size.seeds;
    return (place){k / nets / INPUT_KINDS, k / nets % INPUT_KINDS, k % nets};
}

static void name_unit(const void *context, size_t k, char name[UNIT_NAME])
{
    const place p = place_of(context, k);
    (void)snprintf(name, UNIT_NAME, "g=%g input=%g net=%zu", gain_at(p.gain), input_std[p.input],
                   p.net);
}

/* The first `skip` steps let the state settle, and the axes as many at the other end. */
static rs_status settled_exponent(rig *r, const size_of *s, double *exponent, rs_error *err)
{
    rs_forward(r->trace, r->model.parameters, NULL);
    const double *h = r->trace->layer[0].value[RS_H] + (s->skip - 1) * s->H;
    memmove(rig_start(r), h, s->H * sizeof *h);
    memmove(r->trace->x, r->trace->x + s->skip * s->H, (s->T - s->skip) * s->H * sizeof(double));
    rs_forward(r->trace, r->model.parameters, NULL);
    return rs_flow_lyapunov(r->trace, r->model.parameters, 0, 0, s->skip, 1, exponent, err);
}

static rs_status measure(void *context, size_t k, lab_unit *unit, double *result, rs_error *err)
{
    const job *j = context;
    const place p = place_of(j, k);
    const size_t H = j->size.H, T = j->size.T;
    rs_random weights = rs_random_seed(j->seed + p.net, 1);
    rs_random noise = rs_random_seed(j->seed + p.net, 2);
    rig r;
    (void)unit;
    rs_status status = rig_make(&r, &rs_cell_rnn, H, H, T, err);
    if (status)
        return status;
    rig_own_inputs(&r);
    rig_normal(rig_block(&r, RS_WEIGHT_HH), H * H, gain_at(p.gain) / sqrt((double)H), &weights);
    rig_normal(rig_start(&r), H, .5, &noise);
    rig_normal(r.trace->x, T * H, input_std[p.input], &noise);
    status = settled_exponent(&r, &j->size, result, err);
    rig_free(&r);
    return status;
}

/* --- findings ------------------------------------------------------------------------------ */

/* mean, least and most over the nets, at each gain */
typedef struct band {
    double mean[GAINS], least[GAINS], most[GAINS];
} band;

static void find_band(const job *j, const double *result, size_t input, band *b)
{
    for (size_t g = 0; g < GAINS; g++) {
        const double *nets = result + (g * INPUT_KINDS + input) * j->size.seeds;
        b->mean[g] = 0;
        b->least[g] = INFINITY;
        b->most[g] = -INFINITY;
        for (size_t k = 0; k < j->size.seeds; k++) {
            b->mean[g] += nets[k] / (double)j->size.seeds;
            b->least[g] = fmin(b->least[g], nets[k]);
            b->most[g] = fmax(b->most[g], nets[k]);
        }
    }
}

/* The least gain where the mean reaches a level, between two by a straight line; Inf: nowhere. */
static double reaches(const band *b, double level)
{
    for (size_t g = 1; g < GAINS; g++)
        if (b->mean[g - 1] < level && b->mean[g] >= level)
            return gain_at(g - 1) + (gain_at(g) - gain_at(g - 1)) * (level - b->mean[g - 1]) /
                                        (b->mean[g] - b->mean[g - 1]);
    return INFINITY;
}

/* The spread over nets, as a note. */
static void note_spread(finding *f, const job *j, const band *b, size_t g)
{
    char least[NUMBER_TEXT], most[NUMBER_TEXT];
    finding_note(f, "mean of %zu nets, %s to %s", j->size.seeds, number_text(least, b->least[g], 2),
                 number_text(most, b->most[g], 2));
}

static void tell(lab *l, const job *j, const band *alone, const band *driven)
{
    enum { G_08 = 3, G_15 = 10 };
    char text[48];
    const double ends = reaches(alone, -.01), chaos = reaches(alone, .01);
    const double driven_chaos = reaches(driven, .01);
    lab_find(l, ends, .9, 1.1, "g = 1", "without input, silence ends (λ > -0.01) at g =");
    finding *f = lab_show(l, chaos, "without input, chaos begins (λ > 0.01) at g =");
    finding_note(f, "also g = 1 for H → ∞; between the two gains nets of this size run in cycles, "
                    "along which λ is 0");
    f = lab_find(l, alone->mean[G_15], 0, INFINITY, "chaos: > 0", "without input, λ at g = %g",
                 gain_at(G_15));
    note_spread(f, j, alone, G_15);
    (void)snprintf(text, sizeof text, "ln g = %.3f", log(gain_at(G_08)));
    f = lab_find(l, alone->mean[G_08], log(gain_at(G_08)) - .06, log(gain_at(G_08)) + .06, text,
                 "without input, λ at g = %g", gain_at(G_08));
    note_spread(f, j, alone, G_08);
    f = lab_find(l, driven->mean[G_15], -INFINITY, 0, "input suppresses chaos: < 0",
                 "with input, λ at g = %g", gain_at(G_15));
    note_spread(f, j, driven, G_15);
    lab_find(l, driven_chaos - chaos, .1, INFINITY, "later than without",
             "with input, chaos begins at a gain larger by");
}

/* --- figure -------------------------------------------------------------------------------- */

static void add_lines(curves *c, const double *g, double *at, const band *b, const char *name,
                      ink_kind ink, dash_kind dash)
{
    const double *rows[] = {b->mean, b->least, b->most};
    for (size_t k = 0; k < 3; k++) {
        memcpy(at + k * GAINS, rows[k], sizeof b->mean);
        curve *line = curves_add(c, k == 0 ? name : "", at + k * GAINS, GAINS, ink, dash);
        line->x = g;
        line->width = k == 0 ? 2 : 1;
        line->alpha = k == 0 ? 0 : .35;
    }
}

/* numbers: g, ln g, then mean, least, most twice, [GAINS] each */
static rs_status fill(panels *p, const band *alone, const band *driven, rs_error *err)
{
    curves *c = panels_add(p, (rect){0, 0, 1, 1}, 8 * GAINS, err);
    if (!c)
        return RS_INTERNAL;
    double *g = c->numbers, *theory = g + GAINS;
    for (size_t k = 0; k < GAINS; k++) {
        g[k] = gain_at(k);
        theory[k] = log(g[k]);
    }
    (void)snprintf(c->title, sizeof c->title, "Largest Lyapunov exponent a step");
    (void)snprintf(
        c->note, sizeof c->note,
        "mean and range over the nets; above 0 the gradient explodes, below it vanishes");
    (void)snprintf(c->x_name, sizeof c->x_name, "$g$");
    add_lines(c, g, g + 2 * GAINS, alone, "without input", INK_VERMILION, DASH_NONE);
    add_lines(c, g, g + 5 * GAINS, driven, "with input", INK_BLUE, DASH_NONE);
    curves_add(c, "$\\ln g$", theory, SILENT, INK_GREY, DASH_LONG)->x = g;
    c->guide[c->guides_n++] = (guide){.value = 0, .name = ""};
    c->guide[c->guides_n++] = (guide){.upright = true, .value = 1, .name = "$g = 1$"};
    return RS_OK;
}

static void csv(FILE *out, const void *data)
{
    static const char *const names[] = {"g",          "ln g",   "alone",        "alone least",
                                        "alone most", "driven", "driven least", "driven most"};
    experiment_table(out, names, ((const panels *)data)->panel[0]->numbers, 8, GAINS);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    job j = {.size = sizes(l->full), .seed = l->seed};
    const lab_work work = {.units = GAINS * INPUT_KINDS * j.size.seeds,
                           .numbers = 1,
                           .name = name_unit,
                           .run = measure,
                           .context = &j};
    double result[GAINS * INPUT_KINDS * MAX_SEEDS];
    band alone, driven;
    const rs_status status = lab_do(l, &work, result, err);
    if (status)
        return status;
    find_band(&j, result, 0, &alone);
    find_band(&j, result, 1, &driven);
    tell(l, &j, &alone, &driven);
    *data = rs_alloc(1, sizeof(panels), "the curves", err);
    return *data ? fill(*data, &alone, &driven, err) : RS_INTERNAL;
}

const experiment experiment_lyapunov = {
    .name = "lyapunov",
    .title = "A random net explodes above gain 1, unless its input tames it",
    .paper = "Sompolinsky, Crisanti & Sommers 1988; Vogt et al. 2022; Engelken, Wolf & Abbott 2023",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = csv,
    .free = panels_free};
