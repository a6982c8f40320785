#include "gradcheck/reference.h"

#include "base/memory.h"
#include "base/scalar.h"

#include <stdlib.h>

static const double STEP = 0x1p-332; /* about 1e-100; a power of two, so that it rounds nothing */

/* One value that gets the imaginary part. */
typedef struct one_value {
    bool here, of_a;
    size_t l, k, t, b, u;
} one_value;

struct rs_reference {
    const rs_trace *values;
    const double *parameters_at;
    const rs_loss *loss;
    rs_trace_z *trace;
    double _Complex *parameters;
    const rs_trace *channels; /* of the direction of this pass */
    one_value one;
    size_t seen_l, seen_t; /* the step whose pre-activations are held already, counted from 1 */
};

void rs_reference_free(rs_reference *r)
{
    if (!r)
        return;
    rs_trace_free_z(r->trace);
    free(r->parameters);
    free(r);
}

rs_reference *rs_reference_new(const rs_trace *values, const double *parameters,
                               const rs_loss *loss, rs_error *err)
{
    rs_reference *r = rs_alloc(1, sizeof *r, "the reference", err);
    if (!r)
        return NULL;
    r->values = values;
    r->parameters_at = parameters;
    r->loss = loss;
    r->trace = rs_trace_new_z(values->net, values->T, values->B, RS_KEEP_LEAN, err);
    r->parameters = rs_alloc(values->net->parameters_n, sizeof *r->parameters, "parameters", err);
    if (r->trace && r->parameters)
        return r;
    rs_reference_free(r);
    return NULL;
}

/* z's real part ← value */
static void hold(double _Complex *z, const double *value, size_t n)
{
    for (size_t k = 0; k < n; k++)
        __real__ z[k] = value[k];
}

static void nudge(double _Complex *z, const double *direction, size_t n)
{
    for (size_t k = 0; k < n; k++)
        __imag__ z[k] += STEP * direction[k];
}

/* Holds, and nudges, gate k's pre-activations of one step. */
static void touch_gate(const rs_reference *r, size_t l, size_t t, size_t k)
{
    const rs_trace *v = r->values;
    const size_t H = v->net->hidden, G = v->net->cell->gates_n;
    for (size_t b = 0; b < v->B; b++) {
        const size_t at = ((t * v->B + b) * G + k) * H;
        hold(r->trace->layer[l].a + at, v->layer[l].a + at, H);
        if (r->channels)
            nudge(r->trace->layer[l].a + at, r->channels->layer[l].da + at, H);
        if (r->one.here && r->one.of_a && r->one.l == l && r->one.k == k && r->one.t == t &&
            r->one.b == b)
            __imag__ r->trace->layer[l].a[at + r->one.u] += STEP;
    }
}

static void touch_channel(const rs_reference *r, size_t l, size_t t, size_t k)
{
    const rs_trace *v = r->values;
    const size_t BH = v->B * v->net->hidden, at = t * BH;
    double _Complex *z = r->trace->layer[l].value[k] + at;
    hold(z, v->layer[l].value[k] + at, BH);
    if (r->channels && r->channels->layer[l].d[k])
        nudge(z, r->channels->layer[l].d[k] + at, BH);
    if (r->one.here && !r->one.of_a && r->one.l == l && r->one.k == k && r->one.t == t)
        __imag__ z[r->one.b * v->net->hidden + r->one.u] += STEP;
}

/* Whether a product adds to gate k's pre-activations; the others are complete before the step. */
static bool has_product(const rs_cell *cell, size_t k)
{
    for (size_t s = 0; s < cell->stages_n; s++) {
        const rs_product *product = &cell->stages[s].product;
        if (product->into == RS_INTO_A && k >= product->gate && k < product->gate + product->gates)
            return true;
    }
    return false;
}

static void touch(void *context, rs_trace_z *trace, size_t l, size_t t, size_t stage,
                  rs_moment moment)
{
    rs_reference *r = context;
    const rs_cell *cell = trace->net->cell;
    const rs_product *product = &cell->stages[stage].product;
    if (r->seen_l != l + 1 || r->seen_t != t + 1) {
        r->seen_l = l + 1;
        r->seen_t = t + 1;
        for (size_t k = 0; k < cell->gates_n; k++)
            if (!has_product(cell, k))
                touch_gate(r, l, t, k);
    }
    if (moment == RS_AFTER_PRODUCT && product->into == RS_INTO_A)
        for (size_t k = 0; k < product->gates; k++)
            touch_gate(r, l, t, product->gate + k);
    else if (moment == RS_AFTER_PRODUCT)
        touch_channel(r, l, t, (size_t)product->into);
    else
        for (size_t k = 0; k < cell->channels_n; k++)
            if (cell->stages[stage].writes >> k & 1U)
                touch_channel(r, l, t, k);
}

/* Parameters, inputs and initial states at the point, stepped along the direction. */
static void fill_in(const rs_reference *r, const rs_direction *direction)
{
    const rs_trace *v = r->values;
    const size_t BH = v->B * v->net->hidden, n = v->net->parameters_n;
    const double *state = direction->state;
    for (size_t k = 0; k < n; k++)
        r->parameters[k] = r->parameters_at[k];
    for (size_t k = 0; k < v->T * v->B * v->net->inputs; k++)
        r->trace->x[k] = v->x[k];
    if (direction->parameters)
        nudge(r->parameters, direction->parameters, n);
    if (direction->x)
        nudge(r->trace->x, direction->x, v->T * v->B * v->net->inputs);
    for (size_t l = 0; l < v->net->layers; l++)
        for (size_t k = 0; k < v->net->cell->channels_n; k++) {
            if (v->net->cell->channels[k].role != RS_STATE)
                continue;
            double _Complex *z = r->trace->layer[l].value[k] - BH;
            for (size_t j = 0; j < BH; j++)
                z[j] = *(v->layer[l].value[k] - BH + j);
            if (state)
                nudge(z, state, BH);
            state = state ? state + BH : NULL;
        }
}

double rs_reference_along(rs_reference *r, const rs_direction *direction)
{
    const rs_trace *v = r->values;
    const rs_touch_z by = {touch, r};
    r->channels = direction->channels;
    r->seen_l = r->seen_t = 0;
    fill_in(r, direction);
    rs_forward_z(r->trace, r->parameters, &by);
    if (v->net->outputs > 0)
        hold(r->trace->y, v->y, v->T * v->B * v->net->outputs);
    rs_loss_forward_z(r->trace, r->loss);
    return __imag__ r->trace->loss / STEP;
}

static double with_one(rs_reference *r, one_value one)
{
    r->one = one;
    const double d = rs_reference_along(r, &(rs_direction){0});
    r->one.here = false;
    return d;
}

double rs_reference_channel(rs_reference *r, size_t l, size_t k, size_t t, size_t b, size_t u)
{
    return with_one(r, (one_value){true, false, l, k, t, b, u});
}

double rs_reference_preactivation(rs_reference *r, size_t l, size_t gate, size_t t, size_t b,
                                  size_t u)
{
    return with_one(r, (one_value){true, true, l, gate, t, b, u});
}

double rs_reference_parameter(rs_reference *r, size_t k)
{
    double *direction = calloc(r->values->net->parameters_n, sizeof *direction);
    if (!direction)
        return 0.0 / 0.0;
    direction[k] = 1;
    const double d = rs_reference_along(r, &(rs_direction){.parameters = direction});
    free(direction);
    return d;
}
