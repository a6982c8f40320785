/* The files and the table of an experiment. */
#include "viz/experiments/report.h"

#include "files/atomic.h"
#include "viz/plots/figure.h"
#include "viz/plots/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

rs_status report_path(const char *folder, const char *name, const char *ending,
                      char path[REPORT_PATH], rs_error *err)
{
    const int n = snprintf(path, REPORT_PATH, "%s/%s.%s", folder, name, ending);
    return n > 0 && n < REPORT_PATH
               ? RS_OK
               : rs_fail(err, RS_USAGE, "-o %.100s…: expected a shorter path", folder);
}

/* --- files --------------------------------------------------------------------------------- */

static rs_status write_csv(const char *path, const experiment *e, const void *data, rs_error *err)
{
    rs_file file;
    const rs_status status = rs_file_begin(&file, path, err);
    if (status)
        return status;
    e->csv(file.stream, data);
    return rs_file_commit(&file, err);
}

static rs_status write_figure(const char *path, double scale, const experiment *e,
                              const experiment_options *o, const void *data, rs_error *err)
{
    char settings[160], setting[EXPERIMENT_TEXT], subtitle[EXPERIMENT_TEXT + 160];
    const view v = {.name = e->name, .title = e->title, .alone = true, .draw = e->draw};
    const figure f = {&v, data, subtitle, settings, o->seed};
    (void)snprintf(settings, sizeof settings, "rnnscope experiment %s%s --seed %" PRIu64, e->name,
                   o->full ? " --full" : "", o->seed);
    (void)snprintf(subtitle, sizeof subtitle, "%s\n%s", e->paper, e->setting(o->full, setting));
    canvas *c = canvas_file(path, 1280, 800, scale, THEME_LIGHT, err);
    if (!c)
        return err ? err->status : RS_INTERNAL;
    figure_draw(c, &f, NULL);
    const rs_status status = canvas_finish(c, err);
    canvas_free(c);
    return status;
}

rs_status report_write(const experiment *e, const experiment_options *options, const void *data,
                       rs_error *err)
{
    char path[REPORT_PATH];
    rs_status status = report_path(options->folder, e->name, "csv", path, err);
    if (!status)
        status = write_csv(path, e, data, err);
    if (!status)
        status = report_path(options->folder, e->name, "png", path, err);
    if (!status)
        status = write_figure(path, 2, e, options, data, err);
    if (!status)
        status = report_path(options->folder, e->name, "svg", path, err);
    if (!status)
        status = write_figure(path, 1, e, options, data, err);
    return status;
}

void experiment_table(FILE *out, const char *const *names, const double *numbers, size_t columns,
                      size_t rows)
{
    for (size_t col = 0; col < columns; col++)
        (void)fprintf(out, "%s%s", names[col], col + 1 < columns ? "," : "\n");
    for (size_t row = 0; row < rows; row++)
        for (size_t col = 0; col < columns; col++)
            (void)fprintf(out, "%.17g%s", numbers[col * rows + row],
                          col + 1 < columns ? "," : "\n");
}

/* --- the table ----------------------------------------------------------------------------- */

size_t report_width(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80; /* not within a character */
    return n;
}

void report_wrap(FILE *out, const char *text, size_t indent, size_t width)
{
    size_t column = 0;
    while (*text) {
        char word[2 * EXPERIMENT_TEXT];
        const size_t n = strcspn(text, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)n, text);
        const size_t wide = report_width(word);
        if (column > 0 && indent + column + 1 + wide > width) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = 0;
        }
        (void)fprintf(out, "%s%s", column > 0 ? " " : "", word);
        column += wide + (column > 0);
        text += n + strspn(text + n, " ");
    }
    (void)fputc('\n', out);
}

static const char *measured_text(const finding *f, char text[FINDING_TEXT])
{
    char number[NUMBER_TEXT];
    (void)snprintf(text, FINDING_TEXT, "%s",
                   f->measured[0] ? f->measured : number_text(number, f->value, 4));
    return text;
}

static const char *const verdict_text[] = {"agrees", "DIFFERS", ""};

