#include "viz/canvas/formula_inside.h"

#include "viz/canvas/canvas.h"
#include "viz/canvas/formula_signs.h"

#include <math.h>
#include <string.h>

static const char family[] = "STIX, STIX Two Text, STIXGeneral, serif";
static const double larger = 1.14; /* STIX's letters are smaller than Inter's at the same size */

static void add_space(setting *to, double width)
{
    const inline_box box = {.width = width};
    g_string_append(to->markup, "\xef\xbf\xbc");
    g_ptr_array_add(to->boxes, g_memdup2(&box, sizeof box));
}

/* No line is broken here: a word joiner. */
static void hold(setting *to) { g_string_append(to->markup, "\u2060"); }

double formula_size(const parser *in, place at)
{
    static const double scales[] = {1, .74, .6};
    return in->size * larger * scales[at.level < 2 ? at.level : 2];
}

void formula_add_text(const parser *in, setting *to, const char *text, size_t n, bool slanted,
                      double times, place at)
{
    char *escaped = g_markup_escape_text(text, (gssize)n);
    g_string_append_printf(
        to->markup, "<span font_family='%s' size='%d' rise='%d' style='%s' weight='%s'>%s</span>",
        family, (int)(times * formula_size(in, at) * PANGO_SCALE), (int)(at.rise * PANGO_SCALE),
        slanted ? "italic" : "normal", at.bold ? "bold" : "normal", escaped);
    g_free(escaped);
}

static void add_text(const parser *in, setting *to, const char *text, size_t n, bool slanted,
                     place at)
{
    formula_add_text(in, to, text, n, slanted, 1, at);
}

static void add_string(const parser *in, setting *to, const char *text, bool slanted, place at)
{
    add_text(in, to, text, strlen(text), slanted, at);
}

void formula_skip_blanks(parser *in)
{
    while (*in->p == ' ' || *in->p == '\n' || *in->p == '\t')
        in->p++;
}

/* A sign: letters slant, operators take space around them outside scripts. */
static atom_kind add_sign(const parser *in, setting *to, const char *sign, size_t n,
                          atom_kind before, place at)
{
    static const char binary[] = "=+<>−⊙·×±≤≥≈≠→←∈∝≪≫↦~⇒⇔≡⊂∪∩⊗⊕∗";
    const gunichar letter = g_utf8_get_char(sign);
    const bool is_binary = n > 0 && g_utf8_strchr(binary, -1, letter) != NULL;
    const bool slanted = !at.upright && (g_unichar_isalpha(letter) || letter == 0x2202) &&
                         letter < 0x2e80 && !g_unichar_isupper(letter < 0x370 ? 0 : letter);
    if (is_binary && at.level == 0 && before == ATOM_PLAIN) {
        const char *space = letter == 0xb7 ? "\u200a" : "\u2009";
        add_string(in, to, space, false, at);
        add_text(in, to, sign, n, false, at);
        add_string(in, to, space, false, at);
        return ATOM_BINARY;
    }
    add_text(in, to, sign, n, slanted, at);
    if (letter == ',' && at.level == 0)
        add_string(in, to, "\u2009", false, at);
    return is_binary || strchr("([{,", *sign) ? ATOM_OPEN : ATOM_PLAIN;
}

setting *formula_argument(parser *in, place at)
{
    setting *s = setting_new();
    formula_skip_blanks(in);
    if (*in->p == '{') {
        in->p++;
        formula_add_list(in, s, '}', at);
    } else
        formula_add_list(in, s, '\0', at);
    return s;
}

/* \text{…}: as it stands, upright */
static void add_upright(parser *in, setting *to, bool blanks, place at)
{
    at.upright = true;
    if (*in->p != '{')
        return;
    in->p++;
    if (!blanks) {
        formula_add_list(in, to, '}', at);
        return;
    }
    const size_t n = strcspn(in->p, "}");
    add_text(in, to, in->p, n, false, at);
    in->p += n + (in->p[n] == '}');
}

