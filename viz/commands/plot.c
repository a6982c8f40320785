/* rnnscope plot: one figure into a file, without a window. */
#include "viz/plots/figure.h"
#include "viz/progress.h"
#include "viz/run.h"

#include "base/memory.h"
#include "files/atomic.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/commands/commands.h"

typedef struct plot_options {
    const char *path, *csv, *theme, *lang, *size;
    size_t layer, unit, step, sequence, updates;
} plot_options;

static const char *view_name(size_t k) { return views[k] ? views[k]->name : NULL; }

/* "1280x800", and "1280x800@2" for twice the pixels */
static rs_status read_size(const char *text, double *w, double *h, double *scale, rs_error *err)
{
    char rest = 0;
    *scale = 1;
    const int n = sscanf(text, "%lfx%lf@%lf%c", w, h, scale, &rest);
    if ((n == 2 && !strchr(text, '@')) || n == 3)
        if (*w >= 320 && *h >= 240 && *w <= 16384 && *h <= 16384 && *scale >= .5 && *scale <= 8)
            return RS_OK;
    return rs_fail(err, RS_USAGE,
                   "plot: --size %.40s: expected WxH such as 1280x800, at least 320x240, or "
                   "1280x800@2 for twice the pixels",
                   text);
}

/* The command that makes the figure again. */
static void tell_settings(int argc, char **argv, char *text, size_t room)
{
    size_t n = (size_t)snprintf(text, room, "rnnscope");
    for (int k = 0; k < argc && n < room; k++) {
        if ((strcmp(argv[k], "-o") == 0 || strcmp(argv[k], "--numbers") == 0) && k + 1 < argc) {
            k++;
            continue;
        }
        if (strcmp(argv[k], "--quiet") != 0)
            n += (size_t)snprintf(text + n, room - n, " %s", argv[k]);
    }
}

/* Model, data and the passes that a view reads. */
typedef struct passes {
    struct run run;
    rs_trace *trace;
    double *gradient;
} passes;

static void free_passes(passes *p)
{
    free(p->gradient);
    rs_trace_free(p->trace);
    run_close(&p->run);
}

static rs_status make_passes(const run_options *o, passes *p, rs_error *err)
{
    rs_status status = run_open(o, &p->run, err);
    if (status)
        return status;
    const size_t n = p->run.model.net.parameters_n;
    p->trace = run_trace(&p->run, RS_KEEP_ALL, err);
    if (!p->trace)
        return err->status;
    rs_forward(p->trace, p->run.model.parameters, NULL);
    rs_loss_forward(p->trace, &p->run.data.loss);
    if (p->run.data.loss.kind == RS_NO_LOSS)
        return RS_OK;
    p->gradient = rs_alloc(n, sizeof(double), "the gradient", err);
    if (!p->gradient)
        return RS_INTERNAL;
    rs_backward(p->trace, p->run.model.parameters, p->gradient, 0);
    return RS_OK;
}

static rs_status write_numbers(const char *path, const view *v, const void *data, rs_error *err)
{
    rs_file file;
    rs_status status = rs_file_begin(&file, path, err);
    if (status)
        return status;
    v->csv(file.stream, data);
    return rs_file_commit(&file, err);
}

static rs_status draw_figure(const plot_options *mine, const view *v, const void *data,
                             const char *subtitle, const char *settings, uint64_t seed,
                             rs_error *err)
{
    double w = 1280, h = 800, scale = 1;
    theme_kind theme = THEME_LIGHT;
    lang_kind lang = LANG_EN;
    rs_status status = mine->size ? read_size(mine->size, &w, &h, &scale, err) : RS_OK;
    if (status)
        return status;
    if (mine->theme)
        theme_named(mine->theme, &theme);
    if (mine->lang)
        lang_named(mine->lang, &lang);
    canvas *c = canvas_file(mine->path, w, h, scale, theme, err);
    if (!c)
        return err->status;
    canvas_set_lang(c, lang);
    const figure f = {v, data, subtitle, settings, seed};
    figure_draw(c, &f, NULL);
    status = canvas_finish(c, err);
    canvas_free(c);
    return status;
}

/* What was computed from, in the language of the figure. */
static void describe(const struct run *run, lang_kind lang, uint64_t seed, char text[RUN_TEXT])
{
    const rs_net *net = &run->model.net;
    (void)snprintf(
        text, RUN_TEXT,
        lang_text(lang,
                  "%s, H = %zu, L = %zu, %zu parameters · %s, T = %zu, B = %zu · seed %" PRIu64),
        net->cell->title, net->hidden, net->layers, net->parameters_n, run->from, run->data.T,
        run->data.B, seed);
}

/* What it takes, before it is taken; of small figures nothing. */
static void say_cost(const view *v, const view_input *in)
{
    char text[16];
    const double bytes = (double)in->trace->numbers_n * sizeof(double);
    const double flops = v->flops ? v->flops(in) : 0;
    if (bytes > 64e6)
        (void)fprintf(stderr, "plot: a trace of %s a cell\n", rs_bytes_text(bytes, text));
    if (flops > 1e9)
        (void)fprintf(stderr, "plot: %s takes %.3g GFLOP a cell\n", v->name, flops * 1e-9);
}

