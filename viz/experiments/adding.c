/* The adding problem: two of T numbers are marked, and at the end their sum is asked for. Who sees
 * nothing answers 1 and errs by 1/6. A tanh RNN stays there as T grows; LSTM and GRU do not
 * (Hochreiter & Schmidhuber 1997, experiment 4; the form is that of Arjovsky, Shah & Bengio 2016,
 * section 5.2, who have 128 units, batches of 20 and T from 100 to 750). */
#include "viz/experiments/trained.h"

#include <math.h>
#include <stdlib.h>

static const variant variants[] = {
    {.name = "RNN", .cell = &rs_cell_rnn, .rate = .003, .clip = 1, .ink = INK_VERMILION},
    {.name = "LSTM",
     .cell = &rs_cell_lstm,
     .init = {.has_forget_bias = true, .forget_bias = 1},
     .rate = .01,
     .clip = 1,
     .ink = INK_BLUE},
    {.name = "GRU", .cell = &rs_cell_gru, .rate = .01, .clip = 1, .ink = INK_GREEN},
};
enum { RNN, LSTM, GRU, VARIANTS };

static grid_size sizes(bool full)
{
    return full ? (grid_size){.hidden = 128,
                              .B = 20,
                              .seeds = 3,
                              .length = {100, 200, 400, 750},
                              .lengths = 4,
                              .updates = 20000}
                : (grid_size){.hidden = 32,
                              .B = 20,
                              .seeds = 3,
                              .length = {100, 200},
                              .lengths = 2,
                              .updates = 5000};
}

static grid make_grid(const grid_size *size, uint64_t seed)
{
    return (grid){.variant = variants,
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
    char lengths[EXPERIMENT_TEXT];
    (void)snprintf(
        text, EXPERIMENT_TEXT,
        "T = %.60s; %zu units, batch %zu, %u updates, %zu seeds; Adam, rate %g (RNN %g), "
        "norm clipped at %g; LSTM's forget bias %g",
        grid_lengths(&s, lengths), s.hidden, s.B, (unsigned)s.updates, s.seeds, variants[LSTM].rate,
        variants[RNN].rate, variants[LSTM].clip, variants[LSTM].init.forget_bias);
    return text;
}

static double operations(bool full)
{
    const grid_size s = sizes(full);
    const grid g = make_grid(&s, 1);
    return grid_operations(&g);
}

/* Nine tenths of what the ignorant one has: 500 test sequences tell 1/6 to about a twentieth. */
static void tell(lab *l, const grid *g)
{
    const double learnt = .9 * g->task->ignorant(0);
    for (size_t k = 0; k < g->size.lengths; k++)
        for (size_t v = LSTM; v <= GRU; v++)
            lab_find(l, grid_loss(g, v, k), 0, learnt, "below 0.167", "%s, T = %zu: squared error",
                     variants[v].name, g->size.length[k]);
    const size_t longest = g->size.lengths - 1;
    finding *f = lab_find(l, grid_loss(g, RNN, longest), learnt, INFINITY, "stays at 0.167",
                          "tanh RNN, T = %zu: squared error", g->size.length[longest]);
    finding_note(f, "all rows: median of %zu seeds, on new sequences", g->size.seeds);
}

rs_status adding_run(lab *l, const grid_size *size, void **data, rs_error *err)
{
    grid g = make_grid(size, l->seed);
    return grid_report(&g, l, tell, grid_page_losses, data, err);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    const grid_size s = sizes(l->full);
    return adding_run(l, &s, data, err);
}

const experiment experiment_adding = {
    .name = "adding",
    .title = "The adding problem: LSTM and GRU learn it, a tanh RNN does not",
    .paper = "Hochreiter & Schmidhuber 1997; Arjovsky, Shah & Bengio 2016, section 5.2",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = grid_page_csv,
    .free = grid_page_free};
