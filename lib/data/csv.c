#include "data/csv.h"

#include "files/dtype.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

rs_csv_text rs_csv_begin(const char *bytes, size_t n, const char *name, char *room)
{
    const size_t mark = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return (rs_csv_text){bytes + mark, bytes + n, name, 1, 1, room};
}

bool rs_csv_ended(const rs_csv_text *csv)
{
    for (const char *c = csv->at; c < csv->end; c++)
        if (*c != '\n' && *c != '\r')
            return false;
    return true;
}

/* The length of the line end here: 0 where there is none, 1 for LF, 2 for CRLF. */
static size_t line_end(const rs_csv_text *csv)
{
    const size_t left = (size_t)(csv->end - csv->at);
    if (left >= 1 && csv->at[0] == '\n')
        return 1;
    return left >= 2 && csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 0;
}

static void keep(rs_csv_text *csv, rs_csv_field *field)
{
    csv->line += *csv->at == '\n';
    field->text[field->length++] = *csv->at++;
}

/* Behind the opening quote: up to behind the closing one. */
static rs_status quoted(rs_csv_text *csv, rs_csv_field *field, rs_error *err)
{
    for (;;) {
        if (csv->at == csv->end)
            return rs_fail(err, RS_DATA,
                           "%s: line %zu, column %zu: the quote is never closed, expected \"",
                           csv->name, field->line, field->column);
        if (*csv->at == '"') {
            csv->at++;
            if (csv->at == csv->end || *csv->at != '"')
                break;
        }
        keep(csv, field);
    }
    if (csv->at < csv->end && *csv->at != ',' && line_end(csv) == 0)
        return rs_fail(err, RS_DATA,
                       "%s: line %zu, column %zu: text after a closing quote, expected a comma or "
                       "the end of the line",
                       csv->name, csv->line, field->column);
    return RS_OK;
}

rs_status rs_csv_next(rs_csv_text *csv, rs_csv_field *field, rs_error *err)
{
    *field = (rs_csv_field){.text = csv->room, .line = csv->line, .column = csv->column};
    if (csv->at < csv->end && *csv->at == '"') {
        csv->at++;
        rs_status status = quoted(csv, field, err);
        if (status != RS_OK)
            return status;
    } else {
        while (csv->at < csv->end && *csv->at != ',' && line_end(csv) == 0)
            keep(csv, field);
    }
    field->text[field->length] = 0;
    csv->room += field->length + 1;
    field->last = csv->at == csv->end || *csv->at != ',';
    csv->column = field->last ? 1 : csv->column + 1;
    csv->line += field->last;
    csv->at += field->last ? line_end(csv) : 1;
    return RS_OK;
}

/* strtod with the C locale's decimal point; false unless all of the text is a decimal number. */
static bool read_number(const char *text, size_t length, double *number)
{
    char *end = NULL;
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = (locale_t)0;
    if (plain)
        before = uselocale(plain);
    *number = strtod(text, &end);
    if (plain) {
        (void)uselocale(before);
        freelocale(plain);
    }
    end += strspn(end, " \t");
    return end == text + length && strspn(text, "0123456789+-.eE \t") == length;
}

rs_status rs_csv_number(const rs_csv_text *csv, const rs_csv_field *field, double *number,
                        rs_error *err)
{
    char shown[RS_SHOWN_TEXT];
    if (strspn(field->text, " \t") == field->length)
        return rs_fail(err, RS_DATA,
                       "%s: line %zu, column %zu: the value is missing, expected a "
                       "number",
                       csv->name, field->line, field->column);
    if (!read_number(field->text, field->length, number))
        return rs_fail(err, RS_DATA, "%s: line %zu, column %zu: \"%s\" is not a number", csv->name,
                       field->line, field->column, rs_shown(field->text, shown));
    if (!isfinite(*number))
        return rs_fail(err, RS_DATA, "%s: line %zu, column %zu: %s is beyond what a double holds",
                       csv->name, field->line, field->column, rs_shown(field->text, shown));
    return RS_OK;
}
