#include "viz/app/job.h"

#include "base/parallel.h"
#include "gradcheck/check.h"
#include "viz/app/afford.h"
#include "viz/finding_text.h"
#include "viz/sentence.h"

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
    computed *done;  /* held: the scene, computed; NULL: not yet */
    bool views_only; /* it was there when they were asked for */
    selection at;
    const view *view[MAX_PANELS_SHOWN];
    bool small[MAX_PANELS_SHOWN]; /* as in view_input */
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

/* Credit and lags are about every step's loss, even where the rest of the screen has the last
 * alone. */
static void make_inputs(const request *q, const computed *c, bool every_step, inputs *to)
{
    to->options = run_defaults();
    for (size_t k = 0; k < c->cells_n; k++) {
        const computed_cell *cell = &c->cell[k];
        to->run[k] = (struct run){
            .model = cell->model, .data = cell->data, .from_file = q->base.model != NULL};
        to->run[k].data.loss = every_step ? cell->every : cell->data.loss;
        to->input[k] = (view_input){.options = &to->options,
                                    .run = &to->run[k],
                                    .trace = cell->trace,
                                    .gradient = compute_has_loss(cell) ? cell->gradient : NULL,
                                    .as_if = every_step && cell->data.loss.last,
                                    .layer = layer_of(cell, q->at.below),
                                    .unit = q->at.unit,
                                    .step = q->at.step,
                                    .clip = q->clip,
                                    .together = to->input,
                                    .together_n = c->cells_n};
    }
}

static bool overtaken(void *w) { return worker_overtaken(w); }

/* Makes view k of the request from what is computed, and publishes it. stop may be NULL. */
static void make_view(worker *w, const request *q, const computed *c, size_t k, result_kind kind,
                      const rs_stop *stop)
{
    const view *v = q->view[k];
    inputs *in = calloc(1, sizeof *in);
    if (!in)
        return;
    result r = {.kind = kind, .which = k, .view = v, .at = q->at};
    rs_error err = {0};
    make_inputs(q, c, v->every_step, in);
    view_input chosen = in->input[chosen_of(q, c)];
    chosen.small = q->small[k];
    chosen.stop = stop;
    const double flops = v->flops ? v->flops(&chosen) : 0;
    rs_status status = RS_OK;
    if (flops > most_flops)
        (void)snprintf(r.problem, sizeof r.problem,
                       "%.0e multiplications for this many steps, at most %.0e are done here: "
                       "fewer steps, or `rnnscope plot %s`",
                       flops, most_flops, v->name);
    else if ((status = v->make(&chosen, &r.data, &err)) != RS_OK)
        (void)snprintf(r.problem, sizeof r.problem, "%s", err.text);
    if (status != RS_INTERRUPTED)
        publish(w, q, r);
    free(in);
}

/* The first view that is made here, or views_n: the curves. */
static size_t first_view(const request *q)
{
    size_t k = 0;
    while (k < q->views_n && !q->view[k]->make) /* made by somebody else */
        k++;
    return k;
}

typedef struct making {
    worker *worker;
    const request *request;
} making;

static void make_another(void *context, size_t k)
{
    const making *m = context;
    const rs_stop stop = {overtaken, m->worker};
    if (k > first_view(m->request) && m->request->view[k]->make && !rs_stopped(&stop))
        make_view(m->worker, m->request, m->request->done, k, RESULT_VIEW, &stop);
}

