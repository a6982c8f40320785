/* Initial parameters: first the scheme draws every block, then recurrent weights are scaled, then
 * the biases of gates are set. See init.h for the formulas and papers. */
#include "network/init.h"

#include "base/matrix.h"
#include "base/memory.h"
#include "base/random.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A block of a gate as a scheme sees it, [rows][cols], to be drawn into. */
typedef struct matrix {
    double *entry;
    size_t rows, cols;
    rs_block_kind kind;
} matrix;

typedef rs_status scheme(matrix m, size_t H, rs_random *random, rs_error *err);

static void draw_uniform(matrix m, double most, rs_random *random)
{
    for (size_t k = 0; k < m.rows * m.cols; k++)
        m.entry[k] = most * (2 * rs_random_uniform(random) - 1);
}

static bool is_bias(rs_block_kind kind)
{
    return kind == RS_BIAS_IH || kind == RS_BIAS_HH || kind == RS_READOUT_BIAS;
}

static rs_status torch(matrix m, size_t H, rs_random *random, rs_error *err)
{
    (void)err;
    draw_uniform(m, 1 / sqrt((double)H), random);
    return RS_OK;
}

static rs_status glorot(matrix m, size_t H, rs_random *random, rs_error *err)
{
    (void)H;
    (void)err;
    if (!is_bias(m.kind)) /* a bias stays zero */
        draw_uniform(m, sqrt(6 / (double)(m.rows + m.cols)), random);
    return RS_OK;
}

static rs_status identity(matrix m, size_t H, rs_random *random, rs_error *err)
{
    if (m.kind != RS_WEIGHT_HH)
        return glorot(m, H, random, err);
    for (size_t k = 0; k < m.rows; k++)
        m.entry[k * m.cols + k] = 1;
    return RS_OK;
}

/* A matrix of normal numbers A = Q R with R's diagonal made positive: then Q is uniform over the
 * matrices with orthonormal columns (Mezzadri 2007). A is [tall][narrow], and becomes Q. */
static rs_status orthonormal_columns(double *a, size_t tall, size_t narrow, rs_random *random,
                                     rs_error *err)
{
    const lapack_int m = (lapack_int)tall, n = (lapack_int)narrow;
    double *tau = rs_alloc(narrow, 2 * sizeof *tau, "an orthogonal matrix", err);
    if (!tau)
        return RS_INTERNAL;
    double *sign = tau + narrow; /* [narrow] of R's diagonal */
    rs_blas_one_thread();
    for (size_t k = 0; k < tall * narrow; k++)
        a[k] = rs_random_normal(random);
    lapack_int failed = LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, m, n, a, n, tau);
    for (size_t k = 0; k < narrow && failed == 0; k++)
        sign[k] = a[k * narrow + k] < 0 ? -1 : 1;
    if (failed == 0)
        failed = LAPACKE_dorgqr(LAPACK_ROW_MAJOR, m, n, n, a, n, tau);
    for (size_t k = 0; k < tall * narrow && failed == 0; k++)
        a[k] *= sign[k % narrow];
    free(tau);
    return failed == 0 ? RS_OK : rs_fail(err, RS_INTERNAL, "LAPACK's QR failed (%d)", (int)failed);
}

static rs_status orthogonal(matrix m, size_t H, rs_random *random, rs_error *err)
{
    (void)H;
    if (is_bias(m.kind))
        return RS_OK;
    if (m.rows >= m.cols)
        return orthonormal_columns(m.entry, m.rows, m.cols, random, err);
    double *q = rs_alloc(m.rows * m.cols, sizeof *q, "an orthogonal matrix", err); /* transposed */
    rs_status status = q ? orthonormal_columns(q, m.cols, m.rows, random, err) : RS_INTERNAL;
    for (size_t k = 0; k < m.rows * m.cols && status == RS_OK; k++)
        m.entry[k] = q[k % m.cols * m.rows + k / m.cols];
    free(q);
    return status;
}