/* \mathbb{R}, \mathcal{L}: the letters that are signs of their own, others as they are */
static void add_lettering(parser *in, setting *to, place at)
{
    static const char *const signs[][2] = {{"R", "ℝ"}, {"N", "ℕ"}, {"Z", "ℤ"},
                                           {"C", "ℂ"}, {"E", "𝔼"}, {"L", "ℒ"}};
    const bool one = in->p[0] == '{' && in->p[1] && in->p[2] == '}';
    for (size_t k = 0; one && k < sizeof signs / sizeof *signs; k++)
        if (in->p[1] == *signs[k][0]) {
            add_string(in, to, signs[k][1], false, at);
            in->p += 3;
            return;
        }
    setting_append(to, formula_argument(in, at));
}

/* after the backslash */
static atom_kind add_command(parser *in, setting *to, atom_kind before, place at)
{
    const char *name = in->p;
    size_t n = 0;
    while (g_ascii_isalpha(name[n]))
        n++;
    in->p += n > 0 ? n : *name != '\0';
    if (n == 0) {
        const char *sign = *name == '|'                              ? "‖"
                           : *name != '\0' && strchr(",;:\\", *name) ? "\u2009"
                                                                     : NULL;
        add_text(in, to, sign ? sign : name, sign ? strlen(sign) : *name != '\0', false, at);
        return ATOM_PLAIN;
    }
    atom_kind kind = ATOM_PLAIN;
    if (formula_add_box(in, to, name, n, at, &kind))
        return kind;
    if (formula_is(name, n, "mathbb") || formula_is(name, n, "mathcal")) {
        add_lettering(in, to, at);
        return ATOM_PLAIN;
    }
    if (formula_is(name, n, "mathbf")) {
        at.bold = true;
        add_upright(in, to, false, at);
        return ATOM_PLAIN;
    }
    if (formula_is(name, n, "text") || formula_is(name, n, "mathrm") ||
        formula_is(name, n, "operatorname")) {
        add_upright(in, to, formula_is(name, n, "text"), at);
        return ATOM_PLAIN;
    }
    const char *sign = formula_sign(name, n);
    if (sign && strstr("∑∏∫", sign) && *sign) {
        add_string(in, to, sign, false, at);
        return ATOM_OPERATOR;
    }
    if (sign)
        return *sign ? add_sign(in, to, sign, strlen(sign), before, at) : before;
    if (before == ATOM_PLAIN && at.level == 0)
        add_string(in, to, "\u2009", false, at);
    add_text(in, to, name, n, false, at);
    return ATOM_OPERATOR;
}

/* One atom without its scripts. */
static atom_kind add_atom(parser *in, setting *to, atom_kind before, place at)
{
    const char *p = in->p;
    const size_t n = (size_t)(g_utf8_next_char(p) - p);
    in->p += n;
    if (*p == '\\')
        return add_command(in, to, before, at);
    if (*p == '{') {
        formula_add_list(in, to, '}', at);
        return ATOM_PLAIN;
    }
    if (*p == '-')
        return add_sign(in, to, "−", strlen("−"), before, at);
    if (*p == '\'')
        return add_sign(in, to, "′", strlen("′"), before, at);
    return add_sign(in, to, p, n, before, at);
}

/* The scripts that follow an atom; both of them stand above each other. */
static void add_scripts(parser *in, setting *to, place at)
{
    setting *script[2] = {NULL, NULL}; /* sub, sup */
    double width[2] = {0, 0}, up, down;
    const double em = formula_size(in, at), lift = in->lift, drop = in->drop;
    for (formula_skip_blanks(in); *in->p == '_' || *in->p == '^'; formula_skip_blanks(in)) {
        const int kind = *in->p++ == '^';
        setting_free(script[kind]);
        script[kind] = formula_argument(
            in, (place){at.level + 1, at.rise + (kind ? em * .36 + lift : -em * .19 - drop),
                        at.upright, false});
        setting_measure(in, script[kind], &width[kind], &up, &down);
    }
    if (script[0])
        setting_append(to, script[0]);
    if (script[0] && script[1]) {
        hold(to);
        add_space(to, -width[0]);
        hold(to);
    }
    if (script[1])
        setting_append(to, script[1]);
    const double after = script[0] && script[1] && width[0] > width[1] ? width[0] - width[1] : 0;
    if (script[0] || script[1]) { /* and a little air: slanted letters lean over */
        hold(to);
        add_space(to, after + em * .07);
    }
}

