/* Two passes: every reference to the scene (a name, indexed or inside a function of arrays) is
 * computed and replaced by a variable; what is left is plain arithmetic, which muParser reads. */
#include "lessons/engine/expression.h"

#include "lessons/engine/functions.h"
#include "lessons/engine/measure.h"
#include "lessons/engine/nudge.h"

#include <ctype.h>
#include <math.h>
#include <muParserDLL.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXT = 2048, MOST_REFERENCES = 64 };

typedef struct reader {
    const char *at;
    char out[MOST_TEXT]; /* for muParser */
    size_t out_n;
    double reference[MOST_REFERENCES];
    size_t references_n;
    computed *c;
    const expression_given *given;
    size_t given_n;
    rs_error *err;
} reader;

/* --- functions of arrays ------------------------------------------------------------------- */

static double reduce_max(const measure *m)
{
    double most = -INFINITY;
    for (size_t k = 0; k < m->rows * m->cols; k++)
        most = m->value[k] > most || isnan(m->value[k]) ? m->value[k] : most;
    return most;
}

static double reduce_min(const measure *m)
{
    double least = INFINITY;
    for (size_t k = 0; k < m->rows * m->cols; k++)
        least = m->value[k] < least || isnan(m->value[k]) ? m->value[k] : least;
    return least;
}

static double reduce_argmax(const measure *m)
{
    size_t best = 0;
    for (size_t k = 1; k < m->rows * m->cols; k++)
        best = m->value[k] > m->value[best] ? k : best;
    return (double)best;
}

static double reduce_argmin(const measure *m)
{
    size_t best = 0;
    for (size_t k = 1; k < m->rows * m->cols; k++)
        best = m->value[k] < m->value[best] ? k : best;
    return (double)best;
}

static double reduce_sum(const measure *m)
{
    double sum = 0;
    for (size_t k = 0; k < m->rows * m->cols; k++)
        sum += m->value[k];
    return sum;
}

static double reduce_mean(const measure *m) { return reduce_sum(m) / (double)(m->rows * m->cols); }
static double reduce_first(const measure *m) { return m->value[0]; }
static double reduce_last(const measure *m) { return m->value[m->rows * m->cols - 1]; }
static double reduce_length(const measure *m) { return (double)m->rows; }
static double reduce_norm2(const measure *m) { return rs_norm(m->value, m->rows * m->cols); }
static double reduce_decades(const measure *m) { return log10(reduce_first(m) / reduce_last(m)); }

static double reduce_radius(const measure *m)
{
    double radius = NAN;
    return m->rows == m->cols && rs_spectral_radius(m->value, m->rows, &radius, NULL) == RS_OK
               ? radius
               : NAN;
}

static double reduce_sigma(const measure *m)
{
    double norm = NAN;
    return m->rows == m->cols && rs_spectral_norm(m->value, m->rows, &norm, NULL) == RS_OK ? norm
                                                                                           : NAN;
}

static const struct {
    const char *name;
    double (*reduce)(const measure *m);
} reductions[] = {{"max", reduce_max},        {"min", reduce_min},       {"argmax", reduce_argmax},
                  {"argmin", reduce_argmin},  {"sum", reduce_sum},       {"mean", reduce_mean},
                  {"first", reduce_first},    {"last", reduce_last},     {"length", reduce_length},
                  {"norm2", reduce_norm2},    {"radius", reduce_radius}, {"sigma", reduce_sigma},
                  {"decades", reduce_decades}};

/* The last entry above a number; −1 if none is. */
static double last_above(const measure *m, double number)
{
    size_t k = m->rows * m->cols;
    while (k > 0 && !(m->value[k - 1] > number))
        k--;
    return (double)k - 1;
}

/* The sum of entry `first` and all after it. */
static double sum_from(const measure *m, double first)
{
    double sum = 0;
    for (size_t k = 0; k < m->rows * m->cols; k++)
        sum += (double)k >= first ? m->value[k] : 0;
    return sum;
}

static const struct {
    const char *name;
    double (*reduce)(const measure *m, double number);
} reductions_with[] = {{"last_above", last_above}, {"sum_from", sum_from}};

