/* Setting text. */
#include "viz/canvas/formula.h"
#include "viz/canvas/inside.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const families[] = {
    [FACE_TEXT] = "Inter, WenQuanYi Micro Hei, Noto Sans CJK SC, DejaVu Sans, sans-serif",
    [FACE_FORMULA] = "STIX, STIX Two Text, STIXGeneral, serif",
    [FACE_NUMBER] = "JetBrains Mono, DejaVu Sans Mono, monospace"};

/* of the size: from the baseline to the top and bottom of a line, half the height of capitals, and
 * from baseline to baseline */
static const double ascent = .96, descent = .26, capital = .36, leading = 1.5;

/* Chinese characters: from U+3000 on. Their faces have no semibold, and come out plain; bold is
 * made where it is missing. */
static bool has_chinese(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0xE3 && (unsigned char)*text <= 0xE9)
            return true;
    return false;
}

static void set_font(PangoLayout *layout, text_style style, double size, const char *text)
{
    const PangoWeight bold = has_chinese(text) ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_SEMIBOLD;
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, families[style.face]);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, style.bold ? bold : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

static void set_shape(PangoLayout *layout, text_style style)
{
    static const PangoAlignment alignments[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                                PANGO_ALIGN_RIGHT};
    const double width = style.width > 0 ? style.width : style.max;
    pango_layout_set_width(layout, width > 0 ? (int)(width * PANGO_SCALE) : -1);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout, style.width > 0 || !(style.max > 0) ? PANGO_ELLIPSIZE_NONE
                                                                           : PANGO_ELLIPSIZE_END);
    pango_layout_set_alignment(layout,
                               style.width > 0 ? alignments[style.across] : PANGO_ALIGN_LEFT);
}

/* Lines of the same height whatever is in them, and no ligatures among numbers and in code, which a
 * sentence too can have in it: <= is to be read as it is typed. */
static void add_attributes(PangoLayout *layout, text_style style, double size)
{
    PangoAttrList *given = pango_layout_get_attributes(layout);
    PangoAttrList *all = given ? pango_attr_list_copy(given) : pango_attr_list_new();
    if (style.width > 0)
        pango_attr_list_insert(
            all, pango_attr_line_height_new_absolute((int)(size * leading * PANGO_SCALE)));
    if (style.face != FACE_FORMULA)
        pango_attr_list_insert(all, pango_attr_font_features_new("calt=0, liga=0"));
    pango_layout_set_attributes(layout, all);
    pango_attr_list_unref(all);
}

/* A text laid out, and where its parts lie: x, y of the layout's corner, its box and its ink, all
 * as if not turned. */
typedef struct laid {
    setting *setting; /* NULL: no formula in it */
    double x, y;
    rect box, ink;
} laid;

static bool has_formula(text_style style, const char *text)
{
    return style.face == FACE_FORMULA || (!style.plain && strpbrk(text, "$" MARKS));
}

static double baseline_for(text_style style, double y, double size, double between)
{
    switch (style.down) {
    case DOWN_MIDDLE:
        return y + capital * size - between / 2;
    case DOWN_TOP:
        return y + ascent * size;
    case DOWN_BOTTOM:
        return y - descent * size - between;
    default:
        return y;
    }
}

static int rise_of(const PangoItem *item)
{
    int rise = 0;
    for (GSList *l = item->analysis.extra_attrs; l; l = l->next) {
        const PangoAttribute *attribute = l->data;
        if (attribute->klass->type == PANGO_ATTR_RISE)
            rise += ((const PangoAttrInt *)attribute)->value;
    }
    return rise;
}

/* Everything on one alphabetic baseline. Pango lines up the runs of a line that begins with Chinese
 * by the ideographic baselines of their fonts instead, which lifts the formulas. */
static void level(PangoLayout *layout)
{
    for (GSList *line = pango_layout_get_lines(layout); line; line = line->next)
        for (GSList *run = ((PangoLayoutLine *)line->data)->runs; run; run = run->next) {
            PangoLayoutRun *glyphs = run->data;
            glyphs->y_offset = rise_of(glyphs->item);
        }
}

