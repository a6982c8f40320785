/* A ReLU RNN whose W starts as the identity (IRNN) on the adding problem, beside a tanh RNN and an
 * LSTM (Le, Jaitly & Hinton 2015, section 4.1: 100 units, batches of 16, T = 150 to 400, weights of
 * input and readout N(0, .001), for each net the best of many rates and clipping thresholds).
 *
 * Two traps. With the paper's .001 and Adam an IRNN of 32 units learns nothing in 5000 updates, at
 * either rate of .001 and .003: its input and readout first have to grow; from .03 it learns. And
 * the paper says that its LSTMs do better with a large forget bias: what its baseline had decides
 * how an LSTM looks beside the IRNN. So both are here, 0 and 1. */
#include "viz/experiments/trained.h"

#include <math.h>
#include <stdlib.h>

static const variant variants[] = {
    {.name = "tanh RNN", .cell = &rs_cell_rnn, .rate = .001, .clip = 1, .ink = INK_VERMILION},
    {.name = "IRNN",
     .cell = &rs_cell_rnn_relu,
     .init = {.name = "identity"},
     .weight_std = .03,
     .rate = .001,
     .clip = 1,
     .ink = INK_ORANGE},
    {.name = "LSTM, forget bias 0",
     .cell = &rs_cell_lstm,
     .init = {.has_forget_bias = true, .forget_bias = 0},
     .rate = .01,
     .clip = 1,
     .ink = INK_PURPLE},
    {.name = "LSTM, forget bias 1",
     .cell = &rs_cell_lstm,
     .init = {.has_forget_bias = true, .forget_bias = 1},
     .rate = .01,
     .clip = 1,
     .ink = INK_BLUE},
};
enum { TANH, IRNN, LSTM_0, LSTM_1, VARIANTS };

static grid_size sizes(bool full)
{
    return full ? (grid_size){.hidden = 100,
                              .B = 16,
                              .seeds = 3,
                              .length = {150, 200, 300, 400},
                              .lengths = 4,
                              .updates = 30000}
                : (grid_size){.hidden = 32,
                              .B = 16,
                              .seeds = 3,
                              .length = {150},
                              .lengths = 1,
                              .updates = 5000};
}

static grid make_grid(const grid_size *size, uint64_t seed)
{
    return (grid){.variant = variants,
                  .variants = VARIANTS,
                  .size = *size,
                  .task = rs_task_named("adding"),
                  .optimizer = "adam",
                  .seed = seed};
}

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const grid_size s = sizes(full);
    char lengths[EXPERIMENT_TEXT];
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "T = %.60s; %zu units, batch %zu, %u updates, %zu seeds; Adam, rate %g for the "
                   "RNNs and %g for LSTM, norm clipped at %g; IRNN: other weights of std %g",
                   grid_lengths(&s, lengths), s.hidden, s.B, (unsigned)s.updates, s.seeds,
                   variants[IRNN].rate, variants[LSTM_1].rate, variants[IRNN].clip,
                   variants[IRNN].weight_std);
    return text;
}

static double operations(bool full)
{
    const grid_size s = sizes(full);
    const grid g = make_grid(&s, 1);
    return grid_operations(&g);
}

/* When the loss first falls below half of the ignorant one: the median over seeds, +∞ never. */
static double learnt_at(const grid *g, size_t v, size_t l)
{
    double at[GRID_SEEDS];
    for (size_t s = 0; s < g->size.seeds; s++) {
        size_t k = 0;
        while (k < TRAINING_POINTS &&
               !(grid_outcome(g, v, l, s)->loss[k] < g->task->ignorant(0) / 2))
            k++;
        at[s] = k < TRAINING_POINTS ? grid_update_at(g, k) : INFINITY;
    }
    return training_median(at, g->size.seeds);
}

static finding *tell_loss(lab *l, const grid *g, size_t v, size_t k, bool learns)
{
    const double limit = .5 * g->task->ignorant(0);
    finding *f = lab_find(l, grid_loss(g, v, k), learns ? 0 : 1.8 * limit,
                          learns ? limit : INFINITY, learns ? "solves it" : "fails, at 0.167",
                          "%s, T = %zu: squared error", variants[v].name, g->size.length[k]);
    finding_note(f, "median of %zu seeds", g->size.seeds);
    return f;
}

static void tell(lab *l, const grid *g)
{
    const size_t k = g->size.lengths - 1;
    tell_loss(l, g, IRNN, k, true);
    tell_loss(l, g, TANH, k, false);
    const double zero = learnt_at(g, LSTM_0, k), one = learnt_at(g, LSTM_1, k),
                 irnn = learnt_at(g, IRNN, k);
    finding *f = lab_find(l, zero, irnn, INFINITY, "later than IRNN",
                          "LSTM, forget bias 0: update at which the loss has halved");
    finding_note(f, "IRNN: %.4g", irnn);
    f = lab_find(l, zero, one, INFINITY, "later than with bias 1",
                 "LSTM, forget bias 0: the same update");
    if (f->verdict == VERDICT_AGREES)
        finding_note(f, "with forget bias 1: %.4g", one);
    else
        finding_note(f,
                     "with forget bias 1: %.4g. Adam can move a bias by its rate at each update, "
                     "from 0 to 1 within %.0f, so the start may be forgotten; the paper trains by "
                     "plain SGD, which this does not test",
                     one, 1 / variants[LSTM_0].rate);
}

rs_status irnn_run(lab *l, const grid_size *size, void **data, rs_error *err)
{
    grid g = make_grid(size, l->seed);
    return grid_report(&g, l, tell, grid_page_losses, data, err);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    const grid_size s = sizes(l->full);
    return irnn_run(l, &s, data, err);
}

const experiment experiment_irnn = {
    .name = "irnn",
    .title = "A ReLU RNN that starts as the identity adds where a tanh RNN fails",
    .paper = "Le, Jaitly & Hinton 2015, section 4.1",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = grid_page_csv,
    .free = grid_page_free};