static const struct {
    const char *name;
    nudge_kind kind;
} nudges[] = {{"moved", NUDGE_LOSS},
              {"moved_float", NUDGE_LOSS_FLOAT},
              {"complex_step", NUDGE_COMPLEX},
              {"bptt_float", NUDGE_BPTT_FLOAT}};

enum {
    REDUCTIONS = sizeof reductions / sizeof *reductions,
    WITH = sizeof reductions_with / sizeof *reductions_with,
    NUDGES = sizeof nudges / sizeof *nudges
};

const char *expression_function(size_t k)
{
    if (k < REDUCTIONS)
        return reductions[k].name;
    if (k < REDUCTIONS + WITH)
        return reductions_with[k - REDUCTIONS].name;
    return k < REDUCTIONS + WITH + NUDGES ? nudges[k - REDUCTIONS - WITH].name : NULL;
}

/* --- numbers ------------------------------------------------------------------------------- */

static muFloat_t logical_not(muFloat_t x) { return x == 0; }
static void stay_silent(muParserHandle_t parser) { (void)parser; }

/* --- reading ------------------------------------------------------------------------------- */

static rs_status put(reader *r, const char *text, size_t n)
{
    if (r->out_n + n + 1 > sizeof r->out)
        return rs_fail(r->err, RS_DATA, "the expression is too long");
    memcpy(r->out + r->out_n, text, n);
    r->out_n += n;
    r->out[r->out_n] = '\0';
    return RS_OK;
}

/* Writes a variable that stands for the value. */
static rs_status put_value(reader *r, double value)
{
    char name[24];
    if (r->references_n == MOST_REFERENCES)
        return rs_fail(r->err, RS_DATA, "the expression names more than %d things",
                       MOST_REFERENCES);
    int n = snprintf(name, sizeof name, "_%zu", r->references_n);
    r->reference[r->references_n++] = value;
    return put(r, name, (size_t)n);
}

static size_t name_length(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_' ||
           ((text[n] == '.' || (text[n] == '-' && n >= 3)) && isalpha((unsigned char)text[n + 1]) &&
            (text[n] == '.' || strchr(text + n, '.') != NULL)))
        n++;
    return n;
}

/* Evaluates what stands between brackets as an expression of its own. */
static rs_status read_index(reader *r, size_t *index)
{
    char text[256];
    size_t depth = 0, n = 0;
    for (n = 1; r->at[n] && (r->at[n] != ']' || depth > 0); n++)
        depth += (size_t)(r->at[n] == '[') - (size_t)(r->at[n] == ']');
    if (r->at[n] != ']' || n - 1 >= sizeof text)
        return rs_fail(r->err, RS_DATA, "`%.40s`: a bracket is not closed", r->at);
    memcpy(text, r->at + 1, n - 1);
    text[n - 1] = '\0';
    double value = 0;
    rs_status status = expression_value(text, r->c, r->given, r->given_n, &value, r->err);
    r->at += n + 1;
    if (status == RS_OK && (!(value >= 0 && value < 1e15) || value != floor(value)))
        return rs_fail(r->err, RS_DATA, "the index `%s` is %g: expected a whole number from 0",
                       text, value);
    *index = (size_t)value;
    return status;
}

/* The indices after a measure: none leaves all of it, one a row, two an entry. */
static rs_status take_indices(reader *r, const char *name, size_t name_n, measure *m)
{
    while (r->at[0] == '[') {
        size_t index = 0;
        rs_status status = read_index(r, &index);
        if (status != RS_OK)
            return status;
        const bool of_row = m->rows > 1; /* else of a column of the only row */
        if (index >= (of_row ? m->rows : m->cols))
            return rs_fail(r->err, RS_DATA, "%.*s[%zu]: there are %zu", (int)name_n, name, index,
                           of_row ? m->rows : m->cols);
        memmove(m->value, m->value + index * (of_row ? m->cols : 1),
                (of_row ? m->cols : 1) * sizeof *m->value);
        if (of_row)
            m->rows = 1;
        else
            m->cols = 1;
    }
    return RS_OK;
}

static rs_status read_measure(reader *r, const char *name, size_t n, measure *m)
{
    rs_status status = measure_named(r->c, name, n, 1, m, r->err);
    return status == RS_OK ? take_indices(r, name, n, m) : status;
}

