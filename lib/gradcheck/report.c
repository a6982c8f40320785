/* The report of a check: counts on top, offenders first and starred, what is located as a sentence,
 * and what to do next. */
#include "gradcheck/check.h"

#include "base/memory.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ------------------------------------------------------------------------------------ */

typedef struct writer {
    char *text;
    size_t length, room;
    bool failed;
} writer;

static void put(writer *w, const char *format, ...) RS_PRINTF(2, 3);
static void put(writer *w, const char *format, ...)
{
    char line[1024];
    va_list values;
    va_start(values, format);
    const int n = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    const size_t length = n < 0 ? 0 : (size_t)n < sizeof line ? (size_t)n : sizeof line - 1;
    if (w->length + length + 1 > w->room) {
        char *more = realloc(w->text, 2 * (w->room + length + 1));
        if (!more) {
            w->failed = true;
            return;
        }
        w->text = more;
        w->room = 2 * (w->room + length + 1);
    }
    memcpy(w->text + w->length, line, length);
    w->length += length;
    w->text[w->length] = '\0';
}

static size_t blocks_with(const rs_check_report *report, rs_verdict verdict)
{
    size_t n = 0;
    for (size_t k = 0; k < report->blocks_n; k++)
        n += report->blocks[k].verdict == verdict;
    return n;
}

static const char *method_text(rs_method method)
{
    static const char *const texts[] = {
        "complex step along one direction a block", "complex step on every entry",
        "differences along one direction a block", "Taylor remainder along one direction a block"};
    return texts[method];
}

static void put_head(writer *w, const rs_check_report *r)
{
    const size_t wrong = blocks_with(r, RS_WRONG), open = blocks_with(r, RS_UNDECIDED);
    if (r->verdict == RS_AGREES)
        put(w, "The gradient agrees: %zu blocks of %zu, %zu entries.\n", r->blocks_n, r->blocks_n,
            r->entries);
    else if (r->verdict == RS_WRONG)
        put(w, "The gradient is WRONG: %zu of %zu blocks, %zu agree%s.\n", wrong, r->blocks_n,
            blocks_with(r, RS_AGREES), open ? ", the others are undecided" : "");
    else
        put(w, "INCONCLUSIVE: %zu of %zu blocks; %s.\n", open, r->blocks_n,
            r->why ? r->why : "see below");
    put(w, "%s, %s precision, %zu parameters, loss %.6g; %s: %zu forward passes, %.3g s\n\n",
        r->cell, r->single ? "single" : "double", r->parameters, r->loss, method_text(r->method),
        r->forwards, r->seconds);
}

static void put_row(writer *w, const rs_check_report *r, const rs_check_block *b)
{
    const char *mark = b->verdict == RS_WRONG ? "*" : b->verdict == RS_UNDECIDED ? "?" : " ";
    const double share = b->scale > 0 ? b->max_error / b->scale : b->max_error;
    put(w, "%s %-16s %6zu x %-6zu %9zu", mark, b->name, b->rows, b->cols, b->wrong_n);
    if (r->method == RS_TAYLOR && isnan(b->slope))
        put(w, "   remainder is rounding");
    else if (r->method == RS_TAYLOR)
        put(w, "   slope %-12.3f", b->slope);
    else
        put(w, "   %9.2e   %9.2e   %9.2e", share, b->max_error, b->bar);
    put(w, "   %s\n", b->why ? b->why : rs_verdict_name(b->verdict));
}

static void put_worst(writer *w, const rs_check_block *b)
{
    for (size_t k = 0; k < b->worst_n && b->verdict == RS_WRONG; k++) {
        const rs_check_entry *e = &b->worst[k];
        if (fabs(e->analytic - e->numeric) <= e->bar)
            continue;
        put(w, "    * [%zu, %zu] = % .9e ~ % .9e   [off by %.2e, bar %.1e]\n", e->row, e->col,
            e->analytic, e->numeric, fabs(e->analytic - e->numeric), e->bar);
    }
}

static void put_blocks(writer *w, const rs_check_report *r)
{
    static const rs_verdict order[] = {RS_WRONG, RS_UNDECIDED, RS_AGREES};
    put(w, "  %-16s %6s   %-6s %9s", "block", "rows", "cols", "wrong");
    put(w,
        r->method == RS_TAYLOR ? "   remainder (2 is right)   verdict\n"
                               : "   %9s   %9s   %9s   verdict\n",
        "of largest", "error", "bar");
    for (size_t o = 0; o < 3; o++)
        for (size_t k = 0; k < r->blocks_n; k++)
            if (r->blocks[k].verdict == order[o]) {
                put_row(w, r, &r->blocks[k]);
                put_worst(w, &r->blocks[k]);
            }
}

/* Where the same finding is in other layers too, those lines say little: they come last, and only a
 * few. */
static void put_findings(writer *w, const rs_check_report *r)
{
    enum { MOST = 8 };
    if (r->findings_n == 0) {
        if (r->verdict == RS_WRONG && r->located_ran)
            put(w, "\nNo line was found that is wrong by itself.\n");
        return;
    }
    put(w, "\nWhere (the first mistake the backward pass makes comes first):\n");
    for (size_t k = 0; k < r->findings_n && k < MOST; k++)
        put(w, "  %s %s\n", k == 0 ? "*" : " ", r->findings[k].text);
    if (r->findings_n > MOST)
        put(w, "    and %zu more\n", r->findings_n - MOST);
}

