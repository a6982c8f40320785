/* Findings, and units of work that survive a stop. */
#include "viz/experiments/lab.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

/* --- findings ------------------------------------------------------------------------------ */

static finding *new_finding(lab *l)
{
    experiment_result *result = l->state->result;
    finding *f = result->n < MAX_FINDINGS ? &result->found[result->n++] : &l->state->spare;
    *f = (finding){.low = -INFINITY, .high = INFINITY, .verdict = VERDICT_NONE};
    return f;
}

finding *lab_find(lab *l, double value, double low, double high, const char *published,
                  const char *format, ...)
{
    finding *f = new_finding(l);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(f->what, sizeof f->what, format, arguments);
    va_end(arguments);
    (void)snprintf(f->published, sizeof f->published, "%s", published);
    f->value = value;
    f->low = low;
    f->high = high;
    f->verdict = value >= low && value <= high ? VERDICT_AGREES : VERDICT_DIFFERS;
    return f;
}

finding *lab_show(lab *l, double value, const char *format, ...)
{
    finding *f = new_finding(l);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(f->what, sizeof f->what, format, arguments);
    va_end(arguments);
    f->value = value;
    return f;
}

void finding_measured(finding *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(f->measured, sizeof f->measured, format, arguments);
    va_end(arguments);
}

void finding_note(finding *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(f->note, sizeof f->note, format, arguments);
    va_end(arguments);
}

/* --- work ---------------------------------------------------------------------------------- */

/* Units under way. Of all units, known ones too, the bar shows the share that is done. */
typedef struct crew {
    lab *lab;
    const lab_work *work;
    double *result; /* [units][numbers] */
    double *share;  /* [units] done of each, 0 … 1 */
    double *cost;   /* [units] */
    size_t *todo;   /* [todo_n] units that are not known yet, costly ones first */
    size_t todo_n, finished;
    double known; /* cost of what was done before this run */
    double started;
    rs_status status; /* the first error, and its text */
    rs_error err;
} crew;

static bool stopped(const lab *l) { return l->stop && *l->stop; }

/* With the lock held. */
static void show_crew(const crew *c)
{
    double done = 0, all = 0;
    char text[96], left[32];
    for (size_t k = 0; k < c->work->units; k++) {
        done += c->share[k] * c->cost[k];
        all += c->cost[k];
    }
    const double fresh = done - c->known, seconds = progress_clock() - c->started;
    (void)snprintf(text, sizeof text, "%zu of %zu runs  %s left", c->finished, c->work->units,
                   progress_time(fresh > 0 ? seconds * (all - done) / fresh : NAN, left));
    progress_show(&c->lab->state->bar, all > 0 ? done / all : 0, text);
}

bool lab_tick(lab_unit *unit, double share)
{
    crew *c = unit->crew;
    struct lab_state *state = c->lab->state;
    (void)pthread_mutex_lock(&state->lock);
    c->share[unit->k] = fmin(fmax(share, 0), 1);
    show_crew(c);
    const bool go_on = !c->status;
    (void)pthread_mutex_unlock(&state->lock);
    return go_on && !stopped(c->lab);
}

/* Notes the outcome of unit k: kept on disk at once. */
static void finish(crew *c, size_t k, rs_status status, rs_error *err)
{
    struct lab_state *state = c->lab->state;
    char name[UNIT_NAME];
    c->work->name(c->work->context, k, name);
    (void)pthread_mutex_lock(&state->lock);
    if (!status)
        status = partial_add(&state->done, name, c->result + k * c->work->numbers, c->work->numbers,
                             err);
    if (!status) {
        c->share[k] = 1;
        c->finished++;
        show_crew(c);
    } else if (!c->status) {
        c->status = status;
        c->err = *err;
    }
    (void)pthread_mutex_unlock(&state->lock);
}

static void do_unit(void *context, size_t at)
{
    crew *c = context;
    const size_t k = c->todo[at];
    rs_error err = {0};
    lab_unit unit = {.lab = c->lab, .k = k, .crew = c};
    if (!lab_tick(&unit, 0))
        return;
    const rs_status status =
        c->work->run(c->work->context, k, &unit, c->result + k * c->work->numbers, &err);
    finish(c, k, status, &err);
}

/* Which units are left, the costliest first: then the threads end at about the same time. */
static void find_todo(crew *c)
{
    const lab_work *work = c->work;
    for (size_t k = 0; k < work->units; k++) {
        char name[UNIT_NAME];
        work->name(work->context, k, name);
        c->cost[k] = work->cost ? work->cost(work->context, k) : 1;
        if (partial_find(&c->lab->state->done, name, c->result + k * work->numbers,
                         work->numbers)) {
            c->share[k] = 1;
            c->known += c->cost[k];
            c->finished++;
            continue;
        }
        size_t at = c->todo_n++;
        for (; at > 0 && c->cost[c->todo[at - 1]] < c->cost[k]; at--)
            c->todo[at] = c->todo[at - 1];
        c->todo[at] = k;
    }
    c->lab->state->result->known += c->finished;
}

rs_status lab_do(lab *l, const lab_work *work, double *result, rs_error *err)
{
    crew c = {.lab = l, .work = work, .result = result, .started = progress_clock()};
    c.share = rs_alloc(work->units, sizeof *c.share, "the units of work", err);
    c.cost = rs_alloc(work->units, sizeof *c.cost, "the units of work", err);
    c.todo = rs_alloc(work->units, sizeof *c.todo, "the units of work", err);
    if (!c.share || !c.cost || !c.todo) {
        c.status = RS_INTERNAL;
        if (err)
            c.err = *err;
    } else {
        find_todo(&c);
        rs_parallel(c.todo_n, l->threads, do_unit, &c);
    }
    free(c.share);
    free(c.cost);
    free(c.todo);
    if (c.status && c.status != RS_INTERRUPTED) {
        if (err)
            *err = c.err;
        return c.status;
    }
    if (c.finished < work->units)
        return rs_fail(err, RS_INTERRUPTED, "interrupted after %zu of %zu runs, which are kept",
                       c.finished, work->units);
    return RS_OK;
}

bool lab_progress(lab *l, double share, const char *text)
{
    progress_show(&l->state->bar, share, text);
    return !stopped(l);
}
