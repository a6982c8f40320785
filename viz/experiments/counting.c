/* Counting: LSTM and GRU predict the next symbol of # aⁿ bⁿ #, whose end can be told only by who
 * has counted the a. Both are trained with n ≤ N and tested beyond. An LSTM counts in its cell
 * state, which grows with n; a GRU's state stays in (−1, 1), and it loses count (Weiss, Goldberg &
 * Yahav 2018, section 4: 10 units, N = 100; the LSTM was right up to n = 256, the GRU up to 38). */
#include "viz/experiments/trained.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LSTM, GRU, CELLS, MOST_N = 300, SYMBOL_A = 1, SYMBOL_B = 2, SYMBOL_END = 0 };

static const struct {
    const rs_cell *cell;
    ink_kind ink;
} cells[CELLS] = {{&rs_cell_lstm, INK_BLUE}, {&rs_cell_gru, INK_GREEN}};
static const double rate = .01, clip = 1;

/* length[0] is N, length[1] the n up to which is tested */
static grid_size sizes(bool full)
{
    return full ? (grid_size){.hidden = 10,
                              .B = 20,
                              .seeds = 5,
                              .length = {100, MOST_N},
                              .lengths = 2,
                              .updates = 20000}
                : (grid_size){.hidden = 10,
                              .B = 20,
                              .seeds = 3,
                              .length = {50, 100},
                              .lengths = 2,
                              .updates = 5000};
}

static size_t steps_of(size_t n) { return 2 * n + 1; }

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const grid_size s = sizes(full);
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "aⁿbⁿ, trained with n up to %zu, tested up to %zu; %zu units, batch %zu, %u "
                   "updates of Adam, rate %g, norm clipped at %g; %zu seeds",
                   s.length[0], s.length[1], s.hidden, s.B, (unsigned)s.updates, rate, clip,
                   s.seeds);
    return text;
}

static double operations(bool full)
{
    const grid_size s = sizes(full);
    const rs_task *task = rs_task_named("anbn");
    double sum = 0;
    for (size_t c = 0; c < CELLS; c++)
        sum += (double)s.seeds *
               experiment_training((double)training_parameters(cells[c].cell, task->inputs,
                                                               s.hidden, task->outputs),
                                   (double)steps_of(s.length[0]), (double)s.B, (double)s.updates);
    return sum;
}

/* --- one net ------------------------------------------------------------------------------- */

typedef struct job {
    grid_size size;
    uint64_t seed;
} job;

static size_t longest(const job *j) { return j->size.length[1]; }

/* result: for n = 1 … most whether aⁿbⁿ is right; for each n the greatest |state| when the last a
 * is read; then the state, over the longest string, of the unit in which it goes furthest */
static size_t right_at(size_t n) { return n - 1; }
static size_t peak_at(const job *j, size_t n) { return longest(j) + n - 1; }
static size_t path_at(const job *j) { return 2 * longest(j); }
static size_t numbers_of(const job *j) { return path_at(j) + steps_of(longest(j)); }

static void name_unit(const void *context, size_t k, char name[UNIT_NAME])
{
    const job *j = context;
    (void)snprintf(name, UNIT_NAME, "%s seed=%zu", cells[k / j->size.seeds].cell->name,
                   k % j->size.seeds);
}

/* The cell's last state: c where it has one, else h. */
static size_t memory_of(const rs_cell *cell)
{
    size_t found = RS_H;
    for (size_t k = 0; k < cell->channels_n; k++)
        if (cell->channels[k].role == RS_STATE)
            found = k;
    return found;
}

static void write_string(rs_trace *trace, size_t n)
{
    const size_t I = trace->net->inputs;
    memset(trace->x, 0, trace->T * I * sizeof *trace->x);
    trace->x[SYMBOL_END] = 1;
    for (size_t t = 1; t <= 2 * n; t++)
        trace->x[t * I + (t <= n ? SYMBOL_A : SYMBOL_B)] = 1;
}

/* Whether what is certain is foretold: from the first b on, b until there are n of them, then the
 * end. */
static bool foretold(const rs_trace *trace, size_t n)
{
    for (size_t t = n + 1; t <= 2 * n; t++) {
        const double *y = trace->y + t * trace->net->outputs;
        const size_t next = t < 2 * n ? SYMBOL_B : SYMBOL_END;
        for (size_t k = 0; k < trace->net->outputs; k++)
            if (k != next && !(y[k] < y[next]))
                return false;
    }
    return true;
}

