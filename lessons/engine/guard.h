/* Arrays that notice it when they are left: each lies between two pages that may not be touched,
 * its end right at the second, so that reading or writing one entry too far stops the program at
 * once; what is before its beginning is watched. One process, one learner: the arrays are listed in
 * one table, where the signal handler finds the name of what was missed. */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <stddef.h>

enum { GUARD_MOST = 40 };

/* An array [n], zeroed; NULL without memory or when there are GUARD_MOST. Never given back. */
double *guard_new(const char *name, size_t n);

/* Whether it may be written to from now on. */
void guard_writable(const double *array, bool writable);

/* The name of an array that was written to before its beginning since the last time; or NULL. */
const char *guard_damaged(void);

/* What an address that could not be used means, one line into text; false if it is none of ours. */
bool guard_explain(const void *address, char *text, size_t room);

#endif
