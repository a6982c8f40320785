/* part of network/trace.h, once a number type; to read it, take real = double */

/* One layer's part of a trace. A channel's step t, sequence b, unit u is at [(t·B + b)·H + u]. A
 * state has one more step before step 0, its initial value: value[k] − B·H, and d[k] − B·H its
 * derivative. */
typedef struct rs_layer {
    real *a;  /* [T][B][G][H] pre-activations; not RS_KEEP_ALL: overwritten by da */
    real *da; /* [T][B][G][H] their total derivatives */
    real *value[RS_MAX_CHANNELS]; /* [T][B][H] */
    real *d[RS_MAX_CHANNELS]; /* [T][B][H] total derivatives; not RS_KEEP_ALL: of states and inner
             channels only; NULL for caches */
} rs_layer;

typedef struct rs_trace {
    const rs_net *net; /* not owned */
    size_t T, B;
    rs_keep keep;
    real *x;         /* [T][B][I] the input, filled in by the caller */
    real *dx;        /* [T][B][I]; lean: NULL */
    real *y;         /* [T][B][O] logits; without a readout the h of the top layer itself */
    real *dy;        /* [T][B][O]; likewise */
    rs_layer *layer; /* [L] */
    real *loss_at;   /* [T] the share of each step in the loss */
    real
        loss; /* their sum, in the order of time, plus the term on the last state if there is one */
    real *numbers;          /* the one array in which all of the above lie, [numbers_n] */
    size_t numbers_n, room; /* room ≥ numbers_n: what the array holds */
    size_t layers_room, steps_room;
    real *packed[RS_MAX_STAGES]; /* for each stage with a product, W_hh's rows of it as the pass
                                    wants them (base/packed.h); NULL for short traces */
    real *scratch;               /* [RS_MAX_CHANNELS][B][H] derivatives that last one step */
    rs_step *steps;              /* [B] the step of each sequence as the cell sees it */
    const double *last_state; /* rs_loss.last_state of the last rs_loss_forward, for rs_backward */
} rs_trace;

/* A zeroed trace for T steps of B sequences, NULL with err if it cannot be had. The caller frees
 * it, and keeps the net alive until then. */
rs_trace *rs_trace_new(const rs_net *net, size_t T, size_t B, rs_keep keep, rs_error *err);
/* A new trace in the memory of an old one, for fresh memory may cost more time than a pass: initial
 * states are zero, everything else is what it was until the caller or a pass writes it. The old net
 * may be gone. False, and nothing done, if there is too little room. */
bool rs_trace_again(rs_trace *trace, const rs_net *net, size_t T, size_t B, rs_keep keep);
void rs_trace_free(rs_trace *trace);

/* Called, where given, in every step of rs_forward after a stage's product and after its equations.
 * It may change trace->layer[layer].a or the channels just made, at step t: that is how the checker
 * puts a small imaginary part on one value. */
typedef struct rs_touch {
    void (*call)(void *context, rs_trace *trace, size_t layer, size_t t, size_t stage,
                 rs_moment moment);
    void *context;
} rs_touch;

/* Runs the net over time: from x and the initial states to every channel and y.
 * parameters: [net.parameters_n]. touch may be NULL. */
void rs_forward(rs_trace *trace, const real *parameters, const rs_touch *touch);

/* The loss of trace->y: sets loss, loss_at and, unless complex, dy. The arrays of the loss must
 * outlive the next rs_backward. */
void rs_loss_forward(rs_trace *trace, const rs_loss *loss);

#ifndef RS_COMPLEX
/* Backpropagation through time, after rs_loss_forward or with dy filled in by the caller: every
 * total derivative of the trace (of initial states too), and into gradient [net.parameters_n] it
 * *adds* dL/dθ; NULL if it is not wanted. truncate = k > 0 cuts the gradient (not the states)
 * between steps t−1 and t wherever k divides t ≥ 1 (Williams & Peng 1990, chunks of k); 0 never. */
void rs_backward(rs_trace *trace, const real *parameters, real *gradient, size_t truncate);
#endif
