#include "lessons/engine/functions.h"

#include "flow/one_unit.h"

#include <math.h>
#include <string.h>

static const char *const of_muparser[] = {"ln",  "log10", "log2", "exp",  "sqrt", "tanh",
                                          "sin", "cos",   "abs",  "sign", "rint"};

static muFloat_t sigmoid(muFloat_t x) { return 1 / (1 + exp(-x)); }

/* --- one unit (fig. 6: x0 = .5, 50 steps, target .7) ---------------------------------------- */

static rs_wall wall_at(double w, double b) { return rs_wall_at(w, b, .5, 50, .7); }
static muFloat_t wall(muFloat_t w, muFloat_t b) { return wall_at(w, b).error; }
static muFloat_t wall_dw(muFloat_t w, muFloat_t b) { return wall_at(w, b).dw; }
static muFloat_t wall_db(muFloat_t w, muFloat_t b) { return wall_at(w, b).db; }

static muFloat_t wall_flat(muFloat_t slope)
{
    enum { CELLS = 200 }; /* a side, of w ∈ [3, 7) and b ∈ [−4, −1) */
    size_t flat = 0;
    for (size_t row = 0; row < CELLS; row++)
        for (size_t col = 0; col < CELLS; col++)
            flat += fabs(wall_dw(3 + 4 * ((double)col + .5) / CELLS,
                                 -4 + 3 * ((double)row + .5) / CELLS)) < slope;
    return (double)flat / (CELLS * CELLS);
}

/* Gradient descent as the wall's figure draws it. */
static void descend(double clip, double updates, double *w, double *b)
{
    const double rate = .1;
    *w = 6;
    *b = -2.8;
    for (double k = 0; k < updates && k < 1e5; k++) {
        const rs_wall e = wall_at(*w, *b);
        const double norm = hypot(e.dw, e.db), scale = rate * (norm > clip ? clip / norm : 1);
        *w -= scale * e.dw;
        *b -= scale * e.db;
    }
}

static muFloat_t descent(muFloat_t clip, muFloat_t updates)
{
    double w = 0, b = 0;
    descend(clip, updates, &w, &b);
    return wall(w, b);
}

static muFloat_t descent_w(muFloat_t clip, muFloat_t updates)
{
    double w = 0, b = 0;
    descend(clip, updates, &w, &b);
    return w;
}

static muFloat_t bifurcation_low(muFloat_t w)
{
    double low = NAN, high = NAN;
    (void)rs_bifurcations(w, &low, &high);
    return low;
}

static muFloat_t bifurcation_high(muFloat_t w)
{
    double low = NAN, high = NAN;
    (void)rs_bifurcations(w, &low, &high);
    return high;
}

/* --- the tables ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    muFloat_t (*of_one)(muFloat_t);
    muFloat_t (*of_two)(muFloat_t, muFloat_t);
} own[] = {{"sigmoid", sigmoid, NULL},
           {"half_life", rs_forget_half_life, NULL},
           {"bridges", rs_bias_that_bridges, NULL},
           {"wall", NULL, wall},
           {"wall_dw", NULL, wall_dw},
           {"wall_db", NULL, wall_db},
           {"wall_flat", wall_flat, NULL},
           {"descent", NULL, descent},
           {"descent_w", NULL, descent_w},
           {"bifurcation_low", bifurcation_low, NULL},
           {"bifurcation_high", bifurcation_high, NULL}};

const char *function_name(size_t k)
{
    const size_t theirs = sizeof of_muparser / sizeof *of_muparser;
    if (k < theirs)
        return of_muparser[k];
    return k - theirs < sizeof own / sizeof *own ? own[k - theirs].name : NULL;
}

bool function_known(const char *name, size_t n)
{
    const char *known = NULL;
    for (size_t k = 0; (known = function_name(k)) != NULL; k++)
        if (strlen(known) == n && strncmp(known, name, n) == 0)
            return true;
    return false;
}

void functions_define(muParserHandle_t parser)
{
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        if (own[k].of_one)
            mupDefineFun1(parser, own[k].name, own[k].of_one, 1);
        else
            mupDefineFun2(parser, own[k].name, own[k].of_two, 1);
}
