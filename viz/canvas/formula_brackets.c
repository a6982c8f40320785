/* What brackets stand around: \left … \right, matrices, cases. */
#include "viz/canvas/formula_inside.h"

#include <math.h>
#include <string.h>

/* --- brackets ------------------------------------------------------------------------------ */

/* The bracket's shape; false for none ('.' or what is not known). */
static bool bracket(const char *sign, rule_kind *kind)
{
    static const struct {
        const char *signs;
        rule_kind kind;
    } known[] = {{"(", RULE_ROUND}, {")", RULE_ROUND}, {"[", RULE_SQUARE}, {"]", RULE_SQUARE},
                 {"{", RULE_BRACE}, {"}", RULE_BRACE}, {"|", RULE_BAR},    {"‖", RULE_BARS}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strcmp(known[k].signs, sign) == 0) {
            *kind = known[k].kind;
            return true;
        }
    return false;
}

/* What is inside, with brackets of its height at its sides ("" or ".": none). Its middle is on the
 * axis where it is a grid. */
static void put_in_brackets(parser *in, setting *to, inline_box box, const char *left,
                            const char *right, double em)
{
    const double w = .32 * em, gap = .1 * em, top = -box.ascent, h = box.ascent + box.descent;
    rule_kind kind;
    if (bracket(left, &kind)) {
        for (size_t k = 0; k < box.parts_n; k++)
            box.parts[k].x += w + gap;
        box_add_rule(&box, (box_rule){kind, false, .04 * em, top, w - .04 * em, h});
        box.width += w + gap;
    }
    if (bracket(right, &kind)) {
        box_add_rule(&box, (box_rule){kind, true, box.width + gap, top, w - .04 * em, h});
        box.width += w + gap;
    }
    box_put(to, &box);
    box_note_height(in, &box, em);
}

/* The delimiter after \left or \right, into sign[8]. */
static void read_delimiter(parser *in, char sign[8])
{
    static const char *const norms[] = {"\\|", "\\Vert", "\\lVert", "\\rVert"};
    formula_skip_blanks(in);
    g_strlcpy(sign, ".", 8);
    for (size_t k = 0; k < sizeof norms / sizeof *norms; k++)
        if (g_str_has_prefix(in->p, norms[k])) {
            in->p += strlen(norms[k]);
            g_strlcpy(sign, "‖", 8);
            return;
        }
    if (*in->p == '\\' && in->p[1] && strchr("{}", in->p[1]))
        in->p++;
    if (*in->p == '\0' || *in->p == '\\')
        return;
    const size_t n = (size_t)(g_utf8_next_char(in->p) - in->p);
    memcpy(sign, in->p, n);
    sign[n] = '\0';
    in->p += n;
}

void formula_add_sides(parser *in, setting *to, place at)
{
    char left[8], right[8] = ".";
    const double em = formula_size(in, at);
    double up, down;
    setting *of = setting_new();
    read_delimiter(in, left);
    in->lefts++;
    formula_add_list(in, of, FORMULA_STOP, at);
    in->lefts--;
    if (g_str_has_prefix(in->p, "\\right")) {
        in->p += 6;
        read_delimiter(in, right);
    }
    inline_box box = {.rise = at.rise, .size = em};
    setting_measure(in, of, &box.width, &up, &down);
    up -= at.rise;
    down += at.rise;
    if (up < .95 * em && down < .4 * em) {
        if (strcmp(left, ".") != 0)
            formula_add_text(in, to, left, strlen(left), false, 1, at);
        setting_append(to, of);
        if (strcmp(right, ".") != 0)
            formula_add_text(in, to, right, strlen(right), false, 1, at);
        in->lift = in->drop = 0;
        return;
    }
    const double reach =
        fmax(up - FORMULA_AXIS * em, down + FORMULA_AXIS * em); /* as far up as down */
    box.ascent = reach + FORMULA_AXIS * em;
    box.descent = reach - FORMULA_AXIS * em;
    box_add_part(&box, of, 0, at.rise);
    put_in_brackets(in, to, box, left, right, em);
}

/* --- matrices ------------------------------------------------------------------------------ */

enum { MOST_CELLS = 12 };

