#include "files/trace_items.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64 }; /* of names that are not out of a file */

/* Appends a tensor called prefix + name; false without memory. */
static bool append(rs_trace_items *items, const char *prefix, const char *name, bool over_time,
                   rs_named_array array)
{
    const size_t size = strlen(prefix) + strlen(name) + 1;
    rs_trace_item *item = &items->item[items->n];
    *item = (rs_trace_item){.name = malloc(size), .array = array, .over_time = over_time};
    if (!item->name)
        return false;
    (void)snprintf(item->name, size, "%s%s", prefix, name);
    item->array.name = item->name;
    items->n++;
    return true;
}

/* A tensor [T][B][width] of the trace. */
static bool append_steps(rs_trace_items *items, const char *prefix, const char *name, size_t width,
                         const double *data)
{
    const rs_named_array array = {.dtype = RS_F64,
                                  .dims_n = 3,
                                  .dims = {items->trace->T, items->trace->B, width},
                                  .data = data};
    return append(items, prefix, name, true, array);
}

/* Each state and gate of a layer, or, with prefix "d", the derivative of each state. */
static bool append_layer(rs_trace_items *items, size_t l, bool derivatives)
{
    const rs_net *net = items->trace->net;
    const rs_layer *layer = &items->trace->layer[l];
    bool good = true;
    for (size_t k = 0; k < net->cell->channels_n && good; k++) {
        const rs_channel *channel = &net->cell->channels[k];
        char name[NAME_BYTES];
        (void)snprintf(name, sizeof name, "%s.l%zu", channel->name, l);
        if (derivatives && channel->role == RS_STATE)
            good = append_steps(items, "d", name, net->hidden, layer->d[k]);
        else if (!derivatives && (channel->role == RS_STATE || channel->role == RS_GATE))
            good = append_steps(items, "", name, net->hidden, layer->value[k]);
    }
    return good;
}

static bool append_gradient(rs_trace_items *items, size_t block, const double *gradient,
                            const rs_model_file *names)
{
    const rs_net *net = items->trace->net;
    const rs_block *b = &net->blocks[block];
    const bool bias = b->kind == RS_BIAS_IH || b->kind == RS_BIAS_HH || b->kind == RS_READOUT_BIAS;
    const rs_named_array array = {.dtype = RS_F64,
                                  .dims_n = bias ? 1 : 2,
                                  .dims = {b->rows, b->cols},
                                  .data = gradient + b->offset};
    char text[RS_BLOCK_NAME];
    return append(items, "grad.", rs_model_name(net, block, names, text), false, array);
}

static bool append_values(rs_trace_items *items, bool with_loss)
{
    const rs_trace *trace = items->trace;
    const rs_named_array loss = {.dtype = RS_F64, .data = &trace->loss};
    bool good = !with_loss || append(items, "", "loss", false, loss);
    good = good && append_steps(items, "", "x", trace->net->inputs, trace->x) &&
           append_steps(items, "", "y", rs_net_width(trace->net), trace->y);
    for (size_t l = 0; l < trace->net->layers && good; l++)
        good = append_layer(items, l, false);
    return good;
}

static bool append_derivatives(rs_trace_items *items, const double *gradient,
                               const rs_model_file *names)
{
    const rs_trace *trace = items->trace;
    bool good = true;
    for (size_t l = 0; l < trace->net->layers && good; l++)
        good = append_layer(items, l, true);
    if (good && trace->dx)
        good = append_steps(items, "", "dx", trace->net->inputs, trace->dx);
    for (size_t k = 0; k < trace->net->blocks_n && good; k++)
        good = append_gradient(items, k, gradient, names);
    return good;
}

rs_status rs_trace_list(rs_trace_items *items, const rs_trace *trace, const double *gradient,
                        const rs_model_file *names, const rs_extra *extra, size_t extra_n,
                        rs_error *err)
{
    const rs_net *net = trace->net;
    const size_t most = 4 + 2 * net->layers * net->cell->channels_n + net->blocks_n + extra_n;
    *items = (rs_trace_items){.trace = trace};
    items->item = rs_alloc(most, sizeof *items->item, "the list of a trace's tensors", err);
    if (!items->item)
        return RS_INTERNAL;
    bool good = append_values(items, gradient != NULL);
    if (good && gradient)
        good = append_derivatives(items, gradient, names);
    for (size_t k = 0; k < extra_n && good; k++)
        good = append(items, "", extra[k].name, extra[k].dims_n > 0 && extra[k].dims[0] == trace->T,
                      extra[k]);
    if (good)
        return RS_OK;
    rs_trace_items_free(items);
    return rs_fail(err, RS_INTERNAL, "out of memory: the list of a trace's tensors");
}

void rs_trace_items_free(rs_trace_items *items)
{
    for (size_t k = 0; k < items->n; k++)
        free(items->item[k].name);
    free(items->item);
    *items = (rs_trace_items){0};
}
