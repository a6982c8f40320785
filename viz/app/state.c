/* The state as a whole: its beginning and end, as text, and what follows from a change. */
#include "viz/app/app.h"

#include "viz/app/column.h"
#include "viz/app/exercise_view.h"
#include "viz/app/live_view.h"
#include "viz/app/stats.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void free_panel(app_panel *panel)
{
    if (panel->data)
        panel->view->free(panel->data);
    if (panel->ghost)
        panel->view->free(panel->ghost);
    if (panel->picture)
        cairo_surface_destroy(panel->picture);
    *panel = (app_panel){0};
}

/* Takes up the views of the present page. */
static void open_page(app *a)
{
    for (size_t k = 0; k < a->panels_n; k++)
        free_panel(&a->panels[k]);
    const app_page *page = &app_pages[a->page];
    a->panels_n = 0;
    for (size_t k = 0; k < MAX_PANELS_SHOWN && page->panel[k].view; k++) {
        if (a->one_panel && k != a->panel)
            continue;
        a->panels[a->panels_n++] =
            (app_panel){.view = view_on_page(page->panel[k].view),
                        .part = a->one_panel ? (rect){0, 0, 1, 1} : page->panel[k].place,
                        .dirty = true,
                        .stale = true};
    }
}

/* Up to four views of a lesson: the first above, the others beside each other below it. */
static void open_lesson_views(app *a)
{
    char names[4][32];
    const bool written = column_shows_exercise(a->column);
    const size_t n = written ? 1 : column_views(a->column, names, 4);
    for (size_t k = 0; k < a->panels_n; k++)
        free_panel(&a->panels[k]);
    a->panels_n = 0;
    for (size_t k = 0; k < n; k++) {
        const view *v = written ? &exercise_view : view_named(names[k]);
        const double w = n > 1 ? 1.0 / (double)(n - 1) : 1;
        if (!v || (a->one_panel && k != a->panel))
            continue;
        const rect part = n == 1 || a->one_panel ? (rect){0, 0, 1, 1}
                          : k == 0               ? (rect){0, 0, 1, .5}
                                                 : (rect){(double)(k - 1) * w, .52, w - .02, .48};
        a->panels[a->panels_n++] =
            (app_panel){.view = v, .part = part, .dirty = true, .stale = true};
    }
}

static void open_views(app *a)
{
    if (a->column)
        open_lesson_views(a);
    else
        open_page(a);
}

bool app_shows_network(const app *a)
{
    for (size_t k = 0; k < a->panels_n; k++)
        if (!a->panels[k].view->alone)
            return true;
    return a->panels_n == 0;
}

void app_follow_lesson(app *a)
{
    a->scene = a->column->player.scene;
    if (a->column->looked != a->column->player.step)
        a->pinned = (selection){.step = column_at(a->column)};
    a->column->looked = a->column->player.step;
    if (a->pinned.cell >= scene_cells_n(&a->scene))
        a->pinned.cell = 0;
    (void)snprintf(a->title, sizeof a->title, "%s",
                   a->column->lesson.title ? a->column->lesson.title : "");
    a->column->dirty = true;
    open_views(a);
    app_lay_out(a);
    app_changed(a, true);
}

scene app_first_scene(void)
{
    scene s = scene_standard();
    s.number[SCENE_FORGET_BIAS] = 3;
    (void)snprintf(s.task, sizeof s.task, "adding");
    return s;
}

void app_leave_model(scene *s)
{
    static const scene_number changing[] = {SCENE_GAIN, SCENE_RADIUS, SCENE_FORGET_BIAS};
    for (size_t k = 0; k < sizeof changing / sizeof *changing; k++)
        s->number[changing[k]] = scene_numbers[changing[k]].standard;
}

void app_start(app *a, const scene *first, const compute_base *base, lang_kind language,
               theme_kind theme, double width, double height)
{
    memset(a, 0, sizeof *a);
    a->scene = first ? *first : app_first_scene();
    if (base)
        a->base = *base;
    if (base && base->data)
        a->scene.number[SCENE_STEPS] = scene_fit(SCENE_STEPS, (double)base->data->T);
    a->lang = language;
    a->theme = theme;
    a->width = width;
    a->height = height;
    a->focus = a->dragging = MAX_CONTROLS;
    a->training.moment = LEARNING_NOW;
    a->pinned.step = SIZE_MAX; /* the last */
    a->pinned.cell = scene_cells_n(&a->scene) > 1 ? 1 : 0;
    open_page(a);
    app_lay_out(a);
    app_changed(a, true);
}

void app_stop(app *a)
{
    for (size_t k = 0; k < a->panels_n; k++)
        free_panel(&a->panels[k]);
    compute_release(a->shown);
    compute_release(a->ghost);
    trained_release(a->training.shown);
    trained_release(a->training.weights);
    if (a->training_ghost)
        live_view.free(a->training_ghost);
    history_free(&a->history);
}

void app_say(app *a, bool is_error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(a->message, sizeof a->message, format, args);
    va_end(args);
    a->message_is_error = is_error;
    a->wants_frame = true;
}

char *app_state_text(const app *a)
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    if (!to)
        return NULL;
    bool good = scene_write(&a->scene, to);
    (void)fprintf(to, "page = %zu\nchosen = %zu\nunit = %zu\n", a->page, a->pinned.cell,
                  a->pinned.unit);
    if (a->pinned.below > 0)
        (void)fprintf(to, "below = %zu\n", a->pinned.below);
    if (a->pinned.step != SIZE_MAX)
        (void)fprintf(to, "step = %zu\n", a->pinned.step);
    if (fclose(to) != 0 || !good) {
        free(text);
        return NULL;
    }
    return text;
}

