#include "viz/canvas/formula.h"

#include "viz/canvas/canvas.h"
#include "viz/canvas/formula_signs.h"

#include <math.h>
#include <string.h>

static const char family[] = "STIX, STIX Two Text, STIXGeneral, serif";
static const double larger = 1.14; /* STIX's letters are smaller than Inter's at the same size */

typedef struct parser {
    PangoContext *context;
    const char *p;
    double size; /* of the text around, in pixels */
} parser;

/* Where in a formula: how deep in scripts, how far raised, upright or slanted. */
typedef struct place {
    int level;
    double rise;
    bool upright;
} place;

typedef enum atom_kind { ATOM_PLAIN, ATOM_BINARY, ATOM_OPEN, ATOM_COMMA } atom_kind;

static setting *setting_new(void)
{
    setting *s = g_new0(setting, 1);
    s->markup = g_string_new(NULL);
    s->boxes = g_ptr_array_new();
    return s;
}

void setting_free(setting *s)
{
    if (!s)
        return;
    for (guint k = 0; k < s->boxes->len; k++) {
        inline_box *box = g_ptr_array_index(s->boxes, k);
        setting_free(box->top);
        setting_free(box->bottom);
        g_free(box);
    }
    g_ptr_array_free(s->boxes, TRUE);
    g_string_free(s->markup, TRUE);
    g_free(s);
}

static PangoRectangle pango_box(double width, double ascent, double descent)
{
    return (PangoRectangle){0, (int)(-ascent * PANGO_SCALE), (int)(width * PANGO_SCALE),
                            (int)((ascent + descent) * PANGO_SCALE)};
}

void setting_lay(const setting *s, PangoLayout *layout)
{
    static const char object[] = "\xef\xbf\xbc"; /* U+FFFC */
    PangoAttrList *attributes = NULL;
    char *text = NULL;
    if (!pango_parse_markup(s->markup->str, -1, 0, &attributes, &text, NULL, NULL)) {
        pango_layout_set_text(layout, s->markup->str, -1);
        return;
    }
    const char *at = text;
    for (guint k = 0; k < s->boxes->len && (at = strstr(at, object)) != NULL; k++, at += 3) {
        inline_box *box = g_ptr_array_index(s->boxes, k);
        PangoRectangle r = pango_box(box->width, box->ascent, box->descent);
        PangoAttribute *shape = pango_attr_shape_new_with_data(&r, &r, box, NULL, NULL);
        shape->start_index = (guint)(at - text);
        shape->end_index = shape->start_index + 3;
        pango_attr_list_insert(attributes, shape);
    }
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    g_free(text);
}

/* Width, height above and below the baseline, in pixels. */
static void measure(const parser *in, const setting *s, double *width, double *ascent,
                    double *descent)
{
    PangoLayout *layout = pango_layout_new(in->context);
    PangoRectangle ink, logical;
    setting_lay(s, layout);
    pango_layout_get_extents(layout, &ink, &logical);
    const int baseline = pango_layout_get_baseline(layout);
    *width = (double)logical.width / PANGO_SCALE;
    *ascent = (double)(baseline - ink.y) / PANGO_SCALE;
    *descent = (double)(ink.y + ink.height - baseline) / PANGO_SCALE;
    g_object_unref(layout);
}

static void add_box(setting *to, inline_box box)
{
    g_string_append(to->markup, "\xef\xbf\xbc");
    g_ptr_array_add(to->boxes, g_memdup2(&box, sizeof box));
}

/* No line is broken here: a word joiner. */
static void hold(setting *to) { g_string_append(to->markup, "\u2060"); }

/* Moves what one setting holds to the end of another. */
static void append_setting(setting *to, setting *from)
{
    g_string_append(to->markup, from->markup->str);
    for (guint k = 0; k < from->boxes->len; k++)
        g_ptr_array_add(to->boxes, g_ptr_array_index(from->boxes, k));
    g_ptr_array_set_size(from->boxes, 0);
    setting_free(from);
}

static double size_at(const parser *in, place at)
{
    static const double scales[] = {1, .74, .6};
    return in->size * larger * scales[at.level < 2 ? at.level : 2];
}

/* n bytes of text in the formula's face */
static void add_text(const parser *in, setting *to, const char *text, size_t n, bool slanted,
                     place at)
{
    char *escaped = g_markup_escape_text(text, (gssize)n);
    g_string_append_printf(to->markup,
                           "<span font_family='%s' size='%d' rise='%d' style='%s'>%s</span>",
                           family, (int)(size_at(in, at) * PANGO_SCALE),
                           (int)(at.rise * PANGO_SCALE), slanted ? "italic" : "normal", escaped);
    g_free(escaped);
}

static void add_string(const parser *in, setting *to, const char *text, bool slanted, place at)
{
    add_text(in, to, text, strlen(text), slanted, at);
}

