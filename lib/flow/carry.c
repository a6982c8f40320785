/* One gradient of the last step on its way back, a row a sequence, rescaled as it goes. */
#include "flow/diagnosis.h"

#include "base/memory.h"
#include "base/random.h"
#include "flow/norms.h"
#include "flow/rows.h"

#include <math.h>
#include <stdlib.h>

/* Rescaled where the norm leaves [1/FAR, FAR]. */
static const double FAR = 1e60;

/* A random unit vector a row, over all states. */
static void start(rs_rows *rows, double *vector)
{
    const size_t n = rs_states(rows->trace->net->cell) * rows->trace->net->hidden;
    const size_t B = rows->trace->B;
    rs_random random = rs_random_seed(1, 0);
    for (size_t b = 0; b < B; b++) {
        double *v = vector + b * n;
        for (size_t k = 0; k < n; k++)
            v[k] = rs_random_normal(&random);
        const double norm = rs_norm(v, n);
        for (size_t k = 0; k < n; k++)
            v[k] /= norm;
        rows->at[b] = (rows->trace->T - 1) * B + b;
    }
    rs_rows_set(rows, B, vector);
}

/* ln of the norm of all the rows; rescales row b, whose scale[b] = ln of its unit, where needed. */
static double measure(const rs_rows *rows, double *scale, double *vector, double *log_norm)
{
    const size_t B = rows->trace->B;
    const size_t n = rs_states(rows->trace->net->cell) * rows->trace->net->hidden;
    double most = -INFINITY, sum = 0;
    rs_rows_get(rows, B, vector);
    for (size_t b = 0; b < B; b++) {
        const double norm = rs_norm(vector + b * n, n);
        log_norm[b] = log(norm) + scale[b];
        most = log_norm[b] > most || isnan(log_norm[b]) ? log_norm[b] : most;
        if (norm > 0 && (norm > FAR || norm < 1 / FAR) && isfinite(norm)) {
            for (size_t k = 0; k < n; k++)
                vector[b * n + k] /= norm;
            scale[b] += log(norm);
        }
    }
    rs_rows_set(rows, B, vector);
    for (size_t b = 0; b < B && isfinite(most); b++)
        sum += exp(2 * (log_norm[b] - most));
    return isfinite(most) ? most + log(sum) / 2 : most;
}

rs_status rs_flow_carry(const rs_trace *trace, const double *parameters, size_t layer,
                        double *log_norm, rs_error *err)
{
    const size_t B = trace->B, n = rs_states(trace->net->cell) * trace->net->hidden;
    rs_rows rows = {0};
    rs_status status = rs_rows_new(&rows, trace, parameters, layer, B, err);
    double *vector = rs_alloc(B, (n + 2) * sizeof *vector, "the gradient's way back", err);
    if (!vector)
        status = RS_INTERNAL;
    if (status == RS_OK) {
        double *scale = vector + B * n, *norms = scale + B; /* [B] each */
        start(&rows, vector);
        for (size_t t = trace->T; t-- > 0;) {
            log_norm[t] = measure(&rows, scale, vector, norms);
            rs_rows_back(&rows, B);
        }
    }
    rs_rows_free(&rows);
    free(vector);
    return status;
}
