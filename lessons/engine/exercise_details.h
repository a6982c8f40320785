/* What a judge found, as numbers: for those who draw it. The words go to stdout; this goes from the
 * child to its parent as a file, and both are the same program. */
#ifndef EXERCISE_DETAILS_H
#define EXERCISE_DETAILS_H

#include "gradcheck/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DETAIL_ROWS = 24,
    DETAIL_STEPS = 16,
    DETAIL_LINES = 32,
    DETAIL_EQUATIONS = 6,
    DETAIL_FINDINGS = 8,
    DETAIL_NAME = 48
};
#define DETAIL_NO_ROW SIZE_MAX

/* A number that the learner's function returned; of a block of derivatives the worst one. */
typedef struct exercise_line {
    char name[DETAIL_NAME]; /* "dW", "h[2] at t=1", "exp at x = 2" */
    bool right, has_numbers;
    double returned, expected;
    size_t row, col;  /* of the number in the block; row DETAIL_NO_ROW: of a vector */
    size_t wrong, of; /* entries of the block; of 0: it is one number */
} exercise_line;

/* A forward equation, and what going back through it has to set or to add to. */
typedef struct exercise_equation {
    char forward[96]; /* a formula */
    char sets[64];    /* "df di dg dc_before": as the learner's step has them */
    bool at_fault;    /* the mistake was located here */
} exercise_equation;

/* What the checker says of a mistake, in the parts of rs_check_finding; a block of parameters has
 * the learner's name. */
typedef struct detail_finding {
    rs_phrase says[RS_FINDING_PHRASES];
} detail_finding;

typedef struct exercise_details {
    /* The errors of every derivative of a step, relative; 0 is right. rows 0: there are none. */
    size_t rows, steps;
    char row[DETAIL_ROWS][DETAIL_NAME];
    double error[DETAIL_ROWS][DETAIL_STEPS];
    bool marked; /* where the first mistake was located; row `marked_row` = rows: in none of them */
    size_t marked_step, marked_row;
    char fault[DETAIL_NAME]; /* what the mistake makes wrong, as the learner has it: "dh_before" */
    size_t findings_n;       /* the first of those that the words say */
    detail_finding finding[DETAIL_FINDINGS];
    size_t equations_n;
    exercise_equation equation[DETAIL_EQUATIONS];
    size_t lines_n;
    exercise_line line[DETAIL_LINES];
} exercise_details;

/* One more line, if there is room; a `name` that is too long is cut. */
exercise_line *details_add(exercise_details *d, const char *name);
/* One number against another. */
void details_compare(exercise_details *d, const char *name, double returned, double expected,
                     bool right);

/* Whether nothing is wrong with `name`, a row ("df") or a line ("dW", "dh_before at t=0"); of what
 * is called dX_before, row dX. *known false: there is neither. */
bool details_right(const exercise_details *d, const char *name, bool *known);

bool details_write(const exercise_details *d, const char *path);
/* False, and *d all zero, where there is no file or it is none of ours. */
bool details_read(exercise_details *d, const char *path);

#endif
