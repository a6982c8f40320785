/* The lag spectrum of dW_hh: all groups of loss steps go back together, and at each lag the outer
 * products of their rows are summed. */
#include "flow/credit.h"

#include "base/matrix.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "flow/norms.h"
#include "flow/sweep.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct lag_work {
    const rs_trace *trace;
    size_t layer, groups;
    rs_sweep *sweep; /* [groups] */
    double *source;  /* [groups][rows][H] what the rows' products multiply */
    double *share;   /* [groups][G·H][H], in units of 2^unit */
    int *unit;       /* [groups] */
    size_t rows;     /* of a group */
} lag_work;

static size_t share_size(const rs_net *net)
{
    return net->cell->gates_n * net->hidden * net->hidden;
}

rs_flow_cost rs_flow_lags_cost(const rs_net *net, size_t T, size_t B, size_t layer)
{
    rs_flow_cost cost = rs_flow_credit_cost(net, T, B, layer, rs_sweep_groups(T, B));
    const double H = (double)net->hidden, share = (double)share_size(net);
    const double groups = (double)rs_sweep_groups(T, B);
    const double rows = (double)(rs_sweep_steps(T, B) * B);
    cost.flops += (double)T * (double)(T + 1) * (double)B * share; /* the outer products */
    cost.bytes += groups * (share + rows * H) * sizeof(double);
    return cost;
}

/* The largest exponent of n rows. */
static int largest_exponent(const int *exponent, size_t n)
{
    int unit = exponent[0];
    for (size_t r = 1; r < n; r++)
        unit = exponent[r] > unit ? exponent[r] : unit;
    return unit;
}

/* da, or d of the channel that a product goes into, from their rows' own units to a common one; so
 * that sums are of ordinary numbers and only their result may underflow. */
static void to_unit(double *rows, size_t n, size_t width, const int *exponent, int unit)
{
    for (size_t r = 0; r < n; r++) {
        if (exponent[r] == unit)
            continue;
        const double factor = ldexp(1, exponent[r] - unit);
        for (size_t k = 0; k < width; k++)
            rows[r * width + k] *= factor;
    }
}

/* What the product multiplied at each row's step, after the rows have gone back over it. */
static void gather_source(const lag_work *work, const rs_rows *rows, const rs_product *product,
                          size_t n, double *source)
{
    const rs_net *net = work->trace->net;
    const size_t H = net->hidden, B = work->trace->B;
    const bool state = net->cell->channels[product->source].role == RS_STATE;
    const double *value = work->trace->layer[work->layer].value[product->source];
    for (size_t r = 0; r < n; r++) /* the row B before the first is the initial state */
        memcpy(source + r * H, value + (rows->at[r] + B) * H - (state ? B * H : 0),
               H * sizeof *source);
}

/* share = Σ over the group's rows of dsum sourceᵀ, one product of the cell after the other */
static void outer_products(const lag_work *work, size_t group, size_t n)
{
    const rs_net *net = work->trace->net;
    const size_t H = net->hidden, GH = net->cell->gates_n * H;
    rs_rows *rows = work->sweep[group].rows;
    double *source = work->source + group * work->rows * H;
    double *share = work->share + group * share_size(net);
    const int *exponent = work->sweep[group].exponent;
    const int unit = largest_exponent(exponent, n);
    work->unit[group] = unit;
    to_unit(rows->da, n, GH, exponent, unit);
    for (size_t k = 0; k < net->cell->stages_n; k++) {
        const rs_product *product = &net->cell->stages[k].product;
        if (product->gates == 0)
            continue;
        const bool into_a = product->into == RS_INTO_A;
        double *dsum = into_a ? rows->da + product->gate * H : rows->d[product->into];
        if (!into_a)
            to_unit(dsum, n, H, exponent, unit);
        gather_source(work, rows, product, n, source);
        rs_matmul(product->gates * H, H, n, RS_TRANSPOSED, dsum, into_a ? GH : H, RS_PLAIN, source,
                  H, 0, share + product->gate * H * H, H);
    }
}

static void step_of_group(void *context, size_t group)
{
    lag_work *work = context;
    rs_sweep *sweep = &work->sweep[group];
    const size_t n = rs_sweep_active(sweep);
    if (n == 0) {
        memset(work->share + group * share_size(work->trace->net), 0,
               share_size(work->trace->net) * sizeof(double));
        work->unit[group] = INT_MIN / 4; /* less than any row's */
        return;
    }
    rs_sweep_down(sweep);
    rs_rows_back(sweep->rows, n);
    outer_products(work, group, n);
    rs_sweep_next(sweep);
}

/* The groups' shares added up in their order, in the unit of the largest, then the norm. */
static double norm_of_lag(const lag_work *work)
{
    const size_t size = share_size(work->trace->net);
    const int unit = largest_exponent(work->unit, work->groups);
    for (size_t group = 0; group < work->groups; group++) {
        const double factor = ldexp(1, work->unit[group] - unit);
        const double *share = work->share + group * size;
        for (size_t k = 0; k < size && factor > 0; k++)
            work->share[k] = (group > 0 ? work->share[k] : 0) + factor * share[k];
        if (group == 0 && factor == 0)
            memset(work->share, 0, size * sizeof *work->share);
    }
    return ldexp(rs_norm(work->share, size), unit);
}

static rs_status start(lag_work *work, const double *parameters, const rs_loss_gradient *loss,
                       rs_error *err)
{
    const size_t T = work->trace->T, B = work->trace->B, most = rs_sweep_steps(T, B);
    const rs_net *net = work->trace->net;
    work->rows = most * B;
    work->sweep = rs_alloc(work->groups, sizeof *work->sweep, "the lag spectrum", err);
    work->source = rs_alloc(work->groups * work->rows, net->hidden * sizeof *work->source,
                            "the lag spectrum", err);
    work->share =
        rs_alloc(work->groups, share_size(net) * sizeof *work->share, "the lag spectrum", err);
    work->unit = rs_alloc(work->groups, sizeof *work->unit, "the lag spectrum", err);
    rs_status status =
        work->sweep && work->source && work->share && work->unit ? RS_OK : RS_INTERNAL;
    for (size_t group = 0; group < work->groups && status == RS_OK; group++) {
        const size_t first = T - 1 - group * most;
        status = rs_sweep_new(&work->sweep[group], work->trace, parameters, loss, work->layer,
                              first, first + 1 < most ? first + 1 : most, err);
    }
    return status;
}

rs_status rs_flow_lags(const rs_trace *trace, const double *parameters, const rs_loss *loss,
                       size_t layer, size_t threads, const rs_stop *stop, double *lags,
                       rs_error *err)
{
    lag_work work = {.trace = trace, .layer = layer, .groups = rs_sweep_groups(trace->T, trace->B)};
    rs_loss_gradient gradient;
    rs_status status = rs_loss_gradient_new(&gradient, trace, loss, err);
    if (status == RS_OK)
        status = start(&work, parameters, &gradient, err);
    for (size_t lag = 0; lag < trace->T && status == RS_OK; lag++) {
        rs_parallel(work.groups, threads, step_of_group, &work);
        lags[lag] = norm_of_lag(&work);
        if (rs_stopped(stop))
            status = rs_fail(err, RS_INTERRUPTED, "stopped");
    }
    for (size_t group = 0; group < work.groups && work.sweep; group++)
        if (work.sweep[group].trace)
            rs_sweep_free(&work.sweep[group]);
    free(work.sweep);
    free(work.source);
    free(work.share);
    free(work.unit);
    free(gradient.dy);
    return status;
}
