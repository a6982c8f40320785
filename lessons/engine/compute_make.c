/* Making the models and data of a scene: drawn, given by hand, or the user's. */
#include "lessons/engine/compute_make.h"

#include "data/tasks.h"
#include "lessons/engine/bugs.h"
#include "network/init.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the model --- */

/* The sizes of a net whose weights are given as matrices: they decide. */
static void sizes_by_hand(const scene *s, rs_net *net)
{
    const scene_matrix *W = &s->matrix[SCENE_W], *U = &s->matrix[SCENE_U];
    net->hidden = W->rows ? W->cols : U->rows ? U->rows / net->cell->gates_n : 1;
    net->inputs = U->rows ? U->cols : 1;
    net->outputs = s->matrix[SCENE_V].rows;
    net->layers = 1;
    net->readout_bias = false;
}

static rs_status copy_matrix(const scene_matrix *from, const rs_block *block, double *parameters,
                             const char *name, rs_error *err)
{
    if (from->rows == 0)
        return RS_OK;
    const bool fits = (block && from->rows == block->rows && from->cols == block->cols) ||
                      (block && block->cols == 1 && from->rows * from->cols == block->rows);
    if (!fits)
        return rs_fail(err, RS_DATA, "%s is [%zu][%zu]: expected [%zu][%zu]", name, from->rows,
                       from->cols, block ? block->rows : 0, block ? block->cols : 0);
    memcpy(parameters + block->offset, from->value, from->rows * from->cols * sizeof(double));
    return RS_OK;
}

/* Weights that are there already: the recurrent ones times gain, and the keeping gates' bias set if
 * asked for. */
static void change_weights(const scene *s, rs_model *model)
{
    const rs_net *net = &model->net;
    for (size_t l = 0; l < net->layers; l++) {
        const rs_block *W = rs_net_block(net, RS_WEIGHT_HH, l),
                       *b = rs_net_block(net, RS_BIAS_IH, l),
                       *b_hh = rs_net_block(net, RS_BIAS_HH, l);
        for (size_t k = 0; k < W->rows * W->cols; k++)
            model->parameters[W->offset + k] *= s->number[SCENE_GAIN];
        for (size_t row = 0; b && !isnan(s->number[SCENE_FORGET_BIAS]) && row < b->rows; row++)
            if (net->cell->keep_gates >> (row / net->hidden) & 1U) {
                model->parameters[b->offset + row] = s->number[SCENE_FORGET_BIAS];
                if (b_hh)
                    model->parameters[b_hh->offset + row] = 0;
            }
    }
}

static rs_status weights_by_hand(const scene *s, rs_model *model, rs_error *err)
{
    static const struct {
        scene_matrix_name matrix;
        rs_block_kind kind;
        const char *name;
    } to[] = {{SCENE_U, RS_WEIGHT_IH, "U"},
              {SCENE_W, RS_WEIGHT_HH, "W"},
              {SCENE_B, RS_BIAS_IH, "b"},
              {SCENE_V, RS_READOUT_WEIGHT, "V"}};
    rs_status status = RS_OK;
    for (size_t k = 0; k < sizeof to / sizeof *to && status == RS_OK; k++)
        status = copy_matrix(&s->matrix[to[k].matrix], rs_net_block(&model->net, to[k].kind, 0),
                             model->parameters, to[k].name, err);
    if (status == RS_OK)
        change_weights(s, model);
    return status;
}

static rs_status make_model(const scene *s, const rs_cell *cell, size_t inputs, size_t outputs,
                            rs_model *model, rs_error *err)
{
    rs_net net = {.cell = cell,
                  .inputs = inputs,
                  .outputs = outputs,
                  .hidden = (size_t)s->number[SCENE_HIDDEN],
                  .layers = (size_t)s->number[SCENE_LAYERS],
                  .bias_ih = true,
                  .bias_hh = true,
                  .readout_bias = true};
    if (scene_gives_weights(s))
        sizes_by_hand(s, &net);
    rs_status status = rs_model_make(model, &net, err);
    if (status != RS_OK || scene_gives_weights(s))
        return status == RS_OK ? weights_by_hand(s, model, err) : status;
    rs_init init = {.name = s->init,
                    .has_gain = true,
                    .gain = s->number[SCENE_GAIN],
                    .has_radius = !isnan(s->number[SCENE_RADIUS]),
                    .radius = s->number[SCENE_RADIUS],
                    .has_forget_bias =
                        !isnan(s->number[SCENE_FORGET_BIAS]) && cell->keep_gates != 0,
                    .forget_bias = s->number[SCENE_FORGET_BIAS]};
    return rs_model_init(model, &init, (uint64_t)s->number[SCENE_SEED], err);
}

/* The user's model, as the scene changes it. */
static rs_status take_model(const scene *s, const rs_model *from, rs_model *model, rs_error *err)
{
    const rs_status status = rs_model_make(model, &from->net, err);
    if (status != RS_OK)
        return status;
    memcpy(model->parameters, from->parameters, model->net.parameters_n * sizeof(double));
    change_weights(s, model);
    return RS_OK;
}

