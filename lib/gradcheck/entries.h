/* Every entry of a gradient by complex step, fast.
 *
 * One forward pass an entry would be the plain way (rs_reference_parameter). But all these passes
 * share their real parts, and only the imaginary ones differ: a stepped W_ij adds iε·source_j to
 * one pre-activation at each step, and what it sets going is small. So the probes of many entries
 * run as one batch of imaginary parts: products are real matrix products of [probes·B][H] with the
 * same W, and equations multiply by the slopes that a complex step on the cell's forward functions
 * has found once for all of them (linear.h). Nothing runs backwards. The order of cost is that of
 * one matrix product of the number of entries, T·H·G·H each. */
#ifndef RS_ENTRIES_H
#define RS_ENTRIES_H

#include "gradcheck/linear.h"

typedef struct rs_entries_options {
    size_t threads; /* 0: one a processor */
    size_t memory;  /* bytes that one thread's probes may take; 0: 64 MiB */
    void (*progress)(void *context, double share); /* from any thread, one at a time; may be NULL */
    void *progress_context;
} rs_entries_options;

/* gradient [parameters_n], dx [T][B][I] and dstate [L][states][B][H] (initial states), set, not
 * added to; each may be NULL. The same bits whatever the number of threads.
 * RS_INTERNAL: no memory. */
rs_status rs_entries(const rs_linear *linear, const rs_entries_options *options, double *gradient,
                     double *dx, double *dstate, rs_error *err);

/* The number of probes that takes. */
size_t rs_entries_n(const rs_net *net, size_t T, size_t B, int inputs_too);

#endif
