#include "viz/app/live.h"

#include "base/memory.h"
#include "viz/app/live_view.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double frame = 1. / 40, look_elsewhere = .25, look_at_weights = .1; /* seconds */

struct live {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void (*wake)(void *context);
    void *context;
    /* wishes, written by the window's thread */
    computed *from; /* to begin with this; NULL once it is taken */
    bool fixed, end, running, stopping, wants_now, tuned;
    size_t steps, go_to;
    double rate, clip;
    /* written by the training's thread, under the lock but for learning_update */
    learning *learning;
    bool working; /* in an update, or making the trainers: the learning is not to be touched */
    trained *now; /* asked for by wants_now */
    char problem[512];
    bool news;
    double woken, began;
    uint64_t began_at; /* update: for the updates a second */
};

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* --- the training's thread ----------------------------------------------------------------- */

/* With the lock: tells the window, if it has not been told a moment ago or if it must be. */
static void tell(live *l, bool now)
{
    const double t = seconds_now();
    l->news = true;
    if (l->wake && (now || t - l->woken >= frame)) {
        l->woken = t;
        l->wake(l->context);
    }
}

static void complain(live *l, const rs_error *err)
{
    (void)snprintf(l->problem, sizeof l->problem, "%s", err->text);
    l->running = false;
    l->steps = 0;
    tell(l, true);
}

/* With the lock, which is given up meanwhile. */
static void begin(live *l)
{
    rs_error err = {0};
    computed *from = l->from;
    learning *old = l->learning;
    const bool fixed = l->fixed; /* wishes, and the window may wish something else meanwhile */
    const double rate = l->rate, clip = l->clip;
    l->from = NULL;
    l->learning = NULL;
    l->working = true;
    (void)pthread_mutex_unlock(&l->lock);
    learning_free(old);
    learning *new = learning_new(from, fixed, rate, clip, &err);
    compute_release(from);
    (void)pthread_mutex_lock(&l->lock);
    l->working = false;
    l->learning = new;
    l->began_at = 0;
    l->began = seconds_now();
    if (!new)
        complain(l, &err);
}

static void end(live *l)
{
    learning *old = l->learning;
    l->learning = NULL;
    l->end = false;
    (void)pthread_mutex_unlock(&l->lock);
    learning_free(old);
    (void)pthread_mutex_lock(&l->lock);
}

/* With the lock: what is quickly done; whether there was any. */
static bool serve(live *l)
{
    rs_error err = {0};
    if (l->end) {
        end(l);
    } else if (l->from) {
        begin(l);
    } else if (l->learning && l->go_to <= LEARNING_MOMENTS) {
        learning_go_to(l->learning, l->go_to);
        l->go_to = SIZE_MAX;
        tell(l, true);
    } else if (l->learning && l->tuned) {
        l->tuned = false;
        if (learning_tune(l->learning, l->rate, l->clip, &err) != RS_OK)
            complain(l, &err);
    } else if (l->learning && l->wants_now) {
        l->wants_now = false;
        trained_release(l->now);
        l->now = learning_at(l->learning, LEARNING_NOW);
        tell(l, true);
    } else {
        return false;
    }
    return true;
}

/* With the lock, which is given up during the update. */
static void update(live *l)
{
    rs_error err = {0};
    l->working = true;
    (void)pthread_mutex_unlock(&l->lock);
    const rs_status status = learning_update(l->learning, &err);
    (void)pthread_mutex_lock(&l->lock);
    l->working = false;
    if (status != RS_OK) {
        complain(l, &err);
        return;
    }
    learning_record(l->learning);
    if (l->steps > 0)
        l->steps--;
    tell(l, !l->running && l->steps == 0);
}

static void *run(void *argument)
{
    live *l = argument;
    (void)pthread_mutex_lock(&l->lock);
    while (!l->stopping) {
        if (serve(l))
            continue;
        if (l->learning && (l->running || l->steps > 0))
            update(l);
        else
            (void)pthread_cond_wait(&l->changed, &l->lock);
    }
    (void)pthread_mutex_unlock(&l->lock);
    return NULL;
}

live *live_start(void (*wake)(void *context), void *context, rs_error *err)
{
    live *l = rs_alloc(1, sizeof *l, "the training", err);
    if (!l)
        return NULL;
    l->wake = wake;
    l->context = context;
    l->go_to = SIZE_MAX;
    (void)pthread_mutex_init(&l->lock, NULL);
    (void)pthread_cond_init(&l->changed, NULL);
    if (pthread_create(&l->thread, NULL, run, l) == 0)
        return l;
    (void)rs_fail(err, RS_INTERNAL, "a thread for the training could not be started");
    (void)pthread_cond_destroy(&l->changed);
    (void)pthread_mutex_destroy(&l->lock);
    free(l);
    return NULL;
}

void live_stop(live *l)
{
    if (!l)
        return;
    (void)pthread_mutex_lock(&l->lock);
    l->stopping = true;
    (void)pthread_cond_broadcast(&l->changed);
    (void)pthread_mutex_unlock(&l->lock);
    (void)pthread_join(l->thread, NULL);
    learning_free(l->learning);
    compute_release(l->from);
    trained_release(l->now);
    (void)pthread_cond_destroy(&l->changed);
    (void)pthread_mutex_destroy(&l->lock);
    free(l);
}

