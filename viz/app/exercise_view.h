/* The stage of an exercise: the verdict, the checker's words, and what belongs to them: the map of
 * errors with the equation at fault, the learner's own line, or a table of numbers. */
#ifndef EXERCISE_VIEW_H
#define EXERCISE_VIEW_H

#include "viz/app/exercise_desk.h"
#include "viz/plots/view.h"

/* Its data comes from the desk and not from a pass, hence it has no make. */
extern const view exercise_view;

/* Copies what the desk knows now; NULL without memory. */
void *exercise_view_of(const exercise_desk *d);
/* d->now of when it was copied. */
unsigned long exercise_view_now(const void *data);

#endif
