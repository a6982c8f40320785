/* viz/app: events by name, replays, undo, the worker. */
#include "tests/unit/test.h"

#include "viz/app/event.h"
#include "viz/app/history.h"
#include "viz/app/replay.h"
#include "viz/app/worker.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void keys_have_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int key;
        unsigned with;
    } known[] = {{"Right", KEY_RIGHT, 0},
                 {"Ctrl+Z", 'z', WITH_CTRL},
                 {"[", '[', 0},
                 {"Shift+Tab", KEY_TAB, WITH_SHIFT},
                 {"F11", KEY_F11, 0},
                 {"Space", ' ', 0},
                 {"Ctrl+Shift+Left", KEY_LEFT, WITH_CTRL | WITH_SHIFT}};
    int key = 0;
    unsigned with = 0;
    char text[16];
    for (size_t k = 0; k < TESTS_N(known); k++) {
        assert_true(event_key_named(known[k].name, &key, &with));
        assert_int_equal(key, known[k].key);
        assert_int_equal(with, known[k].with);
    }
    assert_false(event_key_named("Sideways", &key, &with));
    assert_false(event_key_named("F13", &key, &with));
    assert_false(event_key_named("", &key, &with));
    for (key = KEY_LEFT; key < KEY_PAST_END; key++) {
        int again = 0;
        assert_true(event_key_named(event_key_name(key, text), &again, &with));
        assert_int_equal(again, key);
    }
}

/* A file of this text; the caller unlinks it. */
static void write_file(char path[32], const char *text)
{
    (void)snprintf(path, 32, "/tmp/rnnscope-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(file), 0);
}

static void replay_becomes_events(void **state)
{
    (void)state;
    char path[32];
    replay r;
    write_file(path,
               "# a comment\nkey Ctrl+Z\r\n\nclick 10 20.5\ntext A b\nwait 50\nshot a b.png\nquit");
    assert_int_equal(replay_read(path, &r, NULL), RS_OK);
    assert_int_equal(r.steps_n, 10);
    assert_int_equal(r.steps[0].event.key, 'z');
    assert_int_equal(r.steps[2].event.kind, EVENT_PRESS);
    assert_true(r.steps[2].event.x == 10 && r.steps[2].event.y == 20.5);
    assert_int_equal(r.steps[4].event.kind, EVENT_KEY); /* text: a key a character */
    assert_int_equal(r.steps[4].event.key, 'a');
    assert_int_equal(r.steps[5].event.key, ' ');
    assert_int_equal(r.steps[6].event.key, 'b');
    assert_int_equal(r.steps[7].kind, REPLAY_WAIT);
    assert_string_equal(r.steps[8].path, "a b.png");
    assert_int_equal(r.steps[9].event.kind, EVENT_QUIT);
    replay_free(&r);
    (void)unlink(path);
}

static void replay_has_what_a_window_has(void **state)
{
    (void)state;
    char path[32];
    replay r;
    write_file(path, "double 3 4\nsize 200 100.4\nsize 0 -3\ndrop /a b.csv\nleave\n");
    assert_int_equal(replay_read(path, &r, NULL), RS_OK);
    assert_int_equal(r.steps_n, 9);
    assert_int_equal(r.steps[1].event.count, 1);
    assert_int_equal(r.steps[3].event.kind, EVENT_PRESS);
    assert_int_equal(r.steps[3].event.count, 2);
    assert_int_equal(r.steps[5].event.kind, EVENT_SIZE);
    assert_true(r.steps[5].event.x == 200 && r.steps[5].event.y == 100);
    assert_true(r.steps[6].event.x == 1 && r.steps[6].event.y == 1);
    assert_int_equal(r.steps[7].event.kind, EVENT_DROP);
    assert_string_equal(r.steps[7].event.text, "/a b.csv");
    assert_int_equal(r.steps[8].event.kind, EVENT_LEAVE);
    replay_free(&r);
    (void)unlink(path);
}

static void replay_says_which_line_is_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {"\nmove 1", "\nmove 1 2 3", "\nkey Sideways", "\nshot ",
                                        "\njump 3", "\nquit now",   "\ntext é"};
    for (size_t k = 0; k < TESTS_N(wrong); k++) {
        char path[32];
        replay r;
        rs_error err = {0};
        write_file(path, wrong[k]);
        assert_int_equal(replay_read(path, &r, &err), RS_DATA);
        assert_non_null(strstr(err.text, "line 2"));
        (void)unlink(path);
    }
    replay r;
    assert_int_equal(replay_read("/nowhere/at/all", &r, NULL), RS_OPEN);
}

static void history_goes_back_and_on(void **state)
{
    (void)state;
    history h = {0};
    assert_null(history_back(&h));
    assert_true(history_keep(&h, "a") && history_keep(&h, "b") && history_keep(&h, "b") &&
                history_keep(&h, "c"));
    assert_string_equal(history_back(&h), "b");
    assert_string_equal(history_back(&h), "a");
    assert_null(history_back(&h));
    assert_string_equal(history_on(&h), "b");
    assert_true(history_keep(&h, "d")); /* c is forgotten */
    assert_null(history_on(&h));
    assert_string_equal(history_back(&h), "b");
    for (int k = 0; k < 1000; k++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%d", k);
        assert_true(history_keep(&h, text));
    }
    assert_int_equal(h.n, 1002);
    history_free(&h);
}

/* Requests are numbers; work publishes its number twice unless it has become stale. */
static atomic_int freed;

static void slow_work(worker *w, void *request, void *context)
{
    atomic_int *begun = context;
    int *number = request;
    atomic_fetch_add(begun, 1);
    if (*number == 1) /* the first request waits until it is overtaken */
        while (!worker_stale(w))
            (void)usleep(1000);
    if (worker_stale(w))
        return;
    for (int k = 0; k < 2; k++) {
        int *result = malloc(sizeof *result);
        assert_non_null(result);
        *result = *number;
        worker_publish(w, result);
    }
}

static void count_and_free(void *number)
{
    atomic_fetch_add(&freed, 1);
    free(number);
}

static int *number_of(int value)
{
    int *number = malloc(sizeof *number);
    assert_non_null(number);
    *number = value;
    return number;
}

static void worker_serves_the_newest(void **state)
{
    (void)state;
    atomic_int begun = 0;
    atomic_store(&freed, 0);
    worker *w = worker_start((worker_job){.work = slow_work,
                                          .free_request = count_and_free,
                                          .free_result = count_and_free,
                                          .context = &begun},
                             NULL);
    assert_non_null(w);
    worker_ask(w, number_of(1));
    while (atomic_load(&begun) == 0)
        (void)usleep(1000);
    worker_ask(w, number_of(2));
    int *first = NULL;
    while (!first) {
        assert_true(worker_wait(w, 10000));
        first = worker_fetch(w);
    }
    assert_int_equal(*first, 2); /* request 1 gave up */
    free(first);
    while (worker_busy(w) && !worker_wait(w, 10000))
        ;
    worker_stop(w); /* frees the second result, if it was not fetched */
    assert_int_equal(atomic_load(&freed), 3);
}

const struct CMUnitTest app_parts_tests[] = {cmocka_unit_test(keys_have_names),
                                             cmocka_unit_test(replay_becomes_events),
                                             cmocka_unit_test(replay_has_what_a_window_has),
                                             cmocka_unit_test(replay_says_which_line_is_wrong),
                                             cmocka_unit_test(history_goes_back_and_on),
                                             cmocka_unit_test(worker_serves_the_newest)};
const size_t app_parts_tests_n = TESTS_N(app_parts_tests);
