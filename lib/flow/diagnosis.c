/* The diagnosis in plain words: measures of the other files, made into sentences. */
#include "flow/diagnosis.h"

#include "base/memory.h"
#include "base/scalar.h"
#include "flow/gates.h"
#include "flow/norms.h"
#include "flow/paths.h"
#include "flow/spectrum.h"
#include "network/init.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct patient {
    const rs_trace *trace;
    const double *parameters;
    size_t layer;
    bool backward;
    double *room; /* [T][routes], also [T] */
    rs_gate_unit *unit;
    rs_diagnosis *diagnosis;
    rs_error *err;
} patient;

/* Adds a finding; its sentence begins with the layer where there are several. */
static void found(const patient *p, rs_finding_code code, int channel, const double value[4],
                  const char *format, ...) RS_PRINTF(5, 6);
static void found(const patient *p, rs_finding_code code, int channel, const double value[4],
                  const char *format, ...)
{
    size_t used = 0;
    va_list arguments;
    if (p->diagnosis->n == RS_MAX_FINDINGS)
        return;
    rs_finding *finding = &p->diagnosis->finding[p->diagnosis->n++];
    *finding = (rs_finding){.code = code, .layer = p->layer, .channel = channel};
    memcpy(finding->value, value, sizeof finding->value);
    if (p->trace->net->layers > 1)
        used = (size_t)snprintf(finding->text, sizeof finding->text, "layer %zu: ", p->layer);
    va_start(arguments, format);
    (void)vsnprintf(finding->text + used, sizeof finding->text - used, format, arguments);
    va_end(arguments);
}

/* "forget gate" of "forget gate: how much …" into text[64]. */
static const char *name_of(const patient *p, int channel, char text[64])
{
    const char *meaning = p->trace->net->cell->channels[channel].meaning;
    (void)snprintf(text, 64, "%.*s", (int)strcspn(meaning, ":"), meaning);
    return text;
}

/* The first NaN or Inf in a state, at the step where it appears; true if there is one. */
static bool not_finite(const patient *p)
{
    const rs_cell *cell = p->trace->net->cell;
    const size_t BH = p->trace->B * p->trace->net->hidden;
    for (size_t t = 0; t < p->trace->T; t++)
        for (size_t k = 0; k < cell->channels_n; k++)
            for (size_t j = 0; j < BH && cell->channels[k].role == RS_STATE; j++) {
                const double v = p->trace->layer[p->layer].value[k][t * BH + j];
                if (isfinite(v))
                    continue;
                found(p, RS_FOUND_NOT_FINITE, (int)k, (double[4]){(double)t},
                      "%s is %g from step %zu on: nothing after it can be computed",
                      cell->channels[k].symbol, v, t);
                return true;
            }
    return false;
}

static void change_of_size(const patient *p, double factor_ln, size_t n)
{
    const double log10_factor = factor_ln / log(10);
    const double steps = (double)n * log(2) / fabs(factor_ln);
    if (fabs(factor_ln) < log(2))
        found(p, RS_FOUND_STEADY, -1, (double[4]){log10_factor, (double)n},
              "the gradient keeps its size: over %zu steps back it is multiplied by %.3g", n,
              exp(factor_ln));
    else if (factor_ln < 0)
        found(p, RS_FOUND_HALVES, -1, (double[4]){steps, log10_factor, (double)n},
              "the gradient halves every %.3g steps on its way back; over %zu steps it is "
              "multiplied by 10^%.1f",
              steps, n, log10_factor);
    else
        found(p, RS_FOUND_DOUBLES, -1, (double[4]){steps, log10_factor, (double)n},
              "the gradient doubles every %.3g steps on its way back; over %zu steps it is "
              "multiplied by 10^%.1f",
              steps, n, log10_factor);
}

