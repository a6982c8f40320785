#include "lessons/engine/exercise_details.h"

#include <stdio.h>
#include <string.h>

exercise_line *details_add(exercise_details *d, const char *name)
{
    if (d->lines_n == DETAIL_LINES)
        return NULL;
    exercise_line *line = &d->line[d->lines_n++];
    *line = (exercise_line){0};
    (void)snprintf(line->name, sizeof line->name, "%s", name);
    return line;
}

void details_compare(exercise_details *d, const char *name, double returned, double expected,
                     bool right)
{
    exercise_line *line = details_add(d, name);
    if (!line)
        return;
    line->has_numbers = true;
    line->returned = returned;
    line->expected = expected;
    line->right = right;
}

/* "dh_before" of "dh_before at t=0" */
static bool begins_with_word(const char *text, const char *word)
{
    const size_t n = strlen(word);
    return strncmp(text, word, n) == 0 && (text[n] == '\0' || text[n] == ' ');
}

bool details_right(const exercise_details *d, const char *name, bool *known)
{
    char row[DETAIL_NAME];
    bool right = true;
    *known = false;
    (void)snprintf(row, sizeof row, "%s", name);
    char *before = strstr(row, "_before");
    if (before)
        *before = '\0';
    for (size_t k = 0; k < d->lines_n; k++)
        if (begins_with_word(d->line[k].name, name)) {
            *known = true;
            right = right && d->line[k].right;
        }
    for (size_t k = 0; k < d->rows; k++)
        for (size_t t = 0; t < d->steps && strcmp(d->row[k], row) == 0; t++) {
            *known = true;
            right = right && d->error[k][t] == 0;
        }
    return right;
}

bool details_write(const exercise_details *d, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    const bool good = fwrite(d, sizeof *d, 1, file) == 1;
    return fclose(file) == 0 && good;
}

/* The learner's code ran in the process that wrote this: texts end, counts are in range. */
static bool sane(exercise_details *d)
{
    for (size_t k = 0; k < DETAIL_ROWS; k++)
        d->row[k][DETAIL_NAME - 1] = '\0';
    for (size_t k = 0; k < DETAIL_LINES; k++)
        d->line[k].name[DETAIL_NAME - 1] = '\0';
    for (size_t k = 0; k < DETAIL_EQUATIONS; k++) {
        d->equation[k].forward[sizeof d->equation[k].forward - 1] = '\0';
        d->equation[k].sets[sizeof d->equation[k].sets - 1] = '\0';
    }
    d->fault[DETAIL_NAME - 1] = '\0';
    for (size_t k = 0; k < DETAIL_FINDINGS * RS_FINDING_PHRASES; k++) {
        rs_phrase *phrase = &d->finding[k / RS_FINDING_PHRASES].says[k % RS_FINDING_PHRASES];
        phrase->values[RS_PHRASE_VALUES - 1] = '\0';
        if (phrase->kind >= RS_PHRASES)
            return false;
    }
    return d->rows <= DETAIL_ROWS && d->steps <= DETAIL_STEPS && d->lines_n <= DETAIL_LINES &&
           d->equations_n <= DETAIL_EQUATIONS && d->findings_n <= DETAIL_FINDINGS &&
           d->marked_row <= d->rows && (!d->marked || d->marked_step < d->steps);
}

bool details_read(exercise_details *d, const char *path)
{
    FILE *file = fopen(path, "rb");
    bool good = file && fread(d, sizeof *d, 1, file) == 1 && fgetc(file) == EOF;
    if (file)
        (void)fclose(file);
    good = good && sane(d);
    if (!good)
        memset(d, 0, sizeof *d);
    return good;
}