bool live_busy(live *l)
{
    (void)pthread_mutex_lock(&l->lock);
    const bool resting = !l->running;
    const bool busy =
        l->from || l->end ||
        (resting && (l->steps > 0 || l->wants_now || l->now || l->news || l->working));
    (void)pthread_mutex_unlock(&l->lock);
    return busy;
}

/* --- the window's thread ------------------------------------------------------------------- */

/* With the lock: the app's wishes become the thread's. */
static void tell_wishes(live *l, app *a)
{
    app_training *t = &a->training;
    const double clip = a->scene.number[SCENE_CLIP];
    const double rate = a->scene.number[SCENE_LEARNING_RATE];
    if (t->ended) {
        l->end = l->learning != NULL || l->from != NULL || l->working;
        compute_release(l->from);
        l->from = NULL;
        trained_release(l->now); /* of the network before */
        l->now = NULL;
        l->running = l->wants_now = l->news = false;
        l->steps = 0;
        l->go_to = SIZE_MAX;
        t->ended = false;
    }
    l->tuned = l->tuned || l->rate != rate || l->clip != (clip > 0 ? clip : 0);
    l->rate = rate;
    l->clip = clip > 0 ? clip : 0;
    if (!t->begun && (t->running || t->steps > 0) && a->shown_is_new) {
        compute_release(l->from);
        l->from = compute_hold(a->shown);
        l->fixed = a->base.data || a->scene.data[0];
        t->begun = true;
    }
    if (!t->begun)
        return;
    if ((t->running || t->steps > 0) && t->moment < t->moments_n) {
        l->go_to = t->moment; /* on from there */
        t->moment = LEARNING_NOW;
    }
    if (t->running && !l->running && l->learning && !l->working) {
        l->began = seconds_now();
        l->began_at = learning_updates(l->learning);
    }
    l->running = t->running;
    l->steps += t->steps;
    t->steps = 0;
}

/* With the lock: its curves, and the weights at the moment that is shown. */
static void *view_of(const live *l, const app *a)
{
    const app_training *t = &a->training;
    const trained *weights = t->moment >= t->moments_n && t->weights ? t->weights : t->shown;
    return live_view_of(learning_log(l->learning), learning_from(l->learning), &a->scene, weights,
                        a->pinned.cell);
}

/* With the lock and the learning at rest: curves, moments, speed. */
static void take_log(live *l, app *a)
{
    app_training *t = &a->training;
    t->updates = learning_updates(l->learning);
    t->moments_n = learning_moments(l->learning, t->moment_update);
    const double seconds = seconds_now() - l->began;
    if (l->running && seconds > .2)
        t->per_second = (double)(t->updates - l->began_at) / seconds;
    if (t->wants_pin) {
        if (a->training_ghost)
            live_view.free(a->training_ghost);
        a->training_ghost = view_of(l, a);
        t->wants_pin = false;
    }
    for (size_t k = 0; k < a->panels_n; k++)
        if (a->panels[k].view == &live_view) {
            void *data = view_of(l, a);
            if (!data)
                continue;
            if (a->panels[k].data)
                a->panels[k].view->free(a->panels[k].data);
            a->panels[k].data = data;
            a->panels[k].layout.n = 0; /* what it pointed to is gone */
            a->panels[k].dirty = true;
        }
    a->wants_frame = true;
}

static bool page_is_training(const app *a)
{
    return a->panels_n > 0 && a->panels[0].view == &live_view;
}

/* With the lock: the parameters that all pages show. */
static void take_parameters(live *l, app *a)
{
    app_training *t = &a->training;
    trained *new = NULL;
    if (t->moved && t->moment < t->moments_n) {
        new = learning_at(l->learning, t->moment);
        t->moved = false;
    } else if (l->now) {
        new = t->moment >= t->moments_n ? trained_hold(l->now) : NULL;
        trained_release(l->now);
        l->now = NULL;
        l->news = true;
    }
    if (new) {
        t->wants_log = true; /* its histograms */
        trained_release(t->weights);
        t->weights = t->running && page_is_training(a) ? new : NULL;
        if (!t->weights) /* on its own page nothing else is computed from it while it runs */
            app_show_trained(a, new);
    }
    const uint64_t shown = t->shown ? t->shown->updates : 0;
    const double now = seconds_now();
    const bool rested = !t->running && l->steps == 0;
    const bool due =
        rested || (page_is_training(a) ? now - t->shown_at > look_at_weights
                                       : a->shown_is_new && now - t->shown_at > look_elsewhere);
    if (t->moment >= t->moments_n && shown != t->updates && due && !l->wants_now && !l->now) {
        l->wants_now = true;
        t->shown_at = now;
    }
    t->moved = false;
}

void live_follow(live *l, app *a)
{
    (void)pthread_mutex_lock(&l->lock);
    tell_wishes(l, a);
    if (a->training.begun && l->problem[0]) {
        app_say(a, true, "%s", l->problem);
        a->training.running = false;
        a->training.begun = l->learning != NULL;
    }
    l->problem[0] = '\0';
    const bool readable = a->training.begun && l->learning && !l->from && !l->end;
    l->news = l->news && (readable || l->from || l->working);
    if (readable && (l->news || a->training.wants_log || a->training.wants_pin)) {
        l->news = a->training.wants_log = false;
        take_log(l, a);
    }
    if (readable)
        take_parameters(l, a);
    if (readable && a->training.wants_log) {
        a->training.wants_log = false;
        take_log(l, a);
    }
    (void)pthread_cond_broadcast(&l->changed);
    (void)pthread_mutex_unlock(&l->lock);
}
