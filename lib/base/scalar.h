/* The scalar functions of the equations, for float, double and double complex, inline so that the
 * loops over units become vector code.
 *
 * The complex ones take the imaginary part to first order: f(x + iy) = f(x) + i y f′(x). For the
 * complex step's y = 1e-100 that is every digit of the exact value (the next term is y² smaller),
 * and it keeps the loops free of branches. f′ is computed from exponentials, not from f: it stays
 * accurate where tanh rounds to 1, and it shares no formula with the backward pass that it judges.
 * tests/unit/test_base.c compares both with <complex.h>. */
#ifndef RS_SCALAR_H
#define RS_SCALAR_H

#include <math.h>

/* glibc has vector versions of these (libmvec) but declares them only under -ffast-math, which
 * would give up NaN, Inf and subnormals. Declaring them here gives the speed alone. */
#if defined(__GLIBC__) && defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#if __GLIBC_PREREQ(2, 35)
__attribute__((simd("notinbranch"))) extern double tanh(double);
__attribute__((simd("notinbranch"))) extern float tanhf(float);
__attribute__((simd("notinbranch"))) extern double exp(double);
__attribute__((simd("notinbranch"))) extern float expf(float);
#endif
#endif

static inline float rs_exp_f(float x) { return expf(x); }
static inline float rs_log_f(float x) { return logf(x); }
static inline float rs_tanh_f(float x) { return tanhf(x); }
static inline float rs_sigmoid_f(float x) { return 1 / (1 + expf(-x)); }
static inline float rs_relu_f(float x) { return x > 0 ? x : 0; }
static inline float rs_real_part_f(float x) { return x; }

static inline double rs_exp(double x) { return exp(x); }
static inline double rs_log(double x) { return log(x); }
static inline double rs_tanh(double x) { return tanh(x); }
static inline double rs_sigmoid(double x) { return 1 / (1 + exp(-x)); }
static inline double rs_relu(double x) { return x > 0 ? x : 0; }
static inline double rs_real_part(double x) { return x; }

/* softplus(x) = log(1 + e^x), without overflow */
static inline float rs_softplus_f(float x) { return (x > 0 ? x : 0) + log1pf(expf(-fabsf(x))); }
static inline double rs_softplus(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }

static inline double rs_real_part_z(double _Complex z) { return __real__ z; }
static inline double rs_imaginary_part(double _Complex z) { return __imag__ z; }

static inline double _Complex rs_complex(double x, double y)
{
    double _Complex z = x;
    __imag__ z = y;
    return z;
}

static inline double _Complex rs_exp_z(double _Complex z)
{
    double e = exp(__real__ z);
    return rs_complex(e, e * __imag__ z);
}

static inline double _Complex rs_log_z(double _Complex z)
{
    return rs_complex(log(__real__ z), __imag__ z / __real__ z);
}

/* tanh′(x) = 1/cosh²(x) = 4e/(1+e)² with e = exp(−2|x|) */
static inline double _Complex rs_tanh_z(double _Complex z)
{
    double e = exp(-2 * fabs(__real__ z));
    return rs_complex(tanh(__real__ z), __imag__ z * (4 * e / ((1 + e) * (1 + e))));
}

/* σ′(x) = e/(1+e)² with e = exp(−|x|) */
static inline double _Complex rs_sigmoid_z(double _Complex z)
{
    double e = exp(-fabs(__real__ z));
    return rs_complex(rs_sigmoid(__real__ z), __imag__ z * (e / ((1 + e) * (1 + e))));
}

/* softplus′ = σ */
static inline double _Complex rs_softplus_z(double _Complex z)
{
    return rs_complex(rs_softplus(__real__ z), __imag__ z * rs_sigmoid(__real__ z));
}

/* branches look at the real part; at the kink the slope is 0, as torch has it */
static inline double _Complex rs_relu_z(double _Complex z) { return __real__ z > 0 ? z : 0; }

#endif
