/* From each value to those it is made of. */
#include "gradcheck/pull.h"

#include "base/matrix.h"

#include <math.h>

static const rs_block *block(const rs_pull *p, rs_block_kind kind, size_t l)
{
    return rs_net_block(p->adjoint->linear->values->net, kind, l);
}

static rs_adjoint_rows source_rows(const rs_trace *trace, size_t l, size_t t, rs_reads source,
                                   size_t from)
{
    const size_t H = trace->net->hidden, BH = trace->B * H, GH = trace->net->cell->gates_n * H;
    if (source == RS_FROM_A)
        return (rs_adjoint_rows){trace->layer[l].da + t * trace->B * GH + from * H, GH};
    return (rs_adjoint_rows){trace->layer[l].d[from] + t * BH - (source == RS_FROM_BEFORE ? BH : 0),
                             H};
}

rs_adjoint_rows rs_sum_rows(const rs_trace *trace, size_t l, size_t t, const rs_product *product)
{
    if (product->into == RS_INTO_A)
        return source_rows(trace, l, t, RS_FROM_A, product->gate);
    return source_rows(trace, l, t, RS_FROM_NOW, (size_t)product->into);
}

static rs_adjoint_rows product_source_rows(const rs_trace *trace, size_t l, size_t t,
                                           const rs_product *product)
{
    const size_t k = (size_t)product->source;
    const bool is_state = trace->net->cell->channels[k].role == RS_STATE;
    return source_rows(trace, l, t, is_state ? RS_FROM_BEFORE : RS_FROM_NOW, k);
}

/* How often a path or a stage's product counts. */
static double times_of(const rs_pull *p, bool of_product, size_t which)
{
    const rs_change *change = &p->adjoint->change;
    return change->active && change->of_product == of_product && change->which == which
               ? change->times
               : 1;
}

/* The largest value of a unit at a step: by so much an equation that is taken in parts may multiply
 * what one part has lost to underflow (dr = q · (1 − n²) dn of the GRU). */
static double largest_value(const rs_trace *v, size_t l, size_t t, size_t b, size_t u)
{
    const size_t at = (t * v->B + b) * v->net->hidden + u;
    double most = 1;
    for (size_t k = 0; k < v->net->cell->channels_n; k++)
        most = fmax(most, fabs(v->layer[l].value[k][at]));
    return most;
}

/* Below so many of the smallest numbers (in double 1e-250) a product may have lost digits on the
 * way.
 */
static const double near_underflow = 1e74;

/* dsource += slope · dmade, by element. What may be off in dmade meets the slope as the pass under
 * test has it: where a unit sits at its limit that slope is all rounding, and over steps the
 * product of such errors outgrows by far each error alone. */
static void pull_path(const rs_pull *p, size_t l, size_t t, size_t k)
{
    const rs_linear *linear = p->adjoint->linear;
    const rs_path *path = &linear->paths.path[k];
    const size_t H = linear->values->net->hidden, B = linear->values->B;
    const rs_adjoint_rows made = source_rows(p->from, l, t, RS_FROM_NOW, path->to);
    const rs_adjoint_rows out = source_rows(p->to->d, l, t, path->source, path->from);
    const rs_adjoint_rows spread = source_rows(p->to->spread, l, t, path->source, path->from);
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
            const double share = slope[u] * d_made[u];
            const double lost = fabs(share) < near_underflow * linear->smallest
                                    ? largest_value(linear->values, l, t, b, u)
                                    : 1;
            d[u] += times * share;
            s[u] = hypot(s[u], linear->unit * rounding[u] * fabs(d_made[u]) +
                                   RS_TERM * lost * linear->smallest);
            if (made_spread)
                s[u] = hypot(s[u], (fabs(slope[u]) + linear->unit * rounding[u]) * made_spread[u]);
        }
    }
}

