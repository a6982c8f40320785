/* From here on `real` is double complex: rs_forward is rs_forward_z, and so on. Written without
 * <complex.h>, whose macro I would take the name of the input gate. */
#include "base/typed_names.h"
#define TYPED(name) name##_z
#define real double _Complex
#define RS_COMPLEX
