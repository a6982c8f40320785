#include "lessons/engine/player.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- scenes -------------------------------------------------------------------------------- */

static size_t scene_index(const player *p, size_t block)
{
    const lesson_block *at = lesson_scene_at(p->lesson, block);
    return at ? (size_t)(at - p->lesson->blocks) : p->lesson->blocks_n;
}

static scene page_scene(const player *p, size_t index)
{
    return index < p->lesson->blocks_n ? p->lesson->blocks[index].scene : scene_standard();
}

/* The scene of this block as the page has it. */
static computed *intact(player *p, size_t index, rs_error *err)
{
    if (!p->blocks[index].intact) {
        const scene s = page_scene(p, index);
        p->blocks[index].intact = compute_new(&s, NULL, err);
    }
    return p->blocks[index].intact;
}

static void drop_numbers(player *p)
{
    compute_release(p->now);
    p->now = NULL;
}

void player_stage(player *p, size_t scene_block)
{
    p->stage = scene_block;
    p->scene = page_scene(p, scene_block);
    p->changed = false;
    drop_numbers(p);
}

void player_undo(player *p) { player_stage(p, p->stage); }

computed *player_computed(player *p, rs_error *err)
{
    if (!p->now && p->changed) {
        p->now = compute_new(&p->scene, NULL, err);
    } else if (!p->now) {
        computed *c = intact(p, p->stage, err);
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

static void keep(player *p, progress_kind kind, size_t nth, double value)
{
    if (p->progress)
        (void)progress_set(p->progress, p->lesson->id, kind, nth, value, NULL);
}

void player_go(player *p, size_t step)
{
    const size_t none = p->lesson->blocks_n;
    if (p->lesson->steps_n == 0)
        return;
    p->step = step < p->lesson->steps_n ? step : p->lesson->steps_n - 1;
    if (p->progress) { /* one place a lesson */
        const progress_fact *at = progress_find(p->progress, p->lesson->id, PROGRESS_AT, 0);
        if (at)
            p->progress->facts[at - p->progress->facts].nth = p->step;
        else
            keep(p, PROGRESS_AT, p->step, 0);
    }
    p->task = find_in_step(p, 1U << BLOCK_TASK);
    const size_t moved = find_in_step(p, 1U << BLOCK_TASK | 1U << BLOCK_SLIDER);
    const size_t asked = find_in_step(p, 1U << BLOCK_PREDICT);
    const size_t first = find_in_step(p, 1U << BLOCK_SCENE);
    const size_t before = p->lesson->steps[p->step].first;
    player_stage(p, moved < none   ? scene_index(p, moved)
                    : asked < none ? scene_index(p, asked)
                    : first < none ? first
                    : before > 0   ? scene_index(p, before - 1)
                                   : none);
}

bool player_next(player *p)
{
    keep(p, PROGRESS_DONE, p->step, 0);
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

static void recall(player *p)
{
    size_t predictions = 0, tasks = 0;
    for (size_t k = 0; k < p->lesson->blocks_n; k++) {
        player_block *b = &p->blocks[k];
        const block_kind kind = p->lesson->blocks[k].kind;
        b->answer = NAN;
        if (kind != BLOCK_PREDICT && kind != BLOCK_TASK)
            continue;
        b->nth = kind == BLOCK_PREDICT ? predictions++ : tasks++;
        const progress_fact *fact =
            p->progress
                ? progress_find(p->progress, p->lesson->id,
                                kind == BLOCK_PREDICT ? PROGRESS_PREDICTED : PROGRESS_SOLVED,
                                b->nth)
                : NULL;
        if (fact && kind == BLOCK_PREDICT) {
            b->predicted = b->revealed = true;
            b->prediction = fact->value;
        } else if (fact) {
            b->task = TASK_SOLVED;
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
    drop_numbers(p);
    for (size_t k = 0; p->blocks && k <= p->lesson->blocks_n; k++)
        compute_release(p->blocks[k].intact);
    free(p->blocks);
    memset(p, 0, sizeof *p);
}

/* --- numbers ------------------------------------------------------------------------------- */

static rs_status evaluate(player *p, computed *c, size_t block, const char *expression,
                          double *value, rs_error *err)
{
    const size_t asked = p->lesson->blocks[block].kind == BLOCK_TASK ? block : p->task;
    const expression_given given = {"answer", p->blocks[asked].answer};
    return c ? expression_value(expression, c, &given, asked < p->lesson->blocks_n, value, err)
             : RS_DATA;
}

rs_status player_value(player *p, size_t block, const char *expression, double *value,
                       rs_error *err)
{
    const size_t index = scene_index(p, block);
    computed *c = index == p->stage ? player_computed(p, err) : intact(p, index, err);
    return evaluate(p, c, block, expression, value, err);
}

static rs_status set_in(const player *p, scene *s, const char *name, double value, rs_error *err)
{
    char line[128];
    if (strlen(name) >= 64)
        return rs_fail(err, RS_DATA, "`%.40s…` is no setting", name);
    if (!isfinite(value))
        return rs_fail(err, RS_DATA, "%s = %g: expected a finite number", name, value);
    if (!scene_number_named(s, name))
        return rs_fail(err, RS_DATA, "`%s` is no setting of this scene%s", name,
                       p->task < p->lesson->blocks_n ? ", nor is it `answer`" : "");
    (void)snprintf(line, sizeof line, "%s = %.17g", name, value);
    return scene_set(s, line, err);
}

static void take_scene(player *p, const scene *s)
{
    const scene page = page_scene(p, p->stage);
    p->scene = *s;
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): scenes are made for this, scene.h */
    p->changed = memcmp(s, &page, sizeof page) != 0;
    drop_numbers(p);
}

rs_status player_set(player *p, const char *name, double value, rs_error *err)
{
    scene s = p->scene;
    if (strcmp(name, "answer") == 0 && p->task < p->lesson->blocks_n) {
        p->blocks[p->task].answer = value;
        return RS_OK;
    }
    rs_status status = set_in(p, &s, name, value, err);
    if (status == RS_OK)
        take_scene(p, &s);
    return status;
}

rs_status player_set_all(player *p, const char *settings, rs_error *err)
{
    scene s = p->scene;
    const bool asked = p->task < p->lesson->blocks_n;
    double answer = p->blocks[p->task].answer;
    char name[64], rest[2];
    int used = 0;
    while (settings[strspn(settings, " ,")]) {
        double value = 0;
        settings += strspn(settings, " ,");
        if (sscanf(settings, "%63[^ =,] = %lf%n", name, &value, &used) != 2 ||
            sscanf(settings + used, " %1[^,]", rest) == 1)
            return rs_fail(err, RS_DATA, "`%.60s`: expected NAME = NUMBER", settings);
        if (asked && strcmp(name, "answer") == 0)
            answer = value;
        else if (set_in(p, &s, name, value, err) != RS_OK)
            return RS_DATA;
        settings += used;
    }
    p->blocks[p->task].answer = answer;
    take_scene(p, &s);
    return RS_OK;
}

bool player_range(const player *p, const char *name, double *low, double *high)
{
    for (size_t k = 0; p->lesson->steps_n && k < p->lesson->steps[p->step].n; k++) {
        const lesson_block *b = &p->lesson->blocks[p->lesson->steps[p->step].first + k];
        for (size_t j = 0; b->kind == BLOCK_SLIDER && j < b->fields_n; j++) {
            lesson_slider slider;
            if (lesson_slider_read(b->fields[j].value, &slider) && strcmp(slider.name, name) == 0) {
                *low = slider.low;
                *high = slider.high;
                return true;
            }
        }
    }
    for (size_t k = 0; k < SCENE_NUMBERS; k++)
        if (strcmp(name, scene_numbers[k].name) == 0) {
            *low = scene_numbers[k].low;
            *high = scene_numbers[k].high;
            return true;
        }
    return false;
}

/* --- predictions and tasks ----------------------------------------------------------------- */

rs_status player_predict(player *p, size_t block, double prediction, rs_error *err)
{
    player_block *b = &p->blocks[block];
    if (!isfinite(prediction))
        return rs_fail(err, RS_DATA, "a prediction is a finite number");
    if (b->revealed)
        return RS_OK;
    b->predicted = b->revealed = true;
    b->prediction = prediction;
    keep(p, PROGRESS_PREDICTED, b->nth, prediction);
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
    rs_status status =
        evaluate(p, intact(p, scene_index(p, block), err), block, expression, answer, err);
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
        keep(p, PROGRESS_SOLVED, p->blocks[block].nth, 0);
    return RS_OK;
}

const char *player_hint(player *p, size_t block, bool *is_solution)
{
    const lesson_block *b = &p->lesson->blocks[block];
    player_block *state = &p->blocks[block];
    const lesson_field *hint =
        state->hints < PLAYER_HINTS ? lesson_field_nth(b, "hint", state->hints) : NULL;
    if (is_solution)
        *is_solution = !hint;
    if (hint) {
        state->hints++;
        return hint->value;
    }
    if (state->hints > PLAYER_HINTS)
        return NULL;
    state->hints = PLAYER_HINTS + 1;
    return lesson_value(b, "solution");
}