/* The name after a parenthesis. */
static const char *open_argument(reader *r, size_t *n)
{
    r->at++; /* ( */
    r->at += strspn(r->at, " ");
    const char *name = r->at;
    *n = name_length(name);
    r->at += *n;
    return name;
}

/* ", expression)" into *number, or ")" alone where `wanted` is false. */
static rs_status close_arguments(reader *r, bool wanted, double *number)
{
    char text[256];
    size_t depth = 0, n = 1;
    r->at += strspn(r->at, " ");
    if (*r->at == '\0')
        return rs_fail(r->err, RS_DATA, "a parenthesis is not closed");
    if (*r->at != (wanted ? ',' : ')'))
        return rs_fail(r->err, RS_DATA, "`%.40s`: expected %s between the parentheses", r->at,
                       wanted ? "an array and a number" : "one array");
    if (!wanted) {
        r->at++;
        return RS_OK;
    }
    while (r->at[n] && (r->at[n] != ')' || depth > 0)) {
        depth += (size_t)(r->at[n] == '(') - (size_t)(r->at[n] == ')');
        n++;
    }
    if (r->at[n] != ')' || n > sizeof text)
        return rs_fail(r->err, RS_DATA, "`%.40s`: a parenthesis is not closed", r->at);
    memcpy(text, r->at + 1, n - 1);
    text[n - 1] = '\0';
    r->at += n + 1;
    return expression_value(text, r->c, r->given, r->given_n, number, r->err);
}

/* name(measure), name(measure, number) */
static rs_status read_reduction(reader *r, double (*reduce)(const measure *),
                                double (*reduce_with)(const measure *, double))
{
    measure m = {0};
    size_t n = 0;
    double number = 0;
    const char *name = open_argument(r, &n);
    rs_status status = read_measure(r, name, n, &m);
    if (status == RS_OK)
        status = close_arguments(r, reduce_with != NULL, &number);
    if (status == RS_OK)
        status = put_value(r, reduce_with ? reduce_with(&m, number) : reduce(&m));
    free(m.value);
    return status;
}

/* moved(W[0][1], h), bptt_float(lstm.U[0][0]) */
static rs_status read_nudge(reader *r, nudge_kind kind)
{
    rs_block_kind block = RS_WEIGHT_HH;
    size_t n = 0, index[2] = {0}, indices_n = 0;
    double h = 0, value = 0;
    const char *name = open_argument(r, &n);
    const char *dot = memchr(name, '.', n);
    const int cell = dot ? measure_cell(r->c, name, (size_t)(dot - name)) : 0;
    const char *within = dot ? dot + 1 : name;
    rs_status status = RS_OK;
    if (cell < 0 || !nudge_block(within, n - (size_t)(within - name), &block))
        return rs_fail(r->err, RS_DATA, "`%.40s`: expected an entry of U, W, b or V", name);
    while (status == RS_OK && *r->at == '[' && indices_n < 2)
        status = read_index(r, &index[indices_n++]);
    if (status == RS_OK)
        status = close_arguments(r, kind != NUDGE_BPTT_FLOAT, &h);
    if (status == RS_OK)
        status = nudge(r->c, (size_t)cell, kind, block, index[0], index[1], h, &value, r->err);
    return status == RS_OK ? put_value(r, value) : status;
}

/* A name before a parenthesis that is a function of what the scene has. *is: it was one. */
static rs_status read_function(reader *r, const char *name, size_t n, bool *is)
{
    *is = true;
    for (size_t k = 0; k < sizeof reductions / sizeof *reductions; k++)
        if (strlen(reductions[k].name) == n && strncmp(reductions[k].name, name, n) == 0)
            return read_reduction(r, reductions[k].reduce, NULL);
    for (size_t k = 0; k < sizeof reductions_with / sizeof *reductions_with; k++)
        if (strlen(reductions_with[k].name) == n && strncmp(reductions_with[k].name, name, n) == 0)
            return read_reduction(r, NULL, reductions_with[k].reduce);
    for (size_t k = 0; k < sizeof nudges / sizeof *nudges; k++)
        if (strlen(nudges[k].name) == n && strncmp(nudges[k].name, name, n) == 0)
            return read_nudge(r, nudges[k].kind);
    *is = false;
    return RS_OK;
}

