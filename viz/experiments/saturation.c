/* An LSTM reads text, here the source of this library's cells and network, and is then watched on a
 * part that it has not read: for each gate of each unit, the share of steps below .1 and above .9
 * (Karpathy, Johnson & Li 2015, section 4.3 and fig. 2: many forget gates are right-saturated, so
 * the cell keeps what it has nearly all of the time; hardly any are left-saturated).
 *
 * A trap: programs start forget gates at a bias of 1, papers seldom say so. Here are 0 and 1, so
 * that one sees what training does and what the start. */
#include "viz/experiments/trained.h"

#include "base/memory.h"
#include "flow/gates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The text lies in the program: an experiment must not depend on where it is run. */
__asm__(".section .rodata\n"
        "experiment_text:\n"
        ".incbin \"lib/cells/lstm.c\"\n"
        ".incbin \"lib/cells/gru.c\"\n"
        ".incbin \"lib/network/net.c\"\n"
        ".incbin \"lib/network/trace.c\"\n"
        ".incbin \"lib/network/forward.c\"\n"
        ".incbin \"lib/network/backward.c\"\n"
        ".incbin \"lib/network/loss.c\"\n"
        ".incbin \"lib/network/init.c\"\n"
        "experiment_text_end:\n"
        ".balign 8\n"
        "experiment_text_n:\n"
        ".quad experiment_text_end - experiment_text\n"
        ".text\n");
extern const char experiment_text[];
extern const uint64_t experiment_text_n;

enum { MOST_GATES = 3, WATCHED = 2000, STARTS = 2 };
static const double start_bias[STARTS] = {0, 1}, rate = .005, clip = 5, held_out = .1;
static const ink_kind inks[STARTS] = {INK_SKY, INK_VERMILION};

static grid_size sizes(bool full)
{
    return full ? (grid_size){.hidden = 256,
                              .B = 100,
                              .seeds = 1,
                              .length = {100},
                              .lengths = 1,
                              .updates = 20000}
                : (grid_size){.hidden = 64,
                              .B = 32,
                              .seeds = 1,
                              .length = {60},
                              .lengths = 1,
                              .updates = 1500};
}

static size_t text_bytes(void) { return (size_t)experiment_text_n; }

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const grid_size s = sizes(full);
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "LSTM, %zu units, reads %zu bytes of C in windows of %zu, batch %zu, %u updates "
                   "of Adam, rate %g, norm clipped at %g; then watched over %d characters that it "
                   "has not read",
                   s.hidden, text_bytes(), s.length[0], s.B, (unsigned)s.updates, rate, clip,
                   WATCHED);
    return text;
}

static double operations(bool full)
{
    enum { LETTERS = 90 }; /* about as many as C has */
    const grid_size s = sizes(full);
    const size_t n = training_parameters(&rs_cell_lstm, LETTERS, s.hidden, LETTERS);
    return STARTS *
           experiment_training((double)n, (double)s.length[0], (double)s.B, (double)s.updates);
}

/* --- one net ------------------------------------------------------------------------------- */

typedef struct job {
    grid_size size;
    rs_text text; /* and source: only while the run lasts */
    rs_source source;
    size_t gate[MOST_GATES], gates; /* channels between 0 and 1, the forget gate first */
    uint64_t seed;
} job;

/* result of a unit: the loss, then for each gate low [H] and high [H] */
static size_t numbers_of(const job *j) { return 1 + 2 * j->gates * j->size.hidden; }
static size_t low_at(const job *j, size_t gate) { return 1 + 2 * gate * j->size.hidden; }
static size_t high_at(const job *j, size_t gate) { return low_at(j, gate) + j->size.hidden; }

static void name_unit(const void *context, size_t k, char name[UNIT_NAME])
{
    (void)context;
    (void)snprintf(name, UNIT_NAME, "forget bias=%g, text of %zu bytes", start_bias[k],
                   text_bytes());
}

static rs_status watch_gates(const job *j, const rs_trace *trace, double *result, rs_error *err)
{
    const size_t H = j->size.hidden;
    rs_gate_unit *unit = rs_alloc(H, sizeof *unit, "the gates", err);
    rs_status status = unit ? RS_OK : RS_INTERNAL;
    for (size_t g = 0; g < j->gates && !status; g++) {
        status = rs_flow_gate(trace, 0, j->gate[g], unit, err);
        for (size_t u = 0; u < H && !status; u++) {
            result[low_at(j, g) + u] = unit[u].low;
            result[high_at(j, g) + u] = unit[u].high;
        }
    }
    free(unit);
    return status;
}

