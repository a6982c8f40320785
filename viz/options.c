/* The parser of the command line; see options.h. */
#include "viz/options.h"

#include "viz/nearest.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* " (did you mean --hidden?)", or nothing */
static const char *hint(const char *name, char text[80])
{
    text[0] = '\0';
    if (name)
        (void)snprintf(text, 80, " (did you mean %s?)", name);
    return text;
}

const char *options_nearest(const char *text, const char *(*choice)(size_t k))
{
    nearest best = nearest_to(text);
    for (size_t k = 0; choice(k); k++)
        nearest_try(&best, choice(k));
    return best.name;
}

/* "rnn, lstm or gru" */
static const char *list_choices(const char *(*choice)(size_t k), char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; choice(k) && used < size; k++) {
        const char *before = k == 0 ? "" : choice(k + 1) ? ", " : " or ";
        int n = snprintf(text + used, size - used, "%s%s", before, choice(k));
        used += n > 0 ? (size_t)n : 0;
    }
    return text;
}

/* Whole digits only: strtoull would take "-1" for 2^64 − 1. */
static bool read_whole(const char *text, unsigned long long *value)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0;
}

static rs_status set_size(const option *row, void *place, const char *text, rs_error *err)
{
    unsigned long long value = 0;
    if (!read_whole(text, &value) || (double)value < row->low || (double)value > row->high)
        return rs_fail(err, RS_USAGE, "%s %.60s: expected a whole number from %.0f to %.0f",
                       row->name, text, row->low, row->high);
    *(size_t *)place = (size_t)value;
    return RS_OK;
}

static rs_status set_seed(const option *row, void *place, const char *text, rs_error *err)
{
    unsigned long long value = 0;
    if (!read_whole(text, &value))
        return rs_fail(err, RS_USAGE, "%s %.60s: expected a whole number from 0 to 2^64 - 1",
                       row->name, text);
    *(uint64_t *)place = value;
    return RS_OK;
}

static rs_status set_number(const option *row, void *place, const char *text, rs_error *err)
{
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value) || value < row->low || value > row->high)
        return rs_fail(err, RS_USAGE, "%s %.60s: expected a number from %g to %g", row->name, text,
                       row->low, row->high);
    *(double *)place = value;
    return RS_OK;
}

static rs_status set_choice(const option *row, void *place, const char *text, rs_error *err)
{
    char all[300], near[80];
    for (size_t k = 0; row->choice(k); k++)
        if (strcmp(row->choice(k), text) == 0) {
            *(const char **)place = row->choice(k);
            return RS_OK;
        }
    return rs_fail(err, RS_USAGE, "%s %.60s: expected %s%s", row->name, text,
                   list_choices(row->choice, all, sizeof all),
                   hint(options_nearest(text, row->choice), near));
}

static rs_status set_text(const option *row, void *place, const char *text, rs_error *err)
{
    if (text[0] == '\0')
        return rs_fail(err, RS_USAGE, "%s: expected %s, got an empty argument", row->name,
                       row->value);
    *(const char **)place = text;
    return RS_OK;
}

static rs_status set_value(const option *row, void *values, const char *text, rs_error *err)
{
    void *place = (char *)values + row->offset;
    switch (row->kind) {
    case OPTION_SIZE:
        return set_size(row, place, text, err);
    case OPTION_SEED:
        return set_seed(row, place, text, err);
    case OPTION_NUMBER:
        return set_number(row, place, text, err);
    case OPTION_CHOICE:
        return set_choice(row, place, text, err);
    case OPTION_TEXT:
        return set_text(row, place, text, err);
    case OPTION_FLAG:
        break;
    }
    *(bool *)place = true;
    return RS_OK;
}

/* The row of the option that `argument` names, up to a '=', and the struct it belongs to. */
static const option *find_option(const char *argument, const option_group *groups, size_t groups_n,
                                 void **values)
{
    const size_t length = strcspn(argument, "=");
    for (size_t g = 0; g < groups_n; g++)
        for (size_t k = 0; k < groups[g].n; k++) {
            const char *name = groups[g].rows[k].name;
            if (strlen(name) == length && strncmp(name, argument, length) == 0) {
                *values = groups[g].values;
                return &groups[g].rows[k];
            }
        }
    return NULL;
}

