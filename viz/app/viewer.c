#include "viz/app/viewer.h"

#include "viz/app/column.h"
#include "viz/app/exercise_watch.h"
#include "viz/app/files.h"
#include "viz/app/job.h"
#include "viz/app/live.h"
#include "viz/app/replay.h"
#include "viz/app/stats.h"
#include "viz/app/window.h"
#include "viz/lesson_report.h"

#include "files/atomic.h"
#include "lessons/engine/library.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef struct viewer {
    const viewer_options *options;
    app app;
    window *window; /* NULL: no display */
    canvas *image;  /* in its place */
    worker *worker;
    compute_spares *spares;
    live *live;
    replay replay;
    stats stats;
    cursor cursor;
    bool full_screen;
    exercise_watch *exercises;
    exercise_desk desk;          /* of the learner's own code */
    column column;               /* of the lesson, if there is one */
    char lesson[LIBRARY_PATH];   /* its file in English; empty: there is none */
    course course;               /* the lessons that it may be one of */
    lang_kind lesson_in;         /* the language it is open in */
    struct timespec lesson_time; /* of its file, when it was read */
    double waiting;              /* until then the replay pauses */
    char title[300];
    char kept[512]; /* where the state is kept for next time; empty: nowhere */
    dropped dropped;
} viewer;

/* --- frames -------------------------------------------------------------------------------- */

/* How long it took from the last change of the scene to the views on the screen: once the first is
 * drawn, once all are. */
static void note_latency(viewer *v)
{
    app *a = &v->app;
    size_t made = 0, fresh = 0;
    for (size_t k = 0; k < a->panels_n; k++) {
        made += a->panels[k].view->make != NULL;
        fresh += a->panels[k].view->make && !a->panels[k].stale;
    }
    if (fresh > 0 && a->curves_after == 0) {
        a->curves_after = stats_now() - a->changed;
        stats_curves(&v->stats, a->curves_after);
    }
    if (fresh == made && made > 0 && a->all_after == 0) {
        a->all_after = stats_now() - a->changed;
        stats_all(&v->stats, a->all_after);
    }
}

/* Without a display, the image follows the size. */
static void fit_image(viewer *v)
{
    const double scale = v->options->scale;
    cairo_surface_t *now = canvas_surface(v->image);
    if (cairo_image_surface_get_width(now) == (int)ceil(v->app.width * scale) &&
        cairo_image_surface_get_height(now) == (int)ceil(v->app.height * scale))
        return;
    canvas *new = canvas_image(v->app.width, v->app.height, scale, v->app.theme, NULL);
    if (!new)
        return;
    canvas_free(v->image);
    v->image = new;
}

static void draw_frame(viewer *v)
{
    if (v->image)
        fit_image(v);
    const double began = stats_now();
    canvas *c = v->image;
    if (v->window)
        c = canvas_on(window_surface(v->window), v->app.width, v->app.height,
                      window_scale(v->window), v->app.theme, NULL);
    if (!c)
        return;
    canvas_set_theme(c, v->app.theme);
    canvas_set_lang(c, v->app.lang);
    app_draw(&v->app, c);
    if (v->window) {
        (void)canvas_finish(c, NULL);
        canvas_free(c);
        window_show(v->window);
    }
    note_latency(v);
    stats_frame(&v->stats, stats_now() - began);
}

/* The window follows the state: its title, cursor and size. */
static void follow(viewer *v)
{
    if (!v->window)
        return;
    cursor wanted = CURSOR_ARROW;
    for (size_t k = 0; k < v->app.controls_n; k++)
        if (rect_holds(v->app.controls[k].area, (point){v->app.pointer_x, v->app.pointer_y}))
            wanted = v->app.controls[k].kind == CONTROL_SLIDER ? CURSOR_SIZE : CURSOR_HAND;
    char title[300];
    (void)snprintf(title, sizeof title, "%s%srnnscope", v->app.title, v->app.title[0] ? " - " : "");
    if (strcmp(title, v->title) != 0) {
        memcpy(v->title, title, sizeof title);
        window_title(v->window, title);
    }
    if (wanted != v->cursor)
        window_cursor(v->window, wanted);
    v->cursor = wanted;
    if (v->full_screen != v->app.full_screen)
        window_full_screen(v->window, v->app.full_screen);
    v->full_screen = v->app.full_screen;
}

