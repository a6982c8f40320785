/* The store of compute.h's spare traces, as compute.c uses it; from any thread. */
#ifndef SPARES_H
#define SPARES_H

#include "lessons/engine/compute.h"

/* A trace of RS_KEEP_ALL, as of rs_trace_again or rs_trace_new. spares may be NULL. */
rs_trace *spares_take(compute_spares *spares, const rs_net *net, size_t T, size_t B, rs_error *err);
/* Keeps the trace for later, or frees it; either may be NULL. */
void spares_give(compute_spares *spares, rs_trace *trace);

#endif
