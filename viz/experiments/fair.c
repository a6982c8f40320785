/* LSTM, GRU and tanh RNN with the same number of parameters, not of units: then GRU is level with
 * LSTM or ahead (Chung et al. 2014, at equal parameters; Greff et al. 2017; Collins, Sohl-Dickstein
 * & Sussillo 2017: all cells hold about as much, gated ones are easier to train). At equal units
 * GRU has three quarters of the LSTM's weights: three gates' worth against four. */
#include "viz/experiments/trained.h"

#include <math.h>
#include <stdlib.h>

enum { RNN, LSTM, GRU, VARIANTS };
typedef struct trio {
    variant of[VARIANTS];
} trio;

/* The number of units that comes nearest to so many parameters. */
static size_t units_for(const rs_cell *cell, const rs_task *task, size_t parameters)
{
    size_t H = 1;
    while (training_parameters(cell, task->inputs, H + 1, task->outputs) <= parameters)
        H++;
    const size_t below = training_parameters(cell, task->inputs, H, task->outputs);
    const size_t above = training_parameters(cell, task->inputs, H + 1, task->outputs);
    return parameters - below <= above - parameters ? H : H + 1;
}

/* An LSTM of `hidden` units, and the others as large. */
static trio variants(size_t hidden)
{
    const rs_task *task = rs_task_named("adding");
    trio t = {{{.name = "RNN", .cell = &rs_cell_rnn, .rate = .003, .clip = 1, .ink = INK_VERMILION},
               {.name = "LSTM",
                .cell = &rs_cell_lstm,
                .init = {.has_forget_bias = true, .forget_bias = 1},
                .rate = .01,
                .clip = 1,
                .ink = INK_BLUE},
               {.name = "GRU", .cell = &rs_cell_gru, .rate = .01, .clip = 1, .ink = INK_GREEN}}};
    const size_t parameters =
        training_parameters(&rs_cell_lstm, task->inputs, hidden, task->outputs);
    for (size_t v = 0; v < VARIANTS; v++)
        t.of[v].hidden = units_for(t.of[v].cell, task, parameters);
    return t;
}

static grid_size sizes(bool full)
{
    return full ? (grid_size){.hidden = 128,
                              .B = 20,
                              .seeds = 5,
                              .length = {100, 200, 400},
                              .lengths = 3,
                              .updates = 20000}
                : (grid_size){.hidden = 32,
                              .B = 20,
                              .seeds = 5,
                              .length = {50, 100},
                              .lengths = 2,
                              .updates = 3000};
}

static grid make_grid(const grid_size *size, const trio *t, uint64_t seed)
{
    return (grid){.variant = t->of,
                  .variants = VARIANTS,
                  .size = *size,
                  .task = rs_task_named("adding"),
                  .optimizer = "adam",
                  .each_seed = true,
                  .seed = seed};
}

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const grid_size s = sizes(full);
    const trio t = variants(s.hidden);
    const rs_task *task = rs_task_named("adding");
    char lengths[EXPERIMENT_TEXT];
    (void)snprintf(
        text, EXPERIMENT_TEXT,
        "adding, T = %.60s; about %zu parameters each: LSTM %zu units, GRU %zu, RNN %zu; batch "
        "%zu, %u updates, %zu seeds; Adam, rate %g (RNN %g), norm clipped at %g, LSTM's forget "
        "bias 1",
        grid_lengths(&s, lengths),
        training_parameters(&rs_cell_lstm, task->inputs, s.hidden, task->outputs), s.hidden,
        t.of[GRU].hidden, t.of[RNN].hidden, s.B, (unsigned)s.updates, s.seeds, t.of[LSTM].rate,
        t.of[RNN].rate, t.of[LSTM].clip);
    return text;
}

static double operations(bool full)
{
    const grid_size s = sizes(full);
    const trio t = variants(s.hidden);
    const grid g = make_grid(&s, &t, 1);
    return grid_operations(&g);
}

/* --- findings ------------------------------------------------------------------------------ */

typedef struct interval {
    double least, middle, most;
} interval;

static interval of_losses(const grid *g, size_t v, size_t l)
{
    interval i = {INFINITY, grid_loss(g, v, l), -INFINITY};
    for (size_t s = 0; s < g->size.seeds; s++) {
        const double loss = grid_outcome(g, v, l, s)->score.loss;
        i.least = fmin(i.least, loss);
        i.most = fmax(i.most, loss);
    }
    return i;
}

static double seconds(const grid *g, size_t v, size_t l)
{
    double all[GRID_SEEDS];
    for (size_t s = 0; s < g->size.seeds; s++)
        all[s] = grid_outcome(g, v, l, s)->seconds;
    return training_median(all, g->size.seeds);
}

static finding *measured(finding *f, interval i)
{
    finding_measured(f, "%.3g (%.3g to %.3g)", i.middle, i.least, i.most);
    return f;
}

static void tell_length(lab *l, const grid *g, size_t k)
{
    const size_t T = g->size.length[k];
    const interval lstm = of_losses(g, LSTM, k), gru = of_losses(g, GRU, k),
                   rnn = of_losses(g, RNN, k);
    measured(lab_show(l, lstm.middle, "LSTM, T = %zu: squared error", T), lstm);
    measured(lab_find(l, gru.middle, 0, lstm.most, "level or ahead", "GRU, T = %zu", T), gru);
    finding *f = measured(lab_find(l, rnn.middle, fmax(lstm.middle, gru.middle), INFINITY,
                                   "behind both", "RNN, T = %zu", T),
                          rnn);
    finding_note(f, "median of %zu seeds, and their range", g->size.seeds);
}

static void tell(lab *l, const grid *g)
{
    const size_t H = g->size.hidden, last = g->size.lengths - 1;
    const double gru = (double)training_parameters(&rs_cell_gru, H, H, 0),
                 lstm = (double)training_parameters(&rs_cell_lstm, H, H, 0);
    lab_find(l, gru / lstm, .75, .75, "3/4 exactly",
             "GRU's parameters over LSTM's, %zu units each, no readout", H);
    for (size_t k = 0; k < g->size.lengths; k++)
        tell_length(l, g, k);
    for (size_t v = 0; v < VARIANTS; v++)
        finding_note(lab_show(l, seconds(g, v, last), "%s, T = %zu: seconds a thousand updates",
                              g->variant[v].name, g->size.length[last]),
                     "processor time of one thread, %zu units", g->variant[v].hidden);
}

rs_status fair_run(lab *l, const grid_size *size, void **data, rs_error *err)
{
    const trio t = variants(size->hidden);
    grid g = make_grid(size, &t, l->seed);
    return grid_report(&g, l, tell, grid_page_losses, data, err);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    const grid_size s = sizes(l->full);
    return fair_run(l, &s, data, err);
}

const experiment experiment_fair = {
    .name = "fair",
    .title = "LSTM, GRU and RNN with equally many parameters",
    .paper = "Chung et al. 2014; Collins, Sohl-Dickstein & Sussillo 2017",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = grid_page_csv,
    .free = grid_page_free};
