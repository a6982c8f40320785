/* The table of exercises, and the learner's copies of them. */
#include "lessons/engine/exercises.h"

#include "lessons/engine/library.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

rs_status exercise_folder(char *folder, size_t room, rs_error *err)
{
    const char *home = getenv("HOME");
    if (!home || !*home)
        return rs_fail(err, RS_USAGE, "HOME is not set: there is no folder for your exercises");
    return (size_t)snprintf(folder, room, "%s/rnnscope-exercises", home) < room
               ? RS_OK
               : rs_fail(err, RS_USAGE, "%.200s: the folder's name is too long", home);
}

rs_status exercise_path(const exercise *e, const char *folder, char *path, size_t room,
                        rs_error *err)
{
    return (size_t)snprintf(path, room, "%s/%s/exercise.c", folder, e->name) < room
               ? RS_OK
               : rs_fail(err, RS_USAGE, "%.200s: the folder's name is too long", folder);
}

rs_status exercise_copy(const exercise *e, const char *lessons, const char *folder, char *path,
                        size_t room, int *copied, rs_error *err)
{
    char from[LIBRARY_PATH + 64];
    *copied = 0;
    if (exercise_path(e, folder, path, room, err) != RS_OK)
        return RS_USAGE;
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
