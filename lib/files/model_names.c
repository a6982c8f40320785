/* Names in a state_dict. torch's recurrent modules call their parameters weight_ih_l0,
 * weight_hh_l0, bias_ih_l0, bias_hh_l0, then …_l1; its single cells the same without _l0. A second
 * direction adds _reverse, an LSTM with proj_size weight_hr_l0: those networks are others than this
 * library's, and are refused, for half of such a model would be another model. */
#include "files/model_names.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const stems[RS_LAYER_BLOCKS] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};

enum { PROJECTION = RS_LAYER_BLOCKS }; /* weight_hr */

typedef struct parsed {
    size_t kind, layer;
    bool reverse;
} parsed;

size_t rs_module_prefix(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? (size_t)(dot - name) + 1 : 0;
}

/* "_l12" or "": the layer, as torch writes it; NULL if that is not what stands there, else what
 * follows. */
static const char *parse_layer(const char *text, size_t *layer)
{
    enum { DIGITS = 6 };
    size_t n = 0;
    *layer = 0;
    if (strncmp(text, "_l", 2) != 0)
        return text;
    for (text += 2; text[n] >= '0' && text[n] <= '9' && n <= DIGITS; n++)
        *layer = 10 * *layer + (size_t)(text[n] - '0');
    if (n == 0 || n > DIGITS || (n > 1 && text[0] == '0'))
        return NULL;
    return text + n;
}

/* Whether this is the name of a recurrent module's tensor. */
static bool parse_name(const char *name, parsed *out)
{
    const char *base = name + rs_module_prefix(name), *rest = NULL;
    for (size_t kind = 0; kind <= PROJECTION; kind++) {
        const char *stem = kind == PROJECTION ? "weight_hr" : stems[kind];
        if (strncmp(base, stem, strlen(stem)) != 0)
            continue;
        out->kind = kind;
        rest = parse_layer(base + strlen(stem), &out->layer);
    }
    out->reverse = rest && strcmp(rest, "_reverse") == 0;
    return rest && (*rest == '\0' || out->reverse);
}

static bool same_prefix(const char *one, const char *other)
{
    const size_t length = rs_module_prefix(one);
    return rs_module_prefix(other) == length && strncmp(one, other, length) == 0;
}

static rs_status refuse(const rs_safetensors *file, const char *name, const char *what,
                        rs_error *err)
{
    char shown[RS_SHOWN_TEXT];
    return rs_fail(err, RS_DATA, "%s: tensor %s: %s", file->reader.path, rs_shown(name, shown),
                   what);
}

/* Goes once over all names: the number of layers, and what is of another kind. */
static rs_status count_layers(const rs_safetensors *file, size_t *layers, rs_error *err)
{
    const char *first = NULL;
    *layers = 0;
    for (size_t k = 0; k < file->tensors_n; k++) {
        const char *name = file->tensors[k].name;
        parsed part = {0};
        if (!parse_name(name, &part))
            continue;
        if (part.reverse)
            return refuse(file, name, "a bidirectional network: expected one direction", err);
        if (part.kind == PROJECTION)
            return refuse(file, name, "an LSTM with projections: expected proj_size 0", err);
        if (first && !same_prefix(first, name)) {
            char one[RS_SHOWN_TEXT], other[RS_SHOWN_TEXT];
            return rs_fail(err, RS_DATA,
                           "%s: tensors %s and %s are of two recurrent modules: expected one",
                           file->reader.path, rs_shown(first, one), rs_shown(name, other));
        }
        first = first ? first : name;
        *layers = part.layer >= *layers ? part.layer + 1 : *layers;
    }
    if (!first)
        return rs_fail(err, RS_DATA,
                       "%s: no recurrent module among its %zu tensors: expected one called "
                       "weight_hh_l0, with any prefix",
                       file->reader.path, file->tensors_n);
    if (*layers > file->tensors_n)
        return rs_fail(err, RS_DATA, "%s: layer %zu, but only %zu tensors: layers are missing",
                       file->reader.path, *layers - 1, file->tensors_n);
    return RS_OK;
}

