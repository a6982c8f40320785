/* The finished units of experiments that were stopped: a text file with one line a unit,
 *
 *     SETTINGS <tab> UNIT <tab> NUMBER NUMBER …
 *
 * numbers in hexadecimal, so that they come back bit for bit. A line that was cut off counts for
 * nothing. Lines of other settings stay as they are. */
#ifndef PARTIAL_H
#define PARTIAL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct partial {
    char *path, *settings; /* owned */
    char **line;           /* [n] the lines of the file that are whole, owned */
    size_t n;
    bool torn; /* the file ends in the middle of a line */
} partial;

/* Reads what is there; a file that is not there has no units. settings: without tab and newline.
 * RS_OPEN if there is one that cannot be read. */
rs_status partial_open(partial *p, const char *path, const char *settings, rs_error *err);
void partial_close(partial *p);

/* Whether the unit is known with so many numbers; then they are in number [n]. */
bool partial_find(const partial *p, const char *unit, double *number, size_t n);

/* Appends the unit to the file. RS_WRITE. */
rs_status partial_add(partial *p, const char *unit, const double *number, size_t n, rs_error *err);

/* The experiment is complete: its lines go, and the file if there are no others. RS_WRITE. */
rs_status partial_done(const partial *p, rs_error *err);

#endif
