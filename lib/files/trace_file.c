#include "files/trace_file.h"

#include "base/memory.h"
#include "files/atomic.h"
#include "files/trace_items.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

typedef void (*text_writer)(FILE *stream, const rs_trace_items *items);

/* Writes text with a decimal point, whatever the program's locale is. */
static rs_status write_text(const char *path, const rs_trace_items *items, text_writer writer,
                            rs_error *err)
{
    rs_file file;
    locale_t numbers = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (!numbers)
        return rs_fail(err, RS_INTERNAL, "out of memory: the locale of numbers");
    rs_status status = rs_file_begin(&file, path, err);
    if (status == RS_OK) {
        locale_t before = uselocale(numbers);
        writer(file.stream, items);
        (void)uselocale(before);
        status = rs_file_commit(&file, err);
    }
    freelocale(numbers);
    return status;
}

static rs_status write_safetensors(const char *path, const rs_trace_items *items, rs_error *err)
{
    rs_pair cell = {(char[]){"cell"}, strdup(items->trace->net->cell->name)};
    rs_named_array *arrays = rs_alloc(items->n, sizeof *arrays, "the table of tensors", err);
    rs_status status = RS_INTERNAL;
    for (size_t k = 0; k < items->n && arrays; k++)
        arrays[k] = items->item[k].array;
    if (arrays)
        status = cell.value ? rs_safetensors_write(path, arrays, items->n, &cell, 1, err)
                            : rs_fail(err, RS_INTERNAL, "out of memory: the table of tensors");
    free(arrays);
    free(cell.value);
    return status;
}

rs_status rs_trace_write(const char *path, const rs_trace *trace, const double *gradient,
                         const rs_model_file *names, const rs_extra *extra, size_t extra_n,
                         rs_error *err)
{
    const char *dot = strrchr(path, '.');
    const char *ending = dot && !strchr(dot, '/') ? dot : "";
    const bool safetensors = strcmp(ending, ".safetensors") == 0;
    const bool csv = strcmp(ending, ".csv") == 0, json = strcmp(ending, ".json") == 0;
    rs_trace_items items;
    if (!safetensors && !csv && !json)
        return rs_fail(err, RS_USAGE,
                       "%s: expected a name that ends in .safetensors, .csv or .json", path);
    rs_status status = rs_trace_list(&items, trace, gradient, names, extra, extra_n, err);
    if (status != RS_OK)
        return status;
    status = safetensors ? write_safetensors(path, &items, err)
                         : write_text(path, &items, csv ? rs_trace_csv : rs_trace_json, err);
    rs_trace_items_free(&items);
    return status;
}
