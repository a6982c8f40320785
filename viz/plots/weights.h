/* How a network's weights are distributed: now, and as they began. */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include "viz/plots/panels.h"

#include "network/net.h"

enum { WEIGHT_BINS = 40, WEIGHT_NUMBERS = 6 * WEIGHT_BINS };

/* Two curves into a panel with room for WEIGHT_NUMBERS numbers: how many of n values lie in each of
 * WEIGHT_BINS bins, at the beginning (an outline) and now (filled). What is not finite lies in
 * none. */
void weights_histogram(curves *to, const double *began, const double *now, size_t n, ink_kind ink);

/* The values of all blocks of one group (0: W_ih, 1: W_hh, 2: biases, 3: readout) one after the
 * other into values, which may be NULL; returns how many. */
enum { WEIGHT_GROUPS = 4 };
size_t weights_of_group(const rs_net *net, size_t group, const double *parameters, double *values);

/* A panel for each group that the net has, beside each other in place. */
rs_status weights_add(panels *p, rect place, const rs_net *net, const double *began,
                      const double *now, ink_kind ink, rs_error *err);

#endif