/* The largest magnitude of n numbers, 0 if there is nothing finite. */
static double largest(const double *at, size_t n)
{
    double most = 0;
    for (size_t k = 0; k < n; k++)
        if (isfinite(at[k]) && fabs(at[k]) > most)
            most = fabs(at[k]);
    return most;
}

/* work[B][n] = |rows| */
static void absolute_rows(double *work, rs_adjoint_rows r, size_t B, size_t n)
{
    for (size_t b = 0; b < B; b++)
        for (size_t k = 0; k < n; k++)
            work[b * n + k] = fabs(r.at[b * r.apart + k]);
}

/* work[B][n] = (rows / scale)², each row with the scale of its own that it leaves in scale[B]: what
 * has vanished in one sequence is beyond the range of squares beside another. */
static void square_rows(double *work, double *scale, rs_adjoint_rows r, size_t B, size_t n)
{
    for (size_t b = 0; b < B; b++) {
        const double *row = r.at + b * r.apart;
        scale[b] = largest(row, n);
        for (size_t k = 0; k < n; k++) {
            const double v = scale[b] > 0 && isfinite(row[k]) ? row[k] / scale[b] : 0;
            work[b * n + k] =
                v > 0 ? fmax(v * v, 1e-300) : 0; /* never below what a square can be */
        }
    }
}

/* carried [n] of one sequence: at least as large beside `part` [n], what it is the spread of, as
 * `spread` was beside `sum` [m]. Errors that are independent of each other go as the root of the
 * sum of squares; but an error that one earlier step has made goes as the derivative itself does,
 * and over many steps that is far more. */
static void keep_share(double *carried, const double *part, size_t n, const double *sum,
                       const double *spread, size_t m)
{
    const double of = largest(sum, m), share = of > 0 ? largest(spread, m) / of : 0;
    for (size_t k = 0; k < n && isfinite(share); k++)
        carried[k] = fmax(carried[k], share * fabs(part[k]));
}

/* The spread of what is read, carried on: into s, and `part` [B][cols] is what the product gives.
 * `work` has room for B rows of n, of cols, and of 1. */
static void pull_matrix_spread(const rs_pull *p, size_t offset, size_t n, size_t cols,
                               rs_adjoint_rows sum, rs_adjoint_rows spread, const double *part,
                               rs_adjoint_rows s, double *work)
{
    const size_t B = p->from->B;
    double *result = work + B * n, *scale = result + B * cols; /* [B][cols], [B] */
    square_rows(work, scale, spread, B, n);
    rs_matmul(B, cols, n, RS_PLAIN, work, n, RS_PLAIN, p->adjoint->squared + offset, cols, 0,
              result, cols);
    for (size_t b = 0; b < B; b++) {
        double *carried = result + b * cols, *at = s.at + b * s.apart;
        for (size_t k = 0; k < cols; k++)
            carried[k] = scale[b] * sqrt(carried[k]);
        keep_share(carried, part + b * cols, cols, sum.at + b * sum.apart,
                   spread.at + b * spread.apart, n);
        for (size_t k = 0; k < cols; k++)
            at[k] = hypot(at[k], carried[k]);
    }
}

/* sum = W source        dsource += Wᵀ dsum, W [n][cols] at `offset` of the parameters. `work` has
 * room for B rows of n, twice of cols, and of 1. */
static void pull_matrix(const rs_pull *p, size_t offset, size_t n, size_t cols, rs_adjoint_rows sum,
                        rs_adjoint_rows spread, rs_adjoint_rows d, rs_adjoint_rows s, double *work)
{
    const rs_linear *linear = p->adjoint->linear;
    const size_t B = linear->values->B;
    const double unit = linear->unit * (RS_TERM + sqrt((double)n));
    double *part = work, *rest = work + B * cols, *result = rest + B * n;
    rs_matmul(B, cols, n, RS_PLAIN, sum.at, sum.apart, RS_PLAIN, linear->parameters + offset, cols,
              0, part, cols);
    absolute_rows(rest, sum, B, n);
    rs_matmul(B, cols, n, RS_PLAIN, rest, n, RS_PLAIN, p->adjoint->absolute + offset, cols, 0,
              result, cols);
    for (size_t k = 0; k < B * cols; k++) {
        double *at = &s.at[k / cols * s.apart + k % cols];
        d.at[k / cols * d.apart + k % cols] += part[k];
        *at = hypot(*at, unit * result[k] + (double)n * linear->smallest);
    }
    if (spread.at)
        pull_matrix_spread(p, offset, n, cols, sum, spread, part, s, rest);
}

