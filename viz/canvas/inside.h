/* What the files of the canvas share; nobody else includes it. */
#ifndef CANVAS_INSIDE_H
#define CANVAS_INSIDE_H

#include "viz/canvas/canvas.h"

#include <pango/pangocairo.h>

typedef enum canvas_format { FORMAT_NONE, FORMAT_PNG, FORMAT_SVG, FORMAT_PDF } canvas_format;

typedef struct bytes {
    unsigned char *data;
    size_t n, room;
    bool failed; /* memory ran out: what is here is not all */
} bytes;

typedef struct note {
    char *key, *value;
} note;

/* One column of pixels of a curve: see curve.c. */
typedef struct curve_state {
    bool down, any; /* the pen is on the paper; the column has a point */
    double column;
    point first, low, high, last;
    bool low_first; /* the lowest came before the highest */
    point pen;      /* the last vertex */
    size_t vertices;
    stroke stroke;
} curve_state;

struct canvas {
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoLayout *layout;
    double width, height, scale;
    theme_kind theme;
    lang_kind lang;
    bool fast;
    canvas_format format;
    char *path;
    bytes out; /* what an SVG or PDF surface has written */
    note *notes;
    size_t notes_n;
    bool recording;
    text_box *texts;
    size_t texts_n, texts_room;
    curve_state curve;
    const char **untranslated; /* where canvas_say, which changes no canvas, may leave a remark */
    const char *remark;
};

void canvas_set_color(canvas *c, ink_kind ink, double alpha);
void canvas_set_stroke(canvas *c, stroke s);

/* Pixels of the device in one of the design; of a vector file, twice as many as it shows. */
double canvas_density(const canvas *c);

void bytes_add(bytes *b, const void *data, size_t n);
void bytes_free(bytes *b);
cairo_status_t bytes_write(void *b, const unsigned char *data, unsigned n);

/* Puts the notes into a finished PNG or SVG. */
void png_add_notes(bytes *png, const note *notes, size_t n);
void svg_add_notes(bytes *svg, const note *notes, size_t n);
void pdf_set_note(cairo_surface_t *surface, const char *key, const char *value);

#endif
