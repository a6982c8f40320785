/* part of lessons/engine/nudge.c, once a number type: a second pass of a scene's cell */

/* A trace with the cell's input and initial states, and its parameters in this type, parameter
 * `which` moved by h; run forward, with its loss. Both are the caller's; false: no memory. */
static bool TYPED(run)(const computed_cell *cell, size_t which, real h, rs_trace **trace,
                       real **parameters, rs_error *err)
{
    const rs_net *net = &cell->model.net;
    const size_t BH = cell->trace->B * net->hidden;
    *trace = rs_trace_new(net, cell->trace->T, cell->trace->B, RS_KEEP_ALL, err);
    *parameters = rs_alloc(net->parameters_n, sizeof **parameters, "moved parameters", err);
    if (!*trace || !*parameters)
        return false;
    for (size_t k = 0; k < net->parameters_n; k++)
        (*parameters)[k] = (real)cell->model.parameters[k];
    (*parameters)[which] += h;
    for (size_t k = 0; k < (*trace)->T * (*trace)->B * net->inputs; k++)
        (*trace)->x[k] = (real)cell->trace->x[k];
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            for (size_t j = 0; j < BH && net->cell->channels[k].role == RS_STATE; j++)
                *((*trace)->layer[l].value[k] - BH + j) =
                    (real) * (cell->trace->layer[l].value[k] - BH + j);
    rs_forward(*trace, *parameters, NULL);
    rs_loss_forward(*trace, &cell->data.loss);
    return true;
}

#ifndef RS_COMPLEX

static rs_status TYPED(moved_loss)(const computed_cell *cell, size_t which, double h, double *value,
                                   rs_error *err)
{
    rs_trace *trace = NULL;
    real *parameters = NULL;
    const bool ran = TYPED(run)(cell, which, (real)h, &trace, &parameters, err);
    if (ran)
        *value = trace->loss;
    rs_trace_free(trace);
    free(parameters);
    return ran ? RS_OK : RS_INTERNAL;
}

#endif