static void put_next(writer *w, const rs_check_report *r)
{
    for (size_t k = 0; k < r->warnings_n; k++)
        put(w, "%s  ! %s\n", k == 0 ? "\nThis point hides things:\n" : "", r->warnings[k]);
    put(w, "\n");
    if (r->verdict == RS_WRONG && r->findings_n > 0)
        put(w, "Next: correct the line marked * and check again; what follows may come of it.\n");
    else if (r->verdict == RS_WRONG && r->method >= RS_DIFFERENCE)
        put(w, "Next: --method complex says at which step and in which equation.\n");
    else if (r->verdict == RS_WRONG)
        put(w, "Next: --method entries lists every entry by itself.\n");
    else if (r->verdict == RS_UNDECIDED)
        put(w, "Next: a smaller --gain, fewer --steps or other weights; --method complex needs no "
               "step size.\n");
    else if (r->warnings_n > 0)
        put(w, "Next: --harden moves to a point where these cannot hide a mistake.\n");
    else
        put(w, "Nothing to do.\n");
}

char *rs_check_report_text(const rs_check_report *report, rs_error *err)
{
    writer w = {0};
    put_head(&w, report);
    put_blocks(&w, report);
    put_findings(&w, report);
    put_next(&w, report);
    if (w.failed) {
        free(w.text);
        (void)rs_fail(err, RS_INTERNAL, "no memory for the report");
        return NULL;
    }
    return w.text;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* A number, or null where JSON has none. */
static cJSON *number(double value)
{
    return isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull();
}

static void add(cJSON *object, const char *name, cJSON *value)
{
    (void)cJSON_AddItemToObject(object, name, value);
}

static cJSON *json_entry(const rs_check_entry *entry)
{
    cJSON *object = cJSON_CreateObject(), *index = cJSON_CreateArray();
    (void)cJSON_AddItemToArray(index, cJSON_CreateNumber((double)entry->row));
    (void)cJSON_AddItemToArray(index, cJSON_CreateNumber((double)entry->col));
    add(object, "index", index);
    add(object, "analytic", number(entry->analytic));
    add(object, "numeric", number(entry->numeric));
    add(object, "bar", number(entry->bar));
    return object;
}

static cJSON *json_block(const rs_check_report *report, const rs_check_block *block)
{
    cJSON *object = cJSON_CreateObject(), *worst = cJSON_CreateArray();
    add(object, "name", cJSON_CreateString(block->name));
    add(object, "entries", cJSON_CreateNumber((double)(block->rows * block->cols)));
    add(object, "max_error", number(block->max_error));
    add(object, "bar", number(block->bar));
    add(object, "verdict", cJSON_CreateString(rs_verdict_name(block->verdict)));
    if (report->method == RS_TAYLOR)
        add(object, "slope", number(block->slope));
    if (block->why)
        add(object, "why", cJSON_CreateString(block->why));
    for (size_t k = 0; k < block->worst_n; k++)
        (void)cJSON_AddItemToArray(worst, json_entry(&block->worst[k]));
    add(object, "worst", worst);
    return object;
}

static cJSON *json_finding(const rs_check_finding *finding)
{
    cJSON *object = cJSON_CreateObject();
    add(object, "layer", cJSON_CreateNumber((double)finding->layer));
    add(object, "t", finding->has_t ? cJSON_CreateNumber((double)finding->t) : cJSON_CreateNull());
    add(object, "node", cJSON_CreateString(finding->node));
    add(object, "path", cJSON_CreateString(finding->path));
    add(object, "diagnosis", cJSON_CreateString(rs_mistake_name(finding->mistake)));
    add(object, "text", cJSON_CreateString(finding->text));
    return object;
}

static cJSON *json_report(const rs_check_report *report)
{
    cJSON *object = cJSON_CreateObject(), *blocks = cJSON_CreateArray();
    cJSON *located = report->findings_n > 0 ? cJSON_CreateArray() : cJSON_CreateNull();
    cJSON *warnings = cJSON_CreateArray();
    add(object, "verdict", cJSON_CreateString(rs_verdict_name(report->verdict)));
    add(object, "method", cJSON_CreateString(rs_method_name(report->method)));
    add(object, "cell", cJSON_CreateString(report->cell));
    add(object, "parameters", cJSON_CreateNumber((double)report->parameters));
    add(object, "forwards", cJSON_CreateNumber((double)report->forwards));
    add(object, "seconds", number(report->seconds));
    for (size_t k = 0; k < report->blocks_n; k++)
        (void)cJSON_AddItemToArray(blocks, json_block(report, &report->blocks[k]));
    for (size_t k = 0; k < report->findings_n; k++)
        (void)cJSON_AddItemToArray(located, json_finding(&report->findings[k]));
    for (size_t k = 0; k < report->warnings_n; k++)
        (void)cJSON_AddItemToArray(warnings, cJSON_CreateString(report->warnings[k]));
    add(object, "blocks", blocks);
    add(object, "located", located);
    add(object, "warnings", warnings);
    return object;
}

char *rs_check_report_json(const rs_check_report *report, rs_error *err)
{
    cJSON *object = json_report(report);
    char *text = cJSON_Print(object);
    cJSON_Delete(object);
    if (!text)
        (void)rs_fail(err, RS_INTERNAL, "no memory for the report");
    return text;
}
