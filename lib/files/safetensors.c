/* Reading safetensors. First the header as a whole (length, text, JSON), then each tensor by
 * itself, then the tensors together (names, places). */
#include "files/safetensors.h"

#include "base/memory.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, LONGEST_HEADER = 100000000 };

typedef unsigned long long ull; /* for printf */

/* The header's length, checked against the file before anything is taken for it. */
static rs_status read_length(rs_safetensors *file, size_t *length, rs_error *err)
{
    uint8_t bytes[LENGTH_BYTES];
    const rs_reader *reader = &file->reader;
    uint64_t n = 0;
    if (reader->size < LENGTH_BYTES)
        return rs_fail(err, RS_DATA,
                       "%s: %llu bytes are too few for a safetensors file: expected 8 bytes of "
                       "header length and a header",
                       reader->path, (ull)reader->size);
    rs_status status = rs_reader_at(&file->reader, 0, bytes, sizeof bytes, err);
    for (size_t k = LENGTH_BYTES; k-- > 0;)
        n = n << 8 | bytes[k];
    if (status == RS_OK && (n < 2 || n > LONGEST_HEADER || n > reader->size - LENGTH_BYTES))
        status =
            rs_fail(err, RS_DATA,
                    "%s: header length %llu at byte 0: expected 2 to %llu, this is no "
                    "safetensors file or it is truncated",
                    reader->path, (ull)n,
                    (ull)(reader->size - LENGTH_BYTES < LONGEST_HEADER ? reader->size - LENGTH_BYTES
                                                                       : LONGEST_HEADER));
    *length = (size_t)n;
    return status;
}

/* The header must be UTF-8 text that begins with {. No NUL, neither as it is nor escaped: a name
 * would end there. */
static rs_status check_text(const rs_safetensors *file, const char *text, size_t length,
                            rs_error *err)
{
    size_t at = 0;
    if (!rs_utf8_valid((const uint8_t *)text, length, &at))
        return rs_fail(err, RS_DATA, "%s: byte %zu of the header is not UTF-8 text",
                       file->reader.path, LENGTH_BYTES + at);
    if (text[0] != '{')
        return rs_fail(err, RS_DATA, "%s: the header begins with '%c' at byte 8: expected '{'",
                       file->reader.path, text[0] < ' ' ? '?' : text[0]);
    const char *escaped = strstr(text, "\\u0000");
    if (escaped)
        return rs_fail(err, RS_DATA, "%s: a NUL character in the header at byte %zu",
                       file->reader.path, LENGTH_BYTES + (size_t)(escaped - text));
    return RS_OK;
}

/* Text to JSON, with nothing but blanks after it. */
static rs_status parse(const rs_safetensors *file, const char *text, cJSON **json, rs_error *err)
{
    const char *end = text;
    *json = cJSON_ParseWithOpts(text, &end, 0);
    if (*json)
        end += strspn(end, " \t\r\n");
    if (*json && *end == '\0')
        return RS_OK;
    cJSON_Delete(*json);
    *json = NULL;
    return rs_fail(err, RS_DATA, "%s: the header is not JSON at byte %zu", file->reader.path,
                   LENGTH_BYTES + (size_t)(end - text));
}

static rs_status read_header(rs_safetensors *file, cJSON **json, rs_error *err)
{
    size_t length = 0;
    rs_status status = read_length(file, &length, err);
    if (status != RS_OK)
        return status;
    char *text = rs_alloc(length + 1, 1, "the header of a safetensors file", err);
    if (!text)
        return RS_INTERNAL;
    file->data = LENGTH_BYTES + length;
    status = rs_reader_at(&file->reader, LENGTH_BYTES, text, length, err);
    if (status == RS_OK)
        status = check_text(file, text, length, err);
    if (status == RS_OK)
        status = parse(file, text, json, err);
    free(text);
    return status;
}

/* A JSON number that counts something. Beyond 2^53 a double does not hold every whole number. */
static bool whole_number(const cJSON *item, uint64_t *number)
{
    const double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(value >= 0 && value <= 0x1p53) || value != (double)(uint64_t)value)
        return false;
    *number = (uint64_t)value;
    return true;
}

