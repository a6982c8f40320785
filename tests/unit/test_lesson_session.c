/* lessons/engine/course, viz/lesson_session: from lesson to lesson in a terminal, and a file that
 * is read again when it is saved. */
#include "tests/unit/cli_help.h"

#include "viz/lesson_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Three lessons of two steps in the test's folder, which is the library's until end_course. */
static void begin_course(void **state)
{
    static const char *const ids[] = {"01-one", "02-two", "03-three"};
    (void)setenv("RNNSCOPE_LESSONS", *state, 1);
    for (size_t k = 0; k < TESTS_N(ids); k++) {
        char path[PATH], text[256];
        assert_int_equal(mkdir(in_folder(state, ids[k], path), 0777), 0);
        const int n =
            snprintf(text, sizeof text, "# Title of %s\n\n## A\n\ntext\n\n## B\n\nend\n", ids[k]);
        (void)strncat(path, "/lesson.md", sizeof path - strlen(path) - 1);
        write_bytes(path, text, (size_t)n);
    }
}

static void end_course(void **state)
{
    static const char *const gone[] = {"01-one/lesson.md",   "01-one",
                                       "02-two/lesson.md",   "02-two",
                                       "03-three/lesson.md", "03-three"};
    char path[PATH];
    for (size_t k = 0; k < TESTS_N(gone); k++)
        assert_int_equal(remove(in_folder(state, gone[k], path)), 0);
    (void)unsetenv("RNNSCOPE_LESSONS");
}

static void course_knows_what_comes_next(void **state)
{
    course c;
    learner_progress done = {0};
    begin_course(state);
    for (size_t step = 0; step < 2; step++) {
        assert_int_equal(progress_set(&done, "01-one", PROGRESS_DONE, step, 0, NULL), RS_OK);
        assert_int_equal(progress_set(&done, "03-three", PROGRESS_DONE, step, 0, NULL), RS_OK);
    }
    assert_int_equal(progress_set(&done, "02-two", PROGRESS_DONE, 1, 0, NULL), RS_OK);
    assert_int_equal(course_read(&c, "zh", &done, NULL), RS_OK);
    assert_int_equal(c.n, 3);
    assert_string_equal(c.lesson[1].title, "Title of 02-two");
    assert_true(course_finished(&c, 0) && !course_finished(&c, 1) && c.lesson[1].done == 1);
    assert_int_equal(course_next(&c, c.n), 1);
    assert_int_equal(course_next(&c, 0), 1);
    assert_int_equal(course_next(&c, 2), 1); /* and from the first again */
    c.lesson[2].done = 0;
    assert_int_equal(course_next(&c, 1), 2); /* on, not to the same */
    c.lesson[1].done = c.lesson[2].done = 2;
    assert_int_equal(course_next(&c, 0), c.n);
    assert_true(course_of(&c, "03-three") == 2 && course_of(&c, "mine") == c.n);
    progress_free(&done);
    end_course(state);
}

/* What a session says to someone who types this, beginning with this file; to be freed. */
static char *session_says(void **state, const char *file, const char *typed, lang_kind lang)
{
    char *text = NULL, *keys = strdup(typed);
    size_t n = 0;
    learner_progress progress = {0};
    rs_error err = {0};
    lesson_session s = {.progress = &progress};
    FILE *from = fmemopen(keys, strlen(keys), "r"), *to = open_memstream(&text, &n);
    const lesson_paper paper = {.to = to, .lang = lang};
    (void)in_folder(state, file, s.path);
    assert_int_equal(lesson_session_play(&s, &paper, from, to, &err), RS_OK);
    (void)fclose(from);
    (void)fclose(to);
    progress_free(&progress);
    free(keys);
    return text;
}

static void session_goes_from_lesson_to_lesson(void **state)
{
    static const struct {
        const char *typed, *says, *says_not;
        lang_kind lang;
    } sessions[] = {
        {"\n\n", "Lesson 1 of 3 is done. Next: 2. Title of 02-two\n", "Lesson 2 of 3 · ", LANG_EN},
        {"\n\n\n", "Lesson 2 of 3 · Title of 02-two\n", "Lesson 2 of 3 is done", LANG_EN},
        {"\n\n\n\n\n\n\n\n", "Every lesson is done.\n", "The end of this", LANG_EN},
        {"lesson 3\n\n\n", "Lesson 3 of 3 is done. Next: 1. Title of 01-one\n", NULL, LANG_EN},
        {"\nlist\n", "→    1  Title of 01-one  1/2\n     2  Title of 02-two\n", NULL, LANG_EN},
        {"\n\n\nlist\n", "  ✓  1  Title of 01-one\n→    2  ", NULL, LANG_EN},
        {"lesson 9\n\n", "there is no such lesson", "2/2  B ──\n\n── ", LANG_EN},
        {"\n\n", "第 1 课（共 3 课）已完成。 下一课：2. Title", NULL, LANG_ZH}};
    begin_course(state);
    for (size_t k = 0; k < TESTS_N(sessions); k++) {
        char *text = session_says(state, "01-one/lesson.md", sessions[k].typed, sessions[k].lang);
        if (!strstr(text, sessions[k].says) ||
            (sessions[k].says_not && strstr(text, sessions[k].says_not)))
            fail_msg("%zu: %s", k, text);
        free(text);
    }
    char path[PATH];
    write_bytes(in_folder(state, "mine.md", path), "# M\n\n## A\n", 10);
    char *own = session_says(state, "mine.md", "\n", LANG_EN);
    assert_non_null(strstr(own, "The end of this lesson. Progress is kept."));
    free(own);
    end_course(state);
}