static void print_cell(FILE *out, const char *text, size_t width)
{
    const size_t wide = report_width(text);
    (void)fprintf(out, "%s%*s", text, (int)(width > wide ? width - wide : 0) + 2, "");
}

void experiment_print(FILE *out, const experiment_result *result)
{
    size_t what = 0, published = strlen("published"), measured = strlen("measured");
    char text[FINDING_TEXT];
    for (size_t k = 0; k < result->n; k++) {
        const finding *f = &result->found[k];
        const size_t w = report_width(f->what), p = report_width(f->published);
        const size_t m = report_width(measured_text(f, text));
        what = w > what ? w : what;
        published = p > published ? p : published;
        measured = m > measured ? m : measured;
    }
    print_cell(out, "", what);
    print_cell(out, "published", published);
    (void)fprintf(out, "measured\n");
    for (size_t k = 0; k < result->n; k++) {
        const finding *f = &result->found[k];
        print_cell(out, f->what, what);
        print_cell(out, f->published[0] ? f->published : "-", published);
        print_cell(out, measured_text(f, text), f->verdict == VERDICT_NONE ? 0 : measured);
        (void)fprintf(out, "%s\n", verdict_text[f->verdict]);
        if (f->note[0]) {
            (void)fprintf(out, "    ");
            report_wrap(out, f->note, 4, 100);
        }
    }
    (void)fprintf(out, "\n%zu of %zu agree\n", result->agree, result->compared);
}

const char *report_duration(double seconds, char text[32])
{
    if (seconds < 1)
        (void)snprintf(text, 32, "less than a second");
    else if (seconds < 90)
        (void)snprintf(text, 32, "about %.0f s", ceil(seconds));
    else if (seconds < 5400)
        (void)snprintf(text, 32, "about %.0f min", ceil(seconds / 60));
    else
        (void)snprintf(text, 32, "about %.1f h", seconds / 3600);
    return text;
}

/* --- JSON ---------------------------------------------------------------------------------- */

/* Null stands for what JSON has no number for: NaN, and the open end of a band. */
static void add_number(cJSON *object, const char *name, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

static cJSON *finding_json(const finding *f)
{
    static const char *const verdicts[] = {"agrees", "differs", "none"};
    char text[FINDING_TEXT];
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "what", f->what);
    cJSON_AddStringToObject(row, "published", f->published);
    add_number(row, "low", f->low);
    add_number(row, "high", f->high);
    add_number(row, "value", f->value);
    cJSON_AddStringToObject(row, "measured", measured_text(f, text));
    cJSON_AddStringToObject(row, "verdict", verdicts[f->verdict]);
    cJSON_AddStringToObject(row, "note", f->note);
    return row;
}

static void add_files(cJSON *object, const experiment *e, const char *folder)
{
    static const char *const endings[] = {"csv", "png", "svg"};
    cJSON *files = cJSON_AddArrayToObject(object, "files");
    for (size_t k = 0; k < COUNT(endings); k++) {
        char path[REPORT_PATH];
        if (!report_path(folder, e->name, endings[k], path, NULL))
            cJSON_AddItemToArray(files, cJSON_CreateString(path));
    }
}

cJSON *report_json(const experiment *e, const experiment_options *options,
                   const experiment_result *result)
{
    char setting[EXPERIMENT_TEXT];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "experiment", e->name);
    cJSON_AddStringToObject(object, "title", e->title);
    cJSON_AddStringToObject(object, "paper", e->paper);
    cJSON_AddStringToObject(object, "setting", e->setting(options->full, setting));
    cJSON_AddBoolToObject(object, "full", options->full);
    cJSON_AddNumberToObject(object, "seed", (double)options->seed);
    cJSON_AddNumberToObject(object, "seconds", result->seconds);
    cJSON_AddStringToObject(object, "verdict",
                            result->agree == result->compared ? "agrees" : "differs");
    cJSON_AddNumberToObject(object, "agree", (double)result->agree);
    cJSON_AddNumberToObject(object, "compared", (double)result->compared);
    cJSON *rows = cJSON_AddArrayToObject(object, "findings");
    for (size_t k = 0; k < result->n; k++)
        cJSON_AddItemToArray(rows, finding_json(&result->found[k]));
    add_files(object, e, options->folder);
    return object;
}
