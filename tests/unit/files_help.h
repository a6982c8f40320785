/* What the tests of files share: a folder of their own for each test, raw bytes, broken files. */
#ifndef FILES_HELP_H
#define FILES_HELP_H

#include "tests/unit/test.h"

#include "base/error.h"
#include "files/dtype.h"

/* cmocka's setup and teardown: *state is the name of an empty folder, gone after the test. */
int make_folder(void **state);
int remove_folder(void **state);
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

/* The path of a file in the test's folder, into path; returns path. */
enum { PATH = 512 };
const char *in_folder(void **state, const char *name, char path[PATH]);

/* The number of entries in the test's folder. */
size_t folder_entries(void **state);

void write_bytes(const char *path, const void *bytes, size_t n);

/* The file's bytes with a NUL behind them; the caller frees them. */
char *read_bytes(const char *path, size_t *n);

/* A safetensors file of this header and n bytes of zeros as data. */
void write_tensors(const char *path, const char *header, size_t n);

/* The error is of this status and one line that names the path, and says `part`. */
void assert_refused(rs_status status, rs_status expected, const rs_error *err, const char *path,
                    const char *part);

#endif
