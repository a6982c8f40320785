/* The viewer's state: what each key and each gesture does, undo, the state as text. */
#include "tests/unit/test.h"

#include "viz/app/job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    app app;
    worker *worker;
} fixture;

/* Until everything that was asked for is there. */
static void wait_for(fixture *f)
{
    job_ask(f->worker, &f->app);
    while (worker_busy(f->worker)) {
        (void)worker_wait(f->worker, 1000);
        (void)job_take(f->worker, &f->app);
    }
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    scene first = app_first_scene();
    first.number[SCENE_STEPS] = 30;
    first.number[SCENE_HIDDEN] = 4;
    app_start(&f->app, &first, NULL, LANG_EN, THEME_LIGHT, 1280, 800);
    f->worker = job_start(NULL, NULL, NULL);
    assert_non_null(f->worker);
    wait_for(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    worker_stop(f->worker);
    app_stop(&f->app);
    free(f);
    return 0;
}

static void near(double value, double expected, double most)
{
    assert_true(fabs(value - expected) <= most);
}

static void press(app *a, const char *name)
{
    event e = {.kind = EVENT_KEY};
    assert_true(event_key_named(name, &e.key, &e.with));
    app_update(a, &e);
}

static void point_at(app *a, event_kind kind, double x, double y, int count)
{
    app_update(a, &(event){.kind = kind, .x = x, .y = y, .count = count});
}

static void click(app *a, rect r)
{
    const double x = r.x + r.w / 2, y = r.y + r.h / 2;
    point_at(a, EVENT_MOVE, x, y, 1);
    point_at(a, EVENT_PRESS, x, y, 1);
    point_at(a, EVENT_RELEASE, x, y, 1);
}

static const control *control_of(const app *a, control_kind kind, size_t which)
{
    for (size_t k = 0; k < a->controls_n; k++)
        if (a->controls[k].kind == kind && a->controls[k].which == which)
            return &a->controls[k];
    fail();
    return NULL;
}

static void focus_on(app *a, control_kind kind, size_t which)
{
    a->focus = (size_t)(control_of(a, kind, which) - a->controls);
}

/* --- keys ---------------------------------------------------------------------------------- */

static void tab_reaches_every_control_and_shows_it(void **state)
{
    app *a = &((fixture *)*state)->app;
    assert_true(a->focus >= a->controls_n);
    for (size_t k = 0; k < a->controls_n; k++) {
        press(a, "Tab");
        assert_int_equal(a->focus, k);
        assert_true(a->focus_visible);
    }
    press(a, "Tab");
    assert_int_equal(a->focus, 0);
    press(a, "Shift+Tab");
    assert_int_equal(a->focus, a->controls_n - 1);
}

static size_t controls_of(const app *a, control_kind kind, size_t which)
{
    size_t n = 0;
    for (size_t k = 0; k < a->controls_n; k++)
        n += a->controls[k].kind == kind && a->controls[k].which == which;
    return n;
}

/* Beside weights that are given no slider moves nothing: neither sizes nor what is drawn. */
static void given_weights_leave_what_moves_them(void **state)
{
    app *a = &((fixture *)*state)->app;
    scene_matrix *W = &a->scene.matrix[SCENE_W];
    assert_int_equal(controls_of(a, CONTROL_SLIDER, SCENE_HIDDEN), 1);
    assert_int_equal(controls_of(a, CONTROL_CHOICE, CHOICE_TASK), 1);
    W->rows = W->cols = 1;
    app_lay_out(a);
    static const size_t idle[] = {SCENE_HIDDEN, SCENE_LAYERS, SCENE_SEED, SCENE_INPUT_STD};
    for (size_t k = 0; k < TESTS_N(idle); k++)
        assert_int_equal(controls_of(a, CONTROL_SLIDER, idle[k]), 0);
    assert_int_equal(controls_of(a, CONTROL_CHOICE, CHOICE_TASK), 0);
    assert_int_equal(controls_of(a, CONTROL_CHOICE, CHOICE_INIT), 0);
    assert_int_equal(controls_of(a, CONTROL_CHOICE, CHOICE_LOSS), 1);
    assert_int_equal(controls_of(a, CONTROL_SLIDER, SCENE_GAIN), 1);
    assert_int_equal(controls_of(a, CONTROL_SLIDER, SCENE_STEPS), 1);
}

static void arrows_change_the_slider(void **state)
{
    app *a = &((fixture *)*state)->app;
    double *gain = &a->scene.number[SCENE_GAIN];
    focus_on(a, CONTROL_SLIDER, SCENE_GAIN);
    const double start = *gain, hundredth = pow(20 / .05, .01);
    press(a, "Right");
    near(*gain, start * hundredth, 1e-9);
    press(a, "Left");
    near(*gain, start, 1e-9);
    press(a, "Up");
    press(a, "Down");
    near(*gain, start, 1e-9);
    press(a, "Shift+Right");
    near(*gain, start * pow(hundredth, 10), 1e-9);
    press(a, "Shift+Left");
    press(a, "Shift+Left");
    near(*gain, start / pow(hundredth, 10), 1e-9);
    press(a, "Home");
    assert_true(*gain == 1);
    focus_on(a, CONTROL_SLIDER, SCENE_LAYERS); /* whole numbers move by one at least */
    press(a, "Right");
    assert_true(a->scene.number[SCENE_LAYERS] == 2);
    press(a, "Left");
    press(a, "Left");
    assert_true(a->scene.number[SCENE_LAYERS] == 1); /* and stay in their range */
}

static void digits_are_a_value(void **state)
{
    app *a = &((fixture *)*state)->app;
    focus_on(a, CONTROL_SLIDER, SCENE_GAIN);
    press(a, "2");
    press(a, "Period");
    press(a, "5");
    press(a, "7");
    press(a, "Backspace");
    assert_string_equal(a->typing, "2.5");
    assert_true(a->scene.number[SCENE_GAIN] == 1); /* not before Enter */
    press(a, "Enter");
    assert_true(a->scene.number[SCENE_GAIN] == 2.5);
    assert_string_equal(a->typing, "");
    press(a, "9");
    press(a, "9");
    press(a, "9");
    press(a, "Enter");
    assert_true(a->scene.number[SCENE_GAIN] == 20); /* the end of its range */
    assert_string_equal(a->message, "999: expected 0.05000 … 20.0000");
    press(a, "3");
    press(a, "e"); /* not the key of export */
    press(a, "-");
    press(a, "1");
    press(a, "Enter");
    assert_true(a->scene.number[SCENE_GAIN] == .3 && !a->wants_export);
    assert_string_equal(a->message, "");
    press(a, "1");
    press(a, "Period");
    press(a, "Period");
    press(a, "Enter");
    assert_true(a->scene.number[SCENE_GAIN] == .3);
    assert_string_equal(a->message, "1..: this is no number");
    assert_true(a->message_is_error);
    focus_on(a, CONTROL_SLIDER, SCENE_FORGET_BIAS);
    press(a, "-");
    press(a, "2");
    press(a, "Enter");
    assert_true(a->scene.number[SCENE_FORGET_BIAS] == -2);
    press(a, "7");
    press(a, "Esc");
    assert_string_equal(a->typing, "");
}

static void brackets_move_the_cursor(void **state)
{
    app *a = &((fixture *)*state)->app;
    assert_int_equal(app_selection(a).step, 29);
    press(a, "[");
    assert_int_equal(app_selection(a).step, 28);
    press(a, "]");
    press(a, "]");
    assert_int_equal(app_selection(a).step, 29);
    press(a, "Shift+[");
    assert_int_equal(app_selection(a).step, 19);
    press(a, "Shift+[");
    press(a, "Shift+[");
    assert_int_equal(app_selection(a).step, 0);
    press(a, "Shift+]");
    assert_int_equal(app_selection(a).step, 10);
    press(a, "Period");
    assert_int_equal(app_selection(a).unit, 1);
    press(a, "Comma");
    press(a, "Comma");
    assert_int_equal(app_selection(a).unit, 3); /* round */
    assert_int_equal(app_selection(a).cell, 1);
    press(a, "C");
    assert_int_equal(app_selection(a).cell, 2);
    press(a, "C");
    assert_int_equal(app_selection(a).cell, 0);
    assert_true(a->wants_views && !a->wants_job); /* what is computed will do */
}

static void pages_turn_both_ways(void **state)
{
    app *a = &((fixture *)*state)->app;
    for (size_t k = 1; k <= app_pages_n; k++) {
        press(a, "PageDown");
        assert_int_equal(a->page, k % app_pages_n);
        assert_string_equal(a->panels[0].view->name, app_pages[a->page].panel[0].view);
    }
    press(a, "PageUp");
    assert_int_equal(a->page, app_pages_n - 1);
    click(a, control_of(a, CONTROL_PAGE, 3)->area);
    assert_int_equal(a->page, 3);
    click(a, control_of(a, CONTROL_BUTTON, BUTTON_CHECK)->area);
    assert_string_equal(app_pages[a->page].title, "Check");
    focus_on(a, CONTROL_PAGE, 5);
    press(a, "Enter");
    assert_int_equal(a->page, 5);
}

static void single_keys_do_what_they_say(void **state)
{
    app *a = &((fixture *)*state)->app;
    press(a, "T");
    assert_int_equal(a->theme, THEME_DARK);
    press(a, "G");
    assert_int_equal(a->lang, LANG_ZH);
    press(a, "F1");
    assert_true(a->help);
    press(a, "Esc");
    assert_false(a->help);
    press(a, "F11");
    assert_true(a->full_screen);
    press(a, "Esc");
    assert_false(a->full_screen);
    assert_null(a->ghost);
    press(a, "P");
    assert_ptr_equal(a->ghost, a->shown);
    press(a, "Esc");
    assert_null(a->ghost);
    press(a, "E");
    assert_true(a->wants_export);
    a->scene.number[SCENE_GAIN] = 3;
    press(a, "R");
    assert_true(a->scene.number[SCENE_GAIN] == 1);
    press(a, "Ctrl+Q");
    assert_true(a->quit);
}

static void no_key_is_named_twice(void **state)
{
    (void)state;
    for (size_t k = 0; k < app_keys_n; k++) {
        int key = 0, other = 0;
        unsigned with = 0, other_with = 0;
        assert_true(event_key_named(app_keys[k].key, &key, &with));
        assert_true(lang_has(LANG_ZH, app_keys[k].does));
        for (size_t m = 0; m < k; m++) {
            assert_true(event_key_named(app_keys[m].key, &other, &other_with));
            assert_false(key == other && with == other_with);
        }
    }
}

static void undo_goes_back_to_the_beginning(void **state)
{
    app *a = &((fixture *)*state)->app;
    focus_on(a, CONTROL_SLIDER, SCENE_GAIN);
    for (int k = 0; k < 50; k++)
        press(a, "Right");
    const double far = a->scene.number[SCENE_GAIN];
    for (int k = 0; k < 50; k++)
        press(a, "Ctrl+Z");
    assert_true(a->scene.number[SCENE_GAIN] == 1);
    press(a, "Ctrl+Z");
    assert_non_null(strstr(a->message, "began"));
    for (int k = 0; k < 50; k++)
        press(a, "Ctrl+Y");
    assert_true(a->scene.number[SCENE_GAIN] == far);
    press(a, "Ctrl+Y");
    assert_non_null(strstr(a->message, "redo"));
}

/* --- the pointer --------------------------------------------------------------------------- */

static void a_drag_is_one_step_of_undo(void **state)
{
    app *a = &((fixture *)*state)->app;
    const rect track = control_of(a, CONTROL_SLIDER, SCENE_GAIN)->track;
    const double y = track.y + track.h / 2;
    const unsigned long before = a->generation;
    point_at(a, EVENT_PRESS, track.x + track.w / 4, y, 1);
    assert_true(a->moving);
    for (int k = 0; k <= 20; k++)
        point_at(a, EVENT_MOVE, track.x + track.w * (.25 + .05 * k), y, 1);
    assert_true(a->generation > before + 10); /* computed on the way */
    point_at(a, EVENT_RELEASE, track.x + 2 * track.w, y, 1);
    assert_false(a->moving);
    assert_true(a->scene.number[SCENE_GAIN] == 20);
    press(a, "Ctrl+Z");
    assert_true(a->scene.number[SCENE_GAIN] == 1);
}

static void the_wheel_turns_a_slider(void **state)
{
    app *a = &((fixture *)*state)->app;
    const rect r = control_of(a, CONTROL_SLIDER, SCENE_STEPS)->area;
    const event up = {.kind = EVENT_WHEEL, .x = r.x + 5, .y = r.y + 5, .n = 1};
    app_update(a, &up);
    assert_true(a->scene.number[SCENE_STEPS] > 30);
    event down = up;
    down.n = -1;
    app_update(a, &down);
    app_update(a, &down);
    assert_true(a->scene.number[SCENE_STEPS] < 30);
}

static void cells_come_and_go(void **state)
{
    app *a = &((fixture *)*state)->app;
    click(a, control_of(a, CONTROL_CELL, 0)->area); /* rnn away */
    assert_int_equal(scene_cells_n(&a->scene), 2);
    assert_string_equal(a->scene.cells[0], "lstm");
    click(a, control_of(a, CONTROL_CELL, 0)->area);
    assert_int_equal(scene_cells_n(&a->scene), 3);
    assert_string_equal(a->scene.cells[2], "rnn");
    click(a, control_of(a, CONTROL_CELL, 1)->area);
    assert_int_equal(scene_cells_n(&a->scene), 4);
    click(a, control_of(a, CONTROL_CELL, 4)->area);
    assert_int_equal(scene_cells_n(&a->scene), 4); /* no room: said */
    assert_true(a->message[0] != '\0');
    for (int k = 0; k < 4; k++)
        click(a, control_of(a, CONTROL_CELL, (size_t)k)->area);
    assert_int_equal(scene_cells_n(&a->scene), 1); /* the last one stays */
}

static void choices_go_round(void **state)
{
    app *a = &((fixture *)*state)->app;
    char first[SCENE_NAME];
    for (size_t which = 0; which < CHOICES; which++) {
        (void)snprintf(first, sizeof first, "%s", choice_now(a, which));
        focus_on(a, CONTROL_CHOICE, which);
        press(a, "Right");
        assert_string_not_equal(choice_now(a, which), first);
        press(a, "Left");
        assert_string_equal(choice_now(a, which), first);
        size_t n = 0;
        do
            press(a, "Enter");
        while (strcmp(choice_now(a, which), first) != 0 && ++n < 100);
        assert_true(n > 0 && n < 100);
    }
}

/* The middle of the first panel's plot, once it is drawn. */
static point middle_of_plot(app *a)
{
    canvas *c = canvas_image(a->width, a->height, 1, a->theme, NULL);
    assert_non_null(c);
    app_draw(a, c);
    canvas_free(c);
    assert_true(a->panels[0].layout.n > 0);
    const rect r = a->panels[0].layout.area[0].area;
    return (point){r.x + r.w / 2, r.y + r.h / 2};
}

/* The share of the panel's pixels that stand on the screen just as they are in its picture. */
static double share_in_place(const app_panel *panel, cairo_surface_t *screen, double scale)
{
    const size_t w = (size_t)cairo_image_surface_get_width(panel->picture),
                 h = (size_t)cairo_image_surface_get_height(panel->picture);
    const size_t x = (size_t)lround(panel->place.x * scale),
                 y = (size_t)lround(panel->place.y * scale);
    size_t same = 0;
    for (size_t row = 0; row < h; row++) {
        const unsigned char *from = cairo_image_surface_get_data(panel->picture) +
                                    row * (size_t)cairo_image_surface_get_stride(panel->picture);
        const unsigned char *to = cairo_image_surface_get_data(screen) +
                                  (y + row) * (size_t)cairo_image_surface_get_stride(screen) +
                                  4 * x;
        for (size_t col = 0; col < w; col++)
            same += memcmp(from + 4 * col, to + 4 * col, 3) == 0;
    }
    return (double)same / (double)(w * h);
}

/* All but the dotted cursor. */
static void pictures_lie_pixel_on_pixel(void **state)
{
    static const double scales[] = {1, 1.5, 2};
    app *a = &((fixture *)*state)->app;
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        const event wide = {.kind = EVENT_SIZE, .x = 1153, .y = 721};
        app_update(a, &wide);
        canvas *c = canvas_image(a->width, a->height, scales[s], a->theme, NULL);
        assert_non_null(c);
        app_draw(a, c);
        cairo_surface_flush(canvas_surface(c));
        for (size_t k = 0; k < a->panels_n; k++)
            assert_true(share_in_place(&a->panels[k], canvas_surface(c), scales[s]) > .98);
        canvas_free(c);
    }
}

