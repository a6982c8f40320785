/* Reads what a probe found and holds it against what the catalogue asks for. */
#include "tests/mutants/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int finding_read(mt_finding *finding, char *line)
{
    char **fields[] = {&finding->cell,    &finding->settings, &finding->seed,  &finding->error,
                       &finding->verdict, &finding->layer,    &finding->t,     &finding->node,
                       &finding->kind,    &finding->text,     &finding->others};
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
        if (!line)
            return 0;
        *fields[k] = line;
        line = strchr(line, '\t');
        if (line)
            *line++ = '\0';
    }
    return 1;
}

/* Whether each word of the list stands somewhere in the text. */
static int says_all(const char *text, const char *list)
{
    char word[64];
    for (size_t length; *list; list += length + (list[length] == ' ')) {
        length = strcspn(list, " ");
        if (length == 0 || length >= sizeof word)
            continue;
        memcpy(word, list, length);
        word[length] = '\0';
        if (!strstr(text, word))
            return 0;
    }
    return 1;
}

/* Whether a place, "4 of 6" or nothing, is one of the numbers of the list: 4, or −2 from the end.
 */
static int is_place(const char *place, const char *list)
{
    char word[24];
    long at = 0, of = 0;
    if (!list)
        return 1;
    if (sscanf(place, "%ld of %ld", &at, &of) != 2)
        return 0;
    (void)snprintf(word, sizeof word, "%ld", at);
    if (mt_has_word(list, word))
        return 1;
    (void)snprintf(word, sizeof word, "%ld", at - of);
    return mt_has_word(list, word);
}

/* Whether each word of `words` is a word of the list. */
static int has_all(const char *list, const char *words)
{
    char word[64];
    for (size_t length; *words; words += length + (words[length] == ' ')) {
        length = strcspn(words, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)length, words);
        if (length > 0 && !mt_has_word(list, word))
            return 0;
    }
    return 1;
}

/* In its place, and nothing else accused. */
static int is_located(const mt_finding *finding, const mt_mutant *mutant)
{
    if (!*finding->node)
        return 0;
    return (!mutant->nodes || (mt_has_word(mutant->nodes, finding->node) &&
                               has_all(mutant->nodes, finding->others))) &&
           is_place(finding->layer, mutant->layers) && is_place(finding->t, mutant->steps);
}

int finding_judge(const mt_finding *finding, const mt_mutant *mutant, mt_score *score)
{
    const int changed = strtod(finding->error, NULL) > 1e-9;
    const int caught = strcmp(finding->verdict, "wrong") == 0;
    const int located = caught && is_located(finding, mutant);
    const int named = located && (!mutant->kinds || mt_has_word(mutant->kinds, finding->kind)) &&
                      (!mutant->says || says_all(finding->text, mutant->says));
    score->runs++;
    score->changed += (size_t)changed;
    score->caught += (size_t)caught;
    score->located += (size_t)located;
    score->named += (size_t)named;
    return changed && caught && located && named;
}

int finding_accuses(const mt_finding *finding)
{
    if (strstr(finding->settings, "dtype=f32"))
        return strcmp(finding->verdict, "agrees") != 0 &&
               strcmp(finding->verdict, "inconclusive") != 0;
    return strcmp(finding->verdict, "agrees") != 0 || !(strtod(finding->error, NULL) < 1e-9);
}
