/* Products with a matrix that is used again and again, as W_hh is in every step: it is copied once
 * into the order in which the product reads it. CBLAS would copy it in every call (that was a
 * quarter of the time of a batch of 32), or, for a single row, read it in an order that keeps the
 * processor waiting. */
#ifndef RS_PACKED_H
#define RS_PACKED_H

#include "base/matrix.h"

#include <stdbool.h>

#include "base/as_float.h"
#include "base/packed_typed.h"
#include "base/as_complex.h"
#include "base/packed_typed.h"
#include "base/as_double.h"
#include "base/packed_typed.h"
#include "base/no_type.h"

/* The numbers that a packed matrix [inner][cols] takes, of whichever type. `fits` becomes false
 * where they cannot be counted. */
size_t rs_packed_size(size_t inner, size_t cols, bool *fits);

#endif
