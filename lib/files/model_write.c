#include "files/model_file.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *rs_model_name(const rs_net *net, size_t block, const rs_model_file *file,
                          char text[RS_BLOCK_NAME])
{
    if (file && block < file->names_n && file->names[block])
        return file->names[block];
    (void)snprintf(text, RS_BLOCK_NAME, "%s%s",
                   net->blocks[block].kind >= RS_READOUT_WEIGHT ? "readout." : "rnn.",
                   net->blocks[block].name);
    return text;
}

/* What is not a number, or is none as F32, could not be read again. */
static rs_status check_number(const char *path, const char *name, double number, rs_dtype dtype,
                              size_t entry, rs_error *err)
{
    char shown[RS_SHOWN_TEXT];
    if (isfinite(number) && (dtype == RS_F64 || isfinite((float)number)))
        return RS_OK;
    return rs_fail(err, RS_DATA, "%s: tensor %s: entry %zu is %g: expected a number that fits %s",
                   path, rs_shown(name, shown), entry, number, rs_dtype_name(dtype));
}

static rs_status describe(const char *path, const rs_model *model, const rs_model_file *file,
                          char (*text)[RS_BLOCK_NAME], rs_named_array *arrays, rs_error *err)
{
    rs_status status = RS_OK;
    for (size_t k = 0; k < model->net.blocks_n; k++) {
        const rs_block *block = &model->net.blocks[k];
        const bool vector = block->kind == RS_BIAS_IH || block->kind == RS_BIAS_HH ||
                            block->kind == RS_READOUT_BIAS;
        arrays[k] = (rs_named_array){.name = rs_model_name(&model->net, k, file, text[k]),
                                     .dtype = file && file->dtype == RS_F32 ? RS_F32 : RS_F64,
                                     .dims_n = vector ? 1 : 2,
                                     .dims = {block->rows, block->cols},
                                     .data = model->parameters + block->offset};
        for (size_t j = 0; j < block->rows * block->cols && status == RS_OK; j++)
            status = check_number(path, arrays[k].name, arrays[k].data[j], arrays[k].dtype, j, err);
    }
    return status;
}

static bool has_key(const rs_pair *pairs, size_t n, const char *key)
{
    for (size_t k = 0; k < n; k++)
        if (strcmp(pairs[k].key, key) == 0)
            return true;
    return false;
}

/* The cell, then `more`, then the metadata of the file that neither replaces; pairs:
 * [1 + more_n + file->metadata_n]. */
static size_t describe_metadata(const rs_model_file *file, rs_pair cell, const rs_pair *more,
                                size_t more_n, rs_pair *pairs)
{
    size_t n = 0;
    pairs[n++] = cell;
    for (size_t k = 0; k < more_n; k++)
        pairs[n++] = more[k];
    for (size_t k = 0; file && k < file->metadata_n; k++)
        if (!has_key(pairs, 1 + more_n, file->metadata[k].key))
            pairs[n++] = file->metadata[k];
    return n;
}

rs_status rs_model_write(const char *path, const rs_model *model, const rs_model_file *file,
                         rs_error *err)
{
    return rs_model_write_with(path, model, file, NULL, 0, NULL, 0, err);
}

rs_status rs_model_write_with(const char *path, const rs_model *model, const rs_model_file *file,
                              const rs_named_array *more, size_t more_n, const rs_pair *more_pairs,
                              size_t more_pairs_n, rs_error *err)
{
    const size_t n = model->net.blocks_n, kept = file ? file->metadata_n : 0;
    rs_pair cell = {(char[]){"cell"}, strdup(model->net.cell->name)};
    rs_named_array *arrays = rs_alloc(n + more_n, sizeof *arrays, "the table of tensors", err);
    char(*text)[RS_BLOCK_NAME] = rs_alloc(n, sizeof *text, "the table of tensors", err);
    rs_pair *pairs = rs_alloc(kept + more_pairs_n + 1, sizeof *pairs, "the table of tensors", err);
    rs_status status = RS_INTERNAL;
    if (arrays && text && pairs) {
        const size_t pairs_n = describe_metadata(file, cell, more_pairs, more_pairs_n, pairs);
        for (size_t k = 0; k < more_n; k++)
            arrays[n + k] = more[k];
        status = cell.value ? describe(path, model, file, text, arrays, err)
                            : rs_fail(err, RS_INTERNAL, "out of memory: the table of tensors");
        if (status == RS_OK)
            status = rs_safetensors_write(path, arrays, n + more_n, pairs, pairs_n, err);
    }
    free(cell.value);
    free(pairs);
    free(text);
    free(arrays);
    return status;
}
