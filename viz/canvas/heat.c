/* Heat maps: an image of at most a cell a pixel. */
#include "viz/canvas/inside.h"

#include <math.h>

typedef struct heat {
    heat_value *at;
    const void *context;
    size_t rows, cols, high, wide; /* of the values, of the image */
    uint32_t table[256];           /* the map */
    uint32_t zero, nan, infinite;
} heat;

static uint32_t pixel(rgb c)
{
    const uint32_t r = (uint32_t)lround(c.r * 255), g = (uint32_t)lround(c.g * 255),
                   b = (uint32_t)lround(c.b * 255);
    return 0xff000000 | r << 16 | g << 8 | b;
}

/* The values [row0, row1) × [col0, col1) as one position: their mean; of special ones the rarest
 * kind present wins, and "nothing" only where there is nothing else. */
static double mean_of(const heat *h, size_t row0, size_t row1, size_t col0, size_t col1)
{
    double sum = 0, special = HEAT_NONE;
    size_t n = 0;
    for (size_t row = row0; row < row1; row++)
        for (size_t col = col0; col < col1; col++) {
            const double v = h->at(h->context, row, col);
            if (v >= 0) {
                sum += v;
                n++;
            } else
                special = fmin(special, v < 0 ? v : HEAT_NAN);
        }
    if (special == HEAT_NAN || special == HEAT_INF || n == 0)
        return special;
    return sum / (double)n;
}

static uint32_t color_of(const heat *h, double v)
{
    if (v >= 0)
        return h->table[(size_t)lround(fmin(v, 1) * 255)];
    return v == HEAT_ZERO ? h->zero : v == HEAT_INF ? h->infinite : v == HEAT_NAN ? h->nan : 0;
}

/* The values that pixel k of n shows: [*from, *to) of count. */
static void values_of(size_t k, size_t n, size_t count, size_t *from, size_t *to)
{
    *from = k * count / n;
    *to = (k + 1) * count / n;
    if (*to == *from)
        ++*to;
}

/* Columns that are filled together, from top to bottom: where the values of a column lie side by
 * side in memory, as those of all units at one step, they are then still in the cache when the next
 * row comes. */
enum { STRIPE = 4 };

static void fill_stripe(const heat *h, size_t left, unsigned char *image, size_t stride)
{
    const size_t right = left + STRIPE < h->wide ? left + STRIPE : h->wide;
    for (size_t y = 0; y < h->high; y++) {
        uint32_t *row = (uint32_t *)(void *)(image + stride * y);
        size_t row0, row1, col0, col1;
        values_of(y, h->high, h->rows, &row0, &row1);
        for (size_t x = left; x < right; x++) {
            values_of(x, h->wide, h->cols, &col0, &col1);
            row[x] = color_of(h, mean_of(h, row0, row1, col0, col1));
        }
    }
}

/* Pixels of the image for n cells: one a cell, or fewer where there is not so much room. In a
 * vector file a whole number of them a cell, for what shows it may blur the edges of an image. */
static size_t pixels_for(const canvas *c, size_t n, double length)
{
    const size_t room = (size_t)fmax(1, ceil(length * canvas_density(c)));
    if (n > room)
        return room;
    return c->format == FORMAT_SVG || c->format == FORMAT_PDF ? n * (room / n) : n;
}

static void set_colors(const canvas *c, heat *h, colormap map)
{
    for (size_t k = 0; k < 256; k++)
        h->table[k] = pixel(map_color(map, c->theme, (double)k / 255));
    h->zero = pixel(ink_color(c->theme, INK_HAIR));
    h->nan = pixel(ink_color(c->theme, INK_PURPLE));
    h->infinite = pixel(ink_color(c->theme, INK_BAD));
}

void canvas_heat(canvas *c, rect r, size_t rows, size_t cols, colormap map, heat_value *at,
                 const void *context)
{
    if (rows == 0 || cols == 0 || !(r.w > 0) || !(r.h > 0))
        return;
    heat h = {.at = at, .context = context, .rows = rows, .cols = cols};
    h.wide = pixels_for(c, cols, r.w);
    h.high = pixels_for(c, rows, r.h);
    set_colors(c, &h, map);
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)h.wide, (int)h.high);
    unsigned char *data = cairo_image_surface_get_data(image);
    if (data) {
        const size_t stride = (size_t)cairo_image_surface_get_stride(image);
        cairo_surface_flush(image);
        for (size_t x = 0; x < h.wide; x += STRIPE)
            fill_stripe(&h, x, data, stride);
        cairo_surface_mark_dirty(image);
        cairo_save(c->cr);
        cairo_translate(c->cr, r.x, r.y);
        cairo_scale(c->cr, r.w / (double)h.wide, r.h / (double)h.high);
        cairo_set_source_surface(c->cr, image, 0, 0);
        cairo_pattern_set_filter(cairo_get_source(c->cr), CAIRO_FILTER_NEAREST);
        cairo_rectangle(c->cr, 0, 0, (double)h.wide, (double)h.high);
        cairo_fill(c->cr);
        cairo_restore(c->cr);
    }
    cairo_surface_destroy(image);
}
