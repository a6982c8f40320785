/* Making a canvas, writing its file, and giving it back. */
#include "viz/canvas/inside.h"

#include "files/atomic.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

rect rect_inset(rect r, double left, double top, double right, double bottom)
{
    return (rect){r.x + left, r.y + top, r.w - left - right, r.h - top - bottom};
}

bool rect_holds(rect r, point p)
{
    return p.x >= r.x && p.x <= r.x + r.w && p.y >= r.y && p.y <= r.y + r.h;
}

static canvas_format format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (!dot)
        return FORMAT_NONE;
    return strcasecmp(dot, ".png") == 0   ? FORMAT_PNG
           : strcasecmp(dot, ".svg") == 0 ? FORMAT_SVG
           : strcasecmp(dot, ".pdf") == 0 ? FORMAT_PDF
                                          : FORMAT_NONE;
}

bool canvas_knows(const char *path) { return format_of(path) != FORMAT_NONE; }

/* Text is laid out the same at every scale and in every format: no hinting of widths. */
static void set_up_text(canvas *c)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    c->layout = pango_cairo_create_layout(c->cr);
    PangoContext *context = pango_layout_get_context(c->layout);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 72); /* a point of type is a pixel */
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_layout_context_changed(c->layout);
    cairo_font_options_destroy(options);
}

/* Takes the surface over, also when it fails. */
static canvas *canvas_with(canvas *c, cairo_surface_t *surface, double device, rs_error *err)
{
    c->surface = surface;
    cairo_surface_set_device_scale(surface, device, device);
    c->cr = cairo_create(surface);
    if (cairo_status(c->cr) != CAIRO_STATUS_SUCCESS) {
        rs_fail(err, RS_INTERNAL, "a picture of %g x %g pixels cannot be made: %s",
                c->width * c->scale, c->height * c->scale,
                cairo_status_to_string(cairo_status(c->cr)));
        canvas_free(c);
        return NULL;
    }
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_ROUND);
    set_up_text(c);
    return c;
}

static canvas *canvas_blank(double width, double height, double scale, theme_kind theme,
                            rs_error *err)
{
    const double most = 32767; /* Cairo's limit of an image */
    if (!(width >= 1 && height >= 1 && scale > 0 && width * scale <= most &&
          height * scale <= most)) {
        rs_fail(err, RS_USAGE, "size %gx%g at scale %g: expected 1 to %g pixels a side", width,
                height, scale, most);
        return NULL;
    }
    canvas *c = calloc(1, sizeof *c);
    if (!c) {
        rs_fail(err, RS_INTERNAL, "no memory for a canvas");
        return NULL;
    }
    c->width = width;
    c->height = height;
    c->scale = scale;
    c->theme = theme;
    c->untranslated = &c->remark;
    return c;
}

static cairo_surface_t *image_surface(const canvas *c)
{
    return cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)ceil(c->width * c->scale),
                                      (int)ceil(c->height * c->scale));
}

canvas *canvas_image(double width, double height, double scale, theme_kind theme, rs_error *err)
{
    canvas *c = canvas_blank(width, height, scale, theme, err);
    return c ? canvas_with(c, image_surface(c), scale, err) : NULL;
}

canvas *canvas_on(cairo_surface_t *surface, double width, double height, double scale,
                  theme_kind theme, rs_error *err)
{
    canvas *c = canvas_blank(width, height, scale, theme, err);
    return c ? canvas_with(c, cairo_surface_reference(surface), scale, err) : NULL;
}

/* A page's unit is the point, of which a pixel of the design is 3/4. */
static cairo_surface_t *vector_surface(canvas *c)
{
    if (c->format == FORMAT_PDF)
        return cairo_pdf_surface_create_for_stream(bytes_write, &c->out, c->width * 0.75,
                                                   c->height * 0.75);
    cairo_surface_t *svg =
        cairo_svg_surface_create_for_stream(bytes_write, &c->out, c->width, c->height);
    cairo_svg_surface_set_document_unit(svg, CAIRO_SVG_UNIT_PX);
    return svg;
}

canvas *canvas_file(const char *path, double width, double height, double scale, theme_kind theme,
                    rs_error *err)
{
    const canvas_format format = format_of(path);
    if (format == FORMAT_NONE) {
        rs_fail(err, RS_USAGE, "%s: unknown kind of picture, expected .png, .svg or .pdf", path);
        return NULL;
    }
    canvas *c = canvas_blank(width, height, format == FORMAT_PNG ? scale : 1, theme, err);
    if (!c)
        return NULL;
    c->format = format;
    c->path = strdup(path);
    if (!c->path) {
        rs_fail(err, RS_INTERNAL, "no memory for a canvas");
        canvas_free(c);
        return NULL;
    }
    if (format == FORMAT_PNG)
        return canvas_with(c, image_surface(c), c->scale, err);
    return canvas_with(c, vector_surface(c), format == FORMAT_PDF ? 0.75 : 1, err);
}

