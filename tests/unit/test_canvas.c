/* The canvas: what it draws, what its files hold, and how it fails. */
#include "tests/unit/files_help.h"

#include "viz/canvas/canvas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static canvas *image(double w, double h)
{
    rs_error err = {0};
    canvas *c = canvas_image(w, h, 1, THEME_LIGHT, &err);
    assert_non_null(c);
    canvas_clear(c);
    return c;
}

/* The pixel's colour, 0xrrggbb. */
static uint32_t pixel(canvas *c, int x, int y)
{
    cairo_surface_t *s = canvas_surface(c);
    cairo_surface_flush(s);
    const unsigned char *data = cairo_image_surface_get_data(s);
    uint32_t value;
    memcpy(&value, data + y * cairo_image_surface_get_stride(s) + 4 * x, sizeof value);
    return value & 0xffffff;
}

static uint32_t packed(rgb c)
{
    return (uint32_t)lround(c.r * 255) << 16 | (uint32_t)lround(c.g * 255) << 8 |
           (uint32_t)lround(c.b * 255);
}

static uint32_t ink_of_theme(ink_kind ink) { return packed(ink_color(THEME_LIGHT, ink)); }

static void canvas_fills_and_clips(void **state)
{
    (void)state;
    canvas *c = image(40, 30);
    canvas_clip(c, (rect){0, 0, 20, 30});
    canvas_fill(c, (rect){10, 10, 20, 10}, INK_BLUE, 1);
    canvas_unclip(c);
    assert_int_equal(pixel(c, 15, 15), ink_of_theme(INK_BLUE));
    assert_int_equal(pixel(c, 25, 15), ink_of_theme(INK_PAPER)); /* clipped off */
    assert_int_equal(pixel(c, 15, 5), ink_of_theme(INK_PAPER));
    canvas_fill(c, (rect){10, 10, 20, 10}, INK_BLUE, 1);
    assert_int_equal(pixel(c, 25, 15), ink_of_theme(INK_BLUE));
    canvas_free(c);
}

static void canvas_hairline_is_one_pixel(void **state)
{
    (void)state;
    canvas *c = image(20, 20);
    canvas_hair(c, (point){0, 10.3}, (point){20, 10.3}, (stroke){.ink = INK_TEXT});
    assert_int_equal(pixel(c, 5, 10), ink_of_theme(INK_TEXT));
    assert_int_equal(pixel(c, 5, 9), ink_of_theme(INK_PAPER));
    assert_int_equal(pixel(c, 5, 11), ink_of_theme(INK_PAPER));
    canvas_free(c);
}

static void canvas_refuses_sizes(void **state)
{
    (void)state;
    const double bad[][3] = {{0, 10, 1}, {10, -1, 1}, {1e6, 10, 1}, {100, 100, 1000}, {NAN, 9, 1}};
    for (size_t k = 0; k < 5; k++) {
        rs_error err = {0};
        assert_null(canvas_image(bad[k][0], bad[k][1], bad[k][2], THEME_LIGHT, &err));
        assert_int_equal(err.status, RS_USAGE);
    }
    rs_error err = {0};
    assert_null(canvas_file("x.jpeg", 100, 100, 1, THEME_LIGHT, &err));
    assert_int_equal(err.status, RS_USAGE);
    assert_true(canvas_knows("a/b.SVG"));
    assert_false(canvas_knows("png"));
}

static void canvas_scale_and_caller_surface(void **state)
{
    rs_error err = {0};
    (void)state;
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 80, 40);
    canvas *c = canvas_on(s, 40, 20, 2, THEME_LIGHT, &err);
    assert_non_null(c);
    canvas_clear(c);
    canvas_fill(c, (rect){20, 10, 5, 5}, INK_GREEN, 1);
    assert_int_equal(pixel(c, 49, 29), ink_of_theme(INK_GREEN)); /* device pixels */
    assert_int_equal(pixel(c, 39, 19), ink_of_theme(INK_PAPER));
    assert_int_equal(canvas_finish(c, &err), RS_OK);
    canvas_free(c);
    assert_int_equal(cairo_surface_get_reference_count(s), 1);
    cairo_surface_destroy(s);
}

