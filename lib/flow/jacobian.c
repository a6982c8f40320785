/* Step Jacobians, and the norms of their products in scaled form: numbers times e^scale. */
#include "flow/jacobian.h"

#include "base/matrix.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "flow/paths.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static rs_status check_place(const rs_trace *trace, size_t t, size_t b, rs_error *err)
{
    if (t < trace->T && b < trace->B)
        return RS_OK;
    return rs_fail(err, RS_USAGE, "step %zu of sequence %zu: expected below %zu and %zu", t, b,
                   trace->T, trace->B);
}

rs_status rs_flow_jacobian(const rs_trace *trace, const double *parameters, size_t layer, size_t t,
                           size_t b, double *jacobian, rs_error *err)
{
    const size_t SH = rs_states(trace->net->cell) * trace->net->hidden;
    rs_rows rows = {0};
    rs_status status = check_place(trace, t, b, err);
    if (status == RS_OK)
        status = rs_rows_new(&rows, trace, parameters, layer, SH, err);
    if (status == RS_OK) {
        rs_rows_identity(&rows, t, b);
        rs_rows_back(&rows, SH);
        rs_rows_get(&rows, SH, jacobian);
    }
    rs_rows_free(&rows);
    return status;
}

/* A product on its way: all its rows, and the block that is measured. */
typedef struct product {
    rs_split split; /* its first tag holds the rows, also where the routes are not kept apart */
    size_t SH;
    size_t row, rows, column, columns; /* of the block */
    unsigned routes;                   /* open; 0: all */
    double *matrix;                    /* [SH][SH] the product, in units of e^scale */
    double *block;                     /* [rows][columns] */
    double *gram;                      /* [m][m], m the smaller side of the block */
    double scale;
} product;

/* The largest singular value of the block, the root of the largest eigenvalue of its smaller Gram
 * matrix; the squares lose nothing of the largest. */
static rs_status block_norm(product *p, double *norm, rs_error *err)
{
    const size_t R = p->rows, C = p->columns, m = R < C ? R : C;
    double *value = p->block + R * C; /* [m] */
    for (size_t r = 0; r < R; r++)
        memcpy(p->block + r * C, p->matrix + (p->row + r) * p->SH + p->column, C * sizeof(double));
    if (R <= C)
        rs_matmul(m, m, C, RS_PLAIN, p->block, C, RS_TRANSPOSED, p->block, C, 0, p->gram, m);
    else
        rs_matmul(m, m, R, RS_TRANSPOSED, p->block, C, RS_PLAIN, p->block, C, 0, p->gram, m);
    for (size_t k = 0; k < m * m; k++)
        if (!isfinite(p->gram[k])) {
            *norm = NAN;
            return RS_OK;
        }
    const lapack_int last = (lapack_int)m;
    /* all values, not the last alone: dsyevr fails to find it where all are nearly equal, as in an
     * orthogonal net */
    if (LAPACKE_dsyev(LAPACK_COL_MAJOR, 'N', 'U', last, p->gram, last, value) != 0)
        return rs_fail(err, RS_INTERNAL,
                       "the norm of a %zu×%zu Jacobian does not converge (LAPACK dsyev)", R, C);
    *norm = sqrt(fmax(value[m - 1], 0));
    return RS_OK;
}

/* Brings the largest entry of the product to 1; a zero product stays. */
static void rescale(product *p)
{
    double largest = 0;
    for (size_t k = 0; k < p->SH * p->SH; k++)
        largest = fmax(largest, fabs(p->matrix[k]));
    if (largest == 0 || !isfinite(largest))
        return;
    for (size_t k = 0; k < p->SH * p->SH; k++)
        p->matrix[k] /= largest;
    p->scale += log(largest);
}

static void product_free(product *p)
{
    rs_split_free(&p->split);
    free(p->matrix);
    free(p->block);
    free(p->gram);
}

/* Which rows or columns a state has: all of them, or the nth H. */
static bool state_range(int state, size_t SH, size_t H, size_t *first, size_t *n)
{
    *first = state == RS_ALL_STATES ? 0 : (size_t)state * H;
    *n = state == RS_ALL_STATES ? SH : H;
    return state >= RS_ALL_STATES && *first + *n <= SH;
}

