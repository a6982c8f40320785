/* The passes over time against slow and simple ways to the same numbers: the plain twin, one step
 * at a time, one sequence at a time, one layer at a time. */
#include "tests/unit/fixture.h"
#include "tests/unit/twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const shape SHAPE = {.T = 20, .B = 3, .I = 4, .H = 5, .L = 1, .O = 0, .kind = RS_MSE};
static const shape STACK = {.T = 4, .B = 2, .I = 3, .H = 5, .L = 3, .O = 2, .kind = RS_MSE};

/* Column b of an array [T][B][n] as an array [T][n]; the caller frees it. */
static double *column(const double *from, size_t T, size_t B, size_t b, size_t n)
{
    double *to = malloc((T + 1) * n * sizeof *to);
    assert_non_null(to);
    for (size_t t = 0; t < T; t++)
        memcpy(to + t * n, from + (t * B + b) * n, n * sizeof *to);
    return to;
}

/* Fails unless column b of got [T][B][n] is want [T][n]. */
static void assert_column(const char *what, const double *got, const double *want, size_t T,
                          size_t B, size_t b, size_t n, double tolerance)
{
    double *alone = column(got, T, B, b, n);
    assert_arrays_close(what, alone, want, T * n, tolerance);
    free(alone);
}

/* Runs the twin on sequence b, and compares the sequence's own results. gradient is added to. */
static void twin_of_sequence(const fixture *f, const rs_trace *trace, size_t b, double *gradient)
{
    const shape *s = &f->shape;
    const rs_net *net = &f->model.net;
    const rs_layer *layer = &trace->layer[0];
    const bool has_c = states_of(net->cell) == 2;
    const size_t at[4] = {net->blocks[0].offset, net->blocks[1].offset, net->blocks[2].offset,
                          net->blocks[3].offset};
    const double *p = f->model.parameters;
    double *x = column(f->x, s->T, s->B, b, s->I), *h = calloc(4 * s->T, s->H * sizeof *h);
    double *c = h + s->T * s->H, *dh = c + s->T * s->H, *dh0 = dh + s->T * s->H, *dc0 = dh0 + s->H;
    double *dx = calloc(s->T, s->I * sizeof *dx);
    twin w = {net->cell->name,
              s->T,
              s->I,
              s->H,
              p + at[0],
              p + at[1],
              p + at[2],
              p + at[3],
              x,
              f->initial + b * s->H,
              f->initial + (s->B + b) * s->H,
              h,
              has_c ? c : NULL,
              dh,
              gradient + at[0],
              gradient + at[1],
              gradient + at[2],
              gradient + at[3],
              dx,
              dh0,
              dc0};
    twin_forward(&w);
    assert_column("h", layer->value[RS_H], h, s->T, s->B, b, s->H, 1e-14);
    if (has_c)
        assert_column("c", layer->value[1], c, s->T, s->B, b, s->H, 1e-14);
    for (size_t t = 0; t < s->T; t++) /* mse, the mean over all elements */
        for (size_t u = 0; u < s->H; u++)
            dh[t * s->H + u] = 2 * (h[t * s->H + u] - f->target[(t * s->B + b) * s->H + u]) /
                               (double)(s->T * s->B * s->H);
    twin_backward(&w);
    assert_column("dx", trace->dx, dx, s->T, s->B, b, s->I, 1e-12);
    assert_arrays_close("dh0", layer->d[RS_H] - (s->B - b) * s->H, dh0, s->H, 1e-12);
    if (has_c)
        assert_arrays_close("dc0", layer->d[1] - (s->B - b) * s->H, dc0, s->H, 1e-12);
    free(x);
    free(h);
    free(dx);
}

static void every_cell_agrees_with_its_slow_twin(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, SHAPE, 41);
        rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
        double *gradient = calloc(f.model.net.parameters_n, sizeof *gradient);
        for (size_t b = 0; b < SHAPE.B; b++)
            twin_of_sequence(&f, trace, b, gradient);
        for (size_t k = 0; k < 4; k++) {
            const rs_block *block = &f.model.net.blocks[k];
            assert_arrays_close(block->name, f.gradient + block->offset, gradient + block->offset,
                                block->rows * block->cols, 1e-12);
        }
        free(gradient);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

/* Moves the last state of one trace of T = 1 into the initial state of the next. */
static void carry_states(const rs_trace *from, rs_trace *to)
{
    const rs_net *net = from->net;
    const size_t BH = from->B * net->hidden;
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            if (net->cell->channels[k].role == RS_STATE)
                memcpy(to->layer[l].value[k] - BH, from->layer[l].value[k], BH * sizeof(double));
}

static void step_by_step_is_the_whole(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, STACK, 42);
        rs_trace *whole = fixture_run(&f, RS_KEEP_LEAN, 0);
        fixture one = f; /* the same model and initial states, a step at a time */
        one.shape.T = 1;
        rs_trace *step = fixture_trace(&one, RS_KEEP_LEAN);
        for (size_t t = 0; t < STACK.T; t++) {
            if (t > 0)
                carry_states(step, step);
            memcpy(step->x, f.x + t * STACK.B * STACK.I, STACK.B * STACK.I * sizeof(double));
            rs_forward(step, f.model.parameters, NULL);
            assert_arrays_close("y", step->y, whole->y + t * STACK.B * STACK.O, STACK.B * STACK.O,
                                1e-13);
        }
        rs_trace_free(step);
        rs_trace_free(whole);
        fixture_free(&f);
    }
}

