/* The routes of a step, kept apart.
 *
 * The adjoint of a step is linear in the rows it is given, so it can be run on parts of them. The
 * rows that have passed a product within the step are carried on as rows of their own (a *tag* a
 * product), so that what the equations alone hand to s_{t−1} is known by the way it came; what a
 * product hands to s_{t−1} is computed gate by gate. Nothing is found by subtraction. */
#include "flow/paths.h"

#include "base/matrix.h"
#include "base/memory.h"
#include "flow/norms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t rs_routes(const rs_cell *cell) { return 1 + cell->gates_n; }

int rs_route_channel(const rs_cell *cell, size_t route)
{
    return route == 0 ? -1 : cell->gates[route - 1];
}

const char *rs_route_name(const rs_cell *cell, size_t route, char *text, size_t n)
{
    const int channel = rs_route_channel(cell, route);
    const char *meaning = channel < 0 ? "direct" : cell->channels[channel].meaning;
    if (cell->gates_n == 1 && route == 1)
        meaning = "recurrent weights";
    (void)snprintf(text, n, "%.*s", (int)strcspn(meaning, ":"), meaning);
    return text;
}

/* Whether the product's source is made within the step. */
static bool from_within(const rs_cell *cell, const rs_product *product)
{
    return product->gates > 0 && cell->channels[product->source].role != RS_STATE;
}

rs_status rs_split_new(rs_split *split, const rs_trace *trace, const double *parameters,
                       size_t layer, size_t n, rs_error *err)
{
    const rs_net *net = trace->net;
    const size_t SH = rs_states(net->cell) * net->hidden;
    rs_status status = RS_OK;
    *split = (rs_split){.tags_n = 1};
    for (size_t k = 0; k < net->cell->stages_n; k++)
        split->tags_n += from_within(net->cell, &net->cell->stages[k].product);
    split->tag = rs_alloc(split->tags_n, sizeof *split->tag, "the routes", err);
    split->part =
        rs_alloc((rs_routes(net->cell) + 1) * n, SH * sizeof *split->part, "the routes", err);
    if (!split->tag || !split->part)
        return RS_INTERNAL;
    for (size_t k = 0; k < split->tags_n && status == RS_OK; k++)
        status = rs_rows_new(&split->tag[k], trace, parameters, layer, n, err);
    return status;
}

void rs_split_free(rs_split *split)
{
    for (size_t k = 0; k < split->tags_n && split->tag; k++)
        rs_rows_free(&split->tag[k]);
    free(split->tag);
    free(split->part);
    *split = (rs_split){0};
}

/* Where the part of a route that ends in a channel's state of step t−1 begins: rows of S·H. */
static double *part_of(const rs_split *split, size_t route, int channel)
{
    const rs_net *net = split->tag->trace->net;
    const size_t H = net->hidden, S = rs_states(net->cell);
    size_t nth = 0;
    while (rs_state_channel(net->cell, nth) != (size_t)channel)
        nth++;
    return split->part + route * split->tag->n * S * H + nth * H;
}

/* The product of one gate: dsum and its distance between rows. */
static const double *sum_adjoint(const rs_rows *rows, const rs_product *product, size_t gate,
                                 size_t *apart)
{
    const size_t H = rows->trace->net->hidden, GH = rows->trace->net->cell->gates_n * H;
    *apart = product->into == RS_INTO_A ? GH : H;
    return product->into == RS_INTO_A ? rows->da + gate * H : rows->d[product->into];
}

/* dsource += W_hh[rows]ᵀ dsum of every tag: into the gate's route if the source is of step t−1,
 * else into the product's own tag. */
static void product_back(rs_split *split, size_t n, const rs_product *product, size_t own_tag)
{
    const rs_net *net = split->tag->trace->net;
    const rs_cell *cell = net->cell;
    const size_t H = net->hidden, S = rs_states(cell);
    const bool within = from_within(cell, product);
    for (size_t gate = product->gate; gate < product->gate + product->gates; gate++)
        for (size_t k = 0; k < split->tags_n; k++) {
            size_t apart = 0;
            const double *dsum = sum_adjoint(&split->tag[k], product, gate, &apart);
            double *to = within ? split->tag[own_tag].d[product->source]
                                : part_of(split, 1 + gate, product->source);
            const rs_block *W = rs_net_block(net, RS_WEIGHT_HH, split->tag->layer);
            rs_matmul(n, H, H, RS_PLAIN, dsum, apart, RS_PLAIN,
                      split->tag->parameters + W->offset + gate * H * H, H, 1, to,
                      within ? H : S * H);
        }
}

/* The rows of tags other than the first are nothing yet at the beginning of a step. */
static void clear(rs_split *split, size_t n)
{
    const rs_net *net = split->tag->trace->net;
    const size_t H = net->hidden, S = rs_states(net->cell);
    memset(split->part, 0, rs_routes(net->cell) * split->tag->n * S * H * sizeof *split->part);
    for (size_t k = 0; k < split->tags_n; k++) {
        rs_rows *rows = &split->tag[k];
        rs_rows_zero_sums(rows, n);
        if (k > 0)
            memcpy(rows->at, split->tag->at, n * sizeof *rows->at);
        for (size_t c = 0; c < net->cell->channels_n && k > 0; c++)
            if (net->cell->channels[c].role == RS_STATE)
                memset(rows->d[c], 0, n * H * sizeof(double));
    }
}

