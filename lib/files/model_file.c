/* Reading and writing models. Reading goes from names (model_names.c) to a net's sizes to numbers:
 * nothing is taken for the numbers before every shape fits. */
#include "files/model_file.h"

#include "base/memory.h"
#include "files/model_names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names of the library's cells, for a message. */
static const char *cell_names(char text[128])
{
    size_t used = 0;
    text[0] = '\0';
    for (const rs_cell *const *cell = rs_cells; *cell && used < 128; cell++)
        used += (size_t)snprintf(text + used, 128 - used, "%s%s", used ? ", " : "", (*cell)->name);
    return text;
}

/* The cell that the metadata names, or the first with as many gates as there are rows a unit. */
static rs_status choose_cell(const rs_safetensors *tensors, const rs_tensor *hh,
                             const rs_cell **cell, rs_error *err)
{
    char shown[RS_SHOWN_TEXT], names[128];
    const size_t rows = hh->dims[0], H = hh->dims[1];
    const char *name = rs_safetensors_metadata(tensors, "cell");
    if (*cell)
        return RS_OK;
    if (name) {
        *cell = rs_cell_named(name);
        return *cell ? RS_OK
                     : rs_fail(err, RS_DATA, "%s: __metadata__.cell is %s: expected one of %s",
                               tensors->reader.path, rs_shown(name, shown), cell_names(names));
    }
    for (const rs_cell *const *one = rs_cells; *one && !*cell; one++)
        if (H > 0 && rows % H == 0 && rows / H == (*one)->gates_n)
            *cell = *one;
    return *cell ? RS_OK
                 : rs_fail(err, RS_DATA,
                           "%s: tensor %s: %zu rows for %zu units: expected as many, 3 times (GRU) "
                           "or 4 times as many (LSTM)",
                           tensors->reader.path, rs_shown(hh->name, shown), rows, H);
}

static bool any_block(const rs_module *module, rs_block_kind kind)
{
    for (size_t layer = 0; layer < module->layers; layer++)
        if (module->block[layer * RS_LAYER_BLOCKS + kind])
            return true;
    return false;
}

/* The tensor of a block, NULL for a bias that this layer alone lacks. */
static const rs_tensor *tensor_of(const rs_module *module, const rs_block *block)
{
    if (block->kind == RS_READOUT_WEIGHT)
        return module->readout_weight;
    if (block->kind == RS_READOUT_BIAS)
        return module->readout_bias;
    return module->block[block->layer * RS_LAYER_BLOCKS + block->kind];
}

static bool is_bias(rs_block_kind kind)
{
    return kind == RS_BIAS_IH || kind == RS_BIAS_HH || kind == RS_READOUT_BIAS;
}

static rs_status check_tensor(const rs_safetensors *tensors, const rs_tensor *tensor,
                              const rs_net *net, const rs_block *block, rs_error *err)
{
    char shown[RS_SHOWN_TEXT], is[RS_SHAPE_TEXT], expected[RS_SHAPE_TEXT];
    const size_t dims[2] = {block->rows, block->cols}, dims_n = is_bias(block->kind) ? 1 : 2;
    const char *path = tensors->reader.path;
    (void)rs_shown(tensor->name, shown);
    if (tensor->dims_n != dims_n || memcmp(tensor->dims, dims, dims_n * sizeof *dims) != 0)
        return rs_fail(err, RS_DATA, "%s: tensor %s: shape %s: expected %s (cell %s)", path, shown,
                       rs_shape_text(tensor->dims, tensor->dims_n, is),
                       rs_shape_text(dims, dims_n, expected), net->cell->name);
    if (tensor->dtype > RS_BF16)
        return rs_fail(err, RS_DATA, "%s: tensor %s: dtype %s: expected F64, F32, F16 or BF16",
                       path, shown, rs_shown(tensor->dtype_name, is));
    return RS_OK;
}