static void finish_work(viewer *v, double seconds);

/* --- files --------------------------------------------------------------------------------- */

/* A file was dropped on the window; the run before is freed when no job can use it. */
static void open_dropped(viewer *v)
{
    rs_error err = {0};
    v->app.wants_open = false;
    finish_work(v, 60);
    dropped_forget(&v->dropped);
    if (dropped_open(&v->dropped, &v->app, v->app.dropped, &err) != RS_OK)
        app_say(&v->app, true, "%s", err.text);
}

/* --- the lesson ----------------------------------------------------------------------------- */

/* lesson.md → lesson.zh.md, if there is one; into path. */
static void lesson_path(const viewer *v, char path[1024])
{
    const char *from = v->lesson;
    const size_t n = strlen(from);
    struct stat there;
    (void)snprintf(path, 1024, "%s", from);
    if (v->app.lang == LANG_ZH && n > 3 && n < 1000 && strcmp(from + n - 3, ".md") == 0) {
        (void)snprintf(path, 1024, "%.*s.zh.md", (int)(n - 3), from);
        if (stat(path, &there) != 0)
            (void)snprintf(path, 1024, "%s", from);
    }
}

/* What is wrong in a lesson that is being written: all of it on stderr, the first in the column. */
static void report_lesson(viewer *v, const char *path)
{
    lesson_mistakes mistakes = {0};
    if (lesson_report(path, &mistakes, NULL) == RS_OK)
        (void)lesson_report_line(&mistakes, v->column.mistake, sizeof v->column.mistake);
    if (v->column.mistake[0]) /* what was found on reading is among them */
        v->column.problem[0] = '\0';
    for (size_t k = 0; k < mistakes.n; k++)
        (void)fprintf(stderr, "rnnscope: %s\n", mistakes.text[k]);
    lesson_mistakes_free(&mistakes);
}

static rs_status open_lesson(viewer *v, rs_error *err)
{
    char path[1024];
    struct stat file = {0};
    lesson_path(v, path);
    (void)stat(path, &file);
    v->lesson_time = file.st_mtim;
    v->lesson_in = v->app.lang;
    column_close(&v->column); /* its progress is kept before the other one reads it */
    const rs_status status = column_open(&v->column, path, v->options->progress, err);
    if (status != RS_OK)
        return status;
    if (v->options->own_lesson)
        report_lesson(v, path);
    const bool known = course_read(&v->course, v->app.lang == LANG_ZH ? "zh" : "en",
                                   &v->column.progress, NULL) == RS_OK;
    v->column.course = known ? &v->course : NULL;
    v->column.desk = &v->desk;
    v->app.column = &v->column;
    app_follow_lesson(&v->app);
    return RS_OK;
}

/* Another lesson of the course takes the place of the one that is open. */
static void open_lesson_of_course(viewer *v, size_t k)
{
    rs_error err = {0};
    (void)library_file(&v->course.library, k, "en", v->lesson);
    v->app.column = NULL;
    if (open_lesson(v, &err) != RS_OK)
        app_say(&v->app, true, "%s", err.text);
}

/* The learner has gone on from a lesson's last step: to the next that is not done, with a word of
 * where one is. */
static void open_next_lesson(viewer *v)
{
    column *c = &v->column;
    const size_t now = c->course ? course_of(c->course, c->lesson.id) : 0;
    c->wants_next = false;
    if (!c->course || now >= c->course->n) {
        app_say(&v->app, false, "the lesson is finished");
        return;
    }
    course_count(c->course, &c->progress);
    const size_t n = c->course->n, next = column_next_lesson(c);
    if (next == n) {
        app_say(&v->app, false, "every lesson is done");
        column_show_index(c, true);
        c->dirty = true;
        return;
    }
    open_lesson_of_course(v, next);
    app_say(&v->app, false, lang_text(v->app.lang, "Lesson %zu of %zu is done; next: %zu. %s"),
            now + 1, n, next + 1, v->course.lesson[next].title);
}