/* The end of a cell or row of a matrix, or of what \left holds. */
static bool ends_here(const parser *in)
{
    const char *p = in->p;
    return (in->grids > 0 &&
            (*p == '&' || strncmp(p, "\\\\", 2) == 0 || strncmp(p, "\\end", 4) == 0)) ||
           (in->lefts > 0 && strncmp(p, "\\right", 6) == 0 && !g_ascii_isalpha(p[6]));
}

/* Between an operator and what it is applied to, unless that is in brackets. */
static void keep_away(parser *in, setting *to, char until, place at)
{
    formula_skip_blanks(in);
    if (at.level == 0 && *in->p && *in->p != until && !ends_here(in) &&
        !strchr("([{)]}=,.;:/'", *in->p))
        add_string(in, to, "\u2009", false, at);
}

void formula_add_list(parser *in, setting *to, char until, place at)
{
    atom_kind before = ATOM_OPEN;
    for (;;) {
        formula_skip_blanks(in);
        if (*in->p == '\0' || ends_here(in))
            return;
        if (*in->p == until) {
            in->p++;
            return;
        }
        const bool slash = *in->p == '/';
        in->lift = in->drop = 0;
        before = add_atom(in, to, before, at);
        if (slash)
            hold(to);
        if (until == '\0')
            return;
        add_scripts(in, to, at);
        if (before == ATOM_OPERATOR)
            keep_away(in, to, until, at);
    }
}

/* Whether the words up to the next mark have Chinese characters: from U+3000 on. */
static bool has_chinese(const char *text, size_t n)
{
    for (size_t k = 0; k < n && !strchr(MARKS, text[k]); k++)
        if ((unsigned char)text[k] >= 0xE3)
            return true;
    return false;
}

/* The words between formulas, marks become Pango's. */
static void add_words(setting *to, const char *text, size_t n)
{
    static const char code[] = "<span font_family=\"JetBrains Mono, monospace\" size=\"94%\">";
    static const char bold[] = "<span weight=\"semibold\">", heavy[] = "<span weight=\"bold\">",
                      slanted[] = "<span style=\"italic\">";
    static const char *const pango[] = {bold, "</span>", code, "</span>", slanted, "</span>"};
    while (n > 0) {
        size_t words = 0;
        while (words < n && !strchr(MARKS, text[words]))
            words++;
        char *escaped = g_markup_escape_text(text, (gssize)words);
        g_string_append(to->markup, escaped);
        g_free(escaped);
        if (words < n) {
            const char *mark = pango[strchr(MARKS, text[words]) - MARKS];
            const bool stressed = mark == slanted || mark == bold;
            const bool chinese = stressed && has_chinese(text + words + 1, n - words - 1);
            g_string_append(to->markup, chinese ? heavy : mark);
        }
        words += words < n;
        text += words;
        n -= words;
    }
}

/* A formula and the comma, bracket or full stop behind it stay on one line: to Pango the formula's
 * end is a picture, after which a line may break. */
static void hold_punctuation(setting *to, const char *after)
{
    static const char closing[] = ",.;:!?)]%，。；：！？）】、”’》";
    const size_t n = *after ? (size_t)(g_utf8_next_char(after) - after) : 0;
    char sign[8];
    (void)snprintf(sign, sizeof sign, "%.*s", (int)n, after);
    if (n > 0 && strstr(closing, sign))
        hold(to);
}

setting *setting_make(PangoContext *context, const char *text, bool whole, double size)
{
    char *valid = g_utf8_make_valid(text, -1);
    parser in = {.context = context, .p = valid, .size = size, .display = whole};
    setting *s = setting_new();
    if (whole)
        formula_add_list(&in, s, '\x01', (place){.level = 0});
    while (*in.p) {
        if (*in.p == '$') {
            in.p++;
            formula_add_list(&in, s, '$', (place){.level = 0});
            hold_punctuation(s, in.p);
            continue;
        }
        const bool dollar = in.p[0] == '\\' && in.p[1] == '$';
        in.p += dollar;
        const size_t n = dollar ? 1 : strcspn(in.p + 1, "$\\") + 1;
        add_words(s, in.p, n);
        in.p += n;
    }
    g_free(valid);
    return s;
}
