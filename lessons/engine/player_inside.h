/* What the parts of the player share: player.c (steps), player_numbers.c (values and settings),
 * player_tasks.c (predictions and tasks). */
#ifndef PLAYER_INSIDE_H
#define PLAYER_INSIDE_H

#include "lessons/engine/player.h"

/* The block of the scene in force at this block; blocks_n: none. */
size_t player_scene_index(const player *p, size_t block);
/* The scene of that block as the page has it. */
scene player_page_scene(const player *p, size_t index);
/* The same, computed; held by the player. NULL with err where it cannot be. */
computed *player_intact(player *p, size_t index, rs_error *err);

/* The present scene's numbers are to be made anew. */
void player_drop_numbers(player *p);

/* Keeps a fact of this lesson, if progress is kept. */
void player_keep(player *p, progress_kind kind, size_t nth, double value);

/* The value in c of an expression that stands in this block, `answer` being this. */
rs_status player_evaluate(const player *p, computed *c, size_t block, double answer,
                          const char *expression, double *value, rs_error *err);

/* "W[0][1] = 0.2, answer = 2" put into a scene and an answer; both as they were where it fails. */
rs_status player_apply(const player *p, const char *settings, bool has_answer, scene *s,
                       double *answer, rs_error *err);

#endif
