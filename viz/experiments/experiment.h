/* Published experiments, done again: `rnnscope experiment NAME`.
 *
 * An experiment is a row of a table (experiments.c) and a file with its run function, which gets a
 * *lab*: the settings, a place for findings, and units of work that survive a stop.
 *
 *     static rs_status train_one(void *context, size_t k, lab_unit *unit, double *result,
 *                                rs_error *err) { ... }                 result: `numbers` of them
 *
 *     static rs_status run(lab *l, void **data, rs_error *err)
 *     {
 *         panels *p = rs_alloc(1, sizeof *p, "the curves", err);       what is drawn and written
 *         const lab_work work = {.units = 10, .numbers = 3, .name = name_one, .run = train_one};
 *         double result[10][3];
 *         *data = p;
 *         status = lab_do(l, &work, result[0], err);
 *         ...
 *         finding *f = lab_find(l, mse, 0, .167, "< 0.167", "LSTM, T = %zu: squared error", T);
 *         finding_note(f, "median of %zu seeds", seeds);
 *         return RS_OK;
 *     }
 *
 * What was published is written down with its source; what is measured is computed in this very
 * run, and a run function never states a result. The framework prints setting, published, measured
 * and whether they agree, and writes FOLDER/NAME.csv, NAME.png and NAME.svg.
 *
 * What is done in units (lab_do) is kept in FOLDER/NAME.partial as soon as it is finished, and a
 * run that was stopped goes on from there: units carry the settings that they were computed with,
 * so that another seed, --full or an experiment whose setting has changed never mix. The file goes
 * when the run is complete. */
#ifndef EXPERIMENT_H
#define EXPERIMENT_H

#include "base/error.h"
#include "viz/plots/axes.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { FINDING_TEXT = 160, EXPERIMENT_TEXT = 400, UNIT_NAME = 64, MAX_FINDINGS = 64 };

typedef enum verdict {
    VERDICT_AGREES,
    VERDICT_DIFFERS,
    VERDICT_NONE /* nothing was published about it: shown, not counted */
} verdict;

/* One row of the table that is printed. */
typedef struct finding {
    char what[FINDING_TEXT], published[FINDING_TEXT];
    double value, low, high; /* measured, and the band that counts as agreement; ±INFINITY: open */
    char measured[FINDING_TEXT]; /* "": the value as a number */
    char note[2 * FINDING_TEXT]; /* may be empty */
    verdict verdict;
} finding;

struct lab_state;
struct crew;

/* Where a run function works. */
typedef struct lab {
    bool full;                         /* the paper's size */
    uint64_t seed;                     /* --seed; of an experiment with several, the first */
    size_t threads;                    /* 0: one a processor */
    const volatile sig_atomic_t *stop; /* not 0: Ctrl-C; end soon with RS_INTERRUPTED */
    struct lab_state *state;           /* the framework's */
} lab;

/* --- findings ------------------------------------------------------------------------------ */

/* A finding that agrees if low ≤ value ≤ high (a NaN never does). published: what the source says,
 * "19.38" or "below 0.167". The format and what follows: what it is. Never NULL. */
finding *lab_find(lab *l, double value, double low, double high, const char *published,
                  const char *format, ...) RS_PRINTF(6, 7);

/* A number nothing was published about: a row without a verdict. */
finding *lab_show(lab *l, double value, const char *format, ...) RS_PRINTF(3, 4);

/* The text shown instead of the bare number: "3 of 5 seeds", "halves every %.3g steps". */
void finding_measured(finding *f, const char *format, ...) RS_PRINTF(2, 3);

/* A remark printed below the row: why it may differ, over what it is a mean. */
void finding_note(finding *f, const char *format, ...) RS_PRINTF(2, 3);

/* --- work ---------------------------------------------------------------------------------- */

/* A unit under way: what a long one says of itself. */
typedef struct lab_unit {
    lab *lab;
    size_t k;
    struct crew *crew; /* the framework's */
} lab_unit;

/* Shows that this share, 0 … 1, of the unit is done. Returns false where the unit shall stop: then
 * it returns RS_INTERRUPTED (and what it did is lost; others are kept). */
