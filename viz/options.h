/* The command line: tables of options, and one parser for all commands.
 *
 * A command describes its options in tables of rows; each row says where in a struct its value
 * belongs. The same tables print the help, find the nearest valid name for a misspelt one, and
 * bound every size. A value comes as `--steps 50` or `--steps=50`; given twice, the last counts.
 *
 *     static const option rows[] = {
 *         {.name = "--worst", .value = "K", .kind = OPTION_SIZE, .low = 1, .high = 1000,
 *          .offset = offsetof(struct check_options, worst), .help = "entries to list a block"}};
 *
 *     const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine}, ...};
 *     int code;
 *     if (!options_read(&usage, groups, COUNT(groups), argc, argv, &code))
 *         return code; */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef enum option_kind {
    OPTION_FLAG,   /* bool: true when given */
    OPTION_SIZE,   /* size_t in low … high */
    OPTION_SEED,   /* uint64_t */
    OPTION_NUMBER, /* double, finite, in low … high; NAN in the defaults means not given */
    OPTION_TEXT,   /* const char *, into argv: a file, a list of names */
    OPTION_CHOICE  /* const char *: one of the names that `choice` lists */
} option_kind;

typedef struct option {
    const char *name;  /* "--hidden", "-o" */
    const char *value; /* "N", for the help; NULL for a flag */
    option_kind kind;
    size_t offset;                   /* of the value in the group's struct */
    double low, high;                /* for sizes and numbers */
    const char *(*choice)(size_t k); /* the k-th name, NULL after the last */
    const char *help;                /* one line */
    const char *otherwise;           /* for the help: what is taken where it is not given */
} option;

/* Options under one heading of the help; their values go into `values`. */
typedef struct option_group {
    const char *title;
    const option *rows;
    size_t n;
    void *values;
} option_group;

/* How a command is used. Words are arguments that are no options: `plot VIEW`. */
typedef struct usage {
    const char *command; /* "trace" */
    const char *summary; /* one line */
    const char *words;   /* "VIEW", "[LESSON]"; NULL: the command takes none */
    const char *pattern; /* what follows the command and the words: "[MODEL] [DATA] -o FILE" */
    const char *example; /* a line or more that work when typed; may be NULL */
    const char **word;   /* where the word goes (left as it is when none is given); may be NULL */
    const char *(*known)(size_t k); /* for the help: what the word can be; may be NULL */
} usage;

/* Reads argv[1] … into the groups' structs. RS_USAGE with a line that names the option, its value,
 * what was expected and the nearest valid name. *help is set, and the rest left unread, at --help.
 * Prints nothing. */
rs_status options_parse(const usage *use, const option_group *groups, size_t groups_n, int argc,
                        char **argv, bool *help, rs_error *err);

/* options_parse for a command: prints help or the error. False: the command is over, with *code. */
bool options_read(const usage *use, const option_group *groups, size_t groups_n, int argc,
                  char **argv, int *code);

/* Prints the help of a command on stdout. */
void options_help(const usage *use, const option_group *groups, size_t groups_n);

/* Prints `rnnscope: …` on stderr, one line whatever is in the text; returns the status. */
int options_complain(const rs_error *err);

/* The name of choice(0), choice(1) … that is nearest to `text` by the number of typing mistakes
 * between them, or NULL if none is near. */
const char *options_nearest(const char *text, const char *(*choice)(size_t k));

#endif
