/* Judging the small exercises: a forward step, a derivative by difference, clipping. */
#include "lessons/engine/exercise_place.h"
#include "lessons/engine/exercises.h"
#include "lessons/engine/guard.h"

#include "base/random.h"
#include "lessons/exercises/exercise.h"

#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void fill(double *v, size_t n, rs_random *random)
{
    for (size_t k = 0; k < n; k++)
        v[k] = 2 * rs_random_uniform(random) - 1;
}

/* What is being judged: the first mistake is said in words, every number goes to the details. */
typedef struct judging {
    const exercise *e;
    FILE *to;
    exercise_details *details;
    exercise_verdict verdict;
} judging;

/* Whether the next mistake is the first. What is said of it is out before more is called: that may
 * crash. */
static bool first_mistake(judging *j)
{
    const bool first = j->verdict == EXERCISE_RIGHT;
    j->verdict = EXERCISE_WRONG;
    return first;
}

static exercise_verdict end(judging *j, const char *what)
{
    if (j->verdict == EXERCISE_RIGHT)
        (void)fprintf(j->to, "%s: right, %s.\n", j->e->function, what);
    return j->verdict;
}

/* --- forward ------------------------------------------------------------------------------- */

enum { INPUTS = 2, UNITS = 3, STEPS = 6 };

/* h = tanh(U x + W h_before + b) */
static void exact_step(const rnn_forward *s, double h[UNITS])
{
    for (size_t u = 0; u < UNITS; u++) {
        double a = s->b[u];
        for (size_t k = 0; k < INPUTS; k++)
            a += s->U[u * INPUTS + k] * s->x[k];
        for (size_t k = 0; k < UNITS; k++)
            a += s->W[u * UNITS + k] * s->h_before[k];
        h[u] = tanh(a);
    }
}

static void compare_step(judging *j, const rnn_forward *s, const double exact[UNITS], size_t t)
{
    char name[DETAIL_NAME];
    for (size_t u = 0; u < UNITS; u++) {
        const bool right = fabs(s->h[u] - exact[u]) <= 1e-12;
        (void)snprintf(name, sizeof name, "h[%zu] at t=%zu", u, t);
        details_compare(j->details, name, s->h[u], exact[u], right);
        if (!right && first_mistake(j))
            (void)fprintf(j->to, "%s, step t=%zu: h[%zu] is %.8g, it should be %.8g\n",
                          j->e->function, t, u, s->h[u], exact[u]);
    }
    (void)fflush(j->to);
}

exercise_verdict judge_forward(const exercise *e, void *function, FILE *to, exercise_details *d)
{
    judging j = {e, to, d, EXERCISE_RIGHT};
    void (*learners)(const rnn_forward *s) = NULL;
    memcpy(&learners, &function, sizeof function);
    double *U = guard_new("U", UNITS * INPUTS), *W = guard_new("W", UNITS * UNITS);
    double *b = guard_new("b", UNITS), *x = guard_new("x", INPUTS), *h = guard_new("h", UNITS);
    double *h_before = guard_new("h_before", UNITS);
    double *const given[] = {U, W, b, x, h_before};
    const size_t sizes[] = {UNITS * INPUTS, UNITS * UNITS, UNITS, INPUTS, UNITS};
    if (!U || !W || !b || !x || !h || !h_before)
        return EXERCISE_CRASHED;
    const rnn_forward s = {
        .I = INPUTS, .H = UNITS, .U = U, .W = W, .b = b, .x = x, .h_before = h_before, .h = h};
    rs_random random = rs_random_seed(1, 1);
    for (size_t t = 0; t < STEPS; t++) {
        double exact[UNITS];
        char where[32];
        (void)snprintf(where, sizeof where, "step t=%zu", t);
        for (size_t k = 0; k < COUNT(given); k++) {
            guard_writable(given[k], true);
            fill(given[k], sizes[k], &random);
            guard_writable(given[k], false);
        }
        fill(h, UNITS, &random); /* what was there must not matter */
        exact_step(&s, exact);
        place_enter(e->function, where);
        learners(&s);
        const bool damaged = place_damaged(to);
        place_leave();
        if (damaged)
            return EXERCISE_OUTSIDE;
        compare_step(&j, &s, exact, t);
    }
    return end(&j, "at six steps of three units");
}

/* --- difference ---------------------------------------------------------------------------- */

static double wide_sine(double x) { return sin(x / 1000); }
static double cube(double x) { return x * x * x; }
static double constant(double x) { return 3 + 0 * x; }
static double slope_of_sine(double x) { return cos(x); }
static double slope_of_wide_sine(double x) { return cos(x / 1000) / 1000; }
static double slope_of_cube(double x) { return 3 * x * x; }
static double slope_of_tanh(double x) { return 1 - tanh(x) * tanh(x); }
static double slope_of_constant(double x) { return 0 * x; }

