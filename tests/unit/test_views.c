/* What single views show: their numbers against the library's, what a click selects, what is
 * pinned.
 */
#include "tests/unit/passes.h"
#include "tests/unit/test.h"

#include "flow/jacobian.h"
#include "flow/spectrum.h"
#include "viz/plots/step_jacobian.h"

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

const struct CMUnitTest views_tests[] = {
    cmocka_unit_test(a_step_s_jacobian_is_the_library_s),
    cmocka_unit_test(the_chain_writes_the_selected_jacobian),
    cmocka_unit_test(a_state_too_large_has_no_jacobian),
};
const size_t views_tests_n = TESTS_N(views_tests);
