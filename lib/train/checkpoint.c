/* Checkpoints: a model file with the rest of the state in tensors and metadata whose names begin
 * with "train.". */
#include "base/memory.h"
#include "files/model_file.h"
#include "train/trainer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The optimiser's constants, by name. */
typedef struct constant {
    const char *key;
    size_t offset;
} constant;

#define CONSTANT(field)                                                                            \
    {                                                                                              \
        "train." #field, offsetof(rs_optimizer, field)                                             \
    }
static const constant constants[] = {CONSTANT(rate),  CONSTANT(momentum), CONSTANT(decay),
                                     CONSTANT(beta1), CONSTANT(beta2),    CONSTANT(epsilon)};

enum { CONSTANTS = sizeof constants / sizeof *constants, PAIRS = CONSTANTS + 4, TEXT = 80 };

static const char *moment_name(const rs_optimizer *optimizer, size_t k, char text[TEXT])
{
    (void)snprintf(text, TEXT, "train.%s", optimizer->rule->moments[k]);
    return text;
}

/* The metadata; text holds what they point to. */
static void describe(const rs_trainer *trainer, char key[PAIRS][TEXT], char value[PAIRS][TEXT],
                     rs_pair pairs[PAIRS])
{
    const uint64_t *s = trainer->random.state;
    for (size_t k = 0; k < CONSTANTS; k++) {
        const char *at = (const char *)&trainer->optimizer + constants[k].offset;
        (void)snprintf(key[k], TEXT, "%s", constants[k].key);
        (void)snprintf(value[k], TEXT, "%.17g", *(const double *)(const void *)at);
    }
    (void)snprintf(key[CONSTANTS], TEXT, "train.optimizer");
    (void)snprintf(value[CONSTANTS], TEXT, "%s", trainer->optimizer.rule->name);
    (void)snprintf(key[CONSTANTS + 1], TEXT, "train.updates");
    (void)snprintf(value[CONSTANTS + 1], TEXT, "%" PRIu64, trainer->optimizer.updates);
    (void)snprintf(key[CONSTANTS + 2], TEXT, "train.random");
    (void)snprintf(value[CONSTANTS + 2], TEXT,
                   "%016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64, s[0], s[1], s[2],
                   s[3]);
    (void)snprintf(key[CONSTANTS + 3], TEXT, "train.data");
    (void)snprintf(value[CONSTANTS + 3], TEXT, "%016" PRIx64, trainer->source->fingerprint);
    for (size_t k = 0; k < PAIRS; k++)
        pairs[k] = (rs_pair){key[k], value[k]};
}

rs_status rs_trainer_save(const rs_trainer *trainer, const char *path, rs_error *err)
{
    char key[PAIRS][TEXT], value[PAIRS][TEXT], name[RS_MAX_MOMENTS][TEXT];
    rs_pair pairs[PAIRS];
    rs_named_array moments[RS_MAX_MOMENTS];
    const rs_optimizer *optimizer = &trainer->optimizer;
    rs_model_file names = {0};
    if (trainer->options.names)
        names = *trainer->options.names;
    names.dtype = RS_F64; /* whatever the model came in: rounding would lose bits */
    describe(trainer, key, value, pairs);
    for (size_t k = 0; k < optimizer->rule->moments_n; k++)
        moments[k] = (rs_named_array){.name = moment_name(optimizer, k, name[k]),
                                      .dtype = RS_F64,
                                      .dims_n = 1,
                                      .dims = {optimizer->n},
                                      .data = optimizer->moment[k]};
    return rs_model_write_with(path, trainer->model, &names, moments, optimizer->rule->moments_n,
                               pairs, PAIRS, err);
}

/* What is read, before any of it takes the trainer's place. */
typedef struct state {
    rs_model model;
    rs_model_file names;
    rs_optimizer optimizer;
    rs_random random;
} state;

static rs_status read_value(const rs_safetensors *file, const char *key, const char **value,
                            rs_error *err)
{
    *value = rs_safetensors_metadata(file, key);
    return *value ? RS_OK
                  : rs_fail(err, RS_DATA,
                            "%s: __metadata__ has no %s: expected a checkpoint of training",
                            file->reader.path, key);
}

static rs_status bad_value(const rs_safetensors *file, const char *key, const char *value,
                           const char *expected, rs_error *err)
{
    char shown[RS_SHOWN_TEXT];
    return rs_fail(err, RS_DATA, "%s: __metadata__.%s is %s, expected %s", file->reader.path, key,
                   rs_shown(value, shown), expected);
}

static rs_status read_constants(const rs_safetensors *file, rs_optimizer *optimizer, rs_error *err)
{
    for (size_t k = 0; k < CONSTANTS; k++) {
        const char *text = NULL;
        char *end = NULL;
        rs_status status = read_value(file, constants[k].key, &text, err);
        if (status != RS_OK)
            return status;
        const double number = strtod(text, &end);
        if (end == text || *end || !(number >= 0) || !isfinite(number))
            return bad_value(file, constants[k].key, text, "a number", err);
        memcpy((char *)optimizer + constants[k].offset, &number, sizeof number);
    }
    return RS_OK;
}

static rs_status read_random(const rs_safetensors *file, rs_random *random, rs_error *err)
{
    const char *text = NULL;
    uint64_t *s = random->state;
    int used = 0;
    rs_status status = read_value(file, "train.random", &text, err);
    if (status != RS_OK)
        return status;
    const int n = sscanf(text, "%" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 "%n", &s[0], &s[1],
                         &s[2], &s[3], &used);
    if (n != 4 || text[used] || (s[0] | s[1] | s[2] | s[3]) == 0)
        return bad_value(file, "train.random", text, "four words of 16 hexadecimal digits", err);
    return RS_OK;
}