/* What the equations handed to s_{t−1}: the direct route's, or that of the tag's product. */
static void collect(rs_split *split, size_t n, size_t tag, size_t route)
{
    const rs_cell *cell = split->tag->trace->net->cell;
    const size_t H = split->tag->trace->net->hidden, S = rs_states(cell);
    for (size_t c = 0; c < cell->channels_n; c++) {
        if (cell->channels[c].role != RS_STATE)
            continue;
        double *part = part_of(split, route, (int)c);
        for (size_t r = 0; r < n; r++)
            for (size_t u = 0; u < H; u++)
                part[r * S * H + u] += split->tag[tag].d_before[c][r * H + u];
    }
}

/* The new rows: the sum of the open routes. */
static void join(rs_split *split, size_t n, unsigned open)
{
    rs_rows *rows = split->tag;
    const size_t SH = rs_states(rows->trace->net->cell) * rows->trace->net->hidden;
    const size_t routes = rs_routes(rows->trace->net->cell);
    double *sum = split->part + routes * rows->n * SH; /* [n][S·H] */
    memset(sum, 0, n * SH * sizeof *sum);
    for (size_t route = 0; route < routes; route++)
        for (size_t k = 0; k < n * SH && (open == 0 || open >> route & 1); k++)
            sum[k] += split->part[route * rows->n * SH + k];
    rs_rows_set(rows, n, sum);
    for (size_t r = 0; r < n; r++)
        rows->at[r] -= rows->trace->B;
}

void rs_split_back(rs_split *split, size_t n, unsigned open)
{
    const rs_cell *cell = split->tag->trace->net->cell;
    size_t tag = 0, route_of_tag[1 + RS_MAX_STAGES] = {0};
    clear(split, n);
    for (size_t k = cell->stages_n; k-- > 0;) {
        const rs_stage *stage = &cell->stages[k];
        for (size_t j = 0; j < split->tags_n && stage->backward; j++)
            rs_rows_equations(&split->tag[j], stage, n);
        if (stage->product.gates == 0)
            continue;
        if (from_within(cell, &stage->product))
            route_of_tag[++tag] = 1 + stage->product.gate;
        product_back(split, n, &stage->product, tag);
    }
    for (size_t j = 0; j < split->tags_n; j++)
        collect(split, n, j, route_of_tag[j]);
    join(split, n, open);
}

rs_status rs_flow_split(const rs_trace *trace, const double *parameters, size_t layer, size_t t,
                        size_t b, double *part, rs_error *err)
{
    const rs_net *net = trace->net;
    const size_t SH = rs_states(net->cell) * net->hidden;
    rs_split split = {0};
    rs_status status = RS_OK;
    if (t >= trace->T || b >= trace->B)
        return rs_fail(err, RS_USAGE, "step %zu of sequence %zu: expected below %zu and %zu", t, b,
                       trace->T, trace->B);
    status = rs_split_new(&split, trace, parameters, layer, SH, err);
    if (status == RS_OK) {
        rs_rows_identity(split.tag, t, b);
        rs_split_back(&split, SH, 0);
        memcpy(part, split.part, rs_routes(net->cell) * SH * SH * sizeof *part);
    }
    rs_split_free(&split);
    return status;
}

/* The trace's dL/ds_t as rows, one a sequence. */
static void load_gradient(rs_rows *rows, size_t t)
{
    const rs_trace *trace = rows->trace;
    const size_t BH = trace->B * trace->net->hidden;
    for (size_t k = 0; k < trace->net->cell->channels_n; k++)
        if (trace->net->cell->channels[k].role == RS_STATE)
            memcpy(rows->d[k], trace->layer[rows->layer].d[k] + t * BH, BH * sizeof(double));
    for (size_t b = 0; b < trace->B; b++)
        rows->at[b] = t * trace->B + b;
}

/* norm and share [routes] of the parts [routes][n] and their sum [n]. */
static void measure(const double *part, const double *sum, size_t routes, size_t n, double *norm,
                    double *share)
{
    const double whole = rs_norm(sum, n);
    for (size_t route = 0; route < routes; route++, part += n) {
        double projection = 0;
        norm[route] = rs_norm(part, n);
        for (size_t k = 0; k < n && share && whole > 0; k++)
            projection += (part[k] / whole) * (sum[k] / whole);
        if (share)
            share[route] = projection;
    }
}

rs_status rs_flow_route_norms(const rs_trace *trace, const double *parameters, size_t layer,
                              double *norm, double *share, rs_error *err)
{
    const rs_cell *cell = trace->net->cell;
    const size_t B = trace->B, n = B * rs_states(cell) * trace->net->hidden;
    const size_t routes = rs_routes(cell);
    rs_split split = {0};
    const rs_status status = rs_split_new(&split, trace, parameters, layer, B, err);
    for (size_t t = trace->T; t-- > 0 && status == RS_OK;) {
        load_gradient(split.tag, t);
        rs_split_back(&split, B, 0);
        measure(split.part, split.part + routes * n, routes, n, norm + t * routes,
                share ? share + t * routes : NULL);
    }
    rs_split_free(&split);
    return status;
}
