/* Inside of lib/files: a trace as a list of named tensors, the same for all formats. */
#ifndef RS_TRACE_ITEMS_H
#define RS_TRACE_ITEMS_H

#include "files/trace_file.h"

typedef struct rs_trace_item {
    char *name; /* owned */
    rs_named_array array;
    bool over_time; /* its first dimension is t, of three the second is b */
} rs_trace_item;

typedef struct rs_trace_items {
    const rs_trace *trace;
    size_t n;
    rs_trace_item *item; /* [n] */
} rs_trace_items;

/* Lists what rs_trace_write writes; the arguments are the same. RS_INTERNAL: out of memory. */
rs_status rs_trace_list(rs_trace_items *items, const rs_trace *trace, const double *gradient,
                        const rs_model_file *names, const rs_extra *extra, size_t extra_n,
                        rs_error *err);
void rs_trace_items_free(rs_trace_items *items);

/* The list as text. Errors of the stream are left to its owner. */
void rs_trace_csv(FILE *stream, const rs_trace_items *items);
void rs_trace_json(FILE *stream, const rs_trace_items *items);

#endif