typedef struct grid {
    setting *cell[MOST_CELLS][MOST_CELLS]; /* [row][column]; NULL: empty */
    double width[MOST_CELLS], up[MOST_CELLS], down[MOST_CELLS];
    double cell_width[MOST_CELLS][MOST_CELLS];
    size_t rows, columns;
} grid;

static void keep_cell(const parser *in, grid *g, size_t row, size_t column, setting *cell)
{
    double width, up, down;
    if (row >= MOST_CELLS || column >= MOST_CELLS) {
        setting_free(cell);
        return;
    }
    setting_measure(in, cell, &width, &up, &down);
    g->cell[row][column] = cell;
    g->cell_width[row][column] = width;
    g->width[column] = fmax(g->width[column], width);
    g->up[row] = fmax(g->up[row], up);
    g->down[row] = fmax(g->down[row], down);
    g->rows = MAX(g->rows, row + 1);
    g->columns = MAX(g->columns, column + 1);
}

/* Up to \end{…}, which is passed. */
static void read_grid(parser *in, grid *g, place at)
{
    const double em = formula_size(in, at);
    size_t row = 0, column = 0;
    for (size_t k = 0; k < MOST_CELLS; k++) {
        g->up[k] = .68 * em;
        g->down[k] = .2 * em;
    }
    in->grids++;
    for (;;) {
        setting *cell = setting_new();
        formula_add_list(in, cell, FORMULA_STOP, (place){at.level, 0, at.upright, at.bold});
        if (cell->markup->len > 0)
            keep_cell(in, g, row, column, cell);
        else
            setting_free(cell);
        if (*in->p == '&') {
            column++;
            in->p++;
        } else if (g_str_has_prefix(in->p, "\\\\")) {
            row++;
            column = 0;
            in->p += 2;
        } else
            break;
    }
    in->grids--;
    if (g_str_has_prefix(in->p, "\\end"))
        in->p += 4 + strcspn(in->p + 4, "}") + 1;
}

/* The cells in their places; cells of a column are centred, or begin at its left. */
static inline_box lay_grid(const grid *g, double em, bool to_the_left)
{
    const double gap = .8 * em, lead = .28 * em;
    inline_box box = {.size = em};
    double height = lead * (double)(g->rows ? g->rows - 1 : 0);
    for (size_t row = 0; row < g->rows; row++)
        height += g->up[row] + g->down[row];
    box.ascent = height / 2 + FORMULA_AXIS * em;
    box.descent = height / 2 - FORMULA_AXIS * em;
    for (size_t column = 0; column < g->columns; column++) {
        double y = -box.ascent;
        box.width += column ? gap : 0;
        for (size_t row = 0; row < g->rows; row++) {
            const double spare = g->width[column] - g->cell_width[row][column];
            y += g->up[row];
            if (g->cell[row][column])
                box_add_part(&box, g->cell[row][column], box.width + (to_the_left ? 0 : spare / 2),
                             y);
            y += g->down[row] + lead;
        }
        box.width += g->width[column];
    }
    return box;
}

void formula_add_grid(parser *in, setting *to, place at)
{
    static const struct {
        const char *name, *left, *right;
        bool to_the_left;
    } known[] = {{"pmatrix", "(", ")", false}, {"bmatrix", "[", "]", false},
                 {"vmatrix", "|", "|", false}, {"Vmatrix", "‖", "‖", false},
                 {"Bmatrix", "{", "}", false}, {"cases", "{", ".", true},
                 {"aligned", ".", ".", true},  {"matrix", ".", ".", false}};
    enum { KNOWN = sizeof known / sizeof *known };
    const double em = formula_size(in, at);
    grid g = {.rows = 0};
    size_t kind = 0;
    formula_skip_blanks(in);
    const size_t n = *in->p == '{' ? strcspn(in->p + 1, "}") : 0;
    while (kind + 1 < KNOWN && !formula_is(in->p + 1, n, known[kind].name))
        kind++;
    in->p += n > 0 ? n + 1 + (in->p[n + 1] == '}') : 0;
    read_grid(in, &g, at);
    inline_box box = lay_grid(&g, em, known[kind].to_the_left);
    const double pad = .08 * em; /* of the brackets, above and below */
    box.rise = at.rise;
    box.ascent += pad;
    box.descent += pad;
    put_in_brackets(in, to, box, known[kind].left, known[kind].right, em);
}
