/* The losses by their formulas, their derivatives, what counts in a mean, and the ends of the range
 * of numbers. */
#include "tests/unit/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const shape SHAPE = {.T = 4, .B = 3, .I = 2, .H = 3, .L = 1, .O = 3};

static const rs_loss_kind KINDS[] = {RS_MSE, RS_BCE, RS_XENT};

/* The loss of one sequence's y at one step, straight from loss.h. */
static double term_of(rs_loss_kind kind, const double *y, size_t O, const double *target, int label)
{
    double sum = 0;
    for (size_t k = 0; k < O; k++)
        if (kind == RS_MSE)
            sum += (y[k] - target[k]) * (y[k] - target[k]);
        else if (kind == RS_BCE)
            sum += log(1 + exp(y[k])) - target[k] * y[k];
        else
            sum += exp(y[k]);
    if (kind == RS_XENT)
        return label < 0 ? 0 : log(sum) - y[label];
    return sum;
}

/* The loss of the whole trace, and its share of each step. */
static double plain_loss(const fixture *f, const double *y, double *loss_at)
{
    const shape *s = &f->shape;
    const size_t first = s->last ? s->T - 1 : 0;
    double terms = 0, loss = 0;
    for (size_t t = 0; t < s->T; t++)
        loss_at[t] = 0;
    for (size_t t = first; t < s->T; t++)
        for (size_t b = 0; b < s->B; b++) {
            const size_t n = (t - first) * s->B + b;
            loss_at[t] += term_of(s->kind, y + (t * s->B + b) * s->O, s->O, f->target + n * s->O,
                                  f->label[n]);
            terms += s->kind != RS_XENT ? (double)s->O : f->label[n] >= 0 ? 1 : 0;
        }
    for (size_t t = first; t < s->T; t++) {
        loss_at[t] /= s->sum ? 1 : terms;
        loss += loss_at[t];
    }
    return loss;
}