/* Every layer needs both its weights. */
static rs_status check_weights(const rs_safetensors *file, const rs_module *module, rs_error *err)
{
    for (size_t k = 0; k < RS_LAYER_BLOCKS * module->layers; k++) {
        const size_t kind = k % RS_LAYER_BLOCKS, layer = k / RS_LAYER_BLOCKS;
        if (kind >= RS_BIAS_IH)
            continue;
        if (!module->block[k])
            return rs_fail(err, RS_DATA, "%s: tensor %s_l%zu is missing: expected one a layer",
                           file->reader.path, stems[kind], layer);
        if (module->block[k]->dims_n != 2)
            return refuse(file, module->block[k]->name, "not two-dimensional: expected a matrix",
                          err);
    }
    return RS_OK;
}

static rs_status collect(const rs_safetensors *file, rs_module *module, rs_error *err)
{
    for (size_t k = 0; k < file->tensors_n; k++) {
        const rs_tensor *tensor = &file->tensors[k];
        parsed part = {0};
        if (!parse_name(tensor->name, &part))
            continue;
        const rs_tensor **block = &module->block[part.layer * RS_LAYER_BLOCKS + part.kind];
        if (*block)
            return refuse(file, tensor->name, "stands twice, with and without _l0", err);
        *block = tensor;
    }
    return check_weights(file, module, err);
}

rs_status rs_module_find(const rs_safetensors *file, rs_module *module, rs_error *err)
{
    *module = (rs_module){0};
    rs_status status = count_layers(file, &module->layers, err);
    if (status != RS_OK)
        return status;
    module->block =
        rs_alloc(module->layers, RS_LAYER_BLOCKS * sizeof *module->block, "the layers", err);
    if (!module->block)
        return RS_INTERNAL;
    status = collect(file, module, err);
    if (status != RS_OK)
        rs_module_free(module);
    return status;
}

void rs_module_free(rs_module *module)
{
    free(module->block);
    *module = (rs_module){0};
}

/* "weight", or "weight" in a module called readout, fc, out, head, linear or decoder. */
static bool is_readout(const char *name)
{
    static const char *const modules[] = {"readout", "fc", "out", "head", "linear", "decoder"};
    const size_t prefix = rs_module_prefix(name);
    if (strcmp(name + prefix, "weight") != 0)
        return false;
    for (size_t k = 0; k < sizeof modules / sizeof *modules; k++) {
        const size_t length = strlen(modules[k]);
        if (prefix > length && strncmp(name + prefix - 1 - length, modules[k], length) == 0 &&
            (prefix == length + 1 || name[prefix - 2 - length] == '.'))
            return true;
    }
    return prefix == 0;
}

/* The bias of the same module, or NULL. */
static const rs_tensor *bias_of(const rs_safetensors *file, const rs_tensor *weight)
{
    for (size_t k = 0; k < file->tensors_n; k++) {
        const char *name = file->tensors[k].name;
        if (same_prefix(name, weight->name) && strcmp(name + rs_module_prefix(name), "bias") == 0)
            return &file->tensors[k];
    }
    return NULL;
}

rs_status rs_module_find_readout(const rs_safetensors *file, size_t hidden, rs_module *module,
                                 rs_error *err)
{
    const rs_tensor *unfit = NULL;
    char one[RS_SHOWN_TEXT], other[RS_SHOWN_TEXT];
    module->readout_weight = module->readout_bias = NULL;
    for (size_t k = 0; k < file->tensors_n; k++) {
        const rs_tensor *tensor = &file->tensors[k];
        const bool fits = tensor->dims_n == 2 && tensor->dims[1] == hidden;
        if (!is_readout(tensor->name))
            continue;
        if (fits && module->readout_weight)
            return rs_fail(err, RS_DATA, "%s: tensors %s and %s both fit as readout: expected one",
                           file->reader.path, rs_shown(module->readout_weight->name, one),
                           rs_shown(tensor->name, other));
        if (fits)
            module->readout_weight = tensor;
        else
            unfit = unfit ? unfit : tensor;
    }
    if (module->readout_weight)
        module->readout_bias = bias_of(file, module->readout_weight);
    else if (unfit)
        return rs_fail(err, RS_DATA,
                       "%s: tensor %s: shape %s: expected [outputs, %zu] of a readout",
                       file->reader.path, rs_shown(unfit->name, one),
                       rs_shape_text(unfit->dims, unfit->dims_n, (char[RS_SHAPE_TEXT]){0}), hidden);
    return RS_OK;
}
