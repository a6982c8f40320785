/* Experiments: units of work that survive a stop, findings, the table and the files; and the fast
 * ones, which must come out as published. */
#include "tests/unit/cli_help.h"

#include "viz/experiments/experiment.h"
#include "viz/experiments/partial.h"
#include "viz/experiments/report.h"
#include "viz/plots/panels.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- an experiment of our own: unit k gives k and 1/(k + seed) ----------------------------------
 */

enum { UNITS = 6 };

/* What the units do, and what became of them. */
static struct {
    size_t stop_at, fail_at; /* the unit that is stopped or fails; SIZE_MAX: none */
    size_t calls[UNITS];
    const char *setting;
    volatile sig_atomic_t stop;
} play;

static void play_reset(void)
{
    memset(&play, 0, sizeof play);
    play.stop_at = play.fail_at = SIZE_MAX;
    play.setting = "six units";
}

static void play_name(const void *context, size_t k, char name[UNIT_NAME])
{
    (void)context;
    (void)snprintf(name, UNIT_NAME, "unit %zu", k);
}

static rs_status play_unit(void *context, size_t k, lab_unit *unit, double *result, rs_error *err)
{
    const uint64_t seed = *(const uint64_t *)context;
    play.calls[k]++;
    if (k == play.stop_at)
        play.stop = 1;
    if (!lab_tick(unit, .5))
        return RS_INTERRUPTED;
    if (k == play.fail_at)
        return rs_fail(err, RS_DATA, "unit %zu fails", k);
    result[0] = (double)k;
    result[1] = 1 / (double)(k + seed);
    return RS_OK;
}

static rs_status play_run(lab *l, void **data, rs_error *err)
{
    double result[2 * UNITS], sum = 0;
    const lab_work work = {
        .units = UNITS, .numbers = 2, .name = play_name, .run = play_unit, .context = &l->seed};
    const rs_status status = lab_do(l, &work, result, err);
    if (status)
        return status;
    panels *p = rs_alloc(1, sizeof *p, "panels", err);
    assert_non_null(p);
    *data = p;
    curves *c = panels_add(p, (rect){0, 0, 1, 1}, UNITS, err);
    for (size_t k = 0; k < UNITS; k++) {
        assert_true(result[2 * k] == (double)k);
        c->numbers[k] = result[2 * k + 1];
        sum += result[2 * k + 1];
    }
    curves_add(c, "inverse", c->numbers, UNITS, INK_BLUE, DASH_NONE);
    lab_find(l, sum, 2, 3, "2 to 3", "sum of %d", UNITS);
    finding_note(lab_find(l, NAN, -INFINITY, INFINITY, "a number", "not one"), "a remark");
    finding_measured(lab_show(l, 7, "shown"), "seven of %d", 9);
    return RS_OK;
}

static const char *play_setting(bool full, char text[EXPERIMENT_TEXT])
{
    (void)full; /* the same words: --full alone tells them apart */
    (void)snprintf(text, EXPERIMENT_TEXT, "%s", play.setting);
    return text;
}

static double play_operations(bool full) { return full ? 2 : 1; }

static const experiment playing = {.name = "playing",
                                   .title = "A title",
                                   .paper = "A paper",
                                   .setting = play_setting,
                                   .operations = play_operations,
                                   .run = play_run,
                                   .draw = panels_draw,
                                   .csv = panels_csv,
                                   .free = panels_free};

static experiment_result result;

static rs_status run_playing(void **state, bool full, uint64_t seed, rs_error *err)
{
    const experiment_options o = {.full = full,
                                  .quiet = true,
                                  .seed = seed,
                                  .threads = 1,
                                  .folder = *state,
                                  .stop = &play.stop};
    play.stop = 0;
    return experiment_run(&playing, &o, &result, err);
}

static bool is_there(void **state, const char *name)
{
    char path[PATH];
    return access(in_folder(state, name, path), F_OK) == 0;
}

static size_t calls(void)
{
    size_t n = 0;
    for (size_t k = 0; k < UNITS; k++)
        n += play.calls[k];
    return n;
}

/* --- work --------------------------------------------------------------------------------------
 */

