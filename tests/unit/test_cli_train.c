/* Training through the program: the same bits however it is run, stopped and resumed. */
#include "tests/unit/cli_help.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SMALL "--hidden 4 --steps 10 --batch 20 --clip-norm 1 --quiet "

static void trace_has_the_same_bytes_on_any_number_of_threads(void **state)
{
    assert_done(run_cli(state, "trace -o 1.csv --credit --jacobian --layers 2 --threads 1"));
    assert_done(run_cli(state, "trace -o 2.csv --credit --jacobian --layers 2 --threads 2"));
    assert_same_file(state, "1.csv", "2.csv");
}

static void training_has_the_same_bytes_on_any_number_of_threads(void **state)
{
    assert_done(run_cli(state, "train " SMALL "--updates 20 -o 1.s --threads 1"));
    assert_done(run_cli(state, "train " SMALL "--updates 20 -o 2.s --threads 2"));
    assert_same_file(state, "1.s", "2.s");
}

/* Whether two runs of trace gave different bytes. */
static bool differ(void **state, const char *a, const char *b)
{
    char path[PATH];
    size_t n_a = 0, n_b = 0;
    char *bytes_a = read_bytes(in_folder(state, a, path), &n_a);
    char *bytes_b = read_bytes(in_folder(state, b, path), &n_b);
    const bool other = n_a != n_b || memcmp(bytes_a, bytes_b, n_a) != 0;
    free(bytes_a);
    free(bytes_b);
    return other;
}

static void the_seed_decides(void **state)
{
    assert_done(run_cli(state, "trace -o 1.csv --seed 7"));
    assert_done(run_cli(state, "trace -o 2.csv --seed 7"));
    assert_done(run_cli(state, "trace -o 3.csv --seed 8"));
    assert_same_file(state, "1.csv", "2.csv");
    assert_true(differ(state, "1.csv", "3.csv"));
}

static void resumed_training_ends_in_the_same_bits(void **state)
{
    assert_done(run_cli(state, "train " SMALL "--updates 30 -o whole.s --log whole.csv"));
    assert_done(run_cli(state, "train " SMALL "--updates 12 -o part.s --log part.csv"));
    assert_true(differ(state, "whole.s", "part.s"));
    assert_done(run_cli(state, "train " SMALL "--updates 30 --resume part.s -o rest.s"));
    assert_same_file(state, "whole.s", "rest.s");
}

static void a_checkpoint_is_a_model(void **state)
{
    assert_done(run_cli(state, "train " SMALL "--updates 3 -o m.s"));
    assert_done(run_cli(state, "trace --model m.s --task adding --steps 8 -o t.json"));
    assert_complains(run_cli(state, "trace --quiet --model m.s --hidden 9 -o t.json"), 64,
                     "m.s has 4");
    assert_complains(run_cli(state, "trace --quiet --model m.s --gain 2 -o t.json"), 64, "--gain");
    assert_complains(run_cli(state, "trace --quiet --model m.s --task copy -o t.json"), 64, "2");
}

static void other_data_is_not_resumed(void **state)
{
    assert_done(run_cli(state, "train " SMALL "--updates 3 -o m.s"));
    const said *answer = run_cli(state, "train --quiet --resume m.s --task adding --steps 11 "
                                        "--batch 20 --updates 5 -o n.s");
    assert_complains(answer, 65, "m.s");
}

static void what_cannot_be_trained_on_as_asked_is_refused(void **state)
{
    assert_complains(run_cli(state, "train --quiet -o m.s --reduction sum"), 64, "with the mean");
    assert_complains(run_cli(state, "train --quiet -o m.s --task sine --loss-at last"), 64,
                     "at every step");
    assert_complains(run_cli(state, "train --quiet -o m.s --lr -1"), 64, "--lr -1");
    assert_complains(run_cli(state, "train --quiet -o m.s --optimizer adm"), 64, "adam");
}

/* Starts training without an end in a process of its own. */
static pid_t start_training(const char *program, const char *path, const char *log)
{
    pid_t child = fork();
    if (child == 0) {
        (void)freopen("/dev/null", "w", stderr);
        (void)execl(program, program, "train", "--quiet", "--hidden", "4", "--steps", "10",
                    "--updates", "1000000000", "-o", path, "--log", log, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* Waits, a minute at most, until the log is there: then training is under way. */
static void await_file(const char *path)
{
    const struct timespec moment = {.tv_nsec = 5000000};
    struct stat status;
    for (int k = 0; k < 12000 && stat(path, &status) != 0; k++)
        (void)nanosleep(&moment, NULL);
    assert_int_equal(stat(path, &status), 0);
}

static void ctrl_c_saves_and_ends_with_130(void **state)
{
    char path[PATH], log[PATH];
    int status = 0;
    const char *program = program_path();
    if (!program)
        skip();
    pid_t child =
        start_training(program, in_folder(state, "m.s", path), in_folder(state, "l.csv", log));
    assert_true(child > 0);
    await_file(log);
    assert_int_equal(kill(child, SIGINT), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 130);
    assert_done(run_cli(state, "trace --model m.s --task adding -o t.json"));
}

const struct CMUnitTest cli_train_tests[] = {
    IN_FOLDER(trace_has_the_same_bytes_on_any_number_of_threads),
    IN_FOLDER(training_has_the_same_bytes_on_any_number_of_threads),
    IN_FOLDER(the_seed_decides),
    IN_FOLDER(resumed_training_ends_in_the_same_bits),
    IN_FOLDER(a_checkpoint_is_a_model),
    IN_FOLDER(other_data_is_not_resumed),
    IN_FOLDER(what_cannot_be_trained_on_as_asked_is_refused),
    IN_FOLDER(ctrl_c_saves_and_ends_with_130),
};
const size_t cli_train_tests_n = TESTS_N(cli_train_tests);
