/* Numbers that a lesson states: those that are computed must be links, and hold. */
#ifndef CHECK_NUMBERS_H
#define CHECK_NUMBERS_H

#include "lessons/engine/player.h"

/* Checks each checked number of a block: in its text, and in what it tells. In the latter a number
 * that is typed is a mistake too, unless it
 *   - is given: the scene in force, the directive itself or a slider of the step has it;
 *   - is whole and at most twelve, a year or a power of ten (1e-7): what people count with;
 *   - stands in a formula or in code, or belongs to a name (h0, W[0][1]). */
void check_numbers(player *p, size_t block, lesson_mistakes *mistakes);

#endif
