#include "gradcheck/entries.h"

#include "base/matrix.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Rows of one batch: few enough to stay in the cache, enough for the matrix product. */
enum { ROWS = 256 };

/* What is stepped. */
typedef enum probe_target { PARAMETERS, INPUTS, STATES } probe_target;

/* One batch of probes. A probe of a parameter runs on all B sequences, one row each; one of an
 * input or an initial state moves only its own sequence, and is one row. */
typedef struct probe_batch {
    probe_target target;
    const rs_block *block; /* PARAMETERS */
    size_t state;          /* STATES: the channel */
    size_t layer;          /* the first that moves */
    size_t first, n;       /* entries of the block, of x, or of one state of one layer */
    double *result;        /* [n] */
} probe_batch;

typedef struct probe_job {
    const rs_linear *linear;
    const rs_entries_options *options;
    double *dh; /* [T][B][H] the loss's own derivative by the top layer's h: Vᵀ dy */
    probe_batch *batches;
    size_t batches_n;
    atomic_bool failed;
    pthread_mutex_t lock; /* of done, and of calls of progress */
    size_t done;
} probe_job;

/* Imaginary parts over ε of one batch. */
typedef struct probes {
    const probe_job *job;
    const probe_batch *batch;
    size_t rows;
    double *numbers, *a;    /* a: [rows][G·H] of the layer at work */
    double **now, **before; /* [L·channels] of [rows][H] */
    size_t *sequence;       /* [rows] */
    double *sum;            /* [rows] of the loss */
} probes;

static const rs_net *net_of(const probes *p) { return p->job->linear->values->net; }

static size_t rows_of(const probe_batch *batch, size_t B)
{
    return batch->target == PARAMETERS ? batch->n * B : batch->n;
}

static size_t numbers_a_row(const rs_net *net)
{
    const rs_cell *cell = net->cell;
    return net->hidden * (cell->gates_n + net->layers * (cell->channels_n + rs_cell_states(cell))) +
           1;
}

static void probes_free(probes *p)
{
    free(p->numbers);
    free(p->now);
    free(p->sequence);
}

static bool probes_make(probes *p, const probe_job *job, const probe_batch *batch)
{
    const rs_trace *v = job->linear->values;
    const rs_net *net = v->net;
    const size_t C = net->cell->channels_n, H = net->hidden;
    *p = (probes){.job = job, .batch = batch, .rows = rows_of(batch, v->B)};
    p->numbers = rs_alloc(p->rows * numbers_a_row(net), sizeof(double), "the probes", NULL);
    p->now = calloc(2 * net->layers * C, sizeof *p->now);
    p->sequence = calloc(p->rows, sizeof *p->sequence);
    if (!p->numbers || !p->now || !p->sequence)
        return false;
    p->before = p->now + net->layers * C;
    p->sum = p->numbers;
    p->a = p->sum + p->rows;
    double *next = p->a + p->rows * net->cell->gates_n * H;
    for (size_t k = 0; k < net->layers * C; k++) {
        p->now[k] = next;
        next += p->rows * H;
        if (net->cell->channels[k % C].role == RS_STATE) {
            p->before[k] = next;
            next += p->rows * H;
        }
    }
    for (size_t r = 0; r < p->rows; r++) {
        const size_t entry = batch->first + r;
        p->sequence[r] = batch->target == PARAMETERS ? r % v->B
                         : batch->target == INPUTS   ? entry / net->inputs % v->B
                                                     : entry / H;
    }
    return true;
}

/* The channels of a layer. */
static double **now_of(const probes *p, size_t l)
{
    return p->now + l * net_of(p)->cell->channels_n;
}
static double **before_of(const probes *p, size_t l)
{
    return p->before + l * net_of(p)->cell->channels_n;
}

/* sum[r][row] += source_col of the row's sequence, where (row, col) is the row's entry in its
 * block; only for rows of the block in first … first + width. source NULL: a bias. sum rows
 * `apart`. */
static void inject(const probes *p, const double *source, size_t width_of_source, double *sum,
                   size_t apart, size_t first, size_t width)
{
    const size_t B = p->job->linear->values->B, cols = p->batch->block->cols;
    for (size_t r = 0; r < p->rows; r++) {
        const size_t entry = p->batch->first + r / B;
        const size_t row = entry / cols, col = entry % cols;
        if (row >= first && row < first + width)
            sum[r * apart + row - first] +=
                source ? source[p->sequence[r] * width_of_source + col] : 1;
    }
}

