/* Runs every group of tests as one, so that cmocka's closing lines count them all.
 * An argument is a pattern: only tests whose names contain it run. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUP(name)                                                                                \
    extern const struct CMUnitTest name##_tests[];                                                 \
    extern const size_t name##_tests_n;
#include "groups.h"
#undef GROUP

typedef struct group {
    const struct CMUnitTest *tests;
    const size_t *n;
} group;

#define GROUP(name) {name##_tests, &name##_tests_n},
static const group groups[] = {
#include "groups.h"
};

int main(int argc, char **argv)
{
    static char pattern[256];
    size_t n = 0;
    for (size_t k = 0; k < TESTS_N(groups); k++)
        n += *groups[k].n;
    struct CMUnitTest *rnnscope = calloc(n, sizeof *rnnscope);
    if (!rnnscope)
        return 70;
    n = 0;
    for (size_t k = 0; k < TESTS_N(groups); k++) {
        memcpy(rnnscope + n, groups[k].tests, *groups[k].n * sizeof *rnnscope);
        n += *groups[k].n;
    }
    if (argc > 1) {
        (void)snprintf(pattern, sizeof pattern, "*%s*", argv[1]);
        cmocka_set_test_filter(pattern);
    }
    int failed = _cmocka_run_group_tests("rnnscope", rnnscope, n, NULL, NULL);
    free(rnnscope);
    return failed ? 1 : 0;
}