static void experiment_stopped_goes_on_where_it_stopped(void **state)
{
    rs_error err;
    char whole[PATH], path[PATH];
    size_t n = 0, m = 0;
    play_reset();
    assert_int_equal(run_playing(state, false, 1, NULL), RS_OK);
    char *first = read_bytes(in_folder(state, "playing.csv", path), &n);
    assert_int_equal(calls(), UNITS);
    assert_false(is_there(state, "playing.partial"));
    (void)remove(path);
    play_reset();
    play.stop_at = 3;
    assert_int_equal(run_playing(state, false, 1, &err), RS_INTERRUPTED);
    assert_non_null(strstr(err.text, "3 of 6"));
    assert_int_equal(calls(), 4); /* the one that was stopped is lost */
    assert_true(is_there(state, "playing.partial"));
    assert_false(is_there(state, "playing.csv"));
    play.stop_at = SIZE_MAX;
    assert_int_equal(run_playing(state, false, 1, NULL), RS_OK);
    assert_int_equal(calls(), 4 + 3);
    assert_int_equal(play.calls[3], 2);
    assert_int_equal(result.known, 3);
    assert_false(is_there(state, "playing.partial"));
    char *again = read_bytes(in_folder(state, "playing.csv", whole), &m);
    assert_int_equal(n, m);
    assert_memory_equal(first, again, n);
    free(first);
    free(again);
}

/* Units of --full, of another seed or of another setting are neither taken nor lost. */
static void experiment_units_of_other_settings_do_not_mix(void **state)
{
    play_reset();
    play.stop_at = 4;
    assert_int_equal(run_playing(state, true, 1, NULL), RS_INTERRUPTED);
    play.stop_at = 2;
    assert_int_equal(run_playing(state, false, 2, NULL), RS_INTERRUPTED);
    play.stop_at = SIZE_MAX;
    assert_int_equal(run_playing(state, false, 1, NULL), RS_OK);
    assert_int_equal(result.known, 0);
    assert_true(is_there(state, "playing.partial"));
    play.setting = "six unitz"; /* as long, yet another */
    assert_int_equal(run_playing(state, true, 1, NULL), RS_OK);
    assert_int_equal(result.known, 0);
    play.setting = "six units";
    assert_int_equal(run_playing(state, true, 1, NULL), RS_OK);
    assert_int_equal(result.known, 4);
    assert_int_equal(run_playing(state, false, 2, NULL), RS_OK);
    assert_int_equal(result.known, 2);
    assert_false(is_there(state, "playing.partial"));
}

/* A line that was cut off, and one of too few numbers, are done again. */
static void experiment_damaged_units_are_done_again(void **state)
{
    char path[PATH];
    size_t n = 0;
    play_reset();
    play.stop_at = 3;
    assert_int_equal(run_playing(state, false, 1, NULL), RS_INTERRUPTED);
    char *bytes = read_bytes(in_folder(state, "playing.partial", path), &n);
    char *second = strchr(bytes, '\n') + 1;
    const size_t middle = (size_t)(strchr(second, '\n') - bytes);
    bytes[middle - 8] = '\n'; /* in the numbers of unit 1 */
    write_bytes(path, bytes, n - 5);
    free(bytes);
    play_reset();
    assert_int_equal(run_playing(state, false, 1, NULL), RS_OK);
    assert_int_equal(result.known, 1);
    assert_int_equal(play.calls[0], 0);
    assert_int_equal(play.calls[1], 1);
    assert_int_equal(play.calls[2], 1);
}

/* What is appended after a cut-off line is not swallowed by it. */
static void experiment_appends_after_a_line_that_was_cut_off(void **state)
{
    char path[PATH];
    partial p;
    const double number[3] = {1. / 3, NAN, -INFINITY};
    double back[4] = {0, 0, 0, 0};
    write_bytes(in_folder(state, "x.partial", path), "mine\ta\t0x1p", 11);
    assert_int_equal(partial_open(&p, path, "mine", NULL), RS_OK);
    assert_false(partial_find(&p, "a", back, 1));
    assert_int_equal(partial_add(&p, "bb", number, 3, NULL), RS_OK);
    partial_close(&p);
    assert_int_equal(partial_open(&p, path, "mine", NULL), RS_OK);
    assert_false(partial_find(&p, "b", back, 3)); /* bb is another */
    assert_int_equal(partial_add(&p, "b", number, 3, NULL), RS_OK);
    partial_close(&p);
    assert_int_equal(partial_open(&p, path, "mine", NULL), RS_OK);
    assert_true(partial_find(&p, "b", back, 3));
    assert_true(back[0] == number[0] && isnan(back[1]) && back[2] == -INFINITY);
    assert_false(partial_find(&p, "b", back, 2));
    assert_false(partial_find(&p, "b", back, 4));
    partial_close(&p);
    assert_int_equal(partial_open(&p, path, "min", NULL), RS_OK);
    assert_false(partial_find(&p, "b", back, 3));
    partial_close(&p);
}

