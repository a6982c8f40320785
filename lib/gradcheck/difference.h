/* Derivatives of a function that is known only by its values. Inside the checker; function.h is for
 * everyone. */
#ifndef RS_DIFFERENCE_H
#define RS_DIFFERENCE_H

#include "gradcheck/function.h"

/* A function, a point and a claimed gradient. One of f and f_single. */
typedef struct rs_evaluator {
    rs_function *f;
    rs_function_f *f_single;
    void *context;
    const double *x, *gradient; /* [n]; of a float function its floats */
    size_t n;
    double step; /* the largest, relative */
    double *at;  /* [n] the point handed over, made anew each time */
    float *at_single;
    double value;   /* f(x) */
    double typical; /* the median of |x_i| that are not 0; 1 if all are */
    double noise;   /* by how much one value of f is uncertain */
    double unit;    /* relative rounding of its type */
    bool repeats;   /* it answers the same when asked twice */
    size_t evaluations;
} rs_evaluator;

/* Makes room, evaluates f(x) and finds its noise: by asking again, and, if it answers the same,
 * from the differences of high order of values very close to x, which are rounding alone (Moré &
 * Wild 2011). The other fields, down to n and step, are the caller's. */
rs_status rs_evaluator_make(rs_evaluator *evaluator, rs_error *err);
void rs_evaluator_free(rs_evaluator *evaluator);

/* f(x + h·v), every x_i + h·v_i rounded to the type; *moved, if not NULL, gets what the claimed
 * gradient says of the step that was really made, Σ gradient·(point − x). */
double rs_evaluate(rs_evaluator *evaluator, const double *v, double h, double *moved);

/* A typical size of x_i, to measure steps by. */
double rs_size_of(const rs_evaluator *evaluator, size_t i);

/* A random direction over entries first … first + n: ± half to one times the size of each x_i, and
 * 0 elsewhere. v [evaluator.n]. */
void rs_random_direction(const rs_evaluator *evaluator, size_t first, size_t n, uint64_t seed,
                         double *v);

/* The derivative along v, with its bar and verdict. */
rs_measured rs_measure(rs_evaluator *evaluator, const double *v);

/* The Taylor remainder along v, and its slope. */
rs_taylor rs_taylor_along(rs_evaluator *evaluator, const double *v);

/* A sentence for people about why nothing could be decided. */
const char *rs_trouble_text(rs_trouble trouble);

#endif
