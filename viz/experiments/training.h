/* One network that is trained for an experiment. */
#ifndef TRAINING_H
#define TRAINING_H

#include "viz/experiments/experiment.h"
#include "viz/plots/panels.h"

#include "data/source.h"
#include "network/init.h"

/* Points of a curve over the updates. */
enum { TRAINING_POINTS = 50 };

typedef struct training {
    const rs_cell *cell;
    size_t hidden;
    rs_init init;
    /* > 0: every weight of input and readout is drawn again from N(0, weight_std²). A paper's
     * "N(0, .01)" may mean the variance; here it is the standard deviation. */
    double weight_std;
    const rs_source *source;
    const char *optimizer;
    double rate, clip; /* norm; 0: no clipping */
    uint64_t updates, seed;
    double solved; /* > 0: stop where less than this share of new sequences is answered wrongly */
} training;

/* How a net does on sequences that it was not trained on. All numbers are double, so that a unit of
 * work can hold them as they are. */
typedef struct training_score {
    double loss;
    double wrong; /* share of answers: xent, another symbol is likelier; mse, off by 0.2 or more
                     (a squared error of .04, as Hochreiter & Schmidhuber 1997 count) */
} training_score;

typedef struct training_outcome {
    double loss[TRAINING_POINTS]; /* mean over the batches of each stretch; NaN: not come so far */
    training_score score;
    double updates; /* made until the end or until it was solved */
    double seconds; /* of processor time a thousand updates */
} training_outcome;

/* Trains. model NULL, or receives the trained net, the caller's (rs_model_free). A run that
 * diverges is an outcome, with a score of what it was before. RS_INTERRUPTED as lab_tick says. */
rs_status training_run(const training *t, lab_unit *unit, training_outcome *outcome,
                       rs_model *model, rs_error *err);

/* The number of weights and biases. */
size_t training_parameters(const rs_cell *cell, size_t inputs, size_t hidden, size_t outputs);

/* Floating-point operations of its products. */
double training_operations(const training *t);

/* A panel with titles. */
typedef struct panel_names {
    const char *title, *note, *x, *y;
} panel_names;
curves *training_panel(panels *p, rect place, size_t numbers, panel_names names, rs_error *err);

/* The middle of n numbers; of an even number of them the mean of the two in the middle. NaN counts
 * as the greatest. */
double training_median(const double *number, size_t n);

#endif
