/* The slow plain twin: the cells' equations and their backpropagation through time as a textbook
 * writes them, one layer, a unit at a time, sharing no code with the library. */
#ifndef TWIN_H
#define TWIN_H

#include <stddef.h>

/* One layer on one sequence. Rows of the weights are torch's: [G·H][I], [G·H][H], [G·H]. */
typedef struct twin {
    const char *cell;
    size_t T, I, H;
    const double *W, *U, *b_ih, *b_hh;
    const double *x;       /* [T][I] */
    const double *h0, *c0; /* [H]; c0 for lstm */
    double *h, *c;         /* [T][H], filled in by twin_forward */
    const double *dh;      /* [T][H] what the loss sends to each h_t directly */
    /* filled in by twin_backward; the first four are added to */
    double *dW, *dU, *db_ih, *db_hh;
    double *dx;        /* [T][I] */
    double *dh0, *dc0; /* [H] */
} twin;

enum { TWIN_MOST = 16 }; /* H at most */

void twin_forward(twin *w);

/* After twin_forward. */
void twin_backward(twin *w);

#endif