/* --- the data --- */

/* One number for all, or one for each. */
static rs_status fits_each(const scene_matrix *m, size_t n, const char *name, const char *each,
                           rs_error *err)
{
    const size_t given = m->rows * m->cols;
    return given <= 1 || given == n
               ? RS_OK
               : rs_fail(err, RS_DATA, "%s has %zu numbers: expected %zu, one %s", name, given, n,
                         each);
}

/* Rows of n; where n is 1 the numbers may stand side by side. */
static rs_status fits_rows(const scene_matrix *m, size_t n, const char *name, rs_error *err)
{
    return m->rows == 0 || m->cols == n || (m->rows == 1 && n == 1)
               ? RS_OK
               : rs_fail(err, RS_DATA, "%s is [%zu][%zu]: expected rows of %zu, one a step", name,
                         m->rows, m->cols, n);
}

/* What is given by hand besides the weights has the net's sizes; more steps than the scene has are
 * for a slider to reach. */
static rs_status fits_net(const scene *s, const rs_net *net, rs_error *err)
{
    const scene_matrix *m = s->matrix;
    const size_t outputs = rs_net_width(net);
    rs_status status = fits_each(&m[SCENE_H0], net->hidden, "h0", "a unit", err);
    if (status == RS_OK)
        status = fits_each(&m[SCENE_C0], net->hidden, "c0", "a unit", err);
    if (status != RS_OK || !scene_gives_weights(s))
        return status;
    status = fits_rows(&m[SCENE_X], net->inputs, "x", err);
    if (status != RS_OK)
        return status;
    return strcmp(s->loss_at, "all") == 0
               ? fits_rows(&m[SCENE_TARGET], outputs, "target", err)
               : fits_each(&m[SCENE_TARGET], outputs, "target", "an output of the last step", err);
}

/* x or target of the scene into to [T][B][n]: a row a step; a single row of numbers is its steps
 * where n is 1. The same for every sequence. */
static void rows_by_hand(const scene_matrix *from, size_t T, size_t B, size_t n, double *to)
{
    const bool across = from->rows == 1 && n == 1;
    const size_t steps = across ? from->cols : from->rows, width = across ? 1 : from->cols;
    for (size_t t = 0; t < steps && t < T; t++)
        for (size_t b = 0; b < B; b++)
            for (size_t k = 0; k < width && k < n; k++)
                to[(t * B + b) * n + k] = from->value[t * width + k];
}

/* With a target: the squared error of the last y, or with loss_at = all the sum of those of every
 * y, target having a row a step like x. Without: the sum of the last h. */
static rs_status data_by_hand(const scene *s, computed_cell *cell, rs_error *err)
{
    const scene_matrix *x = &s->matrix[SCENE_X], *target = &s->matrix[SCENE_TARGET];
    const rs_net *net = &cell->model.net;
    rs_data *data = &cell->data;
    const size_t B = (size_t)s->number[SCENE_BATCH], T = (size_t)s->number[SCENE_STEPS];
    const bool last = strcmp(s->loss_at, "all") != 0;
    rs_status status = rs_data_make(data, T, B, net->inputs, rs_net_width(net),
                                    target->rows ? RS_MSE : RS_NO_LOSS, last, err);
    if (status != RS_OK)
        return status;
    if (x->rows)
        rows_by_hand(x, T, B, data->I, data->x);
    for (size_t k = 0; k < T * B * data->I; k++)
        data->x[k] *= s->number[SCENE_INPUT_STD];
    if (target->rows && last)
        for (size_t k = 0; k < B * data->O; k++)
            data->target[k] = target->value[k % (target->rows * target->cols)];
    else if (target->rows)
        rows_by_hand(target, T, B, data->O, data->target);
    data->loss.sum = true;
    if (target->rows)
        return RS_OK;
    const size_t BH = B * net->hidden;
    cell->last_state = rs_alloc(rs_states(net->cell) * BH, sizeof(double), "the loss", err);
    for (size_t k = 0; cell->last_state && k < BH; k++)
        cell->last_state[k] = 1; /* h is the first state */
    data->loss.last_state = cell->last_state;
    return cell->last_state ? RS_OK : RS_INTERNAL;
}

/* Only the last step's loss, whatever the task has. */
static void loss_at_last(rs_data *data)
{
    const size_t skip = (data->T - 1) * data->B;
    if (data->loss.last)
        return;
    if (data->loss.target)
        data->loss.target += skip * data->O;
    if (data->loss.label)
        data->loss.label += skip;
    data->loss.last = true;
}