static const struct {
    const char *name;
    scheme *draw;
} schemes[] = {
    {"torch", torch}, {"glorot", glorot}, {"orthogonal", orthogonal}, {"identity", identity}};

enum { SCHEMES = sizeof schemes / sizeof *schemes };

const char *const rs_init_names[] = {"torch", "glorot", "orthogonal", "identity", NULL};

static scheme *scheme_named(const char *name)
{
    for (size_t k = 0; k < SCHEMES; k++)
        if (strcmp(schemes[k].name, name ? name : "torch") == 0)
            return schemes[k].draw;
    return NULL;
}

/* Draws a block gate by gate (a readout block as a whole), from a stream of its own. */
static rs_status draw_block(rs_model *model, const rs_block *block, scheme *draw, uint64_t seed,
                            rs_error *err)
{
    const rs_net *net = &model->net;
    const size_t gates = block->kind >= RS_READOUT_WEIGHT ? 1 : net->cell->gates_n;
    const size_t rows = block->rows / gates;
    enum { KINDS = RS_READOUT_BIAS + 1 };
    rs_random random = rs_random_seed(seed, block->layer * KINDS + block->kind);
    rs_status status = RS_OK;
    for (size_t gate = 0; gate < gates && status == RS_OK; gate++) {
        double *entry = model->parameters + block->offset + gate * rows * block->cols;
        matrix m = {entry, rows, block->cols, block->kind};
        status = draw(m, net->hidden, &random, err);
    }
    return status;
}

rs_status rs_spectral_radius(const double *entries, size_t n, double *radius, rs_error *err)
{
    double *copy = rs_alloc(n + 2, n * sizeof *copy, "the eigenvalues", err);
    if (!copy)
        return RS_INTERNAL;
    double *re = copy + n * n, *im = re + n; /* [n] each */
    rs_blas_one_thread();
    memcpy(copy, entries, n * n * sizeof *copy);
    lapack_int failed = LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)n, copy,
                                      (lapack_int)n, re, im, NULL, 1, NULL, 1);
    *radius = 0;
    for (size_t k = 0; k < n; k++)
        *radius = fmax(*radius, hypot(re[k], im[k]));
    free(copy);
    return failed == 0 ? RS_OK
                       : rs_fail(err, RS_INTERNAL,
                                 "the eigenvalues of a %zu×%zu matrix do not converge "
                                 "(LAPACK dgeev %d)",
                                 n, n, (int)failed);
}

/* Scales one gate's [H][H] by gain, then to the radius. */
static rs_status scale_gate(double *entry, size_t H, const rs_init *init, rs_error *err)
{
    double factor = init->has_gain ? init->gain : 1, radius = 0;
    if (init->has_radius) {
        rs_status status = rs_spectral_radius(entry, H, &radius, err);
        if (status != RS_OK)
            return status;
        if (!(radius * fabs(factor) > 0))
            return rs_fail(err, RS_USAGE,
                           "radius %g: the recurrent weights have spectral radius %g and cannot "
                           "be scaled to another",
                           init->radius, radius * fabs(factor));
        factor = copysign(init->radius / radius, factor);
    }
    for (size_t k = 0; k < H * H; k++)
        entry[k] *= factor;
    return RS_OK;
}

static rs_status scale_recurrent(rs_model *model, const rs_init *init, rs_error *err)
{
    const rs_net *net = &model->net;
    rs_status status = RS_OK;
    for (size_t l = 0; l < net->layers; l++) {
        double *weights = model->parameters + rs_net_block(net, RS_WEIGHT_HH, l)->offset;
        for (size_t gate = 0; gate < net->cell->gates_n && status == RS_OK; gate++)
            status = scale_gate(weights + gate * net->hidden * net->hidden, net->hidden, init, err);
    }
    return status;
}

