#include "viz/lesson_terminal.h"

#include "viz/lesson_exercise.h"
#include "viz/lesson_look.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

typedef enum turn { TURN_STAY, TURN_AGAIN, TURN_END } turn;

/* A terminal, a player and what was typed. */
typedef struct table {
    const lesson_paper *paper;
    player *p;
    lesson_desk *desk;
    lesson_end end;         /* with TURN_END */
    size_t step;            /* what follows is of this one */
    size_t exercise, hints; /* its exercise's block, or blocks_n; hints given for it */
    bool on_exercise;       /* `check` and `hint` are for it, not for the task */
} table;

#define SAY(t, english) lesson_say((t)->paper->lang, (english))

/* Whether something has been typed, waiting half a second for it. What is no file of the system's
 * (a text in memory) never waits. */
static bool has_input(FILE *from)
{
    struct pollfd input = {.fd = fileno(from), .events = POLLIN};
    return input.fd < 0 || poll(&input, 1, 500) != 0;
}

static void trim(char *line)
{
    size_t n = strlen(line);
    while (n > 0 && strchr(" \t\r\n", line[n - 1]))
        line[--n] = '\0';
    const size_t blanks = strspn(line, " \t");
    memmove(line, line + blanks, n - blanks + 1);
}

bool lesson_ask(const lesson_paper *paper, lesson_desk *desk, const char *prompt, bool *saved)
{
    bool changed = false;
    (void)fputs(prompt, paper->to);
    (void)fflush(paper->to);
    if (desk->saved && saved)
        do /* once more after the last wait: a save comes before what is typed after it */
            changed = desk->saved(desk->context);
        while (!changed && !has_input(desk->from));
    changed = changed || (desk->saved && saved && desk->saved(desk->context));
    if (saved)
        *saved = changed;
    if (changed || !fgets(desk->line, sizeof desk->line, desk->from))
        return false;
    trim(desk->line);
    return true;
}

/* The same at this table; what it ends with is kept. */
static bool read_line(table *t, const char *prompt)
{
    bool saved = false;
    const bool typed = lesson_ask(t->paper, t->desk, prompt, &saved);
    t->end = saved ? LESSON_SAVED : LESSON_LEFT;
    return typed;
}

static bool is(const char *line, const char *word)
{
    return strcmp(line, word) == 0 || (line[0] == word[0] && line[1] == '\0');
}

static void help(const table *t) { (void)fputs(SAY(t, LESSON_HELP), t->paper->to); }

static turn go_back(table *t)
{
    if (player_back(t->p))
        return TURN_AGAIN;
    (void)fprintf(t->paper->to, "%s\n", SAY(t, "this is the first step"));
    return TURN_STAY;
}

/* `list`, `lesson NAME` */
static turn go_elsewhere(table *t)
{
    char *line = t->desk->line;
    t->end = line[2] == 's' && line[3] == 't' ? LESSON_LIST : LESSON_OTHER;
    if (t->end == LESSON_OTHER)
        memmove(line, line + 7, strlen(line + 7) + 1);
    return TURN_END;
}

/* The commands that lead away from a step, at any time; false: it is none of them. */
static bool leads_away(table *t, turn *next)
{
    const char *line = t->desk->line;
    if (is(line, "quit")) {
        t->end = LESSON_LEFT;
        *next = TURN_END;
    } else if (is(line, "back")) {
        *next = go_back(t);
    } else if (strcmp(line, "list") == 0 || strncmp(line, "lesson ", 7) == 0) {
        *next = go_elsewhere(t);
    } else {
        return false;
    }
    return true;
}

/* Asks until there is a number or an empty line (TURN_STAY), or the learner goes elsewhere. */
static turn ask_prediction(table *t, size_t block)
{
    rs_error err = {0};
    while (read_line(t, SAY(t, "a number, or Enter to see what comes: "))) {
        char *end = NULL;
        turn next = TURN_STAY;
        const double value = strtod(t->desk->line, &end);
        if (leads_away(t, &next)) {
            if (next != TURN_STAY)
                return next;
            continue;
        }
        if (t->desk->line[0] == '\0') {
            player_reveal(t->p, block);
        } else if (end == t->desk->line || *end ||
                   player_predict(t->p, block, value, &err) != RS_OK) {
            (void)fprintf(t->paper->to, "%s\n",
                          SAY(t, "expected a number; back, list and quit lead away"));
            continue;
        }
        lesson_print_compared(t->paper, t->p, block);
        (void)player_stage_of(t->p, block);
        lesson_tell_check(t->paper, t->p);
        (void)fputc('\n', t->paper->to);
        return TURN_STAY;
    }
    return TURN_END;
}

/* The step that what is typed now is for. */
static void take_up(table *t)
{
    if (t->step != t->p->step)
        t->hints = 0;
    t->step = t->p->step;
    t->exercise = lesson_exercise_of(t->p);
    t->on_exercise = t->p->task >= t->p->lesson->blocks_n;
    if (t->p->task < t->p->lesson->blocks_n)
        (void)player_stage_of(t->p, t->p->task);
}

/* Prints the step, stopping for its predictions. */
static turn show_step(table *t)
{
    const lesson_step *step = &t->p->lesson->steps[t->p->step];
    lesson_print_heading(t->paper, t->p);
    for (size_t k = step->first; k < step->first + step->n; k++) {
        turn next = TURN_STAY;
        lesson_print_block(t->paper, t->p, k);
        if (t->p->lesson->blocks[k].kind == BLOCK_PREDICT && !t->p->blocks[k].revealed)
            next = ask_prediction(t, k);
        if (next != TURN_STAY)
            return next;
    }
    take_up(t);
    if (t->p->task < t->p->lesson->blocks_n)
        lesson_tell_check(t->paper, t->p);
    return TURN_STAY;
}

