/* viz/app/window, over SDL's driver without a screen. */
#include "tests/unit/test.h"

#include "viz/app/window.h"

#include <stdlib.h>

/* Events of a kind among those that wait. */
static size_t waiting(window *w, event_kind kind)
{
    size_t n = 0;
    for (size_t k = 0; k < 1000; k++)
        n += window_event(w, 0).kind == kind;
    return n;
}

/* Training wakes the window sixty times a second; where frames take longer, a key must not have to
 * wait behind all that. */
static void many_calls_wait_as_one(void **state)
{
    (void)state;
    rs_error err = {0};
    assert_int_equal(setenv("SDL_VIDEODRIVER", "dummy", 1), 0);
    window *w = window_open("rnnscope", 200, 100, &err);
    if (!w) /* an SDL that was built without it */
        skip();
    (void)waiting(w, EVENT_READY);
    for (size_t k = 0; k < 100; k++)
        window_wake(w);
    assert_int_equal(waiting(w, EVENT_READY), 1);
    window_wake(w);
    assert_int_equal(waiting(w, EVENT_READY), 1);
    assert_int_equal(waiting(w, EVENT_READY), 0);
    window_close(w);
    assert_int_equal(unsetenv("SDL_VIDEODRIVER"), 0);
}

const struct CMUnitTest window_tests[] = {cmocka_unit_test(many_calls_wait_as_one)};
const size_t window_tests_n = TESTS_N(window_tests);
