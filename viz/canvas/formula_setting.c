/* Markup and boxes: what a formula is set into. */
#include "viz/canvas/formula_inside.h"

#include <string.h>

setting *setting_new(void)
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
        for (size_t j = 0; j < box->parts_n; j++)
            setting_free(box->parts[j].what);
        g_free(box->parts);
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

void setting_measure(const parser *in, const setting *s, double *width, double *ascent,
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

void setting_append(setting *to, setting *from)
{
    g_string_append(to->markup, from->markup->str);
    for (guint k = 0; k < from->boxes->len; k++)
        g_ptr_array_add(to->boxes, g_ptr_array_index(from->boxes, k));
    g_ptr_array_set_size(from->boxes, 0);
    setting_free(from);
}
