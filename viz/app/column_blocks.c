#include "viz/app/column_blocks.h"

#include "viz/app/column_exercise.h"
#include "viz/app/column_slider.h"
#include "viz/app/column_source.h"
#include "viz/plots/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- text ---------------------------------------------------------------------------------- */

/* Some runs of a block: of its text (told NULL), or of a field that it tells. */
typedef struct run_list {
    size_t block;
    const lesson_field *told;
    const lesson_run *runs;
    size_t n;
} run_list;

/* A checked number as it comes out now; as written where it cannot be computed. */
static void add_checked(pen *p, const run_list *w, const lesson_run *run, char *to)
{
    char number[48];
    const rs_status status = player_number(&p->c->player, w->block, w->told, run, number, NULL);
    pen_add(to, MARK_CODE);
    pen_add(to, status == RS_OK ? number : run->text);
    pen_add(to, MARK_CODE_END);
}

static void set_words(pen *p, const run_list *w, char *to)
{
    to[0] = '\0';
    for (size_t k = 0; k < w->n; k++) {
        const lesson_run *run = &w->runs[k];
        if (run->style & RUN_CHECKED) {
            add_checked(p, w, run, to);
        } else {
            pen_add_run(to, run);
        }
    }
}

static void text_of(pen *p, size_t block, char *to)
{
    const lesson_block *b = &p->c->lesson.blocks[block];
    set_words(p, &(run_list){.block = block, .runs = b->runs, .n = b->runs_n}, to);
}

/* What a directive tells: its field of this name, if it has one. */
static void write_told(pen *p, size_t block, const lesson_field *told, text_style style,
                       double after)
{
    char text[PEN_TEXT] = "";
    if (told)
        set_words(p, &(run_list){block, told, told->runs, told->runs_n}, text);
    pen_write(p, text, style, after);
}

static const lesson_field *told_of(const pen *p, size_t block, const char *name)
{
    return lesson_field_nth(&p->c->lesson.blocks[block], name, 0);
}

static const text_style body = {.size = TYPE_HEAD}, soft = {.size = TYPE_BODY, .ink = INK_SOFT};

/* A number as one writes it: 0.5, not 0.5000; 1e-4, not 1.000e-4. */
static const char *as_written(char number[NUMBER_TEXT], double value, int digits)
{
    (void)number_text(number, value, digits);
    char *power = strchr(number, 'e');
    char *end = power ? power : number + strlen(number), *kept = end;
    if (!memchr(number, '.', (size_t)(end - number)))
        return number;
    while (kept[-1] == '0')
        kept--;
    kept -= kept[-1] == '.';
    memmove(kept, end, strlen(end) + 1);
    return number;
}

/* --- blocks -------------------------------------------------------------------------------- */

/* How near a prediction must come, at the right of the pen's line, which stays. */
static void draw_tolerance(pen *p, const char *within)
{
    char text[96];
    double amount = 0;
    const char *pattern = within ? lesson_tolerance(within, &amount) : NULL;
    (void)snprintf(text, sizeof text, canvas_say(p->on, pattern ? pattern : ""), amount);
    canvas_text(p->on, p->x + p->width, p->y,
                (text_style){.size = TYPE_BODY,
                             .ink = INK_SOFT,
                             .across = ACROSS_RIGHT,
                             .down = DOWN_TOP,
                             .plain = true},
                text);
}

