/* The credit matrix: groups of loss steps in parallel, each a sweep of its own. */
#include "flow/credit.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "flow/norms.h"
#include "flow/sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

rs_flow_cost rs_flow_credit_cost(const rs_net *net, size_t T, size_t B, size_t layer,
                                 size_t threads)
{
    const size_t groups = rs_sweep_groups(T, B), rows = rs_sweep_steps(T, B) * B;
    const double H = (double)net->hidden, GH = (double)net->cell->gates_n * H;
    const double layers = (double)(net->layers - layer), pairs = (double)T * (double)(T + 1) / 2;
    if (threads == 0)
        threads = rs_processors();
    const size_t at_once = threads < groups ? threads : groups;
    rs_flow_cost cost;
    /* a row's step through W_hh in every layer from the top down, through W_ih between them */
    cost.flops = pairs * (double)B * 2 * GH * H * (2 * layers - 1);
    cost.bytes = (double)(at_once * rows) * layers * (double)rs_rows_bytes(net) +
                 (double)(T * B * rs_net_width(net)) * sizeof(double);
    return cost;
}

typedef struct credit_work {
    const rs_trace *trace;
    const double *parameters;
    rs_loss_gradient loss;
    size_t layer;
    const rs_stop *stop;
    double *credit;    /* [T][T] */
    rs_status *status; /* [groups] */
    rs_error *error;   /* [groups] */
} credit_work;

/* |∂L_t/∂h_k| over the sequences, whose rows may have exponents of their own: the sum is taken in
 * units of the largest. */
static double norm_of_step(const rs_sweep *sweep, size_t nth)
{
    const size_t B = sweep->trace->B, H = sweep->trace->net->hidden;
    const double *dh = sweep->rows[0].d[RS_H] + nth * B * H; /* [B][H] */
    const int *exponent = sweep->exponent + nth * B;
    int unit = exponent[0];
    double sum = 0;
    for (size_t b = 1; b < B; b++)
        unit = exponent[b] > unit ? exponent[b] : unit;
    for (size_t b = 0; b < B; b++)
        sum = hypot(sum, ldexp(rs_norm(dh + b * H, H), exponent[b] - unit));
    return ldexp(sum, unit);
}

static void credit_of_group(void *context, size_t group)
{
    credit_work *work = context;
    const size_t T = work->trace->T, B = work->trace->B, most = rs_sweep_steps(T, B);
    const size_t first = T - 1 - group * most, steps = first + 1 < most ? first + 1 : most;
    rs_sweep sweep;
    work->status[group] = rs_sweep_new(&sweep, work->trace, work->parameters, &work->loss,
                                       work->layer, first, steps, &work->error[group]);
    size_t active = work->status[group] == RS_OK ? rs_sweep_active(&sweep) : 0;
    for (; active > 0; active = rs_sweep_active(&sweep)) {
        if (rs_stopped(work->stop)) {
            work->status[group] = rs_fail(&work->error[group], RS_INTERRUPTED, "stopped");
            break;
        }
        rs_sweep_down(&sweep);
        for (size_t nth = 0; nth < active / B; nth++) {
            const size_t t = first - nth;
            work->credit[t * T + t - sweep.lag] = norm_of_step(&sweep, nth);
        }
        rs_rows_back(sweep.rows, active);
        rs_sweep_next(&sweep);
    }
    rs_sweep_free(&sweep);
}

rs_status rs_flow_credit(const rs_trace *trace, const double *parameters, const rs_loss *loss,
                         size_t layer, size_t threads, const rs_stop *stop, double *credit,
                         rs_error *err)
{
    const size_t T = trace->T, groups = rs_sweep_groups(T, trace->B);
    credit_work work = {
        .trace = trace, .parameters = parameters, .layer = layer, .stop = stop, .credit = credit};
    rs_status status = rs_loss_gradient_new(&work.loss, trace, loss, err);
    work.status = rs_alloc(groups, sizeof *work.status, "the credit matrix", err);
    work.error = rs_alloc(groups, sizeof *work.error, "the credit matrix", err);
    if (status == RS_OK && (!work.status || !work.error))
        status = RS_INTERNAL;
    if (status == RS_OK) {
        memset(credit, 0, T * T * sizeof *credit);
        rs_parallel(groups, threads, credit_of_group, &work);
    }
    for (size_t group = 0; group < groups && status == RS_OK; group++)
        if (work.status[group] != RS_OK)
            status = rs_fail(err, work.status[group], "%s", work.error[group].text);
    free(work.loss.dy);
    free(work.status);
    free(work.error);
    return status;
}
