/* Training of what is on the screen: every cell of a computation, on equal batches, a trainer each;
 * what happened in each update, and moments to go back to. No threads here: live.h has one.
 *
 * Batches are drawn anew from the scene's task; where the data is a file's or written by hand, it
 * is the same batch at each update.
 *
 * Memory is bounded: of rows at most LEARNING_ROWS are kept, two made one when there are more (the
 * mean loss, the larger norms); of moments at most LEARNING_MOMENTS and LEARNING_BYTES, every
 * second dropped when there are more. */
#ifndef LEARNING_H
#define LEARNING_H

#include "lessons/engine/compute.h"
#include "train/train.h"

enum { LEARNING_ROWS = 2048, LEARNING_MOMENTS = 64 };
#define LEARNING_BYTES ((size_t)256 << 20)

/* The parameters of every cell at one moment; held by whoever shows or computes with them. */
typedef struct trained {
    uint64_t updates;
    size_t cells_n;
    double *parameters[SCENE_CELLS];
    atomic_int holders;
} trained;
/* Held once, without parameters; NULL without memory. */
trained *trained_new(uint64_t updates, size_t cells_n);
trained *trained_hold(trained *t); /* t may be NULL */
void trained_release(trained *t);  /* t may be NULL */

typedef enum learning_what {
    LEARNING_LOSS,
    LEARNING_NORM,
    LEARNING_CLIPPED,
    LEARNINGS
} learning_what;

typedef struct learning_rows {
    size_t n, stride; /* a row stands for `stride` updates, the last one perhaps for fewer */
    size_t in_last;   /* updates in the last row */
    size_t cells_n;
    double value[SCENE_CELLS][LEARNINGS][LEARNING_ROWS];
} learning_rows;

/* One more update; values [cells_n][LEARNINGS]. */
void learning_rows_add(learning_rows *rows, double value[SCENE_CELLS][LEARNINGS]);
/* Only the first so many updates remain (to the stride). */
void learning_rows_cut(learning_rows *rows, uint64_t updates);

typedef struct learning learning;

/* Trainers for the cells of `from`, which is held meanwhile, beginning with its parameters. clip 0:
 * no clipping. fixed: the data is not the scene's task but a file's. RS_USAGE without a target. */
learning *learning_new(computed *from, bool fixed, double rate, double clip, rs_error *err);
void learning_free(learning *l); /* l may be NULL */

/* One update of every cell: the long work. RS_FAILED: a cell diverged, err says which and where;
 * all of them are as they were before. */
rs_status learning_update(learning *l, rs_error *err);
/* Writes down what the last update was, and keeps a moment if one is due: short, so that whoever
 * reads rows and moments need only be kept out meanwhile. */
void learning_record(learning *l);

rs_status learning_tune(learning *l, double rate, double clip, rs_error *err);

/* What it began with. */
const computed *learning_from(const learning *l);
const learning_rows *learning_log(const learning *l);
uint64_t learning_updates(const learning *l);
/* The moments' updates, rising, the first 0; into updates; returns how many. */
size_t learning_moments(const learning *l, uint64_t updates[LEARNING_MOMENTS]);
/* The parameters at a moment, or now (LEARNING_NOW); NULL without memory. */
enum { LEARNING_NOW = LEARNING_MOMENTS };
trained *learning_at(const learning *l, size_t moment);
/* Goes on from a moment; what came after is forgotten. */
void learning_go_to(learning *l, size_t moment);

#endif
