/* The gradient check for anyone's function.
 *
 *     static double f(const double *x, size_t n, void *context) { ... }
 *
 *     rs_function_report report;
 *     if (rs_check_function(f, NULL, x, gradient, n, NULL, &report, &err) == RS_OK)
 *         puts(report.text);
 *
 * The derivative is measured by central differences on a ladder of steps, extrapolated to step 0
 * (Ridders 1982), and comes with a bar: what extrapolation and rounding leave open. The verdict is
 * *agrees*, *wrong by d ± bar*, or *inconclusive* with its reason; it is never a matter of a step
 * size or a tolerance that someone has to pick. */
#ifndef RS_FUNCTION_H
#define RS_FUNCTION_H

#include "gradcheck/check.h"

typedef double rs_function(const double *x, size_t n, void *context);
typedef float rs_function_f(const float *x, size_t n, void *context);

/* All zero is a good choice. */
typedef struct rs_function_options {
    bool entries;  /* measure every entry; else directions, and entries only of what disagrees */
    size_t worst;  /* entries to list; 0: 5 */
    uint64_t seed; /* of the directions */
    double step;   /* the largest step, relative to the size of x; 0: 0.1 */
} rs_function_options;

typedef enum rs_trouble {
    RS_NO_TROUBLE,
    RS_NOISE,     /* the function answers differently when asked twice, or its rounding is large */
    RS_KINK,      /* its slopes from the left and from the right differ */
    RS_JUMP,      /* it jumps here */
    RS_NOT_FINITE /* it is Inf or NaN here */
} rs_trouble;

/* One derivative measured along a direction. */
typedef struct rs_measured {
    rs_verdict verdict;
    rs_trouble trouble;
    double claimed, numeric, bar; /* Σ v·gradient; the same measured; its error bar */
    double left, right;           /* at a kink: the slopes on both sides, else both numeric */
    double step;                  /* of the best extrapolation */
} rs_measured;

typedef struct rs_function_entry {
    size_t index;
    rs_measured measured;
} rs_function_entry;

enum { RS_MOST_WORST = 64, RS_TAYLOR_STEPS = 40 };

/* The remainder |f(x + hv) − f(x) − h·∇f·v| over h: its slope in log-log is 2 if ∇f is right, 1 if
 * not. */
typedef struct rs_taylor {
    size_t n; /* of the two below */
    double h[RS_TAYLOR_STEPS], remainder[RS_TAYLOR_STEPS];
    size_t first, last; /* the range that was fitted, first ≤ k < last; equal: nothing to fit */
    double slope;       /* NaN where the remainder is rounding alone: f is linear along v */
    double noise;       /* the size of the rounding of f */
    rs_verdict verdict;
} rs_taylor;

typedef struct rs_function_report {
    rs_verdict verdict;
    rs_trouble trouble;
    double value;       /* f(x) */
    double noise;       /* the uncertainty of one value of f */
    rs_measured along;  /* along a random direction through all entries, the worst of them */
    rs_taylor taylor;   /* along the same */
    size_t evaluations; /* of f */
    size_t worst_n;
    rs_function_entry worst[RS_MOST_WORST]; /* entries that are wrong or undecided, worst first */
    char text[4096];                        /* the report, lines of UTF-8 */
} rs_function_report;

/* Judges gradient [n] at x [n]. f gets a copy of x each time: x stays as it is, bit for bit,
 * whatever f does. `context` is handed to f. options may be NULL.
 * The status says whether the check could be made (RS_USAGE: n is 0, x or the gradient has no
 * memory; RS_INTERNAL: no memory), the report what came of it. */
rs_status rs_check_function(rs_function *f, void *context, const double *x, const double *gradient,
                            size_t n, const rs_function_options *options,
                            rs_function_report *report, rs_error *err);
rs_status rs_check_function_f(rs_function_f *f, void *context, const float *x,
                              const float *gradient, size_t n, const rs_function_options *options,
                              rs_function_report *report, rs_error *err);

#endif
