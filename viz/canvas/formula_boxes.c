/* Fractions, roots, accents, limits. */
#include "viz/canvas/formula_inside.h"

#include <math.h>
#include <string.h>

bool formula_is(const char *name, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(name, word, n) == 0;
}

void box_put(setting *to, const inline_box *box)
{
    g_string_append(to->markup, "\xef\xbf\xbc");
    g_ptr_array_add(to->boxes, g_memdup2(box, sizeof *box));
}

void box_add_part(inline_box *box, setting *what, double x, double y)
{
    box->parts = g_renew(box_part, box->parts, box->parts_n + 1);
    box->parts[box->parts_n++] = (box_part){what, x, y};
}

void box_add_rule(inline_box *box, box_rule rule)
{
    if (box->rules_n < sizeof box->rules / sizeof *box->rules)
        box->rules[box->rules_n++] = rule;
}

void box_note_height(parser *in, const inline_box *box, double em)
{
    in->lift = fmax(0, box->ascent - .85 * em);
    in->drop = fmax(0, box->descent - .3 * em);
}

/* --- fractions, roots, accents ------------------------------------------------------------- */

static void add_fraction(parser *in, setting *to, place at)
{
    const place inside = {at.level + (at.level > 0), 0, at.upright, at.bold};
    setting *top = formula_argument(in, inside), *bottom = formula_argument(in, inside);
    const double em = formula_size(in, inside), bar = -FORMULA_AXIS * em, gap = .16 * em;
    double top_width, bottom_width, up, down;
    inline_box box = {.rise = at.rise, .size = em};
    setting_measure(in, top, &top_width, &up, &down);
    box.ascent = .45 * em + up + down;
    const double top_y = bar - gap - down;
    setting_measure(in, bottom, &bottom_width, &up, &down);
    box.descent = up + down - .05 * em;
    box.width = fmax(top_width, bottom_width) + .3 * em;
    box_add_part(&box, top, (box.width - top_width) / 2, top_y);
    box_add_part(&box, bottom, (box.width - bottom_width) / 2, bar + gap + up);
    box_add_rule(&box, (box_rule){RULE_LINE, false, .05 * em, bar, box.width - .1 * em, 0});
    box_put(to, &box);
    box_note_height(in, &box, em);
}

static void add_root(parser *in, setting *to, place at)
{
    const place inside = {at.level, 0, at.upright, at.bold};
    setting *degree = NULL; /* \sqrt[3]{…} */
    formula_skip_blanks(in);
    if (*in->p == '[') {
        in->p++;
        degree = setting_new();
        formula_add_list(in, degree, ']', (place){at.level + 2, 0, false, false});
    }
    setting *of = formula_argument(in, inside);
    const double em = formula_size(in, at), hook = .55 * em;
    double width, up, down;
    setting_measure(in, of, &width, &up, &down);
    up = fmax(up, .6 * em) + .14 * em;
    down = fmax(down, 0) + .04 * em;
    inline_box box = {.rise = at.rise, .size = em, .ascent = up, .descent = down};
    box.width = hook + width + .12 * em;
    box_add_part(&box, of, hook, 0);
    if (degree)
        box_add_part(&box, degree, .02 * em, down - .62 * em);
    box_add_rule(&box, (box_rule){RULE_ROOT, false, 0, -up, box.width - .04 * em, up + down});
    box_put(to, &box);
}

static void add_overline(parser *in, setting *to, place at)
{
    setting *of = formula_argument(in, (place){at.level, 0, at.upright, at.bold});
    const double em = formula_size(in, at);
    double width, up, down;
    setting_measure(in, of, &width, &up, &down);
    inline_box box = {.rise = at.rise, .size = em, .ascent = up + .16 * em, .descent = down};
    box.width = width;
    box_add_part(&box, of, 0, 0);
    box_add_rule(&box, (box_rule){RULE_LINE, false, .06 * em, -up - .1 * em, width - .06 * em, 0});
    box_put(to, &box);
}

/* A sign above the middle of what follows. */
static void add_accent(parser *in, setting *to, const char *above, place at)
{
    setting *of = formula_argument(in, (place){at.level, 0, at.upright, at.bold});
    setting *sign = setting_new();
    const double em = formula_size(in, at);
    double width, up, down, sign_width, sign_up, sign_down;
    formula_add_text(in, sign, above, strlen(above), false, strcmp(above, "→") == 0 ? .6 : 1,
                     (place){.level = at.level});
    setting_measure(in, of, &width, &up, &down);
    setting_measure(in, sign, &sign_width, &sign_up, &sign_down);
    inline_box box = {.rise = at.rise, .size = em, .descent = down};
    const double y = -up - .08 * em - sign_down;
    box.width = width;
    box.ascent = sign_up - y;
    box_add_part(&box, of, 0, 0);
    box_add_part(&box, sign, (width - sign_width) / 2 + .06 * em,
                 y); /* slanted letters lean over */
    box_put(to, &box);
}

