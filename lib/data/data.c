#include "data/data.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static rs_status make_answers(rs_data *data, rs_error *err)
{
    size_t n = 0;
    const size_t width = data->loss.kind == RS_XENT ? 1 : data->O;
    if (!rs_multiply(data->loss.last ? 1 : data->T, data->B, &n) || !rs_multiply(n, width, &n))
        return rs_fail(err, RS_INTERNAL, "out of memory: the targets do not fit");
    if (data->loss.kind == RS_XENT) {
        data->loss.label = data->label = rs_alloc(n, sizeof *data->label, "the labels", err);
        for (size_t k = 0; data->label && k < n; k++)
            data->label[k] = -1;
        return data->label ? RS_OK : RS_INTERNAL;
    }
    data->loss.target = data->target = rs_alloc(n, sizeof *data->target, "the targets", err);
    return data->target ? RS_OK : RS_INTERNAL;
}

rs_status rs_data_make(rs_data *data, size_t T, size_t B, size_t I, size_t O, rs_loss_kind loss,
                       bool last, rs_error *err)
{
    size_t n = 0;
    *data = (rs_data){.T = T, .B = B, .I = I, .O = O, .loss = {.kind = loss, .last = last}};
    if (T == 0 || B == 0 || I == 0 || (O == 0 && loss != RS_NO_LOSS))
        return rs_fail(err, RS_USAGE,
                       "%zu steps, %zu sequences, %zu inputs, %zu outputs: expected at least 1", T,
                       B, I, O);
    if (!rs_multiply(T, B, &n) || !rs_multiply(n, I, &n))
        return rs_fail(err, RS_INTERNAL, "out of memory: %zu steps of %zu sequences do not fit", T,
                       B);
    data->x = rs_alloc(n, sizeof *data->x, "the input", err);
    rs_status status = data->x ? RS_OK : RS_INTERNAL;
    if (status == RS_OK && loss != RS_NO_LOSS)
        status = make_answers(data, err);
    if (status != RS_OK)
        rs_data_free(data);
    return status;
}

void rs_data_free(rs_data *data)
{
    free(data->x);
    free(data->target);
    free(data->label);
    free(data->h0);
    free(data->c0);
    *data = (rs_data){0};
}

static size_t states_of(const rs_cell *cell)
{
    size_t n = 0;
    for (size_t k = 0; k < cell->channels_n; k++)
        n += cell->channels[k].role == RS_STATE;
    return n;
}

rs_status rs_data_fits(const rs_data *data, const rs_net *net, rs_error *err)
{
    const size_t width = rs_net_width(net);
    if (data->I != net->inputs)
        return rs_fail(err, RS_USAGE, "the data has %zu inputs, the network %zu", data->I,
                       net->inputs);
    if (data->loss.kind != RS_NO_LOSS && data->O != width)
        return rs_fail(err, RS_USAGE, "the data asks for %zu outputs, the network has %zu", data->O,
                       width);
    if (!data->h0 && !data->c0)
        return RS_OK;
    if (data->layers != net->layers || data->hidden != net->hidden)
        return rs_fail(err, RS_USAGE,
                       "the initial state is for %zu layers of %zu units, the network has %zu of "
                       "%zu",
                       data->layers, data->hidden, net->layers, net->hidden);
    if (data->c0 && states_of(net->cell) < 2)
        return rs_fail(err, RS_USAGE, "c0: the cell %s has no second state", net->cell->name);
    return RS_OK;
}

#include "base/as_float.h"
#include "data/start_typed.h"
#include "base/as_double.h"
#include "data/start_typed.h"
#include "base/no_type.h"
