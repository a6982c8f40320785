#include "viz/app/exercise_source.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 16, LEAST = 13, MARGIN = 36, MOST_LINE = 240 };

/* After "name", whether "[…] =" comes, or "+=" and the like; not "==". */
static bool is_set(const char *after)
{
    int depth = 0;
    if (*after != '[')
        return false;
    for (; *after && *after != '\n'; after++) {
        depth += (*after == '[') - (*after == ']');
        if (depth == 0)
            break;
    }
    if (*after != ']')
        return false;
    after += 1 + strspn(after + 1, " ");
    after += strchr("+-*", *after) && *after ? 1 : 0;
    return after[0] == '=' && after[1] != '=';
}

static size_t line_that_sets(const char *source, const char *name)
{
    const size_t n = strlen(name);
    size_t line = 1;
    for (const char *at = source; *at; at++) {
        const bool word = at == source || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        line += *at == '\n';
        if (word && n > 0 && strncmp(at, name, n) == 0 && is_set(at + n))
            return line;
    }
    return 0;
}

size_t source_line_of(const char *source, const char *name)
{
    size_t line = line_that_sets(source, name);
    if (line == 0 && strncmp(name, "da_", 3) == 0)
        line = line_that_sets(source, "da");
    return line;
}

static size_t lines_of(const char *source)
{
    size_t n = 0;
    for (; *source; source++)
        n += *source == '\n' || source[1] == '\0';
    return n;
}

/* The line without its end, tabs as blanks, into text; returns the next one. */
static const char *copy_line(const char *line, char text[MOST_LINE])
{
    const size_t n = strcspn(line, "\n");
    size_t used = 0;
    for (size_t k = 0; k < n && used + 5 < MOST_LINE; k++)
        if (line[k] == '\t')
            used += (size_t)snprintf(text + used, 5, "    ");
        else if (line[k] != '\r')
            text[used++] = line[k];
    text[used] = '\0';
    return line + n + (line[n] == '\n');
}

static void draw_line(canvas *c, rect r, size_t number, const char *text, bool marked)
{
    const text_style mono = {
        .size = TYPE_SMALL, .face = FACE_NUMBER, .down = DOWN_MIDDLE, .plain = true};
    text_style count = mono, code = mono;
    count.ink = INK_SOFT;
    count.across = ACROSS_RIGHT;
    code.max = r.w - MARGIN - 8;
    if (marked)
        canvas_fill_round(c, r, 3, INK_BAD_GROUND, 1);
    canvas_textf(c, r.x + MARGIN - 12, r.y + r.h / 2, count, "%zu", number);
    if (*text)
        canvas_text(c, r.x + MARGIN, r.y + r.h / 2, code, text);
}

/* Lines lie closer where all of them fit then. */
static double pitch_for(double height, size_t lines)
{
    const double pitch = height / (double)(lines > 0 ? lines : 1);
    return fmax(LEAST, fmin(LINE, pitch));
}

double source_draw(canvas *c, rect r, const char *source, size_t marked, size_t most)
{
    const size_t n = lines_of(source), wanted = n < most ? n : most;
    const double pitch = pitch_for(r.h, wanted);
    const size_t room = r.h > 0 ? (size_t)(r.h / pitch) : 0, shown = room < most ? room : most;
    size_t first = marked > shown / 2 + 1 ? marked - shown / 2 - 1 : 0;
    char text[MOST_LINE];
    first = first + shown > n && n >= shown ? n - shown : first;
    double y = r.y;
    for (size_t k = 0; k < n && k < first + shown && *source; k++) {
        source = copy_line(source, text);
        if (k < first)
            continue;
        draw_line(c, (rect){r.x, y, r.w, pitch}, k + 1, text, k + 1 == marked);
        y += pitch;
    }
    if (*source && shown < most)
        canvas_textf(
            c, r.x + r.w, y - pitch / 2,
            (text_style){
                .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
            canvas_say(c, "… %zu more lines"), lines_of(source));
    return y - r.y;
}
