/* What the tests of the program share: running it in the test's folder, and what it said. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "tests/unit/files_help.h"

typedef struct said {
    int code;
    char out[1 << 15], err[1 << 13]; /* the beginning of stdout and stderr */
} said;

/* Runs `rnnscope ARGUMENTS` in the test's folder, through a shell. Skips the test where the program
 * is not known (RNNSCOPE is not set). The answer is overwritten by the next run. */
const said *run_cli(void **state, const char *arguments);

/* It ended with this code, and stderr is one line "rnnscope: …" that says `part`. */
void assert_complains(const said *answer, int code, const char *part);

/* It ended with 0. */
void assert_done(const said *answer);

/* Two files of the test's folder have the same bytes, and some. */
void assert_same_file(void **state, const char *a, const char *b);

/* The absolute path of the program, or NULL. */
const char *program_path(void);

#endif
