/* Errors: every function of the library that can fail returns an rs_status and, where the caller
 * gave an rs_error, leaves one line in it: what is wrong, where, what was expected.
 * The library never prints and never exits. */
#ifndef RS_ERROR_H
#define RS_ERROR_H

/* The values are the exit codes of the program. */
typedef enum rs_status {
    RS_OK = 0,
    RS_FAILED = 1,       /* a check failed: the gradient is wrong */
    RS_INCONCLUSIVE = 2, /* a check could not decide */
    RS_USAGE = 64,       /* an argument makes no sense */
    RS_DATA = 65,        /* a file's content is bad */
    RS_OPEN = 66,        /* a file cannot be opened */
    RS_INTERNAL = 70,    /* out of memory, a broken invariant */
    RS_WRITE = 74,       /* a write failed */
    RS_INTERRUPTED = 130 /* the caller asked to stop */
} rs_status;

typedef struct rs_error {
    rs_status status;
    char text[512]; /* one line, UTF-8, no newline at the end */
} rs_error;

#if defined(__GNUC__)
#define RS_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define RS_PRINTF(text, first)
#endif

/* Writes the line into err (which may be NULL) and returns status, so that a caller can write
 * `return rs_fail(err, RS_DATA, "%s: ...", path)`. */
rs_status rs_fail(rs_error *err, rs_status status, const char *format, ...) RS_PRINTF(3, 4);

#endif