exercise_verdict judge_derivative(const exercise *e, void *function, FILE *to, exercise_details *d)
{
    judging j = {e, to, d, EXERCISE_RIGHT};
    static const struct {
        const char *name;
        double (*f)(double), (*slope)(double);
        double x;
    } tests[] = {{"sin", sin, slope_of_sine, 1},
                 {"exp", exp, exp, 2},
                 {"tanh", tanh, slope_of_tanh, 0.3},
                 {"x³", cube, slope_of_cube, -1.5},
                 {"a constant", constant, slope_of_constant, 1},
                 {"sin(x/1000)", wide_sine, slope_of_wide_sine, 1500}};
    double (*learners)(double (*f)(double), double x) = NULL;
    memcpy(&learners, &function, sizeof function);
    for (size_t k = 0; k < COUNT(tests); k++) {
        const double exact = tests[k].slope(tests[k].x);
        place_enter(e->function, tests[k].name);
        const double claimed = learners(tests[k].f, tests[k].x);
        place_leave();
        const double scale = exact == 0 ? 1 : fabs(exact);
        const bool right = fabs(claimed - exact) <= 1e-9 * scale;
        char name[DETAIL_NAME];
        (void)snprintf(name, sizeof name, "%s at x = %g", tests[k].name, tests[k].x);
        details_compare(d, name, claimed, exact, right);
        if (!right && first_mistake(&j))
            (void)fprintf(to,
                          "%s: of %s it is %.12g, exactly %.12g: %.1e off, at most 1e-9 of it is "
                          "asked for\n",
                          e->function, name, claimed, exact, fabs(claimed - exact) / scale);
        (void)fflush(to);
    }
    return end(&j, "to nine digits for six functions");
}

/* --- clipping ------------------------------------------------------------------------------ */

typedef struct clip_test {
    const char *what;
    double v[3], limit, norm, factor; /* norm before, and what each entry is multiplied by */
} clip_test;

static void clip_compare(judging *j, const clip_test *test, const double *v, double norm)
{
    char name[DETAIL_NAME];
    const bool norm_right = fabs(norm - test->norm) <= 1e-12 * test->norm;
    details_compare(j->details, test->what, norm, test->norm, norm_right);
    if (!norm_right && first_mistake(j))
        (void)fprintf(j->to, "%s, %s: returns %g, the norm before was %g\n", j->e->function,
                      test->what, norm, test->norm);
    for (size_t k = 0; k < COUNT(test->v); k++) {
        const double exact = test->v[k] * test->factor;
        const bool right = fabs(v[k] - exact) <= 1e-12 * fabs(exact);
        (void)snprintf(name, sizeof name, "  gradient[%zu]", k);
        details_compare(j->details, name, v[k], exact, right);
        if (!right && first_mistake(j))
            (void)fprintf(j->to, "%s, %s: entry %zu becomes %g, it should be %g\n", j->e->function,
                          test->what, k, v[k], exact);
    }
    (void)fflush(j->to);
}

exercise_verdict judge_clipping(const exercise *e, void *function, FILE *to, exercise_details *d)
{
    judging j = {e, to, d, EXERCISE_RIGHT};
    static const clip_test tests[] = {
        {"a long gradient", {2, -3, 6}, 1, 7, 1. / 7},
        {"a limit of 3.5", {2, -3, 6}, 3.5, 7, 0.5},
        {"a short gradient, which stays", {0.2, -0.3, 0.6}, 1, 0.7, 1},
        {"a gradient of zeros", {0, 0, 0}, 1, 0, 1},
        {"a gradient whose squares overflow", {2e200, -3e200, 6e200}, 1, 7e200, 1. / 7e200},
        {"a gradient whose squares underflow", {2e-200, -3e-200, 6e-200}, 3.5e-200, 7e-200, 0.5}};
    double (*learners)(double *gradient, size_t n, double limit) = NULL;
    memcpy(&learners, &function, sizeof function);
    double *v = guard_new("gradient", 3);
    if (!v)
        return EXERCISE_CRASHED;
    for (size_t k = 0; k < COUNT(tests); k++) {
        memcpy(v, tests[k].v, sizeof tests[k].v);
        place_enter(e->function, tests[k].what);
        const double norm = learners(v, 3, tests[k].limit);
        const bool damaged = place_damaged(to);
        place_leave();
        if (damaged)
            return EXERCISE_OUTSIDE;
        clip_compare(&j, &tests[k], v, norm);
    }
    return end(&j, "long, short, zero, huge and tiny gradients");
}
