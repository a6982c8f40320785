/* Where a backward pass goes wrong.
 *
 * Every derivative is a sum over what its value feeds. If that sum, made from the derivatives the
 * pass claims for them, is not what the pass claims for this one, then this line is wrong; if it
 * is, the line is right, be its number right or wrong. So one pass over all nodes finds every wrong
 * line, however many there are, and accuses nothing that only inherits an error. */
#include "gradcheck/diagnose.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Samples a diagnosis looks at: enough to leave nothing to chance. */
enum { MOST_SAMPLES = 384, MOST_FINDINGS = 100 };

typedef struct search {
    rs_checking *checking;
    const rs_trace *d; /* claimed derivatives */
    const rs_derivatives *expected;
    rs_sample *sample; /* [room] */
    size_t room;
} search;

static size_t width_of(const rs_net *net, rs_place place)
{
    return place.kind == RS_AT_Y   ? rs_net_width(net)
           : place.kind == RS_AT_X ? net->inputs
                                   : net->hidden;
}

/* The samples of one step into s->sample + n; returns whether one is wrong. */
static bool take_step(const search *s, rs_place place, long t, size_t n)
{
    const rs_fault claimed = {.d = s->d}, expected = {.d = s->expected->d};
    const rs_fault spread = {.d = s->expected->spread};
    const size_t width = width_of(s->d->net, place);
    bool wrong = false;
    for (size_t b = 0; b < s->d->B; b++)
        for (size_t u = 0; u < width; u++) {
            rs_sample *at = &s->sample[n + b * width + u];
            *at = (rs_sample){.t = t, .b = b, .u = u};
            at->claimed = rs_derivative_at(&claimed, place, t, b, u);
            at->expected = rs_derivative_at(&expected, place, t, b, u);
            at->tolerance = RS_SPREADS * rs_derivative_at(&spread, place, t, b, u);
            if (isfinite(at->expected) && !(fabs(at->claimed - at->expected) <= at->tolerance))
                wrong = true;
        }
    return wrong;
}

/* Collects what is wrong with a node; fault->times_n is 0 if nothing is. */
static void collect(const search *s, rs_place place, rs_fault *fault)
{
    const rs_cell *cell = s->d->net->cell;
    const bool initial = place.kind == RS_AT_CHANNEL && cell->channels[place.k].role == RS_STATE;
    const size_t each = s->d->B * width_of(s->d->net, place);
    long before = 0;
    *fault = (rs_fault){.checking = s->checking,
                        .d = s->d,
                        .expected = s->expected->d,
                        .place = place,
                        .sample = s->sample,
                        .possible_n = s->d->T + initial};
    for (long t = (long)s->d->T - 1; t >= (initial ? -1 : 0); t--) {
        if (!take_step(s, place, t, fault->n)) {
            for (size_t k = 0; k < each; k++)
                fault->elsewhere = fault->elsewhere || s->sample[fault->n + k].claimed != 0;
            continue;
        }
        if (fault->times_n == 0)
            fault->last = t;
        else if (fault->times_n == 1)
            fault->period = before - t;
        else if (before - t != fault->period)
            fault->period = 0;
        before = fault->first = t;
        fault->times_n++;
        if (fault->n + 2 * each <= s->room)
            fault->n += each;
    }
    if (fault->times_n > 0 && fault->n == 0)
        (void)take_step(s, place, fault->last, 0);
    if (fault->n == 0 && fault->times_n > 0)
        fault->n = each;
}

/* The sample that is worst. */
static const rs_sample *worst_of(const rs_fault *fault)
{
    const rs_sample *worst = &fault->sample[0];
    for (size_t k = 0; k < fault->n; k++) {
        const rs_sample *s = &fault->sample[k];
        const double error = fabs(s->claimed - s->expected);
        if (!(error <= fabs(worst->claimed - worst->expected)))
            worst = s;
    }
    return worst;
}

/* "c", "a_f", "y", and "c0" if only the initial state's is wrong. */
static void name_node(const rs_fault *fault, char node[48])
{
    char text[48];
    (void)snprintf(node, 48, "%.40s%s", rs_place_text(fault->d->net, fault->place, 0, text) + 1,
                   fault->last < 0 ? "0" : "");
}

/* ", at 3 of 10 steps" */
static void say_times(const rs_fault *fault, rs_phrase *times)
{
    if (fault->times_n > 1)
        rs_say(times, RS_SAYS_AT_STEPS, "%zu\n%zu", fault->times_n, fault->possible_n);
    else if (fault->possible_n > 1 && fault->last >= 0)
        rs_say(times, RS_SAYS_ONLY_HERE, "%s", "");
}

