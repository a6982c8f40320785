/* Memory whose size is checked before it is taken. */
#ifndef RS_MEMORY_H
#define RS_MEMORY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* *product = a * b; false, with *product untouched, if that does not fit in a size_t. */
bool rs_multiply(size_t a, size_t b, size_t *product);

/* *sum = a + b; false, with *sum untouched, if that does not fit. */
bool rs_add(size_t a, size_t b, size_t *sum);

/* Zeroed memory for count elements of size bytes, aligned to 64 bytes; the caller gives it back
 * with free(). NULL if the product overflows or there is no memory: then err says how much was
 * wanted for `what` ("the trace"). count 0 gives a valid pointer. */
void *rs_alloc(size_t count, size_t size, const char *what, rs_error *err);

/* Bytes for people, "1.2 GiB", into text[16]; returns text. */
const char *rs_bytes_text(double bytes, char text[16]);

#endif