/* The end of the text, in one sequence. */
static rs_status watch(const job *j, const rs_model *model, double *result, rs_error *err)
{
    const size_t kept = j->text.n - j->source.training - 1;
    const size_t T = kept < WATCHED ? kept : WATCHED;
    rs_data data;
    rs_status status = rs_text_make(&j->text, T, 1, &data, err);
    if (status)
        return status;
    rs_trace *trace = rs_trace_new(&model->net, T, 1, RS_KEEP_ALL, err);
    status = trace ? RS_OK : RS_INTERNAL;
    if (!status) {
        rs_text_window(&j->text, j->text.n - T - 1, 0, &data);
        status = rs_data_start(&data, trace, err);
    }
    if (!status) {
        rs_forward(trace, model->parameters, NULL);
        rs_loss_forward(trace, &data.loss);
        result[0] = trace->loss;
        status = watch_gates(j, trace, result, err);
    }
    rs_trace_free(trace);
    rs_data_free(&data);
    return status;
}

static rs_status train_one(void *context, size_t k, lab_unit *unit, double *result, rs_error *err)
{
    const job *j = context;
    const training t = {.cell = &rs_cell_lstm,
                        .hidden = j->size.hidden,
                        .init = {.has_forget_bias = true, .forget_bias = start_bias[k]},
                        .source = &j->source,
                        .optimizer = "adam",
                        .rate = rate,
                        .clip = clip,
                        .updates = j->size.updates,
                        .seed = j->seed};
    rs_model model = {0};
    training_outcome outcome;
    rs_status status = training_run(&t, unit, &outcome, &model, err);
    if (!status)
        status = watch(j, &model, result, err);
    rs_model_free(&model);
    return status;
}

/* --- findings ------------------------------------------------------------------------------ */

static double mean(const double *number, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += number[k];
    return sum / (double)n;
}

/* How many of n shares are above a half. */
static size_t mostly(const double *share, size_t n)
{
    size_t count = 0;
    for (size_t k = 0; k < n; k++)
        count += share[k] > .5;
    return count;
}

static void tell(lab *l, const job *j, const double *results)
{
    const size_t H = j->size.hidden;
    for (size_t s = 0; s < STARTS; s++) {
        const double *result = results + s * numbers_of(j);
        const double *low = result + low_at(j, 0), *high = result + high_at(j, 0);
        finding *f = lab_find(l, (double)mostly(high, H), (double)H / 10, INFINITY, "many",
                              "forget bias %g: forget gates mostly above 0.9", start_bias[s]);
        finding_measured(f, "%zu of %zu", mostly(high, H), H);
        finding_note(f, "more than half of the time; at least a tenth of them is taken for many");
        f = lab_find(l, (double)mostly(low, H), 0, (double)H / 20, "hardly any",
                     "forget bias %g: forget gates mostly below 0.1", start_bias[s]);
        finding_measured(f, "%zu of %zu", mostly(low, H), H);
        lab_show(l, mean(high, H), "forget bias %g: forget gates' share of time above 0.9",
                 start_bias[s]);
        lab_show(l, result[0], "forget bias %g: loss on unread text, nats a character",
                 start_bias[s]);
    }
}

/* --- figure -------------------------------------------------------------------------------- */

/* What is drawn and written. */
typedef struct page {
    panels panels; /* first, so that panels_draw takes a page */
    job job;
    double *results; /* [STARTS][numbers_of(job)] */
} page;

/* The largest share of time below .1, to the next tenth. */
static double top_of(const job *j, const double *results)
{
    double most = 0;
    for (size_t s = 0; s < STARTS; s++)
        for (size_t g = 0; g < j->gates; g++)
            for (size_t u = 0; u < j->size.hidden; u++)
                most = fmax(most, results[s * numbers_of(j) + low_at(j, g) + u]);
    return fmax(.1, ceil(10 * most) / 10);
}

