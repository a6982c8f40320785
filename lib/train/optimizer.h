/* Optimisers over one flat parameter vector θ, with torch's formulas (torch.optim 1.13, defaults,
 * no weight decay). g is the gradient, η the rate, t the number of this update, from 1:
 *
 *     sgd       θ ← θ − η g
 *     momentum  m ← μ m + g                                θ ← θ − η m           Polyak 1964
 *     rmsprop   v ← α v + (1 − α) g²                       θ ← θ − η g / (√v + ε)
 *                                                                   Tieleman & Hinton 2012
 *     adam      m ← β₁ m + (1 − β₁) g    v ← β₂ v + (1 − β₂) g²
 *               θ ← θ − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)         Kingma & Ba 2015 */
#ifndef RS_OPTIMIZER_H
#define RS_OPTIMIZER_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { RS_MAX_MOMENTS = 2 };

typedef struct rs_optimizer rs_optimizer;

typedef struct rs_optimizer_rule {
    const char *name; /* in options: "adam" */
    const char *title, *reference;
    size_t moments_n;                    /* vectors as long as θ that it keeps */
    const char *moments[RS_MAX_MOMENTS]; /* their names in files: "m", "v" */
    double rate;                         /* the rate that is taken where none is given */
    void (*update)(const rs_optimizer *optimizer, double *parameters, const double *gradient);
} rs_optimizer_rule;

/* The rules, ended by one whose name is NULL. */
extern const rs_optimizer_rule rs_optimizer_rules[];

/* The rule with this name, or NULL. */
const rs_optimizer_rule *rs_optimizer_named(const char *name);

struct rs_optimizer {
    const rs_optimizer_rule *rule;
    double rate;                    /* η */
    double momentum;                /* μ, 0.9 */
    double decay;                   /* α, 0.99 */
    double beta1, beta2;            /* 0.9, 0.999 */
    double epsilon;                 /* ε, 1e-8 */
    uint64_t updates;               /* made so far */
    size_t n;                       /* parameters */
    double *moment[RS_MAX_MOMENTS]; /* [n] each, NULL where the rule has fewer */
};

/* An optimiser for n parameters with the rule's defaults; rate 0: the rule's. The caller may change
 * the constants after, and frees it. Errors: RS_USAGE if rate is negative or not finite,
 * RS_INTERNAL without memory. */
rs_status rs_optimizer_make(rs_optimizer *optimizer, const rs_optimizer_rule *rule, double rate,
                            size_t n, rs_error *err);
void rs_optimizer_free(rs_optimizer *optimizer);

/* One update of parameters [n] by gradient [n]. */
void rs_optimizer_update(rs_optimizer *optimizer, double *parameters, const double *gradient);

#endif
