/* Clipping of a gradient, in place. */
#ifndef RS_CLIP_H
#define RS_CLIP_H

#include "base/norm.h"

#include <stddef.h>

/* Scales the gradient by min(1, most/(‖g‖ + 1e-6)), as torch's clip_grad_norm_ (Pascanu, Mikolov &
 * Bengio 2013); returns the norm before. A norm that is not finite leaves the gradient as it is. */
double rs_clip_norm(double *gradient, size_t n, double most);

/* Moves each entry into [−most, most], as torch's clip_grad_value_; NaN stays. Returns how many
 * entries were outside. */
size_t rs_clip_value(double *gradient, size_t n, double most);

#endif
