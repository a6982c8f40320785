/* Writing files so that an old one is never lost to a failed write: everything goes to a temporary
 * name in the same folder, which takes the place of the old file only when all of it is on the
 * disk.
 *
 *     rs_file file;
 *     if (rs_file_begin(&file, path, err) != RS_OK) return err->status;
 *     fprintf(file.stream, ...);               errors may be left to the commit
 *     return rs_file_commit(&file, err);       or rs_file_abort(&file) */
#ifndef RS_ATOMIC_H
#define RS_ATOMIC_H

#include "base/error.h"

#include <stdio.h>

typedef struct rs_file {
    FILE *stream; /* to write to */
    char *path;   /* as the caller gave it, for messages; owned */
    char *target; /* what the path stands for once links are followed; owned */
    char
        *temporary; /* owned; NULL where path is no ordinary file (/dev/stdout) and is written to */
} rs_file;

/* Opens a temporary file beside path. RS_WRITE if that cannot be done; file then needs nothing
 * more. An existing path keeps its permissions, and a symbolic link stays a link. */
rs_status rs_file_begin(rs_file *file, const char *path, rs_error *err);

/* Writes out, closes and renames. RS_WRITE if any write since rs_file_begin failed: the temporary
 * file is then gone and the old one untouched. Either way file needs nothing more. */
rs_status rs_file_commit(rs_file *file, rs_error *err);

/* Closes and removes the temporary file. */
void rs_file_abort(rs_file *file);

#endif
