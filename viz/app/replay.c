#include "viz/app/replay.h"

#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A drag moves in this many steps, as a hand does. */
enum { DRAG_MOVES = 8, MOST_STEPS_A_LINE = DRAG_MOVES + 3, MOST_PIXELS = 4096 };

static void add(replay *r, replay_step step) { r->steps[r->steps_n++] = step; }

static void add_pointer(replay *r, size_t line, event_kind kind, double x, double y)
{
    add(r, (replay_step){.line = line, .event = {.kind = kind, .x = x, .y = y, .count = 1}});
}

static void add_drag(replay *r, size_t line, const double *p)
{
    add_pointer(r, line, EVENT_MOVE, p[0], p[1]);
    add_pointer(r, line, EVENT_PRESS, p[0], p[1]);
    for (int k = 1; k <= DRAG_MOVES; k++)
        add_pointer(r, line, EVENT_MOVE, p[0] + (p[2] - p[0]) * k / DRAG_MOVES,
                    p[1] + (p[3] - p[1]) * k / DRAG_MOVES);
    add_pointer(r, line, EVENT_RELEASE, p[2], p[3]);
}

static void add_click(replay *r, size_t line, const double *p)
{
    add_pointer(r, line, EVENT_MOVE, p[0], p[1]);
    add_pointer(r, line, EVENT_PRESS, p[0], p[1]);
    add_pointer(r, line, EVENT_RELEASE, p[0], p[1]);
}

static void add_double(replay *r, size_t line, const double *p)
{
    add_click(r, line, p);
    add_pointer(r, line, EVENT_PRESS, p[0], p[1]);
    r->steps[r->steps_n - 1].event.count = 2;
    add_pointer(r, line, EVENT_RELEASE, p[0], p[1]);
}

static void add_wheel(replay *r, size_t line, const double *p)
{
    add(r, (replay_step){.line = line,
                         .event = {.kind = EVENT_WHEEL, .x = p[0], .y = p[1], .n = p[2]}});
}

static void add_move(replay *r, size_t line, const double *p)
{
    add_pointer(r, line, EVENT_MOVE, p[0], p[1]);
}

/* As small as a window can be made, up to what a canvas can hold. */
static void add_size(replay *r, size_t line, const double *p)
{
    const double w = fmin(fmax(round(p[0]), 1), MOST_PIXELS),
                 h = fmin(fmax(round(p[1]), 1), MOST_PIXELS);
    add(r, (replay_step){.line = line, .event = {.kind = EVENT_SIZE, .x = w, .y = h, .n = 1}});
}

static void add_leave(replay *r, size_t line, const double *p)
{
    (void)p;
    add(r, (replay_step){.line = line, .event = {.kind = EVENT_LEAVE}});
}

static void add_wait(replay *r, size_t line, const double *p)
{
    add(r, (replay_step){.kind = REPLAY_WAIT, .line = line, .milliseconds = p[0]});
}

static void add_quit(replay *r, size_t line, const double *p)
{
    (void)p;
    add(r, (replay_step){.line = line, .event = {.kind = EVENT_QUIT}});
}

/* The lines whose words are numbers. */
static const struct {
    const char *word;
    size_t numbers;
    const char *expected;
    void (*add)(replay *r, size_t line, const double *p);
} forms[] = {{"move", 2, "move X Y", add_move},
             {"click", 2, "click X Y", add_click},
             {"drag", 4, "drag X0 Y0 X1 Y1", add_drag},
             {"wheel", 3, "wheel X Y N", add_wheel},
             {"double", 2, "double X Y", add_double},
             {"size", 2, "size W H", add_size},
             {"leave", 0, "leave", add_leave},
             {"wait", 1, "wait MS", add_wait},
             {"quit", 0, "quit", add_quit}};

/* Exactly n numbers in text. */
static bool numbers(const char *text, size_t n, double *to)
{
    for (size_t k = 0; k < n; k++) {
        char *end = NULL;
        to[k] = strtod(text, &end);
        if (end == text || !(to[k] > -1e6 && to[k] < 1e6))
            return false;
        text = end;
    }
    return text[strspn(text, " \t")] == '\0';
}

/* Text is typed key by key, as at a keyboard. */
static bool add_text(replay *r, size_t line, const char *text)
{
    for (; *text; text++) {
        if (*text < ' ' || *text > '~')
            return false;
        add(r, (replay_step){.line = line,
                             .event = {.kind = EVENT_KEY, .key = tolower((unsigned char)*text)}});
    }
    return true;
}

