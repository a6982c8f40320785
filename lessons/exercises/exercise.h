/* What the functions of the exercises are given.
 *
 * Matrices are row-major, [rows][cols] at row·cols + col. I inputs, H units. Gates lie one under
 * the other in the order of the name: rows 0 … H−1 of the LSTM's U, W, b and da are gate i's, H …
 * 2H−1 gate f's, then g, then o. Names with d are derivatives of the loss: dh is dL/dh_t.
 *
 * A backward function is called for one step of one sequence at a time, the last step first. What
 * it finds in dh (and in dc) is complete but for what the function itself has to add. It *sets*
 * the derivatives marked "set", and *adds* to those marked "add": other steps add there too. */
#ifndef EXERCISE_H
#define EXERCISE_H

#include <math.h>
#include <stddef.h>

/* h_t = tanh(a), a = U x_t + W h_{t−1} + b */
typedef struct rnn_forward {
    size_t I, H;
    const double *U, *W, *b; /* [H][I], [H][H], [H] */
    const double *x;         /* [I] x_t */
    const double *h_before;  /* [H] h_{t−1} */
    double *h;               /* [H] set */
} rnn_forward;

/* The same, backwards. */
typedef struct rnn_step {
    size_t I, H;
    const double *U, *W;        /* [H][I], [H][H] */
    const double *x;            /* [I] */
    const double *h_before, *h; /* [H] h_{t−1}, h_t */
    const double *dh;           /* [H] */
    double *da;                 /* [H] set */
    double *dx, *dh_before;     /* [I], [H] add */
    double *dU, *dW, *db;       /* [H][I], [H][H], [H] add */
} rnn_step;

/* a = U x_t + W h_{t−1} + b; i, f, o = σ(a_i), σ(a_f), σ(a_o); g = tanh(a_g);
 * c_t = f c_{t−1} + i g; h_t = o tanh(c_t) */
typedef struct lstm_step {
    size_t I, H;
    const double *U, *W;                /* [4H][I], [4H][H] */
    const double *x;                    /* [I] */
    const double *h_before, *c_before;  /* [H] h_{t−1}, c_{t−1} */
    const double *i, *f, *g, *o, *c;    /* [H] of step t */
    const double *dh;                   /* [H] */
    double *dc;                         /* [H] add; holds what came from step t+1 */
    double *di, *df, *dg, *d_o;         /* [H] set */
    double *da;                         /* [4H] set, in the order i f g o */
    double *dx, *dh_before, *dc_before; /* [I], [H], [H] add */
    double *dU, *dW, *db;               /* [4H][I], [4H][H], [4H] add */
} lstm_step;

/* a = U x_t + b;  r = σ(a_r + W_r h_{t−1} + b'_r);  z = σ(a_z + W_z h_{t−1} + b'_z);
 * m = W_n h_{t−1} + b'_n;  n = tanh(a_n + r m);  h_t = (1 − z) n + z h_{t−1}
 * The candidate has two sides: da_n is what U and b get, dm what W_n and b'_n get. */
typedef struct gru_step {
    size_t I, H;
    const double *U, *W;         /* [3H][I], [3H][H] */
    const double *x;             /* [I] */
    const double *h_before;      /* [H] */
    const double *r, *z, *n, *m; /* [H] of step t */
    const double *dh;            /* [H] */
    double *dr, *dz, *dn, *dm;   /* [H] set */
    double *da;                  /* [3H] set, in the order r z n */
    double *dx, *dh_before;      /* [I], [H] add */
    double *dU, *db;             /* [3H][I], [3H] add */
    double *dW, *db_recurrent;   /* [3H][H], [3H] add */
} gru_step;

void rnn_forward_step(const rnn_forward *s);
void rnn_backward_step(const rnn_step *s);
void lstm_backward_step(const lstm_step *s);
void gru_backward_step(const gru_step *s);

/* df/dx, to nine digits for functions whose scale is that of x. */
double derivative(double (*f)(double x), double x);

/* Scales gradient [n] down to the norm `limit` if it is longer; returns the norm it had. */
double clip_norm(double *gradient, size_t n, double limit);

#endif
