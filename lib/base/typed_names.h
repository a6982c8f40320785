/* The names that exist once a number type. as_float.h, as_double.h and as_complex.h include this
 * and choose the type; no_type.h takes it all back at the end of a public header.
 *
 * Code between is written once, as ordinary C over `real`, and compiled for float (what precision
 * does), double (the work) and double complex (exact derivatives; Squire & Trapp 1998). */
#include "base/no_type.h"
#define rs_step TYPED(rs_step)
#define rs_stage_function TYPED(rs_stage_function)
#define rs_layer TYPED(rs_layer)
#define rs_trace TYPED(rs_trace)
#define rs_touch TYPED(rs_touch)
#define rs_trace_new TYPED(rs_trace_new)
#define rs_trace_again TYPED(rs_trace_again)
#define rs_trace_free TYPED(rs_trace_free)
#define rs_forward TYPED(rs_forward)
#define rs_backward TYPED(rs_backward)
#define rs_loss_forward TYPED(rs_loss_forward)
#define rs_matmul TYPED(rs_matmul)
#define rs_pack TYPED(rs_pack)
#define rs_matmul_packed TYPED(rs_matmul_packed)
#define rs_sigmoid TYPED(rs_sigmoid)
#define rs_tanh TYPED(rs_tanh)
#define rs_relu TYPED(rs_relu)
#define rs_exp TYPED(rs_exp)
#define rs_log TYPED(rs_log)
#define rs_softplus TYPED(rs_softplus)
#define rs_real_part TYPED(rs_real_part)
