#include "files/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

static rs_status fail_open(const char *path, int error, rs_error *err)
{
    return rs_fail(err, RS_OPEN, "%s: cannot be opened: %s", path, strerror(error));
}

rs_status rs_reader_open(rs_reader *reader, const char *path, rs_error *err)
{
    struct stat status;
    *reader = (rs_reader){0};
    if (stat(path, &status) != 0)
        return fail_open(path, errno, err);
    if (!S_ISREG(status.st_mode))
        return rs_fail(err, RS_OPEN, "%s: cannot be opened: %s, expected an ordinary file", path,
                       S_ISDIR(status.st_mode) ? "a folder" : "a device or pipe");
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return fail_open(path, errno, err);
    return rs_reader_over(reader, stream, path, err);
}

rs_status rs_reader_over(rs_reader *reader, FILE *stream, const char *name, rs_error *err)
{
    *reader = (rs_reader){.stream = stream, .path = strdup(name)};
    off_t size = -1;
    if (fseeko(stream, 0, SEEK_END) == 0)
        size = ftello(stream);
    if (size >= 0 && reader->path) {
        reader->size = (uint64_t)size;
        return RS_OK;
    }
    const int error = errno;
    rs_reader_close(reader);
    return fail_open(name, error, err);
}

void rs_reader_close(rs_reader *reader)
{
    if (reader->stream)
        (void)fclose(reader->stream);
    free(reader->path);
    *reader = (rs_reader){0};
}

rs_status rs_reader_at(rs_reader *reader, uint64_t offset, void *bytes, size_t n, rs_error *err)
{
    if (offset > reader->size || n > reader->size - offset)
        return rs_fail(
            err, RS_DATA, "%s: the file ends at byte %llu: expected %zu bytes from byte %llu on",
            reader->path, (unsigned long long)reader->size, n, (unsigned long long)offset);
    errno = EIO;
    if (fseeko(reader->stream, (off_t)offset, SEEK_SET) != 0 ||
        fread(bytes, 1, n, reader->stream) != n)
        return rs_fail(err, RS_OPEN, "%s: cannot be read at byte %llu: %s", reader->path,
                       (unsigned long long)offset,
                       ferror(reader->stream) ? strerror(errno) : "the file became shorter");
    return RS_OK;
}

rs_status rs_reader_numbers(rs_reader *reader, uint64_t offset, rs_dtype dtype, size_t n,
                            double *numbers, rs_error *err)
{
    enum { PIECE = 1 << 15 };
    uint8_t bytes[PIECE];
    const size_t size = rs_dtype_bytes(dtype);
    for (size_t done = 0; done < n;) {
        const size_t now = n - done < PIECE / size ? n - done : PIECE / size;
        rs_status status = rs_reader_at(reader, offset + done * size, bytes, now * size, err);
        if (status != RS_OK)
            return status;
        rs_decode(dtype, bytes, now, numbers + done);
        done += now;
    }
    return RS_OK;
}
