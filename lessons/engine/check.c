#include "lessons/engine/check.h"

#include "lessons/engine/check_numbers.h"
#include "lessons/engine/player.h"
#include "flow/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A lesson under check. */
typedef struct checking {
    const lesson *l;
    const lesson_check_options *options;
    lesson_mistakes *mistakes;
    player player;
} checking;

#define MISTAKE(c, line, ...) lesson_mistake((c)->mistakes, (c)->l->path, (line), __VA_ARGS__)

/* --- scenes -------------------------------------------------------------------------------- */

static void check_views(checking *c, const lesson_block *b)
{
    for (size_t nth = 0;; nth++) {
        const lesson_field *show = lesson_field_nth(b, "show", nth);
        if (!show)
            return;
        for (const char *at = show->value; *at;) {
            char name[64];
            const size_t n = strcspn(at, ", \t");
            (void)snprintf(name, sizeof name, "%.*s", (int)n, at);
            if (n > 0 && c->options->view_known && !c->options->view_known(name))
                MISTAKE(c, show->line, "show: there is no view `%s`", name);
            at += n + strspn(at + n, ", \t");
        }
    }
}

/* A planted bug is there to be found. */
static void check_bug(checking *c, size_t block)
{
    const lesson_block *b = &c->l->blocks[block];
    double verified = 1, findings = 0;
    rs_error err = {0};
    if (!b->scene.bug[0])
        return;
    if (player_value(&c->player, block, "verified", &verified, &err) != RS_OK ||
        player_value(&c->player, block, "findings", &findings, &err) != RS_OK)
        MISTAKE(c, b->line, "bug = %s: %s", b->scene.bug, err.text);
    else if (verified != 0 || !(findings > 0))
        MISTAKE(c, b->line, "bug = %s: the checker %s", b->scene.bug,
                verified != 0 ? "does not catch it in this scene" : "catches but cannot locate it");
}

/* A setting that changes nothing here, as others decide: what is drawn where weights are given, and
 * what goes with given weights where they are drawn. */
static void check_idle(checking *c, const lesson_block *scene_block, const char *name, size_t line)
{
    static const char *const drawn[] = {"task", "init", "hidden", "layers", "radius", "seed"};
    static const char *const given[] = {"x", "target"};
    const bool by_hand = scene_gives_weights(&scene_block->scene);
    const size_t n = strcspn(name, "["); /* of an entry: its matrix */
    for (size_t k = 0; by_hand && k < sizeof drawn / sizeof *drawn; k++)
        if (strcmp(name, drawn[k]) == 0)
            MISTAKE(c, line, "`%s` changes nothing where U, W, b or V gives the weights", name);
    for (size_t k = 0; !by_hand && k < sizeof given / sizeof *given; k++)
        if (strlen(given[k]) == n && strncmp(name, given[k], n) == 0)
            MISTAKE(c, line, "`%s` changes nothing: it goes with weights given as U, W, b or V",
                    name);
}

/* The cursor's step is one of the sequence; c0 is of a cell with two states. */
static void check_reach(checking *c, const lesson_block *b)
{
    const lesson_field *at = lesson_field_nth(b, "at", 0), *c0 = lesson_field_nth(b, "c0", 0);
    const double steps = b->scene.number[SCENE_STEPS];
    bool two_states = false;
    for (size_t k = 0; k < scene_cells_n(&b->scene); k++) {
        const rs_cell *cell = scene_cell(b->scene.cells[k]);
        two_states = two_states || (cell && rs_states(cell) > 1);
    }
    if (at && strtod(at->value, NULL) >= steps)
        MISTAKE(c, at->line, "at = %s: the steps are 0 to %g", at->value, steps - 1);
    if (c0 && !two_states)
        MISTAKE(c, c0->line, "`c0` changes nothing: the scene has no cell with a second state");
}

static void check_scene(checking *c, size_t block)
{
    const lesson_block *b = &c->l->blocks[block];
    rs_error err = {0};
    check_views(c, b);
    check_reach(c, b);
    for (size_t k = 0; k < b->fields_n; k++)
        check_idle(c, b, b->fields[k].name, b->fields[k].line);
    player_stage(&c->player, block);
    computed *numbers = player_computed(&c->player, &err);
    bool fine = numbers != NULL;
    for (size_t k = 0; fine && k < numbers->cells_n; k++)
        fine = compute_part_of(numbers, k, PART_PASS, 1, &err) == RS_OK;
    if (!fine)
        MISTAKE(c, b->line, "the scene cannot be computed: %s", err.text);
    else
        check_bug(c, block);
}