/* Whether the batch steps a block of this kind in layer l. */
static bool steps(const probes *p, rs_block_kind kind, size_t l)
{
    return p->batch->target == PARAMETERS && p->batch->block->kind == kind && p->batch->layer == l;
}

/* a ← W_ih x + b_ih, imaginary parts */
static void input_side(const probes *p, size_t l, size_t t)
{
    const rs_trace *v = p->job->linear->values;
    const rs_net *net = v->net;
    const size_t GH = net->cell->gates_n * net->hidden, I = rs_net_layer_inputs(net, l);
    const double *W = p->job->linear->parameters + rs_net_block(net, RS_WEIGHT_IH, l)->offset;
    if (l > p->batch->layer)
        rs_matmul(p->rows, GH, I, RS_PLAIN, now_of(p, l - 1)[RS_H], I, RS_TRANSPOSED, W, I, 0, p->a,
                  GH);
    else
        memset(p->a, 0, p->rows * GH * sizeof *p->a);
    if (steps(p, RS_WEIGHT_IH, l))
        inject(p, (l == 0 ? v->x : v->layer[l - 1].value[RS_H]) + t * v->B * I, I, p->a, GH, 0, GH);
    if (steps(p, RS_BIAS_IH, l))
        inject(p, NULL, 0, p->a, GH, 0, GH);
    for (size_t r = 0; p->batch->target == INPUTS && l == 0 && r < p->rows; r++) {
        const size_t entry = p->batch->first + r;
        for (size_t k = 0; entry / (v->B * I) == t && k < GH; k++)
            p->a[r * GH + k] = W[k * I + entry % I];
    }
}

/* a or a channel ← W_hh source + b_hh, imaginary parts */
static void product(const probes *p, size_t l, size_t t, const rs_product *product)
{
    const rs_trace *v = p->job->linear->values;
    const size_t H = v->net->hidden, GH = v->net->cell->gates_n * H, k = (size_t)product->source;
    const size_t first = product->gate * H, width = product->gates * H;
    const bool is_state = v->net->cell->channels[k].role == RS_STATE;
    const bool into_a = product->into == RS_INTO_A;
    const double *source = is_state ? before_of(p, l)[k] : now_of(p, l)[k];
    double *sum = into_a ? p->a + first : now_of(p, l)[product->into];
    const size_t apart = into_a ? GH : H;
    const double *W = p->job->linear->parameters + rs_net_block(v->net, RS_WEIGHT_HH, l)->offset;
    rs_matmul(p->rows, width, H, RS_PLAIN, source, H, RS_TRANSPOSED, W + first * H, H, into_a, sum,
              apart);
    if (steps(p, RS_WEIGHT_HH, l))
        inject(p, v->layer[l].value[k] + t * v->B * H - (is_state ? v->B * H : 0), H, sum, apart,
               first, width);
    if (steps(p, RS_BIAS_HH, l))
        inject(p, NULL, 0, sum, apart, first, width);
}

/* made ← or += slope · source, by element; slopes of the row's sequence */
static void along_path(const probes *p, size_t l, size_t t, size_t k, bool add)
{
    const rs_linear *linear = p->job->linear;
    const rs_path *path = &linear->paths.path[k];
    const size_t H = net_of(p)->hidden, GH = net_of(p)->cell->gates_n * H;
    const double *source = path->source == RS_FROM_A     ? p->a + path->from * H
                           : path->source == RS_FROM_NOW ? now_of(p, l)[path->from]
                                                         : before_of(p, l)[path->from];
    const size_t apart = path->source == RS_FROM_A ? GH : H;
    for (size_t r = 0; r < p->rows; r++) {
        const double *slope = rs_slope(linear, l, t, p->sequence[r], k);
        const double *from = source + r * apart;
        double *made = now_of(p, l)[path->to] + r * H;
        if (add)
            for (size_t u = 0; u < H; u++)
                made[u] += slope[u] * from[u];
        else
            for (size_t u = 0; u < H; u++)
                made[u] = slope[u] * from[u];
    }
}