/* Makes b_ih + b_hh of one unit the bias, all of it in the first of the two that exists. */
static void set_bias(rs_model *model, size_t layer, size_t row, double bias)
{
    const rs_block *ih = rs_net_block(&model->net, RS_BIAS_IH, layer);
    const rs_block *hh = rs_net_block(&model->net, RS_BIAS_HH, layer);
    if (hh)
        model->parameters[hh->offset + row] = ih ? 0 : bias;
    if (ih)
        model->parameters[ih->offset + row] = bias;
}

/* The unit's one lag of chrono serves its keeping and its writing gates. */
static void set_biases(rs_model *model, const rs_init *init, uint64_t seed)
{
    const rs_net *net = &model->net;
    enum { CHRONO_STREAM = 1 << 20 }; /* far from the streams of blocks */
    rs_random random = rs_random_seed(seed, CHRONO_STREAM);
    for (size_t row = 0; row < net->layers * net->hidden; row++) {
        const size_t l = row / net->hidden, unit = row % net->hidden;
        const double lag = 1 + (init->chrono - 2) * rs_random_uniform(&random);
        const double bias = init->has_forget_bias ? init->forget_bias : log(lag);
        for (size_t gate = 0; gate < net->cell->gates_n; gate++) {
            if (net->cell->keep_gates >> gate & 1)
                set_bias(model, l, gate * net->hidden + unit, bias);
            else if (net->cell->write_gates >> gate & 1 && !init->has_forget_bias)
                set_bias(model, l, gate * net->hidden + unit, -bias);
        }
    }
}

static rs_status check_bias(const rs_net *net, const rs_init *init, rs_error *err)
{
    const bool chrono = init->chrono != 0;
    const char *what = chrono ? "chrono" : "forget bias";
    if (!init->has_forget_bias && !chrono)
        return RS_OK;
    if (init->has_forget_bias && chrono)
        return rs_fail(err, RS_USAGE,
                       "forget bias and chrono both set the same biases: expected "
                       "one of them");
    if (chrono && !(init->chrono >= 3 && isfinite(init->chrono)))
        return rs_fail(err, RS_USAGE, "chrono %g: expected a longest lag of at least 3 steps",
                       init->chrono);
    if (init->has_forget_bias && !isfinite(init->forget_bias))
        return rs_fail(err, RS_USAGE, "forget bias %g: expected a number", init->forget_bias);
    if (!net->cell->keep_gates && !(chrono && net->cell->write_gates))
        return rs_fail(err, RS_USAGE, "%s: the cell %s has no gate that keeps its state", what,
                       net->cell->name);
    if (!net->bias_ih && !net->bias_hh)
        return rs_fail(err, RS_USAGE, "%s: the network has no biases", what);
    return RS_OK;
}

static rs_status check_init(const rs_net *net, const rs_init *init, rs_error *err)
{
    if (!scheme_named(init->name))
        return rs_fail(err, RS_USAGE,
                       "initialisation %s: expected torch, glorot, orthogonal or identity",
                       init->name);
    if (init->has_gain && !isfinite(init->gain))
        return rs_fail(err, RS_USAGE, "gain %g: expected a number", init->gain);
    if (init->has_radius && !(init->radius >= 0 && isfinite(init->radius)))
        return rs_fail(err, RS_USAGE, "radius %g: expected a number of at least 0", init->radius);
    return check_bias(net, init, err);
}

rs_status rs_model_init(rs_model *model, const rs_init *init, uint64_t seed, rs_error *err)
{
    const rs_init plain = {0}, *chosen = init ? init : &plain;
    const rs_net *net = &model->net;
    rs_status status = check_init(net, chosen, err);
    if (status == RS_OK)
        memset(model->parameters, 0, net->parameters_n * sizeof *model->parameters);
    for (size_t k = 0; k < net->blocks_n && status == RS_OK; k++)
        status = draw_block(model, &net->blocks[k], scheme_named(chosen->name), seed, err);
    if (status == RS_OK && (chosen->has_gain || chosen->has_radius))
        status = scale_recurrent(model, chosen, err);
    if (status == RS_OK && (chosen->has_forget_bias || chosen->chrono != 0))
        set_biases(model, chosen, seed);
    return status;
}