/* A brace under what follows, and its script under the brace. */
static void add_underbrace(parser *in, setting *to, place at)
{
    setting *of = formula_argument(in, (place){at.level, 0, at.upright, at.bold}), *label = NULL;
    const double em = formula_size(in, at), brace = .3 * em;
    double width, up, down, label_width = 0, label_up = 0, label_down = 0;
    setting_measure(in, of, &width, &up, &down);
    formula_skip_blanks(in);
    if (*in->p == '_') {
        in->p++;
        label = formula_argument(in, (place){at.level + 1, 0, at.upright, false});
        setting_measure(in, label, &label_width, &label_up, &label_down);
    }
    inline_box box = {.rise = at.rise, .size = em, .ascent = up, .width = fmax(width, label_width)};
    const double y = fmax(down, 0) + .1 * em;
    box.descent = y + brace + (label ? .12 * em + label_up + label_down : 0);
    box_add_part(&box, of, (box.width - width) / 2, 0);
    if (label)
        box_add_part(&box, label, (box.width - label_width) / 2, y + brace + .12 * em + label_up);
    box_add_rule(&box,
                 (box_rule){RULE_UNDERBRACE, false, (box.width - width) / 2, y, width, brace});
    box_put(to, &box);
}

/* --- limits -------------------------------------------------------------------------------- */

static bool takes_limits(const char *name, size_t n, const char **sign)
{
    static const struct {
        const char *name, *sign; /* NULL: the name itself */
    } known[] = {{"sum", "∑"}, {"prod", "∏"}, {"lim", NULL}, {"max", NULL}, {"min", NULL}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (formula_is(name, n, known[k].name)) {
            *sign = known[k].sign;
            return true;
        }
    return false;
}

/* The sign with its limits above and below, where the formula stands by itself; false: beside it.
 */
static bool add_limits(parser *in, setting *to, const char *name, size_t n, place at)
{
    const char *sign = NULL;
    if (!in->display || at.level > 0 || !takes_limits(name, n, &sign))
        return false;
    const char *next = in->p + strspn(in->p, " ");
    if (*next != '_' && *next != '^' && !sign)
        return false;
    const double em = formula_size(in, at), gap = .12 * em;
    setting *of = setting_new();
    double w[3] = {0}, up[3] = {0}, down[3] = {0}; /* itself, below, above */
    setting *limit[3] = {NULL};
    formula_add_text(in, of, sign ? sign : name, sign ? strlen(sign) : n, false, sign ? 1.4 : 1,
                     (place){.level = at.level});
    setting_measure(in, of, &w[0], &up[0], &down[0]);
    for (formula_skip_blanks(in); *in->p == '_' || *in->p == '^'; formula_skip_blanks(in)) {
        const size_t which = *in->p++ == '^' ? 2 : 1;
        setting_free(limit[which]);
        limit[which] = formula_argument(in, (place){at.level + 1, 0, at.upright, false});
        setting_measure(in, limit[which], &w[which], &up[which], &down[which]);
    }
    const double y =
        sign ? (up[0] - down[0]) / 2 - FORMULA_AXIS * em : 0; /* its middle on the axis */
    inline_box box = {.rise = at.rise, .size = em, .width = fmax(w[0], fmax(w[1], w[2]))};
    box.ascent = up[0] - y + (limit[2] ? gap + up[2] + down[2] : 0);
    box.descent = down[0] + y + (limit[1] ? gap + up[1] + down[1] : 0);
    box_add_part(&box, of, (box.width - w[0]) / 2, y);
    if (limit[1])
        box_add_part(&box, limit[1], (box.width - w[1]) / 2, y + down[0] + gap + up[1]);
    if (limit[2])
        box_add_part(&box, limit[2], (box.width - w[2]) / 2, y - up[0] - gap - down[2]);
    box_put(to, &box);
    return true;
}

/* --- by name ------------------------------------------------------------------------------- */

bool formula_add_box(parser *in, setting *to, const char *name, size_t n, place at, atom_kind *kind)
{
    static const struct {
        const char *name;
        void (*add)(parser *in, setting *to, place at);
    } known[] = {{"frac", add_fraction},         {"sqrt", add_root},
                 {"overline", add_overline},     {"bar", add_overline},
                 {"underbrace", add_underbrace}, {"left", formula_add_sides},
                 {"begin", formula_add_grid}};
    static const struct {
        const char *name, *above;
    } accents[] = {{"hat", "ˆ"}, {"tilde", "˜"}, {"dot", "˙"}, {"vec", "→"}, {"check", "ˇ"}};
    *kind = ATOM_PLAIN;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (formula_is(name, n, known[k].name)) {
            known[k].add(in, to, at);
            return true;
        }
    for (size_t k = 0; k < sizeof accents / sizeof *accents; k++)
        if (formula_is(name, n, accents[k].name)) {
            add_accent(in, to, accents[k].above, at);
            return true;
        }
    if (!add_limits(in, to, name, n, at))
        return false;
    *kind = ATOM_OPERATOR;
    return true;
}