/* Reads the lesson again when its file has been saved, or the language is another. */
static void refresh_lesson(viewer *v)
{
    char path[1024];
    struct stat file;
    rs_error err = {0};
    if (!v->lesson[0])
        return;
    lesson_path(v, path);
    const bool saved = stat(path, &file) == 0 && (file.st_mtim.tv_sec != v->lesson_time.tv_sec ||
                                                  file.st_mtim.tv_nsec != v->lesson_time.tv_nsec);
    if (!saved && v->lesson_in == v->app.lang)
        return;
    if (v->app.column && !column_opens(path, &err)) { /* what is open stays, and says why */
        v->lesson_time = saved ? file.st_mtim : v->lesson_time;
        v->lesson_in = v->app.lang;
        (void)snprintf(v->column.problem, sizeof v->column.problem, "%.255s", err.text);
        v->column.dirty = v->app.wants_frame = true;
        return;
    }
    v->app.column = NULL;
    if (open_lesson(v, &err) != RS_OK)
        app_say(&v->app, true, "%s", err.text);
}

/* --- the loop ------------------------------------------------------------------------------ */

/* The path of the learner's file to the clipboard. */
static void copy_path(viewer *v)
{
    v->column.wants_copy = false;
    if (v->window && window_copy(v->window, v->desk.path))
        app_say(&v->app, false, "the path is in the clipboard");
}

static void settle(viewer *v)
{
    refresh_lesson(v);
    if (v->app.column && v->column.wants_next)
        open_next_lesson(v);
    if (v->app.column && v->column.wants_lesson < v->course.n)
        open_lesson_of_course(v, v->column.wants_lesson);
    job_ask(v->worker, &v->app);
    (void)job_take(v->worker, &v->app);
    live_follow(v->live, &v->app);
    exercise_watch_follow(v->exercises, &v->app);
    job_ask(v->worker, &v->app);
    if (v->app.wants_export) {
        v->app.wants_export = false;
        files_export(&v->app, v->window ? window_scale(v->window) : v->options->scale);
    }
    if (v->app.wants_open)
        open_dropped(v);
    if (v->app.column && v->column.wants_copy)
        copy_path(v);
    follow(v);
    if (v->app.wants_frame)
        draw_frame(v);
}

/* Waits until the worker has nothing more to do, at most so many seconds. */
static void finish_work(viewer *v, double seconds)
{
    const double until = stats_now() + seconds;
    settle(v);
    while ((worker_busy(v->worker) || live_busy(v->live)) && stats_now() < until) {
        (void)worker_wait(v->worker, live_busy(v->live) ? 2 : 50);
        struct timespec pause = {.tv_nsec = 1000000};
        if (!worker_busy(v->worker))
            (void)nanosleep(&pause, NULL);
        settle(v);
    }
}

/* Waits until the learner's code has been judged: it has a limit of time. */
static void finish_check(viewer *v)
{
    static const struct timespec pause = {.tv_nsec = 5000000};
    for (settle(v); exercise_watch_busy(v->exercises); settle(v))
        (void)nanosleep(&pause, NULL);
}

static rs_status replay_one(viewer *v, const replay_step *step, rs_error *err)
{
    rs_status status = RS_OK;
    switch (step->kind) {
    case REPLAY_EVENTS:
        app_update(&v->app, &step->event);
        break;
    case REPLAY_WAIT:
        v->waiting = stats_now() + step->milliseconds / 1000;
        break;
    case REPLAY_SHOT:
        finish_check(v);
        finish_work(v, 60);
        status = files_draw(&v->app, step->path, v->options->scale, err);
        break;
    case REPLAY_STATE:
        status = files_write_state(&v->app, step->path, err);
        break;
    }
    settle(v);
    return status;
}

/* The next event of the window, or of the replay; false when the replay is over. */
static rs_status advance(viewer *v, rs_error *err)
{
    const bool replaying = v->options->replay != NULL;
    if (replaying && stats_now() >= v->waiting) {
        if (v->replay.next >= v->replay.steps_n) {
            v->app.quit = true;
            return RS_OK;
        }
        rs_status status = replay_one(v, &v->replay.steps[v->replay.next++], err);
        if (status != RS_OK || v->window == NULL)
            return status;
    }
    if (!v->window) {
        (void)worker_wait(v->worker, 5);
        struct timespec pause = {.tv_nsec = 1000000};
        (void)nanosleep(&pause, NULL);
    } else {
        const event e = window_event(v->window, replaying ? 1 : v->options->lesson ? 500 : -1);
        const bool ours = !replaying || e.kind == EVENT_SIZE || e.kind == EVENT_QUIT;
        if (ours)
            app_update(&v->app, &e);
    }
    settle(v);
    return RS_OK;
}

