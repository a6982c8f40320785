/* The small languages inside a lesson: fields, sliders, numbers as written, tolerances. */
#include "lessons/engine/lesson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const lesson_field *lesson_field_nth(const lesson_block *block, const char *name, size_t nth)
{
    for (size_t k = 0; k < block->fields_n; k++)
        if (strcmp(block->fields[k].name, name) == 0 && nth-- == 0)
            return &block->fields[k];
    return NULL;
}

const char *lesson_value(const lesson_block *block, const char *name)
{
    const lesson_field *field = lesson_field_nth(block, name, 0);
    return field ? field->value : NULL;
}

const lesson_block *lesson_scene_at(const lesson *l, size_t block)
{
    for (size_t k = block + 1; k-- > 0;)
        if (k < l->blocks_n && l->blocks[k].kind == BLOCK_SCENE)
            return &l->blocks[k];
    return NULL;
}

bool lesson_slider_read(const char *line, lesson_slider *to)
{
    int used = 0;
    *to = (lesson_slider){0};
    if (sscanf(line, "%63s from %lf to %lf%n", to->name, &to->low, &to->high, &used) != 3 ||
        !(to->low < to->high))
        return false;
    const char *rest = line + used + strspn(line + used, " ");
    if (strncmp(rest, "log", 3) == 0) {
        to->log = true;
        rest += 3;
    }
    rest += strspn(rest, " ,");
    if (strncmp(rest, "mark", 4) == 0) {
        rest += 4;
        do {
            char *end = NULL;
            rest += strspn(rest, " ,");
            const double mark = strtod(rest, &end);
            if (end == rest || to->marks_n == sizeof to->marks / sizeof *to->marks)
                return false;
            to->marks[to->marks_n++] = mark;
            rest = end + strspn(end, " ");
        } while (*rest == ',');
    }
    return rest[strspn(rest, " \t\r")] == '\0' && !(to->log && to->low <= 0);
}

/* A number as people write it: its value, decimals, and power of ten. */
typedef struct written {
    double value;
    int decimals; /* after the point, of the part before e */
    int power;
    bool has_power;
} written;

/* "−8.2e-16", "55", "20 %" (the sign may be Unicode's minus). */
static bool read_written(const char *text, written *w)
{
    char plain[64];
    size_t n = 0;
    text += strspn(text, " ");
    if (strcmp(text, LESSON_NEARLY_ZERO) == 0)
        text = "0";
    if (strncmp(text, "\xe2\x88\x92", 3) == 0) {
        plain[n++] = '-';
        text += 3;
    }
    while (n + 1 < sizeof plain && *text && strchr("+-0123456789.e", *text))
        plain[n++] = *text++;
    plain[n] = '\0';
    text += strspn(text, " %");
    char *end = NULL;
    w->value = strtod(plain, &end);
    if (end == plain || *end || *text)
        return false;
    const char *e = strchr(plain, 'e'), *point = strchr(plain, '.');
    w->has_power = e != NULL;
    w->power = e ? atoi(e + 1) : 0;
    w->decimals = point ? (int)((e ? e : plain + n) - point) - 1 : 0;
    return true;
}

bool lesson_number_is(const char *text, double value)
{
    written w;
    if (!read_written(text, &w) || !isfinite(value))
        return false;
    const double unit = pow(10, w.power - w.decimals);
    return fabs(value - w.value) <= 0.5000001 * unit;
}

/* e+09 becomes e9, e-07 e-7: as in the text. */
static void shorten_power(char *text)
{
    char *from = strchr(text, 'e'), *to = from ? from + 1 : NULL;
    if (!from)
        return;
    from++;
    if (*from == '-')
        *to++ = *from++;
    while ((*from == '+' || *from == '0') && from[1])
        from++;
    memmove(to, from, strlen(from) + 1);
}

bool lesson_number_vanishes(const char *text, double value)
{
    written w;
    return read_written(text, &w) && !w.has_power && value != 0 &&
           fabs(value) < 0.5 * pow(10, -w.decimals);
}

const char *lesson_number_like(const char *text, double value, char to[48])
{
    written w;
    if (!read_written(text, &w))
        (void)snprintf(to, 48, "%g", value);
    else if (isnan(value))
        (void)snprintf(to, 48, "NaN");
    else if (w.has_power && fabs(value) >= .01 && fabs(value) < 1000)
        (void)snprintf(to, 48, "%.*g", w.decimals + 1, value); /* needs no power any more */
    else if (w.has_power && value != 0)
        (void)snprintf(to, 48, "%.*e", w.decimals, value);
    else if (lesson_number_vanishes(text, value))
        (void)snprintf(to, 48, "%.1e", value);
    else
        (void)snprintf(to, 48, "%.*f", w.decimals, value);
    shorten_power(to);
    return to;
}

bool lesson_within(const char *within, double prediction, double answer, bool *understood)
{
    double amount = 0;
    char unit[16] = "";
    *understood = true;
    if (strcmp(within, "exact") == 0)
        return prediction == answer;
    if (strcmp(within, "half a decade") == 0)
        return prediction * answer > 0 && fabs(log10(prediction / answer)) <= 0.5;
    const int n = sscanf(within, "%lf %15s", &amount, unit);
    if (n == 1 && amount > 0)
        return fabs(prediction - answer) <= amount;
    if (n == 2 && amount > 0 && strcmp(unit, "%") == 0)
        return fabs(prediction - answer) <= amount / 100 * fabs(answer);
    if (n == 2 && amount > 0 && strncmp(unit, "decade", 6) == 0)
        return prediction * answer > 0 && fabs(log10(prediction / answer)) <= amount;
    *understood = false;
    return false;
}

const char *lesson_tolerance(const char *within, double *amount)
{
    char unit[16] = "";
    *amount = 0;
    if (strcmp(within, "exact") == 0)
        return "exactly";
    if (strcmp(within, "half a decade") == 0) {
        *amount = 3; /* the root of ten */
        return "within a factor of %g";
    }
    const int n = sscanf(within, "%lf %15s", amount, unit);
    if (n == 2 && strncmp(unit, "decade", 6) == 0) {
        const double factor = pow(10, *amount), digit = pow(10, floor(*amount));
        *amount = round(factor / digit) * digit; /* 30 for one and a half decades */
        return "within a factor of %g";
    }
    return n == 1 ? "± %g" : n == 2 && strcmp(unit, "%") == 0 ? "± %g %%" : NULL;
}
