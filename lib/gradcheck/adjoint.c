#include "gradcheck/adjoint.h"

#include "base/memory.h"
#include "gradcheck/pull.h"

#include <math.h>
#include <stdlib.h>

/* From the loss to the inputs; false: it was stopped on the way. */
static bool pull_all(const rs_pull *p, double *work)
{
    const rs_net *net = p->from->net;
    rs_pull_loss(p);
    rs_pull_readout(p, work);
    rs_pull_readout_weights(p, work);
    for (size_t l = net->layers; l-- > 0;) {
        for (size_t t = p->from->T; t-- > 0;) {
            if (rs_stopped(p->adjoint->linear->stop))
                return false;
            rs_pull_step(p, l, t, work);
        }
        rs_pull_layer_weights(p, l, work);
        rs_pull_input(p, l, work);
    }
    return true;
}

/* Room for two matrices of T·B rows and the widest sums and sources, and once more the sources. */
static double *work_new(const rs_trace *v, rs_error *err)
{
    const rs_net *net = v->net;
    const size_t GH = net->cell->gates_n * net->hidden, H = net->hidden, I = net->inputs;
    const size_t width = (GH > net->outputs ? GH : net->outputs) + 2 * (I > H ? I : H) + 1;
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
        const rs_pull p = {adjoint, from ? from : to->d, from ? NULL : to->spread, to};
        if (!pull_all(&p, work))
            status = rs_fail(err, RS_INTERRUPTED, "stopped");
    } else {
        status = RS_INTERNAL;
    }
    if (status != RS_OK)
        rs_derivatives_free(to);
    free(work);
    return status;
}

/* spread of step t → (T − t + L) times it, everywhere */
static void add_up_spreads(rs_trace *spread)
{
    const rs_net *net = spread->net;
    const size_t B = spread->B, H = net->hidden, GH = net->cell->gates_n * H;
    for (size_t t = 0; t < spread->T; t++) {
        const double times = rs_together(spread, t);
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
