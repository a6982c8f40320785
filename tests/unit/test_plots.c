/* The plots: numbers, ticks, places, and every view at several sizes, themes and languages. */
#include "tests/unit/cli_help.h"
#include "tests/unit/fixture.h"
#include "tests/unit/passes.h"

#include "lessons/engine/bugs.h"
#include "viz/plots/check_map.h"
#include "viz/plots/curves.h"
#include "viz/plots/equations.h"
#include "viz/plots/figure.h"
#include "viz/plots/heatmap.h"
#include "viz/plots/numbers.h"
#include "viz/plots/view.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers and axes ----------------------------------------------------------------------- */

static void numbers_are_written_well(void **state)
{
    static const struct {
        double value;
        int digits;
        const char *text;
    } rows[] = {{0, 3, "0"},          {-0.0, 3, "0"},          {0.912, 3, "0.912"},
                {-0.22, 3, "−0.220"}, {1.4e-14, 2, "1.4e−14"}, {2.5e120, 2, "2.5e120"},
                {NAN, 3, "NaN"},      {INFINITY, 3, "+∞"},     {-INFINITY, 3, "−∞"},
                {12345, 3, "12345"},  {1, 3, "1.00"},          {5e-324, 2, "4.9e−324"}};
    char text[NUMBER_TEXT];
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        assert_string_equal(number_text(text, rows[k].value, rows[k].digits), rows[k].text);
    assert_string_equal(power_text(text, 0), "1");
    assert_string_equal(power_text(text, 1), "10");
    assert_string_equal(power_text(text, -5), "10⁻⁵");
    assert_string_equal(power_text(text, -308), "10⁻³⁰⁸");
    assert_string_equal(power_text(text, 123456), "10¹²³⁴⁵⁶");
    assert_string_equal(power_text(text, log10(5e-7)), "5 × 10⁻⁷");
    assert_string_equal(power_text(text, -INFINITY), "0");
    assert_string_equal(tick_text(text, 0.25, 0.25), "0.25");
    assert_string_equal(tick_text(text, 40, 20), "40");
    assert_string_equal(tick_text(text, -1.5, 0.5), "−1.5");
    assert_string_equal(tick_text(text, 1e-18, 0.5), "0.0");
    assert_string_equal(tick_text(text, 3e8, 1e8), "3e8");
}

/* m · 10^k with m one of 1, 2, 5 */
static bool is_round(double step)
{
    const double mantissa = step / pow(10, floor(log10(step) + 1e-9));
    return fabs(mantissa - 1) < 1e-6 || fabs(mantissa - 2) < 1e-6 || fabs(mantissa - 5) < 1e-6;
}

static void ticks_are_round_and_few(void **state)
{
    static const axis axes[] = {{AXIS_LINEAR, 0, 1},       {AXIS_LINEAR, -1, 1},
                                {AXIS_LINEAR, -3.7, 12.2}, {AXIS_LINEAR, 1e-9, 3e-9},
                                {AXIS_LINEAR, 999, 1001},  {AXIS_POWERS, -3000, 5},
                                {AXIS_POWERS, -20, 1}};
    (void)state;
    for (size_t k = 0; k < sizeof axes / sizeof *axes; k++)
        for (size_t most = 2; most < 20; most++) {
            tick ticks[MAX_TICKS];
            const size_t n = axis_ticks(axes[k], most, ticks);
            assert_true(n >= 1 && n <= most + 1);
            for (size_t j = 0; j < n; j++) {
                const double place = axis_place(axes[k], ticks[j].value);
                assert_true(place > -1e-6 && place < 1 + 1e-6);
                if (j > 0)
                    assert_true(is_round(ticks[j].value - ticks[j - 1].value));
                if (j > 1) /* evenly apart */
                    assert_true(fabs(ticks[j].value - 2 * ticks[j - 1].value + ticks[j - 2].value) <
                                1e-6 * (axes[k].high - axes[k].low));
            }
        }
}

static void ticks_name_the_last_step(void **state)
{
    tick ticks[MAX_TICKS];
    (void)state;
    for (size_t T = 2; T < 300; T += 7) {
        const size_t n = axis_ticks((axis){AXIS_STEPS, -.5, (double)T - .5}, 8, ticks);
        char last[32];
        (void)snprintf(last, sizeof last, "%zu", T - 1);
        assert_string_equal(ticks[n - 1].text, last);
        assert_string_equal(ticks[0].text, "0");
        for (size_t j = 1; j < n; j++)
            assert_true(ticks[j].value > ticks[j - 1].value);
    }
}