static rs_status unknown_option(const char *argument, const option_group *groups, size_t groups_n,
                                rs_error *err)
{
    char name[60], near[80];
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
    nearest best = nearest_to(name);
    for (size_t g = 0; g < groups_n; g++)
        for (size_t k = 0; k < groups[g].n; k++)
            nearest_try(&best, groups[g].rows[k].name);
    nearest_try(&best, "--help");
    return rs_fail(err, RS_USAGE, "%s: there is no such option%s", name, hint(best.name, near));
}

/* One option at argv[*k]; *k is moved past its value. */
static rs_status read_option(const option_group *groups, size_t groups_n, int argc, char **argv,
                             int *k, rs_error *err)
{
    void *values = NULL;
    const char *argument = argv[*k], *equals = strchr(argument, '=');
    const option *row = find_option(argument, groups, groups_n, &values);
    if (!row)
        return unknown_option(argument, groups, groups_n, err);
    if (row->kind == OPTION_FLAG && equals)
        return rs_fail(err, RS_USAGE, "%s takes no value, got %.60s", row->name, equals + 1);
    if (row->kind == OPTION_FLAG || equals)
        return set_value(row, values, equals ? equals + 1 : "", err);
    if (*k + 1 >= argc)
        return rs_fail(err, RS_USAGE, "%s: expected %s after it", row->name, row->value);
    return set_value(row, values, argv[++*k], err);
}

static rs_status read_word(const usage *use, const char *argument, bool *taken, rs_error *err)
{
    if (!use->words)
        return rs_fail(err, RS_USAGE, "%.100s: expected an option, which begins with --", argument);
    if (*taken)
        return rs_fail(err, RS_USAGE, "%.100s: expected only one %s", argument, use->words);
    *taken = true;
    if (use->word)
        *use->word = argument;
    return RS_OK;
}

rs_status options_parse(const usage *use, const option_group *groups, size_t groups_n, int argc,
                        char **argv, bool *help, rs_error *err)
{
    bool word_taken = false;
    *help = false;
    for (int k = 1; k < argc; k++) {
        if (strcmp(argv[k], "--help") == 0 || strcmp(argv[k], "-h") == 0) {
            *help = true;
            return RS_OK;
        }
        const bool is_option = argv[k][0] == '-' && argv[k][1] != '\0';
        rs_status status = is_option ? read_option(groups, groups_n, argc, argv, &k, err)
                                     : read_word(use, argv[k], &word_taken, err);
        if (status)
            return status;
    }
    return RS_OK;
}

int options_complain(const rs_error *err)
{
    char line[sizeof err->text];
    (void)snprintf(line, sizeof line, "%s", err->text);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    (void)fflush(stdout);
    (void)fprintf(stderr, "rnnscope: %s\n", line);
    return (int)err->status;
}

bool options_read(const usage *use, const option_group *groups, size_t groups_n, int argc,
                  char **argv, int *code)
{
    rs_error err = {0}, full = {0};
    bool help = false;
    if (options_parse(use, groups, groups_n, argc, argv, &help, &err)) {
        (void)rs_fail(&full, err.status, "%s: %.400s; see rnnscope %s --help", use->command,
                      err.text, use->command);
        *code = options_complain(&full);
        return false;
    }
    if (help)
        options_help(use, groups, groups_n);
    *code = RS_OK;
    return !help;
}

static void help_line(const option *row)
{
    char left[40], all[300];
    (void)snprintf(left, sizeof left, "%s %s", row->name, row->value ? row->value : "");
    printf("  %-22s %s", left, row->help);
    if (row->kind == OPTION_CHOICE)
        printf(": %s", list_choices(row->choice, all, sizeof all));
    if (row->otherwise)
        printf("; default %s", row->otherwise);
    printf("\n");
}

void options_help(const usage *use, const option_group *groups, size_t groups_n)
{
    printf("rnnscope %s: %s\n\n  rnnscope %s%s%s %s\n", use->command, use->summary, use->command,
           use->words ? " " : "", use->words ? use->words : "", use->pattern);
    char all[600];
    if (use->known)
        printf("\n  %s: %s\n", use->words, list_choices(use->known, all, sizeof all));
    for (size_t g = 0; g < groups_n; g++) {
        if (groups[g].n > 0)
            printf("\n%s\n", groups[g].title);
        for (size_t k = 0; k < groups[g].n; k++)
            help_line(&groups[g].rows[k]);
    }
    if (use->example)
        printf("\nFor example\n%s", use->example);
}
