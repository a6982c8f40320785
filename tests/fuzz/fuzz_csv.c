/* CSV: any bytes must be read as a series of finite numbers or refused in one line. The first line
 * of the input is the list of columns (empty: all), the rest is the file. */
#include "data/series.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MOST_COLUMNS = 256 }; /* bytes: memory is columns asked for times rows */

static void judge_series(const rs_series *series)
{
    if (series->rows < 2 || series->inputs == 0 || series->outputs == 0)
        abort();
    for (size_t k = 0; k < series->rows * series->inputs; k++)
        if (!isfinite(series->input[k]))
            abort();
    for (size_t k = 0; k < series->inputs + series->outputs; k++)
        if (!series->names[k] || !(series->deviation[k] > 0))
            abort();
}

static void judge_refusal(rs_status status, const rs_error *err)
{
    if (status != RS_DATA && status != RS_USAGE && status != RS_INTERNAL)
        abort();
    if (err->text[0] == '\0' || strchr(err->text, '\n'))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const uint8_t *end = n > 0 ? memchr(bytes, '\n', n) : NULL;
    if (!end || end - bytes > MOST_COLUMNS)
        return 0;
    const size_t columns_n = (size_t)(end - bytes), rest = n - columns_n - 1;
    char *columns = calloc(1, columns_n + 1), *text = malloc(rest + 1);
    if (columns && text) {
        memcpy(columns, bytes, columns_n);
        memcpy(text, end + 1, rest);
        const rs_csv csv = {.columns = columns[0] ? columns : NULL};
        rs_series series;
        rs_error err = {0};
        rs_status status = rs_series_parse(&series, text, rest, "fuzz.csv", &csv, &err);
        if (status == RS_OK)
            judge_series(&series);
        else
            judge_refusal(status, &err);
        rs_series_free(&series);
    }
    free(columns);
    free(text);
    return 0;
}
