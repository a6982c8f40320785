#include "gradcheck/check.h"

#include "base/memory.h"
#include "gradcheck/entries.h"
#include "gradcheck/judge.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *rs_method_name(rs_method method)
{
    static const char *const names[] = {"complex", "entries", "difference", "taylor"};
    return names[method];
}

const char *rs_verdict_name(rs_verdict verdict)
{
    return verdict == RS_AGREES ? "agrees" : verdict == RS_WRONG ? "wrong" : "inconclusive";
}

const char *rs_mistake_name(rs_mistake mistake)
{
    static const char *const names[] = {"unknown",   "missing",    "twice",       "sign",
                                        "factor",    "slope",      "value",       "derivative",
                                        "exchanged", "transposed", "overwritten", "skipped",
                                        "scaled",    "zero",       "clipped",     "truncated"};
    return names[mistake];
}

rs_status rs_report_warn(rs_check_report *report, rs_error *err, const char *format, ...)
{
    char text[400];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    char **more = realloc(report->warnings, (report->warnings_n + 1) * sizeof *more);
    if (!more)
        return rs_fail(err, RS_INTERNAL, "no memory for the report");
    report->warnings = more;
    more[report->warnings_n] = rs_alloc(strlen(text) + 1, 1, "the report", err);
    if (!more[report->warnings_n])
        return RS_INTERNAL;
    memcpy(more[report->warnings_n++], text, strlen(text) + 1);
    return RS_OK;
}

rs_check_finding *rs_report_find(rs_check_report *report, rs_error *err)
{
    rs_check_finding *more = realloc(report->findings, (report->findings_n + 1) * sizeof *more);
    if (!more) {
        (void)rs_fail(err, RS_INTERNAL, "no memory for the report");
        return NULL;
    }
    report->findings = more;
    more[report->findings_n] = (rs_check_finding){0};
    return &more[report->findings_n++];
}