bool lab_tick(lab_unit *unit, double share);

/* Independent units 0 … units−1, each giving `numbers` numbers that depend on k, the lab's seed and
 * `full` alone. */
typedef struct lab_work {
    size_t units, numbers;
    /* A name for the unit, unique in the experiment, without tabs: "lstm T=200 seed=3" */
    void (*name)(const void *context, size_t k, char name[UNIT_NAME]);
    /* Runs in threads of its own beside others: writes to nothing but result [numbers]. */
    rs_status (*run)(void *context, size_t k, lab_unit *unit, double *result, rs_error *err);
    double (*cost)(const void *context, size_t k); /* relative, for the bar; NULL: all alike */
    void *context;
} lab_work;

/* Does those that are not known from a stopped run, `threads` at a time, and fills
 * result [units][numbers]. RS_INTERRUPTED after a stop, or the first error of a unit. */
rs_status lab_do(lab *l, const lab_work *work, double *result, rs_error *err);

/* Between or instead of units: shows progress 0 … 1 of the whole; false: stop. */
bool lab_progress(lab *l, double share, const char *text);

/* --- the table ----------------------------------------------------------------------------- */

typedef struct experiment {
    const char *name;  /* "wall" */
    const char *title; /* what is shown, in one line; heads figure and listing */
    const char *paper; /* "Pascanu, Mikolov & Bengio 2013, fig. 6" */
    /* Sizes, rates, seeds, computed from the constants that the run uses, into text; returns it. A
     * change of it makes units of an older program void. */
    const char *(*setting)(bool full, char text[EXPERIMENT_TEXT]);
    /* Floating-point operations of the products of the whole run (experiment_training for a
     * network that is trained); the framework times this machine and tells seconds. */
    double (*operations)(bool full);
    /* *data is what draw, csv and free take; it may be left NULL where run fails. */
    rs_status (*run)(lab *l, void **data, rs_error *err);
    void (*draw)(canvas *c, rect r, const void *data, plot_layout *layout); /* panels_draw */
    void (*csv)(FILE *out, const void *data);                               /* panels_csv */
    void (*free)(void *data);                                               /* panels_free */
} experiment;

/* Operations of `updates` updates with this many parameters, steps and sequences: 2 for the forward
 * and 4 for the backward pass a parameter, step and sequence. */
double experiment_training(double parameters, double T, double B, double updates);

/* Writes a CSV table, for csv: `columns` names, then the rows of numbers [columns][rows]. */
void experiment_table(FILE *out, const char *const *names, const double *numbers, size_t columns,
                      size_t rows);

/* All of them, ended by NULL; each is in viz/experiments/NAME.c. */
extern const experiment *const experiments[];
const experiment *experiment_named(const char *name); /* NULL if there is none */

extern const experiment experiment_wall, experiment_bifurcation, experiment_forget_bias,
    experiment_lyapunov, experiment_orthogonal;
/* those that train */
extern const experiment experiment_adding, experiment_copy_chrono, experiment_temporal_order,
    experiment_irnn, experiment_saturation, experiment_counting, experiment_fair;

/* --- running one --------------------------------------------------------------------------- */

typedef struct experiment_options {
    bool full, quiet;
    uint64_t seed;
    size_t threads;
    const char *folder;                /* must exist; files are written there */
    const volatile sig_atomic_t *stop; /* may be NULL */
} experiment_options;

typedef struct experiment_result {
    finding found[MAX_FINDINGS];
    size_t n, agree, compared;
    size_t known; /* units that a stopped run had already done */
    double seconds;
} experiment_result;

/* Runs it and writes the files. RS_INTERRUPTED after a stop, with what is finished kept. */
rs_status experiment_run(const experiment *e, const experiment_options *options,
                         experiment_result *result, rs_error *err);

/* The table of findings, and "n of m agree". */
void experiment_print(FILE *out, const experiment_result *result);

/* Operations a second that one thread does here, by timing a small network for some 30 ms; what
 * experiment.operations is divided by to tell beforehand how long it takes. */
double experiment_rate(void);

#endif
