/* A grid of training runs: variants of the network, each at several lengths of the sequences and
 * from several seeds. What most experiments that train are. */
#ifndef GRID_H
#define GRID_H

#include "viz/experiments/training.h"

enum { GRID_LENGTHS = 6, GRID_VARIANTS = 6, GRID_SEEDS = 10 };

/* How large an experiment is. */
typedef struct grid_size {
    size_t hidden, B, seeds;
    size_t length[GRID_LENGTHS], lengths; /* T: whole sequences, or delays (see grid.delay) */
    uint64_t updates;
} grid_size;

typedef struct variant {
    const char *name;
    const rs_cell *cell;
    size_t hidden; /* 0: the size's */
    rs_init init;
    double chrono; /* > 0: gates for lags up to so many lengths */
    double weight_std;
    double rate, clip;
    ink_kind ink;
    dash_kind dash;
} variant;

typedef struct grid {
    const variant *variant; /* [variants] */
    size_t variants;
    grid_size size;
    const rs_task *task;
    size_t delay; /* steps of a sequence beyond `length` */
    const char *optimizer;
    double solved;             /* as in training.h */
    bool each_seed;            /* figures show the seeds' own losses behind their median */
    uint64_t seed;             /* the first */
    training_outcome *outcome; /* [variants][lengths][seeds], owned */
} grid;

/* Does all the runs; fills outcome. */
rs_status grid_run(grid *g, lab *l, rs_error *err);
void grid_free(grid *g);

/* Floating-point operations of all the runs, each to its last update. */
double grid_operations(const grid *g);

/* Run s of variant v at length number l. */
const training_outcome *grid_outcome(const grid *g, size_t v, size_t l, size_t s);

/* The median over seeds of the loss, or of the updates made, after training. */
double grid_loss(const grid *g, size_t v, size_t l);
double grid_updates(const grid *g, size_t v, size_t l);

/* The update in the middle of point k of the curves. */
double grid_update_at(const grid *g, size_t k);

/* How many seeds answer less than the share `wrong` wrongly. */
size_t grid_successes(const grid *g, size_t v, size_t l, double wrong);

/* Loss over updates at length number l: a curve a variant, the median of its seeds, and the
 * ignorant predictor's loss. RS_INTERNAL without memory. */
rs_status grid_add_losses(const grid *g, size_t l, rect place, panels *to, rs_error *err);

/* A grid that has run, and its figure: what an experiment's draw, csv and free take. */
typedef struct grid_page {
    panels panels; /* first, so that panels_draw takes a page */
    grid grid;
    variant variant[GRID_VARIANTS]; /* grid's own copy */
} grid_page;

/* A page without panels that takes the outcomes over from g, into *data as well. NULL with err. */
grid_page *grid_page_make(grid *g, void **data, rs_error *err);

/* A page with the losses at every length, side by side. */
rs_status grid_page_losses(grid *g, void **data, rs_error *err);

/* An experiment: runs the grid, tells the findings, makes the figure of it into *data, and frees
 * the grid, whatever came. */
rs_status grid_report(grid *g, lab *l, void (*tell)(lab *l, const grid *g),
                      rs_status (*page)(grid *g, void **data, rs_error *err), void **data,
                      rs_error *err);

/* variant,T,seed,update,kind,value: kind is `loss` (of training, mean over a stretch of updates),
 * and in the end `test_loss`, `test_wrong` and `seconds` a thousand updates. */
void grid_page_csv(FILE *out, const void *page);
void grid_page_free(void *page);

/* The share of seeds that succeed over the length. */
rs_status grid_add_successes(const grid *g, double wrong, rect place, panels *to, rs_error *err);

/* "20, 40 and 60" into text; returns it. */
const char *grid_lengths(const grid_size *size, char text[EXPERIMENT_TEXT]);

#endif
