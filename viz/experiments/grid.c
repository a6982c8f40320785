#include "viz/experiments/grid.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = sizeof(training_outcome) / sizeof(double) };
_Static_assert(sizeof(training_outcome) == NUMBERS * sizeof(double), "numbers and nothing else");

/* --- which run ----------------------------------------------------------------------------- */

typedef struct place {
    size_t v, l, s;
} place;

static place place_of(const grid *g, size_t k)
{
    const size_t seeds = g->size.seeds, lengths = g->size.lengths;
    return (place){k / seeds / lengths, k / seeds % lengths, k % seeds};
}

static size_t runs(const grid *g) { return g->variants * g->size.lengths * g->size.seeds; }

const training_outcome *grid_outcome(const grid *g, size_t v, size_t l, size_t s)
{
    return &g->outcome[(v * g->size.lengths + l) * g->size.seeds + s];
}

static void name_run(const void *context, size_t k, char name[UNIT_NAME])
{
    const grid *g = context;
    const place p = place_of(g, k);
    (void)snprintf(name, UNIT_NAME, "%s T=%zu seed=%zu", g->variant[p.v].name, g->size.length[p.l],
                   p.s);
}

/* The run, with a source that the caller keeps. */
static rs_status set_up(const grid *g, size_t k, training *t, rs_source *source, rs_error *err)
{
    const place p = place_of(g, k);
    const variant *v = &g->variant[p.v];
    const uint64_t seed = g->seed + p.s;
    *t = (training){.cell = v->cell,
                    .hidden = v->hidden ? v->hidden : g->size.hidden,
                    .init = v->init,
                    .weight_std = v->weight_std,
                    .source = source,
                    .optimizer = g->optimizer,
                    .rate = v->rate,
                    .clip = v->clip,
                    .updates = g->size.updates,
                    .seed = seed,
                    .solved = g->solved};
    if (v->chrono > 0)
        t->init.chrono = v->chrono * (double)g->size.length[p.l];
    const rs_status status =
        rs_source_task(source, g->task, g->size.length[p.l] + g->delay, g->size.B, seed, err);
    source->held_out_B = 0; /* training.c has a test of its own */
    return status;
}

static double cost_of(const void *context, size_t k)
{
    training t;
    rs_source source;
    return set_up(context, k, &t, &source, NULL) ? 0 : training_operations(&t);
}

double grid_operations(const grid *g)
{
    double sum = 0;
    for (size_t k = 0; k < runs(g); k++)
        sum += cost_of(g, k);
    return sum;
}

/* --- running ------------------------------------------------------------------------------- */

static rs_status run_one(void *context, size_t k, lab_unit *unit, double *result, rs_error *err)
{
    training t;
    rs_source source;
    training_outcome outcome;
    rs_status status = set_up(context, k, &t, &source, err);
    if (!status)
        status = training_run(&t, unit, &outcome, NULL, err);
    if (!status)
        memcpy(result, &outcome, sizeof outcome);
    return status;
}

rs_status grid_run(grid *g, lab *l, rs_error *err)
{
    const lab_work work = {.units = runs(g),
                           .numbers = NUMBERS,
                           .name = name_run,
                           .run = run_one,
                           .cost = cost_of,
                           .context = g};
    g->outcome = rs_alloc(runs(g), sizeof *g->outcome, "the outcomes", err);
    return g->outcome ? lab_do(l, &work, (double *)g->outcome, err) : RS_INTERNAL;
}

void grid_free(grid *g) { free(g->outcome); }

/* --- what came out ------------------------------------------------------------------------- */

double grid_loss(const grid *g, size_t v, size_t l)
{
    double loss[GRID_SEEDS];
    for (size_t s = 0; s < g->size.seeds; s++)
        loss[s] = grid_outcome(g, v, l, s)->score.loss;
    return training_median(loss, g->size.seeds);
}

