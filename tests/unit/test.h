/* What every test file includes. A file test_NAME.c ends with
 *
 *     const struct CMUnitTest NAME_tests[] = {cmocka_unit_test(...), ...};
 *     const size_t NAME_tests_n = TESTS_N(NAME_tests);
 *
 * and is then part of the run: nothing else lists it. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TESTS_N(tests) (sizeof(tests) / sizeof *(tests))

#endif