static rs_status plot(const plot_options *mine, const run_options *o, const view *v,
                      const char *settings, rs_error *err)
{
    passes p = {0};
    void *data = NULL;
    char subtitle[RUN_TEXT] = "";
    lang_kind lang = LANG_EN;
    if (mine->lang)
        lang_named(mine->lang, &lang);
    rs_status status = v->alone ? RS_OK : make_passes(o, &p, err);
    const view_input input = {.options = o,
                              .run = &p.run,
                              .trace = p.trace,
                              .gradient = p.gradient,
                              .layer = mine->layer,
                              .sequence = mine->sequence,
                              .unit = mine->unit,
                              .step = mine->step,
                              .updates = mine->updates};
    if (!status && !v->alone && !o->quiet)
        say_cost(v, &input);
    if (!status)
        status = v->make(&input, &data, err);
    if (!status && !v->alone)
        describe(&p.run, lang, o->seed, subtitle);
    if (!status)
        status = draw_figure(mine, v, data, v->alone ? NULL : subtitle, settings, o->seed, err);
    if (!status && mine->csv)
        status = write_numbers(mine->csv, v, data, err);
    if (data)
        v->free(data);
    free_passes(&p);
    return status;
}

static rs_status find_view(const char *name, const view **found, rs_error *err)
{
    *found = name ? view_named(name) : NULL;
    if (*found)
        return RS_OK;
    char names[400] = "";
    size_t n = 0;
    for (size_t k = 0; views[k] && n < sizeof names; k++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", k > 0 ? ", " : "",
                              views[k]->name);
    const char *near = name ? options_nearest(name, view_name) : NULL;
    return rs_fail(err, RS_USAGE, "plot: %s%.40s%s%s%s: expected a view, one of %s",
                   name ? "" : "no view", name ? name : "", near ? " (did you mean " : "",
                   near ? near : "", near ? "?)" : "", names);
}

static const char *theme_name(size_t k) { return k == 0 ? "light" : k == 1 ? "dark" : NULL; }
static const char *lang_name(size_t k) { return k == 0 ? "en" : k == 1 ? "zh" : NULL; }

#define PLOT_TEXT(option, what, field, text)                                                       \
    {                                                                                              \
        .name = (option), .value = (what), .kind = OPTION_TEXT,                                    \
        .offset = offsetof(plot_options, field), .help = (text)                                    \
    }
#define PLOT_INDEX(option, field, text)                                                            \
    {                                                                                              \
        .name = (option), .value = "K", .kind = OPTION_SIZE, .low = 0, .high = 1e7,                \
        .offset = offsetof(plot_options, field), .help = (text)                                    \
    }

int command_plot(int argc, char **argv)
{
    static const option rows[] = {
        PLOT_TEXT("-o", "FILE", path, "ending in .png, .svg or .pdf"),
        PLOT_TEXT("--numbers", "FILE", csv, "what is drawn, as CSV"),
        {.name = "--theme",
         .value = "NAME",
         .kind = OPTION_CHOICE,
         .offset = offsetof(plot_options, theme),
         .choice = theme_name,
         .help = "colours"},
        {.name = "--lang",
         .value = "NAME",
         .kind = OPTION_CHOICE,
         .offset = offsetof(plot_options, lang),
         .choice = lang_name,
         .help = "of the texts"},
        PLOT_TEXT("--size", "WxH", size, "pixels, default 1280x800; 1280x800@2 for twice as many"),
        PLOT_INDEX("--layer", layer, "the layer shown, from 0"),
        PLOT_INDEX("--sequence", sequence, "the sequence of the batch shown, from 0"),
        PLOT_INDEX("--unit", unit, "the unit shown, from 0"),
        PLOT_INDEX("--updates", updates, "updates of the training view, default 200"),
        PLOT_INDEX("--step", step, "the step shown, from 0; default the last"),
    };
    const char *name = NULL;
    const usage use = {
        .command = "plot",
        .summary = "one figure into a file, no window",
        .words = "VIEW",
        .pattern = "[MODEL] [DATA] -o FILE.png|.svg|.pdf",
        .example =
            "  rnnscope plot norms --task adding --steps 100 -o norms.png\n"
            "  rnnscope plot gates --model state_dict.safetensors --input x.npy -o gates.pdf\n",
        .word = &name,
        .known = view_name};
    run_options options = run_defaults();
    plot_options mine = {.step = SIZE_MAX};
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine},
                                   run_model_group(&options),
                                   run_data_group(&options),
                                   run_common_group(&options)};
    const view *v = NULL;
    char settings[1024];
    rs_error err = {0};
    int code = 0;
    tell_settings(argc, argv, settings, sizeof settings);
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    if (find_view(name, &v, &err))
        return options_complain(&err);
    if (!mine.path || !canvas_knows(mine.path)) {
        (void)rs_fail(&err, RS_USAGE,
                      "plot: -o %.100s: expected -o FILE, ending in .png, .svg or "
                      ".pdf",
                      mine.path ? mine.path : "(none)");
        return options_complain(&err);
    }
    return plot(&mine, &options, v, settings, &err) ? options_complain(&err) : RS_OK;
}
