/* Judging a backward function: the learner's takes the place of the library's, step by step, and
 * the gradient checker says what is wrong, and where. */
#include "lessons/engine/exercise_place.h"
#include "lessons/engine/exercises.h"
#include "lessons/engine/guard.h"

#include "gradcheck/check.h"
#include "gradcheck/harden.h"
#include "lessons/exercises/exercise.h"

#include <string.h>

enum { T = 6, B = 2, UNITS = 3, INPUTS = 2, MOST_FIELDS = 28 };

/* What an array of the learner's step is made of. */
typedef enum source {
    PARAMETER,         /* of a kind of block */
    GRADIENT,          /* likewise; added to */
    INPUT,             /* x_t */
    INPUT_DERIVATIVE,  /* added to */
    VALUE,             /* of channel */
    VALUE_BEFORE,      /* of a state at t−1 */
    TOTAL,             /* derivative of a channel, complete */
    DERIVATIVE,        /* of a channel, the learner's */
    DERIVATIVE_BEFORE, /* of a state at t−1 */
    PREACTIVATION      /* da */
} source;

typedef struct field {
    const char *name;
    size_t offset; /* of its pointer in the step */
    source source;
    int block; /* rs_block_kind */
    const char *channel;
} field;

#define BLOCK(type, member, from, kind)                                                            \
    {                                                                                              \
#member, offsetof(type, member), from, kind, NULL                                          \
    }
#define CHANNEL(type, member, from, channel)                                                       \
    {                                                                                              \
#member, offsetof(type, member), from, 0, channel                                          \
    }
#define WEIGHTS(type)                                                                              \
    BLOCK(type, U, PARAMETER, RS_WEIGHT_IH), BLOCK(type, W, PARAMETER, RS_WEIGHT_HH),              \
        BLOCK(type, dU, GRADIENT, RS_WEIGHT_IH), BLOCK(type, dW, GRADIENT, RS_WEIGHT_HH),          \
        BLOCK(type, db, GRADIENT, RS_BIAS_IH), BLOCK(type, x, INPUT, 0),                           \
        BLOCK(type, dx, INPUT_DERIVATIVE, 0), BLOCK(type, da, PREACTIVATION, 0),                   \
        CHANNEL(type, dh, TOTAL, "h"), CHANNEL(type, h_before, VALUE_BEFORE, "h"),                 \
        CHANNEL(type, dh_before, DERIVATIVE_BEFORE, "h")

static const field rnn_fields[] = {WEIGHTS(rnn_step), CHANNEL(rnn_step, h, VALUE, "h"), {0}};

static const field lstm_fields[] = {WEIGHTS(lstm_step),
                                    CHANNEL(lstm_step, c_before, VALUE_BEFORE, "c"),
                                    CHANNEL(lstm_step, i, VALUE, "i"),
                                    CHANNEL(lstm_step, f, VALUE, "f"),
                                    CHANNEL(lstm_step, g, VALUE, "g"),
                                    CHANNEL(lstm_step, o, VALUE, "o"),
                                    CHANNEL(lstm_step, c, VALUE, "c"),
                                    CHANNEL(lstm_step, dc, DERIVATIVE, "c"),
                                    CHANNEL(lstm_step, di, DERIVATIVE, "i"),
                                    CHANNEL(lstm_step, df, DERIVATIVE, "f"),
                                    CHANNEL(lstm_step, dg, DERIVATIVE, "g"),
                                    CHANNEL(lstm_step, d_o, DERIVATIVE, "o"),
                                    CHANNEL(lstm_step, dc_before, DERIVATIVE_BEFORE, "c"),
                                    {0}};

static const field gru_fields[] = {WEIGHTS(gru_step),
                                   BLOCK(gru_step, db_recurrent, GRADIENT, RS_BIAS_HH),
                                   CHANNEL(gru_step, r, VALUE, "r"),
                                   CHANNEL(gru_step, z, VALUE, "z"),
                                   CHANNEL(gru_step, n, VALUE, "n"),
                                   CHANNEL(gru_step, m, VALUE, "m"),
                                   CHANNEL(gru_step, dr, DERIVATIVE, "r"),
                                   CHANNEL(gru_step, dz, DERIVATIVE, "z"),
                                   CHANNEL(gru_step, dn, DERIVATIVE, "n"),
                                   CHANNEL(gru_step, dm, DERIVATIVE, "m"),
                                   {0}};

