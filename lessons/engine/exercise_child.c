/* The child process in which the learner's code runs: limits, signals, loading. */
#include "lessons/engine/exercise_place.h"

#include "lessons/engine/exercises.h"
#include "lessons/engine/guard.h"

#include <dlfcn.h>
#include <malloc.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CPU_SECONDS = 2, WALL_SECONDS = 10 };

/* Under the address sanitizer the program reserves more address space than any limit. */
#if defined(__SANITIZE_ADDRESS__)
enum { LIMIT_MEMORY = 0 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { LIMIT_MEMORY = 0 };
#else
enum { LIMIT_MEMORY = 1 };
#endif
#else
enum { LIMIT_MEMORY = 1 };
#endif

static const rlim_t most_memory = (rlim_t)1 << 30;

/* A signal handler has no other way to know: the one place of this one process. */
static const char *function_now = "";
static const char *where_now = "";
static unsigned char signal_stack[1 << 16];

void place_enter(const char *function, const char *where)
{
    function_now = function;
    where_now = where;
}

void place_leave(void) { function_now = where_now = ""; }

size_t place_not_finite(const double *v, size_t n)
{
    size_t k = 0;
    while (k < n && isfinite(v[k]))
        k++;
    return k;
}

bool place_damaged(FILE *to)
{
    const char *name = guard_damaged();
    if (name)
        (void)fprintf(to, "%s: `%s` is written to before its beginning\n", where_now, name);
    return name != NULL;
}

static const char *reason_of(int signal, const void *address, char text[160],
                             exercise_verdict *verdict)
{
    *verdict = signal == SIGXCPU || signal == SIGALRM ? EXERCISE_ENDLESS : EXERCISE_CRASHED;
    if (*verdict == EXERCISE_ENDLESS)
        return "it does not end: stopped after 2 seconds of computing";
    if (signal == SIGFPE)
        return "it crashed: a whole number is divided by zero";
    if (signal != SIGSEGV && signal != SIGBUS)
        return "it crashed";
    if (guard_explain(address, text, 160)) {
        *verdict = EXERCISE_OUTSIDE;
        return text;
    }
    if ((size_t)address < 65536) /* NOLINT: an address as a number is what is asked */
        return "it crashed: a null pointer is followed (if malloc gave it: the memory limit is 1 "
               "GiB)";
    return "it crashed: memory is used that is not there, or recursion has no end";
}

/* Only write and _exit are allowed here; snprintf into own memory does no harm in practice. */
static void on_signal(int signal, siginfo_t *info, void *context)
{
    char text[160], line[400];
    exercise_verdict verdict = EXERCISE_CRASHED;
    (void)context;
    const int n = snprintf(line, sizeof line, "%s%s%s: %s\n", function_now, *where_now ? ", " : "",
                           where_now, reason_of(signal, info->si_addr, text, &verdict));
    if (n > 0 && write(STDOUT_FILENO, line, (size_t)n) < 0)
        _exit(2);
    _exit(EXERCISE_CHILD_RIGHT + (int)verdict);
}

void place_watch(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGALRM};
    const stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
    const struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS + 2}, memory = {most_memory, most_memory},
                        none = {0, 0}, file = {1 << 20, 1 << 20};
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    (void)sigaltstack(&stack, NULL);
    for (size_t k = 0; k < sizeof signals / sizeof *signals; k++)
        (void)sigaction(signals[k], &action, NULL);
    (void)setrlimit(RLIMIT_CPU, &cpu);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_FSIZE, &file);
    if (LIMIT_MEMORY)
        (void)setrlimit(RLIMIT_AS, &memory);
    (void)alarm(WALL_SECONDS);
#if defined(M_PERTURB)
    (void)mallopt(M_PERTURB, 0x80); /* memory that was freed, or is not set, is not what it was */
#endif
}

int exercise_child(const char *name, const char *object, const char *details)
{
    static exercise_details found;
    const exercise *e = exercise_named(name);
    if (!e)
        return RS_USAGE;
    place_watch();
    void *loaded = dlopen(object, RTLD_NOW | RTLD_LOCAL);
    void *function = loaded ? dlsym(loaded, e->function) : NULL;
    if (!function) {
        printf("%s: the file has no function of this name%s%s\n", e->function,
               loaded ? "" : ", or cannot be loaded: ", loaded ? "" : dlerror());
        return EXERCISE_CHILD_RIGHT + EXERCISE_NOT_COMPILED;
    }
    const exercise_verdict verdict = e->judge(e, function, stdout, &found);
    (void)fflush(stdout);
    if (!details_write(&found, details))
        return EXERCISE_CHILD_RIGHT + EXERCISE_CRASHED;
    return EXERCISE_CHILD_RIGHT + (int)verdict;
}
