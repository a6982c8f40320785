/* The table of exercises; and the parent's side: copying, compiling, starting the child. */
#include "lessons/engine/exercises.h"

#include "lessons/engine/library.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const exercise exercises[] = {
    {"rnn-forward", "rnn_forward_step", "one step of a recurrent network", judge_forward},
    {"rnn-backward", "rnn_backward_step", "the RNN's backward pass (lesson 2)", judge_backward},
    {"finite-difference", "derivative", "a derivative by difference (lesson 3)", judge_derivative},
    {"gradient-clipping", "clip_norm", "clipping a gradient by its norm (lesson 7)",
     judge_clipping},
    {"lstm-backward", "lstm_backward_step", "the LSTM's backward pass (lesson 9)", judge_backward},
    {"gru-backward", "gru_backward_step", "the GRU's backward pass (lesson 11)", judge_backward},
    {0}};

const exercise *exercise_named(const char *name)
{
    for (const exercise *e = exercises; e->name; e++)
        if (strcmp(e->name, name) == 0)
            return e;
    return NULL;
}

void exercise_result_free(exercise_result *result)
{
    free(result->text);
    *result = (exercise_result){0};
}

/* --- processes ----------------------------------------------------------------------------- */

enum { MOST_OUTPUT = 1 << 16, COMPILE_SECONDS = 60, RUN_SECONDS = 20 };

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* In the new process: its stdout and stderr go to the pipe. */
static void become(char *const argv[], int to)
{
    const int nothing = open("/dev/null", O_RDONLY);
    (void)setpgid(0, 0);
    if (nothing >= 0)
        (void)dup2(nothing, STDIN_FILENO);
    (void)dup2(to, STDOUT_FILENO);
    (void)dup2(to, STDERR_FILENO);
    execvp(argv[0], argv);
    _exit(127);
}

