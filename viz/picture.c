#include "viz/picture.h"

#include <math.h>

/* The sign for a value in row r of high, counted from the top: ' ' where it is not in this row. */
static char sign_at(double value, size_t r, double top, double decades, size_t high)
{
    const size_t last = high - 1;
    if (!isfinite(value))
        return r == 0 ? '!' : ' ';
    if (value == 0)
        return r == last ? '0' : ' ';
    const double row = (log10(top) - log10(value)) / decades * (double)high;
    if (row < 0)
        return r == 0 ? '^' : ' ';
    if (row >= (double)high)
        return r == last ? 'v' : ' ';
    return (size_t)row == r ? '*' : ' ';
}

void picture_log(FILE *out, const double *values, size_t n, double top, double decades, size_t high)
{
    for (size_t r = 0; r < high; r++) {
        (void)fprintf(out, "  %7.0e |", top * pow(10, -decades * (double)r / (double)high));
        for (size_t k = 0; k < n; k++)
            (void)fputc(sign_at(values[k], r, top, decades, high), out);
        (void)fputc('\n', out);
    }
    (void)fprintf(out, "          +");
    for (size_t k = 0; k < n; k++)
        (void)fputc(k % 10 == 0 ? '|' : '-', out);
    (void)fprintf(out, "\n           ");
    for (size_t k = 0; k < n; k += 10)
        (void)fprintf(out, "%-10zu", k);
    (void)fputc('\n', out);
}
