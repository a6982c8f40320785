/* From here on `real` is float: rs_forward is rs_forward_f, and so on. */
#include "base/typed_names.h"
#define TYPED(name) name##_f
#define real float