static rs_status way_back(const patient *p)
{
    const size_t T = p->trace->T;
    const rs_status status = rs_flow_carry(p->trace, p->parameters, p->layer, p->room, p->err);
    if (status != RS_OK || T < 2)
        return status;
    for (size_t t = T; t-- > 0;)
        if (p->room[t] == -INFINITY) {
            found(p, RS_FOUND_DIES_AT_ONCE, -1, (double[4]){(double)t},
                  "a gradient from the last step is exactly zero at step %zu", t);
            return RS_OK;
        }
    /* in the first step back what h alone held joins the other states: not part of the rate */
    const size_t from = T > 2 ? T - 2 : T - 1;
    change_of_size(p, p->room[0] - p->room[from], from);
    return RS_OK;
}

/* What the loss really sends: zeros and underflow of |dL/dh_t|. */
static rs_status from_loss(const patient *p)
{
    const rs_status status = rs_flow_norms(p->trace, p->layer, RS_H, p->room, p->err);
    size_t last = p->trace->T;
    while (status == RS_OK && last > 0 && p->room[last - 1] == 0)
        last--;
    if (status == RS_OK && last == 0)
        found(p, RS_FOUND_NO_GRADIENT, -1, (double[4]){0},
              "the loss sends no gradient here: dL/dh is exactly 0 at every step");
    for (size_t t = last; t-- > 0 && status == RS_OK;)
        if (p->room[t] < DBL_MIN) {
            found(p, RS_FOUND_UNDERFLOW, -1, (double[4]){(double)t},
                  "dL/dh underflows at step %zu: what is before it learns nothing from this loss",
                  t);
            break;
        }
    return status;
}

/* Mean of ln σ(a + shift) over the gate's values f = σ(a), every `stride`th. */
static double mean_log(const double *f, size_t n, size_t stride, double shift)
{
    double sum = 0, count = 0;
    for (size_t k = 0; k < n; k += stride, count++) /* ln σ(a) = −softplus(−a), −a = ln (1−f)/f */
        sum -= rs_softplus(log((1 - f[k]) / f[k]) - shift);
    return sum / count;
}

/* The shift of all pre-activations with which the gate bridges T steps. */
static double shift_needed(const double *f, size_t n, size_t stride, double T)
{
    double low = 0, high = 1;
    while (mean_log(f, n, stride, high) < -1 / T && high < 1000)
        high *= 2;
    for (int k = 0; k < 60; k++) {
        const double middle = (low + high) / 2;
        *(mean_log(f, n, stride, middle) < -1 / T ? &low : &high) = middle;
    }
    return high;
}

/* Mean over units of what the cell sees as this gate's bias, b_ih + b_hh. */
static double mean_bias(const patient *p, size_t gate)
{
    const rs_net *net = p->trace->net;
    const rs_block_kind kinds[] = {RS_BIAS_IH, RS_BIAS_HH};
    double sum = 0;
    for (size_t k = 0; k < 2; k++) {
        const rs_block *block = rs_net_block(net, kinds[k], p->layer);
        for (size_t u = 0; u < net->hidden && block; u++)
            sum += p->parameters[block->offset + gate * net->hidden + u];
    }
    return sum / (double)net->hidden;
}

/* For two decimals: what would print as −0.00 is 0. */
static double unsigned_zero(double x) { return fabs(x) < 0.005 ? 0 : x; }

static void bridge(const patient *p, size_t gate)
{
    enum { MOST = 16384 };
    const int channel = p->trace->net->cell->gates[gate];
    const size_t n = p->trace->T * p->trace->B * p->trace->net->hidden, stride = n / MOST + 1;
    const double *f = p->trace->layer[p->layer].value[channel];
    const double steps = -1 / mean_log(f, n, stride, 0), T = (double)p->trace->T;
    const double bias = mean_bias(p, gate);
    char name[64];
    if (steps >= T) {
        found(p, RS_FOUND_BRIDGES, channel, (double[4]){steps, bias, T},
              "the %s bridges %.3g steps on the direct way (1/e is left), and the sequence has %g",
              name_of(p, channel, name), steps, T);
        return;
    }
    const double needed = bias + shift_needed(f, n, stride, T);
    found(p, RS_FOUND_BRIDGE, channel, (double[4]){steps, bias, needed, T},
          "the %s bridges %.3g steps on the direct way (1/e is left); a bias of %.2f instead of "
          "%.2f would bridge all %g",
          name_of(p, channel, name), steps, needed, unsigned_zero(bias), T);
}

