/* What the learner does in the lesson's column. Drawing is column_draw.c's. */
#include "viz/app/column.h"
#include "viz/app/column_slider.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

rs_status column_open(column *c, const char *path, const char *progress_at, rs_error *err)
{
    memset(c, 0, sizeof *c);
    rs_status status = lesson_read(path, &c->lesson, NULL, err);
    if (status != RS_OK && status != RS_DATA)
        return status;
    if (status == RS_DATA && err) /* what could be read is shown, with the first mistake */
        (void)snprintf(c->problem, sizeof c->problem, "%.255s", err->text);
    if (progress_at)
        (void)snprintf(c->progress_path, sizeof c->progress_path, "%s", progress_at);
    if (progress_at && progress_read(progress_at, &c->progress, err) != RS_OK)
        (void)snprintf(c->problem, sizeof c->problem, "%.255s", err ? err->text : "");
    c->news = c->lesson.blocks_n;
    c->focus = c->step = c->looked = c->wants_lesson = SIZE_MAX;
    status =
        c->lesson.steps_n > 0 ? player_open(&c->player, &c->lesson, &c->progress, err) : RS_DATA;
    if (status != RS_OK) {
        progress_free(&c->progress);
        lesson_free(&c->lesson);
        memset(c, 0, sizeof *c);
    }
    return status;
}

void column_keep(column *c)
{
    rs_error err = {0};
    if (c->progress_path[0] && progress_write(c->progress_path, &c->progress, &err) != RS_OK)
        (void)snprintf(c->problem, sizeof c->problem, "%.255s", err.text);
}

bool column_opens(const char *path, rs_error *err)
{
    lesson l;
    const rs_status status = lesson_read(path, &l, NULL, err);
    if (status != RS_OK && status != RS_DATA)
        return false;
    const bool has_steps = l.steps_n > 0;
    lesson_free(&l);
    return has_steps;
}

void column_close(column *c)
{
    if (!c->lesson.steps)
        return;
    column_keep(c);
    player_close(&c->player);
    if (c->picture)
        cairo_surface_destroy(c->picture);
    progress_free(&c->progress);
    lesson_free(&c->lesson);
    memset(c, 0, sizeof *c);
}

size_t column_views(const column *c, char names[][32], size_t most)
{
    const lesson_block *stage =
        c->player.stage < c->lesson.blocks_n ? &c->lesson.blocks[c->player.stage] : NULL;
    const char *list = stage ? lesson_value(stage, "show") : NULL;
    size_t n = 0;
    while (list && *list && n < most) {
        const size_t length = strcspn(list, ", \t");
        if (length > 0)
            (void)snprintf(names[n++], 32, "%.*s", (int)length, list);
        list += length;
        list += strspn(list, ", \t");
    }
    if (n == 0)
        (void)snprintf(names[n++], 32, "norms");
    return n;
}

size_t column_at(const column *c)
{
    const lesson_block *stage =
        c->player.stage < c->lesson.blocks_n ? &c->lesson.blocks[c->player.stage] : NULL;
    const char *at = stage ? lesson_value(stage, "at") : NULL;
    return at ? (size_t)strtoul(at, NULL, 10) : SIZE_MAX;
}

bool column_asks(const column *c)
{
    const lesson_step *step = &c->lesson.steps[c->player.step];
    for (size_t k = step->first; k < step->first + step->n; k++)
        if (c->lesson.blocks[k].kind == BLOCK_PREDICT && !c->player.blocks[k].predicted &&
            !c->player.blocks[k].revealed)
            return true;
    return false;
}

/* After the scene has changed: the tasks of the step are tried, so that solving one is seen at
 * once. */
static void try_tasks(column *c)
{
    const lesson_step *step = &c->lesson.steps[c->player.step];
    for (size_t k = step->first; k < step->first + step->n; k++) {
        task_state state;
        rs_error err = {0};
        if (c->lesson.blocks[k].kind == BLOCK_TASK && c->player.blocks[k].task != TASK_SOLVED)
            if (player_task_check(&c->player, k, &state, &err) == RS_OK && state == TASK_SOLVED)
                c->news = k;
    }
}

void column_take_scene(column *c, const scene *s)
{
    player *p = &c->player;
    if (memcmp(&p->scene, s, sizeof *s) == 0)
        return;
    p->scene = *s;
    p->changed = true;
    compute_release(p->now);
    p->now = NULL;
    try_tasks(c);
}

static bool set(column *c, const char *name, double value)
{
    rs_error err = {0};
    c->problem[0] = '\0';
    if (player_set(&c->player, name, value, &err) != RS_OK) {
        (void)snprintf(c->problem, sizeof c->problem, "%.255s", err.text);
        return false;
    }
    try_tasks(c);
    return true;
}

/* Of a setting of the scene that is counted, such as `steps`. */
static bool is_whole(const char *name)
{
    for (size_t k = 0; k < SCENE_NUMBERS; k++)
        if (strcmp(scene_numbers[k].name, name) == 0)
            return scene_numbers[k].whole;
    return false;
}

