/* Time series from CSV (RFC 4180): a row a time step, a column a variable, the next step to be
 * predicted.
 *
 * The first line is a header if no field in it is a number. Lines end in LF or CRLF; fields may be
 * quoted, with "" for a quote. Each chosen column is standardised to mean 0 and variance 1 over the
 * rows that are not held out, so that nothing of the held-out part is known beforehand. */
#ifndef RS_SERIES_H
#define RS_SERIES_H

#include "data/data.h"

typedef struct rs_series {
    size_t rows, inputs, outputs;
    double *input;  /* [rows][inputs] standardised */
    double *output; /* [rows][outputs] standardised */
    char **names;   /* [inputs + outputs] from the header, or "1", "2", …: inputs first */
    double *mean, *deviation; /* [inputs + outputs] a value v of the file is (v − mean)/deviation
                                 here; deviation is 1 for a column that never changes */
} rs_series;

typedef struct rs_csv {
    const char *columns; /* inputs, by name or number from 1, separated by commas, quoted as in a
                            CSV; NULL: all */
    const char *predict; /* outputs, likewise; NULL: the inputs */
    double held_out;     /* share at the end that standardising leaves out of account, [0, 1) */
} rs_csv;

/* The series in bytes[n]; `name` is for messages ("co2.csv"). csv may be NULL. The caller frees it
 * with rs_series_free. Errors: RS_DATA, with line and column, for a value that is missing, is no
 * number, or is NaN, infinite or beyond a double; for a line with more or fewer fields than the
 * first; for an open quote, or text after a closing one; for fewer than two rows. RS_USAGE for a
 * column that there is not. */
rs_status rs_series_parse(rs_series *series, const char *bytes, size_t n, const char *name,
                          const rs_csv *csv, rs_error *err);

/* The same from a file. RS_OPEN if it cannot be read. */
rs_status rs_series_read(rs_series *series, const char *path, const rs_csv *csv, rs_error *err);
void rs_series_free(rs_series *series);

/* B windows of T rows, evenly spaced over the series, the first at its start: x [T][B][inputs],
 * target [T][B][outputs] the row that follows, mse on every step. T = 0: B parts as long as fit.
 * Errors: RS_USAGE if the series is shorter than T + 1. */
rs_status rs_series_make(const rs_series *series, size_t T, size_t B, rs_data *data, rs_error *err);

/* Fills sequence b of such data with the window that starts at row `first`. */
void rs_series_window(const rs_series *series, size_t first, size_t b, rs_data *data);

#endif