/* Lines that are not the scene's. */
static bool read_choice(const char *line, size_t *page, selection *at)
{
    const struct {
        const char *format;
        size_t *to;
    } known[] = {{"page = %zu%n", page},
                 {"chosen = %zu%n", &at->cell},
                 {"unit = %zu%n", &at->unit},
                 {"below = %zu%n", &at->below},
                 {"step = %zu%n", &at->step}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        size_t value = 0;
        int used = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        if (sscanf(line, known[k].format, &value, &used) == 1 && used > 0 && line[used] == '\0') {
#pragma GCC diagnostic pop
            *known[k].to = value;
            return true;
        }
    }
    return false;
}

rs_status app_read_state(app *a, const char *text, rs_error *err)
{
    scene s = scene_standard();
    selection at = {.step = SIZE_MAX};
    size_t page = 0, number = 1;
    char line[4096];
    for (; *text; number++) {
        const size_t n = strcspn(text, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1),
                       text);
        text += n + (text[n] == '\n');
        rs_error why = {0};
        if (line[strspn(line, " \t\r")] == '\0' || line[0] == '#' || read_choice(line, &page, &at))
            continue;
        if (scene_set(&s, line, &why) != RS_OK)
            return rs_fail(err, RS_DATA, "line %zu: %s", number, why.text);
    }
    if (page >= app_pages_n)
        return rs_fail(err, RS_DATA, "page %zu: there are %zu", page, app_pages_n);
    const bool other_page = !a->column && (page != a->page || a->one_panel);
    a->scene = s;
    a->pinned = at;
    a->page = page;
    a->one_panel = false;
    if (other_page)
        open_page(a);
    a->training.wants_log = true;
    app_lay_out(a);
    app_changed(a, false);
    return RS_OK;
}

void app_show_page(app *a, size_t page, bool one_panel, size_t panel)
{
    a->page = page;
    a->one_panel = one_panel;
    a->panel = panel;
    open_views(a);
    a->training.wants_log = true;
    app_lay_out(a);
    app_looked_elsewhere(a);
}

void app_keep(app *a)
{
    char *text = app_state_text(a);
    if (!text || !history_keep(&a->history, text))
        app_say(a, true, "there is no memory for this step of undo");
    free(text);
}

void app_looked_elsewhere(app *a)
{
    app_keep(a);
    a->training.wants_log = true; /* its histograms are of the cell chosen */
    a->wants_views = a->wants_frame = true;
}

/* Training is of one network on one task; its rate and clipping may change on the way. */
static bool same_training(const scene *a, const scene *b)
{
    scene other = *b;
    other.number[SCENE_LEARNING_RATE] = a->number[SCENE_LEARNING_RATE];
    other.number[SCENE_CLIP] = a->number[SCENE_CLIP];
    return memcmp(a, &other, sizeof other) == 0;
}

static void end_training(app *a)
{
    trained_release(a->training.shown);
    trained_release(a->training.weights);
    a->training = (app_training){.ended = true, .moment = LEARNING_NOW, .of = a->scene};
    for (size_t k = 0; k < a->panels_n; k++)
        if (a->panels[k].view == &live_view && a->panels[k].data) {
            live_view.free(a->panels[k].data);
            a->panels[k].data = NULL;
            a->panels[k].layout.n = 0;
        }
    app_lay_out(a);
}

void app_show_trained(app *a, trained *t)
{
    trained_release(a->training.shown);
    a->training.shown = t;
    app_changed(a, false);
}

void app_restore_trained(app *a, trained *t)
{
    end_training(a);
    a->training.updates = t->updates;
    app_show_trained(a, t);
    app_lay_out(a);
}

void app_show_moment(app *a, size_t k)
{
    app_training *t = &a->training;
    const size_t wanted = k < t->moments_n ? k : LEARNING_NOW;
    t->running = t->running && wanted == LEARNING_NOW;
    t->moved = t->moved || wanted != t->moment;
    t->moment = wanted;
    a->wants_frame = true;
}

void app_changed(app *a, bool gesture_ended)
{
    if (gesture_ended)
        app_keep(a);
    if (a->column)
        column_take_scene(a->column, &a->scene);
    if (!same_training(&a->scene, &a->training.of))
        end_training(a);
    a->generation++;
    a->changed = stats_now();
    a->curves_after = a->all_after = 0;
    a->shown_is_new = false;
    a->wants_job = a->wants_frame = true;
    for (size_t k = 0; k < a->panels_n; k++)
        a->panels[k].stale = true;
}

const computed_cell *app_cell(const app *a)
{
    if (!a->shown)
        return NULL;
    return &a->shown->cell[a->pinned.cell < a->shown->cells_n ? a->pinned.cell : 0];
}

static size_t within(size_t k, size_t n) { return k < n ? k : n - 1; }

selection app_selection(const app *a)
{
    selection s = a->hovering ? a->hover : a->pinned;
    const computed_cell *cell = app_cell(a);
    s.cell = a->pinned.cell;
    if (!cell)
        return (selection){0};
    s.step = within(s.step, cell->data.T);
    s.unit = within(s.unit, cell->model.net.hidden);
    s.below = within(s.below, cell->model.net.layers);
    return s;
}