static void layer_step(const probes *p, size_t l, size_t t)
{
    const rs_paths *paths = &p->job->linear->paths;
    input_side(p, l, t);
    for (size_t s = 0; s < paths->cell->stages_n; s++) {
        unsigned made = 0;
        if (paths->cell->stages[s].product.gates > 0)
            product(p, l, t, &paths->cell->stages[s].product);
        for (size_t k = 0; k < paths->n; k++) {
            if (paths->path[k].stage != s)
                continue;
            along_path(p, l, t, k, made >> paths->path[k].to & 1U);
            made |= 1U << paths->path[k].to;
        }
    }
}

/* sum[r] += weight of the row's sequence · values of the row, [B][H] and [rows][H] */
static void add_to_loss(const probes *p, const double *weight, const double *values)
{
    const size_t H = net_of(p)->hidden;
    for (size_t r = 0; r < p->rows; r++)
        for (size_t u = 0; u < H; u++)
            p->sum[r] += weight[p->sequence[r] * H + u] * values[r * H + u];
}

static void add_last_states(const probes *p)
{
    const rs_trace *v = p->job->linear->values;
    const double *weight = p->job->linear->loss->last_state;
    for (size_t l = 0; weight && l < v->net->layers; l++)
        for (size_t k = 0; k < v->net->cell->channels_n; k++)
            if (v->net->cell->channels[k].role == RS_STATE) {
                add_to_loss(p, weight, now_of(p, l)[k]);
                weight += v->B * v->net->hidden;
            }
}

/* Exchanges the states of this step and the one before. */
static void turn_over(const probes *p, size_t l)
{
    for (size_t k = 0; k < net_of(p)->cell->channels_n; k++)
        if (before_of(p, l)[k]) {
            double *now = now_of(p, l)[k];
            now_of(p, l)[k] = before_of(p, l)[k];
            before_of(p, l)[k] = now;
        }
}

static void run_probes(const probes *p)
{
    const rs_trace *v = p->job->linear->values;
    const size_t L = v->net->layers, H = v->net->hidden;
    const size_t start = p->batch->target == INPUTS ? p->batch->first / (v->B * v->net->inputs) : 0;
    for (size_t r = 0; p->batch->target == STATES && r < p->rows; r++)
        before_of(p, p->batch->layer)[p->batch->state][r * H + (p->batch->first + r) % H] = 1;
    for (size_t t = start; t < v->T; t++) {
        for (size_t l = p->batch->layer; l < L; l++)
            layer_step(p, l, t);
        add_to_loss(p, p->job->dh + t * v->B * H, now_of(p, L - 1)[RS_H]);
        if (t == v->T - 1)
            add_last_states(p);
        for (size_t l = p->batch->layer; l < L; l++)
            turn_over(p, l);
    }
}

static void tell_progress(probe_job *job, size_t n)
{
    (void)pthread_mutex_lock(&job->lock);
    job->done += n;
    if (job->options->progress)
        job->options->progress(job->options->progress_context,
                               (double)job->done / (double)job->batches_n);
    (void)pthread_mutex_unlock(&job->lock);
}

static void run_batch(void *context, size_t k)
{
    probe_job *job = context;
    const probe_batch *batch = &job->batches[k];
    const size_t each = batch->target == PARAMETERS ? job->linear->values->B : 1;
    probes p;
    if (probes_make(&p, job, batch)) {
        run_probes(&p);
        for (size_t r = 0; r < p.rows; r++)
            batch->result[r / each] = r % each == 0 ? p.sum[r] : batch->result[r / each] + p.sum[r];
    } else {
        atomic_store(&job->failed, true);
    }
    probes_free(&p);
    tell_progress(job, 1);
}

/* Entries of one batch; it must not depend on the threads, for BLAS rounds by the number of rows.
 */
static size_t entries_a_batch(const probe_job *job, probe_target target)
{
    const rs_trace *v = job->linear->values;
    const size_t memory = job->options->memory ? job->options->memory : (size_t)64 << 20;
    const size_t each = target == PARAMETERS ? v->B : 1;
    size_t rows = memory / (numbers_a_row(v->net) * sizeof(double));
    rows = rows > ROWS ? ROWS : rows;
    return rows > each ? rows / each : 1;
}

/* Appends the batches for n entries, or with batches NULL only counts them. */
static void append(probe_job *job, probe_batch batch, size_t n, double *result)
{
    const size_t most = entries_a_batch(job, batch.target);
    for (batch.first = 0; batch.first < n; batch.first += batch.n) {
        batch.n = n - batch.first < most ? n - batch.first : most;
        batch.result = result + batch.first;
        if (job->batches)
            job->batches[job->batches_n] = batch;
        job->batches_n++;
    }
}