static void draw_predict(pen *p, size_t block)
{
    const lesson_block *b = &p->c->lesson.blocks[block];
    const player_block *state = &p->c->player.blocks[block];
    char number[NUMBER_TEXT];
    double answer = NAN;
    bool near = false;
    rs_error err = {0};
    const bool exact = lesson_value(b, "within") && strcmp(lesson_value(b, "within"), "exact") == 0;
    draw_tolerance(p, lesson_value(b, "within"));
    pen_write(p, canvas_say(p->on, "Predict"),
              (text_style){.size = TYPE_BODY, .bold = true, .ink = INK_ACCENT}, 4);
    write_told(p, block, told_of(p, block, "ask"), body, 8);
    if (!state->predicted && !state->revealed) {
        pen_field(p, block, "");
        pen_button(p, p->x + 136, p->y - 28, ITEM_REVEAL, block, "show me", false);
        p->y += 16;
        return;
    }
    if (state->predicted) {
        canvas_textf(p->on, p->x, p->y + 8,
                     (text_style){.size = TYPE_BODY, .ink = INK_SOFT, .down = DOWN_MIDDLE}, "%s",
                     canvas_say(p->on, "your answer"));
        canvas_text(p->on, p->x + 96, p->y + 8,
                    (text_style){
                        .size = TYPE_BODY, .face = FACE_NUMBER, .down = DOWN_MIDDLE, .plain = true},
                    as_written(number, state->prediction, 4));
        p->y += 20;
    }
    if (player_compare(&p->c->player, block, &answer, &near, &err) == RS_OK) {
        canvas_text(p->on, p->x, p->y + 8,
                    (text_style){.size = TYPE_BODY, .ink = INK_SOFT, .down = DOWN_MIDDLE},
                    canvas_say(p->on, "measured"));
        canvas_text(p->on, p->x + 96, p->y + 8,
                    (text_style){.size = TYPE_BODY,
                                 .face = FACE_NUMBER,
                                 .ink = near || !state->predicted ? INK_GOOD : INK_VERMILION,
                                 .bold = true,
                                 .down = DOWN_MIDDLE,
                                 .plain = true},
                    as_written(number, answer, 4));
        if (state->predicted)
            canvas_text(p->on, p->x + p->width, p->y + 8,
                        (text_style){.size = TYPE_BODY,
                                     .ink = near ? INK_GOOD : INK_VERMILION,
                                     .across = ACROSS_RIGHT,
                                     .down = DOWN_MIDDLE,
                                     .plain = true},
                        canvas_say(p->on, !exact ? (near ? "✓ near enough" : "not near")
                                          : near ? "✓ right"
                                                 : "not right"));
        p->y += 20;
    }
    p->y += 12;
}

/* A task that is solved by a number typed in rather than by the scene. */
static bool asks_number(const lesson_block *task)
{
    const char *pass = lesson_value(task, "pass");
    return pass && strstr(pass, "answer");
}

static void draw_task(pen *p, size_t block)
{
    const lesson_block *b = &p->c->lesson.blocks[block];
    const player_block *state = &p->c->player.blocks[block];
    const lesson_field *why = told_of(p, block, "why");
    char given[NUMBER_TEXT] = "";
    if (state->task == TASK_TRIED)
        canvas_text(p->on, p->x + p->width, p->y,
                    (text_style){.size = TYPE_BODY,
                                 .ink = INK_VERMILION,
                                 .across = ACROSS_RIGHT,
                                 .down = DOWN_TOP,
                                 .plain = true},
                    canvas_say(p->on, asks_number(b) ? "not right" : "not yet"));
    pen_write(p, canvas_say(p->on, "Task"),
              (text_style){.size = TYPE_BODY, .bold = true, .ink = INK_ACCENT}, 4);
    write_told(p, block, told_of(p, block, "goal"), body, 6);
    if (asks_number(b)) {
        if (isfinite(state->answer))
            (void)as_written(given, state->answer, 6);
        pen_field(p, block, given);
        p->y += 8;
    }
    for (size_t k = 0; k < state->hints && k < PLAYER_HINTS; k++) {
        const lesson_field *hint = lesson_field_nth(b, "hint", k);
        if (hint)
            write_told(p, block, hint, soft, 4);
    }
    if (state->hints > PLAYER_HINTS ||
        (state->hints > 0 && !lesson_field_nth(b, "hint", state->hints - 1)))
        if (lesson_value(b, "solution"))
            pen_write(p, lesson_value(b, "solution"),
                      (text_style){.size = TYPE_BODY, .face = FACE_NUMBER, .plain = true}, 4);
    if (state->task == TASK_SOLVED) {
        pen_write(p, canvas_say(p->on, "✓ solved"),
                  (text_style){.size = TYPE_BODY, .bold = true, .ink = INK_GOOD}, 2);
        if (why)
            write_told(p, block, why, body, 4);
    } else {
        const double w = pen_button(p, p->x, p->y, ITEM_HINT, block, "hint", false);
        pen_button(p, p->x + w + 24, p->y, ITEM_UNDO, block, "as it was", false);
        p->y += 32;
    }
    p->y += 8;
}