static void experiment_a_failing_unit_ends_it_and_the_others_are_kept(void **state)
{
    rs_error err;
    play_reset();
    play.fail_at = 2;
    assert_int_equal(run_playing(state, false, 1, &err), RS_DATA);
    assert_string_equal(err.text, "unit 2 fails");
    assert_int_equal(calls(), 3); /* no more are begun */
    play.fail_at = SIZE_MAX;
    assert_int_equal(run_playing(state, false, 1, NULL), RS_OK);
    assert_int_equal(result.known, 2);
}

/* --- findings and table ------------------------------------------------------------------------
 */

static void experiment_findings_are_judged_and_counted(void **state)
{
    play_reset();
    assert_int_equal(run_playing(state, false, 1, NULL), RS_OK);
    assert_int_equal(result.n, 3);
    assert_int_equal(result.found[0].verdict, VERDICT_AGREES);
    assert_int_equal(result.found[1].verdict, VERDICT_DIFFERS); /* NaN is in no band */
    assert_int_equal(result.found[2].verdict, VERDICT_NONE);
    assert_int_equal(result.agree, 1);
    assert_int_equal(result.compared, 2);
    assert_int_equal(run_playing(state, false, 100, NULL), RS_OK);
    assert_int_equal(result.found[0].verdict, VERDICT_DIFFERS);
}

static void experiment_table_shows_published_beside_measured(void **state)
{
    char path[PATH];
    size_t n = 0;
    play_reset();
    assert_int_equal(run_playing(state, false, 1, NULL), RS_OK);
    FILE *out = fopen(in_folder(state, "table", path), "w");
    assert_non_null(out);
    experiment_print(out, &result);
    (void)fclose(out);
    char *text = read_bytes(path, &n);
    assert_string_equal(text, "          published  measured\n"
                              "sum of 6  2 to 3     2.450       agrees\n"
                              "not one   a number   NaN         DIFFERS\n"
                              "    a remark\n"
                              "shown     -          seven of 9  \n"
                              "\n1 of 2 agree\n");
    free(text);
}

static void experiment_table_of_numbers_is_csv(void **state)
{
    static const char *const names[] = {"x", "y"};
    const double numbers[2][3] = {{1, 2, 3}, {.5, NAN, -4}};
    char path[PATH];
    size_t n = 0;
    FILE *out = fopen(in_folder(state, "csv", path), "w");
    assert_non_null(out);
    experiment_table(out, names, numbers[0], 2, 3);
    (void)fclose(out);
    char *text = read_bytes(path, &n);
    assert_string_equal(text, "x,y\n1,0.5\n2,nan\n3,-4\n");
    free(text);
}

static void experiment_json_has_every_finding(void **state)
{
    const experiment_options o = {.folder = *state, .seed = 1};
    play_reset();
    assert_int_equal(run_playing(state, false, 1, NULL), RS_OK);
    cJSON *object = report_json(&playing, &o, &result);
    const cJSON *rows = cJSON_GetObjectItem(object, "findings");
    assert_string_equal(cJSON_GetObjectItem(object, "verdict")->valuestring, "differs");
    assert_int_equal(cJSON_GetArraySize(rows), 3);
    const cJSON *row = cJSON_GetArrayItem(rows, 1);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(row, "value")));
    assert_string_equal(cJSON_GetObjectItem(row, "verdict")->valuestring, "differs");
    assert_string_equal(cJSON_GetObjectItem(row, "note")->valuestring, "a remark");
    const cJSON *file;
    cJSON_ArrayForEach(file, cJSON_GetObjectItem(object, "files"))
        assert_int_equal(access(file->valuestring, R_OK), 0);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(object, "files")), 3);
    cJSON_Delete(object);
}

