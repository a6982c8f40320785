/* Where the lessons are: the repository's, or those that `make install` put in place. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { LIBRARY_PATH = 1024, LIBRARY_MOST = 64 };

/* The lessons, in the order of their numbers. */
typedef struct library {
    char folder[LIBRARY_PATH]; /* holds 01-one-neuron/ … and exercises/ */
    char id[LIBRARY_MOST][64]; /* "01-one-neuron" */
    size_t n;
} library;

/* $RNNSCOPE_LESSONS, or beside the program (in its repository, or where both are installed), or
 * below the present folder. RS_OPEN where there are none. */
rs_status library_find(library *to, rs_error *err);

/* The lesson called so: "06-eigenvalues", "6", "06", "eigenvalues"; n if there is none. */
size_t library_named(const library *l, const char *name);

/* The file of a lesson in this language ("en", "zh"), into path; the English one where there is no
 * other. */
const char *library_file(const library *l, size_t lesson, const char *language,
                         char path[LIBRARY_PATH]);

/* The same of the guide for authors, guide/, a lesson that is not counted among the others. */
const char *library_guide(const library *l, const char *language, char path[LIBRARY_PATH]);

/* The program's own file, into path; false where the system does not tell. */
bool library_program(char path[LIBRARY_PATH]);

#endif
