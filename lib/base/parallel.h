/* Threads over independent work. */
#ifndef RS_PARALLEL_H
#define RS_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

/* Somebody who may no longer want a long computation, and is asked now and then, from any thread;
 * what is stopped returns RS_INTERRUPTED. NULL stands for nobody. */
typedef struct rs_stop {
    bool (*asked)(void *context);
    void *context;
} rs_stop;
bool rs_stopped(const rs_stop *stop);

/* Calls work(context, k) once for each k in 0 … n−1 on at most `threads` threads (0: one a
 * processor), the calling thread included; returns when all are done. Which thread runs which k is
 * not fixed, so work(k) must depend on k alone and write where no other k writes: then the result
 * has the same bits with any number of threads. Where threads cannot be started, the calling thread
 * does the work. */
void rs_parallel(size_t n, size_t threads, void (*work)(void *context, size_t k), void *context);

/* The number of processors online, at least 1. */
size_t rs_processors(void);

#endif
