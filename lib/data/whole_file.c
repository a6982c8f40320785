#include "data/whole_file.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Twice the room, or NULL. */
static char *grow(char *bytes, size_t *room)
{
    size_t more = 0;
    char *grown = rs_multiply(*room, 2, &more) ? realloc(bytes, more) : NULL;
    if (!grown)
        free(bytes);
    else
        *room = more;
    return grown;
}

char *rs_whole_file(const char *path, size_t *n, rs_error *err)
{
    size_t room = 1 << 16;
    FILE *stream = fopen(path, "rb");
    char *bytes = stream ? malloc(room) : NULL;
    *n = 0;
    while (bytes) {
        *n += fread(bytes + *n, 1, room - *n, stream);
        if (*n < room)
            break;
        bytes = grow(bytes, &room);
    }
    const int failure = errno;
    const int broken = stream && ferror(stream);
    if (stream)
        (void)fclose(stream);
    if (!stream || broken || !bytes) {
        (void)rs_fail(err, RS_OPEN, "%s: cannot be read: %s", path,
                      stream && !broken ? "out of memory" : strerror(failure));
        free(bytes);
        return NULL;
    }
    bytes[*n] = 0; /* there is room: the loop ends only with some left */
    return bytes;
}

size_t rs_spaced(size_t b, size_t B, size_t places)
{
    return B < 2 ? 0 : (size_t)((double)b * (double)(places - 1) / (double)(B - 1));
}