/* The greatest |state| of all units at step t; the unit into *at. */
static double greatest(const rs_trace *trace, size_t t, size_t *at)
{
    const size_t H = trace->net->hidden;
    const double *state = trace->layer[0].value[memory_of(trace->net->cell)] + t * H;
    *at = 0;
    for (size_t u = 1; u < H; u++)
        if (fabs(state[u]) > fabs(state[*at]))
            *at = u;
    return fabs(state[*at]);
}

/* A string ends where its symbols do: what comes after in the trace is left alone. */
static void examine(const job *j, rs_trace *trace, const double *parameters, double *result)
{
    size_t unit = 0;
    for (size_t n = 1; n <= longest(j); n++) {
        write_string(trace, n);
        rs_forward(trace, parameters, NULL);
        result[right_at(n)] = foretold(trace, n);
        result[peak_at(j, n)] = greatest(trace, n, &unit);
    }
    const double *state = trace->layer[0].value[memory_of(trace->net->cell)];
    for (size_t t = 0; t < trace->T; t++)
        result[path_at(j) + t] = state[t * trace->net->hidden + unit];
}

static rs_status train_one(void *context, size_t k, lab_unit *unit, double *result, rs_error *err)
{
    const job *j = context;
    rs_source source;
    training_outcome outcome;
    rs_model model = {0};
    const uint64_t seed = j->seed + k % j->size.seeds;
    rs_status status = rs_source_task(&source, rs_task_named("anbn"), steps_of(j->size.length[0]),
                                      j->size.B, seed, err);
    source.held_out_B = 0;
    const training t = {.cell = cells[k / j->size.seeds].cell,
                        .hidden = j->size.hidden,
                        .source = &source,
                        .optimizer = "adam",
                        .rate = rate,
                        .clip = clip,
                        .updates = j->size.updates,
                        .seed = seed};
    if (!status)
        status = training_run(&t, unit, &outcome, &model, err);
    if (!status) {
        rs_trace *trace = rs_trace_new(&model.net, steps_of(longest(j)), 1, RS_KEEP_LEAN, err);
        status = trace ? RS_OK : RS_INTERNAL;
        if (!status)
            examine(j, trace, model.parameters, result);
        rs_trace_free(trace);
    }
    rs_model_free(&model);
    return status;
}

/* --- findings ------------------------------------------------------------------------------ */

static const double *result_of(const job *j, const double *results, size_t cell, size_t s)
{
    return results + (cell * j->size.seeds + s) * numbers_of(j);
}

/* The n up to which every aⁿbⁿ is right. */
static double reach(const job *j, const double *result)
{
    size_t n = 0;
    while (n < longest(j) && result[right_at(n + 1)] > 0)
        n++;
    return (double)n;
}

/* The seed that counts furthest. */
static size_t best_seed(const job *j, const double *results, size_t cell)
{
    size_t best = 0;
    for (size_t s = 1; s < j->size.seeds; s++)
        if (reach(j, result_of(j, results, cell, s)) > reach(j, result_of(j, results, cell, best)))
            best = s;
    return best;
}

static finding *tell_all(finding *f, const job *j, const double *results, size_t cell)
{
    char text[FINDING_TEXT];
    size_t at = 0;
    for (size_t s = 0; s < j->size.seeds && at < sizeof text; s++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.0f", s > 0 ? ", " : "",
                               reach(j, result_of(j, results, cell, s)));
    finding_note(f, "by seed: %s", text);
    return f;
}

static void tell(lab *l, const job *j, const double *results)
{
    const size_t most = longest(j), N = j->size.length[0];
    const double *lstm = result_of(j, results, LSTM, best_seed(j, results, LSTM));
    const double *gru = result_of(j, results, GRU, best_seed(j, results, GRU));
    finding *f =
        lab_find(l, lstm[peak_at(j, most)] / lstm[peak_at(j, most / 2)], 1.5, 2.5, "grows with n",
                 "LSTM: greatest |c| after %zu a over that after %zu", most, most / 2);
    finding_note(f, "a counter doubles; |c| is %.3g after %zu", lstm[peak_at(j, most)], most);
    f = lab_find(l, gru[peak_at(j, most)], 0, 1, "below 1", "GRU: greatest |h| after %zu a", most);
    finding_note(f, "%.4g after %zu", gru[peak_at(j, most / 2)], most / 2);
    tell_all(lab_find(l, reach(j, lstm), (double)N, INFINITY, "beyond training",
                      "LSTM, best seed: right up to n"),
             j, results, LSTM);
    tell_all(lab_find(l, reach(j, gru), 0, reach(j, lstm) - 1, "less far",
                      "GRU, best seed: right up to n"),
             j, results, GRU);
}

