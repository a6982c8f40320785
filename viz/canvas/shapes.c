/* Lines, areas and marks. */
#include "viz/canvas/inside.h"

#include <math.h>

static const double turn = 6.28318530717958647692;

void canvas_set_color(canvas *c, ink_kind ink, double alpha)
{
    const rgb color = ink_color(c->theme, ink);
    cairo_set_source_rgba(c->cr, color.r, color.g, color.b, alpha > 0 ? alpha : 1);
}

void canvas_set_stroke(canvas *c, stroke s)
{
    static const double dashes[][4] = {[DASH_LONG] = {6, 4, 6, 4},
                                       [DASH_DOT] = {1, 3, 1, 3},
                                       [DASH_LONG_DOT] = {7, 3, 1, 3},
                                       [DASH_SHORT] = {3, 3, 3, 3}};
    canvas_set_color(c, s.ink, s.alpha);
    cairo_set_line_width(c->cr, s.width > 0 ? s.width : 1);
    cairo_set_dash(c->cr, dashes[s.dash], s.dash == DASH_NONE ? 0 : 4, 0);
    cairo_set_line_cap(c->cr, s.dash == DASH_NONE ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_set_antialias(c->cr, c->fast ? CAIRO_ANTIALIAS_FAST : CAIRO_ANTIALIAS_DEFAULT);
}

double canvas_density(const canvas *c)
{
    return c->format == FORMAT_SVG || c->format == FORMAT_PDF ? 2 : c->scale;
}

void canvas_line(canvas *c, point from, point to, stroke s)
{
    canvas_set_stroke(c, s);
    cairo_move_to(c->cr, from.x, from.y);
    cairo_line_to(c->cr, to.x, to.y);
    cairo_stroke(c->cr);
}

/* The middle of the pixel row (or column) that holds x. */
static double middle_of_pixel(const canvas *c, double x, double width)
{
    const double pixels = round(width * c->scale);
    return fmod(pixels, 2) == 1 ? (floor(x * c->scale) + 0.5) / c->scale
                                : round(x * c->scale) / c->scale;
}

void canvas_hair(canvas *c, point from, point to, stroke s)
{
    const double width = s.width > 0 ? s.width : 1;
    if (from.y == to.y)
        from.y = to.y = middle_of_pixel(c, from.y, width);
    if (from.x == to.x)
        from.x = to.x = middle_of_pixel(c, from.x, width);
    canvas_set_stroke(c, s);
    cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_BUTT);
    cairo_move_to(c->cr, from.x, from.y);
    cairo_line_to(c->cr, to.x, to.y);
    cairo_stroke(c->cr);
}

void canvas_fill(canvas *c, rect r, ink_kind ink, double alpha)
{
    canvas_set_color(c, ink, alpha);
    cairo_rectangle(c->cr, r.x, r.y, r.w, r.h);
    cairo_fill(c->cr);
}

void canvas_fill_color(canvas *c, rect r, rgb color)
{
    cairo_set_source_rgb(c->cr, color.r, color.g, color.b);
    cairo_rectangle(c->cr, r.x, r.y, r.w, r.h);
    cairo_fill(c->cr);
}

static void round_path(canvas *c, rect r, double radius)
{
    const double right = r.x + r.w - radius, bottom = r.y + r.h - radius;
    cairo_new_sub_path(c->cr);
    cairo_arc(c->cr, right, r.y + radius, radius, -turn / 4, 0);
    cairo_arc(c->cr, right, bottom, radius, 0, turn / 4);
    cairo_arc(c->cr, r.x + radius, bottom, radius, turn / 4, turn / 2);
    cairo_arc(c->cr, r.x + radius, r.y + radius, radius, turn / 2, 3 * turn / 4);
    cairo_close_path(c->cr);
}

void canvas_frame(canvas *c, rect r, double radius, stroke s)
{
    canvas_set_stroke(c, s);
    round_path(c, rect_inset(r, 0.5, 0.5, 0.5, 0.5), fmax(radius, 0));
    cairo_stroke(c->cr);
}

