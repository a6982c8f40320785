#include "viz/app/exercise_table.h"

#include "viz/plots/axes.h"
#include "viz/plots/numbers.h"
#include "viz/sentence.h"

#include <math.h>
#include <stdio.h>

enum { ROW = 18, HEAD = 32, WIDEST = 640 };

double exercise_table_height(const exercise_details *d)
{
    return d->lines_n > 0 ? HEAD + ROW * (double)d->lines_n : 0;
}

/* Where the columns of the table are. */
typedef struct columns {
    double name, returned, expected, more; /* numbers end here */
    double wide;                           /* a column of numbers */
    int digits;
} columns;

static void draw_number(canvas *c, point at, double value, int digits, bool wrong)
{
    char text[NUMBER_TEXT];
    canvas_text(c, at.x, at.y,
                (text_style){.size = TYPE_SMALL,
                             .face = FACE_NUMBER,
                             .ink = wrong ? INK_BAD : INK_TEXT,
                             .across = ACROSS_RIGHT,
                             .down = DOWN_MIDDLE,
                             .plain = true},
                number_text(text, value, digits));
}

static void draw_line(canvas *c, const columns *at, double y, const exercise_line *line)
{
    char room[SENTENCE_TEXT], name[SENTENCE_TEXT + 48];
    const bool block = line->of > 0;
    const char *said = sentence_text(canvas_lang(c), line->name, room);
    if (block && line->has_numbers && line->row == DETAIL_NO_ROW)
        (void)snprintf(name, sizeof name, "%s [%zu]", said, line->col);
    else if (block && line->has_numbers)
        (void)snprintf(name, sizeof name, "%s [%zu][%zu]", said, line->row, line->col);
    else
        (void)snprintf(name, sizeof name, "%s", said);
    canvas_text(c, at->name, y,
                (text_style){.size = TYPE_BODY,
                             .bold = true,
                             .ink = line->right ? INK_GOOD : INK_BAD,
                             .down = DOWN_MIDDLE},
                line->right ? "✓" : "✗");
    canvas_text(c, at->name + 18, y,
                (text_style){.size = TYPE_SMALL,
                             .face = FACE_NUMBER,
                             .down = DOWN_MIDDLE,
                             .plain = true,
                             .max = at->returned - at->name - at->wide},
                name);
    if (line->has_numbers) {
        draw_number(c, (point){at->returned, y}, line->returned, at->digits, !line->right);
        draw_number(c, (point){at->expected, y}, line->expected, at->digits, false);
    }
    if (block && !line->right)
        canvas_textf(
            c, at->more, y,
            (text_style){
                .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
            canvas_say(c, "%zu of %zu"), line->wrong, line->of);
}

static bool has_numbers(const exercise_details *d)
{
    for (size_t k = 0; k < d->lines_n; k++)
        if (d->line[k].has_numbers)
            return true;
    return false;
}

double exercise_table_draw(canvas *c, rect r, const exercise_details *d)
{
    r.w = fmin(r.w, WIDEST); /* no wider than is easily read */
    const bool blocks = d->lines_n > 0 && d->line[0].of > 0;
    const double more = blocks ? 64 : 0, wide = blocks ? 88 : 128;
    const columns at = {.name = r.x,
                        .returned = r.x + r.w - more - wide,
                        .expected = r.x + r.w - more,
                        .more = r.x + r.w,
                        .wide = wide,
                        .digits = blocks ? 6 : 12};
    const text_style head = {
        .size = TYPE_SMALL, .ink = INK_SOFT, .across = ACROSS_RIGHT, .down = DOWN_MIDDLE};
    if (d->lines_n == 0 || r.h < HEAD + ROW)
        return 0;
    (void)heading_draw(c, r, canvas_say(c, blocks ? "Each block" : "Each number"), NULL);
    if (has_numbers(d)) {
        canvas_text(c, at.returned, r.y + 8, head, canvas_say(c, "yours"));
        canvas_text(c, at.expected, r.y + 8, head, canvas_say(c, "exact"));
        if (blocks)
            canvas_text(c, at.more, r.y + 8, head, canvas_say(c, "wrong"));
    }
    double y = r.y + HEAD;
    for (size_t k = 0; k < d->lines_n && y + ROW / 2. <= r.y + r.h; k++, y += ROW)
        draw_line(c, &at, y, &d->line[k]);
    return y - r.y;
}
