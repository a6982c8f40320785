#include "viz/experiments/rig.h"

#include <string.h>

rs_status rig_make(rig *r, const rs_cell *cell, size_t inputs, size_t H, size_t T, rs_error *err)
{
    const rs_net config = {
        .cell = cell, .inputs = inputs, .hidden = H, .layers = 1, .bias_ih = true, .bias_hh = true};
    const rs_status status = rs_model_make(&r->model, &config, err);
    if (status)
        return status;
    r->trace = rs_trace_new(&r->model.net, T, 1, RS_KEEP_LEAN, err);
    if (r->trace)
        return RS_OK;
    rs_model_free(&r->model);
    return err ? err->status : RS_INTERNAL;
}

void rig_free(rig *r)
{
    rs_trace_free(r->trace);
    rs_model_free(&r->model);
}

double *rig_block(const rig *r, rs_block_kind kind)
{
    return r->model.parameters + rs_net_block(&r->model.net, kind, 0)->offset;
}

void rig_own_inputs(rig *r)
{
    const rs_net *net = &r->model.net;
    double *W = rig_block(r, RS_WEIGHT_IH);
    memset(W, 0, net->cell->gates_n * net->hidden * net->inputs * sizeof *W);
    for (size_t u = 0; u < net->hidden && u < net->inputs; u++)
        W[u * net->inputs + u] = 1;
}

void rig_normal(double *number, size_t n, double std, rs_random *random)
{
    for (size_t k = 0; k < n; k++)
        number[k] = std * rs_random_normal(random);
}

double *rig_start(const rig *r) { return r->trace->layer[0].value[RS_H] - r->model.net.hidden; }