static void lay_out(probe_job *job, double *gradient, double *dx, double *dstate)
{
    const rs_trace *v = job->linear->values;
    const rs_net *net = v->net;
    const size_t BH = v->B * net->hidden;
    job->batches_n = 0;
    for (size_t k = 0; gradient && k < net->blocks_n; k++) {
        const rs_block *block = &net->blocks[k];
        if (block->kind < RS_READOUT_WEIGHT)
            append(job, (probe_batch){.target = PARAMETERS, .block = block, .layer = block->layer},
                   block->rows * block->cols, gradient + block->offset);
    }
    if (dx)
        append(job, (probe_batch){.target = INPUTS}, v->T * v->B * net->inputs, dx);
    for (size_t l = 0; dstate && l < net->layers; l++)
        for (size_t k = 0; k < net->cell->channels_n; k++)
            if (net->cell->channels[k].role == RS_STATE) {
                append(job, (probe_batch){.target = STATES, .layer = l, .state = k}, BH, dstate);
                dstate += BH;
            }
}

/* The readout's own entries need no pass over time: dV = Σ dy hᵀ, db = Σ dy, with the exact dy. */
static void readout_entries(const rs_linear *linear, double *gradient)
{
    const rs_trace *v = linear->values;
    const size_t O = v->net->outputs, H = v->net->hidden, TB = v->T * v->B;
    const rs_block *weight = rs_net_block(v->net, RS_READOUT_WEIGHT, 0);
    const rs_block *bias = rs_net_block(v->net, RS_READOUT_BIAS, 0);
    if (weight)
        rs_matmul(O, H, TB, RS_TRANSPOSED, linear->dy, O, RS_PLAIN,
                  v->layer[v->net->layers - 1].value[RS_H], H, 0, gradient + weight->offset, H);
    for (size_t k = 0; bias && k < O; k++) {
        gradient[bias->offset + k] = 0;
        for (size_t r = 0; r < TB; r++)
            gradient[bias->offset + k] += linear->dy[r * O + k];
    }
}

/* dh = Vᵀ dy */
static void find_dh(const rs_linear *linear, double *dh)
{
    const rs_trace *v = linear->values;
    const size_t O = v->net->outputs, H = v->net->hidden, TB = v->T * v->B;
    if (O == 0)
        memcpy(dh, linear->dy, TB * H * sizeof *dh);
    else
        rs_matmul(TB, H, O, RS_PLAIN, linear->dy, O, RS_PLAIN,
                  linear->parameters + rs_net_block(v->net, RS_READOUT_WEIGHT, 0)->offset, H, 0, dh,
                  H);
}

size_t rs_entries_n(const rs_net *net, size_t T, size_t B, int inputs_too)
{
    size_t n = net->parameters_n;
    if (inputs_too)
        n += T * B * net->inputs + net->layers * rs_cell_states(net->cell) * B * net->hidden;
    return n;
}

rs_status rs_entries(const rs_linear *linear, const rs_entries_options *options, double *gradient,
                     double *dx, double *dstate, rs_error *err)
{
    static const rs_entries_options plain = {0};
    const rs_trace *v = linear->values;
    probe_job job = {.linear = linear, .options = options ? options : &plain};
    lay_out(&job, gradient, dx, dstate);
    job.batches = rs_alloc(job.batches_n, sizeof *job.batches, "the table of probes", err);
    job.dh = rs_alloc(v->T * v->B * v->net->hidden, sizeof *job.dh, "the loss's derivative", err);
    if (!job.batches || !job.dh || pthread_mutex_init(&job.lock, NULL) != 0) {
        free(job.batches);
        free(job.dh);
        return rs_fail(err, RS_INTERNAL, "no memory for the probes");
    }
    lay_out(&job, gradient, dx, dstate);
    find_dh(linear, job.dh);
    if (gradient)
        readout_entries(linear, gradient);
    rs_parallel(job.batches_n, job.options->threads, run_batch, &job);
    (void)pthread_mutex_destroy(&job.lock);
    free(job.batches);
    free(job.dh);
    return atomic_load(&job.failed) ? rs_fail(err, RS_INTERNAL, "no memory for the probes") : RS_OK;
}