void rs_check_report_free(rs_check_report *report)
{
    for (size_t k = 0; report->blocks && k < report->blocks_n; k++)
        free(report->blocks[k].worst);
    for (size_t k = 0; k < report->warnings_n; k++)
        free(report->warnings[k]);
    free(report->blocks);
    free(report->findings);
    free(report->warnings);
    *report = (rs_check_report){0};
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Copies x and the initial states into a float trace. */
static void start_single(const rs_trace *from, rs_trace_f *to)
{
    const rs_net *net = from->net;
    const size_t BH = from->B * net->hidden;
    for (size_t k = 0; k < from->T * from->B * net->inputs; k++)
        to->x[k] = (float)from->x[k];
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            for (size_t j = 0; net->cell->channels[k].role == RS_STATE && j < BH; j++)
                *(to->layer[l].value[k] - BH + j) = (float)*(from->layer[l].value[k] - BH + j);
}

/* The pass under test in single precision, widened into the trace; parameters become what it had.
 */
static rs_status run_single(rs_checking *c, double *parameters, rs_error *err)
{
    const size_t n = c->trace->net->parameters_n;
    rs_trace_f *trace = rs_trace_new_f(c->trace->net, c->trace->T, c->trace->B, RS_KEEP_ALL, err);
    float *p = rs_alloc(n, sizeof *p, "the parameters", err);
    float *gradient = rs_alloc(n, sizeof *gradient, "the gradient", err);
    const rs_status status = trace && p && gradient ? RS_OK : RS_INTERNAL;
    if (status == RS_OK) {
        for (size_t k = 0; k < n; k++)
            p[k] = (float)parameters[k];
        start_single(c->trace, trace);
        rs_forward_f(trace, p, NULL);
        rs_loss_forward_f(trace, c->loss);
        (c->options->backward_f ? c->options->backward_f : rs_backward_f)(trace, p, gradient, 0);
        rs_trace_widen(c->trace, trace);
        for (size_t k = 0; k < n; k++) {
            c->gradient[k] = gradient[k];
            parameters[k] = p[k];
        }
    }
    rs_trace_free_f(trace);
    free(p);
    free(gradient);
    return status;
}

/* Runs forward, loss and the backward pass under test. */
static rs_status run_pass(rs_checking *c, double *parameters, rs_error *err)
{
    if (c->options->single)
        return run_single(c, parameters, err);
    rs_forward(c->trace, parameters, NULL);
    rs_loss_forward(c->trace, c->loss);
    if (c->options->gradient)
        memcpy(c->gradient, c->options->gradient,
               c->trace->net->parameters_n * sizeof *c->gradient);
    else
        (c->options->backward ? c->options->backward : rs_backward)(c->trace, parameters,
                                                                    c->gradient, 0);
    return RS_OK;
}

/* Where the loss is Inf or NaN there is nothing to compare. */
static rs_status judge_nothing(const rs_checking *c)
{
    for (size_t k = 0; k < c->report->blocks_n; k++) {
        c->report->blocks[k].verdict = RS_UNDECIDED;
        c->report->blocks[k].why = "the loss is not finite here";
    }
    return RS_OK;
}

static rs_status judge(rs_checking *c, rs_error *err)
{
    if (!isfinite(c->trace->loss))
        return judge_nothing(c);
    switch (c->options->method) {
    case RS_ENTRIES:
        return rs_judge_entries(c, err);
    case RS_DIFFERENCE:
        return rs_judge_difference(c, err);
    case RS_TAYLOR:
        return rs_judge_taylor(c, err);
    default:
        return rs_judge_complex(c, err);
    }
}

/* The verdict of all blocks: wrong if any is, else inconclusive if any is. */
static void sum_up(rs_check_report *report)
{
    report->verdict = RS_AGREES;
    for (size_t k = 0; k < report->blocks_n; k++) {
        const rs_check_block *block = &report->blocks[k];
        if (block->verdict == RS_WRONG)
            report->verdict = RS_WRONG;
        if (block->verdict == RS_UNDECIDED) {
            report->verdict = report->verdict == RS_WRONG ? RS_WRONG : RS_UNDECIDED;
            report->why = block->why;
        }
    }
}

/* If no line of the backward pass is wrong, what is off in the end is rounding that has added up
 * beyond its bar, as where the gradient is at right angles to the direction in which errors grow:
 * that convicts nobody. A gradient alone has no lines to be right. */
static void acquit(rs_check_report *report)
{
    for (size_t k = 0; k < report->blocks_n; k++)
        if (report->blocks[k].verdict == RS_WRONG) {
            report->blocks[k].verdict = RS_UNDECIDED;
            report->blocks[k].why =
                "each line of the backward pass is right by itself, but rounding "
                "adds up to more than can be told from a mistake";
        }
    sum_up(report);
}

/* The status, or that somebody wants no more. */
static rs_status go_on(const rs_checking *c, rs_status status, rs_error *err)
{
    return status == RS_OK && rs_stopped(c->options->stop)
               ? rs_fail(err, RS_INTERRUPTED, "the check was stopped")
               : status;
}

static rs_status check(rs_checking *c, double *parameters, rs_error *err)
{
    rs_check_report *report = c->report;
    rs_status status = go_on(c, run_pass(c, parameters, err), err);
    report->loss = c->trace->loss;
    if (status == RS_OK)
        status = go_on(c,
                       rs_linear_make(&c->linear, c->trace, parameters, c->loss, c->options->single,
                                      c->options->threads, c->options->stop, err),
                       err);
    if (status == RS_OK)
        status = go_on(c, rs_adjoint_make(&c->adjoint, &c->linear, err), err);
    if (status == RS_OK)
        status = rs_judged_make(c, err);
    report->forwards += 2 * c->linear.paths.colors_n + 1;
    if (status == RS_OK)
        status = go_on(c, judge(c, err), err);
    if (status != RS_OK)
        return status;
    sum_up(report);
    if (!c->options->no_locate && report->verdict != RS_UNDECIDED)
        status = go_on(c, rs_locate(c, err), err);
    if (report->located_ran && report->findings_n == 0 && !c->options->gradient)
        acquit(report);
    if (status == RS_OK)
        status = rs_adequacy(c, err);
    return status;
}

static rs_status usable(const rs_trace *trace, const rs_loss *loss, const rs_check_options *options,
                        rs_error *err)
{
    if (trace->keep != RS_KEEP_ALL)
        return rs_fail(err, RS_USAGE, "a gradient check needs a trace of RS_KEEP_ALL");
    if (loss->kind == RS_NO_LOSS && !loss->last_state)
        return rs_fail(err, RS_USAGE, "there is no loss to take the gradient of");
    if (options->gradient && options->single)
        return rs_fail(err, RS_USAGE, "a gradient alone is judged in double precision");
    return RS_OK;
}

rs_status rs_check(rs_trace *trace, const double *parameters, const rs_loss *loss,
                   const rs_check_options *options, rs_check_report *report, rs_error *err)
{
    static const rs_check_options plain = {0};
    const double start = seconds();
    rs_checking c = {
        .trace = trace, .loss = loss, .options = options ? options : &plain, .report = report};
    *report = (rs_check_report){.method = c.options->method,
                                .cell = trace->net->cell->name,
                                .single = c.options->single,
                                .parameters = trace->net->parameters_n};
    rs_status status = usable(trace, loss, c.options, err);
    if (status != RS_OK)
        return status;
    const size_t n = trace->net->parameters_n;
    double *own = rs_alloc(n, sizeof *own, "the parameters", err);
    c.gradient = rs_alloc(n, sizeof *c.gradient, "the gradient", err);
    status = own && c.gradient ? RS_OK : RS_INTERNAL;
    if (status == RS_OK) {
        memcpy(own, parameters, n * sizeof *own);
        c.parameters = own;
        status = check(&c, own, err);
    }
    rs_judged_free(&c.judged);
    rs_adjoint_free(&c.adjoint);
    rs_linear_free(&c.linear);
    free(c.gradient);
    free(own);
    report->seconds = seconds() - start;
    return status;
}

size_t rs_check_bytes(const rs_net *net, size_t T, size_t B, rs_method method, size_t threads)
{
    const size_t real = rs_trace_bytes(net, T, B, RS_KEEP_ALL, sizeof(double));
    const size_t complex = rs_trace_bytes(net, T, B, RS_KEEP_LEAN, sizeof(double _Complex));
    const size_t slopes = rs_linear_slopes(net, 2 * RS_MAX_GATES + 4, T, B);
    size_t bytes = 0, part = 0;
    const bool fits = rs_multiply(real, 5, &bytes) && rs_multiply(slopes, 16, &part) &&
                      rs_add(bytes, part, &bytes) && rs_multiply(net->parameters_n, 100, &part) &&
                      rs_add(bytes, part, &bytes) &&
                      rs_multiply(complex, method == RS_COMPLEX ? threads : 1, &part) &&
                      rs_add(bytes, part, &bytes) && real != SIZE_MAX && complex != SIZE_MAX;
    return fits ? bytes : SIZE_MAX;
}

size_t rs_check_cost(const rs_net *net, size_t T, size_t B, rs_method method)
{
    const size_t blocks = net->blocks_n + 1 + rs_cell_states(net->cell);
    rs_paths paths;
    if (rs_paths_find(net->cell, &paths, NULL) != RS_OK)
        return 0;
    const size_t base = 2 * paths.colors_n + 1;
    return base + (method == RS_ENTRIES      ? rs_entries_n(net, T, B, 1)
                   : method == RS_COMPLEX    ? blocks
                   : method == RS_DIFFERENCE ? 66 * blocks
                                             : 54 * blocks);
}
