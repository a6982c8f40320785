/* What single views show: their numbers against the library's, what a click selects, what is
 * pinned.
 */
#include "tests/unit/passes.h"
#include "tests/unit/test.h"

#include "flow/jacobian.h"
#include "flow/spectrum.h"
#include "viz/plots/phase.h"
#include "viz/plots/step_jacobian.h"
#include "viz/plots/weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the Jacobian of a step ------------------------------------------------------------------ */

static void a_step_s_jacobian_is_the_library_s(void **state)
{
    passes p;
    step_jacobian j;
    rs_error err = {0};
    double jacobian[12 * 12], singular[12];
    (void)state;
    make_passes(&p, "lstm", "adding", 6);
    p.input.step = 9;
    p.input.sequence = 1;
    assert_int_equal(step_jacobian_make(&j, &p.input, &err), RS_OK);
    assert_int_equal(rs_flow_jacobian(p.trace, p.run.model.parameters, 0, 9, 1, jacobian, &err),
                     RS_OK);
    assert_int_equal(rs_singular_values(jacobian, 12, singular, &err), RS_OK);
    assert_int_equal(j.t, 9);
    assert_int_equal(j.states, 2);
    assert_int_equal(j.parts, 6); /* all, direct, four gates */
    double squares = 0, of_c = 0;
    for (size_t k = 0; k < 144; k++) {
        assert_true(fabs(j.value[k] - jacobian[k]) < 1e-12);
        squares += jacobian[k] * jacobian[k];
        of_c += k / 12 >= 6 && k % 12 >= 6 ? jacobian[k] * jacobian[k] : 0;
    }
    assert_true(fabs(j.norm[0] - sqrt(squares)) < 1e-12);
    assert_true(fabs(j.block[1][1] - sqrt(of_c)) < 1e-12);
    assert_true(fabs(j.gain[0] - singular[0]) < 1e-12);
    step_jacobian_free(&j);
    free_passes(&p);
}

/* The last of the table's lines that begins with `start`. */
static bool csv_has(const view *v, const void *data, const char *start, char line[256])
{
    bool found = false;
    FILE *f = tmpfile();
    assert_non_null(f);
    v->csv(f, data);
    rewind(f);
    while (!found && fgets(line, 256, f))
        found = strncmp(line, start, strlen(start)) == 0;
    fclose(f);
    return found;
}

static void the_chain_writes_the_selected_jacobian(void **state)
{
    passes p;
    rs_error err = {0};
    void *data = NULL;
    char line[256];
    double jacobian[16];
    (void)state;
    make_passes(&p, "gru", "adding", 4);
    p.input.step = 3;
    assert_int_equal(view_chain.make(&p.input, &data, &err), RS_OK);
    assert_int_equal(rs_flow_jacobian(p.trace, p.run.model.parameters, 0, 3, 0, jacobian, &err),
                     RS_OK);
    assert_true(csv_has(&view_chain, data, "# Jacobian of step 3, layer 0", line));
    assert_true(csv_has(&view_chain, data, "all routes,h,1,h,2,", line));
    assert_true(fabs(atof(strrchr(line, ',') + 1) - jacobian[1 * 4 + 2]) < 1e-12);
    assert_true(csv_has(&view_chain, data, "23,h,", line)); /* every step, not only those shown */
    view_chain.free(data);
    free_passes(&p);
}

/* The states of the sequence asked for: of one unit the number itself, with its sign. */
static void the_unrolled_network_has_its_numbers(void **state)
{
    passes p;
    void *data = NULL;
    char line[256];
    double x = 0, h = 0, y = 0;
    (void)state;
    make_passes(&p, "rnn", "adding", 1);
    p.input.sequence = 2;
    assert_int_equal(view_unrolled.make(&p.input, &data, NULL), RS_OK);
    assert_true(csv_has(&view_unrolled, data, "5,", line));
    assert_int_equal(sscanf(line, "5,%lf,%lf,%lf", &x, &h, &y), 3);
    const size_t row = 5 * p.trace->B + 2;
    const double *in = p.trace->x + row * 2;
    assert_true(h == p.trace->layer[0].value[RS_H][row]);
    assert_true(y == p.trace->y[row]);
    assert_true(fabs(x - hypot(in[0], in[1])) < 1e-15); /* of two inputs the norm */
    view_unrolled.free(data);
    free_passes(&p);
}

