#include "tests/unit/exact.h"

#include <math.h>
#include <stdlib.h>

/* The complex step is exact; what is left is the rounding of two orders of summation. Where weights
 * are so large that gates saturate, σ(1 − σ) and 1 − tanh² lose digits of the small derivatives. */
static double close_for(const fixture *f) { return f->shape.weights > 2 ? 1e-8 : 1e-12; }

/* Derivatives by n complex numbers, one forward pass each; the caller frees them. */
static double *slopes(const fixture *f, rs_trace_z *trace, double _Complex *parameters,
                      double _Complex *by, size_t n)
{
    double *result = malloc(n * sizeof *result);
    assert_non_null(result);
    for (size_t j = 0; j < n; j++) {
        const double _Complex before = by[j];
        by[j] = with_step(before);
        result[j] = complex_slope(f, trace, parameters, NULL);
        by[j] = before;
    }
    return result;
}

/* Every block is judged by its own largest entry, for blocks differ in size by many decades. */
void assert_parameters_exact(fixture *f)
{
    rs_trace *trace = fixture_run(f, RS_KEEP_ALL, 0);
    rs_trace_z *trace_z = fixture_trace_z(f, RS_KEEP_LEAN);
    double _Complex *parameters = fixture_parameters_z(f);
    double *want = slopes(f, trace_z, parameters, parameters, f->model.net.parameters_n);
    for (size_t k = 0; k < f->model.net.blocks_n; k++) {
        const rs_block *block = &f->model.net.blocks[k];
        assert_arrays_close_or_zero(block->name, f->gradient + block->offset, want + block->offset,
                                    block->rows * block->cols, close_for(f));
    }
    assert_true(fabs(trace->loss - __real__ trace_z->loss) <= close_for(f) * fabs(trace->loss));
    free(want);
    free(parameters);
    rs_trace_free(trace);
    rs_trace_free_z(trace_z);
}

void assert_inputs_exact(fixture *f)
{
    const size_t BH = f->shape.B * f->shape.H;
    const rs_cell *cell = f->model.net.cell;
    rs_trace *trace = fixture_run(f, RS_KEEP_ALL, 0);
    rs_trace_z *trace_z = fixture_trace_z(f, RS_KEEP_LEAN);
    double _Complex *parameters = fixture_parameters_z(f);
    const size_t n = f->shape.T * f->shape.B * f->shape.I;
    double *want = slopes(f, trace_z, parameters, trace_z->x, n);
    assert_arrays_close_or_zero("dx", trace->dx, want, n, close_for(f));
    free(want);
    for (size_t l = 0; l < f->shape.L; l++)
        for (size_t k = 0; k < cell->channels_n; k++) {
            if (cell->channels[k].role != RS_STATE)
                continue;
            want = slopes(f, trace_z, parameters, trace_z->layer[l].value[k] - BH, BH);
            assert_arrays_close_or_zero(cell->channels[k].name, trace->layer[l].d[k] - BH, want, BH,
                                        close_for(f));
            free(want);
        }
    free(parameters);
    rs_trace_free(trace);
    rs_trace_free_z(trace_z);
}

/* One value of one step, to be given an imaginary part when it has just been made. channel −1 means
 * the pre-activations. */
typedef struct place {
    size_t layer, t, stage;
    rs_moment moment;
    int channel;
    size_t index; /* within the step: [B][H] or [B][G][H] */
} place;

static void nudge(void *context, rs_trace_z *trace, size_t layer, size_t t, size_t stage,
                  rs_moment moment)
{
    const place *p = context;
    const rs_net *net = trace->net;
    if (layer != p->layer || t != p->t || stage != p->stage || moment != p->moment)
        return;
    const size_t width = trace->B * net->hidden * (p->channel < 0 ? net->cell->gates_n : 1);
    double _Complex *value =
        (p->channel < 0 ? trace->layer[layer].a : trace->layer[layer].value[p->channel]) +
        t * width + p->index;
    *value = with_step(*value);
}

/* The stage and moment after which a channel's value stands. */
static void find_moment(const rs_cell *cell, place *p)
{
    for (size_t k = 0; k < cell->stages_n; k++) {
        const bool by_product =
            cell->stages[k].product.gates > 0 && cell->stages[k].product.into == p->channel;
        if (!by_product && !(p->channel >= 0 && cell->stages[k].writes >> p->channel & 1))
            continue;
        p->stage = k;
        p->moment = by_product ? RS_AFTER_PRODUCT : RS_AFTER_EQUATIONS;
        return;
    }
    fail_msg("no stage makes channel %d", p->channel);
}

/* The channel's total derivative at every step, sequence and unit of a layer. */
static void check_channel(const fixture *f, const rs_trace *trace, rs_trace_z *trace_z,
                          const double _Complex *parameters, size_t layer, int channel)
{
    const rs_cell *cell = f->model.net.cell;
    const size_t width = f->shape.B * f->shape.H * (channel < 0 ? cell->gates_n : 1);
    const double *got = channel < 0 ? trace->layer[layer].da : trace->layer[layer].d[channel];
    double *want = malloc(width * f->shape.T * sizeof *want);
    place p = {.layer = layer, .channel = channel};
    const rs_touch_z touch = {nudge, &p};
    assert_non_null(want);
    if (channel < 0) /* complete once the last product that goes into a is done */
        p.stage = 0, p.moment = RS_AFTER_PRODUCT;
    else
        find_moment(cell, &p);
    for (p.t = 0; p.t < f->shape.T; p.t++)
        for (p.index = 0; p.index < width; p.index++)
            want[p.t * width + p.index] = complex_slope(f, trace_z, parameters, &touch);
    assert_arrays_close_or_zero(channel < 0 ? "a" : cell->channels[channel].name, got, want,
                                width * f->shape.T, close_for(f));
    free(want);
}

void assert_channels_exact(fixture *f)
{
    const rs_cell *cell = f->model.net.cell;
    rs_trace *trace = fixture_run(f, RS_KEEP_ALL, 0);
    rs_trace_z *trace_z = fixture_trace_z(f, RS_KEEP_LEAN);
    double _Complex *parameters = fixture_parameters_z(f);
    for (size_t l = 0; l < f->shape.L; l++) {
        check_channel(f, trace, trace_z, parameters, l, -1);
        for (size_t k = 0; k < cell->channels_n; k++)
            if (cell->channels[k].role != RS_CACHE)
                check_channel(f, trace, trace_z, parameters, l, (int)k);
    }
    free(parameters);
    rs_trace_free(trace);
    rs_trace_free_z(trace_z);
}
