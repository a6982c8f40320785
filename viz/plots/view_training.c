/* A short training run: loss, gradient norm before and after clipping, weights before and after. */
#include "viz/plots/panels.h"
#include "viz/plots/view.h"
#include "viz/plots/weights.h"

#include "base/memory.h"
#include "train/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UPDATES = 200 };
static const double clip_norm = 1;

static curves *new_panel(panels *p, rect place, size_t numbers, const char *title, const char *note,
                         const char *x_name, rs_error *err)
{
    curves *made = panels_add(p, place, numbers, err);
    if (!made)
        return NULL;
    (void)snprintf(made->title, sizeof made->title, "%s", title);
    (void)snprintf(made->note, sizeof made->note, "%s", note);
    (void)snprintf(made->x_name, sizeof made->x_name, "%s", x_name);
    return made;
}

/* A copy of the input's model, to be trained. */
static rs_status copy_model(const rs_model *from, rs_model *to, rs_error *err)
{
    const rs_net config = from->net;
    const rs_status status = rs_model_make(to, &config, err);
    if (!status)
        memcpy(to->parameters, from->parameters, from->net.parameters_n * sizeof(double));
    return status;
}

/* Trains until the updates are over or the training diverges, which the curves then show. */
static rs_status train(const view_input *in, rs_model *model, curves *loss, curves *norm, size_t n,
                       rs_error *err)
{
    rs_source source;
    rs_status status = run_source(in->options, in->run, &source, err);
    if (status)
        return status;
    const rs_train_options options = {.clip_norm = clip_norm,
                                      .updates = n,
                                      .seed = in->options->seed,
                                      .threads = in->options->threads};
    rs_trainer *trainer = rs_trainer_new(model, &source, &options, err);
    if (!trainer)
        return err->status;
    double *before = norm->numbers, *after = before + n;
    size_t done = 0;
    rs_train_row row;
    while (done < n && !status) {
        status = rs_trainer_step(trainer, &row, err);
        loss->numbers[done] = row.loss;
        before[done] = row.norm;
        after[done++] = row.norm_clipped;
    }
    curves_add(loss, "", loss->numbers, done, INK_BLUE, DASH_NONE);
    curves_add(norm, "after clipping", after, done, INK_BLUE, DASH_NONE);
    curves_add(norm, "before", before, done, INK_VERMILION, DASH_LONG);
    rs_trainer_free(trainer);
    return status == RS_FAILED && done > 0 ? RS_OK : status; /* diverged: a picture of that */
}

static rs_status fill(panels *p, const view_input *in, rs_error *err)
{
    const size_t n = in->updates > 0 ? in->updates : UPDATES;
    const rs_model *from = &in->run->model;
    curves *loss =
        new_panel(p, (rect){0, 0, 1, .5}, n, "Loss", "of each update's batch, Adam", "update", err);
    curves *norm = loss ? new_panel(p, (rect){0, .5, .58, .5}, 2 * n, "Gradient norm",
                                    "clipped to norm 1", "update", err)
                        : NULL;
    curves *weights = norm ? new_panel(p, (rect){.58, .5, .42, .5}, WEIGHT_NUMBERS, "Parameters",
                                       "how many of each size", "value", err)
                           : NULL;
    rs_model model = {0};
    rs_status status = weights ? copy_model(from, &model, err) : RS_INTERNAL;
    if (!status) {
        loss->x_kind = norm->x_kind = AXIS_COUNT;
        loss->y_kind = norm->y_kind = AXIS_LOG;
        status = train(in, &model, loss, norm, n, err);
    }
    if (!status) {
        const double ignorant = in->run->task ? in->run->task->ignorant(in->run->data.T) : NAN;
        if (isfinite(ignorant) && ignorant > 0)
            loss->guide[loss->guides_n++] =
                (guide){.value = ignorant, .name = "without seeing the input"};
        weights_histogram(weights, from->parameters, model.parameters, from->net.parameters_n,
                          INK_BLUE);
    }
    rs_model_free(&model);
    return status;
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    rs_status status = view_wants_loss("training", in, err);
    if (status)
        return status;
    panels *p = rs_alloc(1, sizeof *p, "the training run", err);
    if (!p)
        return RS_INTERNAL;
    status = fill(p, in, err);
    if (status)
        panels_free(p);
    else
        *data = p;
    return status;
}

const view view_training = {.name = "training",
                            .title = "Training",
                            .needs_loss = true,
                            .make = make,
                            .compares = true,
                            .draw = panels_draw,
                            .csv = panels_csv,
                            .free = panels_free};