static void add_list(parser *in, setting *to, char until, place at);

static void skip_blanks(parser *in)
{
    while (*in->p == ' ' || *in->p == '\n' || *in->p == '\t')
        in->p++;
}

/* A sign: letters slant, operators take space around them outside scripts. */
static atom_kind add_sign(const parser *in, setting *to, const char *sign, size_t n,
                          atom_kind before, place at)
{
    static const char binary[] = "=+<>−⊙·×±≤≥≈≠→←∈∝≪≫↦~";
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

/* {…} or one atom, as a setting of its own */
static setting *argument(parser *in, place at)
{
    setting *s = setting_new();
    skip_blanks(in);
    if (*in->p == '{') {
        in->p++;
        add_list(in, s, '}', at);
    } else
        add_list(in, s, '\0', at);
    return s;
}

static void add_fraction(parser *in, setting *to, place at)
{
    place inside = {at.level + (at.level > 0), 0, at.upright};
    setting *top = argument(in, inside), *bottom = argument(in, inside);
    double top_width, bottom_width, up, down;
    inline_box box = {.rise = at.rise, .size = size_at(in, inside), .top = top, .bottom = bottom};
    measure(in, top, &top_width, &up, &down);
    box.ascent = box.size * .45 + up + down;
    measure(in, bottom, &bottom_width, &up, &down);
    box.descent = up + down - box.size * .05;
    box.width = fmax(top_width, bottom_width) + box.size * .3;
    add_box(to, box);
}

/* \text{…}: as it stands, upright */
static void add_upright(parser *in, setting *to, bool blanks, place at)
{
    at.upright = true;
    if (*in->p != '{')
        return;
    in->p++;
    if (!blanks) {
        add_list(in, to, '}', at);
        return;
    }
    const size_t n = strcspn(in->p, "}");
    add_text(in, to, in->p, n, false, at);
    in->p += n + (in->p[n] == '}');
}

static bool is(const char *name, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(name, word, n) == 0;
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
        const char *sign = *name == '|' ? "‖" : *name == ',' || *name == ';' ? "\u2009" : NULL;
        add_text(in, to, sign ? sign : name, sign ? strlen(sign) : *name != '\0', false, at);
        return ATOM_PLAIN;
    }
    if (is(name, n, "frac")) {
        add_fraction(in, to, at);
        return ATOM_PLAIN;
    }
    if (is(name, n, "text") || is(name, n, "mathrm") || is(name, n, "operatorname")) {
        add_upright(in, to, is(name, n, "text"), at);
        return ATOM_PLAIN;
    }
    const char *sign = formula_sign(name, n);
    if (sign)
        return *sign ? add_sign(in, to, sign, strlen(sign), before, at) : before;
    add_text(in, to, name, n, false, at);
    if (g_ascii_isalpha(*in->p) || (*in->p == ' ' && g_ascii_isalpha(in->p[1])))
        add_string(in, to, "\u2009", false, at);
    return ATOM_PLAIN;
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
        add_list(in, to, '}', at);
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
    const double em = size_at(in, at);
    for (skip_blanks(in); *in->p == '_' || *in->p == '^'; skip_blanks(in)) {
        const int kind = *in->p++ == '^';
        setting_free(script[kind]);
        script[kind] =
            argument(in, (place){at.level + 1, at.rise + em * (kind ? .36 : -.19), at.upright});
        measure(in, script[kind], &width[kind], &up, &down);
    }
    if (script[0])
        append_setting(to, script[0]);
    if (script[0] && script[1]) {
        hold(to);
        add_box(to, (inline_box){.width = -width[0]});
        hold(to);
    }
    if (script[1])
        append_setting(to, script[1]);
    const double after = script[0] && script[1] && width[0] > width[1] ? width[0] - width[1] : 0;
    if (script[0] || script[1]) { /* and a little air: slanted letters lean over */
        hold(to);
        add_box(to, (inline_box){.width = after + em * .07});
    }
}

/* Atoms up to the closing character, which is passed; until 0: one atom without scripts. */
static void add_list(parser *in, setting *to, char until, place at)
{
    atom_kind before = ATOM_OPEN;
    for (;;) {
        skip_blanks(in);
        if (*in->p == '\0')
            return;
        if (*in->p == until) {
            in->p++;
            return;
        }
        const bool slash = *in->p == '/';
        before = add_atom(in, to, before, at);
        if (slash)
            hold(to);
        if (until == '\0')
            return;
        add_scripts(in, to, at);
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
            const bool upright = mark == slanted && has_chinese(text + words + 1, n - words - 1);
            g_string_append(to->markup, upright ? heavy : mark);
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
    parser in = {context, valid, size};
    setting *s = setting_new();
    if (whole)
        add_list(&in, s, '\x01', (place){0});
    while (*in.p) {
        if (*in.p == '$') {
            in.p++;
            add_list(&in, s, '$', (place){0});
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
