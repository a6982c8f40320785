/* part of data/data.c, once a number type: puts data into a trace */

/* The initial values of one state of all layers, zeros where s0 [L][B][H] is NULL. */
static void TYPED(start_state)(rs_trace *trace, size_t channel, const double *s0)
{
    const size_t BH = trace->B * trace->net->hidden;
    for (size_t l = 0; l < trace->net->layers; l++) {
        real *start = trace->layer[l].value[channel] - BH; /* [B][H] of step −1 */
        for (size_t k = 0; k < BH; k++)
            start[k] = s0 ? (real)s0[l * BH + k] : 0;
    }
}

rs_status TYPED(rs_data_start)(const rs_data *data, rs_trace *trace, rs_error *err)
{
    const rs_cell *cell = trace->net->cell;
    size_t nth = 0;
    rs_status status = rs_data_fits(data, trace->net, err);
    if (status != RS_OK)
        return status;
    if (data->T != trace->T || data->B != trace->B)
        return rs_fail(err, RS_USAGE,
                       "the data has %zu steps of %zu sequences, the trace %zu of %zu", data->T,
                       data->B, trace->T, trace->B);
    for (size_t k = 0; k < data->T * data->B * data->I; k++)
        trace->x[k] = (real)data->x[k];
    for (size_t k = 0; k < cell->channels_n; k++) {
        if (cell->channels[k].role != RS_STATE)
            continue;
        TYPED(start_state)(trace, k, nth == 0 ? data->h0 : nth == 1 ? data->c0 : NULL);
        nth++;
    }
    return RS_OK;
}
