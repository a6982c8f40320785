/* viz/source_code: functions of the library as lessons show them. */
#include "tests/unit/test.h"

#include "viz/app/column_source.h"
#include "viz/source_code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line of a file on disk, to compare with. */
static void line_on_disk(const char *path, size_t number, char line[512])
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (size_t k = 0; k < number; k++)
        assert_non_null(fgets(line, 512, file));
    line[strcspn(line, "\n")] = '\0';
    assert_int_equal(fclose(file), 0);
}

static void source_code_is_the_files(void **state)
{
    (void)state;
    static const char *const names[] = {"lib/cells/lstm.c:state_backward",
                                        "lib/network/backward.c:weight_gradients",
                                        "lib/train/clip.c:rs_clip_norm"};
    for (size_t k = 0; k < TESTS_N(names); k++) {
        const source_lines code = source_named(names[k]);
        char path[128], line[512];
        (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(names[k], ":"), names[k]);
        assert_true(code.n > 4 && strcmp(code.line[code.n - 1], "}") == 0);
        for (size_t j = 0; j < code.n; j += code.n - 1) {
            line_on_disk(path, code.first + j, line);
            assert_string_equal(code.line[j], line);
        }
    }
    const source_lines state_of = source_function("lib/cells/lstm.c", "state");
    assert_string_equal(state_of.line[0], "/* c_t = f ⊙ c_{t−1} + i ⊙ g */");
    assert_string_equal(state_of.line[1], "static void state(const rs_step *s)");
}

static void source_code_knows_what_it_has_not(void **state)
{
    (void)state;
    static const char *const none[] = {"lib/cells/lstm.c:stat",
                                       "lib/cells/lstm.c:",
                                       "lib/cells/lstn.c:state",
                                       "lstm.c:state",
                                       ":state",
                                       "lib/cells/lstm.c",
                                       "lib/cells/lstm.c:rs_tanh" /* called, not defined */};
    for (size_t k = 0; k < TESTS_N(none); k++)
        assert_int_equal(source_named(none[k]).n, 0);
}

/* Beside a lesson stands what the equations are; what only fetches arrays is left out there. */
static void source_code_tells_what_fetches(void **state)
{
    (void)state;
    static const char *const fetch[] = {"#pragma omp simd", "    real *c = s->now[C];",
                                        "    const real *i = s->now[I], *f = s->now[F];"};
    for (size_t k = 0; k < TESTS_N(fetch); k++)
        assert_true(source_fetches(fetch[k]));
    static const char *const equation[] = {"        c[u] = f[u] * c_before[u];", "", "{",
                                           "    real sum = s->x[0];",
                                           "    const double norm = rs_norm(gradient, n);"};
    for (size_t k = 0; k < TESTS_N(equation); k++)
        assert_false(source_fetches(equation[k]));
    const source_lines code = source_named("lib/cells/lstm.c:state_backward");
    size_t left_out = 0;
    for (size_t k = 0; k < code.n; k++)
        left_out += source_fetches(code.line[k]);
    assert_int_equal(left_out, 4);
}

static void source_code_breaks_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line, *parts;
        size_t columns;
    } broken[] = {{"    c[u] = f[u] * c_before[u];", "  c[u] = f[u] *|      c_before[u];|", 18},
                  {"", "|", 20},
                  {"}", "}|", 20},
                  {"    ⊙⊙⊙⊙ tanh′", "  ⊙⊙⊙⊙|     tanh′|", 11},
                  {"abcdefghijkl", "abcdef|   ghi|   jkl|", 6}};
    for (size_t k = 0; k < TESTS_N(broken); k++) {
        char parts[256] = "", part[64];
        for (size_t at = 0; source_part(broken[k].line, broken[k].columns, &at, part, sizeof part);)
            (void)snprintf(parts + strlen(parts), sizeof parts - strlen(parts), "%s|", part);
        assert_string_equal(parts, broken[k].parts);
    }
}

/* A function is drawn, higher the narrower it is, and below its name; the lines that fetch are
 * one there. */
static void source_code_is_drawn_in_the_column(void **state)
{
    (void)state;
    rs_error err = {0};
    canvas *c = canvas_image(400, 400, 1, THEME_LIGHT, &err);
    assert_non_null(c);
    const char *name = "lib/cells/lstm.c:state_backward";
    const double wide = column_source(c, (rect){0, 0, 390, 400}, 0, name);
    const double narrow = column_source(c, (rect){0, 0, 200, 400}, 0, name);
    const double lines = (double)source_named(name).n - 3;
    assert_true(wide >= 15 * lines && wide < 15 * (lines + 3) && narrow > wide);
    assert_true(column_source(c, (rect){0, 0, 390, 400}, 0, "mine.c:f") < 30);
    canvas_free(c);
}

const struct CMUnitTest source_code_tests[] = {
    cmocka_unit_test(source_code_is_the_files), cmocka_unit_test(source_code_knows_what_it_has_not),
    cmocka_unit_test(source_code_tells_what_fetches), cmocka_unit_test(source_code_breaks_lines),
    cmocka_unit_test(source_code_is_drawn_in_the_column)};
const size_t source_code_tests_n = TESTS_N(source_code_tests);