static void pull_product(const rs_pull *p, size_t l, size_t t, const rs_product *product,
                         double *work)
{
    const size_t H = p->from->net->hidden, n = product->gates * H;
    const rs_adjoint_rows none = {NULL, 0};
    pull_matrix(p, block(p, RS_WEIGHT_HH, l)->offset + product->gate * H * H, n, H,
                rs_sum_rows(p->from, l, t, product),
                p->from_spread ? rs_sum_rows(p->from_spread, l, t, product) : none,
                product_source_rows(p->to->d, l, t, product),
                product_source_rows(p->to->spread, l, t, product), work);
}

void rs_pull_step(const rs_pull *p, size_t l, size_t t, double *work)
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
void rs_pull_input(const rs_pull *p, size_t l, double *work)
{
    const rs_net *net = p->from->net;
    const size_t GH = net->cell->gates_n * net->hidden, I = rs_net_layer_inputs(net, l);
    const size_t B = p->from->B;
    double *d = l == 0 ? p->to->d->dx : p->to->d->layer[l - 1].d[RS_H];
    double *s = l == 0 ? p->to->spread->dx : p->to->spread->layer[l - 1].d[RS_H];
    for (size_t t = 0; t < p->from->T; t++) {
        rs_adjoint_rows spread = {NULL, GH};
        if (p->from_spread)
            spread.at = p->from_spread->layer[l].da + t * B * GH;
        pull_matrix(p, block(p, RS_WEIGHT_IH, l)->offset, GH, I,
                    (rs_adjoint_rows){p->from->layer[l].da + t * B * GH, GH}, spread,
                    (rs_adjoint_rows){d + t * B * I, I}, (rs_adjoint_rows){s + t * B * I, I}, work);
    }
}

/* y = V h        dh = Vᵀ dy */
void rs_pull_readout(const rs_pull *p, double *work)
{
    const rs_net *net = p->from->net;
    const size_t O = net->outputs, BH = p->from->B * net->hidden, B = p->from->B;
    double *d = p->to->d->layer[net->layers - 1].d[RS_H];
    double *s = p->to->spread->layer[net->layers - 1].d[RS_H];
    for (size_t t = 0; t < p->from->T && O > 0; t++) {
        rs_adjoint_rows spread = {NULL, O};
        if (p->from_spread)
            spread.at = p->from_spread->dy + t * B * O;
        pull_matrix(p, block(p, RS_READOUT_WEIGHT, 0)->offset, O, net->hidden,
                    (rs_adjoint_rows){p->from->dy + t * B * O, O}, spread,
                    (rs_adjoint_rows){d + t * BH, net->hidden},
                    (rs_adjoint_rows){s + t * BH, net->hidden}, work);
    }
}

/* The loss's own: dy, and its term on the last states. */
void rs_pull_loss(const rs_pull *p)
{
    const rs_linear *linear = p->adjoint->linear;
    const rs_trace *v = linear->values;
    const size_t n = v->T * v->B * rs_net_width(v->net), BH = v->B * v->net->hidden;
    const double *weight = linear->loss->last_state;
    for (size_t k = 0; k < n; k++) {
        p->to->d->dy[k] = linear->dy[k];
        p->to->spread->dy[k] =
            linear->unit * (RS_TERM * fabs(linear->dy[k]) + RS_TERM * linear->dy_rounding[k]);
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