/* --- curves -------------------------------------------------------------------------------- */

/* In each column of pixels at most so many vertices. */
static void check_thinning(bool fast, size_t most)
{
    const size_t n = 200000;
    canvas *c = image(100, 60);
    canvas_set_fast(c, fast);
    canvas_curve_begin(c, (stroke){.ink = INK_TEXT, .width = 1});
    for (size_t k = 0; k < n; k++) /* level, but for one value up and one down in the same column */
        canvas_curve_to(c, 100.0 * (double)k / (double)n,
                        k == 123456   ? 5.5
                        : k == 123460 ? 55.5
                                      : 30.5);
    canvas_curve_end(c);
    assert_true(canvas_curve_vertices(c) <= most * 101);
    assert_true(canvas_curve_vertices(c) >= 100);
    assert_int_not_equal(pixel(c, 61, 10), ink_of_theme(INK_PAPER));
    assert_int_not_equal(pixel(c, 61, 50), ink_of_theme(INK_PAPER));
    assert_int_equal(pixel(c, 20, 10), ink_of_theme(INK_PAPER));
    assert_int_equal(pixel(c, 20, 30), ink_of_theme(INK_TEXT));
    canvas_free(c);
}

static void canvas_curve_is_thinned_and_loses_nothing(void **state)
{
    (void)state;
    check_thinning(false, 4);
    check_thinning(true, 2);
}

static void canvas_curve_breaks_where_not_finite(void **state)
{
    (void)state;
    canvas *c = image(100, 20);
    canvas_curve_begin(c, (stroke){.ink = INK_TEXT, .width = 2});
    for (int x = 0; x <= 100; x++)
        canvas_curve_to(c, x, x == 50 ? 10 : x > 40 && x < 60 ? (x % 2 ? NAN : INFINITY) : 10);
    canvas_curve_end(c);
    assert_int_not_equal(pixel(c, 30, 10), ink_of_theme(INK_PAPER));
    assert_int_equal(pixel(c, 45, 10), ink_of_theme(INK_PAPER));
    assert_int_equal(pixel(c, 55, 10), ink_of_theme(INK_PAPER));
    assert_int_not_equal(pixel(c, 50, 10), ink_of_theme(INK_PAPER)); /* one point alone: a dot */
    assert_int_not_equal(pixel(c, 80, 10), ink_of_theme(INK_PAPER));
    canvas_free(c);
}

/* --- heat maps ------------------------------------------------------------------------------ */

static double cell_value(const void *context, size_t row, size_t col)
{
    static const double odd[] = {HEAT_NAN, HEAT_INF, HEAT_ZERO, HEAT_NONE};
    (void)context;
    return row == 0 ? (double)col / 3 : odd[col];
}

static void canvas_heat_shows_each_cell(void **state)
{
    (void)state;
    canvas *c = image(40, 20);
    canvas_heat(c, (rect){0, 0, 40, 20}, 2, 4, MAP_CIVIDIS, cell_value, NULL);
    for (int col = 0; col < 4; col++)
        for (int inside = 1; inside < 9; inside++)
            assert_int_equal(pixel(c, 10 * col + inside, 5),
                             packed(map_color(MAP_CIVIDIS, THEME_LIGHT, col / 3.0)));
    assert_int_equal(pixel(c, 5, 15), ink_of_theme(INK_PURPLE));
    assert_int_equal(pixel(c, 15, 15), ink_of_theme(INK_BAD));
    assert_int_equal(pixel(c, 25, 15), ink_of_theme(INK_HAIR));
    assert_int_equal(pixel(c, 35, 15), ink_of_theme(INK_PAPER));
    canvas_free(c);
}

