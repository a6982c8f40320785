/* Reads what a probe found and holds it against what the catalogue asks for. */
#include "tests/mutants/run.h"

#include <stdlib.h>
#include <string.h>

int finding_read(mt_finding *finding, char *line)
{
    char **fields[] = {&finding->cell,    &finding->settings, &finding->seed, &finding->error,
                       &finding->verdict, &finding->layer,    &finding->t,    &finding->node,
                       &finding->kind,    &finding->text};
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

int finding_judge(const mt_finding *finding, const mt_mutant *mutant, mt_score *score)
{
    const int changed = strtod(finding->error, NULL) > 1e-9;
    const int caught = strcmp(finding->verdict, "wrong") == 0;
    const int located =
        caught && *finding->node && (!mutant->nodes || mt_has_word(mutant->nodes, finding->node));
    const int named = located && (!mutant->kinds || mt_has_word(mutant->kinds, finding->kind)) &&
                      (!mutant->says || says_all(finding->text, mutant->says));
    score->runs++;
    score->changed += (size_t)changed;
    score->caught += (size_t)caught;
    score->located += (size_t)located;
    score->named += (size_t)named;
    return changed && caught && located && named;
}
