/* part of fixture.c, once a number type */

rs_trace *TYPED(fixture_trace)(const fixture *f, rs_keep keep)
{
    const shape *s = &f->shape;
    const rs_cell *cell = f->model.net.cell;
    rs_trace *trace = rs_trace_new(&f->model.net, s->T, s->B, keep, NULL);
    assert_non_null(trace);
    for (size_t j = 0; j < s->T * s->B * s->I; j++)
        trace->x[j] = (real)f->x[j];
    const double *initial = f->initial;
    for (size_t l = 0; l < s->L; l++)
        for (size_t k = 0; k < cell->channels_n; k++)
            if (cell->channels[k].role == RS_STATE)
                for (size_t j = 0; j < s->B * s->H; j++)
                    (trace->layer[l].value[k] - s->B * s->H)[j] = (real)*initial++;
    return trace;
}

real *TYPED(fixture_parameters)(const fixture *f)
{
    const size_t n = f->model.net.parameters_n;
    real *parameters = malloc(n * sizeof *parameters);
    assert_non_null(parameters);
    for (size_t j = 0; j < n; j++)
        parameters[j] = (real)f->model.parameters[j];
    return parameters;
}