static void experiment_durations_are_rounded_for_people(void **state)
{
    char text[32];
    (void)state;
    assert_string_equal(report_duration(.2, text), "less than a second");
    assert_string_equal(report_duration(12.1, text), "about 13 s");
    assert_string_equal(report_duration(120, text), "about 2 min");
    assert_string_equal(report_duration(5400, text), "about 1.5 h");
}

static void experiment_text_wraps_between_words(void **state)
{
    char path[PATH];
    size_t n = 0;
    FILE *out = fopen(in_folder(state, "wrapped", path), "w");
    assert_non_null(out);
    report_wrap(out, "w → ∞ and longerthanthat b", 2, 10);
    (void)fclose(out);
    char *text = read_bytes(path, &n);
    assert_string_equal(text, "w → ∞\n  and\n  longerthanthat\n  b\n");
    assert_int_equal(report_width("w → ∞"), 5);
    free(text);
}

/* --- the fast ones -----------------------------------------------------------------------------
 */

static void agrees(void **state, const experiment *e)
{
    const experiment_options o = {.quiet = true, .seed = 1, .folder = *state};
    assert_int_equal(experiment_run(e, &o, &result, NULL), RS_OK);
    for (size_t k = 0; k < result.n; k++)
        if (result.found[k].verdict == VERDICT_DIFFERS)
            print_error("%s: %s: %g\n", e->name, result.found[k].what, result.found[k].value);
    assert_true(result.compared >= 5);
    assert_int_equal(result.agree, result.compared);
    assert_int_equal(folder_entries(state), 3); /* csv, png, svg */
}

static void experiment_wall_comes_out(void **state) { agrees(state, &experiment_wall); }
static void experiment_bifurcation_comes_out(void **state)
{
    agrees(state, &experiment_bifurcation);
}
static void experiment_forget_bias_comes_out(void **state)
{
    agrees(state, &experiment_forget_bias);
}
static void experiment_lyapunov_comes_out(void **state) { agrees(state, &experiment_lyapunov); }
static void experiment_orthogonal_comes_out(void **state) { agrees(state, &experiment_orthogonal); }

static void experiment_numbers_do_not_depend_on_threads(void **state)
{
    size_t n[2] = {0, 0};
    char *bytes[2], path[PATH];
    for (size_t k = 0; k < 2; k++) {
        const experiment_options o = {
            .quiet = true, .seed = 3, .threads = 1 + 2 * k, .folder = *state};
        assert_int_equal(experiment_run(&experiment_forget_bias, &o, &result, NULL), RS_OK);
        bytes[k] = read_bytes(in_folder(state, "forget-bias.csv", path), &n[k]);
    }
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(bytes[0], bytes[1], n[0]);
    free(bytes[0]);
    free(bytes[1]);
}

/* One without units stops too, and writes nothing. */
static void experiment_without_units_stops(void **state)
{
    volatile sig_atomic_t stop = 1;
    const experiment_options o = {.quiet = true, .seed = 1, .folder = *state, .stop = &stop};
    assert_int_equal(experiment_run(&experiment_bifurcation, &o, &result, NULL), RS_INTERRUPTED);
    assert_int_equal(folder_entries(state), 0);
}

static void experiment_rows_are_whole(void **state)
{
    (void)state;
    for (size_t k = 0; experiments[k]; k++) {
        const experiment *e = experiments[k];
        char quick[EXPERIMENT_TEXT], full[EXPERIMENT_TEXT];
        assert_ptr_equal(experiment_named(e->name), e);
        assert_true(e->title[0] && e->paper[0]);
        assert_string_not_equal(e->setting(false, quick), e->setting(true, full));
        assert_true(strlen(quick) < EXPERIMENT_TEXT - 1 && strlen(full) < EXPERIMENT_TEXT - 1);
        assert_true(e->operations(false) > 0 && e->operations(true) > e->operations(false));
    }
    assert_null(experiment_named("none"));
    assert_true(experiment_training(10, 20, 3, 4) == 6 * 10 * 20 * 3 * 4);
    assert_true(experiment_rate() > 0);
}

/* --- the command -------------------------------------------------------------------------------
 */

