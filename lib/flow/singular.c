/* All singular values of a product of Jacobians, P = U D V: V's rows are orthonormal and are the
 * rows that go back, D is kept as logarithms, U stays well conditioned.
 *
 *     D (V J)          one step back, then QR with pivoting of its transpose, columns weighted by D
 *     (V J)ᵀ Π = Q R   new V = Qᵀ, new D = diag(R) D, new U = U Π (D Rᵀ D⁻¹diag(R)⁻¹)
 *
 * The last factor is lower triangular with ones on its diagonal, and by the pivoting none of its
 * entries is large. */
#include "flow/jacobian.h"

#include "base/matrix.h"
#include "base/memory.h"
#include "flow/graded.h"
#include "flow/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct udv {
    size_t n;
    rs_rows rows;                    /* V */
    double *d;                       /* [n] ln of the diagonal of D; −INFINITY: zero */
    double *u;                       /* [n][n] U as rows are the product's rows */
    double *vj, *q, *r, *left, *new; /* [n][n] each */
    double *d_new;                   /* [n] */
    size_t *order;                   /* [n] */
} udv;

static rs_status udv_new(udv *p, const rs_trace *trace, const double *parameters, size_t layer,
                         rs_error *err)
{
    const size_t n = rs_states(trace->net->cell) * trace->net->hidden;
    *p = (udv){.n = n};
    p->d = rs_alloc(6 * n + 2, n * sizeof *p->d, "the product of Jacobians", err);
    p->order = rs_alloc(n, sizeof *p->order, "the product of Jacobians", err);
    if (!p->d || !p->order)
        return RS_INTERNAL;
    p->d_new = p->d + n;
    p->u = p->d_new + n;
    p->vj = p->u + n * n;
    p->q = p->vj + n * n;
    p->r = p->q + n * n;
    p->left = p->r + n * n;
    p->new = p->left + n *n;
    for (size_t k = 0; k < n; k++)
        p->u[k * n + k] = 1;
    return rs_rows_new(&p->rows, trace, parameters, layer, n, err);
}

static void udv_free(udv *p)
{
    rs_rows_free(&p->rows);
    free(p->d);
    free(p->order);
}

/* left = Π D Rᵀ D⁻¹ diag(R)⁻¹: row order[j] has d_j r_ij / (d_i r_ii) in column i ≤ j, D in the new
 * order. */
static void left_factor(udv *p)
{
    const size_t n = p->n;
    memset(p->left, 0, n * n * sizeof *p->left);
    for (size_t j = 0; j < n; j++) {
        double *row = p->left + p->order[j] * n;
        const double d_j = p->d[p->order[j]];
        for (size_t i = 0; i < j; i++)
            if (p->r[i * n + i] > 0 && d_j > -INFINITY && p->d[p->order[i]] > -INFINITY)
                row[i] = exp(d_j - p->d[p->order[i]]) * (p->r[i * n + j] / p->r[i * n + i]);
        row[j] = 1;
        p->d_new[j] = d_j + log(p->r[j * n + j]);
    }
}

static void udv_back(udv *p)
{
    const size_t n = p->n;
    rs_rows_back(&p->rows, n);
    rs_rows_get(&p->rows, n, p->vj);
    rs_graded_qr(p->vj, p->d, n, p->order, p->q, p->r);
    left_factor(p);
    rs_matmul(n, n, n, RS_PLAIN, p->u, n, RS_PLAIN, p->left, n, 0, p->new, n);
    memcpy(p->u, p->new, n * n * sizeof *p->u);
    memcpy(p->d, p->d_new, n * sizeof *p->d);
    rs_rows_set(&p->rows, n, p->q);
}

rs_status rs_flow_singular_values(const rs_trace *trace, const double *parameters, size_t layer,
                                  size_t first, size_t last, size_t b, double *log_value,
                                  rs_error *err)
{
    udv p = {0};
    rs_status status = RS_OK;
    if (first > last || last >= trace->T || b >= trace->B)
        return rs_fail(err, RS_USAGE,
                       "steps %zu to %zu of sequence %zu: expected steps in order, below %zu, and "
                       "a sequence below %zu",
                       first, last, b, trace->T, trace->B);
    status = udv_new(&p, trace, parameters, layer, err);
    if (status == RS_OK) {
        rs_rows_identity(&p.rows, last, b);
        for (size_t t = last + 1; t-- > first;)
            udv_back(&p);
        for (size_t j = 0; j < p.n; j++) /* columns of U D */
            for (size_t k = 0; k < p.n; k++)
                p.vj[j * p.n + k] = p.u[k * p.n + j];
        rs_graded_singular_values(p.vj, p.d, p.n, log_value);
    }
    udv_free(&p);
    return status;
}