static double needle(const void *context, size_t row, size_t col)
{
    (void)context;
    return row == 700 && col == 12345 ? HEAT_NAN : (double)(col % 2);
}

static void canvas_heat_of_many_cells(void **state)
{
    (void)state;
    size_t nan = 0;
    canvas *c = image(50, 10);
    canvas_heat(c, (rect){0, 0, 50, 10}, 1000, 200000 / 1000, MAP_CIVIDIS, needle, NULL);
    /* the mean of 0s and 1s */
    assert_int_equal(pixel(c, 20, 5), packed(map_color(MAP_CIVIDIS, THEME_LIGHT, 128 / 255.0)));
    canvas_heat(c, (rect){0, 0, 50, 10}, 1000, 20000, MAP_CIVIDIS, needle, NULL);
    for (int y = 0; y < 10; y++)
        for (int x = 0; x < 50; x++)
            nan += pixel(c, x, y) == ink_of_theme(INK_PURPLE);
    assert_int_equal(nan, 1); /* one NaN among 20 million is seen */
    canvas_free(c);
}

/* --- colours -------------------------------------------------------------------------------- */

static void colors_can_be_read(void **state)
{
    static const ink_kind written[] = {INK_TEXT,      INK_SOFT,   INK_ACCENT, INK_GOOD,   INK_BAD,
                                       INK_VERMILION, INK_BLUE,   INK_GREEN,  INK_ORANGE, INK_SKY,
                                       INK_PURPLE,    INK_YELLOW, INK_GREY};
    (void)state;
    for (int t = 0; t < 2; t++) {
        const theme_kind theme = t ? THEME_DARK : THEME_LIGHT;
        for (size_t k = 0; k < sizeof written / sizeof *written; k++) {
            const rgb color = ink_color(theme, written[k]);
            assert_true(color_contrast(color, ink_color(theme, INK_PAPER)) >= 4.5);
            assert_true(color_contrast(color, ink_color(theme, INK_PANEL)) >= 4.5);
        }
        assert_true(color_contrast(ink_color(theme, INK_GOOD), ink_color(theme, INK_GOOD_GROUND)) >=
                    4.5);
        assert_true(color_contrast(ink_color(theme, INK_BAD), ink_color(theme, INK_BAD_GROUND)) >=
                    4.5);
    }
    assert_true(fabs(color_contrast((rgb){0, 0, 0}, (rgb){1, 1, 1}) - 21) < 1e-9);
}

static void colors_of_maps_rise_evenly(void **state)
{
    (void)state;
    const rgb black = {0, 0, 0};
    double before = 0;
    for (int k = 0; k <= 100; k++) {
        const double now = color_contrast(map_color(MAP_CIVIDIS, THEME_LIGHT, k / 100.0), black);
        assert_true(now > before);
        before = now;
    }
    /* both ends and the middle of the published table, to half a step of 255 */
    const rgb low = map_color(MAP_CIVIDIS, THEME_LIGHT, 0),
              middle = map_color(MAP_CIVIDIS, THEME_DARK, 128 / 255.0),
              high = map_color(MAP_CIVIDIS, THEME_LIGHT, 7);
    assert_int_equal(packed(low), 0x00224e);
    assert_int_equal(packed(middle), 0x7d7c78);
    assert_int_equal(packed(high), 0xfee838);
    for (int t = 0; t < 2; t++) { /* signed: the two sides differ, the middle is the faintest */
        const theme_kind theme = t ? THEME_DARK : THEME_LIGHT;
        const rgb paper = ink_color(theme, INK_PAPER);
        const rgb left = map_color(MAP_SIGNED, theme, .2), right = map_color(MAP_SIGNED, theme, .8),
                  zero = map_color(MAP_SIGNED, theme, .5);
        assert_true(left.b > left.r && right.r > right.b);
        assert_true(color_contrast(zero, paper) < 1.2);
        assert_true(color_contrast(left, paper) > 2 && color_contrast(right, paper) > 2);
    }
}