static rs_status begin(viewer *v, const compute_base *base, rs_error *err)
{
    const viewer_options *o = v->options;
    rs_status status = o->replay ? replay_read(o->replay, &v->replay, err) : RS_OK;
    if (status != RS_OK)
        return status;
    compute_base with_spares = base ? *base : (compute_base){0};
    with_spares.spares = v->spares = compute_spares_new(err);
    if (!v->spares)
        return RS_INTERNAL;
    app_start(&v->app, o->scene, &with_spares, o->lang, o->theme, o->width, o->height);
    if (o->title)
        files_title(&v->app, o->title);
    rs_error no_window = {0};
    v->window = window_open("rnnscope", o->width, o->height, &no_window);
    if (!v->window && !o->replay)
        return rs_fail(err, no_window.status, "%s", no_window.text);
    if (!v->window)
        v->image = canvas_image(o->width, o->height, o->scale, o->theme, err);
    if (!v->window && !v->image)
        return err->status;
    v->worker = job_start(v->window ? window_wake : NULL, v->window, err);
    v->live = v->worker ? live_start(v->window ? window_wake : NULL, v->window, err) : NULL;
    v->exercises =
        v->live ? exercise_watch_start(NULL, v->window ? window_wake : NULL, v->window, err) : NULL;
    if (!v->exercises)
        return RS_INTERNAL;
    if (!o->lesson)
        return RS_OK;
    (void)snprintf(v->lesson, sizeof v->lesson, "%s", o->lesson);
    return open_lesson(v, err);
}

/* The state that was asked for, or the one kept from last time; what is wrong with the latter is
 * said, and the viewer starts afresh. */
static rs_status take_state(viewer *v, rs_error *err)
{
    rs_error why = {0};
    rs_status status = RS_OK;
    if (v->options->state)
        status = files_read_state(&v->app, v->options->state, err);
    else if (v->kept[0] && files_read_state(&v->app, v->kept, &why) == RS_DATA)
        app_say(&v->app, true, "%s", why.text);
    if (v->options->theme_given)
        v->app.theme = v->options->theme;
    if (v->options->lang_given)
        v->app.lang = v->options->lang;
    app_lay_out(&v->app); /* names have another width in another language */
    return status;
}

static void keep_state(viewer *v)
{
    rs_error err = {0};
    if (v->kept[0] && files_keep_state(&v->app, v->kept, &err) != RS_OK)
        (void)fprintf(stderr, "rnnscope: %s\n", err.text);
}

rs_status viewer_run(const viewer_options *options, const compute_base *base, rs_error *err)
{
    viewer *v = calloc(1, sizeof *v);
    if (!v)
        return rs_fail(err, RS_INTERNAL, "out of memory for the viewer");
    v->options = options;
    dropped_start(&v->dropped, options->run);
    if (options->keep && files_kept_path(v->kept, sizeof v->kept, NULL) != RS_OK)
        v->kept[0] = '\0';
    stats_start(&v->stats);
    rs_status status = begin(v, base, err);
    if (status == RS_OK)
        status = take_state(v, err);
    while (status == RS_OK && !v->app.quit)
        status = advance(v, err);
    if (status == RS_OK && options->stats)
        stats_print(&v->stats, stdout);
    if (status == RS_OK)
        keep_state(v);
    exercise_watch_stop(v->exercises);
    live_stop(v->live);
    worker_stop(v->worker);
    dropped_close(&v->dropped);
    app_stop(&v->app);
    compute_spares_free(v->spares);
    column_close(&v->column);
    exercise_desk_free(&v->desk);
    replay_free(&v->replay);
    canvas_free(v->image);
    if (v->window)
        window_close(v->window);
    stats_free(&v->stats);
    free(v);
    return status;
}
