/* The learner's steps of exercise.h as data: what each of their arrays is made of. */
#ifndef EXERCISE_FIELDS_H
#define EXERCISE_FIELDS_H

#include "lessons/exercises/exercise.h"

#include <stdbool.h>

enum { MOST_FIELDS = 28 };

/* What an array of the learner's step is made of. */
typedef enum source {
    PARAMETER,         /* of a kind of block */
    GRADIENT,          /* likewise; added to */
    INPUT,             /* x_t */
    INPUT_DERIVATIVE,  /* added to */
    VALUE,             /* of channel */
    VALUE_BEFORE,      /* of a state at t−1 */
    TOTAL,             /* derivative of a channel, complete */
    DERIVATIVE,        /* of a channel, the learner's */
    DERIVATIVE_BEFORE, /* of a state at t−1 */
    PREACTIVATION      /* da */
} source;

typedef struct field {
    const char *name;
    size_t offset; /* of its pointer in the step */
    source source;
    int block; /* rs_block_kind */
    const char *channel;
} field;

/* Any of the steps: they begin with I and H, then pointers. */
typedef union any_step {
    rnn_step rnn;
    lstm_step lstm;
    gru_step gru;
} any_step;

/* A backward step that is an exercise. */
typedef struct step_kind {
    const char *name, *cell;
    const field *fields; /* ended by one without a name */
    bool recurrent_bias;
} step_kind;
const step_kind *step_kind_named(const char *name); /* NULL: there is none */

#endif
