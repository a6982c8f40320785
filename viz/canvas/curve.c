/* Curves of any length. Of all the points in one column of pixels only four can be seen to matter:
 * where the curve enters the column, its lowest, its highest, and where it leaves. They are drawn
 * in the order they came, which covers the same pixels as drawing every point. While the picture
 * moves, the lowest and the highest alone: half the work, and where the curve is dense the same. */
#include "viz/canvas/inside.h"

#include <math.h>

enum { PIECE = 8 }; /* vertices */

void canvas_curve_begin(canvas *c, stroke s)
{
    c->curve = (curve_state){.stroke = s};
    cairo_new_path(c->cr);
}

static void stroke_path(canvas *c)
{
    canvas_set_stroke(c, c->curve.stroke);
    cairo_stroke(c->cr);
}

/* A long zigzag crosses itself all the time, and what a stroke costs grows with its crossings: it
 * is drawn in pieces, where the seams cannot be seen. */
static void begin_piece(canvas *c, point p)
{
    const stroke s = c->curve.stroke;
    const bool vector = c->format == FORMAT_SVG || c->format == FORMAT_PDF;
    if (c->curve.vertices % PIECE || s.dash != DASH_NONE || (s.alpha > 0 && s.alpha < 1) || vector)
        return;
    stroke_path(c);
    cairo_move_to(c->cr, p.x, p.y);
}

static void vertex(canvas *c, point p)
{
    if (c->curve.down)
        cairo_line_to(c->cr, p.x, p.y);
    else
        cairo_move_to(c->cr, p.x, p.y);
    c->curve.down = true;
    c->curve.pen = p;
    c->curve.vertices++;
    begin_piece(c, p);
}

static bool same(point a, point b) { return a.x == b.x && a.y == b.y; }

/* While the picture moves: the column's extent alone, from the end that is nearer. */
static void flush_fast(canvas *c)
{
    curve_state *s = &c->curve;
    const bool from_low = !s->down || fabs(s->low.y - s->pen.y) < fabs(s->high.y - s->pen.y);
    vertex(c, from_low ? s->low : s->high);
    vertex(c, from_low ? s->high : s->low);
    s->any = false;
}

static void flush_column(canvas *c)
{
    curve_state *s = &c->curve;
    if (!s->any)
        return;
    if (c->fast && !same(s->low, s->high)) {
        flush_fast(c);
        return;
    }
    const point one = s->low_first ? s->low : s->high, two = s->low_first ? s->high : s->low;
    point at = s->first;
    vertex(c, s->first);
    if (!same(one, at))
        vertex(c, at = one);
    if (!same(two, at))
        vertex(c, at = two);
    if (!same(s->last, at))
        vertex(c, s->last);
    s->any = false;
}

/* Ends the piece of curve; a piece of one point is a dot. */
static void lift(canvas *c)
{
    const size_t before = c->curve.vertices;
    const bool was_down = c->curve.down;
    flush_column(c);
    if (!was_down && c->curve.vertices == before + 1)
        cairo_line_to(c->cr, c->curve.first.x, c->curve.first.y);
    c->curve.down = false;
}

static void start_column(curve_state *s, double column, point p)
{
    s->any = true;
    s->column = column;
    s->first = s->low = s->high = s->last = p;
    s->low_first = true;
}

void canvas_curve_to(canvas *c, double x, double y)
{
    const double far = 1e6; /* Cairo's coordinates are 24 bits of whole pixels */
    curve_state *s = &c->curve;
    if (!isfinite(x) || !isfinite(y)) {
        lift(c);
        return;
    }
    const point p = {fmax(-far, fmin(far, x)), fmax(-far, fmin(far, y))};
    const double column = floor(p.x * canvas_density(c));
    if (!s->any || column != s->column) {
        flush_column(c);
        start_column(s, column, p);
        return;
    }
    if (p.y < s->low.y) {
        s->low = p;
        s->low_first = false;
    }
    if (p.y > s->high.y) {
        s->high = p;
        s->low_first = true;
    }
    s->last = p;
}

void canvas_curve_end(canvas *c)
{
    lift(c);
    stroke_path(c);
}

size_t canvas_curve_vertices(const canvas *c) { return c->curve.vertices; }