/* --- text ----------------------------------------------------------------------------------- */

static void canvas_text_has_every_glyph(void **state)
{
    const text_box *boxes;
    (void)state;
    canvas *c = image(600, 60);
    canvas_record(c, true);
    canvas_text(c, 10, 20, (text_style){0}, "Gradient 梯度 −∞ ≤ × · → ↑ ● ○ ✓ ✗ 10⁻³⁰⁸");
    canvas_text(c, 10, 40, (text_style){.face = FACE_FORMULA},
                "\\|\\partial L/\\partial h_t\\| \\odot \\sigma'(a) \\to \\infty \\nabla \\sum "
                "\\prod \\rho \\lambda \\ell \\top \\in");
    canvas_text(c, 10, 58, (text_style){.face = FACE_NUMBER}, "−1.4e−14 · 0.5");
    assert_int_equal(canvas_texts(c, &boxes), 3);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(boxes[k].missing, 0);
    canvas_text(c, 10, 20, (text_style){0}, "\U0010fffd");
    assert_int_equal(canvas_texts(c, &boxes), 4);
    assert_int_equal(boxes[3].missing, 1);
    canvas_record(c, false);
    assert_int_equal(canvas_texts(c, NULL), 0);
    canvas_free(c);
}

/* The box of the pixels that are not paper. */
static rect inked(canvas *c)
{
    const int w = (int)canvas_width(c), h = (int)canvas_height(c);
    int left = w, top = h, right = -1, bottom = -1;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            if (pixel(c, x, y) != ink_of_theme(INK_PAPER)) {
                left = x < left ? x : left;
                right = x > right ? x : right;
                top = y < top ? y : top;
                bottom = y > bottom ? y : bottom;
            }
    return (rect){left, top, right - left + 1, bottom - top + 1};
}

static void canvas_text_lies_where_it_says(void **state)
{
    static const text_style styles[] = {{0},
                                        {.across = ACROSS_RIGHT, .down = DOWN_MIDDLE},
                                        {.across = ACROSS_MIDDLE, .down = DOWN_TOP, .bold = true},
                                        {.upwards = true, .across = ACROSS_MIDDLE},
                                        {.down = DOWN_BOTTOM, .size = TYPE_TITLE},
                                        {.width = 70}};
    (void)state;
    for (size_t k = 0; k < sizeof styles / sizeof *styles; k++) {
        const text_box *boxes;
        canvas *c = image(300, 300);
        canvas_record(c, true);
        const rect box = canvas_text(c, 150, 150, styles[k], "Gate $h_{t-1}^2$ flows");
        const rect measured = canvas_measure(c, 150, 150, styles[k], "Gate $h_{t-1}^2$ flows");
        assert_memory_equal(&box, &measured, sizeof box);
        assert_int_equal(canvas_texts(c, &boxes), 1);
        const rect ink = boxes[0].box, seen = inked(c);
        assert_true(fmax(seen.w, seen.h) > 20 && fmin(seen.w, seen.h) > 8); /* it is there */
        assert_true(fabs(ink.x - seen.x) < 2.5 && fabs(ink.y - seen.y) < 2.5);
        assert_true(fabs(ink.x + ink.w - seen.x - seen.w) < 2.5);
        assert_true(fabs(ink.y + ink.h - seen.y - seen.h) < 2.5);
        assert_true(ink.x >= box.x - 2 && ink.x + ink.w <= box.x + box.w + 2);
        canvas_free(c);
    }
}

/* The lowest pixel row of the last columns of a text that ends at x. */
static int bottom_at(canvas *c, int x)
{
    int bottom = 0;
    for (int y = 0; y < (int)canvas_height(c); y++)
        for (int column = x - 5; column < x; column++)
            if (pixel(c, column, y) != ink_of_theme(INK_PAPER))
                bottom = y;
    return bottom;
}