/* The block of the scene in force at this block; that of the stage where there is none. */
static size_t scene_block(const pen *p, size_t block)
{
    const lesson_block *b = lesson_scene_at(&p->c->lesson, block);
    return b ? (size_t)(b - p->c->lesson.blocks) : p->c->player.stage;
}

static void draw_slider_line(pen *p, size_t block, const char *line)
{
    lesson_slider s;
    char text[NUMBER_TEXT];
    if (!lesson_slider_read(line, &s))
        return;
    const size_t at = scene_block(p, block);
    const double *now = scene_number_named(
        at == p->c->player.stage ? &p->c->player.scene : &p->c->lesson.blocks[at].scene, s.name);
    const double y = p->y + 26;
    column_item *item = pen_item(p, ITEM_SLIDER, block, (rect){p->x, p->y, p->width, 36});
    item->slider = s;
    item->track = (rect){p->x + 6, p->y + 20, p->width - 12, 12};
    canvas_text(p->on, p->x, p->y + 8,
                (text_style){.size = TYPE_BODY,
                             .face = FACE_NUMBER,
                             .ink = INK_SOFT,
                             .down = DOWN_MIDDLE,
                             .plain = true},
                s.name);
    canvas_text(p->on, p->x + p->width, p->y + 8,
                (text_style){.size = TYPE_BODY,
                             .face = FACE_NUMBER,
                             .across = ACROSS_RIGHT,
                             .down = DOWN_MIDDLE,
                             .plain = true},
                pen_has_focus(p) && p->typing[0] ? p->typing
                : now                            ? as_written(text, *now, 4)
                                                 : "–");
    canvas_fill_round(p->on, (rect){p->x, y - 1.5, p->width, 3}, 1.5, INK_HAIR, 1);
    for (size_t k = 0; k < s.marks_n; k++) {
        const double x = item->track.x + item->track.w * column_slider_place(&s, s.marks[k]);
        canvas_line(p->on, (point){x, y - 5}, (point){x, y + 5}, (stroke){.ink = INK_AXIS});
    }
    if (now && isfinite(*now)) {
        double place = column_slider_place(&s, *now);
        place = place < 0 ? 0 : place > 1 ? 1 : place;
        canvas_marker(p->on, (point){item->track.x + item->track.w * place, y}, MARKER_RING, 6,
                      INK_ACCENT, 1);
    }
    pen_focus(p, item->area);
    p->y += 44;
}

/* The widths of the columns, when the pen comes to the first row of a table. */
static void measure_table(pen *p, size_t block)
{
    const lesson *l = &p->c->lesson;
    char text[PEN_TEXT];
    memset(&p->table, 0, sizeof p->table);
    for (size_t k = block; k < l->blocks_n && l->blocks[k].kind == BLOCK_ROW &&
                           (k == block || l->blocks[k].number != 1);
         k++) {
        text_of(p, k, text);
        column_table_add(&p->table, p->on, text);
    }
    column_table_fit(&p->table, p->width);
}

static void draw_row(pen *p, const lesson_block *b, size_t block)
{
    char text[PEN_TEXT];
    double x = p->x, h = 16;
    size_t k = 0;
    if (b->number == 1)
        measure_table(p, block);
    text_of(p, block, text);
    for (char *cell = text, *end; k < p->table.columns && (end = strchr(cell, '\t'));
         cell = end + 1, x += p->table.width[k++]) {
        text_style style = column_table_style(b->number == 1);
        style.width = p->table.width[k] - TABLE_GAP;
        *end = '\0';
        h = fmax(h, canvas_text(p->on, x, p->y, style, cell).h);
    }
    p->y += h + 4;
}