/* Calls check with every kind of loss, on all steps and the last, as mean and as sum. */
static void for_all(void (*check)(fixture *f, rs_trace *trace))
{
    for (size_t k = 0; k < 12; k++) {
        shape s = SHAPE;
        s.kind = KINDS[k % 3];
        s.last = k / 3 % 2;
        s.sum = k / 6;
        fixture f = fixture_make(&rs_cell_rnn, s, 60 + k);
        rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
        check(&f, trace);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

static void check_value(fixture *f, rs_trace *trace)
{
    double loss_at[4];
    double loss = plain_loss(f, trace->y, loss_at);
    assert_true(loss > 0);
    assert_true(fabs(trace->loss - loss) < 1e-14 * loss);
    assert_arrays_close("loss_at", trace->loss_at, loss_at, f->shape.T, 1e-14);
}

static void losses_follow_their_formulas(void **state)
{
    (void)state;
    for_all(check_value);
}

/* dL/dy by the complex step on y itself */
static void check_derivative(fixture *f, rs_trace *trace)
{
    const size_t n = f->shape.T * f->shape.B * f->shape.O;
    rs_trace_z *trace_z = fixture_trace_z(f, RS_KEEP_LEAN);
    double *want = malloc(n * sizeof *want);
    for (size_t j = 0; j < n; j++)
        trace_z->y[j] = trace->y[j];
    for (size_t j = 0; j < n; j++) {
        trace_z->y[j] = with_step(trace_z->y[j]);
        rs_loss_forward_z(trace_z, &f->loss);
        want[j] = __imag__ trace_z->loss / STEP;
        trace_z->y[j] = trace->y[j];
    }
    assert_arrays_close("dy", trace->dy, want, n, 1e-13);
    free(want);
    rs_trace_free_z(trace_z);
}

static void derivatives_of_losses_are_those_of_the_complex_step(void **state)
{
    (void)state;
    for_all(check_derivative);
}

static void check_single_precision(fixture *f, rs_trace *trace)
{
    rs_trace_f *trace_f = fixture_trace_f(f, RS_KEEP_LEAN);
    const size_t n = f->shape.T * f->shape.B * f->shape.O;
    double *dy = malloc(n * sizeof *dy);
    for (size_t j = 0; j < n; j++)
        trace_f->y[j] = (float)trace->y[j];
    rs_loss_forward_f(trace_f, &f->loss);
    for (size_t j = 0; j < n; j++)
        dy[j] = (double)trace_f->dy[j];
    assert_true(fabs((double)trace_f->loss - trace->loss) < 1e-5 * trace->loss);
    assert_arrays_close("dy", dy, trace->dy, n, 1e-5);
    free(dy);
    rs_trace_free_f(trace_f);
}

static void losses_in_single_precision_are_near(void **state)
{
    (void)state;
    for_all(check_single_precision);
}

/* A trace of T = B = 1 with these logits, and the loss on them. */
static double loss_of_logits(rs_loss_kind kind, const double y[2], double target, int label,
                             double dy[2])
{
    const shape s = {.T = 1, .B = 1, .I = 1, .H = 1, .L = 1, .O = 2};
    fixture f = fixture_make(&rs_cell_rnn, s, 1);
    rs_trace *trace = fixture_trace(&f, RS_KEEP_LEAN);
    const double targets[2] = {target, target};
    const rs_loss loss = {.kind = kind, .sum = true, .target = targets, .label = &label};
    memcpy(trace->y, y, 2 * sizeof *y);
    rs_loss_forward(trace, &loss);
    const double value = trace->loss;
    memcpy(dy, trace->dy, 2 * sizeof *dy);
    rs_trace_free(trace);
    fixture_free(&f);
    return value;
}

static void large_logits_do_not_overflow(void **state)
{
    (void)state;
    double dy[2];
    const double far[2] = {2000, -2000};
    assert_true(loss_of_logits(RS_XENT, far, 0, 1, dy) == 4000);
    assert_true(dy[0] == 1 && dy[1] == -1);
    assert_true(loss_of_logits(RS_XENT, far, 0, 0, dy) == 0);
    assert_true(loss_of_logits(RS_BCE, far, 0, 0, dy) == 2000);
    assert_true(dy[0] == 1 && dy[1] == 0);
    assert_true(loss_of_logits(RS_BCE, far, 1, 0, dy) == 2000);
    assert_true(dy[0] == 0 && dy[1] == -1);
}

static void losses_far_out_keep_their_digits(void **state)
{
    (void)state;
    double dy[2];
    const double y[2] = {-40, -40}; /* log(1 + e^−40) = e^−40 to double precision */
    assert_true(fabs(loss_of_logits(RS_BCE, y, 0, 0, dy) / (2 * exp(-40)) - 1) < 1e-15);
    assert_true(fabs(dy[0] / exp(-40) - 1) < 1e-15);
}

static void nan_in_y_is_nan_in_the_loss(void **state)
{
    (void)state;
    double dy[2];
    const double y[2] = {NAN, 1};
    for (size_t k = 0; k < 3; k++)
        assert_true(isnan(loss_of_logits(KINDS[k], y, 0.5, 0, dy)));
}

static void labels_of_minus_one_ask_for_nothing(void **state)
{
    (void)state;
    shape s = SHAPE;
    s.kind = RS_XENT;
    fixture f = fixture_make(&rs_cell_rnn, s, 61);
    for (size_t j = 0; j < s.T * s.B; j++)
        f.label[j] = -1;
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    assert_true(trace->loss == 0); /* a mean over nothing, not 0/0 */
    for (size_t j = 0; j < f.model.net.parameters_n; j++)
        assert_true(f.gradient[j] == 0);
    rs_trace_free(trace);
    fixture_free(&f);
}

static void the_term_on_the_last_state_is_a_dot_product(void **state)
{
    (void)state;
    const shape s = {.T = 3, .B = 2, .I = 2, .H = 3, .L = 2, .O = 1, .last_state = true};
    fixture f = fixture_make(&rs_cell_lstm, s, 62);
    rs_trace *trace = fixture_run(&f, RS_KEEP_LEAN, 0);
    const size_t BH = s.B * s.H;
    double sum = 0;
    for (size_t l = 0; l < s.L; l++)
        for (size_t k = 0; k < 2; k++) /* h, c */
            for (size_t j = 0; j < BH; j++)
                sum += f.weight[(l * 2 + k) * BH + j] * trace->layer[l].value[k][2 * BH + j];
    assert_true(sum != 0 && fabs(trace->loss - sum) < 1e-14 * fabs(sum));
    for (size_t t = 0; t < s.T; t++)
        assert_true(trace->loss_at[t] == 0); /* it belongs to no step's output */
    rs_trace_free(trace);
    fixture_free(&f);
}

static void no_loss_is_zero(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_gru, SHAPE, 63);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    assert_true(trace->loss == 0);
    for (size_t j = 0; j < SHAPE.T * SHAPE.B * SHAPE.I; j++)
        assert_true(trace->dx[j] == 0);
    rs_trace_free(trace);
    fixture_free(&f);
}

const struct CMUnitTest loss_tests[] = {
    cmocka_unit_test(losses_follow_their_formulas),
    cmocka_unit_test(derivatives_of_losses_are_those_of_the_complex_step),
    cmocka_unit_test(losses_in_single_precision_are_near),
    cmocka_unit_test(large_logits_do_not_overflow),
    cmocka_unit_test(losses_far_out_keep_their_digits),
    cmocka_unit_test(nan_in_y_is_nan_in_the_loss),
    cmocka_unit_test(labels_of_minus_one_ask_for_nothing),
    cmocka_unit_test(the_term_on_the_last_state_is_a_dot_product),
    cmocka_unit_test(no_loss_is_zero)};
const size_t loss_tests_n = TESTS_N(loss_tests);
