/* Judging a backward function: the learner's takes the place of the library's, step by step, and
 * the gradient checker says what is wrong, and where. */
#include "lessons/engine/exercise_equations.h"
#include "lessons/engine/exercise_fields.h"
#include "lessons/engine/exercise_place.h"
#include "lessons/engine/exercises.h"
#include "lessons/engine/guard.h"

#include "gradcheck/check.h"
#include "gradcheck/error_map.h"
#include "gradcheck/harden.h"

#include <string.h>

enum { T = 6, B = 2, UNITS = 3, INPUTS = 2 };

/* The work in hand; rs_check hands nothing through to the pass under test. */
static struct work {
    const exercise *e;
    const step_kind *kind;
    void (*function)(const any_step *s);
    double *array[MOST_FIELDS]; /* guarded, one a field */
    any_step step;
    FILE *to;
    exercise_details *details;
    bool failed; /* a message has been written, and this is why */
    exercise_verdict why;
    double largest; /* change that the learner's function made */
} work;

static bool is_learners(source s)
{
    return s == GRADIENT || s == INPUT_DERIVATIVE || s == DERIVATIVE || s == DERIVATIVE_BEFORE ||
           s == PREACTIVATION;
}

/* Where the field's numbers lie in the trace, parameters or gradient at this step; *n of them. */
static double *place_of(const field *f, const rs_trace *trace, const double *parameters,
                        double *gradient, size_t t, size_t b, size_t *n)
{
    const rs_net *net = trace->net;
    const size_t H = net->hidden, row = t * B + b;
    const rs_block *block = rs_net_block(net, (rs_block_kind)f->block, 0);
    const rs_layer *layer = &trace->layer[0];
    const int k = f->channel ? rs_channel_named(net->cell, f->channel) : 0;
    *n = H;
    switch (f->source) {
    case PARAMETER:
    case GRADIENT:
        *n = block->rows * block->cols;
        return f->source == GRADIENT ? gradient + block->offset
                                     : (double *)parameters + block->offset; /* only read */
    case INPUT:
    case INPUT_DERIVATIVE:
        *n = net->inputs;
        return (f->source == INPUT ? trace->x : trace->dx) + row * net->inputs;
    case PREACTIVATION:
        *n = net->cell->gates_n * H;
        return layer->da + row * *n;
    case VALUE:
        return layer->value[k] + row * H;
    case VALUE_BEFORE:
        return layer->value[k] + row * H - B * H;
    case DERIVATIVE_BEFORE:
        return layer->d[k] + row * H - B * H;
    case TOTAL:
    case DERIVATIVE:
        break;
    }
    return layer->d[k] + row * H;
}

/* Looks at what the learner wrote where `before` was; false with a message if there is a NaN. */
static bool look_at(const field *f, const double *v, const double *before, size_t n,
                    const char *where)
{
    const size_t bad = place_not_finite(v, n);
    for (size_t k = 0; k < bad; k++)
        work.largest = fmax(work.largest, fabs(v[k] - before[k]));
    if (bad == n)
        return true;
    (void)fprintf(work.to, "%s, %s: `%s[%zu]` is %s\n", work.e->function, where, f->name, bad,
                  isnan(v[bad]) ? "NaN" : "infinite");
    work.failed = true;
    work.why = EXERCISE_NOT_FINITE;
    return false;
}

