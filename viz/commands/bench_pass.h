/* part of viz/commands/bench.c, once a number type: one pass, with the batch cut among threads */

typedef struct TYPED(bench_part) {
    rs_trace *trace; /* of this part's sequences */
    real *gradient;  /* [net.parameters_n] */
} TYPED(bench_part);

typedef struct TYPED(bench_work) {
    const real *parameters;
    const rs_loss *loss; /* [parts] each part's target */
    TYPED(bench_part) parts[BENCH_MOST_PARTS];
} TYPED(bench_work);

/* Forward, loss, and the whole backward pass with dx, of one part. */
static void TYPED(pass)(void *context, size_t k)
{
    TYPED(bench_work) *work = context;
    TYPED(bench_part) *part = &work->parts[k];
    memset(part->gradient, 0, part->trace->net->parameters_n * sizeof(real));
    rs_forward(part->trace, work->parameters, NULL);
    rs_loss_forward(part->trace, &work->loss[k]);
    rs_backward(part->trace, work->parameters, part->gradient, 0);
}

/* All parts, and their gradients added up into the first's. */
static void TYPED(whole_pass)(void *context, size_t parts)
{
    TYPED(bench_work) *work = context;
    rs_parallel(parts, parts, TYPED(pass), work);
    for (size_t k = 1; k < parts; k++)
        for (size_t p = 0; p < work->parts[0].trace->net->parameters_n; p++)
            work->parts[0].gradient[p] += work->parts[k].gradient[p];
}

static void TYPED(free_work)(TYPED(bench_work) * work, size_t parts, real *parameters)
{
    for (size_t k = 0; k < parts; k++) {
        rs_trace_free(work->parts[k].trace);
        free(work->parts[k].gradient);
    }
    free(parameters);
}

/* Part k of the parts that B sequences are cut into begins at this sequence. */
static rs_status TYPED(make_work)(const bench *job, TYPED(bench_work) * work, real *parameters,
                                  rs_error *err)
{
    const rs_net *net = &job->model->net;
    work->parameters = parameters;
    work->loss = job->loss;
    for (size_t p = 0; p < net->parameters_n; p++)
        parameters[p] = (real)job->model->parameters[p];
    for (size_t k = 0; k < job->parts; k++) {
        const size_t B = bench_first(job, k + 1) - bench_first(job, k);
        TYPED(bench_part) *part = &work->parts[k];
        part->trace = rs_trace_new(net, job->T, B, RS_KEEP_DX, err);
        part->gradient = rs_alloc(net->parameters_n, sizeof(real), "the gradient", err);
        if (!part->trace || !part->gradient)
            return RS_INTERNAL;
        rs_random random = rs_random_seed(1, k);
        for (size_t j = 0; j < job->T * B * net->inputs; j++)
            part->trace->x[j] = (real)rs_random_normal(&random);
    }
    return RS_OK;
}

static rs_status TYPED(run_bench)(const bench *job, bench_times *times, rs_error *err)
{
    TYPED(bench_work) work = {0};
    real *parameters = rs_alloc(job->model->net.parameters_n, sizeof(real), "the parameters", err);
    rs_status status = parameters ? TYPED(make_work)(job, &work, parameters, err) : RS_INTERNAL;
    if (!status)
        time_passes(TYPED(whole_pass), &work, job->parts, times);
    TYPED(free_work)(&work, job->parts, parameters);
    return status;
}
