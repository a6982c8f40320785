/* lessons/engine/exercises: what a learner's code can do to itself, and what is said of it. */
#include "tests/unit/cli_help.h"

#include "lessons/engine/check.h"
#include "lessons/engine/exercises.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE(name, body)                                                                         \
    "#include \"exercise.h\"\n#include <stdlib.h>\nvoid " name "(const rnn_step *s)\n{\n" body "}" \
    "\n"

/* Judges this text as the named exercise; the result is to be freed. */
static exercise_result judged(void **state, const char *name, const char *text)
{
    char path[PATH];
    rs_error err = {0};
    exercise_result result = {0};
    const char *program = program_path();
    if (!program)
        skip();
    write_bytes(in_folder(state, "mine.c", path), text, strlen(text));
    const exercise_job job = {
        .e = exercise_named(name), .lessons = "lessons", .source = path, .program = program};
    if (exercise_run(&job, &result, &err) != RS_OK)
        fail_msg("%s", err.text);
    return result;
}

static void assert_says(void **state, const char *text, const char *part)
{
    exercise_result result = judged(state, "rnn-backward", text);
    if (!strstr(result.text, part))
        fail_msg("\"%s\" does not say \"%s\"", result.text, part);
    assert_int_equal(result.code, 1);
    exercise_result_free(&result);
}

static void exercise_code_that_goes_wrong_gets_a_message(void **state)
{
    assert_says(state, SOURCE("rnn_backward_step", "*(volatile int *)0 = (int)s->H;"), "null");
    assert_says(state, SOURCE("rnn_backward_step", "abort();(void)s;"), "crashed");
    assert_says(state, SOURCE("rnn_backward_step", "s->da[1] = NAN;"),
                "step t=5 of sequence 0: `da[1]` is NaN");
    assert_says(state, SOURCE("rnn_backward_step", "s->dx[0] = 1e308 * 10;"),
                "`dx[0]` is infinite");
    assert_says(state, SOURCE("rnn_backward_step", "exit(0 * (int)s->H);"), "ended the program");
    assert_says(state, SOURCE("rnn_backward_step", "(void)s;"), "nothing is written yet");
    assert_says(state, SOURCE("rnn_backward_step", "s->da[0] = 1 +;"), "does not compile");
    assert_says(state, SOURCE("rnn_backward_step", "undefined_function(s);"), "does not compile");
    assert_says(state, SOURCE("another_name", "(void)s;"), "no function of this name");
}

static void exercise_code_out_of_bounds_names_the_array(void **state)
{
    assert_says(state, SOURCE("rnn_backward_step", "s->dW[s->H * s->H] = 1;"),
                "`dW` has 9 entries, and entry 9 is used");
    assert_says(state, SOURCE("rnn_backward_step", "s->da[0] = s->x[2];"),
                "`x` has 2 entries, and entry 2 is used");
    assert_says(state, SOURCE("rnn_backward_step", "s->da[-1] = 1;"),
                "`da` is written to before its beginning");
    assert_says(state, SOURCE("rnn_backward_step", "((double *)s->h)[0] = 1;"),
                "`h` is only to be read");
}

static void exercise_code_without_end_is_stopped(void **state)
{
    assert_says(state, SOURCE("rnn_backward_step", "for (volatile size_t k = s->H; k > 0;) {}"),
                "does not end");
}

/* A program under the address sanitizer cannot have a limit of memory. */
#if defined(__SANITIZE_ADDRESS__)
#define LIMITED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LIMITED 0
#endif
#endif
#ifndef LIMITED
#define LIMITED 1
#endif

static void exercise_code_without_measure_is_stopped(void **state)
{
    if (!LIMITED)
        skip();
    assert_says(state,
                SOURCE("rnn_backward_step",
                       "for (size_t n = s->H << 20;; n += n) { char *p = malloc(n); for (size_t "
                       "k = 0; k < n; k += 4096) p[k] = 1; }"),
                "null pointer");
    assert_says(state, SOURCE("rnn_backward_step", "rnn_backward_step(s); s->da[0] = 1;"),
                "recursion has no end");
}

static void exercise_verdicts(void **state)
{
    lesson_mistakes mistakes = {0};
    if (!program_path())
        skip();
    exercise_check(exercise_named("rnn-backward"), "lessons", program_path(), &mistakes);
    for (size_t k = 0; k < mistakes.n; k++)
        print_error("%s\n", mistakes.text[k]);
    assert_int_equal(mistakes.n, 0);
    exercise_check(exercise_named("rnn-backward"), in_folder(state, "none", (char[PATH]){0}),
                   program_path(), &mistakes);
    assert_true(mistakes.n > 0);
    lesson_mistakes_free(&mistakes);
}

