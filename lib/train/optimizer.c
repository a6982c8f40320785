#include "train/optimizer.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* θ ← θ − η g */
static void sgd(const rs_optimizer *o, double *parameters, const double *gradient)
{
    for (size_t k = 0; k < o->n; k++)
        parameters[k] -= o->rate * gradient[k];
}

/* m ← μ m + g        θ ← θ − η m */
static void momentum(const rs_optimizer *o, double *parameters, const double *gradient)
{
    double *m = o->moment[0];
    for (size_t k = 0; k < o->n; k++) {
        m[k] = o->momentum * m[k] + gradient[k];
        parameters[k] -= o->rate * m[k];
    }
}

/* v ← α v + (1 − α) g²        θ ← θ − η g / (√v + ε) */
static void rmsprop(const rs_optimizer *o, double *parameters, const double *gradient)
{
    double *v = o->moment[0];
    for (size_t k = 0; k < o->n; k++) {
        v[k] = o->decay * v[k] + (1 - o->decay) * gradient[k] * gradient[k];
        parameters[k] -= o->rate * gradient[k] / (sqrt(v[k]) + o->epsilon);
    }
}

/* m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
 * θ ← θ − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε) */
static void adam(const rs_optimizer *o, double *parameters, const double *gradient)
{
    double *m = o->moment[0], *v = o->moment[1];
    const double t = (double)o->updates;
    const double rate = o->rate / (1 - pow(o->beta1, t));
    const double correction = sqrt(1 - pow(o->beta2, t));
    for (size_t k = 0; k < o->n; k++) {
        m[k] = o->beta1 * m[k] + (1 - o->beta1) * gradient[k];
        v[k] = o->beta2 * v[k] + (1 - o->beta2) * gradient[k] * gradient[k];
        parameters[k] -= rate * m[k] / (sqrt(v[k]) / correction + o->epsilon);
    }
}

const rs_optimizer_rule rs_optimizer_rules[] = {
    {"sgd", "gradient descent", "Robbins & Monro 1951", 0, {NULL}, 0.01, sgd},
    {"momentum", "gradient descent with momentum", "Polyak 1964", 1, {"m"}, 0.01, momentum},
    {"rmsprop", "RMSprop", "Tieleman & Hinton 2012", 1, {"v"}, 0.01, rmsprop},
    {"adam", "Adam", "Kingma & Ba 2015", 2, {"m", "v"}, 0.001, adam},
    {0}};

const rs_optimizer_rule *rs_optimizer_named(const char *name)
{
    for (const rs_optimizer_rule *rule = rs_optimizer_rules; rule->name; rule++)
        if (strcmp(rule->name, name) == 0)
            return rule;
    return NULL;
}

rs_status rs_optimizer_make(rs_optimizer *optimizer, const rs_optimizer_rule *rule, double rate,
                            size_t n, rs_error *err)
{
    *optimizer = (rs_optimizer){.rule = rule,
                                .rate = rate > 0 ? rate : rule->rate,
                                .momentum = 0.9,
                                .decay = 0.99,
                                .beta1 = 0.9,
                                .beta2 = 0.999,
                                .epsilon = 1e-8,
                                .n = n};
    if (!(rate >= 0 && isfinite(rate)))
        return rs_fail(err, RS_USAGE, "rate %g: expected a number above 0", rate);
    for (size_t k = 0; k < rule->moments_n; k++) {
        optimizer->moment[k] = rs_alloc(n, sizeof(double), "the optimiser's vectors", err);
        if (!optimizer->moment[k]) {
            rs_optimizer_free(optimizer);
            return RS_INTERNAL;
        }
    }
    return RS_OK;
}

void rs_optimizer_free(rs_optimizer *optimizer)
{
    for (size_t k = 0; k < RS_MAX_MOMENTS; k++) {
        free(optimizer->moment[k]);
        optimizer->moment[k] = NULL;
    }
}

void rs_optimizer_update(rs_optimizer *optimizer, double *parameters, const double *gradient)
{
    optimizer->updates++;
    optimizer->rule->update(optimizer, parameters, gradient);
}