/* --- a file that is saved meanwhile -------------------------------------------------------- */

/* Reads until the text has come; false at the end. */
static bool wait_for(FILE *from, const char *text)
{
    char heard[4096] = "";
    size_t n = 0;
    for (int c = getc(from); c != EOF && n + 1 < sizeof heard; c = getc(from)) {
        heard[n++] = (char)c;
        heard[n] = '\0';
        if (strstr(heard, text))
            return true;
    }
    return false;
}

/* As editors do it: the file is there whole, or not at all. */
static void save(const char *path, const char *text)
{
    char beside[PATH + 8];
    (void)snprintf(beside, sizeof beside, "%s.new", path);
    write_bytes(beside, text, strlen(text));
    assert_int_equal(rename(beside, path), 0);
}

/* A teacher, in a process of their own: goes to the second step, saves a mistake, mends it, leaves.
 */
static int teach(const char *path, int hears, int says)
{
    static const char wrong[] = "# T\n\n## A\n\na\n\n## B\n\n```scene\ngain = -3\n```\n\nWrong.\n";
    static const char right[] = "# T\n\n## A\n\na\n\n## B\n\nRight and longer.\n";
    FILE *from = fdopen(hears, "r"), *to = fdopen(says, "w");
    bool good = from && to && wait_for(from, "Old A") && fputs("\n", to) >= 0 && fflush(to) == 0;
    good = good && wait_for(from, "Old B") && wait_for(from, "> ");
    if (good)
        save(path, wrong);
    good = good && wait_for(from, "line 10: gain = -3") && wait_for(from, "2/2  B") &&
           wait_for(from, "Wrong.") && wait_for(from, "> ");
    if (good)
        save(path, right);
    good = good && wait_for(from, "2/2  B") && wait_for(from, "Right and longer.") &&
           wait_for(from, "> ") && fputs("quit\n", to) >= 0 && fflush(to) == 0;
    while (from && getc(from) != EOF) /* what is said on leaving has a reader too */
        ;
    return good ? 0 : 1;
}

static void session_reads_a_saved_file_again(void **state)
{
    int hear[2], say[2], ended = 0;
    lesson_session s = {.own = true};
    learner_progress progress = {0};
    rs_error err = {0};
    assert_true(pipe(hear) == 0 && pipe(say) == 0);
    save(in_folder(state, "mine.md", s.path), "# T\n\n## A\n\nOld A\n\n## B\n\nOld B\n");
    const pid_t teacher = fork();
    assert_true(teacher >= 0);
    if (teacher == 0) {
        (void)close(hear[1]);
        (void)close(say[0]);
        (void)alarm(60); /* what never comes is a failure, not a wait without end */
        _exit(teach(s.path, hear[0], say[1]));
    }
    (void)close(hear[0]);
    (void)close(say[1]);
    FILE *from = fdopen(say[0], "r"), *to = fdopen(hear[1], "w");
    assert_true(from && to && setvbuf(from, NULL, _IONBF, 0) == 0);
    s.progress = &progress;
    const rs_status status = lesson_session_play(&s, &(lesson_paper){.to = to}, from, to, &err);
    (void)fclose(to);
    (void)fclose(from);
    assert_int_equal(waitpid(teacher, &ended, 0), teacher);
    assert_int_equal(status, RS_OK);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    progress_free(&progress);
}

static void learn_lists_the_lessons(void **state)
{
    char path[PATH];
    begin_course(state);
    (void)setenv("XDG_DATA_HOME", *state, 1);
    const said *answer = run_cli(state, "learn --list");
    assert_done(answer);
    assert_string_equal(answer->out, "→    1  Title of 01-one\n     2  Title of 02-two\n"
                                     "     3  Title of 03-three\n");
    (void)unsetenv("XDG_DATA_HOME");
    (void)remove(in_folder(state, "rnnscope/progress", path));
    (void)rmdir(in_folder(state, "rnnscope", path));
    end_course(state);
}

const struct CMUnitTest lesson_session_tests[] = {
    IN_FOLDER(course_knows_what_comes_next), IN_FOLDER(session_goes_from_lesson_to_lesson),
    IN_FOLDER(session_reads_a_saved_file_again), IN_FOLDER(learn_lists_the_lessons)};
const size_t lesson_session_tests_n = TESTS_N(lesson_session_tests);