static rs_status fail_tensor(const rs_safetensors *file, const char *name, const char *what,
                             rs_error *err)
{
    char shown[RS_SHOWN_TEXT];
    return rs_fail(err, RS_DATA, "%s: tensor %s: %s", file->reader.path, rs_shown(name, shown),
                   what);
}

/* shape: [whole numbers], whose product must be countable. */
static rs_status read_shape(const rs_safetensors *file, const cJSON *shape, rs_tensor *tensor,
                            rs_error *err)
{
    tensor->entries = 1;
    if (!cJSON_IsArray(shape))
        return fail_tensor(file, tensor->name, "no shape: expected a list of sizes", err);
    for (const cJSON *item = shape->child; item; item = item->next) {
        uint64_t size = 0;
        if (tensor->dims_n == RS_MAX_DIMS)
            return fail_tensor(file, tensor->name, "more than 8 dimensions", err);
        if (!whole_number(item, &size) || size > SIZE_MAX)
            return fail_tensor(file, tensor->name,
                               "a size in its shape is no whole number of 0 "
                               "to 2^53",
                               err);
        tensor->dims[tensor->dims_n++] = (size_t)size;
        if (!rs_multiply(tensor->entries, (size_t)size, &tensor->entries))
            return fail_tensor(file, tensor->name, "its shape has more entries than can be counted",
                               err);
    }
    return RS_OK;
}

static rs_status read_offsets(const rs_safetensors *file, const cJSON *offsets, rs_tensor *tensor,
                              rs_error *err)
{
    const uint64_t available = file->reader.size - file->data;
    char shown[RS_SHOWN_TEXT];
    if (cJSON_GetArraySize(offsets) != 2 || !cJSON_IsArray(offsets) ||
        !whole_number(offsets->child, &tensor->begin) ||
        !whole_number(offsets->child->next, &tensor->end) || tensor->begin > tensor->end)
        return fail_tensor(file, tensor->name,
                           "bad data_offsets: expected [begin, end], whole numbers, begin <= end",
                           err);
    if (tensor->end > available)
        return rs_fail(
            err, RS_DATA,
            "%s: tensor %s: its data ends at byte %llu, the file at byte %llu: truncated "
            "or wrong data_offsets",
            file->reader.path, rs_shown(tensor->name, shown), (ull)(file->data + tensor->end),
            (ull)file->reader.size);
    return RS_OK;
}

/* The shape must make up the bytes. What the bytes of an unknown dtype should be, nobody knows. */
static rs_status check_bytes(const rs_safetensors *file, const rs_tensor *tensor, rs_error *err)
{
    char shown[RS_SHOWN_TEXT], shape[RS_SHAPE_TEXT];
    size_t bytes = 0;
    if (tensor->dtype == RS_OTHER_DTYPE)
        return RS_OK;
    if (rs_multiply(tensor->entries, rs_dtype_bytes(tensor->dtype), &bytes) &&
        bytes == tensor->end - tensor->begin)
        return RS_OK;
    return rs_fail(err, RS_DATA, "%s: tensor %s: %s %s needs %.0f bytes, data_offsets give %llu",
                   file->reader.path, rs_shown(tensor->name, shown), tensor->dtype_name,
                   rs_shape_text(tensor->dims, tensor->dims_n, shape),
                   (double)tensor->entries * (double)rs_dtype_bytes(tensor->dtype),
                   (ull)(tensor->end - tensor->begin));
}

/* "name": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}, and no other field. */
static rs_status read_tensor(rs_safetensors *file, const cJSON *item, rs_error *err)
{
    rs_tensor *tensor = &file->tensors[file->tensors_n++];
    const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(item, "dtype");
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(item, "shape");
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(item, "data_offsets");
    tensor->name = strdup(item->string);
    if (!tensor->name)
        return rs_fail(err, RS_INTERNAL, "out of memory: the names of the tensors");
    if (!cJSON_IsObject(item) || cJSON_GetArraySize(item) != 3 || !dtype || !shape || !offsets)
        return fail_tensor(file, tensor->name,
                           "expected {\"dtype\", \"shape\", \"data_offsets\"}, each once", err);
    if (!cJSON_IsString(dtype) || strlen(dtype->valuestring) >= sizeof tensor->dtype_name)
        return fail_tensor(file, tensor->name, "its dtype is no dtype: expected such as \"F32\"",
                           err);
    memcpy(tensor->dtype_name, dtype->valuestring, strlen(dtype->valuestring) + 1);
    tensor->dtype = rs_dtype_named(tensor->dtype_name);
    rs_status status = read_shape(file, shape, tensor, err);
    if (status == RS_OK)
        status = read_offsets(file, offsets, tensor, err);
    return status == RS_OK ? check_bytes(file, tensor, err) : status;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const rs_pair *)a)->key, ((const rs_pair *)b)->key);
}

