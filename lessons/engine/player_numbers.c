/* The numbers of a lesson being played, and the settings that the learner changes. */
#include "lessons/engine/player_inside.h"
#include "lessons/engine/rounding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

rs_status player_evaluate(const player *p, computed *c, size_t block, double answer,
                          const char *expression, double *value, rs_error *err)
{
    const bool asked = p->lesson->blocks[block].kind == BLOCK_TASK || p->task < p->lesson->blocks_n;
    const expression_given given = {"answer", answer};
    return c ? expression_value(expression, c, &given, asked, value, err) : RS_DATA;
}

/* The answer that expressions in this block speak of. */
static double answer_at(const player *p, size_t block)
{
    return p->blocks[p->lesson->blocks[block].kind == BLOCK_TASK ? block : p->task].answer;
}

/* The scene that the task's own solution makes. */
static computed *worked_solution(player *p, size_t block, rs_error *err)
{
    player_block *b = &p->blocks[block];
    const char *solution = lesson_value(&p->lesson->blocks[block], "solution");
    scene s = player_page_scene(p, player_scene_index(p, block));
    if (!b->solved &&
        player_apply(p, solution ? solution : "", true, &s, &b->solved_answer, err) == RS_OK)
        b->solved = compute_new(&s, NULL, err);
    return b->solved;
}

/* What an expression in this block speaks of: the scene's numbers (NULL with err), and `answer`. */
static computed *spoken_of(player *p, size_t block, const lesson_field *told, double *answer,
                           rs_error *err)
{
    const bool afterwards =
        told && strcmp(told->name, "why") == 0 && p->lesson->blocks[block].kind == BLOCK_TASK;
    if (afterwards) {
        computed *c = worked_solution(p, block, err);
        *answer = p->blocks[block].solved_answer;
        return c;
    }
    const size_t index = player_scene_index(p, block);
    *answer = answer_at(p, block);
    return index == p->stage ? player_computed(p, err) : player_intact(p, index, err);
}

rs_status player_told_value(player *p, size_t block, const lesson_field *told,
                            const char *expression, double *value, rs_error *err)
{
    double answer = NAN;
    computed *c = spoken_of(p, block, told, &answer, err);
    return player_evaluate(p, c, block, answer, expression, value, err);
}

rs_status player_value(player *p, size_t block, const char *expression, double *value,
                       rs_error *err)
{
    return player_told_value(p, block, NULL, expression, value, err);
}

bool player_rounds_to_zero(player *p, size_t block, const lesson_field *told,
                           const char *expression, double value)
{
    expression_given given = {"answer", NAN};
    computed *c = spoken_of(p, block, told, &given.value, NULL);
    return c && rounding_only(expression, c, &given, 1, value);
}

rs_status player_number(player *p, size_t block, const lesson_field *told, const lesson_run *run,
                        char to[48], rs_error *err)
{
    double value = 0;
    const rs_status status = player_told_value(p, block, told, run->expression, &value, err);
    if (status == RS_OK && lesson_number_vanishes(run->text, value) &&
        player_rounds_to_zero(p, block, told, run->expression, value))
        (void)snprintf(to, 48, "%s", LESSON_NEARLY_ZERO);
    else if (status == RS_OK)
        (void)lesson_number_like(run->text, value, to);
    return status;
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
    const scene page = player_page_scene(p, p->stage);
    p->scene = *s;
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): scenes are made for this, scene.h */
    p->changed = memcmp(s, &page, sizeof page) != 0;
    player_drop_numbers(p);
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

rs_status player_apply(const player *p, const char *settings, bool has_answer, scene *s,
                       double *answer, rs_error *err)
{
    scene to = *s;
    double answered = *answer;
    char name[64], rest[2];
    int used = 0;
    while (settings[strspn(settings, " ,")]) {
        double value = 0;
        settings += strspn(settings, " ,");
        if (sscanf(settings, "%63[^ =,] = %lf%n", name, &value, &used) != 2 ||
            sscanf(settings + used, " %1[^,]", rest) == 1)
            return rs_fail(err, RS_DATA, "`%.60s`: expected NAME = NUMBER", settings);
        if (has_answer && strcmp(name, "answer") == 0)
            answered = value;
        else if (set_in(p, &to, name, value, err) != RS_OK)
            return RS_DATA;
        settings += used;
    }
    *s = to;
    *answer = answered;
    return RS_OK;
}

rs_status player_set_all(player *p, const char *settings, rs_error *err)
{
    scene s = p->scene;
    rs_status status = player_apply(p, settings, p->task < p->lesson->blocks_n, &s,
                                    &p->blocks[p->task].answer, err);
    if (status == RS_OK)
        take_scene(p, &s);
    return status;
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
