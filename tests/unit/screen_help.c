#include "tests/unit/screen_help.h"

#include <cairo.h>
#include <stdio.h>
#include <string.h>

static const struct {
    double width, height;
} sizes[] = {{1024, 640}, {1280, 800}, {2560, 1440}};

/* What is wrong with the texts on the canvas: a line each on stderr; how many. The text `over` has
 * a ground of its own and may lie over others. */
static int faults(canvas *c, double left, const char *over, const char *where)
{
    const text_box *t = NULL;
    const size_t n = canvas_texts(c, &t);
    int found = 0;
    assert_true(n > 10); /* the page is not empty */
    for (size_t k = 0; k < n; k++) {
        const rect r = t[k].box;
        if (t[k].missing) {
            print_error("%s: `%s` lacks %d glyphs\n", where, t[k].text, t[k].missing);
            found++;
        }
        if (r.x < left)
            continue;
        if (r.w > 0 && (r.x < -1 || r.y < -1 || r.x + r.w > canvas_width(c) + 1 ||
                        r.y + r.h > canvas_height(c) + 1)) {
            print_error("%s: `%s` outside: %.0f %.0f %.0f %.0f\n", where, t[k].text, r.x, r.y, r.w,
                        r.h);
            found++;
        }
        for (size_t m = 0; m < k; m++) {
            const rect o = t[m].box;
            const double across =
                (r.x + r.w < o.x + o.w ? r.x + r.w : o.x + o.w) - (r.x > o.x ? r.x : o.x);
            const double down =
                (r.y + r.h < o.y + o.h ? r.y + r.h : o.y + o.h) - (r.y > o.y ? r.y : o.y);
            if (across > 1 && down > 1 && strcmp(t[k].text, over) != 0) {
                print_error("%s: `%s` over `%s` at %.0f %.0f\n", where, t[k].text, t[m].text, r.x,
                            r.y);
                found++;
            }
        }
    }
    if (canvas_untranslated(c)) {
        print_error("%s: `%s` has no Chinese\n", where, canvas_untranslated(c));
        found++;
    }
    return found;
}

/* Draws what the app shows, onto a surface that keeps shapes. */
static int faults_drawn(app *a, double left, const char *page)
{
    char where[160];
    const cairo_rectangle_t extent = {0, 0, a->width, a->height};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extent);
    canvas *c = canvas_on(surface, a->width, a->height, 1, a->theme, NULL);
    assert_non_null(c);
    canvas_set_lang(c, a->lang);
    canvas_record(c, true);
    app_draw(a, c);
    (void)snprintf(where, sizeof where, "%s %.0fx%.0f %s", page, a->width, a->height,
                   a->lang == LANG_EN ? "en" : "zh");
    const int found = faults(c, left, lang_text(a->lang, a->message), where);
    canvas_free(c);
    cairo_surface_destroy(surface);
    return found;
}

int screen_faults(app *a, double left, const char *page)
{
    int found = 0;
    for (size_t size = 0; size < TESTS_N(sizes); size++)
        for (int theme = THEME_LIGHT; theme <= THEME_DARK; theme++)
            for (int lang = LANG_EN; lang <= LANG_ZH; lang++) {
                a->theme = (theme_kind)theme;
                a->lang = (lang_kind)lang;
                app_update(a, &(event){.kind = EVENT_SIZE,
                                       .x = sizes[size].width,
                                       .y = sizes[size].height,
                                       .n = 1});
                found += faults_drawn(a, left, page);
            }
    return found;
}