static void hovering_reads_and_a_click_pins(void **state)
{
    app *a = &((fixture *)*state)->app;
    const point p = middle_of_plot(a);
    const size_t before = a->pinned.step;
    point_at(a, EVENT_MOVE, p.x, p.y, 1);
    assert_true(a->hovering && a->wants_frame);
    const size_t at = app_selection(a).step;
    assert_true(at >= 13 && at <= 16);
    assert_int_equal(a->pinned.step, before);
    point_at(a, EVENT_LEAVE, 0, 0, 0);
    assert_int_equal(app_selection(a).step, 29);
    point_at(a, EVENT_MOVE, p.x, p.y, 1);
    point_at(a, EVENT_PRESS, p.x, p.y, 1);
    point_at(a, EVENT_RELEASE, p.x, p.y, 1);
    assert_int_equal(a->pinned.step, at);
    point_at(a, EVENT_MOVE, 2, 2, 1);
    assert_int_equal(app_selection(a).step, at);
}

static void a_double_click_shows_one_panel(void **state)
{
    app *a = &((fixture *)*state)->app;
    const rect r = a->panels[1].place;
    const view *wanted = a->panels[1].view;
    assert_true(a->panels_n > 1);
    point_at(a, EVENT_PRESS, r.x + 8, r.y + 8, 2);
    assert_true(a->one_panel);
    assert_int_equal(a->panels_n, 1);
    assert_ptr_equal(a->panels[0].view, wanted);
    press(a, "Esc");
    assert_false(a->one_panel);
    assert_true(a->panels_n > 1);
}

