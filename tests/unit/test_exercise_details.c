/* lessons/engine/exercise_details: the numbers that a judge hands on, and what kind of end it was.
 */
#include "tests/unit/cli_help.h"

#include "lessons/engine/exercises.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Judges a file as the named exercise; the result is to be freed. */
static exercise_result judged_file(const char *name, const char *path)
{
    rs_error err = {0};
    exercise_result result = {0};
    const exercise_job job = {
        .e = exercise_named(name), .lessons = "lessons", .source = path, .program = program_path()};
    if (!job.program)
        skip();
    if (exercise_run(&job, &result, &err) != RS_OK)
        fail_msg("%s", err.text);
    return result;
}

/* One of the files beside the exercise, "solution" or "broken-…". */
static exercise_result judged_version(const char *name, const char *version)
{
    char path[PATH];
    (void)snprintf(path, sizeof path, "lessons/exercises/%s/%s.c", name, version);
    return judged_file(name, path);
}

/* Of every mistake: the derivative that is marked in the map, at which step, and the equation. */
static void details_locate_the_mistake(void **state)
{
    (void)state;
    static const struct {
        const char *name, *version, *row;
        size_t step, equation;
    } known[] = {{"rnn-backward", "broken-no-slope", "da", 5, 0},
                 {"rnn-backward", "broken-carry-lost", "dh", 4, 1},
                 {"lstm-backward", "broken-carry-lost", "dc", 4, 0},
                 {"lstm-backward", "broken-slope-of-c", "dc", 5, 0},
                 {"lstm-backward", "broken-state-too-late", "df", 5, 1},
                 {"lstm-backward", "broken-forget-missing", "dc", 4, 1},
                 {"lstm-backward", "broken-candidate-as-gate", "da_g", 5, 2},
                 {"lstm-backward", "broken-transposed", "dh", 4, 3},
                 {"gru-backward", "broken-update-sign", "dz", 5, 0},
                 {"gru-backward", "broken-direct-path-missing", "dh", 4, 0},
                 {"gru-backward", "broken-reset-ignored", "dm", 5, 1},
                 {"gru-backward", "broken-candidate-as-gate", "da_n", 5, 1},
                 {"gru-backward", "broken-one-side", "dh", 4, 3}};
    for (size_t k = 0; k < TESTS_N(known); k++) {
        exercise_result r = judged_version(known[k].name, known[k].version);
        const exercise_details *d = &r.details;
        assert_int_equal(r.verdict, EXERCISE_WRONG);
        if (!d->marked || d->marked_row == d->rows ||
            strcmp(d->row[d->marked_row], known[k].row) != 0 || d->marked_step != known[k].step)
            fail_msg("%s %s: marked %s at %zu", known[k].name, known[k].version,
                     d->marked_row < d->rows ? d->row[d->marked_row] : "nothing", d->marked_step);
        assert_true(d->error[d->marked_row][d->marked_step] > 0);
        for (size_t e = 0; e < d->equations_n; e++)
            if (d->equation[e].at_fault != (e == known[k].equation))
                fail_msg("%s %s: equation %zu", known[k].name, known[k].version, e);
        exercise_result_free(&r);
    }
}

