/* lessons/engine: scenes that name a model and data as files. */
#include "tests/unit/test.h"

#include "files/model_file.h"
#include "lessons/engine/compute.h"
#include "lessons/engine/lesson.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A lesson with a GRU [2 → 3 → 2] and a series of three rows beside it; folder ends with XXXXXX. */
static void write_lesson(const char *folder, const char *cell)
{
    char path[256], text[256];
    const rs_net net = {.cell = rs_cell_named("gru"),
                        .inputs = 2,
                        .hidden = 3,
                        .outputs = 2,
                        .layers = 1,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    rs_model model;
    assert_int_equal(rs_model_make(&model, &net, NULL), RS_OK);
    for (size_t k = 0; k < model.net.parameters_n; k++)
        model.parameters[k] = .01 * (double)k;
    (void)snprintf(path, sizeof path, "%s/net.safetensors", folder);
    assert_int_equal(rs_model_write(path, &model, NULL, NULL), RS_OK);
    rs_model_free(&model);
    (void)snprintf(path, sizeof path, "%s/rows.csv", folder);
    write_text(path, "a,b\n1,0\n2,0\n3,3\n");
    (void)snprintf(path, sizeof path, "%s/lesson.md", folder);
    (void)snprintf(text, sizeof text,
                   "# A\n\n## B\n\n```scene\ncell = %s\nmodel = net.safetensors\ndata = rows.csv\n"
                   "gain = 2\n```\n",
                   cell);
    write_text(path, text);
}

static void remove_lesson(const char *folder)
{
    static const char *const names[] = {"net.safetensors", "rows.csv", "lesson.md"};
    char path[256];
    for (size_t k = 0; k < TESTS_N(names); k++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[k]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static scene scene_of_lesson(const char *folder)
{
    char path[256];
    lesson l;
    (void)snprintf(path, sizeof path, "%s/lesson.md", folder);
    assert_int_equal(lesson_read(path, &l, NULL, NULL), RS_OK);
    const scene s = l.blocks[0].scene;
    lesson_free(&l);
    return s;
}

static void opened_beside_the_lesson(void **state)
{
    (void)state;
    char folder[] = "/tmp/rnnscope-openedXXXXXX";
    assert_non_null(mkdtemp(folder));
    write_lesson(folder, "gru");
    scene s = scene_of_lesson(folder);
    computed *c = compute_new(&s, NULL, NULL);
    assert_non_null(c);
    const computed_cell *cell = &c->cell[0];
    const rs_block *W = rs_net_block(&cell->model.net, RS_WEIGHT_HH, 0);
    assert_int_equal(c->cells_n, 1);
    assert_int_equal(cell->model.net.hidden, 3);
    assert_true(cell->model.parameters[W->offset + 1] == 2 * .01 * (double)(W->offset + 1));
    assert_int_equal(cell->data.T, 2);
    assert_true(cell->data.x[0] < -1.2 && cell->data.x[2] == 0); /* standardised */
    assert_true(cell->data.loss.last && cell->every.kind == RS_MSE && !cell->every.last);
    assert_true(cell->data.loss.target[1] > 1.4); /* of the last step: b = 3 */
    compute_release(c);
    remove_lesson(folder);
}

static void opened_refused(void **state)
{
    (void)state;
    char folder[] = "/tmp/rnnscope-openedXXXXXX";
    rs_error err = {0};
    assert_non_null(mkdtemp(folder));
    write_lesson(folder, "lstm");
    scene s = scene_of_lesson(folder);
    assert_null(compute_new(&s, NULL, &err)); /* three gates are no LSTM's */
    assert_int_equal(err.status, RS_DATA);
    assert_int_equal(scene_set(&s, "cell = gru", NULL), RS_OK);
    assert_int_equal(scene_set(&s, "data = none.csv", NULL), RS_OK);
    assert_null(compute_new(&s, NULL, &err));
    assert_int_equal(err.status, RS_OPEN);
    remove_lesson(folder);
}

const struct CMUnitTest opened_tests[] = {cmocka_unit_test(opened_beside_the_lesson),
                                          cmocka_unit_test(opened_refused)};
const size_t opened_tests_n = TESTS_N(opened_tests);
