/* A command run as a child process: what it says, how it ends, and when it is to be stopped. */
#ifndef EXERCISE_PROCESS_H
#define EXERCISE_PROCESS_H

#include "base/error.h"

#include <stdbool.h>

enum { PROCESS_OUTPUT = 1 << 16, PROCESS_STOPPED = -1, PROCESS_GIVEN_UP = -2 };

typedef struct process {
    char *const *argv;
    double seconds;                 /* the most it may take */
    bool (*give_up)(void *context); /* asked ten times a second; may be NULL */
    void *context;
} process;

/* Runs it, with nothing on its stdin; stdout and stderr go to text, what is too much is dropped.
 * *code is its exit code (127: there is no such program), 128 + signal, PROCESS_STOPPED when the
 * time was over, or PROCESS_GIVEN_UP. It and its children are gone then. RS_INTERNAL: no process
 * could be made. */
rs_status process_run(const process *p, char text[PROCESS_OUTPUT], int *code, rs_error *err);

#endif
