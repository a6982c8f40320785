#include "network/net.h"

#include "base/memory.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* G·H rows are an int to BLAS */
enum { MOST_UNITS = INT_MAX / RS_MAX_GATES, MOST_LAYERS = 1000 };

static rs_status check_sizes(const rs_net *net, rs_error *err)
{
    const struct {
        const char *name;
        size_t value, least, most;
    } sizes[] = {{"inputs", net->inputs, 1, MOST_UNITS},
                 {"hidden units", net->hidden, 1, MOST_UNITS},
                 {"layers", net->layers, 1, MOST_LAYERS},
                 {"outputs", net->outputs, 0, MOST_UNITS}};
    if (!net->cell)
        return rs_fail(err, RS_USAGE, "a network needs a cell");
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        if (sizes[k].value < sizes[k].least || sizes[k].value > sizes[k].most)
            return rs_fail(err, RS_USAGE, "%zu %s: expected %zu to %zu", sizes[k].value,
                           sizes[k].name, sizes[k].least, sizes[k].most);
    return RS_OK;
}

/* Appends a block; false if the vector would not fit in memory's address range. */
static bool append(rs_net *net, rs_block_kind kind, size_t layer, size_t rows, size_t cols)
{
    static const char *const names[] = {"weight_ih", "weight_hh", "bias_ih",
                                        "bias_hh",   "weight",    "bias"};
    size_t entries = 0;
    rs_block *block = &net->blocks[net->blocks_n++];
    *block = (rs_block){.kind = kind, .layer = layer, .rows = rows, .cols = cols};
    block->offset = net->parameters_n;
    if (kind >= RS_READOUT_WEIGHT)
        (void)snprintf(block->name, sizeof block->name, "%s", names[kind]);
    else
        (void)snprintf(block->name, sizeof block->name, "%s_l%zu", names[kind], layer);
    return rs_multiply(rows, cols, &entries) &&
           rs_add(net->parameters_n, entries, &net->parameters_n);
}

static bool lay_out(rs_net *net)
{
    const size_t rows = net->cell->gates_n * net->hidden;
    bool fits = true;
    net->blocks_n = net->parameters_n = 0;
    for (size_t layer = 0; layer < net->layers; layer++) {
        fits = fits && append(net, RS_WEIGHT_IH, layer, rows, rs_net_layer_inputs(net, layer));
        fits = fits && append(net, RS_WEIGHT_HH, layer, rows, net->hidden);
        if (net->bias_ih)
            fits = fits && append(net, RS_BIAS_IH, layer, rows, 1);
        if (net->bias_hh)
            fits = fits && append(net, RS_BIAS_HH, layer, rows, 1);
    }
    if (net->outputs > 0) {
        fits = fits && append(net, RS_READOUT_WEIGHT, net->layers, net->outputs, net->hidden);
        if (net->readout_bias)
            fits = fits && append(net, RS_READOUT_BIAS, net->layers, net->outputs, 1);
    }
    return fits;
}

rs_status rs_net_make(rs_net *net, rs_error *err)
{
    net->blocks = NULL;
    rs_status status = check_sizes(net, err);
    if (status != RS_OK)
        return status;
    net->blocks = rs_alloc(4 * net->layers + 2, sizeof *net->blocks, "the table of blocks", err);
    if (!net->blocks)
        return RS_INTERNAL;
    if (!lay_out(net)) {
        rs_net_free(net);
        return rs_fail(err, RS_USAGE,
                       "the parameters of %zu layers of %zu units do not fit in memory",
                       net->layers, net->hidden);
    }
    return RS_OK;
}

void rs_net_free(rs_net *net)
{
    free(net->blocks);
    net->blocks = NULL;
    net->blocks_n = net->parameters_n = 0;
}

const rs_block *rs_net_block(const rs_net *net, rs_block_kind kind, size_t layer)
{
    for (size_t k = 0; k < net->blocks_n; k++) {
        const rs_block *block = &net->blocks[k];
        if (block->kind == kind && (kind >= RS_READOUT_WEIGHT || block->layer == layer))
            return block;
    }
    return NULL;
}

size_t rs_net_width(const rs_net *net) { return net->outputs > 0 ? net->outputs : net->hidden; }

size_t rs_net_layer_inputs(const rs_net *net, size_t layer)
{
    return layer == 0 ? net->inputs : net->hidden;
}

rs_status rs_model_make(rs_model *model, const rs_net *config, rs_error *err)
{
    model->net = *config;
    model->parameters = NULL;
    rs_status status = rs_net_make(&model->net, err);
    if (status != RS_OK)
        return status;
    model->parameters =
        rs_alloc(model->net.parameters_n, sizeof *model->parameters, "the parameters", err);
    if (!model->parameters) {
        rs_net_free(&model->net);
        return RS_INTERNAL;
    }
    return RS_OK;
}

void rs_model_free(rs_model *model)
{
    free(model->parameters);
    model->parameters = NULL;
    rs_net_free(&model->net);
}
