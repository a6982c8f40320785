/* What the tests of training share: a small net on a task. */
#ifndef TRAIN_HELP_H
#define TRAIN_HELP_H

#include "tests/unit/test.h"

#include "train/train.h"

typedef struct setup {
    rs_model model;
    rs_source source;
    rs_train_options options; /* 20 updates, seed 5, one thread */
} setup;

/* Two layers of H units with torch's weights, always the same. */
setup setup_make(const rs_cell *cell, const char *task, size_t T, size_t B, size_t H);

rs_trainer *trainer_of(setup *s);

void assert_same_bits(const rs_model *a, const rs_model *b);

#endif
