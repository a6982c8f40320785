#include "viz/lesson_text.h"

#include "viz/formula_text.h"
#include "viz/source_code.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXT = 16384, MOST_CELLS = 16, WIDEST = 56, INDENT = 16 };

#define SAY(paper, english) lesson_say((paper)->lang, (english))

/* --- runs ---------------------------------------------------------------------------------- */

static void append(char text[MOST_TEXT], const char *more)
{
    const size_t n = strlen(text), m = strlen(more);
    if (n + m < MOST_TEXT)
        memcpy(text + n, more, m + 1);
}

/* Some runs of a block: of its text (told NULL), or of a field that it tells. */
typedef struct run_list {
    size_t block;
    const lesson_field *told;
    const lesson_run *runs;
    size_t n;
} run_list;

static void append_number(player *p, const run_list *w, const lesson_run *run, char text[MOST_TEXT])
{
    char number[48];
    append(text, player_number(p, w->block, w->told, run, number, NULL) == RS_OK ? number : "?");
}

static void append_run(const lesson_paper *paper, player *p, const run_list *w,
                       const lesson_run *run, char text[MOST_TEXT])
{
    char formula[2048];
    const bool bold = paper->bold && (run->style & (RUN_STRONG | RUN_CHECKED));
    append(text, bold ? "\033[1m" : "");
    if (run->expression)
        append_number(p, w, run, text);
    else if (run->style & RUN_FORMULA)
        append(text, formula_text(run->text, formula, sizeof formula));
    else
        append(text, run->text);
    append(text, bold ? "\033[0m" : "");
}

void lesson_print_runs(FILE *to, const char *before, const lesson_block *b, size_t indent)
{
    char text[MOST_TEXT] = "";
    const lesson_paper plain = {.to = to};
    append(text, before);
    for (size_t k = 0; k < b->runs_n; k++)
        append_run(&plain, NULL, NULL, &b->runs[k], text);
    lesson_print_wrapped(to, text, indent);
}

static void text_of(const lesson_paper *paper, player *p, size_t block, char text[MOST_TEXT])
{
    const lesson_block *b = &p->lesson->blocks[block];
    const run_list w = {.block = block, .runs = b->runs, .n = b->runs_n};
    text[0] = '\0';
    for (size_t k = 0; k < w.n; k++)
        append_run(paper, p, &w, &w.runs[k], text);
}

/* What a directive tells, if it has this field; `before` stands before it. */
static void print_told(const lesson_paper *paper, player *p, size_t block, const char *before,
                       const lesson_field *told)
{
    char text[MOST_TEXT] = "";
    append(text, before);
    if (told) {
        const run_list w = {block, told, told->runs, told->runs_n};
        for (size_t k = 0; k < w.n; k++)
            append_run(paper, p, &w, &w.runs[k], text);
        append(text, told->runs ? "" : told->value);
    }
    lesson_print_wrapped(paper->to, text, 4);
}

/* --- blocks -------------------------------------------------------------------------------- */

/* The columns of a table: where each begins; the last ones of a wide table may run over. */
typedef struct table_columns {
    size_t at[MOST_CELLS];
} table_columns;

/* The row's cells, in place: `cell` points into text; returns how many. */
static size_t split_row(char *text, char *cell[MOST_CELLS])
{
    size_t n = 0;
    for (char *at = text, *tab = strchr(at, '\t'); tab && n < MOST_CELLS;
         at = tab + 1, tab = strchr(at, '\t')) {
        *tab = '\0';
        cell[n++] = at;
    }
    return n;
}

static size_t row_cells(player *p, size_t block, char text[MOST_TEXT], char *cell[MOST_CELLS])
{
    text_of(&(lesson_paper){.to = NULL}, p, block, text);
    return split_row(text, cell);
}

/* Of all rows of the table that this one is in. */
static table_columns columns_of_table(player *p, size_t block)
{
    const lesson_block *blocks = p->lesson->blocks;
    table_columns to = {.at = {2}};
    size_t wide[MOST_CELLS] = {0};
    while (block > 0 && blocks[block - 1].kind == BLOCK_ROW)
        block--;
    for (; block < p->lesson->blocks_n && blocks[block].kind == BLOCK_ROW; block++) {
        char text[MOST_TEXT], *cell[MOST_CELLS];
        const size_t n = row_cells(p, block, text, cell);
        for (size_t k = 0; k < n; k++) {
            const size_t w = lesson_columns(cell[k]) + 2;
            wide[k] = w > wide[k] ? w : wide[k];
        }
    }
    for (size_t k = 1; k < MOST_CELLS; k++)
        to.at[k] = to.at[k - 1] + (wide[k - 1] < WIDEST ? wide[k - 1] : WIDEST);
    return to;
}

