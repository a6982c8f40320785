/* What becomes of the gradient: every measure reads a trace and parameters, and gives plain arrays.
 *
 *     norms.h       |dL/dh_t|, |dL/dx_t| over time, the half-life
 *     credit.h      |∂L_t/∂h_k| for all t, k; dW by lag
 *     jacobian.h    |∂s_T/∂s_k|, singular values, Lyapunov exponents
 *     spectrum.h    eigenvalues and singular values of a matrix
 *     paths.h       the routes from s_t to s_{t−1}: who carries the gradient
 *     principal.h   principal components of the states
 *     gates.h       saturation, slopes, dead and stuck units
 *     diagnosis.h   all of it in plain words
 *     one_unit.h    the one-unit network: wall, bifurcation
 *     rows.h        what they are made of */
#ifndef RS_FLOW_H
#define RS_FLOW_H

#include "flow/credit.h"
#include "flow/diagnosis.h"
#include "flow/gates.h"
#include "flow/jacobian.h"
#include "flow/norms.h"
#include "flow/one_unit.h"
#include "flow/paths.h"
#include "flow/principal.h"
#include "flow/rows.h"
#include "flow/spectrum.h"

#endif
