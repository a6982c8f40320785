#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MAX_THREADS = 256 };

bool rs_stopped(const rs_stop *stop) { return stop && stop->asked(stop->context); }

typedef struct queue {
    atomic_size_t next;
    size_t n;
    void (*work)(void *context, size_t k);
    void *context;
} queue;

static void *drain(void *argument)
{
    queue *q = argument;
    for (size_t k = atomic_fetch_add(&q->next, 1); k < q->n; k = atomic_fetch_add(&q->next, 1))
        q->work(q->context, k);
    return NULL;
}

void rs_parallel(size_t n, size_t threads, void (*work)(void *context, size_t k), void *context)
{
    queue q = {.n = n, .work = work, .context = context};
    pthread_t thread[MAX_THREADS];
    size_t started = 0;
    if (threads == 0)
        threads = rs_processors();
    if (threads > n)
        threads = n;
    if (threads > MAX_THREADS)
        threads = MAX_THREADS;
    while (started + 1 < threads && pthread_create(&thread[started], NULL, drain, &q) == 0)
        started++;
    (void)drain(&q);
    for (size_t k = 0; k < started; k++)
        (void)pthread_join(thread[k], NULL);
}

size_t rs_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}
