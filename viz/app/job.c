#include "viz/app/job.h"

#include "gradcheck/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a view may cost while somebody waits: some seconds. */
static const double most_flops = 2e10;

typedef struct request {
    unsigned long generation;
    scene scene;
    compute_base base;
    computed
        *done; /* held: the scene as it was computed, where only the views are wanted; else NULL */
    selection at;
    const view *view[MAX_PANELS_SHOWN];
    size_t views_n;
    trained *trained;        /* held; NULL: the scene's parameters */
    computed *ghost;         /* held; NULL: none, or its views are there already */
    bool check[SCENE_CELLS]; /* the gradient of this cell is to be checked */
    double clip;             /* of the wall's descent */
    double asked;            /* seconds of a clock that only rises */
} request;

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void free_request(void *argument)
{
    request *q = argument;
    compute_release(q->done);
    compute_release(q->ghost);
    trained_release(q->trained);
    free(q);
}

static void free_result(void *argument)
{
    result *r = argument;
    compute_release(r->of);
    if (r->data)
        r->view->free(r->data);
    free(r);
}

/* Publishes a copy of the result; what it holds goes along. */
static void publish(worker *w, const request *q, result r)
{
    result *copy = malloc(sizeof *copy);
    r.generation = q->generation;
    r.seconds = seconds_now() - q->asked;
    if (copy) {
        *copy = r;
        worker_publish(w, copy);
        return;
    }
    compute_release(r.of);
    if (r.data)
        r.view->free(r.data);
}

static size_t layer_of(const computed_cell *cell, size_t below)
{
    const size_t top = cell->model.net.layers - 1;
    return below < top ? top - below : 0;
}

/* The cell that is chosen, by its kind: what is pinned may hold others. */
static size_t chosen_of(const request *q, const computed *c)
{
    for (size_t k = 0; k < c->cells_n && q->at.cell < SCENE_CELLS; k++)
        if (strcmp(c->of.cells[k], q->scene.cells[q->at.cell]) == 0)
            return k;
    return q->at.cell < c->cells_n ? q->at.cell : 0;
}

/* Passes of all cells, as a view wants them. */
typedef struct inputs {
    struct run run[SCENE_CELLS];
    view_input input[SCENE_CELLS];
    run_options options;
} inputs;

static void make_inputs(const request *q, const computed *c, inputs *to)
{
    to->options = run_defaults();
    for (size_t k = 0; k < c->cells_n; k++) {
        const computed_cell *cell = &c->cell[k];
        to->run[k] = (struct run){
            .model = cell->model, .data = cell->data, .from_file = q->base.model != NULL};
        to->input[k] = (view_input){.options = &to->options,
                                    .run = &to->run[k],
                                    .trace = cell->trace,
                                    .gradient = cell->gradient,
                                    .layer = layer_of(cell, q->at.below),
                                    .unit = q->at.unit,
                                    .step = q->at.step,
                                    .clip = q->clip,
                                    .together = to->input,
                                    .together_n = c->cells_n};
    }
}

/* Credit and lags are about every step's loss, even where the rest of the screen has the last
 * alone. */
static void choose_loss(inputs *in, const computed *c, bool every_step)
{
    for (size_t k = 0; k < c->cells_n; k++)
        in->run[k].data.loss = every_step ? c->cell[k].every : c->cell[k].data.loss;
}

/* The passes and the first view are made even if a newer request waits: under a slider that keeps
 * moving there would else be nothing to see until it rests. */
static void make_views(worker *w, const request *q, const computed *c, result_kind kind)
{
    inputs *in = calloc(1, sizeof *in);
    const size_t chosen = chosen_of(q, c);
    if (!in)
        return;
    make_inputs(q, c, in);
    for (size_t k = 0; k < q->views_n; k++) {
        if ((k > 0 || kind == RESULT_GHOST || q->done) && worker_stale(w))
            break;
        if (!q->view[k]->make || (kind == RESULT_GHOST && !q->view[k]->compares))
            continue; /* made by somebody else, or not at all */
        result r = {.kind = kind, .which = k, .view = q->view[k], .at = q->at};
        rs_error err = {0};
        choose_loss(in, c, q->view[k]->every_step);
        const double flops = q->view[k]->flops ? q->view[k]->flops(&in->input[chosen]) : 0;
        if (flops > most_flops)
            (void)snprintf(r.problem, sizeof r.problem,
                           "%.0e multiplications for this many steps, at most %.0e are done here: "
                           "fewer steps, or `rnnscope plot %s`",
                           flops, most_flops, q->view[k]->name);
        else if (q->view[k]->make(&in->input[chosen], &r.data, &err) != RS_OK)
            (void)snprintf(r.problem, sizeof r.problem, "%s", err.text);
        publish(w, q, r);
    }
    free(in);
}