static void one_step(const rs_trace *trace, const double *parameters, double *gradient, size_t t,
                     size_t b)
{
    char where[48];
    size_t n = 0;
    (void)snprintf(where, sizeof where, "step t=%zu of sequence %zu", t, b);
    for (size_t k = 0; work.kind->fields[k].name; k++) {
        const field *f = &work.kind->fields[k];
        const double *from = place_of(f, trace, parameters, gradient, t, b, &n);
        guard_writable(work.array[k], true);
        memcpy(work.array[k], from, n * sizeof *from);
        guard_writable(work.array[k], is_learners(f->source));
    }
    place_enter(work.e->function, where);
    work.function(&work.step);
    if (place_damaged(work.to)) {
        work.failed = true;
        work.why = EXERCISE_OUTSIDE;
    }
    place_leave();
    for (size_t k = 0; work.kind->fields[k].name && !work.failed; k++) {
        const field *f = &work.kind->fields[k];
        double *to = place_of(f, trace, parameters, gradient, t, b, &n);
        if (is_learners(f->source) && look_at(f, work.array[k], to, n, where))
            memcpy(to, work.array[k], n * sizeof *to);
    }
}

/* The pass under test: rs_backward for one layer without a readout. */
static void learners_backward(rs_trace *trace, const double *parameters, double *gradient,
                              size_t truncate)
{
    const rs_cell *cell = trace->net->cell;
    const size_t BH = B * trace->net->hidden, TBH = trace->T * BH;
    (void)truncate;
    for (size_t k = 0; k < cell->channels_n; k++) {
        double *d = trace->layer[0].d[k];
        if (d && cell->channels[k].role == RS_STATE) /* dh at t ≥ 0 is what the loss sends */
            memset(d - BH, 0, (k == RS_H ? BH : BH + TBH) * sizeof *d);
        else if (d)
            memset(d, 0, TBH * sizeof *d);
    }
    memset(trace->dx, 0, trace->T * B * trace->net->inputs * sizeof *trace->dx);
    for (size_t t = trace->T; t-- > 0;)
        for (size_t b = 0; b < B && !work.failed; b++)
            one_step(trace, parameters, gradient, t, b);
}

/* Guarded arrays of the right sizes, and the step's pointers to them. */
static bool make_arrays(const rs_trace *trace, const double *parameters, double *gradient)
{
    const size_t sizes[2] = {INPUTS, UNITS};
    memcpy(&work.step, sizes, sizeof sizes); /* I and H */
    for (size_t k = 0; work.kind->fields[k].name; k++) {
        const field *f = &work.kind->fields[k];
        size_t n = 0;
        (void)place_of(f, trace, parameters, gradient, 0, 0, &n);
        work.array[k] = guard_new(f->name, n);
        if (!work.array[k])
            return false;
        memcpy((char *)&work.step + f->offset, &work.array[k], sizeof work.array[k]);
    }
    return true;
}

/* The learner's name of a block of the report: weight_ih_l0 is dU. */
static const char *learners_name(const rs_net *net, const char *block)
{
    for (size_t k = 0; work.kind->fields[k].name; k++) {
        const field *f = &work.kind->fields[k];
        const rs_block *b = rs_net_block(net, (rs_block_kind)f->block, 0);
        if (f->source == GRADIENT && strcmp(b->name, block) == 0)
            return f->name;
    }
    return block[0] == 'h'   ? "dh_before at t=0"
           : block[0] == 'c' ? "dc_before at t=0"
           : block[0] == 'x' ? "dx"
                             : block;
}

/* The learner's name of a row of the map: "do" is d_o. */
static const char *learners_row(const char *row)
{
    for (size_t k = 0; work.kind->fields[k].name; k++) {
        const field *f = &work.kind->fields[k];
        if ((f->source == TOTAL || f->source == DERIVATIVE) && strcmp(f->channel, row + 1) == 0)
            return f->name;
    }
    return strcmp(row, "da_h") == 0 ? "da" : row;
}

static void keep_map(const rs_error_map *map)
{
    exercise_details *d = work.details;
    d->rows = map->rows;
    d->steps = map->T;
    d->marked = map->value && map->marked;
    d->marked_step = map->step;
    d->marked_row = map->row;
    for (size_t k = 0; k < d->rows; k++) {
        (void)snprintf(d->row[k], sizeof *d->row, "%s", learners_row(map->name[k]));
        for (size_t t = 0; t < d->steps; t++)
            d->error[k][t] = map->value ? map->value[k * map->T + t] : 0;
    }
}

