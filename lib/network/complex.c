/* The forward pass over complex numbers: with an imaginary part of 1e-100 on one value, the
 * imaginary part of the loss is that times the exact derivative (Squire & Trapp 1998). */
#include "base/packed.h"
#include "base/scalar.h"
#include "network/trace.h"

#include "base/as_complex.h"

#include "network/trace.c"

#include "network/forward.c"

#include "network/loss.c"
