/* Predictions and tasks. */
#include "lessons/engine/player_inside.h"

#include <math.h>

rs_status player_predict(player *p, size_t block, double prediction, rs_error *err)
{
    player_block *b = &p->blocks[block];
    if (!isfinite(prediction))
        return rs_fail(err, RS_DATA, "a prediction is a finite number");
    if (b->revealed)
        return RS_OK;
    b->predicted = b->revealed = true;
    b->prediction = prediction;
    player_keep(p, PROGRESS_PREDICTED, b->nth, prediction);
    return RS_OK;
}

void player_reveal(player *p, size_t block) { p->blocks[block].revealed = true; }

rs_status player_compare(player *p, size_t block, double *answer, bool *near, rs_error *err)
{
    const lesson_block *b = &p->lesson->blocks[block];
    const char *expression = lesson_value(b, "answer"), *within = lesson_value(b, "within");
    bool understood = false;
    *near = false;
    if (!expression || !within)
        return rs_fail(err, RS_DATA, "the prediction lacks `answer` or `within`");
    rs_status status = player_evaluate(p, player_intact(p, player_scene_index(p, block), err),
                                       block, NAN, expression, answer, err);
    if (status == RS_OK)
        *near = lesson_within(within, p->blocks[block].prediction, *answer, &understood);
    return status == RS_OK && !understood ? rs_fail(err, RS_DATA, "`within = %s`?", within)
                                          : status;
}

bool player_hidden(const player *p, size_t block)
{
    bool closed = false, inside = false;
    for (size_t k = p->lesson->steps_n ? p->lesson->steps[p->step].first : block; k < block; k++) {
        const block_kind kind = p->lesson->blocks[k].kind;
        if (kind == BLOCK_PREDICT)
            closed = !p->blocks[k].revealed;
        inside = kind == BLOCK_DETAILS || (inside && kind != BLOCK_END);
    }
    return closed && inside && p->lesson->blocks[block].kind != BLOCK_END;
}

/* What the learner solved the task with: what `why` speaks of. */
static void hold_solution(player *p, size_t block)
{
    player_block *b = &p->blocks[block];
    computed *c = p->stage == player_scene_index(p, block) ? player_computed(p, NULL) : NULL;
    if (!c)
        return;
    compute_release(b->solved);
    b->solved = compute_hold(c);
    b->solved_answer = b->answer;
}

void player_exercise_judged(player *p, size_t block, bool right)
{
    player_block *b = &p->blocks[block];
    if (b->task != TASK_SOLVED) /* what was right once stays so */
        b->task = right ? TASK_SOLVED : TASK_TRIED;
    if (right)
        player_keep(p, PROGRESS_WRITTEN, b->nth, 0);
}

rs_status player_task_check(player *p, size_t block, task_state *state, rs_error *err)
{
    double passes = 0;
    const char *expression = lesson_value(&p->lesson->blocks[block], "pass");
    if (!expression)
        return rs_fail(err, RS_DATA, "the task lacks `pass`");
    rs_status status = player_value(p, block, expression, &passes, err);
    if (status != RS_OK)
        return status;
    *state = passes != 0 && !isnan(passes) ? TASK_SOLVED : TASK_TRIED;
    if (p->blocks[block].task != TASK_SOLVED) /* what was solved stays so */
        p->blocks[block].task = *state;
    if (*state == TASK_SOLVED)
        hold_solution(p, block);
    if (*state == TASK_SOLVED)
        player_keep(p, PROGRESS_SOLVED, p->blocks[block].nth, 0);
    return RS_OK;
}

const lesson_field *player_hint(player *p, size_t block, bool *is_solution)
{
    const lesson_block *b = &p->lesson->blocks[block];
    player_block *state = &p->blocks[block];
    const lesson_field *hint =
        state->hints < PLAYER_HINTS ? lesson_field_nth(b, "hint", state->hints) : NULL;
    if (is_solution)
        *is_solution = !hint;
    if (hint) {
        state->hints++;
        return hint;
    }
    if (state->hints > PLAYER_HINTS)
        return NULL;
    state->hints = PLAYER_HINTS + 1;
    return lesson_field_nth(b, "solution", 0);
}