/* Cells in columns; the last one, which may be a sentence, is wrapped in its own. */
static void print_row(const lesson_paper *paper, player *p, size_t block)
{
    char text[MOST_TEXT], *cell[MOST_CELLS];
    const table_columns table = columns_of_table(p, block);
    const size_t n = row_cells(p, block, text, cell);
    size_t at = 0;
    for (size_t k = 0; k < n; k++) {
        const size_t from = table.at[k] > at ? table.at[k] : at + 1;
        (void)fprintf(paper->to, "%*s", (int)(from - at), "");
        if (k + 1 == n) {
            lesson_print_from(paper->to, cell[k], from <= WIDEST ? from : INDENT, from);
            return;
        }
        (void)fputs(cell[k], paper->to);
        at = from + lesson_columns(cell[k]);
    }
    (void)fputc('\n', paper->to);
}

static void print_code(const lesson_paper *paper, const char *text)
{
    while (text && *text) {
        const size_t n = strcspn(text, "\n");
        (void)fprintf(paper->to, "    %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void print_source(const lesson_paper *paper, const char *name)
{
    const source_lines code = source_named(name);
    (void)fprintf(paper->to, "%s %s\n", SAY(paper, "in"), name);
    for (size_t k = 0; k < code.n; k++)
        (void)fprintf(paper->to, "%5zu  %s\n", code.first + k, code.line[k]);
}

static void print_scene(const lesson_paper *paper, const lesson_block *b)
{
    char text[MOST_TEXT] = "";
    append(text, SAY(paper, "Scene"));
    append(text, SAY(paper, ": "));
    for (size_t k = 0; k < b->fields_n; k++) {
        if (strcmp(b->fields[k].name, "show") == 0 || strcmp(b->fields[k].name, "at") == 0 ||
            strcmp(b->fields[k].name, "bug") == 0)
            continue;
        append(text, k ? " · " : "");
        append(text, b->fields[k].name);
        append(text, " = ");
        append(text, b->fields[k].value);
    }
    lesson_print_wrapped(paper->to, text, 4);
}

/* How near is near enough, into near[64]. */
static const char *tolerance(const lesson_paper *paper, const lesson_block *b, char near[64])
{
    const char *within = lesson_value(b, "within");
    double amount = 0;
    const char *pattern = within ? lesson_tolerance(within, &amount) : NULL;
    (void)snprintf(near, 64, pattern ? SAY(paper, pattern) : "?", amount);
    return near;
}

static void print_predict(const lesson_paper *paper, player *p, size_t block)
{
    const lesson_block *b = &p->lesson->blocks[block];
    char before[128], near[64];
    (void)snprintf(before, sizeof before, SAY(paper, "%s (%s): "), SAY(paper, "Predict"),
                   tolerance(paper, b, near));
    print_told(paper, p, block, before, lesson_field_nth(b, "ask", 0));
    if (p->blocks[block].revealed || paper->whole)
        lesson_print_compared(paper, p, block);
}

void lesson_print_compared(const lesson_paper *paper, player *p, size_t block)
{
    const player_block *state = &p->blocks[block];
    double answer = 0;
    bool near = false;
    rs_error err = {0};
    if (player_compare(p, block, &answer, &near, &err) != RS_OK) {
        (void)fprintf(paper->to, "    %s\n", err.text);
        return;
    }
    if (state->predicted)
        (void)fprintf(paper->to, SAY(paper, "    you predicted %g; it is %.6g: %s\n"),
                      state->prediction, answer,
                      near ? SAY(paper, "near enough") : SAY(paper, "not near"));
    else
        (void)fprintf(paper->to, "    %s%s%.6g\n", SAY(paper, "answer"), SAY(paper, ": "), answer);
}

void lesson_print_field(const lesson_paper *paper, player *p, size_t block, const char *what,
                        const lesson_field *field)
{
    char before[64];
    (void)snprintf(before, sizeof before, "  %s%s", SAY(paper, what), SAY(paper, ": "));
    if (field)
        print_told(paper, p, block, before, field);
}

/* "Task (solved): " */
static void print_name(const lesson_paper *paper, const char *name, bool solved, char to[96])
{
    (void)snprintf(to, 96, solved ? SAY(paper, "%s (%s): ") : "%s", SAY(paper, name),
                   SAY(paper, "solved"));
    if (!solved)
        (void)strncat(to, SAY(paper, ": "), 95 - strlen(to));
}

void lesson_print_task(const lesson_paper *paper, player *p, size_t block)
{
    const lesson_block *b = &p->lesson->blocks[block];
    const task_state state = p->blocks[block].task;
    char before[96];
    print_name(paper, "Task", state == TASK_SOLVED, before);
    print_told(paper, p, block, before, lesson_field_nth(b, "goal", 0));
    if (paper->whole) {
        for (size_t k = 0; lesson_field_nth(b, "hint", k); k++)
            lesson_print_field(paper, p, block, "Hint", lesson_field_nth(b, "hint", k));
        lesson_print_field(paper, p, block, "Solution", lesson_field_nth(b, "solution", 0));
    }
    if (paper->whole || state == TASK_SOLVED)
        lesson_print_field(paper, p, block, "Why", lesson_field_nth(b, "why", 0));
}

static void print_words(const lesson_paper *paper, player *p, size_t block)
{
    const lesson_block *b = &p->lesson->blocks[block];
    char text[MOST_TEXT], before[32] = "";
    if (b->kind == BLOCK_ITEM && b->number)
        (void)snprintf(before, sizeof before, "%3zu. ", b->number);
    else if (b->kind != BLOCK_PARAGRAPH)
        (void)snprintf(before, sizeof before, "%s", b->kind == BLOCK_ITEM ? "  • " : "  │ ");
    (void)fputs(before, paper->to);
    text_of(paper, p, block, text);
    lesson_print_wrapped(paper->to, text, lesson_columns(before));
}

static void print_exercise(const lesson_paper *paper, const player *p, size_t block)
{
    const char *name = p->lesson->blocks[block].text;
    char before[96];
    print_name(paper, "Exercise", p->blocks[block].task == TASK_SOLVED, before);
    (void)fprintf(paper->to, "%srnnscope exercise %s\n", before, name ? name : "");
    if (!paper->whole)
        (void)fprintf(paper->to, "    %s\n",
                      SAY(paper, "Here: `exercise` lays out your file, `check` judges it."));
}

void lesson_print_heading(const lesson_paper *paper, const player *p)
{
    const lesson_step *step = &p->lesson->steps[p->step];
    (void)fprintf(paper->to, "\n%s%zu/%zu  %s%s\n\n", paper->bold ? "\033[1m" : "── ", p->step + 1,
                  p->lesson->steps_n, step->title, paper->bold ? "\033[0m" : " ──");
}

void lesson_print_block(const lesson_paper *paper, player *p, size_t block)
{
    const lesson_block *b = &p->lesson->blocks[block];
    char formula[4096];
    if (!paper->whole && player_hidden(p, block))
        return;
    switch (b->kind) {
    case BLOCK_PARAGRAPH:
    case BLOCK_ITEM:
    case BLOCK_QUOTE:
        print_words(paper, p, block);
        break;
    case BLOCK_FORMULA:
        print_code(paper, b->text ? formula_text(b->text, formula, sizeof formula) : "");
        break;
    case BLOCK_CODE:
        print_code(paper, b->text);
        break;
    case BLOCK_ROW:
        print_row(paper, p, block);
        if (block + 1 < p->lesson->blocks_n && p->lesson->blocks[block + 1].kind == BLOCK_ROW)
            return;
        break;
    case BLOCK_SCENE:
        print_scene(paper, b);
        break;
    case BLOCK_PREDICT:
        print_predict(paper, p, block);
        break;
    case BLOCK_SLIDER:
        for (size_t k = 0; k < b->fields_n; k++)
            (void)fprintf(paper->to, "%s%s%s\n", SAY(paper, "Slider"), SAY(paper, ": "),
                          b->fields[k].value);
        break;
    case BLOCK_TASK:
        lesson_print_task(paper, p, block);
        break;
    case BLOCK_SOURCE:
        print_source(paper, b->text ? b->text : "");
        break;
    case BLOCK_EXERCISE:
        print_exercise(paper, p, block);
        break;
    case BLOCK_DETAILS:
    case BLOCK_END:
        return;
    }
    (void)fputc('\n', paper->to);
}

/* --- numbers after a change ---------------------------------------------------------------- */

static void print_settings(const lesson_paper *paper, const player *p)
{
    const lesson_block *at = lesson_scene_at(p->lesson, p->stage);
    const scene page = at ? at->scene : scene_standard();
    for (size_t k = 0; k < SCENE_NUMBERS; k++)
        if (page.number[k] != p->scene.number[k] && !isnan(p->scene.number[k]))
            (void)fprintf(paper->to, "    %s = %g\n", scene_numbers[k].name, p->scene.number[k]);
}

void lesson_print_numbers(const lesson_paper *paper, player *p)
{
    const lesson_step *step = &p->lesson->steps[p->step];
    const char *last = "";
    print_settings(paper, p);
    for (size_t k = step->first; k < step->first + step->n; k++) {
        const lesson_block *b = &p->lesson->blocks[k];
        const lesson_block *at = lesson_scene_at(p->lesson, k);
        if ((!paper->whole && player_hidden(p, k)) || !at ||
            (size_t)(at - p->lesson->blocks) != p->stage)
            continue;
        for (size_t r = 0; r < b->runs_n; r++) {
            char text[MOST_TEXT] = "";
            if (!b->runs[r].expression || strcmp(b->runs[r].expression, last) == 0)
                continue;
            last = b->runs[r].expression;
            append_number(p, &(run_list){.block = k}, &b->runs[r], text);
            (void)fprintf(paper->to, "    %s = %s\n", last, text);
        }
    }
}
