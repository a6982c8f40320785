/* What a point cannot show. On one step nothing is carried; from a zero state dW_hh of the first
 * step is 0; with one unit a matrix is its own transpose; where a gate is at its limit, or a
 * derivative is 0, any backward line gives the same numbers. */
#include "gradcheck/judge.h"

#include <math.h>

typedef struct share {
    size_t n, of;
} share;

static bool all_zero(const double *values, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (values[k] != 0)
            return false;
    return true;
}

static bool starts_from_zero(const rs_trace *v)
{
    const size_t BH = v->B * v->net->hidden;
    for (size_t l = 0; l < v->net->layers; l++)
        for (size_t k = 0; k < v->net->cell->channels_n; k++)
            if (v->net->cell->channels[k].role == RS_STATE &&
                !all_zero(v->layer[l].value[k] - BH, BH))
                return false;
    return true;
}

static rs_status about_sizes(const rs_checking *c, rs_error *err)
{
    const rs_trace *v = c->trace;
    rs_status status = RS_OK;
    if (v->T == 1)
        status = rs_report_warn(c->report, err,
                                "T = 1: nothing is carried from step to step; a mistake in the "
                                "recurrence cannot show");
    else if (v->T == 2)
        status = rs_report_warn(c->report, err,
                                "T = 2: no gradient is carried over two steps; use at least 3");
    if (status == RS_OK && starts_from_zero(v))
        status = rs_report_warn(c->report, err,
                                "the initial state is zero: mistakes at step 0, and whether its "
                                "state's gradient arrives, cannot show");
    if (status == RS_OK && v->net->hidden == 1)
        status = rs_report_warn(c->report, err,
                                "one unit: W for its transpose, or units mixed up, cannot show");
    if (status == RS_OK && v->B == 1)
        status = rs_report_warn(c->report, err,
                                "one sequence: mistakes between the sequences of a batch cannot "
                                "show");
    return status;
}

/* Units of a gate's path whose slope is below a thousandth of the steepest. */
static share flat_units(const rs_linear *linear, size_t l, size_t path)
{
    const rs_trace *v = linear->values;
    share flat = {0};
    for (size_t t = 0; t < v->T; t++)
        for (size_t b = 0; b < v->B; b++)
            for (size_t u = 0; u < v->net->hidden; u++) {
                flat.n += fabs(rs_slope(linear, l, t, b, path)[u]) < 1e-3;
                flat.of++;
            }
    return flat;
}

static rs_status about_gates(const rs_checking *c, rs_error *err)
{
    const rs_paths *paths = &c->linear.paths;
    const rs_cell *cell = c->trace->net->cell;
    rs_status status = RS_OK;
    for (size_t l = 0; l < c->trace->net->layers; l++)
        for (size_t k = 0; k < paths->n && status == RS_OK; k++) {
            if (paths->path[k].source != RS_FROM_A)
                continue;
            const share flat = flat_units(&c->linear, l, k);
            if (flat.n > flat.of / 10 * 9)
                status = rs_report_warn(
                    c->report, err,
                    "layer %zu: %s is at its limit in %zu of %zu values; what is multiplied by its "
                    "slope hardly shows",
                    l, cell->channels[paths->path[k].to].symbol, flat.n, flat.of);
        }
    return status;
}

/* The largest share slope · derivative of a path. */
static double flow_through(const rs_checking *c, size_t l, size_t path)
{
    const rs_trace *v = c->trace;
    const rs_trace *d = c->adjoint.exact.d;
    const size_t to = c->linear.paths.path[path].to, H = v->net->hidden;
    const bool later = c->linear.paths.path[path].source == RS_FROM_BEFORE;
    double most = 0;
    for (size_t t = later && v->T > 1 ? 1 : 0; t < v->T; t++)
        for (size_t b = 0; b < v->B; b++)
            for (size_t u = 0; u < H; u++)
                most = fmax(most, fabs(rs_slope(&c->linear, l, t, b, path)[u] *
                                       d->layer[l].d[to][(t * v->B + b) * H + u]));
    return most;
}

static rs_status about_paths(const rs_checking *c, rs_error *err)
{
    const rs_paths *paths = &c->linear.paths;
    const rs_cell *cell = c->trace->net->cell;
    rs_status status = RS_OK;
    for (size_t l = 0; l < c->trace->net->layers; l++)
        for (size_t k = 0; k < paths->n && status == RS_OK; k++) {
            char source[32];
            if (flow_through(c, l, k) != 0)
                continue;
            rs_path_source_text(cell, paths->path[k].source, paths->path[k].from, source);
            status =
                rs_report_warn(c->report, err,
                               "layer %zu: nothing flows through the path d%s → d%s; a mistake "
                               "in it cannot show",
                               l, cell->channels[paths->path[k].to].name, source);
        }
    return status;
}

static rs_status about_zeros(const rs_checking *c, rs_error *err)
{
    rs_status status = RS_OK;
    for (size_t k = 0; k < c->report->blocks_n && status == RS_OK; k++) {
        const rs_check_block *block = &c->report->blocks[k];
        if (all_zero(c->judged.exact + c->judged.offset[k], block->rows * block->cols))
            status =
                rs_report_warn(c->report, err, "%s: its whole derivative is 0 here", block->name);
    }
    return status;
}

rs_status rs_adequacy(rs_checking *c, rs_error *err)
{
    rs_status status = about_sizes(c, err);
    if (status == RS_OK)
        status = about_gates(c, err);
    if (status == RS_OK)
        status = about_paths(c, err);
    return status == RS_OK ? about_zeros(c, err) : status;
}
