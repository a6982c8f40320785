/* The fields of a CSV text (RFC 4180), one after another. */
#ifndef RS_CSV_H
#define RS_CSV_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct rs_csv_text {
    const char *at, *end; /* what is left */
    const char *name;     /* for messages */
    size_t line, column;  /* of the next field, from 1 */
    char *room;           /* where the next field is written: as many bytes as the text, and one */
} rs_csv_text;

typedef struct rs_csv_field {
    char *text; /* without its quotes, zero at the end */
    size_t length, line, column;
    bool last; /* of its line */
} rs_csv_field;

/* A text of n bytes; a byte order mark at its start is left out. room [n + 1] is the caller's, and
 * holds the fields as long as they are used. */
rs_csv_text rs_csv_begin(const char *bytes, size_t n, const char *name, char *room);

/* Whether nothing is left but empty lines. Only between lines. */
bool rs_csv_ended(const rs_csv_text *csv);

/* The next field. RS_DATA for an open quote, or for text after a closing one. */
rs_status rs_csv_next(rs_csv_text *csv, rs_csv_field *field, rs_error *err);

/* The finite number that a field is, blanks around it allowed. RS_DATA, by line and column, if it
 * is empty or no such number. Decimal points are dots, whatever the locale. */
rs_status rs_csv_number(const rs_csv_text *csv, const rs_csv_field *field, double *number,
                        rs_error *err);

#endif