/* Any of the steps: they begin with I and H, then pointers. */
typedef union any_step {
    rnn_step rnn;
    lstm_step lstm;
    gru_step gru;
} any_step;

static const struct kind {
    const char *name, *cell;
    const field *fields;
    bool recurrent_bias;
} kinds[] = {{"rnn-backward", "rnn", rnn_fields, false},
             {"lstm-backward", "lstm", lstm_fields, false},
             {"gru-backward", "gru", gru_fields, true}};

/* The work in hand; rs_check hands nothing through to the pass under test. */
static struct work {
    const exercise *e;
    const struct kind *kind;
    void (*function)(const any_step *s);
    double *array[MOST_FIELDS]; /* guarded, one a field */
    any_step step;
    FILE *to;
    bool failed;    /* a message has been written */
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
    work.failed |= place_damaged(work.to);
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

static int tell(const rs_net *net, const rs_check_report *report)
{
    size_t right = 0;
    if (report->verdict == RS_AGREES) {
        (void)fprintf(work.to,
                      "%s: right. Every derivative agrees with the exact one: %zu blocks, %zu "
                      "entries, %d steps, %d sequences.\n",
                      work.e->function, report->blocks_n, report->entries, T, B);
        return 0;
    }
    for (size_t k = 0; k < report->findings_n; k++)
        (void)fprintf(work.to, "%s\n", report->findings[k].text);
    for (size_t k = 0; k < report->blocks_n; k++) {
        const rs_check_block *block = &report->blocks[k];
        const char *name = learners_name(net, block->name);
        right += block->verdict == RS_AGREES;
        if (block->verdict == RS_AGREES)
            (void)fprintf(work.to, "  right  %s\n", name);
        else if (block->worst_n > 0)
            (void)fprintf(work.to,
                          "  wrong  %s: %zu of %zu entries; [%zu][%zu] is %.6g, exactly %.6g\n",
                          name, block->wrong_n, block->rows * block->cols, block->worst[0].row,
                          block->worst[0].col, block->worst[0].analytic, block->worst[0].numeric);
        else
            (void)fprintf(work.to, "  wrong  %s\n", name);
    }
    (void)fprintf(work.to, "%s: %zu of %zu blocks of derivatives are right.\n", work.e->function,
                  right, report->blocks_n);
    return 1;
}

static int judge_at(rs_hard_point *point, double *gradient)
{
    const rs_check_options options = {
        .method = RS_COMPLEX, .backward = learners_backward, .threads = 1, .worst = 1, .seed = 1};
    rs_check_report report = {0};
    rs_error err = {0};
    if (!make_arrays(point->trace, point->model.parameters, gradient))
        return RS_INTERNAL;
    rs_forward(point->trace, point->model.parameters, NULL);
    rs_loss_forward(point->trace, &point->loss);
    learners_backward(point->trace, point->model.parameters, gradient, 0);
    if (work.failed)
        return 1;
    if (work.largest == 0) {
        (void)fprintf(work.to, "%s: nothing is written yet: every derivative stays 0.\n",
                      work.e->function);
        return 1;
    }
    int code = RS_INTERNAL;
    if (rs_check(point->trace, point->model.parameters, &point->loss, &options, &report, &err) ==
        RS_OK)
        code = work.failed ? 1 : tell(&point->model.net, &report);
    else
        (void)fprintf(work.to, "the check could not be made: %s\n", err.text);
    rs_check_report_free(&report);
    return code;
}

int judge_backward(const exercise *e, void *function, FILE *to)
{
    static double gradient[1024];
    rs_hard_point point = {0};
    rs_error err = {0};
    work = (struct work){.e = e, .to = to};
    memcpy(&work.function, &function, sizeof function); /* ISO C has no cast for this */
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kinds[k].name, e->name) == 0)
            work.kind = &kinds[k];
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
    int code = (int)status;
    if (status == RS_OK)
        code = judge_at(&point, gradient);
    else
        (void)fprintf(to, "%s\n", err.text);
    rs_hard_point_free(&point);
    rs_net_free(&net);
    return code;
}