/* A broken version that is right, and a solution that is not, are mistakes. */
static void exercise_check_finds_what_passes(void **state)
{
    char command[PATH * 4];
    lesson_mistakes mistakes = {0};
    if (!program_path())
        skip();
    (void)snprintf(command, sizeof command,
                   "mkdir -p %s/exercises && cp -r lessons/exercises/exercise.h "
                   "lessons/exercises/gradient-clipping %s/exercises && cd "
                   "%s/exercises/gradient-clipping && rm broken-*.c && cp solution.c "
                   "broken-not.c && cp solution.c keep && cp exercise.c solution.c && mv keep "
                   "exercise.c",
                   (char *)*state, (char *)*state, (char *)*state);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): the command is the test's own */
    exercise_check(exercise_named("gradient-clipping"), *state, program_path(), &mistakes);
    assert_int_equal(mistakes.n, 3);
    assert_non_null(strstr(mistakes.text[0], "the solution does not pass"));
    assert_non_null(strstr(mistakes.text[1], "exercise.c: line 1: it passes"));
    assert_non_null(strstr(mistakes.text[2], "broken-not.c: line 1: it passes"));
    lesson_mistakes_free(&mistakes);
    (void)snprintf(command, sizeof command, "rm -r %s/exercises", (char *)*state);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

static void exercise_copies_but_never_over_work(void **state)
{
    char path[PATH], command[PATH];
    int copied = 0;
    size_t n = 0;
    rs_error err = {0};
    const exercise *e = exercise_named("lstm-backward");
    assert_int_equal(exercise_copy(e, "lessons", *state, path, sizeof path, &copied, &err), RS_OK);
    assert_int_equal(copied, 1);
    char *handed_out = read_bytes("lessons/exercises/lstm-backward/exercise.c", &n);
    char *copy = read_bytes(path, &n);
    assert_string_equal(copy, handed_out);
    free(copy);
    free(handed_out);
    write_bytes(path, "mine", 4);
    assert_int_equal(exercise_copy(e, "lessons", *state, path, sizeof path, &copied, &err), RS_OK);
    assert_int_equal(copied, 0);
    copy = read_bytes(path, &n);
    assert_string_equal(copy, "mine");
    free(copy);
    (void)snprintf(command, sizeof command, "%s/lstm-backward", (char *)*state);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(command), 0);
    assert_int_equal(exercise_copy(e, "/nowhere", *state, path, sizeof path, &copied, &err),
                     RS_OPEN);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(rmdir(command), 0);
}

static void exercise_command(void **state)
{
    (void)setenv("RNNSCOPE_LESSONS", "lessons", 1);
    const said *answer = run_cli(state, "exercise");
    assert_done(answer);
    assert_non_null(strstr(answer->out, "gru-backward"));
    assert_complains(run_cli(state, "exercise rnn-bakward"), RS_USAGE, "rnn-backward");
    char lessons[PATH], hint[64];
    assert_non_null(realpath("lessons", lessons));
    (void)setenv("RNNSCOPE_LESSONS", lessons, 1);
    for (int k = 1; k <= 4; k++) {
        static const char *const says[] = {"Begin with hₜ", "c_before", "slopes", "solution.c"};
        (void)snprintf(hint, sizeof hint, "exercise lstm-backward --hint %d", k);
        answer = run_cli(state, hint);
        assert_done(answer);
        assert_non_null(strstr(answer->out, says[k - 1]));
    }
    (void)setenv("RNNSCOPE_LESSONS", "lessons", 1);
    assert_complains(run_cli(state, "exercise rnn-backward"), RS_OPEN, "lessons");
    (void)unsetenv("RNNSCOPE_LESSONS");
}

/* What is right ends the watch; the learner's file is what is judged, and stays. */
static void exercise_watch_ends_when_it_is_right(void **state)
{
    char path[PATH], folder[PATH], lessons[PATH];
    size_t n = 0;
    char *solution = read_bytes("lessons/exercises/gradient-clipping/solution.c", &n);
    assert_int_equal(mkdir(in_folder(state, "gradient-clipping", folder), 0777), 0);
    write_bytes(in_folder(state, "gradient-clipping/exercise.c", path), solution, n);
    assert_non_null(realpath("lessons", lessons));
    (void)setenv("RNNSCOPE_LESSONS", lessons, 1);
    const said *answer = run_cli(state, "exercise gradient-clipping --watch --folder .");
    (void)unsetenv("RNNSCOPE_LESSONS");
    assert_done(answer);
    assert_string_equal(answer->out, "clip_norm: right, long, short, zero, huge and tiny "
                                     "gradients.\n");
    free(solution);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

const struct CMUnitTest exercises_tests[] = {
    IN_FOLDER(exercise_code_that_goes_wrong_gets_a_message),
    IN_FOLDER(exercise_code_out_of_bounds_names_the_array),
    IN_FOLDER(exercise_code_without_end_is_stopped),
    IN_FOLDER(exercise_code_without_measure_is_stopped),
    IN_FOLDER(exercise_verdicts),
    IN_FOLDER(exercise_check_finds_what_passes),
    IN_FOLDER(exercise_copies_but_never_over_work),
    IN_FOLDER(exercise_command),
    IN_FOLDER(exercise_watch_ends_when_it_is_right)};
const size_t exercises_tests_n = TESTS_N(exercises_tests);
