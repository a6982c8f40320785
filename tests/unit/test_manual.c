/* install/rnnscope.1: every command, option and key that the program has is in it. It and the
 * README name no option that the program has not, and the README no file that is not there. */
#include "tests/unit/cli_help.h"

#include "viz/app/app.h"
#include "viz/commands/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND_NAME(name, help) #name,
static const char *const commands[] = {COMMANDS(COMMAND_NAME) NULL};

/* The page without troff's backslashes: "\-\-text" is "--text"; lines of comments have none. */
static char *manual(void)
{
    size_t n = 0, to = 0;
    char *page = read_bytes("install/rnnscope.1", &n);
    for (size_t k = 0; k < n; k++)
        if (page[k] != '\\' || page[k + 1] != '-')
            page[to++] = page[k];
    page[to] = '\0';
    return page;
}

/* The word stands there by itself: --text, not --text-size. */
static bool has_word(const char *page, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = strstr(page, word); at; at = strstr(at + 1, word))
        if (at > page && strchr(" \n\"([,", at[-1]) && strchr(" \n\"),;.:]\\", at[n]))
            return true;
    return false;
}

/* The options of a help are lines that begin with two blanks and a dash. */
static size_t assert_has_options(const char *page, const char *command, const char *help)
{
    size_t n = 0;
    for (const char *line = strstr(help, "\n  -"); line; line = strstr(line + 1, "\n  -"), n++) {
        char name[40];
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(line + 3, " \n"), line + 3);
        if (!has_word(page, name))
            fail_msg("install/rnnscope.1 does not have %s of %s", name, command);
    }
    return n;
}

static void manual_has_every_option(void **state)
{
    char *page = manual();
    for (size_t k = 0; commands[k]; k++) {
        char arguments[64], title[64];
        (void)snprintf(arguments, sizeof arguments, "%s --help", commands[k]);
        (void)snprintf(title, sizeof title, "\n.SS %s ", commands[k]);
        const said *answer = run_cli(state, arguments);
        assert_done(answer);
        if (!strstr(page, title))
            fail_msg("install/rnnscope.1 does not have the command %s", commands[k]);
        assert_true(assert_has_options(page, commands[k], answer->out) >= 5);
    }
    free(page);
}

/* Whether the help of any command has this option. */
static bool is_option(void **state, const char *name)
{
    char line[64];
    (void)snprintf(line, sizeof line, "\n  %s ", name);
    for (size_t k = 0; commands[k]; k++) {
        char arguments[64];
        (void)snprintf(arguments, sizeof arguments, "%s --help", commands[k]);
        if (strstr(run_cli(state, arguments)->out, line))
            return true;
    }
    return strcmp(name, "--version") == 0;
}

/* Each --option of the text, which is freed, is one of a command's. Returns how many. */
static size_t assert_options_exist(void **state, char *text, const char *of)
{
    size_t n = 0;
    for (const char *at = strstr(text, "--"); at; n++) {
        char name[40];
        const size_t length = 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz0123456789-");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, at);
        if (length > 2 && name[2] != '-' && !is_option(state, name))
            fail_msg("%s has %s: no command has it", of, name);
        at = strstr(at + length, "--");
    }
    free(text);
    return n;
}

static void no_other_option_is_named(void **state)
{
    size_t n = 0;
    char *readme = read_bytes("README.md", &n);
    char *of_packages = strstr(readme, "--cflags --libs");
    assert_non_null(of_packages);
    memset(of_packages, ' ', strlen("--cflags --libs"));
    assert_true(assert_options_exist(state, manual(), "install/rnnscope.1") > 50);
    assert_true(assert_options_exist(state, readme, "README.md") > 10);
}

static bool file_is_there(const char *from, size_t length)
{
    char path[PATH];
    (void)snprintf(path, sizeof path, "%.*s", (int)length, from);
    if (access(path, R_OK) == 0)
        return true;
    fail_msg("README.md: there is no %s", path);
    return false;
}

/* ](path), src="path", srcset="path" */
static void readme_links_exist(void **state)
{
    (void)state;
    static const char *const begins[] = {"](", "src=\"", "srcset=\""};
    size_t n = 0, files = 0;
    char *readme = read_bytes("README.md", &n);
    for (size_t k = 0; k < TESTS_N(begins); k++)
        for (const char *at = strstr(readme, begins[k]); at; at = strstr(at + 1, begins[k])) {
            const char *path = at + strlen(begins[k]);
            files += file_is_there(path, strcspn(path, ")\""));
        }
    assert_true(files >= 10);
    free(readme);
}

static void manual_has_every_key(void **state)
{
    (void)state;
    char *page = manual();
    for (size_t k = 0; k < app_keys_n; k++)
        if (!has_word(page, app_keys[k].key))
            fail_msg("install/rnnscope.1 does not have the key %s", app_keys[k].key);
    free(page);
}

const struct CMUnitTest manual_tests[] = {
    IN_FOLDER(manual_has_every_option), IN_FOLDER(no_other_option_is_named),
    cmocka_unit_test(manual_has_every_key), cmocka_unit_test(readme_links_exist)};
const size_t manual_tests_n = TESTS_N(manual_tests);
