/* rnnscope check, as a program runs it: exit codes, and where text goes. */
#include "tests/unit/test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Runs the program with these arguments; the exit code, and in text what it wrote on stdout. */
static int run(const char *arguments, char text[65536])
{
    char command[1024];
    const char *program = getenv("RNNSCOPE");
    if (!program)
        skip();
    (void)snprintf(command, sizeof command, "%s check %s 2>/dev/null", program, arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    const size_t n = fread(text, 1, 65535, pipe);
    text[n] = '\0';
    const int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_right_gradient_exits_with_0(void **state)
{
    static char text[65536];
    (void)state;
    static const char *const runs[] = {
        "--cell lstm --hidden 4 --steps 5",
        "--cell gru --hidden 4 --steps 5 --layers 2 --method entries",
        "--cell gru-reset-before --hidden 4 --steps 5 --method difference --harden",
        "--cell rnn --hidden 4 --steps 5 --method taylor --harden",
        "--cell rnn-relu --hidden 4 --steps 5 --dtype f32 --no-locate --worst 1",
        "--cell lstm --hidden 4 --steps 6 --task adding"};
    for (size_t k = 0; k < TESTS_N(runs); k++) {
        const int code = run(runs[k], text);
        if (code != 0 || !strstr(text, "The gradient agrees"))
            fail_msg("check %s: exit %d\n%s", runs[k], code, text);
    }
}

static void json_is_all_there_is_on_stdout(void **state)
{
    static char text[65536];
    (void)state;
    assert_int_equal(run("--cell lstm --hidden 4 --steps 5 --json", text), 0);
    cJSON *json = cJSON_ParseWithOpts(text, NULL, 1);
    assert_non_null(json);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(json, "verdict")), "agrees");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(json, "cell")), "lstm");
    cJSON_Delete(json);
}

static void what_cannot_be_decided_exits_with_2(void **state)
{
    static char text[65536];
    (void)state;
    /* weights that make the loss overflow */
    assert_int_equal(run("--cell rnn-relu --hidden 4 --steps 200 --gain 100000 --dtype f32", text),
                     2);
    assert_non_null(strstr(text, "INCONCLUSIVE"));
}

static void wrong_usage_exits_with_64(void **state)
{
    static char text[65536];
    (void)state;
    assert_int_equal(run("--method magic", text), 64);
    assert_string_equal(text, "");
}

const struct CMUnitTest command_check_tests[] = {
    cmocka_unit_test(a_right_gradient_exits_with_0),
    cmocka_unit_test(json_is_all_there_is_on_stdout),
    cmocka_unit_test(what_cannot_be_decided_exits_with_2),
    cmocka_unit_test(wrong_usage_exits_with_64),
};
const size_t command_check_tests_n = TESTS_N(command_check_tests);