static void keep_block(const rs_check_block *block, const char *name)
{
    exercise_line *line = details_add(work.details, name);
    if (!line)
        return;
    line->right = block->verdict == RS_AGREES;
    line->wrong = block->wrong_n;
    line->of = block->rows * block->cols;
    line->has_numbers = !line->right && block->worst_n > 0;
    if (!line->has_numbers)
        return;
    if (name[1] == 'x') /* rows are t·B + b; of an initial state they are b */
        (void)snprintf(line->name, sizeof line->name, "%.16s at t=%zu", name,
                       block->worst[0].row / B);
    line->returned = block->worst[0].analytic;
    line->expected = block->worst[0].numeric;
    line->row = strchr(line->name, ' ') ? DETAIL_NO_ROW : block->worst[0].row;
    line->col = block->worst[0].col;
}

/* The learner's array that the mistake makes wrong. */
static void keep_fault(const rs_net *net, const rs_check_finding *finding)
{
    char *fault = work.details->fault, row[DETAIL_NAME];
    const bool before = strstr(finding->path, "[t−1]") != NULL;
    const size_t name = strcspn(finding->node, "0123456789"); /* "c0": only of its first value */
    for (size_t k = 0; k < net->blocks_n; k++)
        if (strncmp(net->blocks[k].name, finding->node, strlen(finding->node)) == 0)
            (void)snprintf(fault, DETAIL_NAME, "%s", learners_name(net, net->blocks[k].name));
    if (fault[0])
        return;
    (void)snprintf(row, sizeof row, "d%.*s", (int)name, finding->node);
    (void)snprintf(fault, DETAIL_NAME, "%.36s%s", learners_row(row),
                   before || finding->node[name] ? "_before" : "");
}

/* What there is to be drawn. */
static void keep_details(const rs_hard_point *point, const rs_check_report *report)
{
    rs_error_map map;
    if (rs_error_map_make(&map, point->trace, point->model.parameters, &point->loss, report, 1,
                          NULL) == RS_OK)
        keep_map(&map);
    rs_error_map_free(&map);
    equations_list(work.details, work.kind->cell);
    if (report->findings_n > 0) {
        equations_mark(work.details, work.kind->cell, &report->findings[0]);
        keep_fault(&point->model.net, &report->findings[0]);
    }
    for (size_t k = 0; k < report->blocks_n; k++)
        keep_block(&report->blocks[k], learners_name(&point->model.net, report->blocks[k].name));
}

static void tell_block(const rs_check_block *block, const char *name)
{
    if (block->verdict == RS_AGREES)
        (void)fprintf(work.to, "  right  %s\n", name);
    else if (block->worst_n > 0)
        (void)fprintf(work.to,
                      "  wrong  %s: %zu of %zu entries; [%zu][%zu] is %.6g, exactly %.6g\n", name,
                      block->wrong_n, block->rows * block->cols, block->worst[0].row,
                      block->worst[0].col, block->worst[0].analytic, block->worst[0].numeric);
    else
        (void)fprintf(work.to, "  wrong  %s\n", name);
}

/* The checker's words, its block's name as the learner has it: the gradient of weight_hh_l0 is dW.
 */
static void use_learners_name(const rs_net *net, rs_phrase *of)
{
    char values[RS_PHRASE_VALUES];
    for (size_t k = 0; of->kind != RS_SAYS_NOTHING && k < net->blocks_n; k++) {
        const size_t n = strcspn(of->values, "\n");
        if (strlen(net->blocks[k].name) != n || strncmp(of->values, net->blocks[k].name, n) != 0)
            continue;
        (void)snprintf(values, sizeof values, "%s", of->values + n);
        rs_say(of, of->kind, "%s%s", learners_name(net, net->blocks[k].name), values);
        return;
    }
}

