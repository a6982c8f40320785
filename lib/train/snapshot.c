#include "base/memory.h"
#include "train/trainer.h"

#include <stdlib.h>
#include <string.h>

rs_status rs_snapshot_make(const rs_trainer *trainer, rs_snapshot *snapshot, rs_error *err)
{
    const size_t n = trainer->model->net.parameters_n;
    snapshot->parameters = rs_alloc(n, sizeof(double), "a copy of the parameters", err);
    if (!snapshot->parameters)
        return RS_INTERNAL;
    for (size_t k = 0; k < trainer->optimizer.rule->moments_n; k++) {
        snapshot->moment[k] = rs_alloc(n, sizeof(double), "a copy of the optimiser's vectors", err);
        if (!snapshot->moment[k])
            return RS_INTERNAL;
    }
    return RS_OK;
}

void rs_snapshot_clear(rs_snapshot *snapshot)
{
    free(snapshot->parameters);
    for (size_t k = 0; k < RS_MAX_MOMENTS; k++)
        free(snapshot->moment[k]);
    *snapshot = (rs_snapshot){0};
}

void rs_snapshot_take(const rs_trainer *trainer, rs_random random, rs_snapshot *snapshot)
{
    const size_t bytes = trainer->optimizer.n * sizeof(double);
    memcpy(snapshot->parameters, trainer->model->parameters, bytes);
    for (size_t k = 0; k < trainer->optimizer.rule->moments_n; k++)
        memcpy(snapshot->moment[k], trainer->optimizer.moment[k], bytes);
    snapshot->updates = trainer->optimizer.updates;
    snapshot->random = random;
}

rs_snapshot *rs_trainer_snapshot(const rs_trainer *trainer, rs_error *err)
{
    rs_snapshot *snapshot = rs_alloc(1, sizeof *snapshot, "a copy of the training", err);
    if (!snapshot || rs_snapshot_make(trainer, snapshot, err) != RS_OK) {
        rs_snapshot_free(snapshot);
        return NULL;
    }
    rs_snapshot_take(trainer, trainer->random, snapshot);
    return snapshot;
}

void rs_trainer_snapshot_into(const rs_trainer *trainer, rs_snapshot *snapshot)
{
    rs_snapshot_take(trainer, trainer->random, snapshot);
}

void rs_snapshot_free(rs_snapshot *snapshot)
{
    if (snapshot)
        rs_snapshot_clear(snapshot);
    free(snapshot);
}

const double *rs_snapshot_parameters(const rs_snapshot *snapshot) { return snapshot->parameters; }

uint64_t rs_snapshot_updates(const rs_snapshot *snapshot) { return snapshot->updates; }

void rs_trainer_go_to(rs_trainer *trainer, const rs_snapshot *snapshot)
{
    const size_t bytes = trainer->optimizer.n * sizeof(double);
    memcpy(trainer->model->parameters, snapshot->parameters, bytes);
    for (size_t k = 0; k < trainer->optimizer.rule->moments_n; k++)
        memcpy(trainer->optimizer.moment[k], snapshot->moment[k], bytes);
    trainer->optimizer.updates = snapshot->updates;
    trainer->random = snapshot->random;
}