static void a_batch_is_its_single_runs(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, STACK, 43);
        rs_trace *batch = fixture_run(&f, RS_KEEP_ALL, 0);
        const size_t B = STACK.B, H = STACK.H, T = STACK.T;
        for (size_t b = 0; b < B; b++) {
            rs_trace *single = rs_trace_new(&f.model.net, T, 1, RS_KEEP_ALL, NULL);
            for (size_t t = 0; t < T; t++)
                memcpy(single->x + t * STACK.I, f.x + (t * B + b) * STACK.I,
                       STACK.I * sizeof(double));
            for (size_t l = 0; l < STACK.L; l++)
                for (size_t k = 0; k < (*cell)->channels_n; k++)
                    if ((*cell)->channels[k].role == RS_STATE)
                        memcpy(single->layer[l].value[k] - H,
                               batch->layer[l].value[k] - (B - b) * H, H * sizeof(double));
            rs_forward(single, f.model.parameters, NULL);
            assert_column("y", batch->y, single->y, T, B, b, STACK.O, 1e-13);
            for (size_t t = 0; t < T; t++)
                memcpy(single->dy + t * STACK.O, batch->dy + (t * B + b) * STACK.O,
                       STACK.O * sizeof(double));
            rs_backward(single, f.model.parameters, NULL, 0);
            assert_column("dx", batch->dx, single->dx, T, B, b, STACK.I, 1e-12);
            rs_trace_free(single);
        }
        rs_trace_free(batch);
        fixture_free(&f);
    }
}

/* Layer l of a stack as a net of one layer and no readout; its parameters are the stack's own. */
static rs_net layer_alone(const fixture *f, size_t l, const double **parameters)
{
    rs_net net = f->model.net;
    net.layers = 1;
    net.outputs = 0;
    net.inputs = rs_net_layer_inputs(&f->model.net, l);
    assert_int_equal(rs_net_make(&net, NULL), RS_OK);
    *parameters = f->model.parameters + rs_net_block(&f->model.net, RS_WEIGHT_IH, l)->offset;
    return net;
}

static void a_stack_is_its_layers_by_hand(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, STACK, 44);
        rs_trace *stack = fixture_run(&f, RS_KEEP_ALL, 0);
        const size_t T = STACK.T, B = STACK.B, H = STACK.H, TBH = T * B * H;
        const double *x = f.x;
        for (size_t l = 0; l < STACK.L; l++) {
            const double *parameters = NULL;
            rs_net net = layer_alone(&f, l, &parameters);
            rs_trace *alone = rs_trace_new(&net, T, B, RS_KEEP_ALL, NULL);
            memcpy(alone->x, x, T * B * net.inputs * sizeof *x);
            for (size_t k = 0; k < (*cell)->channels_n; k++)
                if ((*cell)->channels[k].role == RS_STATE)
                    memcpy(alone->layer[0].value[k] - B * H, stack->layer[l].value[k] - B * H,
                           B * H * sizeof *x);
            rs_forward(alone, parameters, NULL);
            for (size_t k = 0; k < (*cell)->channels_n; k++)
                assert_arrays_close((*cell)->channels[k].name, stack->layer[l].value[k],
                                    alone->layer[0].value[k], TBH, 1e-13);
            x = stack->layer[l].value[RS_H];
            rs_trace_free(alone);
            rs_net_free(&net);
        }
        rs_trace_free(stack);
        fixture_free(&f);
    }
}

/* y = V h + b_V, written out */
static void the_readout_is_affine(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, STACK, 45);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    const double *V = f.model.parameters + rs_net_block(&f.model.net, RS_READOUT_WEIGHT, 0)->offset;
    const double *b_V = f.model.parameters + rs_net_block(&f.model.net, RS_READOUT_BIAS, 0)->offset;
    for (size_t row = 0; row < STACK.T * STACK.B; row++)
        for (size_t k = 0; k < STACK.O; k++) {
            double y = b_V[k];
            for (size_t u = 0; u < STACK.H; u++)
                y += V[k * STACK.H + u] * trace->layer[2].value[RS_H][row * STACK.H + u];
            assert_true(fabs(y - trace->y[row * STACK.O + k]) < 1e-14);
        }
    rs_trace_free(trace);
    fixture_free(&f);
}

