/* The state as a file: what app_state_text says, how it is looked at, and, where what is shown has
 * been trained, the weights as one .safetensors a cell beside it:
 *
 *     theme = dark
 *     from = 20        to = 40            the steps in sight
 *     trained = 300 rnnscope-1            rnnscope-1-rnn.safetensors … in the state's folder */
#include "viz/app/files.h"
#include "viz/app/state_picture.h"

#include "base/memory.h"
#include "files/atomic.h"
#include "files/model_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is read besides the scene and the selection. */
typedef struct look {
    theme_kind theme;
    lang_kind lang;
    bool linear;
    double from, to;
    size_t alone;     /* 1 + the panel that fills the stage; 0: none does */
    uint64_t updates; /* of the weights; stem "": there are none */
    char stem[256];
} look;

/* --- writing ------------------------------------------------------------------------------- */

/* The part of a path before its ending, and of that the part after the last slash. */
static void split(const char *path, size_t *folder, size_t *stem)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    *folder = slash ? (size_t)(slash + 1 - path) : 0;
    *stem = dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);
}

static void write_look(const app *a, FILE *to)
{
    (void)fprintf(to, "theme = %s\nlang = %s\n", a->theme == THEME_DARK ? "dark" : "light",
                  a->lang == LANG_ZH ? "zh" : "en");
    if (a->linear)
        (void)fprintf(to, "linear = 1\n");
    if (a->from < a->to)
        (void)fprintf(to, "from = %.17g\nto = %.17g\n", a->from, a->to);
    if (a->one_panel)
        (void)fprintf(to, "alone = %zu\n", a->panel + 1);
}

char *files_state_text(const app *a)
{
    char *text = NULL, *kept = app_state_text(a);
    size_t n = 0;
    FILE *to = kept ? open_memstream(&text, &n) : NULL;
    if (to) {
        (void)fputs(kept, to);
        write_look(a, to);
        if (fclose(to) != 0) {
            free(text);
            text = NULL;
        }
    }
    free(kept);
    return text;
}

static rs_status write_text(const char *path, const char *text, const char *more, rs_error *err)
{
    rs_file file;
    rs_status status = rs_file_begin(&file, path, err);
    if (status != RS_OK)
        return status;
    (void)fputs(text, file.stream);
    (void)fputs(more, file.stream);
    return rs_file_commit(&file, err);
}

/* into path: the file of the weights of a cell, beside the state */
static rs_status weights_path(char path[1024], const char *state, size_t folder, const char *stem,
                              const rs_cell *cell, rs_error *err)
{
    const int n =
        snprintf(path, 1024, "%.*s%s-%s.safetensors", (int)folder, state, stem, cell->name);
    return n > 0 && n < 1024 ? RS_OK : rs_fail(err, RS_OPEN, "the path of the weights is too long");
}

/* Each cell's weights; `computed` only tells the networks. */
static rs_status write_weights(const app *a, const char *state, size_t folder, const char *stem,
                               rs_error *err)
{
    computed *c = compute_new(&a->scene, &a->base, err);
    const trained *t = a->training.shown;
    rs_status status = c ? RS_OK : RS_INTERNAL;
    for (size_t k = 0; k < t->cells_n && !status && k < c->cells_n; k++) {
        char path[1024];
        const rs_model model = {.net = c->cell[k].model.net, .parameters = t->parameters[k]};
        status = weights_path(path, state, folder, stem, model.net.cell, err);
        if (!status)
            status = rs_model_write(path, &model, NULL, err);
    }
    compute_release(c);
    return status;
}

rs_status files_write_state(const app *a, const char *path, rs_error *err)
{
    char more[320] = "", stem[256];
    size_t folder, end;
    rs_status status = RS_OK;
    char *text = files_state_text(a);
    if (!text)
        return rs_fail(err, RS_INTERNAL, "out of memory for the state");
    if (a->training.shown) {
        split(path, &folder, &end);
        (void)snprintf(stem, sizeof stem, "%.*s", (int)(end - folder), path + folder);
        (void)snprintf(more, sizeof more, "trained = %" PRIu64 " %s\n", a->training.shown->updates,
                       stem);
        status = write_weights(a, path, folder, stem, err);
    }
    if (status == RS_OK)
        status = write_text(path, text, more, err);
    free(text);
    return status;
}

rs_status files_write_scene(const app *a, const char *path, rs_error *err)
{
    char *text = files_state_text(a);
    const rs_status status = text ? write_text(path, text, "", err)
                                  : rs_fail(err, RS_INTERNAL, "out of memory for the state");
    free(text);
    return status;
}

/* --- reading ------------------------------------------------------------------------------- */

static bool read_number(const char *value, double *to)
{
    char *end = NULL;
    *to = strtod(value, &end);
    return end != value && *end == '\0' && isfinite(*to) && *to >= 0;
}

/* Takes one line into *to; *known: it was one of these. False: it says nothing that can be. */
static bool read_line(const char *line, look *to, bool *known)
{
    char key[32] = "", value[256] = "";
    double number = 0;
    *known = sscanf(line, "%31[a-z] = %255[^\r\n]", key, value) == 2;
    if (*known && strcmp(key, "theme") == 0)
        return theme_named(value, &to->theme);
    if (*known && strcmp(key, "lang") == 0)
        return lang_named(value, &to->lang) != 0;
    if (*known && strcmp(key, "from") == 0)
        return read_number(value, &to->from);
    if (*known && strcmp(key, "to") == 0)
        return read_number(value, &to->to);
    if (*known && strcmp(key, "linear") == 0)
        return read_number(value, &number) && (to->linear = number > 0, number <= 1);
    if (*known && strcmp(key, "alone") == 0)
        return read_number(value, &number) && number <= MAX_PANELS_SHOWN &&
               (to->alone = (size_t)number, true);
    if (*known && strcmp(key, "trained") == 0)
        return sscanf(value, "%" SCNu64 " %255[^\r\n]", &to->updates, to->stem) == 2 &&
               !strchr(to->stem, '/');
    *known = false;
    return true;
}

