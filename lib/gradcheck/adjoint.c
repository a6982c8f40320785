#include "gradcheck/adjoint.h"

#include "base/matrix.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rounding errors of one term of a sum, in units of itself. */
static const double TERM = 4;

/* One pass backwards: derivatives are read from `from` and added up in `to`, which may be the same.
 * from_spread NULL: what is read counts as exact. */
typedef struct pull {
    const rs_adjoint *adjoint;
    const rs_trace *from, *from_spread;
    rs_derivatives *to;
} pull;

/* Rows of a matrix of derivatives: row b at `at` + b·apart. */
typedef struct rows {
    double *at;
    size_t apart;
} rows;

static rows source_rows(const rs_trace *trace, size_t l, size_t t, rs_reads source, size_t from)
{
    const size_t H = trace->net->hidden, BH = trace->B * H, GH = trace->net->cell->gates_n * H;
    if (source == RS_FROM_A)
        return (rows){trace->layer[l].da + t * trace->B * GH + from * H, GH};
    return (rows){trace->layer[l].d[from] + t * BH - (source == RS_FROM_BEFORE ? BH : 0), H};
}

static rows sum_rows(const rs_trace *trace, size_t l, size_t t, const rs_product *product)
{
    if (product->into == RS_INTO_A)
        return source_rows(trace, l, t, RS_FROM_A, product->gate);
    return source_rows(trace, l, t, RS_FROM_NOW, (size_t)product->into);
}

static rows product_source_rows(const rs_trace *trace, size_t l, size_t t,
                                const rs_product *product)
{
    const size_t k = (size_t)product->source;
    const bool is_state = trace->net->cell->channels[k].role == RS_STATE;
    return source_rows(trace, l, t, is_state ? RS_FROM_BEFORE : RS_FROM_NOW, k);
}

/* [T·B][H] the values a product multiplies. */
static const double *product_source(const rs_trace *v, size_t l, const rs_product *product)
{
    const bool is_state = v->net->cell->channels[product->source].role == RS_STATE;
    return v->layer[l].value[product->source] - (is_state ? v->B * v->net->hidden : 0);
}

/* How often a path or a stage's product counts. */
static double times_of(const pull *p, bool of_product, size_t which)
{
    const rs_change *change = &p->adjoint->change;
    return change->active && change->of_product == of_product && change->which == which
               ? change->times
               : 1;
}

/* dsource += slope · dmade, by element */
static void pull_path(const pull *p, size_t l, size_t t, size_t k)
{
    const rs_linear *linear = p->adjoint->linear;
    const rs_path *path = &linear->paths.path[k];
    const size_t H = linear->values->net->hidden, B = linear->values->B;
    const rows made = source_rows(p->from, l, t, RS_FROM_NOW, path->to);
    const rows out = source_rows(p->to->d, l, t, path->source, path->from);
    const rows spread = source_rows(p->to->spread, l, t, path->source, path->from);
    const double times = times_of(p, false, k);
    for (size_t b = 0; b < B; b++) {
        const double *slope = rs_slope(linear, l, t, b, k);
        const double *d_made = made.at + b * made.apart;
        const double *rounding = rs_slope_rounding(linear, l, t, b, k);
        const double *made_spread =
            p->from_spread ? source_rows(p->from_spread, l, t, RS_FROM_NOW, path->to).at + b * H
                           : NULL;
        double *d = out.at + b * out.apart, *s = spread.at + b * spread.apart;
        for (size_t u = 0; u < H; u++) {
            d[u] += times * slope[u] * d_made[u];
            s[u] =
                hypot(s[u], linear->unit * rounding[u] * fabs(d_made[u]) + TERM * linear->smallest);
            if (made_spread)
                s[u] = hypot(s[u], slope[u] * made_spread[u]);
        }
    }
}

/* The largest magnitude in B rows, 0 if there is nothing finite. */
static double largest(rows r, size_t B, size_t n)
{
    double most = 0;
    for (size_t b = 0; b < B; b++)
        for (size_t k = 0; k < n; k++)
            if (fabs(r.at[b * r.apart + k]) > most)
                most = fabs(r.at[b * r.apart + k]);
    return most;
}