static void tell_finding(const rs_net *net, const rs_check_finding *finding)
{
    exercise_details *d = work.details;
    detail_finding own;
    char text[sizeof finding->text];
    memcpy(own.says, finding->says, sizeof own.says);
    use_learners_name(net, &own.says[RS_FINDING_OF]);
    rs_phrases_write(own.says, RS_FINDING_PHRASES, text, sizeof text);
    (void)fprintf(work.to, "%s\n", text);
    if (d->findings_n < DETAIL_FINDINGS)
        d->finding[d->findings_n++] = own;
}

static exercise_verdict tell(const rs_net *net, const rs_check_report *report)
{
    size_t right = 0;
    if (report->verdict == RS_AGREES) {
        (void)fprintf(work.to,
                      "%s: right. Every derivative agrees with the exact one: %zu blocks, %zu "
                      "entries, %d steps, %d sequences.\n",
                      work.e->function, report->blocks_n, report->entries, T, B);
        return EXERCISE_RIGHT;
    }
    for (size_t k = 0; k < report->findings_n; k++)
        tell_finding(net, &report->findings[k]);
    for (size_t k = 0; k < report->blocks_n; k++) {
        right += report->blocks[k].verdict == RS_AGREES;
        tell_block(&report->blocks[k], learners_name(net, report->blocks[k].name));
    }
    (void)fprintf(work.to, "%s: %zu of %zu blocks of derivatives are right.\n", work.e->function,
                  right, report->blocks_n);
    return EXERCISE_WRONG;
}

static exercise_verdict judge_at(rs_hard_point *point, double *gradient)
{
    const rs_check_options options = {
        .method = RS_COMPLEX, .backward = learners_backward, .threads = 1, .worst = 1, .seed = 1};
    rs_check_report report = {0};
    rs_error err = {0};
    if (!make_arrays(point->trace, point->model.parameters, gradient))
        return EXERCISE_CRASHED;
    rs_forward(point->trace, point->model.parameters, NULL);
    rs_loss_forward(point->trace, &point->loss);
    learners_backward(point->trace, point->model.parameters, gradient, 0);
    if (work.failed)
        return work.why;
    if (work.largest == 0) {
        (void)fprintf(work.to, "%s: nothing is written yet: every derivative stays 0.\n",
                      work.e->function);
        return EXERCISE_EMPTY;
    }
    exercise_verdict verdict = EXERCISE_WRONG;
    if (rs_check(point->trace, point->model.parameters, &point->loss, &options, &report, &err) !=
        RS_OK) {
        (void)fprintf(work.to, "the check could not be made: %s\n", err.text);
    } else if (work.failed) {
        verdict = work.why;
    } else {
        verdict = tell(&point->model.net, &report);
        keep_details(point, &report);
    }
    rs_check_report_free(&report);
    return verdict;
}

exercise_verdict judge_backward(const exercise *e, void *function, FILE *to, exercise_details *d)
{
    static double gradient[1024];
    rs_hard_point point = {0};
    rs_error err = {0};
    work = (struct work){.e = e, .kind = step_kind_named(e->name), .to = to, .details = d};
    memcpy(&work.function, &function, sizeof function); /* ISO C has no cast for this */
    const rs_loss loss = {.kind = RS_MSE, .sum = true};
    rs_net net = {.cell = rs_cell_named(work.kind->cell),
                  .inputs = INPUTS,
                  .hidden = UNITS,
                  .layers = 1,
                  .bias_ih = true,
                  .bias_hh = work.kind->recurrent_bias};
    rs_status status = rs_net_make(&net, &err);
    if (status == RS_OK)
        status = rs_hard_point_make_sized(&point, &net, T, B, &loss, 1, &err);
    exercise_verdict verdict = EXERCISE_CRASHED;
    if (status == RS_OK)
        verdict = judge_at(&point, gradient);
    else
        (void)fprintf(to, "%s\n", err.text);
    rs_hard_point_free(&point);
    rs_net_free(&net);
    return verdict;
}
