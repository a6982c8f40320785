/* Backward through one step for many rows at once; compare network/backward.c, which does it for
 * the one row that is the derivative of the whole loss. */
#include "flow/rows.h"

#include "base/matrix.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/as_double.h"
#include "network/steps.h"

size_t rs_states(const rs_cell *cell)
{
    size_t n = 0;
    for (size_t k = 0; k < cell->channels_n; k++)
        n += cell->channels[k].role == RS_STATE;
    return n;
}

size_t rs_state_channel(const rs_cell *cell, size_t nth)
{
    size_t k = 0;
    for (; k < cell->channels_n; k++)
        if (cell->channels[k].role == RS_STATE && nth-- == 0)
            break;
    return k;
}

/* Numbers of one row: da, every channel, every state a second time. */
static size_t row_width(const rs_net *net)
{
    const rs_cell *cell = net->cell;
    return (cell->gates_n + cell->channels_n + rs_states(cell)) * net->hidden;
}

size_t rs_rows_bytes(const rs_net *net) { return row_width(net) * sizeof(double) + sizeof(size_t); }

rs_status rs_rows_new(rs_rows *rows, const rs_trace *trace, const double *parameters, size_t layer,
                      size_t n, rs_error *err)
{
    const rs_cell *cell = trace->net->cell;
    const size_t H = trace->net->hidden;
    size_t bytes = 0;
    *rows = (rs_rows){.trace = trace, .parameters = parameters, .layer = layer, .n = n};
    if (layer >= trace->net->layers)
        return rs_fail(err, RS_USAGE, "layer %zu: expected one of 0 to %zu", layer,
                       trace->net->layers - 1);
    if (!rs_multiply(row_width(trace->net), sizeof(double), &bytes))
        bytes = SIZE_MAX;
    rows->numbers = rs_alloc(n, bytes, "the rows of derivatives", err);
    rows->at = rs_alloc(n, sizeof *rows->at, "the rows of derivatives", err);
    if (!rows->numbers || !rows->at)
        return RS_INTERNAL;
    double *next = rows->numbers;
    rows->da = next;
    next += n * cell->gates_n * H;
    for (size_t k = 0; k < cell->channels_n; k++, next += n * H)
        rows->d[k] = next;
    for (size_t k = 0; k < rs_states(cell); k++, next += n * H)
        rows->d_before[rs_state_channel(cell, k)] = next;
    return RS_OK;
}

void rs_rows_free(rs_rows *rows)
{
    free(rows->numbers);
    free(rows->at);
    *rows = (rs_rows){0};
}

/* Row r as the cell sees it. */
static rs_step row_step(const rs_rows *rows, size_t r)
{
    const rs_cell *cell = rows->trace->net->cell;
    const size_t H = rows->trace->net->hidden, B = rows->trace->B;
    rs_step step = step_values(rows->trace, rows->layer, rows->at[r] / B, rows->at[r] % B);
    step.da = rows->da + r * cell->gates_n * H;
    for (size_t k = 0; k < cell->channels_n; k++) {
        step.d[k] = rows->d[k] + r * H;
        if (cell->channels[k].role == RS_STATE)
            step.d_before[k] = rows->d_before[k] + r * H;
    }
    return step;
}

void rs_rows_zero_sums(const rs_rows *rows, size_t n)
{
    const rs_cell *cell = rows->trace->net->cell;
    const size_t bytes = n * rows->trace->net->hidden * sizeof(double);
    for (size_t k = 0; k < cell->channels_n; k++) {
        if (cell->channels[k].role == RS_STATE)
            memset(rows->d_before[k], 0, bytes);
        else if (cell->channels[k].role == RS_INNER)
            memset(rows->d[k], 0, bytes);
    }
}

void rs_rows_equations(const rs_rows *rows, const rs_stage *stage, size_t n)
{
    for (size_t r = 0; r < n && stage->backward; r++) {
        const rs_step step = row_step(rows, r);
        stage->backward(&step);
    }
}

/* sum = W_hh[rows] source (+ b_hh)        dsource += W_hh[rows]ᵀ dsum */
static void product_back(const rs_rows *rows, size_t n, const rs_product *product)
{
    const rs_net *net = rows->trace->net;
    const size_t H = net->hidden, GH = net->cell->gates_n * H;
    const bool into_a = product->into == RS_INTO_A, state = rows->d_before[product->source];
    const double *dsum = into_a ? rows->da + product->gate * H : rows->d[product->into];
    const double *W = block_of(net, rows->parameters, RS_WEIGHT_HH, rows->layer);
    rs_matmul(n, H, product->gates * H, RS_PLAIN, dsum, into_a ? GH : H, RS_PLAIN,
              W + product->gate * H * H, H, 1,
              state ? rows->d_before[product->source] : rows->d[product->source], H);
}

/* What was of step t−1 becomes the row. */
static void exchange(rs_rows *rows, size_t n)
{
    const rs_cell *cell = rows->trace->net->cell;
    for (size_t k = 0; k < cell->channels_n; k++) {
        if (cell->channels[k].role != RS_STATE)
            continue;
        double *now = rows->d[k];
        rows->d[k] = rows->d_before[k];
        rows->d_before[k] = now;
    }
    for (size_t r = 0; r < n; r++)
        rows->at[r] -= rows->trace->B;
}

void rs_rows_back(rs_rows *rows, size_t n)
{
    const rs_cell *cell = rows->trace->net->cell;
    rs_rows_zero_sums(rows, n);
    for (size_t k = cell->stages_n; k-- > 0;) {
        const rs_stage *stage = &cell->stages[k];
        rs_rows_equations(rows, stage, n);
        if (stage->product.gates > 0)
            product_back(rows, n, &stage->product);
    }
    exchange(rows, n);
}

void rs_rows_identity(rs_rows *rows, size_t t, size_t b)
{
    const size_t H = rows->trace->net->hidden;
    for (size_t s = 0; s < rs_states(rows->trace->net->cell); s++) {
        double *d = rows->d[rs_state_channel(rows->trace->net->cell, s)]; /* [n][H] */
        memset(d, 0, rows->n * H * sizeof *d);
        for (size_t u = 0; u < H; u++)
            d[(s * H + u) * H + u] = 1;
    }
    for (size_t r = 0; r < rows->n; r++)
        rows->at[r] = t * rows->trace->B + b;
}

void rs_rows_get(const rs_rows *rows, size_t n, double *matrix)
{
    const size_t H = rows->trace->net->hidden, S = rs_states(rows->trace->net->cell);
    for (size_t s = 0; s < S; s++) {
        const double *d = rows->d[rs_state_channel(rows->trace->net->cell, s)];
        for (size_t r = 0; r < n; r++)
            memcpy(matrix + (r * S + s) * H, d + r * H, H * sizeof *d);
    }
}

void rs_rows_set(const rs_rows *rows, size_t n, const double *matrix)
{
    const size_t H = rows->trace->net->hidden, S = rs_states(rows->trace->net->cell);
    for (size_t s = 0; s < S; s++) {
        double *d = rows->d[rs_state_channel(rows->trace->net->cell, s)];
        for (size_t r = 0; r < n; r++)
            memcpy(d + r * H, matrix + (r * S + s) * H, H * sizeof *d);
    }
}
