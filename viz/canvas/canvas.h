/* The canvas: everything the program draws, on screen or into a file, goes through these calls.
 *
 *     canvas *c = canvas_file("norms.svg", 1280, 800, 1, THEME_LIGHT, &err);
 *     canvas_note(c, "seed", "7");
 *     canvas_text(c, 24, 40, (text_style){.bold = true}, "Gradient $|∂L/∂h_t|$");
 *     canvas_line(c, (point){24, 60}, (point){300, 60}, (stroke){.ink = INK_HAIR});
 *     rs_status status = canvas_finish(c, &err);       writes the file, or leaves the old one
 *     canvas_free(c);
 *
 * Cairo draws and Pango sets the type. Lengths are pixels of the design (an 8-pixel grid, y down);
 * a scale turns them into the pixels of a dense screen. Nothing here knows of networks or windows.
 *
 * Text may hold formulas between dollar signs, in the subset of TeX that formula.h describes. */
#ifndef CANVAS_H
#define CANVAS_H

#include "base/error.h"
#include "viz/canvas/colors.h"
#include "viz/lang.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct point {
    double x, y;
} point;

typedef struct rect {
    double x, y, w, h;
} rect;

/* The rectangle made smaller by this much at each side. */
rect rect_inset(rect r, double left, double top, double right, double bottom);
bool rect_holds(rect r, point p);

typedef struct canvas canvas;

/* --- making and finishing ------------------------------------------------------------------ */

/* A canvas on an image of its own, width·scale by height·scale pixels. NULL with err if there is no
 * memory or the size makes no sense (1 … 32767 pixels a side). */
canvas *canvas_image(double width, double height, double scale, theme_kind theme, rs_error *err);

/* A canvas on the caller's surface (whose pixels are width·scale by height·scale); the surface must
 * outlive it. */
canvas *canvas_on(cairo_surface_t *surface, double width, double height, double scale,
                  theme_kind theme, rs_error *err);

/* A canvas that canvas_finish writes to path, in the format of its ending: .png (scale is used),
 * .svg or .pdf (a pixel is 3/4 point). RS_USAGE for another ending. */
canvas *canvas_file(const char *path, double width, double height, double scale, theme_kind theme,
                    rs_error *err);

/* Whether canvas_file knows the ending of this path. */
bool canvas_knows(const char *path);

/* Writes the file of canvas_file, whole or not at all (RS_WRITE); for other canvases flushes. */
rs_status canvas_finish(canvas *c, rs_error *err);
void canvas_free(canvas *c); /* c may be NULL */

/* A key and its value, kept in the file: PNG text, SVG metadata, PDF document information. The keys
 * "Title", "Author", "Subject" have their own place where the format has one. */
void canvas_note(canvas *c, const char *key, const char *value);

/* Fills all of it with the theme's paper, and forgets the recorded texts. */
void canvas_clear(canvas *c);

double canvas_width(const canvas *c);
double canvas_height(const canvas *c);
double canvas_scale(const canvas *c);
theme_kind canvas_theme(const canvas *c);
void canvas_set_theme(canvas *c, theme_kind theme);
lang_kind canvas_lang(const canvas *c);
void canvas_set_lang(canvas *c, lang_kind lang);
cairo_t *canvas_cairo(canvas *c); /* for what no call here does */
cairo_surface_t *canvas_surface(canvas *c);

/* true: lines are drawn at half the cost, for pictures in motion. */
void canvas_set_fast(canvas *c, bool fast);

/* lang_text in the language of the canvas. */
const char *canvas_say(const canvas *c, const char *english);

/* --- shapes -------------------------------------------------------------------------------- */

typedef enum dash_kind { DASH_NONE, DASH_LONG, DASH_DOT, DASH_LONG_DOT, DASH_SHORT } dash_kind;

/* How a line looks; zero stands for 1 pixel wide, opaque, in the colour of text. */
typedef struct stroke {
    ink_kind ink;
    double width;
    double alpha; /* 0: opaque */
    dash_kind dash;
} stroke;

void canvas_line(canvas *c, point from, point to, stroke s);
/* A line along x or y laid onto whole pixels, so that a hairline is one pixel wide. */
void canvas_hair(canvas *c, point from, point to, stroke s);
void canvas_fill(canvas *c, rect r, ink_kind ink, double alpha);
void canvas_frame(canvas *c, rect r, double radius, stroke s);
void canvas_fill_round(canvas *c, rect r, double radius, ink_kind ink, double alpha);
void canvas_circle(canvas *c, point center, double radius, stroke s);
void canvas_fill_color(canvas *c, rect r, rgb color);

/* A closed area, the points in order. */
void canvas_fill_polygon(canvas *c, const point *points, size_t n, ink_kind ink, double alpha);