/* The net that the shapes ask for, then every shape against it. */
static rs_status make_net(const rs_safetensors *tensors, const rs_cell *cell, rs_module *module,
                          rs_net *net, rs_error *err)
{
    const rs_tensor *ih = module->block[RS_WEIGHT_IH], *hh = module->block[RS_WEIGHT_HH];
    rs_error inner = {0};
    rs_status status = choose_cell(tensors, hh, &cell, err);
    if (status == RS_OK)
        status = rs_module_find_readout(tensors, hh->dims[1], module, err);
    if (status != RS_OK)
        return status;
    *net = (rs_net){.cell = cell,
                    .inputs = ih->dims[1],
                    .hidden = hh->dims[1],
                    .layers = module->layers,
                    .outputs = module->readout_weight ? module->readout_weight->dims[0] : 0,
                    .bias_ih = any_block(module, RS_BIAS_IH),
                    .bias_hh = any_block(module, RS_BIAS_HH),
                    .readout_bias = module->readout_bias != NULL};
    if (module->readout_weight && net->outputs == 0)
        return rs_fail(err, RS_DATA, "%s: tensor %s: no rows: expected at least 1",
                       tensors->reader.path, module->readout_weight->name);
    status = rs_net_make(net, &inner);
    if (status != RS_OK)
        return rs_fail(err, status == RS_USAGE ? RS_DATA : status, "%s: %s", tensors->reader.path,
                       inner.text);
    for (size_t k = 0; k < net->blocks_n && status == RS_OK; k++)
        if (tensor_of(module, &net->blocks[k]))
            status = check_tensor(tensors, tensor_of(module, &net->blocks[k]), net, &net->blocks[k],
                                  err);
    return status;
}

static rs_status check_finite(const char *path, const char *name, const rs_block *block,
                              const double *numbers, rs_error *err)
{
    char shown[RS_SHOWN_TEXT];
    for (size_t k = 0; k < block->rows * block->cols; k++)
        if (!isfinite(numbers[k]))
            return rs_fail(err, RS_DATA, "%s: tensor %s: entry [%zu, %zu] is %g: expected a number",
                           path, rs_shown(name, shown), k / block->cols, k % block->cols,
                           numbers[k]);
    return RS_OK;
}

static rs_status read_numbers(rs_safetensors *tensors, const rs_module *module, rs_model *model,
                              rs_error *err)
{
    rs_status status = RS_OK;
    model->parameters = rs_alloc(model->net.parameters_n, sizeof *model->parameters,
                                 "the parameters of the model", err);
    if (!model->parameters)
        return RS_INTERNAL;
    for (size_t k = 0; k < model->net.blocks_n && status == RS_OK; k++) {
        const rs_block *block = &model->net.blocks[k];
        const rs_tensor *tensor = tensor_of(module, block);
        double *numbers = model->parameters + block->offset;
        if (!tensor)
            continue;
        status = rs_safetensors_read(tensors, tensor, numbers, err);
        if (status == RS_OK)
            status = check_finite(tensors->reader.path, tensor->name, block, numbers, err);
    }
    return status;
}

/* A copy of the tensor's name; for a bias that only this layer lacks, the name it would have. */
static char *name_of(const rs_module *module, const rs_block *block)
{
    const rs_tensor *tensor = tensor_of(module, block);
    if (tensor)
        return strdup(tensor->name);
    const char *first = module->block[RS_WEIGHT_HH]->name;
    const size_t prefix = rs_module_prefix(first), length = strlen(block->name);
    char *name = malloc(prefix + length + 1);
    if (name) {
        memcpy(name, first, prefix);
        memcpy(name + prefix, block->name, length + 1);
    }
    return name;
}

static bool keep_names(const rs_module *module, const rs_net *net, rs_model_file *file)
{
    bool good = true;
    file->names = rs_alloc(net->blocks_n, sizeof *file->names, "names", NULL);
    for (; file->names && good && file->names_n < net->blocks_n; file->names_n++) {
        file->names[file->names_n] = name_of(module, &net->blocks[file->names_n]);
        good = file->names[file->names_n] != NULL;
    }
    return file->names && good;
}