static void zoom_pan_and_all_of_it(void **state)
{
    app *a = &((fixture *)*state)->app;
    const point p = middle_of_plot(a);
    const event in = {.kind = EVENT_WHEEL, .x = p.x, .y = p.y, .n = 2};
    app_update(a, &in);
    near(a->to - a->from, 29 * .64, 1e-9);
    near((a->from + a->to) / 2, 14.5, 1e-6); /* about the pointer */
    (void)middle_of_plot(a);
    near(a->panels[0].layout.area[0].x.low, a->from, 1e-9);
    const double from = a->from, width = a->panels[0].layout.area[0].area.w;
    point_at(a, EVENT_MOVE, p.x, p.y, 1);
    point_at(a, EVENT_PRESS, p.x, p.y, 1);
    point_at(a, EVENT_MOVE, p.x + width / 10, p.y, 1);
    point_at(a, EVENT_RELEASE, p.x + width / 10, p.y, 1);
    near(a->from, from - 2.9 * .64, 1e-6);
    assert_true(a->pinned.step == SIZE_MAX); /* a drag is no click */
    for (int k = 0; k < 20; k++) {
        app_update(a, &in);
        (void)middle_of_plot(a);
    }
    near(a->to - a->from, 4, 1e-9);
    point_at(a, EVENT_PRESS, p.x, p.y, 2);
    assert_true(a->from >= a->to); /* all of it */
    assert_false(a->one_panel);
}