static rs_status product_new(product *p, const rs_trace *trace, const double *parameters,
                             size_t layer, const rs_flow_block *block, rs_error *err)
{
    const rs_flow_block all = {RS_ALL_STATES, RS_ALL_STATES, 0};
    const size_t H = trace->net->hidden, SH = rs_states(trace->net->cell) * H;
    *p = (product){.SH = SH};
    if (!block)
        block = &all;
    if (!state_range(block->of, SH, H, &p->row, &p->rows) ||
        !state_range(block->with_respect_to, SH, H, &p->column, &p->columns))
        return rs_fail(err, RS_USAGE, "states %d and %d: expected below %zu, or -1 for all",
                       block->of, block->with_respect_to, SH / H);
    const size_t m = p->rows < p->columns ? p->rows : p->columns;
    p->routes = block->routes;
    p->matrix = rs_alloc(SH, SH * sizeof *p->matrix, "the Jacobian", err);
    p->block = rs_alloc(p->rows + 1, p->columns * sizeof *p->block, "the Jacobian", err);
    p->gram = rs_alloc(m, m * sizeof *p->gram, "the Jacobian", err);
    if (!p->matrix || !p->block || !p->gram)
        return RS_INTERNAL;
    return rs_split_new(&p->split, trace, parameters, layer, SH, err);
}

/* ln |P_k| of the block with respect to the states before step t, into *log_norm. */
static rs_status measure(product *p, double *log_norm, rs_error *err)
{
    double norm = 0;
    const rs_status status = block_norm(p, &norm, err);
    *log_norm = log(norm) + p->scale;
    return status;
}

rs_status rs_flow_jacobian_norms(const rs_trace *trace, const double *parameters, size_t layer,
                                 size_t b, const rs_flow_block *block, double *log_norm,
                                 rs_error *err)
{
    product p = {0};
    rs_status status = check_place(trace, 0, b, err);
    if (status == RS_OK)
        status = product_new(&p, trace, parameters, layer, block, err);
    if (status == RS_OK) {
        rs_rows_identity(p.split.tag, trace->T - 1, b);
        rs_rows_get(p.split.tag, p.SH, p.matrix);
        status = measure(&p, &log_norm[trace->T], err);
    }
    for (size_t t = trace->T; t-- > 0 && status == RS_OK;) {
        if (p.routes == 0)
            rs_rows_back(p.split.tag, p.SH);
        else
            rs_split_back(&p.split, p.SH, p.routes);
        rs_rows_get(p.split.tag, p.SH, p.matrix);
        rescale(&p);
        rs_rows_set(p.split.tag, p.SH, p.matrix);
        status = measure(&p, &log_norm[t], err);
    }
    product_free(&p);
    return status;
}

typedef struct sequences {
    const rs_trace *trace;
    const double *parameters;
    size_t layer;
    double *log_norm;  /* [B][T+1] */
    rs_status *status; /* [B] */
    rs_error *error;   /* [B] */
} sequences;

static void norms_of_sequence(void *context, size_t b)
{
    sequences *s = context;
    s->status[b] = rs_flow_jacobian_norms(s->trace, s->parameters, s->layer, b, NULL,
                                          s->log_norm + b * (s->trace->T + 1), &s->error[b]);
}

/* The largest over the sequences of entry t + 1, NaN if one is. */
static double largest_norm(const sequences *s, size_t t)
{
    const size_t apart = s->trace->T + 1;
    double largest = s->log_norm[t + 1];
    for (size_t b = 1; b < s->trace->B; b++) {
        const double other = s->log_norm[b * apart + t + 1];
        if (other > largest || isnan(other))
            largest = other;
    }
    return exp(largest);
}

rs_status rs_flow_trace_jacobian(const rs_trace *trace, const double *parameters, size_t layer,
                                 size_t threads, double *norm, rs_error *err)
{
    const size_t B = trace->B;
    sequences s = {.trace = trace, .parameters = parameters, .layer = layer};
    s.log_norm = rs_alloc(B, (trace->T + 1) * sizeof *s.log_norm, "the Jacobians", err);
    s.status = rs_alloc(B, sizeof *s.status, "the Jacobians", err);
    s.error = rs_alloc(B, sizeof *s.error, "the Jacobians", err);
    rs_status status = s.log_norm && s.status && s.error ? RS_OK : RS_INTERNAL;
    if (status == RS_OK)
        rs_parallel(B, threads, norms_of_sequence, &s);
    for (size_t b = 0; b < B && status == RS_OK; b++)
        if (s.status[b] != RS_OK)
            status = rs_fail(err, s.status[b], "%s", s.error[b].text);
    for (size_t t = 0; t < trace->T && status == RS_OK; t++)
        norm[t] = largest_norm(&s, t);
    free(s.log_norm);
    free(s.status);
    free(s.error);
    return status;
}