/* Metadata that must be what the trainer itself has. */
static rs_status check_same(const rs_safetensors *file, const char *key, const char *expected,
                            rs_error *err)
{
    const char *text = NULL;
    rs_status status = read_value(file, key, &text, err);
    if (status == RS_OK && strcmp(text, expected) != 0)
        status = bad_value(file, key, text, expected, err);
    return status;
}

static rs_status read_metadata(const rs_trainer *trainer, const rs_safetensors *file, state *to,
                               rs_error *err)
{
    char data[TEXT], *end = NULL;
    const char *updates = NULL;
    (void)snprintf(data, sizeof data, "%016" PRIx64, trainer->source->fingerprint);
    rs_status status = read_value(file, "train.updates", &updates, err);
    if (status == RS_OK) {
        to->optimizer.updates = strtoull(updates, &end, 10);
        if (strspn(updates, "0123456789") != strlen(updates) || end == updates)
            status = bad_value(file, "train.updates", updates, "a count", err);
    }
    if (status == RS_OK)
        status = check_same(file, "train.optimizer", trainer->optimizer.rule->name, err);
    if (status == RS_OK && check_same(file, "train.data", data, NULL) != RS_OK)
        status = rs_fail(err, RS_DATA,
                         "%s: was trained on other data: expected the same data options "
                         "(such as --task, --steps, --batch) as it was trained with",
                         file->reader.path);
    if (status == RS_OK)
        status = read_random(file, &to->random, err);
    if (status == RS_OK)
        status = read_constants(file, &to->optimizer, err);
    return status;
}

static rs_status read_moments(rs_safetensors *file, state *to, rs_error *err)
{
    rs_optimizer *optimizer = &to->optimizer;
    for (size_t k = 0; k < optimizer->rule->moments_n; k++) {
        char name[TEXT];
        const rs_tensor *tensor = rs_safetensors_find(file, moment_name(optimizer, k, name));
        if (!tensor || tensor->entries != optimizer->n)
            return rs_fail(err, RS_DATA, "%s: tensor %s %s, expected %zu numbers",
                           file->reader.path, name, tensor ? "has another size" : "is missing",
                           optimizer->n);
        rs_status status = rs_safetensors_read(file, tensor, optimizer->moment[k], err);
        if (status != RS_OK)
            return status;
        for (size_t j = 0; j < optimizer->n; j++)
            if (!isfinite(optimizer->moment[k][j]))
                return rs_fail(err, RS_DATA, "%s: tensor %s: entry %zu is %g: expected a number",
                               file->reader.path, name, j, optimizer->moment[k][j]);
    }
    return RS_OK;
}

static rs_status check_net(const rs_trainer *trainer, const rs_safetensors *file, const rs_net *net,
                           rs_error *err)
{
    const rs_net *own = &trainer->model->net;
    bool same = net->cell == own->cell && net->blocks_n == own->blocks_n;
    for (size_t k = 0; k < own->blocks_n && same; k++)
        same = net->blocks[k].kind == own->blocks[k].kind &&
               net->blocks[k].layer == own->blocks[k].layer &&
               net->blocks[k].rows == own->blocks[k].rows &&
               net->blocks[k].cols == own->blocks[k].cols;
    return same ? RS_OK
                : rs_fail(err, RS_DATA,
                          "%s: is a %s of %zu layers of %zu units with %zu inputs and %zu outputs, "
                          "expected a %s of %zu layers of %zu units with %zu inputs and %zu "
                          "outputs, and the same biases",
                          file->reader.path, net->cell->name, net->layers, net->hidden, net->inputs,
                          net->outputs, own->cell->name, own->layers, own->hidden, own->inputs,
                          own->outputs);
}

/* All was read and checked: it takes the place of what the trainer has. */
static void take_over(rs_trainer *trainer, const state *from)
{
    const size_t bytes = from->optimizer.n * sizeof(double);
    rs_optimizer *to = &trainer->optimizer;
    double *moment[RS_MAX_MOMENTS];
    memcpy(moment, to->moment, sizeof moment);
    memcpy(trainer->model->parameters, from->model.parameters, bytes);
    for (size_t k = 0; k < to->rule->moments_n; k++)
        memcpy(moment[k], from->optimizer.moment[k], bytes);
    *to = from->optimizer;
    memcpy(to->moment, moment, sizeof moment);
    if (trainer->options.rate > 0)
        to->rate = trainer->options.rate;
    trainer->random = from->random;
    trainer->has_good = false;
}

static rs_status load(rs_trainer *trainer, rs_safetensors *file, state *from, rs_error *err)
{
    const rs_optimizer *own = &trainer->optimizer;
    rs_status status = rs_optimizer_make(&from->optimizer, own->rule, 0, own->n, err);
    if (status == RS_OK)
        status = read_metadata(trainer, file, from, err);
    if (status == RS_OK)
        status =
            rs_model_read_from(file, trainer->model->net.cell, &from->model, &from->names, err);
    if (status != RS_OK)
        return status;
    status = check_net(trainer, file, &from->model.net, err);
    if (status == RS_OK)
        status = read_moments(file, from, err);
    if (status == RS_OK)
        take_over(trainer, from);
    rs_model_file_free(&from->names);
    rs_model_free(&from->model);
    return status;
}

rs_status rs_trainer_load(rs_trainer *trainer, const char *path, rs_error *err)
{
    rs_safetensors file;
    state from = {0};
    rs_status status = rs_safetensors_open(&file, path, err);
    if (status != RS_OK)
        return status;
    status = load(trainer, &file, &from, err);
    rs_optimizer_free(&from.optimizer);
    rs_safetensors_close(&file);
    return status;
}
