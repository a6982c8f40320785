/* The trace: one record of one pass, and the two passes that fill it.
 *
 * For each layer it holds each channel of the cell over time, batch and units, and beside each the
 * total derivative of the loss. All that looks at a pass (files, flow, check, plots) reads the
 * trace.
 *
 *     rs_trace *trace = rs_trace_new(&net, T, B, RS_KEEP_ALL, &err);
 *     memcpy(trace->x, x, ...);                  the input; initial states are zero unless set
 *     rs_forward(trace, parameters, NULL);
 *     rs_loss_forward(trace, &loss);             trace->loss, and dL/dy in trace->dy
 *     rs_backward(trace, parameters, gradient, 0);
 *     rs_trace_free(trace);
 *
 * All of this exists for three number types: rs_trace is double, rs_trace_f float and rs_trace_z
 * double complex, and so each function (the backward pass not for complex). */
#ifndef RS_TRACE_H
#define RS_TRACE_H

#include "network/loss.h"
#include "network/net.h"

/* What a trace keeps. The lean one is for training: derivatives of gates last one step only, the
 * derivatives of the pre-activations take the place of the pre-activations, and there is no dx.
 * RS_KEEP_DX is the lean one and dx. Gradients of parameters, initial states and inputs are the
 * same bits whichever is kept. */
typedef enum rs_keep { RS_KEEP_LEAN, RS_KEEP_DX, RS_KEEP_ALL } rs_keep;

/* Bytes that rs_trace_new takes for numbers of `number` bytes (sizeof(double)); SIZE_MAX if more
 * than can be counted. RS_KEEP_ALL: for each step and sequence I·2 + O·2 + 1 + L·H·(2G + channels +
 * those of them with a derivative) numbers; and from 16 steps on a copy of a layer's W_hh. */
size_t rs_trace_bytes(const rs_net *net, size_t T, size_t B, rs_keep keep, size_t number);

/* Where in a step a touch function (see rs_forward) is called. */
typedef enum rs_moment {
    RS_AFTER_PRODUCT,  /* the stage's product is in a, or in its channel */
    RS_AFTER_EQUATIONS /* the stage's channels are made */
} rs_moment;

#include "base/as_float.h"
#include "network/trace_typed.h"
#include "base/as_complex.h"
#include "network/trace_typed.h"
#include "base/as_double.h"
#include "network/trace_typed.h"
#include "base/no_type.h"

/* Copies every number of `from` into `to`, which is a trace of the same net, T, B and keep; so that
 * what was computed in single precision can be looked at like any other trace. */
void rs_trace_widen(rs_trace *to, const rs_trace_f *from);

#endif