static void a_state_too_large_has_no_jacobian(void **state)
{
    passes p;
    step_jacobian j;
    (void)state;
    make_passes(&p, "lstm", "adding", 257);
    assert_int_equal(step_jacobian_make(&j, &p.input, NULL), RS_OK);
    assert_null(j.value);
    step_jacobian_free(&j);
    free_passes(&p);
}

/* --- the steps in sight ---------------------------------------------------------------------- */

/* Draws a view with so many steps in sight; the layout is what the pointer meets. */
static plot_layout drawn(const view *v, const void *data, double from, double to)
{
    plot_layout layout = {.from = from, .to = to};
    canvas *c = canvas_image(960, 640, 1, THEME_LIGHT, NULL);
    assert_non_null(c);
    v->draw(c, (rect){0, 0, 960, 640}, data, &layout);
    canvas_free(c);
    return layout;
}

static void credit_shows_the_same_steps_on_both_axes(void **state)
{
    passes p;
    void *data = NULL;
    (void)state;
    make_passes(&p, "gru", "sine", 4);
    assert_int_equal(view_credit.make(&p.input, &data, NULL), RS_OK);
    const plot_layout layout = drawn(&view_credit, data, 6.5, 14.2);
    const plot_area *a = &layout.area[0];
    assert_true(a->x.low == 6.5 && a->x.high == 14.5); /* steps 7 … 14 */
    assert_true(a->y.low == 6.5 && a->y.high == 14.5);
    const double cell = a->area.w / 8;
    const point at = {a->area.x + 2.5 * cell, a->area.y + 5.5 * cell}; /* k = 9, t = 12 */
    const point read = area_numbers(a, at);
    assert_int_equal((size_t)read.x, 9);
    assert_int_equal((size_t)read.y, 12);
    char line[256], start[32];
    (void)snprintf(start, sizeof start, "12,9,");
    assert_true(csv_has(&view_credit, data, start, line));
    assert_true(fabs(atof(line + 5) - a->value[12 * a->row_step + 9]) <= 1e-15);
    view_credit.free(data);
    free_passes(&p);
}

/* The arrow from a step to the one before belongs to the later one. */
static void an_arrow_of_the_chain_is_its_later_step_s(void **state)
{
    passes p;
    void *data = NULL;
    (void)state;
    make_passes(&p, "rnn", "sine", 4);
    assert_int_equal(view_chain.make(&p.input, &data, NULL), RS_OK);
    plot_layout layout = drawn(&view_chain, data, 0, 0);
    assert_true(layout.area[0].back == 0); /* not every step has room */
    layout = drawn(&view_chain, data, 6, 12);
    const plot_area *a = &layout.area[0];
    assert_int_equal(a->x.kind, AXIS_STEPS);
    for (double t = 7; t <= 12; t++) {
        const double between = area_point(a, t - .5, .5).x, node = area_point(a, t, .5).x;
        assert_int_equal((size_t)(area_numbers(a, (point){between, 60}).x + a->back), (size_t)t);
        assert_int_equal((size_t)(area_numbers(a, (point){node, 60}).x + a->back), (size_t)t);
    }
    view_chain.free(data);
    free_passes(&p);
}

/* --- weights --------------------------------------------------------------------------------- */

