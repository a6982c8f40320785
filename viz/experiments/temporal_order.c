/* Temporal order: among noise stand two symbols A or B; at the end their order is asked for. A tanh
 * RNN trained by plain SGD loses it as sequences grow; with the gradient's norm clipped it goes
 * further (Pascanu, Mikolov & Bengio 2013, section 4.1 and fig. 7).
 *
 * Two traps. The figure's initial weights are "N(0, .1)": the authors' program takes the .1 as a
 * standard deviation, so that W of 50 units has spectral radius .1·√50 = .7. And its symbols stand
 * at [.1T, .2T) and [.5T, .6T), as here, not at [.4T, .5T) as the text says.
 *
 * From radius .7 at the paper's rate of .01 the loss leaves its plateau only after some 10⁵ updates
 * at T = 40. So the small size starts from .95, the radius of the paper's "smart" start, at five
 * times the rate. */
#include "viz/experiments/trained.h"

#include <math.h>
#include <stdlib.h>

enum { ASKED = 2, NOISE = 4, INPUTS = ASKED + NOISE, CLASSES = ASKED * ASKED };

static double ignorant(size_t T)
{
    (void)T;
    return log(CLASSES);
}

static void sequence(rs_data *data, size_t b, rs_random *random)
{
    const size_t T = data->T, tenth = T / 10;
    const size_t first = tenth + rs_random_below(random, tenth);
    const size_t second = 5 * T / 10 + rs_random_below(random, tenth);
    int answer = 0;
    for (size_t t = 0; t < T; t++) {
        const bool asked = t == first || t == second;
        const size_t symbol =
            asked ? rs_random_below(random, ASKED) : ASKED + rs_random_below(random, NOISE);
        data->x[(t * data->B + b) * INPUTS + symbol] = 1;
        if (asked)
            answer = ASKED * answer + (int)symbol;
    }
    data->label[b] = answer;
}

static const rs_task order = {.name = "temporal order",
                              .inputs = INPUTS,
                              .outputs = CLASSES,
                              .loss = RS_XENT,
                              .last = true,
                              .least_T = 10,
                              .ignorant = ignorant,
                              .sequence = sequence};

/* --- the runs ------------------------------------------------------------------------------ */

static const double wrong = .01;

enum { FREE, CLIPPED, VARIANTS };
typedef struct pair {
    variant of[VARIANTS];
} pair;

static pair variants(bool full)
{
    const variant both = {.cell = &rs_cell_rnn,
                          .init = {.has_radius = true, .radius = full ? .707 : .95},
                          .weight_std = .1,
                          .rate = full ? .01 : .05};
    pair p = {{both, both}};
    p.of[FREE].name = "no clipping";
    p.of[FREE].ink = INK_VERMILION;
    p.of[CLIPPED].name = "norm clipped at 1";
    p.of[CLIPPED].ink = INK_BLUE;
    p.of[CLIPPED].clip = 1;
    return p;
}

static grid_size sizes(bool full)
{
    return full ? (grid_size){.hidden = 50,
                              .B = 20,
                              .seeds = 5,
                              .length = {20, 50, 100, 150, 200},
                              .lengths = 5,
                              .updates = 5000000}
                : (grid_size){.hidden = 50,
                              .B = 20,
                              .seeds = 4,
                              .length = {20, 30, 40, 60},
                              .lengths = 4,
                              .updates = 12000};
}

static grid make_grid(const grid_size *size, const pair *p, uint64_t seed)
{
    return (grid){.variant = p->of,
                  .variants = VARIANTS,
                  .size = *size,
                  .task = &order,
                  .optimizer = "sgd",
                  .solved = wrong,
                  .each_seed = true,
                  .seed = seed};
}

static const char *setting(bool full, char text[EXPERIMENT_TEXT])
{
    const grid_size s = sizes(full);
    const pair p = variants(full);
    char lengths[EXPERIMENT_TEXT];
    (void)snprintf(text, EXPERIMENT_TEXT,
                   "T = %.60s; tanh RNN, %zu units, spectral radius %g, other weights of std %g; "
                   "SGD, rate %g, batch %zu, until less than %g %% are wrong or for %u updates; "
                   "%zu seeds",
                   grid_lengths(&s, lengths), s.hidden, p.of[FREE].init.radius,
                   p.of[FREE].weight_std, p.of[FREE].rate, s.B, 100 * wrong, (unsigned)s.updates,
                   s.seeds);
    return text;
}

static double operations(bool full)
{
    const grid_size s = sizes(full);
    const pair p = variants(full);
    const grid g = make_grid(&s, &p, 1);
    return grid_operations(&g);
}

/* The longest T up to which at least half of the seeds succeed. */
static double reach(const grid *g, size_t v)
{
    double longest = 0;
    for (size_t k = 0; k < g->size.lengths; k++) {
        if (2 * grid_successes(g, v, k, wrong) < g->size.seeds)
            break;
        longest = (double)g->size.length[k];
    }
    return longest;
}

static void tell(lab *l, const grid *g)
{
    const double far = reach(g, CLIPPED), near = reach(g, FREE);
    lab_show(l, near, "no clipping: longest T that half of the seeds learn");
    lab_find(l, far, near + 1, INFINITY, "longer", "clipped: longest T that half of them learn");
    for (size_t k = 0; k < g->size.lengths; k++) {
        const size_t clipped = grid_successes(g, CLIPPED, k, wrong);
        const size_t not_clipped = grid_successes(g, FREE, k, wrong);
        finding *f =
            lab_find(l, (double)clipped, (double)not_clipped, INFINITY, "clipping no worse",
                     "T = %zu: seeds that succeed", g->size.length[k]);
        finding_measured(f, "%zu of %zu; without clipping %zu", clipped, g->size.seeds,
                         not_clipped);
    }
}

static rs_status draw_up(grid *g, void **data, rs_error *err)
{
    grid_page *page = grid_page_make(g, data, err);
    if (!page)
        return RS_INTERNAL;
    const rect left = {0, 0, .5, 1}, right = {.5, 0, .5, 1};
    rs_status status = grid_add_successes(&page->grid, wrong, left, &page->panels, err);
    if (!status)
        status = grid_add_losses(&page->grid, g->size.lengths / 2, right, &page->panels, err);
    return status;
}

rs_status temporal_order_run(lab *l, const grid_size *size, void **data, rs_error *err)
{
    const pair p = variants(l->full);
    grid g = make_grid(size, &p, l->seed);
    return grid_report(&g, l, tell, draw_up, data, err);
}

static rs_status run(lab *l, void **data, rs_error *err)
{
    const grid_size s = sizes(l->full);
    return temporal_order_run(l, &s, data, err);
}

const experiment experiment_temporal_order = {
    .name = "temporal-order",
    .title = "Temporal order: how far a tanh RNN gets with and without clipping",
    .paper = "Pascanu, Mikolov & Bengio 2013, section 4.1, fig. 7",
    .setting = setting,
    .operations = operations,
    .run = run,
    .draw = panels_draw,
    .csv = grid_page_csv,
    .free = grid_page_free};