void canvas_free(canvas *c)
{
    if (!c)
        return;
    for (size_t k = 0; k < c->notes_n; k++) {
        free(c->notes[k].key);
        free(c->notes[k].value);
    }
    canvas_record(c, false);
    free(c->notes);
    if (c->layout)
        g_object_unref(c->layout);
    cairo_destroy(c->cr);
    cairo_surface_destroy(c->surface); /* before `out`, which it may still write to */
    bytes_free(&c->out);
    free(c->path);
    free(c);
}

void canvas_note(canvas *c, const char *key, const char *value)
{
    note *notes = realloc(c->notes, (c->notes_n + 1) * sizeof *notes);
    if (!notes)
        return;
    c->notes = notes;
    notes[c->notes_n++] = (note){strdup(key), strdup(value)};
}

static rs_status write_file(const char *path, const bytes *out, rs_error *err)
{
    rs_file file;
    rs_status status = rs_file_begin(&file, path, err);
    if (status != RS_OK)
        return status;
    if (out->n > 0 && fwrite(out->data, out->n, 1, file.stream) != 1) {
        rs_file_abort(&file);
        return rs_fail(err, RS_WRITE, "%s: cannot be written", path);
    }
    return rs_file_commit(&file, err);
}

rs_status canvas_finish(canvas *c, rs_error *err)
{
    for (size_t k = 0; k < c->notes_n && c->format == FORMAT_PDF; k++)
        pdf_set_note(c->surface, c->notes[k].key, c->notes[k].value);
    if (c->format == FORMAT_PNG)
        cairo_surface_write_to_png_stream(c->surface, bytes_write, &c->out);
    else if (c->format != FORMAT_NONE)
        cairo_surface_finish(c->surface);
    else
        cairo_surface_flush(c->surface);
    cairo_status_t drawn = cairo_surface_status(c->surface);
    if (drawn == CAIRO_STATUS_SUCCESS)
        drawn = cairo_status(c->cr);
    if (drawn == CAIRO_STATUS_SURFACE_FINISHED)
        drawn = CAIRO_STATUS_SUCCESS;
    if (c->format == FORMAT_PNG)
        png_add_notes(&c->out, c->notes, c->notes_n);
    else if (c->format == FORMAT_SVG)
        svg_add_notes(&c->out, c->notes, c->notes_n);
    if (drawn != CAIRO_STATUS_SUCCESS || c->out.failed)
        return rs_fail(err, RS_INTERNAL, "%s: the picture could not be made: %s",
                       c->path ? c->path : "picture", cairo_status_to_string(drawn));
    return c->format == FORMAT_NONE ? RS_OK : write_file(c->path, &c->out, err);
}

void canvas_clear(canvas *c)
{
    const bool on = c->recording;
    canvas_record(c, false);
    canvas_record(c, on);
    canvas_set_color(c, INK_PAPER, 1);
    cairo_paint(c->cr);
}

double canvas_width(const canvas *c) { return c->width; }
double canvas_height(const canvas *c) { return c->height; }
double canvas_scale(const canvas *c) { return c->scale; }
theme_kind canvas_theme(const canvas *c) { return c->theme; }
void canvas_set_theme(canvas *c, theme_kind theme) { c->theme = theme; }
lang_kind canvas_lang(const canvas *c) { return c->lang; }
cairo_t *canvas_cairo(canvas *c) { return c->cr; }
cairo_surface_t *canvas_surface(canvas *c) { return c->surface; }
void canvas_set_fast(canvas *c, bool fast) { c->fast = fast; }
const char *canvas_untranslated(const canvas *c) { return c->remark; }

/* Two small letters together outside of formulas and of formats. */
static bool has_words(const char *text)
{
    bool formula = false;
    for (const char *p = text; *p; p++) {
        formula ^= *p == '$';
        if (!formula && *p != '%' && islower((unsigned char)p[0]) && islower((unsigned char)p[1]))
            return true;
    }
    return false;
}

const char *canvas_say(const canvas *c, const char *english)
{
    if (c->recording && !*c->untranslated && !lang_has(c->lang, english) && has_words(english))
        *c->untranslated = english;
    return lang_text(c->lang, english);
}

void canvas_set_lang(canvas *c, lang_kind lang)
{
    c->lang = lang;
    pango_context_set_language(pango_layout_get_context(c->layout),
                               pango_language_from_string(lang == LANG_ZH ? "zh-cn" : "en"));
    pango_layout_context_changed(c->layout);
}