static rs_status check_keys(rs_safetensors *file, rs_error *err)
{
    qsort(file->metadata, file->metadata_n, sizeof *file->metadata, by_key);
    for (size_t k = 1; k < file->metadata_n; k++)
        if (strcmp(file->metadata[k - 1].key, file->metadata[k].key) == 0)
            return rs_fail(err, RS_DATA, "%s: __metadata__: a key stands twice", file->reader.path);
    return RS_OK;
}

static rs_status read_metadata(rs_safetensors *file, const cJSON *object, rs_error *err)
{
    if (!cJSON_IsObject(object) || file->metadata)
        return rs_fail(err, RS_DATA, "%s: __metadata__: expected one object of strings",
                       file->reader.path);
    file->metadata = rs_alloc((size_t)cJSON_GetArraySize(object), sizeof *file->metadata,
                              "the metadata of a file", err);
    if (!file->metadata)
        return RS_INTERNAL;
    for (const cJSON *item = object->child; item; item = item->next) {
        rs_pair *pair = &file->metadata[file->metadata_n];
        if (!cJSON_IsString(item))
            return rs_fail(err, RS_DATA, "%s: __metadata__: a value is no string",
                           file->reader.path);
        file->metadata_n++;
        pair->key = strdup(item->string);
        pair->value = strdup(item->valuestring);
        if (!pair->key || !pair->value)
            return rs_fail(err, RS_INTERNAL, "out of memory: the metadata of a file");
    }
    return check_keys(file, err);
}

static rs_status read_items(rs_safetensors *file, const cJSON *header, rs_error *err)
{
    rs_status status = RS_OK;
    file->tensors = rs_alloc((size_t)cJSON_GetArraySize(header), sizeof *file->tensors,
                             "the table of tensors", err);
    if (!file->tensors)
        return RS_INTERNAL;
    for (const cJSON *item = header->child; item && status == RS_OK; item = item->next)
        status = strcmp(item->string, "__metadata__") == 0 ? read_metadata(file, item, err)
                                                           : read_tensor(file, item, err);
    return status;
}

static int by_name(const void *a, const void *b)
{
    const rs_tensor *const *first = a, *const *second = b;
    return strcmp((*first)->name, (*second)->name);
}

static int by_place(const void *a, const void *b)
{
    const rs_tensor *first = *(const rs_tensor *const *)a, *second = *(const rs_tensor *const *)b;
    if (first->begin != second->begin)
        return first->begin < second->begin ? -1 : 1;
    return first->end < second->end ? -1 : first->end > second->end;
}

static rs_status check_names(const rs_safetensors *file, const rs_tensor **sorted, rs_error *err)
{
    qsort(sorted, file->tensors_n, sizeof *sorted, by_name);
    for (size_t k = 1; k < file->tensors_n; k++)
        if (strcmp(sorted[k - 1]->name, sorted[k]->name) == 0)
            return fail_tensor(file, sorted[k]->name, "its name stands twice in the header", err);
    return RS_OK;
}

