/* Finds what somebody who mistyped a name may have meant. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

typedef struct nearest {
    const char *text; /* what was typed */
    const char *name; /* the nearest name so far, or NULL */
    size_t distance;  /* mistakes between the two */
} nearest;

/* A search for `text` that has met no name yet. A name counts if it is at most 1 mistake away from
 * a text of up to 3 letters, 2 from one of up to 8, and 3 from a longer one. */
nearest nearest_to(const char *text);

/* Shows the search a name; it keeps the nearest, the first of equals. */
void nearest_try(nearest *search, const char *name);

/* The number of letters to insert, delete, replace or swap with their neighbour to turn a into b
 * (Damerau 1964, optimal string alignment). Compares at most 63 bytes of each. */
size_t nearest_distance(const char *a, const char *b);

#endif
