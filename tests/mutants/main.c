/* The mutation run (`make mutants`): plants each bug of the catalogue in a copy of the library's
 * source, has the gradient checker judge it over several seeds, and prints how many it caught,
 * located and named. First the library as it is, over the same settings: that must not be accused.
 *
 *     run BUILD [ID ...]     only these mutants; jobs and seeds by JOBS and SEEDS in the
 * environment
 */
#include "tests/mutants/run.h"

#include "cells/cell.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_JOBS = 64 };

/* Where the library as it is must not be accused either: weights so small that the gradient dies,
 * so large that gates are at their limits, a single step, a single unit, no readout, in double and
 * in single precision. */
static const char *const hard_settings[] = {"gain=0.01",
                                            "gain=6",
                                            "steps=1",
                                            "hidden=1 batch=1",
                                            "outputs=0",
                                            "method=entries hidden=16",
                                            "steps=60 layers=2",
                                            "last-state=1 layers=2 loss=bce",
                                            "loss=xent outputs=3 at=last h0=0",
                                            "dtype=f32",
                                            "dtype=f32 layers=3 batch=3 steps=9",
                                            "dtype=f32 gain=0.01",
                                            "dtype=f32 gain=6",
                                            "dtype=f32 steps=1",
                                            "dtype=f32 hidden=1 batch=1",
                                            "dtype=f32 steps=60 layers=2",
                                            "dtype=f32 method=entries hidden=16",
                                            "dtype=f32 last-state=1 layers=2 loss=bce"};

static void add_setting(mt_mutant *to, const char *setting)
{
    for (size_t k = 0; k < to->with_n; k++)
        if (strcmp(to->with[k], setting) == 0)
            return;
    if (to->with_n < MOST_SETTINGS)
        to->with[to->with_n++] = setting;
}

/* The library as it is, on every cell, at the settings of all mutants and at the hard ones. */
static mt_mutant library_as_it_is(const mt_mutant *const mutants[], size_t n)
{
    mt_mutant clean = {.id = "as-it-is",
                       .title = "the library as it is",
                       .cells = "lstm gru gru-reset-before rnn rnn-relu",
                       .with = {MUTANTS_SETTINGS},
                       .with_n = 2};
    for (size_t k = 0; k < sizeof hard_settings / sizeof *hard_settings; k++)
        add_setting(&clean, hard_settings[k]);
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < mutants[k]->with_n; j++)
            add_setting(&clean, mutants[k]->with[j]);
    return clean;
}

static int number_of(const char *name, int otherwise, int most)
{
    const char *text = getenv(name);
    const int number = text ? atoi(text) : otherwise;
    return number < 1 ? 1 : number > most ? most : number;
}

static rs_status read_catalogue(mt_catalogue *catalogue)
{
    rs_error err = {0};
    glob_t files = {0};
    rs_status status =
        glob("tests/mutants/catalogue/*.txt", 0, NULL, &files) == 0 ? RS_OK : RS_OPEN;
    for (size_t k = 0; k < files.gl_pathc && status == RS_OK; k++)
        status = catalogue_read(catalogue, files.gl_pathv[k], &err);
    if (status != RS_OK)
        (void)fprintf(stderr, "%s\n", *err.text ? err.text : "tests/mutants/catalogue: no files");
    globfree(&files);
    return status;
}

/* Waits for one of the jobs; returns 1 if it failed. */
static int wait_for_one(void)
{
    int status = 0;
    return wait(&status) > 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0);
}

/* Builds and probes all mutants, `jobs` at a time, the last one first since it takes longest;
 * returns how many failed to build or to run. */
static int run_all(const mt_mutant *const mutants[], size_t n, const char *build, int jobs)
{
    int running = 0, failed = 0;
    char seeds[16];
    (void)snprintf(seeds, sizeof seeds, "%d", number_of("SEEDS", 5, 1000));
    for (size_t k = n; k-- > 0;) {
        if (running == jobs) {
            failed += wait_for_one();
            running--;
        }
        if (isatty(STDERR_FILENO))
            (void)fprintf(stderr, "\r%zu of %zu mutants ", n - k, n);
        const pid_t child = fork();
        if (child == 0)
            _exit(mutant_build_and_probe(mutants[k], build, seeds));
        if (child < 0)
            return failed + 1;
        running++;
    }
    for (; running > 0; running--)
        failed += wait_for_one();
    if (isatty(STDERR_FILENO))
        (void)fprintf(stderr, "\n");
    return failed;
}

static char *findings_of(const mt_mutant *mutant, const char *build)
{
    char folder[MOST_PATH], path[MOST_PATH + 16];
    mutant_folder(folder, build, mutant->id);
    (void)snprintf(path, sizeof path, "%s/findings", folder);
    return mt_read_text(path, NULL);
}