static rs_status add_gate(panels *p, const job *j, const double *results, size_t g, rs_error *err)
{
    const size_t H = j->size.hidden;
    const rs_channel *channel = &rs_cell_lstm.channels[j->gate[g]];
    const double w = 1 / (double)j->gates;
    char title[96];
    (void)snprintf(title, sizeof title, "Gate $%s$, a dot a unit", channel->symbol);
    curves *c =
        training_panel(p, (rect){(double)g * w, 0, w, 1}, 2 * STARTS * H,
                       (panel_names){title, "share of time below 0.1", "above 0.9", ""}, err);
    if (!c)
        return RS_INTERNAL;
    for (size_t s = 0; s < STARTS; s++) {
        const double *result = results + s * numbers_of(j);
        double *x = c->numbers + 2 * s * H, *y = x + H;
        char name[48];
        memcpy(x, result + high_at(j, g), H * sizeof *x);
        memcpy(y, result + low_at(j, g), H * sizeof *y);
        (void)snprintf(name, sizeof name, "start at bias %g", start_bias[s]);
        curve *dots = curves_add(c, name, y, H, inks[s], DASH_NONE);
        if (dots) {
            dots->x = x;
            dots->points = true;
        }
    }
    c->x = (axis){AXIS_LINEAR, 0, 1};
    c->y = (axis){AXIS_LINEAR, 0, top_of(j, results)};
    return RS_OK;
}

static void write_csv(FILE *out, const void *data)
{
    const page *p = data;
    fprintf(out, "start_bias,channel,unit,share_low,share_high\n");
    for (size_t s = 0; s < STARTS; s++)
        for (size_t g = 0; g < p->job.gates; g++)
            for (size_t u = 0; u < p->job.size.hidden; u++) {
                const double *result = p->results + s * numbers_of(&p->job);
                fprintf(out, "%g,%s,%zu,%.17g,%.17g\n", start_bias[s],
                        rs_cell_lstm.channels[p->job.gate[g]].name, u,
                        result[low_at(&p->job, g) + u], result[high_at(&p->job, g) + u]);
            }
}

static void free_page(void *data)
{
    page *p = data;
    if (!p)
        return;
    free(p->results);
    panels_free(&p->panels); /* gives back the page itself, which begins with it */
}

/* --- the run ------------------------------------------------------------------------------- */

/* The gates between 0 and 1; the one that keeps the old state first. */
static void find_gates(job *j)
{
    const rs_cell *cell = &rs_cell_lstm;
    for (int keeps = 1; keeps >= 0; keeps--)
        for (size_t k = 0; k < cell->gates_n; k++) {
            const size_t channel = (size_t)cell->gates[k];
            if ((int)(cell->keep_gates >> k & 1) == keeps && cell->channels[channel].low == 0 &&
                j->gates < MOST_GATES)
                j->gate[j->gates++] = channel;
        }
}

static rs_status work(lab *l, job *j, page *p, rs_error *err)
{
    const lab_work w = {.units = STARTS,
                        .numbers = numbers_of(j),
                        .name = name_unit,
                        .run = train_one,
                        .context = j};
    p->results = rs_alloc(STARTS, numbers_of(j) * sizeof *p->results, "the gates", err);
    rs_status status = p->results ? lab_do(l, &w, p->results, err) : RS_INTERNAL;
    if (status)
        return status;
    tell(l, j, p->results);
    p->job = *j;
    for (size_t g = 0; g < j->gates && !status; g++)
        status = add_gate(&p->panels, j, p->results, g, err);
    return status;
}

rs_status saturation_run(lab *l, const grid_size *size, void **data, rs_error *err)
{
    job j = {.size = *size, .seed = l->seed};
    find_gates(&j);
    rs_status status = rs_text_parse(&j.text, experiment_text, text_bytes(), "the text", err);
    if (status)
        return status;
    status = rs_source_text(&j.source, &j.text, size->length[0], size->B, held_out, err);
    page *p = status ? NULL : rs_alloc(1, sizeof *p, "the gates", err);
    *data = p;
    if (!status)
        status = p ? work(l, &j, p, err) : RS_INTERNAL;
    rs_text_free(&j.text);
    return status;
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    const grid_size s = sizes(l->full);
    return saturation_run(l, &s, data, err);
}

const experiment experiment_saturation = {
    .name = "saturation",
    .title = "An LSTM that has read text keeps many forget gates open",
    .paper = "Karpathy, Johnson & Li 2015, section 4.3, fig. 2",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = write_csv,
    .free = free_page};