/* A setting of the scene, with its indices: gain, W[0][1] is left to the measure. */
static bool setting(reader *r, const char *name, size_t n, double *value)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%.*s", (int)n, name);
    for (size_t k = 0; k < r->given_n; k++)
        if (strcmp(text, r->given[k].name) == 0) {
            *value = r->given[k].value;
            return true;
        }
    double *number = n < sizeof text ? scene_number_named(&r->c->of, text) : NULL;
    if (number)
        *value = *number;
    return number != NULL;
}

static rs_status read_name(reader *r)
{
    const char *name = r->at;
    const size_t n = name_length(name);
    double value = 0;
    measure m = {0};
    r->at += n;
    if (n == 3 && strncmp(name, "and", 3) == 0)
        return put(r, "&&", 2);
    if (n == 2 && strncmp(name, "or", 2) == 0)
        return put(r, "||", 2);
    if (n == 3 && strncmp(name, "not", 3) == 0)
        return put(r, "!", 1);
    if (n == 2 && strncmp(name, "pi", 2) == 0)
        return put_value(r, 3.14159265358979323846);
    bool is_function = false;
    rs_status found = r->at[0] == '(' ? read_function(r, name, n, &is_function) : RS_OK;
    if (is_function)
        return found;
    if (r->at[0] == '(' && function_known(name, n))
        return put(r, name, n);
    if (setting(r, name, n, &value))
        return put_value(r, value);
    rs_status status = read_measure(r, name, n, &m);
    if (status == RS_OK && m.rows * m.cols != 1)
        status = rs_fail(r->err, RS_DATA, "`%.*s` is [%zu][%zu] numbers: expected one", (int)n,
                         name, m.rows, m.cols);
    if (status == RS_OK)
        status = put_value(r, m.value[0]);
    free(m.value);
    return status;
}

/* A number with its exponent, so that its e is no name. */
static rs_status read_number(reader *r)
{
    char *end = NULL;
    double value = strtod(r->at, &end);
    r->at = end;
    return put_value(r, value);
}

static rs_status translate(reader *r)
{
    rs_status status = RS_OK;
    while (*r->at && status == RS_OK) {
        const char c = *r->at;
        if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)r->at[1])))
            status = read_number(r);
        else if (isalpha((unsigned char)c) || c == '_')
            status = read_name(r);
        else if (strchr(" \t+-*/^()<>=!&|?:,", c))
            status = put(r, r->at++, 1);
        else
            status = rs_fail(r->err, RS_DATA, "`%.20s` cannot be understood", r->at);
    }
    return status;
}

static rs_status arithmetic(reader *r, const char *text, double *value)
{
    rs_status status = RS_OK;
    muParserHandle_t parser = mupCreate(muBASETYPE_FLOAT);
    if (!parser)
        return rs_fail(r->err, RS_INTERNAL, "out of memory for an expression");
    mupSetErrorHandler(parser, stay_silent);
    functions_define(parser);
    mupDefineInfixOprt(parser, "!", logical_not, 1);
    for (size_t k = 0; k < r->references_n; k++) {
        char name[24];
        (void)snprintf(name, sizeof name, "_%zu", k);
        mupDefineVar(parser, name, &r->reference[k]);
    }
    mupSetExpr(parser, r->out);
    *value = mupEval(parser);
    if (mupError(parser))
        status = rs_fail(r->err, RS_DATA, "`%s`: %s", text, mupGetErrorMsg(parser));
    mupRelease(parser);
    return status;
}

rs_status expression_value(const char *text, computed *c, const expression_given *given,
                           size_t given_n, double *value, rs_error *err)
{
    reader *r = calloc(1, sizeof *r);
    if (!r)
        return rs_fail(err, RS_INTERNAL, "out of memory for an expression");
    r->at = text;
    r->c = c;
    r->given = given;
    r->given_n = given_n;
    r->err = err;
    rs_status status = translate(r);
    if (status == RS_OK)
        status = arithmetic(r, text, value);
    free(r);
    return status;
}