/* --- predictions, sliders --------------------------------------------------------- */

static void check_prediction(checking *c, size_t block)
{
    const lesson_block *b = &c->l->blocks[block];
    double answer = 0;
    bool near = false;
    rs_error err = {0};
    const lesson_field *field = lesson_field_nth(b, "answer", 0);
    if (!field || !lesson_value(b, "within"))
        return; /* the reader has said so */
    if (player_compare(&c->player, block, &answer, &near, &err) != RS_OK)
        MISTAKE(c,
                err.status == RS_DATA && strstr(err.text, "within")
                    ? lesson_field_nth(b, "within", 0)->line
                    : field->line,
                "the prediction cannot be judged: %s", err.text);
    else if (!isfinite(answer))
        MISTAKE(c, field->line, "the answer of the prediction is %g: expected a finite number",
                answer);
}

static void check_sliders(checking *c, size_t block)
{
    const lesson_block *b = &c->l->blocks[block], *stage = lesson_scene_at(c->l, block);
    for (size_t k = 0; k < b->fields_n; k++) {
        lesson_slider s;
        rs_error err = {0};
        if (!lesson_slider_read(b->fields[k].value, &s))
            continue; /* the reader has said so */
        if (stage)
            check_idle(c, stage, s.name, b->fields[k].line);
        const double ends[2] = {s.low, s.high};
        for (size_t end = 0; end < 2; end++) {
            if (player_set(&c->player, s.name, ends[end], &err) != RS_OK) {
                MISTAKE(c, b->fields[k].line, "the slider cannot be moved: %s", err.text);
                break;
            }
            player_undo(&c->player);
        }
        for (size_t mark = 0; mark < s.marks_n; mark++)
            if (s.marks[mark] < s.low || s.marks[mark] > s.high)
                MISTAKE(c, b->fields[k].line, "mark %g is not between %g and %g", s.marks[mark],
                        s.low, s.high);
    }
}

/* --- tasks --------------------------------------------------------------------------------- */

/* What comes of these settings (NULL: of the scene as it is). */
static rs_status try_task(checking *c, size_t block, const char *settings, task_state *state,
                          rs_error *err)
{
    c->player.task = block;
    c->player.blocks[block].answer = NAN;
    player_undo(&c->player);
    rs_status status = settings ? player_set_all(&c->player, settings, err) : RS_OK;
    if (status == RS_OK)
        status = player_task_check(&c->player, block, state, err);
    player_undo(&c->player);
    return status;
}

static void expect_task(checking *c, size_t block, const lesson_field *settings, size_t line,
                        task_state expected)
{
    task_state state = TASK_OPEN;
    rs_error err = {0};
    const char *what = settings ? settings->value : "the scene as it is";
    if (try_task(c, block, settings ? settings->value : NULL, &state, &err) != RS_OK)
        MISTAKE(c, line, "%s: %s", what, err.text);
    else if (state != expected && expected == TASK_SOLVED)
        MISTAKE(c, line, "the solution `%s` does not pass", what);
    else if (state != expected)
        MISTAKE(c, line, "%s%s%s passes: it should not", settings ? "the wrong answer `" : "", what,
                settings ? "`" : "");
}

/* Whether `pass` is there and can be understood; if not, that is said once. */
static bool check_pass(checking *c, size_t block)
{
    const lesson_field *pass = lesson_field_nth(&c->l->blocks[block], "pass", 0);
    task_state state = TASK_OPEN;
    rs_error err = {0};
    if (!pass)
        return false; /* the reader has said so */
    const bool good = try_task(c, block, NULL, &state, &err) == RS_OK;
    if (!good)
        MISTAKE(c, pass->line, "pass: %s", err.text);
    return good;
}

