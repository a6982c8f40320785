/* viz/app/afford: what would take more memory than the machine can spare is said, not tried. */
#include "tests/unit/test.h"

#include "viz/app/afford.h"
#include "viz/app/app.h"

#include <string.h>

static computed *small(double steps)
{
    rs_error err = {0};
    scene s = app_first_scene();
    s.number[SCENE_STEPS] = steps;
    s.number[SCENE_HIDDEN] = 4;
    computed *c = compute_new(&s, &(compute_base){0}, &err);
    if (!c)
        fail_msg("%s", err.text);
    return c;
}

static void passes_of_all_cells_must_fit(void **state)
{
    (void)state;
    computed *c = small(50);
    rs_error err = {0};
    const computed_cell *last = &c->cell[c->cells_n - 1];
    const size_t one = rs_trace_bytes(&last->model.net, 50, 1, RS_KEEP_ALL, sizeof(double));
    assert_int_equal(afford_passes(c, 100 * one, &err), RS_OK);
    assert_int_equal(afford_passes(c, one, &err), RS_USAGE); /* it is not alone */
    assert_non_null(strstr(err.text, "fewer steps"));
    assert_int_equal(afford_passes(c, afford_bytes(), &err), RS_OK);
    compute_release(c);
}

static void a_check_takes_more_than_a_pass(void **state)
{
    (void)state;
    computed *c = small(50);
    rs_error err = {0};
    const computed_cell *cell = &c->cell[0];
    const size_t one = rs_trace_bytes(&cell->model.net, 50, 1, RS_KEEP_ALL, sizeof(double));
    assert_int_equal(afford_check(cell, one, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "the check would take"));
    assert_int_equal(afford_check(cell, afford_bytes(), &err), RS_OK);
    compute_release(c);
}

/* So many steps of so many sequences that their memory can be stated, but not had. */
static void what_no_machine_has_is_refused(void **state)
{
    (void)state;
    computed *c = small(50);
    rs_error err = {0};
    c->cell[0].data.T = (size_t)1 << 40;
    assert_int_equal(afford_passes(c, afford_bytes(), &err), RS_USAGE);
    assert_int_equal(afford_check(&c->cell[0], afford_bytes(), &err), RS_USAGE);
    c->cell[0].data.T = 50;
    compute_release(c);
}

const struct CMUnitTest afford_tests[] = {cmocka_unit_test(passes_of_all_cells_must_fit),
                                          cmocka_unit_test(a_check_takes_more_than_a_pass),
                                          cmocka_unit_test(what_no_machine_has_is_refused)};
const size_t afford_tests_n = TESTS_N(afford_tests);
