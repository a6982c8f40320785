#include "lessons/engine/exercise_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* One read; true at the end. */
static bool read_some(int from, char text[PROCESS_OUTPUT], size_t *n)
{
    char rest[4096];
    const bool full = *n + 1 >= PROCESS_OUTPUT; /* what is too much is read and dropped */
    const ssize_t got =
        full ? read(from, rest, sizeof rest) : read(from, text + *n, PROCESS_OUTPUT - 1 - *n);
    if (got < 0 && errno == EINTR)
        return false;
    if (got <= 0)
        return true;
    *n += full ? 0 : (size_t)got;
    text[*n] = '\0';
    return false;
}

/* Reads until the other end is closed: 0; else why it was not waited for. */
static int drain(const process *p, int from, char text[PROCESS_OUTPUT])
{
    const double until = seconds_now() + p->seconds;
    size_t n = 0;
    for (;;) {
        struct pollfd one = {.fd = from, .events = POLLIN};
        if (p->give_up && p->give_up(p->context))
            return PROCESS_GIVEN_UP;
        if (seconds_now() >= until)
            return PROCESS_STOPPED;
        if (poll(&one, 1, 100) > 0 && read_some(from, text, &n))
            return 0;
    }
}

rs_status process_run(const process *p, char text[PROCESS_OUTPUT], int *code, rs_error *err)
{
    int ends[2], state = 0;
    text[0] = '\0';
    if (pipe(ends) != 0)
        return rs_fail(err, RS_INTERNAL, "%s: no pipe", p->argv[0]);
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    const pid_t child = fork();
    if (child == 0)
        become(p->argv, ends[1]);
    if (child > 0)
        (void)setpgid(child, child); /* here too: it may not have come to it yet */
    (void)close(ends[1]);
    const int why = child > 0 ? drain(p, ends[0], text) : 0;
    (void)close(ends[0]);
    if (child < 0)
        return rs_fail(err, RS_INTERNAL, "%s: no process", p->argv[0]);
    if (why != 0)
        (void)kill(-child, SIGKILL);
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    *code = why != 0 ? why : WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    return RS_OK;
}
