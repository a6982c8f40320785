/* A trace as a file for other programs. The ending of the path chooses the format.
 *
 * Tensors, in this order (T steps, B sequences):
 *     loss                scalar                     only with a gradient
 *     x                   [T][B][I]
 *     y                   [T][B][O]                  logits; without a readout h of the top layer
 *     h.l0 c.l0 i.l0 …    [T][B][H]                  each state and gate of the cell, each layer
 *     dh.l0 dc.l0 …       [T][B][H]                  total derivatives of the loss by each state
 *     dx                  [T][B][I]
 *     grad.NAME           the shape of NAME          NAME as it stands in the model's file
 *     extra               as given                   jacobian.l0 [T], credit.l0 [T][T]
 * Without a gradient the trace is forward only: no loss, no derivatives.
 *
 * .safetensors  F64; __metadata__.cell names the cell.
 * .json         one object, keys are the names above, values nested arrays of the shape above;
 *               "__metadata__": {"cell": …}. JSON has no NaN or Inf: they are the strings "NaN",
 *               "Infinity", "-Infinity", which float() and Number() take.
 * .csv          tidy: t,b,layer,channel,unit,value, a row a number; what does not apply is empty.
 *               channel is the name without ".lK", which goes to layer; unit counts the rest of the
 *               shape row by row, so of grad.NAME [r][c] it is r·cols + c, and of credit.l0 [t][k]
 *               it is k. NaN and Inf are nan, inf, -inf.
 * Numbers in text are the digits that give back the same bits. */
#ifndef RS_TRACE_FILE_H
#define RS_TRACE_FILE_H

#include "files/model_file.h"
#include "network/trace.h"

/* Another tensor for the file: its first dimension is time, of three the second is the batch. */
typedef rs_named_array rs_extra;

/* Writes a trace. gradient [net.parameters_n], or NULL: forward only; names: of the model's file,
 * or NULL for our own; extra: [extra_n]. Of a lean trace there is no dx. RS_WRITE; RS_USAGE for
 * another ending. */
rs_status rs_trace_write(const char *path, const rs_trace *trace, const double *gradient,
                         const rs_model_file *names, const rs_extra *extra, size_t extra_n,
                         rs_error *err);

#endif
