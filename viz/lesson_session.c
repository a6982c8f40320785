#include "viz/lesson_session.h"

#include "viz/lesson_report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SAY(paper, english) lesson_say((paper)->lang, (english))

/* --- the file ------------------------------------------------------------------------------ */

/* A file, and the time of its writing that is known of. */
typedef struct watched {
    const char *path;
    struct timespec time;
    off_t size;
} watched;

static bool has_changed(void *context)
{
    watched *w = context;
    struct stat now;
    if (stat(w->path, &now) != 0 || now.st_size == 0 || /* an editor is about to write it */
        (now.st_mtim.tv_sec == w->time.tv_sec && now.st_mtim.tv_nsec == w->time.tv_nsec &&
         now.st_size == w->size))
        return false;
    w->time = now.st_mtim;
    w->size = now.st_size;
    return true;
}

rs_status lesson_session_read(const char *path, bool own, FILE *complaints, lesson *to,
                              rs_error *err)
{
    lesson_mistakes mistakes = {0};
    rs_status status = own ? lesson_report(path, &mistakes, err) : RS_OK;
    for (size_t k = 0; k < mistakes.n; k++)
        (void)fprintf(complaints, "rnnscope: %s\n", mistakes.text[k]);
    (void)fflush(complaints);
    lesson_mistakes_free(&mistakes);
    if (status != RS_OK)
        return status;
    status = lesson_read(path, to, NULL, err);
    return status == RS_DATA ? RS_OK : status;
}

/* --- the course ---------------------------------------------------------------------------- */

void lesson_print_course(const lesson_paper *paper, const course *c, size_t now)
{
    for (size_t k = 0; k < c->n; k++) {
        const course_lesson *l = &c->lesson[k];
        char far[64] = "";
        if (l->done > 0 && !course_finished(c, k))
            (void)snprintf(far, sizeof far, "  %zu/%zu", l->done, l->steps);
        (void)fprintf(paper->to, "%s %s %2zu  %s%s\n", k == now ? "→" : " ",
                      course_finished(c, k) ? "✓" : " ", k + 1, l->title, far);
    }
}

/* The lessons as they stand; NULL where there are none. To be freed. */
static course *course_now(const lesson_session *s, lang_kind lang)
{
    course *c = malloc(sizeof *c);
    if (c && course_read(c, lang == LANG_ZH ? "zh" : "en", s->progress, NULL) == RS_OK)
        return c;
    free(c);
    return NULL;
}

static const char *language_of(const lesson_paper *paper)
{
    return paper->lang == LANG_ZH ? "zh" : "en";
}

/* The lesson is done: says where one is, and asks whether to go on to the next; true with its path.
 */
static bool go_to_next(lesson_session *s, const lesson_paper *paper, lesson_desk *desk,
                       const course *c, size_t now)
{
    if (s->own || !c || now >= c->n) {
        (void)fprintf(paper->to, "%s\n", SAY(paper, "The end of this lesson. Progress is kept."));
        return false;
    }
    const size_t next = course_next(c, now);
    (void)fprintf(paper->to, SAY(paper, "Lesson %zu of %zu is done."), now + 1, c->n);
    (void)fputc(' ', paper->to);
    if (next < c->n)
        (void)fprintf(paper->to, SAY(paper, "Next: %zu. %s"), next + 1, c->lesson[next].title);
    else
        (void)fputs(SAY(paper, "Every lesson is done."), paper->to);
    (void)fputc('\n', paper->to);
    if (next == c->n ||
        !lesson_ask(paper, desk, SAY(paper, "Enter goes there; quit leaves: "), NULL) ||
        desk->line[0] != '\0')
        return false;
    (void)library_file(&c->library, next, language_of(paper), s->path);
    return true;
}

static bool go_to_named(lesson_session *s, const lesson_paper *paper, const lesson_desk *desk,
                        const course *c)
{
    const size_t k = c ? library_named(&c->library, desk->line) : 0;
    if (!c || k >= c->n) {
        (void)fprintf(paper->to, "%s\n", SAY(paper, "there is no such lesson; `list` has them"));
        return false;
    }
    (void)library_file(&c->library, k, language_of(paper), s->path);
    s->own = false;
    return true;
}