/* work[B][n] = f(rows), f = |·| or (·/scale)² */
static void map_rows(double *work, rows r, size_t B, size_t n, double scale)
{
    for (size_t b = 0; b < B; b++)
        for (size_t k = 0; k < n; k++) {
            const double v = r.at[b * r.apart + k];
            work[b * n + k] = scale > 0 ? (v / scale) * (v / scale) : fabs(v);
        }
}

/* sum = W source        dsource += Wᵀ dsum, W [n][cols] at `offset` of the parameters. `work` has
 * room for B rows of n and B of cols. */
static void pull_matrix(const pull *p, size_t offset, size_t n, size_t cols, rows sum, rows spread,
                        rows d, rows s, double *work)
{
    const rs_linear *linear = p->adjoint->linear;
    const size_t B = linear->values->B;
    const double unit = linear->unit * (TERM + sqrt((double)n));
    double *result = work + B * n;
    rs_matmul(B, cols, n, RS_PLAIN, sum.at, sum.apart, RS_PLAIN, linear->parameters + offset, cols,
              1, d.at, d.apart);
    map_rows(work, sum, B, n, 0);
    rs_matmul(B, cols, n, RS_PLAIN, work, n, RS_PLAIN, p->adjoint->absolute + offset, cols, 0,
              result, cols);
    for (size_t k = 0; k < B * cols; k++) {
        double *at = &s.at[k / cols * s.apart + k % cols];
        *at = hypot(*at, unit * result[k] + (double)n * linear->smallest);
    }
    const double scale = spread.at ? largest(spread, B, n) : 0;
    if (!(scale > 0) || !isfinite(scale))
        return;
    map_rows(work, spread, B, n, scale);
    rs_matmul(B, cols, n, RS_PLAIN, work, n, RS_PLAIN, p->adjoint->squared + offset, cols, 0,
              result, cols);
    for (size_t k = 0; k < B * cols; k++) {
        double *at = &s.at[k / cols * s.apart + k % cols];
        *at = hypot(*at, scale * sqrt(result[k]));
    }
}

static const rs_block *block(const pull *p, rs_block_kind kind, size_t l)
{
    return rs_net_block(p->adjoint->linear->values->net, kind, l);
}

static void pull_product(const pull *p, size_t l, size_t t, const rs_product *product, double *work)
{
    const size_t H = p->from->net->hidden, n = product->gates * H;
    const rows none = {NULL, 0};
    pull_matrix(p, block(p, RS_WEIGHT_HH, l)->offset + product->gate * H * H, n, H,
                sum_rows(p->from, l, t, product),
                p->from_spread ? sum_rows(p->from_spread, l, t, product) : none,
                product_source_rows(p->to->d, l, t, product),
                product_source_rows(p->to->spread, l, t, product), work);
}

static void pull_step(const pull *p, size_t l, size_t t, double *work)
{
    const rs_paths *paths = &p->adjoint->linear->paths;
    for (size_t s = paths->cell->stages_n; s-- > 0;) {
        for (size_t k = 0; k < paths->n; k++)
            if (paths->path[k].stage == s)
                pull_path(p, l, t, k);
        const double times = times_of(p, true, s);
        for (double k = 0; paths->cell->stages[s].product.gates > 0 && k < times; k++)
            pull_product(p, l, t, &paths->cell->stages[s].product, work);
    }
}

/* a = W_ih x        dx = W_ihᵀ da, into dx or into dh of the layer below */
static void pull_input(const pull *p, size_t l, double *work)
{
    const rs_net *net = p->from->net;
    const size_t GH = net->cell->gates_n * net->hidden, I = rs_net_layer_inputs(net, l);
    const size_t B = p->from->B;
    double *d = l == 0 ? p->to->d->dx : p->to->d->layer[l - 1].d[RS_H];
    double *s = l == 0 ? p->to->spread->dx : p->to->spread->layer[l - 1].d[RS_H];
    for (size_t t = 0; t < p->from->T; t++) {
        rows spread = {NULL, GH};
        if (p->from_spread)
            spread.at = p->from_spread->layer[l].da + t * B * GH;
        pull_matrix(p, block(p, RS_WEIGHT_IH, l)->offset, GH, I,
                    (rows){p->from->layer[l].da + t * B * GH, GH}, spread, (rows){d + t * B * I, I},
                    (rows){s + t * B * I, I}, work);
    }
}

