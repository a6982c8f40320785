#include "viz/lesson_terminal.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

typedef enum turn { TURN_STAY, TURN_AGAIN, TURN_END } turn;

/* A terminal, a player and what was typed. */
typedef struct table {
    const lesson_paper *paper;
    player *p;
    lesson_desk *desk;
    lesson_end end; /* with TURN_END */
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

/* Asks until there is a number, an empty line or no more input. */
static bool ask_prediction(table *t, size_t block)
{
    rs_error err = {0};
    while (read_line(t, SAY(t, "a number, or Enter to see what comes: "))) {
        char *end = NULL;
        const double value = strtod(t->desk->line, &end);
        if (is(t->desk->line, "quit")) {
            t->end = LESSON_LEFT;
            return false;
        }
        if (t->desk->line[0] == '\0')
            player_reveal(t->p, block);
        else if (end == t->desk->line || *end ||
                 player_predict(t->p, block, value, &err) != RS_OK) {
            (void)fprintf(t->paper->to, "%s\n", SAY(t, "expected a number"));
            continue;
        }
        lesson_print_compared(t->paper, t->p, block);
        (void)fputc('\n', t->paper->to);
        return true;
    }
    return false;
}

/* Prints the step, stopping for its predictions; false: the learner leaves. */
static bool show_step(table *t)
{
    const lesson_step *step = &t->p->lesson->steps[t->p->step];
    lesson_print_heading(t->paper, t->p);
    for (size_t k = step->first; k < step->first + step->n; k++) {
        lesson_print_block(t->paper, t->p, k);
        if (t->p->lesson->blocks[k].kind == BLOCK_PREDICT && !t->p->blocks[k].revealed &&
            !ask_prediction(t, k))
            return false;
    }
    if (t->p->task < t->p->lesson->blocks_n) /* what is typed now is for the task */
        (void)player_stage_of(t->p, t->p->task);
    return true;
}

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
        (void)fprintf(t->paper->to, "%s: %s\n", SAY(t, "Task"), SAY(t, "does not pass yet"));
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

static void tell_value(table *t, const char *expression)
{
    double value = 0;
    rs_error err = {0};
    const lesson_step *step = &t->p->lesson->steps[t->p->step];
    const size_t block = t->p->stage < t->p->lesson->blocks_n ? t->p->stage : step->first;
    if (player_value(t->p, block, expression, &value, &err) != RS_OK)
        (void)fprintf(t->paper->to, "%s\n", err.text);
    else
        (void)fprintf(t->paper->to, "    %s = %.8g\n", expression, value);
}

static void change(table *t)
{
    rs_error err = {0};
    if (player_set_all(t->p, t->desk->line, &err) != RS_OK) {
        (void)fprintf(t->paper->to, "%s\n", err.text);
        return;
    }
    lesson_print_numbers(t->paper, t->p);
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

static turn answer(table *t)
{
    const char *line = t->desk->line;
    if (line[0] == '\0' || is(line, "next"))
        return go_on(t);
    if (is(line, "back"))
        return go_back(t);
    if (is(line, "quit")) {
        t->end = LESSON_LEFT;
        return TURN_END;
    }
    if (is(line, "again"))
        return TURN_AGAIN;
    if (strcmp(line, "list") == 0 || strncmp(line, "lesson ", 7) == 0)
        return go_elsewhere(t);
    if (strcmp(line, "hint") == 0)
        give_hint(t);
    else if (is(line, "check"))
        try_task(t, true);
    else if (is(line, "reset"))
        player_undo(t->p);
    else if (line[0] == '?')
        tell_value(t, line + 1 + strspn(line + 1, " "));
    else if (strchr(line, '=') || names_answer(t))
        change(t);
    else
        (void)fputs(SAY(t, "next, back, quit     go on, go back, leave (Enter: next)\n"
                           "hint, check, reset   the next hint; try the task; the scene as it was\n"
                           "NAME = NUMBER        change the scene: W[0][1] = 0.2, gain = 1.5, "
                           "answer = 3\n"
                           "? EXPRESSION         what it is now: ? max(jacobian)\n"
                           "again                the step once more\n"
                           "list, lesson N       all lessons, with what is done; go to one\n"),
                    t->paper->to);
    return TURN_STAY;
}

lesson_end lesson_play(player *p, const lesson_paper *paper, lesson_desk *desk, bool show)
{
    table t = {.paper = paper, .p = p, .desk = desk};
    turn next = show ? TURN_AGAIN : TURN_STAY;
    while (next != TURN_END) {
        if (next == TURN_AGAIN && !show_step(&t))
            return t.end;
        if (!read_line(&t, "> "))
            return t.end;
        next = answer(&t);
    }
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
