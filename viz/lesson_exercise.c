#include "viz/lesson_exercise.h"

#include "lessons/engine/exercise_hints.h"
#include "lessons/engine/exercises.h"
#include "lessons/engine/library.h"
#include "viz/exercise_words.h"

#include <string.h>

#define SAY(paper, english) lesson_say((paper)->lang, (english))

/* An exercise and its files. */
typedef struct place {
    const exercise *e;
    library lessons;
    char path[LIBRARY_PATH]; /* the learner's */
    int copied;              /* laid out just now */
} place;

const char *exercise_verdict_text(exercise_verdict verdict)
{
    static const char *const texts[] = {[EXERCISE_RIGHT] = "✓ right",
                                        [EXERCISE_WRONG] = "✗ not right yet",
                                        [EXERCISE_EMPTY] = "nothing is written yet",
                                        [EXERCISE_NOT_COMPILED] = "✗ it does not compile",
                                        [EXERCISE_CRASHED] = "✗ it crashes",
                                        [EXERCISE_ENDLESS] = "✗ it does not end",
                                        [EXERCISE_NOT_FINITE] = "✗ it gives what is no number",
                                        [EXERCISE_OUTSIDE] = "✗ it leaves an array"};
    return texts[verdict];
}

size_t lesson_exercise_of(const player *p)
{
    const lesson_step *step = &p->lesson->steps[p->step];
    for (size_t k = step->first; k < step->first + step->n; k++)
        if (p->lesson->blocks[k].kind == BLOCK_EXERCISE)
            return k;
    return p->lesson->blocks_n;
}

static rs_status find(const player *p, size_t block, place *to, rs_error *err)
{
    const char *name = p->lesson->blocks[block].text;
    *to = (place){.e = name ? exercise_named(name) : NULL};
    return to->e ? library_find(&to->lessons, err)
                 : rs_fail(err, RS_DATA, "exercise: there is no %.60s", name ? name : "such one");
}

/* The learner's file is there afterwards. */
static rs_status lay_out(const player *p, size_t block, place *to, rs_error *err)
{
    char folder[LIBRARY_PATH];
    rs_status status = find(p, block, to, err);
    if (status == RS_OK)
        status = exercise_folder(folder, sizeof folder, err);
    if (status == RS_OK)
        status = exercise_copy(to->e, to->lessons.folder, folder, to->path, sizeof to->path,
                               &to->copied, err);
    return status;
}

static void print_error(const lesson_paper *paper, const rs_error *err)
{
    char text[SENTENCE_TEXT];
    (void)fprintf(paper->to, "%s\n", sentence_text(paper->lang, err->text, text));
}

static void print_file(const lesson_paper *paper, const char *what, const char *path)
{
    (void)fprintf(paper->to, "    %s%s%s\n", SAY(paper, what), SAY(paper, ": "), path);
}

/* The learner's file, and one of the exercise's. */
static void print_place(const lesson_paper *paper, const place *at)
{
    char path[LIBRARY_PATH + 128];
    print_file(paper, "Your file", at->path);
    (void)snprintf(path, sizeof path, "%s/exercises/%s/README.md", at->lessons.folder, at->e->name);
    print_file(paper, "What to do", path);
    (void)snprintf(path, sizeof path, "%s/exercises/exercise.h", at->lessons.folder);
    print_file(paper, "What you are given", path);
}

void lesson_exercise_begin(const lesson_paper *paper, const player *p, size_t block)
{
    place at;
    rs_error err = {0};
    if (lay_out(p, block, &at, &err) != RS_OK) {
        print_error(paper, &err);
        return;
    }
    print_place(paper, &at);
    (void)fprintf(
        paper->to, "%s\n",
        SAY(paper, "Write in it with an editor of yours and save it, then `check` here."));
}

static void print_why(const lesson_paper *paper, const place *at)
{
    exercise_hints hints;
    rs_error err = {0};
    if (exercise_hints_read(at->e, at->lessons.folder, paper->lang == LANG_ZH ? "zh" : "en", &hints,
                            &err) != RS_OK)
        return;
    char before[32];
    (void)snprintf(before, sizeof before, "  %s%s", SAY(paper, "Why"), SAY(paper, ": "));
    for (size_t k = 0; k < hints.why_n; k++)
        lesson_print_runs(paper->to, k == 0 ? before : "    ", &hints.why[k], 4);
    exercise_hints_free(&hints);
}

static void print_judged(const lesson_paper *paper, const exercise_result *result)
{
    char text[SENTENCE_TEXT];
    for (const char *at = result->text; *at;) {
        const size_t n = strcspn(at, "\n");
        exercise_line_text(paper->lang, &result->details, at, n, text);
        (void)fprintf(paper->to, "%s\n", text);
        at += n + (at[n] == '\n');
    }
}

void lesson_exercise_check(const lesson_paper *paper, player *p, size_t block, const char *program)
{
    place at;
    exercise_result result;
    rs_error err = {0};
    rs_status status = lay_out(p, block, &at, &err);
    if (status == RS_OK && at.copied)
        print_place(paper, &at);
    const exercise_job job = {
        .e = at.e, .lessons = at.lessons.folder, .source = at.path, .program = program};
    if (status == RS_OK)
        status = exercise_run(&job, &result, &err);
    if (status != RS_OK) {
        print_error(paper, &err);
        return;
    }
    (void)fprintf(paper->to, "%s%s%s\n", SAY(paper, "Exercise"), SAY(paper, ": "),
                  lang_text(paper->lang, exercise_verdict_text(result.verdict)));
    print_judged(paper, &result);
    player_exercise_judged(p, block, result.verdict == EXERCISE_RIGHT);
    if (result.verdict == EXERCISE_RIGHT)
        print_why(paper, &at);
    exercise_result_free(&result);
}

void lesson_exercise_hint(const lesson_paper *paper, const player *p, size_t block, size_t *shown)
{
    place at;
    exercise_hints hints;
    rs_error err = {0};
    rs_status status = find(p, block, &at, &err);
    if (status == RS_OK)
        status = exercise_hints_read(at.e, at.lessons.folder, paper->lang == LANG_ZH ? "zh" : "en",
                                     &hints, &err);
    if (status != RS_OK) {
        print_error(paper, &err);
        return;
    }
    if (*shown < EXERCISE_HINTS) {
        char before[32];
        (void)snprintf(before, sizeof before, "  %s%s", SAY(paper, "Hint"), SAY(paper, ": "));
        lesson_print_runs(paper->to, before, hints.hint[*shown], 4);
        ++*shown;
    } else {
        char path[LIBRARY_PATH + 128];
        (void)snprintf(path, sizeof path, "%s/exercises/%s/solution.c", at.lessons.folder,
                       at.e->name);
        print_file(paper, "The worked solution", path);
    }
    exercise_hints_free(&hints);
}