/* Largest error of all blocks, relative to the block's largest entry. */
static double relative_error(const rs_check_report *report)
{
    double most = 0;
    for (size_t k = 0; k < report->blocks_n; k++) {
        const rs_check_block *block = &report->blocks[k];
        const double error = fabs(block->along_claimed - block->along_measured);
        const double size = fmax(fabs(block->along_measured), block->scale);
        if (size > 0 && !(error / size <= most))
            most = error / size;
    }
    return most;
}

static badge judge(const rs_check_report *report)
{
    badge b = {.error = relative_error(report)};
    b.kind = report->verdict == RS_AGREES  ? BADGE_AGREES
             : report->verdict == RS_WRONG ? BADGE_WRONG
                                           : BADGE_UNSURE;
    if (report->findings_n > 0)
        (void)snprintf(b.text, sizeof b.text, "%.319s", report->findings[0].text);
    else if (report->why)
        (void)snprintf(b.text, sizeof b.text, "%s", report->why);
    for (size_t k = 0; k < report->blocks_n && !b.text[0]; k++) /* at least its place */
        if (report->blocks[k].verdict != RS_AGREES)
            (void)snprintf(b.text, sizeof b.text, "%s", report->blocks[k].name);
    return b;
}

/* The complex-step check of one cell, on a trace of its own: rs_check writes into it. */
static badge check_cell(const computed_cell *cell)
{
    badge b = {.kind = BADGE_UNSURE};
    rs_error err = {0};
    rs_check_report report = {0};
    const rs_check_options options = {.method = RS_COMPLEX, .no_locate = false};
    rs_trace *trace = rs_trace_new(&cell->model.net, cell->data.T, cell->data.B, RS_KEEP_ALL, &err);
    if (trace) {
        memcpy(trace->numbers, cell->trace->numbers, trace->numbers_n * sizeof *trace->numbers);
        if (rs_check(trace, cell->model.parameters, &cell->data.loss, &options, &report, &err) ==
            RS_OK)
            b = judge(&report);
        rs_check_report_free(&report);
    }
    if (b.kind == BADGE_UNSURE && !b.text[0])
        (void)snprintf(b.text, sizeof b.text, "%.319s", err.text);
    rs_trace_free(trace);
    return b;
}

static void make_all(worker *w, const request *q, const computed *c)
{
    make_views(w, q, c, RESULT_VIEW);
    if (q->ghost && !worker_stale(w))
        make_views(w, q, q->ghost, RESULT_GHOST);
    for (size_t k = 0; k < c->cells_n && !worker_stale(w); k++)
        if (q->check[k])
            publish(w, q,
                    (result){.kind = RESULT_BADGE, .which = k, .badge = check_cell(&c->cell[k])});
}

static void work(worker *w, void *argument, void *context)
{
    const request *q = argument;
    rs_error err = {0};
    (void)context;
    if (q->done) {
        make_all(w, q, q->done);
        return;
    }
    compute_base base = q->base;
    for (size_t k = 0; q->trained && k < q->trained->cells_n; k++)
        base.parameters[k] = q->trained->parameters[k];
    computed *c = compute_new(&q->scene, &base, &err);
    rs_status status = c ? RS_OK : err.status;
    for (size_t k = 0; status == RS_OK && k < c->cells_n; k++) /* to its end: see make_views */
        status = compute_part_of(c, k, PART_PASS, 1, &err);
    if (status != RS_OK) {
        result r = {.kind = RESULT_PROBLEM};
        (void)snprintf(r.problem, sizeof r.problem, "%s", err.text);
        publish(w, q, r);
    } else {
        publish(w, q, (result){.kind = RESULT_PASS, .of = compute_hold(c)});
        make_all(w, q, c);
    }
    compute_release(c);
}

