/* lib/base: errors, memory, random numbers, scalar functions, products, threads. */
#include "tests/unit/test.h"

#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

static void memory_refuses_what_does_not_fit(void **state)
{
    (void)state;
    rs_error err = {0};
    assert_null(rs_alloc(SIZE_MAX / 4, 8, "the test", &err));
    assert_int_equal(err.status, RS_INTERNAL);
    assert_non_null(strstr(err.text, "out of memory: the test would take"));
}

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    double *numbers = rs_alloc(100, sizeof *numbers, "the test", NULL);
    assert_non_null(numbers);
    assert_int_equal((uintptr_t)numbers % 64, 0);
    for (size_t k = 0; k < 100; k++)
        assert_true(numbers[k] == 0);
    free(numbers);
}

const struct CMUnitTest base_tests[] = {cmocka_unit_test(memory_refuses_what_does_not_fit),
                                        cmocka_unit_test(memory_is_zeroed_and_aligned)};
const size_t base_tests_n = TESTS_N(base_tests);