/* An arrow with a head as wide as befits the line. */
void canvas_arrow(canvas *c, point from, point to, stroke s);

typedef enum marker_kind {
    MARKER_DOT,
    MARKER_RING,
    MARKER_SQUARE,
    MARKER_TRIANGLE,
    MARKER_DIAMOND,
    MARKER_CROSS,
    MARKER_PLUS
} marker_kind;

/* radius: half its width; rings have the paper's colour inside. */
void canvas_marker(canvas *c, point at, marker_kind kind, double radius, ink_kind ink,
                   double alpha);

/* A curve, point by point, of any length: within one column of pixels only the first, lowest,
 * highest and last point are drawn, which looks the same and costs a width instead of a length.
 * A point that is not finite breaks the curve. x must not decrease for the thinning to be exact;
 * where it does, points are simply drawn. One curve at a time. */
void canvas_curve_begin(canvas *c, stroke s);
void canvas_curve_to(canvas *c, double x, double y);
void canvas_curve_end(canvas *c);
/* The vertices the last curve came to. */
size_t canvas_curve_vertices(const canvas *c);

/* Draws cols × rows values as colours, row 0 on top. at(context, row, col) is a position on the
 * map in [0, 1]; the special positions below have colours that are on no map. More than a value a
 * pixel: each pixel is the mean of its values (a special one among them wins). */
#define HEAT_NONE (-1.0) /* nothing there: the paper shows */
#define HEAT_ZERO (-2.0) /* exactly zero on a log scale */
#define HEAT_NAN (-3.0)
#define HEAT_INF (-4.0)
typedef double heat_value(const void *context, size_t row, size_t col);
void canvas_heat(canvas *c, rect r, size_t rows, size_t cols, colormap map, heat_value *at,
                 const void *context);

/* What is drawn after is cut off outside r, until canvas_unclip; they nest. */
void canvas_clip(canvas *c, rect r);
void canvas_unclip(canvas *c);

/* --- text ---------------------------------------------------------------------------------- */

enum { TYPE_SMALL = 11, TYPE_BODY = 12, TYPE_HEAD = 13, TYPE_TITLE = 16 };

typedef enum text_face {
    FACE_TEXT,    /* Inter */
    FACE_FORMULA, /* STIX; the whole text is a formula, without dollar signs */
    FACE_NUMBER   /* JetBrains Mono */
} text_face;

typedef enum text_across { ACROSS_LEFT, ACROSS_MIDDLE, ACROSS_RIGHT } text_across;
typedef enum text_down { DOWN_BASELINE, DOWN_MIDDLE, DOWN_TOP, DOWN_BOTTOM } text_down;

/* Within a text that is not plain: what is between is bold, in the type of numbers, or emphasised:
 * slanted, but Chinese, which has no slanted type, bold. */
#define MARK_BOLD "\x11"
#define MARK_BOLD_END "\x12"
#define MARK_CODE "\x13"
#define MARK_CODE_END "\x14"
#define MARK_EMPHASIS "\x15"
#define MARK_EMPHASIS_END "\x16"
#define MARKS MARK_BOLD MARK_BOLD_END MARK_CODE MARK_CODE_END MARK_EMPHASIS MARK_EMPHASIS_END

/* How text looks. Zero stands for: body size, Inter, colour of text, its baseline's left end at the
 * given point, one line. DOWN_MIDDLE centres the capitals' height. */
typedef struct text_style {
    int size;
    text_face face;
    ink_kind ink;
    bool bold;
    bool plain; /* dollar signs mean nothing */
    text_across across;
    text_down down;
    double width; /* > 0: lines break at this width; `across` then also aligns them */
    double max;   /* > 0: a single line longer than this ends in an ellipsis */
    bool upwards; /* turned to run from bottom to top */
} text_style;

/* Draws it; returns its box (advance width by line height). */
rect canvas_text(canvas *c, double x, double y, text_style style, const char *text);
rect canvas_textf(canvas *c, double x, double y, text_style style, const char *format, ...)
    RS_PRINTF(5, 6);

/* The box canvas_text would return. */
rect canvas_measure(canvas *c, double x, double y, text_style style, const char *text);
double canvas_text_width(canvas *c, text_style style, const char *text);

/* --- what was written, for tests and for finding room --------------------------------------- */

typedef struct text_box {
    rect box;    /* the ink, on the canvas */
    char *text;  /* as given */
    int missing; /* characters no font has */
    int size;
    rgb color;
} text_box;

/* From here on every text drawn is recorded (or no longer). */
void canvas_record(canvas *c, bool on);
size_t canvas_texts(const canvas *c, const text_box **boxes);

/* The first text since canvas_record that canvas_say was asked for and the table does not have in
 * the language of the canvas, though there are words in it; NULL if there is none. */
const char *canvas_untranslated(const canvas *c);

#endif
