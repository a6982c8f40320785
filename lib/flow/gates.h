/* What the gates do: saturation, slopes, dead and stuck units.
 *
 * A gate that is shut or wide open has a slope near zero, and what has no slope does not learn
 * (σ′ = σ(1−σ) ≤ ¼). The picture of shares below .1 and above .9, a dot a unit, is that of
 * Karpathy, Johnson & Li 2015, fig. 2; for a channel of range (low, high) the limits are a tenth
 * and nine tenths of the way, and without a bound there are none (NaN). */
#ifndef RS_GATES_H
#define RS_GATES_H

#include "network/trace.h"

typedef struct rs_gate_unit {
    double mean, least, most; /* of the channel's values over time and sequences */
    double low, high;         /* share of them below .1 and above .9 of its range */
    double slope;             /* mean of the activation's derivative, d channel / d pre-activation;
                                 NaN if the channel is not made from one */
} rs_gate_unit;

/* unit [H]: of channel k of a layer. Slopes come from the cell's own backward function. */
rs_status rs_flow_gate(const rs_trace *trace, size_t layer, size_t channel, rs_gate_unit *unit,
                       rs_error *err);

/* The same for all units together (mean of means, least of leasts, …). */
rs_gate_unit rs_flow_gate_mean(const rs_gate_unit *unit, size_t H);

/* Units whose output says nothing: dead, |h| ≤ tolerance at all times; stuck, not dead but h never
 * moves by more than tolerance. Where both counts' arrays are wanted: kind [H], may be NULL. */
typedef enum rs_unit_kind { RS_ALIVE, RS_DEAD, RS_STUCK } rs_unit_kind;
typedef struct rs_unit_counts {
    size_t dead, stuck;
} rs_unit_counts;
rs_unit_counts rs_flow_units(const rs_trace *trace, size_t layer, double tolerance,
                             rs_unit_kind *kind);

#endif