/* y = V h        dh = Vᵀ dy */
static void pull_readout(const pull *p, double *work)
{
    const rs_net *net = p->from->net;
    const size_t O = net->outputs, BH = p->from->B * net->hidden, B = p->from->B;
    double *d = p->to->d->layer[net->layers - 1].d[RS_H];
    double *s = p->to->spread->layer[net->layers - 1].d[RS_H];
    for (size_t t = 0; t < p->from->T && O > 0; t++) {
        rows spread = {NULL, O};
        if (p->from_spread)
            spread.at = p->from_spread->dy + t * B * O;
        pull_matrix(p, block(p, RS_READOUT_WEIGHT, 0)->offset, O, net->hidden,
                    (rows){p->from->dy + t * B * O, O}, spread, (rows){d + t * BH, net->hidden},
                    (rows){s + t * BH, net->hidden}, work);
    }
}

/* The loss's own: dy, and its term on the last states. */
static void pull_loss(const pull *p)
{
    const rs_linear *linear = p->adjoint->linear;
    const rs_trace *v = linear->values;
    const size_t n = v->T * v->B * rs_net_width(v->net), BH = v->B * v->net->hidden;
    const double *weight = linear->loss->last_state;
    for (size_t k = 0; k < n; k++) {
        p->to->d->dy[k] = linear->dy[k];
        p->to->spread->dy[k] =
            linear->unit * (TERM * fabs(linear->dy[k]) + TERM * linear->dy_rounding[k]);
    }
    for (size_t l = 0; weight && l < v->net->layers; l++)
        for (size_t k = 0; k < v->net->cell->channels_n; k++)
            for (size_t j = 0; v->net->cell->channels[k].role == RS_STATE && j < BH; j++) {
                const size_t at = (v->T - 1) * BH + j;
                double *s = &p->to->spread->layer[l].d[k][at];
                p->to->d->layer[l].d[k][at] += *weight;
                *s = hypot(*s, linear->unit * fabs(*weight++));
            }
}

/* Steps from t to the end, and layers: how often errors may add up that point the same way. */
static double together(const rs_trace *trace, size_t t)
{
    return (double)(trace->T - t + trace->net->layers);
}

/* dW += Σ_t dsum_t source_tᵀ, and with source NULL db += Σ_t dsum_t; dsum [T·B] rows of n.
 * sum_spread NULL: the sum counts as exact. work: room for T·B rows of n and of cols, and n·cols.
 */
static void pull_weights(const pull *p, size_t offset, size_t n, size_t cols, rows sum, rows spread,
                         const double *source, double *work)
{
    const rs_trace *v = p->adjoint->linear->values;
    const double unit = p->adjoint->linear->unit;
    const size_t TB = v->T * v->B;
    double *absolute = work + TB * n, *ones = absolute + TB * cols;
    for (size_t k = 0; k < TB * cols; k++) {
        absolute[k] = source ? fabs(source[k]) : 1;
        ones[k] = source ? source[k] : 1;
    }
    rs_matmul(n, cols, TB, RS_TRANSPOSED, sum.at, sum.apart, RS_PLAIN, ones, cols, 1,
              p->to->gradient + offset, cols);
    const double terms = TERM + sqrt((double)TB);
    for (size_t r = 0; r < TB; r++)
        for (size_t k = 0; k < n; k++)
            work[r * n + k] =
                unit * terms * fabs(sum.at[r * sum.apart + k]) + p->adjoint->linear->smallest +
                (spread.at ? together(v, r / v->B) * spread.at[r * spread.apart + k] : 0);
    rs_matmul(n, cols, TB, RS_TRANSPOSED, work, n, RS_PLAIN, absolute, cols, 1,
              p->to->gradient_spread + offset, cols);
    for (size_t k = 0; k < n * cols; k++)
        p->to->gradient_spread[offset + k] += (double)TB * p->adjoint->linear->smallest;
}

