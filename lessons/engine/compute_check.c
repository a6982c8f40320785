/* The checker on a scene's backward pass. */
#include "lessons/engine/compute.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A trace of its own, since the checker writes into it, from the same inputs and initial states. */
static rs_trace *trace_like(const computed_cell *cell, rs_error *err)
{
    const rs_net *net = &cell->model.net;
    const size_t BH = cell->data.B * net->hidden;
    rs_trace *trace = rs_trace_new(net, cell->data.T, cell->data.B, RS_KEEP_ALL, err);
    if (trace && rs_data_start(&cell->data, trace, err) != RS_OK) {
        rs_trace_free(trace);
        return NULL;
    }
    for (size_t l = 0; trace && l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            if (net->cell->channels[k].role == RS_STATE)
                memcpy(trace->layer[l].value[k] - BH, cell->trace->layer[l].value[k] - BH,
                       BH * sizeof(double));
    return trace;
}

rs_status compute_check(computed *c, size_t k, const rs_check_report **report, rs_error *err)
{
    computed_cell *cell = &c->cell[k];
    const rs_check_options options = {.method = RS_COMPLEX, .threads = 1, .seed = 1};
    *report = cell->check;
    if (cell->check)
        return RS_OK;
    rs_status status = compute_part_of(c, k, PART_PASS, 1, err);
    if (status != RS_OK)
        return status;
    rs_trace *trace = trace_like(cell, err);
    rs_check_report *made = rs_alloc(1, sizeof *made, "the checker's report", err);
    status = trace && made
                 ? rs_check(trace, cell->model.parameters, &cell->data.loss, &options, made, err)
                 : RS_INTERNAL;
    rs_trace_free(trace);
    if (status != RS_OK) {
        if (made)
            rs_check_report_free(made);
        free(made);
        return status;
    }
    cell->check = made;
    *report = made;
    return RS_OK;
}