static void axes_are_logarithmic_or_linear(void **state)
{
    app *a = &((fixture *)*state)->app;
    (void)middle_of_plot(a);
    assert_int_equal(a->panels[0].layout.area[0].y.kind, AXIS_LOG);
    press(a, "L");
    (void)middle_of_plot(a);
    assert_int_equal(a->panels[0].layout.area[0].y.kind, AXIS_LINEAR);
    press(a, "L");
    (void)middle_of_plot(a);
    assert_int_equal(a->panels[0].layout.area[0].y.kind, AXIS_LOG);
}

/* The texts of a frame, joined. */
static char *texts_of_frame(app *a)
{
    char *all = NULL;
    size_t n = 0, boxes_n = 0;
    const text_box *boxes = NULL;
    FILE *to = open_memstream(&all, &n);
    canvas *c = canvas_image(a->width, a->height, 1, a->theme, NULL);
    assert_true(to && c);
    canvas_record(c, true);
    app_draw(a, c);
    boxes_n = canvas_texts(c, &boxes);
    for (size_t k = 0; k < boxes_n; k++)
        (void)fprintf(to, "%s\n", boxes[k].text);
    canvas_free(c);
    (void)fclose(to);
    return all;
}

static void the_pointer_reads_values(void **state)
{
    app *a = &((fixture *)*state)->app;
    const point p = middle_of_plot(a);
    point_at(a, EVENT_MOVE, p.x, p.y, 1);
    const size_t step = app_selection(a).step;
    char line[64], *all = texts_of_frame(a);
    (void)snprintf(line, sizeof line, "step t %zu\n", step);
    assert_non_null(strstr(all, line));
    assert_true(strstr(all, "GRU 0.") || strstr(all, "LSTM 0.")); /* the nearest one */
    free(all);
    point_at(a, EVENT_LEAVE, 0, 0, 0);
    all = texts_of_frame(a);
    assert_null(strstr(all, line));
    free(all);
}

