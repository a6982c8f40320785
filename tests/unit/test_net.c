/* The layout of the parameters, and the sizes that are refused. */
#include "tests/unit/test.h"

#include "network/net.h"

#include <limits.h>
#include <string.h>

static rs_net config(const rs_cell *cell)
{
    return (rs_net){.cell = cell,
                    .inputs = 3,
                    .hidden = 5,
                    .layers = 2,
                    .outputs = 4,
                    .bias_ih = true,
                    .bias_hh = true,
                    .readout_bias = true};
}

/* torch: nn.LSTM(3, 5, 2).state_dict() and nn.Linear(5, 4).state_dict() */
static void blocks_are_torchs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t rows, cols;
    } want[] = {{"weight_ih_l0", 20, 3}, {"weight_hh_l0", 20, 5}, {"bias_ih_l0", 20, 1},
                {"bias_hh_l0", 20, 1},   {"weight_ih_l1", 20, 5}, {"weight_hh_l1", 20, 5},
                {"bias_ih_l1", 20, 1},   {"bias_hh_l1", 20, 1},   {"weight", 4, 5},
                {"bias", 4, 1}};
    rs_net net = config(&rs_cell_lstm);
    size_t offset = 0;
    assert_int_equal(rs_net_make(&net, NULL), RS_OK);
    assert_int_equal(net.blocks_n, TESTS_N(want));
    for (size_t k = 0; k < TESTS_N(want); k++) {
        assert_string_equal(net.blocks[k].name, want[k].name);
        assert_int_equal(net.blocks[k].rows, want[k].rows);
        assert_int_equal(net.blocks[k].cols, want[k].cols);
        assert_int_equal(net.blocks[k].offset, offset);
        offset += want[k].rows * want[k].cols;
    }
    assert_int_equal(net.parameters_n, offset);
    rs_net_free(&net);
    assert_null(net.blocks);
}

static void missing_biases_have_no_blocks(void **state)
{
    (void)state;
    rs_net net = config(&rs_cell_gru);
    net.bias_hh = net.readout_bias = false;
    assert_int_equal(rs_net_make(&net, NULL), RS_OK);
    assert_null(rs_net_block(&net, RS_BIAS_HH, 0));
    assert_null(rs_net_block(&net, RS_READOUT_BIAS, 0));
    assert_non_null(rs_net_block(&net, RS_READOUT_WEIGHT, 0));
    assert_string_equal(rs_net_block(&net, RS_BIAS_IH, 1)->name, "bias_ih_l1");
    assert_null(rs_net_block(&net, RS_BIAS_IH, 2));
    rs_net_free(&net);
    net.outputs = 0;
    assert_int_equal(rs_net_make(&net, NULL), RS_OK);
    assert_null(rs_net_block(&net, RS_READOUT_WEIGHT, 0));
    assert_int_equal(rs_net_width(&net), 5);
    rs_net_free(&net);
}

static void widths_follow_the_layers(void **state)
{
    (void)state;
    rs_net net = config(&rs_cell_rnn);
    assert_int_equal(rs_net_layer_inputs(&net, 0), 3);
    assert_int_equal(rs_net_layer_inputs(&net, 1), 5);
    assert_int_equal(rs_net_width(&net), 4);
}

/* Fails unless the net is refused as wrong usage, with a line that has the text in it. */
static void assert_refused(rs_net net, const char *text)
{
    rs_error err = {0};
    assert_int_equal(rs_net_make(&net, &err), RS_USAGE);
    assert_int_equal(err.status, RS_USAGE);
    assert_null(net.blocks);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" has no \"%s\"", err.text, text);
}

static void senseless_sizes_are_refused(void **state)
{
    (void)state;
    rs_net net = config(&rs_cell_lstm);
    net.inputs = 0;
    assert_refused(net, "0 inputs: expected 1 to ");
    net = config(&rs_cell_lstm);
    net.hidden = 0;
    assert_refused(net, "0 hidden units");
    net.hidden = INT_MAX;
    assert_refused(net, "hidden units");
    net = config(&rs_cell_lstm);
    net.layers = 0;
    assert_refused(net, "0 layers");
    net.layers = 1001;
    assert_refused(net, "1001 layers: expected 1 to 1000");
    net = config(&rs_cell_lstm);
    net.outputs = (size_t)INT_MAX + 1;
    assert_refused(net, "outputs");
    net = config(NULL);
    assert_refused(net, "a network needs a cell");
}

static void a_model_too_large_for_memory_is_an_error(void **state)
{
    (void)state;
    rs_net net = config(&rs_cell_lstm);
    rs_model model;
    rs_error err = {0};
    net.hidden = INT_MAX / RS_MAX_GATES; /* 4·H² doubles: 2 EiB */
    assert_int_equal(rs_model_make(&model, &net, &err), RS_INTERNAL);
    assert_non_null(strstr(err.text, "out of memory: the parameters would take"));
    assert_null(model.parameters);
    assert_null(model.net.blocks);
}

static void a_models_parameters_start_as_zeros(void **state)
{
    (void)state;
    const rs_net net = config(&rs_cell_gru);
    rs_model model;
    assert_int_equal(rs_model_make(&model, &net, NULL), RS_OK);
    assert_int_equal(model.net.parameters_n, 15 * (3 + 5 + 2) + 15 * (5 + 5 + 2) + 4 * 6);
    for (size_t k = 0; k < model.net.parameters_n; k++)
        assert_true(model.parameters[k] == 0);
    rs_model_free(&model);
    assert_null(model.parameters);
    assert_null(model.net.blocks);
}

const struct CMUnitTest net_tests[] = {cmocka_unit_test(blocks_are_torchs),
                                       cmocka_unit_test(missing_biases_have_no_blocks),
                                       cmocka_unit_test(widths_follow_the_layers),
                                       cmocka_unit_test(senseless_sizes_are_refused),
                                       cmocka_unit_test(a_model_too_large_for_memory_is_an_error),
                                       cmocka_unit_test(a_models_parameters_start_as_zeros)};
const size_t net_tests_n = TESTS_N(net_tests);