/* A weight block and its bias, over all steps. */
static void pull_blocks(const pull *p, rs_block_kind weight, rs_block_kind bias, size_t l,
                        size_t first, size_t n, rows sum, rows spread, const double *source,
                        double *work)
{
    const rs_block *W = block(p, weight, l), *b = block(p, bias, l);
    if (W)
        pull_weights(p, W->offset + first * W->cols, n, W->cols, sum, spread, source, work);
    if (b)
        pull_weights(p, b->offset + first, n, 1, sum, spread, NULL, work);
}

static void pull_layer_weights(const pull *p, size_t l, double *work)
{
    const rs_trace *v = p->adjoint->linear->values;
    const rs_cell *cell = v->net->cell;
    const size_t H = v->net->hidden, GH = cell->gates_n * H;
    const rows none = {NULL, 0};
    rows spread = {NULL, GH};
    if (p->from_spread)
        spread.at = p->from_spread->layer[l].da;
    pull_blocks(p, RS_WEIGHT_IH, RS_BIAS_IH, l, 0, GH, (rows){p->from->layer[l].da, GH}, spread,
                l == 0 ? v->x : v->layer[l - 1].value[RS_H], work);
    for (size_t s = 0; s < cell->stages_n; s++) {
        const rs_product *product = &cell->stages[s].product;
        if (product->gates > 0)
            pull_blocks(p, RS_WEIGHT_HH, RS_BIAS_HH, l, product->gate * H, product->gates * H,
                        sum_rows(p->from, l, 0, product),
                        p->from_spread ? sum_rows(p->from_spread, l, 0, product) : none,
                        product_source(v, l, product), work);
    }
}

static void pull_readout_weights(const pull *p, double *work)
{
    const rs_trace *v = p->adjoint->linear->values;
    const size_t O = v->net->outputs;
    rows spread = {NULL, O};
    if (p->from_spread)
        spread.at = p->from_spread->dy;
    if (O > 0)
        pull_blocks(p, RS_READOUT_WEIGHT, RS_READOUT_BIAS, v->net->layers, 0, O,
                    (rows){p->from->dy, O}, spread, v->layer[v->net->layers - 1].value[RS_H], work);
}

/* From the loss to the inputs. */
static void pull_all(const pull *p, double *work)
{
    const rs_net *net = p->from->net;
    pull_loss(p);
    pull_readout(p, work);
    pull_readout_weights(p, work);
    for (size_t l = net->layers; l-- > 0;) {
        for (size_t t = p->from->T; t-- > 0;)
            pull_step(p, l, t, work);
        pull_layer_weights(p, l, work);
        pull_input(p, l, work);
    }
}

/* Room for two matrices of T·B rows and the widest sums and sources, and once more the sources. */
static double *work_new(const rs_trace *v, rs_error *err)
{
    const rs_net *net = v->net;
    const size_t GH = net->cell->gates_n * net->hidden, H = net->hidden, I = net->inputs;
    const size_t width = (GH > net->outputs ? GH : net->outputs) + 2 * (I > H ? I : H);
    size_t n = 0;
    if (!rs_multiply(v->T * v->B, width, &n)) {
        (void)rs_fail(err, RS_USAGE, "%zu steps do not fit in memory", v->T);
        return NULL;
    }
    return rs_alloc(n, sizeof(double), "the sums of every step", err);
}

void rs_derivatives_free(rs_derivatives *derivatives)
{
    rs_trace_free(derivatives->d);
    rs_trace_free(derivatives->spread);
    free(derivatives->gradient);
    free(derivatives->gradient_spread);
    *derivatives = (rs_derivatives){0};
}