/* The lines whose rest is a name: key, text, drop, shot, state. */
static bool read_named(replay *r, size_t line, const char *word, const char *rest)
{
    replay_step step = {.line = line, .path = rest};
    if (rest[0] == '\0')
        return false;
    if (strcmp(word, "text") == 0)
        return add_text(r, line, rest);
    if (strcmp(word, "key") == 0) {
        step.event.kind = EVENT_KEY;
        if (!event_key_named(rest, &step.event.key, &step.event.with))
            return false;
    } else if (strcmp(word, "drop") == 0) {
        step.event.kind = EVENT_DROP;
        (void)snprintf(step.event.text, sizeof step.event.text, "%s", rest);
    } else if (strcmp(word, "shot") == 0) {
        step.kind = REPLAY_SHOT;
    } else if (strcmp(word, "state") == 0) {
        step.kind = REPLAY_STATE;
    } else {
        return false;
    }
    add(r, step);
    return true;
}

static rs_status read_line(replay *r, const char *path, size_t line, char *text, rs_error *err)
{
    double values[4];
    char *word = text + strspn(text, " \t");
    word[strcspn(word, "\r")] = '\0';
    if (word[0] == '\0' || word[0] == '#')
        return RS_OK;
    size_t length = strcspn(word, " \t");
    char *rest = word + length + (word[length] != '\0');
    word[length] = '\0';
    for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
        if (strcmp(word, forms[k].word) != 0)
            continue;
        if (!numbers(rest, forms[k].numbers, values))
            return rs_fail(err, RS_DATA, "%s: line %zu: expected `%s`", path, line,
                           forms[k].expected);
        forms[k].add(r, line, values);
        return RS_OK;
    }
    if (!read_named(r, line, word, rest))
        return rs_fail(err, RS_DATA,
                       "%s: line %zu: `%s %s` is no event; expected key NAME, move, click, double, "
                       "drag, wheel, leave, text, size, drop FILE, wait, shot FILE, state FILE or "
                       "quit",
                       path, line, word, rest);
    return RS_OK;
}

/* The file as one string; at most 16 MiB. */
static char *read_text(const char *path, rs_error *err)
{
    enum { MOST = 1 << 24 };
    FILE *file = fopen(path, "rb");
    char *text = file ? rs_alloc(MOST + 1, 1, "the replay", err) : NULL;
    if (!file)
        (void)rs_fail(err, RS_OPEN, "%s: cannot be opened: %s", path, strerror(errno));
    size_t n = text ? fread(text, 1, MOST, file) : 0;
    if (text && memchr(text, '\0', n)) {
        (void)rs_fail(err, RS_DATA, "%s: is not a text file", path);
        free(text);
        text = NULL;
    }
    if (file)
        (void)fclose(file);
    char *fitting = text ? realloc(text, n + 1) : NULL;
    return fitting ? fitting : text;
}

/* For so many more steps: a line of text is a step a character. */
static rs_status make_room(replay *r, size_t more, rs_error *err)
{
    if (r->room - r->steps_n >= more)
        return RS_OK;
    const size_t room = 2 * r->room + more;
    replay_step *steps = realloc(r->steps, room * sizeof *steps);
    if (!steps)
        return rs_fail(err, RS_INTERNAL, "no memory for the replay");
    r->steps = steps;
    r->room = room;
    return RS_OK;
}

/* A replay lasts as long as the viewer, and a step takes half a kilobyte. */
static void give_back_room(replay *r)
{
    replay_step *steps = r->steps_n > 0 ? realloc(r->steps, r->steps_n * sizeof *steps) : NULL;
    if (!steps)
        return;
    r->steps = steps;
    r->room = r->steps_n;
}

rs_status replay_read(const char *path, replay *to, rs_error *err)
{
    rs_status status = RS_OK;
    size_t line = 1;
    *to = (replay){.text = read_text(path, err)};
    if (!to->text)
        return err ? err->status : RS_OPEN;
    for (char *text = to->text; text && status == RS_OK; line++) {
        char *next = strchr(text, '\n');
        if (next)
            *next++ = '\0';
        status = make_room(to, MOST_STEPS_A_LINE + strlen(text), err);
        if (status == RS_OK)
            status = read_line(to, path, line, text, err);
        text = next;
    }
    if (status != RS_OK)
        replay_free(to);
    else
        give_back_room(to);
    return status;
}

void replay_free(replay *r)
{
    free(r->text);
    free(r->steps);
    *r = (replay){0};
}