double column_slider_place(const lesson_slider *s, double value)
{
    return s->log ? log(value / s->low) / log(s->high / s->low)
                  : (value - s->low) / (s->high - s->low);
}

double column_slider_value(const lesson_slider *s, double place)
{
    place = place < 0 ? 0 : place > 1 ? 1 : place;
    const double value =
        s->log ? s->low * pow(s->high / s->low, place) : s->low + place * (s->high - s->low);
    const double unit =
        pow(10, floor(log10(s->high - s->low)) - 2); /* no more digits than can be seen */
    if (is_whole(s->name))
        return round(value);
    return s->log ? value : round(value / unit) * unit;
}

bool column_turn(column *c, int by)
{
    column_show_index(c, false);
    const bool moved = by > 0 ? player_next(&c->player) : player_back(&c->player);
    c->wants_next = by > 0 && !moved;
    if (moved) {
        c->scroll = 0;
        c->problem[0] = '\0';
    }
    column_keep(c);
    return moved;
}

bool column_look(column *c, size_t k)
{
    const unsigned of_a_block =
        1U << ITEM_FIELD | 1U << ITEM_SLIDER | 1U << ITEM_HINT | 1U << ITEM_STAGE;
    return k < c->items_n && (of_a_block >> c->items[k].kind & 1U) &&
           player_stage_of(&c->player, c->items[k].block);
}

bool column_act(column *c, size_t k, double x)
{
    if (k >= c->items_n)
        return false;
    const column_item *item = &c->items[k];
    task_state state;
    rs_error err = {0};
    switch (item->kind) {
    case ITEM_NEXT:
        return column_turn(c, 1);
    case ITEM_BACK:
        return column_turn(c, -1);
    case ITEM_REVEAL:
        c->news = item->block;
        player_reveal(&c->player, item->block);
        return false;
    case ITEM_HINT:
        c->news = item->block;
        if (c->lesson.blocks[item->block].kind == BLOCK_EXERCISE) {
            exercise_desk_hint(c->desk, c->player.blocks[item->block].task == TASK_SOLVED);
            return false;
        }
        (void)player_hint(&c->player, item->block, NULL);
        return column_look(c, k);
    case ITEM_INDEX:
        column_show_index(c, !c->index);
        return false;
    case ITEM_LESSON:
        column_show_index(c, false);
        c->wants_lesson =
            c->course && item->block != course_of(c->course, c->lesson.id) ? item->block : SIZE_MAX;
        return false;
    case ITEM_STAGE:
        return column_look(c, k);
    case ITEM_CHECK:
        (void)player_task_check(&c->player, item->block, &state, &err);
        return false;
    case ITEM_UNDO:
        player_undo(&c->player);
        return true;
    case ITEM_SLIDER:
        (void)column_look(c, k);
        return isfinite(x) &&
               set(c, item->slider.name,
                   column_slider_value(&item->slider, (x - item->track.x) / item->track.w));
    case ITEM_BEGIN:
        exercise_desk_begin(c->desk);
        return false;
    case ITEM_COPY:
        c->wants_copy = true;
        return false;
    case ITEM_RESULT:
        exercise_desk_show(c->desk, !c->desk->on_stage);
        return false;
    case ITEM_FIELD:
        break;
    }
    return false;
}

bool column_number(column *c, size_t k, double value)
{
    rs_error err = {0};
    if (k >= c->items_n)
        return false;
    const column_item *item = &c->items[k];
    if (item->kind == ITEM_SLIDER || c->lesson.blocks[item->block].kind == BLOCK_TASK)
        (void)column_look(c, k);
    if (item->kind == ITEM_SLIDER)
        return set(c, item->slider.name, value);
    if (item->kind == ITEM_FIELD && c->lesson.blocks[item->block].kind == BLOCK_TASK) {
        c->player.task = item->block;
        return set(c, "answer", value);
    }
    if (item->kind == ITEM_FIELD)
        c->news = item->block;
    if (item->kind == ITEM_FIELD && player_predict(&c->player, item->block, value, &err) != RS_OK)
        (void)snprintf(c->problem, sizeof c->problem, "%.255s", err.text);
    column_keep(c);
    return false;
}

bool column_step(column *c, size_t k, int by)
{
    if (k >= c->items_n || c->items[k].kind != ITEM_SLIDER)
        return false;
    (void)column_look(c, k);
    const lesson_slider *s = &c->items[k].slider;
    const double *now = scene_number_named(&c->player.scene, s->name);
    if (!now)
        return false;
    const double from = isfinite(*now) ? *now : s->low;
    double to = column_slider_value(s, column_slider_place(s, from) + .01 * by);
    if (is_whole(s->name) && to == from) /* a hundredth of the track is less than one */
        to = from + by;
    return set(c, s->name, to < s->low ? s->low : to > s->high ? s->high : to);
}