static rs_status derivatives_make(rs_derivatives *derivatives, const rs_trace *v, rs_error *err)
{
    const size_t n = v->net->parameters_n;
    *derivatives = (rs_derivatives){0};
    derivatives->d = rs_trace_new(v->net, v->T, v->B, RS_KEEP_ALL, err);
    derivatives->spread = rs_trace_new(v->net, v->T, v->B, RS_KEEP_ALL, err);
    derivatives->gradient = rs_alloc(n, sizeof(double), "a gradient", err);
    derivatives->gradient_spread = rs_alloc(n, sizeof(double), "a gradient", err);
    if (derivatives->d && derivatives->spread && derivatives->gradient &&
        derivatives->gradient_spread)
        return RS_OK;
    rs_derivatives_free(derivatives);
    return RS_INTERNAL;
}

/* One pull; `from` NULL: from the derivatives that it makes. */
static rs_status run_pull(const rs_adjoint *adjoint, const rs_trace *from, rs_derivatives *to,
                          rs_error *err)
{
    const rs_trace *v = adjoint->linear->values;
    rs_status status = derivatives_make(to, v, err);
    double *work = status == RS_OK ? work_new(v, err) : NULL;
    if (work) {
        const pull p = {adjoint, from ? from : to->d, from ? NULL : to->spread, to};
        pull_all(&p, work);
    } else {
        rs_derivatives_free(to);
        status = RS_INTERNAL;
    }
    free(work);
    return status;
}

/* spread of step t → (T − t + L) times it, everywhere */
static void add_up_spreads(rs_trace *spread)
{
    const rs_net *net = spread->net;
    const size_t B = spread->B, H = net->hidden, GH = net->cell->gates_n * H;
    for (size_t t = 0; t < spread->T; t++) {
        const double times = together(spread, t);
        for (size_t j = 0; j < B * net->inputs; j++)
            spread->dx[t * B * net->inputs + j] *= times;
        for (size_t l = 0; l < net->layers; l++) {
            for (size_t j = 0; j < B * GH; j++)
                spread->layer[l].da[t * B * GH + j] *= times;
            for (size_t k = 0; k < net->cell->channels_n; k++) {
                double *d = spread->layer[l].d[k] ? spread->layer[l].d[k] + t * B * H : NULL;
                for (size_t j = 0; d && j < B * H; j++)
                    d[j] *= times;
                for (size_t j = 0; t == 0 && net->cell->channels[k].role == RS_STATE && j < B * H;
                     j++)
                    *(d - B * H + j) *= times + 1;
            }
        }
    }
}

rs_status rs_adjoint_make(rs_adjoint *adjoint, const rs_linear *linear, rs_error *err)
{
    const size_t n = linear->values->net->parameters_n;
    *adjoint = (rs_adjoint){.linear = linear};
    adjoint->squared = rs_alloc(n, sizeof(double), "the squared weights", err);
    adjoint->absolute = rs_alloc(n, sizeof(double), "the magnitudes of the weights", err);
    if (!adjoint->squared || !adjoint->absolute)
        return RS_INTERNAL;
    for (size_t k = 0; k < n; k++) {
        adjoint->squared[k] = linear->parameters[k] * linear->parameters[k];
        adjoint->absolute[k] = fabs(linear->parameters[k]);
    }
    rs_status status = run_pull(adjoint, NULL, &adjoint->exact, err);
    if (status == RS_OK)
        add_up_spreads(adjoint->exact.spread);
    return status;
}

rs_status rs_adjoint_expect(const rs_adjoint *adjoint, const rs_trace *claimed,
                            rs_derivatives *expected, rs_error *err)
{
    return run_pull(adjoint, claimed, expected, err);
}

rs_status rs_adjoint_changed(const rs_adjoint *adjoint, rs_derivatives *changed, rs_error *err)
{
    return run_pull(adjoint, NULL, changed, err);
}

void rs_adjoint_free(rs_adjoint *adjoint)
{
    rs_derivatives_free(&adjoint->exact);
    free(adjoint->squared);
    free(adjoint->absolute);
    adjoint->squared = adjoint->absolute = NULL;
}
