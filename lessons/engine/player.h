/* A lesson being played: plain state and functions, no screen. Terminal and viewer both use it.
 *
 *     player p;
 *     player_open(&p, &lesson, &progress, &err);
 *     player_value(&p, block, run->expression, &value, &err)     a checked number, live
 *     player_set(&p, "W[0][1]", 0.2, &err)                       a slider, or a line typed
 *     player_predict(&p, block, 25, &err)                        opens what stands behind it
 *     player_task_check(&p, block, &err)                         TASK_SOLVED?
 *     player_next(&p)   player_back(&p)   player_close(&p)
 *
 * A step has one scene at a time that the learner changes, its *stage*. It begins with what the
 * step asks first: the scene in force at its first open prediction, unsolved task or slider, in the
 * order of the page; with nothing open at its task, else its prediction, else its first scene, else
 * the last one before it. player_stage_of() moves on to the scene of another block, as soon as the
 * learner turns to it. Numbers in the text under the stage follow the learner's changes; those
 * under another scene are of that scene as the page has it.
 *
 * Nothing locks: a prediction may be skipped (player_reveal), a task left, any step gone to. */
#ifndef PLAYER_H
#define PLAYER_H

#include "lessons/engine/compute.h"
#include "lessons/engine/expression.h"
#include "lessons/engine/lesson.h"
#include "lessons/engine/progress.h"

/* How a task stands. */
typedef enum task_state {
    TASK_OPEN,
    TASK_TRIED, /* the present scene does not pass */
    TASK_SOLVED
} task_state;

enum { PLAYER_HINTS = 3 }; /* before the worked solution */

/* What the player keeps of a block. */
typedef struct player_block {
    bool predicted, revealed; /* a prediction: made; its result is shown */
    double prediction;
    task_state task;  /* of a task, or of an exercise: TASK_SOLVED, its code was right once */
    size_t hints;     /* of a task, shown; PLAYER_HINTS + 1: the worked solution too */
    double answer;    /* of a task: the learner's number, `answer` in its expressions; NAN */
    size_t nth;       /* of its kind in the lesson, from 0 */
    computed *solved; /* of a task: the scene it was solved with, else its own solution's, once
                         wanted; NULL before */
    double solved_answer;
    computed *intact; /* of a scene: computed as the page has it; NULL until it is wanted */
} player_block;

typedef struct player {
    const lesson *lesson;       /* not owned */
    learner_progress *progress; /* not owned; NULL: nothing is kept */
    size_t step;
    size_t stage;  /* block of the scene in force; lesson->blocks_n: none, the standard one */
    scene scene;   /* as the learner has changed it */
    bool changed;  /* it is not the page's */
    size_t task;   /* block of the task that `answer = …` is for: of this step, or blocks_n */
    computed *now; /* of scene; NULL until it is wanted, or where it cannot be computed */
    player_block *blocks; /* [blocks_n + 1]; the last one for where there is no scene yet */
} player;

/* Begins a lesson where progress (may be NULL) says the learner was, with the predictions kept. */
rs_status player_open(player *p, const lesson *l, learner_progress *progress, rs_error *err);
void player_close(player *p);

/* Steps. Going on marks the step as done; false at an end. A step's scene begins as the page has
 * it. */
bool player_next(player *p);
bool player_back(player *p);
void player_go(player *p, size_t step);

/* Makes the scene of this block the one that the learner changes. */
void player_stage(player *p, size_t scene_block);
/* The scene in force at this block becomes the stage; true if it was another. */
bool player_stage_of(player *p, size_t block);

/* The numbers of the present scene, held by the player; NULL with err where it cannot be computed.
 */
computed *player_computed(player *p, rs_error *err);

/* The value of an expression that stands in this block. */
rs_status player_value(player *p, size_t block, const char *expression, double *value,
                       rs_error *err);

/* The same of an expression in what a directive tells (told NULL: in the text). `why` speaks of the
 * scene that the task was solved with, or where that is not known, of its own solution; the rest as
 * player_value. */
rs_status player_told_value(player *p, size_t block, const lesson_field *told,
                            const char *expression, double *value, rs_error *err);

/* A checked number as it is shown: what comes out now, written as the run has it. Where that would
 * be a zero and the value is none but for rounding (rounding.h), it is "≈ 0"; a small number that
 * is right stays one. told: the field that the run is of, or NULL. */
rs_status player_number(player *p, size_t block, const lesson_field *told, const lesson_run *run,
                        char to[48], rs_error *err);
bool player_rounds_to_zero(player *p, size_t block, const lesson_field *told,
                           const char *expression, double value);

/* A setting of the stage by name, or `answer` of the step's task. What cannot be (a name that is
 * none, a value out of range) leaves the scene as it was: RS_DATA. */
rs_status player_set(player *p, const char *name, double value, rs_error *err);

/* "W[0][1] = 0.2, gain = 2" as a task's solution has it: all of it or nothing. */
rs_status player_set_all(player *p, const char *settings, rs_error *err);

/* The scene as the page has it again. */
void player_undo(player *p);

/* The range a slider or the setting itself allows; false where there is none of this name. */
bool player_range(const player *p, const char *name, double *low, double *high);

/* Keeps the prediction of this block, and reveals what came. A second one is not taken: the first
 * was before the reveal. */
rs_status player_predict(player *p, size_t block, double prediction, rs_error *err);
void player_reveal(player *p, size_t block);

/* What a prediction is compared with, and whether it was near enough by the lesson's `within`. The
 * answer is of the scene as the page has it. */
rs_status player_compare(player *p, size_t block, double *answer, bool *near, rs_error *err);

/* Whether the block is behind a prediction of its step that is not revealed yet. */
bool player_hidden(const player *p, size_t block);

/* What came of the learner's code for the exercise of this block; that it was right is kept. */
void player_exercise_judged(player *p, size_t block, bool right);

/* Tries a task on the present scene. */
rs_status player_task_check(player *p, size_t block, task_state *state, rs_error *err);

/* The next hint of a task, then "NAME = VALUE" of its worked solution; NULL when all has been
 * shown. is_solution may be NULL. */
const lesson_field *player_hint(player *p, size_t block, bool *is_solution);

#endif