/* Of a step with several scenes: which one the plots are of, and how to see the others. */
static void draw_scene(pen *p, size_t block)
{
    const player *play = &p->c->player;
    const lesson_step *step = &p->c->lesson.steps[play->step];
    size_t scenes = 0;
    for (size_t k = step->first; k < step->first + step->n; k++)
        scenes += p->c->lesson.blocks[k].kind == BLOCK_SCENE;
    if (scenes < 2)
        return;
    if (play->stage == block)
        canvas_text(p->on, p->x, p->y + 10,
                    (text_style){.size = TYPE_BODY, .ink = INK_SOFT, .down = DOWN_MIDDLE},
                    canvas_say(p->on, "● in the plots"));
    else
        pen_button(p, p->x, p->y - 4, ITEM_STAGE, block, "○ show in the plots", false);
    p->y += 28;
}

/* A line of a list: its number or a dot, the text beside it. */
static void draw_item(pen *p, size_t block)
{
    const size_t number = p->c->lesson.blocks[block].number;
    const text_style mark = {.size = TYPE_HEAD, .ink = INK_SOFT, .down = DOWN_TOP};
    char text[PEN_TEXT];
    text_of(p, block, text);
    if (number)
        canvas_textf(p->on, p->x, p->y, mark, "%zu.", number);
    else
        canvas_text(p->on, p->x + 4, p->y, mark, "•");
    p->x += 20;
    p->width -= 20;
    pen_write(p, text, body, 4);
    p->x -= 20;
    p->width += 20;
}

/* Code as it was written, without the empty lines at its end. */
static void draw_code(pen *p, const lesson_block *b)
{
    char text[PEN_TEXT];
    (void)snprintf(text, sizeof text, "%s", b->text ? b->text : "");
    for (size_t n = strlen(text); n > 0 && text[n - 1] == '\n'; n--)
        text[n - 1] = '\0';
    pen_write(p, text, (text_style){.size = TYPE_SMALL, .face = FACE_NUMBER, .plain = true}, 10);
}

void column_block(pen *p, size_t block)
{
    const lesson_block *b = &p->c->lesson.blocks[block];
    char text[PEN_TEXT];
    switch (b->kind) {
    case BLOCK_PARAGRAPH:
    case BLOCK_QUOTE:
        text_of(p, block, text);
        pen_write(p, text, b->kind == BLOCK_QUOTE ? soft : body, 10);
        break;
    case BLOCK_ITEM:
        draw_item(p, block);
        break;
    case BLOCK_FORMULA:
        pen_write(p, b->text ? b->text : "", (text_style){.size = TYPE_TITLE, .face = FACE_FORMULA},
                  10);
        break;
    case BLOCK_CODE:
        draw_code(p, b);
        break;
    case BLOCK_SOURCE:
        p->y += column_source(p->on, (rect){p->x, p->top, p->width, p->bottom - p->top}, p->y,
                              b->text ? b->text : "") +
                12;
        break;
    case BLOCK_EXERCISE:
        column_draw_exercise(p, block);
        break;
    case BLOCK_ROW:
        draw_row(p, b, block);
        break;
    case BLOCK_DETAILS:
        pen_write(p, b->text ? b->text : "", (text_style){.size = TYPE_HEAD, .bold = true}, 6);
        break;
    case BLOCK_PREDICT:
        draw_predict(p, block);
        break;
    case BLOCK_TASK:
        draw_task(p, block);
        break;
    case BLOCK_SLIDER:
        for (size_t k = 0; k < b->fields_n; k++)
            draw_slider_line(p, block, b->fields[k].value);
        p->y += 4;
        break;
    case BLOCK_SCENE:
        draw_scene(p, block);
        break;
    case BLOCK_END:
        break;
    }
}
