/* From here on `real` is double: the names that exist once a number type are the plain ones. */
#include "base/typed_names.h"
#define TYPED(name) name
#define real double
