#include "viz/app/column_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CELL_TEXT = 1024 };

text_style column_table_style(bool head)
{
    return (text_style){.size = TYPE_BODY, .bold = head, .down = DOWN_TOP};
}

/* The first word, up to a blank or with its hyphen: where a line may end. A formula is one word. */
static size_t word_length(const char *text)
{
    size_t n = 0;
    bool formula = false;
    for (; text[n] && (formula || text[n] != ' '); n++) {
        if (!formula && text[n] == '-')
            return n + 1;
        formula ^= text[n] == '$';
    }
    return n;
}

static double longest_word(canvas *on, text_style style, const char *cell)
{
    double longest = 0;
    char word[CELL_TEXT];
    for (size_t n = 0; *cell; cell += n + (cell[n] == ' ')) {
        n = word_length(cell);
        (void)snprintf(word, sizeof word, "%.*s", (int)n, cell);
        longest = fmax(longest, canvas_text_width(on, style, word));
    }
    return longest;
}

void column_table_add(column_table *t, canvas *on, const char *row)
{
    const text_style style = column_table_style(t->rows == 0);
    size_t k = 0;
    for (const char *end; k < TABLE_COLUMNS && (end = strchr(row, '\t')); row = end + 1, k++) {
        char cell[CELL_TEXT];
        (void)snprintf(cell, sizeof cell, "%.*s", (int)(end - row), row);
        const double width = canvas_text_width(on, style, cell) + TABLE_GAP;
        t->longest[k] = fmax(t->longest[k], width);
        t->word[k] = fmax(t->word[k], longest_word(on, style, cell) + TABLE_GAP);
    }
    t->columns = k > t->columns ? k : t->columns;
    t->rows++;
}

void column_table_fit(column_table *t, double width)
{
    const double equal = width / (double)(t->columns ? t->columns : 1);
    double rest = width, want = 0, least[TABLE_COLUMNS];
    bool fits = true;
    for (size_t k = 0; k < t->columns; k++) {
        const bool short_enough = t->longest[k] <= equal;
        least[k] = short_enough ? t->longest[k] : t->word[k];
        want += t->longest[k] - least[k];
        rest -= least[k];
        fits = fits && short_enough;
    }
    for (size_t k = 0; k < t->columns; k++)
        t->width[k] =
            fits || rest < 0 ? equal : least[k] + rest * (t->longest[k] - least[k]) / want;
}