static void saturated(const patient *p, int channel)
{
    const size_t H = p->trace->net->hidden;
    double shut = 0, open = 0;
    char name[64];
    for (size_t u = 0; u < H; u++) {
        shut += p->unit[u].low >= 0.5 ? 1 / (double)H : 0;
        open += p->unit[u].high >= 0.5 ? 1 / (double)H : 0;
    }
    if (shut + open >= 0.25)
        found(p, RS_FOUND_SATURATED, channel, (double[4]){shut, open},
              "%s: %.0f %% of the units are at the low end of their range half of the time or "
              "more, %.0f %% at the high end, where they hardly learn",
              name_of(p, channel, name), 100 * shut, 100 * open);
}

static rs_status gates(const patient *p)
{
    const rs_cell *cell = p->trace->net->cell;
    char name[64];
    for (size_t gate = 0; gate < cell->gates_n; gate++) {
        const int channel = cell->gates[gate];
        const rs_status status = rs_flow_gate(p->trace, p->layer, (size_t)channel, p->unit, p->err);
        if (status != RS_OK)
            return status;
        const rs_gate_unit all = rs_flow_gate_mean(p->unit, p->trace->net->hidden);
        found(p, RS_FOUND_GATE, channel, (double[4]){all.mean, all.low, all.high, all.slope},
              "%s: mean %.2f, mean slope %.3f", name_of(p, channel, name), unsigned_zero(all.mean),
              all.slope);
        saturated(p, channel);
        if (cell->keep_gates >> gate & 1)
            bridge(p, gate);
    }
    return RS_OK;
}

static void units(const patient *p)
{
    const double H = (double)p->trace->net->hidden;
    const rs_unit_counts counts = rs_flow_units(p->trace, p->layer, 1e-3, NULL);
    if (counts.dead > 0)
        found(p, RS_FOUND_DEAD, -1, (double[4]){(double)counts.dead, H},
              "%zu of %g units are dead: |h| never exceeds 0.001", counts.dead, H);
    if (counts.stuck > 0)
        found(p, RS_FOUND_STUCK, -1, (double[4]){(double)counts.stuck, H},
              "%zu of %g units are stuck: h never moves by more than 0.001", counts.stuck, H);
}

/* Where W_hh is the whole of a step's linear part: a cell with one gate. */
static rs_status radius(const patient *p)
{
    const rs_net *net = p->trace->net;
    if (net->cell->gates_n > 1)
        return RS_OK;
    const double *W = rs_recurrent_block(net, p->parameters, p->layer, 0);
    double rho = 0, norm = 0;
    rs_status status = rs_spectral_radius(W, net->hidden, &rho, p->err);
    if (status == RS_OK)
        status = rs_spectral_norm(W, net->hidden, &norm, p->err);
    if (status == RS_OK)
        found(p, RS_FOUND_RADIUS, -1, (double[4]){rho, norm},
              "W_hh has spectral radius %.3g and largest singular value %.3g%s", rho, norm,
              norm < 1 ? ": with it below 1 every gradient vanishes" : "");
    return status;
}

/* The mean over steps of each route's part in the sum of the routes' sizes. */
static rs_status routes(const patient *p)
{
    const rs_cell *cell = p->trace->net->cell;
    const size_t n = rs_routes(cell), T = p->trace->T;
    double part[1 + RS_MAX_GATES] = {0};
    char name[64];
    const rs_status status =
        rs_flow_route_norms(p->trace, p->parameters, p->layer, p->room, NULL, p->err);
    if (status != RS_OK || n < 3)
        return status;
    for (size_t t = 0; t < T; t++) {
        double sum = 0;
        for (size_t r = 0; r < n; r++)
            sum += p->room[t * n + r];
        for (size_t r = 0; r < n && sum > 0 && isfinite(sum); r++)
            part[r] += p->room[t * n + r] / sum / (double)T;
    }
    size_t most = 1;
    for (size_t r = 2; r < n; r++)
        most = part[r] > part[most] ? r : most;
    found(p, RS_FOUND_ROUTE, rs_route_channel(cell, most), (double[4]){part[0], part[most]},
          "of what goes a step back, %.0f %% goes the direct way and %.0f %% through the %s",
          100 * part[0], 100 * part[most], rs_route_name(cell, most, name, sizeof name));
    return status;
}

