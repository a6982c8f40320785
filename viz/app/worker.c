#include "viz/app/worker.h"

#include "base/memory.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_RESULTS = 64 };

/* A request on its way through the two threads. */
typedef struct stage {
    pthread_t thread;
    void *request; /* waiting, or NULL */
    bool working;
} stage;

struct worker {
    worker_job job;
    stage first, second;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    void *results[MOST_RESULTS]; /* a ring, oldest at `oldest` */
    size_t oldest, results_n;
};

/* With the lock: the request waits for the stage, and what waited there before is returned. */
static void *put(worker *w, stage *to, void *request)
{
    void *dropped = to->request;
    to->request = request;
    (void)pthread_cond_broadcast(&w->changed);
    return dropped;
}

/* With the lock: the next request of a stage, which then works; NULL when the worker stops. */
static void *next(worker *w, stage *of)
{
    while (!w->stopping && !of->request)
        (void)pthread_cond_wait(&w->changed, &w->lock);
    if (w->stopping)
        return NULL;
    void *request = of->request;
    of->request = NULL;
    of->working = true;
    return request;
}

/* With the lock, which is given up meanwhile. */
static void release(worker *w, void *request)
{
    if (!request)
        return;
    (void)pthread_mutex_unlock(&w->lock);
    w->job.free_request(request);
    (void)pthread_mutex_lock(&w->lock);
}

static void *run_first(void *argument)
{
    worker *w = argument;
    (void)pthread_mutex_lock(&w->lock);
    for (void *request = next(w, &w->first); request; request = next(w, &w->first)) {
        (void)pthread_mutex_unlock(&w->lock);
        w->job.work(w, request, w->job.context);
        (void)pthread_mutex_lock(&w->lock);
        void *done_with = w->job.follow ? put(w, &w->second, request) : request;
        w->first.working = false; /* before the lock is given up, or what follows were overtaken */
        (void)pthread_cond_broadcast(&w->changed);
        release(w, done_with);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void *run_second(void *argument)
{
    worker *w = argument;
    (void)pthread_mutex_lock(&w->lock);
    for (void *request = next(w, &w->second); request; request = next(w, &w->second)) {
        (void)pthread_mutex_unlock(&w->lock);
        w->job.follow(w, request, w->job.context);
        (void)pthread_mutex_lock(&w->lock);
        release(w, request);
        w->second.working = false;
        (void)pthread_cond_broadcast(&w->changed);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void stop_and_join(worker *w, bool second)
{
    (void)pthread_mutex_lock(&w->lock);
    w->stopping = true;
    (void)pthread_cond_broadcast(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->first.thread, NULL);
    if (second)
        (void)pthread_join(w->second.thread, NULL);
}

static void destroy(worker *w)
{
    (void)pthread_cond_destroy(&w->changed);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

worker *worker_start(worker_job job, rs_error *err)
{
    worker *w = rs_alloc(1, sizeof *w, "the worker", err);
    if (!w)
        return NULL;
    w->job = job;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->changed, NULL);
    const bool first = pthread_create(&w->first.thread, NULL, run_first, w) == 0;
    if (first && (!job.follow || pthread_create(&w->second.thread, NULL, run_second, w) == 0))
        return w;
    (void)rs_fail(err, RS_INTERNAL, "a thread for the computations could not be started");
    if (first)
        stop_and_join(w, false);
    destroy(w);
    return NULL;
}

void worker_stop(worker *w)
{
    if (!w)
        return;
    stop_and_join(w, w->job.follow != NULL);
    void *const waiting[] = {w->first.request, w->second.request};
    for (size_t k = 0; k < 2; k++)
        if (waiting[k])
            w->job.free_request(waiting[k]);
    for (void *result = worker_fetch(w); result; result = worker_fetch(w))
        w->job.free_result(result);
    destroy(w);
}

void worker_ask(worker *w, void *request)
{
    (void)pthread_mutex_lock(&w->lock);
    void *dropped = put(w, &w->first, request);
    (void)pthread_mutex_unlock(&w->lock);
    if (dropped)
        w->job.free_request(dropped);
}

bool worker_stale(worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    const bool stale = w->first.request || w->stopping;
    (void)pthread_mutex_unlock(&w->lock);
    return stale;
}

bool worker_overtaken(worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    const bool newer = w->first.request || w->first.working || w->second.request;
    const bool overtaken = newer || w->stopping;
    (void)pthread_mutex_unlock(&w->lock);
    return overtaken;
}

/* With the lock: whether a request waits or is being worked on. */
static bool at_work(const worker *w)
{
    return w->first.request || w->first.working || w->second.request || w->second.working;
}

void worker_publish(worker *w, void *result)
{
    void *dropped = NULL;
    (void)pthread_mutex_lock(&w->lock);
    if (w->results_n == MOST_RESULTS) { /* nobody fetches: the oldest goes */
        dropped = w->results[w->oldest];
        w->oldest = (w->oldest + 1) % MOST_RESULTS;
        w->results_n--;
    }
    w->results[(w->oldest + w->results_n++) % MOST_RESULTS] = result;
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
        result = w->results[w->oldest];
        w->oldest = (w->oldest + 1) % MOST_RESULTS;
        w->results_n--;
    }
    (void)pthread_mutex_unlock(&w->lock);
    return result;
}

bool worker_busy(worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    const bool busy = at_work(w) || w->results_n > 0;
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
    while (w->results_n == 0 && at_work(w) && code != ETIMEDOUT)
        code = pthread_cond_timedwait(&w->changed, &w->lock, &until);
    const bool done = w->results_n > 0 || !at_work(w);
    (void)pthread_mutex_unlock(&w->lock);
    return done;
}