/* Formulas stand on the same baseline after Chinese as after English. */
static void canvas_text_keeps_one_baseline(void **state)
{
    static const char *const texts[] = {"rate $2$", "率 $2$", "率，$x 2$", "$2$", "率 2"};
    (void)state;
    for (size_t k = 0; k < 5; k++) {
        canvas *c = image(140, 60);
        canvas_set_lang(c, LANG_ZH);
        canvas_text(c, 120, 40, (text_style){.across = ACROSS_RIGHT, .size = TYPE_TITLE}, texts[k]);
        assert_in_range(bottom_at(c, 120), 39, 40);
        canvas_free(c);
    }
}

static double width_of(canvas *c, const char *formula)
{
    return canvas_text_width(c, (text_style){.face = FACE_FORMULA, .size = TYPE_TITLE}, formula);
}

static void formulas_are_set(void **state)
{
    (void)state;
    canvas *c = image(100, 100);
    const double h = width_of(c, "h"), script = width_of(c, "h_{t-1}") - h;
    assert_true(script > 0 && script < width_of(c, "{t-1}")); /* smaller */
    /* the superscript stands above the subscript, not after it */
    assert_true(fabs(width_of(c, "h_{t-1}^2") - width_of(c, "h_{t-1}")) < 1);
    assert_true(fabs(width_of(c, "h^2_{t-1}") - width_of(c, "h_{t-1}")) < 1);
    assert_true(fabs(width_of(c, "h_t^{(222)}") - width_of(c, "h^{(222)}")) < 1);
    /* a fraction is as wide as its wider half, and a little */
    const double half = width_of(c, "\\partial h_{t-1}");
    const double fraction = width_of(c, "\\frac{a}{\\partial h_{t-1}}");
    assert_true(fraction > half && fraction < half * 1.2);
    /* blanks mean nothing, operators take room, names are names */
    assert_true(width_of(c, "a   b") == width_of(c, "ab"));
    assert_true(width_of(c, "a=b") > width_of(c, "{a}{b}") + width_of(c, "{=}"));
    assert_true(width_of(c, "\\odot") == width_of(c, "⊙"));
    assert_true(width_of(c, "\\leftarrow") == width_of(c, "←"));
    assert_true(width_of(c, "\\whatever") > 20);
    assert_true(width_of(c, "\\left(x\\right)") == width_of(c, "(x)"));
    canvas_free(c);
}

static double height_of(canvas *c, const char *formula)
{
    const text_style style = {.face = FACE_FORMULA, .size = TYPE_TITLE, .down = DOWN_TOP};
    return canvas_measure(c, 0, 0, style, formula).h;
}