/* Mean |∂h_t/∂s_t| of state s, the stage's that makes h. */
static rs_status slope_to_h(const patient *p, size_t channel, double *slope)
{
    enum { MOST = 4096 };
    const rs_cell *cell = p->trace->net->cell;
    const size_t H = p->trace->net->hidden, n = p->trace->T * p->trace->B, stride = n / MOST + 1;
    rs_rows row;
    double sum = 0, count = 0;
    const rs_status status = rs_rows_new(&row, p->trace, p->parameters, p->layer, 1, p->err);
    for (size_t r = 0; r < n && status == RS_OK; r += stride) {
        row.at[0] = r;
        for (size_t u = 0; u < H; u++) {
            row.d[RS_H][u] = 1;
            row.d[channel][u] = 0;
        }
        for (size_t k = 0; k < cell->stages_n; k++)
            if (cell->stages[k].writes >> RS_H & 1)
                rs_rows_equations(&row, &cell->stages[k], 1);
        for (size_t u = 0; u < H; u++, count++)
            sum += fabs(row.d[channel][u]);
    }
    *slope = sum / count;
    rs_rows_free(&row);
    return status;
}

static rs_status unbounded_states(const patient *p)
{
    const rs_cell *cell = p->trace->net->cell;
    const size_t n = p->trace->T * p->trace->B * p->trace->net->hidden;
    rs_status status = RS_OK;
    char name[64];
    for (size_t k = 1; k < cell->channels_n && status == RS_OK; k++) {
        double size = 0, slope = 0;
        if (cell->channels[k].role != RS_STATE || isfinite(cell->channels[k].high))
            continue;
        for (size_t j = 0; j < n; j++)
            size += fabs(p->trace->layer[p->layer].value[k][j]) / (double)n;
        status = slope_to_h(p, k, &slope);
        found(p, RS_FOUND_STATE, (int)k, (double[4]){size, slope},
              "%s: |%s| averages %.3g, and %.3g of what reaches h goes on to it",
              name_of(p, (int)k, name), cell->channels[k].symbol, size, slope);
    }
    return status;
}

static rs_status diagnose_layer(const patient *p)
{
    if (not_finite(p))
        return RS_OK;
    rs_status status = way_back(p);
    if (status == RS_OK && p->backward)
        status = from_loss(p);
    if (status == RS_OK)
        status = radius(p);
    if (status == RS_OK)
        status = gates(p);
    if (status == RS_OK)
        units(p);
    if (status == RS_OK)
        status = unbounded_states(p);
    if (status == RS_OK && p->backward)
        status = routes(p);
    return status;
}

rs_status rs_flow_diagnose(const rs_trace *trace, const double *parameters, bool backward,
                           rs_diagnosis *diagnosis, rs_error *err)
{
    patient p = {.trace = trace,
                 .parameters = parameters,
                 .backward = backward,
                 .diagnosis = diagnosis,
                 .err = err};
    diagnosis->n = 0;
    p.room = rs_alloc(trace->T, rs_routes(trace->net->cell) * sizeof *p.room, "the diagnosis", err);
    p.unit = rs_alloc(trace->net->hidden, sizeof *p.unit, "the diagnosis", err);
    rs_status status = p.room && p.unit ? RS_OK : RS_INTERNAL;
    for (; p.layer < trace->net->layers && status == RS_OK; p.layer++)
        status = diagnose_layer(&p);
    free(p.room);
    free(p.unit);
    return status;
}
