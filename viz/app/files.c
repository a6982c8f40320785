#include "viz/app/files.h"

#include "base/memory.h"
#include "files/atomic.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

rs_status files_draw(app *a, const char *path, double scale, rs_error *err)
{
    canvas *c = canvas_file(path, a->width, a->height, scale, a->theme, err);
    if (!c)
        return err->status;
    char *state = files_state_text(a);
    canvas_set_lang(c, a->lang);
    canvas_note(c, "Title", "rnnscope");
    if (state)
        canvas_note(c, "state", state);
    free(state);
    app_draw(a, c);
    rs_status status = canvas_finish(c, err);
    canvas_free(c);
    return status;
}

/* --- export -------------------------------------------------------------------------------- */

static rs_status write_numbers(const app_panel *panel, const char *path, rs_error *err)
{
    rs_file file;
    rs_status status = rs_file_begin(&file, path, err);
    if (status != RS_OK)
        return status;
    panel->view->csv(file.stream, panel->data);
    return rs_file_commit(&file, err);
}

static int free_number(void)
{
    char path[64];
    int n = 1;
    for (; n < 100000; n++) {
        (void)snprintf(path, sizeof path, "rnnscope-%d.png", n);
        if (access(path, F_OK) != 0)
            break;
    }
    return n;
}

/* A picture to be shown has nothing of the hands: no focus, no read-out beside the pointer, no
 * message. */
static rs_status draw_at_rest(app *a, const char *path, double scale, rs_error *err)
{
    const bool pointer_in = a->pointer_in, focus = a->focus_visible, hovering = a->hovering;
    const char first = a->message[0];
    a->pointer_in = a->focus_visible = a->hovering = false;
    a->message[0] = '\0';
    const rs_status status = files_draw(a, path, scale, err);
    a->pointer_in = pointer_in;
    a->focus_visible = focus;
    a->hovering = hovering;
    a->message[0] = first;
    return status;
}

void files_export(app *a, double scale)
{
    static const char *const endings[] = {"png", "svg", "pdf"};
    const int n = free_number();
    char path[96], folder[256];
    rs_error err = {0};
    rs_status status = RS_OK;
    for (size_t k = 0; k < 3 && status == RS_OK; k++) {
        (void)snprintf(path, sizeof path, "rnnscope-%d.%s", n, endings[k]);
        status = draw_at_rest(a, path, scale, &err);
    }
    (void)snprintf(path, sizeof path, "rnnscope-%d.state", n);
    if (status == RS_OK)
        status = files_write_state(a, path, &err);
    for (size_t k = 0; k < a->panels_n && status == RS_OK; k++) {
        (void)snprintf(path, sizeof path, "rnnscope-%d-%s.csv", n, a->panels[k].view->name);
        if (a->panels[k].data)
            status = write_numbers(&a->panels[k], path, &err);
    }
    if (status == RS_OK)
        app_say(a, false, "%s/rnnscope-%d: .png .svg .pdf .csv .state%s",
                getcwd(folder, sizeof folder) ? folder : ".", n,
                a->training.shown ? " .safetensors" : "");
    else
        app_say(a, true, "%s", err.text);
}

/* --- the state kept for next time ---------------------------------------------------------- */

rs_status files_kept_path(char *path, size_t room, rs_error *err)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    const bool of_state = state && state[0] == '/';
    const int n = of_state ? snprintf(path, room, "%s/rnnscope/view.state", state)
                  : home   ? snprintf(path, room, "%s/.local/state/rnnscope/view.state", home)
                           : -1;
    if (n < 0)
        return rs_fail(err, RS_OPEN, "neither XDG_STATE_HOME nor HOME is set");
    return (size_t)n < room ? RS_OK : rs_fail(err, RS_OPEN, "the path of the state is too long");
}

rs_status files_keep_state(const app *a, const char *path, rs_error *err)
{
    char folder[1024];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        if (mkdir(folder, 0777) != 0 && errno != EEXIST && errno != EISDIR)
            return rs_fail(err, RS_WRITE, "%s: cannot be made", folder);
    }
    return files_write_scene(a, path, err);
}

/* --- files dropped on the window ----------------------------------------------------------- */

void dropped_start(dropped *d, const run_options *options)
{
    *d = (dropped){.options = options ? *options : run_defaults()};
}

/* Options in which the file has its place: data has one kind, a model brings its cell. */
static rs_status place(const char *path, run_options *to, rs_error *err)
{
    const char *ending = strrchr(path, '.');
    const bool model = ending && strcasecmp(ending, ".safetensors") == 0;
    const char **data = !ending                           ? NULL
                        : strcasecmp(ending, ".npy") == 0 ? &to->input
                        : strcasecmp(ending, ".csv") == 0 ? &to->csv
                        : strcasecmp(ending, ".txt") == 0 ? &to->text
                                                          : NULL;
    if (!model && !data)
        return rs_fail(err, RS_USAGE, "%.200s: expected a file .safetensors, .npy, .csv or .txt",
                       path);
    if (model) {
        to->model = path;
        to->cell = to->init = NULL;
        to->hidden = to->layers = to->inputs = to->outputs = 0;
        return RS_OK;
    }
    to->text = to->csv = to->input = to->target = to->task = NULL;
    to->columns = to->predict = NULL;
    *data = path;
    return RS_OK;
}

void files_title(app *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    (void)snprintf(a->title, sizeof a->title, "%.255s", slash ? slash + 1 : path);
}

rs_status dropped_open(dropped *d, app *a, const char *path, rs_error *err)
{
    run_options wanted = d->options;
    rs_status status = place(path, &wanted, err);
    struct run *new = status == RS_OK ? rs_alloc(1, sizeof *new, "the file", err) : NULL;
    if (!new)
        return status == RS_OK ? RS_INTERNAL : status;
    wanted.steps = 0; /* as long as it is; the slider shortens it */
    status = run_open(&wanted, new, err);
    if (status != RS_OK) {
        free(new);
        return status;
    }
    char *kept = wanted.model == path ? d->model : d->data;
    (void)snprintf(kept, sizeof d->model, "%s", path);
    const char **const places[] = {&wanted.model, &wanted.text, &wanted.csv, &wanted.input};
    for (size_t k = 0; k < 4; k++)
        if (*places[k] == path)
            *places[k] = kept;
    d->options = wanted;
    d->old = d->now;
    d->now = new;
    a->base = (compute_base){
        .model = wanted.model ? &new->model : NULL, .data = &new->data, .spares = a->base.spares};
    files_title(a, path);
    if (wanted.model == d->model)
        app_leave_model(&a->scene);
    a->scene.number[SCENE_STEPS] = scene_fit(SCENE_STEPS, (double)new->data.T);
    a->pinned = (selection){.step = SIZE_MAX};
    app_lay_out(a);
    app_changed(a, true);
    return RS_OK;
}

static void close_run(struct run *run)
{
    if (run)
        run_close(run);
    free(run);
}

void dropped_forget(dropped *d)
{
    close_run(d->old);
    d->old = NULL;
}

void dropped_close(dropped *d)
{
    dropped_forget(d);
    close_run(d->now);
    d->now = NULL;
}
