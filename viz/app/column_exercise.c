/* The learner's own code in the lesson's column: where the file is, checking it, hints, and why it
 * was right. What came of a check is on the stage (exercise_view.h). */
#include "viz/app/column_exercise.h"
#include "viz/app/exercise_view.h"
#include "viz/lesson_exercise.h"
#include "viz/sentence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const text_style body = {.size = TYPE_HEAD}, soft = {.size = TYPE_BODY, .ink = INK_SOFT};

size_t column_exercise(const column *c)
{
    const lesson_step *step = &c->lesson.steps[c->player.step];
    for (size_t k = step->first; k < step->first + step->n; k++)
        if (c->lesson.blocks[k].kind == BLOCK_EXERCISE)
            return k;
    return c->lesson.blocks_n;
}

bool column_shows_exercise(const column *c)
{
    const exercise_desk *d = c->desk;
    return d && d->e && d->on_stage && (d->begun || d->solution) &&
           column_exercise(c) < c->lesson.blocks_n;
}

void column_exercise_judged(column *c, size_t block, bool right)
{
    player_exercise_judged(&c->player, block, right);
    column_keep(c);
    c->news = block;
}

static void write_block(pen *p, const lesson_block *b, text_style style, double after)
{
    char text[PEN_TEXT] = "";
    for (size_t k = 0; k < b->runs_n; k++)
        pen_add_run(text, &b->runs[k]);
    pen_write(p, text, style, after);
}

/* "~/rnnscope-exercises/lstm-backward/" and below it the file's name. */
static void write_path(pen *p, const char *path)
{
    const char *home = getenv("HOME"), *slash = strrchr(path, '/');
    const size_t n = home ? strlen(home) : 0;
    const bool inside = n > 1 && strncmp(path, home, n) == 0 && path[n] == '/';
    const char *from = inside ? path + n : path;
    char text[LIBRARY_PATH + 8];
    (void)snprintf(text, sizeof text, "%s%.*s/\n%s", inside ? "~" : "",
                   (int)(slash ? slash - from : 0), from, slash ? slash + 1 : path);
    pen_write(p, text, (text_style){.size = TYPE_SMALL, .face = FACE_NUMBER, .plain = true}, 2);
}

static void write_problem(pen *p, const exercise_desk *d)
{
    char text[SENTENCE_TEXT];
    pen_write(p, sentence_text(canvas_lang(p->on), d->problem, text),
              (text_style){.size = TYPE_BODY, .ink = INK_BAD, .plain = true}, 4);
}

/* In a few words; the stage has the rest. */
static void write_state(pen *p, const exercise_desk *d)
{
    const ink_kind ink = d->result.verdict == EXERCISE_RIGHT   ? INK_GOOD
                         : d->result.verdict == EXERCISE_EMPTY ? INK_SOFT
                                                               : INK_VERMILION;
    if (d->problem[0])
        write_problem(p, d);
    else if (d->checking)
        pen_write(p, canvas_say(p->on, "checking …"), soft, 4);
    else if (d->result.text)
        pen_write(p, canvas_say(p->on, exercise_verdict_text(d->result.verdict)),
                  (text_style){.size = TYPE_BODY, .bold = true, .ink = ink}, 4);
}

static void draw_begin(pen *p, size_t block, const exercise_desk *d)
{
    pen_write(p, canvas_say(p->on, "A file is laid out for you to write in:"), soft, 2);
    write_path(p, d->path);
    p->y += 8;
    (void)pen_button(p, p->x, p->y, ITEM_BEGIN, block, "Begin", true);
    p->y += 36;
}

static void draw_begun(pen *p, size_t block, const exercise_desk *d)
{
    pen_write(p, canvas_say(p->on, "Your file, checked at each save:"), soft, 2);
    write_path(p, d->path);
    p->y += 4;
    (void)pen_button(p, p->x, p->y, ITEM_COPY, block, "copy the path", false);
    p->y += 36;
    const double w = pen_button(p, p->x, p->y, ITEM_BEGIN, block, "Check now", true);
    (void)pen_button(p, p->x + w + 24, p->y, ITEM_RESULT, block,
                     d->on_stage ? "the lesson's pictures" : "the result", false);
    p->y += 38;
}

/* Whose code is right needs no hints; the worked solution may still be of interest. */
static void draw_hints(pen *p, size_t block, const exercise_desk *d, bool solved)
{
    for (size_t k = 0; !solved && k < d->shown && k < d->hints.hints_n; k++)
        write_block(p, d->hints.hint[k], soft, 10);
    const bool more = !solved && d->shown < EXERCISE_HINTS && d->has_hints;
    (void)pen_button(p, p->x, p->y, ITEM_HINT, block,
                     more          ? "hint"
                     : d->solution ? "your result again"
                                   : "the worked solution",
                     false);
    p->y += 32;
}

void column_draw_exercise(pen *p, size_t block)
{
    const lesson_block *b = &p->c->lesson.blocks[block];
    const exercise_desk *d = p->c->desk;
    const bool solved = p->c->player.blocks[block].task == TASK_SOLVED;
    char line[160];
    (void)snprintf(line, sizeof line, "rnnscope exercise %.100s", b->text ? b->text : "");
    pen_write(p, canvas_say(p->on, "Exercise"),
              (text_style){.size = TYPE_BODY, .bold = true, .ink = INK_ACCENT}, 4);
    if (d && d->e && d->path[0]) {
        if (d->begun)
            draw_begun(p, block, d);
        else
            draw_begin(p, block, d);
        write_state(p, d);
        draw_hints(p, block, d, solved);
    } else if (d && d->problem[0]) {
        write_problem(p, d);
    }
    if (solved) {
        pen_write(p, canvas_say(p->on, "✓ solved"),
                  (text_style){.size = TYPE_BODY, .bold = true, .ink = INK_GOOD}, 2);
        for (size_t k = 0; d && k < d->hints.why_n; k++)
            write_block(p, &d->hints.why[k], body, 6);
    }
    pen_write(p, canvas_say(p->on, "The same in a terminal:"), soft, 2);
    pen_write(p, line, (text_style){.size = TYPE_SMALL, .face = FACE_NUMBER, .plain = true}, 12);
}
