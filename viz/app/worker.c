#include "viz/app/worker.h"

#include "base/memory.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_RESULTS = 64 };

struct worker {
    worker_job job;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void *request; /* waiting, or NULL */
    bool working, stopping;
    void *results[MOST_RESULTS]; /* a ring, oldest at `first` */
    size_t first, results_n;
};

static void *run(void *argument)
{
    worker *w = argument;
    (void)pthread_mutex_lock(&w->lock);
    while (!w->stopping) {
        if (!w->request) {
            (void)pthread_cond_wait(&w->changed, &w->lock);
            continue;
        }
        void *request = w->request;
        w->request = NULL;
        w->working = true;
        (void)pthread_mutex_unlock(&w->lock);
        w->job.work(w, request, w->job.context);
        w->job.free_request(request);
        (void)pthread_mutex_lock(&w->lock);
        w->working = false;
        (void)pthread_cond_broadcast(&w->changed);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

worker *worker_start(worker_job job, rs_error *err)
{
    worker *w = rs_alloc(1, sizeof *w, "the worker", err);
    if (!w)
        return NULL;
    w->job = job;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->changed, NULL);
    if (pthread_create(&w->thread, NULL, run, w) != 0) {
        (void)rs_fail(err, RS_INTERNAL, "a thread for the computations could not be started");
        (void)pthread_cond_destroy(&w->changed);
        (void)pthread_mutex_destroy(&w->lock);
        free(w);
        return NULL;
    }
    return w;
}

void worker_stop(worker *w)
{
    if (!w)
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->stopping = true;
    (void)pthread_cond_broadcast(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->thread, NULL);
    if (w->request)
        w->job.free_request(w->request);
    for (void *result = worker_fetch(w); result; result = worker_fetch(w))
        w->job.free_result(result);
    (void)pthread_cond_destroy(&w->changed);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

void worker_ask(worker *w, void *request)
{
    (void)pthread_mutex_lock(&w->lock);
    void *dropped = w->request;
    w->request = request;
    (void)pthread_cond_broadcast(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
    if (dropped)
        w->job.free_request(dropped);
}

bool worker_stale(worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    bool stale = w->request != NULL || w->stopping;
    (void)pthread_mutex_unlock(&w->lock);
    return stale;
}

void worker_publish(worker *w, void *result)
{
    void *dropped = NULL;
    (void)pthread_mutex_lock(&w->lock);
    if (w->results_n == MOST_RESULTS) { /* nobody fetches: the oldest goes */
        dropped = w->results[w->first];
        w->first = (w->first + 1) % MOST_RESULTS;
        w->results_n--;
    }
    w->results[(w->first + w->results_n++) % MOST_RESULTS] = result;
    (void)pthread_cond_broadcast(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
    if (dropped)
        w->job.free_result(dropped);
    if (w->job.wake)
        w->job.wake(w->job.context);
}

void *worker_fetch(worker *w)
{
    void *result = NULL;
    (void)pthread_mutex_lock(&w->lock);
    if (w->results_n > 0) {
        result = w->results[w->first];
        w->first = (w->first + 1) % MOST_RESULTS;
        w->results_n--;
    }
    (void)pthread_mutex_unlock(&w->lock);
    return result;
}

bool worker_busy(worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    bool busy = w->request || w->working || w->results_n > 0;
    (void)pthread_mutex_unlock(&w->lock);
    return busy;
}

bool worker_wait(worker *w, double milliseconds)
{
    struct timespec until;
    int code = 0;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    long nanoseconds =
        until.tv_nsec + (long)((milliseconds - (double)(long)(milliseconds / 1e3) * 1e3) * 1e6);
    until.tv_sec += (time_t)(milliseconds / 1e3) + nanoseconds / 1000000000L;
    until.tv_nsec = nanoseconds % 1000000000L;
    (void)pthread_mutex_lock(&w->lock);
    while (w->results_n == 0 && (w->request || w->working) && code != ETIMEDOUT)
        code = pthread_cond_timedwait(&w->changed, &w->lock, &until);
    bool done = w->results_n > 0 || !(w->request || w->working);
    (void)pthread_mutex_unlock(&w->lock);
    return done;
}