static bool is_used(const rs_module *module, const rs_tensor *tensor)
{
    for (size_t k = 0; k < module->layers * RS_LAYER_BLOCKS; k++)
        if (module->block[k] == tensor)
            return true;
    return tensor == module->readout_weight || tensor == module->readout_bias;
}

static bool keep_others(const rs_safetensors *tensors, const rs_module *module, rs_model_file *file)
{
    bool good = true;
    file->others = rs_alloc(tensors->tensors_n, sizeof *file->others, "names", NULL);
    for (size_t k = 0; file->others && good && k < tensors->tensors_n; k++) {
        if (is_used(module, &tensors->tensors[k]))
            continue;
        file->others[file->others_n] = strdup(tensors->tensors[k].name);
        good = file->others[file->others_n++] != NULL;
    }
    return file->others && good;
}

static bool keep_metadata(const rs_safetensors *tensors, rs_model_file *file)
{
    bool good = true;
    file->metadata = rs_alloc(tensors->metadata_n, sizeof *file->metadata, "metadata", NULL);
    for (; file->metadata && good && file->metadata_n < tensors->metadata_n; file->metadata_n++) {
        rs_pair *pair = &file->metadata[file->metadata_n];
        pair->key = strdup(tensors->metadata[file->metadata_n].key);
        pair->value = strdup(tensors->metadata[file->metadata_n].value);
        good = pair->key && pair->value;
    }
    return file->metadata && good;
}

/* F64 if any tensor of the model is: F32 holds the others exactly. */
static rs_dtype widest(const rs_module *module, const rs_net *net)
{
    for (size_t k = 0; k < net->blocks_n; k++) {
        const rs_tensor *tensor = tensor_of(module, &net->blocks[k]);
        if (tensor && tensor->dtype == RS_F64)
            return RS_F64;
    }
    return RS_F32;
}

rs_status rs_model_read_from(rs_safetensors *tensors, const rs_cell *cell, rs_model *model,
                             rs_model_file *file, rs_error *err)
{
    rs_module module = {0};
    *model = (rs_model){0};
    *file = (rs_model_file){0};
    rs_status status = rs_module_find(tensors, &module, err);
    if (status == RS_OK)
        status = make_net(tensors, cell, &module, &model->net, err);
    if (status == RS_OK)
        status = read_numbers(tensors, &module, model, err);
    if (status == RS_OK) {
        file->dtype = widest(&module, &model->net);
        if (!keep_names(&module, &model->net, file) || !keep_others(tensors, &module, file) ||
            !keep_metadata(tensors, file))
            status = rs_fail(err, RS_INTERNAL, "out of memory: the names of the tensors");
    }
    rs_module_free(&module);
    if (status != RS_OK) {
        rs_model_file_free(file);
        rs_model_free(model);
    }
    return status;
}

rs_status rs_model_read(const char *path, const rs_cell *cell, rs_model *model, rs_model_file *file,
                        rs_error *err)
{
    rs_safetensors tensors;
    *model = (rs_model){0};
    *file = (rs_model_file){0};
    rs_status status = rs_safetensors_open(&tensors, path, err);
    if (status != RS_OK)
        return status;
    status = rs_model_read_from(&tensors, cell, model, file, err);
    rs_safetensors_close(&tensors);
    return status;
}

void rs_model_file_free(rs_model_file *file)
{
    for (size_t k = 0; k < file->names_n; k++)
        free(file->names[k]);
    for (size_t k = 0; k < file->others_n; k++)
        free(file->others[k]);
    for (size_t k = 0; k < file->metadata_n; k++) {
        free(file->metadata[k].key);
        free(file->metadata[k].value);
    }
    free(file->names);
    free(file->others);
    free(file->metadata);
    *file = (rs_model_file){0};
}