static void ticks_of_a_short_log_axis(void **state)
{
    tick ticks[MAX_TICKS];
    (void)state;
    const size_t n = axis_ticks((axis){AXIS_LOG, log10(.04), log10(3)}, 10, ticks);
    assert_true(n >= 5); /* 0.05 0.1 0.2 0.5 1 2 */
    assert_string_equal(ticks[0].text, "0.05");
    assert_true(fabs(ticks[0].value - .05) < 1e-12);
}

static void axes_go_there_and_back(void **state)
{
    const plot_area a = {
        .area = {30, 40, 200, 100}, .x = {AXIS_LOG, -5, 2}, .y = {AXIS_LINEAR, -1, 3}};
    (void)state;
    const point p = area_point(&a, 1e-5, 3);
    assert_true(fabs(p.x - 30) < 1e-9 && fabs(p.y - 40) < 1e-9); /* top left */
    const point q = area_point(&a, .37, 1.2), back = area_numbers(&a, q);
    assert_true(fabs(back.x - .37) < 1e-12 && fabs(back.y - 1.2) < 1e-12);
    assert_true(isnan(axis_place(a.x, 0)) && isnan(axis_place(a.x, -1)));
    plot_layout layout = {0};
    layout_add(&layout, a);
    assert_ptr_equal(layout_at(&layout, q), &layout.area[0]);
    assert_null(layout_at(&layout, (point){10, 10}));
    layout_add(NULL, a);
    const plot_area cells = {.area = {0, 0, 50, 20}, .rows = 4, .cols = 10};
    const point cell = area_numbers(&cells, (point){27, 11});
    assert_true((size_t)cell.x == 5 && (size_t)cell.y == 2);
}

static void axes_never_crowd_their_numbers(void **state)
{
    (void)state;
    for (int w = 40; w < 400; w += 9) {
        rs_error err = {0};
        const text_box *t;
        canvas *c = canvas_image(500, 100, 1, THEME_LIGHT, &err);
        assert_non_null(c);
        canvas_record(c, true);
        const plot_area a = {
            .area = {40, 20, w, 50}, .x = {AXIS_STEPS, 0, 99999}, .y = {AXIS_LINEAR, 0, 1}};
        axes_draw(c, &a, (axes_style){.no_y = true, .x_name = "step t"});
        const size_t n = canvas_texts(c, &t);
        assert_true(n >= 2);
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < k; j++)
                assert_true(t[k].box.x > t[j].box.x + t[j].box.w + 3 ||
                            t[j].box.x > t[k].box.x + t[k].box.w + 3 ||
                            t[k].box.y > t[j].box.y + t[j].box.h);
        canvas_free(c);
    }
}

static void axes_take_in_their_numbers(void **state)
{
    (void)state;
    axis a = axis_start(AXIS_LOG);
    const double values[] = {1e-12, 0, NAN, INFINITY, 3, -1};
    for (size_t k = 0; k < 6; k++)
        axis_grow(&a, values[k]);
    a = axis_finish(a);
    assert_true(a.low <= -12 && a.low > -14 && a.high >= log10(3) && a.high <= 1.01);
    a = axis_finish(axis_start(AXIS_LINEAR)); /* of nothing at all */
    assert_true(a.low < a.high);
    a = axis_start(AXIS_LINEAR);
    axis_grow(&a, 5);
    a = axis_finish(a); /* of one value */
    assert_true(a.low < 5 && a.high > 5);
    a = axis_about_zero(.62);
    assert_true(fabs(a.high - .7) < 1e-12 && a.low == -a.high);
    a = axis_about_zero(0);
    assert_true(a.high == 1);
}

/* --- texts ---------------------------------------------------------------------------------- */

static bool overlap(rect a, rect b)
{
    const double slack = 1; /* of antialiasing */
    return a.x + slack < b.x + b.w && b.x + slack < a.x + a.w && a.y + slack < b.y + b.h &&
           b.y + slack < a.y + a.h;
}