static rs_status report_node(const search *s, const rs_fault *fault, rs_error *err)
{
    rs_check_finding *finding = rs_report_find(s->checking->report, err);
    if (!finding)
        return RS_INTERNAL;
    const rs_sample *worst = worst_of(fault);
    finding->layer = fault->place.l;
    finding->has_t = true;
    finding->t = fault->last < 0 ? 0 : (size_t)fault->last;
    finding->steps_n = fault->times_n;
    finding->claimed = worst->claimed;
    finding->expected = worst->expected;
    name_node(fault, finding->node);
    rs_diagnose(fault, finding);
    if (fault->place.kind == RS_AT_Y)
        rs_say(&finding->says[RS_FINDING_WHERE], RS_SAYS_AT_LOSS, "%zu", finding->t);
    else
        rs_say(&finding->says[RS_FINDING_WHERE], RS_SAYS_AT_STEP, "%s\n%zu\n%zu",
               s->d->net->cell->name, finding->layer, finding->t);
    say_times(fault, &finding->says[RS_FINDING_TIMES]);
    rs_say(&finding->says[RS_FINDING_NUMBERS], RS_SAYS_NUMBERS, "%.6g\n%.6g\n%zu\n%zu",
           worst->claimed, worst->expected, worst->b, worst->u);
    rs_finding_write(finding);
    return RS_OK;
}

static rs_status visit(const search *s, rs_place place, rs_error *err)
{
    rs_fault fault;
    if (s->checking->report->findings_n >= MOST_FINDINGS)
        return RS_OK;
    collect(s, place, &fault);
    return fault.times_n > 0 ? report_node(s, &fault, err) : RS_OK;
}

/* Whether equations of the stage read the pre-activations of the gate. */
static bool reads_gate(const search *s, size_t stage, size_t gate)
{
    const rs_paths *paths = &s->checking->linear.paths;
    for (size_t k = 0; k < paths->n; k++)
        if (paths->path[k].stage == stage && paths->path[k].source == RS_FROM_A &&
            paths->path[k].from == gate)
            return true;
    return false;
}

/* The nodes of a layer in the order of a step backwards: of each stage what it makes, the
 * pre-activations it reads, and the channel its product went into. */
static rs_status visit_layer(const search *s, size_t l, rs_error *err)
{
    const rs_cell *cell = s->d->net->cell;
    rs_status status = RS_OK;
    for (size_t stage = cell->stages_n; stage-- > 0;) {
        const rs_product *product = &cell->stages[stage].product;
        for (size_t k = 0; k < cell->channels_n && status == RS_OK; k++)
            if (cell->stages[stage].writes >> k & 1U && cell->channels[k].role != RS_CACHE)
                status = visit(s, (rs_place){RS_AT_CHANNEL, l, k}, err);
        for (size_t g = 0; g < cell->gates_n && status == RS_OK; g++)
            if (reads_gate(s, stage, g))
                status = visit(s, (rs_place){RS_AT_A, l, g}, err);
        if (product->gates > 0 && product->into != RS_INTO_A && status == RS_OK)
            status = visit(s, (rs_place){RS_AT_CHANNEL, l, (size_t)product->into}, err);
    }
    return status;
}

static rs_status report_block(const search *s, size_t k, rs_error *err)
{
    const rs_net *net = s->d->net;
    const rs_block *block = &net->blocks[k];
    const rs_check_block *judged = &s->checking->report->blocks[k];
    rs_check_finding *finding = rs_report_find(s->checking->report, err);
    if (!finding)
        return RS_INTERNAL;
    finding->layer = block->layer;
    if (judged->worst_n > 0) {
        finding->claimed = judged->worst[0].analytic;
        finding->expected = judged->worst[0].numeric;
    }
    const char *layer = strstr(block->name, "_l"); /* finding->layer says it */
    (void)snprintf(finding->node, sizeof finding->node, "%.*s",
                   layer ? (int)(layer - block->name) : (int)strlen(block->name), block->name);
    rs_diagnose_block(s->checking, s->d, s->expected, k, finding);
    if (block->kind >= RS_READOUT_WEIGHT)
        rs_say(&finding->says[RS_FINDING_WHERE], RS_SAYS_AT_READOUT, "%s", "");
    else
        rs_say(&finding->says[RS_FINDING_WHERE], RS_SAYS_AT_LAYER, "%s\n%zu", net->cell->name,
               block->layer);
    rs_finding_write(finding);
    return RS_OK;
}