/* Whatever an equation of the picture sets can be looked up. */
static void details_of_what_is_right(void **state)
{
    (void)state;
    static const char *const names[] = {"rnn-backward", "lstm-backward", "gru-backward"};
    for (size_t k = 0; k < TESTS_N(names); k++) {
        exercise_result r = judged_version(names[k], "solution");
        const exercise_details *d = &r.details;
        assert_int_equal(r.verdict, EXERCISE_RIGHT);
        assert_true(d->rows > 1 && d->steps == 6 && !d->marked && d->equations_n > 1);
        for (size_t e = 0; e < d->equations_n; e++) {
            char sets[64], *rest = NULL;
            bool known = false;
            (void)snprintf(sets, sizeof sets, "%s", d->equation[e].sets);
            assert_false(d->equation[e].at_fault);
            for (char *name = strtok_r(sets, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
                if (!details_right(d, name, &known) || !known)
                    fail_msg("%s: %s", names[k], name);
        }
        exercise_result_free(&r);
    }
}

/* A gradient of weights alone: every step is right, one block is not. */
static void details_of_one_block(void **state)
{
    (void)state;
    bool known = false;
    exercise_result r = judged_version("rnn-backward", "broken-wrong-state");
    assert_true(details_right(&r.details, "dh_before", &known) && known);
    assert_true(details_right(&r.details, "dU", &known) && known);
    assert_false(details_right(&r.details, "dW", &known));
    assert_false(details_right(&r.details, "dz", &known) && known);
    assert_true(r.details.equation[1].at_fault && !r.details.marked);
    exercise_result_free(&r);
}

static void details_of_small_exercises(void **state)
{
    (void)state;
    exercise_result r = judged_version("finite-difference", "broken-not-scaled");
    assert_int_equal(r.details.lines_n, 6);
    assert_true(r.details.line[0].right && !r.details.line[5].right);
    assert_string_equal(r.details.line[5].name, "sin(x/1000) at x = 1500");
    exercise_result_free(&r);
    r = judged_version("gradient-clipping", "broken-by-value"); /* each number, not the first */
    assert_int_equal(r.details.lines_n, 24);
    assert_true(r.details.line[0].right && !r.details.line[1].right &&
                r.details.line[1].returned == 1);
    assert_true(r.details.line[23].has_numbers);
    exercise_result_free(&r);
    r = judged_version("rnn-forward", "solution");
    assert_int_equal(r.details.lines_n, 18);
    assert_int_equal(r.verdict, EXERCISE_RIGHT);
    exercise_result_free(&r);
}

static void a_file_of_details_that_is_none_is_empty(void **state)
{
    char path[PATH];
    exercise_details d = {.rows = 3, .steps = 2}, e;
    assert_true(details_write(&d, in_folder(state, "d", path)));
    assert_true(details_read(&e, path) && e.rows == 3);
    d.rows = DETAIL_ROWS + 1;
    assert_true(details_write(&d, path));
    assert_false(details_read(&e, path));
    assert_int_equal(e.rows, 0);
    write_bytes(path, "short", 5);
    assert_false(details_read(&e, path));
    assert_false(details_read(&e, "/nowhere/d"));
    for (size_t k = 0; k < 2 * DETAIL_LINES; k++)
        (void)details_add(&e, "one");
    assert_int_equal(e.lines_n, DETAIL_LINES);
}

#define SOURCE(body)                                                                               \
    "#include \"exercise.h\"\n#include <stdlib.h>\nvoid rnn_backward_step(const rnn_step *s)\n"    \
    "{\n" body "}\n"

static void verdicts_tell_ends_apart(void **state)
{
    static const struct {
        const char *text;
        exercise_verdict verdict;
        size_t line;
    } known[] = {
        {SOURCE("(void)s;\n"), EXERCISE_EMPTY, 0},
        {SOURCE("(void)s;\nint k = 1 +;\n"), EXERCISE_NOT_COMPILED, 6},
        {"void another(void);\nvoid another(void) {}\n", EXERCISE_NOT_COMPILED, 0},
        {SOURCE("abort();(void)s;\n"), EXERCISE_CRASHED, 0},
        {SOURCE("exit(40 - 40 * (int)s->H);\n"), EXERCISE_CRASHED, 0},
        {SOURCE("for (volatile size_t k = s->H; k > 0;) {}\n"), EXERCISE_ENDLESS, 0},
        {SOURCE("s->da[0] = NAN;\n"), EXERCISE_NOT_FINITE, 0},
        {SOURCE("s->da[0] = s->x[-1];\n"), EXERCISE_NOT_FINITE, 0}, /* NaNs lie before an array */
        {SOURCE("s->da[3] = 1;\n"), EXERCISE_OUTSIDE, 0},
        {SOURCE("s->da[-1] = 1;\n"), EXERCISE_OUTSIDE, 0},
        {SOURCE("double own[3];\nfor (size_t k = 0; k <= s->H; k++)\nown[k] = 1;\ns->da[0] = "
                "own[s->H - 1];\n"),
         EXERCISE_OUTSIDE, 7},
        {SOURCE("double *own = malloc(8 * s->H);\nown[0] = 1;\nfree(own);\ns->da[0] = own[0];\n"),
         EXERCISE_WRONG, 0}};
    for (size_t k = 0; k < TESTS_N(known); k++) {
        char path[PATH];
        write_bytes(in_folder(state, "mine.c", path), known[k].text, strlen(known[k].text));
        exercise_result r = judged_file("rnn-backward", path);
        if (r.verdict != known[k].verdict || r.line != known[k].line || r.code != 1)
            fail_msg("%s: %d, line %zu: %s", known[k].text, (int)r.verdict, r.line, r.text);
        exercise_result_free(&r);
    }
}

static bool at_once(void *context)
{
    ++*(size_t *)context;
    return true;
}

static void a_run_can_be_given_up(void **state)
{
    rs_error err = {0};
    exercise_result result;
    size_t asked = 0;
    const exercise_job job = {.e = exercise_named("rnn-backward"),
                              .lessons = "lessons",
                              .source = "lessons/exercises/rnn-backward/solution.c",
                              .program = program_path(),
                              .give_up = at_once,
                              .context = &asked};
    (void)state;
    if (!job.program)
        skip();
    assert_int_equal(exercise_run(&job, &result, &err), RS_INTERRUPTED);
    assert_int_equal(asked, 1);
    assert_null(result.text);
}

const struct CMUnitTest exercise_details_tests[] = {
    cmocka_unit_test(details_locate_the_mistake),
    cmocka_unit_test(details_of_what_is_right),
    cmocka_unit_test(details_of_one_block),
    cmocka_unit_test(details_of_small_exercises),
    IN_FOLDER(a_file_of_details_that_is_none_is_empty),
    IN_FOLDER(verdicts_tell_ends_apart),
    cmocka_unit_test(a_run_can_be_given_up)};
const size_t exercise_details_tests_n = TESTS_N(exercise_details_tests);