/* Data without a target: what would be the gradient of a loss says that there is none, and no
 * derivative is read out. */
static void without_a_loss_there_is_no_gradient(void **state)
{
    fixture *f = *state;
    rs_data data = {0};
    assert_int_equal(rs_data_make(&data, 6, 1, 2, 0, RS_NO_LOSS, false, NULL), RS_OK);
    for (size_t k = 0; k < 12; k++)
        data.x[k] = .1 * (double)k;
    f->app.base.data = &data;
    f->app.pinned.step = 3;
    app_changed(&f->app, true);
    wait_for(f);
    assert_null(f->app.panels[0].data); /* the norms */
    assert_non_null(strstr(f->app.panels[0].problem, "expected data with a target"));
    char *all = texts_of_frame(&f->app);
    assert_null(strstr(all, "∂L/∂c"));
    free(all);
    f->app.base.data = NULL;
    app_changed(&f->app, true);
    wait_for(f);
    assert_non_null(f->app.panels[0].data);
    rs_data_free(&data);
}

/* Over a control, what it is for; not while it is dragged. */
static void the_pointer_reads_controls(void **state)
{
    app *a = &((fixture *)*state)->app;
    const control *k = control_of(a, CONTROL_SLIDER, SCENE_STEPS);
    point_at(a, EVENT_MOVE, k->area.x + 4, k->area.y + 4, 1);
    char *all = texts_of_frame(a);
    assert_non_null(strstr(all, "how long the sequence is"));
    free(all);
    point_at(a, EVENT_PRESS, k->track.x + 4, k->track.y + 4, 1);
    all = texts_of_frame(a);
    assert_null(strstr(all, "how long the sequence is"));
    free(all);
}

