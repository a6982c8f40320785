/* The program: finds the command and runs it. */
#include "viz/commands/commands.h"
#include "viz/options.h"

#include <stdio.h>
#include <string.h>

typedef struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} command;

#define COMMAND_ROW(name, help) {#name, command_##name, help},
static const command commands[] = {COMMANDS(COMMAND_ROW){NULL, NULL, NULL}};

static const char *command_name(size_t k) { return commands[k].name; }

static int print_help(void)
{
    printf("rnnscope: see why gradients vanish and explode in recurrent networks, prove that a "
           "backward pass is right\n\n  rnnscope COMMAND [OPTIONS]\n\n");
    for (size_t k = 0; commands[k].name; k++)
        printf("  %-12s %s\n", commands[k].name, commands[k].help);
    printf(
        "\n  rnnscope COMMAND --help says what a command takes. Without a command: learn.\n"
        "\nExit codes: 0 done, or the gradient agrees; 1 a check failed; 2 inconclusive; 64 wrong "
        "usage;\n65 bad data in a file; 66 a file cannot be opened; 70 internal error; 74 write "
        "failed; 130 interrupted.\n");
    return RS_OK;
}

static int unknown_command(const char *name)
{
    rs_error err;
    const char *near = options_nearest(name, command_name);
    (void)rs_fail(&err, RS_USAGE, "%.100s: there is no such command%s%s%s; see rnnscope --help",
                  name, near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
    return options_complain(&err);
}

static int run(int argc, char **argv)
{
    static char learn[] = "learn";
    char *no_arguments[] = {learn, NULL};
    if (argc < 2)
        return command_learn(1, no_arguments);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help();
    if (strcmp(argv[1], "--version") == 0) {
        printf("rnnscope %s\n", RS_VERSION);
        return RS_OK;
    }
    for (size_t k = 0; commands[k].name; k++)
        if (strcmp(argv[1], commands[k].name) == 0)
            return commands[k].run(argc - 1, argv + 1);
    return unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
    int code = run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        rs_error err;
        (void)rs_fail(&err, RS_WRITE, "standard output: cannot be written");
        return options_complain(&err);
    }
    return code;
}