static void experiment_command_lists_them(void **state)
{
    const said *answer = run_cli(state, "experiment");
    assert_done(answer);
    for (size_t k = 0; experiments[k]; k++) {
        assert_non_null(strstr(answer->out, experiments[k]->name));
        assert_non_null(strstr(answer->out, experiments[k]->paper));
    }
    answer = run_cli(state, "experiment --json");
    assert_done(answer);
    cJSON *object = cJSON_Parse(answer->out);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(object, "experiments"), 0);
    assert_string_equal(cJSON_GetObjectItem(first, "name")->valuestring, experiments[0]->name);
    assert_true(cJSON_GetObjectItem(first, "full_seconds")->valuedouble >
                cJSON_GetObjectItem(first, "seconds")->valuedouble);
    cJSON_Delete(object);
}

/* Removes a folder within the test's, with the files of an experiment. */
static void empty_folder(void **state, const char *name)
{
    static const char *const endings[] = {"csv", "png", "svg"};
    char path[PATH], file[2 * PATH];
    (void)in_folder(state, name, path);
    for (size_t k = 0; k < TESTS_N(endings); k++) {
        (void)snprintf(file, sizeof file, "%s/bifurcation.%s", path, endings[k]);
        assert_int_equal(remove(file), 0);
    }
    assert_int_equal(rmdir(path), 0);
}

static void experiment_command_writes_its_files(void **state)
{
    const said *answer = run_cli(state, "experiment bifurcation -o made");
    assert_done(answer);
    assert_non_null(strstr(answer->out, "published"));
    assert_non_null(strstr(answer->out, " agree\n"));
    assert_non_null(strstr(answer->out, "made/bifurcation.csv"));
    assert_true(is_there(state, "made/bifurcation.csv"));
    assert_true(is_there(state, "made/bifurcation.png"));
    assert_true(is_there(state, "made/bifurcation.svg"));
    empty_folder(state, "made");
    answer = run_cli(state, "experiment bifurcation --json --quiet");
    assert_done(answer);
    assert_true(is_there(state, "bifurcation.csv")); /* there is no folder build */
    cJSON *object = cJSON_Parse(answer->out);
    assert_string_equal(cJSON_GetObjectItem(object, "verdict")->valuestring, "agrees");
    cJSON_Delete(object);
}

static void experiment_command_refuses(void **state)
{
    assert_complains(run_cli(state, "experiment wal"), RS_USAGE, "did you mean wall");
    assert_complains(run_cli(state, "experiment wall -o no/such"), RS_WRITE, "no/such");
    assert_complains(run_cli(state, "experiment wall --steps 3"), RS_USAGE, "--steps");
    write_bytes(in_folder(state, "file", (char[PATH]){0}), "x", 1);
    assert_complains(run_cli(state, "experiment wall -o file"), RS_WRITE, "expected a folder");
}

const struct CMUnitTest experiments_tests[] = {
    IN_FOLDER(experiment_stopped_goes_on_where_it_stopped),
    IN_FOLDER(experiment_units_of_other_settings_do_not_mix),
    IN_FOLDER(experiment_damaged_units_are_done_again),
    IN_FOLDER(experiment_appends_after_a_line_that_was_cut_off),
    IN_FOLDER(experiment_a_failing_unit_ends_it_and_the_others_are_kept),
    IN_FOLDER(experiment_findings_are_judged_and_counted),
    IN_FOLDER(experiment_table_shows_published_beside_measured),
    IN_FOLDER(experiment_table_of_numbers_is_csv),
    IN_FOLDER(experiment_json_has_every_finding),
    cmocka_unit_test(experiment_durations_are_rounded_for_people),
    IN_FOLDER(experiment_text_wraps_between_words),
    IN_FOLDER(experiment_wall_comes_out),
    IN_FOLDER(experiment_bifurcation_comes_out),
    IN_FOLDER(experiment_forget_bias_comes_out),
    IN_FOLDER(experiment_lyapunov_comes_out),
    IN_FOLDER(experiment_orthogonal_comes_out),
    IN_FOLDER(experiment_numbers_do_not_depend_on_threads),
    IN_FOLDER(experiment_without_units_stops),
    cmocka_unit_test(experiment_rows_are_whole),
    IN_FOLDER(experiment_command_lists_them),
    IN_FOLDER(experiment_command_writes_its_files),
    IN_FOLDER(experiment_command_refuses),
};
const size_t experiments_tests_n = TESTS_N(experiments_tests);
