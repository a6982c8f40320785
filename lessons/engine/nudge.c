#include "lessons/engine/nudge.h"

#include "base/memory.h"
#include "base/scalar.h"

#include <stdlib.h>
#include <string.h>

#include "base/as_float.h"
#include "lessons/engine/nudge_typed.h"
#include "base/as_complex.h"
#include "lessons/engine/nudge_typed.h"
#include "base/as_double.h"
#include "lessons/engine/nudge_typed.h"

/* Im L(θ + ih) / h */
static rs_status complex_step(const computed_cell *cell, size_t which, double h, double *value,
                              rs_error *err)
{
    rs_trace_z *trace = NULL;
    double _Complex *parameters = NULL;
    const bool ran = run_z(cell, which, rs_complex(0, h), &trace, &parameters, err);
    if (ran)
        *value = rs_imaginary_part(trace->loss) / h;
    rs_trace_free_z(trace);
    free(parameters);
    return ran ? RS_OK : RS_INTERNAL;
}

static rs_status bptt_float(const computed_cell *cell, size_t which, double *value, rs_error *err)
{
    rs_trace_f *trace = NULL;
    float *parameters = NULL;
    float *gradient =
        rs_alloc(cell->model.net.parameters_n, sizeof *gradient, "a gradient in float", err);
    const bool ran = gradient && run_f(cell, which, 0, &trace, &parameters, err);
    if (ran) {
        rs_backward_f(trace, parameters, gradient, 0);
        *value = gradient[which];
    }
    rs_trace_free_f(trace);
    free(parameters);
    free(gradient);
    return ran ? RS_OK : RS_INTERNAL;
}

bool nudge_block(const char *name, size_t n, rs_block_kind *block)
{
    static const struct {
        char name;
        rs_block_kind block;
    } known[] = {
        {'U', RS_WEIGHT_IH}, {'W', RS_WEIGHT_HH}, {'b', RS_BIAS_IH}, {'V', RS_READOUT_WEIGHT}};
    for (size_t k = 0; n == 1 && k < sizeof known / sizeof *known; k++)
        if (known[k].name == *name) {
            *block = known[k].block;
            return true;
        }
    return false;
}

rs_status nudge(computed *c, size_t nth, nudge_kind kind, rs_block_kind block, size_t row,
                size_t col, double h, double *value, rs_error *err)
{
    const computed_cell *cell = &c->cell[nth];
    const rs_net *net = &cell->model.net;
    const rs_block *b = rs_net_block(net, block, net->layers - 1);
    if (!b || row >= b->rows || col >= b->cols)
        return rs_fail(err, RS_DATA, "there is no such parameter [%zu][%zu] to move", row, col);
    const size_t which = b->offset + row * b->cols + col;
    rs_status status = compute_part_of(c, nth, PART_PASS, 1, err);
    if (status != RS_OK)
        return status;
    switch (kind) {
    case NUDGE_LOSS:
        return moved_loss(cell, which, h, value, err);
    case NUDGE_LOSS_FLOAT:
        return moved_loss_f(cell, which, h, value, err);
    case NUDGE_COMPLEX:
        return complex_step(cell, which, h, value, err);
    case NUDGE_BPTT_FLOAT:
        return bptt_float(cell, which, value, err);
    }
    return RS_INTERNAL;
}
