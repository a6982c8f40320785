#include "tests/unit/passes.h"

#include "tests/unit/test.h"

#include "rnnscope.h"

#include <stdlib.h>

void make_passes(passes *p, const char *cell, const char *task, size_t hidden)
{
    rs_error err = {0};
    p->options = run_defaults();
    p->options.cell = cell;
    p->options.task = task;
    p->options.hidden = hidden;
    p->options.steps = 24;
    p->options.batch = 3;
    p->options.threads = 1;
    assert_int_equal(run_open(&p->options, &p->run, &err), RS_OK);
    p->trace = run_trace(&p->run, RS_KEEP_ALL, &err);
    p->gradient = calloc(p->run.model.net.parameters_n, sizeof(double));
    assert_true(p->trace && p->gradient);
    rs_forward(p->trace, p->run.model.parameters, NULL);
    rs_loss_forward(p->trace, &p->run.data.loss);
    rs_backward(p->trace, p->run.model.parameters, p->gradient, 0);
    p->input = (view_input){.options = &p->options,
                            .run = &p->run,
                            .trace = p->trace,
                            .gradient = p->gradient,
                            .step = SIZE_MAX,
                            .updates = 12};
}

void free_passes(passes *p)
{
    free(p->gradient);
    rs_trace_free(p->trace);
    run_close(&p->run);
}
