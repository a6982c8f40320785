/* rnnscope experiment: does published experiments again, and says what came out. */
#include "viz/experiments/experiment.h"
#include "viz/experiments/report.h"
#include "viz/options.h"
#include "viz/progress.h"
#include "viz/run.h"

#include "base/parallel.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viz/commands/commands.h"

static volatile sig_atomic_t stop;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

/* The first Ctrl-C ends the experiment as soon as may be; a second one ends the program. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static const char *experiment_name(size_t k)
{
    return experiments[k] ? experiments[k]->name : NULL;
}

static double seconds_of(const experiment *e, bool full, double rate, size_t threads)
{
    return e->operations(full) / rate / (double)(threads ? threads : rs_processors());
}

/* --- the list ------------------------------------------------------------------------------ */

static void list_text(double rate, size_t threads)
{
    printf("rnnscope experiment NAME does one of these again; --full at the paper's size or "
           "more:\n\n");
    for (size_t k = 0; experiments[k]; k++) {
        const experiment *e = experiments[k];
        char quick[32], full[32];
        printf("  %-15s %s\n%18s%s\n%18s%s; --full %s\n", e->name, e->title, "", e->paper, "",
               report_duration(seconds_of(e, false, rate, threads), quick),
               report_duration(seconds_of(e, true, rate, threads), full));
    }
}

static void print_json(cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    printf("%s\n", text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(object);
}

static void list_json(double rate, size_t threads)
{
    cJSON *object = cJSON_CreateObject(), *rows = cJSON_AddArrayToObject(object, "experiments");
    for (size_t k = 0; experiments[k]; k++) {
        const experiment *e = experiments[k];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "name", e->name);
        cJSON_AddStringToObject(row, "title", e->title);
        cJSON_AddStringToObject(row, "paper", e->paper);
        cJSON_AddNumberToObject(row, "seconds", seconds_of(e, false, rate, threads));
        cJSON_AddNumberToObject(row, "full_seconds", seconds_of(e, true, rate, threads));
        cJSON_AddItemToArray(rows, row);
    }
    print_json(object);
}

/* --- running ------------------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
    struct stat is;
    return stat(path, &is) == 0 && S_ISDIR(is.st_mode);
}

/* The folder asked for, made if need be; else build/experiments, or where there is no build folder
 * to write to, this one. */
static rs_status find_folder(const char **folder, rs_error *err)
{
    if (*folder) {
        if (mkdir(*folder, 0777) != 0 && errno != EEXIST)
            return rs_fail(err, RS_WRITE, "%.300s: the folder cannot be made: %s", *folder,
                           strerror(errno));
        if (!is_folder(*folder))
            return rs_fail(err, RS_WRITE, "%.300s: expected a folder", *folder);
        return RS_OK;
    }
    *folder = "build/experiments";
    (void)mkdir(*folder, 0777);
    if (!is_folder(*folder) || access(*folder, W_OK) != 0)
        *folder = ".";
    return RS_OK;
}

static void say_before(const experiment *e, const experiment_options *o)
{
    char text[32];
    if (!o->quiet)
        (void)fprintf(stderr, "experiment %s: %s\n", e->name,
                      report_duration(seconds_of(e, o->full, experiment_rate(), o->threads), text));
}

static void print_result(const experiment *e, const experiment_options *o,
                         const experiment_result *result)
{
    char setting[EXPERIMENT_TEXT], time[32];
    printf("%s: %s\n%s\n\nsetting: ", e->name, e->title, e->paper);
    report_wrap(stdout, e->setting(o->full, setting), 9, 100);
    printf("\n");
    experiment_print(stdout, result);
    printf("written to %s/%s.csv, .png and .svg; %s", o->folder, e->name,
           report_duration(result->seconds, time));
    if (result->known > 0)
        printf("; %zu runs were done before", result->known);
    printf("\n");
}

static rs_status run_one(const experiment *e, experiment_options *o, bool json, bool *agrees,
                         rs_error *err)
{
    static experiment_result result;
    char path[REPORT_PATH];
    rs_status status = find_folder(&o->folder, err);
    if (!status)
        status = report_path(o->folder, e->name, "csv", path, err);
    if (!status)
        status = run_can_write(path, err);
    if (status)
        return status;
    say_before(e, o);
    catch_signals();
    status = experiment_run(e, o, &result, err);
    if (status)
        return status;
    if (json)
        print_json(report_json(e, o, &result));
    else
        print_result(e, o, &result);
    *agrees = result.agree == result.compared;
    return RS_OK;
}

static rs_status unknown(const char *name, rs_error *err)
{
    char names[400] = "";
    size_t n = 0;
    for (size_t k = 0; experiments[k] && n < sizeof names; k++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", k > 0 ? ", " : "",
                              experiments[k]->name);
    const char *near = options_nearest(name, experiment_name);
    return rs_fail(err, RS_USAGE, "experiment: %.40s%s%s%s: expected one of %s", name,
                   near ? " (did you mean " : "", near ? near : "", near ? "?)" : "", names);
}

int command_experiment(int argc, char **argv)
{
    static const option rows[] = {
        {.name = "--full",
         .kind = OPTION_FLAG,
         .offset = offsetof(experiment_options, full),
         .help = "at the paper's size or more"},
        {.name = "-o",
         .value = "FOLDER",
         .kind = OPTION_TEXT,
         .offset = offsetof(experiment_options, folder),
         .help = "for NAME.csv, NAME.png and NAME.svg",
         .otherwise = "build/experiments where there is build/, else this folder"},
    };
    const char *name = NULL;
    const usage use = {.command = "experiment",
                       .summary = "does a published experiment again: published beside measured",
                       .words = "[NAME]",
                       .pattern = "[--full] [-o FOLDER]",
                       .example = "  rnnscope experiment                 lists them\n"
                                  "  rnnscope experiment wall -o figures\n",
                       .word = &name,
                       .known = experiment_name};
    run_options common = run_defaults();
    experiment_options mine = {.stop = &stop};
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine},
                                   run_common_group(&common)};
    const experiment *e = NULL;
    rs_error err = {0};
    int code = 0;
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    mine.quiet = common.quiet;
    mine.seed = common.seed;
    mine.threads = common.threads;
    if (!name) {
        (common.json ? list_json : list_text)(experiment_rate(), common.threads);
        return RS_OK;
    }
    e = experiment_named(name);
    if (!e) {
        (void)unknown(name, &err);
        return options_complain(&err);
    }
    bool agrees = false;
    if (run_one(e, &mine, common.json, &agrees, &err))
        return options_complain(&err);
    return agrees ? RS_OK : RS_FAILED;
}