static void every_weight_is_in_one_histogram(void **state)
{
    passes p;
    (void)state;
    make_passes(&p, "lstm", "adding", 6);
    const rs_net *net = &p.run.model.net;
    panels *shown = calloc(1, sizeof *shown);
    double *now = calloc(net->parameters_n, sizeof *now);
    assert_true(shown && now);
    memcpy(now, p.run.model.parameters, net->parameters_n * sizeof *now);
    const size_t hh = rs_net_block(net, RS_WEIGHT_HH, 0)->offset;
    now[hh] = 30; /* far from all others */
    assert_int_equal(
        weights_add(shown, (rect){0, 0, 1, 1}, net, p.run.model.parameters, now, INK_BLUE, NULL),
        RS_OK);
    assert_int_equal(shown->n, WEIGHT_GROUPS);
    double sum = 0;
    for (size_t k = 0; k < shown->n; k++)
        for (size_t bin = 0; bin < 2 * WEIGHT_BINS; bin += 2)
            sum += shown->panel[k]->curve[0].y[bin];
    assert_true(sum == (double)net->parameters_n);
    assert_true(shown->panel[1]->curve[0].y[2 * WEIGHT_BINS - 1] == 1); /* that one, of W_hh */
    assert_true(shown->panel[1]->curve[1].y[2 * WEIGHT_BINS - 1] == 0);
    now[hh] = NAN; /* is in none */
    double values[6 * 6 * 4];
    assert_int_equal(weights_of_group(net, 1, now, values), 144);
    panels_free(shown);
    free(now);
    free_passes(&p);
}

/* --- trajectories ---------------------------------------------------------------------------- */

static void a_state_of_many_units_has_its_principal_plane(void **state)
{
    passes p;
    phase *q = NULL;
    (void)state;
    make_passes(&p, "gru", "sine", 5);
    p.input.unit = 3;
    assert_int_equal(phase_make(&p.input, &q, NULL), RS_OK);
    assert_true(q->has_components);
    assert_int_equal(q->one, 3);
    assert_int_equal(q->two, 4);
    const double *h = p.trace->layer[0].value[RS_H] + (10 * 3 + 1) * 5; /* step 10, sequence 1 */
    assert_true(q->units.path[25 + 11].x == h[3] && q->units.path[25 + 11].y == h[4]);
    double place = 0, spread[2] = {0, 0};
    for (size_t u = 0; u < 5; u++)
        place += q->components.axis[u] * (h[u] - q->components.mean[u]);
    assert_true(fabs(q->components.path[25 + 11].x - place) < 1e-12);
    for (size_t k = 0; k < 75; k++) {
        spread[0] += pow(q->components.path[k].x, 2);
        spread[1] += pow(q->components.path[k].y, 2);
    }
    assert_true(spread[0] >= spread[1] && spread[1] > 0);
    assert_true(fabs(spread[0] / spread[1] - q->components.share[0] / q->components.share[1]) <
                1e-9 * spread[0] / spread[1]);
    phase_free(q);
    free_passes(&p);
}

/* Of one and of two units a step is shown from everywhere. */
static void a_small_state_has_its_field(void **state)
{
    (void)state;
    for (size_t hidden = 1; hidden <= 2; hidden++) {
        passes p;
        phase *q = NULL;
        make_passes(&p, "rnn", "sine", hidden);
        p.input.unit = hidden - 1;
        assert_int_equal(phase_make(&p.input, &q, NULL), RS_OK);
        assert_false(q->has_components);
        assert_int_equal(q->one, 0);
        assert_int_equal(q->field_n, hidden == 1 ? PHASE_MAP : PHASE_GRID * PHASE_GRID);
        for (size_t k = 0; k < q->field_n; k++)
            assert_true(fabs(q->field[2 * k + 1].x) < 1); /* tanh of something */
        phase_free(q);
        free_passes(&p);
    }
}

const struct CMUnitTest views_tests[] = {
    cmocka_unit_test(a_state_of_many_units_has_its_principal_plane),
    cmocka_unit_test(a_small_state_has_its_field),
    cmocka_unit_test(every_weight_is_in_one_histogram),
    cmocka_unit_test(credit_shows_the_same_steps_on_both_axes),
    cmocka_unit_test(an_arrow_of_the_chain_is_its_later_step_s),
    cmocka_unit_test(a_step_s_jacobian_is_the_library_s),
    cmocka_unit_test(the_chain_writes_the_selected_jacobian),
    cmocka_unit_test(a_state_too_large_has_no_jacobian),
    cmocka_unit_test(the_unrolled_network_has_its_numbers),
};
const size_t views_tests_n = TESTS_N(views_tests);
