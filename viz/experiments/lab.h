/* What is behind a lab: findings, the partial file and the bar. For the framework itself; run
 * functions know experiment.h alone. */
#ifndef LAB_H
#define LAB_H

#include "viz/experiments/experiment.h"
#include "viz/experiments/partial.h"
#include "viz/progress.h"

#include <pthread.h>

struct lab_state {
    pthread_mutex_t lock; /* of all below while units run */
    experiment_result *result;
    finding spare; /* where findings go that are too many */
    partial done;
    progress bar;
    double started;
};

#endif
