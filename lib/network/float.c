/* The passes in single precision: what precision does to a gradient. */
#include "base/packed.h"
#include "base/scalar.h"
#include "network/trace.h"

#include "base/as_float.h"

#include "network/trace.c"

#include "network/forward.c"

#include "network/backward.c"

#include "network/loss.c"
