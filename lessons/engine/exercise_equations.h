/* The forward equations of the cells whose backward step is an exercise, in the order in which the
 * learner goes back through them. */
#ifndef EXERCISE_EQUATIONS_H
#define EXERCISE_EQUATIONS_H

#include "lessons/engine/exercise_details.h"

#include "gradcheck/check.h"

/* Writes those of a cell ("lstm") into details; none of them is at fault yet. */
void equations_list(exercise_details *d, const char *cell);

/* Marks the equation that the mistake was located in. */
void equations_mark(exercise_details *d, const char *cell, const rs_check_finding *finding);

#endif
