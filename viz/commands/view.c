/* rnnscope view: the viewer on a model and data of the user's, or on RNN, LSTM and GRU side by
 * side. */
#include "viz/app/viewer.h"
#include "viz/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/commands/commands.h"

typedef struct view_options {
    const char *replay, *state, *theme, *lang, *size;
    bool stats;
} view_options;

static const char *theme_name(size_t k)
{
    static const char *const names[] = {"light", "dark", NULL};
    return names[k];
}

static const char *language_name(size_t k)
{
    static const char *const names[] = {"en", "zh", NULL};
    return names[k];
}

static const option rows[] = {
    {.name = "--theme",
     .value = "NAME",
     .kind = OPTION_CHOICE,
     .choice = theme_name,
     .offset = offsetof(view_options, theme),
     .help = "colours"},
    {.name = "--lang",
     .value = "NAME",
     .kind = OPTION_CHOICE,
     .choice = language_name,
     .offset = offsetof(view_options, lang),
     .help = "of the texts"},
    {.name = "--size",
     .value = "WxH",
     .kind = OPTION_TEXT,
     .offset = offsetof(view_options, size),
     .help = "of the window, default 1280x800"},
    {.name = "--state",
     .value = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(view_options, state),
     .help = "begin with what an export wrote (its .state, or the picture itself) or a replay"},
    {.name = "--replay",
     .value = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(view_options, replay),
     .help = "events from a file; runs without a display too"},
    {.name = "--stats",
     .kind = OPTION_FLAG,
     .offset = offsetof(view_options, stats),
     .help = "print how long frames took, as JSON, at the end"}};

/* Options of numbers become lines of a scene, so that they are checked as a scene is. */
static rs_status scene_of(const run_options *o, scene *s, rs_error *err)
{
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"hidden", o->hidden ? (double)o->hidden : NAN},
                   {"layers", o->layers ? (double)o->layers : NAN},
                   {"steps", o->steps ? (double)o->steps : NAN},
                   {"batch", o->batch ? (double)o->batch : NAN},
                   {"gain", o->gain},
                   {"radius", o->radius},
                   {"forget_bias", o->forget_bias},
                   {"seed", (double)o->seed}};
    const struct {
        const char *name, *value;
    } names[] = {{"cells", o->cell}, {"task", o->task}, {"init", o->init}, {"loss_at", o->loss_at}};
    char line[160];
    rs_status status = RS_OK;
    for (size_t k = 0; k < COUNT(numbers) && !status; k++) {
        (void)snprintf(line, sizeof line, "%s = %.17g", numbers[k].name, numbers[k].value);
        if (!isnan(numbers[k].value))
            status = scene_set(s, line, err);
    }
    for (size_t k = 0; k < COUNT(names) && !status; k++) {
        (void)snprintf(line, sizeof line, "%s = %.120s", names[k].name,
                       names[k].value ? names[k].value : "");
        if (names[k].value)
            status = scene_set(s, line, err);
    }
    return status ? rs_fail(err, RS_USAGE, "view: %.400s", err->text) : RS_OK;
}

static rs_status read_size(const char *text, viewer_options *to, rs_error *err)
{
    char rest = 0;
    const int n =
        text ? sscanf(text, "%lfx%lf@%lf%c", &to->width, &to->height, &to->scale, &rest) : 2;
    if ((n == 2 || n == 3) && to->width >= 640 && to->height >= 400 && to->width <= 8192 &&
        to->height <= 8192 && to->scale >= .5 && to->scale <= 4)
        return RS_OK;
    return rs_fail(err, RS_USAGE,
                   "view: --size %.40s: expected WxH such as 1280x800, at least 640x400", text);
}

static rs_status show(const view_options *mine, const run_options *o, rs_error *err)
{
    viewer_options options = {.replay = mine->replay,
                              .state = mine->state,
                              .stats = mine->stats,
                              .width = 1280,
                              .height = 800,
                              .scale = 1,
                              .run = o};
    const run_options untouched = run_defaults();
    options.keep = !mine->replay && !mine->state && memcmp(&untouched, o, sizeof untouched) == 0;
    const bool file_data = o->text || o->csv || o->input;
    struct run run = {0};
    compute_base base = {0};
    scene s = app_first_scene();
    rs_status status = read_size(mine->size, &options, err);
    if (mine->theme)
        options.theme_given = theme_named(mine->theme, &options.theme);
    if (mine->lang)
        options.lang_given = lang_named(mine->lang, &options.lang) != 0;
    if (!status)
        status = scene_of(o, &s, err);
    if (o->model)
        app_leave_model(&s);
    if (!status && (o->model || file_data))
        status = run_open(o, &run, err);
    if (status)
        return status;
    if (o->model)
        base.model = &run.model;
    if (o->model || file_data)
        base.data = &run.data;
    options.scene = &s;
    options.title = o->model ? o->model : o->text ? o->text : o->csv ? o->csv : o->input;
    status = viewer_run(&options, &base, err);
    if (o->model || file_data)
        run_close(&run);
    return status;
}

int command_view(int argc, char **argv)
{
    view_options mine = {0};
    run_options o = run_defaults();
    const usage use = {
        .command = "view",
        .summary = "opens the viewer on a model and data, or on RNN, LSTM and GRU side by side",
        .pattern = "[MODEL] [DATA]",
        .example = "  rnnscope view\n  rnnscope view --model model.safetensors --csv series.csv\n"};
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine},
                                   run_model_group(&o),
                                   run_data_group(&o),
                                   run_common_group(&o)};
    int code = 0;
    rs_error err = {0};
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    const rs_status status = show(&mine, &o, &err);
    return status ? options_complain(&err) : 0;
}