/* Takes the lines of a look out of the text, which then is as app_read_state wants it. */
static rs_status take_look(char *text, look *to, rs_error *err)
{
    size_t number = 1;
    for (char *line = text; *line; number++) {
        const size_t n = strcspn(line, "\n");
        char one[512];
        bool known;
        (void)snprintf(one, sizeof one, "%.*s", (int)(n < sizeof one ? n : sizeof one - 1), line);
        if (!read_line(one, to, &known))
            return rs_fail(err, RS_DATA, "line %zu: `%.80s`: no such value", number, one);
        if (known)
            memset(line, ' ', n);
        line += n + (line[n] == '\n');
    }
    return RS_OK;
}

static bool same_net(const rs_net *a, const rs_net *b)
{
    return a->cell == b->cell && a->inputs == b->inputs && a->hidden == b->hidden &&
           a->layers == b->layers && a->outputs == b->outputs && a->parameters_n == b->parameters_n;
}

/* The weights of one cell of the scene; *to is the caller's to free. */
static rs_status read_cell(const char *path, const rs_net *net, double **to, rs_error *err)
{
    rs_model model;
    rs_model_file file;
    rs_status status = rs_model_read(path, net->cell, &model, &file, err);
    if (status != RS_OK)
        return status;
    if (same_net(&model.net, net)) {
        *to = model.parameters;
        model.parameters = NULL;
    } else {
        status = rs_fail(err, RS_DATA,
                         "%s: %zu units, %zu layers, %zu inputs, %zu outputs; the state has %zu, "
                         "%zu, %zu, %zu",
                         path, model.net.hidden, model.net.layers, model.net.inputs,
                         model.net.outputs, net->hidden, net->layers, net->inputs, net->outputs);
    }
    rs_model_file_free(&file);
    rs_model_free(&model);
    return status;
}

/* The scene of a state; lines that are not its own, or wrong, are app_read_state's to tell. */
static scene scene_of(const char *text)
{
    scene s = scene_standard();
    while (*text) {
        char line[4096];
        const size_t n = strcspn(text, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1),
                       text);
        (void)scene_set(&s, line, NULL);
        text += n + (text[n] == '\n');
    }
    return s;
}

/* Those of all cells of a state; NULL with err. */
static trained *read_weights(const app *a, const char *path, const char *text, const look *l,
                             rs_error *err)
{
    size_t folder, end;
    const scene s = scene_of(text);
    computed *c = compute_new(&s, &a->base, err);
    trained *t = c ? trained_new(l->updates, c->cells_n) : NULL;
    rs_status status = t ? RS_OK : c ? rs_fail(err, RS_INTERNAL, "no memory") : err->status;
    split(path, &folder, &end);
    for (size_t k = 0; !status && k < c->cells_n; k++) {
        char file[1024];
        const rs_net *net = &c->cell[k].model.net;
        status = weights_path(file, path, folder, l->stem, net->cell, err);
        if (!status)
            status = read_cell(file, net, &t->parameters[k], err);
    }
    compute_release(c);
    if (status == RS_OK)
        return t;
    trained_release(t);
    return NULL;
}

static void apply_look(app *a, const look *l)
{
    a->theme = l->theme;
    a->lang = l->lang;
    a->linear = l->linear;
    a->from = l->from;
    a->to = l->to;
    app_lay_out(a); /* names have another width in another language */
    if (l->alone > 0 && !a->column && app_pages[a->page].panel[l->alone - 1].view)
        app_show_page(a, a->page, true, l->alone - 1);
}

/* All of it, or nothing. */
static rs_status apply(app *a, const char *path, const char *text, const look *l, rs_error *err)
{
    rs_error why = {0};
    trained *t = l->stem[0] ? read_weights(a, path, text, l, &why) : NULL;
    if (l->stem[0] && !t)
        return rs_fail(err, RS_DATA, "%s: its weights: %.400s", path, why.text);
    const rs_status status = app_read_state(a, text, &why);
    if (status != RS_OK) {
        trained_release(t);
        return rs_fail(err, RS_DATA, "%s: %.400s", path, why.text);
    }
    if (t)
        app_restore_trained(a, t);
    apply_look(a, l);
    return RS_OK;
}

/* Without the signs that no text has. */
static bool is_text(const char *text, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if ((unsigned char)text[k] < ' ' && !strchr("\t\r\n", text[k] ? text[k] : 'x'))
            return false;
    return true;
}

rs_status files_read_state(app *a, const char *path, rs_error *err)
{
    enum { MOST = 1 << 16 };
    FILE *from = fopen(path, "rb");
    if (!from)
        return rs_fail(err, RS_OPEN, "%s: cannot be opened", path);
    char *text = rs_alloc(MOST + 1, 1, "the state", err);
    const size_t n = !text                                    ? 0
                     : state_of_picture(from, text, MOST + 1) ? strlen(text)
                                                              : fread(text, 1, MOST, from);
    look l = {.theme = a->theme, .lang = a->lang};
    rs_error why = {0};
    rs_status status = text ? RS_OK : RS_INTERNAL;
    (void)fclose(from);
    if (text && (n == MOST || !is_text(text, n)))
        status = rs_fail(err, RS_DATA, "%s: is no state of the viewer", path);
    else if (text && take_look(text, &l, &why) != RS_OK)
        status = rs_fail(err, RS_DATA, "%s: %.400s", path, why.text);
    else if (text)
        status = apply(a, path, text, &l, err);
    free(text);
    return status;
}
