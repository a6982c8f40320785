/* lessons/engine/scene: settings as text and back. */
#include "tests/unit/test.h"

#include "lessons/engine/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void scene_reads_what_it_writes(void **state)
{
    (void)state;
    static const char *const lines[] = {"cells = gru, linear",
                                        "task = adding",
                                        "gain = 1.25",
                                        "steps=60",
                                        "W = [[0.9, 5], [0, 0.9]]",
                                        "h0 = [0.5, -1]",
                                        "radius = 0.9",
                                        "forget_bias = 2.5",
                                        "init = orthogonal",
                                        "loss_at = all",
                                        "model = some where.safetensors"};
    scene s = scene_standard(), again = scene_standard();
    for (size_t k = 0; k < TESTS_N(lines); k++)
        assert_int_equal(scene_set(&s, lines[k], NULL), RS_OK);
    assert_string_equal(s.cells[1], "linear");
    assert_int_equal(scene_cells_n(&s), 2);
    assert_true(s.matrix[SCENE_W].rows == 2 && s.matrix[SCENE_W].value[1] == 5);
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    assert_true(scene_write(&s, to));
    assert_int_equal(fclose(to), 0);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_int_equal(scene_set(&again, line, NULL), RS_OK);
    assert_memory_equal(&s, &again, sizeof s);
    free(text);
}

static void scene_refuses_and_stays(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "gain = 1e9",          "gain = one",      "steps = 2.5",       "steps",
        "cells = lstm, elman", "cells =",         "W = [[1, 2], [3]]", "W = [[1, 2]",
        "W = [1] 2",           "task = chess",    "nothing = 1",       "W[5][5] = 1",
        "x = [1, inf]",        "loss_at = first", "seed = nan"};
    scene s = scene_standard(), before = s;
    for (size_t k = 0; k < TESTS_N(wrong); k++) {
        rs_error err = {0};
        assert_int_equal(scene_set(&s, wrong[k], &err), RS_DATA);
        assert_true(strlen(err.text) > 10);
        assert_memory_equal(&s, &before, sizeof s);
    }
}

static void scene_finds_numbers_by_name(void **state)
{
    (void)state;
    scene s = scene_standard();
    assert_int_equal(scene_set(&s, "W = [[1, 2], [3, 4]]", NULL), RS_OK);
    assert_int_equal(scene_set(&s, "h0 = [5, 6]", NULL), RS_OK);
    assert_ptr_equal(scene_number_named(&s, "W[1][0]"), &s.matrix[SCENE_W].value[2]);
    assert_ptr_equal(scene_number_named(&s, "h0[1]"), &s.matrix[SCENE_H0].value[1]);
    assert_ptr_equal(scene_number_named(&s, "gain"), &s.number[SCENE_GAIN]);
    assert_null(scene_number_named(&s, "W[2][0]"));
    assert_null(scene_number_named(&s, "Q[0]"));
    assert_int_equal(scene_set(&s, "W[0][1] = 7", NULL), RS_OK);
    assert_true(s.matrix[SCENE_W].value[1] == 7);
}

static void scene_numbers_are_fitted(void **state)
{
    (void)state;
    assert_true(scene_fit(SCENE_STEPS, 12.4) == 12);
    assert_true(scene_fit(SCENE_GAIN, 1e9) == scene_numbers[SCENE_GAIN].high);
    assert_true(scene_fit(SCENE_HIDDEN, -3) == 1);
    assert_true(isnan(scene_fit(SCENE_RADIUS, NAN)));
}

const struct CMUnitTest scene_tests[] = {
    cmocka_unit_test(scene_reads_what_it_writes), cmocka_unit_test(scene_refuses_and_stays),
    cmocka_unit_test(scene_finds_numbers_by_name), cmocka_unit_test(scene_numbers_are_fitted)};
const size_t scene_tests_n = TESTS_N(scene_tests);