/* In the order of their bytes, each tensor begins where the last one ended. */
static rs_status check_places(const rs_safetensors *file, const rs_tensor **sorted, rs_error *err)
{
    char one[RS_SHOWN_TEXT], other[RS_SHOWN_TEXT];
    uint64_t end = 0;
    qsort(sorted, file->tensors_n, sizeof *sorted, by_place);
    for (size_t k = 0; k < file->tensors_n; k++) {
        if (sorted[k]->begin < end)
            return rs_fail(err, RS_DATA,
                           "%s: tensors %s and %s overlap from byte %llu on: expected places of "
                           "their own",
                           file->reader.path, rs_shown(sorted[k - 1]->name, one),
                           rs_shown(sorted[k]->name, other), (ull)(file->data + sorted[k]->begin));
        if (sorted[k]->begin > end)
            return rs_fail(err, RS_DATA,
                           "%s: bytes %llu to %llu, before tensor %s, belong to no tensor",
                           file->reader.path, (ull)(file->data + end),
                           (ull)(file->data + sorted[k]->begin), rs_shown(sorted[k]->name, one));
        end = sorted[k]->end;
    }
    if (end != file->reader.size - file->data)
        return rs_fail(err, RS_DATA,
                       "%s: the file has %llu bytes: expected %llu, where its last tensor ends",
                       file->reader.path, (ull)file->reader.size, (ull)(file->data + end));
    return RS_OK;
}

static rs_status check_together(const rs_safetensors *file, rs_error *err)
{
    const rs_tensor **sorted =
        rs_alloc(file->tensors_n, sizeof *sorted, "the table of tensors", err);
    if (!sorted)
        return RS_INTERNAL;
    for (size_t k = 0; k < file->tensors_n; k++)
        sorted[k] = &file->tensors[k];
    rs_status status = check_names(file, sorted, err);
    if (status == RS_OK)
        status = check_places(file, sorted, err);
    free(sorted);
    return status;
}

/* After the reader is there. */
static rs_status open_file(rs_safetensors *file, rs_error *err)
{
    cJSON *header = NULL;
    rs_status status = read_header(file, &header, err);
    if (status == RS_OK)
        status = read_items(file, header, err);
    cJSON_Delete(header);
    if (status == RS_OK)
        status = check_together(file, err);
    if (status != RS_OK)
        rs_safetensors_close(file);
    return status;
}

rs_status rs_safetensors_open(rs_safetensors *file, const char *path, rs_error *err)
{
    *file = (rs_safetensors){0};
    rs_status status = rs_reader_open(&file->reader, path, err);
    return status == RS_OK ? open_file(file, err) : status;
}

rs_status rs_safetensors_over(rs_safetensors *file, FILE *stream, const char *name, rs_error *err)
{
    *file = (rs_safetensors){0};
    rs_status status = rs_reader_over(&file->reader, stream, name, err);
    return status == RS_OK ? open_file(file, err) : status;
}

void rs_safetensors_close(rs_safetensors *file)
{
    for (size_t k = 0; k < file->tensors_n; k++)
        free(file->tensors[k].name);
    for (size_t k = 0; k < file->metadata_n; k++) {
        free(file->metadata[k].key);
        free(file->metadata[k].value);
    }
    free(file->tensors);
    free(file->metadata);
    rs_reader_close(&file->reader);
    *file = (rs_safetensors){0};
}

const rs_tensor *rs_safetensors_find(const rs_safetensors *file, const char *name)
{
    for (size_t k = 0; k < file->tensors_n; k++)
        if (strcmp(file->tensors[k].name, name) == 0)
            return &file->tensors[k];
    return NULL;
}

const char *rs_safetensors_metadata(const rs_safetensors *file, const char *key)
{
    for (size_t k = 0; k < file->metadata_n; k++)
        if (strcmp(file->metadata[k].key, key) == 0)
            return file->metadata[k].value;
    return NULL;
}

rs_status rs_safetensors_read(rs_safetensors *file, const rs_tensor *tensor, double *numbers,
                              rs_error *err)
{
    char shown[RS_SHOWN_TEXT], dtype[RS_SHOWN_TEXT];
    if (tensor->dtype == RS_OTHER_DTYPE)
        return rs_fail(
            err, RS_DATA, "%s: tensor %s: dtype %s: expected F64, F32, F16, BF16, I64 or I32",
            file->reader.path, rs_shown(tensor->name, shown), rs_shown(tensor->dtype_name, dtype));
    return rs_reader_numbers(&file->reader, file->data + tensor->begin, tensor->dtype,
                             tensor->entries, numbers, err);
}