/* A task that asks at the last step alone: the same answer, wanted at every step. */
static rs_status ask_every_step(computed_cell *cell, rs_error *err)
{
    const rs_data *data = &cell->data;
    const size_t T = data->T, BO = data->B * data->O;
    rs_loss *every = &cell->every;
    if (data->loss.target)
        every->target = cell->every_target = rs_alloc(T * BO, sizeof(double), "the loss", err);
    if (data->loss.label)
        every->label = cell->every_label = rs_alloc(T * data->B, sizeof(int), "the loss", err);
    if ((data->loss.target && !every->target) || (data->loss.label && !every->label))
        return RS_INTERNAL;
    for (size_t k = 0; every->target && k < T * BO; k++)
        cell->every_target[k] = data->loss.target[k % BO];
    for (size_t k = 0; every->label && k < T * data->B; k++)
        cell->every_label[k] = data->loss.label[k % data->B];
    every->last = false;
    return RS_OK;
}

static rs_status task_data(const scene *s, const rs_task *task, computed_cell *cell, rs_error *err)
{
    rs_data *data = &cell->data;
    const size_t asked = (size_t)s->number[SCENE_STEPS];
    rs_random random = rs_random_seed((uint64_t)s->number[SCENE_SEED], 1);
    rs_status status = rs_task_make(task, asked < task->least_T ? task->least_T : asked,
                                    (size_t)s->number[SCENE_BATCH], &random, data, err);
    for (size_t k = 0; status == RS_OK && k < data->T * data->B * data->I; k++)
        data->x[k] *= s->number[SCENE_INPUT_STD];
    cell->every = data->loss;
    if (status == RS_OK && data->loss.last)
        status = ask_every_step(cell, err);
    if (status == RS_OK && strcmp(s->loss_at, "last") == 0)
        loss_at_last(data);
    return status;
}

/* The user's data, cut to the scene's number of steps. */
static rs_status take_data(const scene *s, const rs_data *from, rs_data *data, rs_error *err)
{
    const size_t asked = (size_t)s->number[SCENE_STEPS], T = asked < from->T ? asked : from->T;
    const size_t n = from->loss.last ? 1 : T;
    rs_status status =
        rs_data_make(data, T, from->B, from->I, from->O, from->loss.kind, from->loss.last, err);
    if (status != RS_OK)
        return status;
    for (size_t k = 0; k < T * from->B * from->I; k++)
        data->x[k] = from->x[k] * s->number[SCENE_INPUT_STD];
    if (from->loss.target)
        memcpy(data->target, from->loss.target, n * from->B * from->O * sizeof(double));
    if (from->loss.label)
        memcpy(data->label, from->loss.label, n * from->B * sizeof(int));
    data->loss.sum = from->loss.sum;
    return RS_OK;
}

void compute_initial_states(const scene *s, rs_trace *trace)
{
    const rs_net *net = trace->net;
    const size_t H = net->hidden;
    size_t nth = 0;
    for (size_t k = 0; k < net->cell->channels_n; k++) {
        if (net->cell->channels[k].role != RS_STATE)
            continue;
        const scene_matrix *m = &s->matrix[nth++ == 0 ? SCENE_H0 : SCENE_C0];
        double *initial = trace->layer[0].value[k] - trace->B * H;
        for (size_t j = 0; m->rows && j < trace->B * H; j++)
            initial[j] = m->value[(j % H) % (m->rows * m->cols)];
    }
}

/* --- making one --- */

/* The cell of this name, with the scene's bug in it if that is a bug of this cell. */
static const rs_cell *cell_with_bug(const scene *s, const char *name, computed_cell *cell)
{
    const bug *planted = s->bug[0] ? bug_named(s->bug) : NULL;
    if (!planted || strcmp(planted->cell, name) != 0)
        return scene_cell(name);
    cell->broken = bug_cell(planted);
    return &cell->broken;
}

rs_status compute_make_cell(const scene *s, size_t nth, const compute_base *base,
                            computed_cell *cell, rs_error *err)
{
    const char *name = s->cells[nth];
    const rs_task *task = rs_task_named(s->task);
    const rs_data *data = base ? base->data : NULL;
    rs_status status =
        base && base->model
            ? take_model(s, base->model, &cell->model, err)
            : make_model(s, cell_with_bug(s, name, cell), data ? data->I : task->inputs,
                         data ? data->O : task->outputs, &cell->model, err);
    if (status == RS_OK)
        status = fits_net(s, &cell->model.net, err);
    const double *parameters = base ? base->parameters[nth] : NULL;
    if (status == RS_OK && parameters)
        memcpy(cell->model.parameters, parameters,
               cell->model.net.parameters_n * sizeof *parameters);
    if (status == RS_OK && base && base->data)
        status = take_data(s, base->data, &cell->data, err);
    else if (status == RS_OK && scene_gives_weights(s))
        status = data_by_hand(s, cell, err);
    else if (status == RS_OK)
        status = task_data(s, task, cell, err);
    if (cell->every.kind == RS_NO_LOSS)
        cell->every = cell->data.loss;
    if (status == RS_OK && s->data[0] && strcmp(s->loss_at, "last") == 0)
        loss_at_last(&cell->data);
    return status == RS_OK ? rs_data_fits(&cell->data, &cell->model.net, err) : status;
}