/* No text outside, none over another, no missing sign, none that cannot be read. */
static void assert_texts_fit(const char *what, canvas *c)
{
    const text_box *t;
    const size_t n = canvas_texts(c, &t);
    const rgb paper = ink_color(canvas_theme(c), INK_PAPER);
    assert_true(n > 4);
    for (size_t k = 0; k < n; k++) {
        const rect r = t[k].box;
        if (t[k].missing > 0)
            fail_msg("%s: no font has a sign of \"%s\"", what, t[k].text);
        if (r.x < 0 || r.y < 0 || r.x + r.w > canvas_width(c) || r.y + r.h > canvas_height(c))
            fail_msg("%s: \"%s\" at %.0f,%.0f (%.0fx%.0f) is outside", what, t[k].text, r.x, r.y,
                     r.w, r.h);
        if (color_contrast(t[k].color, paper) < 4.5)
            fail_msg("%s: \"%s\" is too faint", what, t[k].text);
        for (size_t j = 0; j < k; j++)
            if (overlap(r, t[j].box))
                fail_msg("%s: \"%s\" and \"%s\" overlap at %.0f,%.0f", what, t[k].text, t[j].text,
                         r.x, r.y);
    }
    if (canvas_untranslated(c))
        fail_msg("%s: no Chinese for \"%s\"", what, canvas_untranslated(c));
}

/* --- curves --------------------------------------------------------------------------------- */

static void add(curves *to, const char *name, const double *y, size_t n)
{
    curves_add(to, name, y, n, INK_BLUE, DASH_NONE);
}

static bool has_text(canvas *c, const char *text)
{
    const text_box *t;
    const size_t n = canvas_texts(c, &t);
    for (size_t k = 0; k < n; k++)
        if (strcmp(t[k].text, text) == 0)
            return true;
    return false;
}

static canvas *draw_curves(const curves *data, plot_layout *layout)
{
    rs_error err = {0};
    canvas *c = canvas_image(500, 300, 1, THEME_LIGHT, &err);
    assert_non_null(c);
    canvas_clear(c);
    canvas_record(c, true);
    plot_curves(c, (rect){0, 0, 500, 300}, data, layout);
    return c;
}

static void curves_show_what_no_log_axis_can(void **state)
{
    const double odd[] = {1, 1e-20, 1e-310, 0, 0, NAN, INFINITY, 1e-5};
    const double steps[] = {11, 12, 13, 14, 15, 16, 17, 18};
    const double good[] = {1, .1, .01, .001};
    curves data = {.x_kind = AXIS_STEPS, .y_kind = AXIS_LOG};
    (void)state;
    add(&data, "", odd, 8);
    data.curve[0].x = steps; /* so that no number of the axis reads 0 */
    canvas *c = draw_curves(&data, NULL);
    assert_true(has_text(c, "0"));
    assert_true(has_text(c, "NaN, +∞"));
    assert_true(has_text(c, "smallest float32") && has_text(c, "smallest double"));
    canvas_free(c);
    curves plain = {.x_kind = AXIS_LINEAR, .y_kind = AXIS_LOG, .x = {AXIS_LINEAR, .5, 2.5}};
    add(&plain, "", good, 4);
    c = draw_curves(&plain, NULL);
    assert_false(has_text(c, "0") || has_text(c, "NaN, +∞") || has_text(c, "NaN"));
    assert_false(has_text(c, "smallest float32"));
    canvas_free(c);
}

static void heat_map_tells_what_its_scale_cuts_off(void **state)
{
    const double value[] = {1, 1e-3, 1e-12, 0, NAN, INFINITY};
    rs_error err = {0};
    (void)state;
    const heatmap all = {.value = value,
                         .rows = 1,
                         .cols = 6,
                         .row_step = 6,
                         .col_step = 1,
                         .scale = {AXIS_LOG, -6, 0}};
    const heatmap good = {.value = value,
                          .rows = 1,
                          .cols = 2,
                          .row_step = 2,
                          .col_step = 1,
                          .scale = {AXIS_LOG, -6, 0}};
    canvas *c = canvas_image(100, 100, 1, THEME_LIGHT, &err);
    assert_non_null(c);
    canvas_record(c, true);
    assert_true(heatmap_draw_odd(c, 5, 5, &good) == 0);
    assert_int_equal(canvas_texts(c, NULL), 0);
    assert_true(heatmap_draw_odd(c, 5, 5, &all) == 4 * 16);
    assert_true(has_text(c, "< 10⁻⁶") && has_text(c, "0") && has_text(c, "NaN") &&
                has_text(c, "∞"));
    canvas_free(c);
    const axis scale = heatmap_log_scale(value, 6, 24);
    assert_true(scale.low <= -12 && scale.low > -14 && scale.high >= 0 && scale.high <= 1);
    const axis cut = heatmap_log_scale(value, 6, 5);
    assert_true(cut.low > -6.5 && cut.low <= -5);
}

