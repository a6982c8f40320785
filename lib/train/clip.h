/* Clipping of a gradient, in place. */
#ifndef RS_CLIP_H
#define RS_CLIP_H

#include <stddef.h>

/* ‖vector‖₂, without overflow or underflow on the way; NaN or Inf if the vector has one. */
double rs_norm(const double *vector, size_t n);

/* Scales the gradient by min(1, most/(‖g‖ + 1e-6)), as torch's clip_grad_norm_ (Pascanu, Mikolov &
 * Bengio 2013); returns the norm before. A norm that is not finite leaves the gradient as it is. */
double rs_clip_norm(double *gradient, size_t n, double most);

/* Moves each entry into [−most, most], as torch's clip_grad_value_; NaN stays. Returns how many
 * entries were outside. */
size_t rs_clip_value(double *gradient, size_t n, double most);

#endif
