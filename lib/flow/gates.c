/* Statistics of a channel, a unit at a time; slopes by the cell's own backward functions. */
#include "flow/gates.h"

#include "base/memory.h"
#include "flow/rows.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* The gate whose pre-activation makes the channel, or gates_n; the stage that does so. */
static size_t gate_of(const rs_cell *cell, size_t channel, const rs_stage **stage)
{
    size_t gate = 0;
    while (gate < cell->gates_n && cell->gates[gate] != (int)channel)
        gate++;
    for (size_t k = 0; k < cell->stages_n; k++)
        if (cell->stages[k].writes >> channel & 1)
            *stage = &cell->stages[k];
    return gate;
}

/* Values: mean, range, shares. Without both bounds nothing is low or high. */
static void count(const rs_trace *trace, size_t layer, size_t channel, rs_gate_unit *unit)
{
    const rs_channel *c = &trace->net->cell->channels[channel];
    const size_t H = trace->net->hidden, n = trace->T * trace->B;
    const double low = c->low + 0.1 * (c->high - c->low), high = c->low + 0.9 * (c->high - c->low);
    const bool bounded = isfinite(c->low) && isfinite(c->high);
    for (size_t u = 0; u < H; u++)
        unit[u] = (rs_gate_unit){.least = INFINITY, .most = -INFINITY, .slope = NAN};
    for (size_t r = 0; r < n; r++) {
        const double *value = trace->layer[layer].value[channel] + r * H;
        for (size_t u = 0; u < H; u++) {
            unit[u].mean += value[u];
            unit[u].least = fmin(unit[u].least, value[u]);
            unit[u].most = fmax(unit[u].most, value[u]);
            unit[u].low += value[u] < low ? 1 : 0;
            unit[u].high += value[u] > high ? 1 : 0;
        }
    }
    for (size_t u = 0; u < H; u++) {
        unit[u].mean /= (double)n;
        unit[u].low = bounded ? unit[u].low / (double)n : NAN;
        unit[u].high = bounded ? unit[u].high / (double)n : NAN;
    }
}

/* With the channel's derivative 1, the pre-activation's is the slope of the activation. */
static void add_slopes(rs_rows *row, const rs_stage *stage, size_t channel, size_t gate,
                       rs_gate_unit *unit)
{
    const size_t H = row->trace->net->hidden;
    rs_rows_zero_sums(row, 1);
    for (size_t k = 0; k < row->trace->net->cell->channels_n; k++)
        for (size_t u = 0; u < H; u++)
            row->d[k][u] = k == channel ? 1 : 0;
    rs_rows_equations(row, stage, 1);
    for (size_t u = 0; u < H; u++)
        unit[u].slope += row->da[gate * H + u];
}

rs_status rs_flow_gate(const rs_trace *trace, size_t layer, size_t channel, rs_gate_unit *unit,
                       rs_error *err)
{
    const rs_cell *cell = trace->net->cell;
    const size_t H = trace->net->hidden, n = trace->T * trace->B;
    const rs_stage *stage = NULL;
    rs_rows row = {0};
    if (channel >= cell->channels_n)
        return rs_fail(err, RS_USAGE, "channel %zu: expected one below %zu", channel,
                       cell->channels_n);
    rs_status status = rs_rows_new(&row, trace, NULL, layer, 1, err);
    const size_t gate = gate_of(cell, channel, &stage);
    if (status == RS_OK)
        count(trace, layer, channel, unit);
    if (status == RS_OK && gate < cell->gates_n && stage) {
        for (size_t u = 0; u < H; u++)
            unit[u].slope = 0;
        for (row.at[0] = 0; row.at[0] < n; row.at[0]++)
            add_slopes(&row, stage, channel, gate, unit);
        for (size_t u = 0; u < H; u++)
            unit[u].slope /= (double)n;
    }
    rs_rows_free(&row);
    return status;
}

rs_gate_unit rs_flow_gate_mean(const rs_gate_unit *unit, size_t H)
{
    rs_gate_unit all = {.least = INFINITY, .most = -INFINITY};
    for (size_t u = 0; u < H; u++) {
        all.mean += unit[u].mean / (double)H;
        all.low += unit[u].low / (double)H;
        all.high += unit[u].high / (double)H;
        all.slope += unit[u].slope / (double)H;
        all.least = fmin(all.least, unit[u].least);
        all.most = fmax(all.most, unit[u].most);
    }
    return all;
}

rs_unit_counts rs_flow_units(const rs_trace *trace, size_t layer, double tolerance,
                             rs_unit_kind *kind)
{
    const size_t H = trace->net->hidden, n = trace->T * trace->B;
    const double *h = trace->layer[layer].value[RS_H]; /* [T·B][H] */
    rs_unit_counts counts = {0};
    for (size_t u = 0; u < H; u++) {
        double least = INFINITY, most = -INFINITY;
        for (size_t r = 0; r < n; r++) {
            least = fmin(least, h[r * H + u]);
            most = fmax(most, h[r * H + u]);
        }
        const bool dead = fmax(fabs(least), fabs(most)) <= tolerance;
        const bool stuck = !dead && most - least <= tolerance;
        counts.dead += dead ? 1 : 0;
        counts.stuck += stuck ? 1 : 0;
        if (kind)
            kind[u] = dead ? RS_DEAD : stuck ? RS_STUCK : RS_ALIVE;
    }
    return counts;
}