static void say_miss(const mt_finding *f, const mt_mutant *mutant)
{
    printf("missed  %-5s %s\n        %s %s seed %s: error %s, %s", mutant->id, mutant->title,
           f->cell, f->settings, f->seed, f->error, f->verdict);
    if (*f->node)
        printf(", located in layer %s, t=%s at %s (expected %s), %s (expected %s)\n        %s",
               f->layer, f->t, f->node, mutant->nodes ? mutant->nodes : "any", f->kind,
               mutant->kinds ? mutant->kinds : "any", f->text);
    printf("\n");
}

/* The scores of a mutant on one cell; says the first run that misses something. */
static mt_score judge(const mt_mutant *mutant, const char *cell, const char *build)
{
    mt_score score = {0};
    char *text = findings_of(mutant, build);
    int said = 0;
    for (char *line = text, *next; line; line = next) {
        mt_finding finding;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (!finding_read(&finding, line) || strcmp(finding.cell, cell) != 0)
            continue;
        if (!finding_judge(&finding, mutant, &score) && !said++)
            say_miss(&finding, mutant);
    }
    free(text);
    return score;
}

/* The library as it is must agree everywhere; returns the number of runs that do not. */
static size_t judge_clean(const mt_mutant *clean, const char *build)
{
    size_t runs = 0, accused = 0;
    char *text = findings_of(clean, build);
    for (char *line = text, *next; line; line = next) {
        mt_finding f;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (!finding_read(&f, line))
            continue;
        runs++;
        if (!finding_accuses(&f))
            continue;
        accused++;
        printf("accused though right: %s %s seed %s: error %s, %s %s\n", f.cell, f.settings, f.seed,
               f.error, f.verdict, f.text);
    }
    free(text);
    printf("as it is: %zu runs, %zu accused\n", runs, accused);
    return runs == 0 ? 1 : accused;
}

/* A row of the table: mutants of which every run was caught, located, named. */
typedef struct mt_row {
    size_t planted, caught, located, named, to_name, unchanged;
} mt_row;

static mt_row score_cell(const char *cell, const mt_mutant *const mutants[], size_t n,
                         const char *build)
{
    mt_row row = {0};
    for (size_t k = 0; k < n; k++) {
        if (!mt_has_word(mutants[k]->cells, cell))
            continue;
        const mt_score s = judge(mutants[k], cell, build);
        const bool asked = mutants[k]->kinds || mutants[k]->says, ran = s.runs > 0;
        row.planted++;
        row.to_name += asked;
        row.unchanged += s.changed < s.runs;
        row.caught += ran && s.caught == s.runs;
        row.located += ran && s.located == s.runs;
        row.named += asked && ran && s.named == s.runs;
    }
    return row;
}

static void say_row(const char *name, const mt_row *row)
{
    printf("%-18s %8zu %8zu %8zu %5zu of %zu\n", name, row->planted, row->caught, row->located,
           row->named, row->to_name);
    if (row->unchanged > 0)
        printf("%-18s %zu change no derivative at their settings\n", "", row->unchanged);
}

/* The misses, then the table; returns how many are missing in it. */
static size_t say_table(const mt_mutant *const mutants[], size_t n, const char *build)
{
    mt_row rows[16] = {0}, all = {0};
    size_t cells = 0;
    for (; cells < 16 && rs_cells[cells]; cells++)
        rows[cells] = score_cell(rs_cells[cells]->name, mutants, n, build);
    printf("\n%-18s %8s %8s %8s %10s\n", "cell", "planted", "caught", "located", "named");
    for (size_t k = 0; k < cells; k++) {
        say_row(rs_cells[k]->name, &rows[k]);
        all.planted += rows[k].planted;
        all.caught += rows[k].caught;
        all.located += rows[k].located;
        all.named += rows[k].named;
        all.to_name += rows[k].to_name;
        all.unchanged += rows[k].unchanged;
    }
    say_row("all", &all);
    return all.unchanged + (all.planted - all.caught) + (all.planted - all.located) +
           (all.to_name - all.named);
}

int main(int argc, char **argv)
{
    mt_catalogue catalogue = {0};
    if (argc < 2 || read_catalogue(&catalogue) != RS_OK)
        return 65;
    const mt_mutant **chosen = calloc(catalogue.n + 1, sizeof *chosen);
    size_t n = 0;
    for (size_t k = 0; k < catalogue.n && chosen; k++) {
        int asked = argc == 2;
        for (int j = 2; j < argc; j++)
            asked = asked || strcmp(argv[j], catalogue.mutants[k].id) == 0;
        if (asked)
            chosen[n++] = &catalogue.mutants[k];
    }
    if (!chosen || n == 0) {
        free(chosen);
        catalogue_free(&catalogue);
        return 64;
    }
    const mt_mutant clean = library_as_it_is(chosen, n);
    chosen[n] = &clean;
    const int failed = run_all(chosen, n + 1, argv[1], number_of("JOBS", 2, MOST_JOBS));
    size_t missing = judge_clean(&clean, argv[1]);
    missing += say_table(chosen, n, argv[1]);
    printf("\n%zu mutants, %d failed to build or to run, %zu missed\n", n, failed, missing);
    free(chosen);
    catalogue_free(&catalogue);
    return failed > 0 || missing > 0 ? 1 : 0;
}
