#include "lessons/engine/player_inside.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- scenes -------------------------------------------------------------------------------- */

size_t player_scene_index(const player *p, size_t block)
{
    const lesson_block *at = lesson_scene_at(p->lesson, block);
    return at ? (size_t)(at - p->lesson->blocks) : p->lesson->blocks_n;
}

scene player_page_scene(const player *p, size_t index)
{
    return index < p->lesson->blocks_n ? p->lesson->blocks[index].scene : scene_standard();
}

computed *player_intact(player *p, size_t index, rs_error *err)
{
    if (!p->blocks[index].intact) {
        const scene s = player_page_scene(p, index);
        p->blocks[index].intact = compute_new(&s, NULL, err);
    }
    return p->blocks[index].intact;
}

void player_drop_numbers(player *p)
{
    compute_release(p->now);
    p->now = NULL;
}

void player_stage(player *p, size_t scene_block)
{
    p->stage = scene_block;
    p->scene = player_page_scene(p, scene_block);
    p->changed = false;
    player_drop_numbers(p);
}

void player_undo(player *p) { player_stage(p, p->stage); }

computed *player_computed(player *p, rs_error *err)
{
    if (!p->now && p->changed) {
        p->now = compute_new(&p->scene, NULL, err);
    } else if (!p->now) {
        computed *c = player_intact(p, p->stage, err);
        p->now = c ? compute_hold(c) : NULL;
    }
    return p->now;
}

/* --- steps --------------------------------------------------------------------------------- */

static size_t step_end(const player *p)
{
    const lesson_step *step = &p->lesson->steps[p->step];
    return step->first + step->n;
}

/* The first block of one of the kinds (bits) in the present step, or blocks_n. */
static size_t find_in_step(const player *p, unsigned wanted)
{
    for (size_t k = p->lesson->steps_n ? p->lesson->steps[p->step].first : p->lesson->blocks_n;
         k < p->lesson->blocks_n && k < step_end(p); k++)
        if (wanted >> p->lesson->blocks[k].kind & 1U)
            return k;
    return p->lesson->blocks_n;
}

void player_keep(player *p, progress_kind kind, size_t nth, double value)
{
    if (p->progress)
        (void)progress_set(p->progress, p->lesson->id, kind, nth, value, NULL);
}

/* The first block of the present step that still asks something, in the order of the page: a
 * prediction to be made, a task to be solved, a slider to be moved; or blocks_n. */
static size_t find_open(const player *p)
{
    for (size_t k = p->lesson->steps[p->step].first; k < step_end(p); k++) {
        const player_block *b = &p->blocks[k];
        const block_kind kind = p->lesson->blocks[k].kind;
        if ((kind == BLOCK_PREDICT && !b->revealed) ||
            (kind == BLOCK_TASK && b->task != TASK_SOLVED) || kind == BLOCK_SLIDER)
            return k;
    }
    return p->lesson->blocks_n;
}

/* The scene that a step begins with, see player.h. */
static size_t first_stage(const player *p)
{
    const size_t none = p->lesson->blocks_n, before = p->lesson->steps[p->step].first;
    const size_t about[] = {find_open(p), find_in_step(p, 1U << BLOCK_TASK),
                            find_in_step(p, 1U << BLOCK_PREDICT),
                            find_in_step(p, 1U << BLOCK_SCENE)};
    for (size_t k = 0; k < sizeof about / sizeof *about; k++)
        if (about[k] < none)
            return player_scene_index(p, about[k]);
    return before > 0 ? player_scene_index(p, before - 1) : none;
}

bool player_stage_of(player *p, size_t block)
{
    const size_t index = player_scene_index(p, block);
    if (index == p->stage)
        return false;
    player_stage(p, index);
    return true;
}

void player_go(player *p, size_t step)
{
    if (p->lesson->steps_n == 0)
        return;
    p->step = step < p->lesson->steps_n ? step : p->lesson->steps_n - 1;
    if (p->progress) { /* one place a lesson */
        const progress_fact *at = progress_find(p->progress, p->lesson->id, PROGRESS_AT, 0);
        if (at)
            p->progress->facts[at - p->progress->facts].nth = p->step;
        else
            player_keep(p, PROGRESS_AT, p->step, 0);
    }
    p->task = find_in_step(p, 1U << BLOCK_TASK);
    player_stage(p, first_stage(p));
}

bool player_next(player *p)
{
    player_keep(p, PROGRESS_DONE, p->step, 0);
    if (p->step + 1 >= p->lesson->steps_n)
        return false;
    player_go(p, p->step + 1);
    return true;
}

bool player_back(player *p)
{
    if (p->step == 0)
        return false;
    player_go(p, p->step - 1);
    return true;
}

/* --- beginning and end --------------------------------------------------------------------- */

static const progress_fact *fact_of(const player *p, progress_kind kind, size_t nth)
{
    return p->progress ? progress_find(p->progress, p->lesson->id, kind, nth) : NULL;
}

static void recall(player *p)
{
    size_t predictions = 0, tasks = 0, exercises_n = 0;
    for (size_t k = 0; k < p->lesson->blocks_n; k++) {
        player_block *b = &p->blocks[k];
        const block_kind kind = p->lesson->blocks[k].kind;
        b->answer = b->solved_answer = NAN;
        if (kind == BLOCK_PREDICT) {
            b->nth = predictions++;
            const progress_fact *fact = fact_of(p, PROGRESS_PREDICTED, b->nth);
            b->predicted = b->revealed = fact != NULL;
            b->prediction = fact ? fact->value : 0;
        } else if (kind == BLOCK_TASK) {
            b->nth = tasks++;
            b->task = fact_of(p, PROGRESS_SOLVED, b->nth) ? TASK_SOLVED : TASK_OPEN;
        } else if (kind == BLOCK_EXERCISE) {
            b->nth = exercises_n++;
            b->task = fact_of(p, PROGRESS_WRITTEN, b->nth) ? TASK_SOLVED : TASK_OPEN;
        }
    }
}

rs_status player_open(player *p, const lesson *l, learner_progress *progress, rs_error *err)
{
    memset(p, 0, sizeof *p);
    p->lesson = l;
    p->progress = progress;
    p->blocks = rs_alloc(l->blocks_n + 1, sizeof *p->blocks, "the lesson", err);
    if (!p->blocks)
        return RS_INTERNAL;
    recall(p);
    const progress_fact *at = progress ? progress_find(progress, l->id, PROGRESS_AT, 0) : NULL;
    p->task = p->stage = l->blocks_n;
    player_go(p, at ? at->nth : 0);
    return RS_OK;
}

void player_close(player *p)
{
    player_drop_numbers(p);
    for (size_t k = 0; p->blocks && k <= p->lesson->blocks_n; k++) {
        compute_release(p->blocks[k].intact);
        compute_release(p->blocks[k].solved);
    }
    free(p->blocks);
    memset(p, 0, sizeof *p);
}