/* The table that the page's first panel would be exported as; to be freed. */
static char *numbers_of(const app *a)
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    assert_non_null(to);
    assert_non_null(a->panels[0].data);
    a->panels[0].view->csv(to, a->panels[0].data);
    assert_int_equal(fclose(to), 0);
    return text;
}

/* A click on an arrow of the chain selects its step, whose Jacobian then stands below; so do keys.
 */
static void the_chain_s_jacobian_follows_the_selection(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    press(a, "PageDown");
    wait_for(f);
    for (double n = 0; n < 12; n++) { /* until every step has room */
        const rect chain = a->panels[0].place;
        app_update(
            a,
            &(event){.kind = EVENT_WHEEL, .x = chain.x + chain.w / 2, .y = chain.y + 100, .n = 1});
        free(texts_of_frame(a));
    }
    const plot_area *area = &a->panels[0].layout.area[0];
    assert_true(area->back > 0);
    const double t = floor((area->x.low + area->x.high) / 2);
    const double x = area_point(area, t - .5, 0).x;
    click(a, (rect){x, area->area.y + 90, 0, 0});
    wait_for(f);
    assert_int_equal(a->pinned.step, (size_t)t);
    char title[64], *all = numbers_of(a);
    (void)snprintf(title, sizeof title, "# Jacobian of step %.0f,", t);
    assert_non_null(strstr(all, title));
    free(all);
    press(a, "[");
    wait_for(f);
    all = numbers_of(a);
    (void)snprintf(title, sizeof title, "# Jacobian of step %.0f,", t - 1);
    assert_non_null(strstr(all, title));
    free(all);
}

/* The layer that is chosen is what the page shows; it goes no further than there are layers. */
static void a_layer_is_chosen(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    a->scene.number[SCENE_LAYERS] = 2;
    app_changed(a, true);
    press(a, "PageDown");
    wait_for(f);
    press(a, "Shift+Comma");
    press(a, "Shift+Comma");
    wait_for(f);
    assert_int_equal(a->pinned.below, 1);
    char *all = texts_of_frame(a), *table = numbers_of(a), *text = app_state_text(a);
    assert_non_null(strstr(all, "layer 1/2"));
    assert_non_null(strstr(table, ", layer 0"));
    free(all);
    free(table);
    press(a, "Shift+Period");
    assert_int_equal(a->pinned.below, 0);
    assert_int_equal(app_read_state(a, text, NULL), RS_OK);
    assert_int_equal(a->pinned.below, 1);
    free(text);
}