double grid_updates(const grid *g, size_t v, size_t l)
{
    double updates[GRID_SEEDS];
    for (size_t s = 0; s < g->size.seeds; s++)
        updates[s] = grid_outcome(g, v, l, s)->updates;
    return training_median(updates, g->size.seeds);
}

size_t grid_successes(const grid *g, size_t v, size_t l, double wrong)
{
    size_t n = 0;
    for (size_t s = 0; s < g->size.seeds; s++)
        n += grid_outcome(g, v, l, s)->score.wrong < wrong;
    return n;
}

const char *grid_lengths(const grid_size *size, char text[EXPERIMENT_TEXT])
{
    size_t at = 0;
    for (size_t k = 0; k < size->lengths && at < EXPERIMENT_TEXT; k++)
        at += (size_t)snprintf(text + at, EXPERIMENT_TEXT - at, "%s%zu",
                               k == 0                  ? ""
                               : k + 1 < size->lengths ? ", "
                                                       : " and ",
                               size->length[k]);
    return text;
}

/* --- figures ------------------------------------------------------------------------------- */

double grid_update_at(const grid *g, size_t k)
{
    return (double)g->size.updates * ((double)k + .5) / TRAINING_POINTS;
}

/* Run s at point k of the updates; a run that ended sooner stays at what it reached. */
static double loss_at(const grid *g, size_t v, size_t l, size_t s, size_t k)
{
    const training_outcome *o = grid_outcome(g, v, l, s);
    return isnan(o->loss[k]) ? o->score.loss : o->loss[k];
}

static double median_at(const grid *g, size_t v, size_t l, size_t k)
{
    double loss[GRID_SEEDS];
    for (size_t s = 0; s < g->size.seeds; s++)
        loss[s] = loss_at(g, v, l, s, k);
    return training_median(loss, g->size.seeds);
}

/* The median of the seeds and, faintly, each of them. y [seeds + 1][TRAINING_POINTS] */
static void add_variant(const grid *g, size_t v, size_t l, curves *c, const double *x, double *y)
{
    const variant *kind = &g->variant[v];
    for (size_t s = 0; s <= g->size.seeds; s++, y += TRAINING_POINTS) {
        const bool median = s == g->size.seeds;
        for (size_t k = 0; k < TRAINING_POINTS; k++)
            y[k] = median ? median_at(g, v, l, k) : loss_at(g, v, l, s, k);
        curve *added =
            median || g->size.seeds > 1
                ? curves_add(c, median ? kind->name : "", y, TRAINING_POINTS, kind->ink, kind->dash)
                : NULL;
        if (!added)
            continue;
        added->x = x;
        if (!median) {
            added->width = .75;
            added->alpha = .4;
        }
    }
}

rs_status grid_add_losses(const grid *g, size_t l, rect where, panels *to, rs_error *err)
{
    char title[96], note[96];
    const size_t T = g->size.length[l], rows = g->variants * (g->size.seeds + 1);
    (void)snprintf(title, sizeof title, "Loss, T = %zu", T);
    (void)snprintf(note, sizeof note,
                   g->each_seed        ? "median of %zu seeds, and each of them"
                   : g->size.seeds > 1 ? "median of %zu seeds"
                                       : "one seed",
                   g->size.seeds);
    curves *c = training_panel(to, where, (rows + 1) * TRAINING_POINTS,
                               (panel_names){title, note, "update", ""}, err);
    if (!c)
        return RS_INTERNAL;
    double *x = c->numbers, *y = x + TRAINING_POINTS;
    for (size_t k = 0; k < TRAINING_POINTS; k++)
        x[k] = grid_update_at(g, k);
    for (size_t v = 0; v < g->variants; v++, y += (g->size.seeds + 1) * TRAINING_POINTS)
        add_variant(g, v, l, c, x, y);
    c->y_kind = AXIS_LOG;
    c->guide[c->guides_n++] =
        (guide){.value = g->task->ignorant(T + g->delay), .name = "without seeing the input"};
    return RS_OK;
}