/* --- playing ------------------------------------------------------------------------------- */

/* A lesson that is open. */
typedef struct opened_lesson {
    lesson read;
    player p;
    bool is;
} opened_lesson;

static void close_lesson(opened_lesson *o)
{
    if (!o->is)
        return;
    player_close(&o->p);
    lesson_free(&o->read);
    o->is = false;
}

/* Opens the session's lesson in place of the one that is open, which stays where that fails. */
static rs_status open_lesson(lesson_session *s, FILE *complaints, opened_lesson *o, rs_error *err)
{
    lesson read;
    rs_status status = lesson_session_read(s->path, s->own, complaints, &read, err);
    if (status == RS_OK && read.steps_n == 0) {
        lesson_free(&read);
        status = rs_fail(err, RS_DATA,
                         "%.400s: line 1: a lesson has steps, each begun by `## Its "
                         "title`",
                         s->path);
    }
    if (status != RS_OK)
        return status;
    close_lesson(o);
    o->read = read;
    o->is = true;
    return player_open(&o->p, &o->read, s->progress, err);
}

static rs_status keep(const lesson_session *s, rs_error *err)
{
    return s->progress_at ? progress_write(s->progress_at, s->progress, err) : RS_OK;
}

static void print_title(const lesson_paper *paper, const lesson *l, const course *c, size_t now)
{
    if (c && now < c->n) {
        (void)fprintf(paper->to, SAY(paper, "Lesson %zu of %zu"), now + 1, c->n);
        (void)fputs(" · ", paper->to);
    }
    (void)fprintf(paper->to, "%s\n%s\n", l->title ? l->title : "",
                  SAY(paper, "Type `hint`, `back`, `quit`, `help`, or NAME = NUMBER."));
}

/* What comes after playing has ended so: whether there is more, and whether the step is shown. */
static bool go_on(lesson_session *s, const lesson_paper *paper, lesson_desk *desk, FILE *complaints,
                  opened_lesson *o, lesson_end end, bool *show)
{
    rs_error err = {0};
    course *c = course_now(s, paper->lang);
    const size_t now = c ? course_of(c, o->read.id) : 0;
    bool more = end == LESSON_SAVED || end == LESSON_LIST || end == LESSON_OTHER, another = false;
    *show = end != LESSON_LIST;
    if (end == LESSON_SAVED)
        (void)fprintf(paper->to, "\n%s\n",
                      SAY(paper, "The file has been saved; here is the step again."));
    else if (end == LESSON_LIST && c)
        lesson_print_course(paper, c, s->own ? c->n : now);
    else if (end == LESSON_FINISHED)
        more = another = go_to_next(s, paper, desk, c, now);
    else if (end == LESSON_OTHER)
        *show = another = go_to_named(s, paper, desk, c);
    if ((end == LESSON_SAVED || another) && open_lesson(s, complaints, o, &err) != RS_OK)
        (void)fprintf(complaints, "rnnscope: %s\n", err.text);
    if (another)
        print_title(paper, &o->read, c, c ? course_of(c, o->read.id) : 0);
    free(c);
    return more;
}

rs_status lesson_session_play(lesson_session *s, const lesson_paper *paper, FILE *from,
                              FILE *complaints, rs_error *err)
{
    opened_lesson o = {.is = false};
    watched file = {.path = s->path};
    lesson_desk desk = {.from = from, .saved = s->own ? has_changed : NULL, .context = &file};
    bool more = true, show = true;
    (void)has_changed(&file);
    rs_status status = open_lesson(s, complaints, &o, err);
    if (status == RS_OK) {
        course *c = course_now(s, paper->lang);
        print_title(paper, &o.read, s->own ? NULL : c, c ? course_of(c, o.read.id) : 0);
        free(c);
    }
    while (status == RS_OK && more) {
        const lesson_end end = lesson_play(&o.p, paper, &desk, show);
        status = keep(s, err);
        desk.saved = s->own ? has_changed : NULL;
        more = status == RS_OK && go_on(s, paper, &desk, complaints, &o, end, &show);
    }
    close_lesson(&o);
    return status;
}