worker *job_start(void (*wake)(void *context), void *context, rs_error *err)
{
    return worker_start((worker_job){.work = work,
                                     .free_request = free_request,
                                     .free_result = free_result,
                                     .wake = wake,
                                     .context = context},
                        err);
}

static bool wants_ghost(const app *a, const app_panel *panel)
{
    return panel->view->make && panel->view->compares &&
           (!panel->ghost_is_new ||
            memcmp(&panel->ghost_at, &a->pinned, sizeof panel->ghost_at) != 0);
}

void job_ask(worker *w, app *a)
{
    const bool views_only = !a->wants_job && a->shown_is_new;
    request *q = a->wants_job || a->wants_views ? calloc(1, sizeof *q) : NULL;
    if (!q)
        return;
    q->done = views_only ? compute_hold(a->shown) : NULL;
    q->generation = a->generation;
    q->scene = a->scene;
    q->base = a->base;
    for (size_t k = 0; k < a->panels_n && a->ghost && !q->ghost; k++)
        if (wants_ghost(a, &a->panels[k]))
            q->ghost = compute_hold(a->ghost);
    q->trained = trained_hold(a->training.shown);
    q->at = a->pinned;
    q->clip = a->scene.number[SCENE_CLIP];
    if (isnan(q->clip) && !a->column) /* a lesson says when there is to be a descent */
        q->clip = 0;
    q->views_n = a->panels_n;
    for (size_t k = 0; k < a->panels_n; k++)
        q->view[k] = a->panels[k].view;
    q->asked = seconds_now();
    for (size_t k = 0; k < SCENE_CELLS; k++) { /* what a look elsewhere cut short is done again */
        /* while training runs, the verdict on the parameters shown stays until the next is there */
        if (!views_only && !(a->training.running && a->badge[k].kind == BADGE_AGREES))
            a->badge[k].kind = BADGE_CHECKING;
        q->check[k] = !views_only || a->badge[k].kind == BADGE_CHECKING;
    }
    a->wants_job = a->wants_views = false;
    worker_ask(w, q);
}

static void take_view(app *a, result *r)
{
    app_panel *panel = r->which < a->panels_n ? &a->panels[r->which] : NULL;
    if (!panel || panel->view != r->view)
        return;
    void **to = r->kind == RESULT_GHOST ? &panel->ghost : &panel->data;
    if (*to)
        panel->view->free(*to);
    *to = r->data;
    r->data = NULL;      /* it is the panel's now */
    panel->layout.n = 0; /* what it pointed to is gone */
    if (r->kind == RESULT_GHOST) {
        panel->ghost_at = r->at;
        panel->ghost_is_new = panel->dirty = true;
        return;
    }
    (void)snprintf(panel->problem, sizeof panel->problem, "%.255s", r->problem);
    panel->stale = r->generation != a->generation;
    panel->dirty = true;
}

static void take(app *a, result *r)
{
    switch (r->kind) {
    case RESULT_PASS:
        compute_release(a->shown);
        a->shown = r->of;
        a->shown_generation = r->generation;
        a->shown_is_new = r->generation == a->generation;
        r->of = NULL;
        break;
    case RESULT_VIEW:
    case RESULT_GHOST:
        take_view(a, r);
        break;
    case RESULT_BADGE:
        a->badge[r->which] = r->badge;
        break;
    case RESULT_PROBLEM:
        app_say(a, true, "%s", r->problem);
        for (size_t k = 0; k < SCENE_CELLS; k++)
            a->badge[k].kind = BADGE_NONE;
        break;
    }
    a->wants_frame = true;
}

size_t job_take(worker *w, app *a)
{
    size_t taken = 0;
    for (result *r = worker_fetch(w); r; r = worker_fetch(w)) {
        /* on the way to the present scene every later one is shown, never an earlier one */
        const bool later = r->kind == RESULT_PASS   ? r->generation > a->shown_generation
                           : r->kind == RESULT_VIEW ? r->generation >= a->shown_generation
                                                    : false;
        if (r->generation == a->generation || later) {
            take(a, r);
            taken++;
        }
        free_result(r);
    }
    return taken;
}
