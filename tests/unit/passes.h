/* One cell on one task, run forward and backward: what a view is made from. */
#ifndef PASSES_H
#define PASSES_H

#include "viz/plots/view.h"

typedef struct passes {
    run_options options;
    struct run run;
    rs_trace *trace;
    double *gradient;
    view_input input;
} passes;

/* 24 steps of 3 sequences. */
void make_passes(passes *p, const char *cell, const char *task, size_t hidden);
void free_passes(passes *p);

#endif
