/* The copy task: a few symbols, T blanks, then the symbols are asked for. An LSTM with the usual
 * forget bias of 1 forgets within a few steps and says blanks and any symbol; with biases drawn for
 * lags up to T_max, b_f = ln U[1, T_max − 1] and b_i = −b_f, it goes below that (Tallec & Ollivier
 * 2018, section 4, with T_max = 3T/2, 128 units, 10 symbols, T = 500 and 2000).
 *
 * Ten symbols take a small machine long; three show the same, and the ignorant loss falls with
 * them. */
#include "viz/experiments/trained.h"

#include <math.h>
#include <stdlib.h>

enum {
    SYMBOLS = 3,
    LETTERS = 8,
    BLANK = LETTERS,
    GO,
    INPUTS,
    OUTPUTS = BLANK + 1,
    PAPER_DELAY = 20
};

/* --- the task with few symbols ------------------------------------------------------------- */

static double ignorant(size_t T) { return SYMBOLS * log(LETTERS) / (double)T; }

static void sequence(rs_data *data, size_t b, rs_random *random)
{
    const size_t T = data->T, B = data->B;
    for (size_t t = 0; t < T; t++) {
        const size_t symbol = t < SYMBOLS            ? rs_random_below(random, LETTERS)
                              : t == T - SYMBOLS - 1 ? GO
                                                     : BLANK;
        data->x[(t * B + b) * INPUTS + symbol] = 1;
        if (t < T - SYMBOLS)
            data->label[t * B + b] = BLANK;
        if (t < SYMBOLS)
            data->label[(T - SYMBOLS + t) * B + b] = (int)symbol;
    }
}

static const rs_task few_symbols = {.name = "copy of a few",
                                    .inputs = INPUTS,
                                    .outputs = OUTPUTS,
                                    .loss = RS_XENT,
                                    .least_T = 2 * SYMBOLS + 1,
                                    .ignorant = ignorant,
                                    .sequence = sequence};

/* --- the runs ------------------------------------------------------------------------------ */

static const variant variants[] = {
    {.name = "forget bias 1",
     .cell = &rs_cell_lstm,
     .init = {.has_forget_bias = true, .forget_bias = 1},
     .rate = .003,
     .clip = 1,
     .ink = INK_VERMILION},
    {.name = "chrono",
     .cell = &rs_cell_lstm,
     .chrono = 1.5,
     .rate = .003,
     .clip = 1,
     .ink = INK_BLUE},
};
enum { USUAL, CHRONO, VARIANTS };

static grid_size sizes(bool full)
{
    return full ? (grid_size){.hidden = 128,
                              .B = 50,
                              .seeds = 3,
                              .length = {500, 2000},
                              .lengths = 2,
                              .updates = 30000}
                : (grid_size){.hidden = 32,
                              .B = 16,
                              .seeds = 3,
                              .length = {100, 150},
                              .lengths = 2,
                              .updates = 5000};
}

static grid make_grid(const grid_size *size, bool full, uint64_t seed)
{
    return (grid){.variant = variants,
                  .variants = VARIANTS,
                  .size = *size,
                  .task = full ? rs_task_named("copy") : &few_symbols,
                  .delay = full ? PAPER_DELAY : 2 * SYMBOLS,
                  .optimizer = "rmsprop",
                  .each_seed = true,
                  .seed = seed};
}

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const grid_size s = sizes(full);
    char lengths[EXPERIMENT_TEXT];
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "%d of %d letters, T = %.60s blanks; LSTM, %zu units, batch %zu, %u updates, "
                   "%zu seeds; RMSprop, rate %g, norm clipped at %g; chrono with T_max = %g T",
                   full ? PAPER_DELAY / 2 : SYMBOLS, LETTERS, grid_lengths(&s, lengths), s.hidden,
                   s.B, (unsigned)s.updates, s.seeds, variants[CHRONO].rate, variants[CHRONO].clip,
                   variants[CHRONO].chrono);
    return text;
}

static double operations(bool full)
{
    const grid_size s = sizes(full);
    const grid g = make_grid(&s, full, 1);
    return grid_operations(&g);
}

/* Within a tenth of the ignorant loss counts as stuck. */
static void tell(lab *l, const grid *g)
{
    for (size_t k = 0; k < g->size.lengths; k++) {
        const size_t T = g->size.length[k];
        const double stuck = g->task->ignorant(T + g->delay);
        char text[FINDING_TEXT];
        (void)snprintf(text, sizeof text, "sticks at %.3g", stuck);
        finding_note(lab_find(l, grid_loss(g, USUAL, k), .9 * stuck, INFINITY, text,
                              "forget bias 1, T = %zu: loss", T),
                     "median of %zu seeds; knowing nothing of the symbols costs %.3g",
                     g->size.seeds, stuck);
        (void)snprintf(text, sizeof text, "below %.3g", stuck);
        finding_note(
            lab_find(l, grid_loss(g, CHRONO, k), 0, .9 * stuck, text, "chrono, T = %zu: loss", T),
            "median of %zu seeds", g->size.seeds);
    }
}

rs_status copy_chrono_run(lab *l, const grid_size *size, void **data, rs_error *err)
{
    grid g = make_grid(size, l->full, l->seed);
    return grid_report(&g, l, tell, grid_page_losses, data, err);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    const grid_size s = sizes(l->full);
    return copy_chrono_run(l, &s, data, err);
}

const experiment experiment_copy_chrono = {
    .name = "copy-chrono",
    .title = "Copying over a gap: chrono biases remember, a forget bias of 1 does not",
    .paper = "Tallec & Ollivier 2018, section 4",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = grid_page_csv,
    .free = grid_page_free};
