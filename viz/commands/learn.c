/* rnnscope learn: a lesson, in the viewer or in the terminal. */
#include "lessons/engine/course.h"
#include "viz/app/viewer.h"
#include "viz/lesson_pictures.h"
#include "viz/lesson_report.h"
#include "viz/lesson_session.h"
#include "viz/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viz/commands/commands.h"

typedef struct learn_options {
    const char *lesson; /* what was asked for, or NULL */
    const char *theme, *lang, *size, *replay;
    bool text, check, reset, list, stats;
} learn_options;

/* A lesson to be learned, and what is known of the learner. */
typedef struct learning {
    const learn_options *o;
    bool quiet;
    lang_kind lang;
    library library; /* n = 0: there is none */
    char path[LIBRARY_PATH], english[LIBRARY_PATH], progress_at[LIBRARY_PATH];
    learner_progress progress;
} learning;

/* LANG=zh_CN.UTF-8 speaks Chinese unless --lang says otherwise. */
static lang_kind language(const learn_options *o)
{
    lang_kind lang = LANG_EN;
    const char *names[] = {o->lang, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")};
    for (size_t k = 0; k < COUNT(names); k++)
        if (names[k] && *names[k] && lang_named(names[k], &lang))
            return lang;
    return LANG_EN;
}

static bool is_file(const char *name)
{
    const size_t n = strlen(name);
    return n > 3 && strcmp(name + n - 3, ".md") == 0;
}

/* The first lesson with a step that is not done, or the first. */
static size_t first_unfinished(const learning *l)
{
    course *c = malloc(sizeof *c);
    size_t k = 0;
    if (c && course_read(c, "en", &l->progress, NULL) == RS_OK)
        k = course_next(c, c->n);
    k = c && k < c->n ? k : 0;
    free(c);
    return k;
}

/* Finds the lesson's file, in the learner's language and in English. */
static rs_status choose(learning *l, rs_error *err)
{
    const char *name = l->o->lesson;
    if (name && is_file(name)) {
        (void)snprintf(l->path, sizeof l->path, "%s", name);
        (void)snprintf(l->english, sizeof l->english, "%s", name);
        return RS_OK;
    }
    rs_status status = library_find(&l->library, err);
    if (status != RS_OK)
        return status;
    const char *lang = l->lang == LANG_ZH ? "zh" : "en";
    if (name && strcmp(name, "guide") == 0) {
        (void)library_guide(&l->library, lang, l->path);
        (void)library_guide(&l->library, "en", l->english);
        return RS_OK;
    }
    const size_t k = name ? library_named(&l->library, name) : first_unfinished(l);
    if (k == l->library.n)
        return rs_fail(err, RS_USAGE,
                       "learn: %.60s: there is no such lesson; they are 1 to %zu, guide, or a "
                       "FILE.md",
                       name, l->library.n);
    (void)library_file(&l->library, k, lang, l->path);
    (void)library_file(&l->library, k, "en", l->english);
    return RS_OK;
}

static rs_status forget(learning *l, rs_error *err)
{
    lesson read;
    rs_status status = l->o->lesson ? choose(l, err) : RS_OK;
    if (status != RS_OK)
        return status;
    if (!l->o->lesson) {
        progress_reset(&l->progress, NULL);
    } else {
        status = lesson_read(l->path, &read, NULL, err);
        if (status != RS_OK && status != RS_DATA)
            return status;
        progress_reset(&l->progress, read.id);
        lesson_free(&read);
    }
    status = progress_write(l->progress_at, &l->progress, err);
    if (status == RS_OK)
        printf("Progress of %s is forgotten.\n", l->o->lesson ? l->o->lesson : "every lesson");
    return status;
}

static bool is_own(const learning *l) { return l->o->lesson && is_file(l->o->lesson); }

/* --check: a line a mistake on stdout; *code is 1 if there are any. */
static rs_status check(const learning *l, int *code, rs_error *err)
{
    lesson_mistakes mistakes = {0};
    const rs_status status = lesson_report(l->english, &mistakes, err);
    for (size_t k = 0; k < mistakes.n; k++)
        printf("%s\n", mistakes.text[k]);
    if (status == RS_OK && !l->quiet)
        printf("%s: %zu mistake%s\n", l->english, mistakes.n, mistakes.n == 1 ? "" : "s");
    *code = mistakes.n > 0;
    lesson_mistakes_free(&mistakes);
    return status;
}

/* Without a window: where there is a folder build/, as in the repository, it gets the pictures. */
static rs_status leave_pictures(player *p, lang_kind lang, rs_error *err)
{
    struct stat folder;
    size_t n = 0;
    if (stat("build", &folder) != 0 || !S_ISDIR(folder.st_mode))
        return RS_OK;
    const rs_status status = lesson_pictures(p, "build/lesson-pictures", lang, &n, err);
    if (status == RS_OK)
        printf("\n%zu pictures are in build/lesson-pictures/.\n", n);
    return status;
}

/* No one to ask: all of the lesson is printed. */
static rs_status print_whole(learning *l, const lesson_paper *paper, bool pictures, rs_error *err)
{
    lesson read;
    player p;
    rs_status status = lesson_session_read(l->path, is_own(l), stderr, &read, err);
    if (status != RS_OK)
        return status;
    status = player_open(&p, &read, NULL, err);
    if (status == RS_OK) {
        lesson_print_whole(&p, paper);
        status = pictures ? leave_pictures(&p, l->lang, err) : RS_OK;
    }
    player_close(&p);
    lesson_free(&read);
    return status;
}

static rs_status in_terminal(learning *l, bool pictures, rs_error *err)
{
    const lesson_paper paper = {.to = stdout,
                                .lang = l->lang,
                                .bold = isatty(STDOUT_FILENO),
                                .whole = !isatty(STDIN_FILENO)};
    if (paper.whole)
        return print_whole(l, &paper, pictures, err);
    lesson_session session = {.own = is_own(l),
                              .progress = &l->progress,
                              .progress_at = l->progress_at[0] ? l->progress_at : NULL};
    (void)snprintf(session.path, sizeof session.path, "%s", l->path);
    (void)setvbuf(stdin, NULL, _IONBF, 0); /* so that poll tells whether a line is there */
    return lesson_session_play(&session, &paper, stdin, stderr, err);
}

/* --list */
static rs_status list(const learning *l, rs_error *err)
{
    course *c = malloc(sizeof *c);
    const lesson_paper paper = {.to = stdout, .lang = l->lang};
    if (!c)
        return rs_fail(err, RS_INTERNAL, "out of memory for the lessons");
    const rs_status status = course_read(c, l->lang == LANG_ZH ? "zh" : "en", &l->progress, err);
    if (status == RS_OK)
        lesson_print_course(&paper, c, course_next(c, c->n));
    free(c);
    return status;
}

static rs_status read_size(const char *text, viewer_options *to, rs_error *err)
{
    char rest = 0;
    const int n = text ? sscanf(text, "%lfx%lf%c", &to->width, &to->height, &rest) : 2;
    if (n == 2 && to->width >= 640 && to->height >= 400 && to->width <= 8192 && to->height <= 8192)
        return RS_OK;
    return rs_fail(err, RS_USAGE, "learn: --size %.40s: expected WxH such as 1280x800", text);
}

static rs_status in_window(const learning *l, rs_error *err)
{
    viewer_options options = {.replay = l->o->replay,
                              .stats = l->o->stats,
                              .lang = l->lang,
                              .width = 1280,
                              .height = 800,
                              .scale = 1,
                              .lesson = l->english,
                              .own_lesson = is_own(l),
                              .progress = l->progress_at[0] ? l->progress_at : NULL};
    const compute_base base = {0};
    const scene first = scene_standard();
    options.scene = &first;
    options.title = l->english;
    if (l->o->theme)
        (void)theme_named(l->o->theme, &options.theme);
    const rs_status status = read_size(l->o->size, &options, err);
    return status ? status : viewer_run(&options, &base, err);
}

static bool has_display(void)
{
    static const char *const names[] = {"DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"};
    for (size_t k = 0; k < COUNT(names); k++)
        if (getenv(names[k]) && *getenv(names[k]))
            return true;
    return false;
}

static rs_status learn(learning *l, int *code, rs_error *err)
{
    if (l->o->check && !l->o->lesson)
        return rs_fail(err, RS_USAGE, "learn: --check: expected a lesson or a FILE.md to check");
    if (l->o->check) {
        const rs_status chosen = choose(l, err);
        return chosen ? chosen : check(l, code, err);
    }
    rs_status status = progress_path(l->progress_at, sizeof l->progress_at, err);
    if (status == RS_OK)
        status = progress_read(l->progress_at, &l->progress, err);
    else if (!l->o->reset) { /* no home: a lesson can be played all the same */
        l->progress_at[0] = '\0';
        status = RS_OK;
    }
    if (status != RS_OK)
        return status;
    if (l->o->reset)
        return forget(l, err);
    if (l->o->list)
        return list(l, err);
    status = choose(l, err);
    if (status != RS_OK)
        return status;
    if (!l->o->text && (l->o->replay || has_display()))
        return in_window(l, err);
    if (!l->o->text && !l->quiet)
        (void)fprintf(stderr, "rnnscope: no display: the lesson is printed\n");
    return in_terminal(l, !l->o->text, err);
}

static const char *theme_name(size_t k) { return k == 0 ? "light" : k == 1 ? "dark" : NULL; }
static const char *lang_name(size_t k) { return k == 0 ? "en" : k == 1 ? "zh" : NULL; }

#define LEARN(option, what, sort, field, names, text)                                              \
    {                                                                                              \
        .name = (option), .value = (what), .kind = (sort), .choice = (names),                      \
        .offset = offsetof(learn_options, field), .help = (text)                                   \
    }

int command_learn(int argc, char **argv)
{
    static const option rows[] = {
        LEARN("--text", NULL, OPTION_FLAG, text, NULL, "in the terminal"),
        LEARN("--check", NULL, OPTION_FLAG, check, NULL,
              "what is wrong in the lesson, a line a mistake; exit code 1 if anything is"),
        LEARN("--reset", NULL, OPTION_FLAG, reset, NULL,
              "forget what was done in the lesson; without one, in all"),
        LEARN("--list", NULL, OPTION_FLAG, list, NULL,
              "the lessons, with what is done; an arrow at the one that comes next"),
        LEARN("--lang", "NAME", OPTION_CHOICE, lang, lang_name, "of the texts"),
        LEARN("--theme", "NAME", OPTION_CHOICE, theme, theme_name, "colours"),
        LEARN("--size", "WxH", OPTION_TEXT, size, NULL, "of the window, default 1280x800"),
        LEARN("--replay", "FILE", OPTION_TEXT, replay, NULL,
              "events from a file; needs no display"),
        LEARN("--stats", NULL, OPTION_FLAG, stats, NULL, "print how long frames took, as JSON")};
    learn_options mine = {0};
    const usage use = {.command = "learn",
                       .summary =
                           "a lesson: 1 to 12, its name, or a file of your own, read again at "
                           "each save; without one the first not yet finished",
                       .words = "[LESSON|FILE.md]",
                       .pattern = "[--text|--check|--reset|--list]",
                       .example = "  rnnscope learn\n  rnnscope learn 6 --text\n"
                                  "  rnnscope learn --reset 6\n"
                                  "  rnnscope learn guide                how to write a lesson\n"
                                  "  rnnscope learn my-lesson.md\n"
                                  "  rnnscope learn my-lesson.md --check\n",
                       .word = &mine.lesson};
    run_options common = run_defaults();
    const option_group groups[] = {{"Of this command", rows, COUNT(rows), &mine},
                                   run_common_group(&common)};
    rs_error err = {0};
    int code = 0;
    if (!options_read(&use, groups, COUNT(groups), argc, argv, &code))
        return code;
    learning l = {.o = &mine, .lang = language(&mine), .quiet = common.quiet};
    const rs_status status = learn(&l, &code, &err);
    progress_free(&l.progress);
    return status ? options_complain(&err) : code;
}
