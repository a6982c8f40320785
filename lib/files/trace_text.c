/* A trace as text. Numbers are written with the fewest of 15 or 17 digits that give back the same
 * bits. The caller has set the C locale's decimal point. */
#include "files/trace_items.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void write_number(FILE *stream, double number)
{
    char text[40];
    (void)snprintf(text, sizeof text, "%.15g", number);
    if (strtod(text, NULL) != number)
        (void)snprintf(text, sizeof text, "%.17g", number);
    (void)fputs(text, stream);
}

/* nan, inf, -inf: without the sign that C gives a NaN */
static void write_csv_number(FILE *stream, double number)
{
    if (isnan(number))
        (void)fputs("nan", stream);
    else
        write_number(stream, number);
}

static void write_json_number(FILE *stream, double number)
{
    if (isnan(number))
        (void)fputs("\"NaN\"", stream);
    else if (isinf(number))
        (void)fputs(number > 0 ? "\"Infinity\"" : "\"-Infinity\"", stream);
    else
        write_number(stream, number);
}

static size_t entries_of(const rs_named_array *array, size_t first_dim)
{
    size_t entries = 1;
    for (size_t k = first_dim; k < array->dims_n; k++)
        entries *= array->dims[k];
    return entries;
}

/* The length of the name without ".lK", and K, −1 if there is none. */
static size_t split_layer(const char *name, long *layer)
{
    const char *dot = strrchr(name, '.');
    *layer = -1;
    if (!dot || dot[1] != 'l' || dot[2] < '0' || dot[2] > '9' ||
        dot[2 + strspn(dot + 2, "0123456789")] != '\0')
        return strlen(name);
    *layer = strtol(dot + 2, NULL, 10);
    return (size_t)(dot - name);
}

/* A field of a CSV row as RFC 4180 has it. */
static void write_field(FILE *stream, const char *text, size_t n)
{
    const bool quoted = strcspn(text, ",\"\r\n") < n;
    if (quoted)
        (void)fputc('"', stream);
    for (size_t k = 0; k < n; k++) {
        if (text[k] == '"')
            (void)fputc('"', stream);
        (void)fputc(text[k], stream);
    }
    if (quoted)
        (void)fputc('"', stream);
}

static void write_index(FILE *stream, bool applies, size_t index)
{
    if (applies)
        (void)fprintf(stream, "%zu", index);
    (void)fputc(',', stream);
}

/* The rows of one tensor. */
static void write_rows(FILE *stream, const rs_trace_item *item)
{
    const rs_named_array *array = &item->array;
    const bool has_t = item->over_time, has_b = has_t && array->dims_n > 2;
    const size_t indices = (size_t)has_t + (size_t)has_b; /* what is before the unit */
    const size_t units = entries_of(array, indices), B = has_b ? array->dims[1] : 1;
    long layer = -1;
    const size_t length = has_t ? split_layer(item->name, &layer) : strlen(item->name);
    for (size_t k = 0; k < entries_of(array, 0); k++) {
        write_index(stream, has_t, k / units / B);
        write_index(stream, has_b, k / units % B);
        write_index(stream, layer >= 0, (size_t)layer);
        write_field(stream, item->name, length);
        (void)fputc(',', stream);
        write_index(stream, array->dims_n > indices, k % units);
        write_csv_number(stream, array->data[k]);
        (void)fputc('\n', stream);
    }
}

void rs_trace_csv(FILE *stream, const rs_trace_items *items)
{
    (void)fputs("t,b,layer,channel,unit,value\n", stream);
    for (size_t k = 0; k < items->n; k++)
        write_rows(stream, &items->item[k]);
}

/* A JSON string: quotes, backslashes and control characters escaped. */
static void write_string(FILE *stream, const char *text)
{
    (void)fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            (void)fprintf(stream, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            (void)fprintf(stream, "\\u%04x", (unsigned)*text);
        else
            (void)fputc(*text, stream);
    }
    (void)fputc('"', stream);
}

/* The part of an array below one index of dimension `dim`, as nested lists; returns what follows.
 */
static const double *write_nested(FILE *stream, const rs_named_array *array, size_t dim,
                                  const double *data)
{
    if (dim == array->dims_n) {
        write_json_number(stream, *data);
        return data + 1;
    }
    (void)fputc('[', stream);
    for (size_t k = 0; k < array->dims[dim]; k++) {
        if (k > 0)
            (void)fputc(',', stream);
        data = write_nested(stream, array, dim + 1, data);
    }
    (void)fputc(']', stream);
    return data;
}

void rs_trace_json(FILE *stream, const rs_trace_items *items)
{
    (void)fputs("{\"__metadata__\":{\"cell\":", stream);
    write_string(stream, items->trace->net->cell->name);
    (void)fputc('}', stream);
    for (size_t k = 0; k < items->n; k++) {
        (void)fputs(",\n", stream);
        write_string(stream, items->item[k].name);
        (void)fputc(':', stream);
        (void)write_nested(stream, &items->item[k].array, 0, items->item[k].array.data);
    }
    (void)fputs("}\n", stream);
}