static void check_task(checking *c, size_t block)
{
    const lesson_block *b = &c->l->blocks[block];
    size_t hints = 0;
    const bool can_be_tried = check_pass(c, block);
    if (can_be_tried)
        expect_task(c, block, NULL, b->line, TASK_TRIED);
    for (size_t k = 0; k < b->fields_n; k++) {
        const lesson_field *f = &b->fields[k];
        hints += strcmp(f->name, "hint") == 0;
        if (!can_be_tried)
            continue;
        if (strcmp(f->name, "solution") == 0)
            expect_task(c, block, f, f->line, TASK_SOLVED);
        else if (strcmp(f->name, "wrong") == 0)
            expect_task(c, block, f, f->line, TASK_TRIED);
    }
    if (hints < 1 || hints > PLAYER_HINTS)
        MISTAKE(c, b->line, "the task has %zu hints: expected 1 to %d", hints, PLAYER_HINTS);
    if (!lesson_value(b, "why"))
        MISTAKE(c, b->line, "`why` is missing: what the learner is told on success");
}

/* --- names of things outside --------------------------------------------------------------- */

/* A line that begins in its first column and has the name before a parenthesis: its definition. */
static bool file_has_function(FILE *file, const char *function)
{
    char line[1024];
    const size_t n = strlen(function);
    while (fgets(line, sizeof line, file)) {
        if (strchr(" \t*/#\n", line[0]))
            continue;
        for (const char *at = strstr(line, function); at; at = strstr(at + 1, function))
            if (at > line && strchr(" *", at[-1]) && at[n] == '(')
                return true;
    }
    return false;
}

static void check_source(checking *c, const lesson_block *b)
{
    char path[1024];
    const char *colon = b->text ? strchr(b->text, ':') : NULL;
    if (!colon || colon == b->text || !colon[1]) {
        MISTAKE(c, b->line, "source: expected FILE:FUNCTION");
        return;
    }
    if (!c->options->root)
        return;
    (void)snprintf(path, sizeof path, "%s/%.*s", c->options->root, (int)(colon - b->text), b->text);
    FILE *file = fopen(path, "r");
    if (!file)
        MISTAKE(c, b->line, "source: there is no file %.*s", (int)(colon - b->text), b->text);
    else if (!file_has_function(file, colon + 1))
        MISTAKE(c, b->line, "source: %.*s has no function %s", (int)(colon - b->text), b->text,
                colon + 1);
    if (file)
        (void)fclose(file);
}

static void check_exercise(checking *c, const lesson_block *b)
{
    char path[1024];
    if (!b->text || !*b->text || strpbrk(b->text, "/ ")) {
        MISTAKE(c, b->line, "exercise: expected the name of an exercise");
        return;
    }
    (void)snprintf(path, sizeof path, "%s/exercises/%s/exercise.c",
                   c->options->lessons ? c->options->lessons : "", b->text);
    if (c->options->lessons && access(path, R_OK) != 0)
        MISTAKE(c, b->line, "exercise: there is no %s", b->text);
}

/* --- a lesson ------------------------------------------------------------------------------ */

static void check_block(checking *c, size_t block)
{
    const lesson_block *b = &c->l->blocks[block];
    const lesson_block *scene_block = lesson_scene_at(c->l, block);
    const size_t stage = scene_block ? (size_t)(scene_block - c->l->blocks) : c->l->blocks_n;
    if (c->player.stage != stage)
        player_stage(&c->player, stage);
    check_numbers(&c->player, block, c->mistakes);
    switch (b->kind) {
    case BLOCK_SCENE:
        check_scene(c, block);
        break;
    case BLOCK_PREDICT:
        check_prediction(c, block);
        break;
    case BLOCK_SLIDER:
        check_sliders(c, block);
        break;
    case BLOCK_TASK:
        check_task(c, block);
        break;
    case BLOCK_SOURCE:
        check_source(c, b);
        break;
    case BLOCK_EXERCISE:
        check_exercise(c, b);
        break;
    default:
        break;
    }
}

void lesson_check(const lesson *l, const lesson_check_options *options, lesson_mistakes *mistakes)
{
    checking c = {.l = l, .options = options, .mistakes = mistakes};
    rs_error err = {0};
    if (player_open(&c.player, l, NULL, &err) != RS_OK) {
        lesson_mistake(mistakes, l->path, 1, "%s", err.text);
        return;
    }
    for (size_t k = 0; k < l->blocks_n; k++)
        check_block(&c, k);
    player_close(&c.player);
}
