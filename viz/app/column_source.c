#include "viz/app/column_source.h"

#include "viz/source_code.h"

#include <string.h>

enum { LINE = 15, PART = 256 };

/* How many signs of code fit beside a number of this width. */
static size_t columns_in(canvas *on, double width)
{
    const text_style code = {.size = TYPE_SMALL, .face = FACE_NUMBER, .plain = true};
    const double sign = canvas_text_width(on, code, "mmmmmmmmmm") / 10;
    const double n = width / (sign > 0 ? sign : 1);
    return n > 16 ? (size_t)n : 16;
}

/* A line of code and its number, in as many rows as it needs; returns the next row's place. */
static double draw_line(canvas *on, rect r, double y, double gutter, size_t number,
                        const char *line)
{
    const size_t columns = columns_in(on, r.w - gutter);
    const bool comment = strncmp(line + strspn(line, " "), "/*", 2) == 0 ||
                         strncmp(line + strspn(line, " "), "* ", 2) == 0;
    const text_style code = {.size = TYPE_SMALL,
                             .face = FACE_NUMBER,
                             .ink = comment ? INK_SOFT : INK_TEXT,
                             .down = DOWN_TOP,
                             .plain = true};
    char part[PART];
    for (size_t at = 0; source_part(line, columns, &at, part, sizeof part); y += LINE) {
        if (y + LINE < r.y || y > r.y + r.h)
            continue;
        if (number > 0)
            canvas_textf(on, r.x + gutter - 8, y,
                         (text_style){.size = TYPE_SMALL,
                                      .face = FACE_NUMBER,
                                      .ink = INK_SOFT,
                                      .across = ACROSS_RIGHT,
                                      .down = DOWN_TOP,
                                      .plain = true},
                         "%zu", number);
        canvas_text(on, r.x + gutter, y, code, part);
        number = 0; /* only beside the first row */
    }
    return y;
}

double column_source(canvas *on, rect r, double y, const char *name)
{
    const double from = y;
    const source_lines code = source_named(name);
    if (y + LINE > r.y && y < r.y + r.h)
        canvas_text(on, r.x, y,
                    (text_style){.size = TYPE_SMALL,
                                 .face = FACE_NUMBER,
                                 .ink = INK_ACCENT,
                                 .down = DOWN_TOP,
                                 .plain = true},
                    name);
    y += LINE + 5;
    for (size_t k = 0; k < code.n; k++) {
        const bool fetches = source_fetches(code.line[k]);
        if (!fetches)
            y = draw_line(on, r, y, 28, code.first + k, code.line[k]);
        else if (k == 0 || !source_fetches(code.line[k - 1]))
            y = draw_line(on, r, y, 28, 0, "    …");
    }
    return y - from;
}
