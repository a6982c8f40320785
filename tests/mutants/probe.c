/* Linked with one mutant: probe SEEDS "CELL CELL" SETTINGS [SETTINGS] prints a line a run,
 *
 *     cell, settings, seed, the largest error of the gradient, verdict, of the first located
 *     mistake layer, t, node, kind and sentence, and the nodes of all others
 *
 * parted by tabs. It fails where a sentence has no Chinese throughout. */
#include "tests/mutants/problem.h"

#include "gradcheck/check.h"
#include "tests/mutants/prose.h"
#include "viz/finding_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Layer and step are printed as "2 of 3". */
static void say(const rs_check_report *report, const mt_settings *settings)
{
    printf("%s\t", rs_verdict_name(report->verdict));
    if (report->findings_n == 0) {
        printf("\t\t\t\t\t\n");
        return;
    }
    const rs_check_finding *first = &report->findings[0];
    printf("%zu of %zu\t", first->layer, settings->layers);
    if (first->has_t)
        printf("%zu of %zu", first->t, settings->steps);
    printf("\t%s\t%s\t%s\t", first->node, rs_mistake_name(first->mistake), first->text);
    for (size_t k = 1; k < report->findings_n; k++)
        printf("%s%s", k > 1 ? " " : "", report->findings[k].node);
    printf("\n");
}

/* Every finding must have its Chinese. */
static rs_status read_chinese(const rs_check_report *report, rs_error *err)
{
    char text[1024], word[PROSE_WORD];
    for (size_t k = 0; k < report->findings_n; k++) {
        finding_text(LANG_ZH, &report->findings[k], text, sizeof text);
        if (!text[0] || prose_in(text, word))
            return rs_fail(err, RS_FAILED, "%s: its Chinese is %.300s", report->findings[k].text,
                           text);
    }
    return RS_OK;
}

static rs_status probe(const char *cell, const char *text, uint64_t seed, rs_error *err)
{
    mt_settings settings;
    mt_problem problem;
    double error = 0;
    rs_status status = settings_read(&settings, text, err);
    if (status != RS_OK)
        return status;
    status = problem_make(&problem, cell, &settings, seed, err);
    if (status == RS_OK)
        status = problem_error(&problem, &error, err);
    if (status == RS_OK) {
        const rs_check_options options = {.method = settings.entries ? RS_ENTRIES : RS_COMPLEX,
                                          .single = settings.single,
                                          .threads = 1};
        rs_check_report report;
        status = rs_check(problem.trace, problem.model.parameters, &problem.loss, &options, &report,
                          err);
        if (status == RS_OK) {
            printf("%s\t%s\t%llu\t%.3g\t", cell, text, (unsigned long long)seed, error);
            say(&report, &settings);
            status = read_chinese(&report, err);
        }
        rs_check_report_free(&report);
    }
    problem_free(&problem);
    return status;
}

int main(int argc, char **argv)
{
    rs_error err = {0};
    char *rest = NULL;
    if (argc < 4)
        return RS_USAGE;
    const uint64_t seeds = strtoull(argv[1], NULL, 10);
    for (char *cell = strtok_r(argv[2], " ", &rest); cell; cell = strtok_r(NULL, " ", &rest))
        for (int k = 3; k < argc; k++)
            for (uint64_t seed = 1; seed <= seeds; seed++)
                if (probe(cell, argv[k], seed, &err) != RS_OK) {
                    (void)fprintf(stderr, "%s\n", err.text);
                    return (int)err.status;
                }
    return 0;
}
