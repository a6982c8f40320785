#include "files/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void forget(rs_file *file)
{
    free(file->path);
    free(file->target);
    free(file->temporary);
    *file = (rs_file){0};
}

static rs_status fail_write(rs_file *file, int error, rs_error *err)
{
    rs_status status =
        rs_fail(err, RS_WRITE, "%s: cannot be written: %s", file->path, strerror(error));
    forget(file);
    return status;
}

/* "folder/.rnnscope-PID-N", in the folder of the target. */
static char *temporary_name(const char *target, unsigned n)
{
    const char *slash = strrchr(target, '/');
    const size_t folder = slash ? (size_t)(slash - target) + 1 : 0;
    const size_t size = folder + 64;
    char *name = malloc(size);
    if (name)
        (void)snprintf(name, size, "%.*s.rnnscope-%ld-%u", (int)folder, target, (long)getpid(), n);
    return name;
}

/* Creates a temporary file under a name that nobody has, with the permissions a new file gets. */
static int create_temporary(rs_file *file)
{
    enum { ATTEMPTS = 1000 };
    int descriptor = -1;
    errno = ENOMEM;
    for (unsigned n = 0; descriptor < 0 && n < ATTEMPTS; n++) {
        free(file->temporary);
        file->temporary = temporary_name(file->target, n);
        if (!file->temporary)
            return -1;
        descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST)
            return -1;
    }
    return descriptor;
}

rs_status rs_file_begin(rs_file *file, const char *path, rs_error *err)
{
    struct stat old;
    *file = (rs_file){.path = strdup(path)};
    if (!file->path)
        return rs_fail(err, RS_INTERNAL, "out of memory: the name of a file");
    const bool exists = stat(path, &old) == 0;
    file->target = exists ? realpath(path, NULL) : strdup(path);
    if (!file->target)
        return fail_write(file, errno, err);
    if (exists && S_ISDIR(old.st_mode))
        return fail_write(file, EISDIR, err);
    if (exists && !S_ISREG(old.st_mode)) { /* a device or a pipe: there is nothing to lose */
        file->stream = fopen(path, "wb");
        return file->stream ? RS_OK : fail_write(file, errno, err);
    }
    int descriptor = create_temporary(file);
    if (descriptor < 0)
        return fail_write(file, errno, err);
    if (exists)
        (void)fchmod(descriptor, old.st_mode & 07777);
    file->stream = fdopen(descriptor, "wb");
    if (file->stream)
        return RS_OK;
    const int error = errno;
    (void)close(descriptor);
    (void)unlink(file->temporary);
    return fail_write(file, error, err);
}

rs_status rs_file_commit(rs_file *file, rs_error *err)
{
    int error = 0;
    errno = EIO; /* what a stream that failed before does not say any more */
    if (ferror(file->stream) || fflush(file->stream) != 0)
        error = errno;
    if (!error && file->temporary && fsync(fileno(file->stream)) != 0)
        error = errno;
    if (fclose(file->stream) != 0 && !error)
        error = errno;
    if (!error && file->temporary && rename(file->temporary, file->target) != 0)
        error = errno;
    if (error && file->temporary)
        (void)unlink(file->temporary);
    if (error)
        return fail_write(file, error, err);
    forget(file);
    return RS_OK;
}

void rs_file_abort(rs_file *file)
{
    (void)fclose(file->stream);
    if (file->temporary)
        (void)unlink(file->temporary);
    forget(file);
}