/* What is more than a line of signs is as large as what it holds, and its name is not shown. */
static void formulas_have_matrices_and_limits(void **state)
{
    (void)state;
    canvas *c = image(100, 100);
    const double line = height_of(c, "0.9"), cell = width_of(c, "0.9");
    const char *matrix = "\\begin{pmatrix} 0.9 & 5 \\\\ 0 & 0.9 \\end{pmatrix}";
    assert_true(width_of(c, matrix) > 2 * cell && width_of(c, matrix) < 4.5 * cell);
    assert_true(height_of(c, matrix) > 1.3 * line);
    assert_true(height_of(c, "\\begin{bmatrix} 1 \\\\ 2 \\\\ 3 \\end{bmatrix}") >
                1.45 * height_of(c, matrix));
    assert_true(width_of(c, matrix) >
                width_of(c, "\\begin{matrix} 0.9 & 5 \\\\ 0 & 0.9 \\end{matrix}"));
    /* limits stand above and below, a bracket is as high as what it holds */
    assert_true(width_of(c, "\\sum_{t=1}^{T}") < width_of(c, "\\sum") + width_of(c, "_{t=1}"));
    assert_true(height_of(c, "\\sum_{t=1}^{T} x") > 1.5 * height_of(c, "\\sum x"));
    assert_true(width_of(c, "\\left(\\frac{a}{b}\\right)") > width_of(c, "\\frac{a}{b}") + 8);
    /* accents and lines lie over their letters; a root covers what is below it */
    assert_true(fabs(width_of(c, "\\hat{x}") - width_of(c, "x")) < 1);
    assert_true(fabs(width_of(c, "\\overline{abc}") - width_of(c, "abc")) < 1);
    assert_true(width_of(c, "\\sqrt{abc}") > width_of(c, "abc") + 6);
    assert_true(height_of(c, "\\underbrace{a + b}_{two}") > 1.4 * height_of(c, "a + b"));
    /* a name keeps away from letters before and after it, not from its bracket */
    assert_true(width_of(c, "o\\tanh(c)") > width_of(c, "o") + width_of(c, "\\tanh(c)") + 1);
    assert_true(fabs(width_of(c, "\\tanh(c)") - width_of(c, "\\tanh") - width_of(c, "(c)")) < 1);
    canvas_free(c);
}

static void formulas_survive_anything(void **state)
{
    static const char *const odd[] = {"$",
                                      "$$",
                                      "$x",
                                      "a_",
                                      "$a_{b$ c",
                                      "\\",
                                      "$\\",
                                      "$\\frac$",
                                      "$^_^_",
                                      "$}}}{{{",
                                      "<b>&\"",
                                      "$<&>$",
                                      "\xff\xfe$",
                                      "$\\frac{\\frac{a}{b}}{c}",
                                      "\xef\xbf\xbc",
                                      "$\\text{a",
                                      "$\\begin{pmatrix} a & b",
                                      "$\\begin{pmatrix",
                                      "$\\begin",
                                      "$\\end{x} \\right",
                                      "$\\begin{cases}}&&\\\\{\\end{cases}",
                                      "$\\left",
                                      "$\\left(\\frac{1}{2}",
                                      "$\\left\\{\\begin{matrix}\\right)\\end",
                                      "$\\sqrt",
                                      "$\\sqrt[3",
                                      "$\\hat",
                                      "$\\overline{",
                                      "$\\underbrace_{}",
                                      "\\sum_^",
                                      "$\\mathbb{",
                                      "",
                                      "$\\|\\,$ \\$5"};
    (void)state;
    canvas *c = image(200, 60);
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
        const rect box = canvas_text(c, 10, 30, (text_style){0}, odd[k]);
        assert_true(isfinite(box.w) && box.w >= 0 && box.w < 200);
        canvas_text(c, 10, 30, (text_style){.face = FACE_FORMULA}, odd[k]);
    }
    assert_true(canvas_text_width(c, (text_style){0}, "\\$5") ==
                canvas_text_width(c, (text_style){.plain = true}, "$5"));
    assert_int_equal(cairo_status(canvas_cairo(c)), CAIRO_STATUS_SUCCESS);
    canvas_free(c);
}

static void canvas_text_ends_in_an_ellipsis(void **state)
{
    (void)state;
    canvas *c = image(300, 60);
    const char *text = "much too long for the room that there is";
    assert_true(canvas_text_width(c, (text_style){.max = 80}, text) <= 80);
    assert_true(canvas_text_width(c, (text_style){0}, text) > 150);
    const rect lines = canvas_measure(c, 0, 0, (text_style){.width = 80}, text);
    assert_true(lines.w <= 80.01 && lines.h > 2 * 18);
    canvas_free(c);
}

/* --- files ---------------------------------------------------------------------------------- */

static bool holds(const char *data, size_t n, const char *what)
{
    const size_t length = strlen(what);
    for (size_t k = 0; k + length <= n; k++)
        if (memcmp(data + k, what, length) == 0)
            return true;
    return false;
}