static void curves_of_nothing_are_drawn(void **state)
{
    const double none[] = {NAN, NAN}, zero[] = {0, 0, 0}, one[] = {4};
    (void)state;
    for (int kind = AXIS_LINEAR; kind <= AXIS_POWERS; kind++) {
        curves data = {.title = "Loss", .y_kind = (axis_kind)kind};
        plot_layout layout = {0};
        canvas_free(draw_curves(&data, &layout));
        assert_int_equal(layout.n, 1);
        add(&data, "a", none, 2);
        add(&data, "b", zero, 3);
        add(&data, "c", one, 1);
        canvas *c = draw_curves(&data, NULL);
        assert_int_equal(cairo_status(canvas_cairo(c)), CAIRO_STATUS_SUCCESS);
        canvas_free(c);
    }
}

/* Where the layout says that a number lies, the curve is drawn. */
static void curves_lie_where_the_layout_says(void **state)
{
    double y[101];
    plot_layout layout = {0};
    curves data = {.x_kind = AXIS_STEPS, .y_kind = AXIS_LOG};
    (void)state;
    for (int k = 0; k <= 100; k++)
        y[k] = pow(10, -k / 10.0);
    add(&data, "", y, 101);
    canvas *c = draw_curves(&data, &layout);
    assert_int_equal(layout.n, 1);
    cairo_surface_flush(canvas_surface(c));
    const unsigned char *pixels = cairo_image_surface_get_data(canvas_surface(c));
    const int stride = cairo_image_surface_get_stride(canvas_surface(c));
    for (int k = 5; k < 100; k += 9) {
        const point p = area_point(&layout.area[0], k, y[k]);
        const unsigned char *at = pixels + (int)p.y * stride + 4 * (int)p.x;
        assert_true(at[2] < 120); /* blue: little red, where paper has much */
    }
    canvas_free(c);
}