/* Biases that a file lacks are zero biases. */
static void a_missing_bias_is_zero(void **state)
{
    (void)state;
    shape without = STACK;
    without.no_bias_ih = without.no_bias_hh = without.no_readout_bias = true;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, without, 46), g = fixture_make(*cell, STACK, 46);
        memcpy(g.x, f.x, STACK.T * STACK.B * STACK.I * sizeof *f.x);
        memset(g.model.parameters, 0, g.model.net.parameters_n * sizeof(double));
        for (size_t k = 0; k < f.model.net.blocks_n; k++) {
            const rs_block *from = &f.model.net.blocks[k];
            const rs_block *to = rs_net_block(&g.model.net, from->kind, from->layer);
            memcpy(g.model.parameters + to->offset, f.model.parameters + from->offset,
                   from->rows * from->cols * sizeof(double));
        }
        rs_trace *a = fixture_run(&f, RS_KEEP_ALL, 0), *b = fixture_run(&g, RS_KEEP_ALL, 0);
        assert_arrays_close("y", a->y, b->y, STACK.T * STACK.B * STACK.O, 1e-14);
        assert_arrays_close("dx", a->dx, b->dx, STACK.T * STACK.B * STACK.I, 1e-13);
        rs_trace_free(a);
        rs_trace_free(b);
        fixture_free(&f);
        fixture_free(&g);
    }
}

/* Counts the calls, and checks their order: time within layers, stages within time. */
typedef struct calls {
    size_t n, last;
} calls;

static void count_call(void *context, rs_trace *trace, size_t layer, size_t t, size_t stage,
                       rs_moment moment)
{
    calls *c = context;
    const size_t now = ((layer * trace->T + t) * RS_MAX_STAGES + stage) * 2 +
                       (moment == RS_AFTER_EQUATIONS ? 1 : 0);
    assert_true(c->n == 0 || now > c->last);
    c->n++;
    c->last = now;
}

static void touch_is_called_after_every_product_and_every_equation(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, STACK, 47);
        rs_trace *trace = fixture_trace(&f, RS_KEEP_LEAN);
        calls c = {0};
        const rs_touch touch = {count_call, &c};
        size_t moments = 0;
        for (size_t k = 0; k < (*cell)->stages_n; k++) {
            moments += (*cell)->stages[k].product.gates > 0;
            moments += (*cell)->stages[k].forward != NULL;
        }
        rs_forward(trace, f.model.parameters, &touch);
        assert_int_equal(c.n, moments * STACK.T * STACK.L);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

/* A change by touch is used by what comes after, in the same step and later, and by nothing before.
 */
static void set_h_at_step_1(void *context, rs_trace *trace, size_t layer, size_t t, size_t stage,
                            rs_moment moment)
{
    (void)context;
    if (layer == 0 && t == 1 && stage + 1 == trace->net->cell->stages_n &&
        moment == RS_AFTER_EQUATIONS)
        trace->layer[0].value[RS_H][trace->B * trace->net->hidden] = 3;
}

static void a_touched_value_is_used_from_there_on(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, SHAPE, 48);
    rs_trace *plain = fixture_run(&f, RS_KEEP_LEAN, 0), *touched = fixture_trace(&f, RS_KEEP_LEAN);
    const rs_touch touch = {set_h_at_step_1, NULL};
    const size_t BH = SHAPE.B * SHAPE.H;
    rs_forward(touched, f.model.parameters, &touch);
    assert_memory_equal(plain->y, touched->y, BH * sizeof(double));
    assert_true(touched->y[BH] == 3);
    assert_memory_equal(plain->y + BH + 1, touched->y + BH + 1, (BH - 1) * sizeof(double));
    assert_true(plain->y[2 * BH] != touched->y[2 * BH]);
    assert_true(plain->y[2 * BH + SHAPE.H] == touched->y[2 * BH + SHAPE.H]); /* another sequence */
    rs_trace_free(plain);
    rs_trace_free(touched);
    fixture_free(&f);
}

/* Stepping through relu at large weights reaches Inf, and then NaN: both must show. */
static void overflow_is_not_hidden(void **state)
{
    (void)state;
    const shape s = {.T = 800, .B = 1, .I = 1, .H = 1, .L = 1, .O = 0, .kind = RS_MSE};
    fixture f = fixture_make(&rs_cell_rnn_relu, s, 49);
    f.model.parameters[0] = 1;  /* W_ih */
    f.model.parameters[1] = 10; /* W_hh: h grows tenfold a step */
    f.initial[0] = 1;
    rs_trace *trace = fixture_trace(&f, RS_KEEP_LEAN);
    rs_forward(trace, f.model.parameters, NULL);
    rs_loss_forward(trace, &f.loss);
    assert_true(isfinite(trace->y[200]));
    assert_true(isinf(trace->y[s.T - 1]));
    assert_true(isinf(trace->loss) || isnan(trace->loss));
    rs_trace_free(trace);
    fixture_free(&f);
}

const struct CMUnitTest forward_tests[] = {
    cmocka_unit_test(every_cell_agrees_with_its_slow_twin),
    cmocka_unit_test(step_by_step_is_the_whole),
    cmocka_unit_test(a_batch_is_its_single_runs),
    cmocka_unit_test(a_stack_is_its_layers_by_hand),
    cmocka_unit_test(the_readout_is_affine),
    cmocka_unit_test(a_missing_bias_is_zero),
    cmocka_unit_test(touch_is_called_after_every_product_and_every_equation),
    cmocka_unit_test(a_touched_value_is_used_from_there_on),
    cmocka_unit_test(overflow_is_not_hidden)};
const size_t forward_tests_n = TESTS_N(forward_tests);