static void a_ghost_stays_behind(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    press(a, "P");
    wait_for(f);
    assert_non_null(a->panels[0].ghost);
    const computed *pinned = a->ghost;
    focus_on(a, CONTROL_SLIDER, SCENE_GAIN);
    press(a, "Shift+Right");
    wait_for(f);
    assert_ptr_equal(a->ghost, pinned);
    assert_ptr_not_equal(a->shown, pinned);
    char *all = texts_of_frame(a);
    assert_non_null(strstr(all, "pinned"));
    free(all);
    press(a, "PageDown");
    press(a, "PageDown");
    wait_for(f);
    assert_non_null(a->panels[0].ghost); /* on every page */
    const void *before = a->panels[0].ghost;
    press(a, "C"); /* of the cell that is chosen */
    wait_for(f);
    assert_ptr_not_equal(a->panels[0].ghost, before);
    assert_true(a->panels[0].ghost_is_new && a->panels[0].ghost_at.cell == a->pinned.cell);
    press(a, "Esc");
    press(a, "Esc");
    assert_null(a->panels[0].ghost);
}

/* --- layout -------------------------------------------------------------------------------- */

static bool apart(rect a, rect b)
{
    return a.x + a.w <= b.x + 1 || b.x + b.w <= a.x + 1 || a.y + a.h <= b.y + 1 ||
           b.y + b.h <= a.y + 1;
}

static void everything_has_its_place(void **state)
{
    app *a = &((fixture *)*state)->app;
    static const double sizes[][2] = {{1024, 640}, {1280, 800}, {2560, 1440}};
    for (size_t size = 0; size < TESTS_N(sizes); size++)
        for (size_t page = 0; page < app_pages_n; page++) {
            app_update(
                a, &(event){.kind = EVENT_SIZE, .x = sizes[size][0], .y = sizes[size][1], .n = 1});
            app_show_page(a, page, false, 0);
            for (size_t k = 0; k < a->controls_n; k++) {
                const rect r = a->controls[k].area;
                assert_true(r.x >= 0 && r.y >= 0 && r.w > 0 && r.h >= 20);
                assert_true(r.x + r.w <= a->width && r.y + r.h <= a->height);
                for (size_t m = 0; m < k; m++)
                    assert_true(apart(r, a->controls[m].area));
                for (size_t m = 0; m < a->panels_n; m++)
                    assert_true(apart(r, a->panels[m].place));
            }
            for (size_t k = 0; k < a->panels_n; k++)
                for (size_t m = 0; m < k; m++)
                    assert_true(apart(a->panels[k].place, a->panels[m].place));
        }
}

static void a_slider_goes_there_and_back(void **state)
{
    (void)state;
    for (size_t k = 0; k < SCENE_NUMBERS; k++) {
        const scene_number which = (scene_number)k;
        const scene_number_info *info = &scene_numbers[k];
        near(slider_value(which, 0), info->low, 1e-12);
        near(slider_value(which, 1), info->high, 1e-9 * fabs(info->high));
        near(slider_value(which, -3), info->low, 1e-12);
        for (size_t m = 0; m < info->marks_n; m++)
            near(slider_value(which, slider_place(which, info->marks[m])), info->marks[m], 1e-9);
    }
}

/* --- the state as text --------------------------------------------------------------------- */

static void the_state_comes_back_from_its_text(void **state)
{
    app *a = &((fixture *)*state)->app;
    rs_error err = {0};
    focus_on(a, CONTROL_SLIDER, SCENE_GAIN);
    press(a, "Shift+Right");
    press(a, "PageDown");
    press(a, "Shift+[");
    press(a, "Period");
    press(a, "C");
    char *text = app_state_text(a);
    const scene s = a->scene;
    const selection at = a->pinned;
    const size_t page = a->page;
    press(a, "R");
    press(a, "PageUp");
    assert_int_equal(app_read_state(a, text, &err), RS_OK);
    assert_memory_equal(&a->scene, &s, sizeof s);
    assert_int_equal(a->page, page);
    assert_int_equal(a->pinned.step, at.step);
    assert_int_equal(a->pinned.unit, at.unit);
    assert_int_equal(a->pinned.cell, at.cell);
    char *again = app_state_text(a);
    assert_string_equal(text, again);
    free(text);
    free(again);
}

