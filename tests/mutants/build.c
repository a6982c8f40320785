/* Builds one mutant and runs its probe. */
#include "tests/mutants/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void mutant_folder(char folder[MOST_PATH], const char *build, const char *id)
{
    (void)snprintf(folder, MOST_PATH, "%s/mutants/%s", build, id);
}

static int run(const char *command)
{
    const int status = system(command);
    return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}

/* Whether file a is there and not older than file b. */
static int is_newer(const char *a, const char *b)
{
    struct stat of_a, of_b;
    if (stat(a, &of_a) != 0 || stat(b, &of_b) != 0)
        return 0;
    return of_a.st_mtim.tv_sec > of_b.st_mtim.tv_sec ||
           (of_a.st_mtim.tv_sec == of_b.st_mtim.tv_sec &&
            of_a.st_mtim.tv_nsec >= of_b.st_mtim.tv_nsec);
}

/* Writes the text unless the file holds it already; 1 if it was written, −1 if that failed. */
static int write_if_changed(const char *path, const char *text)
{
    char *old = mt_read_text(path, NULL);
    const int same = old && strcmp(old, text) == 0;
    free(old);
    if (same)
        return 0;
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    const int written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written ? 1 : -1;
}

/* The mutated source into the folder, under the path of the real one: -I of the folder's lib then
 * makes every include find it. */
static int write_source(const mt_mutant *mutant, const char *folder)
{
    char command[2 * MOST_PATH], path[2 * MOST_PATH];
    rs_error err = {0};
    char *source = mt_read_text(mutant->file, &err);
    char *mutated = source ? mutant_apply(mutant, source, &err) : NULL;
    int written = -1;
    (void)snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s/%s')\"", folder,
                   mutant->file);
    (void)snprintf(path, sizeof path, "%s/%s", folder, mutant->file);
    if (!mutated)
        (void)fprintf(stderr, "%s\n", err.text);
    else if (run(command) == 0)
        written = write_if_changed(path, mutated);
    free(source);
    free(mutated);
    return written;
}

/* What a probe is made of, below the build's folder; the library last. */
static const char *const parts[] = {"tests/mutants/probe.o", "tests/mutants/problem.o",
                                    "tests/mutants/prose.o", "viz/finding_text.o", "librnnscope.a"};

/* Compiles the mutated file and links it in front of the library, which then leaves its own out. */
static int compile(const mt_mutant *mutant, const char *folder, const char *build)
{
    char command[8 * MOST_PATH], probe[4 * MOST_PATH] = "", object[2 * MOST_PATH] = "";
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        (void)snprintf(probe + strlen(probe), sizeof probe - strlen(probe), " '%s/%s'", build,
                       parts[k]);
    if (mutant->befores_n > 0) {
        (void)snprintf(object, sizeof object, "%s/mutated.o", folder);
        (void)snprintf(command, sizeof command, "$CC -I'%s/lib' $CFLAGS -w -O1 -c '%s/%s' -o '%s'",
                       folder, folder, mutant->file, object);
        if (run(command) != 0)
            return 1;
    }
    (void)snprintf(command, sizeof command, "$CC $CFLAGS -w -O1 %s%s $LIBS -o '%s/probe'", object,
                   probe, folder);
    return run(command) != 0;
}

/* Becomes the probe, with its lines going to the file `findings`; returns only if that fails. */
static int become_probe(const mt_mutant *mutant, const char *folder, const char *seeds)
{
    char program[2 * MOST_PATH], output[2 * MOST_PATH];
    const char *const usual[] = {MUTANTS_SETTINGS};
    const char *arguments[4 + MOST_SETTINGS] = {program, seeds, mutant->cells};
    (void)snprintf(program, sizeof program, "%s/probe", folder);
    (void)snprintf(output, sizeof output, "%s/findings", folder);
    for (size_t k = 0; k < mutant->with_n; k++)
        arguments[3 + k] = mutant->with[k];
    for (size_t k = 0; mutant->with_n == 0 && k < sizeof usual / sizeof *usual; k++)
        arguments[3 + k] = usual[k];
    if (!freopen(output, "w", stdout))
        return 74;
    (void)alarm(300); /* a bug may loop for ever */
    (void)execv(program, (char *const *)arguments);
    return 70;
}

static int probe(const mt_mutant *mutant, const char *folder, const char *seeds)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0)
        _exit(become_probe(mutant, folder, seeds));
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 70;
    return WEXITSTATUS(status);
}

int mutant_build_and_probe(const mt_mutant *mutant, const char *build, const char *seeds)
{
    char folder[MOST_PATH], program[2 * MOST_PATH], part[2 * MOST_PATH];
    mutant_folder(folder, build, mutant->id);
    (void)snprintf(program, sizeof program, "%s/probe", folder);
    (void)snprintf(part, sizeof part, "mkdir -p '%s'", folder);
    if (run(part) != 0)
        return 74;
    (void)snprintf(part, sizeof part, "%s/findings", folder);
    (void)unlink(part); /* of an earlier run */
    const int written = mutant->befores_n > 0 ? write_source(mutant, folder) : 0;
    int stale = written > 0;
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        (void)snprintf(part, sizeof part, "%s/%s", build, parts[k]);
        stale = stale || !is_newer(program, part);
    }
    if (written < 0)
        return 65;
    if (stale && compile(mutant, folder, build) != 0) {
        (void)unlink(program);
        return 65;
    }
    const int code = probe(mutant, folder, seeds);
    if (code != 0)
        (void)fprintf(stderr, "the probe of mutant %s ended with %d\n", mutant->id, code);
    return code;
}
