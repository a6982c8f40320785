#include "viz/app/exercise_watch.h"

#include "viz/app/column.h"
#include "viz/app/exercise_view.h"
#include "viz/app/worker.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* By what a file that was saved is told from what it was; all zero: it is not there. */
typedef struct version {
    struct timespec time;
    off_t size;
} version;

struct exercise_watch {
    worker *worker;
    char program[LIBRARY_PATH]; /* empty: the one that runs */
    void (*wake)(void *context);
    void *wake_context;
    const exercise *e; /* that `saved` is of */
    version saved;     /* the file's when it was checked last, or taken up */
    size_t asked;      /* checks */
};

/* A request, and then its result. */
typedef struct check {
    size_t number; /* from 1 */
    const exercise *e;
    char lessons[LIBRARY_PATH], path[LIBRARY_PATH];
    rs_error err;
    exercise_result result;
    char *source;
} check;

static void free_check(void *argument)
{
    check *c = argument;
    exercise_result_free(&c->result);
    free(c->source);
    free(c);
}

static bool stale(void *worker_) { return worker_stale(worker_); }

/* The text is read first: what is shown beside the verdict is what was judged, or older. */
static void work(worker *w, void *argument, void *context)
{
    const check *asked = argument;
    const exercise_watch *watch = context;
    check *c = calloc(1, sizeof *c);
    if (!c)
        return;
    *c = *asked;
    c->source = exercise_desk_read(c->path);
    const exercise_job job = {.e = c->e,
                              .lessons = c->lessons,
                              .source = c->path,
                              .program = watch->program[0] ? watch->program : NULL,
                              .give_up = stale,
                              .context = w};
    if (exercise_run(&job, &c->result, &c->err) == RS_INTERRUPTED)
        free_check(c);
    else
        worker_publish(w, c);
}

static void wake(void *context)
{
    exercise_watch *w = context;
    if (w->wake)
        w->wake(w->wake_context);
}

exercise_watch *exercise_watch_start(const char *program, void (*on_result)(void *context),
                                     void *context, rs_error *err)
{
    exercise_watch *w = rs_alloc(1, sizeof *w, "the exercises", err);
    if (!w)
        return NULL;
    w->wake = on_result;
    w->wake_context = context;
    (void)snprintf(w->program, sizeof w->program, "%s", program ? program : "");
    w->worker = worker_start((worker_job){.work = work,
                                          .free_request = free_check,
                                          .free_result = free_check,
                                          .wake = wake,
                                          .context = w},
                             err);
    if (w->worker)
        return w;
    free(w);
    return NULL;
}

void exercise_watch_stop(exercise_watch *w)
{
    if (w)
        worker_stop(w->worker);
    free(w);
}

bool exercise_watch_busy(exercise_watch *w) { return worker_busy(w->worker); }

/* --- asking -------------------------------------------------------------------------------- */

static version version_of(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? (version){file.st_mtim, file.st_size} : (version){0};
}

static bool same(version a, version b)
{
    return a.time.tv_sec == b.time.tv_sec && a.time.tv_nsec == b.time.tv_nsec && a.size == b.size;
}

/* A file that is there from another day is not checked before it is saved, or somebody asks. */
static void look_at_file(exercise_watch *w, exercise_desk *d)
{
    const version now = d->begun ? version_of(d->path) : (version){0};
    if (w->e != d->e) {
        w->e = d->e;
        w->saved = now;
    }
    if (now.time.tv_sec != 0 && !same(now, w->saved)) /* editors take it away for a moment */
        d->wants_check = true;
}

static void ask(exercise_watch *w, exercise_desk *d)
{
    check *c = d->wants_check ? calloc(1, sizeof *c) : NULL;
    if (!c)
        return;
    c->number = ++w->asked;
    c->e = d->e;
    memcpy(c->lessons, d->lessons, sizeof c->lessons);
    memcpy(c->path, d->path, sizeof c->path);
    w->saved = version_of(d->path);
    d->wants_check = false;
    d->checking = true;
    d->now++;
    worker_ask(w->worker, c);
}

/* --- taking -------------------------------------------------------------------------------- */

static void take(exercise_watch *w, app *a, size_t block)
{
    exercise_desk *d = a->column->desk;
    for (check *c = worker_fetch(w->worker); c; c = worker_fetch(w->worker)) {
        if (c->number == w->asked && c->e == d->e) {
            d->checking = false;
            d->now++;
        }
        if (c->e == d->e && c->err.status == RS_OK) {
            exercise_desk_take(d, &c->result, c->source);
            c->source = NULL;
            column_exercise_judged(a->column, block, d->result.verdict == EXERCISE_RIGHT);
        } else if (c->e == d->e) {
            (void)snprintf(d->problem, sizeof d->problem, "%s", c->err.text);
        }
        free_check(c);
    }
}

/* The stage has the exercise where it is to, as it is now. */
static void show(app *a)
{
    exercise_desk *d = a->column->desk;
    const bool wanted = column_shows_exercise(a->column);
    const bool there = a->panels_n > 0 && a->panels[0].view == &exercise_view;
    if (wanted != there)
        app_show_page(a, a->page, false, 0);
    app_panel *panel = a->panels_n > 0 ? &a->panels[0] : NULL;
    if (!wanted || !panel || panel->view != &exercise_view ||
        (panel->data && exercise_view_now(panel->data) == d->now))
        return;
    if (panel->data)
        panel->view->free(panel->data);
    panel->data = exercise_view_of(d);
    panel->layout.n = 0; /* what it pointed to is gone */
    panel->stale = false;
    panel->dirty = a->wants_frame = a->column->dirty = true;
}

void exercise_watch_follow(exercise_watch *w, app *a)
{
    column *c = a->column;
    exercise_desk *d = c ? c->desk : NULL;
    if (!d)
        return;
    const unsigned long before = d->now;
    const size_t block = column_exercise(c);
    exercise_desk_enter(d, block < c->lesson.blocks_n ? c->lesson.blocks[block].text : NULL,
                        a->lang);
    if (d->e) {
        look_at_file(w, d);
        ask(w, d);
        take(w, a, block);
    }
    show(a);
    if (d->now != before)
        a->wants_frame = c->dirty = true;
}