rs_status grid_add_successes(const grid *g, double wrong, rect where, panels *to, rs_error *err)
{
    char title[96], note[96];
    (void)snprintf(title, sizeof title, "Share of seeds that succeed");
    (void)snprintf(note, sizeof note, "less than %g %% wrong; %zu seeds", 100 * wrong,
                   g->size.seeds);
    curves *c = training_panel(to, where, (g->variants + 1) * GRID_LENGTHS,
                               (panel_names){title, note, "T", ""}, err);
    if (!c)
        return RS_INTERNAL;
    double *x = c->numbers;
    for (size_t l = 0; l < g->size.lengths; l++)
        x[l] = (double)g->size.length[l];
    for (size_t v = 0; v < g->variants; v++) {
        double *y = x + (v + 1) * GRID_LENGTHS;
        for (size_t l = 0; l < g->size.lengths; l++)
            y[l] = (double)grid_successes(g, v, l, wrong) / (double)g->size.seeds;
        curve *added = curves_add(c, g->variant[v].name, y, g->size.lengths, g->variant[v].ink,
                                  g->variant[v].dash);
        if (added)
            added->x = x;
    }
    c->y = (axis){AXIS_LINEAR, -.05, 1.05};
    return RS_OK;
}

/* --- the page ------------------------------------------------------------------------------ */

grid_page *grid_page_make(grid *g, void **data, rs_error *err)
{
    grid_page *page = rs_alloc(1, sizeof *page, "the curves", err);
    if (!page)
        return NULL;
    memcpy(page->variant, g->variant, g->variants * sizeof *g->variant);
    page->grid = *g;
    page->grid.variant = page->variant;
    g->outcome = NULL;
    *data = page;
    return page;
}

rs_status grid_page_losses(grid *g, void **data, rs_error *err)
{
    const size_t n = g->size.lengths, columns = n > 2 ? (n + 1) / 2 : n, rows = n > 2 ? 2 : 1;
    grid_page *page = grid_page_make(g, data, err);
    rs_status status = page ? RS_OK : RS_INTERNAL;
    for (size_t l = 0; l < n && !status; l++) {
        const double w = 1 / (double)columns, h = 1 / (double)rows;
        const size_t row = l / columns, column = l % columns;
        const rect where = {(double)column * w, (double)row * h, w, h};
        status = grid_add_losses(&page->grid, l, where, &page->panels, err);
    }
    return status;
}

rs_status grid_report(grid *g, lab *l, void (*tell)(lab *l, const grid *g),
                      rs_status (*page)(grid *g, void **data, rs_error *err), void **data,
                      rs_error *err)
{
    rs_status status = grid_run(g, l, err);
    if (!status) {
        tell(l, g);
        status = page(g, data, err);
    }
    grid_free(g);
    return status;
}

void grid_page_csv(FILE *out, const void *data)
{
    const grid_page *page = data;
    const grid *g = &page->grid;
    fprintf(out, "variant,T,seed,update,kind,value\n");
    for (size_t k = 0; k < runs(g); k++) {
        const place p = place_of(g, k);
        const training_outcome *o = &g->outcome[k];
        char run[96]; /* a name may have a comma */
        (void)snprintf(run, sizeof run, "\"%s\",%zu,%zu", g->variant[p.v].name, g->size.length[p.l],
                       p.s);
        for (size_t at = 0; at < TRAINING_POINTS; at++)
            if (!isnan(o->loss[at]))
                fprintf(out, "%s,%.6g,loss,%.17g\n", run, grid_update_at(g, at), o->loss[at]);
        fprintf(out, "%s,%.6g,test_loss,%.17g\n", run, o->updates, o->score.loss);
        fprintf(out, "%s,%.6g,test_wrong,%.17g\n", run, o->updates, o->score.wrong);
        fprintf(out, "%s,%.6g,seconds,%.17g\n", run, o->updates, o->seconds);
    }
}

void grid_page_free(void *data)
{
    grid_page *page = data;
    if (!page)
        return;
    grid_free(&page->grid);
    panels_free(&page->panels); /* gives back the page itself, which begins with it */
}
