/* The parent's side of an exercise: compiling, starting the child, what its end means.
 *
 * Why not the address sanitizer: it reserves more address space than the limit of memory leaves, so
 * the limit would have to go; its runtime has to be loaded before a program that was not built with
 * it; and it takes the signals by which the guarded arrays (guard.h) name what was left and at
 * which step. What it would find is found: the given arrays by their guards, arrays of the
 * learner's own by the undefined-behaviour sanitizer, which knows their sizes. Reading memory that
 * was freed goes by; but malloc overwrites it (M_PERTURB), and the numbers come out wrong. */
#include "lessons/engine/exercise_process.h"
#include "lessons/engine/exercises.h"

#include "lessons/engine/library.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMPILE_SECONDS = 60, RUN_SECONDS = 20 };

/* A run in hand. */
typedef struct run {
    const exercise_job *job;
    exercise_result *result;
    char program[LIBRARY_PATH], object[64], details[64];
} run;

void exercise_result_free(exercise_result *result)
{
    free(result->text);
    *result = (exercise_result){0};
}

static void say(exercise_result *result, const char *more)
{
    const size_t n = strlen(result->text);
    (void)snprintf(result->text + n, PROCESS_OUTPUT - n, "%s", more);
}

static rs_status start(run *r, char *const argv[], double seconds, int *code, rs_error *err)
{
    const process p = {argv, seconds, r->job->give_up, r->job->context};
    const rs_status status = process_run(&p, r->result->text, code, err);
    return status == RS_OK && *code == PROCESS_GIVEN_UP
               ? rs_fail(err, RS_INTERRUPTED, "%s: given up", r->job->source)
               : status;
}

/* Locals that are not set begin with numbers far too large: wrong each time in the same way. */
static rs_status compile(run *r, bool sanitize, int *code, rs_error *err)
{
    char include[LIBRARY_PATH + 16], own[] = "cc", in[LIBRARY_PATH];
    static char std[] = "-std=c11", opt[] = "-O1", debug[] = "-g", pic[] = "-fPIC",
                shared[] = "-shared", all[] = "-Wall", output[] = "-o", math[] = "-lm",
                whole[] = "-Wl,-z,defs", undefined[] = "-fsanitize=undefined",
                stop[] = "-fno-sanitize-recover=all", plain[] = "-fdiagnostics-color=never",
                posix[] = "-D_POSIX_C_SOURCE=200809L", unset[] = "-ftrivial-auto-var-init=pattern";
    (void)snprintf(include, sizeof include, "-I%.1000s/exercises", r->job->lessons);
    (void)snprintf(in, sizeof in, "%s", r->job->source);
    char *argv[] = {
        own,   std,     opt, debug,  pic,       shared, all,  plain,
        posix, include, in,  output, r->object, whole,  math, sanitize ? undefined : NULL,
        stop,  unset,   NULL};
    return start(r, argv, COMPILE_SECONDS, code, err);
}

/* The sanitizer's look at the bytes of memory helps nobody here. */
static void cut_bytes(char *text)
{
    char *note = strstr(text, ": note: pointer points here");
    while (note && note > text && note[-1] != '\n')
        note--;
    if (note)
        *note = '\0';
}

/* "exercise.c:12:5: error: …": the line of the first one, 0 without any. */
static size_t line_of_error(const char *text, const char *source)
{
    const size_t n = strlen(source);
    for (const char *at = strstr(text, source); at; at = strstr(at + 1, source)) {
        const char *end = at + strcspn(at, "\n"), *word = strstr(at, "error: ");
        if (at[n] == ':' && word && word < end)
            return strtoul(at + n + 1, NULL, 10);
    }
    return 0;
}