static laid lay_out(canvas *c, double x, double y, text_style style, const char *text)
{
    const double size = style.size > 0 ? style.size : TYPE_BODY;
    PangoLayout *layout = c->layout;
    laid l = {0};
    pango_layout_set_attributes(layout, NULL);
    set_font(layout, style, size, text);
    set_shape(layout, style);
    if (has_formula(style, text)) {
        l.setting =
            setting_make(pango_layout_get_context(layout), text, style.face == FACE_FORMULA, size);
        setting_lay(l.setting, layout);
    } else {
        char *valid = g_utf8_make_valid(text, -1);
        pango_layout_set_text(layout, valid, -1);
        g_free(valid);
    }
    add_attributes(layout, style, size);
    level(layout);

    PangoRectangle ink, logical;
    pango_layout_get_extents(layout, &ink, &logical);
    const double one = 1.0 / PANGO_SCALE, width = logical.width * one;
    const double first = pango_layout_get_baseline(layout) * one;
    const int lines = pango_layout_get_line_count(layout);
    const double between = (lines - 1) * size * leading;
    /* a fraction stands higher than a line of words and hangs lower: it gets the room it needs */
    const double over = fmax(0, first - ink.y * one - ascent * size);
    const double under = (ink.y + ink.height) * one - first - between - descent * size;
    const double baseline =
        baseline_for(style, y, size, between) + (style.down == DOWN_TOP ? over : 0);
    const double across = style.across == ACROSS_MIDDLE ? .5 : style.across == ACROSS_RIGHT;
    const double left = x - across * (style.width > 0 ? style.width : width);
    l.x = left - (style.width > 0 ? 0 : logical.x * one);
    l.y = baseline - first;
    l.box = (rect){l.x + logical.x * one, baseline - ascent * size, width,
                   between + (ascent + descent) * size};
    if (style.down == DOWN_TOP) {
        l.box.y -= over;
        l.box.h += over + fmax(0, under);
    }
    l.ink = (rect){l.x + ink.x * one, l.y + ink.y * one, ink.width * one, ink.height * one};
    return l;
}

/* (x, y) is the point it turns about */
static rect turned(rect r, double x, double y)
{
    return (rect){x + (r.y - y), y - (r.x - x) - r.w, r.h, r.w};
}

static void record(canvas *c, text_style style, const char *text, rect ink)
{
    if (c->texts_n == c->texts_room) {
        const size_t room = c->texts_room * 2 + 64;
        text_box *grown = realloc(c->texts, room * sizeof *grown);
        if (!grown)
            return;
        c->texts = grown;
        c->texts_room = room;
    }
    c->texts[c->texts_n++] =
        (text_box){ink, strdup(text), pango_layout_get_unknown_glyphs_count(c->layout),
                   style.size > 0 ? style.size : TYPE_BODY, ink_color(c->theme, style.ink)};
}

rect canvas_text(canvas *c, double x, double y, text_style style, const char *text)
{
    laid l = lay_out(c, x, y, style, text);
    canvas_set_color(c, style.ink, 1);
    pango_cairo_context_set_shape_renderer(pango_layout_get_context(c->layout), setting_draw_box,
                                           NULL, NULL);
    cairo_save(c->cr);
    if (style.upwards) {
        cairo_translate(c->cr, x, y);
        cairo_rotate(c->cr, -G_PI / 2);
        cairo_translate(c->cr, -x, -y);
    }
    cairo_move_to(c->cr, l.x, l.y);
    pango_cairo_show_layout(c->cr, c->layout);
    cairo_restore(c->cr);
    cairo_new_path(c->cr);
    if (c->recording && *text)
        record(c, style, text, style.upwards ? turned(l.ink, x, y) : l.ink);
    pango_layout_set_attributes(c->layout, NULL); /* they point into the setting */
    setting_free(l.setting);
    return style.upwards ? turned(l.box, x, y) : l.box;
}

rect canvas_textf(canvas *c, double x, double y, text_style style, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return canvas_text(c, x, y, style, text);
}

rect canvas_measure(canvas *c, double x, double y, text_style style, const char *text)
{
    laid l = lay_out(c, x, y, style, text);
    pango_layout_set_attributes(c->layout, NULL);
    setting_free(l.setting);
    return style.upwards ? turned(l.box, x, y) : l.box;
}

double canvas_text_width(canvas *c, text_style style, const char *text)
{
    style.upwards = false;
    return canvas_measure(c, 0, 0, style, text).w;
}

void canvas_record(canvas *c, bool on)
{
    for (size_t k = 0; k < c->texts_n; k++)
        free(c->texts[k].text);
    free(c->texts);
    c->texts = NULL;
    c->texts_n = c->texts_room = 0;
    c->recording = on;
    c->remark = NULL;
}

size_t canvas_texts(const canvas *c, const text_box **boxes)
{
    if (boxes)
        *boxes = c->texts;
    return c->texts_n;
}
