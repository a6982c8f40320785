/* Linked with one mutant: probe SEEDS "CELL CELL" SETTINGS [SETTINGS] prints a line a run,
 *
 *     cell, settings, seed, the largest error of the gradient, verdict, and of the first located
 *     mistake layer, t, node, kind and sentence
 *
 * parted by tabs. */
#include "tests/mutants/problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    if (status == RS_OK)
        printf("%s\t%s\t%llu\t%.3g\t\t\t\t\t\t\n", cell, text, (unsigned long long)seed, error);
    problem_free(&problem);
    return status;
}

int main(int argc, char **argv)
{
    rs_error err = {0};
    if (argc < 4)
        return RS_USAGE;
    const uint64_t seeds = strtoull(argv[1], NULL, 10);
    for (char *cell = strtok(argv[2], " "); cell; cell = strtok(NULL, " "))
        for (int k = 3; k < argc; k++)
            for (uint64_t seed = 1; seed <= seeds; seed++)
                if (probe(cell, argv[k], seed, &err) != RS_OK) {
                    (void)fprintf(stderr, "%s\n", err.text);
                    return err.status;
                }
    return 0;
}
