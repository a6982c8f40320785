/* The forward pass, linearised around the values of one trace.
 *
 * Every equation's slope at every step, by complex step on the cell's forward functions with the
 * trace's own values as real parts; every product is linear already. Forwards and backwards through
 * this map is exact differentiation along the very trajectory the backward pass under test has
 * seen: in a chaotic network a second forward pass, rounded otherwise, would be another trajectory,
 * and in single precision a far one.
 *
 * Beside each slope goes what rounding can do to a backward pass that computes it its own way, from
 * values stored in its own precision (see rs_linear.unit). */
#ifndef RS_LINEAR_H
#define RS_LINEAR_H

#include "base/parallel.h"
#include "gradcheck/paths.h"
#include "network/trace.h"

typedef struct rs_linear {
    const rs_trace *values;   /* not owned */
    const double *parameters; /* not owned, [parameters_n] */
    const rs_loss *loss;      /* not owned */
    rs_paths paths;
    double *slope;    /* [L][T][B][paths][H] */
    double *rounding; /* [L][T][B][paths][H] of what size rounding errors in a slope are, in units
                       * of `unit` */
    double *dy;       /* [T][B][O] the loss's own derivative by y, exact */
    double *dy_rounding; /* [T][B][O] of what size rounding errors in it are, in units of `unit` */
    double loss_value;   /* at the trace's y, in double */
    /* Of the precision under test: the relative error of one operation, and the smallest positive
     * number. */
    double unit, smallest;
    const rs_stop *stop; /* not owned; asked once a step. Who is told so stops and fails */
    double
        off; /* the largest |value made − value of the trace| / (1 + |value|), in units of `unit` */
} rs_linear;

/* Linearises around trace (RS_KEEP_ALL, after rs_forward). single: unit and smallest are float's.
 * The pointers must outlive it. RS_USAGE: lean trace, a cell whose equations mix units;
 * RS_INTERRUPTED: stop (may be NULL); RS_INTERNAL: no memory, or values that are not what the
 * forward pass gives. */
rs_status rs_linear_make(rs_linear *linear, const rs_trace *values, const double *parameters,
                         const rs_loss *loss, int single, size_t threads, const rs_stop *stop,
                         rs_error *err);
void rs_linear_free(rs_linear *linear);

/* Slopes of a path at one step of one sequence, [H]. */
static inline const double *rs_slope(const rs_linear *linear, size_t l, size_t t, size_t b,
                                     size_t path)
{
    const rs_trace *v = linear->values;
    return linear->slope + (((l * v->T + t) * v->B + b) * linear->paths.n + path) * v->net->hidden;
}

static inline const double *rs_slope_rounding(const rs_linear *linear, size_t l, size_t t, size_t b,
                                              size_t path)
{
    return linear->rounding + (rs_slope(linear, l, t, b, path) - linear->slope);
}

/* Numbers in `slope`; 0 if more than can be counted. */
size_t rs_linear_slopes(const rs_net *net, size_t paths_n, size_t T, size_t B);

/* The values of step t of sequence b into the room, as real numbers. */
void rs_linear_load(const rs_linear *linear, const rs_complex_step *room, size_t l, size_t t,
                    size_t b);

/* States of the cell. */
size_t rs_cell_states(const rs_cell *cell);

#endif