static void make_ghosts(worker *w, const request *q)
{
    const rs_stop stop = {overtaken, w};
    for (size_t k = 0; k < q->views_n && q->ghost && !rs_stopped(&stop); k++)
        if (q->view[k]->make && q->view[k]->compares)
            make_view(w, q, q->ghost, k, RESULT_GHOST, &stop);
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

/* A sentence of the library's that has no parts, in each language. */
static void tell(badge *b, const char *english)
{
    char text[SENTENCE_TEXT];
    for (int lang = 0; lang < LANG_KINDS; lang++)
        (void)snprintf(b->text[lang], sizeof b->text[lang], "%.479s",
                       sentence_text((lang_kind)lang, english, text));
}

static badge judge(const rs_check_report *report)
{
    badge b = {.error = relative_error(report)};
    b.kind = report->verdict == RS_AGREES  ? BADGE_AGREES
             : report->verdict == RS_WRONG ? BADGE_WRONG
                                           : BADGE_UNSURE;
    const char *plain = report->why ? report->why : "";
    for (size_t k = 0; k < report->blocks_n && !*plain; k++) /* at least its place */
        if (report->blocks[k].verdict != RS_AGREES)
            plain = report->blocks[k].name;
    if (report->findings_n == 0)
        tell(&b, plain);
    for (int lang = 0; lang < LANG_KINDS && report->findings_n > 0; lang++)
        finding_text((lang_kind)lang, &report->findings[0], b.text[lang], sizeof b.text[lang]);
    return b;
}

/* The complex-step check of one cell, on a trace of its own: rs_check writes into it. False: it was
 * stopped. */
static bool check_cell(const computed_cell *cell, const rs_stop *stop, badge *b)
{
    rs_error err = {0};
    rs_check_report report = {0};
    const rs_check_options options = {.method = RS_COMPLEX, .no_locate = false, .stop = stop};
    rs_status status = afford_check(cell, afford_bytes(), &err);
    rs_trace *trace = status == RS_OK ? rs_trace_new(&cell->model.net, cell->data.T, cell->data.B,
                                                     RS_KEEP_ALL, &err)
                                      : NULL;
    *b = (badge){.kind = BADGE_UNSURE};
    if (trace) {
        memcpy(trace->numbers, cell->trace->numbers, trace->numbers_n * sizeof *trace->numbers);
        status = rs_check(trace, cell->model.parameters, &cell->data.loss, &options, &report, &err);
        if (status == RS_OK)
            *b = judge(&report);
        rs_check_report_free(&report);
    }
    if (b->kind == BADGE_UNSURE && !b->text[LANG_EN][0])
        tell(b, err.text);
    rs_trace_free(trace);
    return status != RS_INTERRUPTED;
}

static void check_gradients(worker *w, const request *q)
{
    const rs_stop stop = {overtaken, w};
    for (size_t k = 0; k < q->done->cells_n && !rs_stopped(&stop); k++) {
        result r = {.kind = RESULT_BADGE, .which = k};
        if (q->check[k] && check_cell(&q->done->cell[k], &stop, &r.badge))
            publish(w, q, r);
    }
}

/* The passes of a new scene. */
static void pass(worker *w, request *q)
{
    rs_error err = {0};
    compute_base base = q->base;
    for (size_t k = 0; q->trained && k < q->trained->cells_n; k++)
        base.parameters[k] = q->trained->parameters[k];
    computed *c = compute_new(&q->scene, &base, &err);
    if (c && afford_passes(c, afford_bytes(), &err) == RS_OK &&
        compute_passes(c, 0, &err) == RS_OK) {
        publish(w, q, (result){.kind = RESULT_PASS, .of = compute_hold(c)});
        q->done = c;
        return;
    }
    result r = {.kind = RESULT_PROBLEM};
    (void)snprintf(r.problem, sizeof r.problem, "%s", err.text);
    publish(w, q, r);
    compute_release(c);
}

/* What the eye waits for: the passes and the curves. They are made even if a newer request waits:
 * under a slider that keeps moving there would else be nothing to see until it rests. */
static void work(worker *w, void *argument, void *context)
{
    request *q = argument;
    (void)context;
    if (!q->done)
        pass(w, q);
    const size_t first = first_view(q);
    if (q->done && first < q->views_n && !(q->views_only && worker_stale(w)))
        make_view(w, q, q->done, first, RESULT_VIEW, NULL);
}

/* What may come later: the other views, side by side, then the checks. */
static void follow(worker *w, void *argument, void *context)
{
    const request *q = argument;
    making m = {w, q};
    (void)context;
    if (!q->done)
        return;
    rs_parallel(q->views_n, 0, make_another, &m);
    make_ghosts(w, q);
    check_gradients(w, q);
}

worker *job_start(void (*wake)(void *context), void *context, rs_error *err)
{
    return worker_start((worker_job){.work = work,
                                     .follow = follow,
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
    q->views_only = views_only;
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
    for (size_t k = 0; k < a->panels_n; k++) {
        app_panel *panel = &a->panels[k];
        q->view[k] = panel->view;
        q->small[k] = panel->small = panel_is_small(panel);
    }
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
        for (size_t k = 0; k < a->panels_n; k++) /* there is nothing to wait for */
            (void)snprintf(a->panels[k].problem, sizeof a->panels[k].problem, "%.255s", r->problem);
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
