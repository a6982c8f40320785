#include "tests/unit/cli_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

const char *program_path(void)
{
    static char path[4096];
    const char *program = getenv("RNNSCOPE");
    return program && realpath(program, path) ? path : NULL;
}

/* The beginning of a file, into text[size]. */
static void read_start(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    (void)fclose(file);
    (void)remove(path);
}

const said *run_cli(void **state, const char *arguments)
{
    static said answer;
    char command[8192], out[PATH], err[PATH];
    const char *program = program_path();
    if (!program)
        skip();
    (void)snprintf(command, sizeof command, "cd %s && '%s' %s >.out 2>.err </dev/null",
                   (const char *)*state, program, arguments);
    const int status = system(command); /* NOLINT(cert-env33-c): the commands are the tests' own */
    assert_true(WIFEXITED(status));
    answer.code = WEXITSTATUS(status);
    read_start(in_folder(state, ".out", out), answer.out, sizeof answer.out);
    read_start(in_folder(state, ".err", err), answer.err, sizeof answer.err);
    return &answer;
}

void assert_complains(const said *answer, int code, const char *part)
{
    const size_t length = strlen(answer->err);
    if (answer->code != code || !strstr(answer->err, part))
        print_error("code %d, stderr: %s", answer->code, answer->err);
    assert_int_equal(answer->code, code);
    assert_non_null(strstr(answer->err, part));
    assert_memory_equal(answer->err, "rnnscope: ", 10);
    assert_ptr_equal(strchr(answer->err, '\n'), answer->err + length - 1);
}

void assert_done(const said *answer)
{
    if (answer->code)
        print_error("code %d, stderr: %s", answer->code, answer->err);
    assert_int_equal(answer->code, 0);
}

void assert_same_file(void **state, const char *a, const char *b)
{
    char path_a[PATH], path_b[PATH];
    size_t n_a = 0, n_b = 0;
    char *bytes_a = read_bytes(in_folder(state, a, path_a), &n_a);
    char *bytes_b = read_bytes(in_folder(state, b, path_b), &n_b);
    assert_true(n_a > 0);
    assert_int_equal(n_a, n_b);
    assert_memory_equal(bytes_a, bytes_b, n_a);
    free(bytes_a);
    free(bytes_b);
}
