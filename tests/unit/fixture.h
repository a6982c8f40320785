/* What the tests of cells and networks share: a small net with random weights, inputs, initial
 * states and targets, and traces of it in the three number types. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "tests/unit/test.h"

#include "base/random.h"
#include "network/trace.h"

#include <stdbool.h>

typedef struct shape {
    size_t T, B, I, H, L, O;
    bool no_bias_ih, no_bias_hh, no_readout_bias;
    rs_loss_kind kind; /* 0: RS_NO_LOSS */
    bool last, sum, last_state;
    double weights; /* standard deviation; 0: 0.7 */
} shape;

typedef struct fixture {
    shape shape;
    rs_model model;
    double *x;        /* [T][B][I] */
    double *initial;  /* [L][states][B][H], states in the order of the channels */
    double *target;   /* [T or 1][B][O] */
    int *label;       /* [T or 1][B], some of them −1 */
    double *weight;   /* [L][states][B][H], of the loss on the last state */
    rs_loss loss;     /* points to the above */
    double *gradient; /* [parameters_n], filled by fixture_run */
} fixture;

/* The same cell, shape and seed always give the same numbers. */
fixture fixture_make(const rs_cell *cell, shape shape, uint64_t seed);
void fixture_free(fixture *f);

/* States of the cell. */
size_t states_of(const rs_cell *cell);

/* n standard normal numbers times scale; the caller frees them. */
double *normal_numbers(size_t n, double scale, uint64_t seed);

/* A trace of the fixture with x and initial states filled in. */
rs_trace *fixture_trace(const fixture *f, rs_keep keep);
rs_trace_f *fixture_trace_f(const fixture *f, rs_keep keep);
rs_trace_z *fixture_trace_z(const fixture *f, rs_keep keep);

/* The parameters as numbers of the type; the caller frees them. */
double *fixture_parameters(const fixture *f);
float *fixture_parameters_f(const fixture *f);
double _Complex *fixture_parameters_z(const fixture *f);

/* A trace after forward, loss and backward; f->gradient is set, not added to. */
rs_trace *fixture_run(fixture *f, rs_keep keep, size_t truncate);

/* The complex step: with an imaginary part of STEP on one value, the imaginary part of the loss
 * over STEP is the loss's derivative by that value, exact to rounding. */
#define STEP 1e-100
static inline double _Complex with_step(double _Complex z)
{
    __imag__ z = STEP;
    return z;
}

/* The derivative of the loss by what the caller has put STEP on, in the trace's x or initial
 * states, in the parameters, or by touch (may be NULL). */
double complex_slope(const fixture *f, rs_trace_z *trace, const double _Complex *parameters,
                     const rs_touch_z *touch);

/* Fails unless all n numbers are within tolerance times the largest of `want` in magnitude. A guard
 * against agreement on nothing: also fails where every number of `want` is 0. */
void assert_arrays_close(const char *what, const double *got, const double *want, size_t n,
                         double tolerance);

/* The same, and all zeros is fine. */
void assert_arrays_close_or_zero(const char *what, const double *got, const double *want, size_t n,
                                 double tolerance);

#endif