static void a_bad_state_changes_nothing(void **state)
{
    app *a = &((fixture *)*state)->app;
    static const char *const bad[] = {"gain = 2\ngain = many\n", "gain = 2\npage = 99\n",
                                      "gain = 2\nnonsense\n",    "gain = 2\npage = 1 2\n",
                                      "cells = spline\n",        "gain = nan\n"};
    char *before = app_state_text(a);
    const unsigned long generation = a->generation;
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_error err = {0};
        assert_int_equal(app_read_state(a, bad[k], &err), RS_DATA);
        assert_true(err.text[0] != '\0');
        char *after = app_state_text(a);
        assert_string_equal(before, after);
        free(after);
    }
    assert_int_equal(a->generation, generation);
    free(before);
}

/* --- the worker's results ------------------------------------------------------------------ */

static void results_lead_to_the_present_scene(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    assert_true(a->shown_is_new);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(a->badge[k].kind, BADGE_AGREES);
    focus_on(a, CONTROL_SLIDER, SCENE_GAIN);
    press(a, "Right");
    job_ask(f->worker, a);
    while (worker_busy(f->worker) && !worker_wait(f->worker, 10000))
        ;
    const double between = a->scene.number[SCENE_GAIN];
    press(a, "Right"); /* what is ready is of the scene before: shown on the way, not as the last */
    assert_true(job_take(f->worker, a) > 0);
    assert_true(a->shown->of.number[SCENE_GAIN] == between);
    assert_false(a->shown_is_new);
    for (size_t k = 0; k < 3; k++)
        assert_int_not_equal(a->badge[k].kind, BADGE_AGREES); /* of another scene */
    wait_for(f);
    assert_true(a->shown_is_new);
    assert_true(a->shown->of.number[SCENE_GAIN] == a->scene.number[SCENE_GAIN]);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(a->badge[k].kind, BADGE_AGREES);
}

static void a_look_elsewhere_keeps_what_is_computed(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    const computed *old = a->shown;
    press(a, "PageDown");
    wait_for(f);
    assert_ptr_equal(a->shown, old);
    assert_non_null(a->panels[0].data);
    focus_on(a, CONTROL_SLIDER, SCENE_GAIN);
    press(a, "Right");
    job_ask(f->worker, a);
    press(a, "PageDown"); /* the check of the new scene is not forgotten over it */
    wait_for(f);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(a->badge[k].kind, BADGE_AGREES);
}

#define WITH_APP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
const struct CMUnitTest app_tests[] = {WITH_APP(tab_reaches_every_control_and_shows_it),
                                       WITH_APP(given_weights_leave_what_moves_them),
                                       WITH_APP(arrows_change_the_slider),
                                       WITH_APP(digits_are_a_value),
                                       WITH_APP(brackets_move_the_cursor),
                                       WITH_APP(pages_turn_both_ways),
                                       WITH_APP(single_keys_do_what_they_say),
                                       cmocka_unit_test(no_key_is_named_twice),
                                       WITH_APP(undo_goes_back_to_the_beginning),
                                       WITH_APP(a_drag_is_one_step_of_undo),
                                       WITH_APP(the_wheel_turns_a_slider),
                                       WITH_APP(cells_come_and_go),
                                       WITH_APP(choices_go_round),
                                       WITH_APP(pictures_lie_pixel_on_pixel),
                                       WITH_APP(hovering_reads_and_a_click_pins),
                                       WITH_APP(a_double_click_shows_one_panel),
                                       WITH_APP(zoom_pan_and_all_of_it),
                                       WITH_APP(axes_are_logarithmic_or_linear),
                                       WITH_APP(the_pointer_reads_values),
                                       WITH_APP(the_pointer_reads_controls),
                                       WITH_APP(without_a_loss_there_is_no_gradient),
                                       WITH_APP(a_ghost_stays_behind),
                                       WITH_APP(the_chain_s_jacobian_follows_the_selection),
                                       WITH_APP(a_layer_is_chosen),
                                       WITH_APP(everything_has_its_place),
                                       cmocka_unit_test(a_slider_goes_there_and_back),
                                       WITH_APP(the_state_comes_back_from_its_text),
                                       WITH_APP(a_bad_state_changes_nothing),
                                       WITH_APP(results_lead_to_the_present_scene),
                                       WITH_APP(a_look_elsewhere_keeps_what_is_computed)};
const size_t app_tests_n = TESTS_N(app_tests);