/* Blocks whose gradient is not what the claimed derivatives of its steps add up to. */
static rs_status visit_block(const search *s, size_t k, rs_error *err)
{
    const rs_block *block = &s->d->net->blocks[k];
    const size_t end = block->offset + block->rows * block->cols;
    for (size_t j = block->offset; j < end; j++) {
        const double right = s->expected->gradient[j];
        if (isfinite(right) && !(fabs(s->checking->gradient[j] - right) <=
                                 RS_SPREADS * s->expected->gradient_spread[j]))
            return report_block(s, k, err);
    }
    return RS_OK;
}

static rs_status visit_blocks(const search *s, size_t layer, rs_error *err)
{
    rs_status status = RS_OK;
    for (size_t k = 0; k < s->d->net->blocks_n && status == RS_OK; k++)
        if (s->d->net->blocks[k].layer == layer)
            status = visit_block(s, k, err);
    return status;
}

/* Whether x comes before y in a backward pass: the later layer first, in it the later step, and
 * what has no step last. */
static bool comes_before(const rs_check_finding *x, const rs_check_finding *y)
{
    if (x->layer != y->layer)
        return x->layer > y->layer;
    if (x->has_t != y->has_t)
        return x->has_t;
    return x->has_t && x->t > y->t;
}

/* By insertion: there are few, and those of one step stay in the order of the equations. */
static void sort_findings(rs_check_finding *findings, size_t n)
{
    for (size_t k = 1; k < n; k++) {
        const rs_check_finding one = findings[k];
        size_t j = k;
        for (; j > 0 && comes_before(&one, &findings[j - 1]); j--)
            findings[j] = findings[j - 1];
        findings[j] = one;
    }
}

static rs_status visit_all(const search *s, rs_error *err)
{
    const rs_net *net = s->d->net;
    const bool whole = s->checking->options->gradient == NULL;
    rs_status status = RS_OK;
    if (net->outputs > 0 && whole)
        status = visit(s, (rs_place){RS_AT_Y, net->layers, 0}, err);
    if (status == RS_OK)
        status = visit_blocks(s, net->layers, err);
    for (size_t l = net->layers; l-- > 0 && status == RS_OK;) {
        if (whole)
            status = visit_layer(s, l, err);
        if (status == RS_OK)
            status = visit_blocks(s, l, err);
    }
    if (whole && status == RS_OK)
        status = visit(s, (rs_place){RS_AT_X, 0, 0}, err);
    return status;
}

/* A gradient alone does not say at which step it went wrong. If several blocks are wrong, a mistake
 * in a path that all of them inherit is likelier than one in each. */
static rs_status consider_paths(rs_checking *c, rs_error *err)
{
    rs_check_finding finding = {0};
    bool found = false;
    if (!c->options->gradient || c->report->findings_n < 2)
        return RS_OK;
    const rs_status status = rs_diagnose_gradient(c, &finding, &found, err);
    if (found) {
        c->report->findings[0] = finding;
        c->report->findings_n = 1;
    }
    return status;
}

rs_status rs_locate(rs_checking *c, rs_error *err)
{
    const rs_net *net = c->trace->net;
    const size_t width = net->hidden > net->inputs ? net->hidden : net->inputs;
    const size_t each = c->trace->B * (width > net->outputs ? width : net->outputs);
    const rs_trace *claimed = c->options->gradient ? c->adjoint.exact.d : c->trace;
    rs_derivatives expected;
    rs_status status = rs_adjoint_expect(&c->adjoint, claimed, &expected, err);
    if (status != RS_OK)
        return status;
    search s = {.checking = c, .d = claimed, .expected = &expected};
    s.room = each * 2 + MOST_SAMPLES;
    s.sample = rs_alloc(s.room, sizeof *s.sample, "the samples of a derivative", err);
    status = s.sample ? visit_all(&s, err) : RS_INTERNAL;
    if (c->report->findings_n > 0) {
        c->report->verdict = RS_WRONG;
        sort_findings(c->report->findings, c->report->findings_n);
    }
    c->report->located_ran = true;
    if (status == RS_OK)
        status = consider_paths(c, err);
    free(s.sample);
    rs_derivatives_free(&expected);
    return status;
}
