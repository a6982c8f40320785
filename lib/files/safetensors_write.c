/* Writing safetensors: the header by cJSON, padded with blanks so that the data begins at a
 * multiple of 8 bytes, then the numbers in small pieces. */
#include "files/safetensors.h"

#include "base/memory.h"
#include "files/atomic.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of an array, false if more than JSON's numbers count. */
static bool array_bytes(const rs_named_array *array, size_t *bytes)
{
    *bytes = rs_dtype_bytes(array->dtype);
    for (size_t k = 0; k < array->dims_n; k++)
        if (!rs_multiply(*bytes, array->dims[k], bytes))
            return false;
    return (double)*bytes < 1e15;
}

/* {"dtype": "F64", "shape": […], "data_offsets": [begin, end]}; false without memory. */
static bool describe(cJSON *header, const rs_named_array *array, size_t begin, size_t end)
{
    cJSON *item = cJSON_AddObjectToObject(header, array->name);
    bool good = item && cJSON_AddStringToObject(item, "dtype", rs_dtype_name(array->dtype));
    cJSON *shape = cJSON_AddArrayToObject(item, "shape");
    cJSON *place = cJSON_AddArrayToObject(item, "data_offsets");
    for (size_t k = 0; k < array->dims_n; k++)
        good = good && cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)array->dims[k]));
    return good && cJSON_AddItemToArray(place, cJSON_CreateNumber((double)begin)) &&
           cJSON_AddItemToArray(place, cJSON_CreateNumber((double)end));
}

static bool add_metadata(cJSON *header, const rs_pair *metadata, size_t n)
{
    cJSON *object = n > 0 ? cJSON_AddObjectToObject(header, "__metadata__") : NULL;
    bool good = n == 0 || object;
    for (size_t k = 0; k < n && good; k++)
        good = cJSON_AddStringToObject(object, metadata[k].key, metadata[k].value) != NULL;
    return good;
}

/* The header's text; the caller frees it. NULL without memory. */
static char *header_text(const rs_named_array *arrays, size_t arrays_n, const rs_pair *metadata,
                         size_t metadata_n)
{
    cJSON *header = cJSON_CreateObject();
    bool good = header && add_metadata(header, metadata, metadata_n);
    size_t begin = 0, bytes = 0;
    for (size_t k = 0; k < arrays_n && good; k++) {
        good =
            array_bytes(&arrays[k], &bytes) && describe(header, &arrays[k], begin, begin + bytes);
        begin += bytes;
    }
    char *text = good ? cJSON_PrintUnformatted(header) : NULL;
    cJSON_Delete(header);
    return text;
}

static rs_status check_arrays(const char *path, const rs_named_array *arrays, size_t n,
                              rs_error *err)
{
    for (size_t k = 0; k < n; k++) {
        char shown[RS_SHOWN_TEXT];
        size_t bytes = 0, at = 0;
        const char *name = arrays[k].name;
        bool good = strcmp(name, "__metadata__") != 0 && array_bytes(&arrays[k], &bytes) &&
                    rs_utf8_valid((const uint8_t *)name, strlen(name), &at) &&
                    arrays[k].dtype != RS_F16 && arrays[k].dtype != RS_BF16 &&
                    arrays[k].dtype != RS_OTHER_DTYPE && arrays[k].dims_n <= RS_MAX_DIMS;
        for (size_t j = 0; j < k && good; j++)
            good = strcmp(arrays[j].name, name) != 0;
        if (!good)
            return rs_fail(err, RS_USAGE,
                           "%s: tensor %s cannot be written: expected UTF-8 names that stand once, "
                           "F64, F32, I64 or I32, and a size below 1e15 bytes",
                           path, rs_shown(name, shown));
    }
    return RS_OK;
}

static void write_numbers(FILE *stream, const rs_named_array *array)
{
    enum { PIECE = 4096 };
    uint8_t bytes[PIECE * sizeof(double)];
    size_t entries = 1;
    for (size_t k = 0; k < array->dims_n; k++)
        entries *= array->dims[k];
    for (size_t done = 0; done < entries; done += PIECE) {
        const size_t now = entries - done < PIECE ? entries - done : PIECE;
        rs_encode(array->dtype, array->data + done, now, bytes);
        (void)fwrite(bytes, rs_dtype_bytes(array->dtype), now, stream);
    }
}

static void write_header(FILE *stream, const char *text)
{
    uint8_t bytes[8];
    const size_t length = strlen(text), padded = (length + 7) / 8 * 8;
    for (size_t k = 0; k < sizeof bytes; k++)
        bytes[k] = (uint8_t)((uint64_t)padded >> 8 * k);
    (void)fwrite(bytes, 1, sizeof bytes, stream);
    (void)fprintf(stream, "%s%*s", text, (int)(padded - length), "");
}

rs_status rs_safetensors_write(const char *path, const rs_named_array *arrays, size_t arrays_n,
                               const rs_pair *metadata, size_t metadata_n, rs_error *err)
{
    rs_file file;
    rs_status status = check_arrays(path, arrays, arrays_n, err);
    if (status != RS_OK)
        return status;
    char *text = header_text(arrays, arrays_n, metadata, metadata ? metadata_n : 0);
    if (!text)
        return rs_fail(err, RS_INTERNAL, "out of memory: the header of %s", path);
    status = rs_file_begin(&file, path, err);
    if (status == RS_OK) {
        write_header(file.stream, text);
        for (size_t k = 0; k < arrays_n; k++)
            write_numbers(file.stream, &arrays[k]);
        status = rs_file_commit(&file, err);
    }
    cJSON_free(text);
    return status;
}
