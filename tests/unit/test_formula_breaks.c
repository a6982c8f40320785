/* viz/canvas/formula: where a line may break, and where not. */
#include "tests/unit/test.h"

#include "viz/canvas/formula.h"

#include <pango/pangocairo.h>
#include <string.h>

/* How many places there are at which a line of this text may break, its end among them. */
static int breaks_of(const char *text)
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    PangoLayout *layout = pango_layout_new(context);
    setting *s = setting_make(context, text, false, 13);
    setting_lay(s, layout);
    int n = 0, found = 0;
    const PangoLogAttr *at = pango_layout_get_log_attrs_readonly(layout, &n);
    for (int k = 0; k < n; k++)
        found += (int)at[k].is_line_break;
    setting_free(s);
    g_object_unref(layout);
    g_object_unref(context);
    return found;
}

static void a_formula_holds_its_scripts_and_its_full_stop(void **state)
{
    (void)state;
    assert_int_equal(breaks_of("$w$"), 1);
    assert_int_equal(breaks_of("$w^2$。"), 1);
    assert_int_equal(breaks_of("$h_0^2$, so"), 2); /* before "so" */
    assert_int_equal(breaks_of("$dL/dw$."), 1);
    assert_true(breaks_of("$a = w^2$") > 1); /* a long one can still be broken */
}

const struct CMUnitTest formula_breaks_tests[] = {
    cmocka_unit_test(a_formula_holds_its_scripts_and_its_full_stop)};
const size_t formula_breaks_tests_n = TESTS_N(formula_breaks_tests);
