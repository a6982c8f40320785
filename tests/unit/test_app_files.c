/* What the viewer reads and writes: the kept state, export, files dropped on the window. */
#include "tests/unit/test.h"

#include "viz/app/files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct fixture {
    app app;
    char folder[64], back[1024];
} fixture;

/* An app in a folder of its own. */
static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    scene first = app_first_scene();
    first.number[SCENE_STEPS] = 8;
    app_start(&f->app, &first, NULL, LANG_EN, THEME_LIGHT, 1024, 640);
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/rnnscope-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    assert_non_null(getcwd(f->back, sizeof f->back));
    assert_int_equal(chdir(f->folder), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char command[128];
    app_stop(&f->app);
    assert_int_equal(chdir(f->back), 0);
    (void)snprintf(command, sizeof command, "rm -r %s", f->folder);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static void write_text(const char *path, const char *text)
{
    FILE *to = fopen(path, "wb");
    assert_non_null(to);
    assert_true(fputs(text, to) >= 0);
    assert_int_equal(fclose(to), 0);
}

static void the_state_is_kept_for_next_time(void **state)
{
    fixture *f = *state;
    char path[512], wanted[512];
    char *old = getenv("XDG_STATE_HOME") ? strdup(getenv("XDG_STATE_HOME")) : NULL;
    assert_int_equal(setenv("XDG_STATE_HOME", f->folder, 1), 0);
    assert_int_equal(files_kept_path(path, sizeof path, NULL), RS_OK);
    (void)snprintf(wanted, sizeof wanted, "%s/rnnscope/view.state", f->folder);
    assert_string_equal(path, wanted);
    assert_int_equal(files_kept_path(path, 10, NULL), RS_OPEN);
    (void)snprintf(path, sizeof path, "%s", wanted);
    assert_int_equal(files_read_state(&f->app, path, NULL), RS_OPEN);
    f->app.scene.number[SCENE_GAIN] = 2.5;
    assert_int_equal(files_keep_state(&f->app, path, NULL), RS_OK); /* makes the folder */
    f->app.scene.number[SCENE_GAIN] = 1;
    assert_int_equal(files_read_state(&f->app, path, NULL), RS_OK);
    assert_true(f->app.scene.number[SCENE_GAIN] == 2.5);
    write_text(path, "gain = a lot\n");
    rs_error err = {0};
    assert_int_equal(files_read_state(&f->app, path, &err), RS_DATA);
    assert_non_null(strstr(err.text, "view.state"));
    assert_true(f->app.scene.number[SCENE_GAIN] == 2.5);
    (void)(old ? setenv("XDG_STATE_HOME", old, 1) : unsetenv("XDG_STATE_HOME"));
    free(old);
}

static void export_writes_all_formats_under_a_free_name(void **state)
{
    fixture *f = *state;
    static const char *const files[] = {"rnnscope-2.png", "rnnscope-2.svg", "rnnscope-2.pdf",
                                        "rnnscope-2.state"};
    write_text("rnnscope-1.png", "mine");
    files_export(&f->app, 1);
    assert_false(f->app.message_is_error);
    assert_non_null(strstr(f->app.message, "rnnscope-2"));
    assert_non_null(strstr(f->app.message, f->folder));
    for (size_t k = 0; k < TESTS_N(files); k++)
        assert_int_equal(access(files[k], R_OK), 0);
    assert_int_equal(files_read_state(&f->app, "rnnscope-2.state", NULL), RS_OK);
}

static void a_look_that_cannot_be_is_told_by_its_line(void **state)
{
    fixture *f = *state;
    static const char *const wrong[] = {
        "theme = blue", "lang = fr",        "from = a",         "alone = 99",
        "linear = 7",   "trained = many x", "trained = 3 ../x", "trained = 3 nowhere"};
    for (size_t k = 0; k < TESTS_N(wrong); k++) {
        char text[128];
        rs_error err = {0};
        (void)snprintf(text, sizeof text, "gain = 2\n%s\n", wrong[k]);
        write_text("look.state", text);
        assert_int_equal(files_read_state(&f->app, "look.state", &err), RS_DATA);
        assert_non_null(strstr(err.text, "look.state"));
        assert_non_null(strstr(err.text, k + 1 < TESTS_N(wrong) ? "line 2" : "nowhere-"));
        assert_true(f->app.scene.number[SCENE_GAIN] != 2);
    }
    write_text("look.state", "gain = 2\ntheme = dark\nalone = 2\n");
    assert_int_equal(files_read_state(&f->app, "look.state", NULL), RS_OK);
    assert_true(f->app.theme == THEME_DARK && f->app.one_panel && f->app.panels_n == 1);
    char *text = files_state_text(&f->app);
    assert_non_null(text);
    assert_non_null(strstr(text, "alone = 2\n"));
    free(text);
}

static void a_dropped_file_opens(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    dropped d;
    dropped_start(&d, NULL);
    write_text("series.csv", "a,b\n0,1\n1,0.5\n0.5,0\n0,0.2\n1,1\n0,0\n");
    app_update(a, &(event){.kind = EVENT_DROP, .text = "series.csv"});
    assert_true(a->wants_open);
    assert_int_equal(dropped_open(&d, a, a->dropped, NULL), RS_OK);
    assert_ptr_equal(a->base.data, &d.now->data);
    assert_int_equal(a->base.data->I, 2);
    assert_true(a->scene.number[SCENE_STEPS] == 5);
    assert_string_equal(a->title, "series.csv");
    files_title(a, "/a/folder/x.npy");
    assert_string_equal(a->title, "x.npy");
    const rs_data *before = a->base.data;
    write_text("bad.csv", "a,b\n0,x\n");
    rs_error err = {0};
    assert_int_not_equal(dropped_open(&d, a, "bad.csv", &err), RS_OK);
    assert_non_null(strstr(err.text, "bad.csv"));
    assert_int_not_equal(dropped_open(&d, a, "picture.jpeg", &err), RS_OK);
    assert_int_not_equal(dropped_open(&d, a, "none.safetensors", &err), RS_OK);
    assert_ptr_equal(a->base.data, before); /* as it was */
    write_text("words.txt", "one two three four five six seven eight nine ten\n");
    assert_int_equal(dropped_open(&d, a, "words.txt", NULL), RS_OK);
    assert_non_null(d.old);
    dropped_forget(&d);
    assert_null(d.old);
    dropped_close(&d);
    a->base = (compute_base){0};
}

/* Its own forget bias and no gain, until a slider is moved; what it has decided has no slider. */
/* What is wrong stands behind the file's name, however long that is. */
static void a_long_message_is_there_to_its_end(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    const text_box *boxes;
    char path[256] = "";
    while (strlen(path) < 200)
        strcat(path, "/a/folder/of/a/folder");
    app_say(a, true, "%s/x.npy: 22 bytes of data, expected 64", path);
    canvas *c = canvas_image(1024, 640, 1, THEME_LIGHT, NULL);
    canvas_record(c, true);
    app_draw(a, c);
    const size_t n = canvas_texts(c, &boxes);
    const rect box = boxes[n - 1].box;
    assert_string_equal(boxes[n - 1].text, a->message);
    assert_true(box.h > 24); /* more than a line */
    assert_true(box.x >= a->stage.x && box.x + box.w <= a->stage.x + a->stage.w);
    assert_true(box.y >= a->stage.y && box.y + box.h <= a->stage.y + a->stage.h);
    canvas_free(c);
}

static void a_model_is_shown_as_it_is(void **state)
{
    fixture *f = *state;
    app *a = &f->app;
    char path[2048];
    dropped d;
    assert_true(a->scene.number[SCENE_FORGET_BIAS] == 3); /* of the first scene */
    (void)snprintf(path, sizeof path, "%s/tests/files/lstm.safetensors", f->back);
    dropped_start(&d, NULL);
    assert_int_equal(dropped_open(&d, a, path, NULL), RS_OK);
    for (int times = 0; times < 2; times++) {
        assert_true(isnan(a->scene.number[SCENE_FORGET_BIAS]));
        assert_true(a->scene.number[SCENE_GAIN] == 1);
        a->scene.number[SCENE_FORGET_BIAS] = 2;
        app_update(a, &(event){.kind = EVENT_KEY, .key = 'r'});
    }
    app_lay_out(a);
    for (size_t k = 0; k < a->controls_n; k++)
        assert_false(a->controls[k].kind == CONTROL_SLIDER &&
                     (a->controls[k].which == SCENE_HIDDEN || a->controls[k].which == SCENE_SEED));
    dropped_close(&d);
    a->base = (compute_base){0};
}

#define WITH_APP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
/* Every picture of an export brings its state back, and shows nothing of the hands. */
static void a_picture_brings_its_state_back(void **state)
{
    fixture *f = *state;
    static const char *const files[] = {"rnnscope-1.png", "rnnscope-1.svg", "rnnscope-1.pdf"};
    rs_error err = {0};
    f->app.scene.number[SCENE_GAIN] = 1.75;
    f->app.focus = 0;
    f->app.focus_visible = true;
    app_say(&f->app, false, "a message");
    files_export(&f->app, 1);
    assert_true(f->app.focus_visible && f->app.message[0] != '\0');
    for (size_t k = 0; k < TESTS_N(files); k++) {
        f->app.scene.number[SCENE_GAIN] = 1;
        if (files_read_state(&f->app, files[k], &err) != RS_OK)
            fail_msg("%s", err.text);
        assert_true(f->app.scene.number[SCENE_GAIN] == 1.75);
    }
    f->app.focus_visible = false;
    files_export(&f->app, 1);
    assert_int_equal(system("cmp -s rnnscope-1.png rnnscope-2.png"), 0);
    write_text("other.png", "\211PNG\r\n\032\nxx");
    assert_int_equal(files_read_state(&f->app, "other.png", &err), RS_DATA);
    assert_string_equal(err.text, "other.png: is no state of the viewer");
}

const struct CMUnitTest app_files_tests[] = {WITH_APP(a_picture_brings_its_state_back),
                                             WITH_APP(the_state_is_kept_for_next_time),
                                             WITH_APP(export_writes_all_formats_under_a_free_name),
                                             WITH_APP(a_look_that_cannot_be_is_told_by_its_line),
                                             WITH_APP(a_dropped_file_opens),
                                             WITH_APP(a_long_message_is_there_to_its_end),
                                             WITH_APP(a_model_is_shown_as_it_is)};
const size_t app_files_tests_n = TESTS_N(app_files_tests);