/* Reads until the other end is closed; false when the time is over first. */
static bool drain(int from, double until, char text[MOST_OUTPUT])
{
    size_t n = 0;
    for (;;) {
        char rest[4096];
        struct pollfd one = {.fd = from, .events = POLLIN};
        const double left = until - seconds_now();
        if (left <= 0 || poll(&one, 1, (int)(left * 1000) + 1) == 0)
            return false;
        const bool full = n + 1 >= MOST_OUTPUT; /* what is too much is read and dropped */
        const ssize_t got =
            full ? read(from, rest, sizeof rest) : read(from, text + n, MOST_OUTPUT - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true;
        n += full ? 0 : (size_t)got;
        text[n] = '\0';
    }
}

/* Runs a command; *code is its exit code, 128 + signal, or −1 when it was stopped after `seconds`.
 */
static rs_status run_process(char *const argv[], double seconds, char text[MOST_OUTPUT], int *code,
                             rs_error *err)
{
    int ends[2], state = 0;
    text[0] = '\0';
    if (pipe(ends) != 0)
        return rs_fail(err, RS_INTERNAL, "%s: no pipe", argv[0]);
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    const pid_t child = fork();
    if (child == 0)
        become(argv, ends[1]);
    (void)close(ends[1]);
    const bool ended = child > 0 && drain(ends[0], seconds_now() + seconds, text);
    (void)close(ends[0]);
    if (child < 0)
        return rs_fail(err, RS_INTERNAL, "%s: no process", argv[0]);
    if (!ended)
        (void)kill(-child, SIGKILL);
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    *code = !ended ? -1 : WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    return RS_OK;
}

/* --- compiling ----------------------------------------------------------------------------- */

static rs_status compile(const char *lessons, const char *source, const char *object, bool sanitize,
                         char text[MOST_OUTPUT], int *code, rs_error *err)
{
    char include[LIBRARY_PATH + 16], own[] = "cc", in[LIBRARY_PATH], out[LIBRARY_PATH];
    static char std[] = "-std=c11", opt[] = "-O1", debug[] = "-g", pic[] = "-fPIC",
                shared[] = "-shared", all[] = "-Wall", output[] = "-o", math[] = "-lm",
                whole[] = "-Wl,-z,defs", undefined[] = "-fsanitize=undefined",
                stop[] = "-fno-sanitize-recover=all", plain[] = "-fdiagnostics-color=never",
                posix[] = "-D_POSIX_C_SOURCE=200809L";
    (void)snprintf(include, sizeof include, "-I%.1000s/exercises", lessons);
    (void)snprintf(in, sizeof in, "%s", source);
    (void)snprintf(out, sizeof out, "%s", object);
    char *argv[] = {own,   std,     opt, debug,  pic, shared, all,  plain,
                    posix, include, in,  output, out, whole,  math, sanitize ? undefined : NULL,
                    stop,  NULL};
    return run_process(argv, COMPILE_SECONDS, text, code, err);
}

/* What the learner is told of a child that ended so. */
static void tell_end(exercise_result *result, int code, char text[MOST_OUTPUT])
{
    const size_t n = strlen(text);
    const char *more = code == -1    ? "It does not end: stopped after 20 seconds.\n"
                       : code == 127 ? "The checker could not be started.\n"
                       : code > 128  ? "It crashed.\n"
                       : code == 0   ? "It ended the program itself: a function returns.\n"
                                     : "";
    (void)snprintf(text + n, MOST_OUTPUT - n, "%s", more);
    result->code = code != EXERCISE_CHILD_RIGHT;
}

static rs_status run_in(const exercise *e, const char *lessons, const char *source,
                        const char *program, const char *object, exercise_result *result,
                        rs_error *err)
{
    char *text = result->text, name[64], file[LIBRARY_PATH], out[LIBRARY_PATH];
    static char command[] = "exercise", child[] = "--child";
    int code = 0;
    rs_status status = compile(lessons, source, object, true, text, &code, err);
    if (status == RS_OK && code != 0)
        status = compile(lessons, source, object, false, text, &code, err);
    if (status != RS_OK)
        return status;
    if (code != 0) {
        const size_t n = strlen(text);
        (void)snprintf(text + n, MOST_OUTPUT - n, "%s",
                       code == 127 ? "There is no compiler `cc` to compile it with.\n"
                                   : "It does not compile: see the first error above.\n");
        result->code = 1;
        return RS_OK;
    }
    (void)snprintf(name, sizeof name, "%s", e->name);
    (void)snprintf(file, sizeof file, "%s", program);
    (void)snprintf(out, sizeof out, "%s", object);
    char *argv[] = {file, command, child, name, out, NULL};
    status = run_process(argv, RUN_SECONDS, text, &code, err);
    if (status == RS_OK)
        tell_end(result, code, text);
    return status;
}

rs_status exercise_run(const exercise *e, const char *lessons, const char *source,
                       const char *program, exercise_result *result, rs_error *err)
{
    char folder[] = "/tmp/rnnscope-exercise-XXXXXX", object[64], own[LIBRARY_PATH];
    *result = (exercise_result){0};
    if (access(source, R_OK) != 0)
        return rs_fail(err, RS_OPEN, "%s: cannot be opened", source);
    if (!program && !library_program(own))
        return rs_fail(err, RS_INTERNAL, "the program's own file is not known here");
    result->text = calloc(MOST_OUTPUT, 1);
    if (!result->text || !mkdtemp(folder)) {
        exercise_result_free(result);
        return rs_fail(err, RS_INTERNAL, "no memory, or no folder under /tmp, for the exercise");
    }
    (void)snprintf(object, sizeof object, "%s/exercise.so", folder);
    const rs_status status =
        run_in(e, lessons, source, program ? program : own, object, result, err);
    (void)remove(object);
    (void)rmdir(folder);
    if (status != RS_OK)
        exercise_result_free(result);
    return status;
}

/* --- the learner's copy -------------------------------------------------------------------- */

static rs_status copy_file(const char *from, int to, rs_error *err)
{
    char bytes[4096];
    ssize_t n = 0;
    const int source = open(from, O_RDONLY);
    if (source < 0)
        return rs_fail(err, RS_OPEN, "%s: cannot be opened", from);
    while ((n = read(source, bytes, sizeof bytes)) > 0)
        if (write(to, bytes, (size_t)n) != n)
            break;
    (void)close(source);
    return n == 0 ? RS_OK : rs_fail(err, RS_WRITE, "%s: cannot be copied", from);
}

rs_status exercise_copy(const exercise *e, const char *lessons, const char *folder, char *path,
                        size_t room, int *copied, rs_error *err)
{
    char from[LIBRARY_PATH + 64];
    *copied = 0;
    if ((size_t)snprintf(path, room, "%s/%s/exercise.c", folder, e->name) >= room)
        return rs_fail(err, RS_WRITE, "%.200s: the path is too long", folder);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0777); /* a folder that is missing shows at the file */
        *slash = '/';
    }
    const int to = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (to < 0 && errno == EEXIST)
        return RS_OK;
    if (to < 0)
        return rs_fail(err, RS_WRITE, "%s: cannot be written", path);
    (void)snprintf(from, sizeof from, "%.1000s/exercises/%s/exercise.c", lessons, e->name);
    const rs_status status = copy_file(from, to, err);
    if (close(to) != 0 || status != RS_OK) {
        (void)unlink(path);
        return status != RS_OK ? status : rs_fail(err, RS_WRITE, "%s: cannot be written", path);
    }
    *copied = 1;
    return RS_OK;
}