/* --- figure -------------------------------------------------------------------------------- */

static rs_status add_paths(panels *p, const job *j, const double *results, rs_error *err)
{
    const size_t T = steps_of(longest(j));
    char note[96];
    (void)snprintf(note, sizeof note, "the unit in which it goes furthest, over a^%zu b^%zu",
                   longest(j), longest(j));
    curves *c = training_panel(p, (rect){0, 0, .6, 1}, CELLS * T,
                               (panel_names){"State", note, "step", ""}, err);
    if (!c)
        return RS_INTERNAL;
    for (size_t k = 0; k < CELLS; k++) {
        double *y = c->numbers + k * T;
        const rs_cell *cell = cells[k].cell;
        char name[48];
        memcpy(y, result_of(j, results, k, best_seed(j, results, k)) + path_at(j), T * sizeof *y);
        (void)snprintf(name, sizeof name, "%s, $%s$", cell->title,
                       cell->channels[memory_of(cell)].symbol);
        curves_add(c, name, y, T, cells[k].ink, DASH_NONE);
    }
    c->x_kind = AXIS_STEPS;
    return RS_OK;
}

static rs_status add_right(panels *p, const job *j, const double *results, rs_error *err)
{
    const size_t most = longest(j);
    curves *c = training_panel(
        p, (rect){.6, 0, .4, 1}, (CELLS + 1) * most,
        (panel_names){"Right answers", "share of seeds that tell the end", "n", ""}, err);
    if (!c)
        return RS_INTERNAL;
    double *x = c->numbers;
    for (size_t n = 1; n <= most; n++)
        x[n - 1] = (double)n;
    for (size_t k = 0; k < CELLS; k++) {
        double *y = x + (k + 1) * most;
        for (size_t n = 1; n <= most; n++)
            for (size_t s = 0; s < j->size.seeds; s++)
                y[n - 1] += result_of(j, results, k, s)[right_at(n)] / (double)j->size.seeds;
        curve *added = curves_add(c, cells[k].cell->title, y, most, cells[k].ink, DASH_NONE);
        if (added)
            added->x = x;
    }
    c->y = (axis){AXIS_LINEAR, -.05, 1.05};
    c->guide[c->guides_n++] =
        (guide){.upright = true, .value = (double)j->size.length[0], .name = "trained up to here"};
    return RS_OK;
}

static rs_status draw_up(const job *j, const double *results, void **data, rs_error *err)
{
    panels *p = rs_alloc(1, sizeof *p, "the curves", err);
    if (!p)
        return RS_INTERNAL;
    rs_status status = add_paths(p, j, results, err);
    if (!status)
        status = add_right(p, j, results, err);
    if (status)
        panels_free(p);
    else
        *data = p;
    return status;
}

rs_status counting_run(lab *l, const grid_size *size, void **data, rs_error *err)
{
    job j = {.size = *size, .seed = l->seed};
    const lab_work w = {.units = CELLS * size->seeds,
                        .numbers = numbers_of(&j),
                        .name = name_unit,
                        .run = train_one,
                        .context = &j};
    double *results = rs_alloc(w.units, w.numbers * sizeof *results, "the counts", err);
    rs_status status = results ? lab_do(l, &w, results, err) : RS_INTERNAL;
    if (!status) {
        tell(l, &j, results);
        status = draw_up(&j, results, data, err);
    }
    free(results);
    return status;
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    const grid_size s = sizes(l->full);
    return counting_run(l, &s, data, err);
}

const experiment experiment_counting = {.name = "counting",
                                        .title = "An LSTM counts in its cell state, a GRU cannot",
                                        .paper = "Weiss, Goldberg & Yahav 2018, section 4",
                                        .setting = setting,
                                        .operations = operations,
                                        .run = run,
                                        .draw = panels_draw,
                                        .csv = panels_csv,
                                        .free = panels_free};
