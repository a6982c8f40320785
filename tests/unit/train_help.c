#include "tests/unit/train_help.h"

#include "network/init.h"

setup setup_make(const rs_cell *cell, const char *task, size_t T, size_t B, size_t H)
{
    setup s = {.options = {.updates = 20, .seed = 5, .threads = 1}};
    assert_int_equal(rs_source_task(&s.source, rs_task_named(task), T, B, 5, NULL), RS_OK);
    const rs_net net = {.cell = cell,
                        .inputs = s.source.I,
                        .hidden = H,
                        .layers = 2,
                        .outputs = s.source.O,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    assert_int_equal(rs_model_make(&s.model, &net, NULL), RS_OK);
    assert_int_equal(rs_model_init(&s.model, NULL, 5, NULL), RS_OK);
    return s;
}

rs_trainer *trainer_of(setup *s)
{
    rs_error err = {0};
    rs_trainer *trainer = rs_trainer_new(&s->model, &s->source, &s->options, &err);
    if (!trainer)
        fail_msg("%s", err.text);
    return trainer;
}

void assert_same_bits(const rs_model *a, const rs_model *b)
{
    assert_memory_equal(a->parameters, b->parameters, a->net.parameters_n * sizeof(double));
}
