/* Drawing the boxes of formulas. */
#include "viz/canvas/formula.h"

#include <math.h>

/* A part, its baseline beginning at the point. */
static void draw_part(cairo_t *cr, const setting *s, double x, double y)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoContext *context = pango_layout_get_context(layout);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_cairo_context_set_shape_renderer(context, setting_draw_box, NULL, NULL);
    pango_layout_context_changed(layout);
    setting_lay(s, layout);
    cairo_move_to(cr, x, y - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_show_layout(cr, layout);
    g_object_unref(layout);
}

/* Brackets are drawn open to the right, from (0, 0) to (w, h). */

static void round_bracket(cairo_t *cr, double w, double h, double thick)
{
    const double out = -w * .28, in = out + 2.2 * thick; /* thin at the ends, thick in the middle */
    cairo_move_to(cr, w, 0);
    cairo_curve_to(cr, out, h * .28, out, h * .72, w, h);
    cairo_curve_to(cr, in, h * .72, in, h * .28, w, 0);
    cairo_fill(cr);
}

static void square_bracket(cairo_t *cr, double w, double h)
{
    cairo_move_to(cr, w, 0);
    cairo_line_to(cr, w * .3, 0);
    cairo_line_to(cr, w * .3, h);
    cairo_line_to(cr, w, h);
    cairo_stroke(cr);
}

static void brace(cairo_t *cr, double w, double h)
{
    const double middle = w * .5;
    cairo_move_to(cr, w, 0);
    cairo_curve_to(cr, middle, 0, middle, w * .3, middle, w * .6);
    cairo_line_to(cr, middle, h / 2 - w * .6);
    cairo_curve_to(cr, middle, h / 2 - w * .2, middle * .6, h / 2, 0, h / 2);
    cairo_curve_to(cr, middle * .6, h / 2, middle, h / 2 + w * .2, middle, h / 2 + w * .6);
    cairo_line_to(cr, middle, h - w * .6);
    cairo_curve_to(cr, middle, h - w * .3, middle, h, w, h);
    cairo_stroke(cr);
}

static void bar(cairo_t *cr, double x, double h)
{
    cairo_move_to(cr, x, 0);
    cairo_line_to(cr, x, h);
    cairo_stroke(cr);
}

static void root(cairo_t *cr, double w, double h, double em)
{
    cairo_move_to(cr, .06 * em, h - .42 * em);
    cairo_line_to(cr, .18 * em, h - .5 * em);
    cairo_line_to(cr, .34 * em, h);
    cairo_line_to(cr, .52 * em, 0);
    cairo_line_to(cr, w, 0);
    cairo_stroke(cr);
}

static void draw_rule(cairo_t *cr, const box_rule *rule, double x, double y, double em)
{
    const double thick = fmax(.75, em * .05), w = rule->w, h = rule->h;
    cairo_save(cr);
    cairo_translate(cr, x + rule->x, y + rule->y);
    cairo_set_line_width(cr, thick);
    if (rule->mirrored) {
        cairo_translate(cr, w, 0);
        cairo_scale(cr, -1, 1);
    }
    switch (rule->kind) {
    case RULE_LINE:
        cairo_move_to(cr, 0, 0);
        cairo_line_to(cr, w, 0);
        cairo_stroke(cr);
        break;
    case RULE_ROOT:
        root(cr, w, h, em);
        break;
    case RULE_ROUND:
        round_bracket(cr, w, h, thick);
        break;
    case RULE_SQUARE:
        square_bracket(cr, w, h);
        break;
    case RULE_BRACE:
        brace(cr, w, h);
        break;
    case RULE_BARS:
        bar(cr, w * .3, h);
        bar(cr, w * .7, h);
        break;
    case RULE_BAR:
        bar(cr, w * .5, h);
        break;
    case RULE_UNDERBRACE: /* a brace that lies */
        cairo_translate(cr, 0, h);
        cairo_rotate(cr, -G_PI / 2);
        brace(cr, h, w);
        break;
    }
    cairo_restore(cr);
}

void setting_draw_box(cairo_t *cr, PangoAttrShape *shape, gboolean path, gpointer data)
{
    const inline_box *box = shape->data;
    double x, y;
    (void)path;
    (void)data;
    if (!box || box->parts_n == 0)
        return;
    cairo_get_current_point(cr, &x, &y);
    y -= box->rise;
    cairo_save(cr);
    for (size_t k = 0; k < box->rules_n; k++)
        draw_rule(cr, &box->rules[k], x, y, box->size);
    for (size_t k = 0; k < box->parts_n; k++)
        draw_part(cr, box->parts[k].what, x + box->parts[k].x, y + box->parts[k].y);
    cairo_restore(cr);
    cairo_move_to(cr, x + box->width, y + box->rise);
}