void canvas_fill_round(canvas *c, rect r, double radius, ink_kind ink, double alpha)
{
    canvas_set_color(c, ink, alpha);
    round_path(c, r, radius);
    cairo_fill(c->cr);
}

void canvas_circle(canvas *c, point center, double radius, stroke s)
{
    canvas_set_stroke(c, s);
    cairo_new_sub_path(c->cr);
    cairo_arc(c->cr, center.x, center.y, radius, 0, turn);
    cairo_stroke(c->cr);
}

void canvas_fill_polygon(canvas *c, const point *points, size_t n, ink_kind ink, double alpha)
{
    canvas_set_color(c, ink, alpha);
    for (size_t k = 0; k < n; k++)
        cairo_line_to(c->cr, points[k].x, points[k].y);
    cairo_close_path(c->cr);
    cairo_fill(c->cr);
}

void canvas_arrow(canvas *c, point from, point to, stroke s)
{
    const double width = s.width > 0 ? s.width : 1, head = 4 + 1.5 * width;
    const double dx = to.x - from.x, dy = to.y - from.y, length = hypot(dx, dy);
    if (!(length > 0))
        return;
    const double ux = dx / length, uy = dy / length, half = head * 0.5;
    const point neck = {to.x - ux * fmin(head, length), to.y - uy * fmin(head, length)};
    const point tip[3] = {
        {neck.x - uy * half, neck.y + ux * half}, to, {neck.x + uy * half, neck.y - ux * half}};
    canvas_set_stroke(c, s);
    cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_BUTT);
    cairo_move_to(c->cr, from.x, from.y);
    cairo_line_to(c->cr, neck.x + ux * 0.5, neck.y + uy * 0.5);
    cairo_stroke(c->cr);
    canvas_fill_polygon(c, tip, 3, s.ink, s.alpha);
}

static void polygon_path(canvas *c, point at, double radius, int corners, double start)
{
    for (int k = 0; k < corners; k++) {
        const double angle = start + turn * k / corners;
        cairo_line_to(c->cr, at.x + radius * cos(angle), at.y + radius * sin(angle));
    }
    cairo_close_path(c->cr);
}

static void cross_path(canvas *c, point at, double dx, double dy)
{
    cairo_move_to(c->cr, at.x - dx, at.y - dy);
    cairo_line_to(c->cr, at.x + dx, at.y + dy);
    cairo_move_to(c->cr, at.x - dy, at.y + dx);
    cairo_line_to(c->cr, at.x + dy, at.y - dx);
}

void canvas_marker(canvas *c, point at, marker_kind kind, double radius, ink_kind ink, double alpha)
{
    canvas_set_stroke(c, (stroke){.ink = ink, .width = fmax(1.25, radius * 0.45), .alpha = alpha});
    cairo_new_path(c->cr);
    switch (kind) {
    case MARKER_DOT:
    case MARKER_RING:
        cairo_arc(c->cr, at.x, at.y, radius, 0, turn);
        break;
    case MARKER_SQUARE:
        cairo_rectangle(c->cr, at.x - radius * .9, at.y - radius * .9, radius * 1.8, radius * 1.8);
        break;
    case MARKER_TRIANGLE:
        polygon_path(c, at, radius * 1.2, 3, -turn / 4);
        break;
    case MARKER_DIAMOND:
        polygon_path(c, at, radius * 1.2, 4, 0);
        break;
    case MARKER_CROSS:
        cross_path(c, at, radius * .8, radius * .8);
        break;
    case MARKER_PLUS:
        cross_path(c, at, radius, 0);
        break;
    }
    if (kind == MARKER_RING) {
        canvas_set_color(c, INK_PAPER, 1);
        cairo_fill_preserve(c->cr);
        canvas_set_color(c, ink, alpha);
    }
    if (kind == MARKER_RING || kind == MARKER_CROSS || kind == MARKER_PLUS)
        cairo_stroke(c->cr);
    else
        cairo_fill(c->cr);
}

void canvas_clip(canvas *c, rect r)
{
    cairo_save(c->cr);
    cairo_rectangle(c->cr, r.x, r.y, r.w, r.h);
    cairo_clip(c->cr);
}

void canvas_unclip(canvas *c) { cairo_restore(c->cr); }