/* Of a child that did not end by itself, or before its verdict. */
static exercise_verdict verdict_of_end(exercise_result *result, int code)
{
    const bool sanitizer = strstr(result->text, "runtime error: ") != NULL;
    cut_bytes(result->text);
    say(result, code == PROCESS_STOPPED ? "It does not end: stopped after 20 seconds.\n"
                : code == 127           ? "The checker could not be started.\n"
                : code > 128            ? "It crashed.\n"
                : code == 0             ? "It ended the program itself: a function returns.\n"
                                        : "");
    if (code == PROCESS_STOPPED)
        return EXERCISE_ENDLESS;
    return sanitizer && (strstr(result->text, "out of bounds") ||
                         strstr(result->text, "insufficient space"))
               ? EXERCISE_OUTSIDE
               : EXERCISE_CRASHED;
}

/* Compiles; where the compiler has no sanitizer, without it. */
static rs_status build(run *r, bool *built, rs_error *err)
{
    int code = 0;
    rs_status status = compile(r, true, &code, err);
    if (status == RS_OK && code != 0)
        status = compile(r, false, &code, err);
    *built = status == RS_OK && code == 0;
    if (status != RS_OK || *built)
        return status;
    say(r->result, code == 127 ? "There is no compiler `cc` to compile it with.\n"
                               : "It does not compile: see the first error above.\n");
    r->result->verdict = EXERCISE_NOT_COMPILED;
    return RS_OK;
}

static rs_status judge(run *r, rs_error *err)
{
    static char command[] = "exercise", child[] = "--child";
    exercise_result *result = r->result;
    char name[64];
    int code = 0;
    (void)snprintf(name, sizeof name, "%s", r->job->e->name);
    char *argv[] = {r->program, command, child, name, r->object, r->details, NULL};
    const rs_status status = start(r, argv, RUN_SECONDS, &code, err);
    const int verdict = code - EXERCISE_CHILD_RIGHT;
    if (status != RS_OK)
        return status;
    if (verdict >= EXERCISE_RIGHT && verdict <= EXERCISE_OUTSIDE)
        result->verdict = (exercise_verdict)verdict;
    else
        result->verdict = verdict_of_end(result, code);
    (void)details_read(&result->details, r->details);
    return RS_OK;
}

/* What the compiler said of code that it took, its warnings, stand after what the judge says. */
static rs_status build_and_judge(run *r, rs_error *err)
{
    bool built = false;
    rs_status status = build(r, &built, err);
    char *warnings = status == RS_OK && built ? strdup(r->result->text) : NULL;
    if (status == RS_OK && built)
        status = judge(r, err);
    if (status == RS_OK && warnings && *warnings && r->result->verdict != EXERCISE_RIGHT) {
        say(r->result, "\nThe compiler warns:\n");
        say(r->result, warnings);
    }
    free(warnings);
    if (status != RS_OK)
        return status;
    r->result->line = line_of_error(r->result->text, r->job->source);
    r->result->code = r->result->verdict != EXERCISE_RIGHT;
    return RS_OK;
}

rs_status exercise_run(const exercise_job *job, exercise_result *result, rs_error *err)
{
    char folder[] = "/tmp/rnnscope-exercise-XXXXXX";
    run r = {.job = job, .result = result};
    *result = (exercise_result){0};
    if (access(job->source, R_OK) != 0)
        return rs_fail(err, RS_OPEN, "%s: cannot be opened", job->source);
    if (job->program)
        (void)snprintf(r.program, sizeof r.program, "%s", job->program);
    else if (!library_program(r.program))
        return rs_fail(err, RS_INTERNAL, "the program's own file is not known here");
    result->text = calloc(PROCESS_OUTPUT, 1);
    if (!result->text || !mkdtemp(folder)) {
        exercise_result_free(result);
        return rs_fail(err, RS_INTERNAL, "no memory, or no folder under /tmp, for the exercise");
    }
    (void)snprintf(r.object, sizeof r.object, "%s/exercise.so", folder);
    (void)snprintf(r.details, sizeof r.details, "%s/details", folder);
    const rs_status status = build_and_judge(&r, err);
    (void)remove(r.object);
    (void)remove(r.details);
    (void)rmdir(folder);
    if (status != RS_OK)
        exercise_result_free(result);
    return status;
}