/* Whether the step has not been shown to its end. */
static bool waits(const player *p)
{
    const lesson_step *step = &p->lesson->steps[p->step];
    for (size_t k = step->first; k < step->first + step->n; k++)
        if (p->lesson->blocks[k].kind == BLOCK_PREDICT && !p->blocks[k].revealed)
            return true;
    return false;
}

static bool has_exercise(const table *t) { return t->exercise < t->p->lesson->blocks_n; }

static void try_task(table *t, bool ask)
{
    task_state state = TASK_OPEN;
    rs_error err = {0};
    const size_t task = t->p->task;
    if (task >= t->p->lesson->blocks_n) {
        if (ask)
            (void)fprintf(t->paper->to, "%s\n", SAY(t, "there is no task here"));
        return;
    }
    if (player_task_check(t->p, task, &state, &err) != RS_OK)
        (void)fprintf(t->paper->to, "%s\n", err.text);
    else if (state == TASK_SOLVED)
        lesson_print_task(t->paper, t->p, task);
    else
        (void)fprintf(t->paper->to, "%s%s%s\n", SAY(t, "Task"), SAY(t, ": "),
                      SAY(t, "does not pass yet"));
}

static void give_hint(table *t)
{
    bool is_solution = false;
    const bool has_task = t->p->task < t->p->lesson->blocks_n;
    const lesson_field *hint = has_task ? player_hint(t->p, t->p->task, &is_solution) : NULL;
    if (!hint)
        (void)fprintf(t->paper->to, "%s\n",
                      has_task ? SAY(t, "no more hints; the lesson goes on with Enter")
                               : SAY(t, "there is no task here"));
    lesson_print_field(t->paper, t->p, t->p->task, is_solution ? "Solution" : "Hint", hint);
}

static void change(table *t)
{
    rs_error err = {0};
    if (player_set_all(t->p, t->desk->line, &err) != RS_OK) {
        (void)fprintf(t->paper->to, "%s\n", err.text);
        return;
    }
    t->on_exercise = t->p->task >= t->p->lesson->blocks_n;
    lesson_print_numbers(t->paper, t->p);
    lesson_tell_check(t->paper, t->p);
    try_task(t, false);
}

/* A number alone, where a task asks for one, is `answer = NUMBER`; the line becomes that. */
static bool names_answer(table *t)
{
    char *line = t->desk->line, *end = NULL;
    const double number = strtod(line, &end);
    if (end == line || *end != '\0' || t->p->task >= t->p->lesson->blocks_n)
        return false;
    const char *pass = lesson_value(&t->p->lesson->blocks[t->p->task], "pass");
    if (!pass || !strstr(pass, "answer"))
        return false;
    (void)snprintf(line, sizeof t->desk->line, "answer = %.17g", number);
    return true;
}

static turn go_on(table *t)
{
    if (player_next(t->p))
        return TURN_AGAIN;
    t->end = LESSON_FINISHED;
    return TURN_END;
}

static void begin_exercise(table *t)
{
    if (!has_exercise(t)) {
        (void)fprintf(t->paper->to, "%s\n", SAY(t, "there is no exercise here"));
        return;
    }
    t->on_exercise = true;
    lesson_exercise_begin(t->paper, t->p, t->exercise);
}

static void check(table *t)
{
    if (has_exercise(t) && t->on_exercise)
        lesson_exercise_check(t->paper, t->p, t->exercise, t->desk->program);
    else
        try_task(t, true);
}

static void hint(table *t)
{
    if (has_exercise(t) && t->on_exercise)
        lesson_exercise_hint(t->paper, t->p, t->exercise, &t->hints);
    else
        give_hint(t);
}

static turn answer(table *t)
{
    const char *line = t->desk->line;
    turn next = TURN_STAY;
    if (line[0] == '\0' || is(line, "next"))
        return go_on(t);
    if (leads_away(t, &next))
        return next;
    if (is(line, "again"))
        return TURN_AGAIN;
    if (strcmp(line, "hint") == 0)
        hint(t);
    else if (is(line, "check"))
        check(t);
    else if (is(line, "exercise"))
        begin_exercise(t);
    else if (is(line, "reset"))
        player_undo(t->p);
    else if (strcmp(line, "picture") == 0)
        lesson_draw(t->paper, t->p);
    else if (line[0] == '?')
        lesson_tell(t->paper, t->p, line + 1 + strspn(line + 1, " "));
    else if (strchr(line, '=') || names_answer(t))
        change(t);
    else
        help(t);
    return TURN_STAY;
}

lesson_end lesson_play(player *p, const lesson_paper *paper, lesson_desk *desk, bool show)
{
    table t = {.paper = paper, .p = p, .desk = desk, .step = p->step};
    turn next = show || waits(p) ? TURN_AGAIN : TURN_STAY;
    take_up(&t);
    while (next != TURN_END)
        if (next == TURN_AGAIN)
            next = show_step(&t);
        else
            next = read_line(&t, "> ") ? answer(&t) : TURN_END;
    return t.end;
}

void lesson_print_whole(player *p, const lesson_paper *paper)
{
    (void)fprintf(paper->to, "%s\n", p->lesson->title ? p->lesson->title : "");
    for (size_t k = 0; k < p->lesson->steps_n; k++) {
        const lesson_step *step = &p->lesson->steps[k];
        player_go(p, k);
        lesson_print_heading(paper, p);
        for (size_t b = step->first; b < step->first + step->n; b++)
            lesson_print_block(paper, p, b);
    }
}