static void curves_as_csv(void **state)
{
    const double y[] = {1, 2.5, 1e-300}, x[] = {3, 4, 5}, z[] = {7, 8};
    curves data = {.x_name = "lag"};
    char text[256] = "";
    (void)state;
    add(&data, "LSTM", y, 3);
    data.curve[0].x = x;
    add(&data, "GRU", z, 2);
    FILE *f = tmpfile();
    assert_non_null(f);
    curves_csv(f, &data);
    rewind(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    assert_string_equal(text, "lag,LSTM,GRU\n3,1,7\n4,2.5,8\n5,1e-300,\n");
}

static void names_of_many_curves_keep_apart(void **state)
{
    static double y[8][50];
    static const char *const names[] = {"input gate", "forget gate",  "output gate", "candidate",
                                        "cell state", "hidden state", "reset gate",  "update gate"};
    (void)state;
    for (int form = 0; form < 3; form++) { /* bundled, crossing, all the same */
        curves data = {.x_kind = AXIS_STEPS, .x_name = "step t"};
        for (int k = 0; k < 8; k++) {
            for (int t = 0; t < 50; t++)
                y[k][t] = form == 0 ? t + k * .5 : form == 1 ? sin(t * .2 + k) : 1;
            add(&data, names[k], y[k], 50);
        }
        canvas *c = draw_curves(&data, NULL);
        for (int k = 0; k < 8; k++)
            assert_true(has_text(c, names[k]));
        assert_texts_fit("names", c);
        canvas_free(c);
    }
}

/* --- equations ------------------------------------------------------------------------------- */

static void assert_equation(const moment *m, const equation *e)
{
    const double shown = moment_evaluate(m, e->result), from = moment_evaluate(m, e->value);
    if (!(fabs(shown - from) <= 1e-12 * fmax(fabs(shown), 1e-3)))
        fail_msg("%s: %s = %g but %s = %g", e->formula, e->result, shown, e->value, from);
}

/* Every equation that is shown holds in the passes' own numbers, at every step. */
static void equations_hold(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(
            *cell, (shape){.T = 4, .B = 2, .I = 3, .H = 3, .L = 2, .O = 2, .kind = RS_MSE}, 5);
        rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
        const cell_equations *all = equations_of(*cell);
        size_t n = 0;
        assert_non_null(all);
        for (size_t k = 0; k < 2 * 4 * 2 * 3; k++) {
            const moment m = {trace, k % 2, k / 2 % 4, k / 8 % 2, k / 16};
            for (size_t s = 0; s < 4 && all->stage[s].function; s++) {
                for (size_t j = 0; j < 4 && all->stage[s].forward[j].formula; j++, n++)
                    assert_equation(&m, &all->stage[s].forward[j]);
                for (size_t j = 0; j < 5 && all->stage[s].backward[j].formula; j++, n++)
                    assert_equation(&m, &all->stage[s].backward[j]);
            }
        }
        assert_true(n >= 48);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

static void assert_source(const cell_equations *cell, const char *function, bool backward,
                          const equation *e)
{
    char text[160];
    const size_t n = equation_source(cell->file, function, backward, e, text, sizeof text);
    if (n != 1)
        fail_msg("%s: %zu lines of %s%s begin with \"%s\"", cell->file, n, function,
                 backward ? "_backward" : "", e->code);
    if (text[strlen(text) - 1] != ';')
        fail_msg("%s: \"%s\" is not a whole statement", cell->file, text);
}

/* Every equation has its line in the source of the cell, just one. */
static void equations_have_their_lines(void **state)
{
    char text[160];
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        const cell_equations *all = equations_of(*cell);
        assert_non_null(all);
        for (size_t s = 0; s < 4 && all->stage[s].function; s++) {
            for (size_t j = 0; j < 4 && all->stage[s].forward[j].formula; j++)
                assert_source(all, all->stage[s].function, false, &all->stage[s].forward[j]);
            for (size_t j = 0; j < 5 && all->stage[s].backward[j].formula; j++)
                assert_source(all, all->stage[s].function, true, &all->stage[s].backward[j]);
        }
    }
    assert_int_equal(cell_source("lib/cells/lstm.c", "gates", "f[u] =", text, sizeof text), 1);
    assert_string_equal(text, "f[u] = rs_sigmoid(a_f[u]);");
    /* without the comment behind it */
    assert_int_equal(cell_source("lib/cells/rnn.c", "state_backward", "da[u] =", text, 160), 1);
    assert_string_equal(text, "da[u] = dh[u] * (1 - h[u] * h[u]);");
    /* of another function, of none, of no file */
    assert_int_equal(cell_source("lib/cells/lstm.c", "gates", "c[u] =", text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_int_equal(cell_source("lib/cells/lstm.c", "gate", "f[u] =", text, sizeof text), 0);
    assert_int_equal(cell_source("lstm.c", "gates", "f[u] =", text, sizeof text), 0);
    assert_int_equal(cell_source("lib/cells/lstm.c", "gates", "f[u] =", text, 5), 1);
    assert_string_equal(text, "f[u]"); /* no room: cut, not overrun */
}

static void equations_are_filled_in(void **state)
{
    char text[200];
    fixture f = fixture_make(&rs_cell_lstm,
                             (shape){.T = 2, .B = 1, .I = 1, .H = 1, .L = 1, .kind = RS_MSE}, 5);
    rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
    const moment m = {trace, 0, 1, 0, 0};
    (void)state;
    const int c = rs_channel_named(&rs_cell_lstm, "c"), g = rs_channel_named(&rs_cell_lstm, "g");
    trace->layer[0].value[c][0] = -.5;
    trace->layer[0].value[c][1] = .25;
    trace->layer[0].value[g][1] = -.125;
    moment_fill(&m, "{c-} * {g} + sigma({c}) - tanh({g})", text, sizeof text);
    assert_string_equal(text, "−0.500 · (−0.125) + σ(0.250) - tanh(−0.125)");
    assert_true(fabs(moment_evaluate(&m, "2 * ({c} + {c-}) * {g}") - 2 * -.25 * -.125) < 1e-15);
    assert_true(isnan(moment_evaluate(&m, "{nothing}")));
    assert_true(isnan(moment_evaluate(&m, "{c} {c}")) && isnan(moment_evaluate(&m, "")));
    assert_true(isnan(moment_evaluate(&m, "{c")) && isnan(moment_evaluate(&m, "{g-}")));
    moment_fill(&m, "{c} + {c}", text, 4); /* no room: cut, not overrun */
    assert_true(strlen(text) <= 3);
    rs_trace_free(trace);
    fixture_free(&f);
}

/* --- views ----------------------------------------------------------------------------------- */

static void draw_view(const view *v, const void *data, double w, double h, theme_kind theme,
                      lang_kind lang)
{
    rs_error err = {0};
    char what[120];
    plot_layout layout = {0};
    canvas *c = canvas_image(w, h, 1, theme, &err);
    assert_non_null(c);
    canvas_set_lang(c, lang);
    canvas_record(c, true);
    const figure f = {v, data, v->alone ? NULL : "LSTM, H = 6", "rnnscope plot", 1};
    (void)snprintf(what, sizeof what, "%s at %gx%g, %s, %s", v->name, w, h,
                   theme ? "dark" : "light", lang ? "zh" : "en");
    figure_draw(c, &f, &layout);
    assert_texts_fit(what, c);
    for (size_t k = 0; k < layout.n; k++) {
        const rect r = layout.area[k].area;
        assert_true(r.x >= 0 && r.y >= 0 && r.x + r.w <= w && r.y + r.h <= h);
    }
    canvas_free(c);
}

static void draw_everywhere(const view *v, const void *data)
{
    static const double sizes[][2] = {{1280, 800}, {1024, 640}, {640, 480}};
    for (size_t s = 0; s < 3; s++)
        for (int lang = 0; lang < 2; lang++)
            draw_view(v, data, sizes[s][0], sizes[s][1], (theme_kind)((s + (size_t)lang) % 2),
                      (lang_kind)lang);
}

static void assert_csv(const view *v, const void *data)
{
    char line[512];
    FILE *f = tmpfile();
    assert_non_null(f);
    v->csv(f, data);
    rewind(f);
    size_t lines = 0;
    while (fgets(line, sizeof line, f))
        lines += strchr(line, ',') != NULL;
    fclose(f);
    if (lines < 3)
        fail_msg("%s: the CSV has %zu rows", v->name, lines);
}

static void views_of(const char *cell, const char *task, size_t hidden)
{
    passes p;
    make_passes(&p, cell, task, hidden);
    for (const view *const *v = views; *v; v++) {
        rs_error err = {0};
        void *data = NULL;
        if ((*v)->make(&p.input, &data, &err) != RS_OK)
            fail_msg("%s: %s", (*v)->name, err.text);
        draw_everywhere(*v, data);
        assert_csv(*v, data);
        (*v)->free(data);
    }
    free_passes(&p);
}

static void views_of_lstm_fit(void **state)
{
    (void)state;
    views_of("lstm", "adding", 6);
}

static void views_of_gru_fit(void **state)
{
    (void)state;
    views_of("gru", "sine", 5);
}

static void views_of_rnn_of_two_units_fit(void **state)
{
    (void)state;
    views_of("rnn", "copy", 2);
}

static void views_without_a_loss(void **state)
{
    passes p;
    (void)state;
    make_passes(&p, "gru", "sine", 3);
    p.input.gradient = NULL;
    for (const view *const *v = views; *v; v++) {
        rs_error err = {0};
        void *data = NULL;
        const rs_status status = (*v)->make(&p.input, &data, &err);
        assert_int_equal(status, (*v)->needs_loss ? RS_USAGE : RS_OK);
        if (status == RS_OK)
            (*v)->free(data);
        else
            assert_non_null(strstr(err.text, (*v)->name));
    }
    free_passes(&p);
}

/* An option that one of the cells has no use for does not keep it out of the picture. */
static void views_compare_every_cell(void **state)
{
    passes p;
    rs_error err = {0};
    void *data = NULL;
    char header[128] = "";
    (void)state;
    make_passes(&p, "lstm", "adding", 4);
    p.options.forget_bias = 2;
    assert_int_equal(view_norms.make(&p.input, &data, &err), RS_OK);
    FILE *f = tmpfile();
    assert_non_null(f);
    view_norms.csv(f, data);
    rewind(f);
    assert_non_null(fgets(header, sizeof header, f)); /* the panel's title */
    assert_non_null(fgets(header, sizeof header, f));
    fclose(f);
    assert_string_equal(header, "step t,RNN,LSTM,GRU\n");
    view_norms.free(data);
    free_passes(&p);
}

static void views_are_found_by_name(void **state)
{
    (void)state;
    for (const view *const *v = views; *v; v++)
        assert_ptr_equal(view_named((*v)->name), *v);
    assert_null(view_named("nothing"));
}

static void views_survive_what_is_not_finite(void **state)
{
    passes p;
    (void)state;
    make_passes(&p, "lstm", "sine", 4);
    rs_layer *layer = &p.trace->layer[0];
    layer->d[RS_H][5] = NAN;
    layer->d[RS_H][20] = INFINITY;
    layer->value[RS_H][7] = NAN;
    layer->value[RS_H][30] = -INFINITY;
    memset(layer->d[RS_H] + 40, 0, 20 * sizeof(double));
    static const char *const drawn[] = {"chain", "gates", "units", "norms", "phase"};
    for (size_t k = 0; k < 5; k++) {
        rs_error err = {0};
        void *data = NULL;
        const view *v = view_named(drawn[k]);
        p.input.together = &p.input;
        p.input.together_n = 1;
        assert_int_equal(v->make(&p.input, &data, &err), RS_OK);
        draw_view(v, data, 900, 600, THEME_LIGHT, LANG_EN);
        v->free(data);
    }
    free_passes(&p);
}

/* --- the map of a wrong check --------------------------------------------------------------- */

static const double *largest_of(const check_map *map)
{
    const double *most = map->errors.value;
    for (size_t k = 0; k < map->errors.rows * map->errors.T; k++)
        if (map->errors.value[k] > *most)
            most = &map->errors.value[k];
    return most;
}

/* The map of the pass; .value NULL where it has none. */
static check_map map_of(const passes *p)
{
    rs_error err = {0};
    rs_check_report report = {0};
    check_map map;
    const double *parameters = p->run.model.parameters;
    assert_int_equal(rs_check(p->trace, parameters, &p->run.data.loss, NULL, &report, &err), RS_OK);
    assert_int_equal(
        check_map_make(&map, p->trace, parameters, &p->run.data.loss, &report, 1, &err), RS_OK);
    rs_check_report_free(&report);
    return map;
}

static void check_maps_what_is_wrong(void **state)
{
    (void)state;
    for (const bug *b = bugs; b->name; b++) {
        rs_error err = {0};
        passes p;
        void *data = NULL;
        make_passes(&p, b->cell, "adding", 5);
        check_map map = map_of(&p);
        assert_null(map.errors.value);
        const rs_cell broken = bug_cell(b);
        p.run.model.net.cell = &broken;
        map = map_of(&p);
        if (!map.errors.value || !map.errors.marked || map.errors.row >= map.errors.rows)
            fail_msg("%s: no map, or no mark in it", b->name);
        const size_t t = (size_t)(largest_of(&map) - map.errors.value) % map.errors.T;
        if (t > map.errors.step ||
            !(map.errors.value[map.errors.row * map.errors.T + map.errors.step] > 1e-12))
            fail_msg("%s: worst at step %zu, located at %zu", b->name, t, map.errors.step);
        for (size_t k = 0; k < map.errors.rows; k++) /* what came before it in the pass is right */
            for (size_t later = map.errors.step + 1; later < map.errors.T; later++)
                assert_true(map.errors.value[k * map.errors.T + later] == 0);
        check_map_free(&map);
        assert_int_equal(view_check.make(&p.input, &data, &err), RS_OK);
        draw_everywhere(&view_check, data);
        assert_csv(&view_check, data);
        view_check.free(data);
        free_passes(&p);
    }
}

/* The least error of the central difference in the CSV of the check. */
static double least_central_error(const void *data)
{
    char line[512];
    double step, forward, central, least = INFINITY;
    bool steps = false;
    FILE *f = tmpfile();
    assert_non_null(f);
    view_check.csv(f, data);
    rewind(f);
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#')
            steps = strstr(line, "of the step") != NULL;
        else if (steps && sscanf(line, "%lf,%lf,%lf", &step, &forward, &central) == 3)
            least = fmin(least, central);
    }
    fclose(f);
    return least;
}

/* Initial states that were put into the trace, as a scene's are, and not into the data. */
static void check_starts_where_the_pass_did(void **state)
{
    (void)state;
    rs_error err = {0};
    passes p;
    void *data = NULL;
    make_passes(&p, "lstm", "adding", 4);
    for (size_t k = 0; k < 2; k++) { /* h and c of step −1 */
        double *start = p.trace->layer[0].value[rs_state_channel(p.trace->net->cell, k)] -
                        p.trace->B * p.trace->net->hidden;
        for (size_t j = 0; j < p.trace->B * p.trace->net->hidden; j++)
            start[j] = 2 - .3 * (double)j;
    }
    memset(p.gradient, 0, p.run.model.net.parameters_n * sizeof *p.gradient);
    rs_forward(p.trace, p.run.model.parameters, NULL);
    rs_loss_forward(p.trace, &p.run.data.loss);
    rs_backward(p.trace, p.run.model.parameters, p.gradient, 0);
    assert_int_equal(view_check.make(&p.input, &data, &err), RS_OK);
    assert_true(least_central_error(data) < 1e-7);
    view_check.free(data);
    free_passes(&p);
}

/* --- the command ----------------------------------------------------------------------------- */

static void plot_writes_each_format(void **state)
{
    size_t n;
    char path[PATH];
    assert_done(run_cli(state, "plot norms --task adding --steps 20 --hidden 4 -o a.png "
                               "--numbers a.csv --theme dark --lang zh --size 640x480@2"));
    char *png = read_bytes(in_folder(state, "a.png", path), &n);
    assert_true(n > 5000 && memcmp(png + 1, "PNG", 3) == 0);
    assert_true((unsigned char)png[18] == 1280 / 256 && (unsigned char)png[19] == 1280 % 256);
    free(png);
    char *csv = read_bytes(in_folder(state, "a.csv", path), &n);
    assert_non_null(strstr(csv, "LSTM"));
    free(csv);
    assert_done(run_cli(state, "plot wall -o a.svg"));
    assert_done(run_cli(state, "plot gates --cell gru --task sine --steps 9 -o a.pdf"));
    char *pdf = read_bytes(in_folder(state, "a.pdf", path), &n);
    assert_memory_equal(pdf, "%PDF", 4);
    free(pdf);
}

static void plot_is_the_same_twice(void **state)
{
    assert_done(run_cli(state, "plot credit --task sine --steps 20 --hidden 4 -o a.png"));
    assert_done(run_cli(state, "plot credit --task sine --steps 20 --hidden 4 -o b.png"));
    assert_same_file(state, "a.png", "b.png");
}

static void plot_complains(void **state)
{
    assert_complains(run_cli(state, "plot norm --task sine -o a.png"), 64, "norms");
    assert_complains(run_cli(state, "plot -o a.png"), 64, "expected a view");
    assert_complains(run_cli(state, "plot norms --task sine"), 64, "-o");
    assert_complains(run_cli(state, "plot norms --task sine -o a.jpg"), 64, ".png");
    assert_complains(run_cli(state, "plot norms --task sine -o a.png --size 12"), 64, "1280x800");
    assert_complains(run_cli(state, "plot norms --task sine -o a.png --theme blue"), 64, "light");
    assert_complains(run_cli(state, "plot norms --task sine -o no/such/a.png"), 74,
                     "no/such/a.png");
    assert_int_equal(folder_entries(state), 0);
}

const struct CMUnitTest plots_tests[] = {cmocka_unit_test(numbers_are_written_well),
                                         cmocka_unit_test(ticks_are_round_and_few),
                                         cmocka_unit_test(ticks_name_the_last_step),
                                         cmocka_unit_test(ticks_of_a_short_log_axis),
                                         cmocka_unit_test(axes_go_there_and_back),
                                         cmocka_unit_test(axes_never_crowd_their_numbers),
                                         cmocka_unit_test(axes_take_in_their_numbers),
                                         cmocka_unit_test(curves_show_what_no_log_axis_can),
                                         cmocka_unit_test(heat_map_tells_what_its_scale_cuts_off),
                                         cmocka_unit_test(curves_of_nothing_are_drawn),
                                         cmocka_unit_test(curves_lie_where_the_layout_says),
                                         cmocka_unit_test(curves_as_csv),
                                         cmocka_unit_test(names_of_many_curves_keep_apart),
                                         cmocka_unit_test(equations_hold),
                                         cmocka_unit_test(equations_have_their_lines),
                                         cmocka_unit_test(equations_are_filled_in),
                                         cmocka_unit_test(views_of_lstm_fit),
                                         cmocka_unit_test(views_of_gru_fit),
                                         cmocka_unit_test(views_of_rnn_of_two_units_fit),
                                         cmocka_unit_test(views_without_a_loss),
                                         cmocka_unit_test(views_compare_every_cell),
                                         cmocka_unit_test(views_are_found_by_name),
                                         cmocka_unit_test(views_survive_what_is_not_finite),
                                         cmocka_unit_test(check_maps_what_is_wrong),
                                         cmocka_unit_test(check_starts_where_the_pass_did),
                                         IN_FOLDER(plot_writes_each_format),
                                         IN_FOLDER(plot_is_the_same_twice),
                                         IN_FOLDER(plot_complains)};
const size_t plots_tests_n = TESTS_N(plots_tests);