static void make_file(const char *path)
{
    rs_error err = {0};
    canvas *c = canvas_file(path, 200, 100, 2, THEME_DARK, &err);
    assert_non_null(c);
    canvas_clear(c);
    canvas_text(c, 10, 40, (text_style){0}, "figure");
    canvas_note(c, "Title", "Norms <of> & \"h\"");
    canvas_note(c, "Settings", "rnnscope plot norms --gain 1");
    canvas_note(c, "Seed", "7");
    canvas_note(c, "Comment", "σ");
    assert_int_equal(canvas_finish(c, &err), RS_OK);
    canvas_free(c);
}

static uint32_t be32(const char *bytes)
{
    const unsigned char *p = (const unsigned char *)bytes;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* PNG's sum over a chunk's name and data, bit by bit as its specification has it */
static uint32_t png_sum(const char *bytes, size_t n)
{
    uint32_t sum = 0xffffffff;
    for (size_t k = 0; k < 8 * n; k++) {
        const uint32_t bit = (uint32_t)bytes[k / 8] >> (k % 8) & 1;
        sum = sum >> 1 ^ ((sum ^ bit) & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

static void canvas_png_holds_its_notes(void **state)
{
    size_t n, chunks = 0;
    char path[PATH];
    in_folder(state, "a.png", path);
    make_file(path);
    char *data = read_bytes(path, &n);
    assert_memory_equal(data, "\x89PNG\r\n\x1a\n", 8);
    for (size_t at = 8; at + 12 <= n; chunks++) { /* the chunks follow each other to the end */
        const size_t length = be32(data + at);
        if (memcmp(data + at + 4, "IHDR", 4) == 0)
            assert_true(be32(data + at + 8) == 400 && be32(data + at + 12) == 200); /* scale 2 */
        assert_true(at + length + 12 <= n);
        assert_int_equal(be32(data + at + 8 + length), png_sum(data + at + 4, length + 4));
        at += length + 12;
        if (at == n)
            assert_memory_equal(data + n - 8, "IEND", 4);
    }
    assert_true(chunks >= 7);
    assert_true(holds(data, n, "tEXtTitle"));
    assert_true(holds(data, n, "rnnscope plot norms --gain 1"));
    assert_true(holds(data, n, "iTXtComment"));
    free(data);
    /* Cairo reads it again */
    cairo_surface_t *again = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(again), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(again), 400);
    cairo_surface_destroy(again);
}

static void canvas_svg_and_pdf_hold_their_notes(void **state)
{
    size_t n;
    char path[PATH];
    in_folder(state, "a.svg", path);
    make_file(path);
    char *data = read_bytes(path, &n);
    assert_true(holds(data, n, "<title>Norms &lt;of&gt; &amp; &quot;h&quot;</title>"));
    assert_true(holds(data, n, "<note key=\"Seed\">7</note>"));
    assert_true(holds(data, n, "viewBox=\"0 0 200 100\""));
    assert_true(holds(data, n, "</svg>"));
    free(data);
    in_folder(state, "a.pdf", path);
    make_file(path);
    data = read_bytes(path, &n);
    assert_memory_equal(data, "%PDF-", 5);
    assert_true(holds(data, n, "/Title (Norms <of> & \"h\")"));
    assert_true(holds(data, n, "/Subject (rnnscope plot norms --gain 1)"));
    free(data);
}

static void canvas_failed_write_is_said(void **state)
{
    rs_error err = {0};
    char path[PATH];
    in_folder(state, "no/such/folder/a.png", path);
    canvas *c = canvas_file(path, 20, 20, 1, THEME_LIGHT, &err);
    assert_non_null(c);
    assert_int_equal(canvas_finish(c, &err), RS_WRITE);
    assert_non_null(strstr(err.text, "a.png"));
    canvas_free(c);
}

/* --- languages ------------------------------------------------------------------------------ */

/* The conversions of a format, one after the other: "ss" of "%s in %%, %s". */
static void conversions(const char *format, char *out)
{
    for (const char *p = format; *p; p++) {
        if (*p != '%')
            continue;
        if (p[1] == '%') {
            p++;
            continue;
        }
        for (p++; *p && !((*p >= 'a' && *p <= 'z') && *p != 'z' && *p != 'l'); p++)
            ;
        if (!*p)
            break;
        *out++ = *p;
    }
    *out = '\0';
}

static void lang_table_is_whole(void **state)
{
    const char *english, *chinese, *other, *other_chinese;
    size_t rows = 0;
    (void)state;
    for (; lang_row(rows, &english, &chinese); rows++) {
        char a[64], b[64];
        assert_true(strlen(english) > 0 && strlen(chinese) > 0);
        conversions(english, a);
        conversions(chinese, b);
        assert_string_equal(a, b);
        for (size_t k = 0; k < rows; k++) {
            lang_row(k, &other, &other_chinese);
            assert_string_not_equal(english, other);
        }
        assert_string_equal(lang_text(LANG_ZH, english), chinese);
        assert_ptr_equal(lang_text(LANG_EN, english), english);
    }
    assert_true(rows > 50);
    assert_false(lang_has(LANG_ZH, "no such text"));
    lang_kind lang = LANG_EN;
    assert_true(lang_named("zh_CN.UTF-8", &lang) && lang == LANG_ZH);
    assert_true(lang_named("en", &lang) && lang == LANG_EN);
    assert_false(lang_named("de", &lang) || lang_named("", &lang) || lang_named("zho", &lang));
}

static void canvas_finds_untranslated_texts(void **state)
{
    (void)state;
    canvas *c = image(50, 50);
    canvas_record(c, true);
    canvas_set_lang(c, LANG_ZH);
    assert_string_equal(canvas_say(c, "step t"), "步 t");
    assert_string_equal(canvas_say(c, "RNN"), "RNN");
    assert_string_equal(canvas_say(c, "$\\tanh$"), "$\\tanh$");
    assert_null(canvas_untranslated(c));
    canvas_say(c, "a text without a row");
    assert_string_equal(canvas_untranslated(c), "a text without a row");
    canvas_free(c);
}

const struct CMUnitTest canvas_tests[] = {
    cmocka_unit_test(canvas_fills_and_clips),
    cmocka_unit_test(canvas_hairline_is_one_pixel),
    cmocka_unit_test(canvas_refuses_sizes),
    cmocka_unit_test(canvas_scale_and_caller_surface),
    cmocka_unit_test(canvas_curve_is_thinned_and_loses_nothing),
    cmocka_unit_test(canvas_curve_breaks_where_not_finite),
    cmocka_unit_test(canvas_heat_shows_each_cell),
    cmocka_unit_test(canvas_heat_of_many_cells),
    cmocka_unit_test(colors_can_be_read),
    cmocka_unit_test(colors_of_maps_rise_evenly),
    cmocka_unit_test(canvas_text_has_every_glyph),
    cmocka_unit_test(canvas_text_lies_where_it_says),
    cmocka_unit_test(canvas_text_keeps_one_baseline),
    cmocka_unit_test(formulas_are_set),
    cmocka_unit_test(formulas_have_matrices_and_limits),
    cmocka_unit_test(formulas_survive_anything),
    cmocka_unit_test(canvas_text_ends_in_an_ellipsis),
    IN_FOLDER(canvas_png_holds_its_notes),
    IN_FOLDER(canvas_svg_and_pdf_hold_their_notes),
    IN_FOLDER(canvas_failed_write_is_said),
    cmocka_unit_test(lang_table_is_whole),
    cmocka_unit_test(canvas_finds_untranslated_texts)};
const size_t canvas_tests_n = TESTS_N(canvas_tests);
