/* The sum that the gradient of a parameter block is, right or changed. Inside the checker;
 * diagnose_block.c holds the claimed gradient against it. */
#ifndef RS_BLOCK_SUM_H
#define RS_BLOCK_SUM_H

#include "gradcheck/diagnose.h"

/* One diagnosis of a block at work. */
typedef struct rs_block_sum {
    const rs_checking *checking;
    const rs_trace *d;
    const rs_block *block;
    size_t rows, cols;
    double *w;                         /* [cols] */
    double *claimed, *expected, *room; /* [rows], times w */
    double *candidate;                 /* [rows] */
    bool *wrong;                       /* [rows] */
    size_t first, last;                /* wrong rows, first ≤ r < last */
    rs_check_finding *finding;
    rs_phrase *what; /* that the finding says */
} rs_block_sum;

/* How a block's sum is changed. */
typedef struct rs_block_variant {
    bool other; /* takes the derivative `from` (unit by unit) */
    rs_place from;
    bool of_gates; /* takes the derivative of the gate, not of its pre-activation */
    long from_shift, shift;
    long channel;        /* source; −1: the right one */
    long layer;          /* whose output is the source; −1: the right one */
    bool no_initial;     /* the values before step 0 count nothing */
    bool only;           /* only … or without the step or sequence below */
    long step, sequence; /* −1: none */
} rs_block_variant;

/* The sum as it is. */
extern const rs_block_variant rs_block_plain;

/* The product of a gate's recurrent rows. */
const rs_product *rs_block_product(const rs_cell *cell, size_t gate);

bool rs_block_is_recurrent(const rs_block_sum *s);
bool rs_block_is_readout(const rs_block_sum *s);

/* The derivative that a row of the block belongs to. */
rs_place rs_block_place(const rs_block_sum *s, size_t row);

/* Whether s->candidate gives the claimed rows, all the wrong ones. */
bool rs_block_gives_claimed(const rs_block_sum *s);

/* Whether the changed sum does. */
bool rs_block_explains(const rs_block_sum *s, const rs_block_variant *v);

#endif
