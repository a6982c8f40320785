#include "viz/plots/weights.h"

#include "viz/plots/view.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many values lie in each bin of [−most, most]; x and y [2·WEIGHT_BINS] as a staircase. */
static void count(const double *values, size_t n, double most, double *x, double *y)
{
    size_t bin[WEIGHT_BINS] = {0};
    for (size_t k = 0; k < n; k++) {
        const double place = (values[k] / most + 1) / 2 * WEIGHT_BINS;
        if (place >= 0 && place <= WEIGHT_BINS)
            bin[place < WEIGHT_BINS ? (size_t)place : WEIGHT_BINS - 1]++;
    }
    for (size_t k = 0; k < WEIGHT_BINS; k++) {
        x[2 * k] = most * (2 * (double)k / WEIGHT_BINS - 1);
        x[2 * k + 1] = most * (2 * (double)(k + 1) / WEIGHT_BINS - 1);
        y[2 * k] = y[2 * k + 1] = (double)bin[k];
    }
}

void weights_histogram(curves *to, const double *began, const double *now, size_t n, ink_kind ink)
{
    double most = 0;
    for (size_t k = 0; k < n; k++)
        most = fmax(most, fmax(isfinite(began[k]) ? fabs(began[k]) : 0,
                               isfinite(now[k]) ? fabs(now[k]) : 0));
    most = most > 0 ? most * 1.02 : 1;
    double *x = to->numbers, *before = x + 2 * WEIGHT_BINS, *after = before + 2 * WEIGHT_BINS;
    count(began, n, most, x, before);
    count(now, n, most, x, after);
    curve *new = curves_add(to, "now", after, 2 * WEIGHT_BINS, ink, DASH_NONE);
    if (new) {
        new->x = x;
        new->fill = .22;
    }
    curve *old = curves_add(to, "start", before, 2 * WEIGHT_BINS, INK_GREY, DASH_LONG);
    if (old)
        old->x = x;
}

static const struct {
    const char *title, *note;
    rs_block_kind kind[2];
} groups[WEIGHT_GROUPS] = {
    {"Input weights", "$W_{ih}$", {RS_WEIGHT_IH, RS_WEIGHT_IH}},
    {"Recurrent weights", "$W_{hh}$", {RS_WEIGHT_HH, RS_WEIGHT_HH}},
    {"Biases", "$b_{ih}$, $b_{hh}$", {RS_BIAS_IH, RS_BIAS_HH}},
    {"Readout", "$W_{hy}$, $b_y$", {RS_READOUT_WEIGHT, RS_READOUT_BIAS}},
};

size_t weights_of_group(const rs_net *net, size_t group, const double *parameters, double *values)
{
    size_t n = 0;
    for (size_t k = 0; k < net->blocks_n; k++) {
        const rs_block *block = &net->blocks[k];
        if (block->kind != groups[group].kind[0] && block->kind != groups[group].kind[1])
            continue;
        if (values)
            memcpy(values + n, parameters + block->offset,
                   block->rows * block->cols * sizeof *values);
        n += block->rows * block->cols;
    }
    return n;
}

static rs_status add_group(panels *p, rect place, const rs_net *net, size_t group,
                           const double *began, const double *now, ink_kind ink, rs_error *err)
{
    const size_t n = weights_of_group(net, group, began, NULL);
    double *values = rs_alloc(2 * n, sizeof *values, "the weights", err);
    curves *to = values ? panels_add(p, place, WEIGHT_NUMBERS, err) : NULL;
    if (to) {
        (void)snprintf(to->title, sizeof to->title, "%s", groups[group].title);
        (void)snprintf(to->note, sizeof to->note, "%s", groups[group].note);
        (void)snprintf(to->x_name, sizeof to->x_name, "value");
        (void)weights_of_group(net, group, began, values);
        (void)weights_of_group(net, group, now, values + n);
        weights_histogram(to, values, values + n, n, ink);
    }
    free(values);
    return to ? RS_OK : RS_INTERNAL;
}

rs_status weights_add(panels *p, rect place, const rs_net *net, const double *began,
                      const double *now, ink_kind ink, rs_error *err)
{
    size_t n = 0, k = 0;
    rs_status status = RS_OK;
    for (size_t group = 0; group < WEIGHT_GROUPS; group++)
        n += weights_of_group(net, group, began, NULL) > 0;
    for (size_t group = 0; group < WEIGHT_GROUPS && !status; group++)
        if (weights_of_group(net, group, began, NULL) > 0)
            status = add_group(p, part_of_row(place, k++, n, 0), net, group, began, now, ink, err);
    return status;
}
